"""A printed notice as read from Word or Excel: found by its headings, row by row, nothing dropped without a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import derived
from reportgen.core import fields as keys
from reportgen.core.fields import Fields
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.grid import Book, Grid
from reportgen.core.notice import CONTINUED, PrintedNotice, PrintedRow
from reportgen.core.statistics import SHEETS as OWN_SHEETS
from reportgen.core.text import fold, squeeze

# A line below the table, or between its parts, that heads no group.
_REMARK = re.compile(r"(?:备\s*注|注|说\s*明|合\s*计|总\s*计|小\s*计|填报|审核|制表)(?:[:：\d]|$)")
_NUMBER = re.compile(r"(\d+)[.、)]?")
# Between title and table there may be lines that are no title: 单位：万元, （截至8月31日）.
_TITLE_END = re.compile(r"(?:表|通报|台账|清单|情况)(?:[（(].*[）)])?$")


class _Head(Struct, frozen=True, dict=True):  # dict for the columns by field, made when first asked for
    """The head of the table: its rows, and the field key ("" for none) and text of each column that has one."""

    first: int
    last: int
    columns: Mapping[int, tuple[str, str]]

    @cached_property
    def keyed(self) -> dict[str, int]:
        """The column of each field."""
        return {key: column for column, (key, _text) in self.columns.items() if key}

    def is_repeated_in(self, grid: Grid, row: int) -> bool:
        """Tell whether `row` has the head's own texts, as when a table was put together from printed pages."""
        marks = (self.keyed[keys.SEQ], self.keyed[keys.ANNUAL_TARGET])
        return all(fold(grid.text(row, column)) == fold(self.columns[column][1]) for column in marks)


class TableLine(Struct, frozen=True):
    """A line of the table as it stands on paper: its place, the task it belongs to, the texts of its own cells.

    A line that is the heading of a group has nothing but its `heading`.
    """

    sheet: str
    row: int
    seq: str
    texts: Mapping[int, str]
    heading: str = ""


class TableText(Struct, frozen=True):
    """The table of a notice as it stands on paper: its sheet, its head by column and last row, its lines."""

    sheet: str
    head_row: int
    head: Mapping[int, str]
    lines: tuple[TableLine, ...]


def parse_printed(
    book: Book,
    paragraphs: Mapping[str, Sequence[str]],
    fields: Fields,
    extra_names: Mapping[str, str] | None = None,
    title: str = "",
    columns: Mapping[str, str] | None = None,
) -> tuple[PrintedNotice, tuple[Finding, ...]]:
    """Return the notice in `book`, and what of it could not be placed.

    `paragraphs` are the texts before each table of a document, by the table's name. `extra_names` maps headings that
    the fields do not know, such as those of a template, to field keys. A line above the table that says exactly
    `title` is the title; without one it is the nearest that reads like one. `columns` are the headings by key of the
    notice that this is a copy of, in their order: by them a head is known in which somebody changed one.
    """
    names = {fold(heading): key for heading, key in (extra_names or {}).items()}
    head: _Head | None = None
    shown_title = ""
    above: list[str] = []
    beside: list[str] = []
    rows: list[PrintedRow] = []
    findings: list[Finding] = []
    group = ""
    for grid in book.visible:
        if grid.sheet in OWN_SHEETS:
            continue
        above += paragraphs.get(grid.sheet, ())
        found = _head_of(grid, fields, names) or _head_by_place(grid, columns or {})
        if found:
            beside += _texts_above(grid, found.first)
        if found and not head:
            shown_title = _title([*above, *_texts_above(grid, found.first)], title)
        elif not found and not _goes_on(grid, head, paragraphs):
            findings += _left_out(grid, head)
            beside += [grid.text(row, column) for row, cells in grid.rows() for column in cells]
            continue
        head = found or head
        if head:
            more, told, group = _rows(grid, head, found.last + 1 if found else 1, group)
            rows += more
            findings += told
            stray = {one.place.row for one in told if one.code is Code.N03}
            beside += [grid.text(row, column) for row, cells in grid.rows() if row in stray for column in cells]
    if head is None:
        return PrintedNotice(book.file, "", (), ()), (Finding(Code.N01, Place(book.file)),)
    beside += [text for texts in paragraphs.values() for text in texts]
    kept = tuple(text.strip() for text in beside if squeeze(text))
    printed = PrintedNotice(book.file, shown_title, tuple(head.columns.values()), tuple(rows), kept)
    return printed, tuple(findings)


