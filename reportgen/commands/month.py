"""A period of a workspace, ready to be worked on: what every command but `init` opens first."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from reportgen.core.answers import Plan, plan
from reportgen.core.choices import accepted_next_targets
from reportgen.core.fields import Settings
from reportgen.core.findings import Code, Finding, Place, cannot_run
from reportgen.core.model import Ledger, Schedule
from reportgen.core.period import Period
from reportgen.core.terms import ledger_at
from reportgen.readers.inbox import RULINGS_FILE
from reportgen.readers.ledger import read_ledger
from reportgen.readers.rulings import read_rulings
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, TEMPLATES, Workspace

FORM_TEMPLATE = f"{TEMPLATES}/form.xlsx"


class Month(Struct, frozen=True):
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


def open_month(workspace: Workspace, period: Period) -> Month:
    """Return the period with its settings, ledger and plan. Raises CannotRun with every mistake in them."""
    settings = settings_for(read_configuration(workspace.config_file, CONFIG_FILE), period)
    path = workspace.ledger_file(period.year)
    ledger, findings = read_ledger(path, workspace.name_of(path), period.year, settings.fields)
    carried, accepted = _carried_targets(workspace, period, settings, ledger)
    ledger = ledger_at(ledger, period)
    asked, found = plan(ledger, period, settings.collect_every, carried, accepted)
    if not asked.tasks:
        raise cannot_run(Code.W11, Place(workspace.name_of(path)), period=period, label=period.label)
    return Month(workspace, period, settings, ledger, asked, (*findings, *found))


def _carried_targets(
    workspace: Workspace, period: Period, settings: Settings, ledger: Ledger
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the targets for `period` of the last 审定.xlsx: those decided (rule 6), and accepted changes (rule 5)."""
    before = period.previous
    if before is None:
        return {}, {}
    path = workspace.input_dir(before) / RULINGS_FILE
    rulings, _findings = read_rulings(path, settings, ledger_at(ledger, before), before)
    targets = {task.seq: text for task in ledger_at(ledger, period).tasks if (text := task.targets.get(period))}
    decided_on = {seq: ruling.next_target for seq, ruling in rulings.by_seq.items() if ruling.next_target}
    return decided_on, accepted_next_targets(rulings, targets)
