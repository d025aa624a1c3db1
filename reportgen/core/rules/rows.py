"""Rules on a unit's report as a whole: every row that was asked came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from reportgen.core.answers import Plan
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.records import UnitReport
from reportgen.core.text import seq_ranges

NOTHING: Mapping[str, str] = MappingProxyType({})


def every_asked_row_came_back(report: UnitReport, plan: Plan) -> Iterator[Finding]:
    """Yield a finding for each answer that no return of the unit has a row for."""
    place = Place(report.files[0])
    for part, ask in plan.parts_of(report.unit):
        if ask.key not in report.answers:
            yield Finding(Code.R04, place, seq=ask.seq, unit=report.unit, values={"what": ask.what}, part=part)


def every_asked_unit_reported(
    plan: Plan, reported: frozenset[str], instead: Mapping[str, str] = NOTHING
) -> Iterator[Finding]:
    """Yield a finding for each unit that owes an answer and sent none (rule 7); `instead` says what else it sent."""
    for unit in plan.asked_units:
        if unit not in reported:
            owed = tuple((ask.seq, part) for part, ask in plan.parts_of(unit))
            values = {"unit": unit, "rows": f"第{seq_ranges(seq for seq, _part in owed)}项", "keys": owed}
            values["instead"] = f"；{instead[unit]}" if unit in instead else ""
            yield Finding(Code.M01, unit=unit, values=values)


def every_asked_unit_sent_its_scan(plan: Plan, sent: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each unit that owes an answer and sent no signed scan of it."""
    for unit in plan.asked_units:
        if unit not in sent:
            yield Finding(Code.F17, unit=unit)
