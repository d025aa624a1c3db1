"""The months beside each other: runs without success, falls, annual targets that were met before."""

from __future__ import annotations

import pytest

from reportgen.core.courses import annual_target_met, courses, remarks
from reportgen.core.outcomes import Outcome, Result
from reportgen.core.period import Period
from tests.world import STATUSES


def told(*statuses: str, completion: str = "", seq: int = 1) -> list[tuple[str, str]]:
    """Return what is told of one task by its statuses in the months from January: 无 without a target, 缺 not printed.

    `completion` is the text of the first month.
    """
    results = []
    for month, status in enumerate(statuses, 1):
        if status == "缺":
            continue
        text = completion if month == 1 else "继续推进。"
        row = Outcome(seq, "" if status == "无" else status, status != "无", "年度任务。", "当期任务。", text)
        results.append(Result(Period(2023, month, month), (row,), (), STATUSES))
    return [(f.code.name, f.message) for f in remarks(results)]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("完成", "未完成", "未完成"), "第1项连续2期未完成：2月份、3月份。"),
        (("未完成", "无", "未完成"), "第1项连续2期未完成：1月份、3月份。"),
        (("未完成", "暂缓实施", "未完成"), "第1项连续2期未完成：1月份、3月份。"),
        (("部分完成", "未完成"), "第1项连续2期没有全部完成：1月份部分完成、2月份未完成。"),
        (("部分完成", "部分完成"), "第1项连续2期部分完成：1月份、2月份。"),
    ],
)
def test_remarks__a_run_without_success(statuses, said):
    assert ("P02", said) in told(*statuses)


@pytest.mark.parametrize(
    "statuses",
    [
        ("未完成",),
        ("未完成", "完成"),
        ("未完成", "未报送", "未完成"),  # silent is not 未完成
        ("未完成", "缺", "未完成"),  # nobody knows of February
        ("未完成", "未完成", "无"),
        ("未完成", "未完成", "暂缓实施"),
    ],
)
def test_remarks__no_run(statuses):
    assert told(*statuses) == []


def test_remarks__fallen_back_from_met():
    assert told("完成", "未完成") == [("P03", "第1项1月份为“完成”，本期为“未完成”。")]
    assert told("完成", "无", "部分完成") == [("P03", "第1项1月份为“完成”，本期为“部分完成”。")]
    assert told("完成", "未报送") == []


def test_remarks__the_annual_target_was_met_before():
    said = "已提前完成年度目标任务，共改造15公里。"
    assert told("完成", "完成", completion=said) == [
        ("P05", "第1项的年度目标1月份已完成（“已提前完成年度目标任务”）。")
    ]
    assert ("P04", "第1项1月份年度目标已完成（“已提前完成年度目标任务”），本期却为“未完成”。") in told(
        "完成", "未完成", completion=said
    )
    assert told("部分完成", "完成", completion=said) == []


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("已完成全年目标任务。", True),
        ("全年目标任务已提前完成。", True),
        ("年度目标均已完成，验收合格。", True),
        ("已超额完成年度任务，达100%。", True),
        ("已完成年度目标的74.8%。", False),
        ("力争12月底前完成年度目标任务。", False),
        ("年度目标尚未完成。", False),
        ("已完成年度任务过半。", False),
        ("已完成8月份目标任务。", False),
    ],
)
def test_annual_target_met__only_where_the_text_says_so(text, is_met):
    assert bool(annual_target_met(Outcome(1, "完成", True, "甲。", "乙。", text), STATUSES)) == is_met


def test_annual_target_met__by_the_figures_of_a_row_that_is_met():
    annual, text = "新增高新技术企业30家。", "累计新增高新技术企业31家。"
    shown = "目标“新增高新技术企业30家” → 实际“累计新增高新技术企业31家”"
    assert annual_target_met(Outcome(1, "完成", True, annual, "累计25家。", text), STATUSES) == shown
    assert annual_target_met(Outcome(1, "部分完成", True, annual, "累计25家。", text), STATUSES) == ""


def test_annual_target_met__the_target_of_the_period_is_that_of_the_year():
    assert annual_target_met(Outcome(1, "完成", True, "建成 1 处。", "建成1处。"), STATUSES) == "当期目标即年度目标"


def test_courses__tasks_that_ended_stand_last():
    months = [Period(2023, 1, 1), Period(2023, 2, 2)]
    first = Result(months[0], (Outcome(9, "完成", True), Outcome(2, "", False)), (), STATUSES)
    second = Result(months[1], (Outcome(3, "未完成", True), Outcome(2, "完成", True)), (), STATUSES)
    assert [(c.seq, [c.statuses.get(p) for p in months]) for c in courses((first, second))] == [
        (3, [None, "未完成"]),
        (2, ["", "完成"]),
        (9, ["完成", None]),
    ]
