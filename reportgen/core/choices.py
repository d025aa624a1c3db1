"""What the clerk chose in column 采用: which return counts for a row, and whether a changed target is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.answers import OF_UNIT, Ask, PeriodTask, Plan
from reportgen.core.findings import Code, Finding
from reportgen.core.parts import with_part
from reportgen.core.period import Period
from reportgen.core.records import Answer, Decision, Filled, UnitReport
from reportgen.core.rulings import ACCEPTED, BETWEEN, Key, Ruling, Rulings, key_of, spoken
from reportgen.core.text import squeeze
from reportgen.core.units_of import of_each_unit

RETURN = "_return"  # what a decision changed when it was which return counts
_TOKENS = re.compile(r"[；;\n]")
_ACCEPTABLE = (keys.PERIOD_TARGET, keys.ANNUAL_TARGET, keys.NEXT_TARGET)


class Choices(Struct, frozen=True):
    """The plan and the reports as the clerk's choices make them, and what was decided by that."""

    plan: Plan
    reports: Mapping[str, UnitReport]
    decisions: tuple[Decision, ...] = ()


class _Log(Struct):
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def answers_of(ask: Ask, returns: Iterable[Filled]) -> dict[str, Answer]:
    """Return what each of the unit's `returns` answers to one question, by file, blank rows left out."""
    return {
        one.file: answer for one in returns for answer in one.answers if answer.key == ask.key and not answer.is_blank
    }


def options(ask: Ask, report: UnitReport | None, returns: Iterable[Filled]) -> tuple[str, ...]:
    """Return what may be chosen in 采用 for one answer of a unit that sent `returns`, if anything."""
    answer = report.answers.get(ask.key) if report else None
    found = [ACCEPTED] if answer is not None and _acceptable(ask, answer) else []
    sent = answers_of(ask, returns)
    if len({(tuple(one.texts.items()), tuple(one.changed.items())) for one in sent.values()}) > 1:
        for file, other in sorted(sent.items()):
            found.append(file)
            if _acceptable(ask, other):
                found.append(f"{file}{BETWEEN}{ACCEPTED}")
    return tuple(found)


def chosen(
    rulings: Rulings, plan: Plan, reports: Mapping[str, UnitReport], returns: Sequence[Filled]
) -> tuple[Choices, tuple[Finding, ...]]:
    """Return plan and reports after the choices in column 采用; one that cannot be followed is a finding."""
    log = _Log()
    of_unit = of_each_unit(returns)
    answers: dict[str, dict[tuple[int, str], Answer]] = {}
    accepted: dict[Key, tuple[Ruling, Answer]] = {}
    for ruling in rulings.all:
        ask = _ask_of(ruling, plan) if ruling.adopted else None
        if ask is None:
            continue
        report = reports.get(ask.unit)
        answer = report.answers.get(ask.key) if report else None
        for token in filter(None, map(str.strip, _TOKENS.split(ruling.adopted))):
            if token == ACCEPTED:
                continue
            other = answers_of(ask, of_unit.get(ask.unit, ())).get(token)
            if other is None:
                reason = "不是该单位报送了这一项的文件。"
                log.findings.append(_cannot(ruling, token, reason))
            elif other is not answer:
                before = answer.place.file if answer else ""
                log.decisions.append(_decision(ruling, RETURN, before, token))
                answers.setdefault(ask.unit, {})[ask.key] = answer = other
        if _accepts(ruling):
            if answer is None or not _acceptable(ask, answer):
                log.findings.append(_cannot(ruling, ACCEPTED, "而该单位没有改动过目标。"))
            else:
                accepted[ruling.key] = (ruling, answer)
    tasks = tuple(_with_accepted(task, accepted, plan.period.next, log) for task in plan.tasks)
    merged = {unit: _with_answers(report, answers.get(unit, {})) for unit, report in reports.items()}
    return Choices(replace(plan, tasks=tasks), merged, tuple(log.decisions)), tuple(log.findings)


def _ask_of(ruling: Ruling, plan: Plan) -> Ask | None:
    """Return the one answer that a ruling is about; None for a task of several parts and for one not known."""
    for task in plan.tasks:
        if task.seq == ruling.seq:
            return next((ask for part, ask in task.parts if key_of(task.seq, part) == ruling.key), None)
    return None


def _acceptable(ask: Ask, answer: Answer) -> dict[str, str]:
    """Return the changed targets that may be accepted; a task that ends has no next one."""
    changed = {key: answer.changed[key] for key in _ACCEPTABLE if answer.changed.get(key)}
    if not ask.next_target:
        changed.pop(keys.NEXT_TARGET, None)
    return changed


def offered_next_target(ask: Ask, report: UnitReport | None) -> str:
    """Return what a unit made of its next target, "" where there is nothing to accept."""
    answer = report.answers.get(ask.key) if report else None
    return _acceptable(ask, answer).get(keys.NEXT_TARGET, "") if answer else ""


