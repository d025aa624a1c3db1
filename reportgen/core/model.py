"""The records of the ledger (台账): the truth that returns are merged into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cached_property

from msgspec import Struct, field

from reportgen.core.findings import NOWHERE, Place
from reportgen.core.period import Period
from reportgen.core.text import fold

_LONGEST_TEXT = 300  # characters in which a unit's name is looked for


class Role(Enum):
    """What a unit is to a task."""

    LEAD = "lead"
    MEMBER = "member"
    DATA = "data"


class Assignment(Struct, frozen=True):
    """A unit of a task: `unit` is its name in sheet 单位, `printed` the line as the notice shows it."""

    unit: str
    role: Role
    printed: str


class Division(Struct, frozen=True):
    """One line of 分工: `unit` answers for the part that the target labels `label`."""

    label: str
    unit: str


class Task(Struct, frozen=True):
    """One row of the ledger. `leaders` are as printed (padded); `targets` holds only periods that have one."""

    seq: int
    annual_target: str
    leaders: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    targets: Mapping[Period, str] = field(default_factory=dict)
    division: tuple[Division, ...] = ()
    group: str = ""
    start: Period | None = None
    end: Period | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    place: Place = NOWHERE

    @property
    def lead(self) -> str:
        """The unit that leads: the one marked 牵头 wherever it stands, else the first that owes an answer."""
        marked = [a.unit for a in self.assignments if a.role is Role.LEAD]
        others = [a.unit for a in self.assignments if a.role is not Role.DATA]
        return next(iter([*marked, *others, *(a.unit for a in self.assignments)]))

    def is_active(self, period: Period) -> bool:
        return period.overlaps(self.start, self.end)


class Unit(Struct, frozen=True):
    """A 责任单位; one with `members` is a group such as 各镇（街道） and stands for them."""

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    email: str = ""
    start: Period | None = None
    end: Period | None = None


class Leader(Struct, frozen=True):
    """A 分管区领导."""

    name: str
    post: str = ""
    start: Period | None = None
    end: Period | None = None


class Schedule(Struct, frozen=True):
    """One row of sheet 期次, the only source of dates."""

    period: Period
    deadline: datetime | None = None
    issue_date: date | None = None
    basis: str = ""


class Ledger(Struct, frozen=True, dict=True):  # dict for the indexes, made when first asked for
    """A year's ledger; the order of every tuple is the order of precedence in lists and statistics.

    As the workbook has it, a 序号 may have several rows that follow each other in time; `terms.ledger_at` gives the
    ledger of one period, where each has one.
    """

    year: int
    tasks: tuple[Task, ...]
    units: tuple[Unit, ...]
    leaders: tuple[Leader, ...]
    schedules: tuple[Schedule, ...] = ()

    def active(self, period: Period) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.is_active(period))

    def task(self, seq: int) -> Task | None:
        return self._tasks_by_seq.get(seq)

    def unit(self, name: str) -> Unit | None:
        return self._units_by_name.get(name)

    def unit_named(self, text: str) -> Unit | None:
        """Return the unit that `text` names, by its name or an alias, white space and character width aside."""
        return self._units_by_any_name.get(fold(text))

    def unit_in(self, text: str) -> Unit | None:
        """Return the unit whose name or alias stands in `text`, the longest one first."""
        folded, known = fold(text[:_LONGEST_TEXT]), self._units_by_any_name
        for length in range(min(len(folded), self._longest_name), 0, -1):
            for start in range(len(folded) - length + 1):
                unit = known.get(folded[start : start + length])
                if unit is not None:
                    return unit
        return None

    def members_of(self, name: str) -> tuple[str, ...]:
        """Return the units that answer under `name`: a group's members, else the unit itself."""
        unit = self.unit(name)
        return unit.members if unit and unit.members else (name,)

    def schedule(self, period: Period) -> Schedule:
        """Return the period's row of sheet 期次, an empty one when there is none."""
        return next((s for s in self.schedules if s.period == period), Schedule(period))

    @cached_property
    def _tasks_by_seq(self) -> Mapping[int, Task]:
        return {task.seq: task for task in reversed(self.tasks)}

    @cached_property
    def _units_by_name(self) -> Mapping[str, Unit]:
        return {unit.name: unit for unit in reversed(self.units)}

    @cached_property
    def _units_by_any_name(self) -> Mapping[str, Unit]:
        """The units by folded name and alias; a name goes before another unit's alias."""
        by_alias = {fold(alias): unit for unit in reversed(self.units) for alias in unit.aliases}
        return by_alias | {fold(unit.name): unit for unit in reversed(self.units)}

    @cached_property
    def _longest_name(self) -> int:
        return max(map(len, self._units_by_any_name), default=0)
