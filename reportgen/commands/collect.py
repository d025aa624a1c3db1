"""The way that status, check, review and build share: from input/P/ to returns, rulings, rows and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.commands.month import FORM_TEMPLATE, Month, open_month
from reportgen.commands.progress import Doing, Progress, silent
from reportgen.commands.reading import ReadFile, read_content, read_files
from reportgen.commands.workers import spread
from reportgen.core.choices import chosen, unnoted, unused_next_targets
from reportgen.core.courses import remarks
from reportgen.core.decisions import decisions
from reportgen.core.findings import (
    CannotRun,
    Code,
    Finding,
    Place,
    Severity,
    cannot_run,
    in_order,
    shortened,
    told_once,
)
from reportgen.core.formtexts import FormTexts
from reportgen.core.grid import text_of
from reportgen.core.ground import grounds, stale, stale_findings
from reportgen.core.merge import Ground, merge
from reportgen.core.model import Schedule
from reportgen.core.notice import Merged
from reportgen.core.outcomes import Result, result_of
from reportgen.core.period import Period
from reportgen.core.placing import with_parts
from reportgen.core.reading import Context
from reportgen.core.receipts import Entered, Receipt
from reportgen.core.records import Change, Decision, Filled, UnitReport
from reportgen.core.rules.rows import (
    every_asked_row_came_back,
    every_asked_unit_reported,
    every_asked_unit_sent_its_scan,
)
from reportgen.core.rules.values import RULES, Subject, normalised
from reportgen.core.rulings import Key, Rulings, is_settled
from reportgen.core.sense import SenseContext, row_findings
from reportgen.core.sense_rows import sense_rows
from reportgen.core.text import squeeze
from reportgen.core.units import UnitState, step_after_reading, unit_states
from reportgen.core.units_of import of_each_unit
from reportgen.core.weigh import counts, first_receipt, unit_reports
from reportgen.readers.grids import read_book
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE, incoming
from reportgen.readers.past import read_past
from reportgen.readers.receipts import Receipts, read_receipts
from reportgen.readers.rulings import read_rulings
from reportgen.readers.workspace import TEMPLATES, Workspace, starter_files
from reportgen.writers.lock import held
from reportgen.writers.receipts_book import write_receipts
from reportgen.writers.replace import digest, recover, write_file

_ANSWER_S = 0.0003  # what an answer takes to be weighed, measured
ENTERING = "收件登记"  # what the lock says of a command that only enters new returns


class Intake(Struct, frozen=True):
    """What the files of a period say before any ruling: returns, the reports that count by themselves, findings.

    `grounds` are the marks of what the units wrote; `findings` are about texts of the returns and go with them,
    `lasting` are those that no choice of a return takes away; `scans` are the signed sheets by unit; `instead` says
    what units have sent that is no return; `inputs` maps each file read to its content, `contents` each return, those
    in archives too; `past` are the year's printed periods before.
    """

    month: Month
    returns: tuple[Filled, ...]
    reports: Mapping[str, UnitReport]
    grounds: Mapping[Key, str]
    findings: tuple[Finding, ...]
    lasting: tuple[Finding, ...]
    scans: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, bytes] = field(default_factory=dict)
    past: tuple[Result, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)


class Collected(Struct, frozen=True, dict=True):  # dict for the result, made when first asked for
    """All that a period's returns and rulings say.

    `decisions` are what the office changed, `stale` the rows whose ruling stands on changed ground, `told` what reading
    the rulings found.
    """

    intake: Intake
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
        return self.intake.month

    @property
    def returns(self) -> tuple[Filled, ...]:
        return self.intake.returns

    @property
    def inputs(self) -> Mapping[str, bytes]:
        return self.intake.inputs

    @property
    def past(self) -> tuple[Result, ...]:
        return self.intake.past

    @property
    def contents(self) -> Mapping[str, bytes]:
        return self.intake.contents

    @cached_property
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
    def step(self) -> str:
        """What the clerk does next."""
        return step_after_reading(self.units, bool(self.open_errors), self.month.period)

    @property
    def settled(self) -> tuple[Finding, ...]:
        """The errors that a ruling has answered."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR and is_settled(f, self.rulings))


def settle(workspace: Workspace, period: Period) -> tuple[Path, ...]:
    """Finish or take back what an earlier command left half done in a period; return the notices kept aside by that.

    Only a command that holds the workspace may do so.
    """
    recover(workspace.input_dir(period))
    output = workspace.output_dir(period)
    return tuple(output / name for name in recover(output) or ())


