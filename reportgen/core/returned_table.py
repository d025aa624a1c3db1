"""The tables of a return, found by their heads: on any sheet, anywhere on it, their columns in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.answers import Ask
from reportgen.core.fields import Field, Fields, FilledBy
from reportgen.core.findings import Code, Place, shortened
from reportgen.core.grid import Aside, Book, Grid, Kind, Value, text_of
from reportgen.core.limits import MAX_TABLES
from reportgen.core.period import Period
from reportgen.core.reading import Context, Reading
from reportgen.core.stamp import (
    DEADLINE_LABEL,
    FILER_LABELS,
    INFORMED_TITLE,
    LABEL_ALIASES,
    PERIOD_LABEL,
    UNIT_LABEL,
)
from reportgen.core.text import fold, nearest, squeeze

_LABELS = (UNIT_LABEL, PERIOD_LABEL, DEADLINE_LABEL, *FILER_LABELS.values(), *LABEL_ALIASES)
_ANY_LABEL = "|".join(r"\s*".join(label) for label in sorted(_LABELS, key=len, reverse=True))
# 填报单位（盖章）：
_LABELLED = re.compile(rf"({_ANY_LABEL})(?:\s*[（(][^（）()]{{0,8}}[）)])?")
_IN_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_COLONS = ("：", ":")
_NOT_A_TABLE = 2  # a head must show more fields than this to be one
_LONGEST_HEADING = 60
_LONGEST_LABELLED = 1000
_INFORMED, _OPENS = squeeze(INFORMED_TITLE), INFORMED_TITLE[0]
_NO_END = 1 << 30
_FURTHEST = 2  # columns from a label to what it labels
# By these a row of a table can be known; one of them must be in the head.
_KNOWN_BY = (keys.SEQ, keys.PERIOD_TARGET, keys.ANNUAL_TARGET)

Words = Mapping[str, tuple[Value, Place]]


class Table(Struct, frozen=True, dict=True):  # dict for its rows and the texts of its head, made when first asked for
    """A table of a return: its grid, the first and last row of its head, the column of each field.

    `extra` are the headings of other columns; `above` is the first row that can belong to it (its title), `end` the
    row of the next table's head. The head of one that goes on without a head is row 0.
    """

    grid: Grid
    head: int
    last_head: int
    columns: Mapping[str, int]
    extra: Mapping[int, str]
    above: int = 0
    end: int = _NO_END

    def text(self, row: int, key: str) -> str:
        """Return the text in the column of a field, "" where the table has no such column."""
        return self.grid.text(row, self.columns.get(key, 0))

    @cached_property
    def known(self) -> frozenset[int]:
        """The columns of fields."""
        return frozenset(self.columns.values())

    @cached_property
    def rows(self) -> Sequence[tuple[int, dict[int, Value]]]:
        """The rows below the head, up to the block of tasks for information, heads printed again left out."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[tuple[int, dict[int, Value]]]:
        for row, values in self.grid.rows():
            if row <= self.last_head:
                continue
            if row >= self.end or opens_information(values):
                return
            if not self._is_head_again(values):
                yield row, values

    def _is_head_again(self, values: Mapping[int, Value]) -> bool:
        numbers = self.columns.get(keys.SEQ)
        if numbers is not None and fold(text_of(values.get(numbers, ""))) != self._heads[numbers]:
            return False
        same = sum(fold(text_of(values[column])) == text for column, text in self._heads.items() if column in values)
        return same > _NOT_A_TABLE and same * 2 > len(values)

    @cached_property
    def _heads(self) -> Mapping[int, str]:
        return {column: fold(self.grid.text(self.head, column)) for column in self.columns.values()}


def opens_information(values: Mapping[int, Value]) -> bool:
    """Tell whether a row opens the block of tasks that the unit takes part in without answering."""
    for value in values.values():
        if isinstance(value, str) and value.lstrip().startswith(_OPENS) and squeeze(value).startswith(_INFORMED):
            return True
    return False


def find_tables(book: Book, fields: Fields) -> tuple[Table, ...]:
    """Return the tables of the visible sheets, the one with most fields first; else those of hidden sheets."""
    for grids in (book.visible, tuple(grid for grid in book.grids if grid.hidden)):
        tables = [table for grid in grids for table in _tables_of(grid, fields)]
        if tables:
            return tuple(sorted(tables, key=lambda table: -len(table.columns)))[:MAX_TABLES]
    return ()


