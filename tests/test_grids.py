"""Workbooks as grids: exact texts at exact places, and everything that cannot be read told in one sentence."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from reportgen.core.grid import ErrorValue, Formula
from reportgen.readers.grids import MAX_ROWS, read_book
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
        (4, 9): datetime(2023, 8, 31, 12, 30),
    }
    assert [grid.text(4, column) for column in range(5, 10)] == ["3", "74.8", "TRUE", "2023-08-31", "2023-08-31 12:30"]


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


def far_cell(row, column):
    def fill(book):
        book.active.cell(row, column, "x")

    return workbook(fill)


WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
WHOLE = workbook(lambda book: book.active.append(["序号"]))
CASES = {
    "empty": (b"", "F14"),
    "text": ("序号,完成情况\n".encode(), "F02"),
    "truncated": (WHOLE[: len(WHOLE) // 2], "F01"),
    "zip of something else": (zipped({"a.txt": b"x"}), "F02"),
    "word document": (zipped({"word/document.xml": b"<w/>"}), "F02"),
    "old or encrypted": (b"\xd0\xcf\x11\xe0" + bytes(600), "F02"),
    "encrypted": (b"\xd0\xcf\x11\xe0" + bytes(80) + "EncryptedPackage".encode("utf-16-le"), "F03"),
    "zip bomb": (zipped({WORKBOOK: bytes(210 * 1024 * 1024)}), "F04"),
    "a cell in the last corner": (far_cell(1048576, 16384), "F04"),
    "a cell just beyond": (far_cell(MAX_ROWS + 1, 1), "F04"),
    "broken xml": (zipped({WORKBOOK: b"<workbook>", RELATIONS: b"<x/>"}), "F01"),
}


@pytest.mark.parametrize(("content", "code"), CASES.values(), ids=CASES)
def test_read_book__what_cannot_be_read_is_told(content, code):
    assert codes(content) == [code]


def test_read_book__entities_are_not_expanded():
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    assert codes(zipped({WORKBOOK: bomb, RELATIONS: bomb})) == ["F01"]
