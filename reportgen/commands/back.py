"""What `check` sends back to the units: each its own workbook with the mistakes marked, or a fresh form with them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from reportgen.commands.collect import Collected, checked, read_returned
from reportgen.commands.month import FORM_TEMPLATE
from reportgen.commands.progress import Doing, Progress, watched
from reportgen.core.back import (
    Back,
    asked_of,
    highest_round,
    in_fresh_form,
    needs_fresh_form,
    with_answers,
)
from reportgen.core.findings import Finding
from reportgen.core.forms import Form, form_of
from reportgen.core.marks import column_heading
from reportgen.core.records import Filled, UnitReport
from reportgen.core.rulings import is_settled
from reportgen.readers.workspace import read_template
from reportgen.writers.foreign import is_workbook
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.marked import Marked, write_marked

FOLDER = "退回"


class Returned(Struct, frozen=True):
    """A workbook for a unit: how much it asks, and whether it is the unit's own workbook or a fresh form."""

    unit: str
    content: bytes
    errors: int
    warnings: int
    is_own: bool
    drawings: int = 0


def returned(collected: Collected, names: Mapping[str, str], progress: Progress) -> tuple[Returned, ...]:
    """Return a workbook for each unit that has something to put right or to look at; `names` are its files'."""
    reports = watched(tuple(collected.reports.items()), progress, Doing.MARKING)
    made = (_returned(unit, report, names[unit], collected) for unit, report in reports)
    return tuple(one for one in made if one is not None)


def _returned(unit: str, report: UnitReport, name: str, collected: Collected) -> Returned | None:
    findings = asked_of(unit, report.files, collected.findings, collected.rulings)
    if not findings:
        return None
    main = next(one for one in collected.returns if one.file == report.files[0])
    month = collected.month
    form = form_of(unit, month.plan, month.ledger, month.settings, highest_round(unit, collected.returns) + 1)
    back = _back(form, findings, collected)
    marked = _own(main, report, back, collected)
    if marked is not None:
        return Returned(unit, marked.content, back.errors, back.warnings, True, marked.drawings)
    back, content = _fresh(form, back, main, report, f"{FOLDER}/{name}.xlsx", collected)
    return Returned(unit, content, back.errors, back.warnings, False)


def _back(form: Form, findings: tuple[Finding, ...], collected: Collected) -> Back:
    settings = collected.month.settings
    return Back(
        unit=form.unit,
        title=form.title,
        office=form.office,
        deadline=form.deadline,
        contact=settings.contact,
        column=column_heading(settings.fields),
        stamp=form.stamp,
        findings=findings,
    )


def _own(main: Filled, report: UnitReport, back: Back, collected: Collected) -> Marked | None:
    """Return the unit's own workbook with marks, None where it cannot carry them or lacks rows or columns."""
    content = collected.contents[main.file]
    if len(report.files) > 1 or needs_fresh_form(back.findings) or not is_workbook(content):
        return None
    return write_marked(content, main.file, back, main.head)


def _fresh(
    form: Form, back: Back, main: Filled, report: UnitReport, name: str, collected: Collected
) -> tuple[Back, bytes]:
    """Return a fresh form with the unit's answers and marks; it is read again to learn where each answer stands."""
    month = collected.month
    template = read_template(month.workspace, FORM_TEMPLATE)
    look = FormTemplate.parse(template, FORM_TEMPLATE, month.settings.fields, month.period)
    content = write_form(look, with_answers(form, report.answers, main))
    filled, _findings = read_returned(content, name, month)
    assert filled is not None
    again = UnitReport(form.unit, {answer.key: answer for answer in filled.answers}, (name,))
    clean, broken, _changes = checked(month, {form.unit: again})
    found = [f for f in broken if f.code.name not in month.settings.silenced and not is_settled(f, collected.rulings)]
    findings = in_fresh_form(back.findings, report.answers, clean[form.unit].answers, found)
    files = "、".join(f"“{file}”" for file in report.files)
    remark = f"本文件是重新发的表，已带入贵单位在{files}中填报的内容；请在本文件上核对、修改，并报回本文件。"
    back = replace(back, findings=findings, remarks=(remark,))
    marked = write_marked(content, name, back, filled.head)
    assert marked is not None
    return back, marked.content
