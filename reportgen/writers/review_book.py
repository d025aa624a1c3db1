"""审定.xlsx: the clerk's working table, written anew around what the clerk has written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from reportgen.core.fields import UNREPORTED, Settings
from reportgen.core.review import Review, ReviewRow, RowState
from reportgen.core.ruling_cells import PERIOD_MARK, RECORD_HEADINGS
from reportgen.core.rulings import (
    ADOPTED_HEADING,
    ALL_UNREPORTED_LABEL,
    CLERK_HEADINGS,
    COMPLETION_HEADING,
    NEXT_TARGET_HEADING,
    OPINION_HEADING,
    RECHECK,
    RECHECK_HEADING,
    RECHECKED,
    RULING_HEADINGS,
    RULINGS_SHEET,
    STATUS_HEADING,
    UNIT_HEADING,
    UNIT_RULING_HEADING,
    UNREPORTED_SHEET,
    YES,
    key_of,
)
from reportgen.core.stamp import SHEET as HIDDEN_SHEET
from reportgen.core.text import column_letters, fold
from reportgen.writers.kept import Kept
from reportgen.writers.sheet import (
    HEAD_FILL,
    HEI,
    INPUT_FILL,
    SONG,
    add_list,
    fit_height,
    landscape,
    new_workbook,
    put,
    saved,
    styled_cell,
    write_table,
)

if TYPE_CHECKING:
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

_OWN_SHEETS = (RULINGS_SHEET, UNREPORTED_SHEET, HIDDEN_SHEET)
_SIZE_PT = 10.5  # smaller than the notice: sixteen columns have to fit on A3
_A3 = 8
_STATE_HEADING = "状况"
_FILLS = {
    RowState.OPEN: "FFF8D7DA",
    RowState.RECHECK: "FFFFD79A",
    RowState.RULED: "FFD5EBD0",
    RowState.WARNED: "FFFFF6C9",
}
_PART_FILL, _NOT_ASKED_FILL = "FFF6F7F9", "FFF0F0F0"
_PROMPTS = {
    STATUS_HEADING: "留空则按单位所报；需要改时从列表中选。",
    COMPLETION_HEADING: "留空则按单位所报；填了就照填的印。状态不用写在这里。",
    NEXT_TARGET_HEADING: "已填好各单位提出的目标，可以改；台账中有下期目标的，以台账为准。",
    OPINION_HEADING: "为什么这样审定，供以后查考；不印在通报表上。",
    ADOPTED_HEADING: "单位报了几份的，选用哪一份；改动了目标的，选是否接受。",
    RECHECK_HEADING: f"审定后报送的内容变了，显示“{RECHECK}”。核对后审定不用改的，选“{RECHECKED}”。",
}
_NOT_ASKED = {
    NEXT_TARGET_HEADING: "下期目标按整项任务审定，请填在这一项的第一行。",
    ADOPTED_HEADING: "这一行没有可选的：单位只报了一份，也没有改动目标。",
    RECHECK_HEADING: "这一行不需要复核。",
}
_UNIT_PROMPT = f"不再等候的单位选“{UNREPORTED}”，通报表即印“{UNREPORTED}。”。"


def write_review(review: Review, settings: Settings, existing: bytes | None) -> bytes:
    """Return 审定.xlsx around `existing`: sheets, columns, lines and comments of the clerk's own stay in it."""
    from openpyxl import load_workbook

    workbook = new_workbook() if existing is None else load_workbook(io.BytesIO(existing))
    old = {name: workbook[name] for name in _OWN_SHEETS if name in workbook.sheetnames}
    for name, sheet in old.items():
        sheet.title = f"{name}_"
    head = settings.fields["seq"].heading, settings.fields["part"].heading
    rulings = workbook.create_sheet(RULINGS_SHEET, 0)
    columns = _columns(settings)
    mine = Kept.of(
        old.get(RULINGS_SHEET), (head[0], *RULING_HEADINGS), [c.heading for c in columns], head, _row_key(*head)
    )
    _write_rulings(rulings, review, settings, columns)
    mine.put_back(rulings, 1, {key_of(row.seq, row.part): n for n, row in enumerate(review.rows, 2)})
    silent = workbook.create_sheet(UNREPORTED_SHEET, 1)
    needed = (UNIT_HEADING, UNIT_RULING_HEADING)
    theirs = Kept.of(
        old.get(UNREPORTED_SHEET),
        needed,
        _SILENT_HEADINGS,
        (UNIT_HEADING,),
        lambda texts: texts.get(UNIT_HEADING) or None,
    )
    _write_silent(silent, review)
    theirs.put_back(silent, 2, {unit.unit: n for n, unit in enumerate(review.silent, 3)})
    _write_records(workbook.create_sheet(HIDDEN_SHEET), review)
    for sheet in (*old.values(), *(workbook.worksheets[2:3] if existing is None else ())):
        workbook.remove(sheet)
    workbook.active = 0
    return saved(workbook, review.title)


