"""Findings as people read them: by unit, errors first, the same mistake told once with its cells."""

from __future__ import annotations

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.grouping import by_unit, grouped

STATUS, COMPLETION = ("status", "完成状态", 5), ("completion", "完成情况", 6)


def empty(seq, row, field=STATUS, unit="甲局", file="甲局.xlsx", label=""):
    key, heading, column = field
    what = f"第{seq}项“{label}”" if label else f"第{seq}项"
    place = Place(file, "报送表", row, column)
    return Finding(Code.V01, place, seq, unit, key, {"what": what, "heading": heading})


def short(seq, row, length):
    values = {"what": f"第{seq}项", "heading": "完成情况", "length": length, "minimum": 6}
    return Finding(Code.V04, Place("甲局.xlsx", "报送表", row, 6), seq, "甲局", "completion", values)


def test_grouped__the_same_mistake_in_many_cells_is_told_once():
    (group,) = grouped([empty(1, 7), empty(3, 9), empty(4, 10), empty(5, 11), empty(9, 20, label="停车位")])
    assert group.message == "第1、3—5项、第9项“停车位”的“完成状态”没有填写。"
    assert (group.where, group.hint) == ("甲局.xlsx “报送表”E7、E9—E11、E20", "请补填。")
    assert [f.place.cell for f in group.findings] == ["E7", "E9", "E10", "E11", "E20"]


def test_grouped__other_field_file_unit_or_text_is_another_mistake():
    found = [
        empty(1, 7),
        empty(1, 7, COMPLETION),
        empty(1, 7, file="甲局2.xlsx"),
        empty(1, 7, unit="乙局", file="乙局.xlsx"),
        *(
            Finding(Code.H03, Place("甲局.xlsx", "报送表", row, 9), 1, "甲局", "", {"heading": "备注", "text": text})
            for row, text in ((7, "已报"), (8, "另报"))
        ),
    ]
    assert [len(group.findings) for group in grouped(found)] == [1] * 6


def test_grouped__a_message_without_its_row_gets_it():
    values = {"heading": "年度目标任务", "ledger": "甲", "found": "乙"}
    found = [Finding(Code.R05, Place("甲局.xlsx", "报送表", seq + 6, 3), seq, "甲局", "", values) for seq in (1, 2)]
    (group,) = grouped(found)
    assert group.message == "第1、2项：“年度目标任务”被改动：台账为“甲”，表中为“乙”。"
    assert found[0].message == "“年度目标任务”被改动：台账为“甲”，表中为“乙”。"


def test_grouped__lengths_are_told_as_a_span():
    (group,) = grouped([short(1, 7, 5), short(2, 8, 3)])
    assert group.message == "第1、2项的“完成情况”只有3—5个字，少于6个字。"
    (group,) = grouped([short(1, 7, 3), short(2, 8, 3)])
    assert group.message == "第1、2项的“完成情况”只有3个字，少于6个字。"


def test_grouped__numbers_that_name_rows_stay_apart():
    def twice(seq, first, second):
        values = {"what": f"第{seq}项", "first": f"第{first}行", "second": f"第{second}行"}
        return Finding(Code.R03, Place("甲局.xlsx", "报送表", second, 1), seq, "甲局", "", values)

    assert [g.message for g in grouped([twice(1, 7, 9), twice(2, 8, 10)])] == [
        "第1项出现了两次，内容不同：第7行与第9行。",
        "第2项出现了两次，内容不同：第8行与第10行。",
    ]


def test_grouped__errors_before_warnings_before_notes():
    note = Finding(
        Code.V10, Place("甲局.xlsx", "报送表", 1, 1), 1, "甲局", "", {"what": "第1项", "heading": "完成情况"}
    )
    codes = [group.code for group in grouped([note, short(1, 2, 3), empty(1, 30)])]
    assert codes == [Code.V01, Code.V04, Code.V10]


def test_grouped__many_cells_end_with_how_many():
    (group,) = grouped([empty(seq, 7 + 2 * seq) for seq in range(30)])
    assert group.cells == "“报送表”" + "、".join(f"E{7 + 2 * seq}" for seq in range(12)) + "等30处"


def test_by_unit__in_the_order_of_the_ledger_those_of_no_unit_last():
    lost = Finding(Code.F14, Place("空.xlsx"))
    silent = Finding(Code.M01, unit="丙局", values={"unit": "丙局", "rows": "第3项", "instead": ""})
    sections = by_unit([lost, silent, empty(1, 7), empty(1, 7, unit="乙局", file="b.xlsx")], ("乙局", "丙局", "甲局"))
    assert [(unit, [g.code.name for g in groups]) for unit, groups in sections] == [
        ("乙局", ["V01"]),
        ("丙局", ["M01"]),
        ("甲局", ["V01"]),
        ("", ["F14"]),
    ]
    assert sections[1][1][0].where == ""


def test_message__names_the_row_and_unit_of_its_finding():
    foreign = Finding(Code.R02, Place("甲局.xlsx", "报送表", 7, 1), 3, "甲局", "", {"text": "已建成"})
    assert foreign.message == "第3项不由“甲局”填报，这一行没有采用：已建成"
