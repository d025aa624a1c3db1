"""Counts, shares and ranks, by status, leader, unit and group."""

from __future__ import annotations

from reportgen.core.figures import by_group, by_lead, by_leader, by_member, figures, percent, ranked, sentence
from reportgen.core.model import Role
from reportgen.core.outcomes import Outcome, Result, UnitPunctuality, outcome_of, result_of
from reportgen.core.period import Period
from reportgen.core.units import State, UnitState
from tests import world
from tests.world import STATUSES


def outcome(seq: int, status: str, units: str = "甲局", leaders: str = "林知远", group: str = "", target: bool = True):
    """Return an outcome; the first of `units` leads, one in brackets gives data."""
    roles = [
        (u.strip("()"), Role.DATA if u.startswith("(") else Role.MEMBER if n else Role.LEAD)
        for n, u in enumerate(units.split())
    ]
    return Outcome(seq, status, target, leaders=tuple(leaders.split()), units=tuple(roles), group=group)


def result(period: str, *outcomes: Outcome, late: str = "", silent: str = "", units: str = "") -> Result:
    punctual = [UnitPunctuality(u, u not in silent.split(), u in late.split()) for u in units.split()]
    return Result(Period.parse(period), outcomes, tuple(punctual), STATUSES)


def counted(breakdowns) -> list[tuple[str, int, int]]:
    return [(one.name, one.figures.met, one.figures.total) for one in breakdowns]


def test_figures__what_does_not_count_stands_apart():
    rows = [outcome(n, s) for n, s in enumerate(("完成", "完成", "部分完成", "未完成", "未报送", "暂缓实施", ""), 1)]
    rows.append(outcome(8, "", target=False))
    shown = figures(rows, STATUSES)
    assert shown.counted == (("完成", 2), ("部分完成", 1), ("未完成", 1), ("未报送", 1))
    assert shown.left_out == (("暂缓实施", 1),)
    assert (shown.total, shown.excluded, shown.without_target, shown.open) == (5, 1, 1, 1)
    assert (shown.met, shown.partly, shown.not_met, shown.unreported, shown.rate) == (2, 1, 1, 1, "40.00%")
    assert sentence(shown) == (
        "5项中，完成2项，占40.00%；部分完成1项，占20.00%；未完成1项，占20.00%；未报送1项，占20.00%。"
        "另有暂缓实施1项，不计入。另有1项本期无目标。尚有1项未定，没有计入。"
    )


def test_percent__a_half_is_rounded_up_and_nothing_is_adjusted():
    assert [percent(*pair) for pair in ((1, 800), (3, 800), (105, 124), (1, 3), (2, 3), (0, 0), (5, 5))] == [
        "0.13%",
        "0.38%",
        "84.68%",
        "33.33%",
        "66.67%",
        "0.00%",
        "100.00%",
    ]


def test_breakdowns__by_leader_lead_member_and_group():
    rows = (
        outcome(1, "完成", "甲局 乙局 (丙局)", "林知远 高远", "一、增长"),
        outcome(2, "未完成", "乙局 甲局", "高远", "一、增长"),
        outcome(3, "暂缓实施", "丁局", "罗安", "二、民生"),
    )
    assert counted(by_leader(rows, STATUSES, ["高远", "林知远", "沈明川"])) == [
        ("高远", 1, 2),
        ("林知远", 1, 1),
        ("罗安", 0, 0),
    ]
    assert counted(by_lead(rows, STATUSES, ["乙局"])) == [("乙局", 0, 1), ("甲局", 1, 1), ("丁局", 0, 0)]
    assert counted(by_member(rows, STATUSES)) == [("乙局", 1, 1), ("甲局", 0, 1)]
    assert counted(by_group(rows, STATUSES)) == [("一、增长", 1, 2), ("二、民生", 0, 0)]
    assert by_group(rows[:0], STATUSES) == ()


def test_ranked__equal_units_share_a_rank_and_few_tasks_are_marked():
    july = result("2023-07", units="甲局 乙局 丙局 丁局", late="丙局", silent="丁局")
    august = result(
        "2023-08",
        *(outcome(n, "完成", "甲局") for n in (1, 2, 3)),
        *(outcome(n, "完成", "乙局 戊局") for n in (4, 5)),
        outcome(6, "完成", "丙局"),
        outcome(7, "未完成", "丁局"),
        outcome(8, "暂缓实施", "己局"),
        units="甲局 乙局 丙局 丁局",
    )
    shown = ranked((july, august), ["乙局", "甲局"])
    assert [(u.rank, u.name, u.has_few, f"{u.on_time}/{u.owed}", u.state) for u in shown] == [
        (1, "乙局", True, "2/2", "按时"),
        (1, "甲局", False, "2/2", "按时"),
        (3, "丙局", True, "1/2", "按时"),
        (4, "丁局", True, "1/2", "按时"),
        (0, "己局", False, "0/0", ""),
        (0, "戊局", False, "0/0", ""),
    ]


def test_outcome_of__the_unit_that_leads_is_known_without_a_mark():
    task = world.task(1, "甲局 乙局 丙局提供数据")
    (row,) = world.merged(world.ledger(task), world.reports(甲局=[world.answer(1, "完成", "已完成全部管网改造。")]))[
        0
    ].rows
    shown = outcome_of(row)
    assert shown.units == (("甲局", Role.LEAD), ("乙局", Role.MEMBER), ("丙局", Role.DATA))
    assert (shown.lead, shown.members, shown.leaders) == ("甲局", ("乙局",), ("林知远",))
    assert shown.completion == "完成。已完成全部管网改造。"


def test_result_of__a_unit_that_must_correct_can_be_late_too():
    units = [
        UnitState("甲局", State.MUST_CORRECT, "a.xlsx", is_late=True),
        UnitState("乙局", State.RETURNED, "b.xlsx"),
        UnitState("丙局", State.RULED),
    ]
    shown = result_of(world.AUGUST, (), units, STATUSES).units
    assert [(u.unit, u.label, u.is_on_time) for u in shown] == [
        ("甲局", "迟报", False),
        ("乙局", "按时", True),
        ("丙局", "未报", False),
    ]
