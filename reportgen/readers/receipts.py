"""收件登记.xlsx: when each return was first seen, by its content; the clerk may correct the time."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from reportgen.core.dates import moment_of
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.receipts import DIGEST_HEADING, FILE_HEADING, RECEIVED_HEADING, UNIT_HEADING, Entered
from reportgen.core.text import fold
from reportgen.readers.grids import read_book


class Receipts(Struct, frozen=True):
    """The register by SHA-256 of the content.

    `first` is the earliest known moment by unit and file: a return may have been saved over by the corrected one.
    """

    entered: dict[str, Entered] = field(default_factory=dict)
    first: dict[tuple[str, str], datetime] = field(default_factory=dict)


def read_receipts(content: bytes, file: str) -> Receipts:
    """Return the register.

    Raises CannotRun when the workbook or its head cannot be read: every return would seem new, and late.
    """
    book, findings = read_book(content, file)
    if book is None:
        reason = "".join(finding.message for finding in findings)
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    receipts = Receipts()
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
                moment = moment_of(grid.value(row, column))
                receipts.entered[digest] = Entered(grid.place(row, column), grid.text(row, column), moment)
                unit, name = (grid.text(row, columns.get(fold(heading), 0)) for heading in (UNIT_HEADING, FILE_HEADING))
                if moment is not None:
                    receipts.first[unit, name] = min(moment, receipts.first.get((unit, name), moment))
    if not has_head:
        reason = f"没有一行同时有表头“{RECEIVED_HEADING}”和“{DIGEST_HEADING}”。"
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    return receipts
