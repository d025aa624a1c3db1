"""`proof`: what keeps a notice from being printed, found in the files as they are, and in their print."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import docx
import openpyxl
import pytest

from reportgen.core.findings import Code, Place, Severity
from reportgen.core.notice import PrintedNotice, PrintedRow
from reportgen.core.proof import Body, Shape, Strip, left_over, missing_fonts, outside_gb2312, risks, unequal
from reportgen.readers.fonts import installed_fonts, names_in
from reportgen.writers.sheetproof import shape_of_xlsx
from reportgen.writers.wordproof import shape_of_docx
from tests.filling import edit_workbook, heads, reportgen
from tests.kept import files_of
from tests.printing import notice, row, template, written
from tests.test_notice_pages import looked_at
from tests.year import AUGUST, built_month, demo
from tests.year import notice as built

LONG = "完成主体施工，进入装修阶段。" * 90
HEADS = {1: "序号", 4: "完成情况"}


def shape(*strips: Strip, file: str = "通报表.xlsx") -> Shape:
    body = Body(842, 595, 45, 797, 43, 544)
    return Shape(file, strips, body, 460, 400, 409 if file.endswith("x") else 460, (0.0, 30.0), ("宋体",))


def strip(seq: str, needed: float, given: float | None = None, **more: object) -> Strip:
    return Strip(Place("通报表.xlsx", "通报表", int(seq or 0) + 2), seq, needed, given, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("strips", "told"),
    [
        ([strip("1", 400, 400)], []),
        ([strip("1", 409, 409), strip("1", 100, 100), strip("2", 40, 40)], [(Code.Q01, 1)]),
        ([strip("1", 60, 40)], [(Code.Q02, 1)]),
        ([strip("", 60, 40)], [(Code.Q02, None)]),
        ([strip("1", 40, 40, lengths={4: (32_768, 0)})], [(Code.Q03, 1)]),
        ([strip("1", 40, 40, lengths={4: (300, 254)})], [(Code.Q03, 1)]),
    ],
)
def test_risks__of_a_sheet(strips, told):
    assert [(finding.code, finding.seq) for finding in risks(shape(*strips), HEADS)] == told


def test_risks__of_a_document():
    strips = [strip("1", 500), strip("2", 470, may_split=False), strip("3", 40, lengths={4: (40_000, 0)})]
    found = list(risks(shape(*strips, file="通报表.docx"), HEADS))
    assert [(f.code, f.seq) for f in found] == [(Code.Q01, 1), (Code.Q01, 2), (Code.Q02, 2)]
    assert "在 Word 中跨页" in found[0].message
    assert "不许跨页" in found[2].message


def test_shape__pages_by_estimate():
    strips = [strip("", 26, 26), *(strip(str(i), 100, 100, may_split=False) for i in range(1, 10))]
    assert shape(*strips).pages == 3


def printed(*rows: dict[str, str], title: str = "通报表", file: str = "通报表.docx") -> PrintedNotice:
    return PrintedNotice(file, title, (), tuple(PrintedRow(texts, {}) for texts in rows))


def test_outside_gb2312__each_character_with_its_rows():
    rows = [
        {"seq": "1", "leaders": "崔  赟"},
        {"seq": "2", "completion": "“—…·”5㎡，赟"},
        {"seq": "3", "completion": "Ⅲ①"},
    ]
    (finding,) = outside_gb2312(printed(*rows))
    assert (finding.code, finding.severity) == (Code.Q05, Severity.NOTE)
    assert "赟（第1、2项）、㎡（第2项）。" in finding.message
    assert list(outside_gb2312(printed({"seq": "1", "leaders": "高  晋"}))) == []


def test_left_over__placeholders_marks_and_what_is_left_to_the_clerk():
    texts = ["部分完成。【待补充】", "{{ title }}", "〔文号〕 〔2023〕1号", "好了。"]
    (finding,) = left_over("通报.docx", texts)
    assert finding.message == "文中还留着 【待补充】、{{ title }}、〔文号〕。"
    assert list(left_over("通报.docx", ["区发〔2023〕12号"])) == []


def test_unequal__tells_the_cell():
    left = printed({"seq": "1", "completion": "好。"}, {"seq": "2", "completion": "好。"})
    right = printed(
        {"seq": "1", "completion": "好。"}, {"seq": "2", "completion": "坏。"}, title="表", file="通报表.xlsx"
    )
    found = list(unequal(left, right, {"completion": "完成情况"}))
    assert [(f.seq, f.values["what"]) for f in found] == [(None, "标题"), (2, "第2项“完成情况”")]
    assert list(unequal(left, left, {})) == []


def test_missing_fonts__case_does_not_count():
    assert missing_fonts(["宋体", "SimSun", "黑体", "黑体"], frozenset(("simsun", "宋体"))) == ("黑体",)


def font_file(path: Path, *names: str) -> Path:
    """Write a file with nothing but a table of names, as a font has it."""
    strings = [name.encode("utf-16-be") for name in names]
    offsets = [sum(map(len, strings[:i])) for i in range(len(strings))]
    records = b"".join(struct.pack(">6H", 3, 1, 0x804, 1, len(s), at) for s, at in zip(strings, offsets, strict=True))
    table = struct.pack(">3H", 0, len(names), 6 + len(records)) + records + b"".join(strings)
    head = struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(">4sIII", b"name", 0, 28, len(table))
    path.write_bytes(head + table)
    return path


def test_names_in__the_families_of_a_font_file(tmp_path):
    assert names_in(font_file(tmp_path / "a.ttf", "SimSun", "宋体")) == ("SimSun", "宋体")
    collection = tmp_path / "a.ttc"
    single = (tmp_path / "a.ttf").read_bytes()
    moved = single.replace(struct.pack(">II", 28, len(single) - 28), struct.pack(">II", 44, len(single) - 28))
    collection.write_bytes(b"ttcf" + struct.pack(">III", 0x00010000, 1, 16) + moved)
    assert names_in(collection) == ("SimSun", "宋体")
    (tmp_path / "b.ttf").write_bytes(b"no font")
    assert names_in(tmp_path / "b.ttf") == ()


@pytest.mark.office
def test_installed_fonts__of_this_computer():
    assert {"ar pl uming cn", "noto sans cjk sc"} <= installed_fonts()


@pytest.mark.parametrize("name", ["notice.docx", "notice.xlsx", "gbt9704/notice.docx", "gbt9704/notice.xlsx"])
def test_shape__of_a_written_notice_has_no_risk(name):
    content = written(name.split("/")[-1], notice(*(row(i, group="一组") for i in range(1, 9))), template(name))
    table, found = looked_at(name.split("/")[-1], content)
    assert list(risks(found, table.head)) == []
    assert 0 < found.edges_pt[-1] <= found.body.right_pt - found.body.left_pt + 0.01
    assert {"宋体", "黑体", "方正小标宋简体"} <= set(found.fonts)
    assert found.pages == 2


@pytest.mark.parametrize("name", ["notice.docx", "notice.xlsx"])
def test_shape__a_row_over_the_page_is_at_risk(name):
    content = written(name, notice(row(1), row(2, completion=LONG), row(3)))
    table, found = looked_at(name, content)
    assert [(finding.code, finding.seq) for finding in risks(found, table.head)] == [(Code.Q01, 2)]


def test_shape_of_xlsx__a_row_made_too_low_by_hand():
    workbook = openpyxl.load_workbook(io.BytesIO(written("notice.xlsx", notice(row(1), row(2, completion="字" * 200)))))
    workbook.active.row_dimensions[4].height = 30
    buffer = io.BytesIO()
    workbook.save(buffer)
    table, _shape = looked_at("notice.xlsx", buffer.getvalue())
    found = shape_of_xlsx(buffer.getvalue(), "notice.xlsx", table)
    assert [(f.code, f.seq, f.place.row) for f in risks(found, table.head)] == [(Code.Q02, 2, 4)]


@pytest.mark.parametrize("name", ["notice.docx", "notice.xlsx"])
def test_table_text__what_stands_below_the_table_is_no_tasks(name):
    model = notice(row(1), row(2))
    content = written(name, model)
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO(content))
        document.tables[0].add_row().cells[1].text = "审核：周明"
    else:
        document = openpyxl.load_workbook(io.BytesIO(content))
        document.active.cell(document.active.max_row + 2, 2).value = "审核：周明"
    buffer = io.BytesIO()
    document.save(buffer)
    table, shape = looked_at(name, buffer.getvalue())
    assert [line.seq for line in table.lines] == ["1", "2"]
    assert list(risks(shape, table.head)) == []


def test_shape_of_docx__a_row_given_an_exact_height_by_hand():
    document = docx.Document(io.BytesIO(written("notice.docx", notice(row(1), row(2, completion="字" * 200)))))
    line = document.tables[0].rows[2]
    line.height_rule, line.height = docx.enum.table.WD_ROW_HEIGHT_RULE.EXACTLY, docx.shared.Pt(30)
    buffer = io.BytesIO()
    document.save(buffer)
    table, _shape = looked_at("notice.docx", buffer.getvalue())
    found = shape_of_docx(buffer.getvalue(), "notice.docx", table)
    assert [(f.code, f.seq, f.place.row) for f in risks(found, table.head)] == [(Code.Q02, 2, 3)]


# the command


def test_proof__without_a_notice(tmp_path, capsys):
    assert reportgen(demo(tmp_path), "proof", AUGUST) == 2
    assert "请先运行 reportgen build 2023-08。" in capsys.readouterr().err


def test_proof__without_libreoffice_it_says_so_and_estimates(tmp_path, alone, capsys):
    assert reportgen(built_month(tmp_path), "proof", AUGUST) == 0
    shown = capsys.readouterr().out
    assert "没有试印，页数是估计的：没有找到 LibreOffice" in shown
    assert "没有逐格比对：这台电脑没有 poppler" in shown
    assert "约 1" in shown
    assert "文中还留着 〔文号〕" in shown
    assert shown.splitlines()[-1] == "可以付印。"


def test_proof__what_was_changed_by_hand_is_told(tmp_path, alone, capsys):
    folder = built_month(tmp_path)

    def change(book):
        sheet = book.worksheets[0]
        line = next(n for n in range(1, 20) if sheet.cell(n, 1).value == 2)
        sheet.row_dimensions[line].height = 20
        sheet.cell(line, 4).value = f"{sheet.cell(line, 4).value}【待补充】"

    edit_workbook(built(folder, AUGUST), change)
    capsys.readouterr()
    assert reportgen(folder, "proof", AUGUST) == 1
    shown = capsys.readouterr().out
    assert "第2项印不全：" in shown
    assert "Word 与 Excel 的第2项“完成情况”不一致" in shown
    assert "文中还留着 【待补充】" in shown
    assert "先处理上面 2 处错误" in shown.splitlines()[-1]


def test_build__tells_a_row_over_the_page_and_proof_refuses_it(tmp_path, alone, capsys):
    folder = demo(tmp_path)

    def lengthen(book):
        head, columns = heads(book["任务"])
        book["任务"].cell(head + 3, columns["年度目标任务"]).value = LONG

    edit_workbook(folder / "config" / "ledger-2023.xlsx", lengthen)
    assert reportgen(folder, "build", AUGUST) == 0
    shown = capsys.readouterr().out
    assert shown.count("第3项的一行约") == 2
    assert "在 Excel 中分成" in shown
    assert reportgen(folder, "proof", AUGUST) == 1
    assert capsys.readouterr().out.count("第3项的一行约") == 2


def test_build__tells_a_row_over_the_page_in_word_alone(tmp_path, alone, capsys):
    folder = demo(tmp_path)
    path = folder / "templates" / "notice.docx"
    document = docx.Document(str(path))
    table = document.tables[0]
    for line in (table.rows[0], table.rows[-1]):
        line.cells[3].width = docx.shared.Cm(1.2)
    document.save(str(path))
    assert reportgen(folder, "build", AUGUST) == 0
    shown = capsys.readouterr().out
    assert "在 Word 中跨页" in shown
    assert "在 Excel 中分成" not in shown


@pytest.mark.office
@pytest.mark.parametrize("chosen", ["sample", "gbt9704"])
def test_proof__prints_and_compares(tmp_path, capsys, chosen):
    folder = demo(tmp_path)
    settings = folder / "config" / "reportgen.yaml"
    text = settings.read_text(encoding="utf-8").replace("template_set: sample", f"template_set: {chosen}")
    settings.write_text(text, encoding="utf-8")
    assert reportgen(folder, "build", AUGUST) == 0
    before = files_of(folder)
    capsys.readouterr()
    assert reportgen(folder, "proof", AUGUST) == 0
    assert files_of(folder) == before
    shown = capsys.readouterr().out
    assert shown.count("逐格相符") == 3
    assert "约" not in shown.split("\n\n")[0]
    assert shown.splitlines()[-1] == "可以付印。"
