"""Where the pages of a table begin, and which equal neighbours become one cell on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct


class Line(Struct, frozen=True):
    """A row of the printed table: its height; whether it is a heading of those below; whether it may cross pages."""

    height_pt: float
    is_heading: bool = False
    may_split: bool = False


def page_starts(lines: Sequence[Line], room_pt: float, first_room_pt: float) -> tuple[int, ...]:
    """Return which lines begin a page, that of the title aside; a heading is never the last on its page.

    `room_pt` is the room below the head, `first_room_pt` that below title and head.
    """
    return _laid_out(lines, room_pt, first_room_pt)[0]


def page_count(lines: Sequence[Line], room_pt: float, first_room_pt: float) -> int:
    """Return how many pages the lines take."""
    return _laid_out(lines, room_pt, first_room_pt)[1]


def _laid_out(lines: Sequence[Line], room_pt: float, first_room_pt: float) -> tuple[tuple[int, ...], int]:
    starts: list[int] = []
    count, left, is_top = 1, first_room_pt, True
    for index, line in enumerate(lines):
        needed = 0.0 if line.may_split else line.height_pt
        if line.is_heading and index + 1 < len(lines) and not lines[index + 1].may_split:
            needed += lines[index + 1].height_pt
        if needed > left and not is_top:
            starts.append(index)
            count, left = count + 1, room_pt
        left -= line.height_pt
        while left < 0:  # goes on over the page, or over pages
            count, left = count + 1, left + room_pt
        is_top = False
    return tuple(starts), count


def runs(texts: Sequence[str], breaks: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Return (first, last) of each run of equal neighbours; empty texts stay alone, and no run goes over a break.

    `breaks` are the places before which a run ends.
    """
    found: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(texts) + 1):
        if index < len(texts) and texts[index] == texts[first] and texts[first] and index not in breaks:
            continue
        if index - first > 1:
            found.append((first, index - 1))
        first = index
    return tuple(found)
