"""The notice on paper: printed by LibreOffice, each column's text read back inside its box, the head on every page."""

from __future__ import annotations

import io
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from reportgen.core.notice import CONTINUED, Notice, differences
from reportgen.readers.printed_notice import read_printed_notice
from tests.printing import (
    COLUMNS,
    FIELDS,
    Word,
    bare,
    converted,
    joined,
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
PAGE_PT = 841.9
BODY_TOP, BODY_BOTTOM = 15 / 25.4 * 72 - 2, (210 - 17) / 25.4 * 72
HEAD_PT = 40
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
    "draft": notice(
        row(1, completion="【未报送】"),
        row(2, completion="部分完成。【待补充】"),
        is_draft=True,
        note="未报送：区民政局",
    ),
}


def edges_of(name: str, content: bytes) -> list[float]:
    """Return where the columns begin and end on the page, in points."""
    if name.endswith(".docx"):
        widths = [column.width.pt for column in Document(io.BytesIO(content)).tables[0].columns]
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        widths = [sheet.column_dimensions[letter].width * 6 for letter in "ABCDEF"]
    edges = [(PAGE_PT - sum(widths)) / 2]
    for width in widths:
        edges.append(edges[-1] + width)
    return edges


def pages_with_pictures(pdf: Path) -> int:
    shown = subprocess.run(["pdfimages", "-list", str(pdf)], check=True, capture_output=True, encoding="utf-8").stdout
    return len({line.split()[0] for line in shown.splitlines()[2:]})


def expected(model: Notice, key: str) -> str:
    return "".join(bare(line[key]) for line in model.rows)


def assert_printed(model: Notice, name: str, content: bytes, pdf: Path) -> None:
    """Each column's box holds the texts of the model, all of them, in order, below the head on every page."""
    edges = edges_of(name, content)
    columns = [""] * len(COLUMNS)
    for words in words_of(pdf):
        head = next(word.middle for word in words if word.text == "年度目标任务")
        inside = [word for word in words if head - HEAD_PT / 2 < word.middle < BODY_BOTTOM]
        assert [w for w in inside if not any(fits(w, *box) for box in pairwise(edges))] == []
        for index, box in enumerate(pairwise(edges)):
            own = [word for word in inside if fits(word, *box)]
            assert joined(w for w in own if w.middle < head + HEAD_PT / 2) == HEADS[index]
            columns[index] += joined(w for w in own if w.middle > head + HEAD_PT / 2)
    for key, shown in zip(COLUMNS, columns, strict=True):
        assert shown.replace(bare(CONTINUED), "") == expected(model, key), key


def fits(word: Word, left: float, right: float) -> bool:
    return left - 0.5 <= word.left and word.right <= right + 0.5


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory) -> dict[str, tuple[bytes, Path]]:
    """Every model printed from both formats, in one run of LibreOffice."""
    documents = {
        f"{case}-{name.split('.')[1]}.{name.split('.')[1]}": written(name, model)
        for case, model in MODELS.items()
        for name in ("notice.docx", "notice.xlsx")
    }
    made = printed(tmp_path_factory.mktemp("pages"), documents)
    return {name: (documents[name], made[name]) for name in documents}


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize("case", MODELS)
def test_pages__every_text_stands_in_its_column(pdfs, case, kind):
    content, pdf = pdfs[f"{case}-{kind}.{kind}"]
    assert_printed(MODELS[case], f"notice.{kind}", content, pdf)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_pages__no_page_without_a_row(pdfs, kind):
    assert len(words_of(pdfs[f"one-{kind}.{kind}"][1])) == 1
    for case in MODELS:
        for words in words_of(pdfs[f"{case}-{kind}.{kind}"][1]):
            assert {"年度目标任务"} < {word.text for word in words if BODY_TOP < word.middle < BODY_BOTTOM} - set(
                HEADS[2:]
            )


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_pages__are_numbered(pdfs, kind):
    pages = words_of(pdfs[f"plain-{kind}.{kind}"][1])
    footers = [joined(word for word in words if word.middle > BODY_BOTTOM) for words in pages]
    assert footers == [f"第{number}页,共{len(pages)}页" for number in range(1, len(pages) + 1)]


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_pages__a_draft_says_so_on_top_of_every_page_and_a_final_does_not(pdfs, kind):
    for case, top in (("draft", "草稿"), ("one", "")):
        pages = words_of(pdfs[f"{case}-{kind}.{kind}"][1])
        assert {joined(word for word in words if word.middle < BODY_TOP) for words in pages} == {top}
        if kind == "xlsx":  # in Word the mark is drawn
            assert pages_with_pictures(pdfs[f"{case}-{kind}.{kind}"][1]) == (len(pages) if top else 0)


@pytest.mark.reference
def test_pages__of_the_real_month(reference, tmp_path):
    model = real_notice(reference)
    documents = {"word.docx": written("notice.docx", model), "excel.xlsx": written("notice.xlsx", model)}
    for name, pdf in printed(tmp_path, documents).items():
        assert 25 <= len(words_of(pdf)) <= 28
        assert_printed(model, name, documents[name], pdf)


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
