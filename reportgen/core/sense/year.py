"""Whether the figures of an answer reach all that the year's target asks; where anything is unsure, they do not."""

from __future__ import annotations

import re

from reportgen.core.sense.context import read
from reportgen.core.sense.figure import Figure
from reportgen.core.sense.matching import Match, matched
from reportgen.core.sense.meaning import Bound, Role, Scope
from reportgen.core.sense.verdicts import Outcome, judged
from reportgen.core.sense.words import has_any

_CLAUSE = re.compile("[，。；\n]")
_QUOTED = 3
# What the year's end alone decides, and what has to be said of an answer; looked for before anything is read.
_UNSURE = ("%", "％", "‰", "百分", "倍", "成，", "成。", "成；", "不超过", "控制", "以内", "以下")
# On the way to a thing is not the thing: 推荐申报51家 where 新增30家 is asked.
_ON_THE_WAY = re.compile(
    "申报|推荐|培育|储备|入库|开工|动工|签约|签订|备案|立项|启动|洽谈|摸排|排查|选址|设计|招标|在建|推进|进场|拟|待|受理|公示|谋划"
)
_SINCE_JANUARY = re.compile(r"累计|截[至止]|以来|今年|全年|\d月")


def year_reached(annual_target: str, completion: str) -> str:
    """Return the figures by which the year's target is reached, "" where they do not show it.

    Each clause of the target must ask for an amount, at least; each must be answered by a cumulative figure that is the
    only one that can be meant. Shares, growth, and what must not be exceeded are known at the end of the year only.
    """
    if has_any(annual_target, _UNSURE) or not _SINCE_JANUARY.search(completion):
        return ""
    clauses = [clause for clause in _CLAUSE.split(annual_target) if clause.strip()]
    if not clauses or not all(re.search(r"\d", clause) for clause in clauses):
        return ""
    target = read(annual_target)
    asks = target.asks
    if len(asks) < len(clauses) or not all(map(_is_quota, asks)):
        return ""
    matching = matched(target, read(completion))
    if matching.unanswered or not all(map(_is_reached, matching.matches)):
        return ""
    return "；".join(f"目标“{m.target.quote}” → 实际“{m.answer.quote}”" for m in matching.matches[:_QUOTED])


def _is_quota(figure: Figure) -> bool:
    is_bound_below = figure.bound in (Bound.EXACT, Bound.AT_LEAST) and figure.sign >= 0
    return figure.is_amount and figure.role is Role.PLAIN and is_bound_below and not figure.lower_is_better


def _is_reached(match: Match) -> bool:
    answer = match.answer
    is_total = answer.scope is Scope.TOTAL and answer.role is Role.PLAIN and not (answer.is_part or answer.depth)
    is_the_thing = set(_ON_THE_WAY.findall(answer.quote + answer.before)) <= set(
        _ON_THE_WAY.findall(match.target.quote)
    )
    is_clear = is_the_thing and answer.bound in (Bound.EXACT, Bound.AT_LEAST) and not match.others
    return is_total and is_clear and judged(match.target, answer, Scope.TOTAL).outcome is Outcome.MET
