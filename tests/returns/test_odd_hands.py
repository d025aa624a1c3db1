"""What a clerk sees once a year: two tables on a sheet, forms of a unit's own, parts in one row, boxes to tick."""

from __future__ import annotations

import io
from datetime import date
from xml.sax.saxutils import escape

import pytest
from docx import Document
from docx.oxml import parse_xml
from openpyxl import load_workbook
from openpyxl.utils.datetime import MAC_EPOCH

from reportgen.core.limits import MAX_TABLES
from tests.returns.making import (
    ABOVE,
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
    document,
    form,
    parts,
    saved,
    sheet_edit,
    typed,
    typed_table,
)

FIRST = KEYS[0]
SENDER = ABOVE[1]
JULY = (*HEAD[:3], "7月份目标任务", *HEAD[4:7], "8月份目标任务")
JULY_ROWS = [(*row[:3], "七月的目标任务。", row[4], "七月的情况。") for row in ROWS]
TITLE_OF_JULY = ("2023年重点工作7月份报送表",)


def found_in(content, name="报送.xlsx"):
    """Return what does not arrive as it was filled in, and the codes."""
    filled, found = checked(content, name)
    came = arrived(filled)
    return {key: came.get(key) for key in KEYS if came.get(key) != WHOLE[key]}, codes(found)


# several tables


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        ((*ABOVE, HEAD, *ROWS[:2], (), HEAD, *ROWS[2:]), []),
        ((*ABOVE, HEAD, *ROWS, (), JULY, *JULY_ROWS), [("F25", "第9行")]),
        ((*ABOVE, JULY, *JULY_ROWS, (), HEAD, *ROWS), [("F25", "第3行")]),
        ((SENDER, HEAD, *ROWS, (), TITLE_OF_JULY, JULY, *JULY_ROWS), [("F25", "第9行"), ("R06", "A8")]),
        ((TITLE_OF_JULY, SENDER, JULY, *JULY_ROWS, (), HEAD, *ROWS), [("F25", "第3行")]),
        ((*ABOVE, HEAD, *ROWS[:2], (), HEAD[::-1], *(row[::-1] for row in ROWS[2:])), []),
    ],
    ids=["parted", "last month below", "last month above", "its title too", "its title first", "in another order"],
)
def test_check__two_tables_below_each_other(rows, findings):
    assert found_in(typed(*rows)) == ({}, findings)


def test_check__last_months_table_is_told_once_and_not_asked_back():
    _filled, found = checked(typed(*ABOVE, HEAD, *ROWS, (), JULY, *JULY_ROWS))
    assert [f.message for f in found] == ["工作表“Sheet1”里另有一张 2023-07 的表，没有采用。"]
    assert not found[0].code.asks_unit


def test_check__two_tables_beside_each_other_leave_no_text_untold():
    content = typed(*ABOVE, (*HEAD, "", *HEAD), *[(*a, "", *b) for a, b in zip(ROWS[:2], ROWS[2:], strict=True)])
    missing, found = found_in(content)
    assert missing == dict.fromkeys(KEYS[2:])
    assert [code for code, _cell in found].count("R04") == 2
    assert {cell for code, cell in found if code == "H03"} >= {"N4", "O4", "N5", "O5"}


def test_check__heads_by_the_thousand_are_not_as_many_tables():
    heads = [(*HEAD[:1], *HEAD[3:6], f"说明{number}") for number in range(2000)]
    filled, found = checked(typed(*ABOVE, HEAD, *ROWS, *heads))
    assert arrived(filled) == WHOLE
    assert {f.place.row for f in found if f.code.name == "H01"} == set(range(8, 8 + MAX_TABLES - 1))


# a table of a document that was parted


def test_check__a_table_of_word_goes_on_without_its_head():
    content = document(f"填报单位：{UNIT}", (HEAD, *ROWS[:2]), "", ROWS[2:])
    assert found_in(content, "报送.docx") == ({}, [("R11", "")])


