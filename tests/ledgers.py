"""Ledgers as hypothesis draws them: any the reader could give."""

from __future__ import annotations

from datetime import date, datetime, time

from hypothesis import strategies as st
from msgspec.structs import replace

from reportgen.core.ledger_cells import printed_unit
from reportgen.core.model import Assignment, Division, Leader, Ledger, Role, Schedule, Task, Unit
from reportgen.core.period import Period
from reportgen.core.text import fold, padded

YEAR = 2023
_NAME = st.text("甲乙丙丁戊己庚辛壬癸区局镇", min_size=2, max_size=6)
_TEXT = st.text("一二完成万元。；：、，“”…—（）%=+-@'\"<>&#AZ09. \n", max_size=40).map(str.strip)
_FILLED = _TEXT.filter(bool)
_LINE = _TEXT.map(lambda text: " ".join(text.split()))
_LABEL = _LINE.filter(lambda text: text and "=" not in text)
_PERIODS = st.sampled_from(
    [Period(YEAR, m, m) for m in range(1, 13)] + [Period(YEAR, 7, 9), Period(YEAR, 1, 6), Period(YEAR, 1, 12)]
)
_MONTHS = st.lists(st.integers(1, 12), min_size=2, max_size=2).map(sorted)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Return a ledger with units, a group of them, aliases, leaders, schedules and tasks."""
    names = draw(st.lists(_NAME, min_size=2, max_size=8, unique_by=fold))
    cut = draw(st.integers(2, len(names)))
    units = [Unit(name, phone=draw(st.sampled_from(("", "0000-1", "15550110")))) for name in names[:cut]]
    for index, alias in enumerate(names[cut:]):
        units[index % cut] = replace(units[index % cut], aliases=(*units[index % cut].aliases, alias))
    if draw(st.booleans()):
        units.append(
            Unit("各镇（街道）", members=tuple(draw(st.lists(st.sampled_from(names[:cut]), min_size=1, unique=True))))
        )
    leaders = tuple(Leader(name, draw(_LINE)) for name in draw(st.lists(_NAME, min_size=1, max_size=4, unique_by=fold)))
    seqs = draw(st.lists(st.integers(1, 500), max_size=5, unique=True))
    tasks = tuple(draw(_tasks(seq, tuple(units), leaders)) for seq in seqs)
    schedules = tuple(draw(_schedules(period)) for period in draw(st.lists(_PERIODS, max_size=3, unique=True)))
    return Ledger(YEAR, tasks, tuple(units), leaders, schedules)


@st.composite
def _schedules(draw: st.DrawFn, period: Period) -> Schedule:
    days = st.dates(date(2023, 1, 1), date(2024, 2, 1))
    hours = st.builds(time, st.integers(0, 23), st.integers(1, 59))
    deadline = draw(st.none() | st.builds(datetime.combine, days, hours))
    return Schedule(period, deadline, draw(st.none() | days), draw(_LINE))


@st.composite
def _tasks(draw: st.DrawFn, seq: int, units: tuple[Unit, ...], leaders: tuple[Leader, ...]) -> Task:
    chosen = draw(st.lists(st.sampled_from(units), min_size=1, max_size=3, unique=True))
    roles = [draw(st.sampled_from((Role.LEAD, Role.MEMBER)))]
    roles += [draw(st.sampled_from((Role.MEMBER, Role.DATA))) for _unit in chosen[1:]]
    spelled = [draw(st.sampled_from((unit.name, *unit.aliases))) for unit in chosen]
    assignments = tuple(
        Assignment(unit.name, role, printed_unit(name, role))
        for unit, role, name in zip(chosen, roles, spelled, strict=True)
    )
    answering = [u for u, role in zip(chosen, roles, strict=True) if role is not Role.DATA]
    able = [name for unit in answering for name in (unit.name, *unit.members)]
    division = draw(st.lists(st.builds(Division, _LABEL, st.sampled_from(able)), max_size=3, unique=True))
    start, end = draw(st.none() | _MONTHS) or (None, None)
    return Task(
        seq=seq,
        annual_target=draw(_FILLED),
        leaders=tuple(padded(leader.name) for leader in draw(st.lists(st.sampled_from(leaders), unique=True))),
        assignments=assignments,
        targets=draw(st.dictionaries(_PERIODS, _FILLED, max_size=3)),
        division=tuple(division),
        group=draw(_LINE),
        start=Period(YEAR, start, start) if start else None,
        end=Period(YEAR, end, end) if end else None,
        extra=draw(st.dictionaries(st.just("source"), _FILLED)),
    )
