from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from reportgen.core.dates import moment_of
from reportgen.core.fields import Field, FilledBy
from reportgen.core.findings import NOWHERE, CannotRun, Code, Finding
from reportgen.core.ledger_cells import lines_of, unit_and_role
from reportgen.core.ledger_columns import target_period
from reportgen.core.ledger_sheets import ledger_of
from reportgen.core.model import Assignment, Division, Leader, Ledger, Role, Schedule
from reportgen.core.period import Period
from reportgen.readers.grids import read_book
from reportgen.readers.ledger import read_ledger
from reportgen.writers.ledger_book import target_periods, write_ledger
from tests.books import Rows, save_book
from tests.district import DISTRICT
from tests.ledgers import YEAR, ledgers

FILE = "config/ledger-2023.xlsx"
HEAD = ("序号", "年度目标任务", "分管区领导", "责任单位", "8月份目标任务")
UNITS: Rows = (
    ("名称", "简称", "包含", "联系人", "电话", "邮箱"),
    ("区住房和城乡建设局", "区住建局、住建局", None, "蒋海", 5550110, "zjj@example.com"),
    ("区水利局",),
    ("区统计局",),
    ("各镇（街道）", None, "澜语街道\n禾笙镇政府"),
    ("澜语街道办事处", "澜语街道"),
    ("禾笙镇人民政府", "禾笙镇政府"),
)
LEADERS: Rows = (("姓名", "职务"), ("高  远", "副区长"), ("林知远",))
SCHEDULES: Rows = (("期", "截止时间", "通报日期", "依据"),)
M8 = Period(2023, 8, 8)


def book(tasks: Rows, units: Rows = UNITS, leaders: Rows = LEADERS, schedules: Rows = SCHEDULES) -> dict[str, Rows]:
    return {"填写说明": (("随便写",),), "任务": tasks, "单位": units, "领导": leaders, "期次": schedules}


def read(tmp_path: Path, sheets: dict[str, Rows]) -> tuple[Ledger, tuple[Finding, ...]]:
    return read_ledger(save_book(tmp_path / "ledger-2023.xlsx", sheets), FILE, 2023)


def problems(tmp_path: Path, sheets: dict[str, Rows]) -> list[tuple[str, str, str]]:
    with pytest.raises(CannotRun) as caught:
        read(tmp_path, sheets)
    return [(f.code.name, f.place.sheet, f.place.cell) for f in caught.value.findings]


def hints(tmp_path: Path, sheets: dict[str, Rows]) -> list[str]:
    with pytest.raises(CannotRun) as caught:
        read(tmp_path, sheets)
    return [f.hint for f in caught.value.findings]


def test_read_ledger__columns_in_any_order_under_title_rows_with_blank_rows_between(tmp_path: Path) -> None:
    tasks = (
        ("青澜区2023年台账",),
        (None, "责任单位", "序号", "8月目标任务", "年度目标", "分管区领导", "备注"),
        (
            None,
            "区住建局(牵头)\n区水利局\n区统计局（提供数据）",
            "２",
            "铺管7公里。",
            "改造12公里。",
            "高远；林知远",
            "自用",
        ),
        (),
        (None, "各镇（街道）", 1.0, None, "创建示范社区。", "高 远"),
    )
    ledger, findings = read(tmp_path, book(tasks))
    assert findings == ()
    assert [t.seq for t in ledger.tasks] == [2, 1]
    first, second = ledger.tasks
    assert first.leaders == ("高  远", "林知远")
    assert first.assignments == (
        Assignment("区住房和城乡建设局", Role.LEAD, "区住建局（牵头）"),
        Assignment("区水利局", Role.MEMBER, "区水利局"),
        Assignment("区统计局", Role.DATA, "区统计局提供数据"),
    )
    assert first.targets == {M8: "铺管7公里。"}
    assert second.targets == {}
    assert (first.place.sheet, first.place.row) == ("任务", 3)
    assert ledger.leaders == (Leader("高远", "副区长"), Leader("林知远"))
    assert ledger.units[0].aliases == ("区住建局", "住建局")
    assert ledger.units[0].phone == "5550110"
    assert ledger.members_of("各镇（街道）") == ("澜语街道办事处", "禾笙镇人民政府")


def test_read_ledger__optional_columns(tmp_path: Path) -> None:
    head = (*HEAD, "分工", "分组", "起", "止", "第三季度目标任务")
    row = (
        *(1, "年度。", "高远", "区住建局\n各镇（街道）", "8月。"),
        *("管网＝区住建局\n社区 = 禾笙镇政府", "一、城建", "2023-03", datetime(2023, 11, 1), "季度。"),
    )
    ledger, findings = read(tmp_path, book((head, row)))
    assert findings == ()
    task = ledger.tasks[0]
    assert task.division == (Division("管网", "区住房和城乡建设局"), Division("社区", "禾笙镇人民政府"))
    assert (task.group, task.start, task.end) == ("一、城建", Period(2023, 3, 3), Period(2023, 11, 11))
    assert task.targets == {M8: "8月。", Period(2023, 7, 9): "季度。"}


