"""The way that status, check, review and build share: from input/P/ to returns, rulings, rows and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from reportgen.core.answers import Plan, plan
from reportgen.core.choices import chosen, unused_next_targets
from reportgen.core.decisions import decisions
from reportgen.core.fields import Settings
from reportgen.core.findings import CannotRun, Code, Finding, Place, Severity, cannot_run, in_order
from reportgen.core.formtexts import FormTexts
from reportgen.core.grid import text_of
from reportgen.core.ground import grounds, stale, stale_findings
from reportgen.core.merge import Ground, merge
from reportgen.core.model import Ledger, Schedule
from reportgen.core.notice import Merged
from reportgen.core.period import Period
from reportgen.core.placing import with_parts
from reportgen.core.receipts import Receipt
from reportgen.core.records import Change, Decision, Filled, UnitReport
from reportgen.core.returns import Context, parse_return
from reportgen.core.rules.rows import every_asked_row_came_back, every_asked_unit_reported
from reportgen.core.rules.values import RULES, Subject, normalised
from reportgen.core.ruling_cells import is_ruling_table
from reportgen.core.rulings import Key, Rulings, is_settled
from reportgen.core.sense import SenseContext, sense_findings
from reportgen.core.sense_rows import sense_rows
from reportgen.core.units import UnitState, unit_states
from reportgen.core.weigh import counts, unit_reports
from reportgen.readers.grids import read_book
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE, Incoming, incoming
from reportgen.readers.ledger import read_ledger
from reportgen.readers.receipts import read_receipts
from reportgen.readers.rulings import read_rulings
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, TEMPLATES, Workspace, reason_of, starter_files
from reportgen.writers.lock import held
from reportgen.writers.receipts_book import write_receipts
from reportgen.writers.replace import digest, recover, write_file

FORM_TEMPLATE = "form.xlsx"
ENTERING = "收件登记"  # what the lock says of a command that only enters new returns

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
class Reading:
    """What the files of a period say before any ruling: returns, the reports that count by themselves, findings.

    `grounds` are the marks of what the units wrote; `findings` are about texts of the returns and go with them,
    `lasting` are those that no choice of a return takes away; `inputs` maps each file read to its content.
    """

    month: Month
    returns: tuple[Filled, ...]
    reports: Mapping[str, UnitReport]
    grounds: Mapping[Key, str]
    findings: tuple[Finding, ...]
    lasting: tuple[Finding, ...]
    inputs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """All that a period's returns and rulings say.

    `decisions` are what the office changed, `stale` the rows whose ruling stands on changed ground, `told` what reading
    the rulings found.
    """

    reading: Reading
    reports: Mapping[str, UnitReport]
    rulings: Rulings
    merged: Merged
    findings: tuple[Finding, ...]
    units: tuple[UnitState, ...]
    decisions: tuple[Decision, ...] = ()
    stale: frozenset[Key] = frozenset()
    told: tuple[Finding, ...] = ()

    @property
    def month(self) -> Month:
        return self.reading.month

    @property
    def returns(self) -> tuple[Filled, ...]:
        return self.reading.returns

    @property
    def inputs(self) -> Mapping[str, bytes]:
        return self.reading.inputs

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
    asked, found = plan(ledger, period, settings.collect_every, carried)
    if not asked.tasks:
        raise cannot_run(Code.W11, Place(workspace.name_of(path)), period=period, label=period.label)
    return Month(workspace, period, settings, ledger, asked, (*findings, *found))


def _carried_targets(workspace: Workspace, period: Period, settings: Settings, ledger: Ledger) -> dict[int, str]:
    """Return the targets for `period` that the office decided in the last period's 审定.xlsx (rule 6)."""
    before = period.previous
    if before is None:
        return {}
    rulings, _findings = read_rulings(workspace.input_dir(before) / RULINGS_FILE, settings, ledger, before)
    return {seq: ruling.next_target for seq, ruling in rulings.by_seq.items() if ruling.next_target}


def settle(workspace: Workspace, period: Period) -> tuple[Path, ...]:
    """Finish or take back what an earlier command left half done in a period; return the notices kept aside by that.

    Only a command that holds the workspace may do so.
    """
    recover(workspace.input_dir(period))
    output = workspace.output_dir(period)
    return tuple(output / name for name in recover(output) or ())


def collect(workspace: Workspace, period: Period, now: datetime, progress: Progress = _silent_progress) -> Collected:
    """Return what the period's returns and rulings say; new returns are entered in 收件登记.xlsx with `now`.

    `progress` is told (files read, files in all). Raises CannotRun when there is nothing to read in input/P/.
    """
    month = open_month(workspace, period)
    files = incoming(month.input_dir)
    if not files:
        raise cannot_run(Code.W05, period=period, name=f"input/{period}/")
    read = _read_returns(month, files, progress)
    returns, findings = _with_receipts(month, read, now)
    reports, found = unit_reports(returns, month.plan)
    lasting = (*month.findings, *found, *_late(returns, month.schedule))
    lasting += tuple(every_asked_unit_reported(month.plan, frozenset(reports)))
    inputs = {f"input/{period}/{one.name}": content for one, content, _filled, _found in read}
    marks = grounds(month.plan, reports)
    reading = Reading(month, returns, reports, marks, tuple(findings), lasting, inputs)
    rulings, told = read_rulings(month.input_dir / RULINGS_FILE, month.settings, month.ledger, period)
    return decided(reading, rulings, told)


