"""`check P`: every return read, every problem listed, and for the units: 退回/ what to correct, 催报/ what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from reportgen.commands import back
from reportgen.commands.back import Returned
from reportgen.commands.collect import Collected, collect, settle
from reportgen.commands.progress import Doing, Progress, step
from reportgen.core.checked import Checked
from reportgen.core.figures import figures, sentence
from reportgen.core.period import Period
from reportgen.core.reminders import reminders, words_of
from reportgen.core.statistics import statistics
from reportgen.core.text import file_names
from reportgen.core.units import State
from reportgen.readers.workspace import TEMPLATES, Workspace, read_template
from reportgen.writers.reminders import note_document, note_text, write_call_list
from reportgen.writers.replace import replace_files
from reportgen.writers.report import write_report
from reportgen.writers.report_page import write_report_page
from reportgen.writers.templated import rendered

REPORT_FILE = "核查报告.xlsx"
PAGE_FILE = "核查报告.html"
NOTES_FOLDER = "催报"
CALL_LIST = f"{NOTES_FOLDER}/催报名单.xlsx"
PAGE_TEMPLATE, WORDING, NOTE_TEMPLATE = (
    f"{TEMPLATES}/{name}" for name in ("report.html.j2", "reminder.j2", "reminder.docx")
)


class CheckDone(Struct, frozen=True):
    """What `check` found and wrote; `notes` are the units with a note in 催报/."""

    collected: Collected
    returned: tuple[Returned, ...]
    notes: tuple[str, ...]
    outputs: tuple[Path, ...]


def check(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> CheckDone:
    """Read all returns of the period, write the report, and what goes to the units.

    Raises CannotRun for templates that do not serve and files that cannot be replaced; all is as it was then.
    """
    settle(workspace, period)
    collected = collect(workspace, period, now, progress)
    names = file_names(collected.month.plan.units)
    returned = back.returned(collected, names, progress)
    with step(progress, Doing.REPORT):
        checked = _checked(collected, returned, names)
        page = read_template(workspace, PAGE_TEMPLATE)
        files = {
            REPORT_FILE: write_report(checked),
            PAGE_FILE: write_report_page(page, PAGE_TEMPLATE, checked, REPORT_FILE),
            **{checked.returned[one.unit]: one.content for one in returned},
            **_notes(collected, checked, names),
        }
    folder = collected.month.output_dir
    own = [f"{back.FOLDER}/{name}.xlsx" for name in names.values()]
    own += [f"{NOTES_FOLDER}/{name}.{ending}" for name in names.values() for ending in ("txt", "docx")]
    stale = tuple(name for name in (*own, CALL_LIST) if name not in files and (folder / name).is_file())
    replace_files(folder, files, stale)
    return CheckDone(collected, returned, tuple(checked.notes), tuple(folder / name for name in files))


def _checked(collected: Collected, returned: tuple[Returned, ...], names: Mapping[str, str]) -> Checked:
    month = collected.month
    missing = [unit.unit for unit in collected.units if unit.state is State.MISSING]
    return Checked(
        title=f"{month.period.label}核查报告",
        office=month.settings.office,
        deadline=month.schedule.deadline,
        units=collected.units,
        findings=collected.findings,
        settled=collected.settled,
        returns=collected.returns,
        reports=tuple(collected.reports.values()),
        changes=collected.merged.changes,
        headings={field.key: field.heading for field in month.settings.fields},
        reminders=reminders(missing, month.plan, month.ledger, collected.intake.instead),
        returned={one.unit: f"{back.FOLDER}/{names[one.unit]}.xlsx" for one in returned},
        notes={unit: f"{NOTES_FOLDER}/{names[unit]}.docx" for unit in missing},
        contacts={unit.name: (unit.contact, unit.phone) for unit in month.ledger.units},
        step=collected.step,
        decisions=collected.decisions,
        summary=sentence(figures(collected.merged.rows, month.settings.statuses)),
        # Half of the figures would mislead.
        statistics=() if collected.open_errors else statistics(collected.results, month.ledger),
    )


def _notes(collected: Collected, checked: Checked, names: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of 催报/, none when nothing is missing or wrong."""
    month = collected.month
    files: dict[str, bytes] = {}
    if checked.reminders:
        wording, look = (read_template(month.workspace, name) for name in (WORDING, NOTE_TEMPLATE))
    for reminder in checked.reminders:
        text = rendered(wording, WORDING, words_of(reminder, month.settings, month.plan, month.ledger))
        files[f"{NOTES_FOLDER}/{names[reminder.unit]}.txt"] = note_text(text)
        files[f"{NOTES_FOLDER}/{names[reminder.unit]}.docx"] = note_document(look, NOTE_TEMPLATE, text)
    if files or checked.in_state(State.MUST_CORRECT):
        path = month.output_dir / CALL_LIST
        files[CALL_LIST] = write_call_list(checked, path.read_bytes() if path.is_file() else None)
    return files
