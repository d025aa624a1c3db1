"""核查报告.html: the report as one page that needs nothing but itself, on a screen, on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from reportgen.core.checked import Checked, Section
from reportgen.core.dates import chinese_moment
from reportgen.core.decisions import subject
from reportgen.core.grouping import Group
from reportgen.core.rulings import spoken
from reportgen.core.statistics import BY_TASK, StatisticsSheet, shown
from reportgen.core.units import State, UnitState, counted
from reportgen.writers.templated import rendered


def write_report_page(template: bytes, name: str, checked: Checked, report: str) -> bytes:
    """Return the page; `report` is the name of the workbook beside it. Raises CannotRun for a broken template."""
    used = checked.used
    values = {
        "title": checked.title,
        "office": checked.office,
        "deadline": chinese_moment(checked.deadline) if checked.deadline else "",
        "report": _file(report),
        "step": checked.step,
        "asked": len(checked.units),
        "counts": [(state.label, state.value, number) for state, number in counted(checked.units).items()],
        "missing": [_missing(checked, unit) for unit in checked.in_state(State.MISSING)],
        "wrong": [_unit(checked, unit) for unit in checked.in_state(State.MUST_CORRECT)],
        "late": [_unit(checked, unit) for unit in checked.late],
        "sections": [_section(checked, section) for section in checked.sections()],
        "changes": [
            {
                "unit": change.unit,
                "seq": change.seq,
                "heading": checked.headings.get(change.field, change.field),
                "where": str(change.place),
                "before": change.before,
                "after": change.after,
                "why": change.why,
            }
            for change in checked.changes
        ],
        "decisions": [
            {
                "what": f"{spoken(one.seq, one.part)} {subject(one, checked.headings)}",
                "before": one.before,
                "after": one.after,
                "why": one.why,
                "where": str(one.place) if one.place.file else "",
            }
            for one in checked.decisions
        ],
        "summary": checked.summary,
        "statistics": [_table(sheet) for sheet in checked.statistics if sheet.name != BY_TASK],
        "files": [
            {
                "unit": one.unit,
                "file": one.file,
                "is_used": one.file in used,
                "round": one.round,
                "received": chinese_moment(one.received) if one.received else "",
            }
            for one in checked.returns
        ],
    }
    return rendered(template, name, values, is_html=True).encode()


def _table(sheet: StatisticsSheet) -> Mapping[str, object]:
    return {
        "title": sheet.title,
        "notes": sheet.notes,
        "headings": sheet.headings,
        "rows": [[shown(cell) for cell in row] for row in sheet.rows],
    }


def _file(path: str) -> Mapping[str, str]:
    """Return a file beside the page, its name and its address, {} for none."""
    return {"name": path.rpartition("/")[2], "href": quote(path)} if path else {}


def _missing(checked: Checked, unit: UnitState) -> Mapping[str, object]:
    reminder = next(one for one in checked.reminders if one.unit == unit.unit)
    return {
        "unit": unit.unit,
        "contact": reminder.contact,
        "phone": reminder.phone,
        "rows": reminder.rows,
        "instead": reminder.instead,
        "note": _file(checked.notes.get(unit.unit, "")),
    }


def _unit(checked: Checked, unit: UnitState) -> Mapping[str, object]:
    contact, phone = checked.contact_of(unit)
    return {
        "contact": contact,
        "phone": phone,
        "unit": unit.unit,
        "errors": unit.errors,
        "warnings": unit.warnings,
        "received": chinese_moment(unit.received) if unit.received else "",
        "returned": _file(checked.returned.get(unit.unit, "")),
    }


def _section(checked: Checked, section: Section) -> Mapping[str, object]:
    groups = [_group(group, False) for group in section.groups] + [_group(group, True) for group in section.settled]
    return {"unit": section.unit, "returned": _file(checked.returned.get(section.unit, "")), "groups": groups}


def _group(group: Group, is_settled: bool) -> Mapping[str, object]:
    return {
        "code": group.code.name,
        "severity": group.severity.value,
        "label": group.severity.label,
        "where": group.where,
        "message": group.message,
        "hint": group.hint,
        "is_settled": is_settled,
    }
