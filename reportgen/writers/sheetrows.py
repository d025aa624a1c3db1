"""The rows of the notice in Excel: the prototype row once for each task, higher ones over several, groups headed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from reportgen.core.derived import GROUP, LIGHT, LIGHT_COLORS
from reportgen.core.fields import ANNUAL_TARGET, MARKS, SEQ
from reportgen.core.layout import asks_to_merge, placeholders_in
from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, max_lines, row_height_pt, split_to_height
from reportgen.core.notice import CONTINUED, group_headings
from reportgen.core.pages import Line, page_starts, runs
from reportgen.core.text import without_control
from reportgen.writers.sheet import as_stored, merge_cells, put, styled_cell

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.cell.rich_text import CellRichText
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

_RED = "FF0000"
_MARKS = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_PIXEL_PT = 0.75  # Excel keeps row heights in whole pixels
_MAX_BREAKS = 250  # line feeds that a cell may hold are 253
# Printers differ in the height of a row; where pages are broken by hand a page that is full to the last point would
# leave a row to a page of its own.
_FILLED = 0.97


class Column(Struct, frozen=True):
    """A column of a prototype row: its field ("" for none), its styles, and the room it has for text.

    `span_styles` are those of the cells merged into it to its right.
    """

    index: int
    key: str
    style: StyleArray
    colored_styles: Mapping[str, StyleArray]
    continued_style: StyleArray
    size_pt: float
    available_em: float
    is_wrapped: bool
    is_merged: bool = False
    span_styles: tuple[StyleArray, ...] = ()

    def lines(self, text: str) -> int:
        return count_lines(text, self.available_em) if self.is_wrapped else 1

    def height_pt(self, text: str) -> float:
        return row_height_pt(self.lines(text), self.size_pt)


class Prototype(Struct, frozen=True):
    """A row of the template: its columns and its own height, below which none of its copies goes."""

    columns: tuple[Column, ...]
    least_pt: float


class SheetRow(Struct, frozen=True):
    """A row of the sheet to be: the texts of its columns by field."""

    prototype: Prototype
    texts: Mapping[str, str]
    is_heading: bool = False
    is_continued: bool = False
    goes_on: bool = False

    @property
    def needed_pt(self) -> float:
        """The height that every text of its own has room in."""
        return self.height_pt({column.index for column in self.prototype.columns})

    def height_pt(self, indexes: set[int]) -> float:
        """Return the height that the texts in some of the columns need."""
        heights = [
            column.height_pt(self.text(column))
            for column in self.prototype.columns
            if column.index in indexes and not self.is_mark(column)
        ]
        return max([self.prototype.least_pt, *heights])

    def text(self, column: Column) -> str:
        return self.texts.get(column.key, "") if column.key else ""

    def is_mark(self, column: Column) -> bool:
        """Tell whether a cell says （续）, which shrinks to its column."""
        return self.is_continued and column.key == SEQ


def prototype_of(sheet: Worksheet, row: int) -> Prototype:
    """Return what row `row` of a template says of the rows that are made like it."""
    spans = {r.min_col: r.max_col for r in sheet.merged_cells.ranges if r.min_row == r.max_row == row}
    hidden = {index for first, last in spans.items() for index in range(first + 1, last + 1)}
    shown = [index for index in range(1, sheet.max_column + 1) if index not in hidden]
    columns = tuple(_column(sheet, row, index, spans.get(index, index)) for index in shown)
    return Prototype(columns, sheet.row_dimensions[row].height or 0.0)


def _column(sheet: Worksheet, row: int, index: int, last: int) -> Column:
    cell: Any = sheet.cell(row, index)
    text = str(cell.value or "")
    key = next(iter(placeholders_in(text)), "")
    size_pt = float(cell.font.sz or 11)
    shrunk = copy(cell.alignment)
    # （续） is wider than a column for numbers.
    shrunk.wrap_text, shrunk.shrink_to_fit = False, True
    colors = LIGHT_COLORS if key == LIGHT else dict.fromkeys(MARKS, _RED)
    return Column(
        index=index,
        key=key,
        style=copy(cell._style),
        colored_styles={words: _colored(cell, color) for words, color in colors.items()},
        continued_style=_restyled(cell, "alignment", shrunk),
        size_pt=size_pt,
        available_em=available_em(sum(units_of(sheet, at) for at in range(index, last + 1)), size_pt),
        is_wrapped=bool(cell.alignment.wrap_text),
        is_merged=asks_to_merge(text),
        span_styles=tuple(copy(sheet.cell(row, at)._style) for at in range(index + 1, last + 1)),  # type: ignore[union-attr]
    )


def default_heading(prototype: Prototype, sheet: Worksheet, row: int) -> Prototype:
    """Return the row for the heading of a group where the template has none: bold, over all columns.

    `row` is the prototype's.
    """
    columns = prototype.columns
    like = next((column for column in columns if column.key == ANNUAL_TARGET), columns[0])
    cell: Any = sheet.cell(row, like.index)
    bold = copy(cell.font)
    bold.b = True
    styles = [style for column in columns for style in (column.style, *column.span_styles)]
    first, last = columns[0].index, columns[0].index + len(styles) - 1
    units = sum(units_of(sheet, at) for at in range(first, last + 1))
    style = _restyled(cell, "font", bold)
    heading = Column(
        index=first,
        key=GROUP,
        style=style,
        colored_styles={},
        continued_style=style,
        size_pt=like.size_pt,
        available_em=available_em(units, like.size_pt),
        is_wrapped=True,
        span_styles=tuple(styles[1:]),
    )
    return Prototype((heading,), 0.0)


def _colored(cell: Any, rgb: str) -> StyleArray:
    font = copy(cell.font)
    font.color = f"FF{rgb}"
    return _restyled(cell, "font", font)


def _restyled(cell: Any, part: str, new: object) -> StyleArray:
    """Return the cell's style with another `font` or `alignment`; the cell keeps its own."""
    own = copy(cell._style)
    setattr(cell, part, new)
    changed: StyleArray = cell._style
    cell._style = own
    return changed