# --- sheet 审定 -----------------------------------------------------------------------------------------------------


class _Column(Struct, frozen=True):
    heading: str
    width: float
    text: Callable[[ReviewRow], object]
    is_clerks: bool = False
    is_centred: bool = False


def _columns(settings: Settings) -> tuple[_Column, ...]:
    fields = settings.fields
    widths = {STATUS_HEADING: 9.0, COMPLETION_HEADING: 30.0, NEXT_TARGET_HEADING: 22.0, OPINION_HEADING: 16.0}
    widths |= {ADOPTED_HEADING: 14.0, RECHECK_HEADING: 8.0}
    known = (
        _Column(fields["seq"].heading, 5.0, lambda row: row.seq, is_centred=True),
        _Column(fields["part"].heading, 9.0, lambda row: row.part),
        _Column(_STATE_HEADING, 7.5, lambda row: row.state.value, is_centred=True),
        _Column(fields["annual_target"].heading, 20.0, lambda row: row.annual_target),
        _Column(fields["period_target"].heading, 20.0, lambda row: row.period_target),
        _Column("各单位填报", 36.0, lambda row: row.returned),
        _Column("合并状态", 8.0, lambda row: row.status, is_centred=True),
        _Column("合并后完成情况", 28.0, lambda row: row.completion),
        _Column("上期状态", 8.0, lambda row: row.last_status, is_centred=True),
        _Column("问题", 26.0, lambda row: row.findings),
    )
    return (*known, *(_clerks_column(heading, widths[heading]) for heading in CLERK_HEADINGS))


def _clerks_column(heading: str, width: float) -> _Column:
    is_centred = heading in (STATUS_HEADING, RECHECK_HEADING)
    return _Column(heading, width, lambda row: row.cells.get(heading, ""), True, is_centred)


def _is_asked(row: ReviewRow, heading: str) -> bool:
    """Tell whether the clerk has anything to say in a cell of a row."""
    if row.cells.get(heading):
        return True
    asked = {
        NEXT_TARGET_HEADING: not row.part,
        ADOPTED_HEADING: bool(row.options),
        RECHECK_HEADING: row.state is RowState.RECHECK,
    }
    return asked.get(heading, True)


def _fill(row: ReviewRow, column: _Column) -> str:
    """Return the colour of a cell, "" for none."""
    if column.is_clerks:
        return INPUT_FILL if _is_asked(row, column.heading) else _NOT_ASKED_FILL
    return _PART_FILL if row.part else ""


