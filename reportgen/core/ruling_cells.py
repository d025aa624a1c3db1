"""From the grids of 审定.xlsx to rulings: the clerk's cells by heading, never by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from reportgen.core.fields import PART, SEQ, UNREPORTED, Fields, Statuses
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grid import Book, Grid, Value, text_of
from reportgen.core.model import Ledger
from reportgen.core.rulings import (
    ADOPTED_HEADING,
    ALL_UNREPORTED_LABEL,
    CLERK_HEADINGS,
    COMPLETION_HEADING,
    NEXT_TARGET_HEADING,
    OPINION_HEADING,
    RULING_HEADINGS,
    RULINGS_SHEET,
    STATUS_HEADING,
    UNIT_HEADING,
    UNIT_RULING_HEADING,
    UNREPORTED_SHEET,
    YES,
    Key,
    Record,
    Ruling,
    Rulings,
    key_of,
    spoken,
)
from reportgen.core.stamp import SHEET as HIDDEN_SHEET
from reportgen.core.text import fold, nearest, without_control

# The hidden sheet: the period in its first row, then a head and a line for each row of the table.
PERIOD_MARK = "期次"
RECORD_HEADINGS = ("序号", "分项", "下期目标", "所见", "审定依据", "审定内容", "改动的下期目标")
_REBUILD = "请恢复表头，或把该文件移走后重新运行 review（原有审定需抄回）。"


class _Rows(Struct):
    """What has been gathered from the rows of the sheet."""

    by_seq: dict[int, Ruling] = field(default_factory=dict)
    parts: dict[Key, Ruling] = field(default_factory=dict)
    written: dict[Key, Mapping[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def cannot(self, place: Place, reason: str, advice: str, seq: int | None = None) -> None:
        self.findings.append(Finding(Code.M10, place, seq=seq, values={"reason": reason, "advice": advice}))


def is_ruling_table(book: Book, fields: Fields) -> bool:
    """Tell whether a workbook is a 审定.xlsx by its head, whatever the file is called."""
    return any(_head(grid, (fields[SEQ].heading, *RULING_HEADINGS)) for grid in book.visible)


def parse_rulings(
    book: Book, fields: Fields, statuses: Statuses, ledger: Ledger, period: str
) -> tuple[Rulings, tuple[Finding, ...]]:
    """Return the rulings in the workbook; a status or unit that is not known is told and rules nothing."""
    sheet = _sheet(book, RULINGS_SHEET)
    found = _Rows()
    head = _head(sheet, (fields[SEQ].heading, *RULING_HEADINGS)) if sheet else None
    if sheet is None or head is None:
        reason = f"没有找到工作表“{RULINGS_SHEET}”的表头（{fields[SEQ].heading}、{'、'.join(RULING_HEADINGS)}）。"
        found.cannot(Place(book.file, sheet.sheet if sheet else ""), reason, _REBUILD)
        return Rulings(), tuple(found.findings)
    written_for = _period_of(book)
    if written_for not in ("", period):
        advice = f"请把它移回 input/{written_for}/，再运行 review {period} 生成本期的。"
        found.cannot(Place(book.file), f"它是 {written_for} 的审定表，不是 {period} 的。", advice)
        return Rulings(), tuple(found.findings)
    _read_rows(sheet, head, fields, statuses, found)
    places, everyone, told = _unreported(_sheet(book, UNREPORTED_SHEET), ledger)
    rulings = Rulings(
        found.by_seq, frozenset(places), found.written, _records(book), everyone, found.parts, unreported_places=places
    )
    return rulings, (*found.findings, *told)


def _read_rows(
    sheet: Grid, head: tuple[int, Mapping[str, int]], fields: Fields, statuses: Statuses, found: _Rows
) -> None:
    row_of_head, needed = head
    columns = dict(needed)
    seq_column = columns[fields[SEQ].heading]
    for row, cells in sheet.rows():
        if row <= row_of_head:
            columns = {**_columns(cells, (fields[PART].heading, *CLERK_HEADINGS)), **needed}  # the head's own at last
            continue
        seq, place = _number(cells.get(seq_column)), sheet.place(row, seq_column)
        texts = {h: without_control(sheet.text(row, columns.get(h, 0))).strip() for h in CLERK_HEADINGS}
        part = sheet.text(row, columns.get(fields[PART].heading, 0)).strip()
        if seq is None:
            if any(texts.values()):
                found.cannot(place, "这一行没有序号，审定没有采用。", "请补上序号。")
            continue
        key = key_of(seq, part)
        if key in found.written:
            found.cannot(place, f"{spoken(seq, part)}出现了两行。", "请删去多余的一行。", seq)
            continue
        found.written[key] = texts
        status, told = _status(texts[STATUS_HEADING], statuses, sheet.place(row, columns[STATUS_HEADING]), seq)
        found.findings += told
        ruling = Ruling(
            seq,
            status,
            texts[COMPLETION_HEADING],
            texts[NEXT_TARGET_HEADING],
            texts[OPINION_HEADING],
            sheet.place(row, columns[COMPLETION_HEADING]),
            part,
            texts[ADOPTED_HEADING],
        )
        if part:
            found.parts[key] = ruling
        else:
            found.by_seq[seq] = ruling


def _sheet(book: Book, name: str) -> Grid | None:
    return next((grid for grid in book.grids if fold(grid.sheet) == fold(name)), None)


def _head(sheet: Grid, headings: Sequence[str]) -> tuple[int, Mapping[str, int]] | None:
    """Return the head row and the column of each heading; None unless one row has them all."""
    for row, cells in sheet.rows():
        if len(cells) >= len(headings) and len(columns := _columns(cells, headings)) == len(headings):
            return row, columns
    return None


def _columns(cells: Mapping[int, Value], headings: Sequence[str]) -> dict[str, int]:
    """Return the column of each heading that stands in a row, the first of equal ones."""
    wanted = {fold(heading): heading for heading in headings}
    columns: dict[str, int] = {}
    for column, value in cells.items():
        text = fold(text_of(value))
        if text in wanted:
            columns.setdefault(wanted[text], column)
    return columns


def _number(value: Value | None) -> int | None:
    text = fold(text_of(value)) if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() else None


def _status(text: str, statuses: Statuses, place: Place, seq: int) -> tuple[str, list[Finding]]:
    if not text:
        return "", []
    if fold(text).rstrip("。.") == fold(UNREPORTED):
        return UNREPORTED, []
    meant = statuses.meant_by(text)
    if meant:
        return meant, []
    values = {"value": text, "choices": "、".join((*statuses.names, UNREPORTED))}
    return "", [Finding(Code.M08, place, seq=seq, values=values)]


def _unreported(sheet: Grid | None, ledger: Ledger) -> tuple[dict[str, Place], bool, list[Finding]]:
    """Return the units ruled 未报送 with their cells, and whether all of the sheet are, by its one cell at the top."""
    head = _head(sheet, (UNIT_HEADING, UNIT_RULING_HEADING)) if sheet else None
    if sheet is None or head is None:
        return {}, False, []
    row_of_head, columns = head
    everyone = False
    ruled: dict[str, Place] = {}
    findings: list[Finding] = []
    for row, cells in sheet.rows():
        if row < row_of_head:
            texts = [text_of(value).strip() for value in cells.values()]
            everyone = everyone or (any(t.startswith(ALL_UNREPORTED_LABEL) for t in texts) and YES in texts)
            continue
        name, ruling = sheet.text(row, columns[UNIT_HEADING]), sheet.text(row, columns[UNIT_RULING_HEADING]).strip()
        if row == row_of_head or not name.strip() or not (ruling or everyone):
            continue
        unit = ledger.unit_named(name)
        place = sheet.place(row, columns[UNIT_RULING_HEADING])
        if unit is None:
            likely = nearest(name, (u.name for u in ledger.units))
            advice = f"是否为“{likely}”？" if likely else "请核对单位名称。"
            values = {"value": name, "reason": "不是台账中的单位。", "advice": advice}
            findings.append(Finding(Code.M09, place, values=values))
        elif ruling and fold(ruling).rstrip("。.") != fold(UNREPORTED):
            values = {"value": ruling, "reason": "不在选项内。", "advice": f"请选“{UNREPORTED}”或清空。"}
            findings.append(Finding(Code.M09, place, unit=unit.name, values=values))
        else:
            ruled[unit.name] = place
    return ruled, everyone, findings


def _period_of(book: Book) -> str:
    """Return the period that the workbook was written for, "" when it does not say."""
    sheet = _sheet(book, HIDDEN_SHEET)
    rows = list(sheet.rows()) if sheet else []
    return next((sheet.text(row, 2) for row, _cells in rows if sheet and sheet.text(row, 1) == PERIOD_MARK), "")


def _records(book: Book) -> dict[Key, Record]:
    """Return what `review` noted of each row, from the hidden sheet."""
    sheet = _sheet(book, HIDDEN_SHEET)
    head = _head(sheet, RECORD_HEADINGS) if sheet else None
    if sheet is None or head is None:
        return {}
    row_of_head, columns = head
    records = {}
    for row, cells in sheet.rows():
        seq = _number(cells.get(columns[RECORD_HEADINGS[0]]))
        if row > row_of_head and seq is not None:
            part, *noted = (sheet.text(row, columns[heading]) for heading in RECORD_HEADINGS[1:])
            records[key_of(seq, part)] = Record(*noted)
    return records
