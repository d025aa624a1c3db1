"""From the grids of a workbook to a return: the table found by its head, the unit by its content, each row by 序号."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reportgen.core import fields as keys
from reportgen.core.answers import Ask, Plan
from reportgen.core.dates import date_of
from reportgen.core.fields import Field, Fields, FilledBy
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.formtexts import FormTexts
from reportgen.core.grid import Book, ErrorValue, Formula, Grid, Value, text_of
from reportgen.core.marks import without_marks
from reportgen.core.model import Ledger, Unit
from reportgen.core.parts import same_label
from reportgen.core.period import Period
from reportgen.core.records import Answer, Change, Filled
from reportgen.core.stamp import (
    DEADLINE_LABEL,
    FILER_LABELS,
    INFORMED_TITLE,
    PERIOD_LABEL,
    UNIT_LABEL,
    Stamp,
    stamps_of,
)
from reportgen.core.text import fold, nearest, squeeze, without_control

_SEQ = re.compile(r"第?(\d{1,6})(?:项|号)?[.、]?")
_META_LABELS = (UNIT_LABEL, PERIOD_LABEL, DEADLINE_LABEL, *FILER_LABELS.values())
_NOT_A_RETURN = 2  # a head row must show at least this many headings of answers to be one


@dataclass(frozen=True, slots=True)
class Context:
    """What a return is read against."""

    fields: Fields
    ledger: Ledger
    plan: Plan
    form_texts: FormTexts
    form_title: str

    @property
    def period(self) -> Period:
        return self.plan.period


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of a return: its grid, head row, and the column of each field."""

    grid: Grid
    head: int
    columns: Mapping[str, int]
    extra: Mapping[int, str]


@dataclass(slots=True)
class _Reading:
    """What has been gathered while one return is read."""

    file: str
    unit: str = ""
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def tell(self, code: Code, place: Place, seq: int | None = None, key: str = "", **values: object) -> None:
        self.findings.append(Finding(code, place, seq=seq, unit=self.unit, field=key, values=values))


def parse_return(book: Book, context: Context) -> tuple[Filled | None, tuple[Finding, ...]]:
    """Return what a unit answered in `book`, None when no unit or no table is found; findings say what and where."""
    book = without_marks(book)
    reading = _Reading(book.file)
    table = _find_table(book, context.fields)
    if table is None:
        first, second = context.fields[keys.SEQ].heading, context.fields[keys.COMPLETION].heading
        reading.tell(Code.F10, Place(book.file), first=first, second=second)
        return None, tuple(reading.findings)
    words = _words_around(table)
    stamp = _identity(book, table, words, context, reading)
    if stamp is None:
        return None, tuple(reading.findings)
    if not context.plan.asks_of(reading.unit):
        reading.tell(Code.F11, Place(book.file, table.grid.sheet))
    table = _check_head(table, context.fields, reading)
    answers = tuple(_answers(table, context, reading))
    _tell_outside(book, table, words, context, reading)
    filled = Filled(
        unit=reading.unit,
        file=book.file,
        answers=answers,
        round=stamp.round,
        filled_on=date_of(words[FILER_LABELS["filled_on"]][0]) if FILER_LABELS["filled_on"] in words else None,
        filer={key: text_of(words[label][0]) for key, label in FILER_LABELS.items() if label in words},
        changes=tuple(reading.changes),
        head=table.grid.place(table.head, max((*table.columns.values(), *table.extra))),
    )
    return filled, tuple(reading.findings)


# the table and its head


def _find_table(book: Book, fields: Fields) -> _Table | None:
    """Return the table whose head row shows most of the fields; visible sheets come before hidden ones."""
    best: tuple[int, _Table] | None = None
    for grid in sorted(book.grids, key=lambda g: g.hidden):
        for row, values in grid.rows():
            columns: dict[str, int] = {}
            extra: dict[int, str] = {}
            for column, value in values.items():
                text = text_of(value)
                known = fields.by_heading(text)
                if known and known.key not in columns:
                    columns[known.key] = column
                else:
                    extra[column] = text
            answers = sum(f.key in columns for f in fields.of_units)
            if keys.SEQ in columns and answers and len(columns) > _NOT_A_RETURN:
                score = len(columns)
                if best is None or score > best[0]:
                    best = (score, _Table(grid, row, columns, extra))
    return best[1] if best else None


