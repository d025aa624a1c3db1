"""How the words beside a figure bear on it: its bound, its direction, and the part it plays in its sentence."""

from __future__ import annotations

import re

from msgspec import Struct

from reportgen.core.sense.figure import Bound, Figure, Role, pairs
from reportgen.core.sense.token import Kind, Token
from reportgen.core.sense.units import PERCENT, POINTS

STOPS = frozenset("，。；：、！？!?;:\n（）()")
BOUND_AFTER = re.compile(r"\s*(?:及|或)?(以上|左右|上下|前后|以内|以下|之内|内)")
_AT_LEAST = re.compile(
    r"(?:不低于|不少于|不小于|至少|最少|达到|突破|超过|超|逾|高于|大于|多于|确保|力争|争取)(?:了|为|到|达|达到|完成)?$"
)
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不多于|不大于|(?<!不)低于|(?<!不)少于|(?<!不)小于|控制在|控制到|压[减缩降]至|压[减缩降]到|[下回]?降至|[下回]?降到|降低到|降低至|下降到|下降至|减至|减到|减少到|减少至|缩短至|缩短到|缩减至|至多|最多|上限为?)(?:了)?$"
)
_ABOUT = re.compile(r"(?:(?<![签预节合条制履公续违解邀集特])约为?|大约|大概|接近|将近|近)$")
_NOT_REACHED = re.compile(r"(?:不足|不到|未达到?|未满|不满|尚不足|未超过|没有达到)$")
_CHANGE = re.compile(
    r"增长|增速|增幅|增加|提高|提升|上升|上涨|提速|改善|下降|降低|减少|下滑|回落|降幅|下跌|萎缩|负增长|压[减缩降]|缩短|削减|节约|翻番|扩大|收窄|减排"
)
_RISE = re.compile(r"增长|增速|增幅|增加|提高|提升|上升|上涨")
_FALL = re.compile(r"下降|降低|减少|下滑|回落|降幅|负增长|下跌|萎缩|压降")
_MOVED = re.compile(r"(?:(净?减少|下降|降低)|(净?增加|新增|增长))(?:了)?$")
_OF_SHARE = re.compile(r"占|率(?:为|达|达到)?$|比重")
_NEAR = 6
_TO_LEVEL = re.compile(r"(?:提高|提升|上升|增加|增长|下降|降低|减少|压[减缩降]|缩短|回落|下滑|降|升|扩大)(?:到|至|为)")
_RATE_OF_CHANGE = re.compile(r"增速|增幅|增长率")
_RATE_NOUN = re.compile(r"(?:增速|增幅|降幅|增长率|涨幅|增长幅度)(?:达到?|为|约|约为|是|在)?$")
_GROWTH_AFTER = re.compile(r"(?:以上|左右)?的?(?:同比)?(增长|增幅|增速|降幅|下降)")
_PLAN = re.compile(
    r"^(?:全年|年度|今年|本年度?|原|共|当年)?(?:计划|拟|需(?!求|要)|应(?![急用收届]))|计划(?:总?投资|为|是)?$|(?:目标|任务)(?:任务|值|数|量)?(?:为|是|：|:)?$|指标(?:值|数|为)+$"
    "|原定|设计(?:能力|规模|产能|总量)"
)
_PLAN_DONE = re.compile(r"(?:完成|达到|超|超额|占).{0,6}(?:计划|目标|任务|指标)")
_FORECAST = re.compile(r"预计|力争|有望|争取|将(?!近)")
_SHORTFALL = re.compile(
    r"还差|尚差|仍差|相差|差额|缺口|剩余|尚余|余下|仍有|尚有|还有|其余|尚缺|还剩|仅剩|未(?:完成|签约|开工|整改|办结|到位|建成|拆迁)(?:的|有)?$|差$"
)
_DIFFERENCE = re.compile(r"(?:较|比|同比|环比|超(?:出|过|额)?(?:目标|任务|计划|序时)|高出|高于|低于|多于).{0,14}$")
_OF_TARGET = re.compile(
    r"(?:超(?:出|过|额)?|低于|高于|距离?|比|较)(?:年度|全年|月度|当月|本月|既定)?(?:目标|任务|计划|序时进度)(?:任务)?(?:值|数|高|低|多|少|超|超出)?$"
)
_CURRENT = re.compile(r"(?:低于|高于)$")
_BASE = re.compile(
    r"(?:^|[^自])(?:由|从)$|(?<![较比于])(?:去年|上年)(?:同期)?(?:为|是|完成)?$|(?:原有|年初为?|上月末?为?|同期)(?:为|是|完成)?$"
)
_NOT_BASE = re.compile(r"(?:较|比)[^，]{0,10}$")
_PER = re.compile(
    r"(?:每(?!月|季)[^，。；、]{0,6}|人均|户均|亩均|平均每[^，。；、]{0,3}|日均|单价|均价"
    # 在甲、乙两镇各组织1场: of each one; 各镇完成12公里 is of all; 甲、乙各6个 is told apart by their names.
    r"|各(?:组织|举办|开展|召开|完成|建成|建设|新建|新增|设立|打造|培育|配备|改造|安排|实施|培训))(?:为|达|约)?$"
)
_AMONG = re.compile(r"[^，。；、]{1,12}中(?:已有|已|有|，)?")
_STOCK = re.compile(r"在保|余额|存量|正在使用|现有|在册|在库|总人数")
_THINGS = re.compile(r"[^，。；、0-9]{0,14}?(?:项目|装置|机组|生产线|变电站|锅炉|设施工程)")
_CAPACITY = frozenset({"吨", "千瓦", "吨/年", "伏", "立方米", "立方米/年", "立方米/天", "吨/天", "台", "辆", "套"})
_DOING = re.compile(
    r"(?:完成|新增|建成|处置|处理|累计|达到?|投产|并网|安装|关停|更新|购置|淘汰|改造|新建|回收|销售|生产|投放)$"
)
_LOWER_IS_BETTER = re.compile(
    r"浓度|漏损率|失业率|不良率|不良贷款率|负债率|死亡|事故(?:起)?数|发案|投诉率|空置率|时限|超标|差评率|空气质量综合指数|大气综合指数|空气综合指数|能耗强度|污水直排|信访量|逾期率|撂荒"
)

