"""How the tasks of a period came out: what statistics and later months need of a notice, whatever it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from reportgen.core.fields import Statuses
from reportgen.core.model import Role
from reportgen.core.notice import Row
from reportgen.core.period import Period
from reportgen.core.text import squeeze
from reportgen.core.units import UnitState


class Outcome(Struct, frozen=True):
    """One task of a period as its notice prints it; `leaders` are names without inner spaces."""

    seq: int
    status: str
    has_target: bool
    annual_target: str = ""
    target: str = ""
    completion: str = ""
    leaders: tuple[str, ...] = ()
    units: tuple[tuple[str, Role], ...] = ()
    group: str = ""

    @property
    def lead(self) -> str:
        """The unit that leads, "" when the record names no unit."""
        return next((unit for unit, role in self.units if role is Role.LEAD), "")

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(unit for unit, role in self.units if role is Role.MEMBER)


class UnitPunctuality(Struct, frozen=True):
    """Whether a unit that owed an answer gave it, and in time."""

    unit: str
    is_reported: bool
    is_late: bool = False

    @property
    def is_on_time(self) -> bool:
        return self.is_reported and not self.is_late

    @property
    def label(self) -> str:
        return "未报" if not self.is_reported else "迟报" if self.is_late else "按时"


class Result(Struct, frozen=True, dict=True):  # dict for the index, made when first asked for
    """A whole period: its outcomes in printed order, how its units reported, and what its statuses count as."""

    period: Period
    outcomes: tuple[Outcome, ...]
    units: tuple[UnitPunctuality, ...]
    statuses: Statuses

    def outcome(self, seq: int) -> Outcome | None:
        return self._by_seq.get(seq)

    @cached_property
    def _by_seq(self) -> Mapping[int, Outcome]:
        return {outcome.seq: outcome for outcome in self.outcomes}


def outcome_of(row: Row) -> Outcome:
    """Return what a row of the notice says; the unit that leads is LEAD here even where nobody is marked 牵头."""
    task = row.task
    lead = task.lead
    units = ((a.unit, Role.LEAD if a.unit == lead else a.role) for a in task.assignments)
    return Outcome(
        seq=row.seq,
        status=row.status,
        has_target=row.has_target,
        annual_target=task.annual_target,
        target=row.target,
        completion=row.printed_completion,
        leaders=tuple(map(squeeze, task.leaders)),
        units=tuple(units),
        group=task.group,
    )


def result_of(period: Period, rows: Iterable[Row], units: Sequence[UnitState], statuses: Statuses) -> Result:
    """Return a period as its rows and the states of its units give it."""
    punctual = tuple(UnitPunctuality(unit.unit, bool(unit.file), unit.is_late) for unit in units)
    return Result(period, tuple(map(outcome_of, rows)), punctual, statuses)
