"""The way that status, check, review and build share: from input/P/ to returns, rulings, rows and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from reportgen.commands.reading import ReadFile, read_content, read_files
from reportgen.core.answers import Plan, plan
from reportgen.core.courses import remarks
from reportgen.core.fields import Settings
from reportgen.core.findings import CannotRun, Code, Finding, Place, Severity, cannot_run, in_order
from reportgen.core.formtexts import FormTexts
from reportgen.core.grid import text_of
from reportgen.core.merge import Ground, merge
from reportgen.core.model import Ledger, Schedule
from reportgen.core.notice import Merged
from reportgen.core.outcomes import Result, result_of
from reportgen.core.period import Period
from reportgen.core.reading import Context
from reportgen.core.receipts import Receipt
from reportgen.core.records import Change, Filled, UnitReport
from reportgen.core.rules.rows import (
    every_asked_row_came_back,
    every_asked_unit_reported,
    every_asked_unit_sent_its_scan,
)
from reportgen.core.rules.values import RULES, Subject, normalised
from reportgen.core.rulings import Rulings, is_settled
from reportgen.core.sense import SenseContext, sense_findings
from reportgen.core.sense_rows import sense_rows
from reportgen.core.terms import ledger_at
from reportgen.core.units import UnitState, unit_states
from reportgen.core.weigh import counts, unit_reports
from reportgen.readers.grids import read_book
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE, incoming
from reportgen.readers.ledger import read_ledger
from reportgen.readers.past import read_past
from reportgen.readers.receipts import read_receipts
from reportgen.readers.rulings import read_rulings
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, TEMPLATES, Workspace, starter_files
from reportgen.writers.receipts_book import write_receipts
from reportgen.writers.replace import digest, write_file

FORM_TEMPLATE = "form.xlsx"

Progress = Callable[[int, int], None]


def _silent_progress(_done: int, _total: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Month:
    """A period of a workspace, ready to be worked on: settings, ledger, and what is asked of whom."""

    workspace: Workspace
    period: Period
    settings: Settings
    ledger: Ledger
    plan: Plan
    findings: tuple[Finding, ...]

    @property
    def schedule(self) -> Schedule:
        return self.ledger.schedule(self.period)

    @property
    def input_dir(self) -> Path:
        return self.workspace.input_dir(self.period)

    @property
    def output_dir(self) -> Path:
        return self.workspace.output_dir(self.period)


@dataclass(frozen=True, slots=True)
class Collected:
    """All that a period's returns and rulings say.

    `inputs` maps each file read to its content, `contents` each return, those in archives too; `past` are the year's
    printed periods before.
    """

    month: Month
    returns: tuple[Filled, ...]
    reports: Mapping[str, UnitReport]
    rulings: Rulings
    merged: Merged
    findings: tuple[Finding, ...]
    units: tuple[UnitState, ...]
    inputs: Mapping[str, bytes] = field(default_factory=dict)
    past: tuple[Result, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def result(self) -> Result:
        """The period as statistics and later periods see it."""
        return result_of(self.month.period, self.merged.rows, self.units, self.month.settings.statuses)

    @property
    def results(self) -> tuple[Result, ...]:
        """The year's periods so far, this one last."""
        return (*self.past, self.result)

    @property
    def open_errors(self) -> tuple[Finding, ...]:
        """The errors that no ruling has answered; a final build waits for them."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR and not is_settled(f, self.rulings))

    @property
    def settled(self) -> tuple[Finding, ...]:
        """The errors that a ruling has answered."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR and is_settled(f, self.rulings))


def open_month(workspace: Workspace, period: Period) -> Month:
    """Return the period with its settings, ledger and plan. Raises CannotRun with every mistake in them."""
    settings = settings_for(read_configuration(workspace.config_file, CONFIG_FILE), period)
    path = workspace.ledger_file(period.year)
    ledger, findings = read_ledger(path, workspace.name_of(path), period.year, settings.fields)
    carried = _carried_targets(workspace, period, settings, ledger)
    ledger = ledger_at(ledger, period)
    asked, found = plan(ledger, period, settings.collect_every, carried)
    if not asked.tasks:
        raise cannot_run(Code.W11, Place(workspace.name_of(path)), period=period, label=period.label)
    return Month(workspace, period, settings, ledger, asked, (*findings, *found))


def _carried_targets(workspace: Workspace, period: Period, settings: Settings, ledger: Ledger) -> dict[int, str]:
    """Return the targets for `period` that the office decided in the last period's 审定.xlsx (rule 6)."""
    before = period.previous
    if before is None:
        return {}
    rulings, _findings = read_rulings(workspace.input_dir(before) / RULINGS_FILE, settings, ledger_at(ledger, before))
    return {seq: ruling.next_target for seq, ruling in rulings.by_seq.items() if ruling.next_target}


