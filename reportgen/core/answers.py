"""Who owes what (rule 1) and which targets hold (rule 6)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from msgspec import Struct

from reportgen.core.findings import Code, Finding
from reportgen.core.model import Ledger, Role, Task
from reportgen.core.parts import Part, same_label, split_parts
from reportgen.core.period import Period
from reportgen.core.text import fold
from reportgen.core.units_of import of_each_unit

OF_UNIT = "·"  # between a label and a unit in the name of a part that several units answer


class Ask(Struct, frozen=True):
    """One answer that a unit owes: a row of its form. `label` is "" when it answers for the whole task.

    `next_target` is the ledger's target for the next period, "" for a task that ends before it (None: the unit is asked
    to propose one).
    """

    unit: str
    task: Task
    label: str
    target: str
    next_target: str | None = None

    @property
    def seq(self) -> int:
        return self.task.seq

    @property
    def key(self) -> tuple[int, str]:
        return (self.task.seq, self.label)

    @property
    def what(self) -> str:
        """How messages speak of it: 第5项, 第5项“停车位”."""
        return f"第{self.seq}项“{self.label}”" if self.label else f"第{self.seq}项"


def fingerprint(asks: Iterable[Ask]) -> str:
    """Return a mark of all that answers are asked for, which changes when the ledger does."""
    texts = [
        "\x1f".join((str(ask.seq), ask.label, ask.task.annual_target, ask.target, ask.next_target or ""))
        for ask in asks
    ]
    return hashlib.sha256("\x1e".join(texts).encode()).hexdigest()[:12]


class PeriodTask(Struct, frozen=True):
    """A task in one period: the target that holds ("" for none) and the answers it is owed, in print order.

    `informed` are the units that take part in it without answering, groups and their members alike.
    """

    task: Task
    target: str
    asks: tuple[Ask, ...]
    informed: frozenset[str] = frozenset()

    @property
    def seq(self) -> int:
        return self.task.seq

    @property
    def parts(self) -> tuple[tuple[str, Ask], ...]:
        """The answers with the names that the office rules on them by: "" for the only one of a task.

        A part goes by its label, a unit among several by its name, a unit among several of one label by both.
        """
        if len(self.asks) == 1:
            return (("", self.asks[0]),)
        shared = Counter(ask.label for ask in self.asks)
        names = [ask.label if ask.label and shared[ask.label] == 1 else _both(ask) for ask in self.asks]
        is_clear = len({fold(name) for name in names}) == len(names)
        return tuple((name if is_clear else _both(ask), ask) for name, ask in zip(names, self.asks, strict=True))


def _both(ask: Ask) -> str:
    return OF_UNIT.join(filter(None, (ask.label, ask.unit)))


class Plan(Struct, frozen=True, dict=True):  # dict for the indexes, made when first asked for
    """All that a period asks: every active task once, in ledger order."""

    period: Period
    tasks: tuple[PeriodTask, ...]
    units: tuple[str, ...]

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for task in self.tasks for ask in task.asks)

    def asks_of(self, unit: str) -> tuple[Ask, ...]:
        return self._asks_by_unit.get(unit, ())

    def parts_of(self, unit: str) -> tuple[tuple[str, Ask], ...]:
        """Return what `unit` answers, each with the name of its part as `PeriodTask.parts` gives it."""
        return self._parts_by_unit.get(unit, ())

    @property
    def asked_units(self) -> tuple[str, ...]:
        """The units that owe an answer, in ledger order."""
        return tuple(unit for unit in self.units if unit in self._asks_by_unit)

    def informed(self, unit: str) -> tuple[PeriodTask, ...]:
        """Return the tasks that `unit` takes part in without answering."""
        return self._informed_by_unit.get(unit, ())

    def informed_only(self, ledger: Ledger) -> tuple[str, ...]:
        """Return the units without anything to answer that take part in a task; groups are their members."""
        groups = {unit.name for unit in ledger.units if unit.members}
        return tuple(
            unit for unit in self.units if unit not in self._asks_by_unit and unit not in groups and self.informed(unit)
        )

    @cached_property
    def _asks_by_unit(self) -> Mapping[str, tuple[Ask, ...]]:
        return {unit: tuple(asks) for unit, asks in of_each_unit(self.asks).items()}

    @cached_property
    def _parts_by_unit(self) -> Mapping[str, tuple[tuple[str, Ask], ...]]:
        by_unit: dict[str, list[tuple[str, Ask]]] = {}
        for task in self.tasks:
            for part, ask in task.parts:
                by_unit.setdefault(ask.unit, []).append((part, ask))
        return {unit: tuple(parts) for unit, parts in by_unit.items()}

    @cached_property
    def _informed_by_unit(self) -> Mapping[str, tuple[PeriodTask, ...]]:
        by_unit: dict[str, list[PeriodTask]] = {}
        for task in self.tasks:
            for unit in task.informed:
                by_unit.setdefault(unit, []).append(task)
        return {unit: tuple(tasks) for unit, tasks in by_unit.items()}


def plan(
    ledger: Ledger,
    period: Period,
    collect_every: bool = False,
    carried: Mapping[int, str] | None = None,
    accepted: Mapping[int, str] | None = None,
) -> tuple[Plan, tuple[Finding, ...]]:
    """Return what `period` asks of whom, and the labels of 分工 that do not fit its targets.

    `carried` are the targets for `period` that the office decided last period, used where the ledger has none;
    `accepted` those of the ledger that units changed and the office accepted.
    """
    findings: list[Finding] = []
    tasks = []
    for task in ledger.active(period):
        target = (accepted or {}).get(task.seq) or task.targets.get(period) or (carried or {}).get(task.seq, "")
        asks: tuple[Ask, ...] = ()
        if target:
            asks, found = _asks(task, target, ledger, period, collect_every)
            findings += found
        tasks.append(PeriodTask(task, target, asks, _informed(task, asks, ledger) if target else frozenset()))
    return Plan(period, tuple(tasks), tuple(unit.name for unit in ledger.units)), tuple(findings)


def _informed(task: Task, asks: tuple[Ask, ...], ledger: Ledger) -> frozenset[str]:
    named = {a.unit for a in task.assignments}
    members = {member for name in named for member in ledger.members_of(name)}
    return frozenset((named | members) - {ask.unit for ask in asks})


def _asks(
    task: Task, target: str, ledger: Ledger, period: Period, collect_every: bool
) -> tuple[tuple[Ask, ...], list[Finding]]:
    following = period.next
    next_target = task.targets.get(following) if following else None
    if following and not task.is_active(following):
        next_target = ""

    def ask(unit: str, label: str = "", text: str = target) -> Ask:
        return Ask(unit, task, label, text, next_target if next_target is None else _part_of(next_target, label))

    findings: list[Finding] = []
    asks: list[Ask] = []
    if task.division:
        pairs, findings = _divided(task, target, period)
        asks = [ask(unit, part.label, part.text) for part, name in pairs for unit in ledger.members_of(name)]
    if not asks and not collect_every:
        asks = [ask(unit) for unit in ledger.members_of(task.lead)]
    if collect_every:
        asked = {a.unit for a in asks}
        asks += [ask(unit) for unit in _everyone(task, ledger) if unit not in asked]
    return tuple(asks), findings


def _part_of(target: str, label: str) -> str:
    """Return the text of the labelled part of a target, the whole where it has no such part."""
    return next((part.text for part in split_parts(target) if label and same_label(part.label, label)), target)


def _divided(task: Task, target: str, period: Period) -> tuple[list[tuple[Part, str]], list[Finding]]:
    """Return each labelled part of `target` with each unit that answers for it; the lead for labels without a line."""
    parts = split_parts(target)
    pairs: list[tuple[Part, str]] = []
    findings = []
    for part in parts:
        units = [d.unit for d in task.division if same_label(d.label, part.label)]
        if not units:
            units = [task.lead]
            if part.label:
                findings.append(_mismatch(Code.L09, task, period, part.label, task.lead))
        pairs += [(part, unit) for unit in units]
    for line in task.division:
        if not any(same_label(line.label, part.label) for part in parts):
            findings.append(_mismatch(Code.L08, task, period, line.label, line.unit))
    matched = any(same_label(d.label, p.label) for d in task.division for p in parts)
    return (pairs if matched else []), findings


def _mismatch(code: Code, task: Task, period: Period, label: str, unit: str) -> Finding:
    values = {"label": label, "period": period.label, "unit": unit}
    return Finding(code, task.place, seq=task.seq, unit=unit, values=values)


def _everyone(task: Task, ledger: Ledger) -> Iterable[str]:
    """Yield the units that take part, lead first, groups as their members, data units left out, each once."""
    seen: set[str] = set()
    names = [task.lead, *(a.unit for a in task.assignments if a.role is not Role.DATA)]
    for name in names:
        for unit in ledger.members_of(name):
            if unit not in seen:
                seen.add(unit)
                yield unit
