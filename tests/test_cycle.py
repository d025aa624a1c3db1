"""The bundled month played as an office plays it: late, silent, contradictory, ruled, drafted, printed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from reportgen.core.figures import percent
from reportgen.writers.replace import parts_of
from tests.filling import MORNING, edit_workbook, heads, reportgen
from tests.kept import files_of
from tests.office_rules import answered
from tests.year import built_month, demo

P = "2023-08"
TITLE = "2023年《政府工作报告》重点工作8月份完成情况通报表"


@pytest.fixture
def folder(tmp_path):
    return demo(tmp_path)


@pytest.fixture
def district(tmp_path):
    """Return a district whose returns are entered in the register."""
    assert reportgen(answered(tmp_path), "status", P) == 0
    return tmp_path


def output(folder, suffix, prefix=""):
    return folder / "output" / P / f"{prefix}{TITLE}.{suffix}"


def ruled(folder, seq, **cells):
    """Type into the ruling columns of 审定.xlsx."""

    def edit(book):
        sheet = book["审定"]
        head, columns = heads(sheet)
        row = next(r for r in range(head + 1, sheet.max_row + 1) if sheet.cell(r, columns["序号"]).value == seq)
        for heading, text in cells.items():
            sheet.cell(row, columns[heading]).value = text

    edit_workbook(folder / "input" / P / "审定.xlsx", edit)


def answer(folder, unit, seq, **cells):
    """Change cells of a unit's return."""

    def edit(book):
        sheet = book["报送表"]
        head, columns = heads(sheet)
        row = next(r for r in range(head + 1, sheet.max_row + 1) if str(sheet.cell(r, 1).value) == str(seq))
        for heading, text in cells.items():
            sheet.cell(row, columns[heading]).value = text

    edit_workbook(folder / "input" / P / f"{unit}.xlsx", edit)


def completion(folder, seq, prefix=""):
    sheet = openpyxl.load_workbook(output(folder, "xlsx", prefix)).worksheets[0]
    return next(str(row[3].value) for row in sheet.iter_rows() if str(row[0].value) == str(seq))


def found(folder, capsys, *words):
    capsys.readouterr()
    status = reportgen(folder, *words, "--json")
    return status, json.loads(capsys.readouterr().out)


def test_build__the_bundled_month(folder, capsys):
    assert reportgen(folder, "build", P) == 0
    assert "39项中，完成28项，占71.79%；部分完成7项，占17.95%；未完成4项，占10.26%" in capsys.readouterr().out
    (table,) = docx.Document(str(output(folder, "docx"))).tables
    shown = [row.cells[0].text for row in table.rows[1:]]
    printed = [text for text in shown if text.isdigit()]
    book = openpyxl.load_workbook(folder / "config" / "ledger-2023.xlsx")["任务"]
    active = [row for row in book.iter_rows(min_row=2, values_only=True) if row[0] not in (14, 28)]
    assert printed == [str(row[0]) for row in active if row[0]]
    assert completion(folder, 6).startswith("未完成。1—8月份规模以上工业增加值")


def test_build__no_placeholder_is_left_in_any_part_of_a_document(tmp_path):
    for path in (built_month(tmp_path) / "output" / P).glob("*.[dx][ol]*x"):
        for name, part in parts_of(path.read_bytes()).items():
            assert b"{{" not in part, (path.name, name)


def test_build__same_input_same_bytes(tmp_path, tmp_path_factory):
    folder = built_month(tmp_path)
    first = files_of(folder / "output")
    elsewhere = demo(tmp_path_factory.mktemp("别处"))
    assert reportgen(elsewhere, "build", P, now=datetime(2031, 1, 1)) == 0
    assert files_of(elsewhere / "output") == first
    assert reportgen(folder, "build", P) == 0
    assert files_of(folder / "output") == first


