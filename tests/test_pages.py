"""Where pages begin, and which neighbours become one cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.pages import Line, page_starts, runs


def lines(*heights: float) -> list[Line]:
    return [Line(height) for height in heights]


@pytest.mark.parametrize(
    ("heights", "starts"),
    [
        ((40, 40, 20), ()),
        ((40, 40, 21), (2,)),
        ((90, 60, 40, 1), (1, 3)),
        ((250, 50, 50), (2,)),  # ends 50 below the top of its third page
        ((), ()),
    ],
)
def test_page_starts__rows_that_do_not_fit_go_over(heights, starts):
    assert page_starts(lines(*heights), 100, 100) == starts


def test_page_starts__the_title_takes_room_on_the_first_page():
    assert page_starts(lines(30, 30, 30, 30), 100, 50) == (1,)


def test_page_starts__a_heading_goes_over_with_its_row():
    assert page_starts([Line(70), Line(20, is_heading=True), Line(30)], 100, 100) == (1,)


def test_page_starts__a_row_that_may_split_begins_where_there_is_room():
    assert page_starts([Line(70), Line(180, may_split=True), Line(40), Line(20)], 100, 100) == (3,)


@pytest.mark.parametrize(
    ("texts", "breaks", "found"),
    [
        (["甲", "甲", "乙", "甲"], (), ((0, 1),)),
        (["甲", "甲", "甲", "甲"], (2,), ((0, 1), (2, 3))),
        (["甲", "甲", "甲"], (1,), ((1, 2),)),
        (["", "", "乙"], (), ()),
        ([], (), ()),
    ],
)
def test_runs__equal_neighbours_up_to_a_break(texts, breaks, found):
    assert runs(texts, breaks) == found


@given(st.lists(st.sampled_from(["", "甲", "乙"]), max_size=20), st.sets(st.integers(0, 20)))
def test_runs__hold_equal_texts_and_no_break(texts, breaks):
    for first, last in runs(texts, breaks):
        assert last > first
        assert len(set(texts[first : last + 1])) == 1
        assert texts[first]
        assert not breaks & set(range(first + 1, last + 1))
