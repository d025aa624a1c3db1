"""Which return counts (rule 4): the higher round, then 填报日期, then receipt; never file times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from reportgen.core.answers import Plan
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.records import Answer, Filled, UnitReport
from reportgen.core.text import seq_ranges
from reportgen.core.units_of import of_each_unit


def unit_reports(filled: Iterable[Filled], plan: Plan) -> tuple[dict[str, UnitReport], tuple[Finding, ...]]:
    """Return what counts for each unit that sent anything, and what was superseded or replaced in part."""
    of_unit = of_each_unit(filled)
    reports: dict[str, UnitReport] = {}
    findings: list[Finding] = []
    for unit in sorted(of_unit, key=lambda name: plan.units.index(name)):
        reports[unit], found = _weigh(unit, of_unit[unit], plan)
        findings += found
    return reports, tuple(findings)


def counts(reports: Mapping[str, UnitReport], unit: str, place: Place, seq: int | None) -> bool:
    """Tell whether something read at `place` of a return still matters: a later return may have replaced it all."""
    report = reports.get(unit)
    if report is None:
        return True
    if place.file in report.superseded:
        return False
    of_row = [answer for (number, _label), answer in report.answers.items() if number == seq]
    return not of_row or any(answer.place.file == place.file for answer in of_row)


def _rank(one: Filled) -> tuple[int, date, datetime, str]:
    return (one.round, one.filled_on or date.min, one.received or datetime.min, one.file)


def _weigh(unit: str, returns: Sequence[Filled], plan: Plan) -> tuple[UnitReport, list[Finding]]:
    latest_first = sorted(returns, key=_rank, reverse=True)
    asked = [ask.key for ask in plan.asks_of(unit)]
    answers: dict[tuple[int, str], Answer] = {}
    used: dict[str, list[int]] = {}
    for one in latest_first:
        for answer in one.answers:
            if answer.key not in answers and not answer.is_blank:
                answers[answer.key] = answer
                used.setdefault(one.file, []).append(answer.seq)
    main = latest_first[0]
    for answer in main.answers:  # rows left blank everywhere still have cells to point at
        answers.setdefault(answer.key, answer)
    files = [one.file for one in latest_first if one.file in used] or [main.file]
    superseded = [one for one in latest_first if one.file not in files]
    findings = [_superseded(one, main) for one in superseded]
    findings += [_tie(main, other, plan) for other in latest_first[1:] if _is_tied(main, other)]
    if len(files) > 1 and main.file in used and set(asked) - {a.key for a in main.answers if not a.is_blank}:
        rows = "第" + "、".join(map(str, sorted(set(used[main.file])))) + "项"
        values = {"rows": rows, "other": files[1]}
        findings.append(Finding(Code.R08, Place(main.file), unit=unit, values=values))
    report = UnitReport(unit, answers, tuple(files), tuple(one.file for one in superseded), first_receipt(returns))
    return report, findings


def first_receipt(returns: Sequence[Filled]) -> datetime | None:
    """Return when a unit's first return came, None when that of any is not known: it may have been the first."""
    if any(one.received is None for one in returns):
        return None
    return min(filter(None, (one.first_received or one.received for one in returns)), default=None)


def _superseded(one: Filled, main: Filled) -> Finding:
    if one.round != main.round:
        reason = f"轮次 {one.round} 低于 {main.round}"
    elif one.filled_on != main.filled_on:
        reason = f"填报日期 {one.filled_on or '未填'} 早于 {main.filled_on}"
    elif one.answers and [a.texts for a in one.answers] == [a.texts for a in main.answers]:
        reason = "内容相同"
    else:
        reason = "收到较早"
    values = {"used": main.file, "reason": reason, "differs": _differences(one, main)}
    return Finding(Code.F08, Place(one.file), unit=one.unit, values=values, related=Place(main.file))


def _is_tied(main: Filled, other: Filled) -> bool:
    same_rank = _rank(main)[:3] == _rank(other)[:3]
    return same_rank and {a.key: a.texts for a in main.answers} != {a.key: a.texts for a in other.answers}


def _tie(main: Filled, other: Filled, plan: Plan) -> Finding:
    one, two = ({a.key: a.texts for a in each.answers if not a.is_blank} for each in (main, other))
    both = {key for key in one if key in two and one[key] != two[key]}
    differing = tuple((ask.seq, part) for part, ask in plan.parts_of(main.unit) if ask.key in both)
    values: dict[str, object] = {"other": other.file, "used": main.file, "keys": differing}
    values["differs"] = _differences(other, main)
    return Finding(Code.F13, Place(main.file), unit=main.unit, values=values, related=Place(other.file))


def _differences(one: Filled, other: Filled) -> str:
    """Return in which rows two returns differ, as it goes on a sentence; "" when they do not."""
    first, second = ({a.key: a.texts for a in filled.answers if not a.is_blank} for filled in (one, other))
    seqs = {key[0] for key in (*first, *second) if first.get(key) != second.get(key)}
    return f"，不同的是第{seq_ranges(seqs)}项" if seqs else ""
