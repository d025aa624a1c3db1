"""Compound files for tests: a container written from its streams, and the smallest workbook in it."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR, END, FREE, FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file; every stream is padded to at least 4096 bytes, so that none lies in small sectors."""
    padded = {name: data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0") for name, data in streams.items()}
    body, fat, starts = b"", [], {}
    for name, data in padded.items():
        starts[name] = len(fat)
        count = len(data) // SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), END]
        body += data
    directory = [_entry("Root Entry", 5, END, 0)]
    directory += [_entry(name, 2, starts[name], max(4096, len(data))) for name, data in streams.items()]
    directory += [_entry("", 0, 0, 0)] * (-len(directory) % 4)
    first_directory, count = len(fat), len(directory) // 4
    fat += [*range(len(fat) + 1, len(fat) + count), END]
    sectors_of_fat = -(-(len(fat) + 1) // 127)
    first_fat = len(fat)
    fat += [FAT] * sectors_of_fat
    fat += [FREE] * (-len(fat) % 128)
    difat = [first_fat + n for n in range(sectors_of_fat)] + [FREE] * (109 - sectors_of_fat)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, sectors_of_fat, first_directory, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *difat)
    return header + body + b"".join(directory) + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le") if name else b""
    return raw.ljust(64, b"\0") + struct.pack("<HBB3I36xIII", len(raw), kind, 1, FREE, FREE, FREE, start, size, 0)


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def bof(kind: int, version: int = 0x0600) -> bytes:
    return record(0x809, struct.pack("<HHHHII", version, kind, 0, 0, 0, 0))


EOF = record(0x0A, b"")


def workbook(cells: bytes, more: bytes = b"") -> bytes:
    """Return the stream of a workbook with one sheet of the given records; `more` stands before its name."""
    name = "表".encode("utf-16-le")
    start = len(bof(5)) + len(more) + 4 + 8 + len(name) + len(EOF)
    named = record(0x85, struct.pack("<IBBBB", start, 0, 0, 1, 1) + name)
    return bof(5) + more + named + EOF + bof(0x10) + cells + EOF
