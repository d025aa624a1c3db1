"""A ledger workbook, as read, becomes a ledger: rows checked against the sheets 单位 and 领导, all mistakes told."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core import ledger_columns as cols
from reportgen.core.dates import date_of
from reportgen.core.fields import Field, FilledBy
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grid import Book, Value
from reportgen.core.ledger_cells import (
    deadline_of,
    division_of,
    lines_of,
    period_of,
    printed_unit,
    repeated,
    unit_and_role,
)
from reportgen.core.ledger_columns import Column
from reportgen.core.ledger_table import Table, TableRow, find_table
from reportgen.core.model import Assignment, Division, Leader, Ledger, Role, Schedule, Task, Unit
from reportgen.core.period import Period
from reportgen.core.terms import holds, in_office, months_of, overlap
from reportgen.core.text import fold, nearest, padded, squeeze

_Dated = TypeVar("_Dated", bound=date)
_PERIOD_ADVICE = "写作 2023-08、2023-Q3、2023-H1 或 2023。"


class _Names(Struct, frozen=True):
    """The units and leaders that exist, by folded name, to resolve what sheet 任务 writes."""

    units: Mapping[str, Unit]
    leaders: Mapping[str, Leader]
    passing: Mapping[str, Unit]  # by name, those that do not exist all the time

    @classmethod
    def of(cls, units: tuple[Unit, ...], leaders: tuple[Leader, ...]) -> _Names:
        by_name = {fold(unit.name): unit for unit in reversed(units)}
        by_alias = {fold(alias): unit for unit in reversed(units) for alias in unit.aliases}
        passing = {unit.name: unit for unit in units if unit.start or unit.end}
        return cls({**by_alias, **by_name}, {fold(leader.name): leader for leader in leaders}, passing)

    @property
    def of_units(self) -> list[str]:
        return [name for unit in self.units.values() for name in (unit.name, *unit.aliases)]

    @property
    def of_leaders(self) -> list[str]:
        return [leader.name for leader in self.leaders.values()]


def ledger_of(book: Book, year: int, fields: Iterable[Field] = ()) -> tuple[Ledger, tuple[Finding, ...]]:
    """Return the ledger that a workbook holds and everything wrong with it, errors among the findings.

    `fields` are those of the settings: their headings serve too, and a column of sheet 任务 headed like a further
    field that the office fills goes into `Task.extra`.
    """
    by_key = {f.key: f for f in fields if f.filled_by is FilledBy.LEDGER}
    known = [
        replace(c, aliases=(*c.aliases, *by_key[c.key].names)) if c.key in by_key else c for c in cols.TASK_COLUMNS
    ]
    extra = [f for key, f in by_key.items() if key not in keys.OF_THE_LEDGER]
    columns = {
        cols.TASKS: (*known, *(Column(f.key, f.heading, "", "", 0, f.aliases) for f in extra)),
        cols.UNITS: cols.UNIT_COLUMNS,
        cols.LEADERS: cols.LEADER_COLUMNS,
        cols.SCHEDULES: cols.SCHEDULE_COLUMNS,
    }
    tables: dict[str, Table] = {}
    findings: list[Finding] = []
    for sheet, wanted in columns.items():
        grid = next((g for g in book.grids if fold(g.sheet) == sheet), None)
        if grid is None:
            findings.append(_missing_sheet(book, sheet))
            continue
        table, found = find_table(grid, wanted, year)
        findings += found
        if table:
            tables[sheet] = table
    ledger = _filled(Ledger(year, (), (), ()), tables, [f.key for f in extra])
    return ledger, (*findings, *(finding for table in tables.values() for finding in table.found))


def _missing_sheet(book: Book, sheet: str) -> Finding:
    like = nearest(sheet, [grid.sheet for grid in book.grids], 0.5)
    advice = f"工作表“{like}”是不是它？请把名称改回“{sheet}”。" if like else f"请补一张名为“{sheet}”的工作表。"
    return Finding(Code.L01, Place(book.file), values={"sheet": sheet, "advice": advice})


def _filled(ledger: Ledger, tables: Mapping[str, Table], extra: Iterable[str]) -> Ledger:
    for table in tables.values():
        table.check_readable()
    if cols.LEADERS in tables:
        ledger = replace(ledger, leaders=_leaders(tables[cols.LEADERS], ledger.year))
    if cols.UNITS in tables:
        ledger = replace(ledger, units=_units(tables[cols.UNITS], ledger.year))
    if cols.SCHEDULES in tables:
        ledger = replace(ledger, schedules=_schedules(tables[cols.SCHEDULES], ledger.year))
    # Without the other two sheets every name of a task would be told as unknown, which it may not be.
    if {cols.TASKS, cols.UNITS, cols.LEADERS} <= tables.keys():
        names = _Names.of(ledger.units, ledger.leaders)
        ledger = replace(ledger, tasks=_tasks(tables[cols.TASKS], names, ledger.year, tuple(extra)))
    return ledger


def _leaders(table: Table, year: int) -> tuple[Leader, ...]:
    rows = list(table.rows())
    leaders = [Leader(squeeze(row.required(cols.NAME)), row.text(cols.POST), *_term(row, year)) for row in rows]
    _tell_repeated(rows, [fold(leader.name) for leader in leaders], cols.NAME)
    return tuple(leader for leader in leaders if leader.name)


def _tell_repeated(rows: list[TableRow], values: list[str], key: str) -> None:
    """Tell each non-empty value of a column that an earlier row has too."""
    for index, earlier in repeated(values):
        if values[index]:
            rows[index].tell(Code.L06, key, value=rows[index].text(key), other=rows[earlier].place(key).cell)


def _units(table: Table, year: int) -> tuple[Unit, ...]:
    rows = list(table.rows())
    units = [
        Unit(
            row.required(cols.NAME),
            lines_of(row.text(cols.ALIASES)),
            lines_of(row.text(cols.MEMBERS)),
            row.text(cols.CONTACT),
            row.text(cols.PHONE),
            row.text(cols.EMAIL),
            *_term(row, year),
        )
        for row in rows
    ]
    _tell_repeated(rows, [fold(unit.name) for unit in units], cols.NAME)
    _tell_ambiguous_aliases(rows, units)
    names = _Names.of(tuple(unit for unit in units if unit.name), ())
    resolved = [replace(u, members=_members(row, u, names)) for row, u in zip(rows, units, strict=True)]
    return tuple(unit for unit in resolved if unit.name)


def _tell_ambiguous_aliases(rows: list[TableRow], units: list[Unit]) -> None:
    """Tell each alias that also names another unit at the same time."""
    owner = {fold(unit.name): index for index, unit in reversed(list(enumerate(units))) if unit.name}
    for index, unit in enumerate(units):
        for alias in unit.aliases:
            other = owner.setdefault(fold(alias), index)
            if other != index and overlap(unit, units[other]):
                is_name = fold(units[other].name) == fold(alias)
                place = rows[other].place(cols.NAME if is_name else cols.ALIASES)
                rows[index].tell(Code.L06, cols.ALIASES, value=alias, other=place.cell)


def _members(row: TableRow, group: Unit, names: _Names) -> tuple[str, ...]:
    members: list[str] = []
    for name in group.members:
        unit = names.units.get(fold(name))
        if unit is None:
            _tell_unknown(row, cols.MEMBERS, name, names.of_units, cols.UNITS)
        elif unit.members:
            row.refuse(cols.MEMBERS, name, "它自己也包含别的单位。", "请直接写出各个单位。")
        elif unit.name in members:
            row.tell(Code.L06, cols.MEMBERS, value=name, other="同一格中的另一行")
        else:
            members.append(unit.name)
    return tuple(members)


def _tell_unknown(row: TableRow, key: str, name: str, known: Iterable[str], sheet: str) -> None:
    like = nearest(name, known, 0.5 if len(name) == 2 else 0.6)  # one wrong character of two is half
    guess = f"是不是“{like}”？" if like else ""
    row.tell(Code.L05, key, value=name, sheet=sheet, advice=f"{guess}请改正写法，或在“{sheet}”表中补上。")


def _schedules(table: Table, year: int) -> tuple[Schedule, ...]:
    rows = list(table.rows())
    read = [_schedule(row, year) for row in rows]
    _tell_repeated(rows, [s.period.code if s else "" for s in read], cols.PERIOD)
    return tuple(filter(None, read))


def _schedule(row: TableRow, year: int) -> Schedule | None:
    period = _schedule_period(row, year)
    deadline = _dated(row, cols.DEADLINE, deadline_of, "写作 2023-09-02 12:00。")
    issue_date = _dated(row, cols.ISSUE_DATE, date_of, "写作 2023-09-06。")
    return Schedule(period, deadline, issue_date, row.text(cols.BASIS)) if period else None


def _schedule_period(row: TableRow, year: int) -> Period | None:
    if not row.required(cols.PERIOD):
        return None
    period = _period(row, cols.PERIOD, year)
    if period and period.year != year:
        row.refuse(cols.PERIOD, row.text(cols.PERIOD), f"不是{year}年的期次。", "请改正，或写进那一年的台账。")
    return period


def _period(row: TableRow, key: str, year: int) -> Period | None:
    """Return the period in a cell, None for an empty one, told and None for anything else."""
    value = row.value(key)
    period = None if value is None else period_of(value, year)
    if value is not None and period is None:
        row.refuse(key, row.text(key), "不是期次。", _PERIOD_ADVICE)
    return period


def _dated(row: TableRow, key: str, read: Callable[[Value], _Dated | None], advice: str) -> _Dated | None:
    value = row.value(key)
    moment = None if value is None else read(value)
    if value is not None and moment is None:
        row.refuse(key, row.text(key), "不是日期。", advice)
    return moment


def _tasks(table: Table, names: _Names, year: int, extra: tuple[str, ...]) -> tuple[Task, ...]:
    rows = list(table.rows())
    tasks = [_task(row, _seq(row), names, year, extra) for row in rows]
    _tell_repeated_tasks(rows, tasks)
    for row, task, above in zip(rows[1:], tasks[1:], tasks, strict=False):
        if above.group and not task.group:
            row.tell(Code.L15, cols.GROUP, group=above.group)
    return tuple(tasks)


def _tell_repeated_tasks(rows: list[TableRow], tasks: list[Task]) -> None:
    """Tell each 序号 that an earlier row has at the same time."""
    earlier: dict[int, list[int]] = {}
    for index, task in enumerate(tasks):
        same = [i for i in earlier.get(task.seq, ()) if task.seq and overlap(task, tasks[i])]
        if same:
            is_dated = any((t.start or t.end) for t in (task, tasks[same[0]]))
            place = rows[same[0]].place(keys.SEQ)
            rows[index].tell(Code.L12 if is_dated else Code.L06, keys.SEQ, value=str(task.seq), other=place.cell)
        earlier.setdefault(task.seq, []).append(index)


def _seq(row: TableRow) -> int:
    """Return the 序号 of a row, 0 (told) when it is no positive whole number."""
    text = unicodedata.normalize("NFKC", row.required(keys.SEQ))
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    if text:
        row.refuse(keys.SEQ, text, "不是正整数。", "请填 1、2、3 这样的数。")
    return 0


def _task(row: TableRow, seq: int, names: _Names, year: int, extra: tuple[str, ...]) -> Task:
    assignments = _assignments(row, names)
    start, end = _term(row, year)
    targets = {period: text for period, column in row.table.targets.items() if (text := row.text_in(column))}
    task = Task(
        seq=seq,
        annual_target=row.required(keys.ANNUAL_TARGET),
        leaders=_task_leaders(row, names),
        assignments=assignments,
        targets=targets,
        division=_division(row, assignments, names),
        group=row.text(cols.GROUP),
        start=start,
        end=end,
        extra={key: row.text(key) for key in extra if row.text(key)},
        place=row.place(),
    )
    _tell_nobody_in_office(row, task, names, year)
    return task


def _term(row: TableRow, year: int) -> tuple[Period | None, Period | None]:
    """Return from which period to which a row holds."""
    start, end = _period(row, cols.START, year), _period(row, cols.END, year)
    if start and end and (start.year, start.first) > (end.year, end.last):
        row.refuse(cols.END, row.text(cols.END), f"早于“起”的 {start}。", "请核对起止两格。")
    return start, end


def _tell_nobody_in_office(row: TableRow, task: Task, names: _Names, year: int) -> None:
    """Tell the first month in which no unit of a task is left to answer, or no leader."""
    answering = [a.unit for a in task.assignments if a.role is not Role.DATA]
    if answering and all(name in names.passing for name in answering):
        vacant = next((m for m in months_of(task, year) if not in_office(task, names.passing, m)), None)
        if vacant:
            row.tell(Code.L13, keys.UNITS, period=vacant.label)
    leaders = [leader for name in task.leaders if (leader := names.leaders.get(fold(name)))]
    if leaders and all(leader.start or leader.end for leader in leaders):
        unled = next((m for m in months_of(task, year) if not any(holds(leader, m) for leader in leaders)), None)
        if unled:
            row.tell(Code.L14, keys.LEADERS, period=unled.label)


def _task_leaders(row: TableRow, names: _Names) -> tuple[str, ...]:
    leaders = lines_of(row.text(keys.LEADERS))
    if not leaders and row.value(keys.LEADERS) is None:
        row.tell(Code.L11, keys.LEADERS)
    for name in leaders:
        if fold(name) not in names.leaders:
            _tell_unknown(row, keys.LEADERS, name, names.of_leaders, cols.LEADERS)
    _tell_repeated_lines(row, keys.LEADERS, leaders, leaders)
    return tuple(map(padded, leaders))


def _tell_repeated_lines(row: TableRow, key: str, lines: tuple[str, ...], meant: Iterable[str]) -> None:
    for index, _earlier in repeated(fold(name) for name in meant):
        row.tell(Code.L06, key, value=lines[index], other="同一格中的另一行")


def _assignments(row: TableRow, names: _Names) -> tuple[Assignment, ...]:
    lines = lines_of(row.required(keys.UNITS))
    assignments = []
    for line in lines:
        name, role = unit_and_role(line)
        unit = names.units.get(fold(name))
        if unit is None:
            _tell_unknown(row, keys.UNITS, name or line, names.of_units, cols.UNITS)
        assignments.append(Assignment(unit.name if unit else name, role, printed_unit(name, role)))
    _tell_repeated_lines(row, keys.UNITS, lines, [a.unit for a in assignments])
    leads = [a.unit for a in assignments if a.role is Role.LEAD]
    if any(_at_once(names, one, other) for one, other in itertools.combinations(leads, 2)):
        reason = f"牵头单位有{len(leads)}个。"
        row.refuse(keys.UNITS, "、".join(leads), reason, "牵头单位只能有一个，请去掉多余的（牵头）。")
    if assignments and all(a.role is Role.DATA for a in assignments):
        row.refuse(keys.UNITS, lines[0], "没有填报的单位。", "只提供数据的单位不填报，请补上填报的单位。")
    return tuple(assignments)


def _at_once(names: _Names, one: str, other: str) -> bool:
    """Tell whether two units exist at the same time; one that is not known does always."""
    first, second = names.units.get(fold(one)), names.units.get(fold(other))
    return first is None or second is None or overlap(first, second)


def _division(row: TableRow, assignments: tuple[Assignment, ...], names: _Names) -> tuple[Division, ...]:
    """Return the lines of 分工, each with the name of a unit that answers for this task."""
    answering = [
        names.units[fold(a.unit)] for a in assignments if a.role is not Role.DATA and fold(a.unit) in names.units
    ]
    allowed = {name for unit in answering for name in (unit.name, *unit.members)}
    divisions: list[Division] = []
    for line in filter(None, map(str.strip, row.text(cols.DIVISION).split("\n"))):
        read = division_of(line)
        if read is None:
            row.refuse(cols.DIVISION, line, "不是“标签 = 单位”的样子。", "请一行写一条，例如：停车位 = 区住建局。")
            continue
        label, units = read
        for name in units:
            unit = names.units.get(fold(name))
            if unit is None:
                _tell_unknown(row, cols.DIVISION, name, names.of_units, cols.UNITS)
            elif unit.name not in allowed:
                others = "、".join(u.name for u in answering) or "（空）"
                row.refuse(cols.DIVISION, line, f"“{name}”不是本项填报的单位。", f"本项填报的责任单位：{others}。")
            else:
                divisions.append(Division(label, unit.name))
    return tuple(dict.fromkeys(divisions))
