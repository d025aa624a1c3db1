"""What belongs to a unit – returns, findings, groups of them, asks – sorted by the units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class _OfUnit(Protocol):
    @property
    def unit(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_OfUnit)


def of_each_unit(things: Iterable[_Thing]) -> dict[str, list[_Thing]]:
    """Return the things of each unit, in their order."""
    found: dict[str, list[_Thing]] = {}
    for one in things:
        found.setdefault(one.unit, []).append(one)
    return found
