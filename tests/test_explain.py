"""Where a row came from: ledger, returns, what was changed by itself, problems, rulings, print."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.district import P, send
from tests.filling import heads, reportgen
from tests.kept import made, put
from tests.office_rules import TITLE, answered, built, reviewed, rule

CIRCULAR = f"关于{TITLE.removesuffix('通报表')}的通报.docx"
LATER = datetime(2023, 9, 1, 16)


@pytest.fixture
def folder(tmp_path):
    """A district in which one unit sent two returns, one is silent, and the office has decided and printed."""
    return put(made(decide), tmp_path)


def decide(folder):
    answered(folder, "区民政局")
    assert reportgen(folder, "status", P) == 0
    send(folder, "区水利局", name="区水利局（更正）.xlsx", completion="完成。累计完成管网改造14公里")
    assert reportgen(folder, "status", P, now=LATER) == 0
    reviewed(folder)
    rule(folder, 2, "堤防", 采用="区水利局.xlsx", 审定意见="电话核实")
    rule(folder, 2, "泵站", 审定状态="未完成", 审定完成情况="泵站未开工")
    rule(folder, 5, 审定状态="未报送")
    assert built(folder) == 0


def explained(folder, capsys, seq):
    """Return the lines of `explain` by section."""
    capsys.readouterr()
    assert reportgen(folder, "explain", P, str(seq), now=LATER) == 0
    sections, lines = {}, []
    for line in capsys.readouterr().out.splitlines():
        if line.startswith("【"):
            sections[line.strip("【】")] = lines = []
        elif line.startswith("  "):
            lines.append(line.strip())
    return sections


def test_explain__a_part_with_two_returns_one_chosen(folder, capsys):
    told = explained(folder, capsys, 2)
    assert told["台账"][0] == "位置：config/ledger-2023.xlsx “任务” 第3行"
    assert told["台账"][2] == "8月份目标任务：堤防：加固2公里。泵站：改造1座。"
    assert told["台账"][-2:] == ["分工：堤防 = 区水利局", "分工：泵站 = 区住建局"]
    sent = [line for line in told["报送"] if "xlsx" in line]
    assert sent == [
        "堤防 区水利局　区水利局.xlsx（第1轮，收到 2023-09-01 09:00）　采用",
        "堤防 区水利局　区水利局（更正）.xlsx（第1轮，收到 2023-09-01 16:00）　未采用：本室选用了“区水利局.xlsx”",
        "泵站 区住建局　区住建局.xlsx（第1轮，收到 2023-09-01 09:00）　采用",
    ]
    assert "F6 完成情况：累计完成管网改造13公里。" in told["报送"]
    assert told["程序自动改动"] == ["区住建局　审定.xlsx “审定” L5　补句号：“泵站未开工” → “泵站未开工。”"]
    assert told["审定"] == [
        "第2项“堤防”　审定.xlsx “审定” L4",
        "审定意见：电话核实",
        "采用：区水利局.xlsx",
        "第2项“泵站”　审定.xlsx “审定” L5",
        "审定状态：未完成",
        "审定完成情况：泵站未开工",
        "因此改动：",
        "第2项“堤防” 采用的报送表：区水利局（更正）.xlsx → 区水利局.xlsx",
        "依据：电话核实（审定.xlsx “审定” L4）",
        "第2项“泵站” 完成状态：完成 → 未完成",
        "依据：没有写审定意见（审定.xlsx “审定” L5）",
        "第2项“泵站” 完成情况：累计完成管网改造13公里。 → 泵站未开工。",
        "依据：没有写审定意见（审定.xlsx “审定” L5）",
        "第2项 完成状态：完成 → 部分完成",
        "依据：随分项审定",
    ]
    text = "部分完成。堤防：累计完成管网改造13公里。泵站：泵站未开工。"
    assert told["印出"] == [
        f"现在会印：{text}",
        *(f"{TITLE}.{suffix}：印的就是这样" for suffix in ("docx", "xlsx")),
        f"{CIRCULAR}：列有这一项",
    ]


def test_explain__a_silent_unit_and_its_ruling(folder, capsys):
    told = explained(folder, capsys, 5)
    assert told["报送"] == ["区民政局：没有报送"]
    assert told["问题"][0].startswith("错误 “区民政局”没有报送，涉及第5项。")
    assert told["问题"][0].endswith("（已审定）")
    assert told["审定"][:2] == ["第5项　审定.xlsx “审定” L8", "审定状态：未报送"]
    assert told["印出"][0] == "现在会印：未报送。"


def test_explain__a_superseded_return_and_what_the_program_took_out(folder, capsys):
    told = explained(folder, capsys, 1)
    sent = [line for line in told["报送"] if "xlsx" in line]
    assert [line.rpartition("　")[2] for line in sent] == ["采用", "未采用：收到较早"]
    (change,) = told["程序自动改动"]
    assert change.startswith("区水利局　区水利局（更正）.xlsx “报送表” F6　去掉重复的状态：“完成。累计")
    assert told["审定"] == ["无"]


def test_explain__a_print_that_is_out_of_date_is_told(folder, capsys):
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    assert reportgen(folder, "status", P, now=LATER) == 0
    told = explained(folder, capsys, 4)
    assert told["印出"] == [
        "现在会印：完成。资金已全部到位。",
        *(f"{TITLE}.{suffix}：是以前写的，印的是：完成。累计完成管网改造13公里。" for suffix in ("docx", "xlsx")),
    ]


def test_explain__before_anything_is_built(tmp_path, capsys):
    folder = answered(tmp_path)
    told = explained(folder, capsys, 3)
    assert told["审定"] == ["无"]
    assert told["印出"][-1] == "还没有写出通报表"


def test_explain__writes_nothing(folder, capsys):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    explained(folder, capsys, "第3项")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("seq", "words"), [("9", "本期没有第9项。"), ("三", "“三”不是序号。")])
def test_explain__a_row_that_does_not_exist(folder, capsys, seq, words):
    assert reportgen(folder, "explain", P, seq) == 2
    told = capsys.readouterr().err
    assert words in told
    assert ("1—5" in told) == (seq == "9")


def test_explain__a_row_that_is_met_is_in_no_circular_and_an_old_text_is_told(folder, capsys):
    assert not any("列有" in line for line in explained(folder, capsys, 1)["印出"])
    rule(folder, 2, "泵站", 审定完成情况="泵站已进场")
    assert f"{CIRCULAR}：列有这一项，内容是以前的" in explained(folder, capsys, 2)["印出"]


def test_explain__where_a_target_and_a_changed_one_come_from(folder, capsys):
    send(folder, "区水利局", changed_next, name="区水利局（再更正）.xlsx")
    send(folder, "区财政局", changed_now, name="区财政局（更正）.xlsx")
    assert reportgen(folder, "review", P, now=datetime(2023, 9, 1, 17)) == 0
    rule(folder, 3, 采用="接受改动", 审定意见="区长批示")
    rule(folder, 4, 采用="接受改动")
    assert "现在会印的目标：累计完成管网改造14公里。" in explained(folder, capsys, 4)["印出"]
    capsys.readouterr()
    assert reportgen(folder, "forms", "2023-09") == 0
    (folder / "input" / "2023-09").mkdir()
    form = folder / "output" / "2023-09" / "forms" / "区水利局.xlsx"
    (folder / "input" / "2023-09" / form.name).write_bytes(form.read_bytes())
    assert reportgen(folder, "explain", "2023-09", "3") == 0
    assert "9月份目标任务（上期审定接受的改动）：半数投产。" in capsys.readouterr().out
    assert reportgen(folder, "explain", "2023-09", "1") == 0
    assert "9月份目标任务（上期“审定下期目标”）：改造15公里。" in capsys.readouterr().out


def changed_next(book):
    typed(book, "9月份目标任务", 3, "半数投产。")


def changed_now(book):
    typed(book, "8月份目标任务", 4, "累计完成管网改造14公里。")


def typed(book, heading, seq, text):
    sheet = book["报送表"]
    head, columns = heads(sheet)
    for row in range(head + 1, sheet.max_row + 1):
        if str(sheet.cell(row, 1).value) == str(seq):
            sheet.cell(row, columns[heading]).value = text
            return
