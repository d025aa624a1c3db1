"""How the words beside a figure bear on it: its bound, its direction, and the part it plays in its sentence."""

from __future__ import annotations

import re

from msgspec import Struct

from reportgen.core.sense.meaning import Bound, Role
from reportgen.core.sense.subjects import pairs
from reportgen.core.sense.token import Kind, Token
from reportgen.core.sense.units import PERCENT, POINTS
from reportgen.core.sense.words import ends_in, has_any

STOPS = frozenset("，。；：、！？!?;:\n（）()")
BOUND_AFTER = re.compile(r"\s*(?:及|或)?(以上|左右|上下|前后|以内|以下|之内|内)")

_AT_LEAST = (
    "不低于", "不少于", "不小于", "至少", "最少", "达到", "突破", "超过", "超", "逾", "高于", "大于", "多于", "确保",
    "力争", "争取",
)  # fmt: skip
_AT_LEAST_TAILS = ("了", "为", "到", "达", "达到", "完成")
_AT_MOST = (
    "不超过", "不高于", "不多于", "不大于", "控制在", "控制到", "压缩至", "压缩到", "降至", "降到", "降低到", "降低至",
    "下降到", "下降至", "减至", "减到", "减少到", "减少至", "缩短至", "缩短到", "至多", "最多", "上限", "上限为",
)  # fmt: skip
_BELOW, _NOT_BELOW = ("低于", "少于", "小于"), ("不低于", "不少于", "不小于")
_SO = ("了",)
_AGREED = frozenset("签预节合条制履公续违解邀集特")  # 签约, 预约: no 约 that means about
_NOT_REACHED = ("不足", "不到", "未达", "未达到", "未满", "不满", "未超过", "没有达到")

_CHANGE = re.compile(
    r"增长|增速|增幅|增加|提高|提升|上升|上涨|提速|改善|下降|降低|减少|下滑|回落|降幅|下跌|萎缩|负增长|压[减缩降]|缩短|削减|节约|翻番|扩大|收窄|减排"
)
_RISE = ("增长", "增速", "增幅", "增加", "提高", "提升", "上升", "上涨")
_FALL = ("下降", "降低", "减少", "下滑", "回落", "降幅", "负增长", "下跌", "萎缩", "压降")
_MOVED_DOWN, _MOVED_UP = ("减少", "下降", "降低"), ("增加", "新增", "增长")
_NEAR = 6
_TO_LEVEL = tuple(
    word + to
    for word in ("提高", "升", "增加", "增长", "降", "降低", "减少", "压减", "压缩", "缩短", "回落", "下滑", "扩大")
    for to in "到至为"
)
_RATE_OF_CHANGE = ("增速", "增幅", "增长率")
_RATE_NOUNS = ("增速", "增幅", "降幅", "增长率", "涨幅", "增长幅度")
_RATE_IS = ("达", "达到", "为", "约", "约为", "是", "在")
_GROWTH_AFTER = re.compile("(?:以上|左右)?的?(?:同比)?(增长|增幅|增速|降幅|下降)")

