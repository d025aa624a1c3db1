"""Quantities in official prose: every figure of a text with what it is – amount, share, ordinal, date or name."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum

from msgspec import Struct

from reportgen.core.sense.numerals import ARABIC, CHINESE, last_place, multiplier_of, number_of
from reportgen.core.sense.units import PERCENT, UNIT, measured_in


class Kind(Enum):
    """What a figure is; names (5G, 3号楼, “三提三争”) say nothing about quantity."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    DATE = "date"
    NAME = "name"


class Mention(Struct, frozen=True):
    """A point or run of time as a text writes it; 0 for what it does not say. `tail` is 底, 份, 旬 … or ""."""

    year: int = 0
    first: int = 0
    last: int = 0
    day: int = 0
    tail: str = ""


class Token(Struct, frozen=True):
    """A figure at text[start:end]. `low` and `high` are in the base unit of `dimension`; `place` is the worth of the
    last printed digit, `scale` that of one written unit (万元: 10000), `more` says 余, 多 stood with it.
    """

    kind: Kind
    start: int
    end: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    place: Decimal = Decimal(0)
    unit: str = ""
    dimension: str = ""
    scale: Decimal = Decimal(1)
    more: bool = False
    is_fraction: bool = False
    date: Mention | None = None


_HALF = str.maketrans("０１２３４５６７８９％＃－．，", "0123456789%#-．，")
_DASH = r"[-—–―~～至到]{1,2}"
_CN_DIGIT = "[一二三四五六七八九十]"
_MONTH = r"(?:1[0-2]|0?[1-9])"

# 一 before most counting words is no figure (一批, 一次性, 一体, 进一步), nor is a lone 百 or 千 (百日, 千企).
_CN_UNIT = rf"(?!年|月|日|级|方|度|分|路|点|段|面|线|片|口|车|本|单|字|周|届|轮|秒|块|瓦|伏)(?:{UNIT})"
_CN_AMOUNT = (
    rf"(?P<cn>(?<![第之统唯单同专万逐进])(?:一(?=个(?!个|月)|家(?!家)|名|处(?!处)|场|座|所|项(?!项)|台|辆|套|部|人|件|起|条(?!条)|次(?!性|次)|层|期|笔|例)"
    rf"|(?![百千万亿一](?![零〇一二两三四五六七八九十百千万亿余多])){CHINESE}))(?P<cn_more>[余多几])?(?P<cn_m>[万亿]*)(?P<cn_unit>{_CN_UNIT})"
)
_AMOUNT = (
    rf"(?P<minus>(?<![\d月日年A-Za-z])[-−])?(?P<num>{ARABIC})(?P<m1>[百千万亿]*)"
    rf"(?:(?P<u1>%|{UNIT})?{_DASH}(?P<num2>{ARABIC})(?P<mr>[百千万亿]*))?"
    rf"(?P<more>[余多几])?(?P<m2>[百千万亿]*)(?P<unit>{UNIT})?"
)
# What a figure can begin with; it spares every other character the trial of all the patterns below.
_START = r"(?=[“《「『\dA-Za-z零〇一二两三四五六七八九十百千万亿半正上下第前过±\-−])"
_TOKEN = re.compile(
    _START
    + "(?:"
    + "|".join(
        (
            r"(?P<quoted>“[^“”]{1,24}”|《[^《》]{1,60}》|「[^「」]{1,24}」|『[^『』]{1,24}』)",
            rf"百分之(?P<percent>{ARABIC}|{CHINESE})",
            rf"(?P<below>{CHINESE}|\d+)分之(?P<above>{CHINESE}|\d+)",
            r"(?P<date8>(?P<y8>(?:19|20)\d\d)[-./](?P<mo8>\d{1,2})[-./](?P<d8>\d{1,2})(?!\d))",
            r"(?P<frac>(?P<fa>\d{1,2})/(?P<fb>\d{1,3})(?![\d/]))",
            rf"(?P<year>(?P<y>(?:19|20)\d\d|[一二]〇?[零〇一二三四五六七八九]{{3}})\s*年(?P<yt>度|初|底|末)?"
            rf"(?:(?P<ym1>\d{{1,2}})(?:{_DASH}(?P<ym2>\d{{1,2}}))?月(?P<ymt>份|底|末|初|[上中下]+旬)?(?:(?P<yd>\d{{1,2}})[日号])?)?)",
            rf"(?P<month>(?P<mm1>\d{{1,2}})月?(?:份)?(?:{_DASH}(?P<mm2>\d{{1,2}}))?月(?P<mt>份|底|末|初|[上中下]+旬)?(?:(?P<md>\d{{1,2}})(?:日|号)?(?:{_DASH}\d{{1,2}})?[日号])?)",
            rf"(?P<cnmonth>(?<![个])(?P<cm>{_CN_DIGIT}{{1,2}})月(?P<cmt>份|底|末|初|[上中下]+旬)?)",
            r"(?P<half>(?P<hw>[上下])半年)",
            r"(?P<quarter>(?:第|前)?(?P<qw>[一二三四1234])季度)",
            r"(?P<clock>(?<!\d)\d{1,2}[:：]\d{2}(?!\d))",
            r"(?P<day>(?<!\d)(?P<dd>\d{1,2})日(?!均|内|以内|产|处理))",
            rf"(?P<rank>前(?P<rk>\d{{1,2}}|{_CN_DIGIT}{{1,2}})(?:名|位|列)?(?![个项年批月]))",
            rf"(?P<ordinal>第(?P<on>{ARABIC}|{CHINESE})(?P<ou>个|批次|批|期|届|次|轮|名|位|标段|阶段|步|条|项|场|号|层|版|类)?)",
            r"(?P<phase>(?:[一二三四五六七八九]期|[一二三四五六七八九十]标段)(?!训|间))",
            rf"(?P<level>(?:\d+(?:\.\d+)?[A-Z]?|[A-Z]|{_CN_DIGIT})级)",
            rf"(?P<block>\d{{1,6}}(?:\s*(?:{_DASH}|、)\s*\d{{1,6}}){{0,20}}(?:[#＃](?:\s*、?\s*\d+[#＃])*|号(?!召|线召)))",
            r"(?P<code>[A-Za-z]+[-+]?\d+(?:\.\d+)?|\d+(?:\.\d+)?(?!(?:k?m|km2|ha|t|k?g|[kKMG]Wh?|kV|mm|KM|m2|m3)(?![A-Za-z]))[A-Za-z]+|\d+\+[\dA-Za-z]+(?:\+[\dA-Za-z]+)*)",
            r"(?P<plusminus>正负零|±0(?:\.0+)?)",
            r"(?P<tenths>(?P<tn>[一二两三四五六七八九1-9])成(?P<th>半)?(?=以上|左右|多|以内|[，。；、]|的|$))",
            rf"(?P<compound>(?P<ca>\d+(?:\.\d+)?)亿(?P<cb>\d+(?:\.\d+)?)万(?P<cu>{UNIT})?)",
            rf"(?P<amount>{_AMOUNT})",
            rf"(?P<chinese>{_CN_AMOUNT})",
            r"(?P<half_of>(?<![一])一半(?!以内)|过半|半数)",
        )
    )
    + ")"
)


