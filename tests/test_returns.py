"""Returns parsed from grids: what comes back, the findings it gives and what still arrives."""

from __future__ import annotations

from datetime import date

from reportgen.core.formtexts import FormTexts
from reportgen.core.grid import Book, ErrorValue, Formula, Grid
from reportgen.core.returns import Context, parse_return
from reportgen.core.stamp import INFORMED_TITLE, SHEET
from tests.world import FIELDS, asked, ledger, task

LEDGER = ledger(
    task(1, "区水利局"),
    task(2, "区水利局（牵头） 区财政局", next_target="完成验收。"),
    task(3, "区财政局"),
    task(4, "区水利局 区财政局", "堤防：加固2公里。泵站：改造1座。", {"堤防": "区水利局", "泵站": "区水利局"}),
)
FORM_TEXTS = FormTexts.of(["{{ title }}", "填写说明：请逐项填写。", "报送截止：{{ deadline }}"])
CONTEXT = Context(
    FIELDS,
    LEDGER,
    asked(LEDGER),
    FORM_TEXTS,
    "报送表",
)
HEAD = ["序号", "分项", "年度目标任务", "8月份目标任务", "完成状态", "完成情况", "未完成原因", "9月份目标任务"]
TARGET = "累计完成管网改造12公里。"
ROW_1 = [1, None, "年度任务1。", TARGET, "完成", "改造13公里。", None, "改造15公里。"]
ROW_2 = [2, None, "年度任务2。", TARGET, "未完成", "改造3公里。", "雨季停工", "完成验收。"]
ROW_4A = [4, "堤防", "年度任务4。", "加固2公里。", "完成", "加固2公里。", None, "加固3公里。"]
ROW_4B = [4, "泵站", "年度任务4。", "改造1座。", "完成", "改造1座。", None, "改造2座。"]
ROWS = [ROW_1, ROW_2, ROW_4A, ROW_4B]
ABOVE = [["报送表"], ["填报单位", "区水利局", None, "填报人", "张三", "填报日期", "2023年8月31日"]]


