"""How texts and names are compared. What is printed is never taken from here."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_WHITE = re.compile(r"\s+")
# White space, and what nobody can see: soft hyphens, spaces without width, marks of direction.
_UNSEEN = re.compile(r"[\s\xad\u200b-\u200f\u2060\ufeff]+")
# What XML 1.0 cannot carry (and Excel shows as boxes), apart from tab and line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# What Windows forbids in file names, as the signs that look like it.
_IN_FILE_NAMES = str.maketrans('<>:"/\\|?*', "＜＞：”／＼｜？＊")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE | re.DOTALL)
_MAX_FILE_NAME = 60  # characters: 180 bytes on Linux, where a name may have 255 with its ending
# Signs without a look of their own (widthless spaces, marks of direction), and those that only one font has.
_WIDTHLESS = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_OF_ONE_FONT = re.compile("[\ue000-\uf8ff\ufffd]")
END_MARKS = "。！？；…"
_CLOSERS = "”’）)》】」』"


@lru_cache(maxsize=1 << 16)  # headings, names and targets are compared over and over
def fold(text: str) -> str:
    """Return `text` for comparison: NFKC (（） : full-width digits become ASCII), no white space, lower case."""
    normal = unicodedata.normalize("NFKC", text)
    if " " in normal or not normal.isprintable():  # of what cannot be seen only the space counts as printable
        normal = _UNSEEN.sub("", normal)
    return normal.casefold()


def squeeze(text: str) -> str:
    """Return `text` without any white space."""
    return "".join(text.split())


def has_end_mark(text: str) -> bool:
    """Tell whether a sentence of `text` is closed, an end mark inside a closing quote or bracket included."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in tuple(END_MARKS)


def without_control(text: str) -> str:
    """Return `text` with CR LF as LF and without characters that no office file can hold."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def without_widthless(text: str) -> str:
    """Return `text` without signs that nobody can see, and that would turn round or part what is printed."""
    return text if text.isprintable() else _WIDTHLESS.sub("", text)


def of_one_font(text: str) -> str:
    """Return the signs of `text` that have a look in one font only, as bullets pasted from Word, each once."""
    if text.isprintable() and "\ufffd" not in text:
        return ""
    return "".join(dict.fromkeys(_OF_ONE_FONT.findall(text)))


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word most like `word`, by folded likeness; None when none is alike enough."""
    import difflib

    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(fold(candidate), candidate)
    hits = difflib.get_close_matches(fold(word), list(by_fold), n=1, cutoff=cutoff)
    return by_fold[hits[0]] if hits else None


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def padded(name: str) -> str:
    """Return a personal name as it is printed: two characters are set apart by two spaces (高  晋)."""
    plain = squeeze(name)
    return f"{plain[0]}  {plain[1]}" if len(plain) == 2 else plain


def chinese_number(number: int) -> str:
    """Return a whole number below 10,000 as headings count: 1 → 一, 12 → 十二, 20 → 二十, 105 → 一百零五."""
    if number < 1:
        return "〇"
    text = ""
    for unit, digit in zip(("千", "百", "十", ""), map(int, f"{number:04d}"), strict=True):
        if digit:
            text += "〇一二三四五六七八九"[digit] + unit
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零").removeprefix("一") if 10 <= number < 20 else text.rstrip("零")


def some(names: Sequence[str], limit: int = 6) -> str:
    """Return names for a sentence, the first few of a long list."""
    return "、".join(names[:limit]) + ("等" if len(names) > limit else "")


def seq_ranges(numbers: Iterable[int]) -> str:
    """Return numbers as people list them: 1、3—5、9."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [f"{r[0]}—{r[-1]}" if len(r) > 2 else "、".join(map(str, r)) for r in runs]
    return "、".join(words)


def file_name(name: str) -> str:
    """Return `name` as the name of a file, without ending, that Windows, macOS and Linux accept."""
    plain = _WHITE.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", name))).translate(_IN_FILE_NAMES)
    # Windows drops dots and spaces at the end; a dot or ~$ at the start would hide the file.
    plain = plain.lstrip(" .~$")[:_MAX_FILE_NAME].rstrip(" .")
    return f"{plain}_" if not plain or _RESERVED.fullmatch(plain) else plain


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return the file name of each name, all different even where upper and lower case are one."""
    used: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        plain = file_name(name)
        numbered = (plain if n == 1 else f"{plain}（{n}）" for n in itertools.count(1))
        found[name] = next(candidate for candidate in numbered if candidate.casefold() not in used)
        used.add(found[name].casefold())
    return found
