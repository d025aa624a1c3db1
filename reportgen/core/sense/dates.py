"""Times in an answer: of another month or year than the period's, not come yet, or not in the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from reportgen.core.findings import Code, Finding
from reportgen.core.period import Period
from reportgen.core.sense.figure import Reading
from reportgen.core.sense.records import SenseContext, SenseRow, finding
from reportgen.core.sense.token import Mention, Token
from reportgen.core.sense.words import has_any, line_before

_COMPARED = ("较", "比", "自", "从", "于", "原定", "原计划", "同", "与", "和", "至", "到", "年", "含", "对")
_TO_COME = (
    "将", "拟", "计划", "预计", "力争", "下一步", "下步", "准备", "筹备", "启动", "争取", "原定", "有望", "确保",
    "待", "前", "到期", "截止", "目标", "安排", "定于", "即将",
)  # fmt: skip
_IS_NUMBER = re.compile(r"为\d")
_AS_OF = ("至", "截止", "截止到")
_STILL_TO_COME = re.compile(r"\s*(?:之?前|底前|以前|起|开始)")


def date_findings(row: SenseRow, context: SenseContext, answer: Reading) -> Iterator[Finding]:
    """Yield at most one note of each kind: a time that is not the period's, and a date that cannot be."""
    if not answer.dates:
        return
    others: list[str] = []
    future: list[str] = []
    months_said = {
        m for _i, t in answer.dates if t.date and not t.date.day for m in range(t.date.first, t.date.last + 1) if m
    }
    for index, token in answer.dates:
        text = answer.pieces[index].text
        mention = token.date
        if mention is None:
            continue
        is_early = _is_to_come(mention, context) and not _says_to_come(_around(text, token))
        if is_early or not _exists(mention, context.period.year):
            future.append(_clause(text, token))
        elif _is_elsewhere(mention, token, text, context.period, months_said):
            others.append(_clause(text, token))
    if others:
        reasoning = f"本期是{context.period.year}年{context.period.label} → “{others[0]}”"
        note = finding(Code.S18, row, reasoning, first=context.period.label, second=others[0])
        yield _with_period(note, context.period)
    if future:
        yield finding(Code.S19, row, f"“{future[0]}”", first=context.period.label, second=future[0])


def _with_period(note: Finding, period: Period) -> Finding:
    return Finding(
        note.code, note.place, note.seq, note.unit, note.field, {**note.values, "period": period.label}, note.related
    )


def _clause(text: str, token: Token) -> str:
    start = max(text.rfind(mark, 0, token.start) for mark in "，。；：\n") + 1
    ends = [at for mark in "，。；\n" if (at := text.find(mark, token.end)) >= 0]
    return text[start : min(ends, default=len(text))].strip()


def _around(text: str, token: Token) -> str:
    """Return the sentence around a date, where 将, 计划 and the like would stand."""
    start = max(text.rfind(mark, 0, token.start) for mark in "。；\n") + 1
    ends = [at for mark in "。；\n" if (at := text.find(mark, token.end)) >= 0]
    return text[start : min(ends, default=len(text))]


def _says_to_come(words: str) -> bool:
    return has_any(words, _TO_COME) or _IS_NUMBER.search(words) is not None


def _exists(mention: Mention, year: int) -> bool:
    if mention.last > 12 or mention.first > 12:
        return False
    days = monthrange(mention.year or year, mention.last)[1] if mention.last else 31
    return mention.day <= days


def _is_to_come(mention: Mention, context: SenseContext) -> bool:
    period = context.period
    if not mention.first and not mention.year:
        return False
    year = mention.year or period.year
    if not mention.first:
        return year > period.year
    until = context.issued if context.issued and context.issued > _end_of(period) else _end_of(period)
    is_running = mention.first > 1 and mention.first < mention.last and not mention.tail  # 四季度, said in November
    month = mention.first if is_running else mention.last
    return (year, month, max(mention.day, 1)) > (until.year, until.month, until.day)


def _end_of(period: Period) -> date:
    return date(period.year, period.last, monthrange(period.year, period.last)[1])


def _is_elsewhere(mention: Mention, token: Token, text: str, period: Period, said: set[int]) -> bool:
    """Tell whether a time is that of another report: 截至7月底, 1-7月, 7月份 in August; a past day is only history."""
    before = line_before(text, token.start, 4)
    as_of = before.endswith(_AS_OF)
    if (
        (not as_of and before.endswith(_COMPARED))
        or mention.day
        or _STILL_TO_COME.match(text, token.end)
        or not mention.first
    ):
        return False
    if text[token.end : token.end + 2] in ("以来", "起至", "同期", "开始"):
        return False
    other_year = mention.year not in (0, period.year)
    cumulative = as_of or (mention.first == 1 and mention.last > 1) or mention.tail in ("底", "末")
    if other_year:
        return cumulative or period.first <= mention.last <= period.last
    if mention.last >= period.first or (period.last in said and not as_of):
        return False
    return cumulative or mention.tail == "份"
