"""Many blank forms from one plate: the sheet of a specimen is taken apart once, and set anew for each unit.

`write_form` loads and saves a workbook for each form, which takes 20 ms; a form from a plate takes a tenth of that
(measured in bench/). A plate is made by `write_form` itself, so that there is one place that says what a form looks
like, and a test compares the two. What a plate cannot carry goes through `write_form`: answers already given, a text
that needs a wider column, and one that needs the mark of a text that is no formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.formlayout import FormLayout
from reportgen.core.forms import Form, FormRow
from reportgen.core.text import column_letters, without_control
from reportgen.writers.form import (
    FormTemplate,
    Image,
    Line,
    arrange_columns,
    images_of,
    informed_words,
    is_too_high,
    line_height,
    row_line,
    runs,
    write_form,
)
from reportgen.writers.formpages import block_start
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.sheet import FORMULA_STARTS, as_stored

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# They stand for the unit and for the fingerprint of what it is asked; of Unicode's private use area, which no ledger
# holds.
_UNIT, _LEDGER = "\ue000", "\ue001"
_SHEET_DATA = re.compile(r"(.*<sheetData>)(.*)(</sheetData>.*)", re.DOTALL)
_ROW = re.compile(r'<row r="(\d+)"(?: ht="[^"]*")?([^>]*)>(.*?)</row>', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)\d+"((?: s="\d+")?)([^>]*>.*?</c>)', re.DOTALL)
_MERGED = re.compile(r'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"\s*/>')
_ALL_MERGED = re.compile(r"<mergeCells.*?</mergeCells>", re.DOTALL)
_VALIDATION = re.compile(
    r'(<dataValidation [^>]*?sqref=")(([A-Z]+)[^"]*)("[^>]*?(?:/>|>.*?</dataValidation>))', re.DOTALL
)
_ALL_VALIDATIONS = re.compile(r"<dataValidations.*?</dataValidations>", re.DOTALL)
_BREAKS = re.compile(r"<rowBreaks.*?</rowBreaks>|<rowBreaks[^>]*/>", re.DOTALL)
_BEFORE_BREAKS = re.compile(r"(.*(?:</headerFooter>|<pageSetup [^>]*/>|<pageMargins [^>]*/>))", re.DOTALL)
_DIMENSION = re.compile(r'(<dimension ref="[A-Z]+\d+:[A-Z]+)\d+"')

_Key = tuple[str, int]  # a row of the template by its number, or an answer's by whether its next target is locked


class _Kind(Struct, frozen=True):
    """One kind of row: its attributes, its cells as (column, style, the rest of the XML), the columns it merges."""

    attributes: str
    cells: tuple[tuple[str, str, str], ...]
    merged: tuple[tuple[str, str], ...]


class _Plate(Struct, frozen=True):
    """A specimen taken apart: its parts as text, the XML before and after the rows of its table, the kinds of rows."""

    parts: Mapping[str, str]
    sheet: str
    before: str
    after: str
    tall: tuple[str, ...]
    kinds: Mapping[_Key, _Kind]


class _Look(Struct, frozen=True):
    """The template's sheet with the columns of a form, not filled in: what lines are measured by."""

    sheet: Worksheet
    columns: Mapping[str, int]
    images: Mapping[int, Image]


class FormPress:
    """Prints forms of one template; each plate is made when the first form of its kind comes."""

    def __init__(self, template: FormTemplate) -> None:
        self._template = template
        self._looks: dict[object, _Look] = {}
        self._plates: dict[object, _Plate | None] = {}

    def print(self, form: Form) -> bytes:
        """Return the workbook that a unit is asked to fill, as `write_form` writes it."""
        look = self._look(form)
        lines = list(_lines(self._template, look, form))
        plate = None if _needs_care(form, look, lines) else self._plate(form, look)
        return (
            write_form(self._template, form)
            if plate is None
            else _printed(plate, form, look, lines, self._template.layout)
        )

    def _look(self, form: Form) -> _Look:
        key = (form.has_parts, form.fields)
        if key not in self._looks:
            sheet = self._template.load()[self._template.layout.sheet]
            columns = arrange_columns(sheet, self._template.layout, form)
            self._looks[key] = _Look(sheet, columns, images_of(sheet))
        return self._looks[key]

    def _plate(self, form: Form, look: _Look) -> _Plate | None:
        key = (form.has_parts, bool(form.informed), form.fields, form.title, form.office, form.deadline, form.round)
        if key not in self._plates:
            self._plates[key] = _plate(self._template, form, look)
        return self._plates[key]


