from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from reportgen.cli import run
from reportgen.commands.init import OFFICE_PLACEHOLDER, init_demo, init_empty, init_from_notice
from reportgen.core.findings import NOWHERE, CannotRun, Code, Finding
from reportgen.core.ledger_from_notice import FoundLedger, ledger_from_notice, title_pattern
from reportgen.core.model import Assignment, Leader, Ledger, Role, Schedule, Unit
from reportgen.core.notice import PrintedNotice, PrintedRow
from reportgen.core.period import Period
from reportgen.core.terms import next_year
from reportgen.readers.ledger import read_ledger
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import open_workspace, starter_files
from tests.books import save_book

M8 = Period(2023, 8, 8)
HEAD = ("序号", "年度目标任务", "8月份目标任务", "8月份完成情况", "分管区领导", "责任单位")
REFERENCE = os.environ.get("REPORTGEN_REFERENCE", "")


def notice(tmp_path: Path, *rows: tuple[object, ...], title: str = "2023年重点工作8月份完成情况通报表") -> Path:
    return save_book(tmp_path / "通报.xlsx", {"通报表": ((title,), HEAD, *rows)})


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(f.code.name, f.place.cell) for f in findings]


def without_places(ledger: Ledger) -> Ledger:
    return replace(ledger, tasks=tuple(replace(task, place=NOWHERE) for task in ledger.tasks))


def found(units: str) -> FoundLedger:
    texts = {"seq": "1", "annual_target": "甲", "period_target": "乙", "leaders": "高远", "units": units}
    headings = tuple((key, key) for key in texts)
    return ledger_from_notice(PrintedNotice("a.docx", "8月份", headings, (PrintedRow(texts, {"seq": NOWHERE}),)), M8)


def test_init_empty__a_workspace_whose_settings_and_ledger_can_be_read(tmp_path: Path) -> None:
    done = init_empty(tmp_path / "新", 2024)
    workspace = open_workspace(tmp_path / "新")
    configuration = read_configuration(workspace.config_file, "config/reportgen.yaml")
    assert configuration.office == OFFICE_PLACEHOLDER
    ledger, findings = read_ledger(workspace.ledger_file(2024), "config/ledger-2024.xlsx", 2024)
    assert (ledger, findings) == (Ledger(2024, (), (), ()), ())
    assert {"config/ledger-2024.xlsx", "config/reportgen.yaml"} | set(starter_files("templates")) == set(done.files)
    assert sorted(p.name for p in (tmp_path / "新").iterdir()) == ["config", "input", "output", "templates"]


def test_init_empty__the_settings_keep_every_comment(tmp_path: Path) -> None:
    init_empty(tmp_path, 2023)
    written = (tmp_path / "config" / "reportgen.yaml").read_text(encoding="utf-8").splitlines()
    starter = starter_files("config")["config/reportgen.yaml"].decode().splitlines()
    changed = [new for old, new in zip(starter, written, strict=True) if old != new]
    assert changed == [f"office: '{OFFICE_PLACEHOLDER}'"]


def test_init_demo__every_starter_file(tmp_path: Path) -> None:
    done = init_demo(tmp_path)
    starter = starter_files("config", "templates", "input")
    assert set(done.files) == set(starter)
    assert {name: (tmp_path / name).read_bytes() for name in done.files} == starter
    assert (tmp_path / "output").is_dir()


@pytest.mark.parametrize("name", ["文件.txt", "config"])
def test_init__a_folder_with_content_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("旧", encoding="utf-8")
    with pytest.raises(CannotRun) as caught:
        init_empty(tmp_path, 2023)
    assert [f.code for f in caught.value.findings] == [Code.W09]
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "旧"


def test_init__a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(CannotRun) as caught:
        init_empty(tmp_path / "a", 2023)
    assert [f.code for f in caught.value.findings] == [Code.W09]
    with pytest.raises(CannotRun) as caught:
        init_empty(tmp_path / "a" / "b", 2023)
    assert [f.code for f in caught.value.findings] == [Code.W15]


