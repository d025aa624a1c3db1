"""The line on a terminal that tells how far a command is."""

from __future__ import annotations

import sys
import time

from reportgen.commands.progress import Doing

_AFTER_S = 1.0  # what takes less needs no telling
_EVERY_S = 0.1
_TELLING = 20  # pieces that must be done before a rate says anything
_LINE = 78  # columns that the line may take


class ProgressLine:
    """A line on a terminal that tells how far the work is, how fast it goes and how long it will yet take.

    Shown once the work has taken a second; nothing in a pipe.
    """

    def __init__(self, doing: Doing = Doing.READING) -> None:
        self._usual, self._doing = doing, doing
        self._is_seen = sys.stderr.isatty()
        self._started = self._began = self._shown = time.monotonic()

    def __call__(self, done: int, total: int, doing: Doing | None = None, /) -> None:
        if not self._is_seen:
            return
        now = time.monotonic()
        if (doing or self._usual) is not self._doing:
            self._doing, self._began = doing or self._usual, now
        is_due = now - self._shown > _EVERY_S or done in (0, total)
        if now - self._started < _AFTER_S or not is_due:
            return
        self._shown = now
        text = "" if done == total else progress_text(self._doing, done, total, now - self._began)
        sys.stderr.write(f"\r{' ' * _LINE}\r{text}")
        sys.stderr.flush()


def progress_text(doing: Doing, done: int, total: int, elapsed_s: float) -> str:
    """Return how far the work is; rate and remaining time once enough pieces are done to tell."""
    what, counted = doing.value
    text = f"{what} {done}/{total}"
    if not counted or done < _TELLING or elapsed_s <= 0:
        return text
    rate = done / elapsed_s
    left = (total - done) / rate
    time_left = f"{left / 60:.0f} 分钟" if left >= 90 else f"{max(left, 1):.0f} 秒"
    return f"{text}，每秒约 {max(rate, 1):.0f} {counted}，还需约 {time_left}"