def grid(*rows, sheet="报送表", top=1, left=1, hidden=False):
    cells = {
        (top + r, left + c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None
    }
    return Grid("来件.xlsx", sheet, cells, {}, hidden)


def stamp(unit="区水利局", period="2023-08", round="1"):
    return grid(["unit", unit], ["period", period], ["round", round], sheet=SHEET, hidden=True)


def read(*grids, properties=None, file="来件.xlsx"):
    filled, findings = parse_return(Book(file, grids, properties or {}), CONTEXT)
    return filled, [(f.code.name, f.place.cell) for f in findings]


def completions(filled):
    return {a.key: a.text("completion") for a in filled.answers}


WHOLE = {(1, ""): "改造13公里。", (2, ""): "改造3公里。", (4, "堤防"): "加固2公里。", (4, "泵站"): "改造1座。"}


def test_parse_return__a_clean_form():
    filled, found = read(grid(*ABOVE, HEAD, *ROWS), stamp())
    assert (filled.unit, filled.round, filled.filled_on, found) == ("区水利局", 1, date(2023, 8, 31), [])
    assert completions(filled) == WHOLE
    assert filled.filer["filled_by"] == "张三"
    assert filled.answers[0].place_of("completion").cell == "F4"
    assert "next_target" not in filled.answers[1].texts  # locked in the ledger: not the unit's answer


def test_parse_return__the_table_moved_and_its_columns_swapped():
    order = [5, 0, 1, 2, 3, 4, 6, 7]
    moved = [[row[i] for i in order] for row in [HEAD, *ROWS]]
    filled, found = read(grid(*ABOVE, *moved, top=3, left=4), stamp())
    assert (completions(filled), found) == (WHOLE, [])


def test_parse_return__without_a_stamp_the_words_above_name_the_unit():
    filled, found = read(grid(["填报单位：区水利局"], HEAD, *ROWS))
    assert (filled.unit, found) == ("区水利局", [])


def test_parse_return__without_words_the_file_name_names_the_unit():
    filled, found = read(grid(HEAD, *ROWS), file="8月/区水利局（报）.xlsx")
    assert (filled.unit, found) == ("区水利局", [])


def test_parse_return__an_unknown_unit_is_told_with_the_nearest():
    filled, findings = parse_return(Book("来件.xlsx", (grid(["填报单位：区水力局"], HEAD, *ROWS),), {}), CONTEXT)
    assert filled is None
    assert [(f.code.name, "区水利局" in f.message) for f in findings] == [("F06", True)]


def test_parse_return__another_period():
    assert read(grid(*ABOVE, HEAD, *ROWS), stamp(period="2023-07")) == (None, [("F05", "")])


def test_parse_return__stamp_and_words_disagree():
    above = [["填报单位", "区财政局"]]
    filled, found = read(grid(*above, HEAD, *ROWS), stamp())
    assert (filled.unit, found) == ("区水利局", [("F07", "B1")])


def test_parse_return__no_table():
    assert read(grid(["本月没有进展"])) == (None, [("F10", "")])


def test_parse_return__a_heading_missing_renamed_doubled_or_added():
    head = ["序号", "分项", "年度目标任务", "8月份目标任务", "完成状态", "完成情况说明", "完成状态", "备注"]
    filled, found = read(grid(*ABOVE, head, *[[*row[:7], "请领导关注"] for row in ROWS[:1]]), stamp())
    assert completions(filled)[1, ""] == "改造13公里。"
    assert found == [("H04", "G3"), ("H02", "F3"), ("H01", "第3行"), ("H01", "第3行"), ("H03", "H4")]


def test_parse_return__seq_unknown_foreign_missing_and_written_in_words():
    rows = [
        ["第1项", *ROW_1[1:]],
        [99, *ROW_1[1:]],
        [3, *ROW_1[1:]],
        [None, *ROW_1[1:]],
        [2.0, *ROW_2[1:]],
        ["４", *ROW_4A[1:]],
        [4, *ROW_4B[1:]],
    ]
    filled, found = read(grid(*ABOVE, HEAD, *rows), stamp())
    assert completions(filled) == WHOLE
    assert found == [("R01", "A5"), ("R02", "A6"), ("R07", "A7")]


def test_parse_return__a_row_twice():
    other = [*ROW_1[:5], "改造14公里。", *ROW_1[6:]]
    filled, found = read(grid(*ABOVE, HEAD, ROW_1, ROW_1, other), stamp())
    assert (completions(filled)[1, ""], found) == ("改造13公里。", [("R03", "A6")])


def test_parse_return__parts_are_known_by_label_else_by_their_target():
    swapped = [[4, None, *ROW_4B[2:]], [4, "堤防:", *ROW_4A[2:]]]
    filled, found = read(grid(*ABOVE, HEAD, ROW_1, ROW_2, *swapped), stamp())
    assert (completions(filled), found) == (WHOLE, [])


def test_parse_return__prefilled_text_changed_is_told_with_both_texts():
    row = [*ROW_1[:3], "累计完成管网改造10公里。", *ROW_1[4:]]
    filled, findings = parse_return(Book("来件.xlsx", (grid(*ABOVE, HEAD, row), stamp()), {}), CONTEXT)
    assert [(f.code.name, f.place.cell, f.seq) for f in findings] == [("R05", "D4", 1)]
    assert "10公里" in findings[0].message
    assert "12公里" in findings[0].message
    assert filled.answers[0].text("completion") == "改造13公里。"


def test_parse_return__formulas_error_values_and_control_characters():
    row = [1, None, "年度任务1。", TARGET, Formula("完成"), ErrorValue("#REF!"), "a\x07b", "改造15公里。"]
    filled, found = read(grid(*ABOVE, HEAD, row), stamp())
    assert found == [("V08", "E4"), ("V09", "F4"), ("V10", "G4")]
    assert filled.answers[0].texts == {"status": "", "completion": "", "reason": "ab", "next_target": "改造15公里。"}
    assert [(c.before, c.after) for c in filled.changes] == [("a\x07b", "ab")]


def test_parse_return__words_beside_the_table_are_told():
    below = [["以上情况属实，另报请区里协调资金。"], ["审核人", "李四"]]
    _filled, found = read(
        grid(["报送表", None, "请查收"], ABOVE[1], HEAD, ROW_1, *below), stamp(), grid(["附：照片说明"], sheet="Sheet2")
    )
    assert found == [("R06", "A5"), ("R06", "C1"), ("R06", "A1")]


def test_parse_return__the_block_for_information_is_no_answer_but_words_in_it_are_told():
    block = [[INFORMED_TITLE], ["序号", "年度目标任务", "8月份目标任务"], [3, "年度任务3。", TARGET, "已完成一半"]]
    filled, found = read(grid(*ABOVE, HEAD, *ROWS, *block), stamp())
    assert (completions(filled), found) == (WHOLE, [("R06", "D10")])
