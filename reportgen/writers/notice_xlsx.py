"""The notice as a workbook: the template with its title, head and page, its prototype row once for each task."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from reportgen.core.derived import GROUP
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.layout import (
    NOTE,
    PERIOD,
    TITLE,
    Layout,
    TemplateText,
    filled,
    is_group_row,
    layout_of,
    placeholders_in,
    prototypes_among,
)
from reportgen.core.lines import available_em, count_lines, row_height_pt
from reportgen.core.notice import Notice
from reportgen.core.text import without_control
from reportgen.writers.replace import zipped
from reportgen.writers.sheet import body_pt, put, row_span, saved_parts
from reportgen.writers.sheetparts import add_draft_mark, add_pictures
from reportgen.writers.sheetrows import default_heading, in_pixels, prototype_of, sheet_rows, units_of, write_rows

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_DRAFT = "草稿"
_RED = "FF0000"


def notice_columns(template: bytes, name: str, allowed: Collection[str]) -> Layout:
    """Return the columns that a template prints; `allowed` are the keys of the fields that may be printed."""
    workbook = _opened(template, name)
    prototypes = _prototypes(workbook)
    groups = _group_rows(prototypes)
    rows = {(sheet.title, row) for sheet, row in (*prototypes, *groups)}
    page = [
        TemplateText(text, Place(name, sheet.title, row, column))
        for sheet in workbook.worksheets
        for row, column, text in _texts(sheet)
        if (sheet.title, row) not in rows
    ]
    texts, group_texts = ([_row_texts(sheet, row, name) for sheet, row in some] for some in (prototypes, groups))
    return layout_of(name, page, texts, allowed, group_texts)


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
    ((sheet, prototype),) = prototypes = _prototypes(workbook)
    values = {
        TITLE: without_control(notice.title),
        NOTE: without_control(notice.note) if notice.is_draft else "",
        PERIOD: period_label,
    }
    own = prototype_of(sheet, prototype)
    group = next((row for _sheet, row in _group_rows(prototypes)), 0)
    heading = prototype_of(sheet, group) if group else default_heading(own, sheet, prototype)
    _repeat_head(sheet, min(prototype, group or prototype))
    dropped = {row for row in (_fill_page(workbook, sheet, (prototype, group), values), group) if row}
    _fit_title(sheet, prototype)
    room, first_room = rooms_of(sheet, prototype, dropped)
    rows = sheet_rows(own, heading, notice.rows, room, first_room)
    moved = _make_room(sheet, prototype, dropped, len(rows))
    write_rows(sheet, moved(prototype), rows, room, first_room)
    if notice.is_draft:
        _mark_draft(sheet)
    for each in workbook.worksheets:  # openpyxl keeps some pictures, on some machines: they all come from the template
        each._images, each._charts = [], []  # type: ignore[attr-defined]
    add_behind(workbook)
    parts = saved_parts(workbook, notice.title)
    add_pictures(parts, template, {sheet.title: moved})
    if notice.is_draft:
        add_draft_mark(parts, sheet.title, body_pt(sheet)[0])
    return zipped(parts)


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


def _group_rows(prototypes: Sequence[tuple[Worksheet, int]]) -> list[tuple[Worksheet, int]]:
    """Return the rows of the prototype's sheet that show how the heading of a group is printed."""
    return [
        (sheet, row)
        for sheet, prototype in prototypes
        for row in sorted({row for row, _column, text in _texts(sheet) if row != prototype and is_group_row(text)})
    ]


def _row_texts(sheet: Worksheet, row: int, name: str) -> list[TemplateText]:
    heads: dict[int, str] = {}
    for above, column, text in _texts(sheet):
        if above < row and not {TITLE, NOTE, GROUP} & set(placeholders_in(text)):
            heads[column] = text
    texts = []
    for column in range(1, sheet.max_column + 1):
        value = sheet.cell(row, column).value
        text = "" if value is None else str(value)
        if text or column in heads:
            texts.append(TemplateText(text, Place(name, sheet.title, row, column), heads.get(column, "")))
    return texts


def rooms_of(sheet: Worksheet, prototype: int, dropped: Collection[int]) -> tuple[float, float]:
    """Return the room for rows on a page, and on the first, which they share with the title."""
    above = {row: sheet.row_dimensions[row].height or 15.0 for row in range(1, prototype) if row not in dropped}
    titles = row_span(sheet.print_title_rows)
    head = sum(height for row, height in above.items() if titles and titles[0] <= row <= titles[1])
    page = _page_pt(sheet)
    room, first = page - head, page - sum(above.values())
    return room, first if first > room / 2 else room


