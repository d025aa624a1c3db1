"""Figures against target: what was reached beside what was asked, and the status that was reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reportgen.core.fields import STATUS, StatusClass
from reportgen.core.findings import Code, Finding
from reportgen.core.sense.context import read
from reportgen.core.sense.figure import Figure, Reading
from reportgen.core.sense.matching import Match, likeness, matched, overlap
from reportgen.core.sense.meaning import Role
from reportgen.core.sense.numerals import shown
from reportgen.core.sense.records import SenseContext, SenseRow, finding
from reportgen.core.sense.states import has_obstacle, is_finished, is_under_way
from reportgen.core.sense.subjects import pairs
from reportgen.core.sense.token import Kind
from reportgen.core.sense.units import PERCENT, same
from reportgen.core.sense.verdicts import Outcome, Verdict, judged
from reportgen.core.sense.words import has_any

_YEAR_DONE = re.compile(r"完成了?(?:全年|年度)的?(?:目标|任务|计划)(?:任务|目标)?(?!的?[\d百])")
_SHARE_OF_TASK = re.compile(
    r"完成(?:了)?(?:月度|本月|当月|\d+月份?|季度|本季度|既定|序时)?的?(?:目标|任务|计划)(?:任务|目标|总量|数|量)*的?(?:约)?$"
)
_WHOLE_WORK = re.compile(
    r"(?:工程总?量|总工程量|总量|总投资|总任务|任务|工程|整体|总体)(?:的|完成|进度|已完成|累计完成)*$"
)
_ASKS_DONE = re.compile(r"^(?:全面|全部|如期|按期)?(?:完成|建成)|(?:竣工|完工|建成|投用|投运)$")
_IS_OBJECT = ("对", "将", "把", "为", "给", "迎接")  # 对4个示范村验收: things that are dealt with, not a quota
_SAME_THING = 0.3
_QUOTED = 3
_OF_YEAR = ("年度", "全年", "年内", "总量", "任务", "目标")


def target_findings(row: SenseRow, context: SenseContext, target: Reading, answer: Reading) -> Iterator[Finding]:
    """Yield what the figures of `answer` say against the status, seen from the figures of `target`."""
    kind = context.kind(row.status)
    if kind not in (StatusClass.MET, StatusClass.PARTLY, StatusClass.NOT):
        return
    matching = matched(target, answer)
    verdicts = [(match, _verdict(match)) for match in matching.matches]
    if kind is StatusClass.MET:
        yield from _unreached(row, verdicts)
        yield from _claims(row, target, answer, matching.matches)
        return
    open_asks = [f for f in matching.unanswered if not f.before.endswith(_IS_OBJECT)]
    if not verdicts or open_asks or any(v.outcome is not Outcome.MET for _m, v in verdicts):
        return
    if has_obstacle(row.completion) or _something_unconfirmed(target, answer):
        return
    if kind is StatusClass.PARTLY and _something_open(target, answer):
        return
    yield _reached(row, [match for match, _verdict in verdicts])


def _reached(row: SenseRow, matches: list[Match]) -> Finding:
    quotes = "；".join(f"目标“{match.target.quote}” → 实际“{match.answer.quote}”" for match in matches[:_QUOTED])
    return finding(
        Code.S02,
        row,
        f"{quotes}，数字均已达到目标",
        first="；".join(match.target.quote for match in matches),
        second="；".join(match.answer.quote for match in matches),
        field=STATUS,
        place=row.status_place,
        related=row.completion_place,
    )


def _verdict(match: Match) -> Verdict:
    """Return the verdict of a match, unsure where another figure that may be meant gives a better one."""
    verdict = judged(match.target, match.answer, match.scope)
    if verdict.fails:
        for other in match.others:
            if not judged(match.target, other, match.scope).fails:
                return Verdict(Outcome.UNSURE)
    return verdict


def _unreached(row: SenseRow, verdicts: list[tuple[Match, Verdict]]) -> Iterator[Finding]:
    for match, verdict in verdicts:
        if verdict.fails:
            code = Code.S03 if verdict.outcome is Outcome.REVERSED else Code.S01
            yield _against(code, row, match.target.quote, match.answer.quote, verdict.words)


def _against(code: Code, row: SenseRow, target: str, answer: str, words: str) -> Finding:
    reasoning = f"目标“{target}” → 实际“{answer}”，{words}"
    return finding(code, row, reasoning, first=target, second=answer, related=row.target_place)


def _something_unconfirmed(target: Reading, answer: Reading) -> bool:
    """Tell whether the target asks to finish a thing without a figure, and the answer does not say it is done."""
    clauses = [clause for piece in answer.pieces for clause in _clauses(piece.text)]
    for piece in target.pieces:
        for clause in _clauses(piece.text):
            words = pairs(clause)
            if re.search(r"\d", clause) or not words or not _ASKS_DONE.search(clause):
                continue
            if not any(is_finished(other) for other in clauses if overlap(words, pairs(other)) >= _SAME_THING):
                return True
    return False


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in re.split("[，。；]", text) if clause.strip()]


def _something_open(target: Reading, answer: Reading) -> bool:
    """Tell whether a part of the target without figures is still being worked on, so that 部分完成 may be right."""
    with_figures = {f.piece for f in target.asks}
    if all(i in with_figures or not piece.text.strip() for i, piece in enumerate(target.pieces)):
        return False
    figured = {f.piece for f in answer.figures}
    return any(is_under_way(piece.text) for i, piece in enumerate(answer.pieces) if i not in figured)


def _claims(row: SenseRow, target: Reading, answer: Reading, matches: tuple[Match, ...]) -> Iterator[Finding]:
    """Yield where 完成 is contradicted by a share of the task, of the year's target, or of the work."""
    used = {id(match.answer) for match in matches}
    free = [f for f in answer.figures if id(f) not in used]
    asks = target.asks
    amounts = [f for f in asks if f.is_amount]
    for figure in free:
        if figure.is_share and figure.token.high < 100:
            if amounts and not any(f.is_share for f in asks) and _SHARE_OF_TASK.search(figure.before):
                yield _against(
                    Code.S01, row, amounts[0].quote, figure.quote, f"不足100%，差{shown(100 - figure.value)}个百分点"
                )
            elif _WHOLE_WORK.search(figure.before):
                yield from _unfinished(row, target, figure)
        if figure.role is Role.SHORTFALL and has_any(figure.before, ("距", "目标", "任务")) and not matches:
            for ask in amounts:
                if same(ask.dimension, figure.dimension):
                    yield _against(Code.S01, row, ask.quote, figure.quote, "未达到目标")
    yield from _year_claimed(row, answer)
    yield from _share_of_year(row, asks, matches, answer)


