"""Numbers and dates as an office program shows them: 0.125 under 0.0% is 12.5%, 45169 under m"月"d"日" is 8月31日.

A unit that types 12.5% or 8月31日 into a cell does not know that the program stores a number. What it saw is what it
meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from msgspec import Struct

GENERAL = "General"
# The formats that files name by number only, as a Chinese Excel shows them.
_NUMBERS_OF = {
    GENERAL: (0,),
    "0": (1,),
    "0.00": (2,),
    "#,##0": (3, 37, 38),
    "#,##0.00": (4, 39, 40),
    "0%": (9,),
    "0.00%": (10,),
    "0.00E+00": (11, 48),
    "yyyy/m/d": (14,),
    "d-mmm-yy": (15,),
    "d-mmm": (16,),
    "mmm-yy": (17,),
    "h:mm AM/PM": (18,),
    "h:mm:ss AM/PM": (19,),
    "h:mm": (20,),
    "h:mm:ss": (21,),
    "yyyy/m/d h:mm": (22,),
    'yyyy"年"m"月"': (27, 36, 50, 52, 57),
    'm"月"d"日"': (28, 29, 51, 53, 54, 58),
    "m-d-yy": (30,),
    'yyyy"年"m"月"d"日"': (31,),
    'h"时"mm"分"': (32,),
    'h"时"mm"分"ss"秒"': (33,),
    "mm:ss": (45, 47),
    "[h]:mm:ss": (46,),
}
BUILTIN: dict[int, str] = {number: code for code, numbers in _NUMBERS_OF.items() for number in numbers}
_MAX_SERIAL = 2_958_466  # the day after 9999-12-31
_MAX_EXACT = 1e15
# Quoted text, an escaped sign, a bracket, a space as wide as a sign, a sign that fills the cell, words of date formats.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|_.|\*.'
    r"|(?P<noon>AM/PM|A/P|上午/下午)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|a{3,4})"
    r"|(?P<number>[#0?][#0?,]*(?:\.[#0?]*)?,*|\.[#0?]+)(?P<exponent>[eE][+-][0#?]+)?|(?P<other>.)",
    re.DOTALL,
)
_CURRENCY = re.compile(r"\$([^-]*)")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Piece(Struct, frozen=True):
    """A piece of a format: `kind` is literal, percent, number, exponent, noon, elapsed or date."""

    kind: str
    text: str


@lru_cache(maxsize=512)
def is_date_format(code: str) -> bool:
    """Tell whether a format shows numbers as dates or times."""
    return any(piece.kind in ("date", "elapsed") for piece in _pieces(_sections(code)[0]))


def shown(number: float, code: str, epoch_1904: bool = False) -> str:
    """Return a number as the format `code` shows it; as without a format where the format is not understood."""
    sections = _sections(code)
    pieces, number = _section_for(number, sections)
    if not any(piece.kind != "literal" for piece in pieces):
        literal = "".join(piece.text for piece in pieces)
        return literal if literal and sections[0] not in (GENERAL, "@") else general(number)
    if any(piece.kind in ("date", "elapsed") for piece in pieces):
        moment = moment_of_serial(number, epoch_1904)
        return general(number) if moment is None else _as_date(moment, number, pieces)
    return _as_number(number, pieces)


def general(number: float) -> str:
    """Return a number as a cell without a format shows it, at the 15 digits that Excel keeps."""
    if float(number).is_integer() and abs(number) < _MAX_EXACT:
        return str(int(number))
    return f"{number:.15g}".upper()


def moment_of_serial(serial: float, epoch_1904: bool = False) -> datetime | None:
    """Return the moment that Excel's day number means, None for one that means none.

    Day 60 of the 1900 calendar, 29 February 1900, never was; the days before it count from a day later.
    """
    if not 0 <= serial < _MAX_SERIAL:
        return None
    first_of_1900 = datetime(1899, 12, 31) if serial < 60 else datetime(1899, 12, 30)
    start = datetime(1904, 1, 1) if epoch_1904 else first_of_1900
    try:
        return start + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return None


def serial_of_day(day: date) -> int:
    """Return the number that a cell holds which shows the day `day`."""
    serial = (date(day.year, day.month, day.day) - date(1899, 12, 30)).days
    return serial if serial > 60 else serial - 1


def _sections(code: str) -> tuple[str, ...]:
    """Return the sections of a format: positive, negative, zero, text."""
    sections, start, quoted, at = [], 0, False, 0
    while at < len(code):
        if code[at] == '"':
            quoted = not quoted
        elif code[at] == "\\" and not quoted:
            at += 1
        elif code[at] == ";" and not quoted:
            sections.append(code[start:at])
            start = at + 1
        at += 1
    return (*sections, code[start:])


def _section_for(number: float, sections: tuple[str, ...]) -> tuple[tuple[_Piece, ...], float]:
    """Return the pieces that show `number`, and the number without a sign that its section writes itself."""
    if number < 0 and len(sections) > 1:
        return _pieces(sections[1]), -number
    if number == 0 and len(sections) > 2:
        return _pieces(sections[2]), number
    return _pieces(sections[0]), number


@lru_cache(maxsize=512)
def _pieces(section: str) -> tuple[_Piece, ...]:
    if section.strip() in ("", "@") or section.lower().startswith("general"):
        return ()
    return tuple(_read_pieces(section))


def _read_pieces(section: str) -> Iterator[_Piece]:
    for match in _TOKEN.finditer(section):
        group, text = match.lastgroup, match.group()
        if group == "bracket":
            currency = _CURRENCY.match(match["bracket"])
            if currency:
                yield _Piece("literal", currency.group(1))
            elif _ELAPSED.fullmatch(match["bracket"]):
                yield _Piece("elapsed", match["bracket"].lower())
        elif group in ("quoted", "escaped"):
            yield _Piece("literal", match[group])
        elif group == "other":
            yield _Piece("percent" if text == "%" else "literal", text)
        elif group in ("number", "exponent"):
            yield _Piece("number", match["number"])
            if match["exponent"]:
                yield _Piece("exponent", match["exponent"])
        elif group is not None:
            yield _Piece(group, text)


# numbers


def _as_number(number: float, pieces: tuple[_Piece, ...]) -> str:
    patterns = [piece.text for piece in pieces if piece.kind == "number"]
    if len(patterns) != 1 or any(piece.kind == "exponent" or piece.text == "/" for piece in pieces):
        # Fractions, groups of digits, and 1.38E+10, which hides what was typed: as without a format.
        return general(number)
    try:
        scaled = Decimal(repr(number)) * 100 ** sum(piece.kind == "percent" for piece in pieces)
        text = _decimal(scaled, patterns[0])
    except InvalidOperation:
        return general(number)
    middle = "".join(text.lstrip("-") if piece.kind == "number" else piece.text for piece in pieces)
    return ("-" if text.startswith("-") else "") + middle


def _decimal(number: Decimal, pattern: str) -> str:
    while pattern.endswith(","):  # a comma at the end shows thousands
        pattern, number = pattern[:-1], number / 1000
    whole, _point, fraction = pattern.partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}" if "," in whole else f"{abs(rounded):f}"
    before, _point, after = digits.partition(".")
    least = len(fraction.rstrip("#?"))
    after = after[:least] + after[least:].rstrip("0")
    text = before.rjust(whole.replace(",", "").count("0"), "0") + (f".{after}" if after else "")
    return f"-{text}" if rounded < 0 else text


# dates


def _as_date(moment: datetime, serial: float, pieces: tuple[_Piece, ...]) -> str:
    half_day = any(piece.kind == "noon" for piece in pieces)
    dates = [n for n, piece in enumerate(pieces) if piece.kind in ("date", "elapsed")]
    words = []
    for number, piece in enumerate(pieces):
        if piece.kind == "noon":
            words.append(_noon(piece.text, moment))
        elif piece.kind == "elapsed":
            words.append(str(int(serial * {"h": 24, "m": 1440, "s": 86_400}[piece.text[0]])))
        elif piece.kind == "date":
            at = dates.index(number)
            before = pieces[dates[at - 1]].text[0].lower() if at else ""
            after = pieces[dates[at + 1]].text[0].lower() if at + 1 < len(dates) else ""
            is_minute = piece.text[0] in "mM" and (before == "h" or after == "s")
            words.append(_date_word(piece.text.lower(), moment, half_day, is_minute))
        elif piece.kind in ("literal", "percent", "number"):
            words.append(piece.text)
    return "".join(words).strip()


def _noon(word: str, moment: datetime) -> str:
    before, _slash, after = word.partition("/")
    return before if moment.hour < 12 else after


def _date_word(word: str, moment: datetime, half_day: bool, is_minute: bool) -> str:
    if word[0] == "y":
        return f"{moment.year:04d}" if len(word) > 2 else f"{moment.year % 100:02d}"
    if word[0] == "m" and not is_minute and len(word) > 2:
        return _MONTHS[moment.month - 1]
    if word[0] == "a" or (word[0] == "d" and len(word) > 2):
        return ("星期" if word == "aaaa" else "周") + "一二三四五六日"[moment.weekday()]
    number = {
        "m": moment.minute if is_minute else moment.month,
        "d": moment.day,
        "h": (moment.hour % 12 or 12) if half_day else moment.hour,
        "s": moment.second,
    }[word[0]]
    return f"{number:02d}" if len(word) > 1 else str(number)
