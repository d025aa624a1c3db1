"""The statistics behind the notice on paper: a chart stands whole on a page of its own, each bar with its label."""

from __future__ import annotations

import pytest

from reportgen.core.fields import StatusClass
from reportgen.core.statistics import ChartPlan, StatisticsSheet
from reportgen.writers.sheet import new_workbook, saved
from reportgen.writers.statistics_sheets import add_statistics
from tests.printing import printed, words_of

pytestmark = pytest.mark.office
UNITS = tuple(f"区{first}{second}局" for first in "甲乙丙丁戊己庚辛" for second in "金木水火土")


def test_add_statistics__every_bar_of_a_long_chart_keeps_its_label(tmp_path):
    sheet = StatisticsSheet(
        name="按单位",
        title="8月份各单位完成和报送情况",
        headings=("名次", "单位", "计入统计", "完成", "未完成"),
        rows=tuple((number, unit, 3, 2, 1) for number, unit in enumerate(UNITS, 1)),
        widths=(17.0, 45.0, 35.0, 35.0, 35.0),
        charts=(ChartPlan("各单位牵头任务（项）", 2, (4, 5), is_across=True),),
        colors={"完成": StatusClass.MET, "未完成": StatusClass.NOT},
    )
    workbook = new_workbook()
    workbook.remove(workbook.active)
    add_statistics(workbook, [sheet])
    *table, chart = words_of(printed(tmp_path, {"统计.xlsx": saved(workbook)})["统计.xlsx"])
    assert [word.text for words in table for word in words if word.text in UNITS] == list(UNITS)
    assert [word.text for word in chart if word.text in UNITS] == list(UNITS)
    assert "各单位牵头任务(项)" in "".join(word.text for word in chart).replace("（", "(").replace("）", ")")
