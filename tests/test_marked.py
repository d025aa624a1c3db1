"""退回: the unit's own workbook with its mistakes marked, corrected, returned as it is, and marked again."""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import datetime

import docx
import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from reportgen.core.stamp import SHEET as CARRIER
from reportgen.writers.replace import parts_of, zipped
from tests.district import P, back, checked, opened, send, told
from tests.filling import edit_workbook, reportgen
from tests.kept import made, put
from tests.office import converted
from tests.office_rules import answered

LIST, TABLE, UNIT = "需要修改的内容", "报送表", "区水利局"
RED, YELLOW, INPUT = "FFFF99", "FFFFDC", "FFFDF2D0"


@pytest.fixture
def folder(tmp_path):
    """A district in which all but one unit have answered."""
    return answered(tmp_path, UNIT)


@pytest.fixture
def marked(tmp_path):
    """A district in which one unit has answered with mistakes and has been told."""
    return put(made(mark), tmp_path)


def mark(folder):
    send(answered(folder, UNIT), UNIT, wrong)
    assert reportgen(folder, "check", P) == 1


def wrong(book):
    """Make one mistake of each kind: not a choice, empty, too short, a prefilled text changed."""
    sheet = book[TABLE]
    sheet["E6"], sheet["F7"], sheet["F8"], sheet["D8"] = "基本完成", None, "抓紧做。", "完成管网改造10公里。"
    sheet["F6"].comment = Comment("数字已核对", "填表人")


WRONG = [("V02", "E6"), ("V01", "F7"), ("R05", "D8"), ("V04", "F8"), ("R10", "F6")]


def corrected(book):
    sheet = book[TABLE]
    sheet["E6"], sheet["F7"], sheet["F8"] = "完成", "堤防加固2公里。", "因雨季停工，完成8公里。"
    sheet["D8"] = "累计完成管网改造12公里。"


def texts(sheet):
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def shade(sheet, address):
    return sheet[address].fill.fgColor.rgb[:6] if sheet[address].fill.fill_type else ""


def stamp(book):
    """Return unit, period, round and version on the hidden sheet and in the properties."""
    sheet = {row[0].value: row[1].value for row in book[CARRIER].iter_rows(max_row=4)}
    properties = {p.name.removeprefix("reportgen."): p.value for p in book.custom_doc_props.props}
    return sheet, {key: properties[key] for key in sheet}


def returned(folder, edit, name="二次报送.xlsx", unit=UNIT):
    """Correct the marked workbook and put it beside the first return."""
    target = folder / "input" / P / name
    target.write_bytes(back(folder, unit).read_bytes())
    edit_workbook(target, edit)
    return target


def test_check__a_workbook_goes_back_with_its_wrong_cells_marked(folder, capsys):
    send(folder, UNIT, wrong)
    status, answer = checked(folder, capsys)
    assert (status, sorted(told(answer))) == (1, sorted(WRONG))
    assert f"output/{P}/退回/{UNIT}.xlsx" in answer["outputs"]
    assert [path.name for path in (folder / "output" / P / "退回").iterdir()] == [f"{UNIT}.xlsx"]
    book, sent = opened(back(folder, UNIT)), opened(folder / "input" / P / f"{UNIT}.xlsx")
    sheet, before = book[TABLE], sent[TABLE]
    assert [shade(sheet, at) for at in ("E6", "F7", "F8", "D8")] == [RED, RED, YELLOW, YELLOW]
    assert [sheet[at].fill.fgColor.rgb for at in ("F6", "E7")] == [INPUT, INPUT]
    assert sheet["F7"].comment.text == "【核查意见】\n【须改正】第2项“堤防”的“完成情况”没有填写。请补填。"
    assert sheet["F6"].comment.text == "数字已核对"
    assert (sheet["J5"].value, sheet["J6"].value) == (
        "问题",
        "【须改正】第1项的“完成状态”填的是“基本完成”，不在选项内。请改为：完成、部分完成、未完成。",
    )
    assert sheet["J8"].value.count("\n") == 1  # two findings in one row
    assert sheet.auto_filter.ref == "A5:J8"
    # what the unit sent is as it was
    assert [[c.value for c in row[:8]] for row in sheet.iter_rows()] == [
        [c.value for c in row] for row in before.iter_rows(max_col=8)
    ]
    widths = [[s.column_dimensions[letter].width for letter in "ABCDEFGH"] for s in (sheet, before)]
    assert widths[0] == widths[1]
    validations = [
        sorted((v.type, str(v.sqref), v.formula1) for v in s.data_validations.dataValidation) for s in (sheet, before)
    ]
    assert validations[0] == validations[1] != []
    assert sheet.freeze_panes == before.freeze_panes == "A6"


