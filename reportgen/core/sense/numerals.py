"""Chinese and Arabic numerals as exact numbers."""

from __future__ import annotations

from decimal import Decimal

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
DASHES = "-—–―~～至到"
DASH = f"[{DASHES}]{{1,2}}"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NUMERALS = "零〇一二两三四五六七八九十百千万亿"
CHINESE = rf"[{NUMERALS}]{{1,12}}(?:点[零〇一二三四五六七八九]+)?"

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_MULTIPLIERS = _STEPS | _MYRIADS
_ONE = Decimal(1)
_LARGE = Decimal(10) ** 20  # beyond it a rounded number no longer fits the arithmetic's 28 digits


def number_of(text: str) -> Decimal:
    """Return the number that an Arabic (6,800.5) or Chinese (六千八百, 二〇二三, 三点五) numeral stands for."""
    if text[0] not in NUMERALS:
        return Decimal(text.replace(",", ""))
    whole, _point, decimals = text.partition("点")
    value = Decimal(_whole(whole))
    if decimals:
        value += Decimal("0." + "".join(str(_DIGITS[char]) for char in decimals))
    return value


def _whole(text: str) -> int:
    if len(text) > 1 and all(char in _DIGITS for char in text):  # read digit by digit: 二〇二三
        return int("".join(str(_DIGITS[char]) for char in text))
    total, section, digit, last_step = 0, 0, 0, 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _STEPS:
            section += (digit or 1) * _STEPS[char]
            last_step, digit = _STEPS[char], 0
        else:
            myriad, part = _MYRIADS[char], section + digit
            total = total + part * myriad if total >= myriad else (total + part) * myriad
            section, digit, last_step = 0, 0, myriad
    # 两千五 is 2500: a digit right after a step counts tenths of it
    is_short = digit and last_step >= 100 and text[-2:-1] in _MULTIPLIERS
    return total + section + (digit * last_step // 10 if is_short else digit)


def multiplier_of(text: str) -> Decimal:
    """Return what 万, 亿, 百万, 千 … multiply a number by; 1 for no text."""
    product = _ONE
    for char in text:
        product *= _MULTIPLIERS[char]
    return product


def last_place(text: str) -> Decimal:
    """Return the worth of a numeral's last printed digit: 11.70 → 0.01, 23 → 1."""
    decimals = text.partition(".")[2]
    return Decimal(1).scaleb(-len(decimals)) if decimals else _ONE


def shown(value: Decimal, places: int = 4) -> str:
    """Return a number for a message: rounded to `places`, without trailing zeros or exponent."""
    rounded = round(value, places).normalize() if abs(value) < _LARGE else value
    return f"{rounded:f}"
