"""How many lines a text takes in a column, and how high its row must be: right or larger, never smaller.

Measured with LibreOffice 7.4 on the cells of a real month (bench/estimator.py): CJK, full-width signs and “ ” — … · are
one em wide, ASCII half an em; a run of Latin letters and figures is kept whole; the office programs break lines
greedily, but differ in where a line may not break (no 。 at its start), so the largest count holds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from enum import Enum
from functools import lru_cache
from itertools import accumulate, pairwise
from string import ascii_letters, digits

COLUMN_UNIT_PT = 6.0  # one Excel column unit when the workbook's Normal font is 宋体 12
CELL_PADDING_PT = 4.5  # what a cell takes from its column's width in Excel, WPS and LibreOffice
LINE_FACTOR = 1.35  # printed line height over font size; screens are tighter than paper
ROW_PADDING_PT = 4.0
WORD_GAP_EM = 0.25  # between Chinese and Latin in Word; LibreOffice puts 0.2 even where the document says none
MAX_ROW_PT = 409.0  # Excel's cap for a row

_TOKEN = re.compile(r"[A-Za-z0-9.,%+\-/#&]+|.", re.DOTALL)
# Behind which marks a word wider than its column may be broken, one program and one word after the other.
_BREAKS = tuple(re.compile(f"[^{m}]*[{m}]+|[^{m}]+") for m in (r"\-", r"\-/", r"\-%", r"\-/%", r"\-/.,%+#&"))
_NOT_AT_START = frozenset("。，、；：？！）》】〉」』”’…—·％%,.!?;:)]}-/")
_NOT_AT_END = frozenset("（《【〈「『“‘([{")
_KEPT_WITH_FIGURES = frozenset("。，、”’）》】〉」』")
_QUOTES = frozenset("“”‘’")
_LATIN = frozenset(ascii_letters + digits + ".,%+-/#&")
_SPACED = frozenset(ascii_letters + digits + "%")
_MOST_MOVED = 8
_TAB_EM = 4.0  # at most, from one tab stop to the next
_ONE_EM = frozenset("“”‘’—…·")
_SENTENCE_ENDS = frozenset("。；！？")


class _Kinsoku(Enum):
    """When a program looks for a proper place to break: LibreOffice Calc, Writer and Word, ICU in full."""

    BESIDE_LATIN = 1
    ALWAYS = 2
    ALWAYS_WITH_QUOTES = 3


def width_em(text: str) -> float:
    """Return the width of `text` on one line, in em of its font."""
    return sum(_TAB_EM if char == "\t" else 1.0 if _is_wide(char) else 0.5 for char in text)


def _is_wide(char: str) -> bool:
    if char < "\u0080":
        return False
    return char in _ONE_EM or unicodedata.east_asian_width(char) != "H"


@lru_cache(maxsize=1 << 16)  # a table of ten thousand rows asks for each of its texts twice
def count_lines(text: str, available_em: float, gap_em: float = 0.0) -> int:
    """Return the lines that `text` takes in a column with room for `available_em`; an empty text takes one.

    `gap_em` is what the program puts between Chinese characters and figures or Latin letters.
    """
    count = 0
    for line in text.split("\n"):
        if len(line) * (1.0 + gap_em) <= available_em and "\t" not in line:
            count += 1  # no character is wider than one em
        else:
            ways = _ways_to_break(_TOKEN.findall(line), available_em)
            count += max(_most_lines(way, available_em, gap_em) for way in ways)
    return count


def _most_lines(tokens: list[str], available: float, gap: float) -> int:
    """Return the lines of the program that takes most; all take the same where no line breaks at a mark."""
    ends = _ends(tokens, gap)
    lines, is_sure = _wrap(tokens, ends, available, gap, _Kinsoku.ALWAYS_WITH_QUOTES)
    others = () if is_sure else (_Kinsoku.BESIDE_LATIN, _Kinsoku.ALWAYS)
    return max([lines, *(_wrap(tokens, ends, available, gap, kinsoku)[0] for kinsoku in others)])


def _ways_to_break(tokens: list[str], available_em: float) -> tuple[list[str], ...]:
    """Return the tokens, and where a word is wider than the column also broken at its marks.

    ISO9001/GB-T19001 then ends a line after - or /, where the programs differ; a line that ends early makes one more.
    """
    if max(map(_token_em, tokens), default=0.0) <= available_em:
        return (tokens,)
    broken = ([part for token in tokens for part in _parts(token, pattern, available_em)] for pattern in _BREAKS)
    return (tokens, *broken)


def _parts(token: str, pattern: re.Pattern[str], available_em: float) -> list[str]:
    return pattern.findall(token) if _token_em(token) > available_em else [token]


@lru_cache(maxsize=16384)
def _token_em(token: str) -> float:
    return width_em(token)


def _ends(tokens: list[str], gap: float) -> list[float]:
    """Return where each token begins on a line without end, and where the last one ends."""
    widths = list(map(_token_em, tokens))
    if gap:
        for at in [at for at, token in enumerate(tokens) if token[0] in _LATIN]:
            if at and _is_gap(tokens[at - 1][-1], tokens[at][0]):
                widths[at] += gap
            if at + 1 < len(tokens) and _is_gap(tokens[at][-1], tokens[at + 1][0]):
                widths[at + 1] += gap
    return list(accumulate(widths, initial=0.0))


def _wrap(tokens: list[str], ends: list[float], available: float, gap: float, kinsoku: _Kinsoku) -> tuple[int, bool]:
    """Return the lines, and whether no token at their ends had to stay with the one after it, quotes included."""
    lines, used, is_sure = 1, 0.0, True
    row: list[str] = []  # the tokens of the running line
    at = 0  # the first token that is on no line yet
    while True:
        end = bisect_right(ends, available + 1e-9 - used + ends[at], at + 1) - 1
        row += tokens[at:end]
        while end < len(tokens) and tokens[end] == " ":  # spaces at a line's end take no room
            end += 1
        if end == len(tokens):
            return lines, is_sure
        token = tokens[end]
        lines += 1 if row else 0
        used = _token_em(token)
        if row and _stays_with(row[-1], token, has_quotes=True):
            is_sure = False
            row = [*_moved_with(token, row, kinsoku), token]
            used = sum(map(_token_em, row)) + gap * sum(_is_gap(a[-1], b[0]) for a, b in pairwise(row))
        else:
            row = [token]
        while used > available > 0:  # a word wider than the column is cut
            lines += 1
            used -= available
        at = end + 1


@lru_cache(maxsize=8192)
def _is_gap(before: str, after: str) -> bool:
    """Tell whether a Chinese character and a figure or Latin letter meet."""
    return (before in _SPACED and _is_ideograph(after)) or (after in _SPACED and _is_ideograph(before))


def _is_ideograph(char: str) -> bool:
    return char >= "\u2e80" and unicodedata.category(char) == "Lo"


def _moved_with(token: str, row: list[str], kinsoku: _Kinsoku) -> list[str]:
    """Return the last tokens of a line that go to the next one together with `token`; none when that is the line."""
    if kinsoku is _Kinsoku.BESIDE_LATIN and not _is_latin(token) and not _ends_latin(row):
        return []
    has_quotes = kinsoku is not _Kinsoku.ALWAYS
    following, count = token, 0
    while count < len(row) and count < _MOST_MOVED and _stays_with(row[-1 - count], following, has_quotes):
        following = row[-1 - count]
        count += 1
    return [] if count == len(row) else row[len(row) - count :]


def _stays_with(last: str, following: str, has_quotes: bool) -> bool:
    """Tell whether a line may not break between two tokens; ICU keeps figures with marks, quotes with both sides."""
    return (
        following[0] in _NOT_AT_START
        or last[-1] in _NOT_AT_END
        or (_is_latin(following) and last[-1] in _KEPT_WITH_FIGURES)
        or (has_quotes and (following[0] in _QUOTES or last[-1] in _QUOTES))
    )


def _is_latin(token: str) -> bool:
    return token[0] in _LATIN


def _ends_latin(row: list[str]) -> bool:
    """Tell whether a line ends in a word or figure, quotes after it aside: these take their script from it."""
    return next((_is_latin(token) for token in reversed(row) if token not in _ONE_EM), False)


def row_height_pt(lines: int, size_pt: float) -> float:
    """Return the height in points that a row of `lines` lines of a `size_pt` font needs on paper."""
    return lines * LINE_FACTOR * size_pt + ROW_PADDING_PT


def available_em(column_units: float, size_pt: float) -> float:
    """Return the room for text, in em, of a sheet column that is `column_units` wide."""
    return (column_units * COLUMN_UNIT_PT - CELL_PADDING_PT) / size_pt


def max_lines(height_pt: float, size_pt: float) -> int:
    """Return how many lines a row of `height_pt` has room for, at least one."""
    return max(1, int((height_pt - ROW_PADDING_PT) / (LINE_FACTOR * size_pt) + 1e-9))


def split_to_height(text: str, available_em: float, lines: int) -> tuple[str, ...]:
    """Return `text` cut into pieces of at most `lines` lines each; joined, they are the text again.

    Cut after a line break or the end of a sentence where one is near, else where a line may end. A line break at a cut
    stays with the upper piece, which takes two lines at least.
    """
    pieces = []
    lines = max(lines, 2)
    while count_lines(text, available_em) > lines:
        cut = _cut(text, available_em, lines)
        pieces.append(text[:cut])
        text = text[cut:]
    return (*pieces, text)


def _cut(text: str, available_em: float, lines: int) -> int:
    """Return how many characters of `text` go into `lines` lines, at least one."""
    low, high = 1, len(text)
    while low < high:  # a longer beginning never takes fewer lines
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count_lines(text[:middle], available_em) <= lines else (low, middle - 1)
    nearby = range(low, max(low * 3 // 4, 1), -1)
    for ends in (frozenset("\n"), _SENTENCE_ENDS):
        cut = next((at for at in nearby if text[at - 1] in ends and text[at : at + 1] not in _NOT_AT_START), 0)
        if cut:
            return cut
    ends_of_tokens = {match.end() for match in _TOKEN.finditer(text, max(0, low - 200), low + 1)}
    return next((at for at in nearby if at in ends_of_tokens and text[at : at + 1] not in _NOT_AT_START), low)
