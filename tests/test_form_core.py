"""The form as a record, and its words."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from reportgen.core.fields import Field, FilledBy, Required
from reportgen.core.forms import WORDS, form_of, guidance
from reportgen.core.model import Schedule
from tests.world import AUGUST, SETTINGS, asked, ledger, task

BOOK = ledger(
    task(1, "区工信局 区城管局", "5G基站：建成3处。停车位：新增500个。", {"5G基站": "区工信局", "停车位": "区城管局"}),
    task(2, "区工信局（牵头） 区城管局", next_target="全部投产。"),
)
FORM = form_of("区工信局", asked(BOOK), BOOK, SETTINGS)


def test_form_of__own_rows_and_tasks_for_information() -> None:
    form = form_of("区城管局", asked(BOOK), BOOK, SETTINGS)
    assert [(row.fixed["seq"], row.fixed["part"], row.fixed["period_target"]) for row in form.rows] == [
        ("1", "停车位", "新增500个。")
    ]
    assert [(row.seq, row.answered_by) for row in form.informed] == [(2, "区工信局")]
    assert form.has_parts


def test_form_of__fixed_texts_are_the_ledgers() -> None:
    first, second = FORM.rows
    assert second.fixed["annual_target"] == "年度任务2。"
    assert (second.fixed["units"], second.fixed["leaders"]) == ("区工信局（牵头）\n区城管局", "林知远")
    assert second.fixed["next_target"] == "全部投产。"
    assert "next_target" not in first.fixed


def test_form_of__a_column_of_the_offices_own_comes_from_the_ledger() -> None:
    book = ledger(replace(task(1, "区水利局"), extra={"basis": "区委一号文件"}))
    settings = replace(SETTINGS, fields=replace(SETTINGS.fields, all=(*SETTINGS.fields, Field("basis", "依据"))))
    assert form_of("区水利局", asked(book), book, settings).rows[0].fixed["basis"] == "区委一号文件"


def test_form_of__deadline_as_official_texts_write_it() -> None:
    book = replace(BOOK, schedules=(Schedule(AUGUST, datetime(2023, 9, 2, 17, 30)),))
    assert form_of("区工信局", asked(book), book, SETTINGS).deadline == "2023年9月2日17:30"
    assert FORM.deadline == ""


def test_form_of__every_unit_is_asked_under_collect_every() -> None:
    form = form_of("区城管局", asked(BOOK, every=True), BOOK, SETTINGS)
    assert [row.fixed["seq"] for row in form.rows] == ["1", "2"]
    assert form.informed == ()


def test_words__are_the_placeholders_that_templates_may_use() -> None:
    assert FORM.words().keys() == WORDS.keys()


def field(key: str = "note", **others: object) -> Field:
    return Field(key, "备注", (), FilledBy.UNIT, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "prompt"),
    [
        (field(), "请填写备注。"),
        (field(required=Required.ALWAYS), "请填写备注。必填。"),
        (field(required=Required.UNLESS_MET), "请填写备注。完成状态不是“完成”的必须填写。"),
        (field(min_length=4), "请填写备注。不少于4个字。"),
        (field(max_length=9), "请填写备注。不超过9个字。"),
        (field(min_length=4, max_length=9), "请填写备注。4至9个字。"),
        (field(choices=("是", "否"), max_length=9), "点格子右侧的小箭头，选择：是、否。"),
    ],
)
def test_guidance__says_what_when_and_how_long(wanted: Field, prompt: str) -> None:
    assert guidance(wanted, FORM).prompt == prompt


def test_guidance__fits_excels_limits() -> None:
    wanted = replace(field(choices=tuple(f"选项{n}" * 5 for n in range(60))), heading="很长的表头" * 20)
    words = guidance(wanted, FORM)
    assert (len(words.title), len(words.prompt), len(words.error)) == (32, 255, 255)
