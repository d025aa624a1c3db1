"""What changes in mid-year takes effect from a period on; past periods stay as they were."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from reportgen.core.answers import plan
from reportgen.core.findings import Code
from reportgen.core.ledger_sheets import ledger_of
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.terms import ledger_at
from reportgen.readers.grids import read_book
from reportgen.readers.ledger import read_ledger
from reportgen.writers.ledger_book import write_ledger
from tests.books import save_book
from tests.filling import edit_workbook, heads, reportgen
from tests.year import AUGUST, SEPTEMBER, demo, notice

M8, M9, M10, Q3 = Period(2023, 8, 8), Period(2023, 9, 9), Period(2023, 10, 10), Period(2023, 7, 9)
TASKS = ("序号", "年度目标任务", "分管区领导", "责任单位", "分工", "起", "止", "8月份目标任务", "9月份目标任务")
UNITS = ("名称", "简称", "包含", "起", "止")
LEADERS = ("姓名", "职务", "起", "止")


def read(tmp_path: Path, tasks, units=(("甲局",), ("乙局",)), leaders=(("林知远",),)) -> tuple[Ledger, list[str]]:
    """Return the ledger of three small sheets, and the codes of its findings with their cells."""
    sheets = {"任务": (TASKS, *tasks), "单位": (UNITS, *units), "领导": (LEADERS, *leaders), "期次": (("期",),)}
    path = save_book(tmp_path / "ledger-2023.xlsx", sheets)
    book, _findings = read_book(path.read_bytes(), path.name)
    ledger, findings = ledger_of(book, 2023)
    return ledger, [f"{f.code.name} {f.place.sheet} {f.place.cell}" for f in findings]


def row(seq, text="甲。", leaders="林知远", units="甲局", division="", start="", end="", *targets):
    return (seq, text, leaders, units, division, start, end, *targets)


def test_ledger_at__two_rows_of_a_task_follow_each_other(tmp_path):
    tasks = (
        row(1, "原目标。", "林知远", "甲局", "", "", "2023-08", "八月。", "不用的。"),
        row(2, "另一项。"),
        row(1, "新目标。", "高远", "乙局", "", "2023-09", "", "", "九月。"),
    )
    ledger, told = read(tmp_path, tasks, leaders=(("林知远",), ("高远",)))
    assert told == []
    august, september = ledger_at(ledger, M8), ledger_at(ledger, M9)
    assert [task.seq for task in august.active(M8)] == [task.seq for task in september.active(M9)] == [1, 2]
    assert [(t.annual_target, t.lead, t.leaders) for t in (august.tasks[0], september.tasks[0])] == [
        ("原目标。", "甲局", ("林知远",)),
        ("新目标。", "乙局", ("高  远",)),
    ]
    # The task goes on, so its next target is known; the row that ends has no say in September.
    (ask,) = plan(august, M8)[0].asks
    assert (ask.unit, ask.target, ask.next_target) == ("甲局", "八月。", "九月。")
    assert ledger_at(ledger, Q3).tasks[0].annual_target == "新目标。"


def test_ledger_at__a_gap_between_two_rows_asks_nothing(tmp_path):
    tasks = (row(1, "甲。", end="2023-08"), row(1, "乙。", start="2023-10"))
    ledger, _told = read(tmp_path, tasks)
    assert [ledger_at(ledger, period).active(period) != () for period in (M8, M9, M10)] == [True, False, True]


def test_ledger_at__who_is_in_office_is_printed(tmp_path):
    tasks = (
        row(1, leaders="林知远\n高远", units="旧局（牵头）\n新局（牵头）\n乙局", division="改造 = 旧局\n改造 = 新局"),
    )
    units = (
        ("旧局", "园林局", "", "", "2023-08"),
        ("新局", "园林局", "", "2023-09", ""),
        ("乙局",),
        ("丙镇", "", "", "", "2023-08"),
        ("丁镇",),
        ("各镇", "", "丙镇\n丁镇"),
    )
    leaders = (("林知远", "", "", "2023-08"), ("高远", "", "2023-09", ""))
    ledger, told = read(tmp_path, tasks, units, leaders)
    assert told == []
    for period, unit, leader, towns in ((M8, "旧局", "林知远", ("丙镇", "丁镇")), (M9, "新局", "高  远", ("丁镇",))):
        then = ledger_at(ledger, period)
        (task,) = then.tasks
        assert [a.printed for a in task.assignments] == [f"{unit}（牵头）", "乙局"]
        assert [d.unit for d in task.division] == [unit]
        assert (task.lead, task.leaders) == (unit, (leader,))
        assert then.members_of("各镇") == towns
        assert then.unit_named("园林局").name == unit
        assert [x.name for x in then.leaders] == [leader.replace(" ", "")]
    assert ledger_at(ledger, Q3).tasks[0].lead == "新局"


def test_ledger_of__what_does_not_go_together_in_time_is_told(tmp_path):
    assert read(tmp_path, (row(1), row(1)))[1] == ["L06 任务 A3"]
    assert read(tmp_path, (row(1, end="2023-09"), row(1, start="2023-09")))[1] == ["L12 任务 A3"]
    assert read(tmp_path, (row(1), row(1, start="2023-09")))[1] == ["L12 任务 A3"]
    units = (("甲局", "", "", "", "2023-08"), ("乙局",))
    assert read(tmp_path, (row(1),), units)[1] == ["L13 任务 D2"]
    assert read(tmp_path, (row(1, end="2023-08"), row(2, units="甲局\n乙局")), units)[1] == []
    assert read(tmp_path, (row(1),), leaders=(("林知远", "", "", "2023-08"),))[1] == ["L14 任务 C2"]
    assert read(tmp_path, (row(1, units="甲局（牵头）\n乙局（牵头）"),), units)[1] == ["L04 任务 D2"]
    assert read(tmp_path, (row(1),), (("甲局", "园林"), ("乙局", "园林")))[1] == ["L06 单位 B3"]
    assert read(tmp_path, (row(1),), (("甲局", "", "", "2023-09", "2023-03"),))[1] == ["L13 任务 D2", "L04 单位 E2"]


def test_write_ledger__keeps_the_terms_of_units_and_leaders(tmp_path):
    units = (("旧局", "", "", "", "2023-08"), ("新局", "", "", "2023-09", ""))
    leaders = (("林知远", "区长", "2023-03", "2023-08"), ("高远", "", "2023-09", ""))
    ledger, _told = read(tmp_path, (row(1, leaders="林知远\n高远", units="旧局\n新局"),), units, leaders)
    (tmp_path / "again.xlsx").write_bytes(write_ledger(ledger))
    again, findings = read_ledger(tmp_path / "again.xlsx", "ledger", 2023)
    assert [(f.code, f.values["period"]) for f in findings] == [(Code.L14, "1月份")]
    assert (again.units, again.leaders) == (ledger.units, ledger.leaders)


def hand_over(folder: Path) -> None:
    """From September on: 高远 succeeds 罗安, a renamed bureau, task 23 in other words."""

    def edit(book):
        tasks, units, leaders = book["任务"], book["单位"], book["领导"]
        head, columns = heads(tasks)
        for line in tasks.iter_rows(min_row=head + 1):
            for heading, old, new in (
                ("分管区领导", "罗  安", "罗  安\n周  宁"),
                ("责任单位", "区水利局（牵头）", "区水利局（牵头）\n区水务局（牵头）"),
                ("分工", "水库除险 = 区水利局", "水库除险 = 区水利局\n水库除险 = 区水务局"),
                ("分工", "砚澜河治理 = 区水利局", "砚澜河治理 = 区水利局\n砚澜河治理 = 区水务局"),
            ):
                cell = line[columns[heading] - 1]
                cell.value = str(cell.value).replace(old, new) if cell.value else None
            units_cell = line[columns["责任单位"] - 1]
            lines = str(units_cell.value or "").split("\n")
            if "区水利局" in lines:
                units_cell.value = "\n".join([*lines, "区水务局"])
        source = next(line for line in tasks.iter_rows(min_row=head + 1) if line[0].value == 23)
        for cell in source:
            tasks.cell(tasks.max_row + (cell.column == 1), cell.column).value = cell.value
        source[columns["止"] - 1].value = AUGUST
        tasks.cell(tasks.max_row, columns["起"]).value = SEPTEMBER
        tasks.cell(tasks.max_row, columns["年度目标任务"]).value = "新建口袋公园12处。"
        dated(units, "名称", "区水利局", SEPTEMBER, "区水务局")
        dated(leaders, "姓名", "罗  安", SEPTEMBER, "周  宁")

    edit_workbook(folder / "config" / "ledger-2023.xlsx", edit)


def dated(sheet, heading, old, start, new):
    """Let `old` end before `start`, from which on there is `new`."""
    columns = {cell.value: cell.column for cell in sheet[1]}
    line = next(cells for cells in sheet.iter_rows(min_row=2) if cells[columns[heading] - 1].value == old)
    line[columns["止"] - 1].value = AUGUST
    last = sheet.max_row + 1
    sheet.cell(last, columns[heading]).value = new
    sheet.cell(last, columns["起"]).value = start


def test_build__a_past_notice_is_rebuilt_as_it_was(tmp_path):
    folder = demo(tmp_path)
    assert reportgen(folder, "review", AUGUST) == 0
    assert reportgen(folder, "build", AUGUST) == 0
    before = {suffix: notice(folder, AUGUST, suffix).read_bytes() for suffix in ("docx", "xlsx")}
    hand_over(folder)
    assert reportgen(folder, "build", AUGUST) == 0
    assert {suffix: notice(folder, AUGUST, suffix).read_bytes() for suffix in ("docx", "xlsx")} == before
    assert reportgen(folder, "forms", SEPTEMBER) == 0
    forms = {path.stem for path in (folder / "output" / SEPTEMBER / "forms").iterdir()}
    assert "区水务局" in forms
    assert "区水利局" not in forms
    form = openpyxl.load_workbook(folder / "output" / SEPTEMBER / "forms" / "区城市管理局.xlsx")["报送表"]
    texts = [str(cell.value) for line in form.iter_rows() for cell in line if cell.value]
    assert "新建口袋公园12处。" in texts