def test_read_ledger__merged_group_cells_hold_for_each_row(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows = (
        (*HEAD, "分组"),
        *((n, "年度。", "高远", "区水利局", "月。", "一、水利" if n == 1 else None) for n in (1, 2, 3)),
    )
    path = save_book(tmp_path / "ledger-2023.xlsx", book(rows))
    workbook = load_workbook(path)
    workbook["任务"].merge_cells("F2:F3")
    workbook.save(path)
    ledger, _findings = read_ledger(path, FILE, 2023)
    assert [t.group for t in ledger.tasks] == ["一、水利", "一、水利", ""]


def test_read_ledger__schedules_as_people_write_them(tmp_path: Path) -> None:
    schedules = (
        SCHEDULES[0],
        ("2023-08", "2023年9月2日12时", "2023年9月6日", "《方案》"),
        (datetime(2023, 9, 1), datetime(2023, 10, 7, 9, 30), datetime(2023, 10, 11)),
        ("2023-q3", datetime(2023, 10, 9)),
        (2023, "2024-1-5 8:30"),
        ("10月",),
    )
    ledger, findings = read(tmp_path, book((HEAD,), schedules=schedules))
    assert findings == ()
    assert ledger.schedules == (
        Schedule(M8, datetime(2023, 9, 2, 12), date(2023, 9, 6), "《方案》"),
        Schedule(Period(2023, 9, 9), datetime(2023, 10, 7, 9, 30), date(2023, 10, 11)),
        Schedule(Period(2023, 7, 9), datetime(2023, 10, 9, 23, 59)),
        Schedule(Period(2023, 1, 12), datetime(2024, 1, 5, 8, 30)),
        Schedule(Period(2023, 10, 10)),
    )


def test_read_ledger__a_column_of_the_offices_own_goes_into_extra(tmp_path: Path) -> None:
    source = Field("source", "来源", ("任务来源",), FilledBy.LEDGER)
    annual = Field("annual_target", "重点工作", (), FilledBy.LEDGER)
    rows = (("序号", "重点工作", *HEAD[2:], "任务来源"), (1, "年度。", "高远", "区水利局", "月。", "报告第三部分"))
    path = save_book(tmp_path / "ledger-2023.xlsx", book(rows))
    ledger, findings = read_ledger(path, FILE, 2023, (source, annual))
    assert (ledger.tasks[0].extra, ledger.tasks[0].annual_target, findings) == (
        {"source": "报告第三部分"},
        "年度。",
        (),
    )


def test_read_ledger__an_empty_ledger_is_whole(tmp_path: Path) -> None:
    ledger, findings = read(tmp_path, book((HEAD,), (UNITS[0],), (LEADERS[0],)))
    assert (ledger, findings) == (Ledger(2023, (), (), ()), ())


def test_read_ledger__every_mistake_of_all_sheets_in_one_go(tmp_path: Path) -> None:
    head = (*HEAD, "分工", "起", "止")
    tasks = (
        head,
        (1, "年度。", "高圆", "区水力局", "月。"),
        (1, None, "高远", "区水利局（牵头）\n区住建局（牵头）", "月。"),
        ("第三项", "年度。", "高远", None, "月。"),
        (4, "年度。", "高远", "区住建局\n住建局", "月。", "管网：区住建局", "2023-13", "八月底"),
        (5, "年度。", "高远", "区统计局提供数据", "月。", None, "2023-09", "2023-06"),
        (6, "年度。", "高远", "区住建局\n区统计局提供数据", "=A1", "甲 = 区水利局\n乙 = 区统计局\n丙 = 区公安局"),
        (None, "年度。", "高远\n高 远", "区水利局", "月。"),
    )
    units = (
        *UNITS,
        ("区水 利局", "澜语街道"),
        (None, "无名"),
        ("全部", None, "各镇（街道）\n区水利局\n区水利局\n区消防局"),
    )
    leaders = (*LEADERS, ("高远",))
    schedules = (SCHEDULES[0], ("2023-08", "九月初"), ("2023年8月", None, "2023-9-31"), ("八月",), ("2024-01",))
    assert problems(tmp_path, book(tasks, units, leaders, schedules)) == [
        ("L05", "任务", "C2"),
        ("L05", "任务", "D2"),
        ("L06", "任务", "A3"),
        ("L03", "任务", "B3"),
        ("L04", "任务", "D3"),
        ("L04", "任务", "A4"),
        ("L03", "任务", "D4"),
        ("L06", "任务", "D5"),
        ("L04", "任务", "F5"),
        ("L04", "任务", "G5"),
        ("L04", "任务", "H5"),
        ("L04", "任务", "D6"),
        ("L04", "任务", "H6"),
        ("L04", "任务", "E7"),
        ("L04", "任务", "F7"),
        ("L04", "任务", "F7"),
        ("L05", "任务", "F7"),
        ("L03", "任务", "A8"),
        ("L06", "任务", "C8"),
        ("L06", "单位", "A8"),
        ("L06", "单位", "B8"),
        ("L03", "单位", "A9"),
        ("L04", "单位", "C10"),
        ("L05", "单位", "C10"),
        ("L06", "单位", "C10"),
        ("L04", "期次", "B2"),
        ("L06", "期次", "A3"),
        ("L04", "期次", "C3"),
        ("L04", "期次", "A4"),
        ("L04", "期次", "A5"),
        ("L06", "领导", "A4"),
    ]


def test_read_ledger__the_nearest_right_word(tmp_path: Path) -> None:
    tasks = (HEAD, (1, "年度。", "高圆", "区水力局\n区公安局", "月。"))
    assert hints(tmp_path, book(tasks)) == [
        "是不是“高远”？请改正写法，或在“领导”表中补上。",
        "请改正写法，或在“单位”表中补上。",
        "是不是“区水利局”？请改正写法，或在“单位”表中补上。",
    ]


def test_read_ledger__missing_sheets_and_columns_with_what_is_there_instead(tmp_path: Path) -> None:
    sheets = {"任务": (("序号", "年度目标任务", "区领导们", "责任单位们"),), "单位": UNITS, "领导们": LEADERS}
    assert problems(tmp_path, sheets) == [
        ("L01", "", ""),
        ("L01", "", ""),
        ("L02", "任务", "第1行"),
        ("L02", "任务", "第1行"),
    ]
    assert hints(tmp_path, sheets) == [
        "请补一张名为“期次”的工作表。",
        "工作表“领导们”是不是它？请把名称改回“领导”。",
        "表头“区领导们”是不是它？请改为“分管区领导”。",
        "表头“责任单位们”是不是它？请改为“责任单位”。",
    ]


def test_read_ledger__columns_that_mean_nothing_and_empty_leaders_are_warned_of(tmp_path: Path) -> None:
    head = (*HEAD, "13月份目标任务", "2022年9月目标任务", "8月目标任务们", None)
    tasks = (head, (1, "年度。", None, "区水利局", "月。", None, None, None, "散落"))
    _ledger, findings = read(tmp_path, book(tasks))
    assert [(f.code, f.place.cell) for f in findings] == [
        (Code.L07, "F1"),
        (Code.L07, "G1"),
        (Code.L07, "H1"),
        (Code.L11, "C2"),
        (Code.L07, "I2"),
    ]
    assert findings[2].hint == "是不是“8月份目标任务”？是的话请改表头。"


def test_read_ledger__a_task_without_a_group_below_one_that_has_it(tmp_path: Path) -> None:
    groups = (None, "一、稳增长", "一、稳增长", None, None)
    rows = ((seq, "年度。", "高远", "区水利局", "月。", group) for seq, group in enumerate(groups, 1))
    _ledger, findings = read(tmp_path, book(((*HEAD, "分组"), *rows)))
    assert [(f.code, f.place.cell) for f in findings] == [(Code.L15, "F5")]
    assert findings[0].message == "“分组”空着，通报表上会印在上面的“一、稳增长”之下。"


def test_read_ledger__the_same_month_in_two_columns(tmp_path: Path) -> None:
    assert problems(tmp_path, book(((*HEAD, "8月目标任务", "序 号"),))) == [
        ("L06", "任务", "F1"),
        ("L06", "任务", "G1"),
    ]


def test_read_ledger__an_error_value_is_told_once(tmp_path: Path) -> None:
    tasks = (HEAD, (1, "#REF!", "高远", "区水利局", "月。"))
    assert problems(tmp_path, book(tasks)) == [("L04", "任务", "B2")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "文件是空的。"), (b"hello", "这是认不出的文件，没有读取。")],
)
def test_read_ledger__a_file_that_is_no_workbook(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "ledger-2023.xlsx"
    path.write_bytes(content)
    with pytest.raises(CannotRun) as caught:
        read_ledger(path, FILE, 2023)
    assert [(f.code, f.message) for f in caught.value.findings] == [(Code.W08, f"“{FILE}”读不出来：{reason}")]


def test_read_ledger__none_for_the_year(tmp_path: Path) -> None:
    save_book(tmp_path / "ledger-2022.xlsx", {"任务": (HEAD,)})
    with pytest.raises(CannotRun) as caught:
        read_ledger(tmp_path / "ledger-2023.xlsx", FILE, 2023)
    ((code, hint),) = [(f.code, f.hint) for f in caught.value.findings]
    assert (code, hint[:23]) == (Code.W07, "现有的台账：ledger-2022.xlsx。")
    assert "另存为 ledger-2023.xlsx" in hint


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("甲局\n乙局", ("甲局", "乙局")),
        ("甲局、乙局；丙局,丁局", ("甲局", "乙局", "丙局", "丁局")),
        ("各镇（街道、开发区）\n甲局（牵头）", ("各镇（街道、开发区）", "甲局（牵头）")),
        (" \n ", ()),
    ],
)
def test_lines_of__one_a_line_or_parted_outside_brackets(text: str, names: tuple[str, ...]) -> None:
    assert lines_of(text) == names


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("区发改局(牵头）", ("区发改局", Role.LEAD)),
        ("区发改局 （ 牵头单位 ）", ("区发改局", Role.LEAD)),
        ("区统计局提供数据", ("区统计局", Role.DATA)),
        ("区统计局（提供数据）", ("区统计局", Role.DATA)),
        ("各镇（街道）", ("各镇（街道）", Role.MEMBER)),
    ],
)
def test_unit_and_role__marks_in_either_width(line: str, expected: tuple[str, Role]) -> None:
    assert unit_and_role(line) == expected


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("8月份目标任务", M8),
        ("８月 目标任务", M8),
        ("2023年8月份工作目标", M8),
        ("第三季度\n目标任务", Period(2023, 7, 9)),
        ("全年目标任务", Period(2023, 1, 12)),
        ("2022年8月份目标任务", None),
        ("年度目标任务", None),
        ("13月份目标任务", None),
    ],
)
def test_target_period__by_label(heading: str, period: Period | None) -> None:
    assert target_period(heading, 2023) == period