def _lines(template: FormTemplate, look: _Look, form: Form) -> Iterator[tuple[_Key, Line]]:
    """Yield every line of the sheet with its kind, in the order of `write_form`."""
    words, layout = form.words(), template.layout
    for row in range(1, layout.row):
        yield ("row", row), look.images[row].line(words)
    for asked in form.rows:
        yield ("asked", keys.NEXT_TARGET in asked.fixed), row_line(look.images[layout.row], asked, look.columns)
    for row in range(layout.row + 1, max(look.images) + 1):
        if row == layout.informed:
            for informed in form.informed:
                yield ("row", row), look.images[row].line(informed_words(informed))
        elif row > layout.informed or form.informed:
            yield ("row", row), look.images[row].line(words)


def _needs_care(form: Form, look: _Look, lines: Sequence[tuple[_Key, Line]]) -> bool:
    """Tell whether a form has what no plate carries."""
    return (
        any(form.given.values())
        or any(any(row.given.values()) for row in form.rows)
        or any(text.startswith(FORMULA_STARTS) for _key, line in lines for text in line.texts.values())
        or any(is_too_high(look.sheet, line) for _key, line in lines)
    )


def _plate(template: FormTemplate, form: Form, look: _Look) -> _Plate | None:
    """Return the plate for forms like `form`; None where a sheet that explains names the unit: it is measured anew."""
    specimen = _specimen(form)
    document = write_form(template, specimen)
    parts = {name: content.decode() for name, content in parts_of(document).items()}
    sheets = [name for name, xml in parts.items() if name.startswith("xl/worksheets/sheet")]
    sheet = next(name for name in sheets if _ascii(escape(form.title, quote=False)) in parts[name])
    if sum(_ascii(_UNIT) in parts[name] for name in sheets if name != sheet) > 1:  # the hidden sheet names it once
        return None
    around = _SHEET_DATA.fullmatch(parts[sheet])
    assert around is not None
    merged: dict[str, list[tuple[str, str]]] = {}
    tall = []
    for match in _MERGED.finditer(around.group(3)):
        left, top, right, bottom = match.groups()
        if top == bottom:
            merged.setdefault(top, []).append((left, right))
        else:
            tall.append(match.group(0))
    rows = _ROW.findall(around.group(2))
    kinds = {
        key: _Kind(attributes, tuple(_CELL.findall(cells)), tuple(sorted(merged.get(number, ()))))
        for (key, _line), (number, attributes, cells) in zip(_lines(template, look, specimen), rows, strict=True)
    }
    return _Plate(parts, sheet, around.group(1), around.group(3), tuple(sorted(tall)), kinds)


def _specimen(form: Form) -> Form:
    """Return a form like `form` for the unit `_UNIT`, with one row whose next target is open and one with it locked."""
    typical = next((row for row in form.rows if row.fixed[keys.PART]), form.rows[0])  # its label makes the column 分项
    fixed = {**typical.fixed, keys.NEXT_TARGET: "目标"}
    still_open = {key: text for key, text in fixed.items() if key != keys.NEXT_TARGET}
    return replace(
        form, unit=_UNIT, ledger=_LEDGER, rows=(FormRow(still_open), FormRow(fixed)), informed=form.informed[:1]
    )


