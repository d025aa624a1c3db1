"""What changes in mid-year: the ledger as it holds in a period, by the 起 and 止 of tasks, units and leaders.

A 序号 may have several rows, one after the other in time; a task may name a unit or leader and its successor at once,
and shows the one that is in office. So a past period is printed from the ledger of today as it was printed then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from reportgen.core.model import Leader, Ledger, Role, Schedule, Task, Unit
from reportgen.core.period import Period
from reportgen.core.text import fold

_Month = tuple[int, int]


class Dated(Protocol):
    """What exists from a period to a period; None leaves that side open."""

    @property
    def start(self) -> Period | None: ...

    @property
    def end(self) -> Period | None: ...


def overlap(one: Dated, other: Dated) -> bool:
    """Tell whether there is a time at which both exist."""
    return _first(one) <= _last(other) and _first(other) <= _last(one)


def holds(one: Dated, period: Period) -> bool:
    """Tell whether something exists at some time of `period`."""
    return period.overlaps(one.start, one.end)


def months_of(task: Task, year: int) -> tuple[Period, ...]:
    """Return the months of `year` in which a row of the ledger holds."""
    months = (Period(year, month, month) for month in range(1, 13))
    return tuple(month for month in months if holds(task, month))


def in_office(task: Task, units: Mapping[str, Unit], month: Period) -> tuple[str, ...]:
    """Return the units of a task that answer in a month: none of those that only give data, none that are gone."""
    names = (a.unit for a in task.assignments if a.role is not Role.DATA)
    return tuple(name for name in names if name not in units or holds(units[name], month))


def ledger_at(ledger: Ledger, period: Period) -> Ledger:
    """Return the ledger as it holds in `period`: one row a task, and only units and leaders that exist then.

    What changes inside a period of several months is taken as it stands at its end.
    """
    month = Period(period.year, period.last, period.last)
    units = {unit.name: unit for unit in ledger.units}
    leaders = {fold(leader.name): leader for leader in ledger.leaders}
    rows: dict[int, list[Task]] = {}
    for task in ledger.tasks:
        rows.setdefault(task.seq, []).append(task)
    tasks = [_task_at(of_seq, period) for of_seq in rows.values()]
    return replace(
        ledger,
        tasks=tuple(_with_those_in_office(task, _last_month(task, month), units, leaders) for task in tasks),
        units=tuple(
            replace(unit, members=_those(unit.members, units, month)) for unit in ledger.units if holds(unit, period)
        ),
        leaders=tuple(leader for leader in ledger.leaders if holds(leader, period)),
    )


def next_year(ledger: Ledger) -> Ledger:
    """Return the ledger that the next year begins with: the units and leaders that go on, no tasks.

    Its periods are those of the lengths that this year reported in, without dates.
    """
    year = ledger.year + 1
    going_on = ledger_at(ledger, Period(year, 1, 1))
    lengths = {schedule.period.months for schedule in ledger.schedules} or {
        period.months for task in ledger.tasks for period in task.targets
    }
    periods = (Period(year, first, first + n - 1) for n in sorted(lengths or {1}) for first in range(1, 13, n))
    return Ledger(
        year=year,
        tasks=(),
        units=tuple(replace(unit, start=None, end=_still_to_come(unit, year)) for unit in going_on.units),
        leaders=tuple(replace(leader, start=None, end=_still_to_come(leader, year)) for leader in going_on.leaders),
        schedules=tuple(map(Schedule, periods)),
    )


def _still_to_come(one: Dated, year: int) -> Period | None:
    return one.end if one.end and one.end.year >= year else None


def _task_at(rows: Sequence[Task], period: Period) -> Task:
    """Return the row that holds in `period`, its time and targets joined with those of the rows around it."""
    if len(rows) == 1:
        return rows[0]
    in_time = sorted(rows, key=_first)
    holding = [task for task in in_time if holds(task, period)]
    task = holding[-1] if holding else in_time[0]
    targets = {p: text for row in in_time for p, text in row.targets.items() if holds(row, p)}
    start, end = task.start, task.end
    for row in in_time[in_time.index(task) + 1 :]:
        if end is None or _first(row) != _following((end.year, end.last)):
            break
        end = row.end
    for row in reversed(in_time[: in_time.index(task)]):
        if start is None or _following(_last(row)) != (start.year, start.first):
            break
        start = row.start
    return replace(task, targets=targets, start=start, end=end)


def _with_those_in_office(task: Task, month: Period, units: Mapping[str, Unit], leaders: Mapping[str, Leader]) -> Task:
    """Return a task without the units and leaders that do not exist in `month`."""
    kept = _those((a.unit for a in task.assignments), units, month)
    return replace(
        task,
        leaders=tuple(name for name in task.leaders if fold(name) not in leaders or holds(leaders[fold(name)], month)),
        assignments=tuple(a for a in task.assignments if a.unit in kept),
        division=tuple(d for d in task.division if d.unit not in units or holds(units[d.unit], month)),
    )


def _those(names: Iterable[str], units: Mapping[str, Unit], month: Period) -> tuple[str, ...]:
    return tuple(name for name in names if name not in units or holds(units[name], month))


def _last_month(task: Task, month: Period) -> Period:
    """Return `month`, or the last month of a task that ends before it."""
    if task.end is None or _last(task) >= (month.year, month.last):
        return month
    return Period(task.end.year, task.end.last, task.end.last)


def _first(one: Dated) -> _Month:
    return (one.start.year, one.start.first) if one.start else (0, 0)


def _last(one: Dated) -> _Month:
    return (one.end.year, one.end.last) if one.end else (9999, 12)


def _following(month: _Month) -> _Month:
    year, number = month
    return (year, number + 1) if number < 12 else (year + 1, 1)
