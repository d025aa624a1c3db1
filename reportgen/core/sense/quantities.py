"""Quantities in official prose: every figure of a text with what it is – amount, share, ordinal, date or name."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from reportgen.core.sense.amounts import amount_at, chinese_amount, compound, fraction, share
from reportgen.core.sense.numerals import ARABIC, CHINESE, DASH, DASHES, LETTERS, NUMERALS, last_place, number_of
from reportgen.core.sense.token import Kind, Mention, Token
from reportgen.core.sense.words import ends_in, line_before

_FULL = re.compile("[０-９％＃－]")
_HALF = str.maketrans("０１２３４５６７８９％＃－", "0123456789%#-")
_MONTH_TAIL = "份|底|末|初|[上中下]+旬"

# What a figure can begin with.
_FIRST = re.compile(rf"[“《「『\dA-Za-z{NUMERALS}半正上下第前过±\-−]")
_QUOTED = re.compile("“[^“”]{1,24}”|《[^《》]{1,60}》|「[^「」]{1,24}」|『[^『』]{1,24}』")
_LETTERS = re.compile(r"[A-Z]级|[A-Za-z]+[-+]?\d+(?:\.\d+)?")
_WHOLE = re.compile(r"\d+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_ARABIC = re.compile(ARABIC)
_CHINESE = re.compile(CHINESE)
_YEAR = re.compile(
    rf"\s*年(?P<end>度|初|底|末)?(?:(?P<first>\d{{1,2}})(?:{DASH}(?P<last>\d{{1,2}}))?月(?P<tail>{_MONTH_TAIL})?(?:(?P<day>\d{{1,2}})[日号])?)?"
)
_MONTH = re.compile(f"月(?P<tail>{_MONTH_TAIL})?")
_AFTER_TENTHS = ("以上", "左右", "多", "以内", "，", "。", "；", "、", "的")
_PHASE = re.compile("(?:期|标段)(?!训|间)")

# What digits are that are followed by a character of _TELLING; others are an amount.
_NUMBERED = re.compile(
    "|".join(
        (
            r"(?P<date>(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?!\d))",
            r"(?P<fraction>(?P<above>\d{1,2})/(?P<below>\d{1,3})(?![\d/]))",
            rf"(?P<month>(?P<first>\d{{1,2}})月?份?(?:{DASH}(?P<last>\d{{1,2}}))?月(?P<tail>{_MONTH_TAIL})?(?:(?P<day>\d{{1,2}})[日号]?(?:{DASH}\d{{1,2}})?[日号])?)",
            r"(?P<clock>(?<!\d)\d{1,2}[:：]\d{2}(?!\d))",
            r"(?P<days>(?<!\d)(?P<only>\d{1,2})日(?!均|内|以内|产|处理))",
            r"(?P<level>\d+(?:\.\d+)?[A-Z]?级)",
            rf"(?P<block>\d{{1,6}}(?:\s*(?:{DASH}|、)\s*\d{{1,6}}){{0,20}}(?:[#＃](?:\s*、?\s*\d+[#＃])*|号(?!召|线召)))",
            r"(?P<code>\d+(?:\.\d+)?(?!(?:k?m|km2|ha|t|k?g|[kKMG]Wh?|kV|mm|KM|m2|m3)(?![A-Za-z]))[A-Za-z]+|\d+\+[\dA-Za-z]+(?:\+[\dA-Za-z]+)*)",
            r"(?P<compound>(?P<large>\d+(?:\.\d+)?)亿(?P<small>\d+(?:\.\d+)?)万)",
        )
    )
)
_TELLING = frozenset(f"{DASHES}./月份:：日级#＃号、+亿{LETTERS}")

_NO_MINUS_AFTER = frozenset(f"月日年{LETTERS}")
_RANK = re.compile(r"前(\d{1,2}|[一二三四五六七八九十]{1,2})[名位列]?(?![个项年批月])")
_HALVES = re.compile(r"(?P<time>[上下]半年)|(?P<ground>正负零|±0(?:\.0+)?)|(?P<share>过半|半数)")
_RANKED = ("全市", "全省", "全国", "全区", "排名", "排", "列", "居", "位次", "名次")
# What 第 counts, and what it is comparable by; 第3项 and the like are names.
_ORDERED = {
    "个": "", "批次": "第批", "批": "第批", "期": "第期", "届": "第届", "次": "第次", "轮": "第轮", "名": "rank",
    "位": "rank", "标段": "", "阶段": "第阶段", "步": "", "条": "", "项": "", "场": "第场", "号": "", "层": "",
    "版": "", "类": "",
}  # fmt: skip
_YEAR_DIGITS = frozenset("零〇一二三四五六七八九")
_TO_TEN = frozenset("一二三四五六七八九十")
_TO_FOUR = frozenset("一二三四1234")
_TO_NINE = frozenset("一二两三四五六七八九123456789")


def halved(text: str) -> str:
    """Return `text` with full-width digits and % as half-width ones, every character in its place."""
    return text.translate(_HALF) if _FULL.search(text) else text


def tokens(text: str) -> tuple[Token, ...]:
    """Return the figures of `text` (halved before) in order; list numbers are the caller's to cut off."""
    found: list[Token] = []
    first = _FIRST.search(text)
    while first:
        at = first.start()
        token = _READERS.get(text[at], _from_digit)(text, at)
        if token:
            found.append(token)
        first = _FIRST.search(text, token.end if token else at + 1)
    return tuple(found)