def halved(text: str) -> str:
    """Return `text` with full-width digits and % as half-width ones, every character in its place."""
    return text.translate(_HALF)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the figures of `text` (halved before) in order; list numbers are the caller's to cut off."""
    found = []
    for match in _TOKEN.finditer(text):
        token = _token(match, text)
        if token:
            found.append(token)
    return tuple(found)


def _token(match: re.Match[str], text: str) -> Token | None:
    start, end = match.span()
    value = match.group
    if value("amount"):
        return _amount(match, text)
    if value("chinese"):
        return _chinese(match)
    if value("percent") or value("above") or value("frac") or value("tenths") or value("half_of"):
        return _share_of(match)
    if value("compound"):
        return _compound(match)
    if value("plusminus"):
        return Token(Kind.AMOUNT, start, end, unit="层", dimension="层")
    if value("rank"):
        rank = number_of(value("rk"))
        return Token(Kind.ORDINAL, start, end, rank, rank, unit="位", dimension="rank", more=True)
    if value("ordinal"):
        return _ordinal(match, text)
    date = _mention(match)
    return Token(Kind.DATE, start, end, date=date) if date else Token(Kind.NAME, start, end)


def _share_of(match: re.Match[str]) -> Token | None:
    """Return 百分之六十, 三分之二, 2/3, 六成 or 一半 as a percentage, None for a fraction that is none."""
    start, end = match.span()
    value = match.group
    if value("percent"):
        number = value("percent")
        return _share(start, end, number_of(number), last_place(number))
    if value("tenths"):
        tenths = number_of(value("tn")) * 10 + (5 if value("th") else 0)
        return _share(start, end, tenths, Decimal(10))
    if value("half_of"):
        return _share(start, end, Decimal(50), more=value("half_of") == "过半")
    above, below = number_of(value("above") or value("fa")), number_of(value("below") or value("fb"))
    if not below or (value("frac") and above > below):
        return None
    return _share(start, end, above * 100 / below, fraction=True)


