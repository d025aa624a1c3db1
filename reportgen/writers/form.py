"""The blank form of a unit: templates/form.xlsx filled in. What it looks like is the template's alone."""

from __future__ import annotations

import io
import itertools
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.core.fields import Fields
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run
from reportgen.core.formlayout import COLUMN_KEYS, INFORMED, INFORMED_KEYS, FormLayout, form_layout
from reportgen.core.forms import Form, FormRow, Guidance, InformedRow, guidance
from reportgen.core.layout import filled, placeholders_in
from reportgen.core.lines import MAX_ROW_PT, available_em, count_lines, row_height_pt
from reportgen.core.period import Period
from reportgen.core.stamp import INFORMED_TITLE, PROPERTY_PREFIX, ROW_MARK, ROW_MARK_HEADING, SHEET
from reportgen.core.text import column_letters
from reportgen.writers.formpages import block_start
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.sheet import (
    MAX_INLINE_LIST,
    TEXT_SIZE,
    add_column,
    copy_style,
    drop_column,
    merge_cells,
    put,
    saved,
    spread_widths,
    width_of,
    with_explicit_locks,
    write_stamp,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_COLUMN_UNITS = 255.0
_MARK_UNITS = 60.0  # wide enough that no mark makes its row higher
_MERGED = re.compile(rb"<(\w+:)?mergeCells\b.*?</(\w+:)?mergeCells>", re.DOTALL)
_CUSTOM_PROPERTIES = "docProps/custom.xml"


class FormTemplate(Struct, frozen=True):
    """templates/form.xlsx, found fit for use with the fields of the settings.

    `content` is the template without its merged ranges, which are in `merged` by sheet: openpyxl draws the borders of
    each anew when it loads a workbook, which would take half of the time that a form takes.
    """

    content: bytes
    layout: FormLayout
    merged: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, content: bytes, file: str, fields: Fields, period: Period) -> FormTemplate:
        """Return the template in `content`. Raises CannotRun with everything that is wrong with it."""
        workbook = _opened(content, file)
        cells = [
            (Place(file, sheet.title, row, column), text)
            for sheet in workbook.worksheets
            for row in range(1, sheet.max_row + 1)
            for column in range(1, sheet.max_column + 1)
            if (text := _shown(sheet, row, column))
        ]
        layout, problems = form_layout(cells, file, fields, period)
        if layout is not None:
            problems += _tall_ranges(workbook[layout.sheet], layout, file)
        if layout is None or problems:
            raise CannotRun(problems)
        merged = {sheet.title: tuple(map(str, sheet.merged_cells.sorted())) for sheet in workbook.worksheets}
        return cls(_without_merged(content), layout, merged)

    def load(self) -> Workbook:
        """Return a workbook of one's own to fill."""
        from openpyxl import load_workbook

        workbook = load_workbook(io.BytesIO(self.content))
        for sheet in workbook.worksheets:
            for cells in self.merged[sheet.title]:
                sheet.merged_cells.add(cells)
        return workbook


def _opened(content: bytes, file: str) -> Workbook:
    from openpyxl import load_workbook

    try:
        return load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        advice = "请用 Excel 或 WPS 打开它另存为 .xlsx，或换回原来的模板。"
        raise cannot_run(Code.T01, Place(file), reason="不是完好的 .xlsx 工作簿。", advice=advice) from error


