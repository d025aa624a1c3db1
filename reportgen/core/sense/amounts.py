"""Amounts: numbers with their multiplier, range and unit, shares and fractions."""

from __future__ import annotations

import re
from decimal import Decimal

from reportgen.core.sense.numerals import ARABIC, DASH, DASHES, NUMERALS, last_place, number_of
from reportgen.core.sense.token import Kind, Token
from reportgen.core.sense.units import PERCENT, measured_in, unit_at
from reportgen.core.sense.words import ends_in, line_before

_NUMBER = re.compile(ARABIC)
_RANGE = re.compile(f"{DASH}({ARABIC})")
_DASHES = frozenset(DASHES)
_MORE = frozenset("余多几")
_MULTIPLIERS = frozenset("百千万亿")
_MYRIADS = frozenset("万亿")
_ONE = Decimal(1)

# A bare number is a quantity only where the words beside it measure something: 综合指数4.62, 得分达到92.
_MEASURED = (
    "指数", "得分", "评分", "分值", "满意度", "系数", "率", "比", "不低于", "不高于", "不超过", "控制在", "降至",
    "提高到", "提升至", "达", "达到",
)  # fmt: skip
_BEING = ("为", "是", "达", "至", "到")

# 一 before most counting words is no figure (一批, 一次性, 一体, 进一步), nor is a lone 百 or 千 (百日, 千企).
_NO_FIGURE_AFTER = frozenset("第之统唯单同专万逐进")
_NO_FIGURE_ALONE = frozenset("百千万亿一")
_GOES_ON = frozenset(f"{NUMERALS}余多")
# 一 is a figure before these, unless one of the characters named follows: 一家, but 一家家.
_COUNTED_BY_ONE = {counted: frozenset[str]() for counted in "名场座所台辆套部人件起层期笔例"} | {
    "个": frozenset("个月"), "家": frozenset("家"), "处": frozenset("处"), "项": frozenset("项"), "条": frozenset("条"),
    "次": frozenset("性次"),
}  # fmt: skip
_NO_UNIT_OF_CHINESE = frozenset("年月日级方度分路点段面线片口车本单字周届轮秒块瓦伏")


def amount_at(text: str, at: int) -> Token | None:
    """Return 6800户, -1.5%, 5%-6% or 6800多万元: a number with its multiplier, a second one, 余 and its unit."""
    is_below = text[at] in "-−"
    match = _NUMBER.match(text, at + is_below)
    if not match:
        return None
    number, second = match.group(), ""
    written = inner = _run(text, match.end(), _MULTIPLIERS)
    end = match.end() + len(inner)
    unit = unit_at(text, end)
    after_unit = end + len(unit)
    range_ = _RANGE.match(text, after_unit) if text[after_unit : after_unit + 1] in _DASHES else None
    if range_:
        second = range_.group(1)
        written = _run(text, range_.end(), _MULTIPLIERS)
        end = range_.end() + len(written)
    more = text[end : end + 1] in _MORE
    if more:
        outer = _run(text, end + 1, _MULTIPLIERS)
        written, end = written + outer, end + 1 + len(outer)
    if more or second:
        unit = unit_at(text, end)
    end += len(unit)
    if not (unit or written) and _is_bare(text, at, number, second):
        return Token(Kind.NAME, at, end)
    if unit == "年" and not second and len(number) == 4:
        return Token(Kind.NAME, at, end)
    dimension, scale = measured_in(unit, written) if unit or written else ("", _ONE)
    low = number_of(number) * (measured_in(unit, inner)[1] if second and inner else scale)
    high = number_of(second) * scale if second else low
    if is_below:
        low, high = -low, -high
    if high < low:  # 2023-08, 5-3: no range
        return Token(Kind.NAME, at, end)
    place = last_place(second or number) * scale
    return Token(Kind.AMOUNT, at, end, low, high, place, written + unit, dimension, scale, more)


def _is_bare(text: str, at: int, number: str, second: str) -> bool:
    """Tell whether a number without unit is no quantity: nothing before it says that it measures something."""
    is_long = number.isdigit() and len(number) >= 4
    return bool(second) or is_long or not ends_in(line_before(text, at, 8), _MEASURED, _BEING)


def _run(text: str, at: int, chars: frozenset[str]) -> str:
    """Return the run of `chars` that stands at text[at]."""
    end = at
    while text[end : end + 1] in chars:
        end += 1
    return text[at:end]


def chinese_amount(text: str, at: int, end: int) -> Token | None:
    """Return 八百万元, 十余家: a Chinese numeral at text[at:end] with 余, its multiplier and its unit."""
    if not _counts(text, at):
        return None
    more = text[end : end + 1] in _MORE
    outer = _run(text, end + more, _MYRIADS)
    at_unit = end + more + len(outer)
    unit = _unit_of_chinese(text, at_unit)
    if not unit and end - at > 1 and text[end - 1] in "百千":  # 三千瓦, 五百分点
        at_unit = end = end - 1
        more, outer, unit = False, "", _unit_of_chinese(text, at_unit)
    if not unit:
        return None
    dimension, factor = measured_in(unit)
    scale = measured_in(unit, outer)[1]
    number = number_of(text[at:end]) * scale
    return Token(Kind.AMOUNT, at, at_unit + len(unit), number, number, scale, unit, dimension, factor, more)


def _counts(text: str, at: int) -> bool:
    """Tell whether a Chinese numeral can be a figure: no 统一, 进一步, 一批, 一次性, 一体, 百日, 千企."""
    first, following = text[at], text[at + 1 : at + 2]
    if text[at - 1 : at] in _NO_FIGURE_AFTER:
        return False
    if first == "一" and following in _COUNTED_BY_ONE:
        return text[at + 2 : at + 3] not in _COUNTED_BY_ONE[following]
    return first not in _NO_FIGURE_ALONE or following in _GOES_ON


def _unit_of_chinese(text: str, at: int) -> str:
    return "" if text[at : at + 1] in _NO_UNIT_OF_CHINESE else unit_at(text, at)


def compound(text: str, at: int, end: int, large: str, small: str) -> Token:
    """Return 2亿3000万元 as one amount: `large` times 亿 and `small` times 万 at text[at:end], and the unit there."""
    unit = unit_at(text, end)
    dimension, factor = measured_in(unit)
    number = (Decimal(large) * 10**8 + Decimal(small) * 10**4) * factor
    place, scale = Decimal(10**4) * factor, Decimal(10**8) * factor
    return Token(Kind.AMOUNT, at, end + len(unit), number, number, place, f"亿{unit}", dimension, scale)


def fraction(start: int, end: int, above: Decimal, below: Decimal, is_proper: bool = False) -> Token:
    """Return a fraction as a percentage, as a name one that is none (12/0; where it has to be proper, 19/8)."""
    if not below or (is_proper and above > below):
        return Token(Kind.NAME, start, end)
    return share(start, end, above * 100 / below, is_fraction=True)


def share(
    start: int, end: int, value: Decimal, place: Decimal = Decimal(0), is_fraction: bool = False, more: bool = False
) -> Token:
    """Return a percentage: 百分之六十, 六成, 一半."""
    return Token(Kind.AMOUNT, start, end, value, value, place, "%", PERCENT, _ONE, more, is_fraction)