def units_of(sheet: Worksheet, column: int) -> float:
    """Return the width of a column; equal neighbours are stored as one range."""
    for dimension in sheet.column_dimensions.values():
        if (dimension.min or 0) <= column <= (dimension.max or 0):
            return float(dimension.width)
    return float(sheet.sheet_format.defaultColWidth or 8.43)


def sheet_rows(
    prototype: Prototype,
    heading: Prototype,
    rows: Sequence[Mapping[str, str]],
    room: float,
    first_room: float,
) -> list[SheetRow]:
    """Return the rows that the sheet gets for `rows`; none is higher than its page or the cap.

    `room` is what a page has for rows, `first_room` the first one.
    """
    made: list[SheetRow] = []
    headings = group_headings(rows, [column.key for column in prototype.columns])
    for title, row in zip(headings, rows, strict=True):
        own_room = room if made else first_room
        if title:
            made.append(SheetRow(heading, {GROUP: without_control(title)}, is_heading=True))
            own_room = min(own_room, (room if made[:-1] else first_room) - made[-1].needed_pt)
        pieces = _pieces(row, prototype.columns, min(own_room, MAX_ROW_PT))
        made += [
            SheetRow(prototype, texts, is_continued=number > 0, goes_on=number < len(pieces) - 1)
            for number, texts in enumerate(pieces)
        ]
    return made


def _pieces(row: Mapping[str, str], columns: Sequence[Column], room: float) -> list[dict[str, str]]:
    """Return the texts of the sheet rows that a row of the notice takes: more than one where it is too high."""
    pieces: dict[str, tuple[str, ...]] = {}
    for column in columns:
        text = without_control(row.get(column.key, ""))
        limit = min(max_lines(room, column.size_pt), _MAX_BREAKS)
        pieces[column.key] = split_to_height(text, column.available_em, limit) if column.is_wrapped else (text,)
    count = max(map(len, pieces.values()))
    lines = [{key: texts[i] if i < len(texts) else "" for key, texts in pieces.items()} for i in range(count)]
    for line in lines[1:]:
        line[SEQ] = CONTINUED
    return lines


