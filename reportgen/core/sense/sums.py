"""Parts that must add up to their whole, and parts that must not exceed it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.sense.context import Bound, Figure, Reading, Role, Scope
from reportgen.core.sense.matching import overlap, scope_beside
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.records import SenseRow, finding
from reportgen.core.sense.units import MEASURES, PERCENT, UNKNOWN, same

_OPENS = re.compile("其中|包括|分别为|分别是")
_NEW_TOTAL = re.compile("共|合计|累计|总计|总数|总量")
_SAID_ANEW = re.compile("共|合计|折合|约合|即|原|拆分|相当于")  # a bracket that says the same figure in other terms
_SUMMED = re.compile("合计|共计|总计")
_AND_MORE = re.compile(r"[^，。；、]{0,8}等|[，、]?(?:其余|其他|另有|另外)")
_SOME = re.compile("主要|重点|仅|包括但|尤其|特别是|骨干|优秀")
_REST = re.compile("剩余|其余|尚余|余下|还剩|仅剩")
_FOUND = re.compile("排查|检查|发现|受理|接收|共|应|总|交办|收到|参加|报名|涉及|梳理|登记|摸排|参会|征集|接到|处理")
_DEALT_WITH = re.compile(
    "整改|办结|化解|解决|启动|开工|完工|建成|签约|拆除|通过|达成|销号|处置|整治|合格|竣工|答复|录用|调解|消除|修复|已"
)
_LISTED = 0.5  # parts that make up less than this of the whole are a choice, not a breakdown
_PAIR_LISTED = 0.75
_UNLIKELY = 2  # parts that make twice the whole belong to something else


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A whole and its parts; `is_open` says that the text does not claim to name them all."""

    whole: Figure
    parts: tuple[Figure, ...]
    is_open: bool = False


