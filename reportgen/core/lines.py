"""How many lines a text takes in a column, and how high its row must be: right or larger, never smaller.

Measured with LibreOffice 7.4 on the cells of a real month: CJK, full-width signs and “ ” — … · are one em wide, ASCII
half an em; a run of Latin letters and figures is kept whole; the office programs break lines greedily, some with and
some without kinsoku (no 。 at the start of a line), so the larger count of the two holds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

COLUMN_UNIT_PT = 6.0  # one Excel column unit when the workbook's Normal font is 宋体 12
CELL_PADDING_PT = 4.5  # what a cell takes from its column's width in Excel, WPS and LibreOffice
LINE_FACTOR = 1.35  # printed line height over font size; screens are tighter than paper
ROW_PADDING_PT = 4.0
MAX_ROW_PT = 409.0  # Excel's cap for a row

_TOKEN = re.compile(r"[A-Za-z0-9.,%+\-/#&]+|.", re.DOTALL)
_NOT_AT_START = frozenset("。，、；：？！）》】〉」』”’…—·％%,.!?;:)]}")
_NOT_AT_END = frozenset("（《【〈「『“‘([{")
_ONE_EM = frozenset("“”‘’—…·")
_SENTENCE_ENDS = frozenset("。；！？")


def width_em(text: str) -> float:
    """Return the width of `text` on one line, in em of its font."""
    return sum(1.0 if _is_wide(char) else 0.5 for char in text)


def _is_wide(char: str) -> bool:
    if char < "\u0080":
        return False
    return char in _ONE_EM or unicodedata.east_asian_width(char) != "H"


@lru_cache(maxsize=4096)
def count_lines(text: str, available_em: float) -> int:
    """Return the lines that `text` takes in a column with room for `available_em`; an empty text takes one."""
    return sum(max(_wrap(line, available_em, False), _wrap(line, available_em, True)) for line in text.split("\n"))


def _wrap(line: str, available: float, kinsoku: bool) -> int:
    lines, used = 1, 0.0
    carried: list[tuple[str, float]] = []  # the tokens of the running line
    for token in _TOKEN.findall(line):
        width = width_em(token)
        if used + width <= available + 1e-9:
            carried.append((token, width))
            used += width
            continue
        if token == " ":  # spaces at a line's end take no room
            continue
        moved: list[tuple[str, float]] = []
        if kinsoku:
            while carried and len(moved) < 4 and _must_move(carried[-1][0], (moved[0][0] if moved else token)):
                moved.insert(0, carried.pop())
            if not carried:
                moved = []
        lines += 1
        carried = [*moved, (token, width)]
        used = sum(w for _t, w in carried)
        while used > available and used > 0 and width > available:  # a word wider than the column is cut
            lines += 1
            used -= available
    return lines


def _must_move(last: str, following: str) -> bool:
    """Tell whether a line may not break between two tokens, so that `last` goes to the next line too."""
    return following[0] in _NOT_AT_START or last[-1] in _NOT_AT_END


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

    Cut after a line break or the end of a sentence where one is near, else where a line may end; a line break at a cut
    stays with the upper piece.
    """
    pieces = []
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