def test_check__the_marks_work_on_a_protected_sheet(marked):
    sheet = opened(back(marked, UNIT))[TABLE]
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter  # not forbidden
    locked = {at: sheet[at].protection.locked for at in ("E6", "D8", "D7", "J6")}
    assert locked == {"E6": False, "D8": False, "D7": True, "J6": True}


def test_check__the_first_sheet_lists_what_to_do_with_links(marked):
    book = opened(back(marked, UNIT))
    assert (book.sheetnames[0], book.active.title) == (LIST, LIST)
    sheet = book[LIST]
    lines = texts(sheet)
    assert "有 2 处须改正，2 处请核实" in lines[1]
    assert "报送截止：2023年9月2日12:00。联系：王老师，0000-12345678。" in lines
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "程度")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    assert [row[:3] for row in rows] == [
        ["须改正", "报送表 E6", "第1项"],
        ["须改正", "报送表 F7", "第2项"],
        ["请核实", "报送表 D8", "第3项"],
        ["请核实", "报送表 F8", "第3项"],
    ]
    assert rows[2][4] == "请恢复原来的文字；认为原文有误的，请另行告知。"
    links = [sheet.cell(row, 2).hyperlink for row in range(head + 1, head + 5)]
    assert [link.location for link in links] == ["'报送表'!E6", "'报送表'!F7", "'报送表'!D8", "'报送表'!F8"]
    assert all(link.target is None for link in links)


def test_check__the_round_is_one_higher_in_both_carriers(marked):
    expected = {"unit": UNIT, "period": P, "round": "2", "version": "1"}
    assert stamp(opened(back(marked, UNIT))) == (expected, expected)


def test_check__corrected_and_returned_as_it_is_gives_no_finding_and_counts(marked, capsys):
    returned(marked, corrected)
    status, answer = checked(marked, capsys)
    assert (status, told(answer)) == (0, [("R10", "F6"), ("F08", "")])
    (unit,) = [unit for unit in answer["units"] if unit["unit"] == UNIT]
    assert (unit["state"], unit["file"]) == ("returned", "二次报送.xlsx")
    assert not (marked / "output" / P / "退回").exists()


def test_check__the_next_round_has_only_its_own_marks(marked, capsys):

    def half(book):
        corrected(book)
        book[TABLE]["E7"] = "差不多"

    returned(marked, half)
    _status, answer = checked(marked, capsys)
    assert told(answer) == [("R10", "F6"), ("V02", "E7"), ("F08", "")]
    book = opened(back(marked, UNIT))
    sheet = book[TABLE]
    assert [shade(sheet, at) for at in ("E7", "D8")] == [RED, ""]
    assert [sheet[at].fill.fgColor.rgb for at in ("E6", "F7", "F8")] == [INPUT] * 3
    assert [sheet[at].protection.locked for at in ("E6", "D8")] == [False, True]
    assert [at for at in ("E6", "F6", "F7", "F8", "D8", "E7") if sheet[at].comment] == ["F6", "E7"]
    assert [sheet.cell(row, 10).value is None for row in (5, 6, 7, 8)] == [False, True, False, True]
    assert sheet.max_column == 10
    assert book.sheetnames.count(LIST) == 1
    assert [row[0].value for row in book[LIST].iter_rows()].count("须改正") == 1
    assert stamp(book)[0]["round"] == "3"


def test_check__marks_are_gone_wherever_rows_were_sorted_to(marked, capsys):

    def moved(book):
        corrected(book)
        sheet = book[TABLE]
        sheet.move_range("A6:J8", rows=2)
        sheet["F10"] = None

    returned(marked, moved)
    _status, answer = checked(marked, capsys)
    assert ("V01", "F10") in told(answer)
    sheet = opened(back(marked, UNIT))[TABLE]
    assert [shade(sheet, at) for at in ("E8", "F9", "F10", "D10")] == [INPUT[:6], INPUT[:6], RED, ""]


