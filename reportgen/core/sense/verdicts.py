"""Whether a figure of the answer reaches a figure of the target, and by how much it does not."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from msgspec import Struct

from reportgen.core.sense.figure import Figure, size
from reportgen.core.sense.meaning import Bound, Scope
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.token import Kind

_ABOUT = Decimal("0.1")  # 15%左右 is reached by 13.5 %
_NEARLY = Decimal("0.05")  # an answer of 约2万吨 may stand for 2.1


class Outcome(Enum):
    """What comparing two figures gives; UNSURE where they do not cover the same time."""

    MET = "met"
    SHORT = "short"
    OVER = "over"
    REVERSED = "reversed"
    UNSURE = "unsure"


class Verdict(Struct, frozen=True):
    """The outcome with its words: 低于目标58亩."""

    outcome: Outcome
    words: str = ""

    @property
    def fails(self) -> bool:
        return self.outcome in (Outcome.SHORT, Outcome.OVER, Outcome.REVERSED)


def judged(target: Figure, answer: Figure, target_scope: Scope) -> Verdict:
    """Return whether `answer` reaches `target`, a figure for `target_scope`."""
    if target.token.kind is Kind.ORDINAL:
        return _by_order(target, answer)
    if target.sign and answer.sign and target.sign != answer.sign and answer.value:
        return Verdict(Outcome.REVERSED, f"方向相反（{_moves(target)}→{_moves(answer)}）")
    verdict = _under(target, answer) if _is_ceiling(target) else _over(target, answer)
    return _within_scope(verdict, target_scope, answer.scope)


def _moves(figure: Figure) -> str:
    return "升" if figure.sign > 0 else "降"


def _within_scope(verdict: Verdict, target: Scope, answer: Scope) -> Verdict:
    """Return the verdict where it holds although one figure is the month's own and the other the year's."""
    if target is Scope.TOTAL and answer is Scope.OWN and verdict.outcome is not Outcome.MET:
        return Verdict(Outcome.UNSURE)
    if target is Scope.OWN and answer is Scope.TOTAL and verdict.outcome is Outcome.MET:
        return Verdict(Outcome.UNSURE)
    return verdict


def _is_ceiling(target: Figure) -> bool:
    if target.bound is Bound.AT_MOST:
        return target.sign >= 0
    return target.bound in (Bound.EXACT, Bound.ABOUT) and target.token.unit != "" and target.lower_is_better


def _by_order(target: Figure, answer: Figure) -> Verdict:
    if target.dimension == "rank":
        worse = answer.value > target.value
        return (
            Verdict(Outcome.OVER, f"名次低于目标{shown(answer.value - target.value)}位")
            if worse
            else Verdict(Outcome.MET)
        )
    if answer.value < target.value:
        return Verdict(Outcome.SHORT, f"早于目标的第{shown(target.value)}{target.token.unit}")
    return Verdict(Outcome.MET)


def _over(target: Figure, answer: Figure) -> Verdict:
    wanted, reached = abs(target.token.low), abs(answer.token.high)
    if answer.bound is Bound.NOT_REACHED:
        short = reached <= wanted
        return Verdict(Outcome.SHORT, f"不足{size(reached, target)}，未达目标") if short else Verdict(Outcome.UNSURE)
    if answer.is_each and not target.is_each:
        reached *= max(2, 1 + answer.before.count("、") + answer.lead[-16:].count("、"))
    gap = wanted - reached
    if gap <= _slack(target, answer, wanted, reached):
        return Verdict(Outcome.MET)
    return Verdict(Outcome.SHORT, f"低于目标{size(gap, target)}{_converted(target, answer, reached)}")


def _under(target: Figure, answer: Figure) -> Verdict:
    limit, reached = target.token.high, answer.token.low
    gap = reached - limit
    if answer.bound in (Bound.NOT_REACHED, Bound.AT_MOST) and gap <= 0:
        return Verdict(Outcome.MET)
    if gap <= _slack(target, answer, limit, reached):
        return Verdict(Outcome.MET)
    return Verdict(Outcome.OVER, f"高于目标{size(gap, target)}{_converted(target, answer, reached)}")


def _slack(target: Figure, answer: Figure, wanted: Decimal, reached: Decimal) -> Decimal:
    """Return by how much the answer may miss the target: 左右, 约, a fraction, or coarser printed units."""
    slack = Decimal(0)
    if target.bound is Bound.ABOUT:
        slack = wanted * _ABOUT
    if answer.bound is Bound.ABOUT:
        slack = max(slack, reached * _NEARLY)
    if target.token.is_fraction or answer.token.is_fraction:
        slack = max(slack, answer.token.place, Decimal("0.01"))
    if target.token.scale < answer.token.scale and answer.token.place > target.token.place:
        slack = max(slack, answer.token.place / 2)
    return slack


def _converted(target: Figure, answer: Figure, reached: Decimal) -> str:
    """Return the answer in the target's unit where the two are written in different ones."""
    if target.token.scale == answer.token.scale:
        return ""
    return f"（折合{shown(reached / target.token.scale)}{target.token.unit}）"
