"""How a command tells how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Protocol, TypeVar

_One = TypeVar("_One")


class Doing(Enum):
    """What is being done, and the word that counts its pieces; steps that differ too much for a rate have none."""

    READING = ("正在读取来件", "份")
    WEIGHING = ("正在核对数字和文字", "项")
    MAKING_FORMS = ("正在生成报送表", "份")
    MARKING = ("正在生成退回表", "份")
    WRITING = ("正在写通报表并读回核对", "")
    PRINTING = ("正在生成 PDF", "")
    TRIAL = ("正在试印", "")


class Progress(Protocol):
    """Is told how many pieces of the work are done, how many there are, and what is done where that is not clear."""

    def __call__(self, done: int, total: int, doing: Doing | None = None, /) -> None: ...


def silent(_done: int, _total: int, _doing: Doing | None = None, /) -> None:
    """Tell nobody."""


def watched(pieces: Sequence[_One], progress: Progress, doing: Doing) -> Iterator[_One]:
    """Yield each piece, and tell when it is done: the next one is asked for then."""
    progress(0, len(pieces), doing)
    for number, piece in enumerate(pieces, 1):
        yield piece
        progress(number, len(pieces), doing)
