"""What a careful reader would notice: figures against targets, sums, shares, months, words, dates and marks.

Every rule reads the row alone, says its reasoning in one line, and needs no model and no other file. Figures that
contradict each other are warnings, wordings are notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reportgen.core.findings import Finding
from reportgen.core.sense.answers import word_findings
from reportgen.core.sense.context import read
from reportgen.core.sense.dates import date_findings
from reportgen.core.sense.layout import layout_findings
from reportgen.core.sense.months import month_findings
from reportgen.core.sense.records import SenseContext, SenseRow
from reportgen.core.sense.shares import share_findings
from reportgen.core.sense.sums import sum_findings
from reportgen.core.sense.targets import target_findings
from reportgen.core.sense.wording import tidied, wording_findings

__all__ = ["SenseContext", "SenseRow", "row_findings", "sense_findings", "tidied"]


def sense_findings(rows: Iterable[SenseRow], context: SenseContext) -> tuple[Finding, ...]:
    """Return what is doubtful in `rows`, row by row in their order."""
    return tuple(found for row in rows for found in row_findings(row, context))


def row_findings(row: SenseRow, context: SenseContext) -> tuple[Finding, ...]:
    """Return what is doubtful in one row."""
    return tuple(_row_findings(row, context))


def _row_findings(row: SenseRow, context: SenseContext) -> Iterator[Finding]:
    if not row.completion.strip():
        return
    target, answer = read(row.target), read(row.completion)
    figured = list(target_findings(row, context, target, answer))
    yield from figured
    yield from sum_findings(row, answer, row.completion_place)
    yield from sum_findings(row, target, row.target_place)
    year = read(row.annual_target) if any(figure.is_share for figure in answer.figures) else None
    yield from share_findings(row, answer, row.completion_place, year, target)
    if row.last_completion and context.period.first > 1:
        yield from month_findings(row, answer, read(row.last_completion))
    if not figured:
        yield from word_findings(row, context, answer)
    yield from layout_findings(row, target, answer)
    yield from date_findings(row, context, answer)
    yield from wording_findings(row, context)