def test_check__another_table_of_word_is_no_part_of_it():
    content = document(f"填报单位：{UNIT}", (HEAD, *ROWS), "", (("3", *[""] * 6, "备注"),))
    assert found_in(content, "报送.docx") == ({}, [("R06", "A1"), ("R06", "H1")])


# whose


@pytest.mark.parametrize(
    "label", ["填报单位（盖章）：", "填报单位(章) ", "填表单位：", "报送单位:", "填报单位 ", "单位名称："]
)
def test_check__the_unit_behind_a_label_of_its_own(label):
    assert found_in(typed((f"{label}{UNIT}",), HEAD, *ROWS)) == ({}, [])
    assert found_in(typed((label.strip(), UNIT), HEAD, *ROWS)) == ({}, [])


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        (((f"{UNIT}2023年重点工作8月份报送表",), HEAD, *ROWS), "A1"),
        ((HEAD, *ROWS, (), ("", "", "", "", "", UNIT)), "F7"),
    ],
    ids=["title", "signature"],
)
def test_check__the_unit_in_the_title_or_below_the_table_is_taken_and_told(rows, cell):
    missing, found = found_in(typed(*rows))
    assert (missing, ("F26", cell) in found) == ({}, True)


def test_check__two_units_beside_a_table_are_none():
    missing, found = found_in(typed((f"{UNIT}会同区财政局",), HEAD, *ROWS))
    assert (list(missing), found) == (list(KEYS), [("F06", "")])


def test_check__who_filled_it_below_the_table():
    below = (
        "填报人：",
        "张三",
        "",
        "审核人：",
        "李四",
        "联系电话：",
        13800138000,
        "填报日期：",
        date(2023, 8, 31),
    )
    filled, found = checked(typed(SENDER[:2], HEAD, *ROWS, (), below))
    assert (arrived(filled), codes(found), filled.filled_on) == (WHOLE, [], date(2023, 8, 31))
    assert filled.filer == {
        "filled_by": "张三",
        "reviewer": "李四",
        "phone": "13800138000",
        "filled_on": "2023-08-31",
    }


def test_check__words_beside_a_label_below_the_table_are_told():
    content = typed(SENDER[:2], HEAD, *ROWS, (), ("填报人：张三", "", "", "请区里协调资金。"))
    assert found_in(content) == ({}, [("R06", "D8")])


def test_check__words_that_only_begin_like_a_label_are_told():
    assert found_in(typed(*ABOVE, HEAD, *ROWS, (), ("填报人应于月底前报送",))) == ({}, [("R06", "A9")])


# the rows and cells


def test_check__all_parts_in_one_row_are_told_with_the_parts():
    row = (4, "", ROWS[2][2], "堤防：加固堤防2公里。泵站：改造泵站1座。", "部分完成", "堤防和泵站都在施工。", "缺料。")
    filled, found = checked(typed_table(rows=[*ROWS[:2], row]))
    assert list(arrived(filled)) == list(KEYS[:2])
    assert codes(found) == [("R04", ""), ("R04", ""), ("R16", "A6")]
    assert found[0].message == (
        "第4项分“堤防”“泵站”填报，这一行没有写是哪一部分，没有采用：部分完成；堤防和泵站都在施工。；缺料。"
    )


def test_check__a_part_that_is_none_is_told_with_the_parts():
    filled, found = checked(typed_table(rows=[*ROWS, (4, "渠道", "", "", "完成", "渠道已修。")]))
    assert (arrived(filled), codes(found)) == (WHOLE, [("R16", "A8")])
    assert "这一行写的是“渠道”，不在其中" in found[0].message


@pytest.mark.parametrize(
    "written",
    ["☑完成 □部分完成 □未完成", "□未完成　■完成", "完成√", "√ 完成", "（完成）", "“完成”。", "【已完成】"],
)
def test_check__a_status_between_signs(written):
    assert found_in(cells({"E6": written})) == ({}, [("V03", "E6")])


