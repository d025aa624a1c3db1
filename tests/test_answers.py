"""Who owes what (rule 1) and which target holds (rule 6)."""

from __future__ import annotations

from reportgen.core.answers import plan
from reportgen.core.period import Period
from tests.world import AUGUST, SEPTEMBER, asked, ledger, task


def owing(plan_of_month):
    return [(ask.unit, ask.seq, ask.label) for ask in plan_of_month.asks]


def test_plan__one_unit_answers():
    assert owing(asked(ledger(task(1, "区水利局")))) == [("区水利局", 1, "")]


def test_plan__the_marked_lead_answers_wherever_it_stands():
    assert owing(asked(ledger(task(1, "区财政局 区水利局（牵头） 区统计局提供数据")))) == [("区水利局", 1, "")]


def test_plan__without_a_mark_the_first_answers_but_never_a_data_unit():
    assert owing(asked(ledger(task(1, "区统计局提供数据 区财政局 区水利局")))) == [("区财政局", 1, "")]


def test_plan__collect_every_asks_all_but_data_units_lead_first():
    book = ledger(task(1, "区财政局 区水利局（牵头） 区统计局提供数据"))
    assert owing(asked(book, every=True)) == [("区水利局", 1, ""), ("区财政局", 1, "")]


def test_plan__parts_go_to_their_units_and_unassigned_labels_to_the_lead():
    target = "基站：建成3处。车位：新增20个。充电桩：建成5个。"
    book = ledger(task(1, "区工信局（牵头） 区城管局", target, {"车位": "区城管局", "基站": "区工信局"}))
    result, findings = plan(book, AUGUST)
    assert owing(result) == [("区工信局", 1, "基站"), ("区城管局", 1, "车位"), ("区工信局", 1, "充电桩")]
    assert [ask.target for ask in result.asks] == ["建成3处。", "新增20个。", "建成5个。"]
    assert [(f.code.name, f.values["label"]) for f in findings] == [("L09", "充电桩")]


def test_plan__a_division_line_whose_label_is_not_in_the_target_owes_nothing():
    book = ledger(task(1, "区工信局 区城管局", "基站:建成3处。", {"基站": "区工信局", "车位": "区城管局"}))
    result, findings = plan(book, AUGUST)
    assert owing(result) == [("区工信局", 1, "基站")]
    assert [(f.code.name, f.values["label"]) for f in findings] == [("L08", "车位")]


def test_plan__when_no_divided_label_is_in_the_target_the_lead_answers_for_the_whole():
    book = ledger(task(1, "区工信局 区城管局（牵头）", "完成全部招标。", {"基站": "区工信局"}))
    assert owing(asked(book)) == [("区城管局", 1, "")]


def test_plan__a_group_is_its_members():
    book = ledger(task(1, "各街道"), groups={"各街道": "东街道 西街道"})
    assert owing(asked(book)) == [("东街道", 1, ""), ("西街道", 1, "")]


def test_plan__no_target_asks_nothing_and_stays_in_the_notice():
    book = ledger(task(1, "区水利局", target=""), task(2, "区水利局"))
    assert [t.seq for t in asked(book).tasks] == [1, 2]
    assert owing(asked(book)) == [("区水利局", 2, "")]


def test_plan__outside_its_start_and_end_a_task_is_neither_asked_nor_printed():
    book = ledger(
        task(1, "区水利局", start=SEPTEMBER), task(2, "区水利局", end=Period(2023, 6, 6)), task(3, "区水利局")
    )
    assert [t.seq for t in asked(book).tasks] == [3]


def test_plan__the_ledgers_next_target_is_locked_and_carried_targets_fill_gaps():
    book = ledger(task(1, "区水利局", next_target="完成验收。"), task(2, "区水利局", target=""))
    result, _findings = plan(book, AUGUST, carried={1: "不用", 2: "去年审定的目标。"})
    assert [(ask.target, ask.next_target) for ask in result.asks] == [
        ("累计完成管网改造12公里。", "完成验收。"),
        ("去年审定的目标。", None),
    ]


def test_plan__informed_units_take_part_without_answering():
    book = ledger(task(1, "区水利局（牵头） 区财政局"), task(2, "区财政局 区水利局"), task(3, "区水利局 区审计局"))
    result = asked(book)
    assert [t.seq for t in result.informed("区财政局")] == [1]
    assert result.informed_only(book) == ("区审计局",)


def test_parts__each_answer_of_a_task_by_the_name_that_is_ruled_on():
    groups = {"各街道": "东街道 西街道"}
    single, parted, led, shared = asked(
        ledger(
            task(1, "区水利局"),
            task(2, "区工信局 区城管局", "基站：甲。车位：乙。", {"基站": "区工信局", "车位": "区城管局"}),
            task(3, "各街道"),
            task(4, "区工信局 各街道", "基站：甲。车位：乙。", {"基站": "各街道", "车位": "区工信局"}),
            groups=groups,
        )
    ).tasks
    assert [part for part, _ask in single.parts] == [""]
    assert [part for part, _ask in parted.parts] == ["基站", "车位"]
    assert [part for part, _ask in led.parts] == ["东街道", "西街道"]
    assert [part for part, _ask in shared.parts] == ["基站·东街道", "基站·西街道", "车位"]
