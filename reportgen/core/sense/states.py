"""Words that tell how far a thing is: done, under way, held up."""

from __future__ import annotations

import re

from reportgen.core.sense.words import has_any

_OBSTACLE = re.compile(
    "尚未|暂未|仍未|还未|均未|未能|未(?:完成|开工|启动|动工|批|到位|解决|落实|确定|取得|签|拆|通过|建成|达|公布|办|接通|下达|招标|实施|开展|组织|施工|交付|验收)"
    "|暂缓|暂停|停工|停滞|搁置|中止|无法|不能(?!忽视)|未果|滞后|受阻|推迟|延期|延后|延缓|缺乏|缺少|资金不足|人手不足|待(?!业|遇|办|命)|重新论证|"
    "受.{1,12}影响|还差|尚差|仍差|差额|不具备|等待|难以"
)
_NO_OBSTACLE = re.compile("待(?:核查|落实政策)对象|待业|接待|等待期|期待|善待|对待|看待|优待|招待|款待")
_UNDER_WAY = (
    "正在", "推进中", "进行中", "办理中", "筹备", "准备", "对接", "预计", "施工", "编制", "招标", "设计", "洽谈",
    "办理", "进行",
)  # fmt: skip
_DONE = ("已", "完成", "完工", "竣工", "建成", "投用", "结束")
_ALL_DONE = (
    "已完成", "已全部完成", "已全面完成", "已基本完成", "已经完成", "全部完成", "均已", "已竣工", "已完工", "已建成",
    "已投用", "已办结", "全面完成", "圆满完成",
)  # fmt: skip
_STOPPED = re.compile(
    "尚未(?!发现)|暂缓|暂停|停工|停滞|搁置|未(?:开工|启动|动工|完成|达到?目标|能)|暂未|仍未|还未|无法|推迟|"
    "(?:因|由于|受)[^。；]{1,30}?(?:尚未|未(?!来|成年|发[生现]|出现)|暂|无法|不能|停)"
)
_STOPS = ("未", "暂", "停", "搁置", "无法", "推迟", "不能")  # one of these is in all of _STOPPED


def has_obstacle(text: str) -> bool:
    """Tell whether a text says that something is missing, held up or not done."""
    return bool(_OBSTACLE.search(_NO_OBSTACLE.sub("", text)))


def obstacle_in(text: str) -> str:
    """Return the words of a text that say something asked for was not done, "" without any."""
    match = _STOPPED.search(text) if has_any(text, _STOPS) else None
    return match.group(0) if match else ""


def is_under_way(text: str) -> bool:
    """Tell whether a text speaks of work that goes on and of none that is done."""
    return has_any(text, _UNDER_WAY) and not has_any(text, _DONE)


def is_finished(text: str) -> bool:
    """Tell whether a clause says that what it names is finished."""
    return has_any(text, _DONE)


def is_done(text: str) -> bool:
    """Tell whether a text says that something is done."""
    return has_any(text, _ALL_DONE)
