"""What figures are told apart by: the characters of their subject."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import add

_SAYS_NOTHING = re.compile(
    "截至|截止|目前|已经|已|累计|完成率|完成|达到了?|达|实现|其中|同比|环比|增长|下降|增速|增幅|左右|以上|以下|以内|全年|年度|本月|当月|每月|今年|全区|我区|"
    "共计|合计|总计|实际|预计|力争|确保|争取|不少于|不低于|不超过|不高于|至少|突破|超过|控制在|进行|开展|组织|推进|继续|持续|做好|月底|月份|"
    "新增|分别|共(?<!公共)(?!享|建)|为|的|了|及|和|与|任务|目标|总量|以来|按照|提高|提升|降低|减少|上升|下滑|计划"
)  # each begins with a character of its own: only where one of these stands the words are tried
_NO_LETTERS = re.compile("[^\\u4e00-\\u9fffA-Za-z]+")
_SINGLE_WORDS = frozenset("约各达将对在等并至到数拟共从由较比又再仅也")


@lru_cache(maxsize=1024)  # every figure of a sentence asks for those of the sentence
def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a subject, words that say nothing of it left out."""
    found: set[str] = set()
    for run in _runs(text):
        found.update(map(add, run, run[1:]))
    return frozenset(found)


def singles(text: str) -> frozenset[str]:
    """Return the characters of a subject that may tell it from another."""
    return frozenset("".join(_runs(text))) - _SINGLE_WORDS


def _runs(text: str) -> list[str]:
    """Return the runs of letters between the words that say nothing."""
    return _NO_LETTERS.split(_SAYS_NOTHING.sub("|", text))