def _repeat_head(sheet: Worksheet, below: int) -> None:
    """Let the row above row `below`, with those merged into it, stand on every page where the template has lost it."""
    if sheet.print_title_rows or below < 2:
        return
    over = [cells.min_row for cells in sheet.merged_cells.ranges if cells.min_row < below - 1 == cells.max_row]
    sheet.print_title_rows = f"{min([below - 1, *over])}:{below - 1}"


def _page_pt(sheet: Worksheet) -> float:
    """Return the height of the printed page's body in the sheet's own points."""
    width, body = body_pt(sheet)
    scale = (sheet.page_setup.scale or 100) / 100
    if sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage:
        table = sum(units_of(sheet, column) for column in range(1, sheet.max_column + 1)) * 6
        scale = min(1.0, width / table)
    return body / scale


# --- the rows -------------------------------------------------------------------------------------------------------


def _fill_page(workbook: Workbook, sheet: Worksheet, prototypes: tuple[int, int], values: Mapping[str, str]) -> int:
    """Fill the placeholders outside of the prototype rows; return the row that comes to nothing, 0 for none."""
    emptied = 0
    for each in workbook.worksheets:
        for row, column, text in _texts(each):
            names = placeholders_in(text)
            if not names or (each is sheet and row in prototypes):
                continue
            new = filled(text, values)
            put(each.cell(row, column), new)
            if NOTE in names and not new.strip() and each is sheet and row < prototypes[0]:
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
        units = sum(units_of(sheet, column) for column in range(cells.min_col, cells.max_col + 1))
        lines = count_lines(str(cell.value or ""), available_em(units, size_pt))
        own = sheet.row_dimensions[cells.min_row].height or 0.0
        if lines > 1:
            sheet.row_dimensions[cells.min_row].height = max(own, in_pixels(row_height_pt(lines, size_pt)))


def _make_room(sheet: Worksheet, prototype: int, dropped: Collection[int], count: int) -> Callable[[int], int]:
    """Move what stands below the prototype row so that `count` rows take its place; return where each row went.

    Rows `dropped` are taken out. openpyxl moves cells alone: what else hangs on rows follows here.
    """

    def moved(row: int) -> int:
        new = row - sum(1 for gone in dropped if gone < row)
        return new + count - 1 if row > prototype else new

    used = {*dropped, prototype}
    heights = {row: d.height for row, d in sheet.row_dimensions.items() if d.height and row not in used}
    ranges = [copy(cells) for cells in sheet.merged_cells.ranges]
    for cells in ranges:
        sheet.unmerge_cells(cells.coord)
    if count > 1:
        sheet.insert_rows(prototype + 1, count - 1)
    elif not count:
        sheet.delete_rows(prototype)
    for row in sorted(dropped, reverse=True):
        sheet.delete_rows(row if row < prototype else row + count - 1)
    sheet.row_dimensions.clear()
    for row, height in heights.items():
        sheet.row_dimensions[moved(row)].height = height
    for cells in ranges:
        if not used & set(range(cells.min_row, cells.max_row + 1)):
            sheet.merge_cells(None, moved(cells.min_row), cells.min_col, moved(cells.max_row), cells.max_col)
    _move_page_rows(sheet, moved)
    return moved


def _move_page_rows(sheet: Worksheet, moved: Callable[[int], int]) -> None:
    """Let print titles, print area and frozen panes follow the rows."""
    titles = row_span(sheet.print_title_rows)
    if titles:
        sheet.print_title_rows = f"{moved(titles[0])}:{moved(titles[1])}"
    if sheet.print_area:
        area = sheet.print_area.split("!")[-1].replace("$", "")
        sheet.print_area = re.sub(r"\d+$", str(sheet.max_row), area)
    if sheet.freeze_panes:
        sheet.freeze_panes = re.sub(r"\d+", lambda match: str(moved(int(match.group()))), sheet.freeze_panes)


def _mark_draft(sheet: Worksheet) -> None:
    """Put 草稿 in red at the top of every page and on the sheet's tab, and call for the picture behind the page."""
    sheet.sheet_properties.tabColor = f"FF{_RED}"
    kinds: list[Any] = [sheet.oddHeader]
    if sheet.HeaderFooter.differentOddEven:
        kinds.append(sheet.evenHeader)
    if sheet.HeaderFooter.differentFirst:
        kinds.append(sheet.firstHeader)
    for header in kinds:
        centre = header.center
        centre.text = f"{_DRAFT} {centre.text}" if centre.text else _DRAFT
        centre.font, centre.size, centre.color = "黑体,常规", 14, _RED
        if "&G" not in "".join(part.text or "" for part in (header.left, header.center, header.right)):
            header.right.text = f"{header.right.text or ''}&G"
