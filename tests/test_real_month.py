"""The real month: read from its printed notice, asked, answered, and printed again, cell by cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.filling import edit_workbook, fill_all, heads, reportgen
from tests.kept import files_of, made, put

pytestmark = pytest.mark.reference
PERIOD = "2023-08"
KEYS = ("seq", "annual_target", "month_target", "completion_printed", "leaders_printed", "units_printed")


def plain(text: object) -> str:
    """Return a text as it is compared: white space removed, （） and ： unified."""
    return re.sub(r"\s", "", str(text)).replace("（", "(").replace("）", ")").replace("：", ":")


def expected(month):
    return [
        tuple(plain("".join(row[key]) if isinstance(row[key], list) else row[key]) for key in KEYS)
        for row in month["rows"]
    ]


def rows_of_word(path: Path):
    (table,) = docx.Document(str(path)).tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    return [tuple(map(plain, row)) for row in texts if row[0].strip().isdigit()]


def rows_of_excel(path: Path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [[cell.value for cell in row[:6]] for row in sheet.iter_rows()]
    return [tuple(map(plain, row)) for row in rows if str(row[0]).isdigit()]


@pytest.fixture
def month(reference):
    return json.loads((reference / f"notice-{PERIOD}.json").read_text(encoding="utf-8"))


def built(folder: Path, title: str):
    output = folder / "output" / PERIOD
    return rows_of_word(output / f"{title}.docx"), rows_of_excel(output / f"{title}.xlsx")


def begun(folder: Path, reference: Path, suffix: str = "docx") -> Path:
    """Make a workspace at `folder` from the printed notice."""
    notice = reference / f"notice-{PERIOD}.{suffix}"
    assert reportgen(folder.parent, "init", folder.name, "--from", str(notice), "--period", PERIOD) == 0
    return folder


def answered(folder: Path, reference: Path) -> Path:
    """Make a workspace at `folder` in which each unit has answered what was printed."""
    return put(made(_answered, reference), folder)


def _answered(folder: Path, reference: Path) -> None:
    begun(folder, reference)
    assert reportgen(folder, "forms", PERIOD) == 0
    month = json.loads((reference / f"notice-{PERIOD}.json").read_text(encoding="utf-8"))
    fill_all(folder, PERIOD, {(row["seq"], ""): given(row) for row in month["rows"]}, "按计划推进。")


def test_init__word_and_excel_give_the_same_workspace(reference, tmp_path, capsys):
    word, excel = (files_of(begun(tmp_path / suffix, reference, suffix)) for suffix in ("docx", "xlsx"))
    assert word == excel
    assert capsys.readouterr().out.count("124 项任务、52 个单位、10 位领导") == 2


def test_cycle__the_real_month_is_printed_again(reference, month, tmp_path, capsys):
    folder = answered(tmp_path, reference)
    capsys.readouterr()
    assert reportgen(folder, "check", PERIOD, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {f["code"] for f in found["findings"] if f["severity"] != "note"} <= {"L10", "V04", "S01", "S04"}
    assert {f["seq"] for f in found["findings"] if f["code"] in ("S01", "S04")} == {6, 16}
    assert reportgen(folder, "build", PERIOD) == 0
    word, excel = built(folder, month["title"])
    assert word == expected(month)
    assert excel == expected(month)


def test_cycle__each_unit_fills_its_own_parts(reference, month, tmp_path):
    parts = json.loads((reference / f"parts-{PERIOD}.json").read_text(encoding="utf-8"))
    folder = begun(tmp_path / "区里", reference)

    def divide(book):
        sheet = book["任务"]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            seq = sheet.cell(row, columns["序号"]).value
            lines = [f"{part['label']} = {part['unit']}" for part in parts if part["seq"] == seq]
            if lines:
                sheet.cell(row, columns["分工"]).value = "\n".join(lines)

    edit_workbook(folder / "config" / "ledger-2023.xlsx", divide)
    assert reportgen(folder, "forms", PERIOD) == 0
    answers = {(row["seq"], ""): given(row) for row in month["rows"]}
    answers |= {(part["seq"], part["label"]): given(part) for part in parts}
    fill_all(folder, PERIOD, answers, "按计划推进。")
    assert reportgen(folder, "build", PERIOD) == 0
    word, excel = built(folder, month["title"])
    assert word == expected(month)
    assert excel == expected(month)


def given(row):
    """Return the answer of a row of the month, with a reason where one is asked."""
    answer = {"status": row["status"], "completion": row["completion"]}
    return answer if row["status"] == "完成" else {**answer, "reason": "正在协调，下月推进。"}