def sum_findings(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield the breakdowns of a text that do not add up, and the parts that exceed their whole."""
    told: set[int] = set()
    for breakdown in _breakdowns(reading):
        if id(breakdown.whole) in told:
            continue
        found = _wrong(row, breakdown, place)
        if found:
            told.add(id(breakdown.whole))
            yield found
    yield from _remainders(row, reading, place)
    yield from _excesses(row, reading, place)


def _breakdowns(reading: Reading) -> Iterator[Breakdown]:
    for index, piece in enumerate(reading.pieces):
        figures = [f for f in reading.figures if f.piece == index]
        if len(figures) < 2:
            continue
        for match in _OPENS.finditer(piece.text):
            yield from _opened(piece.text, figures, match.end())
        for figure in figures:
            end = figure.token.end
            if piece.text[end : end + 1] in ("（", "("):
                inside = [f for f in figures if f.token.start > end and f.depth == figure.depth + 1]
                parts = [f for f in _first_bracket(piece.text, end, inside) if _part_of(f, figure)]
                if not any(_SAID_ANEW.search(f.before) for f in parts):
                    yield Breakdown(figure, tuple(parts))
        for figure in figures:
            if _SUMMED.search(figure.before):
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
        if at and (_NEW_TOTAL.search(figure.before) or "支出" in figure.before and "收入" in listed[0].before):
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
            is_open = bool(_AND_MORE.match(tail)) or bool(_SOME.search(text[start : parts[0].token.start]))
            yield Breakdown(whole, parts, is_open)


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


def _wrong(row: SenseRow, breakdown: Breakdown, place: Place) -> Finding | None:
    whole, parts = breakdown.whole, breakdown.parts
    if not parts or not whole.value:
        return None
    has_falls = any(f.sign < 0 for f in parts)  # loans grew by 4, of which some fell by 8 and others grew by 12
    too_large = next(
        (f for f in parts if f.value > whole.token.high * Decimal("1.0001") and f.dimension == whole.dimension), None
    )
    if too_large and not has_falls and whole.bound is not Bound.AT_LEAST:
        return _exceeds(row, whole, too_large, place)
    if len(parts) < 2 or any(f.condition or f.bound in (Bound.AT_LEAST, Bound.AT_MOST) for f in parts):
        return None
    total = sum((-f.value if f.sign < 0 and whole.sign > 0 else f.value for f in parts), Decimal(0))
    gap = total - whole.value
    if abs(gap) <= _rounding(whole, parts) or total > whole.value * _UNLIKELY:
        return None
    if gap < 0 and (
        breakdown.is_open or total < whole.value * Decimal(str(_LISTED if len(parts) > 2 else _PAIR_LISTED))
    ):
        return None
    listed = "+".join(shown(f.value / whole.token.scale) for f in parts).replace("+-", "-")
    unit = whole.token.unit
    words = f"“{whole.quote}” → 各部分“{'、'.join(f.quote for f in parts)}”，{listed}={shown(total / whole.token.scale)}{unit}，"
    words += f"{'多' if gap > 0 else '少'}{shown(abs(gap) / whole.token.scale)}{unit}"
    return finding(
        Code.S04, row, words, first=whole.quote, second="、".join(f.quote for f in parts), place=place, related=place
    )


def _rounding(whole: Figure, parts: tuple[Figure, ...]) -> Decimal:
    """Return by how much rounded parts may miss their whole: half the coarsest last place, times the root of their
    number; counted things must add up exactly.
    """
    figures = (whole, *parts)
    if any(f.bound is Bound.ABOUT or f.token.more for f in figures):
        return abs(whole.value) / 20
    if not any(f.dimension in MEASURES or f.token.place > 1 for f in figures):
        return Decimal(0)
    coarsest = max(f.token.place for f in figures)
    return coarsest / 2 * Decimal(len(parts)).sqrt() * Decimal("1.01")


def _exceeds(row: SenseRow, whole: Figure, part: Figure, place: Place) -> Finding:
    gap = f"{shown((part.value - whole.value) / part.token.scale)}{part.token.unit}"
    words = f"“{whole.quote}” → “{part.quote}”，部分大于总数，多{gap}"
    return finding(Code.S06, row, words, first=whole.quote, second=part.quote, place=place, related=place)


def _remainders(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield 共420户，已签约386户，剩余44户."""
    for at, rest in enumerate(reading.figures):
        if not (rest.is_amount and _REST.search(rest.before) and not rest.depth):
            continue
        same_kind = [
            f for f in reading.figures[:at]
            if f.piece == rest.piece and f.sentence == rest.sentence and f.dimension == rest.dimension and not f.depth
        ]  # fmt: skip
        if len(same_kind) != 2:
            continue
        whole, done = same_kind
        if (
            whole.value < done.value
            or whole.value <= rest.value
            or overlap(whole.near, done.near) == 0
            and done.near
            and not _DEALT_WITH.search(done.before)
        ):
            continue
        gap = done.value + rest.value - whole.value
        if abs(gap) > _rounding(whole, (done, rest)):
            unit, scale = whole.token.unit, whole.token.scale
            words = (
                f"“{whole.quote}” → “{done.quote}，{rest.quote}”，{shown(done.value / scale)}+{shown(rest.value / scale)}"
                f"={shown((done.value + rest.value) / scale)}{unit}，{'多' if gap > 0 else '少'}{shown(abs(gap) / scale)}{unit}"
            )
            yield finding(
                Code.S04,
                row,
                words,
                first=whole.quote,
                second=f"{done.quote}，{rest.quote}",
                place=place,
                related=place,
            )


def _excesses(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield what cannot be more than what stands before it: mended of found, this month's of the year's."""
    figures = [
        f for f in reading.figures if f.is_amount and f.role in (Role.PLAIN, Role.STOCK) and f.dimension != UNKNOWN
    ]
    for at, later in enumerate(figures):
        for earlier in figures[max(0, at - 6) : at]:
            if earlier.piece != later.piece or earlier.dimension != later.dimension or earlier.depth != later.depth:
                continue
            if (
                _is_dealt_with(earlier, later)
                and later.value > earlier.value
                and not earlier.token.more
                and "其中" not in later.before
            ):
                yield _exceeds(row, earlier, later, place)
                continue
            scopes = [scope_beside(earlier, figures), scope_beside(later, figures)]
            if set(scopes) == {Scope.OWN, Scope.TOTAL} and _one_thing(earlier, later):
                own, total = (earlier, later) if scopes[0] is Scope.OWN else (later, earlier)
                if own.value > total.value and "其中" not in later.quote:
                    words = f"“{total.quote}” → “{own.quote}”，当月数大于累计数，多{shown((own.value - total.value) / own.token.scale)}{own.token.unit}"
                    yield finding(Code.S06, row, words, first=total.quote, second=own.quote, place=place, related=place)


def _is_dealt_with(earlier: Figure, later: Figure) -> bool:
    if earlier.sentence != later.sentence or earlier.scope is not later.scope or earlier.condition or later.condition:
        return False
    if not (_FOUND.search(earlier.before) and _DEALT_WITH.search(later.before)) or _FOUND.search(later.before):
        return False
    own_words = _own_words(later)
    return (
        not own_words
        or bool(own_words & _own_words(earlier))
        or later.clause - earlier.clause == 1
        and not later.after.strip()
    )


def _own_words(figure: Figure) -> frozenset[str]:
    """Return the pairs of a subject without the verbs that say what was done to it."""
    return frozenset(pair for pair in figure.near if not (_DEALT_WITH.search(pair) or _FOUND.search(pair)))


def _one_thing(one: Figure, other: Figure) -> bool:
    if one.condition != other.condition:
        return False
    if not one.near and not other.near:
        return abs(one.sentence - other.sentence) <= 1
    return (
        min(len(one.near), len(other.near)) >= 2
        and len(one.near & other.near) >= 0.7 * len(one.near | other.near) - 0.01
        or (overlap(one.near, other.near) == 1 and min(len(one.near), len(other.near)) >= 3)
    )
