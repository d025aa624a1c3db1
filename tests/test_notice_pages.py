"""The notice on paper: printed by LibreOffice, each column's text read back inside its box, the head on every page."""

from __future__ import annotations

import io
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from msgspec import Struct
from openpyxl import load_workbook

from reportgen.core.findings import Code
from reportgen.core.notice import CONTINUED, Notice, differences
from reportgen.core.printcheck import Compared, Word, bare, compared, joined
from reportgen.core.printed import TableText, table_text
from reportgen.core.proof import Shape, risks
from reportgen.readers.grids import read_book
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.wordtables import read_word_tables
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.sheetproof import shape_of_xlsx
from reportgen.writers.wordproof import shape_of_docx
from tests.printing import (
    COLUMNS,
    FIELDS,
    converted,
    layout,
    notice,
    printed,
    real_notice,
    row,
    template,
    words_of,
    written,
)

pytestmark = pytest.mark.office
HEAD_PT = 40


class Paper(Struct, frozen=True, dict=True):
    """The page of a template set: where its body begins and ends, in mm on A4 landscape."""

    folder: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def body(self) -> tuple[float, float]:
        """The top and the bottom of the body in points, with a hair's breadth around it."""
        return self.top / 25.4 * 72 - 2, (211 - self.bottom) / 25.4 * 72


SAMPLE, GBT = Paper("", 16, 16, 15, 18), Paper("gbt9704/", 35, 37, 28, 26)
PAPERS = (SAMPLE, GBT)
HEADS = ("序号", "年度目标任务", "8月份目标任务", "完成情况", "分管区领导", "责任单位")

SENTENCE = "完成主体施工，“双创”中心进入装修阶段——累计投资1.35亿元，占年度计划的74.8%……"
MODELS = {
    "plain": notice(*(row(i) for i in range(1, 40))),
    "one": notice(row(1)),
    "long": notice(row(1), row(2, completion=SENTENCE * 30), row(3)),
    "lines": notice(row(1), row(2, units="\n".join(f"第{i}街道办事处" for i in range(40))), row(3)),
    "signs": notice(
        *(row(i, completion="“—…·”" * 30 + "赟溡㎡Ⅲ" * 9, annual_target="——“甲”…" * 20) for i in range(1, 9))
    ),
    "latin": notice(row(1, completion="ISO9001/GB-T19001,100%+50.5% " * 12, period_target="x" * 90), row(2)),
    "groups": notice(
        *(
            row(i, group=f"{i // 4}、第{i // 4}组", leaders="白  帆", completion=SENTENCE * (i % 3))
            for i in range(1, 30)
        )
    ),
    "group gaps": notice(  # tasks before the first group, a group of one task, texts that are empty
        row(1),
        row(2, completion="", units=""),
        row(3, group="一、只有一项的组"),
        row(4, group="二、没有内容的组", annual_target="全年。", period_target="", completion="", leaders="", units=""),
        row(5),
        row(6, group="三、末组"),
    ),
    "names": notice(
        row(
            1,
            units="青澜经济开发区管理委员会招商引资和项目服务保障中心（牵头）\n区园林中心",
            leaders="欧阳建国栋\n高  晋",
        ),
        row(2),
    ),
    "draft": notice(
        row(1, completion="【未报送】"),
        row(2, completion="部分完成。【待补充】"),
        is_draft=True,
        note="未报送：区民政局",
    ),
}


def edges_of(name: str, content: bytes, paper: Paper = SAMPLE) -> list[float]:
    """Return where the columns begin and end on the page, in points."""
    if name.endswith(".docx"):
        widths = [column.width.pt for column in Document(io.BytesIO(content)).tables[0].columns]
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        widths = [sheet.column_dimensions[letter].width * 6 for letter in "ABCDEF"]
    body = (297 - paper.left - paper.right) / 25.4 * 72
    edges = [paper.left / 25.4 * 72 + (body - sum(widths)) / 2]
    for width in widths:
        edges.append(edges[-1] + width)
    return edges


def pages_with_pictures(pdf: Path) -> int:
    shown = subprocess.run(["pdfimages", "-list", str(pdf)], check=True, capture_output=True, encoding="utf-8").stdout
    return len({line.split()[0] for line in shown.splitlines()[2:]})


def expected(model: Notice, key: str) -> str:
    return "".join(bare(line[key]) for line in model.rows)


def assert_printed(model: Notice, name: str, content: bytes, pdf: Path, paper: Paper = SAMPLE) -> None:
    """Each column's box holds the texts of the model, all of them, in order, below the head on every page."""
    edges = edges_of(name, content, paper)
    columns = [""] * len(COLUMNS)
    for words in words_of(pdf):
        head = next(word.middle for word in words if word.text == "年度目标任务")
        inside = [word for word in words if head - HEAD_PT / 2 < word.middle < paper.body[1]]
        inside = [
            word for word in inside if edges[0] < (word.left + word.right) / 2 < edges[-1]
        ]  # page numbers stand beside the table
        assert [w for w in inside if not any(fits(w, *box) for box in pairwise(edges))] == []
        for index, box in enumerate(pairwise(edges)):
            own = [word for word in inside if fits(word, *box)]
            assert joined(w for w in own if w.middle < head + HEAD_PT / 2) == HEADS[index]
            columns[index] += joined(w for w in own if w.middle > head + HEAD_PT / 2)
    for key, shown in zip(COLUMNS, columns, strict=True):
        assert shown.replace(bare(CONTINUED), "") == expected(model, key), key


