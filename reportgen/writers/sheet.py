"""Shared by the workbook writers: saving with fixed bytes, texts that stay texts, plain tables for the office."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reportgen.core.limits import MAX_CELL_CHARS
from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, row_height_pt
from reportgen.core.stamp import PROPERTY_PREFIX, Stamp
from reportgen.core.text import column_letters, without_control
from reportgen.writers.replace import parts_of, zipped

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

SONG = "宋体"
HEI = "黑体"
TEXT_SIZE = 12.0
INPUT_FILL = "FFFDF2D0"  # the one light colour of cells that a person fills
HEAD_FILL = "FFE7ECF3"
RED = "FFC00000"
FORMULA_STARTS = ("=", "+", "-", "@")
_PAPER_MM = {8: (297, 420), 9: (210, 297), 11: (148, 210)}  # A3, A4, A5 by Excel's number, portrait
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
    return zipped(saved_parts(workbook, title))


def saved_parts(workbook: Workbook, title: str = "") -> dict[str, bytes]:
    """Return the parts of the workbook, in the order in which they are saved."""
    from openpyxl.writer.excel import ExcelWriter

    properties = workbook.properties
    properties.creator, properties.lastModifiedBy = "reportgen", "reportgen"
    properties.created = properties.modified = datetime(2000, 1, 1)
    properties.title = title or None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # `Workbook.save` notes the time, and packs what is packed once more
        ExcelWriter(workbook, archive).write_data()
    parts = parts_of(buffer.getvalue())
    for name in (name for name in parts if name.startswith("xl/charts/chart")):
        # openpyxl leaves out sourceLinked of labels, and LibreOffice then takes the format of the cells instead.
        labels = re.sub(r'(<(?:c:)?numFmt formatCode="[^"]*")\s*/>', r'\1 sourceLinked="0"/>', parts[name].decode())
        parts[name] = labels.encode()
    return parts


def with_explicit_locks(document: bytes) -> bytes:
    """Return a saved workbook whose cell formats all say whether they are locked.

    openpyxl leaves the lock out of locked formats, the default of the file format. Where the Normal style is unlocked,
    LibreOffice then takes such cells for unlocked.
    """
    from lxml import etree

    parts = parts_of(document)
    styles = etree.fromstring(parts["xl/styles.xml"])
    for form in styles.iterfind("{*}cellXfs/{*}xf"):
        if form.find("{*}protection") is None:
            etree.SubElement(form, f"{{{etree.QName(form).namespace}}}protection", locked="1")
            form.set("applyProtection", "1")
    return zipped({**parts, "xl/styles.xml": etree.tostring(styles, encoding="UTF-8", standalone=True)})


def spread_widths(sheet: Worksheet) -> None:
    """Give each column of a loaded sheet its own width: office programs save one entry for neighbours of one width."""
    for letter, dimension in list(sheet.column_dimensions.items()):
        first, last = dimension.min or 0, min(dimension.max or 0, sheet.max_column)
        for index in range(first, last + 1):
            sheet.column_dimensions[column_letters(index)].width = dimension.width
        if first:
            sheet.column_dimensions[letter].max = first


def put(cell: Cell | MergedCell, text: str) -> None:
    """Write a text that no office program will take for a formula or an error value."""
    # Set past openpyxl, which guesses at each text what it might be.
    cell._value = as_stored(without_control(text))[:MAX_CELL_CHARS]  # type: ignore[union-attr]
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True


def as_stored(text: str) -> str:
    """Return `text` as a sheet's XML holds it: there _x0041_ means A, so what looks like it is written in that way."""
    return _ESCAPE.sub(r"_x005F\g<0>", text) if "_x" in text else text


def styled_cell(sheet: Worksheet, row: int, column: int, style: StyleArray) -> Cell:
    """Return a cell that has a style of its own like `style`; openpyxl's own way is twice as long for each of many."""
    from openpyxl.cell.cell import Cell

    cells: Any = sheet._cells
    if (row, column) not in cells:
        cells[row, column] = Cell(sheet, row, column)
    cell: Cell = cells[row, column]
    cell._style = copy(style)  # type: ignore[attr-defined]
    return cell


def copy_style(source: Cell | MergedCell, target: Cell | MergedCell) -> None:
    """Give `target` the style of `source`; both must be of one workbook."""
    target._style = copy(source._style)  # type: ignore[union-attr]


def fit_height(sheet: Worksheet, row: int, texts: Sequence[tuple[str, float, float]]) -> None:
    """Set the height of `row` for its (text, column width in units, font size in points), capped at Excel's 409 pt."""
    needed = max(row_height_pt(count_lines(text, available_em(units, size)), size) for text, units, size in texts)
    sheet.row_dimensions[row].height = min(MAX_ROW_PT, needed)


