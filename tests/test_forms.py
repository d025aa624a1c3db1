"""The command `forms` and what it hands out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from reportgen.commands.forms import FormsDone, make_forms
from reportgen.core.findings import CannotRun
from reportgen.core.model import Ledger, Unit
from tests.forms import template
from tests.world import SETTINGS, asked, ledger, task

BOOK = ledger(
    task(1, "区水利局（牵头） 区财政局 区审计局"),
    task(2, "区财政局", "基础：建成。设备：到货。", {"基础": "区财政局", "设备": "区水利局"}),
    task(4, "各镇"),
    groups={"各镇": "东陵镇 西河镇"},
)


def made(folder: Path, book: Ledger = BOOK, only: tuple[str, ...] = ()) -> FormsDone:
    return make_forms(SETTINGS, book, asked(book), template(), folder, only)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def zip_of(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / "空白表.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(folder: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(load_workbook(folder / "发放清单.xlsx")[sheet].iter_rows(values_only=True))


def test_make_forms__one_for_each_unit_that_owes(tmp_path: Path) -> None:
    done = made(tmp_path)
    assert done.written == ("区水利局", "区财政局", "东陵镇", "西河镇")
    assert (done.forms, done.answers) == (4, 5)
    assert done.informed_only == ("区审计局",)
    assert names(tmp_path) == ["forms", "发放清单.xlsx", "空白表.zip"]
    assert names(tmp_path / "forms") == ["东陵镇.xlsx", "区水利局.xlsx", "区财政局.xlsx", "西河镇.xlsx"]
    assert list(zip_of(tmp_path)) == ["区水利局.xlsx", "区财政局.xlsx", "东陵镇.xlsx", "西河镇.xlsx"]
    assert zip_of(tmp_path)["区水利局.xlsx"] == (tmp_path / "forms" / "区水利局.xlsx").read_bytes()
    assert [path.exists() for path in done.outputs] == [True] * 6


def test_make_forms__again_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        made(folder)
    made(tmp_path / "b")
    for name in ("forms/区水利局.xlsx", "空白表.zip", "发放清单.xlsx"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_make_forms__the_list_to_hand_out_by(tmp_path: Path) -> None:
    units = tuple(replace(u, contact="苏晴", phone="0123456") if u.name == "区水利局" else u for u in BOOK.units)
    done = made(tmp_path, replace(BOOK, units=units))
    rows = rows_of(tmp_path, "发放清单")
    assert rows[0] == ("单位", "联系人", "电话", "邮箱", "任务数", "应填项数", "文件名", "已发", "备注")
    assert rows[1] == ("区水利局", "苏晴", "0123456", None, 2, 2, "区水利局.xlsx", "□", None)
    assert [row[0] for row in rows[1:]] == list(done.written)
    assert done.without_contact == ("区财政局", "东陵镇", "西河镇")
    assert rows_of(tmp_path, "仅知悉") == [
        ("单位", "联系人", "电话", "序号", "年度目标任务", "8月份目标任务", "由谁填报"),
        ("区审计局", None, None, 1, "年度任务1。", "累计完成管网改造12公里。", "区水利局"),
    ]


def test_make_forms__what_was_ticked_and_noted_stays(tmp_path: Path) -> None:
    made(tmp_path)
    workbook = load_workbook(tmp_path / "发放清单.xlsx")
    workbook["发放清单"]["H3"], workbook["发放清单"]["I3"] = "√", "已电话通知"
    workbook.save(tmp_path / "发放清单.xlsx")
    made(tmp_path, only=("区水利局",))
    assert [row[7:] for row in rows_of(tmp_path, "发放清单")[1:3]] == [("□", None), ("√", "已电话通知")]


def test_make_forms__a_list_that_cannot_be_read_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "发放清单.xlsx").write_bytes(b"broken")
    made(tmp_path)
    assert rows_of(tmp_path, "发放清单")[1][7] == "□"


def test_make_forms__forms_of_units_that_no_longer_owe_are_taken_away(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "forms" / "说明.txt").write_text("办公室的", encoding="utf-8")
    workbook = load_workbook(io.BytesIO(template()))
    workbook.save(tmp_path / "forms" / "样式.xlsx")
    done = made(tmp_path, ledger(task(1, "区水利局")))
    assert done.removed == ("东陵镇.xlsx", "区财政局.xlsx", "西河镇.xlsx")
    assert names(tmp_path / "forms") == ["区水利局.xlsx", "样式.xlsx", "说明.txt"]
    assert list(zip_of(tmp_path)) == ["区水利局.xlsx"]


def test_make_forms__with_unit_the_others_stay(tmp_path: Path) -> None:
    made(tmp_path)
    before = (tmp_path / "forms" / "区财政局.xlsx").read_bytes()
    book = replace(BOOK, tasks=tuple(replace(t, annual_target="改过的任务。") for t in BOOK.tasks))
    done = made(tmp_path, book, ("区水利局",))
    assert (done.written, done.forms, done.removed) == (("区水利局",), 4, ())
    assert (tmp_path / "forms" / "区财政局.xlsx").read_bytes() == before == zip_of(tmp_path)["区财政局.xlsx"]
    assert load_workbook(tmp_path / "forms" / "区水利局.xlsx")["报送表"]["C6"].value == "改过的任务。"


def test_make_forms__a_group_and_an_alias_name_units(tmp_path: Path) -> None:
    units = tuple(Unit("区财政局", ("财政局",)) if u.name == "区财政局" else u for u in BOOK.units)
    done = made(tmp_path, replace(BOOK, units=units), ("各镇", "财政局"))
    assert done.written == ("区财政局", "东陵镇", "西河镇")
    assert list(zip_of(tmp_path)) == ["区财政局.xlsx", "东陵镇.xlsx", "西河镇.xlsx"]


def test_make_forms__unknown_units_and_units_without_a_form(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        made(tmp_path, only=("区水力局", "区审计局", "区水利局"))
    found = [(f.code.name, f.message, f.hint) for f in caught.value.findings]
    assert found == [
        ("W12", "“区水力局”不是台账中的单位。", "是否为“区水利局”？"),
        (
            "W13",
            "“区审计局”8月份没有要填报的任务，没有空白表。",
            "它参与的任务由其他单位填报，列在“发放清单.xlsx”的“仅知悉”表中。",
        ),
    ]
    assert names(tmp_path) == []


def test_make_forms__a_period_that_asks_nothing(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        made(tmp_path, ledger(task(1, "区水利局", "")))
    assert [f.code.name for f in caught.value.findings] == ["W11"]
    assert names(tmp_path) == []


def test_make_forms__unit_names_that_no_file_may_have(tmp_path: Path) -> None:
    done = made(tmp_path, ledger(task(1, "市监局/知产局"), task(2, "CON")))
    assert names(tmp_path / "forms") == ["CON_.xlsx", "市监局／知产局.xlsx"]
    assert [row[6] for row in rows_of(tmp_path, "发放清单")[1:]] == ["市监局／知产局.xlsx", "CON_.xlsx"]
    assert done.forms == 2
