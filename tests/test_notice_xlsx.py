"""The notice as a workbook: texts stay texts, rows are high enough, what is too high goes on below."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, row_height_pt
from reportgen.core.notice import CONTINUED, differences
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.writers import sheetparts
from reportgen.writers.replace import parts_of, zipped
from tests.printing import COLUMNS, FIELDS, NASTY, TEXTS, TITLE, notice, row, template, written

NAME = "notice.xlsx"


def back(model, content):
    return read_printed_notice(content, NAME, FIELDS, title=model.title)


def sheet_of(content: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(content), rich_text=True).active


def template_with(change) -> bytes:
    workbook = load_workbook(io.BytesIO(template(NAME)))
    change(workbook.active)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_write_notice_xlsx__nasty_texts_come_back_to_the_character():
    model = notice(*(row(i, completion=text, units=text, annual_target=text) for i, text in enumerate(NASTY, 1)))
    printed, findings = back(model, written(NAME, model))
    assert differences(model, printed, COLUMNS) == ()
    assert findings == ()


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS[1:], TEXTS)), max_size=4))
@settings(max_examples=60)
def test_write_notice_xlsx__no_character_is_lost(rows):
    model = notice(*({"seq": str(i), **texts} for i, texts in enumerate(rows, 1)))
    printed, _findings = back(model, written(NAME, model))
    assert differences(model, printed, COLUMNS) == ()


def test_write_notice_xlsx__no_text_becomes_a_formula_or_an_error():
    model = notice(row(1, completion="=HYPERLINK(1)", units="#N/A", leaders="+1"))
    cells = {cell.value: cell.data_type for cell in sheet_of(written(NAME, model))[3]}
    assert (cells["=HYPERLINK(1)"], cells["#N/A"], cells["+1"]) == ("s", "s", "s")


def test_write_notice_xlsx__the_sequence_is_a_number():
    assert sheet_of(written(NAME, notice(row(7)))).cell(3, 1).value == 7


def test_write_notice_xlsx__every_row_is_as_high_as_its_longest_cell():
    model = notice(
        row(1), row(2, completion="完成主体施工，" * 30), row(3, units="\n".join("区住建局" for _ in range(9)))
    )
    sheet = sheet_of(written(NAME, model))
    for number in (3, 4, 5):
        needed = max(
            row_height_pt(count_lines(str(cell.value), available_em(sheet.column_dimensions[letter].width, 12)), 12)
            for letter, cell in zip("ABCDEF", sheet[number], strict=True)
        )
        assert 0 <= sheet.row_dimensions[number].height - max(needed, 40) < 0.75


@pytest.mark.parametrize(
    "text",
    ["完成主体施工，进入装修阶段。" * 86, "\n".join(f"{i}.完成主体施工" for i in range(40)), "x" * 1200],
    ids=["1200 characters", "40 lines", "one word"],
)
def test_write_notice_xlsx__a_row_over_the_cap_goes_on_below(text):
    model = notice(row(1), row(2, completion=text), row(3))
    content = written(NAME, model)
    sheet = sheet_of(content)
    shown = [sheet.cell(number, 1).value for number in range(3, sheet.max_row + 1)]
    assert (shown[:2], shown[-1]) == ([1, 2], 3)
    assert set(shown[2:-1]) == {CONTINUED}
    assert all(dimension.height <= MAX_ROW_PT for dimension in sheet.row_dimensions.values())
    for number in range(3, sheet.max_row + 1):
        lines = count_lines(str(sheet.cell(number, 4).value), available_em(sheet.column_dimensions["D"].width, 12))
        assert row_height_pt(lines, 12) <= sheet.row_dimensions[number].height
    printed, findings = back(model, content)
    assert differences(model, printed, COLUMNS) == ()
    assert findings == ()


def test_write_notice_xlsx__a_row_is_never_higher_than_the_page_below_the_head():
    def lower_page(sheet):
        sheet.page_margins.top = sheet.page_margins.bottom = 2.5

    content = written(NAME, notice(row(1), row(2, completion="字" * 1200)), template_with(lower_page))
    body = 210 / 25.4 * 72 - 5 * 72
    sheet = sheet_of(content)
    assert max(d.height for r, d in sheet.row_dimensions.items() if r > 2) <= body - sheet.row_dimensions[2].height


def test_write_notice_xlsx__the_note_is_a_row_of_drafts_alone():
    final = sheet_of(written(NAME, notice(row(1), note="未报送：区民政局")))
    draft = sheet_of(written(NAME, notice(row(1), note="未报送：区民政局", is_draft=True)))
    assert [final.cell(number, 1).value for number in (1, 2, 3)] == [TITLE, "序\n号", 1]
    assert [draft.cell(number, 1).value for number in (1, 2, 3, 4)] == [TITLE, "未报送：区民政局", "序\n号", 1]
    assert (final.print_title_rows, draft.print_title_rows) == ("$2:$2", "$3:$3")
    assert [str(cells) for cells in final.merged_cells.ranges] == ["A1:F1"]
    assert sorted(str(cells) for cells in draft.merged_cells.ranges) == ["A1:F1", "A2:F2"]
    assert (final.freeze_panes, draft.freeze_panes) == ("A3", "A4")


def test_write_notice_xlsx__marks_are_red():
    sheet = sheet_of(
        written(NAME, notice(row(1, completion="【未报送】"), row(2, completion="部分完成。【待补充】其余")))
    )
    whole, part = sheet.cell(3, 4), sheet.cell(4, 4).value
    assert (whole.value, whole.font.color.rgb, whole.font.name) == ("【未报送】", "FFFF0000", "宋体")
    assert isinstance(part, CellRichText)
    assert [(str(b), b.font.color and b.font.color.rgb, b.font.rFont) for b in part] == [
        ("部分完成。", None, "宋体"),
        ("【待补充】", "FFFF0000", "宋体"),
        ("其余", None, "宋体"),
    ]


def test_write_notice_xlsx__a_draft_says_so_in_the_header_of_every_page():
    final, draft = (sheet_of(written(NAME, notice(row(1), is_draft=is_draft))) for is_draft in (False, True))
    assert final.oddHeader.center.text is None
    assert (draft.oddHeader.center.text, draft.oddHeader.center.color) == ("草稿", "FF0000")
    assert final.oddFooter.center.text == draft.oddFooter.center.text == "第 &P 页，共 &N 页"


def test_write_notice_xlsx__a_draft_has_a_picture_behind_every_page():
    final, draft = (parts_of(written(NAME, notice(row(1), is_draft=is_draft))) for is_draft in (False, True))
    assert not [name for name in final if "media" in name]
    assert draft["xl/media/draft.png"].startswith(b"\x89PNG")
    sheet = draft["xl/worksheets/sheet1.xml"].decode()
    order = re.findall(r"<(headerFooter|legacyDrawingHF|picture)\b", sheet)
    assert order == ["headerFooter", "legacyDrawingHF", "picture"]
    assert "&amp;R&amp;G" in sheet
    assert 'id="RH"' in draft["xl/drawings/draft.vml"].decode()
    assert b'Extension="vml"' in draft["[Content_Types].xml"]
    relations = draft["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    assert 'Target="/xl/media/draft.png"' in relations
    assert 'Target="/xl/drawings/draft.vml"' in relations


DRAWING = """<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{}</xdr:wsDr>"""
ANCHOR = """<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{}</xdr:row>
<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:pic><xdr:nvPicPr>
<xdr:cNvPr id="2" name="徽"/><xdr:cNvPicPr/></xdr:nvPicPr>
<xdr:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill>
<xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = f'<Relationship Id="rId1" Type="{OFFICE}/{{}}" Target="{{}}"/>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def template_with_logo() -> bytes:
    """Return the template with a picture in its first row and one in the row below the prototype."""
    parts = parts_of(template_with(lambda sheet: sheet.cell(6, 1, "注：数据截至月底。")))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    drawing = '<drawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>'
    types = parts["[Content_Types].xml"].decode()
    png = 'ContentType="image/png" Extension="png"'
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    new = {
        "xl/worksheets/sheet1.xml": sheet.replace("</worksheet>", f"{drawing}</worksheet>"),
        "xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(RELATION.format("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": DRAWING.format(ANCHOR.format(0) + ANCHOR.format(5)),
        "xl/drawings/_rels/drawing1.xml.rels": RELATIONS.format(RELATION.format("image", "../media/image1.png")),
        "[Content_Types].xml": types.replace(
            "</Types>", f'<Default {png}/><Override PartName="/xl/drawings/drawing1.xml" ContentType="{kind}"/></Types>'
        ),
    }
    logo = (Path(sheetparts.__file__).parent / "draft.png").read_bytes()
    return zipped({**parts, **{name: text.encode() for name, text in new.items()}, "xl/media/image1.png": logo})


