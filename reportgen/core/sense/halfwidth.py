"""Half-width marks between Chinese characters, where full-width ones belong. No patterns: a range of all Chinese
characters takes Python 1.5 ms to compile each time it stands in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile("[,;:?!]")
_BRACKETED = re.compile(r"\([^()（）]*\)")
_BEFORE_MARK = frozenset("“”‘’（）《》【】％%、，。；：")
_BEFORE_STOP = frozenset("”）》%％")
_AFTER_MARK = frozenset("“‘（《【")
_OPENS = frozenset("“（《")


def half_width_marks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where , ; : ? ! stand for ， ； ： ？ ！, with the space on either side."""
    for match in _MARK.finditer(text):
        at = match.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if before.isdecimal():
            if text[at] in ",;:" and (_is_han(after) or after in _OPENS):
                yield at, at + 1
            continue
        start = at - 1 if before.isspace() else at
        if _is_han(text[start - 1 : start]) or text[start - 1 : start] in _BEFORE_MARK:
            if after.isspace() and _goes_on(text, at + 2):
                yield start, at + 2
            elif _goes_on(text, at + 1):
                yield start, at + 1


def _goes_on(text: str, at: int) -> bool:
    """Tell whether at text[at] Chinese text goes on, or the text is at its end."""
    char = text[at : at + 1]
    return _is_han(char) or char in _AFTER_MARK or char.isdecimal() or text[at:] in ("", "\n")


def half_width_stops(text: str) -> Iterator[tuple[int, int]]:
    """Yield where . stands for 。."""
    at = text.find(".")
    while at >= 0:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        follows_text = _is_han(before) or before in _BEFORE_STOP
        if follows_text and (_is_han(after) or after in _OPENS or not text[at + 1 :].strip()):
            yield at, at + 1
        at = text.find(".", at + 1)


def half_width_brackets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where ( ) stand for （ ）, with what is between them."""
    for match in _BRACKETED.finditer(text):
        at = match.start()
        before = text[at - 1 : at]
        if _is_han(before) or before in _BEFORE_MARK or _is_han(text[at + 1]):
            yield match.span()


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