@pytest.mark.parametrize("written", ["☑完成 ☑部分完成", "□完成 □未完成", "100%", "未完成（原因：流标）"])
def test_check__a_status_that_is_not_clear(written):
    assert found_in(cells({"E6": written})) == ({FIRST: (written, WHOLE[FIRST][1])}, [("V02", "E6")])


@pytest.mark.parametrize("written", ["完成。{}", "完成，{}", "完成：{}", "完成\n{}", "完成 {}"])
def test_check__status_and_completion_in_one_cell(written):
    text = written.format(WHOLE[FIRST][1])
    filled, found = checked(cells({"E6": text, "F6": None}))
    assert (arrived(filled), codes(found)) == (WHOLE, [("V18", "E6")])
    assert [(c.field, c.before, c.after) for c in filled.changes] == [
        ("status", text, "完成"),
        ("completion", "", WHOLE[FIRST][1]),
    ]
    assert found_in(cells({"E6": None, "F6": text})) == ({FIRST: ("完成", text)}, [("V18", "F6")])


def test_check__status_and_completion_in_cells_that_were_merged():
    def edit(sheet):
        sheet["E6"] = f"完成。{WHOLE[FIRST][1]}"
        sheet.merge_cells("E6:G6")

    assert found_in(sheet_edit(edit)) == ({}, [("V18", "E6")])


@pytest.mark.parametrize("written", ["完成情况：已改造管网13公里。", "完成管网改造13公里。"])
def test_check__a_completion_that_only_begins_with_the_word(written):
    assert found_in(cells({"E6": None, "F6": written})) == ({FIRST: ("", written)}, [("V01", "E6")])


@pytest.mark.parametrize(
    ("number", "heading", "findings"),
    [
        (5, "完成情况（400字以内）", []),
        (4, "完成状态（完成/部分完成/未完成）", []),
        (5, "*完成情况", [("H02", "F3")]),
        (3, "8月目标任务", [("H02", "D3")]),
        (7, "9月目标任务", [("H02", "H3")]),
        (7, "2023年9月份目标任务", [("H02", "H3")]),
    ],
)
def test_check__a_heading_written_a_little_differently(number, heading, findings):
    head = [heading if n == number else known for n, known in enumerate(HEAD)]
    assert found_in(typed_table(head)) == ({}, findings)


def test_check__a_heading_merged_across_the_table_is_no_answer():
    def edit(sheet):
        sheet.merge_cells("A4:H4")

    assert found_in(typed_table(rows=[("一、水利工程",), *ROWS], edit=edit)) == ({}, [("R06", "A4")])


# the hidden marks of the rows


def exchanged(columns):
    """Return the form with some columns of the rows of tasks 1 and 2 exchanged, as sorting a part of a table does."""

    def edit(sheet):
        for column in columns:
            one, other = sheet.cell(6, column), sheet.cell(7, column)
            one.value, other.value = other.value, one.value

    return sheet_edit(edit)


@pytest.mark.parametrize(
    ("columns", "findings"), [((9,), []), (range(1, 9), []), ((1,), [("R12", "A6"), ("R12", "A7")])]
)
def test_check__rows_whose_marks_and_numbers_went_different_ways(columns, findings):
    assert found_in(exchanged(columns)) == ({}, findings)


def test_check__a_number_that_neither_mark_nor_target_bears_out_is_a_warning():
    _filled, found = checked(cells({"A6": 2, "A7": None, "D6": "改造管网。"}))
    told = {f.code.name: f.message for f in found}
    assert told["R12"] == "这一行的序号是2，表内标识却是第1项的，按第1项采用。"


def copied(row, to, columns=range(1, 10)):
    def edit(sheet):
        for column in columns:
            sheet.cell(to, column).value = sheet.cell(row, column).value

    return sheet_edit(edit)


def test_check__a_mark_copied_to_another_row_marks_neither():
    assert found_in(copied(6, 7, (9,))) == ({}, [])
    assert found_in(sheet_edit(lambda sheet: [sheet.cell(row, 9, "reportgen:1:") for row in range(6, 10)])) == ({}, [])


