"""Parts that must add up to their whole, and parts that must not exceed it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.sense.breakdowns import Breakdown, breakdowns
from reportgen.core.sense.figure import Figure, Reading, size
from reportgen.core.sense.matching import overlap, scope_beside
from reportgen.core.sense.meaning import Bound, Role, Scope
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.records import SenseRow, finding
from reportgen.core.sense.units import MEASURES, UNKNOWN
from reportgen.core.sense.words import has_any

_REST = ("剩余", "其余", "尚余", "余下", "还剩", "仅剩")
_FOUND = (
    "排查", "检查", "发现", "受理", "接收", "共", "应", "总", "交办", "收到", "参加", "报名", "涉及", "梳理", "登记",
    "摸排", "参会", "征集", "接到", "处理",
)  # fmt: skip
_DEALT_WITH = (
    "整改", "办结", "化解", "解决", "启动", "开工", "完工", "建成", "签约", "拆除", "通过", "达成", "销号", "处置",
    "整治", "合格", "竣工", "答复", "录用", "调解", "消除", "修复", "已",
)  # fmt: skip
_LISTED = Decimal("0.5")  # parts that make up less than this of the whole are a choice, not a breakdown
_PAIR_LISTED = Decimal("0.75")
_UNLIKELY = 2  # parts that make twice the whole belong to something else


def sum_findings(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield the breakdowns of a text that do not add up, and the parts that exceed their whole."""
    if len(reading.figures) < 2:
        return
    told: set[int] = set()
    for breakdown in breakdowns(reading):
        if id(breakdown.whole) in told:
            continue
        found = _wrong(row, breakdown, place)
        if found:
            told.add(id(breakdown.whole))
            yield found
    yield from _remainders(row, reading, place)
    yield from _excesses(row, reading, place)


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
    total = sum((_signed(part, whole) for part in parts), Decimal(0))
    gap = total - whole.value
    if _adds_up(breakdown) or total > whole.value * _UNLIKELY:
        return None
    listed = _LISTED if len(parts) > 2 else _PAIR_LISTED
    if gap < 0 and (breakdown.is_open or total < whole.value * listed):
        return None
    return _unequal(row, whole, parts, total, place)


def _adds_up(breakdown: Breakdown) -> bool:
    """Tell whether the parts make the whole, or those do that stand in one list before another begins."""
    whole, parts = breakdown.whole, breakdown.parts
    return any(
        abs(sum((_signed(part, whole) for part in run), Decimal(0)) - whole.value) <= _rounding(whole, run)
        for run in (parts, parts[: breakdown.first_list])
    )


def _signed(part: Figure, whole: Figure) -> Decimal:
    return -part.value if part.sign < 0 < whole.sign else part.value


def _unequal(row: SenseRow, whole: Figure, parts: tuple[Figure, ...], total: Decimal, place: Place) -> Finding:
    """Return the finding that the parts of a whole make `total`."""
    named = "、".join(part.quote for part in parts)
    addends = "+".join(shown(_signed(part, whole) / whole.token.scale) for part in parts).replace("+-", "-")
    gap = total - whole.value
    words = f"“{whole.quote}” → 各部分“{named}”，{addends}={size(total, whole)}，"
    words += f"{'多' if gap > 0 else '少'}{size(abs(gap), whole)}"
    return finding(Code.S04, row, words, first=whole.quote, second=named, place=place, related=place)


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
    words = f"“{whole.quote}” → “{part.quote}”，多{size(part.value - whole.value, part)}"
    return finding(Code.S06, row, words, first=whole.quote, second=part.quote, place=place, related=place)


def _remainders(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield 共420户，已签约386户，剩余44户."""
    for at, rest in enumerate(reading.figures):
        if not (rest.is_amount and has_any(rest.before, _REST) and not rest.depth):
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
            or (overlap(whole.near, done.near) == 0 and done.near and not has_any(done.before, _DEALT_WITH))
        ):
            continue
        total = done.value + rest.value
        if abs(total - whole.value) > _rounding(whole, (done, rest)):
            yield _unequal(row, whole, (done, rest), total, place)


def _excesses(row: SenseRow, reading: Reading, place: Place) -> Iterator[Finding]:
    """Yield what cannot be more than what stands before it: mended of found, this month's of the year's."""
    amounts = [f for f in reading.figures if f.is_amount and f.dimension != UNKNOWN]
    if len({f.dimension for f in amounts}) == len(amounts):
        return
    figures = [f for f in amounts if f.role in (Role.PLAIN, Role.STOCK)]
    for at, later in enumerate(figures):
        for earlier in figures[max(0, at - 6) : at]:
            if earlier.piece != later.piece or earlier.dimension != later.dimension or earlier.depth != later.depth:
                continue
            if _is_dealt_with(earlier, later) and later.value > earlier.value:
                yield _exceeds(row, earlier, later, place)
            elif _is_more_than_all(earlier, later, figures):
                total, own = sorted((earlier, later), key=lambda figure: figure.value)
                yield _exceeds(row, total, own, place)


def _is_more_than_all(earlier: Figure, later: Figure, figures: list[Figure]) -> bool:
    """Tell whether one of two figures for the same thing is the month's own and larger than the other, the year's."""
    scopes = [scope_beside(earlier, figures), scope_beside(later, figures)]
    if set(scopes) != {Scope.OWN, Scope.TOTAL} or not _one_thing(earlier, later) or "其中" in later.quote:
        return False
    own, total = (earlier, later) if scopes[0] is Scope.OWN else (later, earlier)
    return own.value > total.value


def _is_dealt_with(earlier: Figure, later: Figure) -> bool:
    if earlier.sentence != later.sentence or earlier.scope is not later.scope or earlier.condition or later.condition:
        return False
    if earlier.token.more or "其中" in later.before:  # 其中 is a breakdown's
        return False
    if not (has_any(earlier.before, _FOUND) and has_any(later.before, _DEALT_WITH)) or has_any(later.before, _FOUND):
        return False
    own_words = _own_words(later)
    return (
        not own_words
        or bool(own_words & _own_words(earlier))
        or (later.clause - earlier.clause == 1 and not later.after.strip())
    )


def _own_words(figure: Figure) -> frozenset[str]:
    """Return the pairs of a subject without the verbs that say what was done to it."""
    return frozenset(pair for pair in figure.near if not (has_any(pair, _DEALT_WITH) or has_any(pair, _FOUND)))


def _one_thing(one: Figure, other: Figure) -> bool:
    if one.condition != other.condition:
        return False
    if not one.near and not other.near:
        return abs(one.sentence - other.sentence) <= 1
    common, smaller = len(one.near & other.near), min(len(one.near), len(other.near))
    return smaller >= 2 and (common >= 0.7 * len(one.near | other.near) or (common == smaller and smaller >= 3))