# Each reader returns the figure that begins at text[at], None where none does.


def _quoted(text: str, at: int) -> Token | None:
    return _name(_QUOTED.match(text, at))


def _from_letter(text: str, at: int) -> Token | None:
    return _name(_LETTERS.match(text, at))


def _name(match: re.Match[str] | None) -> Token | None:
    return Token(Kind.NAME, *match.span()) if match else None


def _from_digit(text: str, at: int) -> Token | None:
    run = _DIGITS.match(text, at)
    end = run.end() if run else at
    following = text[end : end + 1]
    token = None
    if following in _TELLING:
        token = _numbered(text, at)
    elif following == "年" or following.isspace():
        token = _year(text, at, end) or _numbered(text, at)
    elif following in _AFTER_NUMERAL:
        token = _AFTER_NUMERAL[following](text, at, end)
    return token or amount_at(text, at)


def _numbered(text: str, at: int) -> Token | None:
    """Return the date, fraction, name or compound amount that some digits are a part of."""
    match = _NUMBERED.match(text, at)
    if not match:
        return None
    kind, span, value = match.lastgroup, match.span(), match.group
    if kind == "date":
        return Token(Kind.DATE, *span, date=Mention(int(value("y")), int(value("m")), int(value("m")), int(value("d"))))
    if kind == "month":
        first = int(value("first"))
        mention = Mention(0, first, int(value("last") or 0) or first, int(value("day") or 0), value("tail") or "")
        return Token(Kind.DATE, *span, date=mention)
    if kind == "days":
        return Token(Kind.DATE, *span, date=Mention(day=int(value("only"))))
    if kind == "fraction":
        return fraction(*span, number_of(value("above")), number_of(value("below")), is_proper=True)
    if kind == "compound":
        return compound(text, *span, value("large"), value("small"))
    return Token(Kind.NAME, *span)


def _from_numeral(text: str, at: int) -> Token | None:
    if text.startswith("百分之", at):
        number = _ARABIC.match(text, at + 3) or _CHINESE.match(text, at + 3)
        if number:
            return share(at, number.end(), number_of(number.group()), last_place(number.group()))
    run = _CHINESE.match(text, at)
    end = run.end() if run else at
    following = text[end : end + 1]
    token = None
    if following in _AFTER_NUMERAL:
        token = _AFTER_NUMERAL[following](text, at, end)
    elif following.isspace():
        token = _year(text, at, end)
    token = token or chinese_amount(text, at, end)
    if not token and text.startswith("一半", at) and text[at - 1 : at] != "一" and not text.startswith("以内", at + 2):
        token = share(at, at + 2, Decimal(50))
    return token


def _from_minus(text: str, at: int) -> Token | None:
    before = text[at - 1 : at]
    return None if before in _NO_MINUS_AFTER or before.isdecimal() else amount_at(text, at)


def _from_order(text: str, at: int) -> Token | None:
    """Return 第三季度, 前两名 or 第3期."""
    return _quarter(text, at, at + 2) or (_ordinal(text, at) if text[at] == "第" else _rank(text, at))


def _rank(text: str, at: int) -> Token | None:
    match = _RANK.match(text, at)
    if not match:
        return None
    number = number_of(match.group(1))
    return Token(Kind.ORDINAL, *match.span(), number, number, unit="位", dimension="rank", more=True)


def _from_half(text: str, at: int) -> Token | None:
    """Return 上半年 and 下半年, 过半 and 半数, 正负零 and ±0.00."""
    match = _HALVES.match(text, at)
    if not match:
        return None
    kind, span = match.lastgroup, match.span()
    if kind == "ground":
        return Token(Kind.AMOUNT, *span, unit="层", dimension="层")
    if kind == "share":
        return share(*span, Decimal(50), more=match.group() == "过半")
    return Token(Kind.DATE, *span, date=Mention(0, 1, 6) if text[at] == "上" else Mention(0, 7, 12))


