"""The notice as a workbook: the template with its title, head and page, its prototype row once for each task."""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportgen.core.fields import MARKS, SEQ
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.layout import (
    NOTE,
    PERIOD,
    TITLE,
    Layout,
    TemplateText,
    filled,
    layout_of,
    placeholders_in,
    prototypes_among,
)
from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, max_lines, row_height_pt, split_to_height
from reportgen.core.notice import CONTINUED, Notice
from reportgen.core.text import without_control
from reportgen.writers.sheet import as_stored, put, saved

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.cell.rich_text import CellRichText
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

_RED = "FFFF0000"
_DRAFT = "草稿"
_MARKS = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_PAPER_MM = {8: (297, 420), 9: (210, 297), 11: (148, 210)}  # A3, A4, A5 by Excel's number, portrait
_PIXEL_PT = 0.75  # Excel keeps row heights in whole pixels
_MAX_BREAKS = 250  # line feeds that a cell may hold are 253


def notice_columns(template: bytes, name: str, allowed: Collection[str]) -> Layout:
    """Return the columns that a template prints; `allowed` are the keys of the fields that may be printed."""
    workbook = _opened(template, name)
    prototypes = _prototypes(workbook)
    rows = {(sheet.title, row) for sheet, row in prototypes}
    page = [
        TemplateText(text, Place(name, sheet.title, row, column))
        for sheet in workbook.worksheets
        for row, column, text in _texts(sheet)
        if (sheet.title, row) not in rows
    ]
    return layout_of(name, page, [_row_texts(sheet, row, name) for sheet, row in prototypes], allowed)


def write_notice_xlsx(
    template: bytes,
    name: str,
    notice: Notice,
    period_label: str,
    add_behind: Callable[[Workbook], None] = lambda _workbook: None,
) -> bytes:
    """Return the notice as an .xlsx; `add_behind` adds further sheets behind it.

    The template must have passed `notice_columns`.
    """
    workbook = _opened(template, name)
    ((sheet, prototype),) = _prototypes(workbook)
    values = {
        TITLE: without_control(notice.title),
        NOTE: without_control(notice.note) if notice.is_draft else "",
        PERIOD: period_label,
    }
    dropped = _fill_page(workbook, sheet, prototype, values)
    _fit_title(sheet, prototype)
    columns = _columns(sheet, prototype)
    least_pt = sheet.row_dimensions[prototype].height or 0.0
    room, first_room = _rooms(sheet, prototype, dropped)
    lines = [line for i, row in enumerate(notice.rows) for line in _lines(row, columns, room if i else first_room)]
    top = _make_room(sheet, prototype, dropped, len(lines))
    for number, line in enumerate(lines, top):
        _write_line(sheet, number, line, columns, least_pt)
    if notice.is_draft:
        _mark_draft(sheet)
    add_behind(workbook)
    return saved(workbook, notice.title)


def _opened(template: bytes, name: str) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():  # openpyxl warns of parts it does not keep
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(template))
    except (zipfile.BadZipFile, KeyError, ValueError, InvalidFileException, SyntaxError) as error:
        advice = "请在 Excel 或 WPS 中打开它，另存为 .xlsx；或从新建的工作区复制一份。"
        raise cannot_run(Code.T01, Place(name), reason="不是完好的 Excel 工作簿（.xlsx）", advice=advice) from error


# --- what the template says -----------------------------------------------------------------------------------------


def _texts(sheet: Worksheet) -> list[tuple[int, int, str]]:
    """Return the texts of a sheet as (row, column, text)."""
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return [(c.row, c.column, c.value) for c in cells if isinstance(c.value, str) and c.column]


def _prototypes(workbook: Workbook) -> list[tuple[Worksheet, int]]:
    """Return the rows that have a field's placeholder."""
    rows: dict[tuple[str, int], str] = {}
    for sheet in workbook.worksheets:
        for row, _column, text in _texts(sheet):
            rows[sheet.title, row] = f"{rows.get((sheet.title, row), '')}\n{text}"
    places = list(rows)
    return [(workbook[places[i][0]], places[i][1]) for i in prototypes_among(list(rows.values()))]


