"""What `check` sends back to the units: each its own workbook with the mistakes marked, or a fresh form with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reportgen.commands.collect import Collected, checked, read_returned
from reportgen.commands.month import FORM_TEMPLATE, Month
from reportgen.commands.progress import Doing, Progress
from reportgen.commands.workers import spread
from reportgen.core.back import (
    Back,
    asked_of,
    highest_round,
    in_fresh_form,
    needs_fresh_form,
    with_answers,
)
from reportgen.core.fields import Settings
from reportgen.core.findings import Finding
from reportgen.core.forms import Form, form_of
from reportgen.core.marks import column_heading
from reportgen.core.records import Filled, UnitReport
from reportgen.core.rulings import Rulings, is_settled
from reportgen.core.units_of import of_each_unit
from reportgen.readers.workspace import read_template
from reportgen.writers.foreign import is_workbook
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.marked import Marked, write_marked

FOLDER = "退回"
_MARKED_S = 0.03  # what a workbook takes to be marked, measured


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
    asked = _Asked(collected.month, collected.rulings)
    return tuple(spread(_returned, list(_wrong(collected, names)), asked, progress, Doing.MARKING, _MARKED_S))


class _Asked(Struct, frozen=True):
    """What all units are asked by."""

    month: Month
    rulings: Rulings


class _Wrong(Struct, frozen=True):
    """What one unit is asked: about its report, of which `main` is the first file with `content`, by `name`."""

    report: UnitReport
    findings: tuple[Finding, ...]
    main: Filled
    content: bytes
    round: int
    name: str


def _wrong(collected: Collected, names: Mapping[str, str]) -> Iterator[_Wrong]:
    """Yield the units that are asked something."""
    findings = of_each_unit(collected.findings)
    returns = of_each_unit(collected.returns)
    for unit, report in collected.reports.items():
        asked = asked_of(findings.get(unit, ()), report.files, collected.rulings)
        if asked:
            main = next(one for one in returns[unit] if one.file == report.files[0])
            after = highest_round(returns[unit]) + 1
            yield _Wrong(report, asked, main, collected.contents[main.file], after, f"{FOLDER}/{names[unit]}.xlsx")


def _returned(one: _Wrong, asked: _Asked) -> Returned:
    month, unit = asked.month, one.report.unit
    form = form_of(unit, month.plan, month.ledger, month.settings, one.round)
    back = _back(form, one.findings, month.settings)
    marked = _own(one, back)
    if marked is not None:
        return Returned(unit, marked.content, back.errors, back.warnings, True, marked.drawings)
    back, content = _fresh(form, back, one, asked)
    return Returned(unit, content, back.errors, back.warnings, False)


def _back(form: Form, findings: tuple[Finding, ...], settings: Settings) -> Back:
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


def _own(one: _Wrong, back: Back) -> Marked | None:
    """Return the unit's own workbook with marks, None where it cannot carry them or lacks rows or columns."""
    if len(one.report.files) > 1 or needs_fresh_form(back.findings) or not is_workbook(one.content):
        return None
    return write_marked(one.content, one.main.file, back, one.main.head)


def _fresh(form: Form, back: Back, one: _Wrong, asked: _Asked) -> tuple[Back, bytes]:
    """Return a fresh form with the unit's answers and marks; it is read again to learn where each answer stands."""
    month, report = asked.month, one.report
    template = read_template(month.workspace, FORM_TEMPLATE)
    look = FormTemplate.parse(template, FORM_TEMPLATE, month.settings.fields, month.period)
    content = write_form(look, with_answers(form, report.answers, one.main))
    filled, _findings = read_returned(content, one.name, month)
    assert filled is not None
    again = UnitReport(form.unit, {answer.key: answer for answer in filled.answers}, (one.name,))
    clean, broken, _changes = checked(month, {form.unit: again})
    found = [f for f in broken if f.code.name not in month.settings.silenced and not is_settled(f, asked.rulings)]
    findings = in_fresh_form(back.findings, report.answers, clean[form.unit].answers, found)
    files = "、".join(f"“{file}”" for file in report.files)
    remark = f"本文件是重新发的表，已带入贵单位在{files}中填报的内容；请在本文件上核对、修改，并报回本文件。"
    back = replace(back, findings=findings, remarks=(remark,))
    marked = write_marked(content, one.name, back, filled.head)
    assert marked is not None
    return back, marked.content
