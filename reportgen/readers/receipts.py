"""收件登记.xlsx: when each return was first seen, by its content; the clerk may correct the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reportgen.core.dates import moment_of
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.receipts import DIGEST_HEADING, FILE_HEADING, RECEIVED_HEADING, UNIT_HEADING
from reportgen.core.text import fold
from reportgen.readers.grids import read_book


@dataclass(frozen=True, slots=True)
class Receipts:
    """The register: moment of receipt by SHA-256 of the content (None where the clerk's entry is no date).

    `first` is the earliest by unit and file: a return may have been saved over by the corrected one.
    """

    received: dict[str, datetime | None] = field(default_factory=dict)
    first: dict[tuple[str, str], datetime] = field(default_factory=dict)


def read_receipts(content: bytes, file: str) -> Receipts:
    """Return the register. Raises CannotRun when the workbook cannot be read: every return would seem new, and late."""
    book, findings = read_book(content, file)
    if book is None:
        reason = "".join(finding.message for finding in findings)
        raise cannot_run(Code.W16, Place(file), name=file, reason=reason)
    receipts = Receipts()
    for grid in book.visible:
        columns: dict[str, int] = {}
        for row, cells in grid.rows():
            texts = {fold(str(value)): column for column, value in cells.items()}
            if fold(DIGEST_HEADING) in texts and fold(RECEIVED_HEADING) in texts:
                columns = texts
                continue
            digest = grid.text(row, columns.get(fold(DIGEST_HEADING), 0)).strip()
            if digest:
                moment = moment_of(grid.value(row, columns[fold(RECEIVED_HEADING)]))
                receipts.received[digest] = moment
                names = [grid.text(row, columns.get(fold(heading), 0)) for heading in (UNIT_HEADING, FILE_HEADING)]
                if moment is not None:
                    key = (names[0], names[1])
                    receipts.first[key] = min(moment, receipts.first.get(key, moment))
    return receipts
