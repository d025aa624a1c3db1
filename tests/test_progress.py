"""The line that tells how far a command is: on a terminal, once it takes more than a second."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from reportgen.commands.progress import Doing, watched
from reportgen.screen_progress import progress_text

pty = pytest.importorskip("pty", reason="no terminals of this kind on Windows")

SLOW = """
import time
from reportgen.commands.progress import Doing, watched
from reportgen.screen_progress import ProgressLine
for _piece in watched(range({pieces}), ProgressLine(), Doing.READING):
    time.sleep({seconds})
"""


def shown_by(program: str) -> str:
    """Return what a program shows on a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", program], stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


@pytest.mark.parametrize(
    ("done", "elapsed_s", "text"),
    [
        (5, 1.0, "正在读取来件 5/2000"),
        (100, 2.0, "正在读取来件 100/2000，每秒约 50 份，还需约 38 秒"),
        (100, 20.0, "正在读取来件 100/2000，每秒约 5 份，还需约 6 分钟"),
        (1999, 2.0, "正在读取来件 1999/2000，每秒约 1000 份，还需约 1 秒"),
    ],
)
def test_progress_text__rate_and_time_left(done: int, elapsed_s: float, text: str) -> None:
    assert progress_text(Doing.READING, done, 2000, elapsed_s) == text


def test_progress_text__steps_that_differ_have_no_rate() -> None:
    assert progress_text(Doing.WRITING, 1, 2, 30.0) == "正在写通报表并读回核对 1/2"


def test_watched__tells_each_piece_when_it_is_done() -> None:
    told: list[object] = []
    for piece in watched("ab", lambda *words: told.append(words), Doing.WEIGHING):
        told.append(piece)
    assert told == [(0, 2, Doing.WEIGHING), "a", (1, 2, Doing.WEIGHING), "b", (2, 2, Doing.WEIGHING)]


def test_progress_line__shown_after_a_second_and_gone_at_the_end() -> None:
    shown = shown_by(SLOW.format(pieces=40, seconds=0.04))
    assert "正在读取来件 " in shown
    assert "还需约" in shown
    assert shown.endswith("\r")
    assert shown.rsplit("\r", 2)[1].strip() == ""


def test_progress_line__what_is_quick_shows_nothing() -> None:
    assert shown_by(SLOW.format(pieces=40, seconds=0.001)) == ""