def _printed(plate: _Plate, form: Form, look: _Look, lines: Sequence[tuple[_Key, Line]], layout: FormLayout) -> bytes:
    rows, merged = [], list(plate.tall)
    heights = [line_height(look.sheet, line) for _key, line in lines]
    for number, (key, line) in enumerate(lines, 1):
        kind = plate.kinds[key]
        height = f"{heights[number - 1]:.10g}"
        texts = line.by_letters
        cells = "".join(_cell(cell, number, texts, column_letters(line.number)) for cell in kind.cells)
        rows.append(f'<row r="{number}" ht="{height}"{kind.attributes}>{cells}</row>')
        merged += [f'<mergeCell ref="{left}{number}:{right}{number}"/>' for left, right in kind.merged]
    before = _DIMENSION.sub(rf'\g<1>{len(lines)}"', plate.before)
    after = _ALL_MERGED.sub(f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>', plate.after)
    after = _ALL_VALIDATIONS.sub(_validations(plate, form, look), after)
    after = _BEFORE_BREAKS.sub(
        rf"\g<1>{_breaks(block_start(look.sheet, layout, form, heights))}", _BREAKS.sub("", after), count=1
    )
    unit = escape(form.unit, quote=False)
    parts = {
        name: xml.replace(_UNIT, unit)
        .replace(_ascii(_UNIT), _ascii(unit))
        .replace(_LEDGER, form.ledger)
        .replace(_ascii(_LEDGER), form.ledger)
        .encode()
        for name, xml in plate.parts.items()
    }
    # In page headers and footers & begins a code and stands for itself only when doubled.
    margins = _ascii(escape(form.unit.replace("&", "&&"), quote=False))
    sheet = before + "".join(rows) + after.replace(_ascii(_UNIT), margins)
    return zipped({**parts, plate.sheet: sheet.encode()})


def _cell(cell: tuple[str, str, str], row: int, texts: Mapping[str, str], number: str) -> str:
    """Return the XML of a cell with its text of this row; `number` is the column whose text is a number."""
    letters, style, rest = cell
    text = texts.get(letters)
    if text is None:
        return f'<c r="{letters}{row}"{style}{rest}'
    if letters == number:
        return f'<c r="{letters}{row}"{style} t="n"><v>{int(text)}</v></c>'
    stored = as_stored(without_control(text))
    space = ' xml:space="preserve"' if stored.strip() and stored != stored.strip() else ""
    inside = f"<is><t{space}>{_ascii(escape(stored, quote=False))}</t></is>" if stored else ""
    return f'<c r="{letters}{row}"{style} t="inlineStr">{inside}</c>'


def _validations(plate: _Plate, form: Form, look: _Look) -> str:
    """Return the validations for the rows that this form leaves to the unit; a field with none has no validation."""
    first = next(number for number, (kind, _row) in enumerate(plate.kinds, 1) if kind == "asked")
    fields = {column_letters(column): key for key, column in look.columns.items()}
    kept = []
    for start, _cells, letters, rest in _VALIDATION.findall(plate.after):
        rows = [row for row, asked in enumerate(form.rows, first) if fields[letters] not in asked.fixed]
        cells = " ".join(f"{letters}{a}" if a == b else f"{letters}{a}:{letters}{b}" for a, b in runs(rows))
        if cells:
            kept.append(f"{start}{cells}{rest}")
    return f'<dataValidations count="{len(kept)}">{"".join(kept)}</dataValidations>' if kept else ""


def _breaks(row: int) -> str:
    """Return the XML of the break that lets a page begin with a row, as openpyxl writes it; "" for 0."""
    if not row:
        return ""
    one = f'<brk id="{row - 1}" min="0" max="16383" man="1"/>'
    return f'<rowBreaks count="1" manualBreakCount="1">{one}</rowBreaks>'


def _ascii(text: str) -> str:
    """Return XML text as openpyxl writes it, characters beyond ASCII as references."""
    return text.encode("ascii", "xmlcharrefreplace").decode()
