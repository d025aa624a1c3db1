"""Excel 97—2003 workbooks (.xls, and .et of WPS, which holds the same stream) as grids.

Read record by record into a sparse map. calamine is no way here either: it makes room for as many strings and cells
as a file claims to have, and ends the process when a damaged one claims thousands of millions.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct, field

from reportgen.core.findings import Code, Place
from reportgen.core.grid import Aside, Book, ErrorValue, Formula, Grid, Kind, Value, text_of
from reportgen.core.limits import MAX_RECORDS
from reportgen.core.numberformats import BUILTIN, GENERAL
from reportgen.readers.grids import Cells, covered_by, number_as
from reportgen.readers.packages import Refused, too_large

STREAM = "Workbook"
_BOF, _EOF, _CONTINUE, _FILEPASS = 0x809, 0x0A, 0x3C, 0x2F
_BOUNDSHEET, _DATEMODE, _FORMAT, _XF, _SST = 0x85, 0x22, 0x41E, 0xE0, 0xFC
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0xFD, 0x204, 0xD6, 0x203, 0x27E, 0xBD, 0x205
_FORMULA, _STRING, _MERGED, _OBJECT, _TEXT_OBJECT, _NOTE = 0x06, 0x207, 0xE5, 0x5D, 0x1B6, 0x1C
_BIFF8, _WORKSHEET, _NOTE_OBJECT = 0x0600, 0x10, 0x19
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

Record = tuple[int, bytes]


class _Globals(Struct):
    """What stands before the sheets: their places and names, texts by number, number formats by style."""

    sheets: list[tuple[int, str, bool]] = field(default_factory=list)
    strings: tuple[str, ...] = ()
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILTIN))
    styles: list[int] = field(default_factory=list)
    epoch_1904: bool = False

    def number(self, value: float, style: int) -> Value:
        known = self.styles[style] if style < len(self.styles) else 0
        return number_as(value, self.codes.get(known, GENERAL), self.epoch_1904)


def read_biff(stream: bytes, file: str) -> Book:
    """Return the worksheets in the stream Workbook. Raises Refused, ValueError, LookupError, struct.error."""
    records = _Records(stream)
    found = _read_globals(records)
    counted = Cells()
    grids: list[Grid] = []
    asides: list[Aside] = []
    for start, name, hidden in found.sheets:
        sheet = _Sheet(found, counted)
        for record in records.of_sheet(start):
            sheet.take(*record)
        grids.append(Grid(file, name, sheet.cells, covered_by(sheet.ranges, sheet.cells), hidden))
        asides += sheet.asides(Place(file, name))
    if not grids:
        raise ValueError("no worksheet")
    return Book(file, tuple(grids), {}, tuple(asides))


class _Records:
    """The records of a stream, counted: a sheet may be named many times, and a record can be four bytes."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._left = MAX_RECORDS

    def from_(self, at: int) -> Iterator[Record]:
        """Yield (kind, data) of each record from a place in the stream on."""
        while at + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, at)
            if at + 4 + size > len(self._stream):
                raise EOFError("a record that ends early")
            self._left -= 1
            if self._left < 0:
                raise too_large(f"记录超过 {MAX_RECORDS} 条")
            yield kind, self._stream[at + 4 : at + 4 + size]
            at += 4 + size

    def of_sheet(self, at: int) -> Iterator[Record]:
        """Yield the records of the worksheet at a place, those of charts in it left out."""
        depth = 0
        for kind, data in self.from_(at):
            if kind == _BOF:
                depth += 1
                if depth == 1 and struct.unpack_from("<H", data, 2)[0] != _WORKSHEET:
                    return
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield kind, data
            elif depth < 1:
                raise ValueError("no sheet there")


def _read_globals(records: _Records) -> _Globals:
    found = _Globals()
    pieces: list[bytes] = []  # of the table of strings
    in_strings = False
    for kind, data in records.from_(0):
        in_strings = kind == _SST or (in_strings and kind == _CONTINUE)
        if in_strings:
            pieces.append(data)
        elif kind == _EOF:
            break
        else:
            _take_global(kind, data, found)
    found.strings = tuple(_strings(pieces)) if pieces else ()
    return found


def _take_global(kind: int, data: bytes, found: _Globals) -> None:
    if kind == _BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
        raise ValueError("no BIFF8")
    if kind == _FILEPASS:
        raise Refused(Code.F03)
    if kind == _BOUNDSHEET:
        start, state, sheet_kind, length = struct.unpack_from("<IBBB", data)
        if sheet_kind == 0:
            found.sheets.append((start, _text(data, 7, length), bool(state & 3)))
    elif kind == _DATEMODE:
        found.epoch_1904 = data[:1] == b"\x01"
    elif kind == _FORMAT:
        number, length = struct.unpack_from("<HH", data)
        found.codes[number] = _text(data, 4, length)
    elif kind == _XF:
        found.styles.append(struct.unpack_from("<H", data, 2)[0])


