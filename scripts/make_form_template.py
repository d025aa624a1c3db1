"""Write templates/form.xlsx: the look of the blank form as it is delivered. Clerks restyle the result, not this."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.core.stamp import DEADLINE_LABEL, FILER_LABELS, INFORMED_TITLE, PERIOD_LABEL, UNIT_LABEL
from reportgen.writers.sheet import (
    HEAD_FILL,
    HEI,
    INPUT_FILL,
    SONG,
    fit_height,
    landscape,
    new_workbook,
    saved,
    with_explicit_locks,
)

TARGET = Path(__file__).parent.parent / "templates" / "form.xlsx"
TITLE_FONT, KAI = "方正小标宋简体", "楷体"
SIZE = 10.5
GREY = "FF808080"

# key: (heading, width in column units, centred); 130 units are the 277 mm of A4 landscape with margins of 10 mm
COLUMNS = {
    "seq": ("序号", 8.0, True),
    "part": ("分项", 8.0, True),
    "annual_target": ("年度目标任务", 19.0, False),
    "period_target": ("{{ period }}目标任务", 18.0, False),
    "status": ("完成状态", 13.0, True),
    "completion": ("完成情况", 32.0, False),
    "reason": ("未完成原因", 16.0, False),
    "next_target": ("{{ next_period }}目标任务", 16.0, False),
}
INPUTS = ("status", "completion", "reason", "next_target")
HINT = "只填浅黄色的格子，其余不要改动；怎样填写见“填报说明”表。"
GUIDE = (
    (
        "填在哪里",
        "只填“报送表”中浅黄色的格子。白色的格子由{{ office }}预先填好并锁定，请不要改动；"
        "认为内容有误的，请直接告知{{ office }}。",
    ),
    ("“{{ part }}”一列", "有分项的行，只填本单位负责的这一部分；开头不用再写分项名称。"),
    ("“{{ status }}”怎么选", "点格子右侧的小箭头，从“{{ statuses }}”中选一个，请不要另写其他说法。"),
    (
        "“{{ completion }}”怎么写",
        "对照“{{ period_target }}”逐条写实际完成了什么：做到哪一步，数量、比例是多少。请写结果和数据，不要只写"
        "“正常推进”“已落实”；开头不用再写“完成”或“未完成”。",
    ),
    (
        "“{{ reason }}”怎么写",
        "完成状态不是“{{ met }}”的必须填写：为什么没有完成、下一步怎么做、预计什么时候完成。已完成的不用填。",
    ),
    (
        "“{{ next_target }}”怎么填",
        "格子是浅黄色的，请填写拟定的{{ next_period }}目标，要具体、可检查；格子是白色的，不用填。",
    ),
    (
        "填报人和审核人",
        "填报人是经办同志，审核人是审核把关的负责同志；联系电话请留能找到填报人的号码；填报日期写成"
        "“{{ year }}年9月5日”的样子。",
    ),
    ("表格下方的任务", "“{{ informed }}”的部分只供了解，不用填写。"),
    (
        "格子不够大",
        "行高、列宽都可以拖动；格内换行按 Alt+回车。从 Word 等处粘贴时，请双击格子后再粘贴，或选择“只粘贴文本”，"
        "这样不会破坏格子的格式和下拉选项。",
    ),
    ("请不要", "增加、删除行或列，改动表头和序号，合并格子，隐藏行列，或把几个单位的表并成一个文件。"),
    (
        "怎样报送",
        "填好后保存，把这个 .xlsx 文件报{{ office }}。文件名可以改。发现填错的，改好后重新报一次，以后报的为准。",
    ),
    ("报送截止", "{{ deadline }}。有特殊情况不能按时报送的，请提前告知{{ office }}。"),
)

LINE = Side("thin", color="FF666666")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
LOCKED, OPEN = Protection(locked=True), Protection(locked=False)


def form_template() -> bytes:
    """Return the template."""
    workbook = new_workbook()
    unlock_normal_style(workbook)
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "报送表"
    write_form(sheet)
    write_guide(workbook.create_sheet("填报说明"))
    return with_explicit_locks(saved(workbook, "报送表模板"))


def unlock_normal_style(workbook: Workbook) -> None:
    """Make cells without a format of their own unlocked, so that pasting from other workbooks does not lock inputs."""
    workbook._named_styles["Normal"].protection = OPEN
    default = workbook._cell_styles[0]
    default.protectionId = workbook._protections.add(OPEN)
    workbook._cell_styles = IndexedList([default])


def style(cell: Cell, size: float = SIZE, font: str = SONG, centred: bool = False, boxed: bool = True) -> None:
    cell.font = Font(name=font, size=size, charset=134)
    cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=True)
    cell.protection = LOCKED
    if boxed:
        cell.border = BOX


def make_input(cell: Cell) -> None:
    cell.fill = PatternFill("solid", fgColor=INPUT_FILL)
    cell.protection = OPEN


def write_form(sheet: Worksheet) -> None:
    for column, (_heading, width, _centred) in enumerate(COLUMNS.values(), 1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    write_title(sheet)
    write_around(sheet)
    write_table(sheet)
    write_informed(sheet)
    sheet.freeze_panes = "A6"
    sheet.print_title_rows = "5:5"
    sheet.sheet_view.showGridLines = False
    landscape(sheet)
    sheet.oddFooter.left.text = "{{ unit }}"
    margins = sheet.page_margins
    margins.left = margins.right = 10 / 25.4
    margins.top, margins.bottom, margins.header, margins.footer = 12 / 25.4, 15 / 25.4, 6 / 25.4, 7 / 25.4
    sheet.print_options.horizontalCentered = True
    protect(sheet)


def protect(sheet: Worksheet) -> None:
    """Guard the prefilled cells against slips, without a password; rows and columns may be resized."""
    sheet.protection.sheet = True
    sheet.protection.formatRows = sheet.protection.formatColumns = False


def write_title(sheet: Worksheet) -> None:
    for column in range(1, len(COLUMNS) + 1):
        style(sheet.cell(1, column), 20, TITLE_FONT, centred=True, boxed=False)
    sheet.cell(1, 1).value = "{{ title }}"
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(COLUMNS))
    sheet.row_dimensions[1].height = 36


def write_around(sheet: Worksheet) -> None:
    """Write the rows between title and table: (first column, last column, label or placeholder)."""
    filer = FILER_LABELS
    rows = {
        2: ((1, 2, UNIT_LABEL), (3, 3, "{{ unit }}"), (4, 4, PERIOD_LABEL), (5, 5, "{{ year }}年{{ period }}"),
            (6, 6, DEADLINE_LABEL), (7, 8, "{{ deadline }}")),
        3: ((1, 2, filer["filled_by"]), (3, 3, "{{ filled_by }}"), (4, 4, filer["phone"]), (5, 5, "{{ phone }}"),
            (6, 6, filer["reviewer"]), (7, 8, "{{ reviewer }}")),
        4: ((1, 5, HINT), (6, 6, filer["filled_on"]), (7, 8, "{{ filled_on }}")),
    }  # fmt: skip
    for row, cells in rows.items():
        sheet.row_dimensions[row].height = 22
        for first, last, text in cells:
            for column in range(first, last + 1):
                style(sheet.cell(row, column), font=KAI if text == HINT else SONG, boxed=False)
            if text.startswith("{{"):
                box_value(sheet, row, first, last, is_input=text.strip("{ }") in filer)
            elif text != HINT:
                sheet.cell(row, first).alignment = Alignment(horizontal="right", vertical="center")
            sheet.cell(row, first).value = text
            if text == "{{ deadline }}":
                sheet.cell(row, first).font = Font(name=HEI, size=SIZE, charset=134)
            if last > first:
                sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    sheet["E3"].number_format = "@"
    sheet["G4"].number_format = 'yyyy"年"m"月"d"日"'


def box_value(sheet: Worksheet, row: int, first: int, last: int, is_input: bool) -> None:
    for column in range(first, last + 1):
        cell = sheet.cell(row, column)
        cell.border = BOX
        if is_input:
            make_input(cell)


def write_table(sheet: Worksheet) -> None:
    for column, (key, (heading, _width, centred)) in enumerate(COLUMNS.items(), 1):
        head, cell = sheet.cell(5, column), sheet.cell(6, column)
        style(head, 12, HEI, centred=True)
        head.fill = PatternFill("solid", fgColor=HEAD_FILL)
        head.value = heading
        style(cell, centred=centred)
        if key in INPUTS:
            style(cell, 11, centred=centred)
            make_input(cell)
        cell.value = f"{{{{ {key} }}}}"
    sheet.row_dimensions[5].height = 36
    sheet.row_dimensions[6].height = 96  # six lines: room to type, also where the targets are short


def write_informed(sheet: Worksheet) -> None:
    """Write the block of tasks for information; no cell starts in a column that some forms leave out."""
    last = len(COLUMNS)
    spans = ((1, 2), (3, 3), (4, 4), (5, last))
    head = ("序号", "年度目标任务", "{{ period }}目标任务", "由谁填报")
    keys = ("informed_seq", "informed_annual_target", "informed_period_target", "informed_units")
    style(sheet.cell(8, 1), 12, HEI, boxed=False)
    sheet.cell(8, 1).value = INFORMED_TITLE
    sheet.merge_cells(start_row=8, end_row=8, start_column=1, end_column=last)
    for row, texts in ((9, head), (10, tuple(f"{{{{ {key} }}}}" for key in keys))):
        for (first, end), text in zip(spans, texts, strict=True):
            for column in range(first, end + 1):
                style(sheet.cell(row, column), 9, centred=row == 9 or first == 1)
            sheet.cell(row, first).value = text
            if end > first:
                sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=end)
    for row, height in ((7, 12), (8, 24), (9, 20), (10, 20)):
        sheet.row_dimensions[row].height = height


def write_guide(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100
    for column in (1, 2):
        style(sheet.cell(1, column), 18, TITLE_FONT, centred=True, boxed=False)
    sheet["A1"].value = "填报说明"
    sheet.merge_cells("A1:B1")
    sheet.row_dimensions[1].height = 36
    for row, (heading, text) in enumerate(GUIDE, 2):
        style(sheet.cell(row, 1), 12, HEI)
        style(sheet.cell(row, 2), 12)
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = heading, text
        fit_height(sheet, row, [(heading, 26, 12), (text, 100, 12)])
        sheet.row_dimensions[row].height += 8
    sheet.sheet_view.showGridLines = False
    landscape(sheet)
    sheet.page_setup.fitToHeight = 1
    sheet.print_options.horizontalCentered = True


if __name__ == "__main__":
    TARGET.write_bytes(form_template())
