"""Sense checks that are notes: words, labels, numbers, times, marks; and the repairs of marks."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from reportgen.core.fields import Status, StatusClass, Statuses
from reportgen.core.findings import Place, Severity
from reportgen.core.parts import split_parts
from reportgen.core.period import Period
from reportgen.core.sense import SenseContext, SenseRow, row_findings, tidied

STATUSES = Statuses(
    (
        Status("完成", StatusClass.MET),
        Status("部分完成", StatusClass.PARTLY),
        Status("未完成", StatusClass.NOT, ("没完成",)),
    )
)
CONTEXT = SenseContext(
    Period(2024, 9, 9),
    STATUSES,
    units={"区住房城乡建设局": ("区住建局", "住建局"), "东湖街道办事处": ("东湖街道",), "区水利局": ()},
)


def notes(row: SenseRow, context: SenseContext = CONTEXT) -> list[str]:
    return [f.code.name for f in row_findings(row, context) if f.severity is Severity.NOTE]


def row(completion: str, status: str = "完成", target: str = "推进项目建设。", **more: object) -> SenseRow:
    labels = tuple(part.label for part in split_parts(target) if part.label)
    return replace(SenseRow(1, "甲局", target, status, completion, labels=labels), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        ("完成", "用地手续尚未批复，前期工作有序开展。", ["S09"]),
        ("完成", "受连续降雨影响，项目暂缓施工。", ["S09"]),
        ("完成", "设备采购完成，因资金未到位，安装工程未开工。", ["S09"]),
        ("完成", "因企业改制，签约工作无法推进。", ["S09"]),
        ("完成", "开展执法检查2次，尚未发现违法行为。", []),
        ("完成", "组织未成年人保护宣传，未发生安全事故。", []),
        ("完成", "项目已竣工投用。", []),
        ("未完成", "全部手续已办结，项目已完成竣工验收。", ["S10"]),
        ("未完成", "道路主体已完成，绿化工程正在施工。", []),
        ("未完成", "主体已完成，因电力未接通暂未投用。", []),
        ("未完成", "已完成总工程量的60%。", []),
    ],
)
def test_row_findings__status_and_words(status: str, text: str, expected: list[str]) -> None:
    assert notes(row(text, status)) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (None, []),
        ("", ["S11"]),
        ("未完成。", ["S11"]),
        ("没完成", ["S11"]),
        ("无", ["S11"]),
        ("正在办理用地手续。", ["S11"]),
        ("上级资金未下达。", []),
    ],
)
def test_row_findings__reason(reason: str | None, expected: list[str]) -> None:
    assert notes(row("正在办理用地手续。", "未完成", reason=reason)) == expected


def test_row_findings__answer_repeats_the_target() -> None:
    assert notes(row("已积极推进了项目建设。")) == ["S12"]
    assert notes(row("推进项目建设，完成基坑开挖。")) == []


def test_row_findings__answer_repeats_last_period() -> None:
    text = "开展巡查，督促企业整改问题。"
    assert notes(row(text, last_completion="开展巡查，督促企业整改问题")) == ["S13"]
    assert notes(row(text, last_completion="开展巡查，约谈企业。")) == []
    (found,) = row_findings(row(text, last_completion=text, last_status="部分完成"), CONTEXT)
    assert found.message.endswith("，而状态由“部分完成”改为“完成”。")


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        ("管网：铺设管线。厂区：主体施工。", "管网：铺设管线3公里。厂区：主体完成两层。", []),
        ("管网：铺设管线。厂区：主体施工。", "管网：铺设管线3公里。", ["S14"]),
        ("管网：铺设管线。厂区：主体施工。", "厂区：主体完成两层。管网：铺设管线3公里。", ["S16"]),
        ("管网：铺设管线。厂区：主体施工。", "管网：铺设管线3公里。厂区：主体完成两层。泵站：完成选址。", ["S15"]),
        ("管网：铺设管线。厂区：主体施工。", "管网改造：铺设管线3公里。厂区: 主体完成两层。", ["S20"]),
        ("推进项目建设。", "进展如下：完成土方开挖。", []),
    ],
)
def test_row_findings__labels(target: str, text: str, expected: list[str]) -> None:
    assert notes(row(text, target=target)) == expected


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        ("1.编制方案。2.开展培训。", "1.方案编制完成。2.培训2场。", []),
        ("1.编制方案。2.开展培训。", "1.方案编制完成。3.培训2场。", ["S17"]),
        ("1.编制方案。2.开展培训。3.组织验收。", "1.方案编制完成。2.培训2场。", ["S17"]),
        ("1.编制方案。2.开展培训。", "方案编制完成，培训2场。", []),
        ("推进项目建设。", "投资1.2亿元。建成道路3.5公里。", []),
        ("推进项目建设。", "1.2024年预算已下达。2.10家企业进场施工。", []),
        ("推进项目建设。", "一是编制方案。二是开展培训。四是组织验收。", ["S17"]),
        ("推进项目建设。", "（1）编制方案；（2）开展培训。", []),
        ("管网：1.铺设。2.回填。", "管网：①铺设完成；②回填完成。", []),
    ],
)
def test_row_findings__numbers(target: str, text: str, expected: list[str]) -> None:
    assert notes(row(text, target=target)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("截至9月底，建成道路3公里。", []),
        ("截至8月底，建成道路3公里。", ["S18"]),
        ("8月份完成路基施工。", ["S18"]),
        ("1-8月建成道路3公里。", ["S18"]),
        ("2023年9月完成路基施工。", ["S18"]),
        ("6月12日取得施工许可，9月完成路基施工。", []),
        ("较8月底增加2公里，同比去年9月增长5%。", []),
        ("1-8月销售收入增长3%，预计1-9月增长4%。", []),
        ("实施2023年度结转项目3个。", []),
        ("10月15日完成验收。", ["S19"]),
        ("计划10月15日组织验收。", []),
        ("9月31日完成验收。", ["S19"]),
        ("力争12月底前完工。", []),
    ],
)
def test_row_findings__times(text: str, expected: list[str]) -> None:
    assert notes(row(text)) == expected


def test_row_findings__a_day_before_the_issue_date_has_come() -> None:
    answer = row("10月3日完成验收。")
    assert notes(answer) == ["S19"]
    assert notes(answer, replace(CONTEXT, issued=date(2024, 10, 8))) == []


def test_row_findings__a_quarter_holds_its_months() -> None:
    quarter = replace(CONTEXT, period=Period(2024, 7, 9))
    assert notes(row("7月份完成招标，8月份开工。"), quarter) == []
    assert notes(row("截至6月底完成招标。"), quarter) == ["S18"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("完成路基施工，，开始铺设路面。", ["S20"]),
        ("完成路基施工。。", ["S20"]),
        ("完成路基施工,开始铺设路面。", ["S20"]),
        ("完成路基施工;开始铺设路面。", ["S20"]),
        ("完成招标（含监理)。", []),
        ("完成招标(含监理)。", ["S20"]),
        ("完成面积3,500平方米，比例1:2，网址a.b.cn。", []),
        ("举办“邻里节活动。", ["S21"]),
        ("举办邻里节（第三届活动。", ["S21"]),
        ("1）编制方案。2）开展培训。", []),
        ("完成路基施工", ["S23"]),
        ("举办“邻里节。”", []),
        ("联合区住建局开展检查。", ["S22"]),
        ("联合区住房城乡建设局、东湖街道开展检查。", []),
        ("联合东湖街道办事处开展检查。", []),
    ],
)
def test_row_findings__words(text: str, expected: list[str]) -> None:
    assert notes(row(text)) == expected


def test_row_findings__both_places_and_the_reasoning() -> None:
    places = {
        "target_place": Place("表.xlsx", "填报表", 7, 3),
        "status_place": Place("表.xlsx", "填报表", 7, 4),
        "completion_place": Place("表.xlsx", "填报表", 7, 5),
    }
    answer = row("已盘活土地512亩。", target="盘活土地570亩。", **places)
    (found,) = row_findings(answer, CONTEXT)
    assert (found.code.name, found.place.cell, found.related.cell, found.seq, found.unit) == (
        "S01",
        "E7",
        "C7",
        1,
        "甲局",
    )
    assert found.message == (
        "报“完成”，而数字没有达到目标：目标“盘活土地570亩” → 实际“已盘活土地512亩”，低于目标58亩。"
    )


@pytest.mark.parametrize(
    ("text", "expected", "changes"),
    [
        ("完成招标,开始施工", "完成招标，开始施工。", ("半角标点改为全角", "末尾补句号")),
        ("完成招标。。", "完成招标。", ("重复的标点去掉一个",)),
        ("完成招标，。", "完成招标。", ("重复的标点去掉一个",)),
        ("完成招标(含监理)。", "完成招标（含监理）。", ("半角括号改为全角",)),
        ("厂区: 主体施工.", "厂区：主体施工。", ("半角标点改为全角", "半角句点改为句号")),
        ("投资1,200万元，比例1:2。", "投资1,200万元，比例1:2。", ()),
    ],
)
def test_tidied__marks_only(text: str, expected: str, changes: tuple[str, ...]) -> None:
    assert tidied(text) == (expected, changes)
    assert tidied(expected) == (expected, ())
