"""Many pieces of one kind of work, each standing alone, done by several processes where that pays.

A month of 40 returns is done in this process: the start of others takes longer (0.4 s) than they would save.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from reportgen.commands.progress import Doing, Progress

# What a piece takes, measured (docs/performance.md); it decides only how many processes work.
_PIECE_S = {Doing.READING: 0.0015, Doing.WEIGHING: 0.0003, Doing.MAKING_FORMS: 0.003, Doing.MARKING: 0.03}
PAYS_FROM_S = 1.5  # work of less is done before other processes have started
_EACH_S = 0.5  # work that a process must get to be worth its start
_CHUNK_S = 0.03  # work handed over at a time

_Piece = TypeVar("_Piece")
_Shared = TypeVar("_Shared")
_Made = TypeVar("_Made")


def spread(
    work: Callable[[_Piece, _Shared], _Made],
    pieces: Sequence[_Piece],
    shared: _Shared,
    progress: Progress,
    doing: Doing,
) -> Iterator[_Made]:
    """Yield what `work`, a function of a module, makes of each piece, in their order.

    `shared` is what it needs beside the piece; like piece and result it is pickled where processes work. Where none
    can be started, or one dies, this process does the rest.
    """
    progress(0, len(pieces), doing)
    done = 0
    each_s = _PIECE_S[doing]
    work_s = len(pieces) * each_s
    count = min(_processors(), int(work_s / _EACH_S))
    if work_s >= PAYS_FROM_S and count > 1:
        from concurrent.futures.process import BrokenProcessPool

        with suppress(BrokenProcessPool, OSError):
            for made in _in_processes(work, pieces, shared, count, max(1, int(_CHUNK_S / each_s))):
                done += 1
                progress(done, len(pieces), doing)
                yield made
    for number, piece in enumerate(pieces[done:], done + 1):
        made = work(piece, shared)
        progress(number, len(pieces), doing)
        yield made


def _in_processes(
    work: Callable[[_Piece, _Shared], _Made], pieces: Sequence[_Piece], shared: _Shared, count: int, chunk: int
) -> Iterator[_Made]:
    """Yield the same from `count` processes, started the same way on each platform."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Pickled once, not for each process.
    with ProcessPoolExecutor(count, get_context("spawn"), _Worker.begin, (pickle.dumps((work, shared)),)) as pool:
        yield from pool.map(_Worker.do, pieces, chunksize=chunk)


class _Worker:
    """What a process of the pool keeps from piece to piece."""

    work: Callable[[Any, Any], Any]
    shared: Any

    @classmethod
    def begin(cls, pickled: bytes) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command itself hears Ctrl-C and ends its processes
        cls.work, cls.shared = pickle.loads(pickled)

    @classmethod
    def do(cls, piece: Any) -> Any:
        return cls.work(piece, cls.shared)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