def decided(reading: Reading, rulings: Rulings, told: tuple[Finding, ...] = ()) -> Collected:
    """Return what the returns come to under `rulings`; `told` are the findings of reading these."""
    month, settings = reading.month, reading.month.settings
    choices, found = chosen(rulings, month.plan, reading.reports, reading.returns)
    findings = [f for f in reading.findings if counts(choices.reports, f.unit, f.place, f.seq)]
    findings += (*reading.lasting, *told, *found)
    reports, broken, changes = checked(month, choices.reports)
    findings += broken
    ground = Ground(choices.plan, month.ledger, settings.fields, settings.statuses, reports, rulings)
    merged, found = merge(ground)
    outdated = stale(rulings, reading.grounds)
    findings += (
        *found,
        *_sense(month, merged, reports),
        *stale_findings(rulings, outdated, reports),
        *unused_next_targets(rulings),
    )
    read = (c for one in reading.returns for c in one.changes if counts(reports, c.unit, c.place, c.seq))
    changes = (*read, *changes, *merged.changes)
    heard = (f for f in findings if f.code.name not in settings.silenced)
    shown = in_order(with_parts(heard, month.plan, reading.returns))
    return Collected(
        reading,
        reports,
        rulings,
        replace(merged, changes=changes),
        shown,
        unit_states(month.plan, reports, shown, rulings, month.schedule.deadline),
        (*choices.decisions, *decisions(merged, rulings)),
        outdated,
        told,
    )


def _sense(month: Month, merged: Merged, reports: Mapping[str, UnitReport]) -> tuple[Finding, ...]:
    """Return what a careful reader would doubt in the answers."""
    settings, ledger = month.settings, month.ledger
    names = {unit.name: unit.aliases for unit in ledger.units}
    context = SenseContext(month.period, settings.statuses, names, month.schedule.issue_date)
    return sense_findings(tuple(sense_rows(merged, month.plan, reports, {})), context)


_Read = tuple[Incoming, bytes, Filled | None, tuple[Finding, ...]]


def read_returned(content: bytes, name: str, month: Month) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a file answers, None with the finding that says why when it answers nothing."""
    book, findings = read_book(content, name)
    return (None, findings) if book is None else parse_return(book, _context(month))


def _context(month: Month) -> Context:
    settings = month.settings
    return Context(settings.fields, month.ledger, month.plan, _form_texts(month), settings.form_title)


def _read_returns(month: Month, files: tuple[Incoming, ...], progress: Progress) -> list[_Read]:
    context = _context(month)
    read: list[_Read] = []
    for number, one in enumerate(files, 1):
        progress(number, len(files))
        if one.is_scan:
            read.append((one, b"", None, (Finding(Code.F15, Place(one.name)),)))
            continue
        try:
            content = one.path.read_bytes()
        except OSError as error:
            unread = Finding(Code.F01, Place(one.name), values={"reason": reason_of(error)})
            read.append((one, b"", None, (unread,)))
            continue
        book, findings = read_book(content, one.name)
        filled = None
        if book is not None and is_ruling_table(book, month.settings.fields):
            findings = (_stray_ruling_table(month, one),)
        elif book is not None:
            filled, findings = parse_return(book, context)
        read.append((one, content, filled, findings))
    return read


def _stray_ruling_table(month: Month, one: Incoming) -> Finding:
    """Return the finding for a 审定表 under another name: the clerk's rulings, or a copy of them."""
    code = Code.M22 if (month.input_dir / RULINGS_FILE).exists() else Code.M21
    return Finding(code, Place(one.name), values={"period": month.period})


def _form_texts(month: Month) -> FormTexts:
    """Return the words that the blank form carries by itself; those of the starter's where no template can be read."""
    path = month.workspace.templates / FORM_TEMPLATE
    book = read_book(path.read_bytes(), path.name)[0] if path.is_file() else None
    if book is None:
        book = read_book(starter_files(TEMPLATES)[f"{TEMPLATES}/{FORM_TEMPLATE}"], FORM_TEMPLATE)[0]
    return FormTexts.of(text_of(value) for grid in book.grids for value in grid.cells.values()) if book else FormTexts()


def _with_receipts(month: Month, read: list[_Read], now: datetime) -> tuple[tuple[Filled, ...], list[Finding]]:
    """Return the returns with their receipt, and all findings of reading; contents seen first are entered."""
    findings = [finding for _one, _content, _filled, found in read for finding in found]
    seen = [(one.name, digest(content), filled) for one, content, filled, _found in read if filled is not None]
    path = month.input_dir / RECEIPTS_FILE
    known = _receipts(path)
    if any(mark not in known for _name, mark, _filled in seen):
        try:
            with held(month.workspace.root, ENTERING, now):
                known = _receipts(path)  # somebody may have entered them since
                _enter(
                    path, [Receipt(name, filled.unit, now, mark) for name, mark, filled in seen if mark not in known]
                )
        except CannotRun:
            findings.append(Finding(Code.F12, Place(RECEIPTS_FILE)))
    returns = (replace(filled, digest=mark, received=known.get(mark) or now) for _name, mark, filled in seen)
    return tuple(returns), findings


def _receipts(path: Path) -> Mapping[str, datetime | None]:
    return read_receipts(path.read_bytes(), RECEIPTS_FILE).received if path.exists() else {}


def _enter(path: Path, new: list[Receipt]) -> None:
    """Put new receipts into the register; the same content under two names is one."""
    by_content = {one.digest: one for one in reversed(new)}
    once = [one for one in new if by_content[one.digest] is one]
    if once:
        write_file(path, write_receipts(path.read_bytes() if path.exists() else None, once))


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
