"""What hands do to a form: for each damage the findings it gives, and what still arrives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.returns.making import (
    ABOVE,
    FILE,
    HEAD,
    KEYS,
    ROWS,
    TABLE,
    UNIT,
    WHOLE,
    arrived,
    cells,
    checked,
    codes,
    filled_form,
    form,
    parts,
    sheet_edit,
    table_part,
    typed,
    typed_table,
)

DONE_1 = "已改造管网13公里。"
CASES = {}


def case(*findings, arrives: Mapping | None = None, name: str = FILE, file: bytes = b"") -> None:
    """Take a maker as a case: what it must give, and what must arrive where that is not all that was filled in."""

    def take(maker):
        CASES[maker.__name__] = (maker, findings, WHOLE if arrives is None else {**WHOLE, **arrives}, name)
        return maker

    return take


def without(*keys):
    """Return what arrives as None for rows that do not."""
    return dict.fromkeys(keys)


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    maker, findings, arrives, file = CASES[name]
    filled, found = checked(maker(), file)
    assert codes(found) == sorted(findings), [f"{f.code.name} {f.place.cell} {f.message}" for f in found]
    assert arrived(filled) == {key: texts for key, texts in arrives.items() if texts is not None}
    for finding in found:
        assert "{" not in finding.message + finding.hint


# the file as a whole


@case()
def a_form_filled_as_it_should_be():
    return filled_form()


@case(name="8月 报表(1)最终版.xlsx")
def file_renamed():
    return filled_form()


@case()
def sheet_renamed_and_moved_behind_an_empty_one():
    def edit(book):
        book[TABLE].title = "Sheet1 (2)"
        book.create_sheet("Sheet9", 0)

    return form(edit)


@case(("R06", "B2"))
def sheet_added_with_words():
    return form(lambda book: put(book, "情况说明", "B2", "请予支持。"))


def put(book, sheet, address, text):
    if sheet not in book.sheetnames:
        book.create_sheet(sheet)
    book[sheet][address] = text


@case(*[("R06", f"A{row}") for row in range(1, 21)], ("R13", ""))
def sheet_added_with_a_long_list():
    def edit(book):
        sheet = book.create_sheet("附表")
        for row in range(1, 60):
            sheet.cell(row, 1).value = f"明细{row}"

    return form(edit)


@case(("R11", "第3行"))
def table_split_over_two_sheets():
    def edit(sheet):
        second = sheet.parent.create_sheet("续表")
        for row in (*ABOVE, HEAD, *ROWS[2:]):
            second.append([value or None for value in row])

    return typed_table(rows=ROWS[:2], edit=edit)


@case()
def second_sheet_is_a_copy_of_the_first():
    def edit(book):
        copy = book.copy_worksheet(book[TABLE])
        copy.title = "报送表 (2)"

    return form(edit)


@case(("R03", "A6"))
def second_sheet_is_an_older_copy():
    def edit(book):
        copy = book.copy_worksheet(book[TABLE])
        copy.title = "报送表 (2)"
        copy["F6"] = "已改造管网9公里。"

    return form(edit)


# where the table stands


@case()
def rows_inserted_above_the_table():
    return sheet_edit(lambda sheet: sheet.insert_rows(1, 7))


@case()
def columns_inserted_before_the_table():
    return typed(*[("", "", "", *row) for row in (*ABOVE, HEAD, *ROWS)])


@case(("R06", "A11"), ("R06", "J2"))
def notes_around_the_table():
    def edit(sheet):
        sheet["J2"], sheet["A11"] = "请王科长阅", "以上情况属实"

    return sheet_edit(edit)


@case()
def title_over_merged_cells():
    return typed_table(edit=lambda sheet: sheet.merge_cells("A1:H1"))


@case()
def blank_rows_between_the_rows():
    rows = [row for pair in zip(ROWS, [()] * 4, strict=True) for row in pair]
    return typed_table(rows=rows)


@case()
def wps_declares_dimension_a1():
    return parts(
        lambda of: of.__setitem__(
            table_part(), re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', of[table_part()])
        )
    )


@case()
def ghost_rows_styled_far_down():
    def edit(sheet):
        for row in range(100, 1100):
            sheet.cell(row, 3).font = Font(bold=True)
        sheet.cell(1048576, 3).font = Font(bold=True)

    return sheet_edit(edit)


@case(("R06", "XFD1048576"))
def a_text_in_the_last_cell_of_the_sheet():
    return cells({"XFD1048576": "x"})


@case()
def rows_hidden_by_a_filter():
    def edit(sheet):
        sheet.auto_filter.ref = "A5:H9"
        sheet.row_dimensions[7].hidden = sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["F"].hidden = True

    return sheet_edit(edit)


# the head


@case()
def head_over_two_lines_under_merged_cells():
    upper = ("序号", "分项", "年度目标任务", "8月份目标任务", "8月份情况", "", "", "9月份目标任务")
    lower = ("", "", "", "", "完成状态", "完成情况", "未完成原因", "")
    return typed(*ABOVE, upper, lower, *ROWS, edit=lambda sheet: sheet.merge_cells("E3:G3"))


@case()
def head_parted_into_two_cells():
    upper = ("序号", "分项", "年度目标", "8月份", "完成", "完成", "未完成", "9月份")
    lower = ("", "", "任务", "目标任务", "状态", "情况", "原因", "目标任务")
    return typed(*ABOVE, upper, lower, *ROWS)


@case()
def head_with_line_breaks_and_spaces():
    return typed_table(
        ("序\n号", "分 项", "年度目标\n任务", "8月份\n目标任务", "完成状态 ", "完成　情况", "未完成\n原因", *HEAD[7:])
    )


@case()
def head_in_full_width_digits():
    return typed_table((*HEAD[:3], "８月份目标任务", *HEAD[4:7], "９月份目标任务"))


@case()
def head_printed_again_between_the_rows():
    return typed_table(rows=(*ROWS[:2], HEAD, *ROWS[2:]))


@case(("H02", "F3"))
def heading_renamed():
    return typed_table((*HEAD[:5], "实际完成情况", *HEAD[6:]))


@case()
def heading_by_an_alias():
    return typed_table(("编号", *HEAD[1:4], "状态", "进展情况", *HEAD[6:]))


@case(("H01", "第3行"), arrives={key: ("", text) for key, (_status, text) in WHOLE.items()})
def column_deleted():
    return typed_table((*HEAD[:4], *HEAD[5:]), [(*row[:4], *row[5:]) for row in ROWS])


@case(("H05", "第3行"))
def column_of_numbers_deleted_without_marks():
    return typed_table(HEAD[1:], [row[1:] for row in ROWS])


@case(("H04", "I3"))
def heading_twice():
    return typed_table((*HEAD, "完成状态"))


@case()
def columns_in_another_order():
    order = (5, 0, 3, 1, 4, 7, 6, 2)
    return typed_table([HEAD[n] for n in order], [[row[n] for n in order] for row in ROWS])


@case()
def empty_column_added():
    return typed_table((*HEAD, "备注"))


@case(("H03", "I5"))
def column_added_with_content():
    return typed_table((*HEAD, "备注"), [(*row, "请领导关注" if row[0] == 2 else "") for row in ROWS])


@case(("H03", "I4"))
def text_beside_the_last_column():
    return typed_table(rows=[(*ROWS[0], "见附件"), *ROWS[1:]])


# the rows


@case(("R04", ""), arrives=without(KEYS[1]))
def row_deleted():
    return sheet_edit(lambda sheet: sheet.delete_rows(7))


@case()
def row_twice_with_the_same_text():
    return typed_table(rows=(*ROWS, ROWS[0]))


@case(("R03", "A8"))
def row_twice_with_another_text():
    return typed_table(rows=(*ROWS, (*ROWS[0][:5], "已改造管网14公里。", *ROWS[0][6:])))


@case()
def row_copied_and_only_the_copy_filled():
    return typed_table(rows=((*ROWS[0][:4], "", "", "", ""), *ROWS))


@case(("R09", "A6"), ("R09", "A8"))
def numbers_deleted_but_the_marks_are_there():
    return cells({"A6": None, "A8": None})


@case(("R09", "A4"), ("R09", "A6"))
def numbers_deleted_without_marks():
    return typed_table(rows=[("", *ROWS[0][1:]), ROWS[1], ("", "", *ROWS[2][2:]), ROWS[3]])


@case(("R05", "D5"), ("R09", "A5"))
def number_deleted_and_the_target_changed_a_little():
    changed = ("", "", ROWS[1][2], "完成河道清淤工程招标，九月底前开工。", *ROWS[1][4:])
    return typed_table(rows=[ROWS[0], changed, *ROWS[2:]])


@case(("R07", "A5"), ("R04", ""), arrives=without(KEYS[1]))
def number_deleted_and_the_target_too():
    return typed_table(rows=[ROWS[0], ("", "", "", "", *ROWS[1][4:]), *ROWS[2:]])


@case(("R01", "A8"))
def number_not_in_the_ledger():
    return typed_table(rows=[*ROWS, (99, "", "其他工作。", "另行安排。", "完成", "已完成其他工作。")])


@case(("R02", "A8"))
def number_of_another_unit():
    return typed_table(rows=[*ROWS, (3, "", "年度任务3。", "财政支出。", "完成", "支出进度65%。")])


@case(("R12", "A5"))
def numbers_filled_down_as_a_series():
    return typed_table(rows=[ROWS[0], (3, *ROWS[1][1:]), *ROWS[2:]])


@case()
def rows_sorted_with_their_marks():
    return typed_table(rows=[ROWS[n] for n in (3, 1, 0, 2)])


@case()
def rows_sorted_without_their_marks():
    def edit(sheet):
        rows = [[sheet.cell(row, column).value for column in range(1, 9)] for row in (9, 7, 6, 8)]
        for number, row in enumerate(rows, 6):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value

    return sheet_edit(edit)


@case()
def numbers_of_parts_merged():
    def edit(sheet):
        sheet["A7"] = None
        sheet.merge_cells("A6:A7")

    return typed_table(edit=edit)


@case(("V17", "E7"), arrives={KEYS[3]: ("完成", "泵站主体完工。")})
def status_of_two_rows_merged():
    def edit(sheet):
        sheet["E7"] = None
        sheet.merge_cells("E6:E7")

    return typed_table(edit=edit)


@case(("R06", "A9"), ("R06", "F10"))
def words_below_the_table():
    return typed_table(rows=[*ROWS, (), ("以上为8月份情况",), ("", "", "", "", "", "另：请区里协调资金")])


@case(("R05", "C8"), ("R09", "A8"))
def answer_below_the_table_without_a_number():
    return typed_table(rows=[*ROWS[:3], (), ("", "", "", ROWS[3][3], *ROWS[3][4:])])


NUMBERS = {
    "text": "1",
    "full_width": "１",
    "in_words": "第1项",
    "with_a_dot": "1.",
    "in_brackets": "（1）",
    "with_spaces": " 1　",
    "in_a_circle": "①",
    "with_a_decimal": 1.0,
    "of_the_kind_no_1": "No.1",
}


@pytest.mark.parametrize("name", NUMBERS)
def test_number_written_as(name):
    filled, found = checked(typed_table(rows=[(NUMBERS[name], *ROWS[0][1:]), *ROWS[1:]]))
    assert (arrived(filled), codes(found)) == (WHOLE, [])


@case()
def number_under_a_date_format():
    def edit(sheet):
        for row in range(4, 8):
            sheet.cell(row, 1).number_format = "yyyy/m/d"

    return typed_table(edit=edit)


@case()
def number_as_a_formula_with_its_value():
    number = re.compile(rb'(<c r="A4"[^>]*>)<v>1</v>')
    return parts(lambda of: of.__setitem__(SHEET1, number.sub(rb"\1<f>ROW()-3</f><v>1</v>", of[SHEET1])), typed_table())


SHEET1 = "xl/worksheets/sheet1.xml"

# texts that were prefilled


@case(("R05", "D6"))
def target_changed():
    return cells({"D6": "累计完成管网改造10公里。"})


@case(("R05", "H7"))
def locked_next_target_changed():
    return cells({"H7": "完成清淤1公里。"})


@case()
def target_with_other_line_breaks():
    return cells({"D7": "完成河道清淤工程招标，\n月底前 开工。"})


# values

FIRST = KEYS[0]


@case(("V03", "E6"))
def status_by_a_synonym():
    return cells({"E6": "已完成"})


@case(("V03", "E6"))
def status_with_a_full_stop():
    return cells({"E6": "完成。"})


@case(("V03", "E6"))
def status_as_a_tick():
    return cells({"E6": "√"})


@case(("V03", "E6"), ("V12", "E6"))
def status_between_wide_and_unbreakable_spaces():
    return cells({"E6": "　完 成\u00a0"})


@case(("V10", "E6"))
def status_with_signs_nobody_can_see():
    return cells({"E6": "完成\u200b"})


@case(("V02", "E6"), arrives={FIRST: ("基本完成", DONE_1)})
def status_of_ones_own():
    return cells({"E6": "基本完成"})


@case(("V01", "E6"), arrives={FIRST: ("", DONE_1)})
def status_left_empty():
    return cells({"E6": None})


@case(("V16", "E6"))
def status_and_completion_exchanged():
    return cells({"E6": DONE_1, "F6": "完成"})


@case(("V02", "E6"), ("V01", "F6"), arrives={FIRST: (DONE_1, "")})
def completion_written_into_the_status():
    return cells({"E6": DONE_1, "F6": None})


@case(("R05", "D6"), ("V01", "F6"), arrives={FIRST: ("完成", "")})
def completion_written_over_the_target():
    return cells({"D6": DONE_1, "F6": None})


@case(("V01", "F6"), arrives={FIRST: ("完成", "")})
def completion_written_into_the_reason():
    return cells({"G6": DONE_1, "F6": None})


@case(("V12", "F6"))
def completion_indented_with_wide_spaces():
    return cells({"F6": f"　　{DONE_1}\n"})


@case(("V10", "F6"))
def completion_with_control_characters():
    return parts(lambda of: replace_text(of, DONE_1, "已改造_x0007_管网13公里。"))


@case(arrives={FIRST: ("完成", "第一行\n第二行。")})
def completion_with_carriage_returns_as_excel_keeps_them():
    return parts(lambda of: replace_text(of, DONE_1, "第一行_x000D_\n第二行。"))


def replace_text(of, old, new):
    part = table_part()
    before = old.encode("ascii", "xmlcharrefreplace")
    assert before in of[part]
    of[part] = of[part].replace(before, new.encode("ascii", "xmlcharrefreplace"))


@case()
def completion_in_several_fonts():
    rich = CellRichText("已改造", TextBlock(InlineFont(b=True), "管网13公里。"))
    return cells({"F6": rich})


@case(("V13", "F6"), ("V04", "F6"), arrives={FIRST: ("完成", "98%")})
def completion_as_a_percentage():
    def edit(sheet):
        sheet["F6"], sheet["F6"].number_format = 0.98, "0%"

    return sheet_edit(edit)


@case(("V13", "F6"), arrives={FIRST: ("完成", "8月31日")})
def completion_as_a_date():
    def edit(sheet):
        sheet["F6"], sheet["F6"].number_format = date(2023, 8, 31), 'm"月"d"日"'

    return sheet_edit(edit)


@case(("V04", "F6"), arrives={FIRST: ("完成", "13")})
def completion_as_a_number():
    return cells({"F6": 13})


@case(("V08", "F6"), ("V01", "F6"), arrives={FIRST: ("完成", "")})
def completion_as_a_formula():
    return cells({"F6": '="已改造管网"&13&"公里。"'})


@case(("V08", "F6"), ("V01", "F6"), arrives={FIRST: ("完成", "")})
def completion_as_a_command_for_another_program():
    return cells({"F6": "=cmd|'/c calc'!A1"})


@case(arrives={FIRST: ("完成", "=已改造管网13公里。")})
def completion_that_only_looks_like_a_formula():
    def edit(sheet):
        sheet["F6"] = "=已改造管网13公里。"
        sheet["F6"].data_type = "s"

    return sheet_edit(edit)


@case(("V09", "F6"), ("V01", "F6"), arrives={FIRST: ("完成", "")})
def completion_as_an_error_value():
    return cells({"F6": "#REF!"})


@case(("V05", "F6"), ("V15", "F6"), arrives={FIRST: ("完成", "长" * 32_767)})
def completion_that_fills_the_cell():
    return cells({"F6": "长" * 32_767})


@case(("V14", "F6"), arrives={FIRST: ("完成", "1.38E+10")})
def completion_that_lost_its_digits():
    return cells({"F6": "1.38E+10"})


# what stands in no cell


@case(("R10", "F6"))
def comment_on_a_cell():
    return sheet_edit(lambda sheet: setattr(sheet["F6"], "comment", Comment("数字已与统计局核对", "张三")))


DRAWING = (
    '<xdr:wsDr xmlns:xdr="urn:x" xmlns:a="urn:a"><xdr:twoCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>5</xdr:row>'
    "</xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>补充说明</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)


@case(("R14", "F6"))
def text_box_over_the_table():
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    )
    name = table_part().rpartition("/")[2]
    more = {f"xl/worksheets/_rels/{name}.rels": relations.encode(), "xl/drawings/drawing1.xml": DRAWING.encode()}
    return parts(lambda of: of.update(more))


@case(("F16", ""))
def macros_and_links_to_other_files():
    more = {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>", "xl/connections.xml": b"<x/>"}
    return parts(lambda of: of.update(more))


# whose and when


@case(("F07", "C2"))
def stamp_and_words_name_two_units():
    return cells({"C2": "区财政局"})


@case(("F07", "C2"))
def the_name_on_the_form_is_misspelt():
    return cells({"C2": "区水力局"})


@case(("F20", ""), name="区财政局8月报表.xlsx")
def file_named_after_another_unit():
    return filled_form()


@case(name="区财政局转区水务局报表.xlsx")
def file_named_after_two_units():
    return filled_form()


@case(("F20", ""))
def sheet_named_after_another_unit():
    return form(lambda book: setattr(book[TABLE], "title", "区财政局"))


@case(name="8月水务局.xlsx")
def nothing_but_the_file_name_names_the_unit():
    return typed(HEAD, *ROWS)


@case(name="区水务局/8月份.xlsx")
def nothing_but_the_folder_names_the_unit():
    return typed(HEAD, *ROWS)


@case()
def nothing_but_the_sheet_names_the_unit():
    return typed(HEAD, *ROWS, sheet="水务局")


@case(("R06", "A2"))
def all_about_the_sender_in_one_cell():
    return typed((f"填 报 单 位：{UNIT}  填报人：张三  联系电话：0000-1234",), ("八月",), HEAD, *ROWS)


@case(("F06", "B1"), arrives=without(*KEYS))
def unit_unknown():
    return typed(("填报单位", "区水力局"), HEAD, *ROWS)


@case(("F06", ""), arrives=without(*KEYS))
def unit_not_named_at_all():
    return typed(HEAD, *ROWS)


@case(("F05", ""), arrives=without(*KEYS))
def stamp_of_another_period():
    return form(lambda book: put(book, "_reportgen", "B2", "2023-07"))


@case(("F05", ""), arrives=without(*KEYS))
def headings_of_another_period():
    return typed_table((*HEAD[:3], "7月份目标任务", *HEAD[4:7], "8月份目标任务"))


@case(("F05", ""), arrives=without(*KEYS))
def words_of_another_period():
    return typed((*ABOVE[1], "报送期", "2023年7月份"), HEAD, *ROWS)


@case(("F05", ""), arrives=without(*KEYS))
def title_of_another_period():
    return typed(("2023年重点工作7月份报送表",), ABOVE[1], HEAD, *ROWS)


@case(("F21", "E2"))
def words_and_stamp_name_two_periods():
    return cells({"E2": "2023年7月份"})


@case(("F19", ""))
def form_of_an_older_ledger():
    return form(lambda book: put(book, "_reportgen", "B5", "0123456789ab"))


@case(("F19", ""))
def form_of_another_version():
    return form(lambda book: put(book, "_reportgen", "B4", "0"))


@case(("F22", "第3行"))
def another_units_table_on_a_second_sheet():
    def edit(sheet):
        second = sheet.parent.create_sheet("财政")
        for row in (
            ("报送表",),
            ("填报单位", "区财政局"),
            HEAD,
            (3, None, "年度任务3。", "财政支出。", "完成", "已支出65%。"),
        ):
            second.append(list(row))
        second["A1"] = None

    return typed_table(edit=edit)


@case(("F10", ""), arrives=without(*KEYS))
def no_table_in_it():
    return typed(("本月没有进展",), ("下月再报",))


# who filled it

DATES = {
    "a_date": date(2023, 8, 31),
    "with_hyphens": "2023-08-31",
    "with_slashes": "2023/8/31",
    "with_dots": "2023.8.31",
    "in_chinese": "2023年8月31日",
    "without_signs": "20230831",
    "without_a_year": "8月31日",
    "in_full_width": "２０２３年８月３１日",
    "with_spaces": "2023 年 8 月 31 日",
    "in_chinese_numerals": "二〇二三年八月三十一日",
}


@pytest.mark.parametrize("name", DATES)
def test_date_written(name):
    filled, found = checked(typed(("填报单位", UNIT, "填报日期", DATES[name]), HEAD, *ROWS))
    assert (filled.filled_on, codes(found)) == (date(2023, 8, 31), [])


@case(("F23", "D1"))
def date_that_is_none():
    return typed(("填报单位", UNIT, "填报日期", "月底"), HEAD, *ROWS)


@case(("V14", "D1"))
def telephone_number_that_lost_its_digits():
    return typed(("填报单位", UNIT, "联系电话", "1.38E+10"), HEAD, *ROWS)


def test_telephone_number_kept_behind_a_format():
    def edit(sheet):
        sheet["D1"].number_format = "0.00E+00"

    filled, found = checked(typed(("填报单位", UNIT, "联系电话", 13800138000), HEAD, *ROWS, edit=edit))
    assert (filled.filer["phone"], codes(found)) == ("13800138000", [])


def test_repairs_are_changes_with_before_and_after():
    filled, _found = checked(cells({"E6": "已完成", "F6": f"　{DONE_1}", "D6": "改造10公里。"}))
    changes = [(c.field, c.place.cell, c.before, c.after) for c in filled.changes]
    assert changes == [
        ("completion", "F6", f"　{DONE_1}", DONE_1),
        ("period_target", "D6", "改造10公里。", "累计完成管网改造12公里。"),
        ("status", "E6", "已完成", "完成"),
    ]


def test_cases_are_at_least_sixty():
    assert len(CASES) >= 60