def write_rows(sheet: Worksheet, top: int, rows: Sequence[SheetRow], room: float, first_room: float) -> None:
    """Write the rows from row `top` on: texts, heights, equal neighbours as one cell where the template asks for it.

    Where cells reach over rows or headings stand above them, pages are broken by hand: a cell never crosses a page, a
    heading is never its last row.
    """
    heights = [row.needed_pt for row in rows]
    starts: tuple[int, ...] = ()
    columns = next((row.prototype.columns for row in rows if not row.is_heading), ())
    merged = [column for column in columns if column.is_merged]
    if merged or any(row.is_heading for row in rows):
        lines = [Line(height, row.is_heading) for height, row in zip(heights, rows, strict=True)]
        starts = page_starts(lines, room * _FILLED, first_room * _FILLED)
    spans = {column.index: _spans(rows, column, starts) for column in merged}
    _grow(rows, heights, spans)
    firsts = {(first, index) for index, found in spans.items() for first, _last in found}
    below = {(number, index) for index, found in spans.items() for a, b in found for number in range(a + 1, b + 1)}
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        for column in row.prototype.columns:
            _write_cell(sheet, top + number, row, column, is_below=(number, column.index) in below)
            if column.span_styles and (number, column.index) not in firsts | below:
                right = column.index + len(column.span_styles)
                merge_cells(sheet, top + number, top + number, column.index, right)
        sheet.row_dimensions[top + number].height = in_pixels(height)
    for column in merged:
        for first, last in spans[column.index]:
            right = column.index + len(column.span_styles)
            merge_cells(sheet, top + first, top + last, column.index, right)
    _break_pages(sheet, [top + start for start in starts])


def in_pixels(height_pt: float) -> float:
    """Return the height that a row gets to have `height_pt`: whole pixels, and no more than Excel's cap."""
    return min(MAX_ROW_PT, math.ceil(height_pt / _PIXEL_PT) * _PIXEL_PT)


def _spans(rows: Sequence[SheetRow], column: Column, starts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return the runs of rows in which a column shows one cell."""
    breaks = set(starts)
    for number, row in enumerate(rows):
        if row.is_heading or row.goes_on or row.is_continued:
            breaks |= {number, number + 1}
    return runs([row.text(column) for row in rows], breaks)


def _grow(rows: Sequence[SheetRow], heights: list[float], spans: Mapping[int, Sequence[tuple[int, int]]]) -> None:
    """Lower the rows whose merged cells have room in the rows together; the last of them takes what is lacking."""
    within: dict[int, set[int]] = {}
    for index, found in spans.items():
        for first, last in found:
            for number in range(first, last + 1):
                within.setdefault(number, set()).add(index)
    for number, merged in within.items():
        others = {column.index for column in rows[number].prototype.columns} - merged
        heights[number] = rows[number].height_pt(others)
    for index, found in spans.items():
        for first, last in found:
            lacking = rows[first].height_pt({index}) - sum(heights[first : last + 1])
            heights[last] += max(lacking, 0.0)


def _break_pages(sheet: Worksheet, starts: Sequence[int]) -> None:
    """Break pages before some rows. Where the sheet is fitted to a number of pages the programs pass over breaks."""
    from openpyxl.worksheet.pagebreak import Break

    for row in starts:
        sheet.row_breaks.append(Break(id=row - 1))
    if starts:
        sheet.page_setup.fitToHeight = 0  # as many as it takes


def _write_cell(sheet: Worksheet, number: int, row: SheetRow, column: Column, is_below: bool) -> None:
    text = "" if is_below else row.text(column)
    plain = column.continued_style if row.is_mark(column) else column.style
    cell = styled_cell(sheet, number, column.index, column.colored_styles.get(text, plain))
    _put_text(cell, text, column)
    for offset, style in enumerate(column.span_styles, 1):
        beside = styled_cell(sheet, number, column.index + offset, style)
        if beside.value is not None:  # the first row stands where the prototype's placeholders stood
            beside.value = None


def _put_text(cell: Cell, text: str, column: Column) -> None:
    """Write a text, its marks in red; a 序号 as a number, which Excel would flag as a text."""
    if not text:
        cell.value = None
    elif column.key == SEQ and text.isascii() and text.isdigit() and str(int(text)) == text:
        cell.value = int(text)
    elif text in MARKS or not _MARKS.search(text):
        put(cell, text)
    else:
        cell.value = _with_red_marks(cell, text)


def _with_red_marks(cell: Cell, text: str) -> CellRichText:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    own = cell.font

    def font(color: Any) -> InlineFont:
        return InlineFont(rFont=own.name, charset=own.charset, b=own.b, i=own.i, u=own.u, sz=own.sz, color=color)

    pieces = (piece for piece in _MARKS.split(text) if piece)
    return CellRichText(
        [TextBlock(font(f"FF{_RED}" if piece in MARKS else own.color), as_stored(piece)) for piece in pieces]
    )
