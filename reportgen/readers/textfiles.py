"""Text files (.csv, .txt) as one grid: UTF-8 with or without a mark, UTF-16 with one, else GBK."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from reportgen.core.filekinds import FileKind
from reportgen.core.grid import Book, Formula, Grid, Value
from reportgen.core.limits import MAX_CHARACTERS
from reportgen.readers.grids import Cells
from reportgen.readers.packages import too_large

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS = (",", "\t", ";", "，")
_FEWEST_FIELDS = 3  # in a row of what may be called a table
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
    if start.startswith("mime-version:"):
        return FileKind.WEB_PAGE  # .mht, as Excel and browsers save a page in one file
    if start.startswith("<"):
        if "word.document" in start or "wordml" in start:
            return FileKind.XML_WORD
        is_page = any(word in start for word in ("<html", "<!doctype html", "<table", "<body", "<meta"))
        return FileKind.WEB_PAGE if is_page else FileKind.XML_SHEET
    return None


def read_text(text: str, file: str) -> Book | None:
    """Return the rows of a text as a grid, None when nothing in it looks like a table. Raises Refused, csv.Error.

    The separator is the one that most rows agree on: sentences hold commas, but not the same number in each row.
    """
    if len(text) > MAX_CHARACTERS:
        raise too_large(f"文字超过 {MAX_CHARACTERS} 个字")
    best: tuple[int, list[list[str]]] | None = None
    for separator in _SEPARATORS:
        if separator in text:
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
            widths = Counter(len(fields) for fields in lines if len(fields) >= _FEWEST_FIELDS)
            agreeing = max(widths.values(), default=0)
            if agreeing and (best is None or agreeing > best[0]):
                best = (agreeing, lines)
    return Book(file, (_grid(best[1], file),)) if best else None


def _grid(lines: list[list[str]], file: str) -> Grid:
    counted = Cells()
    cells: dict[tuple[int, int], Value] = {}
    for row, fields in enumerate(lines, 1):
        for column, value in enumerate(fields, 1):
            counted.add(cells, row, column, _value(value))
    return Grid(file, "", cells)


def _value(text: str) -> Value:
    """Return a field; one that an office program would run as a formula is told as one and not taken."""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted.group(1)
    return Formula(text) if text.startswith("=") else text