def test_write_notice_xlsx__pictures_of_the_template_stay_with_their_rows():
    parts = parts_of(written(NAME, notice(*(row(i) for i in range(1, 6))), template_with_logo()))
    (name,) = [name for name in parts if re.fullmatch(r"xl/drawings/[^/]+\.xml", name)]
    assert re.findall(r"<xdr:row>(\d+)</xdr:row>", parts[name].decode()) == ["0", "7"]
    (image,) = [name for name in parts if name.startswith("xl/media/")]
    assert f"/{image}" in parts[f"xl/drawings/_rels/{name.rsplit('/')[-1]}.rels"].decode()
    assert f"/{name}" in parts["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    assert f'PartName="/{name}"' in parts["[Content_Types].xml"].decode()
    assert "<drawing " in parts["xl/worksheets/sheet1.xml"].decode()


def test_write_notice_xlsx__a_draft_with_pictures_has_both():
    parts = parts_of(written(NAME, notice(row(1), is_draft=True), template_with_logo()))
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r"<(drawing|legacyDrawingHF|picture)\b", sheet) == ["drawing", "legacyDrawingHF", "picture"]
    assert len([name for name in parts if name.startswith("xl/media/")]) == 2
    assert parts["xl/worksheets/_rels/sheet1.xml.rels"].decode().count("<Relationship ") == 3