def _compound(match: re.Match[str]) -> Token:
    """Return 2亿3000万元 as one amount."""
    unit = match.group("cu") or ""
    dimension, factor = measured_in(unit)
    number = (Decimal(match.group("ca")) * 10**8 + Decimal(match.group("cb")) * 10**4) * factor
    place, scale = Decimal(10**4) * factor, Decimal(10**8) * factor
    return Token(Kind.AMOUNT, *match.span(), number, number, place, f"亿{unit}", dimension, scale)


def _share(
    start: int, end: int, value: Decimal, place: Decimal = Decimal(0), fraction: bool = False, more: bool = False
) -> Token:
    return Token(Kind.AMOUNT, start, end, value, value, place, "%", PERCENT, Decimal(1), more, fraction)


_RANKED = re.compile(r"(?:全市|全省|全国|全区|排名|排|列|居|位次|名次)(?:为|在)?$")


def _ordinal(match: re.Match[str], text: str) -> Token:
    number, counted = number_of(match.group("on")), match.group("ou") or ""
    is_rank = counted in ("名", "位") or (
        not counted and _RANKED.search(text[max(0, match.start() - 4) : match.start()])
    )
    dimension = (
        "rank" if is_rank else f"第{counted}" if counted in ("期", "批", "批次", "届", "次", "轮", "场", "阶段") else ""
    )
    dimension = "第批" if dimension == "第批次" else dimension
    return Token(
        Kind.ORDINAL if dimension else Kind.NAME, *match.span(), number, number, unit=counted, dimension=dimension
    )


# A bare number is a quantity only where the words beside it measure something: 综合指数4.62, 得分达到92.
_MEASURED = re.compile(
    r"(?:指数|得分|评分|分值|满意度|系数|率|比|不低于|不高于|不超过|控制在|降至|提高到|提升至|达到?)(?:为|是|达|至|到)?$"
)


def _amount(match: re.Match[str], text: str) -> Token | None:
    value = match.group
    number, second, unit = value("num"), value("num2"), value("unit") or ""
    outer = value("m2") or ""
    inner = (value("m1") or "") + ("" if second else outer)
    written = (value("mr") or "") + outer if second else inner
    start, end = match.span()
    if not unit and not written:
        before = text[max(0, start - 8) : start]
        if second or (number.isdigit() and len(number) >= 4) or not _MEASURED.search(before):
            return Token(Kind.NAME, start, end)
    if unit == "年" and not second and len(number) == 4:
        return Token(Kind.NAME, start, end)
    dimension, factor = measured_in(unit)
    if not unit and not written:
        dimension = ""
    scale = multiplier_of(written) * factor
    first_scale = multiplier_of(inner) * factor if value("m1") or not second else scale
    low = number_of(number) * first_scale
    high = number_of(second) * scale if second else low
    if value("minus"):
        low, high = -low, -high
    if second and high < low:  # 2023-08, 5-3: no range
        return Token(Kind.NAME, start, end)
    place = last_place(second or number) * scale
    return Token(Kind.AMOUNT, start, end, low, high, place, written + unit, dimension, scale, bool(value("more")))


def _chinese(match: re.Match[str]) -> Token:
    value = match.group
    unit, outer = value("cn_unit"), value("cn_m") or ""
    dimension, factor = measured_in(unit)
    scale = multiplier_of(outer) * factor
    number = number_of(value("cn")) * scale
    return Token(Kind.AMOUNT, *match.span(), number, number, scale, unit, dimension, factor, bool(value("cn_more")))


def _mention(match: re.Match[str]) -> Mention | None:
    value = match.group

    def whole(name: str) -> int:
        return int(number_of(value(name))) if value(name) else 0

    if value("date8"):
        return Mention(whole("y8"), whole("mo8"), whole("mo8"), whole("d8"))
    if value("year"):
        first = whole("ym1")
        return Mention(whole("y"), first, whole("ym2") or first, whole("yd"), value("ymt") or value("yt") or "")
    if value("month"):
        first = whole("mm1")
        return Mention(0, first, whole("mm2") or first, whole("md"), value("mt") or "")
    if value("cnmonth"):
        month = whole("cm")
        return Mention(0, month, month, 0, value("cmt") or "")
    if value("half"):
        return Mention(0, 1, 6) if value("hw") == "上" else Mention(0, 7, 12)
    if value("quarter"):
        last = whole("qw") * 3
        return Mention(0, last - 2, last)
    if value("day"):
        return Mention(day=whole("dd"))
    return None