def test_build__an_error_stops_the_final_and_a_draft_shows_it(tmp_path, capsys):
    folder = built_month(tmp_path)
    final = output(folder, "docx").read_bytes()
    (folder / "input" / P / "区水利局.xlsx").unlink()
    answer(folder, "区商务局", 9, 完成情况=None)
    status, told = found(folder, capsys, "build", P)
    assert status == 1
    assert told["outputs"] == []
    errors = [(f["code"], f["unit"], f["cell"]) for f in told["findings"] if f["severity"] == "error"]
    assert errors == [("V01", "区商务局", "F6"), ("M01", "区水利局", "")]
    states = {unit["unit"]: unit["state"] for unit in told["units"]}
    assert (states["区水利局"], states["区商务局"], states["区财政局"]) == ("missing", "must_correct", "returned")
    assert reportgen(folder, "build", P) == 1
    assert "是以前写的，已与现在的数据不符" in capsys.readouterr().out
    assert reportgen(folder, "build", P, "--draft") == 1
    assert output(folder, "docx").read_bytes() == final
    assert "【未报送】" in completion(folder, 38, "草稿-")
    assert "外贸进出口：【待补充】" in completion(folder, 9, "草稿-")
    text = "\n".join(p.text for p in docx.Document(str(output(folder, "docx", "草稿-"))).paragraphs)
    assert "未报送单位：区水利局" in text


def test_review__rulings_settle_errors_and_stay(folder, capsys):
    (folder / "input" / P / "区水利局.xlsx").unlink()
    answer(folder, "区商务局", 9, 完成情况=None)
    assert reportgen(folder, "review", P) == 0

    def settle(book):
        book["未报送单位"]["E1"] = "是"

    edit_workbook(folder / "input" / P / "审定.xlsx", settle)
    ruled(folder, 9, 审定状态="未完成", 审定完成情况="外贸进出口数据未报。", 审定意见="督查室核定")
    ruled(folder, 1, 审定状态="完成。")
    status, told = found(folder, capsys, "build", P)
    assert status == 0
    assert {unit["state"] for unit in told["units"] if unit["unit"] == "区水利局"} == {"ruled"}
    assert completion(folder, 9) == "未完成。外贸进出口数据未报。"
    assert completion(folder, 1).startswith("完成。")
    assert "水库除险：未报送。" in completion(folder, 38)
    before = (folder / "input" / P / "审定.xlsx").read_bytes()
    assert reportgen(folder, "review", P) == 0
    assert found(folder, capsys, "build", P)[0] == 0
    assert completion(folder, 9) == "未完成。外贸进出口数据未报。"
    assert reportgen(folder, "review", P) == 0
    assert (folder / "input" / P / "审定.xlsx").read_bytes() != before  # saved by an office program before
    manifest = json.loads((folder / "output" / P / "manifest.json").read_bytes())
    changed = [(r["seq"], r["part"], r["field"], r["after"][:6], r["why"]) for r in manifest["rulings"]]
    assert changed[:3] == [
        (1, "", "status", "完成", ""),
        (9, "", "status", "未完成", "督查室核定"),
        (9, "", "completion", "外贸进出口数", "督查室核定"),
    ]
    assert {change[2:] for change in changed[3:]} == {("status", "未报送", "“未报送单位”表中审定")}


def test_build__a_notice_edited_by_hand_is_kept_aside(tmp_path, capsys):
    folder = built_month(tmp_path)
    document = docx.Document(str(output(folder, "docx")))
    document.tables[0].rows[1].cells[3].paragraphs[0].add_run("（领导改）")
    document.save(str(output(folder, "docx")))
    edited = output(folder, "docx").read_bytes()
    answer(folder, "区商务局", 9, 完成情况="1—8月累计实现进出口总额45亿元。")
    assert reportgen(folder, "build", P) == 0
    aside = folder / "output" / P / f"{TITLE}（人工修改1）.docx"
    assert aside.read_bytes() == edited
    told = capsys.readouterr().out
    assert f"要采用其中的改动，运行 reportgen adopt {P} output/{P}/{aside.name}。" in told
    assert "45亿元" in completion(folder, 9)


def test_build__a_changed_title_leaves_no_second_notice(tmp_path):
    folder = built_month(tmp_path)
    config = folder / "config" / "reportgen.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("完成情况通报表", "进展情况通报表"), encoding="utf-8")
    assert reportgen(folder, "build", P) == 0
    names = sorted(path.suffix for path in (folder / "output" / P).iterdir())
    assert names == [".docx", ".docx", ".json", ".json", ".xlsx"]


