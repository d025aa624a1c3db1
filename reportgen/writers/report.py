"""核查报告.xlsx: where each unit stands, every problem with its cure, what was changed by itself, the files used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.core.checked import Checked
from reportgen.core.decisions import subject
from reportgen.core.findings import Severity
from reportgen.core.units import State, UnitState
from reportgen.writers.sheet import RED, new_workbook, saved, write_table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SEVERITY_FILLS = {Severity.ERROR: "FFF8D7DA", Severity.WARNING: "FFFFF3CD"}
_STATE_FILLS = {State.MISSING: "FFF8D7DA", State.MUST_CORRECT: "FFF8D7DA", State.LATE: "FFFFF3CD"}


def write_report(checked: Checked) -> bytes:
    """Return 核查报告.xlsx: 报送情况, 问题清单 (a line for each cell), 自动更正, 审定改动, 采用的文件."""
    workbook = new_workbook()
    units = workbook.worksheets[0]
    units.title = "报送情况"
    filers = {one.file: one.filer for one in checked.returns}
    _write(
        units,
        checked.title,
        ("单位", "状态", "采用的文件", "收到时间", "填报人", "联系电话", "错误", "警告"),
        [
            (
                *(unit.unit, unit.state.label, unit.file, _moment(unit)),
                filers.get(unit.file, {}).get("filled_by", ""),
                filers.get(unit.file, {}).get("phone", ""),
                *(unit.errors, unit.warnings),
            )
            for unit in checked.units
        ],
        (30.0, 10.0, 40.0, 20.0, 12.0, 18.0, 8.0, 8.0),
        [_STATE_FILLS.get(unit.state) for unit in checked.units],
    )
    listed, answered = checked.listed, set(map(id, checked.settled))
    _write(
        workbook.create_sheet("问题清单"),
        checked.title,
        ("程度", "单位", "序号", "文件", "工作表", "单元格", "问题", "处理建议", "编号"),
        [
            (
                finding.severity.label + ("（已审定）" if id(finding) in answered else ""),
                *(finding.unit, finding.seq),
                *(finding.place.file, finding.place.sheet, finding.place.cell),
                *(finding.message, finding.hint, finding.code.name),
            )
            for finding in listed
        ],
        (10.0, 22.0, 7.0, 30.0, 12.0, 9.0, 54.0, 44.0, 8.0),
        [None if id(finding) in answered else _SEVERITY_FILLS.get(finding.severity) for finding in listed],
    )
    _write(
        workbook.create_sheet("自动更正"),
        checked.title,
        ("单位", "序号", "栏目", "文件", "工作表", "单元格", "原文", "改为", "原因"),
        [
            (
                *(change.unit, change.seq, checked.headings.get(change.field, change.field)),
                *(change.place.file, change.place.sheet, change.place.cell),
                *(change.before, change.after, change.why),
            )
            for change in checked.changes
        ],
        (22.0, 7.0, 14.0, 30.0, 12.0, 9.0, 44.0, 44.0, 20.0),
        [None for _change in checked.changes],
    )
    if checked.decisions:
        _write_decisions(workbook.create_sheet("审定改动"), checked)
    used = checked.used
    _write(
        workbook.create_sheet("采用的文件"),
        checked.title,
        ("单位", "文件", "是否采用", "轮次", "填报日期", "收到时间"),
        [
            (
                *(one.unit, one.file, "采用" if one.file in used else "未采用", one.round),
                one.filled_on.isoformat() if one.filled_on else "",
                one.received.isoformat(sep=" ", timespec="seconds") if one.received else "",
            )
            for one in checked.returns
        ],
        (30.0, 44.0, 10.0, 8.0, 14.0, 22.0),
        [None if one.file in used else _SEVERITY_FILLS[Severity.WARNING] for one in checked.returns],
    )
    return saved(workbook, checked.title)


def _write_decisions(sheet: Worksheet, checked: Checked) -> None:
    _write(
        sheet,
        checked.title,
        ("序号", "分项", "栏目", "原来", "改为", "依据", "位置"),
        [
            (
                *(one.seq, one.part, subject(one, checked.headings)),
                *(one.before, one.after, one.why, str(one.place) if one.place.file else ""),
            )
            for one in checked.decisions
        ],
        (7.0, 18.0, 16.0, 44.0, 44.0, 30.0, 26.0),
        [None for _one in checked.decisions],
    )


def _moment(unit: UnitState) -> str:
    return unit.received.isoformat(sep=" ", timespec="minutes") if unit.received else ""


def _write(sheet, title, headings, rows, widths, fills) -> None:  # type: ignore[no-untyped-def]
    from openpyxl.styles import Font, PatternFill

    write_table(sheet, headings, rows, widths, header=title)
    for number, fill in enumerate(fills, 2):
        if fill is not None:
            sheet.cell(number, 1).fill = sheet.cell(number, 2).fill = PatternFill("solid", fgColor=fill)
        if fill == _SEVERITY_FILLS[Severity.ERROR]:
            sheet.cell(number, 1).font = Font(name="宋体", size=12, color=RED)
