"""Shared by the workbook writers: a workbook that others made, opened to be written on, with nothing in it that acts.

Values, styles, widths, validations and comments stay as they are. Formulas become the text they showed; macros, links
to other files and pivot tables are left out; so are drawings, which openpyxl cannot carry over in full.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.core.grid import text_of
from reportgen.writers.replace import parts_of
from reportgen.writers.sheet import put, saved, spread_widths, with_explicit_locks
from reportgen.writers.xmlparts import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MAX_MARKED_BYTES = 20 * 1024 * 1024  # a workbook over this takes openpyxl minutes and gigabytes
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_VALIDATION_ATTRIBUTES = (
    *("type", "operator", "allowBlank", "showInputMessage", "showErrorMessage", "showDropDown"),
    *("errorStyle", "errorTitle", "error", "promptTitle", "prompt"),
)
_ANCHOR = re.compile(rb"<(?:\w+:)?(?:twoCellAnchor|oneCellAnchor|absoluteAnchor)\b")


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is a workbook that can be written on: an .xlsx or .xlsm, and not too large for it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            return "xl/workbook.xml" in archive.NameToInfo and size <= MAX_MARKED_BYTES
    except (zipfile.BadZipFile, OSError):
        return False


def open_foreign(content: bytes) -> Workbook | None:
    """Return the workbook in `content` with everything defused, None when openpyxl cannot open it."""
    workbook = _loaded(content)
    if workbook is not None:
        _add_extended_validations(workbook, content)
        _defuse(workbook, content)
        for sheet in workbook.worksheets:
            spread_widths(sheet)
    return workbook


def save_foreign(workbook: Workbook, title: str) -> bytes | None:
    """Return the workbook as bytes, None when it holds what cannot be saved."""
    try:
        return with_explicit_locks(saved(workbook, title))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):  # openpyxl lets more in than it lets out
        return None


def drawings_in(content: bytes) -> int:
    """Return how many pictures, text boxes and charts a workbook has."""
    parts = parts_of(content).items()
    return sum(len(_ANCHOR.findall(part)) for name, part in parts if name.startswith("xl/drawings/"))


def cells_of(sheet: Worksheet) -> Iterator[Cell]:
    """Yield the cells of a sheet that a merged range does not hide."""
    from openpyxl.cell.cell import Cell

    for cell in list(sheet._cells.values()):
        if isinstance(cell, Cell):
            yield cell


def _loaded(content: bytes, shown_values: bool = False) -> Workbook | None:
    from openpyxl import load_workbook

    if not is_workbook(content):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out
        try:
            return load_workbook(
                io.BytesIO(content), rich_text=not shown_values, data_only=shown_values, keep_links=False
            )
        except Exception:  # strange files make it raise anything
            return None


def _add_extended_validations(workbook: Workbook, content: bytes) -> None:
    """Add the validations that Excel keeps in an extension, those with lists on other sheets, which openpyxl drops."""
    from openpyxl.worksheet.cell_range import MultiCellRange
    from openpyxl.worksheet.datavalidation import DataValidation

    for title, root in _sheets_with_extensions(content):
        for element in root.iter(f"{_X14}dataValidation") if title in workbook.sheetnames else ():
            formulas = [element.findtext(f"{_X14}formula{number}/{_XM}f") for number in (1, 2)]
            known = {name: element.get(name) for name in _VALIDATION_ATTRIBUTES if element.get(name) is not None}
            try:
                validation = DataValidation(
                    sqref=MultiCellRange(element.findtext(f"{_XM}sqref") or ""),
                    formula1=formulas[0],
                    formula2=formulas[1],
                    **known,  # type: ignore[arg-type]
                )
            except (TypeError, ValueError):
                continue  # of no meaning to Excel either
            workbook[title].add_data_validation(validation)


def _sheets_with_extensions(content: bytes) -> Iterator[tuple[str, _Element]]:
    """Yield (title, root) of the sheets whose XML has validations in an extension."""
    parts = parts_of(content)
    try:
        relations = {one.get("Id"): one.get("Target", "") for one in parsed(parts["xl/_rels/workbook.xml.rels"])}
        for sheet in parsed(parts["xl/workbook.xml"]).iter("{*}sheet"):
            target = relations.get(sheet.get(_RELATION_ID), "")
            part = parts.get(target.lstrip("/") if target.startswith("/") else f"xl/{target}", b"")
            if b"dataValidation" in part and _X14[1:-1].encode() in part:
                yield sheet.get("name", ""), parsed(part)
    except (KeyError, SyntaxError):
        return


def _defuse(workbook: Workbook, content: bytes) -> None:
    formulas = [cell for sheet in workbook.worksheets for cell in cells_of(sheet) if cell.data_type == "f"]
    shown = _loaded(content, shown_values=True) if formulas else None
    for cell in formulas:
        _show(cell, shown)
    for name in [name for name, one in workbook.defined_names.items() if "[" in str(one.attr_text)]:
        del workbook.defined_names[name]
    for sheet in workbook.worksheets:
        sheet._images, sheet._charts, sheet._pivots = [], [], []  # type: ignore[attr-defined]
        for cell in cells_of(sheet):
            if cell.hyperlink is not None and cell.hyperlink.target:
                cell.hyperlink = None
        kept = [one for one in sheet.data_validations.dataValidation if "[" not in f"{one.formula1}{one.formula2}"]
        sheet.data_validations.dataValidation = kept


def _show(cell: Cell, shown: Workbook | None) -> None:
    """Replace a formula by the text it showed, by its own text where its program never calculated it."""
    title = cell.parent.title
    value = None if shown is None or title not in shown.sheetnames else shown[title][cell.coordinate].value
    formula = cell.value if isinstance(cell.value, str) else getattr(cell.value, "text", "") or ""
    cell.number_format = "General"
    put(cell, formula if value is None else text_of(value))
