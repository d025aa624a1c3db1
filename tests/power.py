"""The power fails at any moment at which a command changes a file: what stands on the disk then.

Which moments there are is asked of the interpreter (audit events), not of the program: a step that nobody has named is
among them too. The command runs once; before each of its changes the folder is kept as it stands, which is what a
failure at that moment leaves, since nothing that comes later reaches the disk.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from reportgen.writers.lock import FILE as LOCK
from tests.kept import put

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate")
_NO_PROCESS = 2**22 + 1  # above the highest number that a system gives

Disk = dict[str, bytes | None]  # content by path; a folder has none


def disk_of(folder: Path) -> Disk:
    """Return what stands below `folder`, empty folders too."""
    paths = sorted(folder.rglob("*"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in paths}


class Run(Struct, frozen=True):
    """What a command did: what it returned, each file that it opened to write, and the disk before each change of it.

    `disks` has one that stays as it is over several moments (a lock looked at, a file that is not there deleted) once.
    """

    result: object
    opened: tuple[Path, ...]
    disks: tuple[Disk, ...]


class _Machine:
    """What the interpreter tells of while `root` is looked at; a hook cannot be taken out again, so there is one."""

    root: Path | None = None
    opened: list[Path]
    disks: list[Disk]

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if self.root is None or not (event == "open" or event in _CHANGES):
            return
        if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITING):
            return
        path = Path(os.fsdecode(args[0])) if isinstance(args[0], str | bytes | os.PathLike) else Path()
        if self.root not in path.parents:
            return
        if event == "open":
            self.opened.append(path)
        disk = disk_of(self.root)
        if not self.disks or disk != self.disks[-1]:
            self.disks.append(disk)


_MACHINE = _Machine()
sys.addaudithook(_MACHINE)


def watched(root: Path, work: Callable[[], object]) -> Run:
    """Let `work` do what it does below `root`, and return what that was."""
    _MACHINE.root, _MACHINE.opened, _MACHINE.disks = root, [], []
    try:
        result = work()
    finally:
        _MACHINE.root = None
    return Run(result, tuple(_MACHINE.opened), tuple(_MACHINE.disks))


def restarted(disk: Disk, folder: Path) -> Path:
    """Put `disk` into `folder`; what holds the workspace is a process that has ended, as after a restart."""
    for name, content in disk.items():
        if content is None:
            (folder / name).mkdir(parents=True, exist_ok=True)
        elif Path(name).name.startswith(LOCK) and content:
            owner = json.loads(content)
            put({name: json.dumps(owner | {"pid": _NO_PROCESS}).encode()}, folder)
        else:
            put({name: content}, folder)
    return folder
