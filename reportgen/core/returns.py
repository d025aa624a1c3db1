"""From the grids of a file to a return: its tables, its unit, the answer of each row, and all that was noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reportgen.core import fields as keys
from reportgen.core.dates import date_of
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.grid import Book, Value, text_of
from reportgen.core.marks import without_marks
from reportgen.core.reading import Context, Reading
from reportgen.core.records import Answer, Filled
from reportgen.core.returned_beside import tell_beside
from reportgen.core.returned_cells import answer_of, is_scientific
from reportgen.core.returned_rows import Rows
from reportgen.core.returned_table import Table, Words, check_head, find_tables, words_around
from reportgen.core.returned_unit import identity, other_period
from reportgen.core.stamp import FILER_LABELS, UNIT_LABEL
from reportgen.core.text import seq_ranges, without_control

__all__ = ["Context", "parse_return"]

_FILLED_ON, _PHONE = "filled_on", "phone"


def parse_return(book: Book, context: Context) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a unit answered in `book`, None when no unit or no table is found; findings say what and where."""
    book = without_marks(book)
    reading = Reading(book.file)
    tables = find_tables(book, context.fields)
    if not tables:
        first, second = context.fields[keys.SEQ].heading, context.fields[keys.COMPLETION].heading
        reading.tell(Code.F10, Place(book.file), first=first, second=second)
        return None, tuple(reading.findings)
    words = words_around(tables[0], book)
    stamp = identity(book, tables[0], words, context, reading)
    if stamp is None:
        return None, tuple(reading.findings)
    if not context.plan.asks_of(reading.unit):
        reading.tell(Code.F11, Place(book.file, tables[0].grid.sheet))
    main, *others = (check_head(table, context, reading) for table in _of_the_unit(tables, book, context, reading))
    answers = _answers((main, *others), context, reading)
    around = [words, *(words_around(table, Book(book.file, ())) for table in tables[1:])]
    tell_beside(book, tables, around, context, reading)
    filled = Filled(
        unit=reading.unit,
        file=book.file,
        answers=answers,
        round=stamp.round,
        filled_on=_filled_on(words, context, reading),
        filer=dict(_filer(words, reading)),
        changes=tuple(reading.changes),
        head=main.grid.place(main.head, max((*main.columns.values(), *main.extra))),
    )
    return filled, tuple(reading.findings)


def _of_the_unit(tables: Sequence[Table], book: Book, context: Context, reading: Reading) -> Iterator[Table]:
    """Yield the tables that are the unit's of this period, the main one first; another's is told and left out."""
    main = tables[0]
    yield main
    for table in tables[1:]:
        shown = words_around(table, Book(book.file, ())).get(UNIT_LABEL)
        unit = context.ledger.unit_named(text_of(shown[0])) if shown else None
        period = other_period(table, context)
        what = f"是 {period} 的" if period else f"是“{unit.name}”的" if unit and unit.name != reading.unit else ""
        if not what:
            yield table
            continue
        at, sheets = table.grid.place(table.head, 0), (table.grid.sheet, main.grid.sheet)
        reading.tell(Code.F22, at, sheet=sheets[0], what=what, used=sheets[1])


def _answers(tables: Sequence[Table], context: Context, reading: Reading) -> tuple[Answer, ...]:
    """Return the answers of all rows, each once: a blank row gives way to one that is filled, others are told."""
    found: dict[tuple[int, str], Answer] = {}
    for number, table in enumerate(tables):
        before = {key: answer for key, answer in found.items() if not answer.is_blank}
        rows = Rows(table, context, reading, context.plan.asks_of(reading.unit))
        for row, values in table.rows():
            ask = rows.ask_of(row, values)
            if ask is None:
                continue
            answer = answer_of(table, row, values, ask, context, reading)
            earlier = found.get(ask.key)
            if earlier is None or (earlier.is_blank and not answer.is_blank):
                found[ask.key] = answer
            elif not answer.is_blank and earlier.texts != answer.texts:
                first, second = _rows_shown(earlier.place, answer.place)
                reading.tell(Code.R03, answer.place, ask.seq, what=ask.what, first=first, second=second)
        new = [key[0] for key, answer in found.items() if not answer.is_blank and key not in before]
        if number and new:
            at = table.grid.place(table.head, 0)
            reading.tell(Code.R11, at, rows=f"第{seq_ranges(new)}项", sheet=table.grid.sheet)
    return tuple(found.values())


def _rows_shown(one: Place, other: Place) -> tuple[str, str]:
    """Return how a message names two rows: 第7行, with the sheet where they stand on two."""
    sheets = (f"“{place.sheet}”" if one.sheet != other.sheet else "" for place in (one, other))
    first, second = (f"{sheet}第{place.row}行" for sheet, place in zip(sheets, (one, other), strict=True))
    return first, second


# who filled it, and when


def _filled_on(words: Words, context: Context, reading: Reading) -> date | None:
    label = FILER_LABELS[_FILLED_ON]
    if label not in words:
        return None
    value, place = words[label]
    found = date_of(value) or date_of(f"{context.period.year}年{text_of(value).strip()}")
    if found is None and text_of(value).strip():
        reading.tell(Code.F23, place, heading=label, value=shortened(text_of(value)))
    return found


def _filer(words: Words, reading: Reading) -> Iterator[tuple[str, str]]:
    for key, label in FILER_LABELS.items():
        if label in words:
            text = _plain(words[label][0])
            if key == _PHONE and is_scientific(text):
                reading.tell(Code.V14, words[label][1], heading=label, value=text)
            yield key, text


def _plain(value: Value) -> str:
    return without_control(text_of(value)).strip()
