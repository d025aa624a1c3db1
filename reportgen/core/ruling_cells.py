"""From the grids of 审定.xlsx to rulings: the clerk's cells by heading, never by position."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.core.fields import SEQ, UNREPORTED, Fields, Statuses
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grid import Book, Grid, Value, text_of
from reportgen.core.model import Ledger
from reportgen.core.rulings import (
    ALL_UNREPORTED_LABEL,
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
    Ruling,
    Rulings,
)
from reportgen.core.stamp import SHEET as HIDDEN_SHEET
from reportgen.core.text import fold, nearest, without_control

_REBUILD = "请恢复表头，或把该文件移走后重新运行 review（原有审定需抄回）。"


def parse_rulings(
    book: Book, fields: Fields, statuses: Statuses, ledger: Ledger
) -> tuple[Rulings, tuple[Finding, ...]]:
    """Return the rulings in the workbook; a status or unit that is not known is told and rules nothing."""
    findings: list[Finding] = []
    sheet = _sheet(book, RULINGS_SHEET)
    written: dict[int, dict[str, str]] = {}
    by_seq: dict[int, Ruling] = {}
    head = _head(sheet, (fields[SEQ].heading, *RULING_HEADINGS)) if sheet else None
    if sheet is None or head is None:
        reason = f"没有找到工作表“{RULINGS_SHEET}”的表头（{fields[SEQ].heading}、{'、'.join(RULING_HEADINGS)}）。"
        place = Place(book.file, sheet.sheet if sheet else "")
        return Rulings(), (Finding(Code.M10, place, values={"reason": reason, "advice": _REBUILD}),)
    row_of_head, columns = head
    for row, cells in sheet.rows():
        if row <= row_of_head:
            continue
        seq = _number(cells.get(columns[fields[SEQ].heading]))
        texts = {h: without_control(sheet.text(row, columns[h])).strip() for h in RULING_HEADINGS}
        if seq is None:
            if any(texts.values()):
                reason = "这一行没有序号，审定没有采用。"
                values = {"reason": reason, "advice": "请补上序号。"}
                findings.append(Finding(Code.M10, sheet.place(row, columns[fields[SEQ].heading]), values=values))
            continue
        if seq in written:
            values = {"reason": f"第{seq}项出现了两行。", "advice": "请删去多余的一行。"}
            findings.append(Finding(Code.M10, sheet.place(row, columns[fields[SEQ].heading]), seq=seq, values=values))
            continue
        written[seq] = texts
        status, found = _status(texts[STATUS_HEADING], statuses, sheet.place(row, columns[STATUS_HEADING]), seq)
        findings += found
        by_seq[seq] = Ruling(
            seq,
            status,
            texts[COMPLETION_HEADING],
            texts[NEXT_TARGET_HEADING],
            texts[OPINION_HEADING],
            sheet.place(row, columns[COMPLETION_HEADING]),
        )
    unreported, everyone, found = _unreported(_sheet(book, UNREPORTED_SHEET), ledger)
    return Rulings(by_seq, unreported, written, _proposed(book), everyone), (*findings, *found)


def _sheet(book: Book, name: str) -> Grid | None:
    return next((grid for grid in book.grids if fold(grid.sheet) == fold(name)), None)


def _head(sheet: Grid, headings: tuple[str, ...]) -> tuple[int, Mapping[str, int]] | None:
    """Return the head row and the column of each heading; None unless one row has them all."""
    wanted = {fold(heading): heading for heading in headings}
    for row, cells in sheet.rows():
        columns = {wanted[fold(text_of(v))]: c for c, v in cells.items() if fold(text_of(v)) in wanted}
        if len(columns) == len(wanted):
            return row, columns
    return None


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


def _unreported(sheet: Grid | None, ledger: Ledger) -> tuple[frozenset[str], bool, list[Finding]]:
    """Return the units ruled 未报送, and whether all that stand on the sheet are, by its one cell at the top."""
    head = _head(sheet, (UNIT_HEADING, UNIT_RULING_HEADING)) if sheet else None
    if sheet is None or head is None:
        return frozenset(), False, []
    row_of_head, columns = head
    everyone = False
    ruled: set[str] = set()
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
            ruled.add(unit.name)
    return frozenset(ruled), everyone, findings


def _proposed(book: Book) -> dict[int, str]:
    """Return what `review` itself put into 审定下期目标, from the hidden sheet, by 序号."""
    sheet = _sheet(book, HIDDEN_SHEET)
    if sheet is None:
        return {}
    numbers = {row: _number(cells.get(1)) for row, cells in sheet.rows()}
    return {seq: sheet.text(row, 2) for row, seq in numbers.items() if seq is not None}
