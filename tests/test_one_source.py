"""Figures are one: table, circular, sheets, report page and terminal are read back, each against the printed table."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest

from reportgen.core.figures import percent
from reportgen.core.text import squeeze
from tests.filling import edit_workbook, heads, reportgen
from tests.year import AUGUST, NOW, SEPTEMBER, TITLE, notice

STATUSES = ("完成", "部分完成", "未完成", "未报送")
COLUMNS = ("计入统计", *STATUSES, "完成率", "暂缓实施（不计入）", "无目标")
DELAYED = 12  # the task that the office takes out of the count


@pytest.fixture(scope="module")
def folder(year, tmp_path_factory) -> Path:
    """The three months with an excluded status in September, and a task without a target."""
    folder = shutil.copytree(year, tmp_path_factory.mktemp("区") / "区")
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8")
    added = text.replace("  - name: 未完成\n", "  - name: 暂缓实施\n    class: excluded\n  - name: 未完成\n", 1)
    assert added != text
    config.write_text(added, encoding="utf-8")

    assert reportgen(folder, "review", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    type_in(folder, SEPTEMBER, "审定状态", {DELAYED: "暂缓实施", 22: "未报送"})
    type_in(folder, AUGUST, "审定下期目标", {23: None})  # it is asked nothing in September
    assert reportgen(folder, "build", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    assert reportgen(folder, "check", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    return folder


def type_in(folder: Path, period: str, heading: str, texts: Mapping[int, str | None]) -> None:
    """Type into a column of a period's 审定.xlsx, by 序号."""

    def edit(book):
        sheet = book["审定"]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            seq, part = sheet.cell(row, 1).value, sheet.cell(row, columns["分项"]).value
            if seq in texts and not part:
                sheet.cell(row, columns[heading]).value = texts[seq]

    edit_workbook(folder / "input" / period / "审定.xlsx", edit)


class Printed:
    """The notice in Word as a reader counts it: nothing but its cells."""

    def __init__(self, path: Path):
        self.status: dict[int, str] = {}
        self.leaders: dict[int, list[str]] = {}
        self.units: dict[int, list[str]] = {}
        self.group: dict[int, str] = {}
        group = ""
        (table,) = docx.Document(str(path)).tables
        for row in table.rows[1:]:
            texts = [cell.text for cell in row.cells]
            if not texts[0].isdigit():
                group = texts[0]
                continue
            seq = int(texts[0])
            self.status[seq] = texts[3].split("。")[0] if texts[3] else "无目标"
            self.leaders[seq] = [squeeze(name) for name in texts[4].split("\n")]
            self.units[seq] = texts[5].split("\n")
            self.group[seq] = group

    def lead(self, seq: int) -> str:
        marked = [name for name in self.units[seq] if name.endswith("（牵头）")]
        return (marked or self.units[seq])[0].removesuffix("（牵头）")

    def members(self, seq: int) -> list[str]:
        plain = [name.removesuffix("（牵头）") for name in self.units[seq] if not name.endswith("提供数据")]
        return [name for name in plain if name != self.lead(seq)]

    def figures(self, seqs) -> tuple[str, ...]:
        """Return the cells that tables show of some tasks, as texts."""
        counts = Counter(self.status[seq] for seq in seqs)
        total = sum(counts[status] for status in STATUSES)
        rate = percent(counts["完成"], total) if total else ""
        return (str(total), *(str(counts[s]) for s in STATUSES), rate, str(counts["暂缓实施"]), str(counts["无目标"]))

    def by(self, names_of) -> dict[str, tuple[str, ...]]:
        names = dict.fromkeys(name for seq in self.status for name in names_of(seq))
        return {name: self.figures([seq for seq in self.status if name in names_of(seq)]) for name in names}


@pytest.fixture(scope="module")
def printed(folder) -> Printed:
    return Printed(notice(folder, SEPTEMBER, "docx"))


def as_shown(cell) -> str:
    """Return what a cell of the statistics shows."""
    if cell.value is None:
        return ""
    return f"{cell.value * 100:.2f}%" if cell.number_format == "0.00%" else str(cell.value)


def of_sheet(folder, name) -> list[dict[str, str]]:
    """Return the rows of a sheet behind the notice by heading."""
    sheet = openpyxl.load_workbook(notice(folder, SEPTEMBER))[name]
    head, *rows = [list(map(as_shown, row)) for row in sheet.iter_rows() if row[1].value is not None]
    return [dict(zip(head, row, strict=True)) for row in rows]


class Tables(HTMLParser):
    """The tables of a page by the title above each, and all its words."""

    def __init__(self, path: Path):
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.words = self.title = self.tag = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, _attrs):
        self.tag = tag
        if tag in ("h2", "h3"):
            self.title = ""
        elif tag == "table":
            self.tables[self.title] = []
        elif tag == "tr":
            self.tables[self.title].append([])
        elif tag in ("td", "th"):
            self.tables[self.title][-1].append("")

    def handle_endtag(self, _tag):
        self.tag = ""

    def handle_data(self, words):
        self.words += words
        if self.tag in ("h2", "h3"):
            self.title += words
        elif self.tag in ("td", "th"):
            self.tables[self.title][-1][-1] += words


def of_page(folder, title) -> list[dict[str, str]]:
    head, *rows = Tables(folder / "output" / SEPTEMBER / "核查报告.html").tables[title]
    return [dict(zip(head, row, strict=True)) for row in rows]


