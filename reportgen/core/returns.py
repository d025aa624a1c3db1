"""From the grids of a file to a return: its tables, its unit, the answer of each row, and all that was noticed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
from reportgen.core.returned_table import Table, Words, check_head, find_tables, going_on, words_around
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
        return None, reading.all_findings()
    around = [words_around(tables[0], book), *(words_around(table, Book(book.file, ())) for table in tables[1:])]
    words = around[0]
    stamp = identity(book, tables[0], words, context, reading)
    if stamp is None:
        return None, reading.all_findings()
    asks = context.plan.asks_of(reading.unit)
    if not asks:
        reading.tell(Code.F11, Place(book.file, tables[0].grid.sheet))
    main, *others = (check_head(table, context, reading) for table in _of_the_unit(tables, around, context, reading))
    parted = tuple(going_on(book, tables, main, asks))
    answered = frozenset(place for found in around for _value, place in found.values())
    answers = _answers((main, *others, *parted), answered, context, reading)
    tell_beside(book, (*tables, *parted), answered, context, reading)
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
    return filled, reading.all_findings()


def _of_the_unit(
    tables: Sequence[Table], around: Sequence[Words], context: Context, reading: Reading
) -> Iterator[Table]:
    """Yield the tables that are the unit's of this period, the main one first; another's is told and left out."""
    main = tables[0]
    yield main
    for table, words in zip(tables[1:], around[1:], strict=True):
        shown = words.get(UNIT_LABEL)
        unit = context.ledger.unit_named(text_of(shown[0])) if shown else None
        period = other_period(table, context)
        at, sheet = table.grid.place(table.head, 0), table.grid.sheet
        if period:
            reading.tell(Code.F25, at, sheet=sheet, found=period, period=context.period)
        elif unit and unit.name != reading.unit:
            reading.tell(Code.F22, at, sheet=sheet, other=unit.name, used=main.grid.sheet)
        else:
            yield table


def _answers(
    tables: Sequence[Table], answered: Collection[Place], context: Context, reading: Reading
) -> tuple[Answer, ...]:
    """Return the answers of all rows, each once: a blank row gives way to one that is filled, others are told."""
    found: dict[tuple[int, str], Answer] = {}
    for table in tables:
        before = {key: answer for key, answer in found.items() if not answer.is_blank}
        rows = Rows(table, context, reading, context.plan.asks_of(reading.unit), answered)
        for row, values in table.rows:
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
        if new and table.grid.sheet != tables[0].grid.sheet:
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