# What a numeral at text[at:end] is by the character that follows it.


def _year(text: str, at: int, end: int) -> Token | None:
    match = _YEAR.match(text, end) if _is_year(text[at:end]) else None
    if not match:
        return None
    value = match.group
    first = int(value("first") or 0)
    mention = Mention(
        int(number_of(text[at:end])), first, int(value("last") or 0) or first, int(value("day") or 0),
        value("tail") or value("end") or "",
    )  # fmt: skip
    return Token(Kind.DATE, at, match.end(), date=mention)


def _is_year(numeral: str) -> bool:
    if numeral.startswith(("19", "20")):
        return len(numeral) == 4 and numeral.isdecimal()
    length = 5 if numeral[1:2] == "〇" and len(numeral) == 5 else 4  # 二〇〇二三年
    return numeral[:1] in ("一", "二") and len(numeral) == length and _YEAR_DIGITS.issuperset(numeral)


def _month(text: str, at: int, end: int) -> Token | None:
    match = _MONTH.match(text, end)
    if not match or end - at > 2 or text[at - 1 : at] == "个" or not _TO_TEN.issuperset(text[at:end]):
        return None
    month = int(number_of(text[at:end]))
    return Token(Kind.DATE, at, match.end(), date=Mention(0, month, month, 0, match.group("tail") or ""))


def _quarter(text: str, at: int, end: int) -> Token | None:
    numeral = text[at:end].lstrip("第前")
    if numeral not in _TO_FOUR or not text.startswith("季度", end):
        return None
    last = int(number_of(numeral)) * 3
    return Token(Kind.DATE, at, end + 2, date=Mention(0, last - 2, last))


def _phase(text: str, at: int, end: int) -> Token | None:
    """Return 二期 or 三标段, which are names."""
    match = _PHASE.match(text, end) if text[at:end] in _TO_TEN else None
    return Token(Kind.NAME, at, match.end()) if match and text[at : end + 1] != "十期" else None


def _level(text: str, at: int, end: int) -> Token | None:
    return Token(Kind.NAME, at, end + 1) if text[at:end] in _TO_TEN else None


def _tenths(text: str, at: int, end: int) -> Token | None:
    if text[at:end] not in _TO_NINE:
        return None
    tenths = number_of(text[at:end]) * 10
    for words, more in (("成半", 5), ("成", 0)):
        close = end + len(words)
        if text.startswith(words, end) and (text.startswith(_AFTER_TENTHS, close) or text[close:] in ("", "\n")):
            return share(at, close, tenths + more, Decimal(10))
    return None


def _parts(text: str, at: int, end: int) -> Token | None:
    """Return 三分之二."""
    above = text.startswith("分之", end) and (_CHINESE.match(text, end + 2) or _WHOLE.match(text, end + 2))
    if not above:
        return None
    return fraction(at, above.end(), number_of(above.group()), number_of(text[at:end]))


def _ordinal(text: str, at: int) -> Token | None:
    match = _ARABIC.match(text, at + 1) or _CHINESE.match(text, at + 1)
    if not match:
        return None
    number = number_of(match.group())
    end = match.end()
    counted = next((word for word in (text[end : end + 2], text[end : end + 1]) if word in _ORDERED), "")
    is_ranked = not counted and ends_in(line_before(text, at, 4), _RANKED, ("为", "在"))
    dimension = "rank" if is_ranked else _ORDERED.get(counted, "")
    kind = Kind.ORDINAL if dimension else Kind.NAME
    return Token(kind, at, end + len(counted), number, number, unit=counted, dimension=dimension)


_AFTER_NUMERAL: dict[str, Callable[[str, int, int], Token | None]] = {
    "分": _parts, "年": _year, "月": _month, "季": _quarter, "期": _phase, "标": _phase, "级": _level, "成": _tenths,
}  # fmt: skip
# By the first character of a figure; all others are digits.
_READERS: dict[str, Callable[[str, int], Token | None]] = {
    **dict.fromkeys("“《「『", _quoted),
    **dict.fromkeys(LETTERS, _from_letter),
    **dict.fromkeys(NUMERALS, _from_numeral),
    **dict.fromkeys("第前", _from_order),
    **dict.fromkeys("上下正±过半", _from_half),
    **dict.fromkeys("-−", _from_minus),
}