_PLAN_CHARS = frozenset("划拟需应标务定设")  # without any of them no plan
_PLAN = re.compile(
    r"^(?:全年|年度|今年|本年度?|原|共|当年)?(?:计划|拟|需(?!求|要)|应(?![急用收届]))|计划(?:总?投资|为|是)?$|(?:目标|任务)(?:任务|值|数|量)?(?:为|是|：|:)?$|指标(?:值|数|为)+$"
    "|原定|设计(?:能力|规模|产能|总量)"
)
_PLAN_DONE = re.compile("(?:完成|达到|超额?|占).{0,6}(?:计划|目标|任务|指标)")
_FORECAST = ("预计", "力争", "有望", "争取")
_SHORT_OF = (
    "还差", "尚差", "仍差", "相差", "差额", "缺口", "剩余", "尚余", "余下", "仍有", "尚有", "还有", "其余", "尚缺",
    "还剩", "仅剩",
)  # fmt: skip
_NOT_DONE = ("未完成", "未签约", "未开工", "未整改", "未办结", "未到位", "未建成", "未拆迁")
_STEP_CHARS = frozenset("增减多少高低升降超")
_DIFFERENCE = (
    *("较", "比", "高出", "高于", "低于", "多于"),
    *(over + of for over in ("超", "超出", "超过", "超额") for of in ("目标", "任务", "计划", "序时")),
)
_TARGET_WORDS = ("目标", "任务", "计划", "序时进度")
_OF_TARGET = re.compile(
    r"(?:超(?:出|过|额)?|低于|高于|距离?|比|较)(?:年度|全年|月度|当月|本月|既定)?(?:目标|任务|计划|序时进度)(?:任务)?(?:值|数|高|低|多|少|超|超出)?$"
)
_IS = ("为", "是", "完成")
_LAST_YEAR = ("去年", "上年")
_BESIDE_LAST_YEAR = ("较去年", "比去年", "于去年", "较上年", "比上年", "于上年")
_BEFORE_NOW = ("原有", "年初", "年初为", "上月", "上月末", "上月为", "上月末为", "同期")
# 在甲、乙两镇各组织1场: of each one; 各镇完成12公里 is of all; 甲、乙各6个 is told apart by their names.
_PER = (
    "人均", "户均", "亩均", "日均", "单价", "均价", "各组织", "各举办", "各开展", "各召开", "各完成", "各建成",
    "各建设", "各新建", "各新增", "各设立", "各打造", "各培育", "各配备", "各改造", "各安排", "各实施", "各培训",
)  # fmt: skip
_ENDS_OF_WORDS = frozenset("，。；、")
_PER_IS = ("为", "达", "约")
_AMONG = ("已有", "已", "有", "，", "")  # 14个小区中已有11个
_STOCK = ("在保", "余额", "存量", "正在使用", "现有", "在册", "在库", "总人数")
# Each word that gives a figure a role has one of these; most figures have none of them before.
_TELLING = frozenset("差缺余剩有未均价各每由从年月期增减多少高低升降超进提划拟需应标务定设计争将保量用册库数")
_THINGS = re.compile(r"[^，。；、0-9]{0,14}?(?:项目|装置|机组|生产线|变电站|锅炉|设施工程)")
_CAPACITY = frozenset({"吨", "千瓦", "吨/年", "伏", "立方米", "立方米/年", "立方米/天", "吨/天", "台", "辆", "套"})
_DOING = (
    "完成", "新增", "建成", "处置", "处理", "累计", "达", "达到", "投产", "并网", "安装", "关停", "更新", "购置",
    "淘汰", "改造", "新建", "回收", "销售", "生产", "投放",
)  # fmt: skip


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
    if before.endswith(_NOT_REACHED):
        return Bound.NOT_REACHED
    if token.dimension == "rank" or _says_at_most(before) or after in ("以下", "以内", "之内", "内"):
        return Bound.AT_MOST
    if after in ("左右", "上下", "前后") or _says_about(before):
        return Bound.ABOUT
    if after == "以上" or token.more or ends_in(before, _AT_LEAST, _AT_LEAST_TAILS):
        return Bound.AT_LEAST
    return Bound.EXACT


def _says_at_most(before: str) -> bool:
    return ends_in(before, _AT_MOST, _SO) or (ends_in(before, _BELOW, _SO) and not ends_in(before, _NOT_BELOW, _SO))


def _says_about(before: str) -> bool:
    if before.endswith(("近", "大概")):
        return True
    words = before.removesuffix("为")
    return words.endswith("约") and words[-2:-1] not in _AGREED


def direction_of(around: Around) -> tuple[bool, int]:
    """Return (whether a figure is a change, its sign: -1 for a fall, 1 for a rise, 0 for neither)."""
    token, before = around.token, around.before
    if token.kind is not Kind.AMOUNT:
        return False, 0
    if token.dimension not in (PERCENT, POINTS):
        words = before.removesuffix("了")
        return False, -1 if words.endswith(_MOVED_DOWN) else 1 if words.endswith(_MOVED_UP) else 0
    if has_any(before, _TO_LEVEL):
        return False, 0
    word = _word_of_change(around)
    if token.low < 0:
        return True, -1
    if not word:
        return False, 0
    return True, -1 if word.startswith(_FALL) else 1 if word.startswith(_RISE) else 0


def _word_of_change(around: Around) -> str:
    """Return the word that makes a percentage a rate of change, "" for a share: 完成投资增长5%, but 增长率… 占5%."""
    follows = _GROWTH_AFTER.match(around.rest)
    if follows:
        return follows.group(1)
    words = around.before
    if not words.strip() or (
        has_any(around.lead, _RATE_OF_CHANGE) and not pairs(words) and not has_any(words, ("占", "完成"))
    ):
        words = around.lead[-12:] + words  # 增速转正，力争达到3%
    found = list(_CHANGE.finditer(words))
    if not found:
        return ""
    last = found[-1]  # the word nearest to the figure decides
    beyond = words[last.end() :]
    if ends_in(words, _RATE_NOUNS, _RATE_IS) or _says_share(beyond):
        return last.group(0)
    return last.group(0) if len(beyond) <= _NEAR or not has_any(beyond, ("完成", "占")) else ""


def _says_share(words: str) -> bool:
    return has_any(words, ("占", "比重")) or ends_in(words, ("率",), ("为", "达", "达到"))


def role_of(around: Around) -> Role:
    """Return the part a figure plays in its sentence."""
    if around.token.kind is Kind.ORDINAL:
        return Role.PLAIN
    for role, holds in _ROLES if _says_anything(around) else _ROLES_BY_PLACE:
        if holds(around):
            return role
    return Role.PLAIN


def _says_anything(around: Around) -> bool:
    """Tell whether the words before a figure can give it a part to play."""
    before = around.before
    return not _TELLING.isdisjoint(before) or before.strip() in ("", "为") or _says_forecast(around.lead[-6:])


