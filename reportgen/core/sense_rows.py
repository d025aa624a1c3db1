"""What the sense checks are given: each answer beside its own target, rows that the office has ruled on left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.core import fields as keys
from reportgen.core.answers import Ask, Plan
from reportgen.core.merge import without_status
from reportgen.core.notice import Merged, Piece, Row
from reportgen.core.outcomes import Outcome
from reportgen.core.records import UnitReport
from reportgen.core.sense import SenseRow


def sense_rows(
    merged: Merged, plan: Plan, reports: Mapping[str, UnitReport], last: Sequence[Outcome]
) -> Iterator[SenseRow]:
    """Yield the rows to be read; `last` are the tasks of the period before as they were printed.

    A row on which the office has written anything (a status, a text, an opinion) is its own decision and not read.
    """
    tasks = {task.seq: task for task in plan.tasks}
    before = {one.seq: (one.status, without_status(one.completion, one.status)[0]) for one in last}
    for row in merged.rows:
        ruling = row.ruling
        if not row.has_target or (ruling is not None and (ruling.decides or ruling.opinion)):
            continue
        for ask, piece in zip(tasks[row.seq].asks, row.pieces, strict=True):
            if piece.text and not piece.is_missing:
                # What was printed is of the whole row: it can be compared with a whole row's answer only.
                known = before.get(row.seq) if len(row.pieces) == 1 else None
                yield _sense_row(row, ask, piece, reports, known or ("", ""))


def _sense_row(row: Row, ask: Ask, piece: Piece, reports: Mapping[str, UnitReport], last: tuple[str, str]) -> SenseRow:
    answer = reports[piece.unit].answers[ask.key]
    return SenseRow(
        seq=row.seq,
        unit=piece.unit,
        target=ask.target,
        status=piece.status,
        completion=piece.text,
        annual_target=row.task.annual_target,
        reason=answer.text(keys.REASON) or None,  # an empty one is a finding of its own (V06)
        last_status=last[0],
        last_completion=last[1],
        target_place=answer.place_of(keys.PERIOD_TARGET),
        status_place=answer.place_of(keys.STATUS),
        completion_place=piece.place,
    )
