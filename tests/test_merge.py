"""One row from many answers (rules 2, 3, 7, 8)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.core.merge import unprinted_characters, without_status
from reportgen.core.text import squeeze
from tests.world import STATUSES, answer, asked, ledger, merged, printed, reports, ruling, task

PARTS = "基站：建成3处。车位：新增20个。"
DIVIDED = ledger(task(1, "区工信局 区城管局", PARTS, {"基站": "区工信局", "车位": "区城管局"}))
LED = ledger(task(1, "区财政局 区水利局（牵头）"))


def codes(findings):
    return [f.code.name for f in findings]


def test_merge__a_single_answer_is_left_alone():
    assert printed(LED, reports(区水利局=[answer(1, "完成", "改造13公里")])) == ["完成。改造13公里"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("完成。完成项目总投资的74.8%。", "完成项目总投资的74.8%。"),
        ("完成，累计13公里。", "累计13公里。"),
        ("完成", ""),
        ("完成项目总投资的74.8%。", "完成项目总投资的74.8%。"),
        ("部分完成。甲。", "部分完成。甲。"),
    ],
)
def test_without_status__only_before_punctuation_or_the_end(text, left):
    assert without_status(text, "完成")[0] == left


def test_merge__parts_join_in_the_targets_order_and_are_closed():
    answers = reports(
        区城管局=[answer(1, "未完成", "新增18个", "车位")], 区工信局=[answer(1, "完成", "建成4处。", "基站")]
    )
    result, findings = merged(DIVIDED, answers)
    assert [row.printed_completion for row in result.rows] == ["部分完成。基站：建成4处。车位：新增18个。"]
    assert codes(findings) == ["M03"]
    assert [(c.before, c.after) for c in result.changes] == [("新增18个", "新增18个。")]


def test_merge__a_label_typed_again_is_dropped_once():
    answers = reports(
        区城管局=[answer(1, "完成", "车位:新增22个。", "车位")], 区工信局=[answer(1, "完成", "建成4处。", "基站")]
    )
    assert printed(DIVIDED, answers) == ["完成。基站：建成4处。车位：新增22个。"]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("完成", "完成"), "完成"),
        (("未完成", "未完成"), "未完成"),
        (("完成", "未完成"), "部分完成"),
        (("部分完成", "未完成"), "部分完成"),
        (("完成", "未报送"), "部分完成"),
        (("未完成", "未报送"), "未完成"),
        (("未报送", "未报送"), "未报送"),
        (("完成", "暂缓实施"), "完成"),
        (("暂缓实施", "暂缓实施"), "暂缓实施"),
    ],
)
def test_combined__status_of_the_whole(parts, whole):
    assert STATUSES.combined(parts) == whole


def test_merge__under_every_texts_join_under_unit_names_lead_first():
    answers = reports(区财政局=[answer(1, "未完成", "资金未到位")], 区水利局=[answer(1, "完成", "改造13公里。")])
    result, findings = merged(LED, answers, every=True)
    assert [row.printed_completion for row in result.rows] == ["完成。区水利局：改造13公里。区财政局：资金未到位。"]
    assert codes(findings) == ["M03", "M02"]


def test_merge__only_a_ruling_overrides():
    answers = reports(区水利局=[answer(1, "完成", "改造13公里。")])
    assert printed(LED, answers, [ruling(1, "部分完成")]) == ["部分完成。改造13公里。"]
    assert printed(LED, answers, [ruling(1, "", "改造11公里。")]) == ["完成。改造11公里。"]
    assert printed(LED, answers, [ruling(1, "未完成", "未完成。改造11公里。")]) == ["未完成。改造11公里。"]


def test_merge__a_silent_unit_is_marked_until_it_is_ruled():
    assert printed(LED, {}) == ["【未报送】"]
    assert printed(LED, {}, unreported=["区水利局"]) == ["未报送。"]
    answers = reports(区工信局=[answer(1, "完成", "建成4处。", "基站")])
    assert printed(DIVIDED, answers) == ["【待补充】基站：建成4处。车位：【未报送】"]
    assert printed(DIVIDED, answers, unreported=["区城管局"]) == ["部分完成。基站：建成4处。车位：未报送。"]


def test_merge__a_row_without_target_is_printed_and_not_asked():
    book = ledger(task(1, "区水利局", target=""))
    result, findings = merged(book, {})
    assert [(row.target, row.printed_completion, row.has_target) for row in result.rows] == [("本月无目标", "", False)]
    assert codes(findings) == ["M05"]


def test_merge__a_ruling_on_an_unknown_task_is_told():
    result, findings = merged(LED, reports(区水利局=[answer(1, "完成", "好。")]), [ruling(9, "完成")])
    assert len(result.rows) == 1
    assert codes(findings) == ["M07"]


def test_merge__members_of_a_leading_group_are_combined_under_their_names():
    book = ledger(task(1, "各街道"), groups={"各街道": "东街道 西街道"})
    answers = reports(西街道=[answer(1, "未完成", "未动工。")], 东街道=[answer(1, "完成", "已建成。")])
    assert printed(book, answers) == ["部分完成。东街道：已建成。西街道：未动工。"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60).map(str.strip)


@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(st.sampled_from(STATUSES.names), min_size=3, max_size=3))
def test_merge__no_character_is_lost_and_order_of_arrival_does_not_matter(texts, statuses):
    target = "甲：一。乙：二。丙：三。"
    units = ("区一局", "区二局", "区三局")
    book = ledger(task(1, " ".join(units), target, dict(zip("甲乙丙", units, strict=True))), task(2, "区四局"))
    rows = [answer(1, s, t, label) for label, s, t in zip("甲乙丙", statuses, texts, strict=True)]
    by_unit = list(zip(units, rows, strict=True))
    results = []
    for order in itertools.permutations(by_unit):
        result, _findings = merged(book, reports(**{unit: [row] for unit, row in order}))
        assert [row.seq for row in result.rows] == [t.seq for t in asked(book).tasks]
        assert not any(map(unprinted_characters, result.rows))
        results.append([row.printed_completion for row in result.rows])
        changed = {change.before: change.after for change in result.changes}
        for text in texts:
            while text in changed:
                assert changed[text] == f"{text}。" or text.endswith(changed[text])
                text = changed[text]
            assert squeeze(text) in squeeze(results[-1][0])
    assert all(result == results[0] for result in results)


def test_merge__the_next_target_that_is_printed_is_the_one_that_will_hold():
    book = ledger(
        task(1, "区水利局", next_target="完成验收。"), *(task(seq, "区水利局") for seq in (2, 3)), task(4, "区财政局")
    )
    given = reports(
        区水利局=(
            answer(1, "完成", "已完成。", next_target=""),
            answer(2, "完成", "已完成。"),
            answer(3, "完成", "已完成。"),
        )
    )
    decided = [
        ruling(1, next_target="不用。"),
        ruling(2, next_target="本室定的。"),
        ruling(4, "未报送", "", "也定了。"),
    ]
    result, _findings = merged(book, given, decided)
    assert [row.cells()["next_target"] for row in result.rows] == ["完成验收。", "本室定的。", "继续推进。", "也定了。"]