def test_check__a_reply_in_the_column_is_told_and_the_marks_beside_it_are_not(marked, capsys):

    def replied(book):
        corrected(book)
        book[TABLE]["J6"] = "已与统计局核对，无误"

    returned(marked, replied)
    _status, answer = checked(marked, capsys)
    assert told(answer) == [("R10", "F6"), ("H03", "J6"), ("F08", "")]
    (reply,) = [f["message"] for f in answer["findings"] if f["code"] == "H03"]
    assert reply == "多出的列“问题”中有内容：已与统计局核对，无误"


def test_check__marks_are_known_without_the_hidden_sheet(marked, capsys):

    def stripped(book):
        corrected(book)
        del book[CARRIER]
        book[LIST].title = "Sheet1"

    returned(marked, stripped)
    assert told(checked(marked, capsys)[1]) == [("R10", "F6"), ("F08", "")]


def test_check__a_field_called_like_the_column(folder, capsys):
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8").replace(
        "aliases: [原因, 未完成的原因, 存在问题]", "aliases: [原因, 问题]"
    )
    config.write_text(text, encoding="utf-8")

    def renamed(book):
        book[TABLE]["G5"], book[TABLE]["F7"], book[TABLE]["G8"] = "问题", None, None

    send(folder, UNIT, renamed)
    assert told(checked(folder, capsys)[1]) == [("V01", "F7"), ("V06", "G8")]
    assert opened(back(folder, UNIT))[TABLE]["J5"].value == "核查问题"

    def repaired(book):
        book[TABLE]["F7"] = "堤防加固2公里。"

    returned(folder, repaired)
    assert told(checked(folder, capsys)[1]) == [("V06", "G8"), ("F08", "")]
    assert [opened(back(folder, UNIT))[TABLE][at].value for at in ("G5", "J5")] == ["问题", "核查问题"]


def test_check__text_in_several_fonts_stays_as_it_is(folder, capsys):
    bold = CellRichText(TextBlock(InlineFont(b=True), "加固"), "堤防2公里。")

    def rich(book):
        wrong(book)
        book[TABLE]["F7"] = bold

    send(folder, UNIT, rich)
    checked(folder, capsys)
    returned(folder, lambda book: None)
    sheet = load_workbook(back(folder, UNIT), rich_text=True)[TABLE]
    assert (sheet["F7"].value, sheet["F7"].value[0].font.b) == (bold, True)
    assert ("V01", "F7") not in told(checked(folder, capsys)[1])


def test_check__what_acts_is_defused_and_drawings_are_told(folder, capsys):
    def acting(book):
        sheet = book[TABLE]
        sheet["F6"] = "=1+12"
        sheet["F8"].hyperlink = "http://example.com/x"
        sheet["F8"] = "因雨季停工，完成8公里。"

    path = send(folder, UNIT, acting)
    with zipfile.ZipFile(path, "a") as archive:
        anchors = "<xdr:twoCellAnchor></xdr:twoCellAnchor>" * 2
        namespace = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
        archive.writestr("xl/drawings/drawing1.xml", f'<xdr:wsDr xmlns:xdr="{namespace}">{anchors}</xdr:wsDr>')
    assert told(checked(folder, capsys)[1]) == [("V08", "F6")]  # and not called empty
    book = opened(back(folder, UNIT))
    sheet = book[TABLE]
    assert (sheet["F6"].value, sheet["F6"].data_type, sheet["F6"].quotePrefix) == ("=1+12", "s", True)
    assert (sheet["F8"].value, sheet["F8"].hyperlink) == ("因雨季停工，完成8公里。", None)
    assert "公式" in sheet["J6"].value
    assert "没有填写" not in sheet["J6"].value
    assert any("原文件中的 2 个图形" in line for line in texts(book[LIST]))


def test_check__dropdowns_that_excel_keeps_in_an_extension_stay(folder, capsys):
    path = send(folder, UNIT, lambda book: book[TABLE].__setitem__("F7", None))
    parts = parts_of(path.read_bytes())
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        '<x14:dataValidation type="list" allowBlank="1" showInputMessage="1" prompt="选一个">'
        "<x14:formula1><xm:f>_reportgen!$D$1:$D$9</xm:f></x14:formula1><xm:sqref>E6:E8</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    name = "xl/worksheets/sheet1.xml"
    plain = re.sub(r'<dataValidation [^>]*type="list".*?</dataValidation>', "", parts[name].decode())
    changed = plain.replace("</worksheet>", extension)
    path.write_bytes(zipped({**parts, name: changed.encode()}))
    checked(folder, capsys)
    validations = opened(back(folder, UNIT))[TABLE].data_validations.dataValidation
    lists = [(v.formula1, str(v.sqref), v.prompt) for v in validations if v.type == "list"]
    assert lists == [("_reportgen!$D$1:$D$9", "E6:E8", "选一个")]


