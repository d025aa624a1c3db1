"""Punctuation, pairs of quotes and brackets, and the names of units; and the repairs a setting may ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.core.findings import Code, Finding
from reportgen.core.sense.records import SenseContext, SenseRow, finding
from reportgen.core.text import has_end_mark

_WIDE = str.maketrans(",;:?!", "，；：？！")
_CJK = r"[\u3400-\u9fff“”‘’（）《》【】％%、，。；：]"
_HALF_WIDTH = re.compile(
    rf"(?<={_CJK})\s?[,;:?!]\s?(?=[\u3400-\u9fff“‘（《【\d]|$)|(?<=\d)[,;:](?=[\u3400-\u9fff“（《])"
)
_HALF_STOP = re.compile(r"(?<=[\u3400-\u9fff”）》%％])\.(?=[\u3400-\u9fff“（《]|\s*$)")
_HALF_BRACKET = re.compile(rf"(?<={_CJK})\([^()（）]*\)|\((?=[\u3400-\u9fff])[^()（）]*\)")
_DOUBLED = re.compile(r"([，。；：、！？,;])(?:\s*\1)+|[，；、：]\s*([。；])|[。；]\s*[，；、]|。\s*：")
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
_IS_UNIT = re.compile(r"(?:局|委|办|中心|政府|办事处|管委会|院|会|室|大队|支队|队|分局|支行|公司|部)$")


def wording_findings(row: SenseRow, context: SenseContext) -> Iterator[Finding]:
    """Yield what is wrong with the marks of an answer, and unit names that are not the ledger's."""
    text = row.completion
    if not text.strip():
        return
    marks = [
        match.group(0).strip()
        for pattern in (_DOUBLED, _HALF_WIDTH, _HALF_STOP, _HALF_BRACKET)
        for match in pattern.finditer(text)
    ]
    if marks:
        at = min(
            match.start()
            for pattern in (_DOUBLED, _HALF_WIDTH, _HALF_STOP, _HALF_BRACKET)
            for match in pattern.finditer(text)
        )
        quote = text[max(0, at - 8) : at + 8].strip()
        yield finding(Code.S20, row, f"“{quote}”中的“{marks[0]}”", first=quote, second=marks[0])
    unpaired = unpaired_in(text)
    if unpaired:
        yield finding(Code.S21, row, f"“{unpaired}”没有成对", second=unpaired)
    yield from _misnamed(row, context)
    if not has_end_mark(text):
        tail = text.rstrip()[-10:]
        yield finding(Code.S23, row, f"“…{tail}”", second=tail)


def unpaired_in(text: str) -> str:
    """Return the first quote or bracket of `text` that lacks its other half, "" when all are paired."""
    open_marks: list[str] = []
    for char in _LIST_MARK.sub("", text):
        if char in _PAIRS:
            open_marks.append(char)
        elif char in _CLOSE:
            if not open_marks or not _fits(open_marks[-1], char):
                return char
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
        if alias in bare and alias not in row.target and _IS_UNIT.search(alias):
            bare = bare.replace(alias, "\n")
            name = context.unit_of[alias]
            yield finding(Code.S22, row, f"台账“{name}” → 文字“{alias}”", first=name, second=alias)


def tidied(text: str) -> tuple[str, tuple[str, ...]]:
    """Return (`text` with its marks put right, what was done); words and figures stay as they are."""
    changes: list[str] = []

    def put_right(pattern: re.Pattern[str], new: object, why: str, old: str) -> str:
        made = pattern.sub(new, old)  # type: ignore[call-overload]
        if made != old:
            changes.append(why)
        return str(made)

    text = put_right(_HALF_WIDTH, lambda m: m.group(0).strip().translate(_WIDE), "半角标点改为全角", text)
    text = put_right(_HALF_STOP, "。", "半角句点改为句号", text)
    text = put_right(_HALF_BRACKET, lambda m: "（" + m.group(0)[1:-1] + "）", "半角括号改为全角", text)
    text = put_right(_DOUBLED, lambda m: _kept(m.group(0)), "重复的标点去掉一个", text)
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
