"""分送/: each leader's rows, the same as in the notice, kept up to date."""

from __future__ import annotations

import docx
import openpyxl
import pytest

from tests.filling import edit_workbook, heads, reportgen
from tests.year import AUGUST, built_month, demo, notice


def table(path):
    """Return the texts of the notice in a Word or Excel file, row by row."""
    if path.suffix == ".docx":
        (found,) = docx.Document(str(path)).tables
        return without_headings([tuple(cell.text for cell in row.cells) for row in found.rows])
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    texts = [tuple(str(value or "") for value in row) for row in rows]
    return without_headings(texts[next(i for i, row in enumerate(texts) if row[1] == "年度目标任务") :])


def without_headings(rows):
    """Return the rows without the headings of groups."""
    return [row for row in rows if row[1] == "年度目标任务" or row[0].isdigit()]


def sent(folder):
    return folder / "output" / AUGUST / "分送"


def names(folder):
    return sorted(path.name for path in sent(folder).iterdir())


@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_build_leaders__the_rows_of_one_leader_as_the_notice_has_them(tmp_path, suffix):
    folder = built_month(tmp_path, "--leaders")
    head, *rows = table(notice(folder, AUGUST, suffix))
    leaders = dict.fromkeys(name.replace(" ", "") for row in rows for name in row[4].split("\n"))
    assert names(folder) == sorted(f"{name}.{ending}" for name in leaders for ending in ("docx", "xlsx"))
    for name in leaders:
        own = [row for row in rows if name in row[4].replace(" ", "").split("\n")]
        assert table(sent(folder) / f"{name}.{suffix}") == [head, *own]
        assert 0 < len(own) < len(rows)
    title = "2023年《政府工作报告》重点工作8月份完成情况通报表（罗安分管）"
    assert docx.Document(str(sent(folder) / "罗安.docx")).paragraphs[0].text == title
    assert openpyxl.load_workbook(sent(folder) / "罗安.xlsx").active["A1"].value == title


def test_build_leaders__once_wanted_they_are_kept_up_to_date_and_who_left_is_removed(tmp_path):
    folder = built_month(tmp_path)
    assert not sent(folder).exists()
    built_month(folder, "--leaders")
    edited = sent(folder) / "程书宁.docx"
    document = docx.Document(str(edited))
    document.tables[0].rows[1].cells[3].paragraphs[0].add_run("（已阅）")
    document.save(str(edited))
    content = edited.read_bytes()
    replace_leader(folder, "程书宁", "高  远")
    assert reportgen(folder, "build", AUGUST) == 0
    assert not {"程书宁.docx", "程书宁.xlsx"} & set(names(folder))
    assert (sent(folder) / "程书宁（人工修改1）.docx").read_bytes() == content
    assert len(table(sent(folder) / "高远.docx")) > 12


def replace_leader(folder, name, other):
    """Let `other` take over the tasks of a leader in the ledger."""

    def edit(book):
        sheet = book["任务"]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            cell = sheet.cell(row, columns["分管区领导"])
            if cell.value:
                cell.value = "\n".join(dict.fromkeys(str(cell.value).replace(name, other).split("\n")))

    edit_workbook(folder / "config" / "ledger-2023.xlsx", edit)


def test_build_leaders__the_folder_taken_away_ends_it(tmp_path):
    folder = built_month(tmp_path, "--leaders")
    for path in sent(folder).iterdir():
        path.unlink()
    sent(folder).rmdir()
    assert reportgen(folder, "build", AUGUST) == 0
    assert not sent(folder).exists()


def test_build_leaders__says_what_it_wrote_and_refuses_drafts(tmp_path, capsys):
    folder = demo(tmp_path)
    assert reportgen(folder, "build", AUGUST, "--leaders") == 0
    expected = "已写出 output/2023-08/分送/：7 位领导各一份（林知远、高远、沈明川、罗安、程书宁、孟庆禾、陆景文）"
    assert expected in capsys.readouterr().out
    assert reportgen(folder, "build", AUGUST, "--leaders", "--draft") == 2
    assert "--draft 与 --leaders 只能用一个" in capsys.readouterr().err
