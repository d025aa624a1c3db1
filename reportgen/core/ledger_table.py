"""A sheet of the ledger as a table: its head found by the headings, its cells as texts with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from reportgen.core.fields import ANNUAL_TARGET
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.grid import ErrorValue, Formula, Grid, Value, text_of
from reportgen.core.ledger_columns import OWN_NOTES, Column, target_heading, target_period
from reportgen.core.period import Period
from reportgen.core.text import column_letters, fold, nearest, without_control

_HEAD_SEARCH_ROWS = 20  # title and note rows above the head are few


class Table(Struct, frozen=True):
    """A sheet whose columns are known: `columns` by key, `targets` by period, `found` what its reading has to tell."""

    grid: Grid
    head: int
    columns: Mapping[str, int]
    targets: Mapping[Period, int] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def rows(self) -> Iterator[TableRow]:
        """Yield each row below the head that has content in a known column."""
        known = {*self.columns.values(), *self.targets.values()}
        for number, cells in self.grid.rows():
            if number > self.head and any(text_of(cells[c]).strip() for c in known & cells.keys()):
                yield TableRow(self, number, cells)

    def check_readable(self) -> None:
        """Tell the cells of known columns that show an error, or a formula that was never calculated."""
        if self.grid.has_unreadable:
            for row in self.rows():
                row.check_readable()


class TableRow(Struct, frozen=True):
    """A row of a table, asked by column key; `cells` are its own, without what a merged cell shows in it."""

    table: Table
    number: int
    cells: Mapping[int, Value]

    def value(self, key: str | Period) -> Value | None:
        """Return what stands in a column; None for an empty cell, an absent column, a formula without a result."""
        return self._value_in(self._column(key))

    def _value_in(self, column: int) -> Value | None:
        value = self.cells.get(column)
        if value is None and self.table.grid.covered:
            value = self.table.grid.value(self.number, column)
        if isinstance(value, str):
            return value.strip() or None
        if isinstance(value, (Formula, ErrorValue)):
            return value.shown or None if isinstance(value, Formula) else None
        return value

    def text(self, key: str | Period) -> str:
        """Return the text in a column as printed, outer white space and control characters aside."""
        return self.text_in(self._column(key))

    def text_in(self, column: int) -> str:
        """Return the text in a column by its number, "" in none (0)."""
        value = self._value_in(column)
        return "" if value is None else without_control(text_of(value)).strip()

    def required(self, key: str) -> str:
        """Return the text in a column, and tell when there is none."""
        text = self.text(key)
        if not text and self._is_readable(key):
            self.tell(Code.L03, key)
        return text

    def place(self, key: str | Period = "") -> Place:
        return self.table.grid.place(self.number, self._column(key))

    def heading(self, key: str | Period) -> str:
        return " ".join(self.table.grid.text(self.table.head, self._column(key)).split())

    def tell(self, code: Code, key: str | Period, **values: object) -> None:
        """Note a finding at the cell of a column."""
        values = {"heading": self.heading(key), "advice": "", **values}
        self.table.found.append(Finding(code, self.place(key), values=values))

    def refuse(self, key: str | Period, value: str, reason: str, advice: str) -> None:
        """Note that a cell holds what it may not hold."""
        self.tell(Code.L04, key, value=shortened(value), reason=reason, advice=advice)

    def check_readable(self) -> None:
        wanted: list[str | Period] = [*self.table.columns, *self.table.targets]
        for key in wanted:
            if not self._is_readable(key):
                shown = self.table.grid.text(self.number, self._column(key))
                reason = "是错误值。" if shown else "是公式，读不到结果。"
                advice = "请改为文字（复制后选择性粘贴为数值）。"
                self.refuse(key, shown or "=…", reason, advice)

    def _is_readable(self, key: str | Period) -> bool:
        column = self._column(key)
        value = self.table.grid.value(self.number, column) if column else None
        return not isinstance(value, ErrorValue) and not (isinstance(value, Formula) and not value.shown)

    def _column(self, key: str | Period) -> int:
        return self.table.targets.get(key, 0) if isinstance(key, Period) else self.table.columns.get(key, 0)


def find_table(grid: Grid, columns: Sequence[Column], year: int) -> tuple[Table | None, tuple[Finding, ...]]:
    """Return the sheet as a table, its head the row with the most known headings; None when a needed column lacks."""
    head = _head_row(grid, columns)
    rows = dict(grid.rows())
    headings = {column: text for column, value in rows.get(head, {}).items() if (text := text_of(value)).strip()}
    known: dict[str, int] = {}
    targets: dict[Period, int] = {}
    unknown: dict[int, str] = {}
    found: list[Finding] = []
    for number, heading in headings.items():
        key = _key_of(heading, columns)
        period = target_period(heading, year) if _takes_targets(columns) and not key else None
        earlier = known.get(key) if key else targets.get(period) if period else None
        if earlier:
            values = {"heading": "表头", "value": heading, "other": grid.place(head, earlier).cell}
            found.append(Finding(Code.L06, grid.place(head, number), values=values))
        elif key:
            known[key] = number
        elif period:
            targets[period] = number
        elif fold(heading) not in OWN_NOTES:
            unknown[number] = heading
    missing = [c for c in columns if c.needed and c.key not in known]
    found += [_missing(grid, head, column, unknown.values()) for column in missing]
    found += [_unknown(grid, head, number, text, columns, year) for number, text in unknown.items()]
    found += _without_heading(grid, head, headings)
    table = Table(grid, head, known, dict(sorted(targets.items())))
    return (None if missing else table), tuple(found)


def _takes_targets(columns: Sequence[Column]) -> bool:
    """Tell whether the columns are those of sheet 任务, which has target columns beside them."""
    return any(column.key == ANNUAL_TARGET for column in columns)


def _head_row(grid: Grid, columns: Sequence[Column]) -> int:
    best, best_hits = 1, 0
    for index, (number, cells) in enumerate(grid.rows()):
        hits = len({_key_of(text_of(v), columns) for v in cells.values()} - {""})
        if hits > best_hits:
            best, best_hits = number, hits
        if index >= _HEAD_SEARCH_ROWS:
            break
    return best


def _key_of(heading: str, columns: Sequence[Column]) -> str:
    wanted = fold(heading)
    return next((c.key for c in columns if wanted in map(fold, c.names)), "")


def _missing(grid: Grid, head: int, column: Column, unknown: Iterable[str]) -> Finding:
    like = nearest(column.heading, unknown)
    advice = f"表头“{like}”是不是它？请改为“{column.heading}”。" if like else f"请补一列，表头写“{column.heading}”。"
    values = {"heading": column.heading, "advice": advice}
    return Finding(Code.L02, Place(grid.file, grid.sheet, head), values=values)


def _unknown(grid: Grid, head: int, number: int, text: str, columns: Sequence[Column], year: int) -> Finding:
    names = [name for column in columns for name in column.names]
    if _takes_targets(columns):
        names += [target_heading(Period(year, month, month)) for month in range(1, 13)]
    like = nearest(text, names)
    advice = f"是不是“{like}”？是的话请改表头。" if like else "自己留作记录的，可以不管；表头写“备注”的不再提示。"
    values = {"heading": " ".join(text.split()), "advice": advice}
    return Finding(Code.L07, grid.place(head, number), values=values)


def _without_heading(grid: Grid, head: int, headings: Mapping[int, str]) -> list[Finding]:
    """Return a finding for each column that has content under an empty head cell."""
    first: dict[int, int] = {}
    for row, values in grid.rows():
        for column in values.keys() - headings.keys() - first.keys() if row > head else ():
            if text_of(values[column]).strip():
                first[column] = row
    return [
        Finding(
            Code.L07,
            grid.place(row, column),
            values={"heading": f"{column_letters(column)}（没有表头）", "advice": "请补上表头，或删去这一列的内容。"},
        )
        for column, row in sorted(first.items())
    ]
