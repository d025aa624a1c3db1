"""Punctuation, pairs of quotes and brackets, and the names of units; and the repairs a setting may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reportgen.core.findings import Code, Finding
from reportgen.core.sense.halfwidth import half_width_brackets, half_width_marks, half_width_stops
from reportgen.core.sense.records import SenseContext, SenseRow, finding
from reportgen.core.text import has_end_mark

_WIDE = str.maketrans(",;:?!", "，；：？！")
_DOUBLED = re.compile(
    r"(?P<mark>[，。；：、！？,;])(?:(?:\s*(?P=mark))+|(?<=[，；、：])\s*[。；]|(?<=[。；])\s*[，；、]|(?<=。)\s*：)"
)
_PAIRS = {
    "“": "”",
    "‘": "’",
    "（": "）",
    "(": ")",
    "《": "》",
    "【": "】",
    "「": "」",
    "『": "』",
    "〔": "〕",
    "[": "]",
}
_CLOSE = {closing: opening for opening, closing in _PAIRS.items()}
_WIDE_BRACKETS = {"(": "（", ")": "）"}
_LIST_MARK = re.compile(r"(?:^|[。；;：:\n！，])\s*[（(]?[\d①-⑳一二三四五六七八九十]{1,2}[)）]")
_BRACKETS = re.compile(f"[{re.escape(''.join((*_PAIRS, *_CLOSE)))}]")
_IS_UNIT = ("局", "委", "办", "中心", "政府", "办事处", "院", "会", "室", "队", "支行", "公司", "部")


def wording_findings(row: SenseRow, context: SenseContext) -> Iterator[Finding]:
    """Yield what is wrong with the marks of an answer, and unit names that are not the ledger's."""
    text = row.completion
    if not text.strip():
        return
    spans = [
        span for find in (_doubled, half_width_marks, half_width_stops, half_width_brackets) for span in find(text)
    ]
    if spans:
        at, mark = min(spans)[0], text[slice(*spans[0])].strip()
        quote = text[max(0, at - 8) : at + 8].strip()
        yield finding(Code.S20, row, f"“{quote}”中的“{mark}”", first=quote, second=mark)
    unpaired = unpaired_in(text)
    if unpaired:
        yield finding(Code.S21, row, f"“{unpaired}”没有成对", second=unpaired)
    yield from _misnamed(row, context)
    if not has_end_mark(text):
        tail = text.rstrip()[-10:]
        yield finding(Code.S23, row, f"“…{tail}”", second=tail)


def _doubled(text: str) -> Iterator[tuple[int, int]]:
    """Yield where two marks stand of which one is enough."""
    return (match.span() for match in _DOUBLED.finditer(text))


def unpaired_in(text: str) -> str:
    """Return the first quote or bracket of `text` that lacks its other half, "" when all are paired."""
    open_marks: list[str] = []
    without_numbers = _LIST_MARK.sub("", text) if ")" in text or "）" in text else text
    for char in _BRACKETS.findall(without_numbers):
        if char in _PAIRS:
            open_marks.append(char)
        elif not open_marks or not _fits(open_marks[-1], char):
            return str(char)
        else:
            open_marks.pop()
    if open_marks:
        return open_marks[-1]
    return '"' if text.count('"') % 2 else ""


def _fits(opening: str, closing: str) -> bool:
    """Tell whether two marks make a pair; a half-width bracket with a full-width one does."""
    return _WIDE_BRACKETS.get(_CLOSE[closing], _CLOSE[closing]) == _WIDE_BRACKETS.get(opening, opening)


def _misnamed(row: SenseRow, context: SenseContext) -> Iterator[Finding]:
    found = context.misnomers.found_in(row.completion)
    if not found:
        return
    bare = row.completion
    for name in context.names.found_in(bare):
        bare = bare.replace(name, "\n")
    for alias in found:
        if alias in bare and alias not in row.target and alias.endswith(_IS_UNIT):
            bare = bare.replace(alias, "\n")
            name = context.unit_of[alias]
            yield finding(Code.S22, row, f"台账“{name}” → 文字“{alias}”", first=name, second=alias)


def tidied(text: str) -> tuple[str, tuple[str, ...]]:
    """Return (`text` with its marks put right, what was done); words and figures stay as they are."""
    changes: list[str] = []

    def put_right(find: Callable[[str], Iterator[tuple[int, int]]], new: Callable[[str], str], why: str) -> None:
        nonlocal text
        made, end = "", 0
        for start, stop in find(text):
            made, end = made + text[end:start] + new(text[start:stop]), stop
        made += text[end:]
        if made != text:
            changes.append(why)
        text = made

    put_right(half_width_marks, lambda old: old.strip().translate(_WIDE), "半角标点改为全角")
    put_right(half_width_stops, lambda _old: "。", "半角句点改为句号")
    put_right(half_width_brackets, lambda old: f"（{old[1:-1]}）", "半角括号改为全角")
    put_right(_doubled, _kept, "重复的标点去掉一个")
    if text.strip() and not has_end_mark(text):
        changes.append("末尾补句号")
        text = text.rstrip().rstrip("，、；：,;:") + "。"
    return text, tuple(changes)


def _kept(marks: str) -> str:
    """Return the one of several marks that ends the most: 。 before ； before the others."""
    for mark in "。！？；":
        if mark in marks:
            return mark
    return marks[0].translate(_WIDE)