def of_terminal(folder, capsys, option, heading) -> list[dict[str, str]]:
    """Return the table that `trend` shows with an option; its columns are parted by two spaces at least."""
    capsys.readouterr()
    assert reportgen(folder, "trend", SEPTEMBER, option, now=NOW[SEPTEMBER]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(heading))
    head = re.split(r" {2,}", lines[start].rstrip())
    rows = [re.split(r" {2,}", line.rstrip()) for line in lines[start + 2 :]]
    shown = [row for row in rows if len(row) == len(head)]
    return [dict(zip(head, row, strict=True)) for row in shown]


def by_first(rows, *columns) -> dict[str, tuple[str, ...]]:
    return {next(iter(row.values())): tuple(row[column] for column in columns) for row in rows}


def test_figures__the_month_has_every_kind_of_row(printed):
    assert {*printed.status.values()} == {*STATUSES, "暂缓实施", "无目标"}


def test_figures__by_status_everywhere(folder, printed, capsys):
    total, *counts, _rate, delayed, without = map(str, printed.figures(printed.status))
    shares = "；".join(
        f"{name}{count}项，占{percent(int(count), int(total))}" for name, count in zip(STATUSES, counts, strict=False)
    )
    said = f"{total}项中，{shares}。另有暂缓实施{delayed}项，不计入。另有{without}项本期无目标。"
    (circular,) = (folder / "output" / SEPTEMBER).glob("关于*.docx")
    paragraphs = [p.text for p in docx.Document(str(circular)).paragraphs]
    page = Tables(folder / "output" / SEPTEMBER / "核查报告.html")
    capsys.readouterr()
    for command in ("build", "trend"):
        assert reportgen(folder, command, SEPTEMBER, now=NOW[SEPTEMBER]) == 0
        assert said in capsys.readouterr().out, command
    assert said in page.words
    apart = f"其中本月无目标{without}项、暂缓实施{delayed}项，不计入统计。"
    assert f"列入9月份通报的任务共{len(printed.status)}项，{apart}{total}项中，{shares}。" in paragraphs
    assert by_first(of_sheet(folder, "按月"), *COLUMNS)["9月份"] == printed.figures(printed.status)
    assert by_first(of_page(folder, "2023年各期完成情况"), *COLUMNS)["9月份"] == printed.figures(printed.status)


def test_figures__the_circular_lists_the_very_rows_that_fell_short(folder, printed):
    (circular,) = (folder / "output" / SEPTEMBER).glob("关于*.docx")
    text = "\n".join(p.text for p in docx.Document(str(circular)).paragraphs)
    listed = [int(seq) for seq in re.findall(r"^.{0,6}?第(\d+)项“", text, re.MULTILINE)]
    short = [seq for status in ("部分完成", "未完成") for seq, own in printed.status.items() if own == status]
    assert listed == short


def test_figures__by_leader_everywhere(folder, printed, capsys):
    expected = printed.by(lambda seq: printed.leaders[seq])
    assert by_first(of_sheet(folder, "按领导"), *COLUMNS) == expected
    assert by_first(of_page(folder, "9月份各分管区领导完成情况"), *COLUMNS) == expected
    assert by_first(of_terminal(folder, capsys, "--leaders", "分管区领导"), *COLUMNS) == expected


def test_figures__by_group_everywhere(folder, printed, capsys):
    expected = printed.by(lambda seq: [printed.group[seq]])
    assert len(expected) == 3
    assert by_first(of_sheet(folder, "按分组"), *COLUMNS) == expected
    assert by_first(of_page(folder, "9月份各组完成情况"), *COLUMNS) == expected
    assert by_first(of_terminal(folder, capsys, "--groups", "分组"), *COLUMNS) == expected


def test_figures__by_unit_as_lead_and_as_member_everywhere(folder, printed, capsys):
    leading = printed.by(lambda seq: [printed.lead(seq)])
    taking_part = printed.by(printed.members)
    sheet = of_sheet(folder, "按单位")
    assert of_page(folder, "9月份各单位完成和报送情况") == sheet
    units = {row["单位"].rstrip("＊"): row for row in sheet}
    nothing = printed.figures(())
    for name, row in units.items():
        as_lead, as_member = leading.get(name, nothing), taking_part.get(name, nothing)
        assert tuple(row[c] for c in ("牵头计入统计", *COLUMNS[1:])) == as_lead, name
        assert (row["配合任务"], row["其中完成"], row["配合完成率"]) == (as_member[0], as_member[1], as_member[5]), name
    assert {*leading, *taking_part} <= {*units}
    capsys.readouterr()
    assert reportgen(folder, "trend", SEPTEMBER, "--units", now=NOW[SEPTEMBER]) == 0
    shown = capsys.readouterr().out
    for row in sheet:
        words = [row["名次"], row["单位"]] if row["名次"] else [row["单位"]]
        words += [f"{row['完成']}/{row['牵头计入统计']}", row["完成率"]] if row["名次"] else []
        words += [f"{row['其中完成']}/{row['配合任务']}"] if row["配合任务"] != "0" else []
        words += [row["按时/应报期数"]] if row["按时/应报期数"] else []
        assert words in [line.split() for line in shown.splitlines()], words


def test_figures__excel_and_word_print_the_same_statuses(folder, printed):
    sheet = openpyxl.load_workbook(notice(folder, SEPTEMBER)).worksheets[0]
    texts = {int(row[0]): row[3] or "" for row in sheet.iter_rows(values_only=True) if str(row[0]).isdigit()}
    assert {seq: text.split("。")[0] or "无目标" for seq, text in texts.items()} == printed.status
    assert TITLE.format("9月份") in notice(folder, SEPTEMBER).name
