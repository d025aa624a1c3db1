"""Attributes that are worked out when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used like property
    """A property kept in the object's `__dict__`. functools.cached_property takes a lock before Python 3.12, which
    costs three times as much as most of what figures are asked for.
    """

    def __init__(self, made: Callable[[Any], T]) -> None:
        self.made, self.name, self.__doc__ = made, made.__name__, made.__doc__

    def __get__(self, owner: Any, _kind: object = None) -> T:
        value: T = self.made(owner)
        owner.__dict__[self.name] = value
        return value
