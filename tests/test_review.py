"""The clerk's hour at 审定.xlsx: parts, returns, targets, silent units; run again, nothing of it is lost."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

import openpyxl
import pytest
from openpyxl.comments import Comment

from reportgen.commands.collect import collect
from reportgen.commands.review import write_table
from reportgen.core.choices import accepted_next_targets
from reportgen.core.findings import CannotRun
from reportgen.core.period import Period
from reportgen.core.rulings import Record, Ruling, Rulings
from reportgen.readers.workspace import open_workspace
from tests.district import P, send
from tests.filling import edit_workbook, heads, reportgen
from tests.office import converted
from tests.office_rules import (
    RULINGS,
    begun,
    built,
    codes,
    completions,
    decisions,
    found,
    notice,
    reviewed,
    rows_of,
    rule,
    statuses,
    word_cells,
)

NEWER = datetime(2023, 9, 1, 15)
PARTED = "累计完成管网改造13公里。"


@pytest.fixture
def folder(tmp_path):
    """A district in which all have answered, reviewed once."""
    return begun(tmp_path)


def again(folder, unit, now=NEWER, name="", **answers):
    """Let a unit send a later return."""
    send(folder, unit, name=name or f"{unit}（更正）.xlsx", **answers)
    assert reportgen(folder, "status", P, now=now) == 0


# what it looks like


def test_review__a_line_for_each_task_and_part(folder):
    lines = rows_of(folder)
    assert list(lines) == [(1, ""), (2, ""), (2, "堤防"), (2, "泵站"), (3, ""), (4, ""), (5, "")]
    assert [line["状况"] for line in lines.values()] == ["正常"] * 7
    whole, part = lines[2, ""], lines[2, "堤防"]
    assert whole["各单位填报"] == "分 2 项填报，见下面各行。\n堤防：完成\n泵站：完成"
    assert whole["合并后完成情况"] == f"堤防：{PARTED}泵站：{PARTED}"
    assert part["各单位填报"].startswith(f"【区水利局】\n完成状态：完成\n完成情况：{PARTED}")
    assert (part["8月份目标任务"], part["合并后完成情况"]) == ("加固2公里。", PARTED)
    assert lines[1, ""]["审定下期目标"] == "改造15公里。"
    assert lines[3, ""]["审定下期目标"] is None


def test_review__comfortable_for_an_hour(folder):
    book = openpyxl.load_workbook(folder / RULINGS)
    sheet = book["审定"]
    _head, columns = heads(sheet)
    assert [sheet.row_dimensions[row].outlineLevel for row in range(2, 9)] == [0, 0, 1, 1, 0, 0, 0]
    assert not sheet.sheet_properties.outlinePr.summaryBelow
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", "A1:P8")
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [v.formula1 for v in lists] == ['"完成,部分完成,未完成,未报送"']
    prompts = {v.promptTitle for v in sheet.data_validations.dataValidation if v.prompt}
    assert prompts == {"审定状态", "审定完成情况", "审定下期目标", "审定意见", "采用", "复核"}
    grey = [heading for heading, c in columns.items() if sheet.cell(4, c).fill.fgColor.rgb == "FFF0F0F0"]
    assert grey == ["审定下期目标", "采用", "复核"]
    assert book["_reportgen"].sheet_state == "hidden"


def test_review__the_status_of_last_period_stands_beside(folder):
    assert built(folder) == 0
    before = folder / "output" / "2023-07"
    before.mkdir()
    manifest = json.loads((folder / "output" / P / "manifest.json").read_bytes())
    (before / "manifest.json").write_text(json.dumps({**manifest, "period": "2023-07"}), encoding="utf-8")
    reviewed(folder)
    assert [rows_of(folder)[seq, ""]["上期状态"] for seq in (1, 3)] == ["完成", "未完成"]


# rulings on parts


def test_build__a_ruling_on_a_part_acts_on_that_part(folder, capsys):
    rule(folder, 2, "泵站", 审定状态="未完成", 审定完成情况="未开工。", 审定意见="现场核实")
    capsys.readouterr()
    assert built(folder) == 0
    said = capsys.readouterr().out
    assert completions(folder)["2"] == f"部分完成。堤防：{PARTED}泵站：未开工。"
    assert decisions(folder) == [
        (2, "泵站", "status", "完成", "未完成", "现场核实"),
        (2, "泵站", "completion", PARTED, "未开工。", "现场核实"),
        (2, "", "status", "完成", "部分完成", "随分项审定"),
    ]
    assert "本室审定改动 3 处：" in said
    assert "第2项“泵站” 完成状态：完成 → 未完成（现场核实）" in said


def test_build__a_ruling_on_the_whole_stands_over_its_parts(folder):
    rule(folder, 2, "泵站", 审定状态="未完成")
    rule(folder, 2, 审定状态="完成")
    assert built(folder) == 0
    assert statuses(folder)[2] == "完成"
    assert decisions(folder) == [(2, "泵站", "status", "完成", "未完成", "")]


def test_build__a_part_ruled_unreported_settles_its_silent_unit(tmp_path, capsys):
    folder = begun(tmp_path, "区住建局")  # the one unit that is silent
    status, told = found(folder, capsys, "build", P)
    assert (status, codes(told)) == (1, [("M01", None, "")])
    assert rows_of(folder)[2, "泵站"]["状况"] == "待审定"
    assert rows_of(folder)[2, "泵站"]["问题"].startswith("错误：“区住建局”没有报送")
    rule(folder, 2, "泵站", 审定状态="未报送")
    assert found(folder, capsys, "build", P)[0] == 0
    assert completions(folder)["2"] == f"部分完成。堤防：{PARTED}泵站：未报送。"


def test_review__an_error_of_one_part_stands_beside_that_part_alone(folder, capsys):
    again(folder, "区水利局", completion="")
    reviewed(folder)
    lines = rows_of(folder)
    assert [lines[key]["状况"] for key in ((2, ""), (2, "堤防"), (2, "泵站"))] == ["正常", "待审定", "正常"]
    assert "没有填写" in lines[2, "堤防"]["问题"]
    rule(folder, 2, "泵站", 审定完成情况="改造完成。")
    assert 2 in {seq for code, seq, _cell in codes(found(folder, capsys, "check", P)[1]) if code == "V01"}
    rule(folder, 2, "堤防", 审定完成情况="加固2公里。")
    assert built(folder) == 1
    reviewed(folder)
    assert rows_of(folder)[2, "堤防"]["问题"].startswith("错误（已审定）：")


def test_check__a_next_target_in_the_line_of_a_part_is_told(folder, capsys):
    rule(folder, 2, "泵站", 审定下期目标="另建1座。")
    assert codes(found(folder, capsys, "check", P)[1]) == [("M24", 2, "L5")]


# run again


def test_review__what_the_clerk_added_stays(folder):
    def edit(book):
        sheet = book["审定"]
        sheet["Q1"], sheet["Q2"], sheet["Q5"] = "我的备注", "问过水利局", 3.5
        sheet["R3"] = "无表头的一格"
        sheet["L2"].comment = Comment("领导口头同意", "小周")
        sheet["A9"], sheet["L9"] = "以上已送阅", None
        sheet.column_dimensions["L"].width = 50
        book.create_sheet("备忘")["A1"] = "=1+1"

    edit_workbook(folder / RULINGS, edit)
    rule(folder, 1, 审定状态="部分完成。", 审定完成情况="  照原样留着\n两行。", 审定意见="待定")
    again(folder, "区财政局", completion="资金已全部到位。")
    reviewed(folder)
    reviewed(folder)
    book = openpyxl.load_workbook(folder / RULINGS)
    sheet = book["审定"]
    assert [sheet[cell].value for cell in ("Q1", "Q2", "Q5", "R3", "A9")] == [
        "我的备注",
        "问过水利局",
        3.5,
        "无表头的一格",
        "以上已送阅",
    ]
    assert sheet["L2"].comment.text == "领导口头同意"
    assert sheet.column_dimensions["L"].width == 50
    assert book["备忘"]["A1"].value == "=1+1"
    assert book.sheetnames[:2] == ["审定", "未报送单位"]
    line = rows_of(folder)[1, ""]
    assert (line["审定状态"], line["审定完成情况"]) == ("部分完成。", "照原样留着\n两行。")
    assert "资金已全部到位。" in rows_of(folder)[4, ""]["各单位填报"]


def test_review__a_note_on_a_line_that_is_gone_stays_below(folder, capsys):
    def edit(book):
        book["审定"]["Q1"], book["审定"]["Q8"] = "我的备注", "明年再议"

    edit_workbook(folder / RULINGS, edit)
    rule(folder, 2, "泵站", 审定状态="未完成")

    def without(book):
        sheet = book["任务"]
        _head, columns = heads(sheet)
        sheet.cell(3, columns["分工"]).value = None  # task 2 has no parts any more
        sheet.delete_rows(6)  # task 5 is gone

    edit_workbook(folder / "config" / "ledger-2023.xlsx", without)
    _status, told = found(folder, capsys, "check", P)
    assert [f["message"] for f in told if f["code"] == "M07"] == ["审定的第2项“泵站”不在本期任务中。"]
    reviewed(folder)
    lines = rows_of(folder)
    assert list(lines) == [(1, ""), (2, ""), (2, "泵站"), (3, ""), (4, ""), (5, "")]
    assert lines[2, "泵站"]["审定状态"] == "未完成"
    assert lines[5, ""]["我的备注"] == "明年再议"
    assert found(folder, capsys, "check", P)[0] == 1


def test_review__a_ruling_whose_ground_changed_is_marked_until_it_is_confirmed(folder, capsys):
    rule(folder, 1, 审定状态="部分完成", 审定意见="按口径")
    reviewed(folder)
    assert rows_of(folder)[1, ""]["状况"] == "已审定"
    assert codes(found(folder, capsys, "check", P)[1]) == []
    again(folder, "区水利局", completion="累计完成管网改造11公里。")
    for _once_more in range(2):
        status, told = found(folder, capsys, "build", P)
        assert (status, codes(told)) == (0, [("M20", 1, "L2")])
        capsys.readouterr()
        reviewed(folder)
        assert "需复核 1 行" in capsys.readouterr().out
        line = rows_of(folder)[1, ""]
        assert (line["状况"], line["复核"], line["审定状态"], line["审定意见"]) == (
            "需复核",
            "需复核",
            "部分完成",
            "按口径",
        )
        assert "11公里" in line["各单位填报"]
    rule(folder, 1, 复核="已复核")
    assert codes(found(folder, capsys, "check", P)[1]) == []
    reviewed(folder)
    assert codes(found(folder, capsys, "check", P)[1]) == []
    again(folder, "区水利局", NEWER.replace(hour=17), "区水利局（三报）.xlsx", completion="累计完成管网改造10公里。")
    assert codes(found(folder, capsys, "check", P)[1]) == [("M20", 1, "L2")]


def test_review__a_changed_ruling_is_made_on_what_its_line_showed(folder, capsys):
    rule(folder, 1, 审定状态="部分完成")
    reviewed(folder)
    again(folder, "区水利局", completion="累计完成管网改造11公里。")
    rule(folder, 1, 审定状态="未完成")  # typed without having seen the new return
    assert codes(found(folder, capsys, "check", P)[1]) == [("M20", 1, "L2")]
    reviewed(folder)
    rule(folder, 1, 审定状态="完成")  # typed beside it
    assert codes(found(folder, capsys, "check", P)[1]) == []


def test_review__a_changed_target_is_changed_ground_and_other_rows_are_not(folder, capsys):
    rule(folder, 1, 审定状态="部分完成")
    rule(folder, 4, 审定状态="部分完成")

    def edit(book):
        _head, columns = heads(book["任务"])
        book["任务"].cell(2, columns["8月份目标任务"]).value = "累计完成管网改造20公里。"

    edit_workbook(folder / "config" / "ledger-2023.xlsx", edit)
    assert ("M20", 1, "L2") in (told := codes(found(folder, capsys, "check", P)[1]))
    assert [seq for code, seq, _cell in told if code == "M20"] == [1]


def test_review__without_the_hidden_sheet_every_ruling_is_to_be_rechecked(folder, capsys):
    rule(folder, 1, 审定状态="部分完成")
    edit_workbook(folder / RULINGS, lambda book: book.remove(book["_reportgen"]))
    assert codes(found(folder, capsys, "check", P)[1]) == [("M20", 1, "L2")]


def test_review__next_target_follows_the_proposals_until_the_clerk_types(folder, capsys):
    rule(folder, 5, 审定下期目标="新建3处。")
    for unit in ("区财政局", "区民政局"):
        send(folder, unit, lambda book: replaced(book, "改造15公里。", "改造16公里。"), f"{unit}（更正）.xlsx")
    assert reportgen(folder, "status", P, now=NEWER) == 0
    reviewed(folder)
    lines = rows_of(folder)
    assert (lines[4, ""]["审定下期目标"], lines[5, ""]["审定下期目标"]) == ("改造16公里。", "新建3处。")
    assert [lines[seq, ""]["状况"] for seq in (4, 5)] == ["请留意", "需复核"]
    assert codes(found(folder, capsys, "check", P)[1]) == [("M20", 5, "L8")]


def replaced(book, before, after):
    for row in book["报送表"].iter_rows():
        for cell in row:
            if cell.value == before:
                cell.value = after


# which return, which target


def test_build__the_clerk_chooses_between_two_returns(folder, capsys):
    again(folder, "区财政局", completion="后报的一份。")
    reviewed(folder)
    line = rows_of(folder)[4, ""]
    assert line["各单位填报"].startswith("【区财政局】（区财政局（更正）.xlsx）")
    assert "〔另一份：区财政局.xlsx〕" in line["各单位填报"]
    assert line["状况"] == "请留意"
    sheet = openpyxl.load_workbook(folder / RULINGS)["_reportgen"]
    assert [cell.value for cell in sheet[8][7:] if cell.value] == ["区财政局.xlsx", "区财政局（更正）.xlsx"]
    rule(folder, 4, 采用="区财政局.xlsx", 审定意见="电话确认")
    assert built(folder) == 0
    assert completions(folder)["4"] == f"完成。{PARTED}"
    assert decisions(folder) == [(4, "", "_return", "区财政局（更正）.xlsx", "区财政局.xlsx", "电话确认")]
    again(folder, "区财政局", NEWER.replace(hour=18), "区财政局（再更正）.xlsx", completion="再后报的一份。")
    assert codes(found(folder, capsys, "check", P)[1]) == [("M20", 4, "L7")]


def test_check__returns_that_nothing_tells_apart_are_settled_by_choosing(folder, capsys):
    send(folder, "区财政局", name="区财政局2.xlsx", completion="另一种说法。")
    register = folder / "input" / P / "收件登记.xlsx"
    assert reportgen(folder, "status", P) == 0

    def same(book):
        for row in book.worksheets[0].iter_rows(min_row=2):
            row[2].value = "2023-09-01 09:00"

    edit_workbook(register, same)
    reviewed(folder)
    status, told = found(folder, capsys, "check", P)
    assert (status, codes(told)) == (1, [("F13", None, "")])
    rule(folder, 4, 采用="区财政局2.xlsx")
    assert found(folder, capsys, "build", P)[0] == 0
    assert completions(folder)["4"] == "完成。另一种说法。"


def test_check__a_choice_that_cannot_be_followed_is_told(folder, capsys):
    rule(folder, 4, 采用="区水利局.xlsx")
    rule(folder, 5, 采用="接受改动")
    status, told = found(folder, capsys, "check", P)
    assert (status, codes(told)) == (1, [("M23", 4, "L7"), ("M23", 5, "L8")])
    rule(folder, 4, 审定状态="完成", 审定完成情况="好。")
    assert found(folder, capsys, "build", P)[0] == 1


def changed_target(seq, heading, text, part=""):
    def edit(book):
        sheet = book["报送表"]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            label = sheet.cell(row, columns["分项"]).value if "分项" in columns else None
            if str(sheet.cell(row, columns["序号"]).value) == str(seq) and (label or "") == part:
                sheet.cell(row, columns[heading]).value = text

    return edit


def test_build__a_changed_target_that_is_accepted_is_printed(folder, capsys):
    send(folder, "区住建局", changed_target(2, "8月份目标任务", "改造2座。", "泵站"))
    send(folder, "区民政局", changed_target(5, "年度目标任务", "年度任务五。"))
    reviewed(folder)
    assert "8月份目标任务改为：改造2座。" in rows_of(folder)[2, "泵站"]["各单位填报"]
    assert sorted(codes(found(folder, capsys, "build", P)[1])) == [("R05", 2, "D6"), ("R05", 5, "B6")]
    assert decisions(folder) == []
    rule(folder, 2, "泵站", 采用="接受改动", 审定意见="区长批示")
    rule(folder, 5, 采用="接受改动")
    assert built(folder) == 0
    assert sorted(decisions(folder)) == [
        (2, "泵站", "period_target", "改造1座。", "改造2座。", "区长批示"),
        (5, "", "annual_target", "年度任务5。", "年度任务五。", ""),
    ]
    printed = word_cells(notice(folder, "docx"))
    assert printed["2"][2] == "堤防：加固2公里。泵站：改造2座。"
    assert printed["5"][1] == "年度任务五。"
    changes = json.loads((folder / "output" / P / "manifest.json").read_bytes())["changes"]
    assert [c for c in changes if c["field"].endswith("target")] == []


def test_forms__a_next_target_that_the_office_accepted_is_asked_next_period(folder, capsys):
    send(folder, "区水利局", changed_target(3, "9月份目标任务", "半数投产。"))
    reviewed(folder)
    assert codes(found(folder, capsys, "check", P)[1]) == [("R05", 3, "H8")]
    rule(folder, 3, 采用="接受改动", 审定意见="区长批示")
    assert built(folder) == 0
    assert decisions(folder) == [(3, "", "next_target", "全部投产。", "半数投产。", "区长批示")]
    assert codes(found(folder, capsys, "check", P)[1]) == []
    assert reportgen(folder, "forms", "2023-09") == 0
    form = openpyxl.load_workbook(folder / "output" / "2023-09" / "forms" / "区水利局.xlsx")["报送表"]
    head, columns = heads(form)
    targets = {
        form.cell(row, 1).value: form.cell(row, columns["9月份目标任务"]).value
        for row in range(head + 1, form.max_row + 1)
    }
    assert targets[3] == "半数投产。"


def test_check__an_accepted_next_target_that_review_has_not_noted_is_told(folder, capsys):
    send(folder, "区水利局", changed_target(3, "9月份目标任务", "半数投产。"))
    rule(folder, 3, 采用="接受改动")
    assert codes(found(folder, capsys, "check", P)[1], "M20") == [("M28", 3, "L6")]
    reviewed(folder)
    assert codes(found(folder, capsys, "check", P)[1], "M20") == []


def test_check__a_next_target_typed_beside_the_ledgers_is_told(folder, capsys):
    rule(folder, 3, 审定下期目标="半数投产。")
    rule(folder, 4, 审定下期目标="改造16公里。")
    assert codes(found(folder, capsys, "check", P)[1]) == [("M27", 3, "L6")]


def test_accepted_next_targets__one_part_of_a_target():
    ruling = Ruling(2, part="泵站·区住建局", adopted="接受改动")
    records = {ruling.key: Record(offered="改造2座。")}
    rulings = Rulings(parts={ruling.key: ruling}, records=records)
    targets = {2: "堤防：加固3公里。 泵站: 改造1座。收尾：清场。", 3: "不变。"}
    assert accepted_next_targets(rulings, targets) == {2: "堤防：加固3公里。 泵站:改造2座。收尾：清场。"}


# silent units


def test_review__all_silent_units_at_once_and_no_unit_that_joins_later(tmp_path, capsys):
    folder = begun(tmp_path, "区住建局")  # the one unit that is silent
    edit_workbook(folder / RULINGS, lambda book: book["未报送单位"].__setitem__("E1", "是"))
    assert found(folder, capsys, "build", P)[0] == 0
    (folder / "input" / P / "区民政局.xlsx").unlink()
    reviewed(folder)
    sheet = openpyxl.load_workbook(folder / RULINGS)["未报送单位"]
    lines = {row[0]: row[4] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert (sheet["E1"].value, lines) == (None, {"区住建局": "未报送", "区民政局": None})
    status, told = found(folder, capsys, "build", P)
    silent = [f["unit"] for f in told if f["code"] == "M01"]
    assert (status, sorted(silent)) == (1, ["区住建局", "区民政局"])


def test_check__a_unit_that_reports_after_it_was_settled_is_told(tmp_path, capsys):
    folder = begun(tmp_path, "区住建局")  # the one unit that is silent
    edit_workbook(folder / RULINGS, lambda book: book["未报送单位"].__setitem__("E3", "未报送"))
    send(folder, "区住建局")
    status, told = found(folder, capsys, "build", P)
    assert (status, codes(told)) == (0, [("M25", None, "E3")])
    assert completions(folder)["2"] == f"完成。堤防：{PARTED}泵站：{PARTED}"


# the file itself


def test_check__a_renamed_table_is_told_and_read_as_no_return(folder, capsys):
    rule(folder, 1, 审定状态="部分完成")
    shutil.copy(folder / RULINGS, folder / "input" / P / "审定（副本）.xlsx")
    assert codes(found(folder, capsys, "build", P)[1]) == [("M22", None, "")]
    (folder / RULINGS).unlink()
    status, told = found(folder, capsys, "build", P)
    assert (status, codes(told)) == (1, [("M21", None, "")])
    assert reportgen(folder, "review", P) == 2
    assert not (folder / RULINGS).exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0 old"], ids=["empty", "cut short", "xls"])
def test_review__a_damaged_table_is_left_as_it_is(folder, capsys, content):
    (folder / RULINGS).write_bytes(content)
    status, told = found(folder, capsys, "build", P)
    assert (status, [code for code, _seq, _cell in codes(told)]) == (1, ["M10"])
    assert reportgen(folder, "review", P) == 2
    assert (folder / RULINGS).read_bytes() == content


def test_review__the_table_of_another_period_is_refused(folder, capsys):
    edit_workbook(folder / RULINGS, lambda book: book["_reportgen"].__setitem__("B1", "2023-07"))
    before = (folder / RULINGS).read_bytes()
    assert reportgen(folder, "review", P) == 2
    assert "它是 2023-07 的审定表" in capsys.readouterr().err
    assert (folder / RULINGS).read_bytes() == before


def test_write_table__a_table_saved_in_between_is_not_overwritten(folder):
    collected = collect(open_workspace(folder), Period.parse(P), NEWER)
    before = (folder / RULINGS).read_bytes()
    rule(folder, 1, 审定状态="部分完成")
    saved = (folder / RULINGS).read_bytes()
    with pytest.raises(CannotRun) as refused:
        write_table(collected, before)
    assert [f.code.name for f in refused.value.findings] == ["W23"]
    assert (folder / RULINGS).read_bytes() == saved


@pytest.mark.office
def test_review__saved_by_libreoffice_rulings_and_rechecks_stay(folder, tmp_path_factory, capsys):
    again(folder, "区财政局", completion="后报的一份。")
    rule(folder, 1, 审定状态="部分完成", 审定完成情况="改造11公里，\n另2公里在建。")
    reviewed(folder)
    again(folder, "区水利局", completion="累计完成管网改造11公里。")
    reviewed(folder)
    elsewhere = tmp_path_factory.mktemp("另存")
    shutil.copy(converted(folder / RULINGS, "xlsx", elsewhere), folder / RULINGS)
    assert codes(found(folder, capsys, "build", P)[1]) == [("M20", 1, "L2")]
    assert completions(folder)["1"] == "部分完成。改造11公里，\n另2公里在建。"
    reviewed(folder)
    line = rows_of(folder)[1, ""]
    assert (line["复核"], line["审定完成情况"]) == ("需复核", "改造11公里，\n另2公里在建。")
    rule(folder, 1, 复核="已复核")
    rule(folder, 4, 采用="区财政局.xlsx")
    assert codes(found(folder, capsys, "build", P)[1]) == []
    assert completions(folder)["4"] == f"完成。{PARTED}"