def merge_cells(sheet: Worksheet, first_row: int, last_row: int, left: int, right: int) -> None:
    """Merge a range whose cells have their styles already; openpyxl's own way draws its border anew, slowly."""
    from openpyxl.worksheet.cell_range import CellRange

    sheet.merged_cells.add(CellRange(min_row=first_row, max_row=last_row, min_col=left, max_col=right))


def drop_column(sheet: Worksheet, column: int) -> None:
    """Delete a column of a template together with its width, and shift merged ranges, which openpyxl leaves."""
    widths = {i: sheet.column_dimensions[column_letters(i)].width for i in range(1, sheet.max_column + 1)}
    merged = sheet.merged_cells.sorted()
    for cells in merged:
        sheet.merged_cells.remove(cells)
        if cells.min_col == column < cells.max_col:  # the text of a merged range stands in its first cell
            first = sheet.cell(cells.min_row, column)
            sheet._cells.pop((cells.min_row, column + 1), None)  # openpyxl's MergedCell takes no value
            following = sheet.cell(cells.min_row, column + 1)
            following.value = first.value
            copy_style(first, following)
    sheet.delete_cols(column)
    for index in range(column, len(widths)):
        sheet.column_dimensions[column_letters(index)].width = widths[index + 1]
    del sheet.column_dimensions[column_letters(len(widths))]
    for cells in merged:
        left = cells.min_col - (cells.min_col > column)
        right = cells.max_col - (cells.max_col >= column)
        if right > left or (right == left and cells.max_row > cells.min_row):
            merge_cells(sheet, cells.min_row, cells.max_row, left, right)


def width_of(sheet: Worksheet, first: int, last: int) -> float:
    """Return the width of a run of columns in column units."""
    known = sheet.column_dimensions  # to ask by [] makes a column anew, and enters its letters each time
    letters = [column_letters(column) for column in range(first, last + 1)]
    return sum(float((known[one] if (found := known.get(one)) is None else found).width) for one in letters)


def add_column(sheet: Worksheet, head: int, texts: tuple[str, str], like: int, before: int) -> int:
    """Add a column behind column `before` to a template's table, styled as column `like`, and return its number.

    The table is the row `head` and the prototype row below it; `texts` are the new cells'. The sheet grows at its end,
    and in the table the columns behind the new one move: what stands around the table keeps together.
    """
    last, table = sheet.max_column, (head, head + 1)
    _extend(sheet, last, table)
    has_tall_head = any(r.min_row < head <= r.max_row for r in sheet.merged_cells.ranges)
    new = last + 1 if has_tall_head else before + 1
    width = width_of(sheet, like, like)
    styles = [copy(sheet.cell(row, like)._style) for row in table]  # type: ignore[union-attr]
    for column in range(last, new - 1, -1):
        for row in table:
            sheet.cell(row, column + 1).value = sheet.cell(row, column).value
            copy_style(sheet.cell(row, column), sheet.cell(row, column + 1))
        sheet.column_dimensions[column_letters(column + 1)].width = width_of(sheet, column, column)
    sheet.column_dimensions[column_letters(new)].width = width
    for row, style, text in zip(table, styles, texts, strict=True):
        put(sheet.cell(row, new), text)
        sheet.cell(row, new)._style = style  # type: ignore[union-attr]
    return new


def _extend(sheet: Worksheet, last: int, table: tuple[int, int]) -> None:
    """Let what ends in the last column, the table aside, reach one column further."""
    ending = {r.min_row: r for r in sheet.merged_cells.ranges if r.max_col == last}
    for row in range(1, sheet.max_row + 1):
        copy_style(sheet.cell(row, last), sheet.cell(row, last + 1))
        cells = ending.get(row)
        if cells is not None:
            sheet.merged_cells.remove(cells)
            merge_cells(sheet, row, cells.max_row, cells.min_col, last + 1)
        elif row not in table and sheet.cell(row, last).has_style:
            merge_cells(sheet, row, row, last, last + 1)


