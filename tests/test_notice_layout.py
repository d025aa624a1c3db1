"""Templates of the notice: what they print, and what is told of broken ones."""

from __future__ import annotations

import pytest

from reportgen.core.findings import CannotRun, Code
from reportgen.core.layout import agreed, filled, placeholders_in
from reportgen.writers.replace import parts_of, zipped
from scripts.make_templates import SETS, notice_docx, notice_xlsx
from tests.printing import ALLOWED, COLUMNS, LABEL, changed, layout, notice, row, template, written

NAMES = ("notice.docx", "notice.xlsx")


def test_placeholders_in__names_in_order_whatever_the_spaces():
    assert placeholders_in("{{seq}} 和 {{  period }}目标") == ("seq", "period")


def test_filled__leaves_unknown_placeholders():
    assert filled("{{ period }}目标 {{ other }}", {"period": "8月份"}) == "8月份目标 {{ other }}"


@pytest.mark.parametrize("name", NAMES)
def test_notice_columns__of_the_checked_in_templates(name):
    found = layout(name, template(name))
    assert found.keys == COLUMNS
    assert found.findings == ()
    headings = {key: "".join(text.split()) for key, text in found.headings(LABEL).items()}
    assert headings == {
        "seq": "序号",
        "annual_target": "年度目标任务",
        "period_target": "8月份目标任务",
        "completion": "完成情况",
        "leaders": "分管区领导",
        "units": "责任单位",
    }


def test_agreed__gives_the_layout_of_two_templates_that_print_the_same():
    word, excel = (layout(name, template(name)) for name in NAMES)
    assert agreed(word, excel).keys == COLUMNS


def test_agreed__tells_which_columns_differ():
    word = layout(NAMES[0], template(NAMES[0]))
    excel = layout(NAMES[1], changed(NAMES[1], ("{{ units }}", "{{ reason }}")))
    with pytest.raises(CannotRun) as told:
        agreed(word, excel)
    (finding,) = told.value.findings
    assert (finding.code, finding.place.file) == (Code.T01, "notice.xlsx")
    assert "reason" in finding.message
    assert "notice.docx" in finding.message


def test_agreed__tells_a_head_that_differs_and_not_how_it_is_broken_into_lines():
    word = layout(NAMES[0], changed(NAMES[0], ("责任单位", "牵头单位"), ("完成情况", "完成 情况")))
    with pytest.raises(CannotRun) as told:
        agreed(word, layout(NAMES[1], template(NAMES[1])))
    (finding,) = told.value.findings
    assert "“{{ units }}”一列的表头是“责任单位”，而 notice.docx 中是“牵头单位”" in finding.message


def test_agreed__tells_the_problems_of_both_templates_at_once():
    word = layout(NAMES[0], changed(NAMES[0], ("{{ title }}", "标题")))
    excel = layout(NAMES[1], changed(NAMES[1], ("{{ units }}", "{{ unit }}")))
    with pytest.raises(CannotRun) as told:
        agreed(word, excel)
    assert [finding.place.file for finding in told.value.findings] == ["notice.docx", "notice.xlsx"]


BROKEN = {
    "no title": ([("{{ title }}", "通报表")], ["没有标题占位符“{{ title }}”"]),
    "no prototype row": (
        [(f"{{{{ {key} }}}}", "") for key in COLUMNS],
        ["没有样板行"],
    ),
    "unknown placeholder": ([("{{ units }}", "{{ unit }}")], ["不认识的占位符“{{ unit }}”"]),
    "unknown placeholder above the table": ([("{{ note }}", "{{ data }}")], ["不认识的占位符“{{ data }}”"]),
    "text beside a placeholder": ([("{{ seq }}", "第{{ seq }}项")], ["样板行的一格写的是“第{{ seq }}项”"]),
    "placeholder cut short": (
        [("{{ title }}", "{{ title }} {{ note }")],
        ["占位符没有写完整：“{{ title }} {{ note }”"],
    ),
    "placeholder with full-width braces": (
        [("{{ note }}", "｛｛ note ｝｝")],
        ["占位符没有写完整：“｛｛ note ｝｝”"],
    ),
    "placeholder twice": ([("{{ units }}", "{{ leaders }}")], ["占位符“{{ leaders }}”出现了两次"]),
    "needed column missing": ([("{{ seq }}", "")], ["样板行缺少“{{ seq }}”"]),
    "column without a head": ([("责任单位", "")], ["“{{ units }}”一列没有表头"]),
    "two heads alike": ([("责任单位", "完成情况")], ["表头“完成情况”出现了两次"]),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", BROKEN)
def test_notice_columns__tells_a_broken_template(name, case):
    changes, expected = BROKEN[case]
    findings = layout(name, changed(name, *changes)).findings
    assert {finding.code for finding in findings} == {Code.T01}
    assert {finding.place.file for finding in findings} == {name}
    assert [str(finding.values["reason"]) for finding in findings] == expected


@pytest.mark.parametrize("name", NAMES)
def test_notice_columns__names_the_placeholders_that_may_be_used(name):
    (finding,) = layout(name, changed(name, ("{{ units }}", "{{ unit }}"))).findings
    assert "是否要写“{{ units }}”？" in finding.hint
    assert all(key in finding.hint for key in ALLOWED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [b"", b"no zip", zipped({"a.txt": b"a"})])
def test_notice_columns__refuses_what_is_no_office_file(name, content):
    with pytest.raises(CannotRun) as told:
        layout(name, content)
    (finding,) = told.value.findings
    assert (finding.code, finding.place.file) == (Code.T01, name)


@pytest.mark.parametrize("name", NAMES)
def test_notice_columns__a_column_may_stay_empty(name):
    found = layout(name, changed(name, ("{{ leaders }}", "")))
    assert found.findings == ()
    assert found.keys == tuple(key for key in COLUMNS if key != "leaders")


@pytest.mark.parametrize("name", NAMES)
def test_write__the_same_input_gives_the_same_bytes(name):
    model = notice(row(1), row(2, completion="【未报送】"), is_draft=True, note="草稿")
    assert written(name, model) == written(name, model)


@pytest.mark.parametrize("of", SETS, ids=lambda of: of.folder.name)
@pytest.mark.parametrize(("name", "made"), [(NAMES[0], notice_docx), (NAMES[1], notice_xlsx)])
def test_templates__are_what_the_script_makes(name, made, of):
    assert parts_of((of.folder / name).read_bytes()) == parts_of(made(of))
