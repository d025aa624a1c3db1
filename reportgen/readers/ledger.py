"""The ledger workbook (台账) of a year: read whole, refused with every mistake at once."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.fields import Field
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run, errors_in, in_order
from reportgen.core.grid import Book, ErrorValue, Formula, Grid, Value, text_of
from reportgen.core.ledger_sheets import ledger_of
from reportgen.core.model import Ledger

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_ZIP_START = b"PK"
_OLE_START = b"\xd0\xcf\x11\xe0"


def read_ledger(
    path: Path, file_name: str, year: int, extra: Iterable[Field] = ()
) -> tuple[Ledger, tuple[Finding, ...]]:
    """Return the ledger of `year` in `path` with its warnings; places name the file `file_name`.

    `extra` are the fields of the settings that the office fills beside the ledger's own columns. Raises CannotRun
    with every error of the workbook at once.
    """
    ledger, findings = ledger_of(_read_book(path, file_name, year), year, extra)
    errors = errors_in(findings)
    if errors:
        raise CannotRun(in_order(errors))
    return ledger, in_order(findings)


def _read_book(path: Path, file_name: str, year: int) -> Book:
    """Return the workbook as grids."""
    place = Place(file_name)
    try:
        start = path.open("rb").read(4)
    except FileNotFoundError:
        others = "、".join(sorted(p.name for p in path.parent.glob("ledger-*.xlsx")))
        advice = f"现有的台账：{others}。" if others else "新建带台账的工作区：reportgen init 文件夹名。"
        raise cannot_run(Code.W07, place, year=year, name=file_name, advice=advice) from None
    except OSError:
        raise cannot_run(Code.W08, place, name=file_name, reason="没有读取的权限。") from None
    if start == _OLE_START:
        raise cannot_run(Code.W08, place, name=file_name, reason="它设有打开密码，或是旧的 .xls 格式。")
    if not start.startswith(_ZIP_START):
        raise cannot_run(Code.W08, place, name=file_name, reason="它不是 .xlsx 工作簿。")
    shown, formulas = _workbooks(path, file_name)
    grids = [_grid(sheet, shown[sheet.title], file_name) for sheet in formulas.worksheets]
    return Book(file_name, tuple(grids))


def _workbooks(path: Path, file_name: str) -> tuple[Workbook, Workbook]:
    """Return the workbook with the values its formulas last showed, and with the formulas themselves."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts that openpyxl does not keep are nothing to a reader
            formulas = load_workbook(path)
            has_formula = any(c.data_type == "f" for s in formulas.worksheets for c in s._cells.values())  # type: ignore[attr-defined]
            return (load_workbook(path, data_only=True) if has_formula else formulas), formulas
    # openpyxl lets whatever a damaged part causes through: zip, XML, key, value and type errors.
    except (zipfile.BadZipFile, OSError, SyntaxError, KeyError, ValueError, TypeError, AttributeError):
        raise cannot_run(Code.W08, Place(file_name), name=file_name, reason="文件已损坏。") from None


def _grid(sheet: Worksheet, shown: Worksheet, file_name: str) -> Grid:
    # `_cells` holds what is stored; iterating rows would walk a stray far cell's whole rectangle.
    cells: dict[tuple[int, int], Value] = {}
    for position, cell in sorted(sheet._cells.items()):  # type: ignore[attr-defined]
        value = cell.value
        if value is None or value == "":
            continue
        if cell.data_type == "f":
            result = shown.cell(*position).value
            value = Formula("" if result is None else text_of(result))  # type: ignore[arg-type]
        elif cell.data_type == "e":
            value = ErrorValue(str(value))
        cells[position] = value
    covered = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row, column in area.cells
        if (row, column) != (area.min_row, area.min_col)
    }
    return Grid(file_name, sheet.title, cells, covered, sheet.sheet_state != "visible")
