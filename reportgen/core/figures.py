"""Counts and percentages; every figure that is printed anywhere comes from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from reportgen.core.fields import UNREPORTED, StatusClass, Statuses
from reportgen.core.notice import Row


@dataclass(frozen=True, slots=True)
class Figures:
    """`by_status` counts the rows of each status in the settings' order, 未报送 last and only when there are any.

    `total` is their sum without excluded statuses, which `left_out` counts by name; rows without a target or a status
    yet are counted apart.
    """

    total: int
    by_status: tuple[tuple[str, int], ...]
    excluded: int
    without_target: int
    open: int
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def counted(self) -> tuple[tuple[str, int], ...]:
        """The statuses that `total` is the sum of."""
        return tuple(one for one in self.by_status if one not in self.left_out)


def percent(count: int, total: int) -> str:
    """Return `count` of `total` in percent, rounded half up to two decimals on its own: 105 of 124 → 84.68%."""
    share = Decimal(count * 100) / Decimal(total) if total else Decimal(0)
    return f"{share.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def figures(rows: Sequence[Row], statuses: Statuses) -> Figures:
    """Return the counts of `rows`."""
    with_target = [row for row in rows if row.has_target]
    names = [*statuses.names, UNREPORTED]
    counts = {name: sum(row.status == name for row in with_target) for name in names}
    left_out = tuple((name, n) for name, n in counts.items() if statuses.kind_of(name) is StatusClass.EXCLUDED)
    excluded = sum(n for _name, n in left_out)
    shown = tuple((name, n) for name, n in counts.items() if name != UNREPORTED or n)
    return Figures(
        total=sum(counts.values()) - excluded,
        by_status=shown,
        excluded=excluded,
        without_target=len(rows) - len(with_target),
        open=len(with_target) - sum(counts.values()),
        left_out=left_out,
    )
