"""`review P`: the clerk's working table, input/P/审定.xlsx; a second run merges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen.commands.collect import Collected, Progress, collect
from reportgen.core.findings import CannotRun, Code
from reportgen.core.period import Period
from reportgen.core.review import Review
from reportgen.core.review import review as working_table
from reportgen.readers.inbox import RULINGS_FILE
from reportgen.readers.workspace import Workspace
from reportgen.writers.replace import write_file
from reportgen.writers.review_book import write_review


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """What `review` wrote; `kept` counts the tasks on which the clerk had ruled before."""

    collected: Collected
    review: Review
    kept: int
    outputs: tuple[Path, ...]


def review(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> ReviewDone:
    """Write 审定.xlsx with new returns in it and every ruling as it was.

    Raises CannotRun when the file that is there cannot be read in full: what it holds would be lost.
    """
    collected = collect(workspace, period, now, progress)
    damaged = [f for f in collected.findings if f.code is Code.M10]
    if damaged:
        raise CannotRun(damaged)
    month = collected.month
    table = working_table(
        collected.merged,
        month.plan,
        month.ledger,
        month.settings,
        collected.reports,
        collected.rulings,
        collected.findings,
    )
    path = month.input_dir / RULINGS_FILE
    existing = path.read_bytes() if path.exists() else None
    write_file(path, write_review(table, month.settings, existing))
    kept = sum(ruling.decides for ruling in collected.rulings.by_seq.values())
    return ReviewDone(collected, table, kept, (path,))
