"""Text files (.csv, .txt) as one grid: UTF-8 with or without a mark, UTF-16 with one, else GBK."""

from __future__ import annotations

import csv
import io
import re

from reportgen.core.filekinds import FileKind
from reportgen.core.grid import Book, Grid, Value
from reportgen.readers.grids import Cells

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = (",", "\t", ";", "，")
_FEWEST_FIELDS = 3  # of the widest row of what may be called a table
# Excel's way of keeping 007 in a csv.
_QUOTED = re.compile(r'="([^"]*)"')


def decoded(content: bytes) -> str | None:
    """Return the text of a file, None when it is none."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if b"\0" in content:
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def kind_of_text(text: str) -> FileKind | None:
    """Return what a text is that is no table of fields but another format, None for a plain one."""
    start = text.lstrip()[:400].casefold()
    if start.startswith("{\\rtf"):
        return FileKind.RICH_TEXT
    if start.startswith("<"):
        is_page = any(word in start for word in ("<html", "<!doctype html", "<table", "<body", "<meta"))
        return FileKind.WEB_PAGE if is_page else FileKind.XML_SHEET
    return None


def read_text(text: str, file: str) -> Book | None:
    """Return the rows of a text as a grid, None when nothing in it looks like a table. Raises Refused, csv.Error."""
    counted = Cells()
    widest: tuple[int, Grid] | None = None
    for separator in _SEPARATORS:
        if separator not in text:
            continue
        cells: dict[tuple[int, int], Value] = {}
        width = 0
        for row, fields in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            width = max(width, sum(map(bool, fields)))
            for column, value in enumerate(fields, 1):
                quoted = _QUOTED.fullmatch(value)
                counted.add(cells, row, column, quoted.group(1) if quoted else value)
        if width >= _FEWEST_FIELDS and (widest is None or width > widest[0]):
            widest = (width, Grid(file, "", cells))
    return Book(file, (widest[1],)) if widest else None
