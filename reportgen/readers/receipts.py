"""收件登记.xlsx: when each return was first seen, by its content; the clerk may correct the time."""

from __future__ import annotations

from reportgen.core.dates import moment_of
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.receipts import DIGEST_HEADING, RECEIVED_HEADING, Entered
from reportgen.core.text import fold
from reportgen.readers.grids import read_book


def read_receipts(content: bytes, file: str) -> dict[str, Entered]:
    """Return the register by SHA-256 of the content.

    Raises CannotRun when the workbook or its head cannot be read: every return would seem new, and late.
    """
    book, findings = read_book(content, file)
    if book is None:
        reason = "".join(finding.message for finding in findings)
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    entered: dict[str, Entered] = {}
    has_head = False
    for grid in book.visible:
        columns: dict[str, int] = {}
        for row, cells in grid.rows():
            texts = {fold(str(value)): column for column, value in cells.items()}
            if fold(DIGEST_HEADING) in texts and fold(RECEIVED_HEADING) in texts:
                columns, has_head = texts, True
                continue
            digest = grid.text(row, columns.get(fold(DIGEST_HEADING), 0)).strip()
            if digest:
                column = columns[fold(RECEIVED_HEADING)]
                value = grid.value(row, column)
                entered[digest] = Entered(grid.place(row, column), grid.text(row, column), moment_of(value))
    if not has_head:
        reason = f"没有一行同时有表头“{RECEIVED_HEADING}”和“{DIGEST_HEADING}”。"
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    return entered