_PRICES = re.compile(r"消费价格|物价|CPI|房价")


class Around(Struct, frozen=True):
    """What stands around a figure: the words of its clause `before` and `after` it, the `lead` before the clause (as
    far as no other figure stands between), the `mark` that bounds it (以上), all that follows, and the next figure.
    """

    token: Token
    before: str
    after: str
    lead: str
    mark: str
    rest: str
    following: Token | None
    between: str


def bound_of(around: Around) -> Bound:
    """Return how a figure is meant."""
    token, before, after = around.token, around.before, around.mark
    if _NOT_REACHED.search(before):
        return Bound.NOT_REACHED
    if token.dimension == "rank" or _AT_MOST.search(before) or after in ("以下", "以内", "之内", "内"):
        return Bound.AT_MOST
    if after in ("左右", "上下", "前后") or _ABOUT.search(before):
        return Bound.ABOUT
    if after == "以上" or _AT_LEAST.search(before) or token.more:
        return Bound.AT_LEAST
    return Bound.EXACT


def direction_of(around: Around) -> tuple[bool, int]:
    """Return (whether a figure is a change, its sign: -1 for a fall, 1 for a rise, 0 for neither)."""
    token, before = around.token, around.before
    if token.kind is not Kind.AMOUNT:
        return False, 0
    if token.dimension not in (PERCENT, POINTS):
        moved = _MOVED.search(before)
        return False, 0 if not moved else -1 if moved.group(1) else 1
    if _TO_LEVEL.search(before):
        return False, 0
    word = _word_of_change(around)
    if token.low < 0:
        return True, -1
    if not word:
        return False, 0
    return True, -1 if _FALL.match(word) else 1 if _RISE.match(word) else 0


