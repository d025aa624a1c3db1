"""Figures: quantities with what stands around them, as the checks use them."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from reportgen.core.sense.numerals import shown
from reportgen.core.sense.pieces import Piece
from reportgen.core.sense.token import Kind, Token
from reportgen.core.sense.units import PERCENT, POINTS


class Scope(Enum):
    """The time a figure covers: since the year began, this month alone, or not said."""

    TOTAL = "total"
    OWN = "own"
    UNSAID = "unsaid"


class Bound(Enum):
    """How a figure is meant: exactly, as at least, at most, about, or as not reached."""

    EXACT = "exact"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"
    NOT_REACHED = "not reached"


class Role(Enum):
    """What a figure does in its sentence; only PLAIN and FORECAST ones say what was reached."""

    PLAIN = "plain"
    FORECAST = "forecast"
    PLAN = "plan"
    SHORTFALL = "shortfall"
    DIFFERENCE = "difference"
    BASE = "base"
    CONDITION = "condition"
    WHOLE = "whole"
    PER = "per"
    STOCK = "stock"


class Figure(Struct, frozen=True):
    """A quantity in its context. `sign` is -1 for a fall, 1 for a rise, 0 where nothing moves; `near` and `wide` are
    the pairs of characters of its subject and of its sentence (`words`), `loose` the single characters of the subject;
    `is_named` says that the subject stands in the figure's own clause and was not taken from before it.
    """

    token: Token
    quote: str
    before: str
    after: str
    label: str
    number: int
    piece: int
    sentence: int
    clause: int
    depth: int
    scope: Scope
    role: Role
    bound: Bound
    sign: int
    is_change: bool
    is_each: bool
    is_part: bool
    condition: str
    is_named: bool
    near: frozenset[str]
    loose: frozenset[str]
    lead: str
    words: str

    @property
    def wide(self) -> frozenset[str]:
        return pairs(self.words)

    @property
    def value(self) -> Decimal:
        return self.token.low

    @property
    def dimension(self) -> str:
        return self.token.dimension

    @property
    def is_share(self) -> bool:
        """Tell whether it is a percentage of something, not a growth rate."""
        return self.token.dimension == PERCENT and not self.is_change

    @property
    def is_amount(self) -> bool:
        return self.token.kind is Kind.AMOUNT and self.token.dimension not in (PERCENT, POINTS)


class Reading(Struct, frozen=True):
    """A text read: its pieces (halved), the figures, and the dates by piece."""

    pieces: tuple[Piece, ...]
    figures: tuple[Figure, ...]
    dates: tuple[tuple[int, Token], ...]


_SAYS_NOTHING = re.compile(
    "截至|截止|目前|已经|已|累计|完成率|完成|达到了?|达|实现|其中|同比|环比|增长|下降|增速|增幅|左右|以上|以下|以内|全年|年度|本月|当月|每月|今年|全区|我区|"
    "共计|合计|总计|实际|预计|力争|确保|争取|不少于|不低于|不超过|不高于|至少|突破|超过|控制在|进行|开展|组织|推进|继续|持续|做好|月底|月份|"
    "新增|分别|(?<!公)共(?!享|建)|为|的|了|及|和|与|任务|目标|总量|以来|按照|提高|提升|降低|减少|上升|下滑|计划|[^\\u4e00-\\u9fffA-Za-z]"
)
_SINGLE_WORDS = frozenset("约各达将对在等并至到数拟共从由较比又再仅也")


def size(value: Decimal, like: Figure) -> str:
    """Return a difference or a sum in the written unit of `like`: 58亩, 0.27亿元, 1.5个百分点."""
    if like.dimension in (PERCENT, POINTS):
        return f"{shown(value, 2)}个百分点"
    return f"{shown(value / like.token.scale)}{like.token.unit}"


@lru_cache(maxsize=1024)  # every figure of a sentence asks for those of the sentence
def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a subject, words that say nothing of it left out."""
    found: set[str] = set()
    for run in _SAYS_NOTHING.sub("|", text).split("|"):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def singles(text: str) -> frozenset[str]:
    """Return the characters of a subject that may tell it from another."""
    return frozenset(_SAYS_NOTHING.sub("", text)) - _SINGLE_WORDS