def _check_head(table: _Table, fields: Fields, reading: _Reading) -> _Table:
    """Return the table with renamed headings recognised; missing and doubled ones are told."""
    place = table.grid.place(table.head, 0)
    columns, extra = dict(table.columns), dict(table.extra)
    for column, text in list(extra.items()):
        known = fields.by_heading(text)
        if known and known.key in columns:
            reading.tell(Code.H04, table.grid.place(table.head, column), key=known.key, heading=known.heading)
    for wanted in fields:
        expected = wanted.filled_by is FilledBy.UNIT or wanted.key in (keys.SEQ, keys.PERIOD_TARGET)
        if wanted.key in columns or not expected:
            continue
        likely = nearest(wanted.heading, extra.values())
        if likely is not None:
            column = next(c for c, text in extra.items() if text == likely)
            columns[wanted.key] = column
            del extra[column]
            at = table.grid.place(table.head, column)
            reading.tell(Code.H02, at, key=wanted.key, found=shortened(likely), heading=wanted.heading)
        elif wanted.filled_by is FilledBy.UNIT:
            reading.tell(Code.H01, place, key=wanted.key, heading=wanted.heading)
    return _Table(table.grid, table.head, columns, extra)


def _words_around(table: _Table) -> dict[str, tuple[Value, Place]]:
    """Return the values beside or behind the labels around the table (填报单位, 填报日期 …), each with its place."""
    found: dict[str, tuple[Value, Place]] = {}
    for row, values in table.grid.rows():
        if row == table.head:
            continue
        for column, value in values.items():
            text = text_of(value).strip()
            for label in _META_LABELS:
                if label in found or not squeeze(text).startswith(label):
                    continue
                behind = re.split(r"[：:]", text, maxsplit=1)
                if len(behind) == 2 and behind[1].strip():
                    found[label] = (behind[1].strip(), table.grid.place(row, column))
                elif squeeze(text).rstrip("：:") == label:
                    following = next((c for c in values if c > column), None)
                    if following is not None and not _is_meta_label(values[following]):
                        found[label] = (values[following], table.grid.place(row, following))
    return found


def _is_meta_label(value: Value) -> bool:
    return squeeze(text_of(value)).rstrip("：:") in _META_LABELS


# whose it is


def _identity(
    book: Book, table: _Table, words: Mapping[str, tuple[Value, Place]], context: Context, reading: _Reading
) -> Stamp | None:
    """Set the unit of `reading` and return the stamp; None when unit or period do not allow to go on."""
    on_sheet, in_properties = stamps_of(book)
    stamp = on_sheet if on_sheet.unit else in_properties
    here = Place(book.file, table.grid.sheet)
    if stamp.period and stamp.period != context.period.code:
        reading.tell(Code.F05, here, found=stamp.period, period=context.period.code)
        return None
    ledger = context.ledger
    shown = words.get(UNIT_LABEL)
    by_words = ledger.unit_named(text_of(shown[0])) if shown else None
    by_stamp = ledger.unit_named(stamp.unit) if stamp.unit else None
    unit = by_stamp or by_words or _unit_in_name(ledger, book.file) or _unit_in_name(ledger, table.grid.sheet)
    if unit is None:
        said = text_of(shown[0]) if shown else stamp.unit
        likely = nearest(said, _unit_names(ledger)) if said else None
        detail = f"（表上写的是“{shortened(said)}”）" if said else ""
        detail += f"，是否为“{likely}”？" if likely else ""
        reading.tell(Code.F06, shown[1] if shown else here, detail=detail)
        return None
    reading.unit = unit.name
    said = text_of(shown[0]) if shown else ""
    if by_stamp and shown and (by_words is None or by_words != by_stamp):
        reading.tell(Code.F07, shown[1], stamp=by_stamp.name, shown=shortened(said), used=unit.name)
    if in_properties.unit and on_sheet.unit and in_properties.unit != on_sheet.unit:
        reading.tell(Code.F07, here, stamp=on_sheet.unit, shown=in_properties.unit, used=unit.name)
    return stamp


def _unit_names(ledger: Ledger) -> Iterator[str]:
    for unit in ledger.units:
        yield unit.name
        yield from unit.aliases