def is_condition(around: Around) -> bool:
    """Tell whether a figure only says which things are counted or meant: 20万元以上村达到100个, 100万吨乙烯项目."""
    token, between = around.token, around.between
    if token.dimension == "岁":
        return True
    following = around.following
    if following is None or following.kind is not Kind.AMOUNT or following.dimension in (PERCENT, POINTS):
        return False
    if not STOPS.isdisjoint(between):
        return False
    if around.mark:
        return len(between) > 2 and not between.endswith(("完成", "增长", "下降", "占"))
    return between.startswith("的") and len(between) > 1


def _is_name(around: Around) -> bool:
    return (
        around.token.dimension in _CAPACITY
        and _THINGS.match(around.after) is not None
        and not around.before.endswith(_DOING)
    )


def _is_whole(around: Around) -> bool:
    """Tell whether a figure is what others are taken of: 完成年度投资3.6亿元的65%, 14个小区中，11个…."""
    following = around.following
    if "中" in around.after and any(_names_whole(around.after, tail) for tail in _AMONG):
        return True
    if following is None or following.dimension != PERCENT or not STOPS.isdisjoint(around.between):
        return False
    return around.between.endswith("的")


def _names_whole(after: str, tail: str) -> bool:
    words = after[: len(after) - len(tail)]
    return after.endswith(tail) and words.endswith("中") and 2 <= len(words) <= 13 and _ENDS_OF_WORDS.isdisjoint(words)


def _is_shortfall(around: Around) -> bool:
    before = around.before
    return before.endswith("差") or has_any(before, _SHORT_OF) or ends_in(before, _NOT_DONE, ("的", "有"))


def _is_per(around: Around) -> bool:
    before = around.before
    return ends_in(before, _PER, _PER_IS) or ("每" in before and _says_each(before))


def _says_each(before: str) -> bool:
    """Tell whether words end in 每 and the few that name what is meant: 每户, 平均每月, but not 每月."""
    for at, char in enumerate(before):
        if char == "每":
            words = before[at + 1 :]
            length = len(words) - words.endswith(_PER_IS)
            is_time = words.startswith(("月", "季"))
            if _ENDS_OF_WORDS.isdisjoint(words) and (
                (length <= 6 and not is_time) or (length <= 3 and before.endswith("平均", 0, at))
            ):
                return True
    return False


def _is_base(around: Around) -> bool:
    before = around.before
    if before.strip() not in ("", "为"):
        return _says_base(before) and not _compares(before)
    lead = around.lead
    return _says_base(lead.rstrip("，").removesuffix("\n")) and not _compares(lead.removesuffix("\n"))


def _says_base(words: str) -> bool:
    """Tell whether words end in what a figure started from: 由, 去年同期, but not 自由, 较去年."""
    if words.endswith(("由", "从")):
        return not words.endswith(("自由", "自从"))
    is_last_year = ends_in(words, _LAST_YEAR, _IS) and not ends_in(words, _BESIDE_LAST_YEAR, _IS)
    return is_last_year or ends_in(words, _BEFORE_NOW, _IS)


def _compares(words: str) -> bool:
    """Tell whether 较 or 比 stands shortly before the end of words: 较去年同期."""
    at = max(words.rfind("较"), words.rfind("比"))
    return at >= max(0, len(words) - 11) and "，" not in words[at:]


def _is_difference(around: Around) -> bool:
    before = around.before
    if has_any(before, _TARGET_WORDS) and _OF_TARGET.search(before):
        return True
    if around.token.dimension == PERCENT or (_STEP_CHARS.isdisjoint(before) and not has_any(before, ("前进", "提前"))):
        return False
    return not before.endswith(("低于", "高于")) and any(_stands_within(before, word, 14) for word in _DIFFERENCE)


def _stands_within(text: str, word: str, distance: int) -> bool:
    """Tell whether `word` stands so many characters before the end of `text`, on its last line."""
    at = text.rfind(word)
    rest = text[at + len(word) :]
    return at >= 0 and len(rest) <= distance and "\n" not in rest


def _is_plan(around: Around) -> bool:
    before = around.before
    if around.token.dimension == PERCENT or _PLAN_CHARS.isdisjoint(before):
        return False
    return _PLAN.search(before) is not None and not _PLAN_DONE.search(before)


def _is_forecast(around: Around) -> bool:
    return _says_forecast(around.before) or _says_forecast(around.lead[-6:])


def _says_forecast(words: str) -> bool:
    return has_any(words, _FORECAST) or ("将" in words and "将" in words.replace("将近", ""))


def _is_stock(around: Around) -> bool:
    return has_any(around.before, _STOCK)


# The first that holds decides. Those by place look at what follows, all others at the words before.
_ROLES_BY_PLACE = ((Role.CONDITION, is_condition), (Role.WHOLE, _is_whole), (Role.CONDITION, _is_name))
_ROLES = (
    *_ROLES_BY_PLACE,
    (Role.SHORTFALL, _is_shortfall),
    (Role.PER, _is_per),
    (Role.BASE, _is_base),
    (Role.DIFFERENCE, _is_difference),
    (Role.PLAN, _is_plan),
    (Role.FORECAST, _is_forecast),
    (Role.STOCK, _is_stock),
)