def fits(word: Word, left: float, right: float) -> bool:
    return left - 0.5 <= word.left and word.right <= right + 0.5


def narrowed(name: str) -> bytes:
    """Return a template of the sample set with 完成情况 half as wide, which 年度目标任务 gets."""
    if name.endswith(".docx"):
        widths = sorted(
            {int(w) for w in re.findall(rb'<w:gridCol w:w="(\d+)"', parts_of(template(name))["word/document.xml"])}
        )
        wide, wider = widths[-2], widths[-1]
        halves = {wider: wider // 2, wide: wide + wider - wider // 2}
        parts = parts_of(template(name))
        xml = parts["word/document.xml"].decode()
        xml = re.sub(r'(<w:(?:gridCol|tcW) w:w=")(\d+)"', lambda m: f'{m[1]}{halves.get(int(m[2]), int(m[2]))}"', xml)
        return zipped({**parts, "word/document.xml": xml.encode()})
    workbook = load_workbook(io.BytesIO(template(name)))
    sheet = workbook.active
    half = sheet.column_dimensions["D"].width / 2
    sheet.column_dimensions["D"].width -= half
    sheet.column_dimensions["B"].width += half
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


class Printout(Struct, frozen=True, dict=True):
    """A model as it was written by a template, and the PDF that was printed of it."""

    model: Notice
    name: str
    content: bytes
    pdf: Path
    paper: Paper


@pytest.fixture(scope="module")
def printouts(tmp_path_factory) -> dict[tuple[str, str, str], Printout]:
    """Every model printed from both formats and both sets, by (case, format, set), in one run of LibreOffice."""
    made = {
        (case, kind, paper.folder): (f"notice.{kind}", template(f"{paper.folder}notice.{kind}"), paper)
        for case in MODELS
        for kind in KINDS
        for paper in PAPERS
    }
    made |= {
        (case, kind, "narrow"): (f"notice.{kind}", narrowed(f"notice.{kind}"), SAMPLE)
        for case in ("signs", "long", "latin")
        for kind in KINDS
    }
    contents = {key: written(name, MODELS[key[0]], content) for key, (name, content, _paper) in made.items()}
    files = {key: f"{number}.{key[1]}" for number, key in enumerate(made)}
    pdfs = printed(tmp_path_factory.mktemp("pages"), {files[key]: content for key, content in contents.items()})
    return {
        key: Printout(MODELS[key[0]], name, contents[key], pdfs[files[key]], paper)
        for key, (name, _content, paper) in made.items()
    }


KINDS = ("docx", "xlsx")
both_kinds = pytest.mark.parametrize("kind", KINDS)
both_sets = pytest.mark.parametrize("folder", [paper.folder for paper in PAPERS], ids=["sample", "gbt9704"])


@both_sets
@both_kinds
@pytest.mark.parametrize("case", [case for case in MODELS if "group" not in case])
def test_pages__every_text_stands_in_its_column(printouts, case, kind, folder):
    one = printouts[case, kind, folder]
    assert_printed(one.model, one.name, one.content, one.pdf, one.paper)


@both_kinds
@pytest.mark.parametrize("case", ["signs", "long", "latin"])
def test_pages__every_text_stands_in_a_column_that_was_made_narrower(printouts, case, kind):
    one = printouts[case, kind, "narrow"]
    assert_printed(one.model, one.name, one.content, one.pdf)


@both_sets
@both_kinds
@pytest.mark.parametrize("case", MODELS)
def test_compared__nothing_differs(printouts, case, kind, folder):
    one = printouts[case, kind, folder]
    table, shape = looked_at(one.name, one.content)
    assert compared(words_of(one.pdf), table, shape) == Compared(len(words_of(one.pdf)))


@both_kinds
def test_compared__tells_the_cell_that_is_not_printed_whole(printouts, kind):
    one = printouts["plain", kind, ""]
    table, shape = looked_at(one.name, one.content)
    pages = words_of(one.pdf)
    gone = next(word for word in pages[1] if word.text == "宋清和")
    pages[1].remove(gone)
    (finding,) = compared(pages, table, shape).findings
    rows_before = sum(word.text == "宋清和" for word in pages[0])
    assert (finding.code, finding.seq) == (Code.Q07, rows_before + 1)
    assert "“分管区领导”印出来与文件不符：应为“白帆宋清和”，印出“白帆" in finding.message


@both_sets
@both_kinds
def test_pages__no_page_without_a_row(printouts, kind, folder):
    assert len(words_of(printouts["one", kind, folder].pdf)) == 1
    for case in MODELS:
        one = printouts[case, kind, folder]
        top, bottom = one.paper.body
        for words in words_of(one.pdf):
            assert {"年度目标任务"} < {word.text for word in words if top < word.middle < bottom} - set(HEADS[2:])


@both_sets
@both_kinds
def test_pages__no_page_ends_with_the_heading_of_a_group(printouts, kind, folder):
    one = printouts["groups", kind, folder]
    pages = words_of(one.pdf)
    assert len(pages) > 3
    for words in pages:
        lowest = max(
            (word for word in words if word.middle < one.paper.body[1] and word.left > 60), key=lambda w: w.bottom
        )
        assert not lowest.text.endswith("组")


@both_kinds
def test_pages__of_the_sample_set_are_numbered_in_the_middle(printouts, kind):
    pages = words_of(printouts["plain", kind, ""].pdf)
    footers = [joined(word for word in words if word.middle > SAMPLE.body[1]) for words in pages]
    assert footers == [f"第{number}页,共{len(pages)}页" for number in range(1, len(pages) + 1)]


@both_kinds
def test_pages__of_the_gbt9704_set_have_odd_numbers_below_and_even_ones_above(printouts, kind):
    one = printouts["plain", kind, "gbt9704/"]
    edge = edges_of(one.name, one.content, GBT)[0]
    pages = words_of(one.pdf)
    assert len(pages) > 3
    for number, words in enumerate(pages, 1):
        outside = [w for w in words if w.right < edge or not GBT.body[0] < w.middle < GBT.body[1]]
        assert "".join(sorted(w.text for w in outside)).strip("—") == str(number)
        place = next(w for w in outside if w.text.strip("—") == str(number))
        assert (place.middle > 595 / 2) == bool(number % 2)
        assert place.left < 842 / 4


@both_sets
@both_kinds
def test_pages__a_draft_says_so_on_every_page_and_a_final_does_not(printouts, kind, folder):
    for case, top in (("draft", "草稿"), ("one", "")):
        one = printouts[case, kind, folder]
        pages = words_of(one.pdf)
        assert {joined(word for word in words if word.middle < one.paper.body[0]) for words in pages} == {top}
        if kind == "xlsx":  # in Word the mark is drawn
            assert pages_with_pictures(one.pdf) == (len(pages) if top else 0)


@both_kinds
def test_pages__of_many_rows(tmp_path, kind):
    """A table of 2,000 rows takes LibreOffice two minutes in Word: a long notice is several tables, this one four."""
    name = f"notice.{kind}"
    many = notice(*(row(i, completion=f"完成。第{i}项。") for i in range(1, 1001)))
    content = written(name, many)
    read, findings = read_printed_notice(content, name, FIELDS, title=many.title)
    assert (differences(many, read, COLUMNS), findings) == ((), ())
    pdf = printed(tmp_path, {name: content})[name]
    assert_printed(many, name, content, pdf)
    table, shape = looked_at(name, content)
    pages = words_of(pdf)
    assert compared(pages, table, shape) == Compared(len(pages))
    assert abs(shape.pages - len(pages)) <= 3
    assert list(risks(shape, table.head)) == []


@pytest.mark.reference
def test_pages__of_the_real_month(reference, tmp_path):
    model = real_notice(reference)
    made = {
        f"{paper.folder[:3]}{kind}.{kind}": (
            paper,
            written(f"notice.{kind}", model, template(f"{paper.folder}notice.{kind}")),
        )
        for paper in PAPERS
        for kind in KINDS
    }
    pdfs = printed(tmp_path, {name: content for name, (_paper, content) in made.items()})
    for name, (paper, content) in made.items():
        pages = len(words_of(pdfs[name]))
        assert 25 <= pages <= 28 if paper is SAMPLE else 28 <= pages <= 32
        assert_printed(model, name, content, pdfs[name], paper)
        table, shape = looked_at(name, content)
        assert compared(words_of(pdfs[name]), table, shape) == Compared(pages)
        assert list(risks(shape, table.head)) == []
        assert abs(shape.pages - pages) <= 1


def looked_at(name: str, content: bytes) -> tuple[TableText, Shape]:
    """Return what is read of a written notice to compare it with its print."""
    if name.endswith(".docx"):
        table = table_text(read_word_tables(content, name)[0], FIELDS, goes_on=True)
        return table, shape_of_docx(content, name, table)
    table = table_text(read_book(content, name)[0], FIELDS)
    return table, shape_of_xlsx(content, name, table)


@pytest.mark.parametrize("name", ["notice.docx", "notice.xlsx"])
def test_templates__saved_again_by_an_office_program_still_serve(name, tmp_path):
    kind = name.split(".")[1]
    saved = converted(tmp_path, {name: template(name)}, kind)[name].read_bytes()
    assert saved != template(name)
    assert (layout(name, saved).keys, layout(name, saved).findings) == (COLUMNS, ())
    model = MODELS["long"]
    content = written(name, model, saved)
    read, findings = read_printed_notice(content, name, FIELDS, title=model.title)
    assert (differences(model, read, COLUMNS), findings) == ((), ())
    assert_printed(model, name, content, printed(tmp_path, {name: content})[name])
