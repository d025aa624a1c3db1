"""Figures: quantities with what stands around them, as the checks use them."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from reportgen.core.sense.bearing import BOUND_AFTER, Around, bound_of, direction_of, is_condition, role_of
from reportgen.core.sense.lazy import lazy
from reportgen.core.sense.meaning import Bound, Role, Scope
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.passage import Passage
from reportgen.core.sense.pieces import Piece
from reportgen.core.sense.subjects import pairs, singles
from reportgen.core.sense.token import Kind, Token
from reportgen.core.sense.units import PERCENT, POINTS
from reportgen.core.sense.words import has_any

_ASKS = (Role.PLAIN, Role.FORECAST, Role.PLAN, Role.DIFFERENCE, Role.PER, Role.STOCK)
_EACH = ("各", "各自", "各有", "各设", "各建")
_LOWER_IS_BETTER = (
    "浓度", "漏损率", "失业率", "不良率", "不良贷款率", "负债率", "死亡", "事故起数", "事故数", "发案", "投诉率",
    "空置率", "时限", "超标", "差评率", "空气质量综合指数", "大气综合指数", "空气综合指数", "能耗强度", "污水直排",
    "信访量", "逾期率", "撂荒",
)  # fmt: skip
_PRICES = ("消费价格", "物价", "CPI", "房价")


class Figure(Struct, frozen=True, dict=True, eq=False):
    """A quantity where it stands: in which sentence and clause of its piece, how deep in brackets, and `left`, where
    the words before it begin; `last` is the figure before it, `neighbour` that one where no date stands between. What
    it means is worked out when a check asks for it: most figures are never asked most of it.

    Of figures that are shared out, `name` is the one of 甲、乙 that is meant, `shared` what is said of all.
    """

    token: Token
    before: str
    around: Around
    passage: Passage
    sentence: int
    clause: int
    depth: int
    left: int
    last: Figure | None
    neighbour: Figure | None
    name: str = ""
    shared: str = ""

    @property
    def value(self) -> Decimal:
        return self.token.low

    @property
    def dimension(self) -> str:
        return self.token.dimension

    @property
    def piece(self) -> int:
        """Which piece of its text it stands in, counted from 0."""
        return self.passage.index

    @property
    def label(self) -> str:
        return self.passage.piece.label

    @property
    def number(self) -> int:
        return self.passage.piece.number

    @property
    def after(self) -> str:
        return self.around.after

    @property
    def lead(self) -> str:
        return self.around.lead

    @lazy
    def role(self) -> Role:
        return role_of(self.around)

    @lazy
    def bound(self) -> Bound:
        return bound_of(self.around)

    @lazy
    def _direction(self) -> tuple[bool, int]:
        return direction_of(self.around)

    @property
    def is_change(self) -> bool:
        return self._direction[0]

    @property
    def sign(self) -> int:
        """-1 for a fall, 1 for a rise, 0 where nothing moves."""
        return self._direction[1]

    @lazy
    def scope(self) -> Scope:
        return self.passage.scope(self.token.start, self.sentence)

    @lazy
    def condition(self) -> str:
        """The condition that stands before it in its clause, as value and dimension, "" without one."""
        if self.neighbour is None or self.neighbour.token.kind is not Kind.AMOUNT:
            return ""
        if not is_condition(self.neighbour.around):
            return ""
        token = self.neighbour.token
        return f"{token.low.normalize()}{token.dimension}"

    @lazy
    def quote(self) -> str:
        text = self.passage.text
        start = self.neighbour.token.start if self.neighbour and self.condition else self.left
        mark = BOUND_AFTER.match(text, self.token.end)
        return text[start : mark.end() if mark else self.token.end].strip("，、 ")

    @lazy
    def is_each(self) -> bool:
        return self.around.before.endswith(_EACH)

    @lazy
    def is_part(self) -> bool:
        start = self.passage.sentences[self.sentence]
        return bool(self.depth) or self.passage.text.find("其中", start, self.token.start) >= 0

    @property
    def is_share(self) -> bool:
        """Tell whether it is a percentage of something, not a growth rate."""
        return self.dimension == PERCENT and not self.is_change

    @property
    def is_amount(self) -> bool:
        return self.token.kind is Kind.AMOUNT and self.dimension not in (PERCENT, POINTS)

    @lazy
    def _own_words(self) -> str:
        following = self.around.after[:10].partition("并")[0].partition("且")[0]  # a new predicate, no name
        return f"{self.around.before}|{following}"

    @lazy
    def is_named(self) -> bool:
        """Tell whether its subject stands in its own clause and was not taken from before it."""
        return bool(pairs(self._own_words))

    @lazy
    def _subject(self) -> str:
        """The words that name what is counted. A clause that names nothing (已完成61.6亿元) speaks of what the clauses
        before it, or the figure before it, did.
        """
        if self.is_named:
            return self._own_words
        if pairs(self.lead):
            return self.lead
        has_same_sentence = self.last is not None and self.last.sentence == self.sentence
        return self.last._subject if self.last and has_same_sentence else self._own_words

    @lazy
    def near(self) -> frozenset[str]:
        """The pairs of characters of its subject."""
        return pairs(f"{self.name}|{self.shared}" if self.name else self._subject)

    @lazy
    def loose(self) -> frozenset[str]:
        """The single characters of its subject."""
        return singles(self.name or self._subject)

    @lazy
    def wide(self) -> frozenset[str]:
        """The pairs of characters of its sentence."""
        return pairs(self.passage.words(self.sentence))

    @property
    def lower_is_better(self) -> bool:
        """Tell whether it measures something that ought to stay small (浓度, 漏损率, 失业率)."""
        if has_any(self.before, _PRICES):
            return self.sign >= 0
        return has_any(self.before, _LOWER_IS_BETTER) and not self.is_change


class Reading(Struct, frozen=True, dict=True):
    """A text read: its pieces (halved), the figures, and the dates by piece."""

    pieces: tuple[Piece, ...]
    figures: tuple[Figure, ...]
    dates: tuple[tuple[int, Token], ...]

    @lazy
    def asks(self) -> list[Figure]:
        """The figures of a target that ask for something."""
        return [figure for figure in self.figures if figure.role in _ASKS and not figure.depth]


def size(value: Decimal, like: Figure) -> str:
    """Return a difference or a sum in the written unit of `like`: 58亩, 0.27亿元, 1.5个百分点."""
    if like.dimension in (PERCENT, POINTS):
        return f"{shown(value, 2)}个百分点"
    return f"{shown(value / like.token.scale)}{like.token.unit}"
