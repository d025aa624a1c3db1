"""The status beside the words of the answer and of the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.core.fields import REASON, STATUS, StatusClass
from reportgen.core.findings import Code, Finding, shortened
from reportgen.core.sense.figure import Reading
from reportgen.core.sense.records import SenseContext, SenseRow, finding
from reportgen.core.sense.states import has_obstacle, is_done, is_under_way, obstacle_in
from reportgen.core.text import fold

_SAYS_LITTLE = re.compile("已经|已|了|积极|进行|正在")
_MARKS = re.compile(r"[，。；：、！？,.;:!?“”\"'（）()\s]")
_NO_REASON = frozenset(
    {"无", "暂无", "无原因", "同上", "略", "见完成情况", "详见完成情况", "/", "-", "—", "正常推进", "按计划推进"}
)
_SHORT = 8  # answers shorter than this may well be the same every month


def word_findings(row: SenseRow, context: SenseContext, answer: Reading) -> Iterator[Finding]:
    """Yield what the words of an answer say against its status, and answers that only repeat."""
    kind = context.kind(row.status)
    if kind is StatusClass.MET:
        yield from _not_done(row)
    elif kind is StatusClass.NOT:
        yield from _all_done(row, answer)
    if kind in (StatusClass.PARTLY, StatusClass.NOT):
        yield from _reasonless(row, context)
    yield from _repeated(row)


def _not_done(row: SenseRow) -> Iterator[Finding]:
    if not obstacle_in(row.completion):
        return
    for sentence in re.split("[。；;\n]", row.completion):
        words = obstacle_in(sentence)
        if words and not _is_said_by(words, row.target):
            reasoning = f"状态“{row.status}” → 文字“{shortened(sentence.strip())}”"
            yield finding(Code.S09, row, reasoning, first=row.status, second=words, related=row.status_place)
            return


def _is_said_by(words: str, target: str) -> bool:
    return words in target


def _all_done(row: SenseRow, answer: Reading) -> Iterator[Finding]:
    text = row.completion
    if not is_done(text) or has_obstacle(text) or any(f.is_share and f.token.high < 100 for f in answer.figures):
        return
    if any(is_under_way(sentence) for sentence in re.split("[，。；;\n]", text)):
        return
    reasoning = f"状态“{row.status}” → 文字“{shortened(text.strip())}”"
    yield finding(
        Code.S10, row, reasoning, first=row.status, second=text, field=STATUS, place=row.status_place,
        related=row.completion_place,
    )  # fmt: skip


def _reasonless(row: SenseRow, context: SenseContext) -> Iterator[Finding]:
    if row.reason is None:
        return
    plain = _MARKS.sub("", row.reason)
    names = [name for status in context.statuses.all for name in (status.name, *status.synonyms)]
    if not plain:
        reasoning = "原因空着"
    elif plain in _NO_REASON or any(plain in (name, f"{name}任务", f"任务{name}", f"本月{name}") for name in names):
        reasoning = f"原因“{shortened(row.reason.strip())}”"
    elif fold(plain) == fold(_MARKS.sub("", row.completion)):
        reasoning = f"原因与完成情况相同：“{shortened(row.reason.strip())}”"
    else:
        return
    yield finding(Code.S11, row, reasoning, first=row.status, second=row.reason, field=REASON)


def _repeated(row: SenseRow) -> Iterator[Finding]:
    if _begin_apart(row.completion, row.target) and _begin_apart(row.completion, row.last_completion):
        return
    words = _bare(row.completion)
    if not words:
        return
    if words == _bare(row.target):
        reasoning = f"“{shortened(row.completion.strip())}”"
        yield finding(Code.S12, row, reasoning, first=row.target, second=row.completion, related=row.target_place)
    elif len(words) >= _SHORT and words == _bare(row.last_completion):
        reasoning = f"“{shortened(row.completion.strip())}”"
        if row.last_status and row.last_status != row.status:
            reasoning += f"，而状态由“{row.last_status}”改为“{row.status}”"
        yield finding(Code.S13, row, reasoning, first=row.last_completion, second=row.completion)


def _begin_apart(one: str, other: str) -> bool:
    """Tell whether two texts begin with different characters, of which _bare() takes none away."""
    return one[:1] != other[:1] and _is_kept(one[:1]) and (not other or _is_kept(other[:1]))


def _is_kept(char: str) -> bool:
    return "0" <= char <= "9" or ("\u4e00" <= char <= "\u9fff" and char not in "已了积进正")


def _bare(text: str) -> str:
    return fold(_SAYS_LITTLE.sub("", _MARKS.sub("", text)))
