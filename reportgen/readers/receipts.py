"""收件登记.xlsx: when each return was first seen, by its content; the clerk may correct the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reportgen.core.dates import moment_of
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.receipts import DIGEST_HEADING, RECEIVED_HEADING
from reportgen.core.text import fold
from reportgen.readers.grids import read_book


@dataclass(frozen=True, slots=True)
class Receipts:
    """The register: moment of receipt by SHA-256 of the content (None where the clerk's entry is no date)."""

    received: dict[str, datetime | None]


def read_receipts(content: bytes, file: str) -> Receipts:
    """Return the register. Raises CannotRun when the workbook cannot be read: every return would seem new, and late."""
    book, findings = read_book(content, file)
    if book is None:
        reason = "".join(finding.message for finding in findings)
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    received: dict[str, datetime | None] = {}
    for grid in book.visible:
        columns: dict[str, int] = {}
        for row, cells in grid.rows():
            texts = {fold(str(value)): column for column, value in cells.items()}
            if fold(DIGEST_HEADING) in texts and fold(RECEIVED_HEADING) in texts:
                columns = texts
                continue
            digest = grid.text(row, columns.get(fold(DIGEST_HEADING), 0)).strip()
            if digest:
                received[digest] = moment_of(grid.value(row, columns[fold(RECEIVED_HEADING)]))
    return Receipts(received)
