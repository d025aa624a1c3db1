"""Shared by the workbook writers: saving with fixed bytes, texts that stay texts, plain tables for the office."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING

from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, row_height_pt
from reportgen.core.text import without_control
from reportgen.writers.replace import parts_of, zipped

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

SONG = "宋体"
HEI = "黑体"
TEXT_SIZE = 12.0
MAX_CELL_CHARS = 32767
INPUT_FILL = "FFFDF2D0"  # the one light colour of cells that a person fills
HEAD_FILL = "FFE7ECF3"
RED = "FFC00000"
_FORMULA_STARTS = ("=", "+", "-", "@")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def new_workbook() -> Workbook:
    """Return an empty workbook whose Normal font is 宋体 12, so that one column unit is 6.0 pt everywhere."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    # openpyxl makes Calibri 11 the Normal font; widths would then differ between Excel, WPS and LibreOffice.
    workbook._fonts[0] = Font(name=SONG, size=TEXT_SIZE, charset=134)  # type: ignore[attr-defined]
    workbook._named_styles["Normal"].font = Font(name=SONG, size=TEXT_SIZE, charset=134)  # type: ignore[attr-defined]
    return workbook


def saved(workbook: Workbook, title: str = "") -> bytes:
    """Return the workbook as bytes that depend on its content alone."""
    moment = datetime(2000, 1, 1)
    properties = workbook.properties
    properties.creator, properties.lastModifiedBy = "reportgen", "reportgen"
    properties.created = properties.modified = moment
    properties.title = title or None
    buffer = io.BytesIO()
    workbook.save(buffer)
    return _with_fixed_modified(buffer.getvalue())


def _with_fixed_modified(document: bytes) -> bytes:
    """Return the document with openpyxl's time of saving in docProps/core.xml replaced by a fixed one."""
    parts = parts_of(document)
    core = parts["docProps/core.xml"].decode()
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2000-01-01T00:00:00Z", core)
    return zipped({**parts, "docProps/core.xml": core.encode()})


def put(cell: Cell | MergedCell, text: str) -> None:
    """Write a text that no office program will take for a formula or an error value."""
    cell.value = as_stored(without_control(text))
    cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True


def as_stored(text: str) -> str:
    """Return `text` as a sheet's XML holds it: there _x0041_ means A, so what looks like it is written in that way."""
    return _ESCAPE.sub(r"_x005F\g<0>", text)


def copy_style(source: Cell | MergedCell, target: Cell | MergedCell) -> None:
    """Give `target` the style of `source`; both must be of one workbook."""
    target._style = copy(source._style)  # type: ignore[union-attr]


def fit_height(sheet: Worksheet, row: int, texts: Sequence[tuple[str, float, float]]) -> None:
    """Set the height of `row` for its (text, column width in units, font size in points), capped at Excel's 409 pt."""
    needed = max(row_height_pt(count_lines(text, available_em(units, size)), size) for text, units, size in texts)
    sheet.row_dimensions[row].height = min(MAX_ROW_PT, needed)


def drop_column(sheet: Worksheet, column: int) -> None:
    """Delete a column of a template together with its width, and shift merged ranges, which openpyxl leaves."""
    from openpyxl.utils import get_column_letter

    widths = {i: sheet.column_dimensions[get_column_letter(i)].width for i in range(1, sheet.max_column + 1)}
    merged = [copy(r) for r in sheet.merged_cells.ranges]
    for cells in merged:
        sheet.unmerge_cells(str(cells))
    sheet.delete_cols(column)
    for index in range(column, len(widths)):
        sheet.column_dimensions[get_column_letter(index)].width = widths[index + 1]
    for cells in merged:
        first = cells.min_col - (cells.min_col > column)
        last = cells.max_col - (cells.max_col >= column)
        if last > first or (last == first and cells.max_row > cells.min_row):
            sheet.merge_cells(start_row=cells.min_row, end_row=cells.max_row, start_column=first, end_column=last)


def write_table(
    sheet: Worksheet,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    widths: Sequence[float],
    first_row: int = 1,
) -> None:
    """Write a plain table for the office's own use: head repeated and frozen, filter, borders, fitted row heights."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Side("thin", color="FF999999")
    border = Border(left=line, right=line, top=line, bottom=line)
    wrapped = Alignment(vertical="center", wrap_text=True)
    for index, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
        cell: Cell | MergedCell = sheet.cell(first_row, index, heading)
        cell.font = Font(name=HEI, size=TEXT_SIZE)
        cell.fill = PatternFill("solid", fgColor=HEAD_FILL)
        cell.border, cell.alignment = border, Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(index)].width = width
    fit_height(sheet, first_row, [(h, w, TEXT_SIZE) for h, w in zip(headings, widths, strict=True)])
    for number, values in enumerate(rows, first_row + 1):
        for index, value in enumerate(values, 1):
            cell = sheet.cell(number, index)
            if isinstance(value, str):
                put(cell, value[:MAX_CELL_CHARS])
            else:
                cell.value = value  # type: ignore[assignment]
            cell.border, cell.alignment = border, wrapped
        texts = [(str(v if v is not None else ""), w, TEXT_SIZE) for v, w in zip(values, widths, strict=True)]
        fit_height(sheet, number, texts)
    last = f"{get_column_letter(len(headings))}{first_row + len(rows)}"
    sheet.auto_filter.ref = f"A{first_row}:{last}"
    sheet.freeze_panes = f"A{first_row + 1}"
    landscape(sheet)
    sheet.print_title_rows = f"{first_row}:{first_row}"


def landscape(sheet: Worksheet) -> None:
    """Set a sheet up to print on A4 landscape, as wide as one page, with page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"  # type: ignore[union-attr]