def test_init_from_notice__tasks_units_leaders_and_targets(tmp_path: Path) -> None:
    path = notice(
        tmp_path,
        (
            1,
            "改造12公里。",
            "铺管7公里。",
            "完成。已铺。",
            "林知远\n高  远",
            "区住建局(牵头）\n区水利局\n区统计局提供数据",
        ),
        (2, "创建社区。", "本月无目标", "", "高远", "澜语街道"),
        (3, "打造\n园区。", "开工。", "未完成。", "罗安", "区水利局\n澜语街道办事处（牵头）"),
        title="2023年《政府工作报告》重点工作8月份完成情况通报表",
    )
    folder = tmp_path / "新"
    done = init_from_notice(folder, path, M8)
    assert codes(done.findings) == [("N04", "F4")]
    ledger = done.ledger
    assert ledger is not None
    assert ledger.units == (
        Unit("区住建局"),
        Unit("区水利局"),
        Unit("区统计局"),
        Unit("澜语街道办事处", ("澜语街道",)),
    )
    assert ledger.leaders == (Leader("林知远"), Leader("高远"), Leader("罗安"))
    assert ledger.schedules == (Schedule(M8),)
    assert [task.targets for task in ledger.tasks] == [{M8: "铺管7公里。"}, {}, {M8: "开工。"}]
    assert ledger.tasks[0].leaders == ("林知远", "高  远")
    assert ledger.tasks[0].assignments[0] == Assignment("区住建局", Role.LEAD, "区住建局（牵头）")
    assert ledger.tasks[0].assignments[2] == Assignment("区统计局", Role.DATA, "区统计局提供数据")
    assert ledger.tasks[1].assignments == (Assignment("澜语街道办事处", Role.MEMBER, "澜语街道"),)
    assert ledger.tasks[2].lead == "澜语街道办事处"
    read, findings = read_ledger(folder / "config" / "ledger-2023.xlsx", "ledger", 2023)
    assert (without_places(read), findings) == (without_places(ledger), ())
    configuration = read_configuration(folder / "config" / "reportgen.yaml", "config/reportgen.yaml")
    september = settings_for(configuration, Period(2023, 9, 9))
    assert september.title == "2023年《政府工作报告》重点工作9月份完成情况通报表"
    assert (folder / "input" / "2023-08").is_dir()


def test_init_from_notice__what_is_missing_or_twice_is_told(tmp_path: Path) -> None:
    path = notice(
        tmp_path,
        (1, "甲。", None, "完成。", None, "区住建局（牵头）\n区水利局（牵头）"),
        (1, "又一个甲。", "月。", "完成。", "高远", "区水利局"),
        ("合计", "两项"),
        title="重点工作通报表",
    )
    done = init_from_notice(tmp_path / "新", path, M8)
    assert codes(done.findings) == [
        ("N03", "第5行"),
        ("N03", "A4"),
        ("N05", "E3"),
        ("N05", "C3"),
        ("N06", ""),
        ("L04", "D2"),
    ]
    assert done.ledger is not None
    assert [task.annual_target for task in done.ledger.tasks] == ["甲。"]


def test_init_from_notice__of_another_period(tmp_path: Path) -> None:
    path = notice(tmp_path, (1, "甲。", "月。", "完成。", "高远", "区水利局"))
    done = init_from_notice(tmp_path / "新", path, Period(2023, 9, 9))
    told = [(f.code.name, f.values.get("heading")) for f in done.findings]
    assert told == [("N02", "8月份目标任务"), ("N02", "8月份完成情况"), ("N07", "9月份目标任务"), ("N06", None)]


def test_init_from_notice__no_notice(tmp_path: Path) -> None:
    other = save_book(tmp_path / "别的.xlsx", {"表": (("姓名", "电话"), ("甲", 1))})
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    for path, code in (
        (other, Code.N01),
        (tmp_path / "坏.docx", Code.W08),
        (tmp_path / "旧.xls", Code.W08),
        (tmp_path / "没有.docx", Code.W08),
        (tmp_path, Code.W08),
    ):
        with pytest.raises(CannotRun) as caught:
            init_from_notice(tmp_path / "新", path, M8)
        assert [f.code for f in caught.value.findings] == [code]
        assert not (tmp_path / "新").exists()


@pytest.mark.parametrize(
    ("title", "pattern"),
    [
        (
            "2023年《政府工作报告》重点工作8月份完成情况通报表",
            "{{ year }}年《政府工作报告》重点工作{{ period }}完成情况通报表",
        ),
        ("重点工作8月完成情况", "重点工作{{ period | replace('份', '') }}完成情况"),
        ("2023年1—8月份情况\n通报表", "{{ year }}年1—{{ period }}情况 通报表"),
        ("2023年18月份通报表", ""),
        ("2023年通报表", ""),
        ("", ""),
    ],
)
def test_title_pattern__year_and_period_become_placeholders(title: str, pattern: str) -> None:
    assert title_pattern(title, M8) == pattern


def test_title_pattern__of_a_quarter() -> None:
    assert title_pattern("2023年第三季度通报表", Period(2023, 7, 9)) == "{{ year }}年{{ period }}通报表"


def test_ledger_from_notice__a_short_name_beside_the_full_one_in_one_task_is_another_unit() -> None:
    both = found("齐山化工区\n齐山化工区管委会")
    assert [unit.name for unit in both.ledger.units] == ["齐山化工区", "齐山化工区管委会"]
    assert both.findings == ()


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="REPORTGEN_REFERENCE is not set")
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_init_from_notice__the_real_month(tmp_path: Path, suffix: str) -> None:
    done = init_from_notice(tmp_path / "新", Path(REFERENCE) / f"notice-2023-08.{suffix}", M8)
    ledger = done.ledger
    assert ledger is not None
    assert (len(ledger.tasks), len(ledger.units), len(ledger.leaders)) == (124, 52, 10)
    assert [(f.code, f.seq) for f in done.findings] == [(Code.N04, 4)]
    assert all(task.targets for task in ledger.tasks)
    assert ledger.tasks[84].assignments[1].role is Role.LEAD
    read, findings = read_ledger(tmp_path / "新" / "config" / "ledger-2023.xlsx", "ledger", 2023)
    assert (without_places(read), findings) == (without_places(ledger), ())


