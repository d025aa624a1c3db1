"""Percentages that must follow from the figures beside them: 100 of 192 is 52.08 %."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.sense.context import read
from reportgen.core.sense.figure import Figure, Reading
from reportgen.core.sense.matching import likeness
from reportgen.core.sense.meaning import Bound, Role
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.records import SenseRow, finding
from reportgen.core.sense.units import PERCENT
from reportgen.core.sense.words import ends_in, has_any

_RATE = re.compile(r"([^，。；、]*)率(?:为|达到?|是|约|约为|提高到|提升至|升至)?$")
_PORTION = re.compile(r"占(?:比|到|了)?(?P<of>[^，。；、]*?)(?:的|比例|比重|比)?(?:为|达到?|约)?$")
_DONE_OF = re.compile(r"完成(?:了)?(?P<of>[^，。；、]*?)的(?:约)?$")
_RATIO = ("比例", "占比", "比重", "进度")
_OF_YEAR = ("全年", "年度", "年内", "总任务", "任务总量", "任务量", "任务数", "项目任务")
_OF_MONTH = ("月度", "本月", "当月", "月目标", "月份目标", "月任务", "月份任务")
_GENERAL = ("总", "全部", "应", "计划", "其")
_WHOLE = (
    "总", "共", "全区", "全市", "应", "计划", "任务", "目标", "交办", "受理", "排查", "处理", "需", "现有", "涉及",
    "检查", "接收", "年度", "规划", "建设",
)  # fmt: skip


def share_findings(row: SenseRow, reading: Reading, place: Place, month: Reading) -> Iterator[Finding]:
    """Yield the shares and growth rates of a text that its own figures, or the targets', do not give."""
    for at, figure in enumerate(reading.figures):
        if (
            figure.dimension != PERCENT
            or figure.token.is_fraction
            or figure.bound in (Bound.AT_MOST, Bound.NOT_REACHED)
        ):
            continue
        if figure.role not in (Role.PLAIN,):
            continue
        before = [f for f in reading.figures[:at] if f.piece == figure.piece]
        if figure.is_change:
            yield from _growth(row, figure, before, place)
        else:
            yield from _share(row, figure, before, place, month)


def _share(row: SenseRow, share: Figure, before: list[Figure], place: Place, month: Reading) -> Iterator[Finding]:
    of = _share_of(share)
    named = [f for f in before if f.sentence == share.sentence and f.is_amount and f.role is not Role.CONDITION]
    given = named.pop() if named and named[-1].role is Role.WHOLE and named[-1].clause == share.clause else None
    if of is None and given is None:
        return
    part = next((f for f in reversed(named) if not given or f.dimension == given.dimension), None)
    if part is None or part.role not in (Role.PLAIN, Role.STOCK) or part.is_each:
        return
    wholes = [given] if given else _wholes(row, of or "", part, before, month)
    wholes = [f for f in wholes if f.value and (f.value >= part.value or share.value > 100)]
    if not wholes or any(_follows(part, whole, share) for whole in wholes):
        return
    wholes = [f for f in wholes if not _is_itself_a_share(f, [*before, share])]
    if not wholes:
        return
    others = [f for f in before if f.is_amount and f.sentence == share.sentence and f.dimension == part.dimension]
    if any(_follows(f, whole, share) for f in others for whole in others if f is not whole and f.value <= whole.value):
        return
    whole = wholes[0]
    if len(wholes) > 1 and not has_any(whole.before, _WHOLE):
        return
    if not _is_about(share, part):
        return
    percent = Decimal(100) * part.value / whole.value
    words = f"“{whole.quote}”“{part.quote}” → “{share.quote}”，{_number(part)}÷{_number(whole)}={shown(percent, 2)}%"
    yield finding(Code.S05, row, words, first=part.quote, second=share.quote, place=place, related=place)


def _is_itself_a_share(figure: Figure, figures: list[Figure]) -> bool:
    """Tell whether a percentage follows right after a figure: 3项，占30%; 4项，占40% – 3 is not what 4 is a part of."""
    if not any(figure is other for other in figures):  # a target's figure
        return False
    following = next((f for f in figures if f.token.start > figure.token.start), None)
    return following is not None and following.is_share and _PORTION.search(following.before) is not None


def _number(figure: Figure) -> str:
    return f"{shown(figure.value / figure.token.scale)}{figure.token.unit}"


