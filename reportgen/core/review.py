"""The clerk's working table (审定表) as records: each task with what was returned, and the silent units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportgen.core import fields as keys
from reportgen.core.answers import Plan
from reportgen.core.fields import Settings
from reportgen.core.findings import Finding
from reportgen.core.model import Ledger
from reportgen.core.notice import Merged, Row
from reportgen.core.parts import joined
from reportgen.core.records import UnitReport
from reportgen.core.rulings import NEXT_TARGET_HEADING, RULING_HEADINGS, Rulings
from reportgen.core.text import seq_ranges


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One line of sheet 审定: what the program knows, then the clerk's cells by heading."""

    seq: int
    annual_target: str
    period_target: str
    returned: str
    status: str
    completion: str
    findings: str
    ruling: Mapping[str, str]
    proposed: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class SilentUnit:
    """One line of sheet 未报送单位."""

    unit: str
    contact: str
    phone: str
    rows: str
    is_ruled: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """All that 审定.xlsx shows."""

    rows: tuple[ReviewRow, ...]
    silent: tuple[SilentUnit, ...]
    all_unreported: bool


def review(
    merged: Merged,
    plan: Plan,
    ledger: Ledger,
    settings: Settings,
    reports: Mapping[str, UnitReport],
    rulings: Rulings,
    findings: Sequence[Finding],
) -> Review:
    """Return the working table of a period; what the clerk wrote before stands in it to the letter."""
    rows = tuple(_row(row, settings, reports, rulings, findings) for row in merged.rows)
    known = {row.seq for row in merged.rows}
    kept = tuple(
        ReviewRow(seq, "", "", "", "", "", "本期任务中没有这一项，审定未采用。", texts, "", True)
        for seq, texts in rulings.written.items()
        if seq not in known and any(texts.values())
    )
    return Review((*rows, *kept), _silent(plan, ledger, reports, rulings), rulings.all_unreported)


def _row(
    row: Row,
    settings: Settings,
    reports: Mapping[str, UnitReport],
    rulings: Rulings,
    findings: Sequence[Finding],
) -> ReviewRow:
    of_row = [f for f in findings if f.seq == row.seq]
    proposed = row.others.get(keys.NEXT_TARGET, "")
    ruling = dict(rulings.written.get(row.seq, dict.fromkeys(RULING_HEADINGS, "")))
    # A next target that the clerk has not changed follows what the units propose now.
    if ruling[NEXT_TARGET_HEADING] in ("", rulings.proposed.get(row.seq, "")):
        ruling[NEXT_TARGET_HEADING] = proposed
    return ReviewRow(
        seq=row.seq,
        annual_target=row.task.annual_target,
        period_target=row.target,
        returned="\n".join(_returned(row, settings, reports)),
        status=row.reported_status,
        completion=row.reported_completion,
        findings="\n".join(f"{f.severity.label}：{f.message}" for f in of_row),
        ruling=ruling,
        proposed=proposed,
        has_error=any(f.severity.rank == 0 for f in of_row) or any(p.is_silent or p.is_missing for p in row.pieces),
    )


def _returned(row: Row, settings: Settings, reports: Mapping[str, UnitReport]) -> Iterable[str]:
    """Yield what each unit wrote, every answer in full, as it stands in its return (rule 8)."""
    for piece in row.pieces:
        report = reports.get(piece.unit)
        answer = report.answers.get((row.seq, piece.label)) if report else None
        name = f"【{piece.unit}{'·' if piece.label else ''}{piece.label}】"
        if answer is None:
            yield name + ("未报送" if report is None else "表中没有这一项")
            continue
        texts = [joined(f.heading, answer.text(f.key)) for f in settings.fields.of_units if answer.text(f.key)]
        yield name + "\n".join(texts or ["空白"])


def _silent(plan: Plan, ledger: Ledger, reports: Mapping[str, UnitReport], rulings: Rulings) -> tuple[SilentUnit, ...]:
    rows = []
    for name in plan.asked_units:
        has_reported = name in reports
        if has_reported and name not in rulings.unreported:
            continue
        unit = ledger.unit(name)
        seqs = f"第{seq_ranges(ask.seq for ask in plan.asks_of(name))}项"
        note = "已报送，此处审定不再起作用" if has_reported else ""
        contact, phone = (unit.contact, unit.phone) if unit else ("", "")
        rows.append(SilentUnit(name, contact, phone, seqs, name in rulings.unreported, note))
    return tuple(rows)
