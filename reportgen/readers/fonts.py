"""Which fonts this computer has, and what stands in for one that it lacks."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

# Where there is no fontconfig: the folders of Windows and macOS.
_FOLDERS = (
    Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
    Path(os.environ.get("LOCALAPPDATA", "C:/")) / "Microsoft" / "Windows" / "Fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path.home() / "Library" / "Fonts",
)
_ENDINGS = frozenset((".ttf", ".ttc", ".otf", ".otc"))
_FAMILY_NAMES = frozenset((1, 4, 16))  # family, full name, typographic family
_UNICODE_PLATFORMS = frozenset((0, 3))
_MOST_TABLES = 128
_SECONDS = 30


@cache
def installed_fonts() -> frozenset[str]:
    """Return the names of the fonts on this computer in all their languages, case folded; none where nothing tells."""
    if shutil.which("fc-list"):
        names = _asked("fc-list", ":", "family").replace("\n", ",").split(",")
    else:
        names = [name for folder in _FOLDERS for path in _font_files(folder) for name in names_in(path)]
    return frozenset(name.replace("\\-", "-").strip().casefold() for name in names if name.strip())


@cache
def stand_in_for(font: str) -> str:
    """Return the font that is printed in place of one that is missing, "" where that cannot be told."""
    if not shutil.which("fc-match"):
        return ""
    return _asked("fc-match", "--format=%{family[0]}", f"{font}:lang=zh-cn").strip()


def _asked(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
    )
    return done.stdout


def _font_files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _ENDINGS)


def names_in(path: Path) -> tuple[str, ...]:
    """Return the family names in a font file or collection; none of one that cannot be read."""
    try:
        with path.open("rb") as file:
            return tuple(dict.fromkeys(name for start in _starts(file) for name in _names(file, start)))
    except (OSError, struct.error, UnicodeDecodeError):
        return ()


def _starts(file: BinaryIO) -> tuple[int, ...]:
    """Return where the fonts of a file begin: one, or those of a collection."""
    if file.read(4) != b"ttcf":
        return (0,)
    _version, count = struct.unpack(">II", file.read(8))
    return struct.unpack(f">{min(count, _MOST_TABLES)}I", file.read(4 * min(count, _MOST_TABLES)))


def _names(file: BinaryIO, start: int) -> Iterator[str]:
    file.seek(start + 4)
    (tables,) = struct.unpack(">H6x", file.read(8))
    for _ in range(min(tables, _MOST_TABLES)):
        tag, _sum, offset, length = struct.unpack(">4sIII", file.read(16))
        if tag == b"name":
            file.seek(offset)
            yield from _family_names(file.read(length))
            return


def _family_names(table: bytes) -> Iterator[str]:
    count, strings = struct.unpack(">2xHH", table[:6])
    for at in range(6, 6 + 12 * count, 12):
        platform, _encoding, _language, name, length, offset = struct.unpack(">6H", table[at : at + 12])
        if platform in _UNICODE_PLATFORMS and name in _FAMILY_NAMES:
            yield table[strings + offset : strings + offset + length].decode("utf-16-be")
