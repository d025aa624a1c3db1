"""This period beside the last: cumulative figures do not fall, and grow by what the month itself brought."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.core.findings import Code, Finding
from reportgen.core.sense.context import read
from reportgen.core.sense.figure import Figure, Reading, size
from reportgen.core.sense.matching import likeness, scope_beside
from reportgen.core.sense.meaning import Bound, Role, Scope
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.pieces import alike
from reportgen.core.sense.records import SenseRow, finding
from reportgen.core.sense.units import MEASURES, PERCENT
from reportgen.core.sense.words import ends_in, has_any

_SO_FAR = ("已", "共", "目前")
_PROGRESS = ("完成", "进度")
_SAME_SUBJECT = 0.55


def month_findings(row: SenseRow, now: Reading) -> Iterator[Finding]:
    """Yield the cumulative figures that contradict those of the period before."""
    cumulative = [figure for figure in now.figures if _is_cumulative(figure)]
    if not cumulative:
        return
    last = read(row.last_completion)
    for figure in cumulative:
        earlier = _same_figure(figure, last)
        if earlier is None:
            continue
        if figure.token.high < earlier.token.low and Bound.ABOUT not in (figure.bound, earlier.bound):
            gap = size(earlier.value - figure.value, figure)
            words = f"上期“{earlier.quote}” → 本期“{figure.quote}”，累计数比上期少{gap}"
            yield finding(Code.S07, row, words, first=earlier.quote, second=figure.quote, related=row.completion_place)
        else:
            yield from _unequal(row, figure, earlier, now)


def _is_cumulative(figure: Figure) -> bool:
    if figure.depth or not (_is_progress(figure) if figure.dimension == PERCENT else _is_so_far(figure)):
        return False
    return figure.role is Role.PLAIN and not figure.is_change and not figure.is_each


def _is_progress(figure: Figure) -> bool:
    before = figure.before
    return has_any(before, _PROGRESS) and "占" not in before and not ends_in(before, ("率",), ("为", "达", "达到"))


def _is_so_far(figure: Figure) -> bool:
    if not figure.is_amount or figure.scope is Scope.OWN:
        return False
    return figure.scope is Scope.TOTAL or has_any(figure.before, _SO_FAR)


def _same_figure(figure: Figure, last: Reading) -> Figure | None:
    """Return the cumulative figure of the same subject in the last period's answer, None when no single one is."""
    found = [
        f for f in last.figures
        if f.dimension == figure.dimension and _is_cumulative(f) and f.condition == figure.condition
        and (not figure.label or not f.label or alike(f.label, figure.label))
        and _likeness(figure, f) >= _SAME_SUBJECT
    ]  # fmt: skip
    if len(found) > 1:
        best = max(_likeness(figure, f) for f in found)
        found = [f for f in found if _likeness(figure, f) >= best - 0.01]
    return found[0] if len(found) == 1 else None


def _likeness(one: Figure, other: Figure) -> float:
    """Return how alike two subjects are; the same words are more alike than the same subject."""
    alike_words = likeness(one, other) if one.near or other.near else 1.0
    same_words = one.before.strip() == other.before.strip() and one.after[:4] == other.after[:4]
    return alike_words + (0.1 if same_words else 0.0)


def _unequal(row: SenseRow, figure: Figure, earlier: Figure, now: Reading) -> Iterator[Finding]:
    """Yield where last period's figure and this month's own do not make the new one."""
    if figure.dimension == PERCENT:
        return
    own = [
        f for f in now.figures
        if f is not figure and f.dimension == figure.dimension and not f.depth and f.label == figure.label
        and f.condition == figure.condition
        and ((_is_own(f, now) and _likeness(f, figure) >= _SAME_SUBJECT) or _is_step(f, figure))
    ]  # fmt: skip
    if len(own) != 1:
        return
    month = own[0]
    gap = earlier.value + month.value - figure.value
    figures = (earlier, month, figure)
    if any(f.bound is not Bound.EXACT or f.token.more for f in figures):
        return
    coarsest = max(f.token.place for f in figures)
    slack = coarsest if figure.dimension in MEASURES or coarsest > 1 else 0
    if abs(gap) > slack:
        scale = figure.token.scale
        addends = f"{shown(earlier.value / scale)}+{shown(month.value / scale)}"
        words = f"上期“{earlier.quote}”、本月“{month.quote}” → 本期“{figure.quote}”，"
        words += f"{addends}={size(earlier.value + month.value, figure)}"
        yield finding(Code.S08, row, words, first=earlier.quote, second=figure.quote, related=row.completion_place)


def _is_own(figure: Figure, now: Reading) -> bool:
    return figure.role is Role.PLAIN and scope_beside(figure, now.figures) is Scope.OWN


def _is_step(figure: Figure, total: Figure) -> bool:
    """Tell whether a figure is the growth since last month of the figure just before it: 较7月底增加1383人."""
    return (
        figure.role is Role.DIFFERENCE
        and figure.sentence == total.sentence
        and figure.piece == total.piece
        and 0 < figure.clause - total.clause <= 2
        and has_any(figure.quote, ("上月", "月底", "月末"))
        and "增" in figure.before
    )
