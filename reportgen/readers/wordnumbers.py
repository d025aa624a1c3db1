"""The automatic numbers of a Word document: a clerk's 序号 column, or 1. 2. 3. in a cell, is often not text at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}
_DIGITS = "零一二三四五六七八九"


class _Level(Struct, frozen=True):
    """A level of a list: what it starts with, how its number is written, and the text around it (第%1条)."""

    start: int
    format: str
    text: str


class Numbers(Struct):
    """Gives each numbered paragraph its number when asked in the order of the document."""

    levels: Mapping[str, Mapping[int, _Level]]  # by list (numId)
    lists: Mapping[str, str]  # the definition that a list counts in (abstractNumId)
    styles: Mapping[str, _Element]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def label(self, paragraph: _Element) -> str:
        """Return the number that stands before a paragraph, "" for one that has none."""
        if not self.levels:
            return ""
        name, depth = self._list_of(paragraph)
        level = self.levels.get(name, {}).get(depth)
        if level is None:
            return ""
        counted_in = self.lists[name]
        for key in [key for key in self.counts if key[0] == counted_in and key[1] > depth]:
            del self.counts[key]
        self.counts[counted_in, depth] = self.counts.get((counted_in, depth), level.start - 1) + 1
        text = level.text
        for above, one in self.levels[name].items():
            number = self.counts.get((counted_in, above), one.start)
            text = text.replace(f"%{above + 1}", _written(number, one.format))
        return text

    def _list_of(self, paragraph: _Element) -> tuple[str, int]:
        """Return the list and level of a paragraph, its own or its style's."""
        named = paragraph.find("w:pPr/w:pStyle", _NS)
        style = None if named is None else self.styles.get(named.get(f"{_W}val", ""))
        for source in (paragraph, style):
            properties = None if source is None else source.find("w:pPr/w:numPr", _NS)
            if properties is not None:
                return _value(properties, "numId"), int(_value(properties, "ilvl") or 0)
        return "", 0


def numbers_of(numbering: _Element | None, styles: _Element | None) -> Numbers:
    """Return the counter of a document, from word/numbering.xml and word/styles.xml where there are any."""
    if numbering is None:
        return Numbers({}, {}, {})
    defined = {
        definition.get(f"{_W}abstractNumId", ""): {
            int(level.get(f"{_W}ilvl", "0")): _level(level) for level in definition.findall("w:lvl", _NS)
        }
        for definition in numbering.findall("w:abstractNum", _NS)
    }
    lists = {one.get(f"{_W}numId", ""): _value(one, "abstractNumId") for one in numbering.findall("w:num", _NS)}
    levels = {name: defined.get(definition, {}) for name, definition in lists.items()}
    # A list that says where it starts counts for itself.
    for one in numbering.findall("w:num", _NS):
        starts = {int(o.get(f"{_W}ilvl", "0")): _value(o, "startOverride") for o in one.findall("w:lvlOverride", _NS)}
        name = one.get(f"{_W}numId", "")
        if any(starts.values()):
            lists[name] = f"{name} of {lists[name]}"
            levels[name] = {
                depth: _Level(int(starts.get(depth) or level.start), level.format, level.text)
                for depth, level in levels[name].items()
            }
    named = {} if styles is None else {s.get(f"{_W}styleId", ""): s for s in styles.findall("w:style", _NS)}
    return Numbers(levels, lists, named)


def _level(level: _Element) -> _Level:
    kind = _value(level, "numFmt") or "decimal"
    return _Level(int(_value(level, "start") or 1), kind, "" if kind == "bullet" else _value(level, "lvlText"))


def _value(parent: _Element, name: str) -> str:
    element = parent.find(f"w:{name}", _NS)
    return "" if element is None else element.get(f"{_W}val", "")


def _written(number: int, kind: str) -> str:
    return _FORMATS.get(kind, str)(number)


def _chinese(number: int) -> str:
    """Return 1 to 99 as 一 to 九十九, other numbers in figures."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return lead + (_DIGITS[ones] if ones else "")


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else str(number)


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "none": lambda _number: "",
    "decimalZero": lambda number: f"{number:02d}",
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
}
