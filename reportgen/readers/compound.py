"""OLE compound files, which .xls, .et, .doc, .wps and encrypted workbooks are: their streams by name.

Every chain of sectors is followed at most as long as the file is, so that a damaged or circular one ends.
"""

from __future__ import annotations

import struct

from msgspec import Struct

_END = 0xFFFFFFFA  # this and above are no sectors
_HEADER_BYTES, _ENTRY_BYTES, _IN_HEADER = 512, 128, 109
_STREAM, _ROOT = 2, 5


class _Entry(Struct, frozen=True):
    kind: int
    start: int
    size: int


class Compound:
    """A compound file held in memory. Raises ValueError, EOFError and struct.error where it is damaged."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sizes of sectors")
        self._sector: int = 1 << shift
        self._mini_sector: int = 1 << mini_shift
        (_fats, first_directory, _t, self._cutoff, first_mini, _minis, first_difat) = struct.unpack_from(
            "<7I", content, 44
        )
        self._fat = self._read_fat(first_difat)
        self._entries = self._read_directory(first_directory)
        self._mini_fat = _numbers(self._chain(first_mini)) if first_mini < _END else ()
        self._mini_stream: bytes | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of all streams and storages."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """Return the content of a stream."""
        entry = self._entries[name]
        if entry.kind != _STREAM:
            raise ValueError("no stream")
        if entry.size > len(self._content):
            raise EOFError("a stream longer than the file")
        if entry.size < self._cutoff:
            return self._mini(entry.start)[: entry.size]
        data = self._chain(entry.start)
        if len(data) < entry.size:
            raise EOFError("a stream that ends early")
        return data[: entry.size]

    def _read_fat(self, first_difat: int) -> tuple[int, ...]:
        """Return the sector that follows each sector."""
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, 76))
        following = first_difat
        for _ in range(self._sectors):
            if following >= _END:
                break
            *more, following = _numbers(self._at(following))
            sectors += more
        fat: list[int] = []
        for sector in sectors[: self._sectors]:
            if sector < _END:
                fat += _numbers(self._at(sector))
        return tuple(fat)

    def _read_directory(self, first: int) -> dict[str, _Entry]:
        directory = self._chain(first)
        entries: dict[str, _Entry] = {}
        for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            if kind == _ROOT:
                entries[""] = _Entry(kind, start, size)
            elif kind:
                name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
                entries.setdefault(name, _Entry(kind, start, size))
        return entries

    @property
    def _sectors(self) -> int:
        return len(self._content) // self._sector + 1

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector if self._sector > _HEADER_BYTES else _HEADER_BYTES + sector * self._sector
        if start >= len(self._content):
            raise EOFError("a sector beyond the end")
        return self._content[start : start + self._sector]

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        for _ in range(self._sectors):
            if sector >= _END:
                return b"".join(pieces)
            pieces.append(self._at(sector))
            sector = self._fat[sector] if sector < len(self._fat) else _END
        raise ValueError("a circle of sectors")

    def _mini(self, sector: int) -> bytes:
        """Return a chain of the small sectors, which lie in the root's own stream."""
        if self._mini_stream is None:
            root = self._entries.get("")
            self._mini_stream = self._chain(root.start) if root else b""
        pieces: list[bytes] = []
        for _ in range(len(self._mini_fat) + 1):
            if sector >= _END:
                return b"".join(pieces)
            start = sector * self._mini_sector
            pieces.append(self._mini_stream[start : start + self._mini_sector])
            sector = self._mini_fat[sector] if sector < len(self._mini_fat) else _END
        raise ValueError("a circle of sectors")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
