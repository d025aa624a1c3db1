"""The notice as Word: every character arrives, in the template's fonts, on a page that keeps short rows whole."""

from __future__ import annotations

import io

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reportgen.core.notice import differences
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.writers.replace import parts_of, zipped
from tests.printing import COLUMNS, FIELDS, NASTY, TEXTS, TITLE, changed, notice, row, template, written

NAME = "notice.docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def back(model, content):
    return read_printed_notice(content, NAME, FIELDS, title=model.title)


def document_of(content: bytes) -> etree._Element:
    return etree.fromstring(parts_of(content)["word/document.xml"])


def rows_of(content: bytes) -> list[etree._Element]:
    return list(document_of(content).iter(f"{W}tr"))


def test_write_notice_docx__nasty_texts_come_back_to_the_character():
    model = notice(*(row(i, completion=text, units=text, annual_target=text) for i, text in enumerate(NASTY, 1)))
    printed, findings = back(model, written(NAME, model))
    assert differences(model, printed, COLUMNS) == ()
    assert findings == ()


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS[1:], TEXTS)), max_size=4))
@settings(max_examples=60)
def test_write_notice_docx__no_character_is_lost(rows):
    model = notice(*({"seq": str(i), **texts} for i, texts in enumerate(rows, 1)))
    printed, _findings = back(model, written(NAME, model))
    assert differences(model, printed, COLUMNS) == ()


def test_write_notice_docx__python_docx_reads_the_same_rows():
    model = notice(row(1), row(2, completion="第一行\n第二行"))
    table = Document(io.BytesIO(written(NAME, model))).tables[0]
    assert [cell.text for cell in table.rows[2].cells] == [model.rows[1][key] for key in COLUMNS]


def test_write_notice_docx__a_line_of_a_cell_is_a_paragraph():
    (cell,) = (rows_of(written(NAME, notice(row(1, leaders="白  帆\n宋清和"))))[1].findall(f"{W}tc")[4],)
    assert ["".join(p.itertext()) for p in cell.findall(f"{W}p")] == ["白  帆", "宋清和"]


def test_write_notice_docx__keeps_the_fonts_of_the_prototype():
    content = changed(NAME, ('<w:t xml:space="preserve">{{ completion }}', "<w:t>{{ completion }}"))
    content = changed_xml(
        content, b"<w:t>{{ completion }}", b"<w:t>{{ comp</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>letion }}"
    )
    run = rows_of(written(NAME, notice(row(1)), content))[1].findall(f"{W}tc")[3].find(f"{W}p/{W}r")
    fonts = run.find(f"{W}rPr/{W}rFonts")
    assert (fonts.get(f"{W}eastAsia"), fonts.get(f"{W}hint")) == ("宋体", "eastAsia")
    assert run.find(f"{W}rPr/{W}b") is None


def changed_xml(content: bytes, old: bytes, new: bytes) -> bytes:
    parts = parts_of(content)
    assert old in parts["word/document.xml"]
    return zipped({**parts, "word/document.xml": parts["word/document.xml"].replace(old, new)})


def test_write_notice_docx__a_placeholder_in_several_runs_is_filled():
    content = changed_xml(
        template(NAME), b"{{ title }}", "关于{{ ti</w:t></w:r><w:r><w:t>tle</w:t></w:r><w:r><w:t> }}（公开）".encode()
    )
    paragraphs = Document(io.BytesIO(written(NAME, notice(row(1)), content))).paragraphs
    assert paragraphs[0].text == f"关于{TITLE}（公开）"


def test_write_notice_docx__the_note_is_a_line_of_drafts_alone():
    final = Document(io.BytesIO(written(NAME, notice(row(1), note="未报送：区民政局"))))
    draft = Document(io.BytesIO(written(NAME, notice(row(1), note="未报送：区民政局", is_draft=True))))
    assert [p.text for p in final.paragraphs] == [TITLE, ""]
    assert [p.text for p in draft.paragraphs] == [TITLE, "未报送：区民政局", ""]


def test_write_notice_docx__short_rows_are_kept_whole_and_long_ones_may_split():
    long = "。".join("完成主体施工" for _ in range(100))
    head, short, tall = rows_of(written(NAME, notice(row(1), row(2, completion=long))))
    assert head.find(f"{W}trPr/{W}tblHeader") is not None
    assert short.find(f"{W}trPr/{W}cantSplit") is not None
    assert tall.find(f"{W}trPr/{W}cantSplit") is None
    assert all(h.get(f"{W}hRule") != "exact" for h in document_of(written(NAME, notice(row(1)))).iter(f"{W}trHeight"))


