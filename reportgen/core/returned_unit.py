"""Whose return it is and of which period: by its stamp, its words, the names of its sheet and file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.core import fields as keys
from reportgen.core.answers import fingerprint
from reportgen.core.findings import Code, Place, shortened
from reportgen.core.grid import Book, text_of
from reportgen.core.ledger_cells import period_of
from reportgen.core.model import Ledger, Unit
from reportgen.core.period import Period
from reportgen.core.reading import Context, Reading
from reportgen.core.returned_table import Table, Words, is_numbered, is_paragraph, period_in
from reportgen.core.stamp import PERIOD_LABEL, UNIT_LABEL, VERSION, Stamp, stamps_of
from reportgen.core.text import fold, nearest, squeeze

_LOOKED_AT = 200  # texts beside a table that may name its unit


def identity(book: Book, table: Table, words: Words, context: Context, reading: Reading) -> Stamp | None:
    """Set the unit of `reading` and return the stamp; None when unit or period do not allow to go on."""
    on_sheet, in_properties = stamps_of(book)
    stamp = on_sheet if on_sheet.unit else in_properties
    if not _is_of_the_period(stamp, table, words, context, reading):
        return None
    unit = _unit(book, table, stamp, words, context, reading)
    if unit is None:
        return None
    reading.unit = unit.name
    _tell_disagreements(book, table, (stamp, in_properties), words, context, reading)
    _tell_older_form(stamp, Place(book.file, table.grid.sheet), context, reading)
    return stamp


# period


def _is_of_the_period(stamp: Stamp, table: Table, words: Words, context: Context, reading: Reading) -> bool:
    """Tell whether the return is one of the period, and tell the reader when it is not."""
    place = Place(reading.file, table.grid.sheet)
    written = words.get(PERIOD_LABEL)
    shown = period_of(written[0], context.period.year) if written else None
    found = stamp.period or (shown.code if shown else "") or other_period(table, context)
    if found and found != context.period.code:
        reading.tell(Code.F05, place, found=found, period=context.period.code)
        return False
    if stamp.period and written and shown and shown.code != stamp.period:
        reading.tell(Code.F21, written[1], shown=shortened(text_of(written[0])), period=context.period.code)
    return True


def other_period(table: Table, context: Context) -> str:
    """Return the period that the headings or the title of an unstamped table name, "" when it is not another one."""
    headings = [*table.extra.values(), *(table.grid.text(table.last_head, c) for c in table.columns.values())]
    named = sorted(period for text in headings if (period := period_in(text, context)) is not None)
    if named and named[0] != context.period:
        return named[0].code
    title, label = squeeze(context.form_title), context.period.label
    for row, values in table.grid.rows():
        if row >= table.head:
            break
        if row < table.above:
            continue
        for value in values.values():
            before, _label, after = title.partition(label)
            text = squeeze(text_of(value))
            if label in title and text.startswith(before) and text.endswith(after):
                period = Period.from_label(text[len(before) : len(text) - len(after)], context.period.year)
                if period is not None and period != context.period:
                    return period.code
    return ""


# unit


def _unit(book: Book, table: Table, stamp: Stamp, words: Words, context: Context, reading: Reading) -> Unit | None:
    ledger = context.ledger
    shown = words.get(UNIT_LABEL)
    said = text_of(shown[0]) if shown else ""
    found = (
        (ledger.unit_named(stamp.unit) if stamp.unit else None)
        or (ledger.unit_named(said) if said else None)
        or ledger.unit_in(table.grid.sheet)
        or unit_in_path(ledger, book.file)
        or (ledger.unit_in(said) if said else None)
        or _unit_beside(book, table, ledger, reading)
    )
    if found is None:
        said = said or stamp.unit
        likely = nearest(said, _unit_names(ledger)) if said else None
        detail = f"（表上写的是“{shortened(said)}”）" if said else ""
        detail += f"，是否为“{likely}”？" if likely else ""
        reading.tell(Code.F06, shown[1] if shown else Place(book.file, table.grid.sheet), detail=detail)
    return found


def _unit_beside(book: Book, table: Table, ledger: Ledger, reading: Reading) -> Unit | None:
    """Return the one unit that the title or the words below a table name, None when they name none or several."""
    texts = [(aside.text, aside.place) for aside in book.asides if is_paragraph(aside)]
    for row, values in table.grid.rows():
        if row < table.head or not (row <= table.last_head or is_numbered(table, row) or table.text(row, keys.STATUS)):
            texts += ((text_of(value), table.grid.place(row, column)) for column, value in values.items())
    named = {unit.name: (text, place) for text, place in texts[:_LOOKED_AT] for unit in _units_in(text, ledger)}
    if len(named) != 1:
        return None
    ((name, (text, place)),) = named.items()
    reading.tell(Code.F26, place, text=shortened(text), used=name)
    return ledger.unit(name)


def _units_in(text: str, ledger: Ledger) -> Iterator[Unit]:
    """Yield the units that a text names, at most two: more do not matter."""
    unit = ledger.unit_in(text)
    if unit is None:
        return
    yield unit
    rest = fold(text)
    for name in sorted((unit.name, *unit.aliases), key=len, reverse=True):
        rest = rest.replace(fold(name), "|")
    other = ledger.unit_in(rest)
    if other is not None:
        yield other


def _unit_names(ledger: Ledger) -> Iterator[str]:
    for unit in ledger.units:
        yield unit.name
        yield from unit.aliases


def unit_in_path(ledger: Ledger, path: str) -> Unit | None:
    """Return the unit that a file's name names, else the folder or archive it lies in."""
    return next(filter(None, (ledger.unit_in(part) for part in reversed(path.split("/")))), None)


