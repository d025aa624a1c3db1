"""The sheets behind the notice: figures by month, unit, leader and group, ready to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core.courses import Course, courses
from reportgen.core.fields import UNREPORTED, StatusClass
from reportgen.core.figures import (
    FEW_TASKS,
    Breakdown,
    Figures,
    RankedUnit,
    by_group,
    by_leader,
    figures,
    ranked,
    sentence,
    share,
)
from reportgen.core.model import Ledger
from reportgen.core.outcomes import Result
from reportgen.core.period import Period

BY_MONTH, BY_TASK, BY_UNIT, BY_LEADER, BY_GROUP = "按月", "逐项", "按单位", "按领导", "按分组"
SHEETS = (BY_MONTH, BY_TASK, BY_UNIT, BY_LEADER, BY_GROUP)
NO_TARGET, NOT_PRINTED = "无目标", "—"
FEW_MARK = "＊"

Cell = str | int | Decimal | None


class ChartPlan(Struct, frozen=True):
    """A chart of a sheet: the first `rows` of its table (0 for all) by the columns `series`.

    They are stacked bars, upright or `is_across`, or for a share a line.
    """

    title: str
    labels: int
    series: tuple[int, ...]
    is_line: bool = False
    is_across: bool = False
    rows: int = 0


class StatisticsSheet(Struct, frozen=True):
    """A table with its title, notes and charts. A Decimal is a share, shown in percent.

    `colors` are the status classes by whose colours series (and, in 逐项, cells) are painted, by heading or text.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    notes: tuple[str, ...] = ()
    charts: tuple[ChartPlan, ...] = ()
    colors: Mapping[str, StatusClass | None] = field(default_factory=dict)


def statistics(results: Sequence[Result], ledger: Ledger) -> tuple[StatisticsSheet, ...]:
    """Return the sheets that have something to show; `results` are the year's periods so far, this one last."""
    last = results[-1]
    label = last.period.label
    several = len(results) > 1
    leaders = by_leader(last.outcomes, last.statuses, [leader.name for leader in ledger.leaders])
    groups = by_group(last.outcomes, last.statuses)
    units = ranked(results, [unit.name for unit in ledger.units])
    made = (
        _by_month(results) if several else None,
        _by_task(results) if several else None,
        _by_unit(units, results) if units else None,
        _parted(BY_LEADER, LEADERS_HEADING, label, leaders, results, _LEADER_NOTES) if leaders else None,
        _parted(BY_GROUP, GROUPS_HEADING, label, groups, results, ()) if groups else None,
    )
    return tuple(filter(None, made))


LEADERS_HEADING, GROUPS_HEADING = "分管区领导", "分组"
_LEADER_NOTES = ("一项任务由几位领导分管的，每位各计一次，因此各行之和可能大于总数。",)


class _Columns(Struct, frozen=True):
    """The columns that hold figures: counted statuses, 未报送 where there is any, the share met, what is apart."""

    counted: tuple[str, ...]
    excluded: tuple[str, ...]

    @classmethod
    def of(cls, results: Iterable[Result]) -> _Columns:
        shown = [figures(result.outcomes, result.statuses) for result in results]
        counted = dict.fromkeys(name for one in shown for name, _n in one.counted if name != UNREPORTED)
        unreported = (UNREPORTED,) if any(one.unreported for one in shown) else ()
        excluded = dict.fromkeys(name for one in shown for name, _n in one.left_out)
        return cls((*counted, *unreported), tuple(excluded))

    @property
    def headings(self) -> tuple[str, ...]:
        return ("计入统计", *self.counted, "完成率", *(f"{name}（不计入）" for name in self.excluded), NO_TARGET)

    def cells(self, one: Figures) -> tuple[Cell, ...]:
        counts = (one.total, *map(one.count, self.counted))
        rate = share(one.met, one.total) if one.total else None
        return (*counts, rate, *map(one.count, self.excluded), one.without_target)

    @property
    def widths(self) -> tuple[float, ...]:
        return (10.0,) * (len(self.counted) + 2) + (14.0,) * len(self.excluded) + (9.0,)


def _stacked(title: str, columns: _Columns, first: int) -> ChartPlan:
    """Return the chart of the counted statuses; `first` is the column of 计入统计, the labels stand before it."""
    return ChartPlan(title, first - 1, tuple(range(first + 1, first + 1 + len(columns.counted))))


def _colors(results: Iterable[Result]) -> dict[str, StatusClass | None]:
    return {one.name: one.kind for result in results for one in result.statuses.all} | {UNREPORTED: None}


def _by_month(results: Sequence[Result]) -> StatisticsSheet:
    columns = _Columns.of(results)
    year = results[-1].period.year
    rows = [(result.period.label, *columns.cells(figures(result.outcomes, result.statuses))) for result in results]
    rate = 3 + len(columns.counted)
    return StatisticsSheet(
        name=BY_MONTH,
        title=f"{year}年各期完成情况",
        headings=("期次", *columns.headings),
        rows=tuple(rows),
        widths=(14.0, *columns.widths),
        notes=("以前各期按当时印出的通报表统计；没有生成通报表的期次不在表中。",),
        charts=(
            _stacked("各期完成情况（项）", columns, 2),
            ChartPlan("各期完成率", 1, (rate,), is_line=True),
        ),
        colors=_colors(results),
    )


