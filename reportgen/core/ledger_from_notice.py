"""A ledger out of a printed notice: tasks, units, leaders and the targets of its period; what is doubtful is told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from reportgen.core import derived
from reportgen.core import fields as keys
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.ledger_cells import lines_of, printed_unit, unit_and_role
from reportgen.core.ledger_columns import TASK_COLUMNS, target_heading
from reportgen.core.model import Assignment, Leader, Ledger, Role, Schedule, Task, Unit
from reportgen.core.notice import PrintedNotice, PrintedRow
from reportgen.core.period import Period
from reportgen.core.text import fold, padded, squeeze, without_control

# The last words that offices leave away in a list: 齐鲁化工区 for 齐鲁化工区管委会.
_LAST_WORDS = ("管委会", "管理委员会", "办事处", "街道办事处", "政府", "人民政府")


class FoundLedger(Struct, frozen=True):
    """What a notice gave: the ledger, the pattern of its title ("" when the title does not name the period)."""

    ledger: Ledger
    title: str
    findings: tuple[Finding, ...]


class _Line(Struct, frozen=True):
    """One line of 责任单位 with the row it stands in."""

    seq: int
    text: str
    place: Place

    @property
    def name(self) -> str:
        return unit_and_role(self.text)[0]


def ledger_from_notice(printed: PrintedNotice, period: Period, extra: Collection[str] = ()) -> FoundLedger:
    """Return the ledger that a notice of `period` shows, in its order and spelling.

    `extra` are the keys of further fields that the office fills; what the notice shows of them goes with the tasks.
    """
    rows, findings = _distinct(_with_units(printed.rows))
    wanted = _wanted_headings(period)
    findings += _missing_columns(printed, rows, wanted)
    for row in rows:
        findings += _empty_cells(row, wanted)
    lines = [
        _Line(_seq(row), line, _place(row, keys.UNITS)) for row in rows for line in lines_of(_text(row, keys.UNITS))
    ]
    units, same, told = _units(lines)
    findings += told
    tasks = tuple(_task(row, period, same, extra) for row in rows)
    names = dict.fromkeys(squeeze(name) for task in tasks for name in task.leaders)
    leaders = tuple(Leader(name) for name in names)
    title = title_pattern(printed.title, period)
    if not title:
        findings.append(Finding(Code.N06, Place(printed.file), values={"period": period.label}))
    ledger = Ledger(period.year, tasks, units, leaders, (Schedule(period),))
    return FoundLedger(ledger, title, tuple(findings))


def title_pattern(title: str, period: Period) -> str:
    """Return a title with its year and period as placeholders; "" when it does not name the period."""
    pattern = re.sub(rf"(?<!\d){period.year}(?!\d)", "{{ year }}", " ".join(title.split()))
    label = rf"(?<!\d){re.escape(period.label)}"
    if re.search(label, pattern):
        return re.sub(label, "{{ period }}", pattern)
    short = rf"(?<!\d){re.escape(period.label.removesuffix('份'))}"
    if period.months == 1 and re.search(short, pattern):
        return re.sub(short, "{{ period | replace('份', '') }}", pattern)
    return ""


def _text(row: PrintedRow, key: str) -> str:
    return without_control(row.texts.get(key, "")).strip()


def _seq(row: PrintedRow) -> int:
    return int(row.texts[keys.SEQ])


def _place(row: PrintedRow, key: str = keys.SEQ) -> Place:
    return row.places.get(key, row.places[keys.SEQ])


def _distinct(rows: Iterable[PrintedRow]) -> tuple[list[PrintedRow], list[Finding]]:
    """Return the rows with a 序号 of their own; the second row of the same 序号 cannot stand in a ledger."""
    kept: dict[int, PrintedRow] = {}
    findings = []
    for row in rows:
        if _seq(row) in kept or not _seq(row):
            text = shortened(" ".join(row.texts.values()))
            findings.append(Finding(Code.N03, _place(row), seq=_seq(row), values={"text": text}))
        else:
            kept[_seq(row)] = row
    return list(kept.values()), findings


def _with_units(rows: Iterable[PrintedRow]) -> Iterator[PrintedRow]:
    """Yield the rows with 责任单位 made of 牵头单位 and 配合单位 where the notice has these instead."""
    for row in rows:
        lead, members = _text(row, derived.LEAD_UNIT), _text(row, derived.MEMBER_UNITS)
        if _text(row, keys.UNITS) or not (lead or members):
            yield row
            continue
        leads, others = lines_of(lead), lines_of(members)
        # One unit alone needs no mark; of two that lead the ledger takes the first.
        marked = [printed_unit(unit_and_role(leads[0])[0], Role.LEAD)] if leads and (others or leads[1:]) else leads[:1]
        place = row.places.get(derived.LEAD_UNIT, _place(row))
        texts = {**row.texts, keys.UNITS: "\n".join([*marked, *leads[1:], *others])}
        yield PrintedRow(texts, {**row.places, keys.UNITS: place})


def _wanted_headings(period: Period) -> dict[str, str]:
    own = {c.key: c.heading for c in TASK_COLUMNS if c.key in (keys.ANNUAL_TARGET, keys.LEADERS, keys.UNITS)}
    return {**own, keys.PERIOD_TARGET: target_heading(period)}


def _missing_columns(printed: PrintedNotice, rows: Iterable[PrintedRow], wanted: Mapping[str, str]) -> list[Finding]:
    present = {key for key, _text in printed.headings} | {key for row in rows for key in row.texts}
    return [
        Finding(Code.N07, Place(printed.file), values={"heading": heading})
        for key, heading in wanted.items()
        if key not in present
    ]


def _empty_cells(row: PrintedRow, wanted: Mapping[str, str]) -> list[Finding]:
    return [
        Finding(Code.N05, _place(row, key), seq=_seq(row), values={"seq": _seq(row), "heading": heading})
        for key, heading in wanted.items()
        if key in row.texts and not _text(row, key)
    ]


def _units(lines: list[_Line]) -> tuple[tuple[Unit, ...], Mapping[str, str], list[Finding]]:
    """Return the units in order of first appearance, the name of the unit for each folded name, and what was joined."""
    first: dict[str, _Line] = {}
    seqs: dict[str, set[int]] = {}
    for line in lines:
        first.setdefault(fold(line.name), line)
        seqs.setdefault(fold(line.name), set()).add(line.seq)
    longer = {name: long for name in first if (long := _fuller(name, seqs))}
    same = {name: first[longer.get(name, name)].name for name in first}
    aliases: dict[str, list[str]] = {}
    findings = []
    for name, long in longer.items():
        short, full = first[name], first[long].name
        aliases.setdefault(full, []).append(short.name)
        values = {"seq": short.seq, "name": short.name, "other": full}
        findings.append(Finding(Code.N04, short.place, seq=short.seq, values=values))
    units = tuple(Unit(name, tuple(aliases.get(name, ()))) for name in dict.fromkeys(same.values()) if name)
    return units, same, findings


def _fuller(name: str, seqs: Mapping[str, set[int]]) -> str:
    """Return the one name that is `name` with a last word more, "" when there is none or both stand in one task."""
    longer = [name + word for word in _LAST_WORDS if name + word in seqs]
    return longer[0] if len(longer) == 1 and not seqs[name] & seqs[longer[0]] else ""


def _task(row: PrintedRow, period: Period, same: Mapping[str, str], extra: Collection[str]) -> Task:
    target = _text(row, keys.PERIOD_TARGET)
    has_target = fold(target) not in ("", fold(period.no_target))
    return Task(
        seq=_seq(row),
        annual_target=_text(row, keys.ANNUAL_TARGET),
        leaders=tuple(map(padded, lines_of(_text(row, keys.LEADERS)))),
        assignments=tuple(_assignment(line, same) for line in lines_of(_text(row, keys.UNITS))),
        targets={period: target} if has_target else {},
        group=_text(row, derived.GROUP),
        extra={key: text for key in extra if (text := _text(row, key))},
        place=_place(row),
    )


def _assignment(line: str, same: Mapping[str, str]) -> Assignment:
    name, role = unit_and_role(line)
    return Assignment(same[fold(name)], role, printed_unit(name, role))
