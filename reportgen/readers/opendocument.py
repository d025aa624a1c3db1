"""OpenDocument spreadsheets (.ods) as grids, read sparsely: empty cells cost nothing, however often repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core.findings import Code, Place
from reportgen.core.grid import Aside, Book, ErrorValue, Formula, Grid, Kind, Shown, Value, text_of
from reportgen.readers.grids import Cells, covered_by
from reportgen.readers.packages import Package, Refused, local

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTENT = "content.xml"
UNREAD = {"宏": ("Basic/", "Scripts/"), "嵌入的对象": ("Object ",)}
_MANIFEST, _META = "META-INF/manifest.xml", "meta.xml"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_META_NAME = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}name"
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_GROUPS = ("table-rows", "table-row-group", "table-header-rows")
_NUMBERS = ("float", "percentage", "currency")


def read_opendocument(package: Package, file: str) -> Book:
    """Return the tables of a spreadsheet. Raises Refused and the errors of BROKEN."""
    if _MANIFEST in package.names and any(local(e) == "encryption-data" for e in package.xml(_MANIFEST).iter()):
        raise Refused(Code.F03)
    root = package.xml(CONTENT)
    hidden = {
        style.get(f"{_STYLE}name", "")
        for style in root.iter("{*}style")
        if any(child.get(f"{_TABLE}display") == "false" for child in style)
    }
    counted, grids = Cells(), []
    asides: list[Aside] = []
    for table in root.iter(f"{_TABLE}table"):
        sheet = _Sheet(Place(file, table.get(f"{_TABLE}name", "")), counted)
        sheet.read(table)
        covered = covered_by(sheet.ranges, sheet.cells)
        is_hidden = table.get(f"{_TABLE}style-name") in hidden
        grids.append(Grid(file, sheet.place.sheet, sheet.cells, covered, is_hidden))
        asides += sheet.asides
    if not grids:
        raise ValueError("no table")
    return Book(file, tuple(grids), _properties(package), tuple(asides))


def _properties(package: Package) -> dict[str, str]:
    if _META not in package.names:
        return {}
    return {e.get(_META_NAME, ""): e.text or "" for e in package.xml(_META).iter("{*}user-defined")}


class _Sheet(Struct):
    """A table as it is read, row by row."""

    place: Place
    counted: Cells
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    ranges: list[tuple[int, int, int, int]] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    def read(self, table: _Element) -> None:
        row = 1
        for element in _rows(table):
            times = _number(element, "number-rows-repeated")
            self._read_row(element, row, times)
            row += times
        for shapes in table.iterchildren(f"{_TABLE}shapes"):
            self._tell(Kind.DRAWING, self.place, _text(shapes))

    def _read_row(self, element: _Element, row: int, times: int) -> None:
        column = 1
        for cell in element:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _number(cell, "number-columns-repeated")
            if len(cell) or cell.get(f"{_OFFICE}value-type"):
                self._read_cell(cell, row, times, column, repeated)
            wide, high = _number(cell, "number-columns-spanned"), _number(cell, "number-rows-spanned")
            if wide > 1 or high > 1:
                self.ranges.append((row, column, row + high - 1, column + wide - 1))
            column += repeated

    def _read_cell(self, cell: _Element, row: int, times: int, column: int, repeated: int) -> None:
        place = replace(self.place, row=row, column=column)
        for child in cell:
            if local(child) == "annotation":
                self._tell(Kind.COMMENT, place, _text(child))
            elif local(child) not in ("p", ""):
                self._tell(Kind.DRAWING, place, _text(child))
        value = _value(cell) if local(cell) == "table-cell" else ""
        if value != "":
            for at in range(row, row + times):
                for across in range(column, column + repeated):
                    self.counted.add(self.cells, at, across, value)

    def _tell(self, kind: Kind, place: Place, text: str) -> None:
        if text.strip():
            self.asides.append(Aside(kind, place, text.strip()))


def _rows(parent: _Element) -> Iterator[_Element]:
    for child in parent:
        if local(child) == "table-row":
            yield child
        elif local(child) in _GROUPS:
            yield from _rows(child)


def _number(element: _Element, name: str) -> int:
    """Return a count, 1 where none is given."""
    return max(int(element.get(f"{_TABLE}{name}") or 1), 1)


def _value(cell: _Element) -> Value:
    """Return what a cell holds as it shows it, "" for an empty one."""
    shown = "\n".join(_paragraph(child) for child in cell if local(child) == "p")
    if cell.get(_ERROR_TYPE) == "error":
        return ErrorValue(shown)
    value = _typed(cell, shown)
    return Formula(text_of(value)) if cell.get(f"{_TABLE}formula") else value


def _typed(cell: _Element, shown: str) -> Value:
    kind = cell.get(f"{_OFFICE}value-type", "string")
    value: float | date | datetime
    if kind in _NUMBERS:
        value = float(cell.get(f"{_OFFICE}value", ""))
        # 1.38E+10 hides what was typed.
        return value if not shown or "E+" in shown or text_of(value) == shown else Shown(value, shown)
    if kind == "date":
        written = cell.get(f"{_OFFICE}date-value", "")
        value = datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
        return value if text_of(value) == shown else Shown(value, shown)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    return shown


def _text(parent: _Element) -> str:
    return "\n".join(_paragraph(p) for p in parent.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"))


def _paragraph(element: _Element) -> str:
    """Return the text of a paragraph: spaces, tabs and line breaks are elements of their own."""
    pieces = [element.text or ""]
    for child in element:
        name = local(child)
        if name == "s":
            count = child.get("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c", "1")
            pieces.append(" " * min(int(count), len(count) * 1000))
        elif name in ("tab", "line-break"):
            pieces.append("\t" if name == "tab" else "\n")
        elif name not in ("annotation", "ruby-text", ""):
            pieces.append(_paragraph(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
