"""Reporting periods (期): a month, a quarter, a half-year or a year."""

from __future__ import annotations

import re

from msgspec import Struct

_QUARTERS = "一二三四"
_CODE = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])))?")
_LABEL = re.compile(r"(?:(\d{1,2})月份?|第([一二三四1-4])季度|([上下])半年|(全年))")


class Period(Struct, frozen=True, order=True):
    """A run of whole months, `first` to `last` (1–12), of one `year`."""

    year: int
    first: int
    last: int

    @classmethod
    def parse(cls, code: str) -> Period:
        """Return the period written as `2023-08`, `2023-Q3`, `2023-H1` or `2023`; ValueError for anything else."""
        match = _CODE.fullmatch(code.strip())
        if not match:
            raise ValueError(code)
        year, month, quarter, half = match.groups()
        if quarter:
            last = int(quarter) * 3
            return cls(int(year), last - 2, last)
        if half:
            last = int(half) * 6
            return cls(int(year), last - 5, last)
        if month:
            if not 1 <= int(month) <= 12:
                raise ValueError(code)
            return cls(int(year), int(month), int(month))
        return cls(int(year), 1, 12)

    @classmethod
    def from_label(cls, label: str, year: int) -> Period | None:
        """Return the period of `year` that `label` names (8月份, 第三季度, 上半年, 全年), None if it is no label."""
        match = _LABEL.fullmatch(label)
        if not match:
            return None
        month, quarter, half, _whole = match.groups()
        if month:
            return cls(year, int(month), int(month)) if 1 <= int(month) <= 12 else None
        if quarter:
            last = 3 * (_QUARTERS.index(quarter) + 1 if quarter in _QUARTERS else int(quarter))
            return cls(year, last - 2, last)
        if half:
            return cls(year, 1, 6) if half == "上" else cls(year, 7, 12)
        return cls(year, 1, 12)

    @property
    def months(self) -> int:
        return self.last - self.first + 1

    @property
    def code(self) -> str:
        """The period as it is written on the command line and in folder names."""
        if self.months == 1:
            return f"{self.year}-{self.last:02d}"
        if self.months == 3:
            return f"{self.year}-Q{self.last // 3}"
        if self.months == 6:
            return f"{self.year}-H{self.last // 6}"
        return str(self.year)

    @property
    def label(self) -> str:
        """The period as headings and titles name it: 8月份, 第三季度, 上半年, 全年."""
        if self.months == 1:
            return f"{self.last}月份"
        if self.months == 3:
            return f"第{_QUARTERS[self.last // 3 - 1]}季度"
        if self.months == 6:
            return "上半年" if self.first == 1 else "下半年"
        return "全年"

    @property
    def this(self) -> str:
        """How a text speaks of the running period: 本月, 本季度, 本期."""
        return {1: "本月", 3: "本季度"}.get(self.months, "本期")

    @property
    def no_target(self) -> str:
        """What is printed for a task that has no target: 本月无目标."""
        return f"{self.this}无目标"

    @property
    def next(self) -> Period | None:
        """The following period of the same length; None after the last one of a year, which has no next target."""
        if self.last == 12:
            return None
        return Period(self.year, self.last + 1, self.last + self.months)

    @property
    def previous(self) -> Period | None:
        """The period before of the same length; None before the first one of a year."""
        if self.first == 1:
            return None
        return Period(self.year, self.first - self.months, self.first - 1)

    def overlaps(self, start: Period | None, end: Period | None) -> bool:
        """Tell whether the period touches the time from `start` to `end`; None leaves that side open."""
        begins_after = end is not None and (self.year, self.first) > (end.year, end.last)
        ended_before = start is not None and (self.year, self.last) < (start.year, start.first)
        return not begins_after and not ended_before

    def __str__(self) -> str:
        return self.code