def _tables_of(grid: Grid, fields: Fields) -> Iterator[Table]:
    """Yield the tables of a sheet: the head of the first is the row, or the two rows, that show most fields.

    Rows above or below that are heads too, and not the same one printed again, begin other tables.
    """
    rows = dict(grid.rows())
    one_line, two_lines = [], []
    for row, values in rows.items():
        texts = {column: text_of(value) for column, value in values.items()}
        if not any(_known_as(text, fields) for text in texts.values()):
            continue  # the rows of a table show no field; the lines of a head each show one as a rule
        one_line.append(_headed(grid, row, row, texts, fields))
        if row + 1 in rows:
            two_lines.append(_in_two_lines(grid, row, {*texts, *rows[row + 1]}, fields))
    # The first of the best: a head of one line before one that is as good with the line above it.
    best = max((*one_line, *two_lines), key=lambda table: len(table.columns), default=None)
    if best is None or not _is_table(best, fields):
        return
    others = [other for other in one_line if _is_table(other, fields) and _is_another(other, best)]
    heads = sorted((best, *others[: MAX_TABLES - 1]), key=lambda table: table.head)
    for before, table, after in zip((None, *heads), heads, (*heads[1:], None), strict=False):
        yield replace(table, above=before.head + 1 if before else 0, end=after.head if after else _NO_END)


def _is_another(table: Table, best: Table) -> bool:
    """Tell whether the head of a table is neither that of the best, nor the same words printed again."""
    if best.head <= table.head <= best.last_head:
        return False
    lines = range(best.head, best.last_head + 1)
    return any(
        fold(table.grid.text(table.head, column)) not in {fold(best.grid.text(line, column)) for line in lines}
        for column in (*table.columns.values(), *table.extra)
    )


def _is_table(table: Table, fields: Fields) -> bool:
    answers = sum(wanted.key in table.columns for wanted in fields.of_units)
    return answers > 0 and len(table.columns) > _NOT_A_TABLE and any(key in table.columns for key in _KNOWN_BY)


def _headed(grid: Grid, first: int, last: int, texts: Mapping[int, str], fields: Fields) -> Table:
    columns: dict[str, int] = {}
    extra: dict[int, str] = {}
    for column, text in texts.items():
        known = _known_as(text, fields)
        if known and known.key not in columns:
            columns[known.key] = column
        elif text.strip():
            extra[column] = text
    return Table(grid, first, last, columns, extra)


def _known_as(heading: str, fields: Fields) -> Field | None:
    """Return the field that a heading means, what stands in brackets in it aside: 完成情况（400字以内）."""
    if not heading or len(heading) > _LONGEST_HEADING:
        return None
    known = fields.by_heading(heading)
    return known or (fields.by_heading(_IN_BRACKETS.sub("", heading)) if _has_brackets(heading) else None)


def _has_brackets(text: str) -> bool:
    return "（" in text or "(" in text


def _in_two_lines(grid: Grid, row: int, columns: set[int], fields: Fields) -> Table:
    """Return the table whose headings stand in two rows: one over the other, or under a merged one."""
    texts = {}
    for column in sorted(columns):
        upper, lower = grid.text(row, column), grid.text(row + 1, column)
        known = next((text for text in (upper + lower, lower, upper) if _known_as(text, fields)), "")
        texts[column] = known or upper + lower
    return _headed(grid, row, row + 1, texts, fields)


def check_head(table: Table, context: Context, reading: Reading) -> Table:
    """Return the table with renamed headings recognised; missing and doubled ones are told."""
    fields = context.fields
    columns, extra = dict(table.columns), dict(table.extra)
    for column, text in table.extra.items():
        known = fields.by_heading(text)
        if known and known.key in columns:
            reading.tell(Code.H04, table.grid.place(table.head, column), key=known.key, heading=known.heading)
    for wanted in fields:
        expected = wanted.filled_by is FilledBy.UNIT or wanted.key in (keys.SEQ, keys.PERIOD_TARGET)
        if wanted.key in columns or not expected:
            continue
        periods = (None, period_in(wanted.heading, context))
        likely = nearest(wanted.heading, (text for text in extra.values() if period_in(text, context) in periods))
        if likely is not None:
            column = next(c for c, text in extra.items() if text == likely)
            columns[wanted.key] = column
            del extra[column]
            at = table.grid.place(table.head, column)
            reading.tell(Code.H02, at, key=wanted.key, found=shortened(likely), heading=wanted.heading)
        else:
            _tell_missing(table, wanted, reading)
    return replace(table, columns=columns, extra=extra)


def _tell_missing(table: Table, wanted: Field, reading: Reading) -> None:
    place = table.grid.place(table.head, 0)
    if wanted.filled_by is FilledBy.UNIT:
        reading.tell(Code.H01, place, key=wanted.key, heading=wanted.heading)
    elif wanted.key == keys.SEQ:
        reading.tell(Code.H05, place, key=wanted.key, heading=wanted.heading)


