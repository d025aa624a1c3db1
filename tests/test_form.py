"""The blank form as a file: read back as a workbook and as XML."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.core.answers import fingerprint
from reportgen.core.fields import Field, FilledBy, Required, Status, StatusClass, Statuses
from reportgen.core.findings import CannotRun
from reportgen.core.forms import form_of
from reportgen.core.lines import available_em, count_lines, row_height_pt
from reportgen.core.model import Ledger, Schedule, Task
from reportgen.core.period import Period
from reportgen.core.stamp import INFORMED_TITLE, ROW_MARK_HEADING, Stamp, row_mark_of, stamps_of
from reportgen.readers.grids import read_book
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.writers.form import FormTemplate, is_form, write_form
from tests.forms import ROOT, SHEET, Written, changed, template, with_fields, written
from tests.world import AUGUST, SETTINGS, asked, ledger, task

UNIT_FIELD = Field("evidence", "佐证材料", (), FilledBy.UNIT, Required.NEVER, max_length=50)
ONE = ledger(task(3, "区水利局（牵头） 区财政局"))
PARTED = ledger(
    task(
        1, "区工信局 区城管局", "5G基站：建成130处。停车位：新增500个。", {"5G基站": "区工信局", "停车位": "区城管局"}
    ),
    task(2, "区工信局", next_target="全部投产。"),
)


def inputs(form: Written, row: int) -> list[str]:
    """Return the headings whose cell may be typed in."""
    return [heading for heading in form.head if not form.cell(heading, row).protection.locked]


def validations(form: Written) -> dict[str, object]:
    return {str(v.sqref): v for v in form.sheet.data_validations.dataValidation}


# what is asked


def test_write_form__one_task() -> None:
    form = written(ONE, "区水利局")
    assert form.workbook.sheetnames == [SHEET, "填报说明", "_reportgen"]
    assert form.head == [
        "序号", "年度目标任务", "8月份目标任务", "完成状态", "完成情况", "未完成原因", "9月份目标任务",
    ]  # fmt: skip
    assert [form.cell(h, 1).value for h in form.head[:3]] == [3, "年度任务3。", "累计完成管网改造12公里。"]
    assert [form.cell(h, 1).value for h in form.head[3:]] == [None] * 4
    assert form.sheet["A1"].value == SETTINGS.form_title
    assert form.sheet.max_row == 6


def test_write_form__words_around_the_table() -> None:
    book = replace(ONE, schedules=(Schedule(AUGUST, datetime(2023, 9, 2, 12)),))
    rows = [[c.value for c in row if c.value is not None] for row in written(book, "区水利局").sheet["A2:H4"]]
    assert rows[:2] == [
        ["填报单位", "区水利局", "报送期", "2023年8月份", "报送截止", "2023年9月2日12:00"],
        ["填报人", "联系电话", "审核人"],
    ]
    assert rows[2][1:] == ["填报日期"]


def test_write_form__parts_have_a_column_and_each_its_row() -> None:
    form = written(PARTED, "区工信局")
    assert form.head[:2] == ["序号", "分项"]
    assert form.texts("序号", 2) == [1, 2]
    assert form.texts("分项", 2) == ["5G基站", None]
    assert form.texts("8月份目标任务", 2) == ["建成130处。", "累计完成管网改造12公里。"]
    assert written(PARTED, "区城管局").texts("8月份目标任务", 1) == ["新增500个。"]


def test_write_form__columns_left_out_leave_their_width_to_what_was_done_and_the_others_as_they_were() -> None:
    book = ledger(task(1, "区水利局"))
    form, full = written(book, "区水利局", period=Period(2023, 8, 8)), written(PARTED, "区工信局")
    for heading in form.head:
        narrow, wide = form.cell(heading, 1), full.cell(heading, 1)
        widths = [f.sheet.column_dimensions[c.column_letter].width for f, c in ((form, narrow), (full, wide))]
        assert widths[0] == widths[1] + (8 if heading == "完成情况" else 0), heading
        assert (narrow.fill.fgColor.rgb, narrow.font.sz) == (wide.fill.fgColor.rgb, wide.font.sz), heading
    assert {str(r) for r in form.sheet.merged_cells.ranges} == {"A1:G1", "F2:G2", "F3:G3", "F4:G4", "A4:D4"}


def test_write_form__the_last_period_of_a_year_asks_for_no_next_target() -> None:
    december = Period(2023, 12, 12)
    book = ledger(replace(task(1, "区水利局"), targets={december: "全部完成。"}))
    fields = SETTINGS.fields.without("next_target", "period_target")
    target = replace(SETTINGS.fields["period_target"], heading="12月份目标任务")
    settings = replace(SETTINGS, fields=replace(fields, all=(*fields.all[:3], target, *fields.all[3:])))
    form = written(book, "区水利局", settings, december)
    assert form.head[-1] == "未完成原因"
    assert [c.value for c in form.sheet[2] if c.value] == ["填报单位", "区水利局", "报送期", "2023年12月份", "报送截止"]
    assert not any("“”" in str(t) or "怎么填" in str(t) for t in form.all_texts("填报说明"))


def test_write_form__a_next_target_of_the_ledger_is_shown_locked() -> None:
    form = written(PARTED, "区工信局")
    assert form.texts("9月份目标任务", 2) == [None, "全部投产。"]
    assert inputs(form, 1) == ["完成状态", "完成情况", "未完成原因", "9月份目标任务"]
    assert inputs(form, 2) == ["完成状态", "完成情况", "未完成原因"]
    assert form.cell("9月份目标任务", 1).fill.fgColor.rgb == "FFFDF2D0"
    assert form.cell("9月份目标任务", 2).fill.fill_type is None


def test_write_form__a_task_that_ends_is_not_asked_for_a_next_target() -> None:
    form = written(ledger(task(1, "区水利局", end=AUGUST)), "区水利局")
    assert form.texts("9月份目标任务", 1) == [None]
    assert "9月份目标任务" not in inputs(form, 1)


def test_write_form__tasks_for_information_stand_in_a_second_block() -> None:
    book = ledger(task(1, "区水利局（牵头） 区财政局"), task(2, "区财政局"), task(5, "区住建局 区财政局提供数据"))
    form = written(book, "区财政局")
    rows = [[c.value for c in row if c.value is not None] for row in form.sheet.iter_rows(min_row=7)]
    assert rows == [
        [],
        [INFORMED_TITLE],
        ["序号", "年度目标任务", "8月份目标任务", "由谁填报"],
        ["1", "年度任务1。", "累计完成管网改造12公里。", "区水利局"],
        ["5", "年度任务5。", "累计完成管网改造12公里。", "区住建局"],
    ]
    assert all(cell.protection.locked for row in form.sheet.iter_rows(min_row=8) for cell in row if cell.value)


def test_write_form__answers_given_before_stand_in_their_cells() -> None:
    form = form_of("区水利局", asked(ONE), ONE, SETTINGS, round=2)
    row = replace(form.rows[0], given={"status": "部分完成", "completion": "完成8公里。"})
    form = replace(form, rows=(row,), given={"filled_by": "苏晴"})
    content = write_form(FormTemplate.parse(template(), "form.xlsx", SETTINGS.fields, AUGUST), form)
    again = Written(content, load_workbook(io.BytesIO(content)))
    assert [again.cell(h, 1).value for h in ("完成状态", "完成情况")] == ["部分完成", "完成8公里。"]
    assert again.sheet["B3"].value == "苏晴"
    assert again.workbook["_reportgen"]["B3"].value == "2"


def test_write_form__text_that_looks_like_a_formula_stays_text() -> None:
    book = ledger(task(1, "区水利局", "=1+1"), task(2, "区水利局", "-8.7%以内"))
    form = written(book, "区水利局")
    assert form.texts("8月份目标任务", 2) == ["=1+1", "-8.7%以内"]
    assert [form.cell("8月份目标任务", row).data_type for row in (1, 2)] == ["s", "s"]
    assert "<f>" not in form.part("xl/worksheets/sheet1.xml")
    assert form.cell("8月份目标任务", 1).quotePrefix


# fields of the settings


def test_write_form__a_new_field_of_the_settings_stands_where_they_have_it() -> None:
    form = written(ONE, "区水利局", with_fields(UNIT_FIELD))
    assert form.head[4:] == ["完成情况", "佐证材料", "未完成原因", "9月份目标任务"]
    new, like = form.cell("佐证材料", 1), form.cell("完成情况", 1)
    assert (new.font.sz, new.fill.fgColor.rgb, new.protection.locked) == (like.font.sz, like.fill.fgColor.rgb, False)
    widths = {h: form.sheet.column_dimensions[form.cell(h, 1).column_letter].width for h in form.head}
    assert widths["佐证材料"] == widths["完成情况"] == 32
    assert (widths["未完成原因"], widths["9月份目标任务"]) == (16, 16)
    assert "A1:H1" in {str(r) for r in form.sheet.merged_cells.ranges}


def test_write_form__a_new_field_with_choices_has_a_dropdown_and_the_look_of_the_status() -> None:
    wanted = Field("kind", "项目类别", (), FilledBy.UNIT, choices=("续建", "新建"))
    form = written(ONE, "区水利局", with_fields(wanted))
    cell = form.cell("项目类别", 1)
    assert validations(form)[cell.coordinate].formula1 == '"续建,新建"'  # type: ignore[attr-defined]
    assert cell.alignment.horizontal == "center"


def test_write_form__a_field_that_the_settings_dropped_has_no_column() -> None:
    form = written(ONE, "区水利局", with_fields(without="reason"))
    assert form.head[3:] == ["完成状态", "完成情况", "9月份目标任务"]
    assert form.sheet["E2"].value == "报送截止"
    assert form.sheet["E4"].value == "填报日期"
    assert not any("原因”怎么写" in str(t) for t in form.all_texts("填报说明"))


# guidance


def test_write_form__validations_with_their_words() -> None:
    found = validations(written(PARTED, "区工信局"))
    assert {cells: (v.type, v.formula1) for cells, v in found.items()} == {  # type: ignore[attr-defined]
        "E6:E7": ("list", '"完成,部分完成,未完成,暂缓实施"'),
        "F6:F7": ("textLength", "400"),
        "G6:G7": (None, None),
        "H6": (None, None),
    }
    status, completion, reason = found["E6:E7"], found["F6:F7"], found["G6:G7"]
    assert status.showDropDown in (None, False)  # type: ignore[attr-defined]
    assert status.error == "请从下拉列表中选择：完成、部分完成、未完成、暂缓实施。"  # type: ignore[attr-defined]
    assert completion.promptTitle == "完成情况"  # type: ignore[attr-defined]
    assert "4至400个字" in completion.prompt  # type: ignore[attr-defined]
    assert completion.errorStyle == "warning"  # type: ignore[attr-defined]
    assert "400" in completion.error  # type: ignore[attr-defined]
    assert "完成状态不是“完成”的必须填写" in reason.prompt  # type: ignore[attr-defined]
    for validation in found.values():
        assert validation.showInputMessage  # type: ignore[attr-defined]
        assert len(validation.prompt) <= 255  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [[f"第{n}类情形的较长名称" for n in range(40)], ["完成", "未完成", "按序时,未完"]])
def test_write_form__choices_that_fit_no_inline_list_come_from_the_hidden_sheet(names: list[str]) -> None:
    kinds = (StatusClass.MET, *[StatusClass.NOT] * (len(names) - 1))
    statuses = Statuses(tuple(Status(n, k) for n, k in zip(names, kinds, strict=True)))
    form = written(ONE, "区水利局", replace(SETTINGS, statuses=statuses))
    formula = validations(form)["D6"].formula1  # type: ignore[attr-defined]
    assert formula == f"'_reportgen'!$D$1:$D${len(names)}"
    assert [form.workbook["_reportgen"].cell(row, 4).value for row in range(1, len(names) + 1)] == names
    assert len(validations(form)["D6"].prompt) <= 255  # type: ignore[attr-defined]
    book, _findings = read_book(form.content, "表.xlsx")
    assert book is not None
    assert stamps_of(book)[0].unit == "区水利局"


def test_write_form__the_guide_speaks_of_this_form_alone() -> None:
    plain = written(ONE, "区水利局").all_texts("填报说明")
    parted = written(PARTED, "区工信局").all_texts("填报说明")
    assert "“分项”一列" in parted
    assert "“分项”一列" not in plain
    assert "“完成状态”怎么选" in plain
    assert any("青澜区人民政府督查室" in str(t) for t in plain)
    assert any("“完成、部分完成、未完成、暂缓实施”" in str(t) for t in plain)
    assert "报送截止" not in plain  # the ledger has no deadline
    assert not any("{{" in str(t) for t in (*plain, *parted))
    assert not any(INFORMED_TITLE in str(t) for t in plain)


# identity


def test_write_form__identity_in_both_hidden_carriers() -> None:
    form = written(ONE, "区水利局")
    expected = Stamp("区水利局", "2023-08", 1, "1", fingerprint(asked(ONE).asks_of("区水利局")))
    book, findings = read_book(form.content, "表.xlsx")
    assert findings == ()
    assert book is not None
    assert stamps_of(book) == (expected, expected)
    assert form.workbook["_reportgen"].sheet_state == "veryHidden"
    assert 'name="reportgen.unit"' in form.part("docProps/custom.xml")


def test_write_form__each_row_is_marked_in_a_hidden_locked_column() -> None:
    form = written(ONE, "区水利局")
    column = form.sheet.max_column
    marks = [form.sheet.cell(row, column).value for row in range(1, form.sheet.max_row + 1)]
    first = marks.index(ROW_MARK_HEADING) + 1
    assert [row_mark_of((mark,)) for mark in marks[first:] if mark] == [
        ask.key for ask in asked(ONE).asks_of("区水利局")
    ]
    assert form.sheet.column_dimensions[get_column_letter(column)].hidden
    assert form.sheet.cell(first + 1, column).protection.locked


def test_is_form__by_its_properties() -> None:
    assert is_form(written(ONE, "区水利局").content)
    assert not is_form(template())
    assert not is_form(b"not a workbook")


# locks, page, heights


def test_write_form__prefilled_cells_carry_the_lock_and_normal_is_unlocked() -> None:
    styles = written(ONE, "区水利局").part("xl/styles.xml")
    normal = re.search(r"<cellStyleXfs.*?</cellStyleXfs>", styles, re.DOTALL)
    forms = re.search(r"<cellXfs.*?</cellXfs>", styles, re.DOTALL)
    assert normal is not None
    assert forms is not None
    assert 'locked="0"' in normal.group(0)
    first = forms.group(0).split("<xf ")[1]
    assert 'locked="0"' in first  # the format of cells that nobody formatted
    assert len(re.findall(r"<xf\b", forms.group(0))) == len(re.findall(r"<protection\b", forms.group(0)))
    form = written(ONE, "区水利局")
    assert inputs(form, 1) == ["完成状态", "完成情况", "未完成原因", "9月份目标任务"]
    locks = {address: form.sheet[address].protection.locked for address in ("A1", "B2", "B3", "D3", "F3", "F4", "A6")}
    assert locks == {"A1": True, "B2": True, "B3": False, "D3": False, "F3": False, "F4": False, "A6": True}


def test_write_form__protected_without_password_and_resizable() -> None:
    protection = written(ONE, "区水利局").sheet.protection
    assert (protection.sheet, protection.password) == (True, None)
    assert (protection.formatRows, protection.formatColumns, protection.insertRows) == (False, False, True)
    assert written(ONE, "区水利局").sheet.auto_filter.ref is None


def test_write_form__page_of_the_template() -> None:
    form = written(PARTED, "区工信局")
    sheet = form.sheet
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)  # type: ignore[union-attr]
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$5:$5", "A6")
    assert sheet.oddFooter.left.text == "区工信局"  # type: ignore[union-attr]
    assert sum(sheet.column_dimensions[c].width for c in "ABCDEFGH") * 6 <= (297 - 20) / 25.4 * 72


def test_write_form__rows_hold_their_text_and_leave_room_to_type() -> None:
    long = "完成" + "老旧小区雨污分流改造及配套道路修复、" * 9 + "并通过验收。"
    form = written(ledger(task(1, "区水利局", long), task(2, "区水利局")), "区水利局")
    width = form.sheet.column_dimensions["C"].width
    needed = row_height_pt(count_lines(long, available_em(width, 10.5)), 10.5)
    heights = [form.sheet.row_dimensions[row].height for row in (6, 7)]
    assert heights[0] == pytest.approx(needed)
    assert needed > 200
    assert heights[1] >= row_height_pt(6, 11.0)


def test_write_form__a_text_too_long_for_excels_highest_row_gets_a_wider_column() -> None:
    long = "完成老旧小区雨污分流改造。" * 60
    form = written(ledger(task(1, "区水利局", long)), "区水利局")
    width = form.sheet.column_dimensions["C"].width
    needed = row_height_pt(count_lines(long, available_em(width, 10.5)), 10.5)
    assert form.sheet.row_dimensions[6].height == pytest.approx(needed)
    assert needed <= 409
    assert width > 18


def test_write_form__a_text_of_too_many_lines_ends() -> None:
    form = written(ledger(task(1, "区水利局", "\n".join("一二三四五六七八九十" * 5))), "区水利局")
    assert form.sheet.row_dimensions[6].height == 409
    assert form.sheet.column_dimensions["C"].width == 255


def test_write_form__same_input_same_bytes() -> None:
    assert written(PARTED, "区工信局").content == written(PARTED, "区工信局").content
    with zipfile.ZipFile(io.BytesIO(written(ONE, "区水利局").content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# the clerk's template


def test_write_form__a_restyled_template_shows_in_the_form() -> None:
    def restyle(sheet: Worksheet) -> None:
        sheet["F6"].font = Font(name="仿宋", size=14)
        sheet["A1"].font = Font(name="黑体", size=26)
        sheet.column_dimensions["F"].width = 50
        sheet.row_dimensions[6].height = 150
        sheet.page_margins.left = 1.0
        sheet["E5"].value = "状态"

    form = written(PARTED, "区工信局", look=changed(restyle))
    assert (form.cell("完成情况", 2).font.name, form.cell("完成情况", 2).font.sz) == ("仿宋", 14)
    assert form.sheet["A1"].font.sz == 26
    assert form.sheet.column_dimensions["F"].width == 50
    assert form.sheet.row_dimensions[6].height == 150
    assert form.sheet.page_margins.left == 1.0
    assert "状态" in form.head


def test_write_form__a_template_saved_by_excel_with_columns_of_one_width_grouped() -> None:
    def group(sheet: Worksheet) -> None:
        sheet.column_dimensions["C"].max = 4
        del sheet.column_dimensions["D"]

    form = written(ONE, "区水利局", look=changed(group))
    assert [form.sheet.column_dimensions[c].width for c in "BCD"] == [19, 19, 13]


def test_write_form__a_template_saved_scrolled_and_on_another_sheet_opens_on_the_first_answer() -> None:
    def leave(sheet: Worksheet) -> None:
        sheet.sheet_view.pane.topLeftCell = "A30"  # type: ignore[union-attr]
        sheet.parent.active = 1  # type: ignore[union-attr]

    form = written(ONE, "区水利局", look=changed(leave))
    assert form.workbook.active is form.sheet
    assert form.sheet.freeze_panes == "A6"
    assert {s.activeCell for s in form.sheet.sheet_view.selection} == {"D6"}


def test_write_form__a_print_area_of_the_template_does_not_cut_the_form() -> None:
    def limit(sheet: Worksheet) -> None:
        sheet.print_area = "A1:H6"

    form = written(PARTED, "区工信局", look=changed(limit))
    assert "Print_Area" not in form.part("xl/workbook.xml")
    assert "Print_Titles" in form.part("xl/workbook.xml")


def test_write_form__a_new_field_listed_first_stands_behind_the_targets() -> None:
    settings = replace(SETTINGS, fields=replace(SETTINGS.fields, all=(UNIT_FIELD, *SETTINGS.fields)))
    assert written(ONE, "区水利局", settings).head[2:5] == ["8月份目标任务", "佐证材料", "完成状态"]


def test_write_form__lines_that_the_clerk_added_below_stay_below() -> None:
    def add(sheet: Worksheet) -> None:
        sheet["A12"].value = "联系电话：{{ office }}"

    form = written(PARTED, "区工信局", look=changed(add))
    last = [c.value for c in form.sheet[form.sheet.max_row] if c.value]
    assert last == ["联系电话：青澜区人民政府督查室"]
    assert INFORMED_TITLE not in form.all_texts()


def problems(look: bytes) -> list[tuple[str, str]]:
    with pytest.raises(CannotRun) as caught:
        FormTemplate.parse(look, "form.xlsx", SETTINGS.fields, AUGUST)
    assert {f.code.name for f in caught.value.findings} == {"T01"}
    assert all(f.hint for f in caught.value.findings)
    return [(f.place.cell, str(f.values["reason"])) for f in caught.value.findings]


def put(address: str, value: str | None) -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet[address].value = value

    return changed(change)


@pytest.mark.parametrize(
    ("address", "value", "cell", "reason"),
    [
        ("A6", None, "", "没有找到样板行"),
        ("F6", "{{ complation }}", "F6", "不认识的占位符“{{ complation }}”"),
        ("F6", None, "第6行", "缺少占位符 {{ completion }}"),
        ("F6", "填 {{ completion }}", "F6", "一格里只能有一个占位符"),
        ("F6", "{{ unit }}", "F6", "不能写在样板行"),
        ("G6", "{{ completion }}", "G6", "出现了两次"),
        ("C2", None, "", "缺少占位符 {{ unit }}"),
        ("A1", "{{ title }", "A1", "占位符没有写完整"),
        ("F5", "进度", "F5", "表头“进度”不是“完成情况”的叫法"),
        ("F5", None, "F5", "没有表头"),
        ("F5", "{{ unit }}完成情况", "F5", "不能用在表头"),
        ("A8", None, "A10", "没有标题"),
        ("A10", None, "C10", "样板行不完整"),
        ("F4", "{{ status }}", "F4", "{{ status }} 只能写在样板行"),
    ],
)
def test_parse__a_broken_template_is_refused_with_its_place(
    address: str, value: str | None, cell: str, reason: str
) -> None:
    found = problems(put(address, value))
    assert any(at == cell and reason in why for at, why in found), found


def test_parse__every_problem_at_once() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["C2"].value = "区水利局"
        sheet["E6"].value = None
        sheet["F5"].value = "进度"

    assert [cell for cell, _reason in problems(changed(spoil))] == ["第6行", "", "F5"]


def test_parse__ranges_merged_over_rows_below_the_head() -> None:
    look = changed(lambda sheet: sheet.merge_cells("G6:G7"))
    assert ("G6", "样板行及以下有跨行合并的格子。") in problems(look)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>"])
def test_parse__a_file_that_is_no_workbook(content: bytes) -> None:
    assert problems(content) == [("", "不是完好的 .xlsx 工作簿。")]


def test_parse__the_repositorys_template_is_what_its_script_makes() -> None:
    from scripts.make_form_template import form_template

    assert form_template() == template()


def many(count: int) -> Ledger:
    tasks: list[Task] = [task(n, f"区{n % 7}局（牵头） 区财政局", "继续推进。" * (n % 30 + 1)) for n in range(1, count)]
    return ledger(*tasks)


def test_write_form__every_row_is_as_high_as_its_texts() -> None:
    book = many(60)
    form = written(book, "区3局")
    for row in range(6, form.sheet.max_row + 1):
        for cell in form.sheet[row]:
            if cell.value and cell.coordinate not in form.sheet.merged_cells:
                width = form.sheet.column_dimensions[cell.column_letter].width
                lines = count_lines(str(cell.value), available_em(width, cell.font.sz))
                assert form.sheet.row_dimensions[row].height >= row_height_pt(lines, cell.font.sz) - 0.01


@pytest.mark.parametrize("code", ["2023-08", "2023-12", "2023-Q3", "2023-Q4", "2023-H1", "2023"])
def test_parse__the_repositorys_template_serves_its_settings_in_every_period(code: str) -> None:
    period = Period.parse(code)
    known = settings_for(read_configuration(ROOT / "config" / "reportgen.yaml", "reportgen.yaml"), period)
    book = ledger(replace(task(1, "区水利局"), targets={period: "全部完成。"}))
    form = written(book, "区水利局", known, period)
    assert form.head == [f.heading for f in known.fields if f.key not in ("part", "leaders", "units")]
    assert f"2023年{period.label}" in form.all_texts()
