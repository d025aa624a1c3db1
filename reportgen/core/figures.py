"""Counts and percentages; every figure that is printed anywhere comes from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from reportgen.core.fields import UNREPORTED, StatusClass, Statuses
from reportgen.core.outcomes import Outcome, Result, UnitPunctuality

# A percentage of fewer tasks says little: such units are marked wherever they are ranked.
FEW_TASKS = 3


class Counted(Protocol):
    """A row that counts: of a notice in the making, or of one that was printed."""

    @property
    def status(self) -> str: ...

    @property
    def has_target(self) -> bool: ...


class Figures(Struct, frozen=True):
    """`counted` counts the rows of each counted status in the settings' order, 未报送 last and only if there are any.

    `total` is their sum. Excluded statuses, each in `left_out`, rows without a target and those without a
    status yet (`open`) are counted apart. `met`, `partly`, `not_met` and `unreported` are the same rows by class.
    """

    total: int
    counted: tuple[tuple[str, int], ...]
    excluded: int
    without_target: int
    open: int
    left_out: tuple[tuple[str, int], ...] = ()
    met: int = 0
    partly: int = 0
    not_met: int = 0
    unreported: int = 0

    @property
    def rate(self) -> str:
        """The share of rows that are met, in percent."""
        return percent(self.met, self.total)

    def count(self, status: str) -> int:
        return dict((*self.counted, *self.left_out)).get(status, 0)


class Breakdown(Struct, frozen=True):
    """The figures of the rows that share a leader, a unit or a group."""

    name: str
    figures: Figures


class RankedUnit(Struct, frozen=True):
    """A unit with its place among the units that lead tasks: 0 when it leads none that counts.

    `state` is how it reported this period ("" when it owed nothing); `on_time` of `owed` periods of the year so far.
    """

    name: str
    rank: int
    as_lead: Figures
    as_member: Figures
    state: str
    on_time: int
    owed: int

    @property
    def has_few(self) -> bool:
        return self.rank > 0 and self.as_lead.total < FEW_TASKS


def share(count: int, total: int) -> Decimal:
    """Return `count` of `total` as a fraction that shows two decimals in percent, rounded half up on its own."""
    exact = Decimal(count) / Decimal(total) if total else Decimal(0)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def percent(count: int, total: int) -> str:
    """Return `count` of `total` in percent, rounded half up to two decimals on its own: 105 of 124 → 84.68%."""
    return f"{share(count, total) * 100:.2f}%"


def figures(rows: Iterable[Counted], statuses: Statuses) -> Figures:
    """Return the counts of `rows`."""
    everything = list(rows)
    found = Counter(row.status for row in everything if row.has_target)
    kinds: dict[str, StatusClass | None] = {one.name: one.kind for one in statuses.all}
    kinds.setdefault(UNREPORTED, None)
    counts = {name: found[name] for name in kinds}
    of_class: Counter[StatusClass | None] = Counter()
    for name, n in counts.items():
        of_class[kinds[name]] += n
    excluded = [(name, n) for name, n in counts.items() if kinds[name] is StatusClass.EXCLUDED]
    shown = [(name, n) for name, n in counts.items() if (name, n) not in excluded and (name != UNREPORTED or n)]
    return Figures(
        total=sum(n for _name, n in shown),
        counted=tuple(shown),
        excluded=of_class[StatusClass.EXCLUDED],
        without_target=len(everything) - found.total(),
        open=found.total() - sum(counts.values()),
        left_out=tuple(excluded),
        met=of_class[StatusClass.MET],
        partly=of_class[StatusClass.PARTLY],
        not_met=of_class[StatusClass.NOT],
        unreported=of_class[None],
    )


def sentence(one: Figures) -> str:
    """Return figures as the statistics sentence: 40项中，完成30项，占75.00%；…"""
    parts = [f"{name}{count}项，占{percent(count, one.total)}" for name, count in one.counted]
    text = f"{one.total}项中，{'；'.join(parts)}。"
    for name, count in one.left_out:
        text += f"另有{name}{count}项，不计入。" if count else ""
    if one.without_target:
        text += f"另有{one.without_target}项本期无目标。"
    return text + (f"尚有{one.open}项未定，没有计入。" if one.open else "")


def by_leader(outcomes: Sequence[Outcome], statuses: Statuses, order: Iterable[str] = ()) -> tuple[Breakdown, ...]:
    """Return the figures of each leader that has tasks; a task of several leaders counts for each of them.

    `order` are the ledger's names; others follow as they appear.
    """
    return _broken_down(outcomes, statuses, lambda outcome: outcome.leaders, order)


def by_group(outcomes: Sequence[Outcome], statuses: Statuses) -> tuple[Breakdown, ...]:
    """Return the figures of each group (分组), none when the ledger has no groups."""
    return _broken_down(outcomes, statuses, lambda outcome: filter(None, (outcome.group,)), ())


def by_lead(outcomes: Sequence[Outcome], statuses: Statuses, order: Iterable[str] = ()) -> tuple[Breakdown, ...]:
    """Return the figures of each unit over the tasks it leads; every task counts once."""
    return _broken_down(outcomes, statuses, lambda outcome: filter(None, (outcome.lead,)), order)


def by_member(outcomes: Sequence[Outcome], statuses: Statuses, order: Iterable[str] = ()) -> tuple[Breakdown, ...]:
    """Return the figures of each unit over the tasks it takes part in without leading; those giving data do not."""
    return _broken_down(outcomes, statuses, lambda outcome: outcome.members, order)


def _broken_down(
    outcomes: Sequence[Outcome], statuses: Statuses, names_of: Callable[[Outcome], Iterable[str]], order: Iterable[str]
) -> tuple[Breakdown, ...]:
    of_name: dict[str, list[Outcome]] = {name: [] for name in order}
    for outcome in outcomes:
        for name in dict.fromkeys(names_of(outcome)):
            of_name.setdefault(name, []).append(outcome)
    return tuple(Breakdown(name, figures(own, statuses)) for name, own in of_name.items() if own)


def ranked(results: Sequence[Result], order: Iterable[str] = ()) -> tuple[RankedUnit, ...]:
    """Return the units of the last of `results`, best first; `results` are the year's periods so far.

    They are ranked by the share of the tasks they lead that are met, then by the share of periods reported in time.
    Units equal in both share a rank and stand in ledger order; the rank after them is skipped. Units that lead no task
    that counts stand last without a rank.
    """
    last = results[-1]
    leads = {b.name: b.figures for b in by_lead(last.outcomes, last.statuses, order)}
    members = {b.name: b.figures for b in by_member(last.outcomes, last.statuses, order)}
    states = {unit.unit: unit.label for unit in last.units}
    none = figures((), last.statuses)
    names = [n for n in dict.fromkeys((*order, *leads, *members, *states)) if n in leads or n in members or n in states]
    owed: dict[str, list[UnitPunctuality]] = {name: [] for name in names}
    for unit in (unit for result in results for unit in result.units if unit.unit in owed):
        owed[unit.unit].append(unit)

    def merit(name: str) -> tuple[Fraction, Fraction]:
        own = leads.get(name, none)
        return (Fraction(own.met, own.total) if own.total else Fraction(-1), _punctuality(owed[name]))

    merits = {name: merit(name) for name in names}
    best_first = sorted(names, key=lambda name: merits[name], reverse=True)
    places = {merits[name]: place for place, name in reversed(list(enumerate(best_first, 1)))}
    return tuple(
        RankedUnit(
            name=name,
            rank=places[merits[name]] if merits[name][0] >= 0 else 0,
            as_lead=leads.get(name, none),
            as_member=members.get(name, none),
            state=states.get(name, ""),
            on_time=sum(u.is_on_time for u in owed[name]),
            owed=len(owed[name]),
        )
        for name in best_first
    )


def _punctuality(owed: Sequence[UnitPunctuality]) -> Fraction:
    """Return the share of periods reported in time; a unit that owed nothing was never late."""
    return Fraction(sum(unit.is_on_time for unit in owed), len(owed)) if owed else Fraction(1)
