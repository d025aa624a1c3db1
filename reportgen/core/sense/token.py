"""Figures as they stand in a text: what each is, where, and how much."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from msgspec import Struct


class Kind(Enum):
    """What a figure is; names (5G, 3号楼, “三提三争”) say nothing about quantity."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    DATE = "date"
    NAME = "name"


class Mention(Struct, frozen=True):
    """A point or run of time as a text writes it; 0 for what it does not say. `tail` is 底, 份, 旬 … or ""."""

    year: int = 0
    first: int = 0
    last: int = 0
    day: int = 0
    tail: str = ""


class Token(Struct, frozen=True):
    """A figure at text[start:end]. `low` and `high` are in the base unit of `dimension`; `place` is the worth of the
    last printed digit, `scale` that of one written unit (万元: 10000), `more` says 余, 多 stood with it.
    """

    kind: Kind
    start: int
    end: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    place: Decimal = Decimal(0)
    unit: str = ""
    dimension: str = ""
    scale: Decimal = Decimal(1)
    more: bool = False
    is_fraction: bool = False
    date: Mention | None = None