def test_build__a_group_whose_tasks_have_all_ended_has_no_heading(folder):
    def end(book):
        sheet = book["任务"]
        head, columns = heads(sheet)
        groups = [sheet.cell(row, columns["分组"]).value for row in range(head + 1, sheet.max_row + 1)]
        for row, group in enumerate(groups, head + 1):
            if group == groups[0]:
                sheet.cell(row, columns["止"]).value = "2023-07"

    edit_workbook(folder / "config" / "ledger-2023.xlsx", end)
    assert reportgen(folder, "build", P, "--draft") == 1  # what the units say of the ended tasks is told
    sheet = openpyxl.load_workbook(output(folder, "xlsx", "草稿-")).worksheets[0]
    shown = [str(row[0].value) for row in sheet.iter_rows() if row[0].value and not row[1].value]
    ledger = openpyxl.load_workbook(folder / "config" / "ledger-2023.xlsx")["任务"]
    head, columns = heads(ledger)
    groups = dict.fromkeys(ledger.cell(row, columns["分组"]).value for row in range(head + 1, ledger.max_row + 1))
    assert len(groups) > 2
    assert [text for text in shown if text in groups] == list(groups)[1:]


def test_receipts__late_by_the_register_and_the_clerk_may_correct_it(district, capsys):
    register = district / "input" / P / "收件登记.xlsx"

    def received(moment):
        def edit(book):
            sheet = book.worksheets[0]
            row = next(r for r in sheet.iter_rows(min_row=2) if r[1].value == "区财政局")
            row[2].value = moment

        return edit

    edit_workbook(register, received("2023-09-05 08:30"))
    _status, told = found(district, capsys, "status", P)
    assert [f["code"] for f in told["findings"] if f["unit"] == "区财政局"] == ["F09"]
    assert {u["state"] for u in told["units"] if u["unit"] == "区财政局"} == {"late"}
    edit_workbook(register, received("2023年9月1日 8时"))
    _status, told = found(district, capsys, "status", P)
    assert {u["state"] for u in told["units"] if u["unit"] == "区财政局"} == {"returned"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [("九月二号下午", "写的是“九月二号下午”，认不出是什么时间"), (None, "空着"), (True, "写的是“TRUE”")],
)
def test_receipts__a_time_that_cannot_be_read_is_told_and_makes_no_unit_late(district, capsys, written, shown):
    register = district / "input" / P / "收件登记.xlsx"

    def edit(book):
        for row in book.worksheets[0].iter_rows(min_row=2):
            row[2].value = written if row[1].value == "区财政局" else "2023-09-01 08:30"

    edit_workbook(register, edit)
    before = register.read_bytes()
    status, told = found(district, capsys, "check", P)
    assert status == 0
    (finding,) = [f for f in told["findings"] if f["severity"] != "note"]
    assert (finding["code"], finding["unit"], finding["file"], finding["sheet"]) == (
        "F24",
        "区财政局",
        register.name,
        "收件登记",
    )
    assert finding["cell"].startswith("C")
    assert finding["message"].startswith(f"“区财政局.xlsx”的收到时间{shown}")
    assert "不算迟报" in finding["message"]
    assert {(u["state"], u["received"]) for u in told["units"] if u["unit"] == "区财政局"} == {("returned", "")}
    assert (register.read_bytes(), (district / "output" / P / "退回").exists()) == (before, False)


def test_receipts__a_register_without_its_head_stops_before_every_return_seems_late(district, capsys):
    register = district / "input" / P / "收件登记.xlsx"
    edit_workbook(register, lambda book: book.worksheets[0].__setitem__("C1", "时间"))
    before = register.read_bytes()
    assert reportgen(district, "status", P) == 2
    assert "没有一行同时有表头“收到时间”和“文件指纹”。" in capsys.readouterr().err
    assert register.read_bytes() == before


