"""Workbooks as grids: exact texts at exact places, and everything that cannot be read told in one sentence."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from reportgen.core.grid import ErrorValue, Formula, Kind, Shown
from reportgen.readers.grids import read_book
from reportgen.readers.packages import OLE
from reportgen.writers.replace import parts_of, zipped


def workbook(fill):
    book = Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def only_grid(fill):
    book, findings = read_book(workbook(fill), "来件.xlsx")
    assert findings == ()
    return book.grids[0]


def codes(content):
    book, findings = read_book(content, "来件.xlsx")
    assert book is None
    assert all(f.place.file == "来件.xlsx" for f in findings)
    return [f.code.name for f in findings]


def test_read_book__values_keep_their_places_and_their_every_character():
    def fill(book):
        sheet = book.active
        sheet["C4"] = "  首尾  \n第二行\t㎡Ⅲ“”—…·"
        sheet["D4"] = CellRichText("部分", TextBlock(InlineFont(b=True), "加粗 "))
        sheet["E4"], sheet["F4"], sheet["G4"] = 3, 74.8, True
        sheet["H4"], sheet["I4"] = date(2023, 8, 31), datetime(2023, 8, 31, 12, 30)

    grid = only_grid(fill)
    assert grid.cells == {
        (4, 3): "  首尾  \n第二行\t㎡Ⅲ“”—…·",
        (4, 4): "部分加粗 ",
        (4, 5): 3.0,
        (4, 6): 74.8,
        (4, 7): True,
        (4, 8): date(2023, 8, 31),
        (4, 9): Shown(datetime(2023, 8, 31, 12, 30), "2023-08-31 12:30:00"),
    }
    assert [grid.text(4, column) for column in range(5, 10)] == [
        "3",
        "74.8",
        "TRUE",
        "2023-08-31",
        "2023-08-31 12:30:00",
    ]


def test_read_book__formulas_and_error_values_are_seen_and_not_computed():
    def fill(book):
        book.active["B2"] = "=HYPERLINK(A1)"
        book.active["B3"] = "#REF!"

    assert only_grid(fill).cells == {(2, 2): Formula(""), (3, 2): ErrorValue("#REF!")}


def test_read_book__merged_cells_show_their_first_cell():
    def fill(book):
        book.active["B2"] = "区水利局"
        book.active.merge_cells("B2:C3")

    grid = only_grid(fill)
    assert (grid.text(3, 3), grid.text(4, 4)) == ("区水利局", "")


def test_read_book__hidden_sheets_and_custom_properties():
    def fill(book):
        book.create_sheet("_reportgen").sheet_state = "veryHidden"
        from openpyxl.packaging.custom import StringProperty

        book.custom_doc_props.append(StringProperty(name="reportgen.unit", value="区水利局"))

    book, _findings = read_book(workbook(fill), "来件.xlsx")
    assert [(grid.sheet, grid.hidden) for grid in book.grids] == [("Sheet", False), ("_reportgen", True)]
    assert book.properties == {"reportgen.unit": "区水利局"}


def test_read_book__a_styled_empty_cell_far_away_costs_nothing():
    def fill(book):
        book.active["A1"] = "序号"
        book.active.cell(1048576, 16384).font = Font(bold=True)

    assert only_grid(fill).cells == {(1, 1): "序号"}


def test_read_book__a_dimension_that_lies_is_not_believed():
    content = workbook(lambda book: book.active.append(["序号"] * 20))
    parts = parts_of(content)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:T1"', b'ref="A1"')
    assert b'ref="A1"' in parts[sheet]
    book, _findings = read_book(zipped(parts), "来件.xlsx")
    assert len(book.grids[0].cells) == 20


WHOLE = workbook(lambda book: book.active.append(["序号"]))
SHEET = "xl/worksheets/sheet1.xml"


def with_sheet_xml(old, new):
    parts = parts_of(WHOLE)
    assert old in parts[SHEET]
    return zipped({**parts, SHEET: parts[SHEET].replace(old, new)})


@pytest.mark.parametrize("quote", [b'"', b"'"])
def test_read_book__a_cell_in_the_last_corner_is_read_like_any_other(quote):
    far = b'</row><row r="1048576"><c r="xfd1048576"><!-- far --><v>1</v></c></row>'.replace(b'"', quote)
    book, _findings = read_book(with_sheet_xml(b"</row>", far), "来件.xlsx")
    assert book.grids[0].cells == {(1, 1): "序号", (1048576, 16384): 1.0}


@pytest.mark.parametrize("size", [0, 2 << 20])
def test_read_book__a_cell_without_an_address_follows_empty_ones_in_a_sheet_of_any_size(size):
    row = b'<row r="2"><c r="B2" s="1"/><c><v>3</v></c></row><row><c><v>4</v></c></row>' + b" " * size
    book, _findings = read_book(with_sheet_xml(b"</sheetData>", row + b"</sheetData>"), "来件.xlsx")
    assert book.grids[0].cells == {(1, 1): "序号", (2, 3): 3.0, (3, 1): 4.0}


WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
CASES = {
    "empty": (b"", "F14"),
    "text": ("序号,完成情况\n".encode(), "F02"),
    "truncated": (WHOLE[: len(WHOLE) // 2], "F01"),
    "zip of something else": (zipped({"a.txt": b"x"}), "F02"),
    "word document": (zipped({"word/document.xml": b"<w/>"}), "F02"),
    "old or encrypted": (OLE + bytes(600), "F02"),
    "encrypted": (OLE + bytes(80) + "EncryptedPackage".encode("utf-16-le"), "F03"),
    "zip bomb": (zipped({WORKBOOK: bytes(210 * 1024 * 1024)}), "F04"),
    "broken xml": (zipped({WORKBOOK: b"<workbook>", RELATIONS: b"<x/>"}), "F01"),
}


@pytest.mark.parametrize(("content", "code"), CASES.values(), ids=CASES)
def test_read_book__what_cannot_be_read_is_told(content, code):
    assert codes(content) == [code]


def test_read_book__entities_are_not_expanded():
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    assert codes(zipped({WORKBOOK: bomb, RELATIONS: bomb})) == ["F01"]


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (45169, 'm"月"d"日"', "8月31日"),
        (45169, '[$-804]yyyy"年"m"月"d"日";@', "2023年8月31日"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-3.5, "0.0_);(0.0)", "(3.5)"),
        (2.345, "0.00", "2.35"),
        (12, '0"项"', "12项"),
        (0.5, "h:mm", "12:00"),
        (13800138000, "0.00E+00", "13800138000"),
        (0.1 + 0.2, "General", "0.3"),
        (3, "yyyy/m/d", "1900/1/3"),
    ],
)
def test_read_book__a_number_reads_as_its_cell_shows_it(number, code, text):
    def fill(book):
        book.active["A1"] = number
        book.active["A1"].number_format = code

    assert only_grid(fill).text(1, 1) == text


def test_read_book__comments_and_text_boxes_are_kept_at_their_cells():
    drawing = (
        b'<xdr:wsDr xmlns:xdr="urn:x" xmlns:a="urn:a"><xdr:twoCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:row>4'
        b"</xdr:row></xdr:from><xdr:sp><a:p><a:r><a:t>\xe8\xaf\xb7\xe6\xb3\xa8\xe6\x84\x8f</a:t></a:r></a:p></xdr:sp>"
        b"</xdr:twoCellAnchor></xdr:wsDr>"
    )

    def fill(book):
        book.active["B2"] = "完成"
        book.active["B2"].comment = Comment("已与区财政局核对", "张三")

    parts = parts_of(workbook(fill))
    relations = "xl/worksheets/_rels/sheet1.xml.rels"
    more = b'<Relationship Id="d" Type="x/drawing" Target="../drawings/drawing9.xml"/></Relationships>'
    parts[relations] = parts[relations].replace(b"</Relationships>", more)
    book, _findings = read_book(zipped({**parts, "xl/drawings/drawing9.xml": drawing}), "来件.xlsx")
    assert [(a.kind, a.place.cell, a.text) for a in book.asides] == [
        (Kind.COMMENT, "B2", "已与区财政局核对"),
        (Kind.DRAWING, "C5", "请注意"),
    ]


def test_read_book__what_is_neither_run_nor_read_is_told():
    parts = parts_of(WHOLE) | {"xl/vbaProject.bin": b"", "xl/externalLinks/externalLink1.xml": b""}
    book, findings = read_book(zipped(parts), "来件.xlsm")
    assert book.grids[0].text(1, 1) == "序号"
    assert [(f.code.name, f.message) for f in findings] == [
        ("F16", "文件里带有宏、指向其他文件的链接，没有运行，也没有读取。")
    ]


def test_read_book__escaped_characters_and_the_reading_above_characters():
    item = "<is><r><t>第一行_x000D_\n</t></r><r><t>第_x005F_x0041_</t></r><rPh><t>dì</t></rPh></is>".encode()
    book, _findings = read_book(
        with_sheet_xml(parts_of(WHOLE)[SHEET].partition(b'inlineStr">')[2].partition(b"</c>")[0], item), "来件.xlsx"
    )
    assert book.grids[0].text(1, 1) == "第一行\r\n第_x0041_"