def test_write_notice_xlsx__what_stands_below_the_prototype_moves_down():
    def remark(sheet):
        sheet["A6"] = "注：数据截至月底。"
        sheet.merge_cells("A6:F6")
        sheet.row_dimensions[6].height = 33
        sheet.print_area = "A1:F6"

    sheet = sheet_of(written(NAME, notice(row(1), row(2), row(3)), template_with(remark)))
    assert [sheet.cell(number, 1).value for number in range(3, 7)] == [1, 2, 3, "注：数据截至月底。"]
    assert "A6:F6" in [str(cells) for cells in sheet.merged_cells.ranges]
    assert sheet.row_dimensions[6].height == 33
    assert sheet.print_area.endswith("$A$1:$F$6")


def test_write_notice_xlsx__restyled_columns_are_kept():
    def restyle(sheet):
        sheet.column_dimensions["D"].width = 50
        sheet["D5"].font = Font(name="仿宋", size=14)

    sheet = sheet_of(written(NAME, notice(row(1), row(2)), template_with(restyle)))
    assert sheet.column_dimensions["D"].width == 50
    assert {(sheet.cell(n, 4).font.name, sheet.cell(n, 4).font.sz) for n in (3, 4)} == {("仿宋", 14)}


def test_write_notice_xlsx__columns_merged_in_the_prototype_are_merged_in_every_row():
    def widen(sheet):
        for number in (3, 5):
            sheet.merge_cells(f"F{number}:G{number}")

    sheet = sheet_of(written(NAME, notice(row(1), row(2)), template_with(widen)))
    assert {"F3:G3", "F4:G4"} <= {str(cells) for cells in sheet.merged_cells.ranges}
    assert sheet.cell(4, 6).value == row(2)["units"]


def test_template__is_set_up_to_print():
    sheet = sheet_of(template(NAME))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert [round(size * 25.4) for size in (sheet.page_margins.top, sheet.page_margins.bottom)] == [15, 18]
    assert [round(size * 25.4) for size in (sheet.page_margins.left, sheet.page_margins.right)] == [16, 16]
    assert sum(sheet.column_dimensions[letter].width for letter in "ABCDEF") * 6 <= 265 / 25.4 * 72
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.parent._fonts[0].name, sheet.parent._fonts[0].sz) == ("宋体", 12)


def test_write_notice_xlsx__a_head_that_was_not_to_be_repeated_is():
    workbook = load_workbook(io.BytesIO(template(NAME)))
    workbook.active.print_title_rows = None
    buffer = io.BytesIO()
    workbook.save(buffer)
    sheets = [
        load_workbook(io.BytesIO(written(NAME, notice(row(1)), one))).active
        for one in (template(NAME), buffer.getvalue())
    ]
    assert sheets[0].print_title_rows == sheets[1].print_title_rows == "$2:$2"
    assert sheets[1]["A2"].value == "序\n号"
