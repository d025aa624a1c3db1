"""Where each unit stands in a period: missing, returned, late, must correct, ruled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct

from reportgen.core.answers import Plan
from reportgen.core.findings import Code, Finding, Severity
from reportgen.core.period import Period
from reportgen.core.records import UnitReport
from reportgen.core.rulings import Rulings, is_settled
from reportgen.core.text import some
from reportgen.core.units_of import of_each_unit


class State(Enum):
    """The state of a unit's return; the value is what `--json` shows."""

    MISSING = "missing"
    RETURNED = "returned"
    LATE = "late"
    MUST_CORRECT = "must_correct"
    RULED = "ruled"

    @property
    def label(self) -> str:
        return {
            "missing": "未报",
            "returned": "已报",
            "late": "迟报",
            "must_correct": "需更正",
            "ruled": "已审定",
        }[self.value]


class UnitState(Struct, frozen=True):
    """One unit of a period; `file` is the return that counts, `received` its first receipt, `scan` its signed scan.

    `is_late` stands beside `state`, where having to correct hides it.
    """

    unit: str
    state: State
    file: str = ""
    received: datetime | None = None
    errors: int = 0
    warnings: int = 0
    is_late: bool = False
    scan: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the unit as the `--json` output gives it."""
        return {
            "unit": self.unit,
            "state": self.state.value,
            "file": self.file,
            "received": self.received.isoformat(sep=" ", timespec="seconds") if self.received else "",
            "errors": self.errors,
            "warnings": self.warnings,
            "scan": self.scan,
        }


def unit_states(
    plan: Plan,
    reports: Mapping[str, UnitReport],
    findings: Sequence[Finding],
    rulings: Rulings,
    deadline: datetime | None,
    scans: Mapping[str, str],
) -> tuple[UnitState, ...]:
    """Return the state of each unit that owes an answer, in ledger order. Errors that a ruling settled do not count.

    `scans` are the signed scans by unit.
    """
    told = of_each_unit(findings)
    return tuple(
        _state(unit, reports.get(unit), told.get(unit, ()), rulings, deadline, scans.get(unit, ""))
        for unit in plan.asked_units
    )


def _state(
    unit: str,
    report: UnitReport | None,
    findings: Sequence[Finding],
    rulings: Rulings,
    deadline: datetime | None,
    scan: str,
) -> UnitState:
    errors, warnings = 0, 0
    for finding in findings:
        if finding.code is not Code.M01:
            errors += finding.severity is Severity.ERROR and not is_settled(finding, rulings)
            warnings += finding.severity is Severity.WARNING
    if report is None:
        silent = next(f for f in findings if f.code is Code.M01)
        state = State.RULED if is_settled(silent, rulings) else State.MISSING
        return UnitState(unit, state, errors=errors, warnings=warnings, scan=scan)
    is_late = bool(deadline and report.received and report.received > deadline)
    state = State.MUST_CORRECT if errors else State.LATE if is_late else State.RETURNED
    return UnitState(unit, state, report.files[0], report.received, errors, warnings, is_late, scan)


def counted(units: Sequence[UnitState]) -> dict[State, int]:
    """Return how many units are in each state, states without a unit left out."""
    counts = {state: sum(unit.state is state for unit in units) for state in State}
    return {state: count for state, count in counts.items() if count}


def step_after_reading(units: Sequence[UnitState], has_open_errors: bool, period: Period) -> str:
    """Return what the clerk does next when the returns have been read."""
    missing = [unit.unit for unit in units if unit.state is State.MISSING]
    wrong = [unit.unit for unit in units if unit.state is State.MUST_CORRECT]
    steps = [f"催报 {some(missing)}"] if missing else []
    steps += [f"请 {some(wrong)} 更正重报"] if wrong else []
    if steps:
        return (
            f"{'，'.join(steps)}，收回的表放进 input/{period}/ 再运行 reportgen check {period}；"
            f"不再等的、由本室定的，运行 reportgen review {period} 审定。"
        )
    if has_open_errors:
        return f"处理所列的错误，或运行 reportgen review {period} 由本室审定，再运行 reportgen check {period}。"
    return f"没有未处理的错误，运行 reportgen build {period} 生成通报表（需要改动的先运行 reportgen review {period}）。"