def collect(workspace: Workspace, period: Period, now: datetime, progress: Progress = silent) -> Collected:
    """Return what the period's returns and rulings say; new returns are entered in 收件登记.xlsx with `now`.

    `progress` is told how far it is. Raises CannotRun when there is nothing to read in input/P/.
    """
    month = open_month(workspace, period)
    files = incoming(month.input_dir)
    if not files:
        raise cannot_run(Code.W05, period=period, name=f"input/{period}/")
    read = read_files(files, _context(month), progress)
    if (month.input_dir / RULINGS_FILE).exists():
        read = list(map(_told_as_copy, read))
    returns, findings = _with_receipts(month, read, now)
    reports, found = unit_reports(returns, month.plan)
    past, told = read_past(workspace.root, period)
    lasting = (*month.findings, *found, *_late(returns, month.schedule), *told)
    sent = sorted((one for one in read if one.named), key=lambda one: not one.scan_of)
    instead = {one.named: one.why_not for one in sent}  # a return that could not be read tells more than a scan
    lasting += tuple(every_asked_unit_reported(month.plan, frozenset(reports), instead))
    scans = {one.scan_of: one.name for one in reversed(read) if one.scan_of}
    if month.settings.require_scan:
        lasting += tuple(every_asked_unit_sent_its_scan(month.plan, frozenset(scans)))
    inputs = {f"input/{period}/{one.name}": one.content for one in read if one.is_input}
    contents = {one.name: one.content for one in read if one.filled}
    marks = grounds(month.plan, reports)
    intake = Intake(month, returns, reports, marks, tuple(findings), lasting, scans, instead, inputs, past, contents)
    rulings, told = read_rulings(month.input_dir / RULINGS_FILE, month.settings, month.ledger, period)
    return decided(intake, rulings, told, progress)


def decided(intake: Intake, rulings: Rulings, told: tuple[Finding, ...] = (), progress: Progress = silent) -> Collected:
    """Return what the returns come to under `rulings`; `told` are the findings of reading these."""
    month, settings = intake.month, intake.month.settings
    choices, found = chosen(rulings, month.plan, intake.reports, intake.returns)
    findings = [f for f in intake.findings if counts(choices.reports, f.unit, f.place, f.seq)]
    used = {file for report in choices.reports.values() for file in report.files}
    findings += (f for f in intake.lasting if f.code is not Code.F08 or f.place.file not in used)
    findings += (*told, *found)
    reports, broken, changes = checked(month, choices.reports)
    findings += broken
    ground = Ground(
        choices.plan,
        month.ledger,
        settings.fields,
        settings.statuses,
        reports,
        rulings,
        tidy_marks=settings.tidy_marks,
    )
    merged, found = merge(ground)
    outdated = stale(rulings, intake.grounds)
    findings += (*found, *stale_findings(rulings, outdated, reports), *unused_next_targets(rulings, month.plan))
    findings += unnoted(choices.decisions, rulings)
    findings = [f for f in findings if not _is_accepted_change(f, choices.decisions)]
    findings += remarks((*intake.past, result_of(month.period, merged.rows, (), settings.statuses)))
    findings += _sense(month, merged, reports, intake.past, progress)
    read = (c for one in intake.returns for c in one.changes if counts(reports, c.unit, c.place, c.seq))
    made = _by_row((*choices.decisions, *decisions(merged, rulings)), merged)
    changes = tuple(c for c in (*read, *changes, *merged.changes) if not _is_accepted(c, made))
    heard = (f for f in findings if f.code.name not in settings.silenced)
    shown = in_order(with_parts(told_once(heard), month.plan, intake.returns))
    units = unit_states(month.plan, reports, shown, rulings, month.schedule.deadline, intake.scans)
    merged = replace(merged, changes=changes)
    return Collected(intake, reports, rulings, merged, shown, units, made, outdated, told)


def _by_row(made: Iterable[Decision], merged: Merged) -> tuple[Decision, ...]:
    """Return decisions in the order of the rows."""
    at = {row.seq: index for index, row in enumerate(merged.rows)}
    return tuple(sorted(made, key=lambda one: at[one.seq]))


def _is_accepted_change(finding: Finding, made: Iterable[Decision]) -> bool:
    """Tell whether a finding is about a changed target that the office accepted."""
    if finding.code is not Code.R05:
        return False
    said = (finding.seq, finding.field, squeeze(str(finding.values.get("found", ""))))
    return any((one.seq, one.field, squeeze(one.after)) == said for one in made)


def _is_accepted(change: Change, made: tuple[Decision, ...]) -> bool:
    """Tell whether the office accepted what a change takes back: a target that the unit rewrote."""
    return any((one.seq, one.field, one.after) == (change.seq, change.field, change.before.strip()) for one in made)


def _told_as_copy(one: ReadFile) -> ReadFile:
    """Return a file with a 审定表 under another name told as what it is where there is a 审定.xlsx: a copy."""
    told = (replace(f, code=Code.M22) if f.code is Code.M21 else f for f in one.findings)
    return replace(one, findings=tuple(told))


