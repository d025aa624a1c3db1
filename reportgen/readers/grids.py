"""Workbooks as grids: told apart by content, checked for size before any parser sees them, read with their places.

Values come from calamine, which is fast and ignores what a file claims of its own extent (WPS may declare dimension
A1, and openpyxl's read_only mode then sees one cell of twenty). calamine allocates the whole rectangle up to the last
cell with content: one at XFD1048576 asks for 549 GB and ends the process. So each sheet's XML is scanned first, for
its extent and for what calamine does not show: formulas and error values.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grid import Book, ErrorValue, Formula, Grid, Value, text_of

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 500
_MERGED_BEYOND = 100  # rows and columns; a range merged over whole columns is cut off there

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# A cell with content: its attributes, and the first element inside it. Empty styled cells do not count.
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?(v(?: [^>]*)?>[^<]|is\b|f\b)")
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR_TYPE = re.compile(rb'\bt="e"')
_CACHED = re.compile(rb"<(?:\w+:)?v(?: [^>]*)?>([^<]*)<")
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a sheet's XML says before it is parsed: last row and column with content, formulas, errors."""

    rows: int = 0
    columns: int = 0
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


def read_book(content: bytes, file: str) -> tuple[Book | None, tuple[Finding, ...]]:
    """Return the workbook in `content`, or None with the finding that says why it could not be read.

    `file` is the name by which places and messages speak of it. No content makes this raise.
    """
    place = Place(file)
    if not content:
        return None, (Finding(Code.F14, place),)
    if content.startswith(_OLE):
        return None, (_old_format(content, place),)
    if not content.startswith(_ZIP):
        return None, (Finding(Code.F02, place, values={"kind": "不是 Excel 文件"}),)
    if len(content) > MAX_FILE_BYTES:
        return None, (_too_large(place, f"超过 {MAX_FILE_BYTES >> 20} MB"),)
    try:
        return _read_zip(content, file)
    except _TooLargeError as error:
        return None, (_too_large(place, str(error)),)
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError, SyntaxError, RuntimeError) as error:
        return None, (Finding(Code.F01, place, values={"reason": _reason(error)}),)


class _TooLargeError(Exception):
    """A sheet or archive over a limit; the text says which."""


def _old_format(content: bytes, place: Place) -> Finding:
    # An encrypted .xlsx is an OLE file that holds a stream of this name (UTF-16).
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Finding(Code.F03, place)
    return Finding(Code.F02, place, values={"kind": "旧格式文件"})


def _too_large(place: Place, reason: str) -> Finding:
    return Finding(Code.F04, place, values={"reason": reason})


def _reason(error: Exception) -> str:
    return "文件已损坏或不完整" if isinstance(error, zipfile.BadZipFile | EOFError) else "内容不是完整的工作簿"


def _read_zip(content: bytes, file: str) -> tuple[Book | None, tuple[Finding, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise _TooLargeError(f"解压后超过 {MAX_UNPACKED_BYTES >> 20} MB")
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            kind = "Word 文档" if "word/document.xml" in names else "压缩包或其他文件"
            return None, (Finding(Code.F02, Place(file), values={"kind": kind}),)
        scans = {name: _scan(archive.read(part), name) for name, part in _sheet_parts(archive).items()}
        properties = _custom_properties(archive) if "docProps/custom.xml" in names else {}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = tuple(_grids(workbook, scans, file))
    except CalamineError as error:
        raise ValueError(str(error)) from error
    return Book(file, grids, properties), ()


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each worksheet by the sheet's name."""
    from defusedxml.ElementTree import fromstring

    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    parts = {}
    for sheet in fromstring(archive.read("xl/workbook.xml")).iter():
        if sheet.tag.endswith("}sheet"):
            target = relations.get(sheet.get(_RELATION_ID), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.NameToInfo:
                parts[sheet.get("name", "")] = part
    return parts


def _custom_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    from defusedxml.ElementTree import fromstring

    root = fromstring(archive.read("docProps/custom.xml"))
    return {prop.get("name", ""): "".join(prop.itertext()) for prop in root}


def _scan(xml: bytes, sheet: str) -> _Scan:
    last_row = last_column = 0
    formulas: dict[tuple[int, int], str] = {}
    errors: dict[tuple[int, int], str] = {}
    for match in _CELL.finditer(xml):
        attributes, inner = match.groups()
        address = _ADDRESS.search(attributes)
        if not address:
            continue  # cells without an address follow one another and cannot be far away
        row, column = int(address.group(2)), _column_number(address.group(1))
        last_row, last_column = max(last_row, row), max(last_column, column)
        if inner.startswith(b"f"):
            formulas[row, column] = _cached(xml, match.end())
        elif _ERROR_TYPE.search(attributes):
            errors[row, column] = _cached(xml, match.start(2) - 1)
    if last_row > MAX_ROWS or last_column > MAX_COLUMNS:
        raise _TooLargeError(f"工作表“{sheet}”用到了第{last_row}行、第{last_column}列")
    return _Scan(last_row, last_column, formulas, errors)


def _cached(xml: bytes, start: int) -> str:
    """Return the value that a cell last showed, "" when it was never calculated."""
    end = xml.find(b"c>", start)
    match = _CACHED.search(xml, start, end if end > 0 else len(xml))
    return match.group(1).decode("utf-8", "replace") if match else ""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _grids(workbook: CalamineWorkbook, scans: Mapping[str, _Scan], file: str) -> list[Grid]:
    grids = []
    for meta in workbook.sheets_metadata:
        scan = scans.get(meta.name)
        if scan is None:
            continue  # a chart or macro sheet
        sheet = workbook.get_sheet_by_name(meta.name)
        cells: dict[tuple[int, int], Value] = {}
        for row, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value != "":
                    cells[row, column] = _plain(value)
        for place, shown in scan.formulas.items():
            cells[place] = Formula(text_of(cells.get(place, shown)))
        cells.update({place: ErrorValue(shown or "#N/A") for place, shown in scan.errors.items()})
        hidden = str(meta.visible) != "SheetVisibleEnum.Visible"
        grids.append(Grid(file, meta.name, cells, _covered(sheet.merged_cell_ranges, scan), hidden))
    return grids


def _plain(value: object) -> Value:
    from datetime import date, time, timedelta

    if isinstance(value, (str, int, float, date)):
        return value
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _covered(
    ranges: list[tuple[tuple[int, int], tuple[int, int]]] | None, scan: _Scan
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each cell hidden by a merged range the range's first cell, not far beyond the used extent."""
    covered = {}
    for (top, left), (bottom, right) in ranges or ():
        for row in range(top, min(bottom + 1, scan.rows + _MERGED_BEYOND)):
            for column in range(left, min(right + 1, scan.columns + _MERGED_BEYOND)):
                if (row, column) != (top, left):
                    covered[row + 1, column + 1] = (top + 1, left + 1)
    return covered
