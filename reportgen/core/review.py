"""The clerk's working table (审定表) as records: each task and part with what was returned, and the silent units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.answers import Ask, PeriodTask, Plan
from reportgen.core.choices import answers_of, offered_next_target, options
from reportgen.core.fields import Settings
from reportgen.core.findings import Code, Finding, Severity
from reportgen.core.ground import basis, mark_of_cells
from reportgen.core.model import Ledger
from reportgen.core.notice import Merged, Piece, Row
from reportgen.core.parts import joined
from reportgen.core.records import Answer, Filled, UnitReport
from reportgen.core.rulings import (
    CLERK_HEADINGS,
    NEXT_TARGET_HEADING,
    OPINION_HEADING,
    RECHECK,
    RECHECK_HEADING,
    Key,
    Record,
    Rulings,
    is_part_settled,
    is_settled,
    key_of,
)
from reportgen.core.text import seq_ranges


class RowState(Enum):
    """What a row asks of the clerk; the value is what column 状况 shows, by which the clerk filters."""

    OPEN = "待审定"
    RECHECK = "需复核"
    RULED = "已审定"
    WARNED = "请留意"
    FINE = "正常"

    @property
    def is_open(self) -> bool:
        return self is RowState.OPEN


class ReviewRow(Struct, frozen=True):
    """One line of sheet 审定: what the program knows, then the clerk's cells by heading.

    `part` is "" for a task as a whole, which `has_parts` where lines for its parts follow. `options` are the choices
    of column 采用; `record` goes to the hidden sheet.
    """

    seq: int
    part: str = ""
    annual_target: str = ""
    period_target: str = ""
    returned: str = ""
    status: str = ""
    completion: str = ""
    last_status: str = ""
    findings: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    state: RowState = RowState.FINE
    options: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)
    has_parts: bool = False

    @property
    def key(self) -> Key:
        return key_of(self.seq, self.part)


class SilentUnit(Struct, frozen=True):
    """One line of sheet 未报送单位."""

    unit: str
    contact: str
    phone: str
    rows: str
    is_ruled: bool
    note: str = ""


class Review(Struct, frozen=True):
    """All that 审定.xlsx shows."""

    period: str
    title: str
    rows: tuple[ReviewRow, ...]
    silent: tuple[SilentUnit, ...]
    all_unreported: bool


class Material(Struct, frozen=True):
    """What the table is made from. `last_statuses` are last period's by 序号.

    `returns` are those of each unit, `reports` what counts by itself, `chosen` what counts after the clerk's choices.
    """

    merged: Merged
    plan: Plan
    ledger: Ledger
    settings: Settings
    reports: Mapping[str, UnitReport]
    returns: Mapping[str, Sequence[Filled]]
    rulings: Rulings
    findings: Sequence[Finding]
    grounds: Mapping[Key, str]
    stale: frozenset[Key]
    last_statuses: Mapping[int, str]
    chosen: Mapping[str, UnitReport]


def review(material: Material) -> Review:
    """Return the working table of a period; what the clerk wrote before stands in it to the letter."""
    rulings = material.rulings
    by_seq: dict[int, list[Finding]] = {}
    for finding in material.findings:
        for told in _in_rows(finding):
            by_seq.setdefault(told.seq or 0, []).append(told)
    rows: list[ReviewRow] = []
    left_over = _left_over(rulings, material.plan)
    for task, row in zip(material.plan.tasks, material.merged.rows, strict=True):
        rows += _of_task(task, row, material, by_seq.get(task.seq, []))
        rows += left_over.pop(task.seq, [])
    rows += [line for lines in left_over.values() for line in lines]
    silent = _silent(material)
    # The one cell that settles all must not settle a unit that has joined the list since.
    everyone = rulings.all_unreported and all(unit.is_ruled for unit in silent)
    return Review(material.plan.period.code, material.settings.title, tuple(rows), silent, everyone)


def _in_rows(finding: Finding) -> Iterator[Finding]:
    """Yield a finding for each row that it is about; a silent unit is missing in all that it owes."""
    if finding.code is Code.M01:
        keys_owed = finding.values["keys"]
        assert isinstance(keys_owed, tuple)
        yield from (replace(finding, seq=seq, part=part) for seq, part in keys_owed)
    elif finding.seq is not None:
        yield finding


def _is_settled_here(finding: Finding, rulings: Rulings) -> bool:
    """Tell whether a ruling answers the finding in its row; a silent unit's other rows may still be open."""
    if finding.code is Code.M01 and finding.seq is not None:
        return finding.unit in rulings.unreported or is_part_settled(rulings, finding.seq, finding.part)
    return is_settled(finding, rulings)


