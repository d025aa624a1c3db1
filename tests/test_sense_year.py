"""The year's target is reached by figures only where a cumulative figure of the same thing answers each clause."""

from __future__ import annotations

import pytest

from reportgen.core.sense.year import year_reached


@pytest.mark.parametrize(
    ("annual", "completion", "shown"),
    [
        (
            "新增高新技术企业30家。",
            "累计新增高新技术企业31家。",
            "目标“新增高新技术企业30家” → 实际“累计新增高新技术企业31家”",
        ),
        (
            "外贸进出口总额达到64亿元。",
            "1—11月累计实现进出口总额65.2亿元。",
            "目标“外贸进出口总额达到64亿元” → 实际“1—11月累计实现进出口总额65.2亿元”",
        ),
        (
            "新建公路86公里、养护42公里。",
            "截至11月底，累计新建公路90公里、养护43公里。",
            "目标“新建公路86公里” → 实际“累计新建公路90公里”；目标“养护42公里” → 实际“养护43公里”",
        ),
        ("签约项目20个以上。", "累计签约项目21个。", "目标“签约项目20个以上” → 实际“累计签约项目21个”"),
    ],
)
def test_year_reached__by_cumulative_figures(annual, completion, shown):
    assert year_reached(annual, completion) == shown


@pytest.mark.parametrize(
    ("annual", "completion"),
    [
        ("新增高新技术企业30家。", "累计新增高新技术企业29家。"),  # short of it
        ("新增高新技术企业30家。", "本月新增高新技术企业31家。"),  # the month's own
        ("新增高新技术企业30家。", "新增高新技术企业31家。"),  # since when is not said
        ("新增高新技术企业30家。", "累计推荐申报高新技术企业51家。"),  # on the way to it
        ("新增高新技术企业30家。", "预计全年累计新增高新技术企业31家。"),  # a forecast
        ("新增高新技术企业30家。", "累计新增高新技术企业约31家。"),
        ("新增高新技术企业30家，推进科创飞地建设。", "累计新增高新技术企业31家。"),  # something without a figure
        ("新建公路86公里、养护42公里。", "累计新建公路90公里、养护40公里。"),
        ("新建公路86公里、养护42公里。", "累计新建公路90公里。"),
        ("进出口总额增长5%。", "1—11月累计增长6%。"),  # known when the year has ended
        ("安全事故控制在3起以内。", "累计发生安全事故1起。"),
        ("推进老旧小区改造。", "累计改造26个。"),
        ("", "累计改造26个。"),
    ],
)
def test_year_reached__nothing_where_anything_is_unsure(annual, completion):
    assert year_reached(annual, completion) == ""