def write_table(
    sheet: Worksheet,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    widths: Sequence[float],
    first_row: int = 1,
    header: str = "",
) -> None:
    """Write a plain table for the office's own use: head repeated and frozen, filter, borders, fitted row heights.

    `header` stands above every printed page, with the name of the sheet.
    """
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side("thin", color="FF999999")
    border = Border(left=line, right=line, top=line, bottom=line)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for index, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
        head = sheet.cell(first_row, index, heading)
        head.font = Font(name=HEI, size=TEXT_SIZE)
        head.fill = PatternFill("solid", fgColor=HEAD_FILL)
        head.border, head.alignment = border, centred
        sheet.column_dimensions[column_letters(index)].width = width
    fit_height(sheet, first_row, [(h, w, TEXT_SIZE) for h, w in zip(headings, widths, strict=True)])
    # The styles of texts and of all other cells: openpyxl takes long to look up a style set cell by cell.
    looks: dict[bool, StyleArray] = {}
    for number, values in enumerate(rows, first_row + 1):
        for index, value in enumerate(values, 1):
            is_text = isinstance(value, str)
            if is_text not in looks:
                first: Any = sheet.cell(number, index)
                first.border, first.alignment = border, wrapped if is_text else centred
                looks[is_text] = first._style
            cell: Any = styled_cell(sheet, number, index, looks[is_text])
            if isinstance(value, str):
                put(cell, value)
            else:
                cell.value = value
        texts = [(str(v if v is not None else ""), w, TEXT_SIZE) for v, w in zip(values, widths, strict=True)]
        fit_height(sheet, number, texts)
    last = f"{column_letters(len(headings))}{first_row + len(rows)}"
    sheet.auto_filter.ref = f"A{first_row}:{last}"
    sheet.freeze_panes = f"A{first_row + 1}"
    landscape(sheet)
    if header:
        printed: Any = sheet.oddHeader.center  # type: ignore[union-attr]
        printed.text, printed.font, printed.size = f"{header.replace('&', '&&')}　&A", f"{HEI},常规", 14
    sheet.print_title_rows = f"{first_row}:{first_row}"


def noted(existing: bytes | None, sheet: str, key: str, headings: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return what a person wrote under `headings` of a table, by the text under `key`; {} where it cannot be read."""
    from openpyxl import load_workbook

    if existing is None:
        return {}
    try:
        head, *rows = load_workbook(io.BytesIO(existing))[sheet].iter_rows(values_only=True)
        places = [head.index(heading) for heading in (key, *headings)]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError):
        return {}
    texts = [tuple(str(row[at] or "") for at in places) for row in rows]
    return {row[0]: row[1:] for row in texts if row[0]}


def write_stamp(workbook: Workbook, carrier: Worksheet, stamp: Stamp) -> None:
    """Write a form's identity into both hidden carriers: the first rows of `carrier`, and the custom properties."""
    from openpyxl.packaging.custom import CustomPropertyList, StringProperty

    properties: CustomPropertyList[StringProperty] = CustomPropertyList()  # those of other programs, too, say who wrote
    for row, (key, text) in enumerate(stamp.items(), 1):
        put(carrier.cell(row, 1), key)
        put(carrier.cell(row, 2), text)
        properties.append(StringProperty(name=f"{PROPERTY_PREFIX}{key}", value=text))
    workbook.custom_doc_props = properties  # type: ignore[attr-defined]


def landscape(sheet: Worksheet) -> None:
    """Set a sheet up to print on A4 landscape, as wide as one page, with page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"  # type: ignore[union-attr]


def paper_pt(sheet: Worksheet) -> tuple[float, float]:
    """Return width and height of the paper that a sheet is printed on."""
    short, long = (mm / 25.4 * 72 for mm in _PAPER_MM.get(int(sheet.page_setup.paperSize or 9), _PAPER_MM[9]))
    return (long, short) if sheet.page_setup.orientation == "landscape" else (short, long)


def body_pt(sheet: Worksheet) -> tuple[float, float]:
    """Return width and height of the printed page's body in points."""
    (width, height), margins = paper_pt(sheet), sheet.page_margins
    return width - (margins.left + margins.right) * 72, height - (margins.top + margins.bottom) * 72


def row_span(rows: str | None) -> tuple[int, int] | None:
    numbers = [int(number) for number in re.findall(r"\d+", rows or "")]
    return (numbers[0], numbers[-1]) if numbers else None


MAX_INLINE_LIST = 255


def add_list(
    sheet: Worksheet, column: int, first_row: int, last_row: int, choices: Sequence[str], title: str, prompt: str
) -> None:
    """Put a dropdown of `choices` with a prompt on a run of cells; Excel caps an inline list at 255 characters."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    formula = f'"{",".join(choices)}"'
    if len(formula) > MAX_INLINE_LIST:
        raise ValueError(formula)
    validation = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
    validation.promptTitle, validation.prompt, validation.showInputMessage = title, prompt, True
    validation.errorTitle, validation.error = title, f"请从列表中选：{'、'.join(choices)}。"
    letters = get_column_letter(column)
    validation.add(f"{letters}{first_row}:{letters}{last_row}")
    sheet.add_data_validation(validation)
