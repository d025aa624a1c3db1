"""What a clerk makes of the templates: groups with a heading, equal neighbours in one cell, other columns."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from docx import Document
from lxml import etree
from openpyxl import load_workbook

from reportgen.core.compose import compose
from reportgen.core.derived import KEYS, key_of, light
from reportgen.core.fields import StatusClass
from reportgen.core.findings import Code
from reportgen.core.layout import asks_to_merge, placeholders_in
from reportgen.core.ledger_from_notice import ledger_from_notice
from reportgen.core.model import Role
from reportgen.core.notice import CONTINUED, Notice, differences, group_headings
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.writers.replace import parts_of, zipped
from tests.printing import ALLOWED, COLUMNS, FIELDS, WRITERS, changed, notice, row, written
from tests.world import AUGUST, SETTINGS, answer, ledger, merged, reports, task

NAMES = ("notice.docx", "notice.xlsx")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ONE, TWO = "一、稳增长促投资", "二、惠民生守底线"
LONG = "完成主体施工，进入装修阶段。" * 90


def grouped(*groups: str, **texts: str) -> Notice:
    return notice(*(row(i, group=group, **texts) for i, group in enumerate(groups, 1)))


def back(model: Notice, content: bytes, columns: tuple[str, ...] = COLUMNS):
    """Return what differs from the model when a document is read back, and the findings of reading."""
    names = {heading: key for key, heading in model.headings.items()}
    printed, findings = read_printed_notice(content, "通报表", FIELDS, names, model.title)
    return differences(model, printed, columns), findings


def first_column(name: str, content: bytes) -> list[str]:
    if name.endswith(".docx"):
        return [line.cells[0].text for line in Document(io.BytesIO(content)).tables[0].rows]
    sheet = load_workbook(io.BytesIO(content)).active
    return [str(sheet.cell(number, 1).value) for number in range(2, sheet.max_row + 1)]


def merges(content: bytes, letter: str) -> list[str]:
    ranges = load_workbook(io.BytesIO(content)).active.merged_cells.ranges
    return sorted(str(cells) for cells in ranges if str(cells).startswith(letter) and cells.min_row != cells.max_row)


def word_rows(content: bytes) -> list[etree._Element]:
    return list(etree.fromstring(parts_of(content)["word/document.xml"]).iter(f"{W}tr"))


# groups


def test_group_headings__where_a_run_begins():
    rows = [{"group": group} for group in (ONE, ONE, TWO, "", ONE)]
    assert group_headings(rows, COLUMNS) == (ONE, "", TWO, "", ONE)
    assert group_headings(rows, (*COLUMNS, "group")) == ("",) * 5


@pytest.mark.parametrize("name", NAMES)
def test_write__each_run_of_a_group_below_its_heading(name):
    model = grouped(ONE, ONE, TWO)
    content = written(name, model)
    assert first_column(name, content) == ["序\n号", ONE, "1", "2", TWO, "3"]
    assert back(model, content) == ((), ())


@pytest.mark.parametrize("name", NAMES)
def test_write__without_groups_there_is_no_heading(name):
    assert first_column(name, written(name, notice(row(1), row(2)))) == ["序\n号", "1", "2"]


@pytest.mark.parametrize("name", NAMES)
def test_write__a_template_without_a_row_for_groups_prints_them_bold_over_the_whole_width(name):
    content = written(
        name, grouped(ONE, TWO), changed(name, ("{{ group }}", "")) if name in NAMES[1:] else without_row()
    )
    assert back(grouped(ONE, TWO), content) == ((), ())
    if name == NAMES[0]:
        heading = word_rows(content)[1]
        assert heading.find(f".//{W}gridSpan").get(f"{W}val") == "6"
        assert heading.find(f".//{W}rPr/{W}b") is not None
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        headings = [line for line in range(1, sheet.max_row + 1) if sheet.cell(line, 1).value in (ONE, TWO)]
        assert {f"A{line}:F{line}" for line in headings} <= {str(cells) for cells in sheet.merged_cells.ranges}
        assert all(sheet.cell(line, 1).font.b for line in headings)
        assert len(headings) == 2


def without_row() -> bytes:
    """Return the Word template without its row for the headings of groups."""
    content = changed(NAMES[0], ("{{ seq }}", "{{ seq }}"))
    parts = parts_of(content)
    root = etree.fromstring(parts["word/document.xml"])
    (line,) = [line for line in root.iter(f"{W}tr") if "{{ group }}" in "".join(line.itertext())]
    line.getparent().remove(line)
    return zipped({**parts, "word/document.xml": etree.tostring(root)})


def test_write_notice_docx__a_heading_stays_with_its_row():
    _head, heading, first, _second = word_rows(written(NAMES[0], grouped(ONE, ONE)))
    assert heading.find(f".//{W}keepNext") is not None
    assert first.find(f".//{W}keepNext") is None


def test_write_notice_xlsx__no_page_ends_with_a_heading():
    texts = {"completion": "完成主体施工，进入装修阶段。" * 9}
    content = written(NAMES[1], grouped(*(f"{i // 2}、一组" for i in range(40)), **texts))
    sheet = load_workbook(io.BytesIO(content)).active
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert len(breaks) > 5
    assert not [line for line in breaks if str(sheet.cell(line, 1).value).endswith("一组")]


def test_write_notice_xlsx__pages_are_left_to_the_program_where_nothing_reaches_over_rows():
    content = written(NAMES[1], notice(*(row(i) for i in range(1, 40))))
    assert load_workbook(io.BytesIO(content)).active.row_breaks.brk == []


def test_write_notice_xlsx__a_long_row_below_a_heading_leaves_room_for_it():
    model = grouped(ONE, TWO, completion=LONG)
    content = written(NAMES[1], model)
    sheet = load_workbook(io.BytesIO(content)).active
    body = 210 / 25.4 * 72 - (15 + 18) / 25.4 * 72 - sheet.row_dimensions[2].height
    for line in range(3, sheet.max_row):
        if sheet.cell(line, 1).value in (ONE, TWO):
            assert sheet.row_dimensions[line].height + sheet.row_dimensions[line + 1].height <= body
    assert back(model, content) == ((), ())


@pytest.mark.parametrize("name", NAMES)
def test_differences__a_heading_that_is_not_the_models_is_told(name):
    content = written(name, grouped(ONE, TWO))
    found, _findings = back(grouped(ONE, ONE), content)
    assert [(one.seq, one.heading, one.expected, one.found) for one in found] == [("2", "分组", ONE, TWO)]


BROKEN = {
    "text beside the group": ([("{{ group }}", "第{{ group }}组")], ["分组小标题的样板行写的是“第{{ group }}组”"]),
    "another column in its row": (
        [("{{ group }}", "{{ group }}{{ reason }}")],
        ["分组小标题的样板行写的是“{{ group }}{{ reason }}”"],
    ),
    "unknown word behind the bar": ([("{{ leaders }}", "{{ leaders|合拼 }}")], ["不认识的占位符“{{ leaders|合拼 }}”"]),
    "merging above the table": ([("{{ note }}", "{{ leaders|合并 }}")], ["不认识的占位符“{{ leaders }}”"]),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", BROKEN)
def test_notice_columns__tells_what_is_wrong(name, case):
    changes, expected = BROKEN[case]
    findings = WRITERS[name][0](changed(name, *changes), name, (*ALLOWED, *KEYS)).findings
    assert {finding.code for finding in findings} == {Code.T01}
    assert [str(finding.values["reason"]) for finding in findings] == expected


# equal neighbours


@pytest.mark.parametrize(
    "text", ["{{ leaders|合并 }}", "{{leaders | 合并}}", "{{ leaders｜合并 }}", "{{ leaders|merged }}"]
)
def test_asks_to_merge__as_a_clerk_types_it(text):
    assert asks_to_merge(text)
    assert placeholders_in(text) == ("leaders",)


MERGED = ("{{ leaders }}", "{{ leaders|合并 }}")


@pytest.mark.parametrize("name", NAMES)
def test_write__equal_neighbours_are_one_cell_where_the_template_asks_for_it(name):
    model = notice(row(1), row(2), row(3, leaders="周  明"), row(4))
    content = written(name, model, changed(name, MERGED))
    assert back(model, content) == ((), ())
    if name == NAMES[0]:
        marks = [line.findall(f"{W}tc")[4].find(f"{W}tcPr/{W}vMerge") for line in word_rows(content)[1:]]
        assert [None if mark is None else mark.get(f"{W}val", "") for mark in marks] == ["restart", "", None, None]
    else:
        assert merges(content, "E") == ["E3:E4"]
        assert merges(content, "F") == []


@pytest.mark.parametrize("name", NAMES)
def test_write__a_cell_ends_at_a_heading_and_where_a_row_goes_on(name):
    model = notice(row(1, group=ONE), row(2, group=ONE), row(3, group=TWO), row(4, completion=LONG), row(5), row(6))
    content = written(name, model, changed(name, MERGED))
    assert back(model, content) == ((), ())
    if name == NAMES[1]:
        sheet = load_workbook(io.BytesIO(content)).active
        shown = {str(sheet.cell(line, 1).value): line for line in range(1, sheet.max_row + 1)}
        assert shown[CONTINUED] < shown["5"]
        assert merges(content, "E") == sorted([f"E{shown['1']}:E{shown['2']}", f"E{shown['5']}:E{shown['6']}"])


@pytest.mark.parametrize("name", NAMES)
def test_write__one_cell_never_crosses_a_page(name):
    model = notice(*(row(i, completion="完成主体施工，进入装修阶段。" * 8) for i in range(1, 31)))
    content = written(name, model, changed(name, MERGED))
    assert back(model, content) == ((), ())
    if name == NAMES[0]:
        lines = word_rows(content)[1:]
        marks = [line.findall(f"{W}tc")[4].find(f"{W}tcPr/{W}vMerge") for line in lines]
        starts = [i for i, mark in enumerate(marks) if mark is None or mark.get(f"{W}val") == "restart"]
        kept = [line.find(f".//{W}keepNext") is not None for line in lines]
        assert len(starts) > 3
        assert kept == [i + 1 not in (*starts, len(lines)) for i in range(len(lines))]
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        breaks = {each.id for each in sheet.row_breaks.brk}
        ranges = [cells for cells in sheet.merged_cells.ranges if cells.min_row != cells.max_row]
        assert len(ranges) == len(breaks) + 1
        assert not [r for r in ranges if any(r.min_row <= line < r.max_row for line in breaks)]


def test_write_notice_xlsx__rows_of_one_cell_are_together_as_high_as_its_text():
    leaders = "\n".join(f"领导{i}" for i in range(8))
    model = notice(row(1, leaders=leaders), row(2, leaders=leaders), row(3, leaders="周  明"))
    heights = load_workbook(io.BytesIO(written(NAMES[1], model, changed(NAMES[1], MERGED)))).active.row_dimensions
    needed = 8 * 1.35 * 12 + 4
    assert heights[3].height < needed <= heights[3].height + heights[4].height < needed + 1.5


# other columns


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("牵头单位", "lead_unit"),
        ("配合单位", "member_units"),
        ("红黄绿灯", "light"),
        ("分组", "group"),
        ("责任单位", ""),
    ],
)
def test_key_of__headings_seen_in_notices(heading, key):
    assert key_of(heading) == key


def test_light__says_it_in_words():
    kinds = (StatusClass.MET, StatusClass.PARTLY, StatusClass.NOT, StatusClass.EXCLUDED, None)
    assert [light(kind) for kind in kinds] == ["绿灯", "黄灯", "红灯", "", ""]


def composed(headings: Mapping[str, str]) -> Notice:
    book = ledger(task(1, "甲局 乙局（牵头） 丙局提供数据"), task(2, "甲局"), task(3, "丁局 戊局"))
    answers = {
        "乙局": [answer(1, "完成", "好了。")],
        "甲局": [answer(2, "未完成", "没好。")],
        "丁局": [answer(3, "部分完成", "一半。")],
    }
    rows, _findings = merged(book, reports(**answers))
    return compose(rows, SETTINGS, headings, (), is_draft=False)


def test_compose__columns_that_are_worked_out():
    rows = composed({}).rows
    assert [line["lead_unit"] for line in rows] == ["乙局", "甲局", "丁局"]
    assert [line["member_units"] for line in rows] == ["甲局\n丙局提供数据", "", "戊局"]
    assert [line["light"] for line in rows] == ["绿灯", "红灯", "黄灯"]


OTHER = (
    *(("{{ units }}", "{{ lead_unit }}"), ("责任单位", "牵头单位")),
    *(("{{ leaders }}", "{{ member_units }}"), ("分管区", "配合"), ("领导", "单位")),
    *(("{{ period_target }}", "{{ light }}"), ("{{ period }}目标任务", "红黄绿灯")),
)
OTHER_COLUMNS = ("seq", "annual_target", "light", "completion", "member_units", "lead_unit")


@pytest.mark.parametrize("name", NAMES)
def test_write__other_columns_are_printed_and_read_into_a_ledger(name):
    template = changed(name, *OTHER)
    layout = WRITERS[name][0](template, name, (*ALLOWED, *KEYS))
    assert (layout.keys, layout.findings) == (OTHER_COLUMNS, ())
    model = composed(layout.headings("8月份"))
    content = written(name, model, template)
    assert back(model, content, OTHER_COLUMNS) == ((), ())
    printed, _findings = read_printed_notice(content, name, FIELDS)
    found = ledger_from_notice(printed, AUGUST).ledger
    assert [[(a.unit, a.role) for a in one.assignments] for one in found.tasks] == [
        [("乙局", Role.LEAD), ("甲局", Role.MEMBER), ("丙局", Role.DATA)],
        [("甲局", Role.MEMBER)],
        [("丁局", Role.LEAD), ("戊局", Role.MEMBER)],
    ]
    assert found.tasks[0].assignments[0].printed == "乙局（牵头）"


@pytest.mark.parametrize("name", NAMES)
def test_write__a_light_has_its_colour(name):
    model = composed({})
    content = written(name, model, changed(name, *OTHER))
    if name == NAMES[0]:
        cells = [line.findall(f"{W}tc")[2] for line in word_rows(content)[1:]]
        colors = [cell.find(f".//{W}color").get(f"{W}val") for cell in cells]
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        colors = [sheet.cell(line, 3).font.color.rgb[2:] for line in range(3, 6)]
    assert colors == ["00863D", "FF0000", "C77C00"]


@pytest.mark.parametrize("name", NAMES)
def test_ledger_from_notice__groups_and_merged_cells(name):
    model = notice(row(1, group=ONE), row(2, group=ONE), row(3, group=TWO))
    printed, _findings = read_printed_notice(written(name, model, changed(name, MERGED)), name, FIELDS)
    tasks = ledger_from_notice(printed, AUGUST).ledger.tasks
    assert [one.group for one in tasks] == [ONE, ONE, TWO]
    assert [one.leaders for one in tasks] == [("白  帆", "宋清和")] * 3