def table_text(
    book: Book, fields: Fields, extra_names: Mapping[str, str] | None = None, goes_on: bool = False
) -> TableText | None:
    """Return what the first table of a notice in `book` shows line by line; None when there is none.

    When it `goes_on`, the tables behind it that have the same head are parts of it: many rows in Word.
    """
    names = {fold(heading): key for heading, key in (extra_names or {}).items()}
    whole: TableText | None = None
    for grid in book.visible:
        head = _head_of(grid, fields, names)
        headings = {column: text for column, (_key, text) in head.columns.items()} if head else {}
        if head and not whole:
            whole = TableText(grid.sheet, head.last, headings, tuple(_table_lines(grid, head)))
        elif head and whole and goes_on and headings == whole.head:
            whole = replace(whole, lines=(*whole.lines, *_table_lines(grid, head)))
        if whole and not goes_on:
            break
    return whole


def _table_lines(grid: Grid, head: _Head) -> Iterator[TableLine]:
    seq = ""
    for row, cells in grid.rows():
        if row <= head.last or head.is_repeated_in(grid, row):
            continue
        heading = _group_heading(grid, row, head)
        shown = squeeze(unicodedata.normalize("NFKC", _own_text(grid, row, head.keyed[keys.SEQ])))
        if not heading and not shown and (row, head.keyed[keys.SEQ]) not in grid.covered:
            continue  # below the table, or between its parts: no task's
        if not heading and shown and shown != fold(CONTINUED):
            seq = shown
        texts = {} if heading else {column: grid.text(row, column) for column in cells if column in head.columns}
        yield TableLine(grid.sheet, row, "" if heading else seq, texts, heading)


def _head_of(grid: Grid, fields: Fields, names: Mapping[str, str]) -> _Head | None:
    """Return the first row that has both 序号 and 年度目标任务 among its headings, with the rows merged into it."""

    def key_of(text: str) -> str:
        field = fields.by_heading(text)
        return names.get(fold(text)) or (field.key if field else derived.key_of(text))

    width = max((column for _row, column in grid.cells), default=0)
    for row, _cells in grid.rows():
        # A cell merged over two rows of the head shows its text in both.
        found = {key_of(grid.text(row, column)): column for column in range(width, 0, -1)}
        if not {keys.SEQ, keys.ANNUAL_TARGET} <= set(found):
            continue
        top = last = row
        corner = grid.covered.get((row, found[keys.SEQ]), (row, found[keys.SEQ]))
        if corner[1] == found[keys.SEQ]:
            top = corner[0]
        while grid.covered.get((last + 1, found[keys.SEQ])) == corner:
            last += 1
        columns: dict[int, tuple[str, str]] = {}
        for column in range(1, width + 1):
            own = grid.covered.get((last, column), (last, column))[1] == column
            text = grid.text(last, column) if own else ""
            if squeeze(text):
                taken = {key for key, _text in columns.values()}
                key = key_of(text)
                columns[column] = ("" if key in taken else key, text)
        if {keys.SEQ, keys.ANNUAL_TARGET} <= {key for key, _text in columns.values()}:
            return _Head(top, last, columns)
    return None


def _head_by_place(grid: Grid, columns: Mapping[str, str]) -> _Head | None:
    """Return the first row that has at least half of the headings `columns` where they were printed."""
    for row, _cells in grid.rows():
        shown = [grid.text(row, column) for column in range(1, len(columns) + 1)]
        same = sum(fold(text) == fold(heading) for text, heading in zip(shown, columns.values(), strict=True))
        if same and same * 2 >= len(columns):
            pairs = zip(columns, shown, strict=True)
            return _Head(row, row, {column: (key, text) for column, (key, text) in enumerate(pairs, 1)})
    return None


def _width(grid: Grid) -> int:
    return max((column for _row, column in grid.cells), default=0)


def _texts_above(grid: Grid, head_row: int) -> list[str]:
    return [grid.text(row, column) for row, cells in grid.rows() if row < head_row for column in cells]


def _title(above: Sequence[str], wanted: str) -> str:
    """Return the line above the table that is `wanted`, else the nearest that reads as a title, else the nearest."""
    lines = [text for text in above if squeeze(text)]
    if wanted in lines:
        return wanted
    named = [text for text in lines if _TITLE_END.search(text.strip())]
    return (named or lines or [""])[-1]


