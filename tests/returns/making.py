"""What the cases start from: a small district, one filled form of it, and how a unit's hand changes it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from reportgen.commands.reading import read_content
from reportgen.core.findings import Finding
from reportgen.core.formtexts import FormTexts
from reportgen.core.reading import Context
from reportgen.core.records import Filled
from reportgen.core.rules.rows import every_asked_row_came_back
from reportgen.core.rules.values import RULES, Subject, normalised
from reportgen.core.weigh import unit_reports
from reportgen.writers.replace import parts_of, zipped
from tests.forms import template, written
from tests.world import FIELDS, SETTINGS, STATUSES, asked, ledger, task

UNIT, FILE, TABLE = "区水利局", "报送.xlsx", "报送表"
_LEDGER = ledger(
    task(1, UNIT, "累计完成管网改造12公里。"),
    task(2, f"{UNIT}（牵头） 区财政局", "完成河道清淤工程招标，月底前开工。", next_target="完成清淤3公里。"),
    task(3, "区财政局", "财政支出进度达到65%。"),
    task(4, f"{UNIT} 区财政局", "堤防：加固堤防2公里。泵站：改造泵站1座。", {"堤防": UNIT, "泵站": UNIT}),
)
LEDGER = replace(
    _LEDGER, units=tuple(replace(u, aliases=("水务局", "区水务局")) if u.name == UNIT else u for u in _LEDGER.units)
)
PLAN = asked(LEDGER)
HEAD = ("序号", "分项", "年度目标任务", "8月份目标任务", "完成状态", "完成情况", "未完成原因", "9月份目标任务")
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "", "年度任务1。", "累计完成管网改造12公里。", "完成", "已改造管网13公里。", "", "改造15公里。"),
    (
        2,
        "",
        "年度任务2。",
        "完成河道清淤工程招标，月底前开工。",
        "未完成",
        "招标公告已发布。",
        "两次流标。",
        "完成清淤3公里。",
    ),
    (4, "堤防", "年度任务4。", "加固堤防2公里。", "完成", "堤防加固2公里。", "", "加固3公里。"),
    (4, "泵站", "年度任务4。", "改造泵站1座。", "部分完成", "泵站主体完工。", "设备未到货。", "泵站投运。"),
)
KEYS = ((1, ""), (2, ""), (4, "堤防"), (4, "泵站"))
ABOVE = (
    (SETTINGS.form_title,),
    ("填报单位", UNIT, "填报人", "张三", "联系电话", "0000-1234", "填报日期", "2023年8月31日"),
)
# What the unit wrote, by row: status and completion.
WHOLE = {key: (str(row[4]), str(row[5])) for key, row in zip(KEYS, ROWS, strict=True)}

Found = list[tuple[str, str]]
Edit = Callable[[Any], None]


@cache
def context() -> Context:
    look = load_workbook(io.BytesIO(template()))
    texts = [c.value for s in look for row in s.iter_rows() for c in row if isinstance(c.value, str)]
    return Context(FIELDS, LEDGER, PLAN, FormTexts.of(texts), SETTINGS.form_title, STATUSES)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@cache
def filled_form() -> bytes:
    """Return the unit's form, filled: head in row 5, rows 6 to 9, columns A to H, the marks of the rows in I."""
    book = written(LEDGER, UNIT).workbook
    sheet = book[TABLE]
    for number, row in enumerate(ROWS, 6):
        for column in (5, 6, 7, 8):
            cell = sheet.cell(number, column)
            if cell.protection.locked is False and row[column - 1]:
                cell.value = row[column - 1]
    return saved(book)


def form(edit: Edit) -> bytes:
    """Return the filled form after `edit(book)`."""
    book = load_workbook(io.BytesIO(filled_form()))
    edit(book)
    return saved(book)


def sheet_edit(edit: Edit) -> bytes:
    """Return the filled form after `edit(sheet)` of its table's sheet."""
    return form(lambda book: edit(book[TABLE]))


def cells(values: Mapping[str, object]) -> bytes:
    """Return the filled form with other values in some cells of its table."""

    def change(sheet: Any) -> None:
        for address, value in values.items():
            sheet[address].value = value
            if isinstance(value, str) and not value.startswith(("=", "#")):
                sheet[address].data_type = "s"

    return sheet_edit(change)


def typed(*rows: Sequence[object], sheet: str = "Sheet1", edit: Edit | None = None) -> bytes:
    """Return a workbook that a unit made itself: no stamp, no marks."""
    book = Workbook()
    table = book.worksheets[0]
    table.title = sheet
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value not in ("", None):
                table.cell(number, column).value = value  # type: ignore[assignment]
    if edit:
        edit(table)
    return saved(book)


def typed_table(
    head: Sequence[object] = HEAD, rows: Sequence[Sequence[object]] = ROWS, edit: Edit | None = None
) -> bytes:
    """Return a workbook that a unit made itself, its head in row 3."""
    return typed(*ABOVE, head, *rows, edit=edit)


def parts(edit: Callable[[dict[str, bytes]], None], content: bytes | None = None) -> bytes:
    """Return the filled form (or `content`) after a change to the parts of its package."""
    of_file = dict(parts_of(content or filled_form()))
    edit(of_file)
    return zipped(of_file)


def table_part(content: bytes | None = None) -> str:
    """Return the name of the part that holds the table."""
    of_file = parts_of(content or filled_form())
    return next(n for n in sorted(of_file) if n.startswith("xl/worksheets/sheet") and b"reportgen:1:" in of_file[n])


def checked(content: bytes, name: str = FILE) -> tuple[Filled | None, list[Finding]]:
    """Return what a file answers after the rules have seen it, and every finding of it."""
    filled, found = read_content(content, name, context())
    findings = list(found)
    if filled is None:
        return None, findings
    reports, told = unit_reports([filled], PLAN)
    report = reports[filled.unit]
    answers = []
    for ask in PLAN.asks_of(filled.unit):
        if ask.key in report.answers:
            answer, told_of, changed = normalised(report.answers[ask.key], ask, FIELDS, STATUSES)
            filled = replace(filled, changes=(*filled.changes, *changed))
            findings += told_of
            answers.append(answer)
            for rule in RULES:
                findings += rule(Subject(ask, answer, FIELDS, STATUSES))
    findings += [*told, *every_asked_row_came_back(report, PLAN)]
    return replace(filled, answers=tuple(answers)), findings


def arrived(filled: Filled | None) -> dict[tuple[int, str], tuple[str, str]]:
    """Return status and completion of each row that came through."""
    return {a.key: (a.text("status"), a.text("completion")) for a in filled.answers} if filled else {}


def codes(findings: Sequence[Finding]) -> Found:
    return sorted((f.code.name, f.place.cell) for f in findings)


def document(*blocks: str | Sequence[Sequence[object]]) -> bytes:
    """Return a Word document: a paragraph for each text, a table for each block of rows."""
    from docx import Document

    made = Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        table = made.add_table(0, len(block[0]))
        for row in block:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = str(value)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