def _unfinished(row: SenseRow, target: Reading, figure: Figure) -> Iterator[Finding]:
    if target.figures and not figure.label:
        return
    for index, piece in enumerate(target.pieces):
        if any(f.piece == index for f in target.figures):
            continue
        clauses = _clauses(piece.text)
        same_part = (piece.label and piece.label == figure.label) or len(target.pieces) == len(clauses) == 1
        for words in clauses:
            if _ASKS_DONE.search(words) and (same_part or overlap(figure.wide, pairs(words)) >= 0.3):
                yield _against(Code.S01, row, words, figure.quote, "尚未全部完成")
                return


def _year_claimed(row: SenseRow, answer: Reading) -> Iterator[Finding]:
    """Yield where the answer says the year's task is done and gives a figure below the year's target."""
    if not row.annual_target or not _YEAR_DONE.search(row.completion):
        return
    for match in matched(read(row.annual_target), answer).matches:
        verdict = _verdict(match)
        if verdict.fails:
            reasoning = (
                f"报“完成全年任务”，年度目标“{match.target.quote}” → 实际“{match.answer.quote}”，{verdict.words}"
            )
            yield finding(
                Code.S01, row, reasoning, first=match.target.quote, second=match.answer.quote, related=row.target_place
            )


def _share_of_year(row: SenseRow, asks: list[Figure], matches: tuple[Match, ...], answer: Reading) -> Iterator[Finding]:
    """Yield where a share of the year's task was asked, and the count that is given makes less of the year's figure."""
    answered = {id(match.target) for match in matches}
    shares = [f for f in asks if f.is_share and id(f) not in answered and has_any(f.before, _OF_YEAR)]
    if not shares or not row.annual_target:
        return
    year = [f for f in read(row.annual_target).asks if f.is_amount]
    done = [f for f in answer.figures if f.is_amount and f.role is Role.PLAIN and not f.depth]
    for share in shares:
        found = [(y, d) for y in year for d in done if y.dimension == d.dimension and likeness(y, d) >= 0.3 and y.value]
        if len(found) != 1:
            continue
        whole, part = found[0]
        percent = Decimal(100) * part.value / whole.value
        if share.token.kind is Kind.AMOUNT and share.dimension == PERCENT and percent < share.value - Decimal("0.05"):
            words = f"年度目标{whole.quote}，只占{shown(percent, 2)}%"
            yield _against(Code.S01, row, share.quote, part.quote, words)