def _tell_disagreements(
    book: Book, table: Table, stamps: Sequence[Stamp], words: Words, context: Context, reading: Reading
) -> None:
    """Tell each carrier of the identity that names another unit than the one the return is taken for."""
    stamp, in_properties = stamps
    ledger, used = context.ledger, reading.unit
    place = Place(book.file, table.grid.sheet)
    shown = words.get(UNIT_LABEL)
    said = text_of(shown[0]) if shown else ""
    named = ledger.unit_named(said) or ledger.unit_in(said) if said else None
    if shown and (named is None or named.name != used) and ledger.unit_named(stamp.unit):
        reading.tell(Code.F07, shown[1], stamp=stamp.unit, shown=shortened(said), used=used)
    if in_properties.unit and stamp.unit and in_properties.unit != stamp.unit:
        reading.tell(Code.F07, place, stamp=stamp.unit, shown=in_properties.unit, used=used)
    file_name = book.file.rpartition("/")[2]
    for carrier, name, at in (("工作表名", table.grid.sheet, place), ("文件名", file_name, Place(book.file))):
        other = ledger.unit_in(name)
        if other is not None and other.name != used and not _names(ledger, name, used):
            reading.tell(Code.F20, at, carrier=carrier, shown=other.name, used=used)


def _names(ledger: Ledger, name: str, unit: str) -> bool:
    """Tell whether a name also holds the unit's own name, or that of a group it belongs to."""
    text, own = fold(name), ledger.unit(unit)
    groups = (known for known in ledger.units if unit in known.members)
    return any(fold(word) in text for known in (own, *groups) if known for word in (known.name, *known.aliases))


def _tell_older_form(stamp: Stamp, place: Place, context: Context, reading: Reading) -> None:
    if stamp.version and stamp.version != VERSION:
        reading.tell(Code.F19, place, what="另一版本的程序发出的空白表")
    elif stamp.ledger and stamp.ledger != fingerprint(context.plan.asks_of(reading.unit)):
        reading.tell(Code.F19, place, what="台账改动之前发出的空白表")
