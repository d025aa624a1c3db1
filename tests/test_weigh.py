"""Which return counts (rule 4)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from reportgen.core.findings import Place
from reportgen.core.records import Filled
from reportgen.core.weigh import counts, unit_reports
from tests.world import answer, asked, ledger, task

PLAN = asked(ledger(task(1, "区水利局"), task(2, "区水利局")))
EARLY, LATE = datetime(2023, 9, 1, 9), datetime(2023, 9, 2, 9)


def sent(file, *texts, round=1, filled_on=None, received=EARLY):
    answers = tuple(answer(seq, "完成" if text else "", text, next_target="") for seq, text in enumerate(texts, 1))
    return Filled("区水利局", file, answers, round, filled_on, received)


def weighed(*returns):
    reports, findings = unit_reports(returns, PLAN)
    report = reports["区水利局"]
    texts = [report.answers[key].text("completion") for key in sorted(report.answers)]
    return texts, report.files, report.superseded, sorted(f.code.name for f in findings)


@pytest.mark.parametrize(
    "newer",
    [
        {"round": 2, "filled_on": date(2023, 8, 1)},
        {"filled_on": date(2023, 9, 2)},
        {"filled_on": date(2023, 9, 1), "received": LATE},
    ],
    ids=["higher round", "later date", "later receipt"],
)
def test_unit_reports__the_newer_counts_in_any_order_of_reading(newer):
    old = sent("甲.xlsx", "旧一", "旧二", filled_on=date(2023, 9, 1))
    new = sent("乙.xlsx", "新一", "新二", **newer)
    texts, files, superseded, codes = weighed(old, new)
    assert (texts, files, superseded) == (["新一", "新二"], ("乙.xlsx",), ("甲.xlsx",))
    assert codes == ["F08"]
    assert weighed(new, old) == (texts, files, superseded, codes)


def test_unit_reports__a_return_of_unknown_receipt_is_the_earliest_and_keeps_its_unit_from_being_late():
    unknown, late = sent("甲.xlsx", "旧一", "旧二", received=None), sent("乙.xlsx", "新一", "新二", received=LATE)
    assert weighed(unknown, late) == (["新一", "新二"], ("乙.xlsx",), ("甲.xlsx",), ["F08"])
    received = [unit_reports(sent, PLAN)[0]["区水利局"].received for sent in ([unknown, late], [late], [unknown])]
    assert received == [None, LATE, None]


def test_unit_reports__returns_that_nothing_tells_apart_are_an_error():
    old, new = sent("甲.xlsx", "旧一", "旧二"), sent("乙.xlsx", "新一", "新二")
    assert weighed(old, new)[3] == ["F08", "F13"]


def test_unit_reports__the_same_content_twice_is_no_doubt():
    _texts, _files, _superseded, codes = weighed(sent("甲.xlsx", "一", "二"), sent("乙.xlsx", "一", "二"))
    assert codes == ["F08"]


def test_unit_reports__a_later_return_of_some_rows_replaces_only_those():
    old = sent("甲.xlsx", "旧一", "旧二")
    new = sent("补报.xlsx", "", "新二", round=2)
    assert weighed(old, new) == (["旧一", "新二"], ("补报.xlsx", "甲.xlsx"), (), ["R08"])


def test_unit_reports__receipt_is_that_of_the_first_return():
    reports, _findings = unit_reports(
        [sent("甲.xlsx", "一", "二"), sent("乙.xlsx", "三", "四", round=2, received=LATE)], PLAN
    )
    assert reports["区水利局"].received == EARLY


def test_counts__what_a_later_return_has_replaced_no_longer_matters():
    def read(file, **texts):
        one = sent(file, *texts.values(), round=2 if file == "新.xlsx" else 1)
        answers = tuple(replace(a, place=Place(file, "报送表", a.seq + 10, 1)) for a in one.answers)
        return replace(one, answers=answers)

    def matters(old, new):
        reports, _findings = unit_reports([old, new], PLAN)
        seqs = (1, 2, 9, None)  # 9: a row that nobody asked for
        return [counts(reports, "区水利局", Place("旧.xlsx", "报送表", 11, 5), seq) for seq in seqs]

    old = read("旧.xlsx", one="旧一", two="旧二")
    assert matters(old, read("新.xlsx", one="新一", two="新二")) == [False] * 4
    assert matters(old, read("新.xlsx", one="新一", two="")) == [False, True, True, True]
    assert counts({}, "区水利局", Place("旧.xlsx"), 1)