def _by_task(results: Sequence[Result]) -> StatisticsSheet:
    periods = [result.period for result in results]
    rows: list[tuple[Cell, ...]] = []
    for course in courses(results):
        statuses = status_cells(course, periods)
        rows.append((course.seq, course.annual_target, course.lead, *statuses, remarks_text(course)))
    # The headings of the notice itself would make this sheet look like one when it is read.
    headings = ("序号", "任务", "牵头单位", *(period.label for period in periods), "提示")
    return StatisticsSheet(
        name=BY_TASK,
        title=f"{periods[-1].year}年各项任务逐期状态",
        headings=headings,
        rows=tuple(rows),
        widths=(7.0, 44.0, 22.0, *(11.0 for _period in periods), 40.0),
        notes=(f"“{NO_TARGET}”为当期没有目标，“{NOT_PRINTED}”为当期没有这项任务。",),
        colors=_colors(results),
    )


def status_cells(course: Course, periods: Iterable[Period]) -> tuple[str, ...]:
    """Return the statuses of a task as they are shown beside each other."""
    return tuple(course.statuses.get(period, NOT_PRINTED) or NO_TARGET for period in periods)


def remarks_text(course: Course) -> str:
    """Return what is remarkable about a task; the rows name it already."""
    return "\n".join(finding.message.removeprefix(f"第{course.seq}项") for finding in course.remarks)


def _by_unit(units: Sequence[RankedUnit], results: Sequence[Result]) -> StatisticsSheet:
    columns = _Columns.of(results[-1:])
    label = results[-1].period.label
    leading_units = sum(unit.rank > 0 for unit in units)
    few = any(unit.has_few for unit in units)
    rows = tuple(_unit_row(unit, columns) for unit in units)
    leading = tuple(f"牵头{heading}" if heading == "计入统计" else heading for heading in columns.headings)
    notes = (
        "名次按牵头任务的完成率排，完成率相同的按今年以来的按时率排，都相同的名次并列；没有牵头任务的不排。",
        *([f"带{FEW_MARK}的牵头任务少于{FEW_TASKS}项，百分比和名次仅供参考。"] if few else []),
        "“配合”为列入责任单位而不牵头的任务，仅提供数据的不计。代表几个单位的，按表中的名称合计。",
    )
    return StatisticsSheet(
        name=BY_UNIT,
        title=f"{label}各单位完成和报送情况",
        headings=(
            "名次",
            "单位",
            *leading,
            "配合任务",
            "其中完成",
            "配合完成率",
            "本期报送",
            "按时/应报期数",
            "按时率",
        ),
        rows=rows,
        widths=(7.0, 30.0, *columns.widths, 10.0, 10.0, 12.0, 11.0, 12.0, 11.0),
        notes=notes,
        charts=(replace(_stacked("各单位牵头任务（项）", columns, 3), is_across=True, rows=leading_units),)
        * bool(leading_units),
        colors=_colors(results),
    )


def _unit_row(unit: RankedUnit, columns: _Columns) -> tuple[Cell, ...]:
    member = unit.as_member
    return (
        unit.rank or None,
        unit.name + (FEW_MARK if unit.has_few else ""),
        *columns.cells(unit.as_lead),
        member.total,
        member.met,
        share(member.met, member.total) if member.total else None,
        unit.state or "不需报送",
        f"{unit.on_time}/{unit.owed}" if unit.owed else "",
        share(unit.on_time, unit.owed) if unit.owed else None,
    )


def parted_table(
    heading: str, parts: Sequence[Breakdown], result: Result
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the headings and rows of the figures of leaders or groups."""
    columns = _Columns.of((result,))
    return (heading, *columns.headings), tuple((part.name, *columns.cells(part.figures)) for part in parts)


def shown(cell: Cell) -> str:
    """Return a cell as people read it: a share in percent."""
    return f"{cell * 100:.2f}%" if isinstance(cell, Decimal) else "" if cell is None else str(cell)


def _parted(
    name: str, heading: str, label: str, parts: Sequence[Breakdown], results: Sequence[Result], notes: tuple[str, ...]
) -> StatisticsSheet:
    """Return a sheet with a row for each leader or group, and all rows of the period below them."""
    last = results[-1]
    columns = _Columns.of((last,))
    headings, rows = parted_table(heading, parts, last)
    everything = figures(last.outcomes, last.statuses)
    return StatisticsSheet(
        name=name,
        title=f"{label}各{'组' if name == BY_GROUP else heading}完成情况",
        headings=headings,
        rows=rows,
        widths=(26.0, *columns.widths),
        notes=(*notes, f"{label}合计：{sentence(everything)}"),
        charts=(_stacked(f"各{'组' if name == BY_GROUP else heading}完成情况（项）", columns, 2),),
        colors=_colors(results),
    )
