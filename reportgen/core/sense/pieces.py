"""The pieces a text is made of: labelled parts, numbered items, and the sentences inside them."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from reportgen.core.parts import split_parts
from reportgen.core.sense.numerals import number_of
from reportgen.core.text import fold


class Item(Struct, frozen=True):
    """A list number in a text: its style (1. ① 一是 …), its value, where it stands and where its item begins."""

    style: str
    number: int
    start: int
    end: int


class Piece(Struct, frozen=True):
    """A run of text under one label ("" for none) and one list number (0 for none)."""

    label: str
    number: int
    text: str


_CN = "[一二三四五六七八九十]{1,3}"
_ITEM = re.compile(
    rf"(?:^|(?<=[。；;：:\n！，]))\s*(?:(?P<dot>\d{{1,2}})\s*[.．](?!\d)|(?P<comma>\d{{1,2}})、(?!\d)"
    rf"|[（(](?P<bracket>\d{{1,2}}|{_CN})[)）]|(?P<half>\d{{1,2}})[)）]|(?P<circle>[①-⑳])|(?P<shi>{_CN})是|(?P<chinese>{_CN})、"
    r"|(?P<decimal>\d{1,2})[.．](?=\d))"
)
# A list has an item that is not its first, and so stands behind the end of another: without one there is no list.
_OPENS_ITEM = re.compile(r"[。；;：:\n！，]\s*[\d（(①-⑳一二三四五六七八九十]")
_YEAR_OR_NAME = re.compile(r"(?:(?:19|20)\d\d\s*年|\d+[A-Za-z](?![A-Za-z]))")
_WHOLE_THINGS = re.compile(r"\d+(?:余|多)?[个家户人名处座场次项件台套批篇期]")


def items(text: str) -> tuple[Item, ...]:
    """Return the list numbers of `text`. 1.5% is a decimal, but 1.2023年… and, after item 1, 2.10家… open an item."""
    if not _OPENS_ITEM.search(text):
        return ()
    found: list[Item] = []
    for match in _ITEM.finditer(text):
        style = match.lastgroup or ""
        raw = match.group(style)
        number = ord(raw) - ord("①") + 1 if style == "circle" else int(number_of(raw))
        last = next((item.number for item in reversed(found) if item.style == "dot"), 0)
        if style == "decimal":
            rest = text[match.end() :]
            opens = _YEAR_OR_NAME.match(rest) or (number == last + 1 and last and _WHOLE_THINGS.match(rest))
            if not opens or not (number == 1 or number == last + 1):
                continue
            style = "dot"
        found.append(Item(style, number, match.start(style), match.end()))
    return tuple(_real(found))


def _real(found: list[Item]) -> list[Item]:
    """Return the numbers that make a list: a style that stands alone, or never begins with 1 or 2, is none."""
    kept = []
    for item in found:
        same = [other.number for other in found if other.style == item.style]
        if len(same) > 1 and min(same) <= 2:
            kept.append(item)
    return kept


class Numbered(Struct, frozen=True):
    """A labelled part of a text ("" for none) with its list numbers."""

    label: str
    text: str
    items: tuple[Item, ...]


@lru_cache(maxsize=16)  # a text is asked for its pieces, then for its lists
def numbered_parts(text: str) -> tuple[Numbered, ...]:
    """Return the labelled parts of `text` in order, the text as it is where it has none."""
    parts = [(part.label, part.text) for part in split_parts(text)] or [("", text)]
    return tuple(Numbered(label, body, items(body)) for label, body in parts)


def pieces(text: str) -> tuple[Piece, ...]:
    """Return the labelled parts and numbered items of `text` in order, list numbers cut off."""
    found: list[Piece] = []
    for part in numbered_parts(text):
        label, body, numbered = part.label, part.text, part.items
        if not numbered:
            found.append(Piece(label, 0, body))
            continue
        if body[: numbered[0].start].strip():
            found.append(Piece(label, 0, body[: numbered[0].start]))
        for item, following in zip(numbered, [*numbered[1:], None], strict=True):
            found.append(Piece(label, item.number, body[item.end : following.start if following else len(body)]))
    return tuple(found)


def alike(one: str, other: str) -> bool:
    """Tell whether two labels name the same part: equal, or one within the other (充电桩, 充电桩建设)."""
    a, b = fold(one).strip("“”\"'"), fold(other).strip("“”\"'")
    return bool(a and b) and (a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a)))
