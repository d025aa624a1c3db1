"""The texts of a row: what the unit meant, with every repair noted, and what it changed that was not its to change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from reportgen.core import fields as keys
from reportgen.core.answers import Ask
from reportgen.core.fields import Field
from reportgen.core.findings import Code, Place, shortened
from reportgen.core.grid import ErrorValue, Formula, Shown, Value, text_of
from reportgen.core.limits import MAX_CELL_CHARS
from reportgen.core.numberformats import general
from reportgen.core.reading import Context, Reading
from reportgen.core.records import Answer
from reportgen.core.returned_table import Table
from reportgen.core.stamp import row_mark_of
from reportgen.core.text import of_one_font, squeeze, without_control, without_widthless

# What Excel makes of a long number in a narrow or unformatted cell, and a csv keeps of it.
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2,}")


def is_scientific(text: str) -> bool:
    """Tell whether a text is a number whose last digits a program has dropped: 1.38E+10."""
    return bool(_SCIENTIFIC.fullmatch(text.strip()))


def answer_of(
    table: Table, row: int, values: Mapping[int, Value], ask: Ask, context: Context, reading: Reading
) -> Answer:
    """Return the answer that a row gives."""
    texts: dict[str, str] = {}
    places: dict[str, Place] = {}
    changed: dict[str, str] = {}
    for wanted in context.fields.of_units:
        column = table.columns.get(wanted.key)
        if column is None:
            continue
        if wanted.key == keys.NEXT_TARGET and ask.next_target is not None:
            changed |= _changed_prefilled(table, row, wanted, ask.next_target, ask, reading)
            continue
        place = places[wanted.key] = table.grid.place(row, column)
        value = _value(table, row, values, column, wanted, ask, reading)
        texts[wanted.key] = _text_of_unit(value, place, wanted, ask, reading)
    for key, text in ((keys.ANNUAL_TARGET, ask.task.annual_target), (keys.PERIOD_TARGET, ask.target)):
        if key in context.fields:
            changed |= _changed_prefilled(table, row, context.fields[key], text, ask, reading)
    _tell_extra(table, row, values, ask, reading)
    _exchange(texts, places, ask, context, reading)
    _part(texts, places, ask, context, reading)
    place = table.grid.place(row, table.columns.get(keys.SEQ, 0))
    return Answer(ask.seq, ask.label, texts, places, place, changed)


def _value(
    table: Table, row: int, values: Mapping[int, Value], column: int, wanted: Field, ask: Ask, reading: Reading
) -> Value | None:
    """Return what an answer cell holds; one merged with the cell above it shows, and means, the same."""
    if column in values:
        return values[column]
    origin = table.grid.covered.get((row, column))
    if origin is None or origin[1] != column or origin[0] <= table.last_head:
        return None
    value = table.grid.value(row, column)
    if value is not None:
        reading.tell_of(Code.V17, table.grid.place(row, column), wanted, ask)
    return value


def _text_of_unit(value: Value | None, place: Place, wanted: Field, ask: Ask, reading: Reading) -> str:
    """Return the text of an answer cell; formulas and error values are told and not taken."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        reading.tell_of(Code.V08, place, wanted, ask)
        return ""
    if isinstance(value, ErrorValue):
        reading.tell_of(Code.V09, place, wanted, ask, value=value.shown)
        return ""
    written = text_of(value)
    if isinstance(value, Shown):
        stored = value.value.isoformat() if isinstance(value.value, date) else general(value.value)
        reading.tell_of(Code.V13, place, wanted, ask, value=stored, used=written)
        reading.change(ask, wanted.key, place, stored, written, "按单元格显示的样子采用")
    if len(written) >= MAX_CELL_CHARS:
        reading.tell_of(Code.V15, place, wanted, ask)
    if is_scientific(written):
        reading.tell_of(Code.V14, place, wanted, ask, value=written)
    return _tidied(written, place, wanted, ask, reading)


def _tidied(written: str, place: Place, wanted: Field, ask: Ask, reading: Reading) -> str:
    """Return a text without what cannot be seen in it."""
    clean = without_widthless(without_control(written))
    if clean != written and clean != written.replace("\r\n", "\n").replace("\r", "\n"):
        reading.tell_of(Code.V10, place, wanted, ask)
    text = clean.strip()
    if text != clean:
        reading.tell_of(Code.V12, place, wanted, ask)
    if text != written:
        reading.change(ask, wanted.key, place, written, text, "去掉首尾空白和控制字符")
    if signs := of_one_font(text):
        reading.tell_of(Code.V19, place, wanted, ask, signs=signs)
    return text


def _changed_prefilled(
    table: Table, row: int, wanted: Field, expected: str, ask: Ask, reading: Reading
) -> dict[str, str]:
    """Return a prefilled text that was changed, by its key, and tell it (rule 5); the ledger's text stands."""
    column = table.columns.get(wanted.key)
    if column is None:
        return {}
    found = table.grid.text(row, column)
    if found == expected or squeeze(without_control(found)) == squeeze(without_control(expected)):
        return {}
    place = table.grid.place(row, column)
    values = {"heading": wanted.heading, "ledger": expected, "found": found}
    reading.tell(Code.R05, place, ask.seq, wanted.key, **values)
    reading.change(ask, wanted.key, place, found, expected, "按台账恢复")
    return {wanted.key: without_control(found).strip()}


def _tell_extra(table: Table, row: int, values: Mapping[int, Value], ask: Ask, reading: Reading) -> None:
    for column, value in values.items():
        if column in table.known:
            continue
        text = text_of(value).strip()
        if text and row_mark_of((value,)) is None:
            heading = table.extra.get(column, "无表头")
            reading.tell(Code.H03, table.grid.place(row, column), ask.seq, heading=heading, text=shortened(text))


def _exchange(texts: dict[str, str], places: Mapping[str, Place], ask: Ask, context: Context, reading: Reading) -> None:
    """Exchange status and completion where each clearly stands in the other's cell."""
    status, completion = texts.get(keys.STATUS, ""), texts.get(keys.COMPLETION, "")
    meant = context.statuses.meant_by
    if not (status and completion) or meant(status) is not None or meant(completion) is None:
        return
    texts[keys.STATUS], texts[keys.COMPLETION] = completion, status
    place, other = places[keys.STATUS], context.fields[keys.COMPLETION]
    reading.tell_of(Code.V16, place, context.fields[keys.STATUS], ask, other=other.heading)
    for key, before, after in ((keys.STATUS, status, completion), (keys.COMPLETION, completion, status)):
        reading.change(ask, key, places[key], before, after, "对调填反的两格")


def _part(texts: dict[str, str], places: Mapping[str, Place], ask: Ask, context: Context, reading: Reading) -> None:
    """Take the status from a text that opens with it, where one cell holds both and the other is empty.

    A completion keeps its words: what is printed begins with the status once (rule 3).
    """
    if keys.STATUS not in texts or keys.COMPLETION not in texts:
        return
    status, completion = texts[keys.STATUS], texts[keys.COMPLETION]
    if status and completion:
        return
    name, rest = context.statuses.opening(status or completion)
    if not (name and rest):
        return
    used = {keys.STATUS: name, keys.COMPLETION: completion or rest}
    written_in = keys.STATUS if status else keys.COMPLETION
    fields = {key: context.fields[key] for key in used}
    reading.tell_of(Code.V18, places[written_in], fields[written_in], ask, status=name)
    for key, text in used.items():
        if texts[key] != text:
            reading.change(ask, key, places[key], texts[key], text, "状态与完成情况写在一格")
            texts[key] = text