def _of_task(task: PeriodTask, row: Row, material: Material, findings: Sequence[Finding]) -> Iterator[ReviewRow]:
    """Yield the line of a task, and one for each of its parts where it has several answers."""
    parts = task.parts if len(task.asks) > 1 else ()
    own = [f for f in findings if not (parts and f.part)]
    proposed = row.others.get(keys.NEXT_TARGET, "")
    cells, record = _clerks(key_of(task.seq), proposed, material)
    if len(task.asks) == 1:
        record = _offering(record, task.asks[0], material)
    choices = () if parts else tuple(option for ask in task.asks for option in _options(ask, material))
    if parts:
        returned = "\n".join((f"分 {len(parts)} 项填报，见下面各行。", *map(_short, row.pieces)))
    else:
        returned = "\n".join(_returned(ask, material) for ask in task.asks)
    yield ReviewRow(
        seq=task.seq,
        annual_target=row.task.annual_target,
        period_target=row.target,
        returned=returned,
        status=row.reported_status,
        completion=row.reported_completion,
        last_status=material.last_statuses.get(task.seq, ""),
        findings=_told(own, material.rulings),
        cells=cells,
        state=_state(key_of(task.seq), own, material, row.pieces if not parts else (), bool(choices)),
        options=choices,
        record=record,
        has_parts=bool(parts),
    )
    pieces = {piece.part: piece for piece in row.pieces}
    for part, ask in parts:
        key, piece = key_of(task.seq, part), pieces[part]
        reported = piece.reported or piece
        cells, record = _clerks(key, "", material)
        record = _offering(record, ask, material)
        of_part = [f for f in findings if f.part == part]
        choices = _options(ask, material)
        yield ReviewRow(
            seq=task.seq,
            part=part,
            period_target=ask.target if ask.label else "",
            returned=_returned(ask, material),
            status=reported.status,
            completion=reported.text,
            findings=_told(of_part, material.rulings),
            cells=cells,
            state=_state(key, of_part, material, (piece,), bool(choices)),
            options=choices,
            record=record,
        )


def _left_over(rulings: Rulings, plan: Plan) -> dict[int, list[ReviewRow]]:
    """Return the clerk's lines on what is none of this period's tasks and parts, so that nothing typed is lost."""
    shown = {key_of(task.seq) for task in plan.tasks}
    shown |= {key_of(task.seq, part) for task in plan.tasks for part, _ask in task.parts}
    lines: dict[int, list[ReviewRow]] = {}
    for ruling in rulings.all:
        cells = rulings.written[ruling.key]
        if ruling.key not in shown and (rulings.has_decided(ruling.key) or cells[OPINION_HEADING]):
            note = "本期任务中没有这一项，审定未采用。"
            record = rulings.records.get(ruling.key, Record())
            line = ReviewRow(ruling.seq, ruling.part, findings=note, cells=cells, state=RowState.OPEN, record=record)
            lines.setdefault(ruling.seq, []).append(line)
    return lines