def _sense(
    month: Month, merged: Merged, reports: Mapping[str, UnitReport], past: tuple[Result, ...], progress: Progress
) -> tuple[Finding, ...]:
    """Return what a careful reader would doubt in the answers, last period's beside them."""
    settings, ledger = month.settings, month.ledger
    names = {unit.name: unit.aliases for unit in ledger.units}
    last = next((result.outcomes for result in past if result.period == month.period.previous), ())
    context = SenseContext(month.period, settings.statuses, names, month.schedule.issue_date)
    rows = tuple(sense_rows(merged, month.plan, reports, last))
    return tuple(
        found for told in spread(row_findings, rows, context, progress, Doing.WEIGHING, _ANSWER_S) for found in told
    )


def _context(month: Month) -> Context:
    settings = month.settings
    texts = _form_texts(month)
    return Context(settings.fields, month.ledger, month.plan, texts, settings.form_title, settings.statuses)


def read_returned(content: bytes, name: str, month: Month) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a file answers, None with the finding that says why when it answers nothing."""
    return read_content(content, name, _context(month))


def _form_texts(month: Month) -> FormTexts:
    """Return the words that the blank form carries by itself; those of the starter's where no template can be read."""
    path = month.workspace.root / FORM_TEMPLATE
    book = read_book(path.read_bytes(), path.name)[0] if path.is_file() else None
    if book is None:
        book = read_book(starter_files(TEMPLATES)[FORM_TEMPLATE], path.name)[0]
    if book is None:
        return FormTexts()
    cells = (text_of(value) for grid in book.grids for value in grid.cells.values())
    return FormTexts.of((*cells, *(aside.text for aside in book.asides)))


def _with_receipts(month: Month, read: list[ReadFile], now: datetime) -> tuple[tuple[Filled, ...], list[Finding]]:
    """Return the returns with their receipt, and all findings of reading; contents seen first are entered."""
    findings = [finding for one in read for finding in one.findings]
    seen = [(one.name, digest(one.content), one.filled) for one in read if one.filled is not None]
    path = month.input_dir / RECEIPTS_FILE
    known = _receipts(path)
    if any(mark not in known.entered for _name, mark, _filled in seen):
        try:
            with held(month.workspace.root, ENTERING, now):
                known = _receipts(path)  # somebody may have entered them since
                new = ((name, mark, filled) for name, mark, filled in seen if mark not in known.entered)
                _enter(path, [Receipt(name, filled.unit, now, mark) for name, mark, filled in new])
        except CannotRun:
            findings.append(Finding(Code.F12, Place(RECEIPTS_FILE)))
    returns = tuple(_received(filled, mark, known, now) for _name, mark, filled in seen)
    findings += (_unknown_receipt(known.entered[one.digest], one) for one in returns if one.received is None)
    return returns, findings


def _received(filled: Filled, mark: str, known: Receipts, now: datetime) -> Filled:
    """Return the return with its receipt, None where the register does not tell it."""
    received = known.entered[mark].received if mark in known.entered else now
    first = received and min(received, known.first.get((filled.unit, filled.file), received))
    return replace(filled, digest=mark, received=received, first_received=first)


def _unknown_receipt(entered: Entered, one: Filled) -> Finding:
    written = entered.written.strip()
    shown = f"写的是“{shortened(written)}”，认不出是什么时间" if written else "空着"
    return Finding(Code.F24, entered.place, unit=one.unit, values={"name": one.file, "shown": shown})


def _receipts(path: Path) -> Receipts:
    return read_receipts(path.read_bytes(), RECEIPTS_FILE) if path.exists() else Receipts()


def _enter(path: Path, new: list[Receipt]) -> None:
    """Put new receipts into the register; the same content under two names is one."""
    by_content = {one.digest: one for one in reversed(new)}
    once = [one for one in new if by_content[one.digest] is one]
    if once:
        write_file(path, write_receipts(path.read_bytes() if path.exists() else None, once))


def _late(returns: tuple[Filled, ...], schedule: Schedule) -> list[Finding]:
    """Return the units whose first return came after the deadline, each at that return."""
    deadline = schedule.deadline
    return [
        _told_late(next(one for one in of_unit if first in (one.first_received, one.received)), first, deadline)
        for of_unit in of_each_unit(returns).values()
        if deadline and (first := first_receipt(of_unit)) and first > deadline
    ]


def _told_late(one: Filled, received: datetime, deadline: datetime) -> Finding:
    times = {"received": received, "deadline": deadline}
    values = {key: moment.isoformat(sep=" ", timespec="minutes") for key, moment in times.items()}
    return Finding(Code.F09, Place(one.file), unit=one.unit, values=values)


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
