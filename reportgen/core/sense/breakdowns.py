"""Wholes and the parts a text gives of them: 共49人，其中刑事21人，行政28人; 10亿元（专款4亿元；债券6亿元）."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from reportgen.core.sense.figure import Figure, Reading
from reportgen.core.sense.meaning import Role
from reportgen.core.sense.units import PERCENT, same
from reportgen.core.sense.words import has_any

_OPENS = re.compile("其中|包括|分别为|分别是")
_NEW_TOTAL = ("共", "合计", "累计", "总计", "总数", "总量")
# A bracket with one of these says the same figure in other terms.
_SAID_ANEW = ("共", "合计", "折合", "约合", "即", "原", "拆分", "相当于")
_SUMMED = ("合计", "共计", "总计")
_AND_OTHERS = ("其余", "其他", "另有", "另外")
_ENDS = frozenset("，。；、")
_SOME = ("主要", "重点", "仅", "包括但", "尤其", "特别是", "骨干", "优秀")


class Breakdown(Struct, frozen=True):
    """A whole and its parts; `is_open` says that the text does not claim to name them all, `first_list` how many
    parts stand before the mark between them changes: 刑事21人、行政28人，涉及外省6人.
    """

    whole: Figure
    parts: tuple[Figure, ...]
    is_open: bool = False
    first_list: int = 0


def breakdowns(reading: Reading) -> Iterator[Breakdown]:
    """Yield each whole of a text with its parts, some wholes more than once."""
    for index, piece in enumerate(reading.pieces):
        figures = [f for f in reading.figures if f.piece == index]
        if len(figures) < 2:
            continue
        for match in _OPENS.finditer(piece.text):
            yield from _opened(piece.text, figures, match.end())
        for figure in figures:
            end = figure.token.end
            if piece.text.startswith(("（", "("), end):
                inside = [f for f in figures if f.token.start > end and f.depth == figure.depth + 1]
                parts = [f for f in _first_bracket(piece.text, end, inside) if _part_of(f, figure)]
                if not any(has_any(f.before, _SAID_ANEW) for f in parts):
                    yield Breakdown(figure, tuple(parts))
        for figure in figures:
            if has_any(figure.before, _SUMMED):
                before = [f for f in figures if f.token.end <= figure.token.start and f.sentence == figure.sentence]
                parts_before = [f for f in before if _part_of(f, figure) and f.depth == figure.depth]
                if (
                    len(parts_before) >= 2
                    and "其中" not in piece.text[parts_before[0].token.start : figure.token.start]
                ):
                    yield Breakdown(figure, tuple(parts_before))


def _first_bracket(text: str, opened: int, inside: list[Figure]) -> list[Figure]:
    depth, close = 0, len(text)
    for at in range(opened, len(text)):
        depth += (text[at] in "（(") - (text[at] in "）)")
        if not depth:
            close = at
            break
    return [f for f in inside if f.token.start < close]


def _opened(text: str, figures: list[Figure], start: int) -> Iterator[Breakdown]:
    """Yield a breakdown for each unit that is listed after 其中 at text[start]."""
    later = [f for f in figures if f.token.start >= start]
    if not later:
        return
    depth = later[0].depth
    end = _end_of_list(text, start, later, depth)
    listed = [f for f in later if f.token.start < end and f.depth == depth]
    for at, figure in enumerate(listed):
        if at and (
            has_any(figure.before, _NEW_TOTAL)
            or figure.before.startswith("已")
            or ("支出" in figure.before and "收入" in listed[0].before)
        ):
            listed = listed[:at]
            break
    head = [f for f in figures if f.token.end <= start and f.depth == depth and f.role is not Role.CONDITION]
    for dimension in dict.fromkeys(f.dimension for f in listed):
        whole = next((f for f in reversed(head) if same(f.dimension, dimension) and f.dimension != PERCENT), None)
        if whole is None or whole.sentence < listed[0].sentence - 1:
            continue
        parts = tuple(f for f in listed if f.dimension == dimension and _part_of(f, whole))
        tail = text[parts[-1].token.end : parts[-1].token.end + 12] if parts else ""
        if parts:
            is_open = _says_more(tail) or has_any(text[start : parts[0].token.start], _SOME)
            yield Breakdown(whole, parts, is_open, _first_list(text, parts))


def _says_more(tail: str) -> bool:
    """Tell whether the words after a list leave it open: 等, 其余."""
    if tail.startswith(_AND_OTHERS) or (tail.startswith(("，", "、")) and tail[1:].startswith(_AND_OTHERS)):
        return True
    at = tail.find("等", 0, 9)
    return at >= 0 and _ENDS.isdisjoint(tail[:at])


def _first_list(text: str, parts: tuple[Figure, ...]) -> int:
    between = [text[one.token.end : other.token.start] for one, other in pairwise(parts)]
    kinds = [mark.group(0) if (mark := re.search("[、，；]", words)) else "" for words in between]
    return next((at for at, kind in enumerate(kinds, 1) if kind != kinds[0]), len(parts))


def _end_of_list(text: str, start: int, later: list[Figure], depth: int) -> int:
    stops = [at for mark in "。\n！" if (at := text.find(mark, start)) >= 0]
    again = _OPENS.search(text, start)
    if again:
        stops.append(again.start())
    end = min(stops, default=len(text))
    semicolon = text.find("；", start)
    if depth == 0 and 0 <= semicolon < end and text[start : start + 1] not in "：:":
        first = [f for f in later if f.token.start < semicolon and f.depth == depth]
        if len(first) != 1:
            return semicolon
    return end


def _part_of(figure: Figure, whole: Figure) -> bool:
    return same(figure.dimension, whole.dimension) and figure.role in (Role.PLAIN, Role.FORECAST, Role.STOCK)
