"""The folder input/P/: which files are returns, whatever their names and sub-folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from reportgen.core.limits import MAX_FILE_BYTES

VOID_FOLDER = "作废"
RULINGS_FILE = "审定.xlsx"
RECEIPTS_FILE = "收件登记.xlsx"
_OWN_FILES = (RULINGS_FILE, RECEIPTS_FILE)
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")
# Scans and photographs of the signed sheet (盖章件) come with the returns and are no returns.
SCAN_SUFFIXES = (
    *(".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".bmp", ".gif"),
    *(".tif", ".tiff", ".heic", ".heif", ".webp"),
)


class Incoming(Struct, frozen=True):
    """A file of input/P/: `name` is its path below that folder, by which messages speak of it.

    One that `leads_out` is a link to something that is not in the folder, and is not to be read.
    """

    name: str
    path: Path
    leads_out: bool = False

    @property
    def is_input(self) -> bool:
        """Whether what is built hangs on the content of the file: no scan, no link that leads out, not too large."""
        if self.leads_out or is_scan_name(self.name):
            return False
        return self.path.stat().st_size <= MAX_FILE_BYTES


def is_scan_name(name: str) -> bool:
    """Tell whether a file is, by its name, a scan or a photograph."""
    return name.lower().endswith(SCAN_SUFFIXES)


def is_left_out(parts: Sequence[str]) -> bool:
    """Tell whether a file lies in the folder 作废, or is hidden, a lock or a system file, by the parts of its path."""
    return VOID_FOLDER in parts[:-1] or any(map(_is_passed_over, parts))


def incoming(folder: Path) -> tuple[Incoming, ...]:
    """Return the files of `folder` that may be returns, sorted by name.

    The folder 作废, hidden files, lock files of office programs and the program's own two files are left out.
    """
    if not folder.is_dir():
        return ()
    root = folder.resolve()
    found = []
    for path in sorted(_files_below(folder)):
        relative = path.relative_to(folder)
        if is_left_out(relative.parts):
            continue
        leads_out = path.is_symlink() and not _is_within(path, root)
        if relative.as_posix() not in _OWN_FILES and (leads_out or path.is_file()):
            found.append(Incoming(relative.as_posix(), path, leads_out))
    return tuple(found)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the paths below a folder; what is passed over is not entered, as it may vanish while another writes."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_passed_over(name)]
        yield from (Path(parent) / name for name in (*folders, *files))


def _is_within(link: Path, root: Path) -> bool:
    try:
        return link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a circle of links
        return False


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _SYSTEM_FILES or name == "__MACOSX"
