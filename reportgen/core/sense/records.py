"""What the sense checks are given and what they conclude."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct, field

from reportgen.core.fields import COMPLETION, StatusClass, Statuses
from reportgen.core.findings import NOWHERE, Code, Finding, Place
from reportgen.core.period import Period
from reportgen.core.sense.names import NameIndex

_MIN_ALIAS = 3  # characters: a shorter name stands in too many words


class SenseRow(Struct, frozen=True):
    """One answer with its target. `reason` is None where the form does not ask for one; `last_…` are what the same
    row said one period before, "" when that is not known; `labels` are the parts the answer must name.
    """

    seq: int
    unit: str
    target: str
    status: str
    completion: str
    annual_target: str = ""
    reason: str | None = None
    last_status: str = ""
    last_completion: str = ""
    labels: tuple[str, ...] = ()
    target_place: Place = NOWHERE
    status_place: Place = NOWHERE
    completion_place: Place = NOWHERE


class SenseContext(Struct, frozen=True, dict=True):  # dict for the indexes of names, made when first asked for
    """What holds for all rows: `units` maps a unit's name to the other names it goes by."""

    period: Period
    statuses: Statuses
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    issued: date | None = None

    def kind(self, status: str) -> StatusClass | None:
        return self.statuses.kind_of(status)

    @cached_property
    def names(self) -> NameIndex:
        return NameIndex(self.units)

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        """The unit of each other name; of a name of two units, the first's."""
        return {alias: name for name, aliases in reversed(tuple(self.units.items())) for alias in aliases}

    @cached_property
    def misnomers(self) -> NameIndex:
        return NameIndex(alias for alias in self.unit_of if len(alias) >= _MIN_ALIAS)


def finding(
    code: Code,
    row: SenseRow,
    reasoning: str,
    *,
    first: str = "",
    second: str = "",
    field: str = COMPLETION,
    place: Place | None = None,
    related: Place = NOWHERE,
) -> Finding:
    """Return a sense finding; `first` and `second` are the two passages that contradict each other."""
    values = {"reasoning": reasoning, "status": row.status, "first": first, "second": second}
    return Finding(
        code,
        row.completion_place if place is None else place,
        seq=row.seq,
        unit=row.unit,
        field=field,
        values=values,
        related=related,
    )
