"""What a figure can mean in its sentence."""

from __future__ import annotations

from enum import Enum


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
