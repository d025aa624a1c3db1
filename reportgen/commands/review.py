"""`review P`: the clerk's working table, input/P/审定.xlsx; a second run merges."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from reportgen.commands.collect import Collected, collect, settle
from reportgen.commands.progress import Doing, Progress, step
from reportgen.core.findings import CannotRun, Code, cannot_run
from reportgen.core.period import Period
from reportgen.core.review import Material, Review
from reportgen.core.review import review as working_table
from reportgen.core.units_of import of_each_unit
from reportgen.readers.inbox import RULINGS_FILE
from reportgen.readers.workspace import Workspace
from reportgen.writers.replace import replace_files
from reportgen.writers.review_book import write_review

_LOSES_RULINGS = (Code.M10, Code.M21)


class ReviewDone(Struct, frozen=True):
    """What `review` wrote; `kept` counts the rows on which the clerk had ruled before."""

    collected: Collected
    review: Review
    kept: int
    outputs: tuple[Path, ...]


def review(
    workspace: Workspace,
    period: Period,
    now: datetime,
    progress: Progress,
) -> ReviewDone:
    """Write 审定.xlsx with new returns in it and every ruling as it was.

    Raises CannotRun when rulings that are there cannot be read in full: what they say would be lost.
    """
    settle(workspace, period)
    path = workspace.input_dir(period) / RULINGS_FILE
    existing = path.read_bytes() if path.exists() else None
    collected = collect(workspace, period, now, progress)
    refuse_damaged(collected)
    with step(progress, Doing.RULINGS):
        table, path = write_table(collected, existing)
    kept = sum(map(collected.rulings.has_decided, collected.rulings.written))
    return ReviewDone(collected, table, kept, (path,))


def refuse_damaged(collected: Collected) -> None:
    """Raise CannotRun when 审定.xlsx cannot be read in full, or lies there under another name."""
    damaged = [f for f in collected.findings if f.code in _LOSES_RULINGS]
    if damaged:
        raise CannotRun(damaged)


def write_table(collected: Collected, existing: bytes | None) -> tuple[Review, Path]:
    """Write 审定.xlsx as `collected` has it, around what the clerk added to it, and return the table and its path.

    `existing` is its content from before the rulings were read. Raises CannotRun when somebody saved it since.
    """
    month = collected.month
    material = Material(
        collected.merged,
        month.plan,
        month.ledger,
        month.settings,
        collected.intake.reports,
        of_each_unit(collected.returns),
        collected.rulings,
        collected.findings,
        collected.intake.grounds,
        collected.stale,
        _last_statuses(collected),
        collected.reports,
    )
    table = working_table(material)
    path = month.input_dir / RULINGS_FILE
    content = write_review(table, month.settings, existing)
    if (path.read_bytes() if path.exists() else None) != existing:
        raise cannot_run(Code.W23, name=path.name)
    replace_files(path.parent, {path.name: content})
    return table, path


def _last_statuses(collected: Collected) -> dict[int, str]:
    """Return the statuses that the last period's notice printed, by 序号; none where there is no notice of it."""
    before = collected.month.period.previous
    last = next((result for result in collected.past if result.period == before), None)
    return {outcome.seq: outcome.status for outcome in last.outcomes} if last else {}