def _unit_in_name(ledger: Ledger, name: str) -> Unit | None:
    """Return the unit whose name or alias stands in a file or sheet name, the longest match first."""
    text = fold(name)
    hits = [
        (len(fold(word)), unit) for unit in ledger.units for word in (unit.name, *unit.aliases) if fold(word) in text
    ]
    return max(hits, key=lambda hit: hit[0])[1] if hits else None


# its rows


def _answers(table: _Table, context: Context, reading: _Reading) -> Iterator[Answer]:
    seen: dict[tuple[int, str], Answer] = {}
    asks = context.plan.asks_of(reading.unit)
    below_head = [(row, values) for row, values in table.grid.rows() if row > table.head]
    for row, values in below_head:
        if any(squeeze(text_of(v)).startswith(squeeze(INFORMED_TITLE)) for v in values.values()):
            break
        ask = _ask_of_row(table, row, values, asks, context, reading)
        if ask is None:
            continue
        answer = _answer(table, row, values, ask, context.fields, reading)
        earlier = seen.get(ask.key)
        if earlier is None:
            seen[ask.key] = answer
            yield answer
        elif earlier.texts != answer.texts:
            at, first = table.grid.place(row, table.columns[keys.SEQ]), earlier.place.row
            reading.tell(Code.R03, at, seq=ask.seq, what=ask.what, first=first, second=row)


def _ask_of_row(
    table: _Table,
    row: int,
    values: Mapping[int, Value],
    asks: tuple[Ask, ...],
    context: Context,
    reading: _Reading,
) -> Ask | None:
    """Return which answer a row gives; None for a row that gives none, told where it holds any text."""
    at = table.grid.place(row, table.columns[keys.SEQ])
    written = table.grid.text(row, table.columns[keys.SEQ])
    answered = "；".join(text for _key, text in _texts_of_units(table, row, context.fields) if text)
    match = _SEQ.fullmatch(fold(written))
    if not match:
        _tell_stray_row(table, row, values, answered, reading)
        return None
    seq = int(match.group(1))
    if context.ledger.task(seq) is None:
        reading.tell(Code.R01, at, value=written, text=shortened(answered) or "空行")
        return None
    of_task = [ask for ask in asks if ask.seq == seq]
    if not of_task:
        if answered:
            reading.tell(Code.R02, at, seq=seq, unit=reading.unit, text=shortened(answered))
        return None
    label = table.grid.text(row, table.columns[keys.PART]) if keys.PART in table.columns else ""
    target = table.grid.text(row, table.columns.get(keys.PERIOD_TARGET, 0))
    known = (
        next((ask for ask in of_task if same_label(ask.label, label)), None)
        or next((ask for ask in of_task if target and fold(ask.target) == fold(target)), None)
        or (of_task[0] if len(of_task) == 1 else None)
    )
    if known is None and answered:
        reading.tell(Code.R01, at, seq=seq, value=f"{seq} {label}".strip(), text=shortened(answered))
    return known


def _tell_stray_row(table: _Table, row: int, values: Mapping[int, Value], answered: str, reading: _Reading) -> None:
    """Tell the text of a row without 序号: an answer that lost its number, or words beside the table."""
    at = table.grid.place(row, table.columns[keys.SEQ])
    around = [text_of(v).strip() for v in values.values()]
    if answered and any(table.grid.text(row, table.columns.get(key, 0)) for key in (keys.STATUS, keys.PERIOD_TARGET)):
        reading.tell(Code.R07, at, text=shortened(answered))
        return
    filer_row = any(squeeze(text).startswith(_META_LABELS) for text in around)
    if not filer_row and any(around):
        first = min(values)
        reading.tell(Code.R06, table.grid.place(row, first), text=shortened(" ".join(filter(None, around))))


def _texts_of_units(table: _Table, row: int, fields: Fields) -> Iterator[tuple[str, str]]:
    for wanted in fields.of_units:
        column = table.columns.get(wanted.key)
        if column is not None:
            yield wanted.key, table.grid.text(row, column).strip()


