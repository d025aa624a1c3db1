"""The ledger workbook (台账): four sheets that the clerk keeps, with dropdowns and hints, and how to fill them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from reportgen.core import fields as keys
from reportgen.core import ledger_columns as cols
from reportgen.core.ledger_columns import Column, target_heading
from reportgen.core.model import Ledger, Task, Unit
from reportgen.core.period import Period
from reportgen.core.terms import Dated
from reportgen.core.text import column_letters, padded
from reportgen.writers.sheet import new_workbook, saved, write_table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LAST_ROW = 1000  # dropdowns and formats reach so far
_WHOLE_NUMBER = "AND(ISNUMBER($A2),$A2>=1,$A2=INT($A2))"
_COLUMNS_OF = {
    cols.TASKS: cols.TASK_COLUMNS,
    cols.UNITS: cols.UNIT_COLUMNS,
    cols.LEADERS: cols.LEADER_COLUMNS,
    cols.SCHEDULES: cols.SCHEDULE_COLUMNS,
}
_GUIDE_LINES = (
    (
        "说明",
        "",
        "这个文件是全年任务的底本：空白表、核查、通报表都从这里取任务、单位和日期。改完存盘，再运行命令即可。",
        "",
    ),
    ("说明", "", "表头的文字不要改；列的先后可以变，也可以在前面加标题行。不用的列可以空着或删去。", ""),
    ("说明", "", "写错了不要紧：运行任何命令都会指出错在哪张表、哪一格、该怎么改。", ""),
)


def write_ledger(ledger: Ledger, extra: Mapping[str, str] | None = None) -> bytes:
    """Return the ledger as a workbook; one without tasks is an empty ledger ready to be filled.

    `extra` maps the keys of further fields that the office fills to their headings. There is a target column for
    every period of the year of each length that has a target, months when there is none yet.
    """
    workbook = new_workbook()
    workbook.remove(workbook.worksheets[0])
    periods = target_periods(ledger)
    _write_tasks(workbook, ledger, periods, extra or {})
    _write_sheet(workbook, cols.UNITS, cols.UNIT_COLUMNS, [_unit_values(unit) for unit in ledger.units])
    leaders = [(padded(leader.name), leader.post, *_term(leader)) for leader in ledger.leaders]
    _write_sheet(workbook, cols.LEADERS, cols.LEADER_COLUMNS, leaders)
    schedules = [(s.period.code, s.deadline, s.issue_date, s.basis) for s in ledger.schedules]
    _write_sheet(workbook, cols.SCHEDULES, cols.SCHEDULE_COLUMNS, schedules)
    _write_guide(workbook)
    _add_lists(workbook, ledger.year)
    return saved(workbook, f"{ledger.year}年台账")


def target_periods(ledger: Ledger) -> tuple[Period, ...]:
    """Return the periods that get a target column, months first."""
    lengths = {period.months for task in ledger.tasks for period in task.targets}
    lengths |= {s.period.months for s in ledger.schedules} if not lengths else set()
    return tuple(
        Period(ledger.year, first, first + months - 1)
        for months in sorted(lengths or {1})
        for first in range(1, 13, months)
    )


def _write_tasks(workbook: Workbook, ledger: Ledger, periods: Sequence[Period], extra: Mapping[str, str]) -> None:
    targets = [Column("", target_heading(p), cols.TARGET_HINT, cols.TARGET_EXAMPLE, cols.TARGET_WIDTH) for p in periods]
    own = [Column(key, heading, "", "", cols.TARGET_WIDTH) for key, heading in extra.items()]
    rows = [_task_values(task, periods, extra) for task in ledger.tasks]
    sheet = _write_sheet(workbook, cols.TASKS, (*cols.TASK_COLUMNS, *targets, *own), rows)
    # 序号 and 年度目标任务 stay in sight beside the later months, on the screen and on paper.
    sheet.freeze_panes = "C2"
    sheet.print_title_cols = "A:B"
    sheet.page_setup.fitToWidth = 3  # twelve months on one page could not be read


def _task_values(task: Task, periods: Sequence[Period], extra: Iterable[str]) -> tuple[object, ...]:
    return (
        task.seq,
        task.annual_target,
        "\n".join(task.leaders),
        "\n".join(a.printed for a in task.assignments),
        "\n".join(f"{d.label} = {d.unit}" for d in task.division),
        task.group,
        *_term(task),
        *(task.targets.get(period, "") for period in periods),
        *(task.extra.get(key, "") for key in extra),
    )


def _unit_values(unit: Unit) -> tuple[str, ...]:
    contact = (unit.contact, unit.phone, unit.email)
    return (unit.name, "\n".join(unit.aliases), "\n".join(unit.members), *contact, *_term(unit))


def _term(one: Dated) -> tuple[str, str]:
    return (one.start.code if one.start else "", one.end.code if one.end else "")


def _write_sheet(
    workbook: Workbook, name: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]
) -> Worksheet:
    """Write one sheet: its table, the hint of each column on its head cell, the style of the rows still to come."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment

    sheet: Worksheet = workbook.create_sheet(name)
    write_table(
        sheet, [c.heading for c in columns], [[v or None for v in row] for row in rows], [c.width for c in columns]
    )
    for number, column in enumerate(columns, 1):
        letters = column_letters(number)
        if column.hint:
            text = f"{column.hint}\n例：{column.example}"
            sheet.cell(1, number).comment = Comment(text, "reportgen", height=40 + 20 * len(text) // 15, width=280)
        # The style of a column holds for the cells that the clerk fills later.
        dimension = sheet.column_dimensions[letters]
        style = Alignment(vertical="center", wrap_text=True, horizontal=_horizontal(column.key))
        dimension.alignment, dimension.number_format = style, _format(column.key)
        for row in range(2, len(rows) + 2):
            cell = sheet.cell(row, number)
            cell.alignment, cell.number_format = style, _format(column.key)
    sheet.auto_filter.ref = f"A1:{column_letters(len(columns))}{max(2, len(rows) + 1)}"
    return sheet


def _horizontal(key: str) -> str | None:
    return "center" if key in (keys.SEQ, keys.LEADERS, cols.START, cols.END, cols.PERIOD) else None


def _format(key: str) -> str:
    """Return the number format of a column; as text 2023-08 stays what it is and becomes no date."""
    if key in (cols.START, cols.END, cols.PERIOD, cols.PHONE):
        return "@"
    return {cols.DEADLINE: "yyyy-mm-dd hh:mm", cols.ISSUE_DATE: "yyyy-mm-dd"}.get(key, "General")


def _write_guide(workbook: Workbook) -> None:
    sheet: Worksheet = workbook.create_sheet(cols.GUIDE)
    rows = [*_GUIDE_LINES]
    for name, columns in _COLUMNS_OF.items():
        rows += [(name, c.heading, c.hint, c.example) for c in columns]
        if name == cols.TASKS:
            rows.append((name, "8月份目标任务 等", cols.TARGET_HINT, cols.TARGET_EXAMPLE))
    write_table(sheet, ("工作表", "列", "怎么填", "例子"), rows, (10, 20, 66, 40))
    sheet.auto_filter.ref = None


def _add_lists(workbook: Workbook, year: int) -> None:
    """Add the dropdowns and input hints. A list that also takes other texts lets several lines be typed."""
    tasks, units, schedules = workbook[cols.TASKS], workbook[cols.UNITS], workbook[cols.SCHEDULES]
    months = [Period(year, month, month).code for month in range(1, 13)]
    halves = [f"{year}-Q{n}" for n in range(1, 5)] + [f"{year}-H1", f"{year}-H2", str(year)]
    _add_rule(tasks, keys.SEQ, _WHOLE_NUMBER, "序号", "不重复的正整数。", "custom", "序号要是正整数。")
    _add_rule(tasks, keys.LEADERS, _names_in(cols.LEADERS), "分管区领导", "可从列表中选；多位时按 Alt+Enter 一行一位。")
    units_hint = "只有一个单位时可从列表中选；多个时按 Alt+Enter 一行一个，牵头的后面写（牵头）。"
    _add_rule(tasks, keys.UNITS, _names_in(cols.UNITS), "责任单位", units_hint)
    _add_rule(tasks, cols.DIVISION, "", "分工", "一行一条：标签 = 单位。标签照目标中冒号前的文字写。")
    for sheet, key in itertools.product((tasks, units, workbook[cols.LEADERS]), (cols.START, cols.END)):
        _add_rule(sheet, key, f'"{",".join(months)}"', "期次", "写作 2023-08，可从列表中选；不限的空着。")
    _add_rule(units, cols.NAME, "COUNTIF($A:$A,$A2)=1", "名称", "单位全称，不重复。", "custom", "这个单位已经有了。")
    _add_rule(units, cols.MEMBERS, _names_in(cols.UNITS), "包含", "只有代表几个单位的一行才填，一行一个单位。")
    _add_rule(schedules, cols.PERIOD, f'"{",".join(months + halves)}"', "期", "一期一行，可从列表中选。")
    _add_rule(schedules, cols.DEADLINE, "", "截止时间", "例：2023-09-02 12:00")
    _add_rule(schedules, cols.ISSUE_DATE, "", "通报日期", "例：2023-09-06")


def _names_in(sheet: str) -> str:
    """Return the formula of the names that stand in the first column of a sheet, without the empty cells below."""
    return f"OFFSET({sheet}!$A$2,0,0,MAX(1,COUNTA({sheet}!$A$2:$A${LAST_ROW})),1)"


def _add_rule(
    sheet: Worksheet,
    key: str,
    formula: str,
    title: str,
    prompt: str,
    kind: Literal["list", "custom"] = "list",
    refusal: str = "",
) -> None:
    """Add a dropdown (or a custom rule) with a hint to a column; only with `refusal` are other entries refused."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(
        type=kind if formula else None,
        formula1=formula or None,
        allow_blank=True,
        showErrorMessage=bool(refusal),
        error=refusal or None,
        errorTitle=title,
        showInputMessage=True,
        promptTitle=title,
        prompt=prompt,
    )
    letters = column_letters(next(n for n, column in enumerate(_COLUMNS_OF[sheet.title], 1) if column.key == key))
    rule.add(f"{letters}2:{letters}{LAST_ROW}")
    sheet.add_data_validation(rule)
