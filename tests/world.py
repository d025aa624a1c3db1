"""A small made-up district for tests: tables in the test become ledger, plan, answers and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportgen.core.answers import Plan, plan
from reportgen.core.fields import Field, Fields, FilledBy, Required, Settings, Status, StatusClass, Statuses
from reportgen.core.findings import Finding, Place
from reportgen.core.merge import Ground, merge
from reportgen.core.model import Assignment, Division, Leader, Ledger, Role, Task, Unit
from reportgen.core.notice import Merged
from reportgen.core.period import Period
from reportgen.core.records import Answer, UnitReport
from reportgen.core.rulings import Ruling, Rulings
from reportgen.core.text import padded

AUGUST = Period(2023, 8, 8)
SEPTEMBER = Period(2023, 9, 9)

STATUSES = Statuses(
    (
        Status("完成", StatusClass.MET, ("已完成", "√")),
        Status("部分完成", StatusClass.PARTLY),
        Status("未完成", StatusClass.NOT),
        Status("暂缓实施", StatusClass.EXCLUDED),
    )
)
FIELDS = Fields(
    (
        Field("seq", "序号", ("编号",)),
        Field("part", "分项"),
        Field("annual_target", "年度目标任务"),
        Field("period_target", "8月份目标任务"),
        Field("status", "完成状态", ("状态",), FilledBy.UNIT, Required.ALWAYS),
        Field("completion", "完成情况", ("进展情况",), FilledBy.UNIT, Required.ALWAYS, 4, 400),
        Field("reason", "未完成原因", (), FilledBy.UNIT, Required.UNLESS_MET),
        Field("next_target", "9月份目标任务", (), FilledBy.UNIT, Required.ALWAYS),
        Field("leaders", "分管区领导"),
        Field("units", "责任单位"),
    )
)
TITLE = "2023年重点工作8月份完成情况通报表"
SETTINGS = Settings("青澜区人民政府督查室", TITLE, "2023年重点工作8月份报送表", FIELDS, STATUSES)


def assignment(line: str) -> Assignment:
    """Return the assignment that a ledger line such as 甲局（牵头） or 乙局提供数据 means."""
    if line.endswith("（牵头）"):
        return Assignment(line.removesuffix("（牵头）"), Role.LEAD, line)
    if line.endswith("提供数据"):
        return Assignment(line.removesuffix("提供数据"), Role.DATA, line)
    return Assignment(line, Role.MEMBER, line)


def task(
    seq: int,
    units: str,
    target: str = "累计完成管网改造12公里。",
    division: Mapping[str, str] | None = None,
    next_target: str = "",
    start: Period | None = None,
    end: Period | None = None,
) -> Task:
    """Return a task; `units` are lines parted by spaces, `division` maps labels to units."""
    targets = {AUGUST: target} if target else {}
    if next_target:
        targets[SEPTEMBER] = next_target
    return Task(
        seq,
        f"年度任务{seq}。",
        (padded("林知远"),),
        tuple(map(assignment, units.split())),
        targets,
        tuple(Division(label, unit) for label, unit in (division or {}).items()),
        start=start,
        end=end,
    )


def ledger(*tasks: Task, groups: Mapping[str, str] | None = None) -> Ledger:
    """Return a ledger of `tasks` with the units they name; `groups` maps a group to its members."""
    members = {name: tuple(units.split()) for name, units in (groups or {}).items()}
    names = [a.unit for t in tasks for a in t.assignments]
    names += [d.unit for t in tasks for d in t.division]
    names += [unit for of_group in members.values() for unit in of_group]
    units = tuple(Unit(name, members=members.get(name, ())) for name in dict.fromkeys(names))
    return Ledger(2023, tasks, units, (Leader("林知远"),))


def answer(seq: int, status: str, completion: str, label: str = "", **others: str) -> Answer:
    """Return a row of a return with a place for each text."""
    texts = {"status": status, "completion": completion, "reason": "", "next_target": "继续推进。", **others}
    places = {key: Place("表.xlsx", "报送表", seq + 10, column) for column, key in enumerate(texts, 5)}
    return Answer(seq, label, texts, places, Place("表.xlsx", "报送表", seq + 10, 1))


def reports(**by_unit: Iterable[Answer]) -> dict[str, UnitReport]:
    """Return reports by unit name."""
    return {unit: UnitReport(unit, {a.key: a for a in answers}, (f"{unit}.xlsx",)) for unit, answers in by_unit.items()}


def ruling(seq: int, status: str = "", completion: str = "", next_target: str = "") -> Ruling:
    return Ruling(seq, status, completion, next_target)


def merged(
    book: Ledger,
    answers: Mapping[str, UnitReport],
    rulings: Iterable[Ruling] = (),
    unreported: Iterable[str] = (),
    every: bool = False,
) -> tuple[Merged, tuple[Finding, ...]]:
    """Return the rows that reports and rulings give, and the findings of merging."""
    asked, _findings = plan(book, AUGUST, every)
    decided = Rulings({r.seq: r for r in rulings}, frozenset(unreported))
    return merge(Ground(asked, book, FIELDS, STATUSES, answers, decided))


def printed(*args: object, **kwargs: object) -> list[str]:
    """Return the printed completion of each row of `merged`."""
    result, _findings = merged(*args, **kwargs)  # type: ignore[arg-type]
    return [row.printed_completion for row in result.rows]


def asked(book: Ledger, every: bool = False, period: Period = AUGUST) -> Plan:
    return plan(book, period, every)[0]