def test_check__a_row_copied_over_another_leaves_that_one_missing():
    assert found_in(copied(6, 7)) == ({KEYS[1]: None}, [("R04", "")])


def test_check__a_row_copied_with_its_mark_below_itself():
    assert found_in(copied(6, 10)) == ({}, [])
    content = io.BytesIO(copied(6, 10))
    book = load_workbook(content)
    book[TABLE]["F10"] = "已改造管网14公里。"
    assert found_in(saved(book)) == ({}, [("R03", "A10")])


def test_check__a_row_of_another_units_form_is_not_taken():
    def edit(sheet):
        row = (3, None, "年度任务3。", "财政支出进度达到65%。", "完成", "支出进度66%。", None, None, "reportgen:3:")
        for column, value in enumerate(row, 1):
            sheet.cell(10, column).value = value

    assert found_in(sheet_edit(edit)) == ({}, [("R02", "A10")])


@pytest.mark.parametrize("mark", ["reportgen:3:", "reportgen:4:没有", "reportgen:99:", None])
def test_check__a_mark_that_marks_nothing_of_the_unit(mark):
    assert found_in(cells({"I6": mark})) == ({}, [])


def test_check__a_mark_written_over_is_told():
    assert found_in(cells({"I6": "见附件"})) == ({}, [("H03", "I6")])


@pytest.mark.parametrize("properties", [True, False])
def test_check__a_form_without_its_hidden_sheet(properties):
    def edit(book):
        del book["_reportgen"]
        for name in () if properties else list(book.custom_doc_props.names):
            del book.custom_doc_props[name]

    assert found_in(form(edit)) == ({}, [])


# kinds of workbooks


def strict(of):
    """Turn the parts into those of a Strict Open XML workbook."""
    for name, part in of.items():
        part = part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/s"
        )
        of[name] = part.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )


def test_check__a_strict_workbook():
    assert found_in(parts(strict)) == ({}, [])


def test_check__a_workbook_that_counts_days_from_1904():
    book = load_workbook(io.BytesIO(typed(("填报单位", UNIT, "填报日期"), HEAD, *ROWS)))
    book.epoch = MAC_EPOCH
    book.worksheets[0]["D1"] = date(2023, 8, 31)
    filled, found = checked(saved(book))
    assert (arrived(filled), codes(found), filled.filled_on) == (WHOLE, [], date(2023, 8, 31))


def test_check__the_reading_above_characters_is_no_text():
    text = WHOLE[FIRST][1].encode("ascii", "xmlcharrefreplace")
    name = "xl/worksheets/sheet1.xml"

    def spoken(of):
        before = of[name]
        of[name] = before.replace(text + b"</t>", text + b'</t><rPh sb="0" eb="1"><t>yi</t></rPh>')
        assert of[name] != before

    assert found_in(parts(spoken, typed_table())) == ({}, [])


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12345678, "#,##0", "12,345,678"),
        (1234.5, '#,##0.00"万元"', "1,234.50万元"),
        (-1234.5, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-1,234.50"),
        (0.748, "0.0%;[Red]-0.0%", "74.8%"),
        (date(2023, 8, 31), '[$-804]yyyy"年"m"月"d"日";@', "2023年8月31日"),
    ],
)
def test_check__a_number_as_its_cell_shows_it(value, code, shown):
    def edit(sheet):
        sheet["F6"].value, sheet["F6"].number_format = value, code

    assert found_in(sheet_edit(edit)) == ({FIRST: ("完成", shown)}, [("V13", "F6")])


def test_check__the_sheet_of_the_table_is_hidden():
    def edit(book):
        book.create_sheet("封面")
        book[TABLE].sheet_state = "veryHidden"

    assert found_in(form(edit)) == ({}, [])


def test_check__rows_grouped_and_folded():
    def edit(sheet):
        for row in (6, 7, 8):
            sheet.row_dimensions[row].outlineLevel, sheet.row_dimensions[row].hidden = 1, True
        sheet.column_dimensions.group("E", "H", hidden=True)

    assert found_in(sheet_edit(edit)) == ({}, [])


