"""Which figure of the answer speaks of which figure of the target: by unit, subject words, label and order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from reportgen.core.sense.figure import Figure, Reading
from reportgen.core.sense.meaning import Role, Scope
from reportgen.core.sense.pieces import alike
from reportgen.core.sense.token import Kind
from reportgen.core.sense.units import PERCENT, POINTS, kin, same

_ANSWERS = (Role.PLAIN, Role.FORECAST, Role.STOCK, Role.DIFFERENCE, Role.PER)
_COUNTED_LOOSELY = frozenset(
    {"个", "家", "户", "人", "项", "次", "处", "条", "件", "场", "天", "月", "年", "小时", "人次"}
)
_CLOSE = 0.15  # an answer this near to the best one may be the one that is meant
_ENOUGH = 0.3
_FEW = 2  # a subject of so few pairs of characters is told from others by its sentence
_TAKEN_OF = re.compile("任务|总量|工程量|总投资|总工程")  # what a share is usually of
_MOST = 120  # figures compared of a row; no real one has half as many


class Match(Struct, frozen=True):
    """A target figure, the answer's figure for it, and other figures it might as well be."""

    target: Figure
    answer: Figure
    others: tuple[Figure, ...]
    scope: Scope


class Matching(Struct, frozen=True):
    """All matches of a row, and the target figures that nothing answers."""

    matches: tuple[Match, ...]
    unanswered: tuple[Figure, ...]


def matched(target: Reading, answer: Reading) -> Matching:
    """Return which figures of `answer` speak of the figures of `target`."""
    asks = target.asks[:_MOST]
    if not asks:
        return Matching((), ())
    labels = [piece.label for piece in target.pieces]
    answers = list(answer.figures)
    if len(answers) > _MOST or any(labels):  # otherwise only those of a fitting unit are asked what they are
        answers = [f for f in answers if f.role in _ANSWERS][:_MOST]
    matches: list[Match] = []
    unanswered: list[Figure] = []
    for label in dict.fromkeys(f.label for f in asks):
        group = [f for f in asks if f.label == label]
        found = _candidates(label, labels, answers)
        done, left = _assigned(group, found)
        matches += done
        unanswered += left
    return Matching(tuple(matches), tuple(unanswered))


def _candidates(label: str, labels: list[str], answers: list[Figure]) -> list[Figure]:
    if not label:
        return answers
    own = [f for f in answers if alike(f.label, label)]
    return own or [f for f in answers if not any(alike(f.label, other) for other in labels)]


