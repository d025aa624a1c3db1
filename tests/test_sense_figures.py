"""Sense checks of figures, one rule at a time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench.sense import STATUSES, labels_of
from reportgen.core.findings import Severity
from reportgen.core.period import Period
from reportgen.core.sense import SenseContext, SenseRow, row_findings

CONTEXT = SenseContext(Period(2024, 9, 9), STATUSES)


def warned(
    target: str, text: str, status: str = "完成", *, annual: str = "", last: str = "", context: SenseContext = CONTEXT
) -> list[tuple[str, str]]:
    """Return (code, reasoning) of the warnings."""
    row = SenseRow(1, "", target, status, text, annual, last_completion=last, labels=labels_of(target))
    found = row_findings(row, context)
    return [(f.code.name, str(f.values["reasoning"])) for f in found if f.severity is Severity.WARNING]


def test_row_findings__units_are_converted() -> None:
    assert warned("收储土地1.2平方公里。", "已收储土地1500亩。") == [
        ("S01", "目标“收储土地1.2平方公里” → 实际“已收储土地1500亩”，低于目标0.2平方公里（折合1平方公里）")
    ]
    assert warned("收储土地1.2平方公里。", "已收储土地1810亩。") == []


@pytest.mark.parametrize("unit", ["个", "户"])
def test_row_findings__firms_households_and_things_are_not_mixed(unit: str) -> None:
    assert warned("新增经营主体800家。", f"新增经营主体520{unit}。") == []


def test_row_findings__every_reading_must_fail() -> None:
    # either figure may be the one that is meant, and one of them reaches the target
    assert warned("新增绿地12公顷。", "新增绿地10公顷，新增绿地13公顷。") == []


def test_row_findings__a_month_is_no_year() -> None:
    assert warned("累计引进项目30个。", "9月份引进项目4个。") == []
    assert [code for code, _why in warned("9月份引进项目6个。", "1-9月累计引进项目4个。")] == ["S01"]


def test_row_findings__rounded_parts_add_up() -> None:
    assert warned("争取资金。", "到位资金13.2亿元，其中专款3.44亿元、债券6.6亿元、贷款3.2亿元。") == []
    (found,) = warned("争取资金。", "到位资金13.2亿元，其中专款3.4亿元、债券6.6亿元、贷款3.8亿元。")
    assert found[1].endswith("3.4+6.6+3.8=13.8亿元，多0.6亿元")


def test_row_findings__a_choice_is_no_breakdown() -> None:
    assert warned("走访企业。", "走访企业120家，其中上市企业2家、专精特新企业12家。") == []
    assert warned("走访企业。", "走访企业30家，其中重点企业11家、高新企业14家等。") == []


def test_row_findings__falls_are_subtracted() -> None:
    assert warned("扩大贷款。", "贷款增加40亿元，其中短期贷款减少8亿元、中长期贷款增加48亿元。") == []
    (found,) = warned("扩大贷款。", "贷款增加40亿元，其中短期贷款减少8亿元、中长期贷款增加38亿元。")
    assert "-8+38=30亿元，少10亿元" in found[1]


def test_row_findings__shares_by_whole_and_digits() -> None:
    assert warned("改造。", "累计完成投资7225万元，占总投资8500万元的85%。") == []
    assert [code for code, _why in warned("改造。", "累计完成投资7225万元，占总投资8500万元的75%。")] == ["S05"]
    assert warned("改造。", "总投资86.8亿元，已完成61.6亿元，投资完成率70.9%。") == []
    assert warned("改造。", "有3项完成，占任务的30%；有4项推进，占任务的40%。") == []


def test_row_findings__cumulative_figures_begin_anew_in_january() -> None:
    last = "累计加装电梯91部。"
    assert [code for code, _why in warned("加装电梯。", "累计加装电梯83部。", last=last)] == ["S07"]
    january = replace(CONTEXT, period=Period(2024, 1, 1))
    assert warned("加装电梯。", "累计加装电梯83部。", last=last, context=january) == []


def test_row_findings__steps_since_last_month() -> None:
    last = "截至8月底，新增参保7040人。"
    assert warned("扩面。", "截至9月底，新增参保8423人，较8月底增加1383人。", last=last) == []
    (found,) = warned("扩面。", "截至9月底，新增参保8523人，较8月底增加1383人。", last=last)
    assert found == ("S08", "上期“新增参保7040人”、本月“较8月底增加1383人” → 本期“新增参保8523人”，7040+1383=8423人")


def test_row_findings__part_of_the_work_may_be_open() -> None:
    target = "管网：铺设8公里。泵站：完成选址。"
    assert warned(target, "管网：铺设8.2公里。泵站：尚未选址。", "部分完成") == []
    assert warned(target, "管网：铺设8.2公里。泵站：正在比选。", "部分完成") == []
    assert [code for code, _why in warned(target, "管网：铺设8.2公里。泵站：选址完成。", "未完成")] == ["S02"]


def test_row_findings__work_to_finish_may_be_open() -> None:
    target = "完成主体施工，投资1000万元。"
    assert warned(target, "完成投资1200万元，主体施工至三层。", "未完成") == []
    assert [code for code, _why in warned(target, "完成投资1200万元，主体施工已完成。", "未完成")] == ["S02"]


def test_row_findings__nothing_without_a_status_or_a_text() -> None:
    assert warned("盘活570亩。", "已盘活512亩。", "未报送") == []
    assert warned("盘活570亩。", " ") == []


def test_row_findings__target_that_contradicts_itself() -> None:
    row = SenseRow(1, "", "争取资金46.4亿元。其中，专款11.7亿元、贷款24.7亿元。", "未完成", "正在争取。")
    (found,) = row_findings(row, CONTEXT)
    assert (found.code.name, found.values["first"]) == ("S04", "争取资金46.4亿元")
