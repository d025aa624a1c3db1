"""The power fails at a moment of one's choice: nothing is written, moved or deleted below a folder from then on.

Which moments there are is asked of the interpreter (audit events), not of the program: a step that nobody has named is
among them too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from reportgen.writers.lock import FILE as LOCK

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate")


class PowerFailure(BaseException):
    """The machine is off."""


class _Machine:
    """What the interpreter tells of while `root` is looked at; a hook cannot be taken out again, so there is one."""

    root = ""
    lasts = 0
    is_off = False
    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if not self.root or not (event == "open" or event in _CHANGES):
            return
        if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITING):
            return
        path = os.fspath(args[0]) if isinstance(args[0], str | os.PathLike) else ""
        if not str(path).startswith(self.root) or (event == "os.mkdir" and Path(str(path)).is_dir()):
            return
        if self.is_off or len(self.seen) == self.lasts:
            self.is_off = True
            raise PowerFailure(event, path)
        self.seen.append((event, str(path)))


_MACHINE = _Machine()
sys.addaudithook(_MACHINE)
_EVER = 1 << 30


def changes(root: Path, work: Callable[[], object], lasts: int = _EVER) -> list[tuple[str, str]]:
    """Return what `work` does to files below `root`, (event, path) each, up to the power failure after `lasts`."""
    _MACHINE.root, _MACHINE.lasts, _MACHINE.is_off, _MACHINE.seen = f"{root}{os.sep}", lasts, False, []
    try:
        work()
    except PowerFailure:
        pass
    finally:
        _MACHINE.root = ""
    return list(_MACHINE.seen)


def restarted(root: Path) -> None:
    """Let what holds the workspace be a process that has ended, as after a restart."""
    locks = [path for path in root.glob(f"{LOCK}*") if path.stat().st_size]
    if not locks:
        return
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    for lock in locks:
        owner = json.loads(lock.read_text(encoding="utf-8"))
        lock.write_text(json.dumps(owner | {"pid": done.pid}), encoding="utf-8")
