"""Three months played through: every figure is the same in table, sheets, terminal and manifest."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest

from reportgen.core.figures import percent
from reportgen.core.period import Period
from reportgen.core.statistics import SHEETS
from reportgen.readers.past import read_past
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.settings import read_configuration, settings_for
from tests.filling import edit_workbook, heads, reportgen
from tests.office import converted, needs_office
from tests.year import AUGUST, JULY, NOW, SEPTEMBER, notice

MONTHS = (JULY, AUGUST, SEPTEMBER)
LABELS = ("7月份", "8月份", "9月份")


@pytest.fixture
def folder(year, tmp_path) -> Path:
    return shutil.copytree(year, tmp_path / "区")


def printed(folder: Path, period: str) -> dict[int, str]:
    """Return the printed status of each task by the notice in Word itself, 无目标 for none."""
    (table,) = docx.Document(str(notice(folder, period, "docx"))).tables
    texts = {int(row.cells[0].text): row.cells[3].text for row in table.rows[1:] if row.cells[0].text.isdigit()}
    return {seq: text.split("。")[0] if text else "无目标" for seq, text in texts.items()}


def sheet_rows(folder: Path, period: str, name: str) -> tuple[list[str], list[dict[str, object]]]:
    """Return the head of a sheet behind the notice, and its rows by heading."""
    sheet = openpyxl.load_workbook(notice(folder, period))[name]
    lines = [line for line in sheet.iter_rows(values_only=True) if line[1] is not None]
    head, *rows = lines
    return list(head), [dict(zip(head, row, strict=True)) for row in rows]


def test_sheets__stand_behind_the_notice_and_only_where_there_is_something_to_show(year):
    assert openpyxl.load_workbook(notice(year, JULY)).sheetnames[1:] == ["按单位", "按领导", "按分组"]
    assert openpyxl.load_workbook(notice(year, SEPTEMBER)).sheetnames[1:] == list(SHEETS)
    book = openpyxl.load_workbook(notice(year, SEPTEMBER))
    assert book.active == book.worksheets[0]
    assert [len(sheet._charts) for sheet in book.worksheets] == [0, 2, 0, 1, 1, 1]


def test_months__table_sheet_circular_terminal_and_manifest_agree(year, capsys):
    _head, rows = sheet_rows(year, SEPTEMBER, "按月")
    assert reportgen(year, "trend", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    shown = capsys.readouterr().out
    for period, label, row in zip(MONTHS, LABELS, rows, strict=True):
        counts = Counter(printed(year, period).values())
        total = sum(counts.values()) - counts["无目标"]
        assert row["期次"] == label
        assert row["计入统计"] == total
        assert [row[s] for s in ("完成", "部分完成", "未完成", "未报送", "无目标")] == [
            counts[s] for s in ("完成", "部分完成", "未完成", "未报送", "无目标")
        ]
        assert f"{row['完成率'] * 100:.2f}%" == percent(counts["完成"], total)
        assert f"{label}：{total}项中，完成{counts['完成']}项，占{percent(counts['完成'], total)}；" in shown
        (circular,) = (year / "output" / period).glob("关于*.docx")
        said = "".join(p.text for p in docx.Document(str(circular)).paragraphs)
        assert f"{total}项中，完成{counts['完成']}项，占{percent(counts['完成'], total)}；" in said
        assert all(f"{s}{n}项，占{percent(n, total)}" in said for s, n in counts.items() if s != "无目标")
        manifest = json.loads((year / "output" / period / "manifest.json").read_bytes())
        assert Counter(r["status"] or "无目标" for r in manifest["rows"]) == counts
    assert [row["未报送"] for row in rows] == [0, 0, 1]


def test_trend__each_task_month_by_month_as_it_was_printed(year, capsys):
    tables = [printed(year, period) for period in MONTHS]
    head, rows = sheet_rows(year, SEPTEMBER, "逐项")
    assert head == ["序号", "任务", "牵头单位", *LABELS, "提示"]
    expected = {seq: [table.get(seq, "—") for table in tables] for table in tables for seq in table}
    assert {row["序号"]: [row[label] for label in LABELS] for row in rows} == expected
    assert expected[25] == ["完成", "无目标", "完成"]
    assert expected[28] == ["—", "—", "完成"]
    assert reportgen(year, "trend", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    shown = capsys.readouterr().out
    lines = {words[0]: words for line in shown.splitlines() if (words := line.split()) and words[0].isdigit()}
    assert {seq: lines[str(seq)][3:6] for seq in expected} == expected
    assert "提示 第6项连续3期未完成：7月份、8月份、9月份。" in shown
    assert "提示 第18项8月份为“完成”，本期为“未完成”。" in shown
    assert "警告 第27项7月份年度目标已完成（“已提前完成年度目标”），本期却为“部分完成”。" in shown
    assert {row["序号"]: row["提示"] for row in rows}[6] == "连续3期未完成：7月份、8月份、9月份。"


def test_months__remarks_are_findings_of_check_and_review(year, capsys):
    assert reportgen(year, "check", SEPTEMBER, "--json", now=NOW[SEPTEMBER]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(f["code"], f["seq"]) for f in findings if f["code"].startswith("P")] == [
        ("P02", 1),
        ("P02", 6),
        ("P02", 17),
        ("P03", 18),
        ("P03", 27),
        ("P04", 27),
    ]


def test_months__a_total_below_that_of_the_month_before_is_told(folder, capsys):
    rows = json.loads((folder / "output" / AUGUST / "manifest.json").read_bytes())["rows"]
    text = next(row["completion"] for row in rows if row["seq"] == 7)
    assert "成交额累计11.2亿元" in text

    def lower(book):
        sheet = book["报送表"]
        head, columns = heads(sheet)
        sheet.cell(head + 1, columns["完成情况"]).value = "登记技术合同成交额累计11.1亿元。"

    edit_workbook(folder / "input" / SEPTEMBER / "区科学技术局.xlsx", lower)
    capsys.readouterr()
    assert reportgen(folder, "check", SEPTEMBER, "--json", now=NOW[SEPTEMBER]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [f["seq"] for f in findings if f["code"] == "S07"] == [7]


def test_leaders_and_groups__every_row_of_the_table_is_counted(year):
    statuses = printed(year, SEPTEMBER)
    sheet = openpyxl.load_workbook(notice(year, SEPTEMBER)).worksheets[0]
    leaders: dict[str, Counter[str]] = {}
    for row in sheet.iter_rows(min_row=3, values_only=True):
        for name in str(row[4]).split("\n") if row[4] else ():
            leaders.setdefault(name.replace(" ", ""), Counter())[statuses[int(row[0])]] += 1
    _head, rows = sheet_rows(year, SEPTEMBER, "按领导")
    assert {row["分管区领导"]: (row["完成"], row["部分完成"], row["未完成"], row["未报送"]) for row in rows} == {
        name: (c["完成"], c["部分完成"], c["未完成"], c["未报送"]) for name, c in leaders.items()
    }
    _head, groups = sheet_rows(year, SEPTEMBER, "按分组")
    assert sum(row["计入统计"] for row in groups) == len(statuses)
    assert sum(row["完成"] for row in groups) == Counter(statuses.values())["完成"]


def test_units__lead_tasks_add_up_and_ranks_are_in_the_terminal_too(year, capsys):
    _head, rows = sheet_rows(year, SEPTEMBER, "按单位")
    counts = Counter(printed(year, SEPTEMBER).values())
    assert sum(row["牵头计入统计"] for row in rows) == sum(counts.values())
    assert sum(row["未报送"] for row in rows) == counts["未报送"]
    by_name = {str(row["单位"]).rstrip("＊"): row for row in rows}
    assert [by_name[u]["本期报送"] for u in ("区城市管理局", "区商务局", "区财政局", "各镇（街道）")] == [
        "未报",
        "迟报",
        "按时",
        "不需报送",
    ]
    assert by_name["区商务局"]["按时/应报期数"] == "2/3"
    assert reportgen(year, "trend", SEPTEMBER, "--units", now=NOW[SEPTEMBER]) == 0
    shown = [line.split() for line in capsys.readouterr().out.split("名次")[1].splitlines()]
    ranks = [(words[0], words[1]) for words in shown if len(words) > 3 and words[0].isdigit()]
    assert ranks == [(str(row["名次"]), row["单位"]) for row in rows if row["名次"]]
    assert ranks[0][0] == ranks[1][0] == "1"  # equal units share a rank


def test_read_past__needs_no_office_file_and_tells_a_damaged_manifest(folder):
    for path in folder.rglob("*"):
        if path.suffix in (".docx", ".xlsx"):
            path.unlink()
    september = Period.parse(SEPTEMBER)
    results, findings = read_past(folder, september)
    assert [result.period.code for result in results] == [JULY, AUGUST]
    assert findings == ()
    assert results[0].outcome(27).completion == "完成。已提前完成年度目标，净增经营主体4600户。"
    (folder / "output" / JULY / "manifest.json").write_text('{"period": "2023-07"}', encoding="utf-8")
    results, findings = read_past(folder, september)
    assert [result.period.code for result in results] == [AUGUST]
    assert [(f.code.name, f.place.file) for f in findings] == [("P01", "output/2023-07/manifest.json")]


def test_trend__a_period_without_returns_is_taken_as_printed(folder, capsys):
    assert reportgen(folder, "trend", SEPTEMBER) == 0
    before = capsys.readouterr().out
    shutil.rmtree(folder / "input" / SEPTEMBER)
    assert reportgen(folder, "trend", SEPTEMBER) == 0
    assert capsys.readouterr().out == before
    assert reportgen(folder, "trend", "2023-10") == 2
    assert "没有 2023-10 的报送表" in capsys.readouterr().err


def test_trend__the_only_period_says_which_to_build(year, tmp_path, capsys):
    shutil.copytree(year, tmp_path / "区", ignore=shutil.ignore_patterns(JULY))
    assert reportgen(tmp_path / "区", "trend", AUGUST, now=NOW[AUGUST]) == 0
    assert "以前各期（如 2023-07）运行 reportgen build 印出通报表以后，即可对照。" in capsys.readouterr().out


def test_build__the_same_months_give_the_same_bytes(folder, year):
    assert reportgen(folder, "build", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    for name in (notice(folder, SEPTEMBER).name, "manifest.json"):
        path = Path("output") / SEPTEMBER / name
        assert (folder / path).read_bytes() == (year / path).read_bytes()


def test_read_printed_notice__passes_over_the_sheets_behind(year):
    fields = settings_for(read_configuration(year / "config/reportgen.yaml", ""), Period.parse(SEPTEMBER)).fields
    path = notice(year, SEPTEMBER)
    shown, findings = read_printed_notice(path.read_bytes(), path.name, fields)
    assert [int(row.texts["seq"]) for row in shown.rows] == list(printed(year, SEPTEMBER))
    assert findings == ()


def test_sheets__charts_show_what_the_cells_say_without_reading_them(year):
    book = openpyxl.load_workbook(notice(year, SEPTEMBER))
    drawn = [(sheet, series) for sheet in book for chart in sheet._charts for series in chart.series]
    assert len(drawn) == 4 + 1 + 4 + 4 + 4
    for sheet, series in drawn:
        names, numbers = series.cat.strRef, series.val.numRef
        assert [p.v for p in names.strCache.pt] == [str(v) for v in cells(sheet, names.f)]
        assert [float(p.v) for p in numbers.numCache.pt] == cells(sheet, numbers.f)
        assert [series.tx.strRef.strCache.pt[0].v] == cells(sheet, series.tx.strRef.f)


def cells(sheet, reference):
    """Return the values of a range such as '按领导'!$A$5:$A$11."""
    where = reference.split("!")[1].replace("$", "")
    rows = sheet[where] if ":" in where else ((sheet[where],),)
    return [cell.value for (cell,) in rows]


@needs_office
@pytest.mark.office
def test_sheets__an_office_program_opens_charts_and_keeps_them(year, tmp_path):
    path = shutil.copy(notice(year, SEPTEMBER), tmp_path / "通报.xlsx")
    (tmp_path / "另存").mkdir()
    book = openpyxl.load_workbook(converted(Path(path), "xlsx", tmp_path / "另存"))
    assert [len(sheet._charts) for sheet in book.worksheets] == [0, 2, 0, 1, 1, 1]
    titles = [c.title.tx.rich.p[0].r[0].t for sheet in book.worksheets for c in sheet._charts]
    assert titles == [
        "各期完成情况（项）",
        "各期完成率",
        "各单位牵头任务（项）",
        "各分管区领导完成情况（项）",
        "各组完成情况（项）",
    ]