def test_receipts__a_new_return_is_entered_once_with_the_clock_and_file_times_do_not_count(district):
    register = district / "input" / P / "收件登记.xlsx"
    answer(district, "区财政局", 4, 完成情况="完成管网改造14公里。")
    assert reportgen(district, "status", P, now=datetime(2023, 9, 1, 15, 30)) == 0
    assert reportgen(district, "status", P, now=datetime(2023, 9, 9)) == 0
    rows = list(openpyxl.load_workbook(register).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows if row[1] == "区财政局"] == [
        MORNING,
        datetime(2023, 9, 1, 15, 30),
    ]


def test_receipts__a_correction_saved_over_the_return_makes_no_unit_late(district, capsys):
    answer(district, "区财政局", 4, 完成情况="完成管网改造14公里。")
    assert reportgen(district, "status", P, now=datetime(2023, 9, 9)) == 0
    _status, told = found(district, capsys, "status", P)
    (unit,) = [u for u in told["units"] if u["unit"] == "区财政局"]
    assert (unit["state"], unit["received"]) == ("returned", "2023-09-01 09:00:00")
    assert "F09" not in {f["code"] for f in told["findings"]}
    path = district / "input" / P / "区财政局.xlsx"
    path.rename(path.with_name("财政局补报.xlsx"))
    answer(district, "财政局补报", 4, 完成情况="完成管网改造15公里。")
    assert reportgen(district, "status", P, now=datetime(2023, 9, 9)) == 0
    _status, told = found(district, capsys, "status", P)
    assert {u["state"] for u in told["units"] if u["unit"] == "区财政局"} == {"late"}


def test_months__the_next_target_decided_in_the_review_is_asked_next_month(folder, capsys):
    assert reportgen(folder, "review", P) == 0
    ruled(folder, 5, 审定下期目标="新签约亿元以上项目5个。")
    assert reportgen(folder, "forms", "2023-09") == 0
    form = openpyxl.load_workbook(folder / "output" / "2023-09" / "forms" / "区投资促进中心.xlsx")["报送表"]
    texts = [str(cell.value) for row in form.iter_rows() for cell in row if cell.value]
    assert "新签约亿元以上项目5个。" in texts
    assert "没有本期目标" not in capsys.readouterr().out


def test_collect_every__asks_every_unit_and_joins_under_their_names(folder):
    config = folder / "config" / "reportgen.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("collect: lead", "collect: every"), encoding="utf-8")
    assert reportgen(folder, "forms", P) == 0
    forms = {path.stem for path in (folder / "output" / P / "forms").iterdir()}
    assert "区统计局" not in forms
    assert reportgen(folder, "build", P, "--draft") == 1
    lead, *others = units_of(folder, 10)
    text = completion(folder, 10, "草稿-")
    assert text.startswith(f"完成。{lead}：")
    assert text.endswith("".join(f"{other}：【待补充】" for other in others))


def units_of(folder, seq):
    """Return the units of a task, the lead first."""
    sheet = openpyxl.load_workbook(folder / "config" / "ledger-2023.xlsx")["任务"]
    _head, columns = heads(sheet)
    cell = next(row[columns["责任单位"] - 1].value for row in sheet.iter_rows() if row[0].value == seq)
    lines = sorted(cell.split("\n"), key=lambda line: "牵头" not in line)
    return [line.removesuffix("（牵头）") for line in lines]


def test_percent__is_rounded_half_up_on_its_own():
    assert [percent(*pair) for pair in ((105, 124), (1, 3), (2, 3), (1, 200), (0, 0))] == [
        "84.68%",
        "33.33%",
        "66.67%",
        "0.50%",
        "0.00%",
    ]


def quarter(folder: Path):
    def edit(book):
        sheet = book["任务"]
        head, _columns = heads(sheet)
        column = sheet.max_column + 1
        sheet.cell(head, column).value = "第三季度目标任务"
        sheet.cell(head + 1, column).value = "前三季度经济增长6%。"

    edit_workbook(folder / "config" / "ledger-2023.xlsx", edit)


def test_periods__a_quarter_is_named_by_its_label(folder):
    quarter(folder)
    assert reportgen(folder, "forms", "2023-Q3") == 0
    form = openpyxl.load_workbook(folder / "output" / "2023-Q3" / "forms" / "区发展和改革局.xlsx")["报送表"]
    _head, columns = heads(form)
    assert {"第三季度目标任务", "第四季度目标任务"} <= set(columns)