def test_write_notice_docx__many_rows_are_several_tables_with_the_same_head():
    many = notice(*(row(number) for number in range(1, 701)))
    below = b"<w:tr><w:tc><w:p><w:r><w:t>below</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    content = written(NAME, many, changed_xml(template(NAME), b"</w:tbl>", below))
    first, *others = document_of(content).iter(f"{W}tbl")
    counts = [len(table.findall(f"{W}tr")) - 1 for table in (first, *others)]
    assert (sum(counts), len(counts)) == (701, 3)
    assert all(300 <= count < 310 for count in counts[:-1])
    heads = {etree.tostring(table.find(f"{W}tr"), method="c14n") for table in (first, *others)}
    assert len(heads) == 1
    assert b"tblHeader" in heads.pop()
    assert [etree.tostring(table.find(f"{W}tblGrid")) for table in others] == [
        etree.tostring(first.find(f"{W}tblGrid"))
    ] * 2
    for table in others:
        break_before = table.getprevious()
        assert break_before.find(f"{W}pPr/{W}pageBreakBefore") is not None
        assert break_before.getprevious().tag == f"{W}tbl"
    assert "".join(others[-1].findall(f"{W}tr")[-1].itertext()) == "below"
    read, _findings = read_printed_notice(content, NAME, FIELDS, title=TITLE)
    assert differences(many, read, COLUMNS) == ()


def test_write_notice_docx__marks_are_red_runs_of_their_own():
    content = written(NAME, notice(row(1, completion="部分完成。【待补充】其余")))
    runs = rows_of(content)[1].findall(f"{W}tc")[3].findall(f"{W}p/{W}r")
    colors = [run.find(f"{W}rPr/{W}color") for run in runs]
    assert ["".join(run.itertext()) for run in runs] == ["部分完成。", "【待补充】", "其余"]
    assert [None if color is None else color.get(f"{W}val") for color in colors] == [None, "FF0000", None]


def test_write_notice_docx__a_draft_says_so_in_the_header_of_every_page():
    final, draft = (written(NAME, notice(row(1), is_draft=is_draft)) for is_draft in (False, True))
    assert not Document(io.BytesIO(final)).sections[0].header.paragraphs[0].text
    header = Document(io.BytesIO(draft)).sections[0].header
    assert header.paragraphs[0].text == "草稿"
    assert 'string="草稿"' in etree.tostring(header._element, encoding="unicode")


def test_write_notice_docx__a_draft_keeps_the_header_of_the_template():
    draft = written(NAME, notice(row(1), is_draft=True))  # its header part serves as a template's own
    parts = parts_of(draft)
    name = next(part for part in parts if "header" in part)
    root = etree.fromstring(parts[name])
    for text in root.iter(f"{W}t"):
        text.text = "区政府督查室"
    document = etree.fromstring(parts_of(template(NAME))["word/document.xml"])
    document.find(f".//{W}sectPr").insert(
        0, etree.fromstring(parts["word/document.xml"]).find(f".//{W}headerReference")
    )
    content = zipped({**parts, name: etree.tostring(root), "word/document.xml": etree.tostring(document)})
    again = Document(io.BytesIO(written(NAME, notice(row(1), is_draft=True), content)))
    assert [p.text for p in again.sections[0].header.paragraphs] == ["草稿", "区政府督查室"]


def test_write_notice_docx__what_stands_below_the_prototype_stays_below():
    xml = parts_of(template(NAME))["word/document.xml"].decode()
    below = xml[xml.rindex("<w:tr>") : xml.rindex("</w:tbl>")]
    for key in COLUMNS:
        below = below.replace(f"{{{{ {key} }}}}", "合计" if key == "seq" else "")
    content = changed_xml(template(NAME), b"</w:tbl>", f"{below}</w:tbl>".encode())
    table = Document(io.BytesIO(written(NAME, notice(row(1), row(2)), content))).tables[0]
    assert [line.cells[0].text for line in table.rows] == ["序\n号", "1", "2", "合计"]