def accepted_next_targets(rulings: Rulings, targets: Mapping[int, str]) -> dict[int, str]:
    """Return the next targets of which the office accepted a change, by 序号; `targets` are the ledger's.

    Accepted is what the row showed when it was ruled on.
    """
    accepted: dict[int, str] = {}
    for ruling in rulings.all:
        record = rulings.records.get(ruling.key)
        target = accepted.get(ruling.seq) or targets.get(ruling.seq, "")
        if record and record.offered and target and _accepts(ruling):
            label = ruling.part.partition(OF_UNIT)[0]
            accepted[ruling.seq] = with_part(target, label, record.offered)
    return accepted


def unnoted(decisions: Iterable[Decision], rulings: Rulings) -> Iterable[Finding]:
    """Yield each accepted next target that the next period will not find, since `review` has not noted it."""
    for one in decisions:
        ruling = rulings.of(one.seq, one.part)
        if ruling and one.field == keys.NEXT_TARGET and _accepts(ruling):
            record = rulings.records.get(ruling.key)
            if record is None or record.offered != one.after:
                yield Finding(Code.M28, ruling.place, seq=one.seq, values={"what": ruling.what}, part=one.part)


def _accepts(ruling: Ruling) -> bool:
    return ACCEPTED in map(str.strip, _TOKENS.split(ruling.adopted))


def _cannot(ruling: Ruling, value: str, reason: str) -> Finding:
    values = {"what": ruling.what, "value": value, "reason": reason}
    return Finding(Code.M23, ruling.place, seq=ruling.seq, values=values, part=ruling.part)


def _decision(ruling: Ruling, key: str, before: str, after: str) -> Decision:
    return Decision(ruling.seq, ruling.part, key, before, after, ruling.opinion, ruling.place)


def _with_answers(report: UnitReport, answers: Mapping[tuple[int, str], Answer]) -> UnitReport:
    """Return the report with `answers` in it, and with the files that count now."""
    if not answers:
        return report
    merged = {**report.answers, **answers}
    used = {answer.place.file for answer in merged.values()}
    files = [file for file in (*report.files, *report.superseded) if file in used]
    files += [file for file in sorted(used) if file not in files]
    superseded = tuple(file for file in (*report.files, *report.superseded) if file not in files)
    return replace(report, answers=merged, files=tuple(files), superseded=superseded)


def _with_accepted(
    task: PeriodTask, accepted: Mapping[Key, tuple[Ruling, Answer]], following: Period | None, log: _Log
) -> PeriodTask:
    """Return the task with the targets that its units changed and the office accepted."""
    target, ledger_task = task.target, task.task
    asks = []
    for part, ask in task.parts:
        ruling, answer = accepted.get(key_of(task.seq, part), (None, None))
        changed = _acceptable(ask, answer) if answer else {}
        new = changed.get(keys.PERIOD_TARGET)
        if ruling and new:
            target = new if target == ask.target else with_part(target, ask.label, new)
            log.decisions.append(_decision(ruling, keys.PERIOD_TARGET, ask.target, new))
            ask = replace(ask, target=new)
        annual = changed.get(keys.ANNUAL_TARGET)
        if ruling and annual and annual != ledger_task.annual_target:
            log.decisions.append(_decision(ruling, keys.ANNUAL_TARGET, ledger_task.annual_target, annual))
            ledger_task = replace(ledger_task, annual_target=annual)
        coming = changed.get(keys.NEXT_TARGET)
        if ruling and coming and following:
            log.decisions.append(_decision(ruling, keys.NEXT_TARGET, ask.next_target or "", coming))
            whole = with_part(ledger_task.targets[following], ask.label, coming)
            ledger_task = replace(ledger_task, targets={**ledger_task.targets, following: whole})
        asks.append(ask)
    return replace(task, task=ledger_task, target=target, asks=tuple(asks))


def unused_next_targets(rulings: Rulings, plan: Plan) -> Iterable[Finding]:
    """Yield each next target that was typed where it is not used: in the row of a part, or beside the ledger's."""
    following = plan.period.next
    for task in plan.tasks:
        ruling, own = rulings.of(task.seq), task.task.targets.get(following) if following else None
        typed = ruling.next_target if ruling and ruling.next_target != rulings.proposed(ruling.key) else ""
        if ruling and own and typed and squeeze(typed) != squeeze(own):
            values = {"what": ruling.what, "ledger": own}
            yield Finding(Code.M27, ruling.place, seq=ruling.seq, values=values)
    for ruling in rulings.parts.values():
        if ruling.next_target:
            values = {"what": spoken(ruling.seq, ruling.part), "text": ruling.next_target}
            yield Finding(Code.M24, ruling.place, seq=ruling.seq, values=values, part=ruling.part)