def collect(workspace: Workspace, period: Period, now: datetime, progress: Progress = _silent_progress) -> Collected:
    """Return what the period's returns and rulings say; new returns are entered in 收件登记.xlsx with `now`.

    `progress` is told (files read, files in all). Raises CannotRun when there is nothing to read in input/P/.
    """
    month = open_month(workspace, period)
    files = incoming(month.input_dir)
    if not files:
        raise cannot_run(Code.W05, period=period, name=f"input/{period}/")
    read = read_files(files, _context(month), progress)
    returns, findings = _with_receipts(month, read, now)
    reports, found = unit_reports(returns, month.plan)
    findings = [f for f in findings if counts(reports, f.unit, f.place, f.seq)]
    findings += [*found, *_late(returns, month.schedule)]
    reports, broken, changes = checked(month, reports)
    findings += broken
    rulings, told = read_rulings(month.input_dir / RULINGS_FILE, month.settings, month.ledger)
    findings += told
    findings += every_asked_unit_reported(month.plan, frozenset(reports))
    scans = {one.scan_of: one.name for one in reversed(read) if one.scan_of}
    if month.settings.require_scan:
        findings += every_asked_unit_sent_its_scan(month.plan, frozenset(scans))
    settings = month.settings
    ground = Ground(month.plan, month.ledger, settings.fields, settings.statuses, reports, rulings)
    merged, found = merge(ground)
    findings += found
    past, found = read_past(workspace.root, period)
    findings += (*found, *remarks((*past, result_of(period, merged.rows, (), settings.statuses))))
    findings += _sense(month, merged, reports, past)
    reading = (c for one in returns for c in one.changes if counts(reports, c.unit, c.place, c.seq))
    changes = (*reading, *changes, *merged.changes)
    shown = in_order(f for f in (*month.findings, *findings) if f.code.name not in settings.silenced)
    units = unit_states(month.plan, reports, shown, rulings, month.schedule.deadline, scans)
    inputs = {f"input/{period}/{one.name}": one.content for one in read if one.is_input}
    contents = {one.name: one.content for one in read if one.filled}
    merged = replace(merged, changes=changes)
    return Collected(month, returns, reports, rulings, merged, shown, units, inputs, past, contents)


def _sense(
    month: Month, merged: Merged, reports: Mapping[str, UnitReport], past: tuple[Result, ...]
) -> tuple[Finding, ...]:
    """Return what a careful reader would doubt in the answers, last period's beside them."""
    settings, ledger = month.settings, month.ledger
    names = {unit.name: unit.aliases for unit in ledger.units}
    last = next((result.outcomes for result in past if result.period == month.period.previous), ())
    context = SenseContext(month.period, settings.statuses, names, month.schedule.issue_date)
    return sense_findings(tuple(sense_rows(merged, month.plan, reports, last)), context)


def _context(month: Month) -> Context:
    settings = month.settings
    texts = _form_texts(month)
    return Context(settings.fields, month.ledger, month.plan, texts, settings.form_title, settings.statuses)


def read_returned(content: bytes, name: str, month: Month) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a file answers, None with the finding that says why when it answers nothing."""
    return read_content(content, name, _context(month))


def _form_texts(month: Month) -> FormTexts:
    """Return the words that the blank form carries by itself; those of the starter's where no template can be read."""
    path = month.workspace.templates / FORM_TEMPLATE
    book = read_book(path.read_bytes(), path.name)[0] if path.is_file() else None
    if book is None:
        book = read_book(starter_files(TEMPLATES)[f"{TEMPLATES}/{FORM_TEMPLATE}"], FORM_TEMPLATE)[0]
    if book is None:
        return FormTexts()
    cells = (text_of(value) for grid in book.grids for value in grid.cells.values())
    return FormTexts.of((*cells, *(aside.text for aside in book.asides)))


def _with_receipts(month: Month, read: list[ReadFile], now: datetime) -> tuple[tuple[Filled, ...], list[Finding]]:
    """Return the returns with their receipt, and all findings of reading; contents seen first are entered."""
    findings = [finding for one in read for finding in one.findings]
    path = month.input_dir / RECEIPTS_FILE
    existing = path.read_bytes() if path.exists() else None
    known = {} if existing is None else read_receipts(existing, RECEIPTS_FILE).received
    returns, new = [], {}
    for one in read:
        if one.filled is None:
            continue
        mark = digest(one.content)
        if mark not in known and mark not in new:
            new[mark] = Receipt(one.name, one.filled.unit, now, mark)
        returns.append(replace(one.filled, digest=mark, received=known.get(mark) or now))
    if new:
        try:
            write_file(path, write_receipts(existing, list(new.values())))
        except CannotRun:
            findings.append(Finding(Code.F12, Place(RECEIPTS_FILE)))
    return tuple(returns), findings


def _late(returns: tuple[Filled, ...], schedule: Schedule) -> list[Finding]:
    if schedule.deadline is None:
        return []
    first: dict[str, Filled] = {}
    for one in returns:
        if one.received and (one.unit not in first or one.received < (first[one.unit].received or one.received)):
            first[one.unit] = one
    deadline = schedule.deadline.isoformat(sep=" ", timespec="minutes")
    return [
        Finding(
            Code.F09,
            Place(one.file),
            unit=one.unit,
            values={"received": one.received.isoformat(sep=" ", timespec="minutes"), "deadline": deadline},
        )
        for one in first.values()
        if one.received and one.received > schedule.deadline
    ]


def checked(
    month: Month, reports: Mapping[str, UnitReport]
) -> tuple[dict[str, UnitReport], list[Finding], tuple[Change, ...]]:
    """Return the reports with their choices normalised, and what the rules found in the answers that count."""
    fields, statuses = month.settings.fields, month.settings.statuses
    clean: dict[str, UnitReport] = {}
    findings: list[Finding] = []
    changes: list[Change] = []
    for unit, report in reports.items():
        answers = dict(report.answers)
        for ask in month.plan.asks_of(unit):
            if ask.key not in answers:
                continue
            answers[ask.key], found, changed = normalised(answers[ask.key], ask, fields, statuses)
            findings += found
            changes += changed
            subject = Subject(ask, answers[ask.key], fields, statuses)
            for rule in RULES:
                findings += rule(subject)
        clean[unit] = replace(report, answers=answers)
        findings += every_asked_row_came_back(report, month.plan)
    return clean, findings, tuple(changes)
