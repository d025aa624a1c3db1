"""What `check` tells: where each unit stands, its mistakes, what the program changed by itself, which files counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from reportgen.core.findings import Finding
from reportgen.core.grouping import Group, grouped
from reportgen.core.records import Change, Decision, Filled, UnitReport
from reportgen.core.reminders import Reminder
from reportgen.core.statistics import StatisticsSheet
from reportgen.core.units import State, UnitState
from reportgen.core.units_of import of_each_unit


class Section(Struct, frozen=True):
    """The mistakes of one unit ("" for those of none): the open ones, and those that a ruling has answered."""

    unit: str
    groups: tuple[Group, ...]
    settled: tuple[Group, ...]


class Checked(Struct, frozen=True):
    """What a report is made of; `settled` are the errors that a ruling has answered.

    `decisions` are what the office changed, `summary` the figures as a sentence, `statistics` the tables of them, none
    while anything is open.
    `headings` are those of the fields, by key; `returned` and `notes` map units to their files beside the report;
    `contacts` are (name, telephone) of the ledger by unit; `step` is what to do next.
    """

    title: str
    office: str
    deadline: datetime | None
    units: Sequence[UnitState]
    findings: Sequence[Finding]
    settled: Sequence[Finding]
    returns: Sequence[Filled]
    reports: Sequence[UnitReport]
    changes: Sequence[Change]
    headings: Mapping[str, str]
    reminders: Sequence[Reminder] = ()
    returned: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    summary: str = ""
    statistics: Sequence[StatisticsSheet] = ()
    contacts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    step: str = ""

    def contact_of(self, unit: UnitState) -> tuple[str, str]:
        """Return (name, telephone) of whom to call: who filled the return, else the ledger's contact."""
        filer = next((one.filer for one in self.returns if one.file == unit.file), {})
        name, phone = self.contacts.get(unit.unit, ("", ""))
        return filer.get("filled_by") or name, filer.get("phone") or phone

    def in_state(self, state: State) -> tuple[UnitState, ...]:
        return tuple(unit for unit in self.units if unit.state is state)

    @property
    def late(self) -> tuple[UnitState, ...]:
        """The units whose first return came after the deadline, whatever has become of it."""
        limit = self.deadline
        return tuple(unit for unit in self.units if limit and unit.received and unit.received > limit)

    @property
    def used(self) -> frozenset[str]:
        """The returns of which something counts."""
        return frozenset(file for report in self.reports for file in report.files)

    @property
    def listed(self) -> tuple[Finding, ...]:
        """The findings by unit in the order of the ledger, those of none last; errors before warnings before notes."""
        order = {unit.unit: index for index, unit in enumerate(self.units)}
        number = {name: order.get(name, len(order)) for name in {f.unit for f in self.findings}}
        return tuple(sorted(self.findings, key=lambda f: (not f.unit, number[f.unit], f.severity.rank)))

    def sections(self) -> tuple[Section, ...]:
        """Return the mistakes by unit, in the order of the ledger; those of no unit last."""
        answered = set(map(id, self.settled))
        open_ones = _by_unit([f for f in self.findings if id(f) not in answered])
        settled = _by_unit(self.settled)
        order = {unit.unit: index for index, unit in enumerate(self.units)}
        names = sorted({*open_ones, *settled}, key=lambda name: (not name, order.get(name, len(order)), name))
        return tuple(Section(name, open_ones.get(name, ()), settled.get(name, ())) for name in names)


def _by_unit(findings: Sequence[Finding]) -> dict[str, tuple[Group, ...]]:
    return {name: tuple(members) for name, members in of_each_unit(grouped(findings)).items()}
