"""Dates and moments as people write them in a cell."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from reportgen.core.grid import Shown, Value, text_of

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_TIME = re.compile(r"(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*(?:分|[:：]\d{2})?$")
_NUMERAL = re.compile("[零〇一二三四五六七八九十]+(?=[年月日])")
_DIGITS = {char: str(digit) for digit, char in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def moment_of(value: Value | None) -> datetime | None:
    """Return the date, and time where one is given, that a cell holds; None when it holds neither.

    Understood are date cells, 2023-08-31, 2023/8/31, 2023.8.31, 2023年8月31日, 20230831, 二〇二三年八月三十一日,
    in digits of any width, each with 12:00 or 12时.
    """
    if isinstance(value, Shown):
        value = value.value if isinstance(value.value, date) else value.text
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if value is None or isinstance(value, bool):
        return None
    # The space between day and hour parts them: 2023-9-2 12:00.
    text = _NUMERAL.sub(_arabic, unicodedata.normalize("NFKC", text_of(value)).strip())
    match = _DATE.match(text) or _COMPACT.fullmatch(text)
    if not match:
        return None
    rest = text[match.end() :].lstrip().removeprefix("T")
    time = _TIME.fullmatch(rest) if rest else None
    if rest and not time:
        return None
    hour, minute = (int(time.group(1)), int(time.group(2) or 0)) if time else (0, 0)
    try:
        year, month, day = map(int, match.groups())
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None


def _arabic(numeral: re.Match[str]) -> str:
    """Return a numeral of a date in digits: 二〇二三 → 2023, 三十一 → 31."""
    tens, ten, ones = numeral.group().partition("十")
    if not ten:
        return "".join(_DIGITS[char] for char in tens)
    return (_DIGITS.get(tens, "") if tens else "1") + (_DIGITS.get(ones, "") if ones else "0")


def date_of(value: Value | None) -> date | None:
    """Return the date that a cell holds, None when it holds none."""
    moment = moment_of(value)
    return moment.date() if moment else None


def chinese_date(day: date) -> str:
    """Return a date as official texts write it, without padding: 2023年9月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_moment(moment: datetime) -> str:
    """Return a moment as official texts write it: 2023年9月2日12:00, the time left out at midnight."""
    day = chinese_date(moment.date())
    return day if (moment.hour, moment.minute) == (0, 0) else f"{day}{moment:%H:%M}"
