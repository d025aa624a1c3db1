"""What a sheet or a table of a document looks like to the rest of the program: texts at places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from operator import itemgetter

from msgspec import Struct, field

from reportgen.core.findings import Place
from reportgen.core.numberformats import general


class Formula(Struct, frozen=True):
    """A cell that holds a formula; `shown` is the value its program last computed, never computed here."""

    shown: str


class ErrorValue(Struct, frozen=True):
    """A cell that shows an error such as #REF!."""

    shown: str


class Shown(Struct, frozen=True):
    """A number or date whose cell shows it in a form of its own: 0.125 as 12.5%."""

    value: float | date | datetime
    text: str


Value = str | int | float | bool | date | datetime | Formula | ErrorValue | Shown


class Grid(Struct, frozen=True, dict=True):  # dict for the rows, made when first asked for
    """The cells of one sheet (or of one table of a document), empty ones left out.

    `cells` maps (row, column), both from 1 and as the office program shows them, to a value. `covered` maps each
    cell that a merged range hides to the first cell of that range.
    """

    file: str
    sheet: str
    cells: Mapping[tuple[int, int], Value]
    covered: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: bool = False

    def place(self, row: int, column: int) -> Place:
        return Place(self.file, self.sheet, row, column)

    def value(self, row: int, column: int) -> Value | None:
        """Return what stands in a cell, for a cell inside a merged range what the range shows."""
        value = self.cells.get((row, column))
        if value is None and (origin := self.covered.get((row, column))):
            return self.cells.get(origin)
        return value

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, "" for an empty one."""
        value = self.value(row, column)
        return "" if value is None else text_of(value)

    def rows(self) -> Iterable[tuple[int, dict[int, Value]]]:
        """Return each row that has content, in order, as (row, {column: value}) without merged-over cells."""
        return self._by_row.items()

    @cached_property
    def has_unreadable(self) -> bool:
        """Tell whether any cell holds an error value or a formula."""
        return any(isinstance(value, (ErrorValue, Formula)) for value in self.cells.values())

    @cached_property
    def _by_row(self) -> dict[int, dict[int, Value]]:
        by_row: dict[int, dict[int, Value]] = {}
        for (row, column), value in sorted(self.cells.items(), key=_place_of):
            by_row.setdefault(row, {})[column] = value
        return by_row


_place_of = itemgetter(0)


def text_of(value: Value) -> str:
    """Return a value as the unit would have read it on its screen: 3.0 as 3, a date as 2023-08-31."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return general(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if (value.hour, value.minute) == (0, 0) else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Formula, ErrorValue)):
        return value.shown
    if isinstance(value, Shown):
        return value.text
    return str(value)


class Kind(Enum):
    """What a text is that stands in no cell."""

    COMMENT = "批注"
    DRAWING = "文本框或图形"
    PARAGRAPH = "表格外的段落"
    MARGIN = "页眉页脚"
    FOOTNOTE = "脚注"


class Aside(Struct, frozen=True):
    """A text of a file that stands in no cell of it, at the cell or sheet it belongs to."""

    kind: Kind
    place: Place
    text: str


class Book(Struct, frozen=True):
    """A workbook (or the tables of a document) as read: its grids in order, its custom properties, other texts."""

    file: str
    grids: tuple[Grid, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()

    @property
    def visible(self) -> tuple[Grid, ...]:
        return tuple(grid for grid in self.grids if not grid.hidden)
