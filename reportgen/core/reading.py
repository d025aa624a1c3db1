"""What a return is read against, and what is gathered while it is read."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from msgspec import Struct, field

from reportgen.core.answers import Ask, Plan
from reportgen.core.fields import Field, Fields, Statuses
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.formtexts import FormTexts
from reportgen.core.limits import MAX_TOLD_OF_A_KIND
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.records import Change
from reportgen.core.text import fold

_NO_STATUSES = Statuses(())


class Context(Struct, frozen=True, eq=False, dict=True):  # dict for the informational texts, made when first asked for
    """What a return is read against; each is equal to itself only, so that what is known of it can be kept."""

    fields: Fields
    ledger: Ledger
    plan: Plan
    form_texts: FormTexts
    form_title: str
    statuses: Statuses = _NO_STATUSES

    @property
    def period(self) -> Period:
        return self.plan.period

    @cached_property
    def informational(self) -> frozenset[str]:
        """The texts, folded, that the block of tasks without an answer may hold."""
        texts = {f.heading for f in self.fields}
        for task in self.plan.tasks:
            texts |= {str(task.seq), task.task.annual_target, task.target, task.task.group}
            texts.update(a.printed for a in task.task.assignments)
        return frozenset(map(fold, (*texts, *(unit.name for unit in self.ledger.units))))


class Reading(Struct):
    """What has been gathered while one return is read."""

    file: str
    unit: str = ""
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _told: Counter[Code] = field(default_factory=Counter)

    def tell(self, code: Code, place: Place, seq: int | None = None, key: str = "", **values: object) -> None:
        self._told[code] += 1
        if self._told[code] <= MAX_TOLD_OF_A_KIND:
            self.findings.append(Finding(code, place, seq=seq, unit=self.unit, field=key, values=values))

    def all_findings(self) -> tuple[Finding, ...]:
        """Return what was told, with a finding for each kind that there was too much of."""
        place = Place(self.file)
        rest = {code: count - MAX_TOLD_OF_A_KIND for code, count in self._told.items() if count > MAX_TOLD_OF_A_KIND}
        more = (
            Finding(Code.R15, place, unit=self.unit, values={"code": code.name, "count": count})
            for code, count in rest.items()
        )
        return (*self.findings, *more)

    def tell_of(self, code: Code, place: Place, wanted: Field, ask: Ask, **values: object) -> None:
        """Tell something of one answer cell."""
        self.tell(code, place, ask.seq, wanted.key, what=ask.what, heading=wanted.heading, **values)

    def change(self, ask: Ask, key: str, place: Place, before: str, after: str, why: str) -> None:
        self.changes.append(Change(ask.seq, self.unit, key, place, before, after, why))