def _answer(
    table: _Table, row: int, values: Mapping[int, Value], ask: Ask, fields: Fields, reading: _Reading
) -> Answer:
    texts: dict[str, str] = {}
    places: dict[str, Place] = {}
    for wanted in fields.of_units:
        column = table.columns.get(wanted.key)
        if column is None:
            continue
        place = table.grid.place(row, column)
        value = values.get(column)
        if wanted.key == keys.NEXT_TARGET and ask.next_target is not None:
            _compare_prefilled(table, row, wanted, ask.next_target, ask, reading)
            continue
        places[wanted.key] = place
        texts[wanted.key] = _text_of_unit(value, place, wanted, ask, reading)
    for key, text in (
        (keys.ANNUAL_TARGET, ask.task.annual_target),
        (keys.PERIOD_TARGET, ask.target),
    ):
        if key in fields:
            _compare_prefilled(table, row, fields[key], text, ask, reading)
    _tell_extra(table, row, values, ask, reading)
    return Answer(ask.seq, ask.label, texts, places, table.grid.place(row, table.columns[keys.SEQ]))


def _text_of_unit(value: Value | None, place: Place, wanted: Field, ask: Ask, reading: _Reading) -> str:
    """Return the text of an answer cell; formulas and error values are told and not taken."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        reading.tell(Code.V08, place, seq=ask.seq, key=wanted.key, what=ask.what, heading=wanted.heading)
        return ""
    if isinstance(value, ErrorValue):
        values = {"what": ask.what, "heading": wanted.heading, "value": value.shown}
        reading.tell(Code.V09, place, seq=ask.seq, key=wanted.key, **values)
        return ""
    written = text_of(value)
    clean = without_control(written)
    if clean != written.replace("\r\n", "\n").replace("\r", "\n"):
        reading.tell(Code.V10, place, seq=ask.seq, key=wanted.key, what=ask.what, heading=wanted.heading)
    text = clean.strip()
    if text != written:
        why = "去掉首尾空白和控制字符"
        reading.changes.append(Change(ask.seq, reading.unit, wanted.key, place, written, text, why))
    return text


def _compare_prefilled(table: _Table, row: int, wanted: Field, expected: str, ask: Ask, reading: _Reading) -> None:
    """Tell a prefilled text that was changed (rule 5); the ledger's text stands."""
    column = table.columns.get(wanted.key)
    if column is None:
        return
    found = table.grid.text(row, column)
    if squeeze(without_control(found)) != squeeze(without_control(expected)):
        values = {"heading": wanted.heading, "ledger": expected, "found": found}
        reading.tell(Code.R05, table.grid.place(row, column), seq=ask.seq, key=wanted.key, **values)


def _tell_extra(table: _Table, row: int, values: Mapping[int, Value], ask: Ask, reading: _Reading) -> None:
    known = set(table.columns.values())
    for column, value in values.items():
        text = text_of(value).strip()
        if text and column not in known:
            heading = table.extra.get(column, "无表头")
            reading.tell(Code.H03, table.grid.place(row, column), seq=ask.seq, heading=heading, text=shortened(text))


# what stands beside the table


def _tell_outside(
    book: Book, table: _Table, words: Mapping[str, tuple[Value, Place]], context: Context, reading: _Reading
) -> None:
    """Tell each text of the visible sheets that is neither the form's own nor in the table (rule 8)."""
    answered = {place for _value, place in words.values()}
    informational: frozenset[str] = frozenset()
    for grid in book.visible:
        for row, values in grid.rows():
            if grid is table.grid and row >= table.head:
                opens = any(squeeze(text_of(v)).startswith(squeeze(INFORMED_TITLE)) for v in values.values())
                if opens:
                    informational = frozenset(map(fold, _informational_texts(context)))
                if not informational or opens:
                    continue  # rows of the table are told where they are read
            for column, value in values.items():
                text, place = text_of(value).strip(), grid.place(row, column)
                if text and place not in answered and not _is_of_the_form(text, context, informational):
                    reading.tell(Code.R06, place, text=shortened(text))


def _is_of_the_form(text: str, context: Context, informational: frozenset[str]) -> bool:
    plain = squeeze(text)
    if plain.startswith(_META_LABELS) or plain == squeeze(context.form_title) or context.form_texts.knows(text):
        return True
    return fold(text) in informational or all(fold(line) in informational for line in re.split(r"[\n、]", text))


def _informational_texts(context: Context) -> Iterator[str]:
    """Yield the texts that the block of tasks without an answer may hold."""
    yield from (f.heading for f in context.fields)
    for task in context.plan.tasks:
        yield from (str(task.seq), task.task.annual_target, task.target, task.task.group)
        yield from (a.printed for a in task.task.assignments)
    for unit in context.ledger.units:
        yield unit.name