def test_check__a_row_that_is_gone_comes_back_in_a_fresh_form(folder, capsys):
    def torn(book):
        book[TABLE].delete_rows(7)
        book[TABLE]["E6"] = "基本完成"
        book[TABLE]["J6"] = "另见附件"
        book[TABLE]["C3"] = "周明"

    send(folder, UNIT, torn)
    assert sorted(told(checked(folder, capsys)[1])) == [("H03", "J6"), ("R04", ""), ("V02", "E6")]
    book = opened(back(folder, UNIT))
    sheet = book[TABLE]
    assert [[sheet.cell(row, column).value for column in (1, 2, 5, 6, 7, 8)] for row in (6, 7, 8)] == [
        [1, None, "基本完成", "累计完成管网改造13公里。", None, "改造15公里。"],
        [2, "堤防", None, None, None, None],
        [3, None, "未完成", "累计完成管网改造3公里。", "雨季停工。", "全部投产。"],
    ]
    assert sheet["C3"].value == "周明"
    assert [shade(sheet, at) for at in ("E6", "E7", "F7", "H7")] == [RED, RED, RED, YELLOW]
    lines = texts(book[LIST])
    assert "原文件 报送表 J6" in lines
    assert any(line.startswith("本文件是重新发的表") and f"“{UNIT}.xlsx”" in line for line in lines)
    assert stamp(book)[0]["round"] == "2"

    def completed(book):
        for at, text in {"E6": "完成", "E7": "完成", "F7": "堤防加固2公里。", "H7": "加固3公里。"}.items():
            book[TABLE][at] = text

    returned(folder, completed)
    assert (checked(folder, capsys)[0], told(checked(folder, capsys)[1])) == (0, [("F08", "")])


def as_table(path):
    """Return the table of a return as rows of texts."""
    rows = opened(path)[TABLE].iter_rows(min_row=5, max_row=8, max_col=8, values_only=True)
    return [["" if value is None else str(value) for value in row] for row in rows]


def in_word(path, target):
    document = docx.Document()
    document.add_paragraph(f"填报单位：{UNIT}")
    table = document.add_table(0, 8)
    for texts in as_table(path):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    document.save(str(target))


def as_text(path, target):
    lines = [[f"填报单位：{UNIT}"], *as_table(path)]
    target.write_text("\n".join(",".join(line) for line in lines), encoding="gb18030")


@pytest.mark.parametrize(("name", "convert"), [("水利局.docx", in_word), ("水利局.csv", as_text)])
def test_check__another_kind_of_file_comes_back_as_a_fresh_form(folder, capsys, name, convert):
    path = send(folder, UNIT, wrong)
    convert(path, path.with_name(name))
    path.unlink()
    status, answer = checked(folder, capsys)
    assert status == 1
    assert {"V02", "V01", "V04", "R05"} <= {code for code, _cell in told(answer)}
    book = opened(back(folder, UNIT))
    sheet = book[TABLE]
    assert [sheet[at].value for at in ("E6", "F6", "F7", "D8")] == [
        "基本完成",
        "累计完成管网改造13公里。",
        None,
        "累计完成管网改造12公里。",  # a fresh form has the ledger's text again
    ]
    assert [shade(sheet, at) for at in ("E6", "F7", "F8", "D8")] == [RED, RED, YELLOW, ""]
    assert any(line.startswith("本文件是重新发的表") and f"“{name}”" in line for line in texts(book[LIST]))
    returned(folder, corrected)
    assert (checked(folder, capsys)[0], back(folder, UNIT).exists()) == (0, False)


def test_check__a_workbook_out_of_an_archive_goes_back_itself(folder, capsys):
    path = send(folder, UNIT, wrong)
    with zipfile.ZipFile(path.with_name("报送.zip"), "w") as archive:
        archive.write(path, f"八月/{path.name}")
    path.unlink()
    checked(folder, capsys)
    book = opened(back(folder, UNIT))
    assert (shade(book[TABLE], "E6"), book[TABLE]["F6"].comment.text) == (RED, "数字已核对")


