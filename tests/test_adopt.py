"""Edits by hand in a printed notice: what becomes a ruling, what is listed, and what never does."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from datetime import datetime

import pytest

from reportgen.core.builds import PrintedBuild
from reportgen.core.edits import around_change, edits, split_status
from reportgen.core.findings import Place
from reportgen.core.notice import PrintedNotice, PrintedRow
from tests.district import P, send
from tests.filling import edit_workbook, reportgen
from tests.office_rules import (
    RULINGS,
    TITLE,
    built,
    codes,
    completions,
    decisions,
    edit_word,
    found,
    notice,
    printed,
    retype,
    reviewed,
    rows_of,
    rule,
    write_cell,
)
from tests.world import STATUSES

PARTED = "累计完成管网改造13公里。"
WORD, EXCEL = f"{TITLE}.docx", f"{TITLE}.xlsx"
LATER = datetime(2023, 9, 1, 16)


@pytest.fixture
def folder(tmp_path):
    return printed(tmp_path)


def adopted(folder, file, *words):
    return reportgen(folder, "adopt", P, file, *(words or ("--yes",)))


def rulings(folder):
    """Return (状态, 完成情况, 意见) of the lines that have any."""
    names = ("审定状态", "审定完成情况", "审定意见")
    lines = {key: tuple(line[name] for name in names) for key, line in rows_of(folder).items()}
    return {key: line for key, line in lines.items() if any(line)}


# what becomes a ruling


@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_adopt__an_edit_becomes_a_ruling_and_both_files_say_it(folder, capsys, suffix):
    path = notice(folder, suffix)
    retype(path, _1="完成。累计完成管网改造13.5公里。", _3="部分完成。累计完成管网改造3公里。")
    edited = path.read_bytes()
    assert adopted(folder, path.name) == 0
    said = capsys.readouterr().out
    assert "改过的“完成情况” 2 处" in said
    assert "…管网改造13公里。" in said
    assert "…管网改造13.5公里。" in said
    assert path.read_bytes() == edited
    opinion = f"采自人工修改 {path.name}"
    assert rulings(folder) == {
        (1, ""): (None, "累计完成管网改造13.5公里。", opinion),
        (3, ""): ("部分完成", None, opinion),
    }
    assert built(folder) == 0
    assert "其中的内容与新写的一致，可以删去。" in capsys.readouterr().out
    assert completions(folder)["1"] == "完成。累计完成管网改造13.5公里。"
    assert completions(folder)["3"] == "部分完成。累计完成管网改造3公里。"
    assert decisions(folder) == [
        (1, "", "completion", PARTED, "累计完成管网改造13.5公里。", opinion),
        (3, "", "status", "未完成", "部分完成", opinion),
    ]
    aside = notice(folder, suffix).with_stem(f"{TITLE}（人工修改1）")
    assert aside.read_bytes() == edited
    assert codes(found(folder, capsys, "check", P)[1]) == []
    assert adopted(folder, path.name) == 0
    assert f"{path.name} 没有改动过。" in capsys.readouterr().out


def test_adopt__lines_and_parts_keep_their_form(folder):
    text = f"部分完成。堤防：{PARTED}\n泵站：未开工"
    edit_word(notice(folder, "docx"), lambda _d, table: two_paragraphs(table.rows[2], text))
    assert adopted(folder, WORD) == 0
    assert built(folder) == 0
    assert completions(folder)["2"] == text


def two_paragraphs(row, text):
    first, second = text.split("\n")
    write_cell(row, 3, first)
    row.cells[3].add_paragraph(second)


def test_adopt__an_earlier_ruling_gives_way_and_its_opinion_stays(folder):
    reviewed(folder)
    rule(folder, 1, 审定状态="部分完成", 审定完成情况="改造11公里。", 审定意见="按口径")
    assert built(folder) == 0
    retype(notice(folder, "docx"), _1="部分完成。改造11.5公里。")
    assert adopted(folder, WORD) == 0
    assert rulings(folder)[1, ""] == ("部分完成", "改造11.5公里。", f"按口径；采自人工修改 {WORD}")
    assert built(folder) == 0
    assert completions(folder)["1"] == "部分完成。改造11.5公里。"


def test_adopt__in_a_stale_notice_untouched_rows_never_become_rulings(folder, capsys):
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    assert reportgen(folder, "status", P, now=LATER) == 0
    retype(notice(folder, "docx"), _1="完成。累计完成管网改造13.5公里。", _4="完成。累计改造13.2公里。")
    assert adopted(folder, WORD) == 0
    assert set(rulings(folder)) == {(1, ""), (4, "")}
    assert codes(found(folder, capsys, "build", P)[1]) == [("M20", 4, "L7")]
    assert rows_of(folder)[4, ""]["状况"] == "需复核"


def test_adopt__a_notice_kept_aside_is_compared_with_its_own_build(folder, capsys):
    retype(notice(folder, "xlsx"), _1="完成。累计完成管网改造13.5公里。")
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    assert reportgen(folder, "status", P, now=LATER) == 0
    capsys.readouterr()
    assert built(folder) == 0
    aside = f"{TITLE}（人工修改1）.xlsx"
    assert f"reportgen adopt {P} output/{P}/{aside}" in capsys.readouterr().out
    assert adopted(folder, f"output/{P}/{aside}") == 0
    assert set(rulings(folder)) == {(1, "")}
    assert built(folder) == 0
    assert (completions(folder)["1"], completions(folder)["4"]) == (
        "完成。累计完成管网改造13.5公里。",
        "完成。资金已全部到位。",
    )


def test_build__a_notice_kept_aside_with_nothing_left_to_adopt_says_so(folder, capsys):
    word = notice(folder, "docx")

    def edit(_document, table):
        write_cell(table.rows[1], 3, "完成。领导改过。")
        write_cell(table.rows[1], 1, "年度任务另写。")

    edit_word(word, edit)
    assert reportgen(folder, "adopt", P, word.name, "--yes") == 0
    capsys.readouterr()
    assert built(folder) == 0
    aside = f"output/{P}/{word.stem}（人工修改1）.docx"
    told = f"“完成情况”与新写的一致；别处的改动没有印出，要看是哪些，运行 reportgen adopt {P} {aside}。"
    assert told in capsys.readouterr().out


def test_adopt__a_copy_from_elsewhere_of_an_older_build(folder, tmp_path_factory, capsys):
    copy = tmp_path_factory.mktemp("U盘") / "领导改.docx"
    shutil.copy(notice(folder, "docx"), copy)
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    assert reportgen(folder, "status", P, now=LATER) == 0
    assert built(folder) == 0
    retype(copy, _1="完成。累计完成管网改造13.5公里。")
    assert adopted(folder, str(copy)) == 0
    assert rulings(folder) == {(1, ""): (None, "累计完成管网改造13.5公里。", "采自人工修改 领导改.docx")}
    assert "没有采用" not in capsys.readouterr().out


def test_adopt__a_draft_and_what_was_missing_in_it(folder, capsys):
    (folder / "input" / P / "区民政局.xlsx").unlink()
    assert built(folder, "--draft") == 1
    assert completions(folder, "草稿-")["5"] == "【未报送】"
    draft = notice(folder, "docx", "草稿-")
    retype(draft, _5="未完成。尚未开工。")
    assert adopted(folder, draft.name) == 0
    assert rulings(folder) == {(5, ""): ("未完成", "尚未开工。", f"采自人工修改 {draft.name}")}
    retype(draft, _5="未完成。尚未动工。")
    assert built(folder, "--draft") == 0
    aside = draft.with_stem(f"{draft.stem}（人工修改1）")
    assert aside.exists()
    assert built(folder) == 0
    assert completions(folder)["5"] == "未完成。尚未开工。"
    assert aside.exists()
    assert adopted(folder, aside.name) == 0
    assert rulings(folder)[5, ""][1] == "尚未动工。"


def test_build__a_draft_edited_by_hand_is_kept_aside_by_the_final_notice(folder, capsys):
    assert built(folder, "--draft") == 0
    draft = notice(folder, "docx", "草稿-")
    retype(draft, _1="完成。累计完成管网改造13.5公里。")
    capsys.readouterr()
    assert built(folder) == 0
    shown = capsys.readouterr().out
    aside = draft.with_stem(f"{draft.stem}（人工修改1）")
    assert f"reportgen adopt {P} output/{P}/{aside.name}" in shown
    assert sorted(path.name for path in aside.parent.glob("草稿-*")) == [aside.name]
    assert adopted(folder, aside.name) == 0
    assert rulings(folder) == {(1, ""): (None, "累计完成管网改造13.5公里。", f"采自人工修改 {aside.name}")}
    assert built(folder) == 0
    assert sorted(path.name for path in aside.parent.glob("草稿-*")) == [aside.name]


def test_build__a_draft_whose_edits_were_adopted_may_be_deleted(folder, capsys):
    assert built(folder, "--draft") == 0
    draft = notice(folder, "docx", "草稿-")
    retype(draft, _1="完成。累计完成管网改造13.5公里。")
    assert adopted(folder, draft.name) == 0
    capsys.readouterr()
    assert built(folder) == 0
    assert "其中的内容与新写的一致，可以删去。" in capsys.readouterr().out


def test_adopt__a_leaders_copy(folder, capsys):
    assert built(folder, "--leaders") == 0
    (copy,) = (folder / "output" / P / "分送").glob("*.xlsx")
    retype(copy, _1="完成。累计完成管网改造13.5公里。")
    assert adopted(folder, f"分送/{copy.name}") == 0
    assert set(rulings(folder)) == {(1, "")}
    assert "没有采用" not in capsys.readouterr().out


# what is listed


def test_adopt__every_other_change_is_listed(folder, capsys):
    def edit(document, table):
        write_cell(table.rows[0], 5, "主办单位")
        table.rows[1].cells[1].paragraphs[0].add_run("（加字）")
        table._tbl.remove(table.rows[5]._tr)
        moved = table.rows[4]._tr
        table._tbl.remove(moved)
        table._tbl.insert(table._tbl.index(table.rows[1]._tr), moved)
        added = table.add_row()
        write_row(added, ("6", "新任务", "本月做", "完成。做了。", "某人", "某局"))
        document.paragraphs[0].runs[0].text = "另一个标题情况表"
        document.add_paragraph("注：数据截至8月底。")

    edit_word(notice(folder, "docx"), edit)
    assert adopted(folder, WORD) == 0
    said = capsys.readouterr().out
    assert "没有可以采用的改动。" in said
    for words in (
        "“表1” B3：第1项的“年度目标任务”由“年度任务1。”改成了“年度任务1。（加字）”",
        "第5项的一行被删去了",
        "表头“责任单位”改成了“主办单位”，没有采用。",
        "多出的一行没有采用：6 新任务 本月做 完成。做了。 某人",
        "任务的先后改了",
        "标题改成了“另一个标题情况表”",
        "表格以外添加了文字，没有采用：注：数据截至8月底。",
    ):
        assert words in said, words
    assert not (folder / RULINGS).exists()


def write_row(row, texts):
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = text


@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
@pytest.mark.parametrize(("column", "heading"), [(0, "项次"), (1, "干什么")])
def test_adopt__a_renamed_heading_hides_no_edit(folder, capsys, suffix, column, heading):
    path = notice(folder, suffix)
    retype(path, _5="完成。领导改过。")
    if suffix == "docx":
        edit_word(path, lambda _document, table: write_cell(table.rows[0], column, heading))
    else:
        edit_workbook(path, lambda book: rename_heading(book.worksheets[0], column, heading))
    assert adopted(folder, path.name) == 0
    told = capsys.readouterr().out
    assert f"改成了“{heading}”" in told
    assert rulings(folder) == {(5, ""): (None, "领导改过。", f"采自人工修改 {path.name}")}


def rename_heading(sheet, column, heading):
    row = next(row for row in sheet.iter_rows() if "年度目标任务" in [cell.value for cell in row])
    row[column].value = heading


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("累计完成管网改造13.5公里。", "开头没有状态和句号"),
        ("基本完成。累计13公里。", "开头没有状态和句号"),
        ("完成：累计13公里。", "开头没有状态和句号"),
        ("部分完成。", "状态后面没有文字"),
        ("部分完成。部分完成。累计13公里。", "审定后印出来不会与改的一字不差"),
    ],
)
def test_adopt__an_edit_that_no_ruling_prints_is_told_why(folder, capsys, text, reason):
    retype(notice(folder, "docx"), _1=text, _5="未完成。未开工。")
    assert adopted(folder, WORD) == 0
    assert reason in capsys.readouterr().out
    assert set(rulings(folder)) == {(5, "")}


def test_adopt__what_is_no_notice_or_was_never_built_is_refused(folder, tmp_path_factory, capsys):
    assert adopted(folder, "没有这个文件.docx") == 2
    assert adopted(folder, "关于2023年《政府工作报告》重点工作8月份完成情况的通报.docx") == 2
    shutil.rmtree(folder / "output" / P)
    assert adopted(folder, WORD) == 2
    told = capsys.readouterr().err
    for words in ("“没有这个文件.docx”读不出来", "没有找到通报表", "还没有写出过通报表"):
        assert words in told


def test_adopt__a_damaged_table_of_rulings_is_left_as_it_is(folder):
    (folder / RULINGS).write_bytes(b"PK\x03\x04")
    retype(notice(folder, "docx"), _1="完成。累计完成管网改造13.5公里。")
    assert adopted(folder, WORD) == 2
    assert (folder / RULINGS).read_bytes() == b"PK\x03\x04"


# asking


def test_adopt__without_a_terminal_nothing_is_taken_unasked(folder, capsys):
    retype(notice(folder, "docx"), _1="完成。累计完成管网改造13.5公里。")
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "-C", str(folder), "adopt", P, WORD],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert f"reportgen adopt {P} {WORD} --yes" in done.stdout
    assert not (folder / RULINGS).exists()


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
@pytest.mark.parametrize(("reply", "is_taken"), [(b"y\n", True), (b"n\n", False)])
def test_adopt__asks_on_a_terminal(folder, reply, is_taken):
    retype(notice(folder, "docx"), _1="完成。累计完成管网改造13.5公里。")
    ours, theirs = pty.openpty()
    os.write(ours, reply)
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "-C", str(folder), "adopt", P, WORD],
        stdin=theirs,
        capture_output=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert (folder / RULINGS).exists() == is_taken


# the comparison itself


def build_of(title="通报表", **rows):
    headings = {"seq": "序号", "annual_target": "年度目标任务", "completion": "完成情况"}
    return PrintedBuild(
        title,
        headings,
        tuple({"seq": seq.lstrip("_"), "annual_target": "甲", "completion": text} for seq, text in rows.items()),
    )


def file_of(**rows):
    places = {"seq": Place("f"), "completion": Place("f"), "annual_target": Place("f")}
    texts = [{"seq": seq.lstrip("_"), "annual_target": "甲", "completion": text} for seq, text in rows.items()]
    headings = (("seq", "序号"), ("annual_target", "年度目标任务"), ("completion", "完成情况"))
    return PrintedNotice("f", "通报表", headings, tuple(PrintedRow(one, places) for one in texts))


def test_edits__white_space_at_the_ends_is_no_edit():
    found = edits(file_of(_1=" 完成。甲 \n乙 "), [build_of(_1="完成。甲\n乙")], "docx")
    assert (found.cells, found.others) == ((), ())


def test_edits__what_any_build_printed_was_not_typed_by_hand():
    builds = [build_of(_1="完成。甲。", _2="完成。丙。"), build_of(_1="完成。乙。", _2="完成。丙。")]
    found = edits(file_of(_1="完成。甲。", _2="完成。丁。"), builds, "docx")
    assert [(cell.seq, cell.before, cell.after) for cell in found.cells] == [(2, "完成。丙。", "完成。丁。")]


def test_edits__a_row_twice_is_one_added():
    doubled = file_of(_1="完成。甲。")
    doubled = PrintedNotice("f", "通报表", doubled.headings, doubled.rows * 2)
    found = edits(doubled, [build_of(_1="完成。甲。")], "docx")
    assert [f.code.name for f in found.others] == ["E03"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("甲乙丙", "甲丁丙", ("甲乙丙", "甲丁丙")),
        ("一二三四五六七八九", "一二三四五六七八九十", ("…四五六七八九", "…四五六七八九十")),
        ("", "新写的", ("", "新写的")),
        ("同样同样", "同样", ("同样同样", "同样")),
    ],
)
def test_around_change__only_where_the_texts_differ(before, after, shown):
    assert around_change(before, after) == shown


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("完成。甲。", ("完成", "甲。")),
        ("部分完成。", ("部分完成", "")),
        ("未报送。", ("未报送", "")),
        ("完成甲。", ("", "完成甲。")),
    ],
)
def test_split_status__the_status_and_its_full_stop(printed, parts):
    assert split_status(printed, STATUSES) == parts


def test_adopt__excel_rows_carried_on_are_one_text(folder):
    long = "完成。" + "累计完成管网改造13公里，其中主干管网8公里。" * 30
    retype(notice(folder, "xlsx"), _1=long)
    assert adopted(folder, EXCEL) == 0
    assert built(folder) == 0
    carried = notice(folder, "xlsx")
    edit_workbook(carried, lambda book: carry_edit(book.worksheets[0]))
    assert adopted(folder, EXCEL) == 0
    assert rulings(folder)[1, ""][1] == long.removeprefix("完成。") + "另有2公里在建。"


def carry_edit(sheet):
    row = next(row for row in sheet.iter_rows() if str(row[0].value) == "（续）")
    row[3].value += "另有2公里在建。"
