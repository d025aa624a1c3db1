"""Rules on answers: one case a rule, with the code and cell it gives, and what is no finding."""

from __future__ import annotations

import pytest

from reportgen.core.rules.rows import every_asked_row_came_back, every_asked_unit_reported
from reportgen.core.rules.values import RULES, Subject, normalised
from reportgen.core.rulings import Ruling, Rulings, is_settled
from tests.world import FIELDS, STATUSES, answer, asked, ledger, reports, task

PLAN = asked(ledger(task(1, "区水利局"), task(2, "区财政局")))
ASK = PLAN.asks[0]


def found(status, completion, **others):
    given, notes, _changes = normalised(answer(1, status, completion, **others), ASK, FIELDS, STATUSES)
    subject = Subject(ASK, given, FIELDS, STATUSES)
    return [(f.code.name, f.field) for f in (*notes, *(f for rule in RULES for f in rule(subject)))]


@pytest.mark.parametrize(
    ("status", "completion", "others", "codes"),
    [
        ("完成", "改造13公里。", {}, []),
        ("", "改造13公里。", {}, [("V01", "status")]),
        ("完成", "", {}, [("V01", "completion")]),
        ("完成", "改造13公里。", {"next_target": ""}, [("V07", "next_target")]),
        ("已完成", "改造13公里。", {}, [("V03", "status")]),
        ("完成。", "改造13公里。", {}, [("V03", "status")]),
        ("　完 成", "改造13公里。", {}, [("V03", "status")]),
        ("基本完成", "改造13公里。", {}, [("V02", "status")]),
        ("未完成", "改造3公里。", {}, [("V06", "reason")]),
        ("未完成", "改造3公里。", {"reason": "雨季停工"}, []),
        ("完成", "好", {}, [("V04", "completion")]),
        ("完成", "完成", {}, []),
        ("完成", "长" * 401, {}, [("V05", "completion")]),
        ("完成", "未完成。改造3公里。", {}, [("V11", "status")]),
        ("完成", "完成项目总投资的74.8%。", {}, []),
    ],
)
def test_rules__on_one_answer(status, completion, others, codes):
    assert found(status, completion, **others) == codes


def test_rules__a_locked_next_target_is_not_asked():
    plan_with_next = asked(ledger(task(1, "区水利局", next_target="完成验收。")))
    subject = Subject(plan_with_next.asks[0], answer(1, "完成", "改造13公里。", next_target=""), FIELDS, STATUSES)
    assert [f for rule in RULES for f in rule(subject)] == []


def test_rules__an_unknown_status_is_told_with_the_choices():
    subject = Subject(ASK, answer(1, "基本完成", "改造13公里。"), FIELDS, STATUSES)
    (finding,) = [f for rule in RULES for f in rule(subject)]
    assert finding.message == "第1项的“完成状态”填的是“基本完成”，不在选项内。"
    assert finding.hint.startswith("请改为：完成、部分完成、未完成、暂缓实施")
    assert finding.place.cell == "E11"


def test_every_asked_row_came_back__missing_rows_are_told():
    report = reports(区水利局=[])["区水利局"]
    assert [(f.code.name, f.seq) for f in every_asked_row_came_back(report, PLAN)] == [("R04", 1)]


def test_every_asked_unit_reported__silent_units_are_told_with_their_rows():
    (finding,) = every_asked_unit_reported(PLAN, frozenset(["区水利局"]))
    assert (finding.code.name, finding.unit, finding.values["rows"]) == ("M01", "区财政局", "第2项")


@pytest.mark.parametrize(
    ("ruling", "settled"),
    [
        (Ruling(1, "完成"), {"status"}),
        (Ruling(1, "", "改造13公里。"), {"completion"}),
        (Ruling(1, "完成", "改造13公里。"), {"status", "completion", "row", "unit"}),
        (Ruling(1, "未报送"), {"status", "completion", "row", "unit"}),
        (Ruling(1), set()),
    ],
)
def test_is_settled__by_what_the_office_ruled(ruling, settled):
    by_row = {key: Subject(ASK, answer(1, "", ""), FIELDS, STATUSES) for key in ("status", "completion")}
    findings = {f.field: f for subject in by_row.values() for rule in RULES for f in rule(subject) if f.field in by_row}
    findings["row"] = next(iter(every_asked_row_came_back(reports(区水利局=[])["区水利局"], PLAN)))
    findings["unit"] = next(f for f in every_asked_unit_reported(PLAN, frozenset()) if f.unit == "区水利局")
    rulings = Rulings({1: ruling})
    assert {name for name, finding in findings.items() if is_settled(finding, rulings)} == settled


def test_is_settled__a_silent_unit_by_its_own_ruling():
    (finding,) = every_asked_unit_reported(PLAN, frozenset(["区水利局"]))
    assert is_settled(finding, Rulings(unreported=frozenset(["区财政局"])))
    assert not is_settled(finding, Rulings(unreported=frozenset(["区水利局"])))