def test_check__a_second_table_is_asked_to_be_taken_out(folder, capsys):
    def doubled(book):
        sheet = book.copy_worksheet(book[TABLE])
        sheet.title, sheet["C2"], sheet["A6"] = "另一张", "区财政局", 4
        sheet.delete_rows(7, 2)

    send(folder, UNIT, doubled)
    status, answer = checked(folder, capsys)
    assert (status, ("F22", "第5行") in told(answer)) == (1, True)
    sheet = opened(back(folder, UNIT))[LIST]
    (row,) = [row for row in sheet.iter_rows() if row[1].value == "另一张 第5行"]
    assert row[4].value == "每个文件请只留一张本单位的表；要报的内容请移入“报送表”，其余删去。"
    assert row[1].hyperlink.location == "'另一张'!A5"


def test_check__answers_out_of_two_files_come_back_in_one_fresh_form(folder, capsys):
    send(folder, UNIT, lambda book: book[TABLE].__setitem__("E6", "基本完成"))

    def later(book):
        sheet = book[TABLE]
        sheet["G4"] = "2023-09-01"
        for at in ("E6", "F6", "H6", "E8", "F8", "G8"):
            sheet[at] = None
        sheet["F7"] = "堤防加固3公里。"

    send(folder, UNIT, later, "补报.xlsx")
    assert ("V02", "E6") in told(checked(folder, capsys)[1])
    book = opened(back(folder, UNIT))
    sheet = book[TABLE]
    assert [sheet[at].value for at in ("E6", "F7", "E8")] == ["基本完成", "堤防加固3公里。", "未完成"]
    assert [shade(sheet, at) for at in ("E6", "F7")] == [RED, INPUT[:6]]
    assert any("“补报.xlsx”、“区水利局.xlsx”" in line for line in texts(book[LIST]))


def test_check__a_unit_whose_mistakes_are_ruled_upon_gets_nothing_back(folder, capsys):
    send(folder, UNIT, lambda book: book[TABLE].__setitem__("F7", None))
    assert reportgen(folder, "review", P) == 0

    def ruled(book):
        sheet = book["审定"]
        heads = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(3, heads["审定状态"]).value = "完成"
        sheet.cell(3, heads["审定完成情况"]).value = "堤防加固2公里，泵站改造1座。"

    edit_workbook(folder / "input" / P / "审定.xlsx", ruled)
    status, answer = checked(folder, capsys)
    assert (status, told(answer)) == (0, [("V01", "F7")])
    assert not back(folder, UNIT).exists()


def test_check__same_input_same_bytes(marked, tmp_path_factory):
    output = marked / "output" / P
    first = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    assert reportgen(marked, "check", P, now=datetime(2031, 1, 1)) == 1
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == first


def test_check__only_its_own_files_are_replaced(marked, capsys):
    other = marked / "output" / P / "退回" / "说明.docx"
    other.write_bytes(b"of the clerk")
    send(marked, UNIT)
    checked(marked, capsys)
    assert [path.name for path in other.parent.iterdir()] == ["说明.docx"]


def test_check__a_file_held_open_stops_it_and_all_stay_as_they_were(marked, capsys):
    output = marked / "output" / P
    lock = back(marked, UNIT).with_name(f"~${UNIT}.xlsx")
    lock.write_bytes(b"")
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    send(marked, UNIT, lambda book: book[TABLE].__setitem__("F6", None))
    assert reportgen(marked, "check", P) == 2
    assert f"“退回/{UNIT}.xlsx”正被 Excel 或 WPS 打开" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


@pytest.mark.office
def test_check__marked_corrected_and_saved_by_an_office_program(marked, capsys, tmp_path):

    def half(book):
        corrected(book)
        book[TABLE]["E7"] = "差不多"

    path = returned(marked, half, "改.xlsx")
    saved = converted(path, "xlsx", tmp_path / "saved")
    path.write_bytes(saved.read_bytes())
    _status, answer = checked(marked, capsys)
    assert sorted(told(answer)) == [("F08", ""), ("R10", "F6"), ("V02", "E7")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = opened(back(marked, UNIT))
    sheet = book[TABLE]
    assert [shade(sheet, at) for at in ("E7", "D8", "E6")] == [RED, "", INPUT[:6]]
    assert [at for at in ("E6", "F6", "F7", "E7") if sheet[at].comment] == ["F6", "E7"]
    assert [sheet[at].protection.locked for at in ("E6", "D8", "D7")] == [False, True, True]
    assert sheet.protection.sheet
    assert book.sheetnames.count(LIST) == 1
    assert [sheet.cell(row, 10).value is None for row in (5, 6, 7, 8)] == [False, True, False, True]