def _goes_on(grid: Grid, head: _Head | None, paragraphs: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a table of a document carries on the one before: no wider, with only blank lines between."""
    if head is None or grid.sheet not in paragraphs or any(map(squeeze, paragraphs[grid.sheet])):
        return False
    return _width(grid) <= max(head.columns)


def _left_out(grid: Grid, head: _Head | None) -> Iterator[Finding]:
    """Yield that a sheet or table after the notice was not read; what stands before it is its cover."""
    text = " ".join(grid.text(row, column) for row, cells in grid.rows() for column in cells)
    if head and squeeze(text):
        yield Finding(Code.N03, Place(grid.file, grid.sheet), values={"text": shortened(text)})


def _rows(grid: Grid, head: _Head, first: int, group: str = "") -> tuple[list[PrintedRow], list[Finding], str]:
    """Return the rows of the table from row `first` on, and the group that holds at its end; `group` at its start."""
    seq_column = head.keyed[keys.SEQ]
    rows: list[PrintedRow] = []
    findings: list[Finding] = []
    lost: dict[int, int] = {}  # columns without a field, with the first row in which they say something
    waiting: list[Finding] = []  # of a heading that no row has followed yet
    for row, cells in grid.rows():
        if row < first or head.is_repeated_in(grid, row):
            continue
        shown = squeeze(unicodedata.normalize("NFKC", grid.text(row, seq_column)))
        number = _NUMBER.fullmatch(shown)
        origin = grid.covered.get((row, seq_column))
        if rows and origin and origin[1] == seq_column and number:
            # 序号 is merged over several rows: they are one task.
            rows[-1] = _joined(rows[-1], _own_texts(grid, row, head), "\n")
        elif rows and shown == fold(CONTINUED):
            rows[-1] = _joined(rows[-1], _own_texts(grid, row, head), "")
        elif number:
            rows.append(_printed_row(grid, row, head, number.group(1), group))
            waiting = []
        else:
            text = " ".join(grid.text(row, column) for column in cells)
            if squeeze(text):
                heading = _group_heading(grid, row, head)
                left = Finding(Code.N03, grid.place(row, 0), values={"text": shortened(text)})
                findings += waiting if heading else [left]
                group, waiting = (heading, [left]) if heading else (group, waiting)
            continue
        for column in cells:
            if column not in head.keyed.values() and squeeze(grid.text(row, column)):
                lost.setdefault(column, row)
    for column, row in sorted(lost.items()):
        heading = squeeze(head.columns.get(column, ("", ""))[1]) or f"第{column}列（没有表头）"
        findings.append(Finding(Code.N02, grid.place(row, column), values={"heading": heading}))
    return rows, [*findings, *waiting], group


def _group_heading(grid: Grid, row: int, head: _Head) -> str:
    """Return the text of a row that heads the tasks below it, "" for another: it stands alone, where 序号 stands."""
    own = [column for column in range(1, _width(grid) + 1) if squeeze(_own_text(grid, row, column))]
    if len(own) != 1 or own[0] > head.keyed[keys.SEQ] or _REMARK.match(squeeze(grid.text(row, own[0]))):
        return ""
    return grid.text(row, own[0])


def _own_text(grid: Grid, row: int, column: int) -> str:
    return "" if (row, column) in grid.covered else grid.text(row, column)


def _printed_row(grid: Grid, row: int, head: _Head, seq: str, group: str) -> PrintedRow:
    texts = {key: grid.text(row, column) for key, column in head.keyed.items()}
    if group:
        texts.setdefault(derived.GROUP, group)
    places = {key: grid.place(row, column) for key, column in head.keyed.items()}
    return PrintedRow({**texts, keys.SEQ: seq}, places)


def _own_texts(grid: Grid, row: int, head: _Head) -> dict[str, str]:
    """Return the texts that stand in `row` itself, not those of a range merged down from above."""
    return {
        key: grid.text(row, column)
        for key, column in head.keyed.items()
        if key != keys.SEQ and (row, column) not in grid.covered
    }


def _joined(above: PrintedRow, more: Mapping[str, str], between: str) -> PrintedRow:
    """Return a row with the texts of the row below, which carries it on, put after its own."""
    texts = {
        key: text + (between if text and more.get(key) else "") + more.get(key, "") for key, text in above.texts.items()
    }
    return PrintedRow(texts, above.places)