def _write_rulings(sheet: Worksheet, review: Review, settings: Settings, columns: Sequence[_Column]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side("thin", color="FF999999")
    border = Border(left=line, right=line, top=line, bottom=line)
    aligned = {c: Alignment("center" if c else None, "top", wrap_text=True) for c in (True, False)}
    fills = {color: PatternFill("solid", fgColor=color) for color in (INPUT_FILL, _PART_FILL, _NOT_ASKED_FILL)}
    font, bold = Font(name=SONG, size=_SIZE_PT), Font(name=HEI, size=_SIZE_PT)
    looks: dict[tuple[bool, bool, str], StyleArray] = {}  # each style is made once, and copied
    _write_head(sheet, columns, border)
    for number, row in enumerate(review.rows, 2):
        for index, column in enumerate(columns, 1):
            look = (column.is_centred, index == 1 and not row.part, _fill(row, column))
            if look not in looks:
                first: Any = sheet.cell(number, index)
                first.border, first.alignment, first.font = border, aligned[look[0]], bold if look[1] else font
                if look[2]:
                    first.fill = fills[look[2]]
                looks[look] = first._style
            cell: Any = styled_cell(sheet, number, index, looks[look])
            value = column.text(row)
            if isinstance(value, str):
                put(cell, value)
            else:
                cell.value = value
        fit_height(sheet, number, [(str(c.text(row)), c.width, _SIZE_PT) for c in columns])
        if row.part:
            sheet.row_dimensions[number].outlineLevel = 1
    _add_dropdowns(sheet, review, settings, columns)
    _add_colours(sheet, columns, len(review.rows) + 1)
    _set_up_page(sheet, review, columns)


def _write_head(sheet: Worksheet, columns: Sequence[_Column], border: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for index, column in enumerate(columns, 1):
        cell: Any = sheet.cell(1, index, column.heading)
        cell.font, cell.border = Font(name=HEI, size=_SIZE_PT), border
        cell.fill = PatternFill("solid", fgColor=INPUT_FILL if column.is_clerks else HEAD_FILL)
        cell.alignment = Alignment("center", "center", wrap_text=True)
        sheet.column_dimensions[column_letters(index)].width = column.width
    fit_height(sheet, 1, [(c.heading, c.width, _SIZE_PT) for c in columns])


def _add_dropdowns(sheet: Worksheet, review: Review, settings: Settings, columns: Sequence[_Column]) -> None:
    """Put lists and hints on the clerk's cells; the choices of 采用 stand on the hidden sheet, a line for each row."""
    last = max(2, len(review.rows) + 1)
    at = {column.heading: index for index, column in enumerate(columns, 1)}
    statuses = (*settings.statuses.names, UNREPORTED)
    add_list(sheet, at[STATUS_HEADING], 2, last, statuses, STATUS_HEADING, _PROMPTS[STATUS_HEADING])
    for heading in (COMPLETION_HEADING, NEXT_TARGET_HEADING, OPINION_HEADING, ADOPTED_HEADING, RECHECK_HEADING):
        asked = [n for n, row in enumerate(review.rows, 2) if _is_asked(row, heading)]
        others = [n for n, row in enumerate(review.rows, 2) if not _is_asked(row, heading)]
        _hint(sheet, at[heading], others, heading, _NOT_ASKED.get(heading, ""))
        if heading == RECHECK_HEADING:
            _list(sheet, at[heading], asked, f'"{RECHECK},{RECHECKED}"', heading)
        elif heading == ADOPTED_HEADING:
            for number in asked:
                count = len(review.rows[number - 2].options)
                row, end = number + _RECORDS_FROM - 2, column_letters(_OPTIONS_FROM + max(count, 1) - 1)
                start = column_letters(_OPTIONS_FROM)
                _list(sheet, at[heading], [number], f"{HIDDEN_SHEET}!${start}${row}:${end}${row}", heading)
        else:
            _hint(sheet, at[heading], asked, heading, _PROMPTS[heading])


def _hint(sheet: Worksheet, column: int, rows: Iterable[int], title: str, prompt: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation(promptTitle=title, prompt=prompt, showInputMessage=True)
    _add_validation(sheet, validation, column, rows)


def _list(sheet: Worksheet, column: int, rows: Iterable[int], formula: str, title: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
    validation.promptTitle, validation.prompt, validation.showInputMessage = title, _PROMPTS[title], True
    validation.errorTitle, validation.error = title, "请从下拉列表中选，或清空。"
    _add_validation(sheet, validation, column, rows)


def _add_validation(sheet: Worksheet, validation: Any, column: int, rows: Iterable[int]) -> None:
    letters = column_letters(column)
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1][1:] = [row]
        else:
            runs.append([row])
    for run in runs:
        validation.add(f"{letters}{run[0]}:{letters}{run[-1]}")
    if runs:
        sheet.add_data_validation(validation)


def _add_colours(sheet: Worksheet, columns: Sequence[_Column], last: int) -> None:
    """Colour the first cells of each row by its state, at once when the clerk rules on it."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill

    at = {column.heading: column_letters(index) for index, column in enumerate(columns, 1)}
    state, status, completion, recheck = (
        f"${at[heading]}2" for heading in (_STATE_HEADING, STATUS_HEADING, COMPLETION_HEADING, RECHECK_HEADING)
    )
    rules = (
        (f'{recheck}="{RECHECK}"', RowState.RECHECK),
        (f'OR({status}<>"",{completion}<>"",{state}="{RowState.RULED.value}")', RowState.RULED),
        (f'OR({state}="{RowState.OPEN.value}",{state}="{RowState.RECHECK.value}")', RowState.OPEN),
        (f'{state}="{RowState.WARNED.value}"', RowState.WARNED),
    )
    where = f"A2:{at[_STATE_HEADING]}{last} {at[RECHECK_HEADING]}2:{at[RECHECK_HEADING]}{last}"
    for formula, kind in rules:
        fill = PatternFill("solid", start_color=_FILLS[kind], end_color=_FILLS[kind])
        cells = where if kind is RowState.RECHECK else where.split()[0]
        rule = FormulaRule([formula], stopIfTrue=True, fill=fill)  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cells, rule)


def _set_up_page(sheet: Worksheet, review: Review, columns: Sequence[_Column]) -> None:
    last = f"{column_letters(len(columns))}{len(review.rows) + 1}"
    sheet.auto_filter.ref = f"A1:{last}"
    sheet.freeze_panes = "D2"
    sheet.sheet_view.zoomScale = 85
    sheet.sheet_properties.outlinePr.summaryBelow = False  # type: ignore[union-attr]
    landscape(sheet)
    sheet.page_setup.paperSize = _A3
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.7, 0.75, 0.4
    sheet.print_title_rows = "1:1"
    header: Any = sheet.oddHeader
    header.center.text = f"{review.title.replace('&', '&&')}　审定"


# --- the other two sheets -------------------------------------------------------------------------------------------

_SILENT_HEADINGS = (UNIT_HEADING, "联系人", "电话", "涉及任务", UNIT_RULING_HEADING, "备注")


def _write_silent(sheet: Worksheet, review: Review) -> None:
    from openpyxl.styles import Font, PatternFill

    label = sheet.cell(1, 1, f"{ALL_UNREPORTED_LABEL}（选“{YES}”）：")
    label.font = Font(name=HEI, size=12)
    flag = sheet.cell(1, 5, YES if review.all_unreported else None)
    flag.fill = PatternFill("solid", fgColor=INPUT_FILL)
    rows = [
        (unit.unit, unit.contact, unit.phone, unit.rows, UNREPORTED if unit.is_ruled else "", unit.note)
        for unit in review.silent
    ]
    write_table(sheet, _SILENT_HEADINGS, rows, (30.0, 14.0, 20.0, 30.0, 14.0, 30.0), first_row=2, header=review.title)
    for number in range(3, 3 + len(rows)):
        sheet.cell(number, 5).fill = PatternFill("solid", fgColor=INPUT_FILL)
    add_list(sheet, 5, 1, 1, (YES,), ALL_UNREPORTED_LABEL, f"选“{YES}”后，下表各单位都按“{UNREPORTED}”处理。")
    if rows:
        add_list(sheet, 5, 3, 2 + len(rows), (UNREPORTED,), UNIT_RULING_HEADING, _UNIT_PROMPT)


_RECORDS_FROM = 3  # the row of the first record on the hidden sheet
_OPTIONS_FROM = len(RECORD_HEADINGS) + 2


def _write_records(sheet: Worksheet, review: Review) -> None:
    """Note for the next run what each row showed and on what its ruling stands; list the choices of 采用."""
    sheet.sheet_state = "hidden"
    put(sheet.cell(1, 1), PERIOD_MARK)
    put(sheet.cell(1, 2), review.period)
    for index, heading in enumerate(RECORD_HEADINGS, 1):
        put(sheet.cell(2, index), heading)
    for number, row in enumerate(review.rows, _RECORDS_FROM):
        sheet.cell(number, 1, row.seq)
        record = row.record
        noted = (row.part, record.proposed, record.shown, record.ruled_on, record.as_ruled, record.offered)
        for index, text in enumerate(noted, 2):
            if text:
                put(sheet.cell(number, index), text)
        for index, option in enumerate(row.options, _OPTIONS_FROM):
            put(sheet.cell(number, index), option)


def _row_key(seq: str, part: str) -> Callable[[Mapping[str, str]], object]:
    def key(texts: Mapping[str, str]) -> object:
        number = fold(texts.get(seq, ""))
        return key_of(int(number), texts.get(part, "")) if number.isascii() and number.isdigit() else None

    return key
