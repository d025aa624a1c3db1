"""What stands in a return beside its table: every text that is neither an answer nor the form's own is told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from reportgen.core.findings import Code, Place, shortened
from reportgen.core.grid import Book, Grid, Kind, text_of
from reportgen.core.limits import MAX_TOLD_ONE_BY_ONE
from reportgen.core.reading import Context, Reading
from reportgen.core.returned_table import Table, is_meta, is_paragraph, opens_information
from reportgen.core.stamp import row_mark_of
from reportgen.core.text import fold, squeeze

_SEPARATORS = re.compile(r"[\n、]")
_LONGEST_OF_FORM = 5_000


def tell_beside(
    book: Book, tables: Sequence[Table], answered: Collection[Place], context: Context, reading: Reading
) -> None:
    """Tell each text of the visible sheets that is neither the form's own nor in a table, and those in no cell.

    `answered` are the places of the words around the tables, which are read elsewhere.
    """
    by_grid: dict[int, Table] = {}
    for table in tables:  # of several on one sheet the first, as they follow each other
        first = by_grid.setdefault(id(table.grid), table)
        by_grid[id(table.grid)] = min(first, table, key=lambda one: one.head)
    grids = {id(grid): grid for grid in (*book.visible, *(table.grid for table in tables))}
    for grid in grids.values():
        told = 0
        for place, text in _beside(grid, by_grid.get(id(grid)), context):
            if place in answered:
                continue
            told += 1
            if told <= MAX_TOLD_ONE_BY_ONE:
                reading.tell(Code.R06, place, text=shortened(text))
        if told > MAX_TOLD_ONE_BY_ONE:
            count = told - MAX_TOLD_ONE_BY_ONE
            reading.tell(Code.R13, Place(grid.file, grid.sheet), sheet=grid.sheet or grid.file, count=count)
    for aside in book.asides:
        if _is_of_the_form(aside.text, context) or (is_paragraph(aside) and is_meta(aside.text)):
            continue
        if aside.kind is Kind.MARGIN and context.ledger.unit_named(aside.text):
            continue  # as the form itself prints it
        code = Code.R10 if aside.kind is Kind.COMMENT else Code.R14
        reading.tell(code, aside.place, kind=aside.kind.value, text=shortened(aside.text))


def _beside(grid: Grid, table: Table | None, context: Context) -> Iterator[tuple[Place, str]]:
    """Yield the texts of a sheet that are not the form's, rows of its table left out: they are told where read."""
    informs = False
    for row, values in grid.rows():
        if table is not None and row >= table.head:
            opens = row > table.last_head and opens_information(values)
            informs |= opens
            if not informs or opens:
                continue
        for column, value in values.items():
            text = text_of(value).strip()
            if text and not _is_of_the_form(text, context, informs) and row_mark_of((value,)) is None:
                yield grid.place(row, column), text


def _is_of_the_form(text: str, context: Context, informs: bool = False) -> bool:
    """Tell whether the form prints `text` by itself; with `informs`, in its block of tasks without an answer."""
    return len(text) <= _LONGEST_OF_FORM and _is_printed(text, context, informs)


@lru_cache(maxsize=1024)  # most texts are those of the form, in every return the same
def _is_printed(text: str, context: Context, informs: bool) -> bool:
    plain = squeeze(text)
    if is_meta(text) or plain == squeeze(context.form_title) or context.form_texts.knows(text):
        return True
    known = context.informational
    return informs and (fold(text) in known or all(fold(line) in known for line in _SEPARATORS.split(text)))
