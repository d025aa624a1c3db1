"""审定.xlsx: the clerk's working table, written anew around what the clerk has written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportgen.core.fields import UNREPORTED, Settings
from reportgen.core.review import Review
from reportgen.core.rulings import (
    ALL_UNREPORTED_LABEL,
    COMPLETION_HEADING,
    NEXT_TARGET_HEADING,
    RULING_HEADINGS,
    RULINGS_SHEET,
    STATUS_HEADING,
    UNIT_HEADING,
    UNIT_RULING_HEADING,
    UNREPORTED_SHEET,
    YES,
)
from reportgen.core.stamp import SHEET as HIDDEN_SHEET
from reportgen.writers.sheet import (
    HEI,
    INPUT_FILL,
    RED,
    add_list,
    new_workbook,
    put,
    saved,
    write_table,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_OWN_SHEETS = (RULINGS_SHEET, UNREPORTED_SHEET, HIDDEN_SHEET)
_RULING_WIDTHS = {STATUS_HEADING: 12.0, COMPLETION_HEADING: 44.0, NEXT_TARGET_HEADING: 30.0}
_OPINION_WIDTH = 24.0
_STATUS_PROMPT = "留空则按单位所报；需要改时从列表中选。"
_UNIT_PROMPT = f"不再等候的单位选“{UNREPORTED}”，通报表即印“{UNREPORTED}。”。"


def write_review(review: Review, settings: Settings, existing: bytes | None) -> bytes:
    """Return 审定.xlsx; sheets of the clerk's own in `existing` are kept behind the program's."""
    from openpyxl import load_workbook

    if existing is None:
        workbook = new_workbook()
        workbook.remove(workbook.worksheets[0])
    else:
        workbook = load_workbook(io.BytesIO(existing))
        for name in _OWN_SHEETS:
            if name in workbook.sheetnames:
                del workbook[name]
    _write_rulings(workbook.create_sheet(RULINGS_SHEET, 0), review, settings)
    _write_silent(workbook.create_sheet(UNREPORTED_SHEET, 1), review)
    _write_proposed(workbook, review)
    workbook.active = 0
    return saved(workbook, RULINGS_SHEET)


def _write_rulings(sheet: Worksheet, review: Review, settings: Settings) -> None:
    from openpyxl.styles import Font, PatternFill

    fields = settings.fields
    known = (
        (fields["seq"].heading, 6.0),
        (fields["annual_target"].heading, 26.0),
        (fields["period_target"].heading, 26.0),
        ("各单位填报", 44.0),
        ("合并状态", 10.0),
        ("合并后完成情况", 40.0),
        ("问题", 36.0),
    )
    rulings = [(heading, _RULING_WIDTHS.get(heading, _OPINION_WIDTH)) for heading in RULING_HEADINGS]
    headings, widths = zip(*known, *rulings, strict=True)
    rows = [
        (
            *(row.seq, row.annual_target, row.period_target, row.returned, row.status, row.completion, row.findings),
            *(row.ruling.get(heading, "") for heading in RULING_HEADINGS),
        )
        for row in review.rows
    ]
    write_table(sheet, headings, rows, widths)
    first = len(known) + 1
    for number, row in enumerate(review.rows, 2):
        for column in range(first, len(headings) + 1):
            sheet.cell(number, column).fill = PatternFill("solid", fgColor=INPUT_FILL)
        if row.has_error:
            sheet.cell(number, 1).font = Font(name=HEI, size=12, color=RED)
            sheet.cell(number, 7).font = Font(name="宋体", size=12, color=RED)
    choices = (*settings.statuses.names, UNREPORTED)
    add_list(
        sheet, first, 2, max(2, len(review.rows) + 1), choices, STATUS_HEADING, "留空则按单位所报；需要改时从列表中选。"
    )
    sheet.freeze_panes = "B2"


def _write_silent(sheet: Worksheet, review: Review) -> None:
    from openpyxl.styles import Font, PatternFill

    label = sheet.cell(1, 1, f"{ALL_UNREPORTED_LABEL}（选“{YES}”）：")
    label.font = Font(name=HEI, size=12)
    flag = sheet.cell(1, 5, YES if review.all_unreported else None)
    flag.fill = PatternFill("solid", fgColor=INPUT_FILL)
    headings = (UNIT_HEADING, "联系人", "电话", "涉及任务", UNIT_RULING_HEADING, "备注")
    rows = [
        (unit.unit, unit.contact, unit.phone, unit.rows, UNREPORTED if unit.is_ruled else "", unit.note)
        for unit in review.silent
    ]
    write_table(sheet, headings, rows, (30.0, 14.0, 20.0, 30.0, 14.0, 30.0), first_row=2)
    for number in range(3, 3 + len(rows)):
        sheet.cell(number, 5).fill = PatternFill("solid", fgColor=INPUT_FILL)
    add_list(sheet, 5, 1, 1, (YES,), ALL_UNREPORTED_LABEL, f"选“{YES}”后，下表各单位都按“{UNREPORTED}”处理。")
    if rows:
        add_list(
            sheet,
            5,
            3,
            2 + len(rows),
            (UNREPORTED,),
            UNIT_RULING_HEADING,
            "不再等候的单位选“未报送”，通报表即印“未报送。”。",
        )


def _write_proposed(workbook: Workbook, review: Review) -> None:
    """Keep what was put into 审定下期目标, so that a later run knows which of them the clerk changed."""
    sheet = workbook.create_sheet(HIDDEN_SHEET)
    sheet.sheet_state = "hidden"
    for number, row in enumerate((row for row in review.rows if row.proposed), 1):
        sheet.cell(number, 1, row.seq)
        put(sheet.cell(number, 2), row.proposed)
