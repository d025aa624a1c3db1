"""What the tests do as people in units do it: open a form with an office program, type into its cells, save it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import openpyxl

from reportgen.cli import run

ANSWERS = {"status": "完成状态", "completion": "完成情况", "reason": "未完成原因"}
MORNING = datetime(2023, 9, 1, 9, 0)


def reportgen(folder: Path, *words: str, now: datetime = MORNING) -> int:
    """Run the program in `folder` and return its exit status."""
    return run(["-C", str(folder), *words], lambda: now)


def heads(sheet) -> tuple[int, dict[str, int]]:
    """Return the head row of a form or ledger and the column of each heading."""
    for row in sheet.iter_rows():
        texts = {str(cell.value).replace("\n", ""): cell.column for cell in row if cell.value is not None}
        if "序号" in texts and len(texts) > 3:
            return row[0].row, texts
    raise AssertionError("no head")


def fill_form(content: bytes, answers: Mapping[tuple[int, str], Mapping[str, str]], next_target: str = "") -> bytes:
    """Return a form with `answers` by (序号, 分项) typed in; open next targets get `next_target`."""
    return _filled(content, tuple((key, tuple(texts.items())) for key, texts in answers.items()), next_target)


@cache
def _filled(
    content: bytes, answers: tuple[tuple[tuple[int, str], tuple[tuple[str, str], ...]], ...], next_target: str
) -> bytes:
    given = dict(answers)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["报送表"]
    head, columns = heads(sheet)
    targets = [heading for heading in columns if heading.endswith("月份目标任务")]
    following = targets[-1] if len(targets) > 1 else None
    for row in range(head + 1, sheet.max_row + 1):
        seq = sheet.cell(row, columns["序号"]).value
        if not str(seq or "").isdigit() or sheet.cell(row, columns["完成状态"]).protection.locked is not False:
            continue
        label = sheet.cell(row, columns["分项"]).value or "" if "分项" in columns else ""
        for key, text in given.get((int(seq), label), ()):
            sheet.cell(row, columns[ANSWERS[key]]).value = text
        if following and next_target and not sheet.cell(row, columns[following]).protection.locked:
            sheet.cell(row, columns[following]).value = next_target
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def fill_all(folder: Path, period: str, answers: Mapping[tuple[int, str], Mapping[str, str]], next_target: str) -> None:
    """Fill every blank form of a workspace and put it into input/."""
    target = folder / "input" / period
    target.mkdir(parents=True, exist_ok=True)
    for form in sorted((folder / "output" / period / "forms").glob("*.xlsx")):
        (target / form.name).write_bytes(fill_form(form.read_bytes(), answers, next_target))


def edit_workbook(path: Path, edit) -> None:
    """Open a workbook, let `edit(book)` change it, save it."""
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
