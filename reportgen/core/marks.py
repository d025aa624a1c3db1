"""The marks on a workbook that goes back to its unit (退回): their words, and how a reader looks past them.

A marked workbook is corrected and returned as it is. So the reader must know the marks: each text of theirs is kept on
the hidden sheet that carries the identity. Where a program has dropped that sheet, they are known by their looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core.fields import Fields
from reportgen.core.findings import Finding, Severity
from reportgen.core.grid import Aside, Book, Grid, Kind, Value, text_of
from reportgen.core.stamp import SHEET as CARRIER
from reportgen.core.text import squeeze

SHEET = "需要修改的内容"
COLUMN = "问题"
_OTHER_COLUMN = "核查问题"  # where the settings have a field that is called 问题
COMMENT_OPENING = "【核查意见】"
LABELS: Mapping[Severity, str] = {Severity.ERROR: "【须改正】", Severity.WARNING: "【请核实】"}
# The first cell of a row of the hidden sheet says what the row keeps.
TEXT_KEY = "mark"
COLUMN_KEY = "column"
LOOK_KEY = "look"


def column_heading(fields: Fields) -> str:
    """Return the heading of the column that marks add, one that no field has."""
    return COLUMN if fields.by_heading(COLUMN) is None else _OTHER_COLUMN


def mark_line(finding: Finding) -> str:
    """Return what a cell's comment and its row's 问题 say of a finding."""
    return f"{LABELS[finding.severity]}{finding.message}{finding.advice_to_unit}"


def without_comment(text: str) -> str:
    """Return what a person wrote in a cell's comment before the marks were added."""
    return text.partition(COMMENT_OPENING)[0].rstrip()


class _Kept(Struct, frozen=True):
    """What the hidden sheet keeps of the marks: their texts and the heading of the column; nothing where it is gone."""

    texts: frozenset[str]
    heading: str

    @classmethod
    def of(cls, book: Book) -> _Kept:
        carriers = [grid for grid in book.grids if grid.sheet == CARRIER]
        rows = [(grid.text(row, 1), squeeze(grid.text(row, 2))) for grid in carriers for row, _values in grid.rows()]
        heading = next((text for key, text in rows if key == COLUMN_KEY), "")
        return cls(frozenset(text for key, text in rows if key == TEXT_KEY), heading)

    def knows(self, value: Value) -> bool:
        """Tell whether a cell of the column is a mark: one that is kept, else what looks like one."""
        text = text_of(value)
        if self.texts:
            return squeeze(text) in self.texts
        return all(line.startswith(tuple(LABELS.values())) for line in text.splitlines())


def without_marks(book: Book) -> Book:
    """Return the workbook as its unit filled it; what was typed into the marks by the unit stays."""
    book = replace(book, asides=tuple(filter(None, map(_unmarked_aside, book.asides))))
    kept = _Kept.of(book)
    if not kept.texts and not any(map(_is_list, book.grids)):
        return book
    return replace(book, grids=tuple(_unmarked(grid, kept) for grid in book.grids))


def _unmarked_aside(aside: Aside) -> Aside | None:
    own = without_comment(aside.text) if aside.kind is Kind.COMMENT else aside.text
    return replace(aside, text=own) if own else None


def _is_list(grid: Grid) -> bool:
    """Tell whether a sheet is the list of what is to be changed, whatever a program has named it."""
    return squeeze(grid.text(1, 1)) == SHEET


def _unmarked(grid: Grid, kept: _Kept) -> Grid:
    if grid.sheet == CARRIER:
        return grid
    marks: set[tuple[int, int]] = set()
    if _is_list(grid):
        marks = {at for at, value in grid.cells.items() if not kept.texts or kept.knows(value)}
    else:
        for (row, column), value in grid.cells.items():
            if isinstance(value, str) and squeeze(value) in (COLUMN, _OTHER_COLUMN):
                marks |= _cells_of_column(grid, row, column, kept)
    return replace(grid, cells={at: value for at, value in grid.cells.items() if at not in marks}) if marks else grid


def _cells_of_column(grid: Grid, head: int, column: int, kept: _Kept) -> set[tuple[int, int]]:
    """Return the cells of the column under a heading that are marks; the heading is one when nothing else is left."""
    below = {at: value for at, value in grid.cells.items() if at[1] == column and at[0] > head}
    marks = {at for at, value in below.items() if kept.knows(value)}
    is_added = squeeze(grid.text(head, column)) == kept.heading if kept.heading else bool(marks)
    return marks | ({(head, column)} if is_added and len(marks) == len(below) else set())