def _row_texts(sheet: Worksheet, row: int, name: str) -> list[TemplateText]:
    heads: dict[int, str] = {}
    for above, column, text in _texts(sheet):
        if above < row and not {TITLE, NOTE} & set(placeholders_in(text)):
            heads[column] = text
    texts = []
    for column in range(1, sheet.max_column + 1):
        value = sheet.cell(row, column).value
        text = "" if value is None else str(value)
        if text or column in heads:
            texts.append(TemplateText(text, Place(name, sheet.title, row, column), heads.get(column, "")))
    return texts


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the prototype row: its field ("" for none), its styles, and the room it has for text."""

    index: int
    key: str
    style: StyleArray
    red_style: StyleArray
    continued_style: StyleArray
    size_pt: float
    available_em: float
    is_wrapped: bool

    def lines(self, text: str) -> int:
        return count_lines(text, self.available_em) if self.is_wrapped else 1


def _columns(sheet: Worksheet, row: int) -> list[_Column]:
    spans = {r.min_col: r.max_col for r in sheet.merged_cells.ranges if r.min_row == r.max_row == row}
    hidden = {index for first, last in spans.items() for index in range(first + 1, last + 1)}
    columns = []
    for index in (index for index in range(1, sheet.max_column + 1) if index not in hidden):
        cell: Any = sheet.cell(row, index)
        units = sum(_units(sheet, at) for at in range(index, spans.get(index, index) + 1))
        names = placeholders_in(str(cell.value or ""))
        size_pt = float(cell.font.sz or 11)
        red, shrunk = copy(cell.font), copy(cell.alignment)
        red.color = _RED
        # （续） is wider than a column for numbers.
        shrunk.wrap_text, shrunk.shrink_to_fit = False, True
        columns.append(
            _Column(
                index=index,
                key=names[0] if names else "",
                style=copy(cell._style),
                red_style=_restyled(cell, "font", red),
                continued_style=_restyled(cell, "alignment", shrunk),
                size_pt=size_pt,
                available_em=available_em(units, size_pt),
                is_wrapped=bool(cell.alignment.wrap_text),
            )
        )
    return columns


def _restyled(cell: Any, part: str, new: object) -> StyleArray:
    """Return the cell's style with another `font` or `alignment`; the cell keeps its own."""
    own = copy(cell._style)
    setattr(cell, part, new)
    changed: StyleArray = cell._style
    cell._style = own
    return changed


def _units(sheet: Worksheet, column: int) -> float:
    """Return the width of a column; equal neighbours are stored as one range."""
    for dimension in sheet.column_dimensions.values():
        if (dimension.min or 0) <= column <= (dimension.max or 0):
            return float(dimension.width)
    return float(sheet.sheet_format.defaultColWidth or 8.43)


def _rooms(sheet: Worksheet, prototype: int, dropped: int) -> tuple[float, float]:
    """Return the greatest height of a row, and of the first, which shares its page with the title."""
    above = {row: sheet.row_dimensions[row].height or 15.0 for row in range(1, prototype) if row != dropped}
    titles = _row_span(sheet.print_title_rows)
    head = sum(height for row, height in above.items() if titles and titles[0] <= row <= titles[1])
    page = _page_pt(sheet)
    room = min(MAX_ROW_PT, page - head)
    first = min(MAX_ROW_PT, page - sum(above.values()))
    return room, first if first > room / 2 else room


def _row_span(rows: str | None) -> tuple[int, int] | None:
    numbers = [int(number) for number in re.findall(r"\d+", rows or "")]
    return (numbers[0], numbers[-1]) if numbers else None


def _page_pt(sheet: Worksheet) -> float:
    """Return the height of the printed page's body in the sheet's own points."""
    short, long = _PAPER_MM.get(int(sheet.page_setup.paperSize or 9), _PAPER_MM[9])
    is_landscape = sheet.page_setup.orientation == "landscape"
    width, height = (long, short) if is_landscape else (short, long)
    margins = sheet.page_margins
    body = height / 25.4 * 72 - (margins.top + margins.bottom) * 72
    scale = (sheet.page_setup.scale or 100) / 100
    if sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage:
        table = sum(_units(sheet, column) for column in range(1, sheet.max_column + 1)) * 6
        scale = min(1.0, (width / 25.4 * 72 - (margins.left + margins.right) * 72) / table)
    return body / scale


# --- the rows -------------------------------------------------------------------------------------------------------


def _fill_page(workbook: Workbook, sheet: Worksheet, prototype: int, values: Mapping[str, str]) -> int:
    """Fill the placeholders outside of the prototype row; return the row that comes to nothing, 0 for none."""
    emptied = 0
    for each in workbook.worksheets:
        for row, column, text in _texts(each):
            names = placeholders_in(text)
            if not names or (each is sheet and row == prototype):
                continue
            new = filled(text, values)
            put(each.cell(row, column), new)
            if NOTE in names and not new.strip() and each is sheet and row < prototype:
                emptied = row
    has_more = any(row == emptied and text.strip() for row, _column, text in _texts(sheet))
    return 0 if has_more else emptied