def widths_of(content: bytes) -> tuple[list[int], list[list[int]], str, str]:
    """Return the widths of the grid and of the cells row by row, the table's width and its layout."""
    table = document_of(content).find(f".//{W}tbl")
    grid = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
    cells = [[int(width.get(f"{W}w")) for width in line.iter(f"{W}tcW")] for line in table.findall(f"{W}tr")]
    properties = table.find(f"{W}tblPr")
    return grid, cells, properties.find(f"{W}tblW").get(f"{W}w"), properties.find(f"{W}tblLayout").get(f"{W}type")


def test_write_notice_docx__widths_of_grid_cells_and_table_are_those_of_the_cells():
    """Word keeps to the cells of a table of fixed layout when it saves; LibreOffice goes by the rest."""
    wider = changed_xml(template(NAME), b'<w:tcW w:w="3904" w:type="dxa"/>', b'<w:tcW w:w="3000" w:type="dxa"/>')
    model = notice(row(1, group="一组"), row(2, group="一组"))
    grid, cells, whole, layout = widths_of(written(NAME, model, wider))
    assert grid == [544, 3000, 3664, 4024, 904, 1984]
    assert cells == [grid, [sum(grid)], grid, grid]
    assert (whole, layout) == (str(sum(grid)), "fixed")


def test_write_notice_docx__a_table_that_fits_its_text_keeps_the_widths_of_its_grid():
    content = template(NAME)
    for old, new in (
        (b'<w:tblW w:w="15024" w:type="dxa"/>', b'<w:tblW w:w="0" w:type="auto"/>'),
        (b'<w:tblLayout w:type="fixed"/>', b""),
        (b'<w:tcW w:w="3904" w:type="dxa"/>', b""),
    ):
        content = changed_xml(content, old, new)
    grid, cells, whole, layout = widths_of(written(NAME, notice(row(1)), content))
    assert grid == [544, 3904, 3664, 4024, 904, 1984]
    assert cells == [grid, grid]
    assert (whole, layout) == ("15024", "fixed")
    order = [
        child.tag.removeprefix(W) for child in document_of(written(NAME, notice(row(1)), content)).find(f".//{W}tblPr")
    ]
    assert order == ["tblW", "jc", "tblBorders", "tblLayout", "tblCellMar"]


def test_write_notice_docx__a_head_that_was_not_to_be_repeated_is():
    content = changed_xml(template(NAME), b"<w:tblHeader/>", b"")
    head, group, own = rows_of(written(NAME, notice(row(1, group="一组")), content))
    assert [line.find(f"{W}trPr/{W}tblHeader") is not None for line in (head, group, own)] == [True, False, False]


def test_write_notice_docx__lines_do_not_snap_to_the_grid_of_a_template_from_word():
    grid = b'<w:docGrid w:type="lines" w:linePitch="312"/></w:sectPr>'
    content = changed_xml(template(NAME), b"</w:sectPr>", grid)
    assert document_of(written(NAME, notice(row(1)), content)).find(f".//{W}docGrid") is None


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/footer1.xml"])
def test_template__names_its_fonts_and_no_theme(part):
    xml = parts_of(template(NAME))[part].decode()
    assert "asciiTheme" not in xml
    assert "eastAsiaTheme" not in xml
    assert all('w:eastAsia="' in fonts for fonts in xml.split("<w:rFonts")[1:])


def test_template__is_laid_out_by_twips():
    root = document_of(template(NAME))
    grid = [int(column.get(f"{W}w")) for column in root.iter(f"{W}gridCol")]
    body = root.find(f".//{W}pgSz"), root.find(f".//{W}pgMar")
    room = int(body[0].get(f"{W}w")) - int(body[1].get(f"{W}left")) - int(body[1].get(f"{W}right"))
    assert sum(grid) == int(root.find(f".//{W}tblW").get(f"{W}w")) <= room
    head, group, own = root.iter(f"{W}tr")
    assert group.find(f".//{W}gridSpan").get(f"{W}val") == str(len(grid))
    for line in (head, own):
        assert [int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for cell in line.findall(f"{W}tc")] == grid
    assert root.find(f".//{W}tblLayout").get(f"{W}type") == "fixed"
    assert all(int(edge.get(f"{W}w")) <= 45 for edge in root.find(f".//{W}tblCellMar"))
    assert root.find(f".//{W}docGrid") is None
    assert {spacing.get(f"{W}lineRule") for spacing in root.iter(f"{W}spacing")} == {"exact"}