def _shown(sheet: Worksheet, row: int, column: int) -> str:
    """Return the text of a cell; the last cell of a range over several rows, such as a tall heading, shows its text."""
    value = sheet.cell(row, column).value
    if value is None:
        ending = (r for r in sheet.merged_cells.ranges if r.max_row == row > r.min_row and r.min_col == column)
        value = next((sheet.cell(r.min_row, column).value for r in ending), None)
    return _text(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _without_merged(content: bytes) -> bytes:
    return zipped(
        {
            name: _MERGED.sub(b"", part) if name.startswith("xl/worksheets/") else part
            for name, part in parts_of(content).items()
        }
    )


def _tall_ranges(sheet: Worksheet, layout: FormLayout, file: str) -> tuple[Finding, ...]:
    """Return a finding for each merged range over several rows where rows are repeated or left out."""
    values = {"reason": "样板行及以下有跨行合并的格子。", "advice": "请取消跨行合并；同一行内合并可以保留。"}
    return tuple(
        Finding(Code.T01, Place(file, sheet.title, cells.min_row, cells.min_col), values=values)
        for cells in sheet.merged_cells.ranges
        if cells.max_row >= layout.row and cells.max_row > cells.min_row
    )


def write_form(template: FormTemplate, form: Form) -> bytes:
    """Return the workbook that a unit is asked to fill."""
    workbook = template.load()
    if SHEET in workbook.sheetnames:
        del workbook[SHEET]
    sheet = workbook[template.layout.sheet]
    columns = arrange_columns(sheet, template.layout, form)
    _write_rows(sheet, template.layout, form, columns)
    heads = {key: _shown(sheet, template.layout.row - 1, column) for key, column in columns.items()}
    words = {**form.words(), **_guide_words(template.layout, form, heads)}
    for other in workbook.worksheets:
        if other is not sheet:
            _write_guide(other, words)
        _write_margins(other, words)
    sheet.print_area = None  # one that the clerk set would end where the template does
    _open_at(workbook, sheet, template.layout.row, columns[keys.STATUS])
    carrier = _stamp(workbook, form)
    _add_validations(sheet, carrier, form, columns, template.layout.row)
    return with_explicit_locks(saved(workbook, form.title))


def is_form(content: bytes) -> bool:
    """Tell whether a file carries the mark of a form in its properties."""
    try:
        return f'name="{PROPERTY_PREFIX}unit"'.encode() in parts_of(content).get(_CUSTOM_PROPERTIES, b"")
    except zipfile.BadZipFile:
        return False


# columns


def arrange_columns(sheet: Worksheet, layout: FormLayout, form: Form) -> dict[str, int]:
    """Leave out the columns that the form does not show, add those of new fields; return where each field is.

    Width that is left over goes to 完成情况: the form stays as wide as its page.
    """
    spread_widths(sheet)
    whole = width_of(sheet, 1, sheet.max_column)
    columns = dict(layout.columns)
    for key in sorted(columns, key=lambda k: columns[k], reverse=True):
        if not form.shows(key):
            dropped = columns.pop(key)
            drop_column(sheet, dropped)
            columns = {k: c - (c > dropped) for k, c in columns.items()}
    before = columns[keys.PERIOD_TARGET]
    for wanted in form.fields.of_units:
        if wanted.key not in columns:
            like = columns[keys.STATUS if wanted.choices else keys.COMPLETION]
            texts = (wanted.heading, f"{{{{ {wanted.key} }}}}")
            new = add_column(sheet, layout.row - 1, texts, like, before)
            columns = {k: c + (c >= new) for k, c in columns.items()} | {wanted.key: new}
        before = columns.get(wanted.key, before)
    completion = sheet.column_dimensions[column_letters(columns[keys.COMPLETION])]
    completion.width += max(0.0, whole - width_of(sheet, 1, sheet.max_column))
    return {**columns, ROW_MARK: _add_marks(sheet, layout.row - 1, columns[keys.SEQ])}


def _add_marks(sheet: Worksheet, head: int, like: int) -> int:
    """Add the hidden column that marks each row, so that it is known when its 序号 is lost; return its number."""
    column = sheet.max_column + 1
    for row, text in enumerate((ROW_MARK_HEADING, f"{{{{ {ROW_MARK} }}}}"), head):
        put(sheet.cell(row, column), text)
        copy_style(sheet.cell(row, like), sheet.cell(row, column))
    dimension = sheet.column_dimensions[column_letters(column)]
    dimension.width, dimension.hidden = _MARK_UNITS, True
    return column


# rows


class Image(Struct, frozen=True):
    """A row of the template: its height; text, style, font size, wrapping of each cell; the columns it merges."""

    height: float
    texts: tuple[str, ...]
    styles: tuple[StyleArray, ...]
    sizes: tuple[float, ...]
    wraps: tuple[bool, ...]
    spans: Mapping[int, int]

    def line(self, words: Mapping[str, str]) -> Line:
        """Return the row with its placeholders replaced."""
        texts = {column: filled(text, words) for column, text in enumerate(self.texts, 1) if text}
        return Line(self, texts, self.styles)


class Line(Struct, frozen=True):
    """A row to write: an image with this row's texts and styles; `number` is the column of a number, 0 for none."""

    image: Image
    texts: Mapping[int, str]
    styles: Sequence[StyleArray]
    number: int = 0

    @property
    def by_letters(self) -> Mapping[str, str]:
        """The texts by the letters of their column."""
        return {column_letters(column): text for column, text in self.texts.items()}


def _image(sheet: Worksheet, row: int) -> Image:
    cells = [sheet.cell(row, column) for column in range(1, sheet.max_column + 1)]
    return Image(
        height=sheet.row_dimensions[row].height or 0.0,
        texts=tuple(_text(cell.value) for cell in cells),
        styles=tuple(copy(cell._style) for cell in cells),  # type: ignore[union-attr]
        sizes=tuple(float(cell.font.sz or TEXT_SIZE) for cell in cells),
        wraps=tuple(bool(cell.alignment.wrap_text) for cell in cells),
        spans={r.min_col: r.max_col for r in sheet.merged_cells.ranges if r.min_row == r.max_row == row},
    )


def images_of(sheet: Worksheet) -> dict[int, Image]:
    return {row: _image(sheet, row) for row in range(1, sheet.max_row + 1)}


def _write_rows(sheet: Worksheet, layout: FormLayout, form: Form, columns: Mapping[str, int]) -> None:
    """Write the whole sheet: what is above the table, its rows, the block for information, what is below."""
    from openpyxl.worksheet.pagebreak import Break, RowBreak

    words, images = form.words(), images_of(sheet)
    lines = [images[row].line(words) for row in range(1, layout.row)]
    lines += [row_line(images[layout.row], row, columns) for row in form.rows]
    for number in range(layout.row + 1, sheet.max_row + 1):
        if number == layout.informed:
            lines += [images[number].line(informed_words(row)) for row in form.informed]
        elif number > layout.informed or form.informed:
            lines.append(images[number].line(words))
    _write_lines(sheet, lines, layout.row)
    heights = [sheet.row_dimensions[row].height or 0.0 for row in range(1, len(lines) + 1)]
    start = block_start(sheet, layout, form, heights)
    sheet.row_breaks = RowBreak(brk=[Break(start - 1)] if start else [])


def row_line(image: Image, row: FormRow, columns: Mapping[str, int]) -> Line:
    """Return a row of the table; an input that the ledger has filled looks like the prefilled period target."""
    texts = {column: row.fixed.get(key, row.given.get(key, "")) for key, column in columns.items()}
    styles = list(image.styles)
    if keys.NEXT_TARGET in columns and keys.NEXT_TARGET in row.fixed:
        styles[columns[keys.NEXT_TARGET] - 1] = image.styles[columns[keys.PERIOD_TARGET] - 1]
    return Line(image, texts, styles, columns[keys.SEQ])


def informed_words(row: InformedRow) -> Mapping[str, str]:
    return dict(zip(INFORMED_KEYS, (str(row.seq), row.annual_target, row.period_target, row.answered_by), strict=True))


def _write_lines(sheet: Worksheet, lines: Sequence[Line], first_new: int) -> None:
    """Write `lines` as the rows of the sheet; those from `first_new` on take the place of what stands there."""
    _clear(sheet, first_new)
    for line in lines:
        _widen(sheet, line)
    for row, line in enumerate(lines, 1):
        if row >= first_new:
            _lay_out(sheet, row, line)
        for column, text in line.texts.items():
            if column == line.number:
                sheet.cell(row, column).value = int(text)
            else:
                put(sheet.cell(row, column), text)
        sheet.row_dimensions[row].height = line_height(sheet, line)


def _clear(sheet: Worksheet, first: int) -> None:
    for cells in [r for r in sheet.merged_cells.ranges if r.min_row >= first]:
        sheet.merged_cells.remove(cells)
    last = sheet.max_row
    if last >= first:
        sheet.delete_rows(first, last - first + 1)
    for row in range(first, last + 1):
        sheet.row_dimensions.pop(row, None)


def _lay_out(sheet: Worksheet, row: int, line: Line) -> None:
    for column, style in enumerate(line.styles, 1):
        sheet.cell(row, column)._style = copy(style)  # type: ignore[union-attr]
    for left, right in line.image.spans.items():
        merge_cells(sheet, row, row, left, right)


def measures(sheet: Worksheet, line: Line) -> list[tuple[str, float, float]]:
    """Return (text, width, font size) of each text of a line: as wide as its merged range, endless without wrapping."""
    image = line.image
    return [
        (text, width_of(sheet, column, image.spans.get(column, column)), image.sizes[column - 1])
        if image.wraps[column - 1]
        else (text, math.inf, image.sizes[column - 1])
        for column, text in line.texts.items()
    ] or [("", math.inf, TEXT_SIZE)]


def line_height(sheet: Worksheet, line: Line) -> float:
    """Return the height in points of a line as a row: its template's at least, Excel's cap at most."""
    return max(line.image.height, min(MAX_ROW_PT, max(map(_height, measures(sheet, line)))))


def is_too_high(sheet: Worksheet, line: Line) -> bool:
    """Tell whether a text of the line needs more than Excel's cap in its column as it is."""
    return any(_height(measure) > MAX_ROW_PT for measure in measures(sheet, line))


def _height(measure: tuple[str, float, float]) -> float:
    text, width, size = measure
    return row_height_pt(count_lines(text, available_em(width, size)), size)


def _widen(sheet: Worksheet, line: Line) -> None:
    """Widen the columns whose text would need a row higher than Excel allows; the page is fitted to the width."""
    for column, (text, width, size) in zip(line.texts, measures(sheet, line), strict=False):
        last = line.image.spans.get(column, column)
        others = width - width_of(sheet, last, last)
        while _height((text, width, size)) > MAX_ROW_PT and width - others < _MAX_COLUMN_UNITS:
            width *= 1.1
        if width_of(sheet, last, last) < width - others < math.inf:
            sheet.column_dimensions[column_letters(last)].width = min(width - others, _MAX_COLUMN_UNITS)


# the sheet that explains, headers and footers


def _guide_words(layout: FormLayout, form: Form, heads: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the placeholders of columns mean on other sheets: their headings, "" where a form lacks them."""
    known = (*COLUMN_KEYS, *layout.columns, *(f.key for f in form.fields), *INFORMED_KEYS)
    return {**dict.fromkeys(known, ""), **heads, INFORMED: INFORMED_TITLE if form.informed else ""}


def _write_guide(sheet: Worksheet, words: Mapping[str, str]) -> None:
    """Fill in a sheet beside the table; a row that speaks of something this form does not have is left out."""
    images = images_of(sheet)
    silent = [
        row for row, image in images.items() if not all(words[n] for t in image.texts for n in placeholders_in(t))
    ]
    kept = [image.line(words) for row, image in images.items() if row not in silent]
    _write_lines(sheet, kept, min(silent, default=sheet.max_row + 1))


def _write_margins(sheet: Worksheet, words: Mapping[str, str]) -> None:
    """Fill in the page headers and footers."""
    escaped = {key: text.replace("&", "&&") for key, text in words.items()}
    for margin in (sheet.oddHeader, sheet.oddFooter, sheet.evenHeader, sheet.evenFooter):
        for part in (margin.left, margin.center, margin.right):  # type: ignore[union-attr]
            if part.text:
                part.text = filled(part.text, escaped)


def _open_at(workbook: Workbook, sheet: Worksheet, row: int, column: int) -> None:
    """Let the workbook open on the first answer, wherever the clerk had scrolled in the template."""
    workbook.active = sheet
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    view, address = sheet.sheet_view, f"{column_letters(column)}{row}"
    if view.pane is not None:
        view.pane.topLeftCell = f"{column_letters(int(view.pane.xSplit or 0) + 1)}{int(view.pane.ySplit or 0) + 1}"
    for selection in view.selection:
        selection.activeCell = selection.sqref = address


# identity and validation


def _stamp(workbook: Workbook, form: Form) -> Worksheet:
    """Write the identity into both hidden carriers and return the hidden sheet."""
    carrier: Worksheet = workbook.create_sheet(SHEET)
    carrier.sheet_state = "veryHidden"
    write_stamp(workbook, carrier, form.stamp)
    return carrier


def _add_validations(
    sheet: Worksheet, carrier: Worksheet, form: Form, columns: Mapping[str, int], first_row: int
) -> None:
    """Give the cells that the unit fills their dropdowns, lengths and messages."""
    sheet.data_validations.dataValidation = []
    for wanted in form.fields.of_units:
        letters = column_letters(columns[wanted.key])
        rows = [row for row, asked in enumerate(form.rows, first_row) if wanted.key not in asked.fixed]
        if rows:
            validation = _validation(guidance(wanted, form), carrier)
            for first, last in runs(rows):
                validation.add(f"{letters}{first}:{letters}{last}" if last > first else f"{letters}{first}")
            sheet.add_data_validation(validation)


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of rows without a gap."""
    for _, run in itertools.groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]


def _validation(words: Guidance, carrier: Worksheet) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation(allow_blank=True, showInputMessage=True, promptTitle=words.title, prompt=words.prompt)
    if words.choices:
        validation.type, validation.formula1 = "list", _list(words.choices, carrier)
    elif words.max_length:
        validation.type, validation.operator = "textLength", "lessThanOrEqual"
        validation.formula1 = str(words.max_length)
        validation.errorStyle = "warning"  # a longer text is a warning when it comes back, too
    if validation.type:
        validation.showErrorMessage, validation.errorTitle, validation.error = True, words.title, words.error
    return validation


def _list(choices: Sequence[str], carrier: Worksheet) -> str:
    """Return the source of a dropdown: the choices themselves, or their cells on the hidden sheet."""
    inline = f'"{",".join(choices)}"'
    if len(inline) <= MAX_INLINE_LIST and not any(sign in choice for choice in choices for sign in ',"'):
        return inline
    column = max(carrier.max_column + 1, 4)  # beside the identity, which is read from the first two columns
    for row, choice in enumerate(choices, 1):
        put(carrier.cell(row, column), choice)
    letters = column_letters(column)
    return f"'{SHEET}'!${letters}$1:${letters}${len(choices)}"
