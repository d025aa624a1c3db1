"""A printed notice read back: by headings, whatever stands around the table; what is not placed is told."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml import parse_xml
from openpyxl import Workbook

from reportgen.core.findings import CannotRun, Code
from reportgen.core.grid import Book, Grid
from reportgen.core.notice import PrintedNotice, differences
from reportgen.core.printed import parse_printed
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.wordtables import AFTER, read_word_tables
from reportgen.writers.replace import parts_of, zipped
from tests.printing import COLUMNS, FIELDS, TITLE, notice, real_notice, row, written

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEAD = ["序号", "年度目标任务", "8月份目标任务", "完成情况", "分管区领导", "责任单位"]


def book(*lines: list[str], covered=None, sheet: str = "Sheet1") -> Book:
    cells = {(r, c): text for r, line in enumerate(lines, 1) for c, text in enumerate(line, 1) if text}
    return Book("通报.xlsx", (Grid("通报.xlsx", sheet, cells, covered or {}),))


def parsed(*lines: list[str], covered=None, **options):
    return parse_printed(book(*lines, covered=covered), {}, FIELDS, **options)


def texts(printed: PrintedNotice) -> list[list[str]]:
    return [[line.texts.get(key, "") for key in COLUMNS] for line in printed.rows]


def told(findings) -> list[tuple[Code, str]]:
    return [(finding.code, finding.place.cell) for finding in findings]


def test_parse_printed__reads_title_headings_and_rows_with_their_places():
    printed, findings = parsed([TITLE], HEAD, ["1", "甲", "乙", "丙", "丁", "戊"])
    assert (printed.title, findings) == (TITLE, ())
    assert printed.headings == tuple(zip(COLUMNS, HEAD, strict=True))
    assert texts(printed) == [["1", "甲", "乙", "丙", "丁", "戊"]]
    assert printed.rows[0].places["completion"].cell == "D3"


def test_parse_printed__finds_columns_by_heading_not_position():
    shuffled = ["责任单位", "完成情况", "序 号", "年度\n目标任务"]
    printed, findings = parsed(shuffled, ["戊", "丙", "1", "甲"])
    assert findings == ()
    assert texts(printed) == [["1", "甲", "", "丙", "", "戊"]]


def test_parse_printed__takes_headings_of_a_template_for_the_fields_they_name():
    printed, _findings = parsed(
        ["编号", "全年任务", "进展"],
        ["1", "甲", "丙"],
        extra_names={"编号": "seq", "全年任务": "annual_target", "进展": "completion"},
    )
    assert texts(printed) == [["1", "甲", "", "丙", "", ""]]


def test_parse_printed__tells_that_there_is_no_table():
    printed, findings = parsed(["通知"], ["各单位："])
    assert told(findings) == [(Code.N01, "")]
    assert printed.rows == ()


def test_parse_printed__tells_an_unknown_column_with_content_once():
    printed, findings = parsed([*HEAD, "备注", "空列"], *(["1", "甲", "", "", "", "", "说明"] for _ in range(2)))
    assert told(findings) == [(Code.N02, "G2")]
    assert "备注" in findings[0].message
    assert len(printed.rows) == 2


def test_parse_printed__tells_a_column_without_a_heading():
    _printed, findings = parsed(HEAD, ["1", "甲", "", "", "", "", "旁注"])
    assert told(findings) == [(Code.N02, "G2")]
    assert "第7列（没有表头）" in findings[0].message


def test_parse_printed__tells_rows_without_a_number_with_their_text():
    printed, findings = parsed(HEAD, ["一、经济发展"], ["1", "甲"], ["", "", "", "多出的文字"], ["注：截至月底"])
    assert told(findings) == [(Code.N03, "第4行"), (Code.N03, "第5行")]
    assert "多出的文字" in findings[0].message
    assert printed.rows[0].texts["group"] == "一、经济发展"
    assert texts(printed) == [["1", "甲", "", "", "", ""]]


def test_parse_printed__skips_the_head_where_it_is_repeated():
    printed, findings = parsed(HEAD, ["1", "甲"], HEAD, ["2", "乙"])
    assert findings == ()
    assert [line.texts["seq"] for line in printed.rows] == ["1", "2"]


def test_parse_printed__joins_rows_that_carry_on():
    printed, findings = parsed(
        HEAD,
        ["1", "甲", "", "一句，\n", "", "单位\n"],
        ["（续）", "", "", "又一句。", "", "二"],
        ["(续)", "", "", "完"],
    )
    assert findings == ()
    assert texts(printed) == [["1", "甲", "", "一句，\n又一句。完", "", "单位\n二"]]


def test_parse_printed__a_number_merged_over_rows_is_one_task():
    printed, findings = parsed(
        HEAD, ["1", "甲", "目标一", "丙"], ["", "", "目标二", "丁"], covered={(3, 1): (2, 1), (3, 2): (2, 2)}
    )
    assert findings == ()
    assert texts(printed) == [["1", "甲", "目标一\n目标二", "丙\n丁", "", ""]]


def test_parse_printed__leaders_merged_over_tasks_belong_to_each():
    printed, _findings = parsed(HEAD, ["1", "甲", "", "", "白  帆"], ["2", "乙"], covered={(3, 5): (2, 5)})
    assert [line.texts["leaders"] for line in printed.rows] == ["白  帆", "白  帆"]


def test_parse_printed__a_head_of_two_rows():
    first = ["序号", "目标任务", "", "完成情况"]
    second = ["", "年度目标任务", "8月份目标任务", ""]
    covered = {(2, 1): (1, 1), (1, 3): (1, 2), (2, 4): (1, 4)}
    printed, findings = parsed(first, second, ["1", "甲", "乙", "丙"], covered=covered)
    assert findings == ()
    assert texts(printed) == [["1", "甲", "乙", "丙", "", ""]]


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (["附件", TITLE], TITLE),
        ([TITLE, "（截至8月31日）", "单位：万元"], TITLE),
        (["重点工作进展"], "重点工作进展"),
        ([], ""),
    ],
)
def test_parse_printed__the_title_is_the_nearest_text_that_reads_like_one(above, title):
    printed, _findings = parsed(*([text] for text in above), HEAD, ["1", "甲"])
    assert printed.title == title


def test_parse_printed__a_title_that_is_known_is_looked_for():
    lines = (["重点工作进展"], ["草稿：2个单位未报送情况"], HEAD, ["1", "甲"])
    assert parsed(*lines)[0].title == "草稿：2个单位未报送情况"
    assert parsed(*lines, title="重点工作进展")[0].title == "重点工作进展"
    assert parsed(*lines, title="别的")[0].title == "草稿：2个单位未报送情况"


@pytest.mark.parametrize("shown", ["1", "１", " 1 ", "1.", "1、"])
def test_parse_printed__ways_to_write_a_number(shown):
    assert [line.texts["seq"] for line in parsed(HEAD, [shown, "甲"])[0].rows] == ["1"]


def test_parse_printed__hidden_sheets_are_not_read():
    grid = book(HEAD, ["1", "旧"]).grids[0]
    hidden = Grid(grid.file, "旧表", grid.cells, {}, hidden=True)
    shown = Grid(grid.file, "新表", book(HEAD, ["1", "新"]).grids[0].cells)
    printed, findings = parse_printed(Book("通报.xlsx", (hidden, shown)), {}, FIELDS)
    assert findings == ()
    assert texts(printed) == [["1", "新", "", "", "", ""]]


def test_parse_printed__sheets_after_the_notice_are_told():
    first, second = book(HEAD, ["1", "甲"]).grids[0], book(["附表", "合计"], sheet="附表").grids[0]
    _printed, findings = parse_printed(Book("通报.xlsx", (first, second)), {}, FIELDS)
    assert [(f.code, f.place.sheet) for f in findings] == [(Code.N03, "附表")]


def word(*blocks: str) -> bytes:
    """Return a .docx whose body is made of the given XML."""
    document = Document()
    for block in reversed(blocks):
        document.element.body.insert(0, parse_xml(block.replace(">", f" {W}>", 1)))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def p(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def tc(*paragraphs: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraphs)}</w:tc>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in rows)}</w:tbl>"


def cells_of(*rows: str) -> dict[tuple[int, int], object]:
    return dict(read_word_tables(word(tbl(*rows)), "a.docx")[0].grids[0].cells)


def test_read_word_tables__tables_in_order_with_the_paragraphs_before_them():
    content = word(p("标题"), tbl(tc(p("一"))), p(""), tbl(tc(p("二"))), p("完"))
    found, before = read_word_tables(content, "a.docx")
    assert [(grid.sheet, grid.text(1, 1)) for grid in found.grids] == [("表1", "一"), ("表2", "二")]
    assert before == {"表1": ("标题",), "表2": ("",), AFTER: ("完",)}


def test_read_word_tables__lines_tabs_and_spaces_are_kept():
    paragraph = (
        '<w:p><w:r><w:t xml:space="preserve"> 高  晋 </w:t><w:br/><w:t>二</w:t><w:tab/><w:t>三</w:t></w:r></w:p>'
    )
    assert cells_of(tc(paragraph, p("四"))) == {(1, 1): " 高  晋 \n二\t三\n四"}


def test_read_word_tables__deleted_text_is_left_out_and_inserted_text_kept():
    paragraph = (
        "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:moveTo><w:r><w:t>来</w:t></w:r></w:moveTo></w:p>"
    )
    assert cells_of(tc(paragraph)) == {(1, 1): "新来"}


def test_read_word_tables__a_deleted_row_and_a_deleted_line_end():
    gone = f"<w:trPr><w:del/></w:trPr>{tc(p('删去的行'))}"
    open_end = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>"
    assert cells_of(gone, tc(open_end, p("后"))) == {(1, 1): "前后"}


def test_read_word_tables__spans_cover_the_cells_beside_and_below():
    wide = tc(p("宽"), properties='<w:gridSpan w:val="2"/>')
    top, under = tc(p("上"), properties='<w:vMerge w:val="restart"/>'), tc(p(""), properties="<w:vMerge/>")
    found, _before = read_word_tables(
        word(tbl(wide + tc(p("三")), top + tc(p("右")) * 2, under + tc(p("下")) * 2)), "a"
    )
    grid = found.grids[0]
    assert dict(grid.covered) == {(1, 2): (1, 1), (3, 1): (2, 1)}
    assert (grid.text(1, 3), grid.text(3, 1), grid.text(3, 3)) == ("三", "上", "下")


def test_read_word_tables__content_controls_fields_and_nested_tables():
    control = "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    field = (
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>"
        '<w:fldSimple w:instr="x"><w:r><w:t>域</w:t></w:r></w:fldSimple></w:p>'
    )
    assert cells_of(tc(control, field, tbl(tc(p("内"))), p("尾"))) == {(1, 1): "控件\n域\n内\n尾"}


def test_read_word_tables__a_table_in_a_text_box_is_text_of_its_paragraph():
    box = f"<w:p><w:r><w:t>见</w:t></w:r><w:r><w:pict>{tbl(tc(p('框')))}</w:pict></w:r></w:p>"
    found, before = read_word_tables(word(box, tbl(tc(p("一")), tc(box)), box), "a.docx")
    assert [dict(grid.cells) for grid in found.grids] == [{(1, 1): "一", (2, 1): "见框"}]
    assert before == {"表1": ("见框",), AFTER: ("见框",)}


NUMBERING = (
    f"<w:numbering {W}>"
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1.%2."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)


def numbered(text: str, name: int, depth: int = 0) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{name}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def with_numbering(content: bytes) -> bytes:
    return zipped({**parts_of(content), "word/numbering.xml": NUMBERING.encode()})


def test_read_word_tables__automatic_numbers_are_text():
    steps = (numbered("甲", 2), numbered("乙", 2, 1), numbered("丙", 2, 1), numbered("丁", 2), numbered("戊", 2, 1))
    content = with_numbering(word(tbl(tc(*steps) + tc(numbered("己", 3), numbered("庚", 2)))))
    grid = read_word_tables(content, "a.docx")[0].grids[0]
    assert grid.text(1, 1).split("\n") == ["一、甲", "一.1.乙", "一.2.丙", "二、丁", "二.1.戊"]
    assert grid.text(1, 2).split("\n") == ["四、己", "三、庚"]


def test_read_printed_notice__a_sequence_numbered_by_word():
    rows = [tc(numbered("", 1)) + "".join(tc(p(text)) for text in "甲乙丙丁戊") for _ in range(3)]
    content = with_numbering(word(p(TITLE), tbl("".join(tc(p(text)) for text in HEAD), *rows)))
    printed, findings = read_printed_notice(content, "通报.docx", FIELDS)
    assert findings == ()
    assert [line.texts["seq"] for line in printed.rows] == ["1", "2", "3"]


def test_read_word_tables__entities_are_not_resolved():
    content = written("notice.docx", notice(row(1)))
    parts = parts_of(content)
    xml = parts["word/document.xml"].decode()
    evil = xml.replace("<w:document", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document', 1)
    evil = evil.replace("区住建局", "区住建局&x;")
    found, _before = read_word_tables(zipped({**parts, "word/document.xml": evil.encode()}), "a.docx")
    assert found.grids[0].text(2, 6) == "区园林中心（牵头）\n区住建局"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"text"])
def test_read_word_tables__refuses_what_is_no_document(content):
    with pytest.raises(CannotRun) as raised:
        read_word_tables(content, "通报.docx")
    assert [finding.code for finding in raised.value.findings] == [Code.W08]


def test_read_printed_notice__tells_word_and_excel_apart_by_content():
    model = notice(row(1), row(2))
    for name in ("notice.docx", "notice.xlsx"):
        printed, findings = read_printed_notice(written(name, model), "通报.dat", FIELDS)
        assert (printed.title, findings) == (TITLE, ())
        assert texts(printed) == [[line[key] for key in COLUMNS] for line in model.rows]


def test_read_printed_notice__refuses_what_is_neither():
    with pytest.raises(CannotRun) as raised:
        read_printed_notice(b"%PDF-1.4", "通报.pdf", FIELDS)
    assert [finding.code for finding in raised.value.findings] == [Code.F02]


def test_read_printed_notice__a_table_cut_in_two_is_one():
    head, one, two = (
        "".join(tc(p(text)) for text in line) for line in (HEAD, ["1", *"甲乙丙丁戊"], ["2", *"甲乙丙丁戊"])
    )
    for blocks in ([p(TITLE), tbl(head, one), p(""), tbl(two)], [p(TITLE), tbl(head, one), p("续表"), tbl(head, two)]):
        printed, findings = read_printed_notice(word(*blocks), "通报.docx", FIELDS)
        assert findings == ()
        assert (printed.title, [line.texts["seq"] for line in printed.rows]) == (TITLE, ["1", "2"])


def test_read_printed_notice__a_workbook_with_numbers_and_two_line_headings():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([TITLE])
    sheet.append([])
    sheet.append(["序\n号", *HEAD[1:]])
    sheet.append([1, "甲", "乙", 74.8, "高  晋", "一局\n二局"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    printed, findings = read_printed_notice(buffer.getvalue(), "通报.xlsx", FIELDS)
    assert findings == ()
    assert texts(printed) == [["1", "甲", "乙", "74.8", "高  晋", "一局\n二局"]]


@pytest.mark.reference
@pytest.mark.parametrize("name", ["notice-2023-08.docx", "notice-2023-08.xlsx"])
def test_read_printed_notice__reads_the_real_month(reference, name):
    model = real_notice(reference)
    printed, findings = read_printed_notice((reference / name).read_bytes(), name, FIELDS)
    assert findings == ()
    assert differences(model, printed, COLUMNS) == ()
    assert len(printed.rows) == 124