def _word_of_change(around: Around) -> str:
    """Return the word that makes a percentage a rate of change, "" for a share: 完成投资增长5%, but 增长率… 占5%."""
    follows = _GROWTH_AFTER.match(around.rest)
    if follows:
        return follows.group(1)
    words = around.before
    if not words.strip() or (
        _RATE_OF_CHANGE.search(around.lead) and not pairs(words) and not re.search("占|完成", words)
    ):
        words = around.lead[-12:] + words  # 增速转正，力争达到3%
    found = list(_CHANGE.finditer(words))
    if not found:
        return ""
    last = found[-1]  # the word nearest to the figure decides
    beyond = words[last.end() :]
    if _RATE_NOUN.search(words) or _OF_SHARE.search(beyond):
        return last.group(0)
    return last.group(0) if len(beyond) <= _NEAR or not re.search("完成|占", beyond) else ""


def role_of(around: Around) -> Role:
    """Return the part a figure plays in its sentence."""
    if around.token.kind is Kind.ORDINAL:
        return Role.PLAIN
    return next((role for role, holds in _ROLES if holds(around)), Role.PLAIN)


def is_condition(around: Around) -> bool:
    """Tell whether a figure only says which things are counted or meant: 20万元以上村达到100个, 100万吨乙烯项目."""
    token, between = around.token, around.between
    if token.dimension == "岁":
        return True
    following = around.following
    if following is None or following.kind is not Kind.AMOUNT or following.dimension in (PERCENT, POINTS):
        return False
    if set(between) & STOPS:
        return False
    if around.mark:
        return len(between) > 2 and not re.search(r"(?:完成|增长|下降|占)$", between)
    return between.startswith("的") and len(between) > 1


def _is_name(around: Around) -> bool:
    return (
        around.token.dimension in _CAPACITY
        and _THINGS.match(around.after) is not None
        and not _DOING.search(around.before)
    )


def _is_whole(around: Around) -> bool:
    """Tell whether a figure is what others are taken of: 完成年度投资3.6亿元的65%, 14个小区中，11个…."""
    following = around.following
    if _AMONG.fullmatch(around.after):
        return True
    if following is None or following.dimension != PERCENT or set(around.between) & STOPS:
        return False
    return re.search(r"的(?:[^，。；、]{0,8}的)?$", around.between) is not None


def _is_shortfall(around: Around) -> bool:
    return _SHORTFALL.search(around.before) is not None


def _is_per(around: Around) -> bool:
    return _PER.search(around.before) is not None


def _is_base(around: Around) -> bool:
    before, lead = around.before, around.lead
    if _BASE.search(before) and not _NOT_BASE.search(before):
        return True
    opens = before.strip() in ("", "为")
    return opens and _BASE.search(lead.rstrip("，")) is not None and not _NOT_BASE.search(lead)


def _is_difference(around: Around) -> bool:
    before = around.before
    if _OF_TARGET.search(before):
        return True
    compared = around.token.dimension != PERCENT and _DIFFERENCE.search(before) and not _CURRENT.search(before)
    return bool(compared) and re.search("增|减|多|少|高|低|升|降|超|前进|提前", before) is not None


def _is_plan(around: Around) -> bool:
    before = around.before
    return around.token.dimension != PERCENT and bool(_PLAN.search(before)) and not _PLAN_DONE.search(before)


def _is_forecast(around: Around) -> bool:
    return _FORECAST.search(around.before) is not None or _FORECAST.search(around.lead[-6:]) is not None


def _is_stock(around: Around) -> bool:
    return _STOCK.search(around.before) is not None


# The first that holds decides.
_ROLES = (
    (Role.CONDITION, is_condition),
    (Role.WHOLE, _is_whole),
    (Role.CONDITION, _is_name),
    (Role.SHORTFALL, _is_shortfall),
    (Role.PER, _is_per),
    (Role.BASE, _is_base),
    (Role.DIFFERENCE, _is_difference),
    (Role.PLAN, _is_plan),
    (Role.FORECAST, _is_forecast),
    (Role.STOCK, _is_stock),
)


def lower_is_better(figure: Figure) -> bool:
    """Tell whether the figure measures something that ought to stay small (浓度, 漏损率, 失业率)."""
    if _PRICES.search(figure.before):
        return figure.sign >= 0
    return not figure.is_change and bool(_LOWER_IS_BETTER.search(figure.before))