def test_init_from_workspace__the_next_year_keeps_all_but_the_tasks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "旧", tmp_path / "新"
    init_demo(old)
    (old / "templates" / "另存").mkdir()
    (old / "templates" / "另存" / "notice.docx").write_bytes(b"1")
    config = old / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8").replace("title: '{{ year }}年", "title: '2023年")
    config.write_text(text, encoding="utf-8")
    assert run(["init", str(new), "--from", str(old)]) == 0
    shown = capsys.readouterr().out
    assert "设置里写着 2023：title: '2023年《政府工作报告》" in shown
    assert "沿用了设置、模板和 29 个单位、7 位领导" in shown
    assert "reportgen forms 期次（如 2024-01）" in shown
    kept = [path.relative_to(old) for folder in ("templates", "config") for path in (old / folder).rglob("*.[dxy]*")]
    kept = [path for path in kept if path.name != "ledger-2023.xlsx"]
    assert len(kept) > 4
    assert all((new / path).read_bytes() == (old / path).read_bytes() for path in kept)
    before, _findings = read_ledger(old / "config" / "ledger-2023.xlsx", "", 2023)
    ledger, findings = read_ledger(new / "config" / "ledger-2024.xlsx", "", 2024)
    assert findings == ()
    assert (ledger.tasks, ledger.units, ledger.leaders) == ((), before.units, before.leaders)
    assert [schedule.period.code for schedule in ledger.schedules] == [f"2024-{month:02d}" for month in range(1, 13)]


def test_next_year__who_ended_stays_behind_and_who_will_end_keeps_that() -> None:
    december, march = Period(2023, 12, 12), Period(2024, 3, 3)
    units = (
        Unit("甲局", end=december),
        Unit("乙局", start=M8, end=march),
        Unit("丙镇", start=M8),
        Unit("各镇", members=("甲局", "丙镇")),
    )
    last = Ledger(2023, (), units, (Leader("高远", end=december), Leader("罗安")), (Schedule(Period(2023, 7, 9)),))
    ledger = next_year(last)
    assert ledger.units == (Unit("乙局", end=march), Unit("丙镇"), Unit("各镇", members=("丙镇",)))
    assert ledger.leaders == (Leader("罗安"),)
    assert [schedule.period.code for schedule in ledger.schedules] == [f"2024-Q{n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", ".", "--period", "2024-01"], "不用 --period"),
        (["--from", ".."], "不是 reportgen 的工作区"),
    ],
)
def test_init_from_workspace__refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    (tmp_path / "a").mkdir()
    init_demo(tmp_path / "a" / "b")
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert run(["init", "新", *words]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "a" / "b" / "新").exists()


def test_init_from_notice__columns_and_groups_seen_elsewhere(tmp_path: Path) -> None:
    head = (
        "序号",
        "年度目标任务",
        "8月份目标任务",
        "8月份完成情况",
        "分管区领导",
        "牵头单位",
        "配合单位",
        "责任人",
        "完成时限",
        "红黄绿灯",
    )
    rows = (
        ("一、稳增长",),
        (1, "甲", "乙", "完成。", "高远", "区财政局", "区商务局、区统计局", "王伟", "12月底", "绿灯"),
        (2, "丙", "丁", "未完成。", "高远", "区商务局", "", "", "10月底", "红灯"),
        ("二、惠民生",),
        (3, "戊", "己", "完成。", "高远", "区财政局", "区商务局", "李敏", "", "绿灯"),
    )
    path = save_book(tmp_path / "通报.xlsx", {"通报表": (("2023年重点工作8月份完成情况通报表",), head, *rows)})
    done = init_from_notice(tmp_path / "新", path, M8)
    workspace = open_workspace(tmp_path / "新")
    assert done.findings == ()
    fields = settings_for(read_configuration(workspace.config_file, "config/reportgen.yaml"), M8).fields
    assert [field.key for field in fields][-2:] == ["officer", "time_limit"]
    ledger, findings = read_ledger(workspace.ledger_file(2023), "config/ledger-2023.xlsx", 2023, fields)
    assert findings == ()
    assert [task.group for task in ledger.tasks] == ["一、稳增长", "一、稳增长", "二、惠民生"]
    assert [dict(task.extra) for task in ledger.tasks] == [
        {"officer": "王伟", "time_limit": "12月底"},
        {"time_limit": "10月底"},
        {"officer": "李敏"},
    ]
    assert [[a.printed for a in task.assignments] for task in ledger.tasks] == [
        ["区财政局（牵头）", "区商务局", "区统计局"],
        ["区商务局"],
        ["区财政局（牵头）", "区商务局"],
    ]