def _assigned(asks: list[Figure], answers: list[Figure]) -> tuple[list[Match], list[Figure]]:
    fitting = [
        [j for j, answer in enumerate(answers) if _comparable(ask, answer) and answer.role in _ANSWERS] for ask in asks
    ]
    wanted = Counter(j for found in fitting for j in found)
    scores: list[tuple[float, int, int]] = []
    for i, found in enumerate(fitting):
        if not found:
            continue
        ask = asks[i]
        if len(found) == 1 and wanted[found[0]] == 1 and _least_score(ask, answers[found[0]]) >= _ENOUGH:
            scores.append((_ENOUGH, i, found[0]))  # with nothing to choose from, more than enough is no better
            continue
        rivals = [at for at, other in enumerate(asks) if _comparable(other, ask)]
        order = sum(at < i for at in rivals)
        only = len(rivals) == 1 and sum(not answers[j].is_part for j in found) <= 1
        for position, j in enumerate(found):
            score = _score(ask, answers[j], only) + (0.06 if position == order else 0.0)
            if score >= _ENOUGH:
                scores.append((score, i, j))
    taken: dict[int, tuple[int, float]] = {}
    used: set[int] = set()
    for score, i, j in sorted(scores, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if i not in taken and j not in used:
            taken[i] = (j, score)
            used.add(j)
    matches = []
    for i, (j, best) in sorted(taken.items()):
        others = tuple(answers[b] for score, a, b in scores if a == i and b not in used and score >= best - _CLOSE)
        matches.append(Match(asks[i], answers[j], others, scope_beside(asks[i], asks)))
    return matches, [ask for i, ask in enumerate(asks) if i not in taken]


def scope_beside(figure: Figure, figures: Sequence[Figure]) -> Scope:
    """Return the time a figure covers: beside a cumulative one of the same subject, the other is the month's."""
    if figure.scope is Scope.UNSAID and figure.role is Role.PLAIN and any(
        other.scope is Scope.TOTAL and other.label == figure.label and same(other.dimension, figure.dimension)
        and overlap(other.near, figure.near) > 0.6 and not other.is_part and other.condition == figure.condition
        for other in figures
    ):  # fmt: skip
        return Scope.OWN
    return figure.scope


def _comparable(one: Figure, other: Figure) -> bool:
    are_same = same(one.dimension, other.dimension)
    if one.token.kind is not other.token.kind or not (are_same or kin(one.dimension, other.dimension)):
        return False
    if one.token.kind is Kind.ORDINAL:
        return one.dimension == other.dimension
    if (one.role is Role.DIFFERENCE) != (other.role is Role.DIFFERENCE) and one.dimension not in (PERCENT, POINTS):
        return False
    if (one.role is Role.PER) != (other.role is Role.PER) or one.is_change != other.is_change:
        return False
    if one.condition and other.condition and one.condition != other.condition:
        return False
    return are_same or overlap(one.near, other.near) >= 0.5


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set that the other holds too, 0 when one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def likeness(one: Figure, other: Figure) -> float:
    """Return how alike the subjects of two figures are, 0 to 1, by pairs of characters, weaker by single ones."""
    common = one.near & other.near
    if not common:
        return _loosely(one, other)
    smaller, union = min(len(one.near), len(other.near)), len(one.near) + len(other.near) - len(common)
    close = 0.75 * (len(common) / smaller) + 0.25 * len(common) / union
    return close if close >= 0.5 else max(close, _loosely(one, other))


def _loosely(one: Figure, other: Figure) -> float:
    return 0.5 * overlap(one.loose, other.loose)


def _score(ask: Figure, answer: Figure, only: bool) -> float:
    around = _around(ask, answer)
    score = likeness(ask, answer) + (0.6 if min(len(ask.near), len(answer.near)) <= _FEW else 0.3) * around
    same_place = bool(ask.label and alike(ask.label, answer.label)) or bool(ask.number and ask.number == answer.number)
    if only and (same_place or around >= 0.15 or not ask.near or not answer.is_named):
        loosely = ask.dimension in _COUNTED_LOOSELY
        score += 0.3 if same_place or not loosely or around >= 0.3 else 0.1
    return score + _of_one_item(ask, answer) + _bonuses(ask, answer)


def _least_score(ask: Figure, answer: Figure) -> float:
    """Return the score without what the sentences around can only add to it."""
    return likeness(ask, answer) + _of_one_item(ask, answer) + _bonuses(ask, answer)


def _of_one_item(ask: Figure, answer: Figure) -> float:
    if ask.number and answer.number:
        return 0.2 if ask.number == answer.number else -0.25
    return 0.0


def _around(ask: Figure, answer: Figure) -> float:
    """Return how far the sentences of two figures speak of the same, or one of the other's subject."""
    found = overlap(ask.wide, answer.wide)
    if ask.is_named:
        found = max(found, 0.8 * overlap(ask.near, answer.wide))
    if answer.is_named:
        found = max(found, 0.8 * overlap(answer.near, ask.wide))
    return found


def _bonuses(ask: Figure, answer: Figure) -> float:
    score = _of_one_time(ask, answer) + _of_one_whole(ask, answer)
    if ask.condition or answer.condition:
        score += 0.4 if ask.condition == answer.condition else -0.5
    if ask.dimension != answer.dimension:
        score -= 0.2
    elif ask.token.unit == answer.token.unit:
        score += 0.02
    if answer.role in (Role.FORECAST, Role.STOCK) and ask.role is not answer.role:
        score -= 0.15
    return score


def _of_one_time(ask: Figure, answer: Figure) -> float:
    if ask.scope is not Scope.UNSAID and answer.scope is not Scope.UNSAID:
        return 0.15 if ask.scope is answer.scope else -0.3
    return -0.1 if answer.scope is Scope.OWN else 0.0


def _of_one_whole(ask: Figure, answer: Figure) -> float:
    """Return what speaks for two shares of the same thing, and against a part where the whole is asked."""
    score = 0.0
    if ask.is_share and answer.is_share and not _taken_of(ask).isdisjoint(_taken_of(answer)):
        score += 0.3
    elif ("占" in answer.before) != ("占" in ask.before):
        score -= 0.25
    if answer.is_part and not ask.is_part:
        return score - 0.25
    return score - 0.3 if answer.depth > ask.depth else score


def _taken_of(figure: Figure) -> frozenset[str]:
    return frozenset(_TAKEN_OF.findall(figure.before))