def test_check__a_workbook_that_asks_to_be_opened_for_reading_only():
    def edit(of):
        asks = b'<fileSharing readOnlyRecommended="1"/><workbookPr'
        of["xl/workbook.xml"] = of["xl/workbook.xml"].replace(b"<workbookPr", asks)

    assert found_in(parts(edit)) == ({}, [])


# texts in no cell, and signs


def in_word(edit):
    """Return the table in a document after `edit(document, table)`."""
    made = Document(io.BytesIO(document(f"填报单位：{UNIT}", (HEAD, *ROWS))))
    edit(made, made.tables[0])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_check__words_in_the_margins_of_a_document_are_told():
    def edit(made, _table):
        made.sections[0].header.paragraphs[0].text = "请区里协调资金"
        made.sections[0].footer.paragraphs[0].text = "第 1 页，共 3 页"

    filled, found = checked(in_word(edit), "报送.docx")
    assert (arrived(filled), codes(found)) == (WHOLE, [("R14", "")])
    assert found[0].message == "页眉页脚里的文字没有采用：请区里协调资金"


def test_check__the_unit_in_the_margin_of_a_document_is_taken():
    def edit(made, _table):
        made.paragraphs[0].text = ""
        made.sections[0].header.paragraphs[0].text = f"填报单位：{UNIT}"

    assert found_in(in_word(edit), "报送.docx") == ({}, [])


def test_check__a_footnote_of_a_document_is_told():
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:footnote><w:p><w:r><w:t>数字为快报数</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    content = parts(
        lambda of: of.update({"word/footnotes.xml": notes.encode()}), document(f"填报单位：{UNIT}", (HEAD, *ROWS))
    )
    _filled, found = checked(content, "报送.docx")
    assert [f.message for f in found] == ["脚注里的文字没有采用：数字为快报数"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('&L&"宋体,常规"&12请区里协调资金&C第 &P 页', ["请区里协调资金"]),
        (f"&L{UNIT}&C第 &P 页，共 &N 页&R&D &T", []),
        ("&C&KFF0000急&R甲&&乙", ["急", "甲&乙"]),
    ],
)
def test_check__words_in_the_margins_of_a_sheet_are_told(written, told):
    def edit(of):
        before = of[SHEET]
        header = f"<headerFooter><oddHeader>{escape(written)}</oddHeader></headerFooter></worksheet>".encode()
        of[SHEET] = before.replace(b"</worksheet>", header)
        assert of[SHEET] != before

    filled, found = checked(parts(edit, typed_table()))
    assert arrived(filled) == WHOLE
    assert [(f.code.name, f.values["text"]) for f in found] == [("R14", text) for text in told]


SHEET = "xl/worksheets/sheet1.xml"
SIGN = '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:sym w:char="{}"/></w:r>'


def test_check__boxes_ticked_in_word_are_signs_of_a_font():
    def edit(_made, table):
        paragraph = table.cell(1, 4).paragraphs[0]
        paragraph.clear()
        for sign, word in (("F0FE", "完成 "), ("F0A8", "部分完成 "), ("F0A8", "未完成")):
            paragraph._p.append(parse_xml(SIGN.format(sign)))
            paragraph.add_run(word)

    assert found_in(in_word(edit), "报送.docx") == ({}, [("V03", "E2")])


def test_check__bullets_pasted_from_word_are_told():
    text = f"\uf06c {WHOLE[FIRST][1]}"
    _missing, found = found_in(cells({"F6": text}))
    assert (_missing, found) == ({FIRST: ("完成", text)}, [("V19", "F6")])


@pytest.mark.parametrize("signs", ["{}\u200b\xad", "\u202e{}\u202c", "\ufeff{}"])
def test_check__signs_that_nobody_can_see_do_not_reach_the_notice(signs):
    assert found_in(cells({"F6": signs.format(WHOLE[FIRST][1])})) == ({}, [("V10", "F6")])
