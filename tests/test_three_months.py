"""Three months to their end: a notice edited by hand and adopted, a stale ruling, the archives, the next month."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.filling import edit_workbook, heads, reportgen
from tests.office_rules import edit_word, write_cell
from tests.test_year import printed, sheet_rows
from tests.year import AUGUST, NOW, SEPTEMBER, notice

RULED = 18  # by the office in September, led by 区住房和城乡建设局
LEAD = "区住房和城乡建设局"
OCTOBER = "2023-10"


@pytest.fixture
def folder(year, tmp_path) -> Path:
    return shutil.copytree(year, tmp_path / "区")


def told(folder: Path, capsys, period: str) -> list[tuple[str, int]]:
    capsys.readouterr()
    assert reportgen(folder, "check", period, "--json", now=NOW[period]) == 0
    return [(f["code"], f["seq"]) for f in json.loads(capsys.readouterr().out)["findings"]]


def rewrite(path: Path, seq: int, heading: str, text: str) -> None:
    """Type into a row of a return or of 审定.xlsx."""

    def edit(book):
        sheet = book.worksheets[0]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            if str(sheet.cell(row, 1).value) == str(seq):
                sheet.cell(row, columns[heading]).value = text
                return

    edit_workbook(path, edit)


def test_august__an_edit_in_word_is_adopted_and_september_sees_it(folder, capsys):
    word = notice(folder, AUGUST, "docx")
    before = printed(folder, AUGUST)
    assert before[33] == "完成"

    def edit(_document, table):
        row = next(row for row in table.rows if row.cells[0].text == "33")
        write_cell(row, 3, "部分完成。区长办公会认定尚有2处未达标。")

    edit_word(word, edit)
    assert reportgen(folder, "adopt", AUGUST, word.name, "--yes", now=NOW[AUGUST]) == 0
    assert reportgen(folder, "build", AUGUST, now=NOW[AUGUST]) == 0
    assert printed(folder, AUGUST) == before | {33: "部分完成"}
    excel = openpyxl.load_workbook(notice(folder, AUGUST)).worksheets[0]
    assert "部分完成。区长办公会认定尚有2处未达标。" in [row[3] for row in excel.iter_rows(values_only=True)]
    assert reportgen(folder, "build", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    _head, rows = sheet_rows(folder, SEPTEMBER, "逐项")
    assert {row["序号"]: row["8月份"] for row in rows}[33] == "部分完成"
    _head, months = sheet_rows(folder, SEPTEMBER, "按月")
    counts = list(printed(folder, AUGUST).values())
    assert [months[1][status] for status in ("完成", "部分完成")] == [counts.count("完成"), counts.count("部分完成")]


def test_september__a_stale_ruling_is_caught_and_confirmed(folder, capsys):
    rulings = folder / "input" / SEPTEMBER / "审定.xlsx"
    assert reportgen(folder, "review", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    assert ("M20", RULED) not in told(folder, capsys, SEPTEMBER)
    rewrite(folder / "input" / SEPTEMBER / f"{LEAD}.xlsx", RULED, "完成情况", "9月份又完成2项，累计完成20项工作。")
    assert [code for code, seq in told(folder, capsys, SEPTEMBER) if seq == RULED and code == "M20"] == ["M20"]
    rewrite(rulings, RULED, "复核", "已复核")
    assert reportgen(folder, "review", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    assert [code for code, seq in told(folder, capsys, SEPTEMBER) if seq == RULED and code == "M20"] == ["M20"]
    rewrite(rulings, RULED, "复核", "已复核")  # now that the row shows what the unit says
    assert ("M20", RULED) not in told(folder, capsys, SEPTEMBER)
    assert reportgen(folder, "build", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    (table,) = docx.Document(str(notice(folder, SEPTEMBER, "docx"))).tables
    texts = {row.cells[0].text: row.cells[3].text for row in table.rows}
    assert texts[str(RULED)] == "未完成。9月份又完成2项，累计完成20项工作。"


def test_archives__each_month_is_verified_and_rebuilt(folder, tmp_path, capsys):
    for period in (AUGUST, SEPTEMBER):
        capsys.readouterr()
        assert reportgen(folder, "archive", period, now=NOW[period]) == 0
        package = shutil.copy(folder / "output" / "存档" / f"{period}.zip", tmp_path)
        assert reportgen(tmp_path, "verify", str(package)) == 0
        assert "存档包完好，可以留存。" in capsys.readouterr().out


def test_october__is_asked_by_what_september_decided(folder):
    assert reportgen(folder, "review", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    rewrite(folder / "input" / SEPTEMBER / "审定.xlsx", RULED, "审定下期目标", "累计完工20个。")
    assert reportgen(folder, "build", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    rulings = json.loads((folder / "output" / SEPTEMBER / "manifest.json").read_bytes())["rulings"]
    assert ("next_target", "累计完工20个。") in {(one["field"], one["after"]) for one in rulings}
    assert reportgen(folder, "forms", OCTOBER) == 0
    form = openpyxl.load_workbook(folder / "output" / OCTOBER / "forms" / f"{LEAD}.xlsx")["报送表"]
    assert "累计完工20个。" in {cell.value for row in form.iter_rows() for cell in row}