def _text(data: bytes, at: int, length: int) -> str:
    """Return `length` characters behind the flags at `at`, which say whether they take one byte each or two."""
    if data[at] & 1:
        return data[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
    return data[at + 1 : at + 1 + length].decode("latin-1")


# the table of strings


class _Pieces:
    """The data of a record and of those that continue it, read on as one."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._piece = self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        taken = b""
        while len(taken) < size:
            part = self._here()[: size - len(taken)]
            self._at += len(part)
            taken += part
        return taken

    def characters(self, length: int, is_wide: bool) -> str:
        """Return the next characters; a piece that goes on with them says anew how wide they are."""
        text = ""
        while length:
            if self._is_at_end():
                self._here()
                is_wide = bool(self.take(1)[0] & 1)
            here, width = self._here(), 2 if is_wide else 1
            part = here[: min(length, max(len(here) // width, 1)) * width]
            self._at += len(part)
            text += part.decode("utf-16-le" if is_wide else "latin-1", "replace")
            length -= max(len(part) // width, 1)
        return text

    def _is_at_end(self) -> bool:
        return self._at >= len(self._pieces[self._piece])

    def _here(self) -> bytes:
        while self._is_at_end():
            self._piece, self._at = self._piece + 1, 0
            if self._piece >= len(self._pieces):
                raise EOFError("a text that ends early")
        return self._pieces[self._piece][self._at :]


def _strings(pieces: list[bytes]) -> Iterator[str]:
    data = _Pieces(pieces)
    count, counted = struct.unpack("<II", data.take(8))[1], Cells()
    for _ in range(count):
        length, flags = struct.unpack("<HB", data.take(3))
        runs = struct.unpack("<H", data.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", data.take(4))[0] if flags & 4 else 0
        text = data.characters(length, bool(flags & 1)) if length else ""
        counted.count(text)
        yield text
        data.take(4 * runs + more)


# a sheet


class _Sheet:
    """What the records of a worksheet have said so far."""

    def __init__(self, found: _Globals, counted: Cells) -> None:
        self.cells: dict[tuple[int, int], Value] = {}
        self.ranges: list[tuple[int, int, int, int]] = []
        self._found = found
        self._counted = counted
        self._awaited: tuple[int, int] | None = None  # a formula whose text comes in a record of its own
        self._object = (0, 0)  # kind and number of the last drawn object
        self._text_left = 0
        self._drawn: dict[tuple[int, int], str] = {}
        self._notes: list[tuple[int, int, int]] = []

    def take(self, kind: int, data: bytes) -> None:
        """Take in the next record."""
        if kind == _MULRK:
            self._take_row_of_numbers(data)
        elif kind in (_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _BOOLERR, _FORMULA):
            row, column, style = struct.unpack_from("<HHH", data)
            self._put(row, column, self._value(kind, data, style, (row + 1, column + 1)))
        elif kind == _STRING and self._awaited:
            self.cells[self._awaited] = Formula(_text(data, 2, struct.unpack_from("<H", data)[0]))
            self._awaited = None
        elif kind == _MERGED:
            for top, bottom, left, right in struct.iter_unpack("<4H", data[2 : 2 + (len(data) - 2) // 8 * 8]):
                self.ranges.append((top + 1, left + 1, bottom + 1, right + 1))
        elif kind in (_OBJECT, _TEXT_OBJECT, _NOTE, _CONTINUE):
            self._take_drawn(kind, data)

    def asides(self, sheet: Place) -> Iterator[Aside]:
        """Yield the texts of comments and text boxes."""
        by_number = {number: (kind, text) for (kind, number), text in self._drawn.items()}
        for row, column, number in self._notes:
            text = by_number.get(number, (0, ""))[1].strip()
            if text:
                yield Aside(Kind.COMMENT, Place(sheet.file, sheet.sheet, row + 1, column + 1), text)
        for kind, text in by_number.values():
            if kind != _NOTE_OBJECT and text.strip():
                yield Aside(Kind.DRAWING, sheet, text.strip())

    def _put(self, row: int, column: int, value: Value) -> None:
        self._counted.add(self.cells, row + 1, column + 1, value)

    def _take_row_of_numbers(self, data: bytes) -> None:
        row, first = struct.unpack_from("<HH", data)
        pairs = struct.iter_unpack("<HI", data[4 : 4 + (len(data) - 6) // 6 * 6])
        for column, (style, packed) in enumerate(pairs, first):
            self._put(row, column, self._found.number(_unpacked(packed), style))

    def _value(self, kind: int, data: bytes, style: int, cell: tuple[int, int]) -> Value:
        if kind == _LABELSST:
            return self._found.strings[int(struct.unpack_from("<I", data, 6)[0])]
        if kind == _NUMBER:
            return self._found.number(struct.unpack_from("<d", data, 6)[0], style)
        if kind == _RK:
            return self._found.number(_unpacked(struct.unpack_from("<I", data, 6)[0]), style)
        if kind == _BOOLERR:
            return ErrorValue(_ERRORS.get(data[6], "#N/A")) if data[7] else bool(data[6])
        if kind == _FORMULA:
            return self._result(data[6:14], style, cell)
        return _text(data, 8, struct.unpack_from("<H", data, 6)[0])

    def _result(self, data: bytes, style: int, cell: tuple[int, int]) -> Value:
        """Return the formula of a cell with the result that it shows."""
        if data[6:8] != b"\xff\xff":
            return Formula(text_of(self._found.number(struct.unpack("<d", data)[0], style)))
        if data[0] == 2:
            return ErrorValue(_ERRORS.get(data[2], "#N/A"))
        self._awaited = cell if data[0] == 0 else None
        return Formula(text_of(bool(data[2])) if data[0] == 1 else "")

    def _take_drawn(self, kind: int, data: bytes) -> None:
        """Take in an object, the text that follows it, or the note that an object belongs to."""
        if kind == _OBJECT:
            self._object = struct.unpack_from("<HH", data, 4)
        elif kind == _TEXT_OBJECT:
            self._text_left = struct.unpack_from("<H", data, 10)[0]
        elif kind == _NOTE:
            row, column, _flags, number = struct.unpack_from("<4H", data)
            self._notes.append((row, column, number))
        elif self._text_left:
            text = _text(data, 0, self._text_left)
            self._text_left = max(self._text_left - len(text), 0) if text else 0
            self._drawn[self._object] = self._drawn.get(self._object, "") + text


def _unpacked(packed: int) -> float:
    """Return a number kept in 30 bits: a whole one, or the upper half of a float, either in hundredths or not."""
    number: float
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number
