"""`trend P`: the year's periods beside each other, task by task and unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from reportgen.commands.collect import collect
from reportgen.commands.progress import Progress
from reportgen.core.courses import Course, courses
from reportgen.core.figures import Breakdown, RankedUnit, by_group, by_leader, ranked
from reportgen.core.findings import Code, Finding, cannot_run
from reportgen.core.outcomes import Result
from reportgen.core.period import Period
from reportgen.readers.inbox import incoming
from reportgen.readers.past import read_past, read_result
from reportgen.readers.workspace import Workspace


class TrendDone(Struct, frozen=True):
    """What the periods say: `results` up to the one asked for, the course of each task, the units as ranked.

    `leaders` and `groups` are the figures of the last period.
    """

    results: tuple[Result, ...]
    courses: tuple[Course, ...]
    units: tuple[RankedUnit, ...]
    leaders: tuple[Breakdown, ...]
    groups: tuple[Breakdown, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def period(self) -> Period:
        return self.results[-1].period


def trend(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> TrendDone:
    """Return the year up to `period`: earlier periods as printed, this one as `build` would print it now.

    A period whose returns are no longer in input/ is taken as printed. Raises CannotRun when there is neither.
    """
    if incoming(workspace.input_dir(period)):
        collected = collect(workspace, period, now, progress)
        results = collected.results
        ledger = collected.month.ledger
        told = tuple(finding for finding in collected.findings if finding.code is Code.P01)
        units, leaders = [unit.name for unit in ledger.units], [leader.name for leader in ledger.leaders]
        return _done(results, told, units, leaders)
    past, findings = read_past(workspace.root, period)
    result, found = read_result(workspace.root, period)
    if result is None:
        raise cannot_run(Code.W05, period=period, name=f"input/{period}/")
    results = (*past, result)
    return _done(results, (*findings, *found))


def _done(
    results: tuple[Result, ...], told: tuple[Finding, ...], units: Sequence[str] = (), leaders: Sequence[str] = ()
) -> TrendDone:
    """Return what the periods say; `units` and `leaders` are the ledger's order."""
    last = results[-1]
    return TrendDone(
        results,
        courses(results),
        ranked(results, units),
        by_leader(last.outcomes, last.statuses, leaders),
        by_group(last.outcomes, last.statuses),
        told,
    )
