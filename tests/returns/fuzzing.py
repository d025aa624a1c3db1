"""Returns damaged by chance: bytes flipped, cut off, doubled; XML nodes removed, doubled, swapped, renumbered."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from reportgen.commands.reading import read_file
from reportgen.core.findings import Finding
from reportgen.core.records import Filled
from reportgen.core.weigh import unit_reports
from reportgen.readers.archives import is_archive
from reportgen.readers.packages import BROKEN
from reportgen.writers.replace import parts_of, zipped
from tests.returns.making import FILE, PLAN, context, filled_form, typed_table
from tests.returns.test_formats import FILES, text_table, word_table
from tests.returns.test_inbox import packed

_NODE = re.compile(rb"<([\w:]+)\b[^<>]*(?:/>|>[^<>]*</\1>)")
_NUMBER = re.compile(rb'(?<=")-?\d+(?=")')
_NUMBERS = (b"0", b"-1", b"1", b"2147483647", b"4294967296", b"99999999999999999999", b"1e309", b"nan", b"", b"A1")


@cache
def sources() -> tuple[tuple[str, bytes], ...]:
    """Return a good file of each format, by name."""
    return (
        ("表.xlsx", filled_form()),
        ("自制.xlsx", typed_table()),
        ("表.xls", (FILES / "form.xls").read_bytes()),
        ("表.ods", (FILES / "form.ods").read_bytes()),
        ("表.docx", word_table(["另报。"])),
        ("表.csv", text_table().encode("gbk")),
        ("表.txt", text_table("\t").encode()),
        ("包.zip", packed((FILE, filled_form()), ("内.zip", packed(("表.csv", text_table().encode()))))),
    )


def damaged(seed: int) -> tuple[str, bytes]:
    """Return a file damaged by the chance of `seed`."""
    chance = random.Random(seed)
    name, content = chance.choice(sources())
    ways: list[Callable[[bytes, random.Random], bytes]] = [_flipped, _cut, _doubled, _overwritten]
    if content.startswith(b"PK") and not name.endswith(".zip"):
        ways += [_in_parts] * 8
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        content = chance.choice(ways)(content, chance)
    return name, content


def read(name: str, content: bytes) -> tuple[list[Filled], list[Finding]]:
    """Return what the program makes of a file; AssertionError when nothing at all is said of it."""
    found = list(read_file(name, content, context()))
    filled, findings = [one.filled for one in found if one.filled], [f for one in found for f in one.findings]
    for one in found:
        assert one.filled or one.findings or one.scan_of or is_archive(content), one.name
    for finding in findings:
        assert finding.message
        assert finding.hint
    unit_reports(filled, PLAN)
    return filled, findings


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] if chance.random() < 0.7 else content[at:]


def _doubled(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    piece = content[start : start + chance.choice((1, 16, 512, 4096))]
    return content[:start] + piece * 2 + content[start + len(piece) :]


def _overwritten(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    piece = bytes(chance.choice((0, 255, chance.randrange(256))) for _ in range(chance.choice((2, 4, 8))))
    return content[:start] + piece + content[start + len(piece) :]


def _in_parts(content: bytes, chance: random.Random) -> bytes:
    """Damage one part of a package and pack it again; a package that cannot be unpacked stays as it is."""
    try:
        parts = dict(parts_of(content))
    except BROKEN:
        return content
    name = chance.choice(sorted(parts))
    if chance.random() < 0.1:
        del parts[name]
        return zipped(parts)
    ways = (_nodes_removed, _nodes_doubled, _nodes_swapped, _renumbered, _flipped, _cut)
    parts[name] = chance.choice(ways)(parts[name], chance)
    return zipped(parts)


def _nodes(xml: bytes, chance: random.Random, count: int) -> list[tuple[int, int]]:
    """Return where some nodes without children stand, from the last one on."""
    places = [match.span() for match in _NODE.finditer(xml)]
    return sorted(chance.sample(places, min(count, len(places))), reverse=True)


def _nodes_removed(xml: bytes, chance: random.Random) -> bytes:
    for start, end in _nodes(xml, chance, chance.choice((1, 5, 50))):
        xml = xml[:start] + xml[end:]
    return xml


def _nodes_doubled(xml: bytes, chance: random.Random) -> bytes:
    for start, end in _nodes(xml, chance, chance.choice((1, 5, 50))):
        xml = xml[:end] + xml[start:end] * chance.choice((1, 1, 30)) + xml[end:]
    return xml


def _nodes_swapped(xml: bytes, chance: random.Random) -> bytes:
    for later, earlier in zip(*[iter(_nodes(xml, chance, 8))] * 2, strict=False):
        one, other = xml[slice(*earlier)], xml[slice(*later)]
        xml = xml[: earlier[0]] + other + xml[earlier[1] : later[0]] + one + xml[later[1] :]
    return xml


def _renumbered(xml: bytes, chance: random.Random) -> bytes:
    places = [match.span() for match in _NUMBER.finditer(xml)]
    for start, end in sorted(chance.sample(places, min(chance.choice((1, 5)), len(places))), reverse=True):
        xml = xml[:start] + chance.choice(_NUMBERS) + xml[end:]
    return xml