def _fit_title(sheet: Worksheet, prototype: int) -> None:
    """Let the rows above the head grow where their merged texts need more lines: no office program does it."""
    for cells in sheet.merged_cells.ranges:
        cell: Any = sheet.cell(cells.min_row, cells.min_col)
        if cells.min_row != cells.max_row or cells.max_row >= prototype or not cell.alignment.wrap_text:
            continue
        size_pt = float(cell.font.sz or 11)
        units = sum(_units(sheet, column) for column in range(cells.min_col, cells.max_col + 1))
        lines = count_lines(str(cell.value or ""), available_em(units, size_pt))
        own = sheet.row_dimensions[cells.min_row].height or 0.0
        if lines > 1:
            needed = math.ceil(row_height_pt(lines, size_pt) / _PIXEL_PT) * _PIXEL_PT
            sheet.row_dimensions[cells.min_row].height = min(MAX_ROW_PT, max(own, needed))


def _lines(row: Mapping[str, str], columns: Sequence[_Column], room: float) -> list[dict[str, str]]:
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


def _make_room(sheet: Worksheet, prototype: int, dropped: int, count: int) -> int:
    """Move what stands below the prototype row so that `count` rows take its place; return the first of them.

    Row `dropped` is taken out. openpyxl moves cells alone: what else hangs on rows follows here.
    """

    def moved(row: int) -> int:
        new = row - (1 if dropped and row > dropped else 0)
        return new + count - 1 if row > prototype else new

    heights = {row: d.height for row, d in sheet.row_dimensions.items() if d.height and row not in (dropped, prototype)}
    ranges = [copy(cells) for cells in sheet.merged_cells.ranges]
    for cells in ranges:
        sheet.unmerge_cells(cells.coord)
    if count > 1:
        sheet.insert_rows(prototype + 1, count - 1)
    elif not count:
        sheet.delete_rows(prototype)
    if dropped:
        sheet.delete_rows(dropped)
    sheet.row_dimensions.clear()
    for row, height in heights.items():
        sheet.row_dimensions[moved(row)].height = height
    for cells in ranges:
        if cells.min_row != dropped:
            is_of_row = cells.min_row == cells.max_row == prototype
            for step in range(count if is_of_row else 1):
                first, last = moved(cells.min_row) + step, moved(cells.max_row) + step
                sheet.merge_cells(None, first, cells.min_col, last, cells.max_col)
    _move_page_rows(sheet, moved)
    return moved(prototype)


def _move_page_rows(sheet: Worksheet, moved: Callable[[int], int]) -> None:
    """Let print titles, print area and frozen panes follow the rows."""
    titles = _row_span(sheet.print_title_rows)
    if titles:
        sheet.print_title_rows = f"{moved(titles[0])}:{moved(titles[1])}"
    if sheet.print_area:
        area = sheet.print_area.split("!")[-1].replace("$", "")
        sheet.print_area = re.sub(r"\d+$", str(sheet.max_row), area)
    if sheet.freeze_panes:
        sheet.freeze_panes = re.sub(r"\d+", lambda match: str(moved(int(match.group()))), sheet.freeze_panes)


def _write_line(
    sheet: Worksheet, number: int, line: Mapping[str, str], columns: Sequence[_Column], least_pt: float
) -> None:
    height = least_pt
    for column in columns:
        cell: Any = sheet.cell(number, column.index)
        text = line[column.key] if column.key else ""
        is_continued = column.key == SEQ and text == CONTINUED
        style = column.continued_style if is_continued else column.red_style if text in MARKS else column.style
        cell._style = copy(style)
        _put_text(cell, text, column)
        if not is_continued:
            height = max(height, row_height_pt(column.lines(text), column.size_pt))
    sheet.row_dimensions[number].height = min(MAX_ROW_PT, math.ceil(height / _PIXEL_PT) * _PIXEL_PT)


def _put_text(cell: Cell, text: str, column: _Column) -> None:
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
    return CellRichText([TextBlock(font(_RED if piece in MARKS else own.color), as_stored(piece)) for piece in pieces])


def _mark_draft(sheet: Worksheet) -> None:
    """Put 草稿 in red at the top of every page."""
    kinds: list[Any] = [sheet.oddHeader]
    if sheet.HeaderFooter.differentOddEven:
        kinds.append(sheet.evenHeader)
    if sheet.HeaderFooter.differentFirst:
        kinds.append(sheet.firstHeader)
    for header in kinds:
        centre = header.center
        centre.text = f"{_DRAFT} {centre.text}" if centre.text else _DRAFT
        centre.font, centre.size, centre.color = "黑体,常规", 14, "FF0000"