def _share_of(share: Figure) -> str | None:
    """Return what a percentage is a share of ("" where not said), None when it is no share of the figures around."""
    for pattern in (_PORTION, _DONE_OF):
        match = pattern.search(share.before)
        if match:
            return match.group("of")
    return "" if _RATE.search(share.before) or ends_in(share.before, _RATIO, ("为", "达", "达到", "约")) else None


def _wholes(row: SenseRow, of: str, part: Figure, before: list[Figure], month: Reading) -> list[Figure]:
    """Return the figures that `part` may be a share of, the likeliest first."""
    if has_any(of, _OF_MONTH):
        return [f for f in month.asks if f.dimension == part.dimension and likeness(f, part) >= 0.2]
    own = [
        f for f in before
        if f.dimension == part.dimension and f.token.end <= part.token.start and f.depth <= part.depth
        and f.role in (Role.PLAIN, Role.STOCK, Role.PLAN, Role.FORECAST, Role.WHOLE) and f.sentence >= part.sentence - 3
    ]  # fmt: skip
    if has_any(of, _OF_YEAR):
        planned = [f for f in own if f.role is Role.PLAN or has_any(f.before, ("年度", "全年", "任务", "总"))]
        return planned or _yearly(row.annual_target, part)
    if of and not has_any(of, _GENERAL):
        own = [f for f in own if set(of) & set(f.before + f.after)]
    return [f for f in own if f.sentence == part.sentence] or [f for f in own if has_any(f.before, _WHOLE)]


def _yearly(annual_target: str, part: Figure) -> list[Figure]:
    """Return the figures of the year's target that `part` may be a share of."""
    asks = read(annual_target).asks
    yearly = [f for f in asks if f.dimension == part.dimension]
    alike = [f for f in yearly if likeness(f, part) >= 0.3]
    return alike or (yearly if len(yearly) == 1 and not [f for f in asks if f.is_amount][1:] else [])


def _is_about(share: Figure, part: Figure) -> bool:
    """Tell whether a rate's own words speak of the part: 开工率 of 已开工72个; 占… always does."""
    rate = _RATE.search(share.before)
    if not rate:
        return True
    stem = re.sub("完成|投资|按期|及时|成功|当场|其中|总体", "", rate.group(1))
    return not stem or bool(set(stem) & set(part.before + part.after))


def _follows(part: Figure, whole: Figure, share: Figure) -> bool:
    """Tell whether the share is part ÷ whole as far as the printed digits of all three allow."""
    spread = Decimal("0.05") if any(_is_rough(f) for f in (part, whole, share)) else Decimal(0)
    lowest = (part.value - _half(part)) / (whole.value + _half(whole)) * 100
    highest = (
        (part.value + _half(part)) / (whole.value - _half(whole)) * 100
        if whole.value > _half(whole)
        else Decimal(10**6)
    )
    half = share.token.place  # one last place: rounded down is right too
    return lowest * (1 - spread) - half <= share.value <= highest * (1 + spread) + half


def _is_rough(figure: Figure) -> bool:
    return figure.bound in (Bound.ABOUT, Bound.AT_LEAST) or figure.token.more


def _half(figure: Figure) -> Decimal:
    """Return half the worth of the last digit of a rounded figure; a counted one is exact."""
    return (
        figure.token.place / 2
        if "." in shown(figure.value / figure.token.scale) or figure.token.scale > 1
        else Decimal(0)
    )


def _growth(row: SenseRow, growth: Figure, before: list[Figure], place: Place) -> Iterator[Finding]:
    """Yield 今年126吨，去年同期105吨，同比增长32%."""
    near = [f for f in before if f.sentence == growth.sentence and f.is_amount]
    bases = [f for f in near if f.role is Role.BASE and has_any(f.before + f.lead, ("去年", "上年", "同期"))]
    if len(bases) != 1:
        return
    base = bases[0]
    now = [f for f in near if f is not base and f.dimension == base.dimension and f.role is Role.PLAIN]
    if len(now) != 1 or not base.value:
        return
    half = growth.token.place + Decimal(100) * (_half(now[0]) + _half(base)) / base.value
    percent = Decimal(100) * (now[0].value - base.value) / base.value
    stated = growth.value * (growth.sign or 1)
    if abs(percent - stated) > half:
        words = f"“{base.quote}”“{now[0].quote}” → “{growth.quote}”，由这两个数字算得{shown(percent, 2)}%"
        yield finding(Code.S05, row, words, first=now[0].quote, second=growth.quote, place=place, related=place)
