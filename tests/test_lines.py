"""The estimator of lines and heights, and the cutting of texts that are too high for a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.estimator import compared, samples
from reportgen.core.lines import count_lines, max_lines, row_height_pt, split_to_height, width_em

TEXT = st.text(st.sampled_from("建设完成。，（）“”—…·A1.5% \n"), max_size=200)


@pytest.mark.parametrize(
    ("text", "em"),
    [("建设", 2.0), ("5.5%", 2.0), ("“”—…·", 5.0), ("高  晋", 3.0), ("Ⅲ㎡", 2.0), ("", 0.0)],
)
def test_width_em__cjk_and_full_width_signs_are_one_em(text, em):
    assert width_em(text) == em


@pytest.mark.parametrize(
    ("text", "available", "lines"),
    [
        ("", 10, 1),
        ("一二三四五六七八九十", 10, 1),
        ("一二三四五六七八九十一", 10, 2),
        ("一\n\n二", 10, 3),
        ("一二三四五六七八九12345", 10, 2),  # figures are kept whole
        ("一二三四五六七八九十。", 10, 2),
        ("abcdefghijklmnopqrstuvwxyz", 10, 2),  # a word wider than the column is cut
        ("一二三四五六七八九十   一", 10, 2),  # spaces at the end of a line take no room
        ("ISO9001/GB-T19001,100%+50.5%", 7.8, 3),  # broken at its marks: ISO9001/GB- T19001,100% +50.5%
        ("一二三四五六七八九。1十二三四五六七八九", 10, 3),  # 九。1 stay together
        ("一二三四五六七八、“3+2”二三四五六七八", 10, 3),  # and 八、“3
        ("一二三四五六七八九-12日三四五六七八九", 10, 3),  # and 九-12
    ],
)
def test_count_lines__as_the_office_programs_wrap(text, available, lines):
    assert count_lines(text, available) == lines


def test_count_lines__a_gap_between_chinese_and_figures_takes_room():
    assert count_lines("累计开工45个", 6) == 1
    assert count_lines("累计开工45个", 6, gap_em=0.25) == 2


@pytest.mark.office
def test_count_lines__never_below_what_is_printed():
    for pairs in compared(samples(500)).values():
        assert [(estimated, shown) for estimated, shown in pairs if estimated < shown] == []
        assert sum(estimated - shown <= 1 for estimated, shown in pairs) >= 0.95 * len(pairs)


@given(TEXT, st.integers(4, 30), st.integers(2, 8))
def test_split_to_height__pieces_fit_and_make_up_the_text(text, available, lines):
    pieces = split_to_height(text, available, lines)
    assert "".join(pieces) == text
    assert all(pieces) or not text
    assert all(count_lines(piece, available) <= lines for piece in pieces[:-1])


def test_split_to_height__cuts_where_a_sentence_ends():
    text = "完成主体施工，进入装修阶段。" * 20
    pieces = split_to_height(text, 16, 10)
    assert len(pieces) == 2
    assert all(piece.endswith("。") for piece in pieces)


def test_split_to_height__a_text_that_fits_is_one_piece():
    assert split_to_height("完成。", 16, 1) == ("完成。",)


@pytest.mark.parametrize("lines", [1, 2, 10, 24])
def test_max_lines__undoes_row_height_pt(lines):
    assert max_lines(row_height_pt(lines, 12), 12) == lines