def _clerks(key: Key, proposed: str, material: Material) -> tuple[dict[str, str], Record]:
    """Return the clerk's cells as they are to stand, and what is noted of the row for the next run."""
    rulings = material.rulings
    cells = {**dict.fromkeys(CLERK_HEADINGS, ""), **rulings.written.get(key, {})}
    # A next target that the clerk has not changed follows what the units propose now.
    if cells[NEXT_TARGET_HEADING] in ("", rulings.proposed(key)):
        cells[NEXT_TARGET_HEADING] = proposed
    if key in material.stale:
        cells[RECHECK_HEADING] = RECHECK
    elif cells[RECHECK_HEADING] == RECHECK:
        cells[RECHECK_HEADING] = ""
    ruled_on = basis(key, rulings) if rulings.has_decided(key) else ""
    return cells, Record(proposed, material.grounds.get(key, ""), ruled_on, mark_of_cells(cells, proposed))


def _offering(record: Record, ask: Ask, material: Material) -> Record:
    return replace(record, offered=offered_next_target(ask, material.chosen.get(ask.unit)))


def _state(
    key: Key, findings: Sequence[Finding], material: Material, pieces: Iterable[Piece], has_choice: bool
) -> RowState:
    rulings = material.rulings
    if key in material.stale:
        return RowState.RECHECK
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if not all(_is_settled_here(f, rulings) for f in errors):
        return RowState.OPEN
    if rulings.has_decided(key) or any(piece.is_silent and piece.status for piece in pieces):
        return RowState.RULED
    is_doubtful = has_choice or any(f.severity is Severity.WARNING for f in findings)
    return RowState.WARNED if is_doubtful else RowState.FINE


def _told(findings: Sequence[Finding], rulings: Rulings) -> str:
    ordered = sorted(findings, key=lambda f: f.severity.rank)
    settled = [f.severity is Severity.ERROR and _is_settled_here(f, rulings) for f in ordered]
    labels = [f.severity.label + ("（已审定）" if done else "") for f, done in zip(ordered, settled, strict=True)]
    return "\n".join(f"{label}：{f.message}" for f, label in zip(ordered, labels, strict=True))


def _options(ask: Ask, material: Material) -> tuple[str, ...]:
    return options(ask, material.reports.get(ask.unit), material.returns.get(ask.unit, ()))


def _short(piece: Piece) -> str:
    reported = piece.reported or piece
    return f"{piece.part}：{reported.status or ('未报送' if reported.is_silent else '未填')}"


def _returned(ask: Ask, material: Material) -> str:
    """Return what a unit wrote, every answer in full, as it stands in each of its returns (rule 8)."""
    report = material.reports.get(ask.unit)
    answer = report.answers.get(ask.key) if report else None
    if answer is None:
        return f"【{ask.unit}】{'未报送' if report is None else '表中没有这一项'}"
    others = answers_of(ask, material.returns.get(ask.unit, ()))
    several = len({tuple(other.texts.items()) for other in others.values()}) > 1
    lines = [f"【{ask.unit}】" + (f"（{answer.place.file}）" if several else ""), *_texts(answer, material.settings)]
    if several:
        for file, other in sorted(others.items()):
            if other.texts != answer.texts:
                lines += [f"〔另一份：{file}〕", *_texts(other, material.settings)]
    return "\n".join(lines)


def _texts(answer: Answer, settings: Settings) -> list[str]:
    texts = [joined(f.heading, answer.text(f.key)) for f in settings.fields.of_units if answer.text(f.key)]
    changed = [
        f"{settings.fields[key].heading}改为：{text or '（空）'}" for key, text in sorted(answer.changed.items())
    ]
    return [*(texts or ["空白"]), *changed]


def _silent(material: Material) -> tuple[SilentUnit, ...]:
    rows = []
    rulings = material.rulings
    for name in material.plan.asked_units:
        has_reported = name in material.reports
        if has_reported and name not in rulings.unreported:
            continue
        unit = material.ledger.unit(name)
        seqs = f"第{seq_ranges(ask.seq for ask in material.plan.asks_of(name))}项"
        note = "已报送，此处审定不再起作用" if has_reported else ""
        contact, phone = (unit.contact, unit.phone) if unit else ("", "")
        rows.append(SilentUnit(name, contact, phone, seqs, name in rulings.unreported, note))
    return tuple(rows)
