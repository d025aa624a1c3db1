"""Workbooks (.xlsx, .xlsm) as grids, every value at its place and as its cell shows it.

The sheets are read one row at a time into a sparse map. A reader that fills a rectangle cannot be used here: calamine
allocates all cells up to the last one with content, and for one at XFD1048576 asks for 549 GB, which ends the process
where nothing can catch it. Nor does it help to look for such cells first with other means than the parser's own: an
address in single quotes was enough to slip through. What a file claims of its extent is not believed either: WPS may
declare dimension A1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter, methodcaller
from typing import TYPE_CHECKING

from msgspec import Struct

from reportgen.core.filekinds import FileKind
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grid import Aside, Book, ErrorValue, Formula, Grid, Shown, Value, text_of
from reportgen.core.limits import MAX_CELLS, MAX_FILE_BYTES, OF_A_RETURN, OF_OUR_OWN, Allowance
from reportgen.core.numberformats import BUILTIN, GENERAL, is_date_format, moment_of_serial, shown
from reportgen.readers.asides import HEADERS, asides_of, margin_texts
from reportgen.readers.packages import BROKEN, OLE, ZIP, Package, Refused, broken, local, too_large, tree_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_MERGED_BEYOND = 100  # rows and columns; a range merged over whole columns is cut off there
_MAX_ROW, _MAX_COLUMN, _MAX_LETTERS = 1_048_576, 16_384, 3
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Characters that XML cannot hold are written as _x000D_, and an underscore that would be read so as _x005F_.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WORKBOOK = "xl/workbook.xml"
_WRITTEN, _INLINE, _TEXT = (
    f"{{http://schemas.openxmlformats.org/spreadsheetml/2006/main}}{name}" for name in ("v", "is", "t")
)
# What may stand in a workbook beside its sheets, and is neither run nor read.
_UNREAD = {
    "宏": ("xl/vbaProject", "xl/macrosheets/"),
    "指向其他文件的链接": ("xl/externalLinks/",),
    "数据连接": ("xl/connections.xml",),
    "嵌入的对象": ("xl/embeddings/", "xl/activeX/"),
}


def read_book(content: bytes, file: str, allowance: Allowance = OF_OUR_OWN) -> tuple[Book | None, tuple[Finding, ...]]:
    """Return the workbook in `content`, or None with the finding that says why it could not be read.

    `file` is the name by which places and messages speak of it. No content makes this raise.
    """
    if not content:
        return None, (Finding(Code.F14, Place(file)),)
    if content.startswith(OLE):
        # An encrypted .xlsx is an OLE file that holds a stream of this name.
        if "EncryptedPackage".encode("utf-16-le") in content:
            return None, (Finding(Code.F03, Place(file)),)
        return None, (FileKind.OTHER_OLE.told(file),)
    if not content.startswith(ZIP):
        return None, (FileKind.NOT_A_TABLE.told(file),)
    try:
        if len(content) > MAX_FILE_BYTES:
            raise too_large(f"超过 {MAX_FILE_BYTES >> 20} MB")
        return read_package(Package(content, allowance), file)
    except Refused as refused:
        return None, (refused.finding(file),)
    except BROKEN as error:
        return None, (broken(error, file),)


def read_package(package: Package, file: str) -> tuple[Book | None, tuple[Finding, ...]]:
    """Return the workbook in a package, or None with what the package is. Raises Refused and the errors of BROKEN."""
    if _WORKBOOK not in package.names:
        return None, (kind_of(package).told(file),)
    return read_workbook(package, file), unread_parts(package.names, _UNREAD, file)


def kind_of(package: Package) -> FileKind:
    """Return what a package without a workbook is."""
    if "word/document.xml" in package.names:
        return FileKind.WORD
    if "xl/workbook.bin" in package.names:
        return FileKind.BINARY_EXCEL
    return FileKind.SLIDES if "ppt/presentation.xml" in package.names else FileKind.PACKED


def unread_parts(names: Iterable[str], unread: Mapping[str, tuple[str, ...]], file: str) -> tuple[Finding, ...]:
    """Return a finding when parts that are neither run nor read stand in a package."""
    found = [word for word, starts in unread.items() if any(map(methodcaller("startswith", starts), names))]
    return (Finding(Code.F16, Place(file), values={"what": "、".join(found)}),) if found else ()


class Cells:
    """The cells of a file as they are read, counted against the limits."""

    def __init__(self, allowance: Allowance = OF_A_RETURN) -> None:
        self._allowance = allowance
        self._cells_left, self._characters_left = allowance.cells, allowance.characters

    def add(self, cells: dict[tuple[int, int], Value], row: int, column: int, value: Value) -> None:
        """Enter a value; empty texts are left out. Raises Refused when the file holds too much."""
        if value != "":
            self.count(value)
            cells[row, column] = value

    def count(self, value: Value) -> None:
        """Count a value, or a text that cells may refer to. Raises Refused when the file holds too much."""
        self._cells_left -= 1
        if isinstance(value, str):
            self._characters_left -= len(value)
        if self._cells_left < 0:
            raise too_large(f"有内容的单元格超过 {self._allowance.cells} 个")
        if self._characters_left < 0:
            raise too_large(f"文字超过 {self._allowance.characters} 个字")


def number_as(number: float, code: str, epoch_1904: bool = False) -> Value:
    """Return a number under a format: plain, as a date, or with the text that its cell shows."""
    if code == GENERAL:
        return number
    text = shown(number, code, epoch_1904)
    value: float | date | datetime = number
    if is_date_format(code):
        moment = moment_of_serial(number, epoch_1904)
        if moment is None:
            return number
        if number < 1:
            return text  # a time of day
        value = moment.date() if number.is_integer() else moment
    return value if text_of(value) == text else Shown(value, text)


# the parts of a workbook


class _Shared(Struct, frozen=True):
    """What the sheets of a workbook refer to: texts by number, number formats by style."""

    strings: Sequence[str] = ()
    formats: Sequence[str] = ()
    epoch_1904: bool = False

    def format_of(self, style: str | None) -> str:
        number = int(style or 0)
        return self.formats[number] if 0 <= number < len(self.formats) else GENERAL


def read_workbook(package: Package, file: str) -> Book:
    """Return the worksheets of a workbook. Raises Refused and the errors of BROKEN."""
    root = package.xml(_WORKBOOK)
    related = package.related(_WORKBOOK)
    by_kind = dict(related.values())
    properties = next((e for e in root if local(e) == "workbookPr"), None)
    shared = _Shared(
        tuple(_strings(package, by_kind["sharedStrings"])) if "sharedStrings" in by_kind else (),
        _formats(package.tree_part(by_kind["styles"])) if "styles" in by_kind else (),
        properties is not None and properties.get("date1904") in ("1", "true"),
    )
    counted = Cells(package.allowance)
    grids: list[Grid] = []
    asides: list[Aside] = []
    for sheet in root.iter("{*}sheet"):
        relation = sheet.get(_RELATION_ID) or sheet.get(_STRICT_RELATION_ID) or ""
        kind, part = related.get(relation, ("", ""))
        if kind != "worksheet":
            continue  # a chart or macro sheet, or one whose part is gone
        name = sheet.get("name", "")
        cells, covered, margins = _read_sheet(package, part, shared, counted)
        grids.append(Grid(file, name, cells, covered, sheet.get("state", "visible") != "visible"))
        asides += asides_of(package, part, Place(file, name))
        asides += (aside for text in margins if text for aside in margin_texts(text, Place(file, name)))
    if not grids:
        raise ValueError("no worksheet")
    return Book(file, tuple(grids), _custom_properties(package), tuple(asides))


def _custom_properties(package: Package) -> dict[str, str]:
    if "docProps/custom.xml" not in package.names:
        return {}
    return {prop.get("name", ""): "".join(map(str, prop.itertext())) for prop in package.xml("docProps/custom.xml")}


def _strings(package: Package, part: str) -> Iterator[str]:
    counted = Cells(package.allowance)
    for item in package.each(part, "si"):
        text = rich_text(item)
        counted.count(text)
        yield text


def rich_text(item: _Element) -> str:
    """Return the text of a string item: its runs in one, the reading above characters left out."""
    if len(item) == 1 and (only := item[0]).tag == _TEXT:
        return unescaped(only.text or "")
    pieces = []
    for child in item:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [t.text or "" for t in child if local(t) == "t"]
    return unescaped("".join(pieces) if len(pieces) != 1 else pieces[0])


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


@lru_cache(maxsize=16)  # the forms that units send back have the styles of one template
def _formats(part: bytes) -> tuple[str, ...]:
    """Return the number format of each cell style."""
    styles = tree_of(part)
    codes = dict(BUILTIN)
    for custom in styles.iter("{*}numFmt"):
        if local(custom.getparent()) == "numFmts":  # type: ignore[arg-type]
            codes[int(custom.get("numFmtId", "0"))] = custom.get("formatCode", GENERAL)
    xfs = next((e for e in styles if local(e) == "cellXfs"), ())
    return tuple(codes.get(int(xf.get("numFmtId", "0")), GENERAL) for xf in xfs if local(xf) == "xf")


# a sheet


def _read_sheet(
    package: Package, part: str, shared: _Shared, counted: Cells
) -> tuple[dict[tuple[int, int], Value], dict[tuple[int, int], tuple[int, int]], list[str]]:
    """Return the values of a sheet, the cells that merged ranges hide, and the texts of its headers and footers."""
    cells: dict[tuple[int, int], Value] = {}
    ranges: list[tuple[int, int, int, int]] = []
    margins: list[str] = []
    running = column = 0  # where the next row and cell without an address of their own stand
    passed = ""  # the address of a cell without content before that, not taken apart: there are many
    for element in package.each(part, "row", "mergeCell", *HEADERS, inner="c"):
        name = element.tag[-2:]
        if name == "}c":
            address, has_content = element.get("r"), len(element)
            if address and not has_content:
                passed = address
                continue
            if address:
                row, column = _address(address)
            else:
                row, column = running, (_address(passed)[1] if passed else column) + 1
            passed = ""
            if has_content:
                if not (0 < row <= _MAX_ROW and 0 < column <= _MAX_COLUMN):
                    raise ValueError("a cell beyond the sheet")
                counted.add(cells, row, column, _value(element, shared))
        elif name == "ow":
            running, column, passed = int(element.get("r") or running + 1), 0, ""
        elif name != "ll":
            margins += [element.text or ""] if len(margins) < len(HEADERS) else []
        elif len(ranges) < MAX_CELLS:
            ranges += _range_of(element.get("ref", ""))
    return cells, covered_by(ranges, cells), margins


def _value(cell: _Element, shared: _Shared) -> Value:
    """Return what a cell holds, "" for an empty one."""
    if len(cell) == 1:  # as nearly all have it, without the steps that the others take
        only = cell[0]
        if only.tag == _INLINE:
            return rich_text(only)
        if only.tag == _WRITTEN:
            return _typed(only.text or "", cell.get("t", "n"), cell, shared)
    written, kind, is_formula = None, cell.get("t", "n"), False
    for child in cell:
        name = local(child)
        if name == "v":
            written = child.text or ""
        elif name == "f":
            is_formula = True
        elif name == "is":
            written, kind = rich_text(child), "inlineStr"
    value: Value = "" if written is None else _typed(written, kind, cell, shared)
    if isinstance(value, ErrorValue):
        return value
    return Formula(text_of(value)) if is_formula else value


def _typed(written: str, kind: str, cell: _Element, shared: _Shared) -> Value:
    if kind == "s":
        return shared.strings[int(written)]
    if kind == "inlineStr":
        return written
    if kind == "str":
        return unescaped(written)
    if kind == "e":
        return ErrorValue(written)
    if kind == "b":
        return written.strip() == "1"
    if kind == "d":
        moment = datetime.fromisoformat(written)
        return moment.date() if "T" not in written else moment
    return number_as(float(written), shared.format_of(cell.get("s")), shared.epoch_1904) if written.strip() else ""


@lru_cache(maxsize=8192)
def _address(text: str) -> tuple[int, int]:
    """Return (row, column) of an address such as D7; one with more letters than any sheet has is none (ValueError)."""
    column, at = 0, 0
    while at < _MAX_LETTERS and text[at : at + 1].isalpha():
        column = column * 26 + ord(text[at].upper()) - 64
        at += 1
    return int(text[at:]), column


def _range_of(reference: str) -> list[tuple[int, int, int, int]]:
    first, _colon, last = reference.partition(":")
    if not last:
        return []
    (top, left), (bottom, right) = _address(first), _address(last)
    return [(top, left, bottom, right)]


def covered_by(
    ranges: Sequence[tuple[int, int, int, int]], cells: Mapping[tuple[int, int], Value]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each cell hidden by a merged range (top, left, bottom, right) the range's first cell.

    Ranges are cut off not far beyond the cells with content.
    """
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    if not ranges:
        return covered
    last_row = max(map(itemgetter(0), cells), default=0) + _MERGED_BEYOND
    last_column = max(map(itemgetter(1), cells), default=0) + _MERGED_BEYOND
    looked_at = 0
    for top, left, bottom, right in ranges:
        for row in range(top, min(bottom, last_row) + 1):
            for column in range(left, min(right, last_column) + 1):
                if (row, column) != (top, left):
                    covered[row, column] = (top, left)
            looked_at += max(min(right, last_column) - left, 0) + 1
            if looked_at > MAX_CELLS:
                return covered
    return covered
