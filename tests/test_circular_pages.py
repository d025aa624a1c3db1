"""The circular as it is printed: grid, page numbers, 版记, and every character on the page."""

from __future__ import annotations

import re
import subprocess
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import Struct

from reportgen.core.printcheck import Word, bare
from reportgen.readers.wordtables import read_word_text
from reportgen.writers.circular import write_circular
from reportgen.writers.pdf import find_office, print_to_pdf
from tests.circulars import NAME, TEMPLATE, circular
from tests.printing import words_of
from tests.world import answer, ledger, reports, task

pytestmark = pytest.mark.office

PAGE_PT = (11906 / 20, 16838 / 20)
LEFT, RIGHT = 1587 / 20, (11906 - 1474) / 20
TOP, BOTTOM = 2098 / 20, (16838 - 1980) / 20
PITCH = 29.0


class Line(Struct, frozen=True, dict=True):
    """A line of text with its box in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def lines_of(pdf: Path) -> list[list[Line]]:
    """Return the lines of each page from the top, words at one height together."""
    pages = []
    for page in words_of(pdf):
        rows: list[list[Word]] = []
        for word in sorted(page, key=lambda word: (round(word.middle), word.left)):
            if rows and abs(word.middle - rows[-1][0].middle) < 4:
                rows[-1].append(word)
            else:
                rows.append([word])
        pages.append(
            [
                Line(
                    min(w.left for w in row),
                    min(w.top for w in row),
                    max(w.right for w in row),
                    max(w.bottom for w in row),
                    "".join(w.text for w in sorted(row, key=lambda w: w.left)),
                )
                for row in rows
            ]
        )
    return pages


def model(*texts: str, **others):
    book = ledger(*(task(seq, "甲局（牵头） 乙局") for seq in range(1, len(texts) + 1)))
    missed = [answer(seq, "未完成", text, reason="雨天多。") for seq, text in enumerate(texts, 1)]
    return circular(book, reports(甲局=missed), **others)


# One printing for all tests: a long text without a figure, texts full of all that is hard, and a draft.
LONG = "督" * (28 * 60)
HARD = "“引号”‘单引号’——省略……·赟溡㎡Ⅲ①；Shandong-Qilu2023年1—8月占99.99%，（括号）《书名》。" * 12
CASES = {
    "long": model(LONG),
    "hard": model(*[HARD] * 3),
    "list": model(*(f"累计完成{seq}公里。" for seq in range(1, 61))),
    "full": model("督" * (28 * 19)),  # the signature would end where 版记 begins
    "one": model("累计完成9公里。"),
    "draft": model("累计完成9公里【未报送】。", note="草稿，不得印发。"),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("circulars")
    documents = {f"{name}.docx": write_circular(TEMPLATE, NAME, case).content for name, case in CASES.items()}
    for name, content in print_to_pdf(documents, find_office(), lambda _done, _total: None).items():
        (folder / name).with_suffix(".pdf").write_bytes(content)
        (folder / name).write_bytes(documents[name])
    return folder


def test_pages__22_lines_of_28_characters(printed):
    full = [page[:-1] for page in lines_of(printed / "long.pdf")[1:-2]]
    assert full
    for page in full:
        assert len(page) == 22
        assert {line.text for line in page} == {"督" * 28}
        pitches = [after.top - before.top for before, after in pairwise(page)]
        assert all(abs(pitch - PITCH) < 0.2 for pitch in pitches)
        assert page[0].top >= TOP
        assert page[-1].bottom <= BOTTOM + 0.5
        assert all(abs(line.left - LEFT) < 1 and RIGHT - 2 < line.right <= RIGHT + 0.5 for line in page)


@pytest.mark.parametrize("name", CASES)
def test_pages__numbered_odd_right_even_left_one_character_in(printed, name):
    pages = lines_of(printed / f"{name}.pdf")
    for number, page in enumerate(pages, 1):
        foot = page[-1]
        assert foot.text == f"—{number}—"
        if number % 2:
            assert foot.right == pytest.approx(RIGHT - 14, abs=1)
        else:
            assert foot.left == pytest.approx(LEFT + 14, abs=1)
        # 一字线 in the middle of the line, 7 mm below the text.
        assert (foot.top + foot.bottom) / 2 - BOTTOM == pytest.approx(7 / 25.4 * 72, abs=1)


@pytest.mark.parametrize("name", CASES)
def test_pages__every_character_and_none_outside(printed, name):
    pages = lines_of(printed / f"{name}.pdf")
    wanted = bare(read_word_text((printed / f"{name}.docx").read_bytes(), name))
    found = "".join(line.text for page in pages for line in page[:-1])
    # 草稿 stands in the header too, and 版记 comes last though it floats.
    assert found.replace("草稿" if name == "draft" else "", "") == wanted.replace("草稿" if name == "draft" else "", "")
    for page in pages:
        for line in page[:-1]:
            # LibreOffice lets a punctuation mark hang over the margin, as Word does not.
            hanging = 16 if re.search("[。、》”’,;:!?)]$", line.text) else 0.5
            assert line.left > LEFT - 1
            assert line.right < RIGHT + hanging, line.text
            assert line.bottom < BOTTOM + 1


@pytest.mark.parametrize("name", CASES)
def test_pages__the_imprint_stands_at_the_foot_of_the_last_page_and_text_beside_the_signature(printed, name):
    last = lines_of(printed / f"{name}.pdf")[-1]
    assert last[-2].text == "〔印发机关〕〔印发日期〕印发"
    assert BOTTOM - 10 < last[-2].bottom < BOTTOM + 1
    assert last[-3].text == "抄送:〔抄送机关〕。"
    texts = [line.text for line in last]
    date = last[texts.index("2023年9月6日")]
    office = last[texts.index("青澜区人民政府督查室")]
    assert (date.left + date.right) / 2 == pytest.approx((office.left + office.right) / 2, abs=1)
    # LibreOffice sets figures apart from the characters beside them; that makes the date half a character longer.
    assert RIGHT - date.right == pytest.approx(4 * 15.7, abs=8)
    assert any("加强督查" in text for text in texts)


def test_pages__fonts(printed):
    shown = subprocess.run(
        ["pdffonts", str(printed / "one.pdf")], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert "UKai" in shown
    assert "UMing" in shown or "FandolFang" in shown
    assert unescape(shown).count("yes") > 3