def test_moment_of__a_one_digit_day_before_the_hour() -> None:
    assert moment_of("2023-9-2 12:00") == datetime(2023, 9, 2, 12)
    assert moment_of("2023 年 9 月 2 日 8 时") == datetime(2023, 9, 2, 8)


def reread(ledger: Ledger) -> tuple[Ledger, set[Code]]:
    content = write_ledger(ledger, {"source": "来源"})
    book, _findings = read_book(content, FILE)
    assert book is not None
    read, findings = ledger_of(book, YEAR, (Field("source", "来源", (), FilledBy.LEDGER),))
    tasks = tuple(replace(task, place=NOWHERE) for task in read.tasks)
    return replace(read, tasks=tasks), {finding.code for finding in findings}


@settings(max_examples=25)
@given(ledgers())
def test_write_ledger__read_again_it_is_the_same_ledger(ledger: Ledger) -> None:
    read, codes = reread(ledger)
    assert read == ledger
    assert codes <= {Code.L11, Code.L15}


def test_write_ledger__the_same_ledger_gives_the_same_bytes() -> None:
    assert write_ledger(DISTRICT) == write_ledger(DISTRICT)


def test_write_ledger__sheets_heads_and_lists() -> None:
    import io

    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(write_ledger(Ledger(2023, (), (), ()))))
    assert workbook.sheetnames == ["任务", "单位", "领导", "期次", "填写说明"]
    tasks = workbook["任务"]
    heads = [cell.value for cell in tasks[1]]
    assert heads[:8] == ["序号", "年度目标任务", "分管区领导", "责任单位", "分工", "分组", "起", "止"]
    assert heads[8:] == [f"{month}月份目标任务" for month in range(1, 13)]
    assert all(cell.comment for cell in tasks[1])
    assert tasks.freeze_panes == "C2"
    lists = {str(rule.sqref): rule.formula1 for rule in tasks.data_validations.dataValidation if rule.type == "list"}
    assert lists["C2:C1000"] == "OFFSET(领导!$A$2,0,0,MAX(1,COUNTA(领导!$A$2:$A$1000)),1)"
    assert lists["D2:D1000"] == "OFFSET(单位!$A$2,0,0,MAX(1,COUNTA(单位!$A$2:$A$1000)),1)"
    assert all(len(rule.formula1 or "") <= 257 for rule in tasks.data_validations.dataValidation)
    guide = [[cell.value for cell in row] for row in workbook["填写说明"].iter_rows()]
    assert ["任务", "分工"] in [row[:2] for row in guide]


def test_target_periods__months_unless_the_ledger_has_others() -> None:
    empty = Ledger(2023, (), (), ())
    assert [p.code for p in target_periods(empty)] == [f"2023-{month:02d}" for month in range(1, 13)]
    quarters = replace(empty, schedules=(Schedule(Period(2023, 7, 9)),))
    assert [p.code for p in target_periods(quarters)] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