def period_in(heading: str, context: Context) -> Period | None:
    """Return the period whose target a heading names: that of 7月份目标任务; None for any other heading."""
    pattern = fold(context.fields[keys.PERIOD_TARGET].heading)
    before, label, after = pattern.partition(fold(context.period.label))
    text = fold(heading)
    if not label or not (text.startswith(before) and text.endswith(after)):
        return None
    return Period.from_label(text[len(before) : len(text) - len(after)], context.period.year)


def going_on(book: Book, tables: Sequence[Table], first: Table, asks: Sequence[Ask]) -> Iterator[Table]:
    """Yield the sheets on which the first table goes on without its head, as Word leaves it when a table is parted.

    That is one on which a row shows the number and the target of an ask in the columns of the first.
    """
    known = {id(table.grid) for table in tables}
    targets: dict[str, set[str]] = {}
    for ask in asks:
        if ask.target:
            targets.setdefault(str(ask.seq), set()).add(fold(ask.target))
    for grid in book.visible:
        table = Table(grid, 0, 0, first.columns, {})
        if id(grid) not in known and any(
            fold(table.text(row, keys.PERIOD_TARGET)) in targets.get(fold(table.text(row, keys.SEQ)), ())
            for row, _values in grid.rows()
        ):
            yield table


# the words around a table


def words_around(table: Table, book: Book) -> dict[str, tuple[Value, Place]]:
    """Return the values behind or beside the labels around a table (填报单位, 填报日期 …), each with its place."""
    found: dict[str, tuple[Value, Place]] = {}
    for aside in book.asides:
        if is_paragraph(aside):
            for label, text in _labelled(aside.text):
                if text:
                    found.setdefault(label, (text, aside.place))
    for row, values in table.grid.rows():
        if not (table.head <= row <= table.last_head or is_numbered(table, row)):
            for column, value in values.items():
                _read_label(table.grid, row, column, value, values, found)
    return found


def is_numbered(table: Table, row: int) -> bool:
    """Tell whether a row below the head has a number, by which it is one of the table's."""
    return row > table.last_head and table.text(row, keys.SEQ).strip()[:1].isdigit()


def _read_label(
    grid: Grid,
    row: int,
    column: int,
    value: Value,
    values: Mapping[int, Value],
    found: dict[str, tuple[Value, Place]],
) -> None:
    """Enter what stands behind the labels in one cell, or in the next cell of its row."""
    for label, text in _labelled(text_of(value)):
        if label in found:
            continue
        if text:
            found[label] = (text, grid.place(row, column))
            continue
        following = next((c for c in values if c > column), None)
        if following is None or following - _last_column(grid, row, column) > _FURTHEST:
            continue
        if not _labelled(text_of(values[following])):
            found[label] = (values[following], grid.place(row, following))


def _last_column(grid: Grid, row: int, column: int) -> int:
    """Return where a cell ends that may be merged with those at its right."""
    while grid.covered.get((row, column + 1)) == (row, column) or (
        grid.covered.get((row, column + 1)) == grid.covered.get((row, column)) is not None
    ):
        column += 1
    return column


def _labelled(text: str) -> Sequence[tuple[str, str]]:
    """Return (label, what follows it) for each label in a text that starts with one."""
    return _parted(text.strip()) if len(text) <= _LONGEST_LABELLED else ()


@lru_cache(maxsize=1024)  # most texts around a table are in every return the same
def _parted(text: str) -> Sequence[tuple[str, str]]:
    first = _LABELLED.match(text)
    if first is None:
        return ()
    marks = [first, *(m for m in _LABELLED.finditer(text, first.end()) if _parts_off(text, m))]
    pairs = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        written = text[mark.end() : following.start() if following else len(text)]
        label, behind = squeeze(mark.group(1)), written.strip()
        if behind.startswith(_COLONS):
            pairs.append((LABEL_ALIASES.get(label, label), behind[1:].strip()))
        elif not behind or written[:1].isspace():
            pairs.append((LABEL_ALIASES.get(label, label), behind))
    return pairs


def _parts_off(text: str, label: re.Match[str]) -> bool:
    """Tell whether a label within a text begins a new piece of it: a colon or white space on both sides says so."""
    behind = text[label.end() :]
    spaced = text[label.start() - 1].isspace() and (not behind or behind[:1].isspace())
    return spaced or behind.lstrip().startswith(_COLONS)


def is_meta(text: str) -> bool:
    """Tell whether a text is one of the labels around the table, with what it labels or without."""
    return bool(_labelled(text))


def is_paragraph(aside: Aside) -> bool:
    """Tell whether a text stands on the pages themselves, where the words around a table may be."""
    return aside.kind in (Kind.PARAGRAPH, Kind.MARGIN)
