"""核查报告 and 催报: what the clerk reads after `check`, and what the silent units get."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import unquote

import docx
import pytest

from reportgen.core.findings import CannotRun
from reportgen.writers.replace import zipped
from reportgen.writers.templated import rendered
from tests.district import P, back, checked, founded, opened, send
from tests.filling import edit_workbook, reportgen
from tests.kept import made, put
from tests.office import converted
from tests.office_rules import answered, reviewed, rule

TABLE = "报送表"
SCRIPT = "<script>alert(1)</script>改造&疏浚3公里。"


class Page(HTMLParser):
    """A page as a reader sees it: its texts, its links, the elements it has, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.texts, self.links, self.tags, self.sources = [], [], [], []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.text = re.sub(r"\s+", "", "".join(self.texts))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [unquote(value) for name, value in attrs if name == "href"]
        self.sources += [value for name, value in attrs if name in ("src", "srcset", "data", "action")]

    def handle_data(self, data):
        if self.tags[-1:] != ["style"]:
            self.texts.append(data)


def page(folder):
    return Page(folder / "output" / P / "核查报告.html")


def note(folder, unit, ending):
    return folder / "output" / P / "催报" / f"{unit}.{ending}"


def wrong(book):
    sheet = book[TABLE]
    sheet["E6"], sheet["E7"], sheet["F6"] = None, None, SCRIPT
    sheet["F8"] = "  因雨季停工。 "
    sheet["K6"] = SCRIPT


@pytest.fixture
def folder(tmp_path):
    """Four units: one wrong, one late, one right, one silent."""
    return put(made(receive), tmp_path)


def receive(folder):
    founded(folder)
    send(folder, "区水利局", wrong)
    send(folder, "区民政局")
    assert reportgen(folder, "status", P, now=datetime(2023, 9, 1, 9)) == 0
    send(folder, "区住建局")


LATE = datetime(2023, 9, 3, 8, 30)


@pytest.fixture
def reported(tmp_path):
    """The same after a check."""
    return put(made(report), tmp_path)


def report(folder):
    receive(folder)
    assert reportgen(folder, "check", P, now=LATE) == 1


def test_check__the_page_says_who_is_missing_wrong_and_late(folder, capsys):
    status, answer = checked(folder, capsys, LATE)
    assert status == 1
    seen = page(folder)
    assert "4应报单位" in seen.text
    assert "1未报1已报1迟报1需更正" in seen.text
    assert "区财政局周明0000-5550100第4项区财政局.docx" in seen.text
    assert "区住建局2023年9月3日08:30" in seen.text
    relative = {link for link in seen.links if not link.startswith("#")}
    assert relative == {"核查报告.xlsx", "退回/区水利局.xlsx", "催报/区财政局.docx"}
    assert all((folder / "output" / P / link).is_file() for link in relative)
    assert {f"output/{P}/{link}" for link in relative} <= set(answer["outputs"])


def test_check__the_page_has_every_finding_and_change(folder, capsys):
    _status, answer = checked(folder, capsys, LATE)
    seen = page(folder)
    codes = {f["code"] for f in answer["findings"]}
    assert codes == {"V01", "H03", "F09", "M01", "V12"}
    assert all(code in seen.text for code in codes)
    assert "第1、2项的“完成状态”没有填写。" not in seen.text  # a part is named by its label
    assert "第1项、第2项“堤防”的“完成状态”没有填写。请补填。区水利局.xlsx“报送表”E6—E7V01" in seen.text
    assert seen.text.index("V01") < seen.text.index("H03")  # errors before warnings
    assert "第3项“完成情况”区水利局.xlsx“报送表”F8因雨季停工。因雨季停工。去掉首尾空白和控制字符" in seen.text


def test_check__the_page_escapes_what_units_wrote_and_loads_nothing(reported):
    seen = page(reported)
    assert "script" not in seen.tags
    assert SCRIPT in "".join(seen.texts)
    assert seen.sources == []
    assert not re.search(r"https?:|//|url\(|@import", seen.source)
    assert "default-src 'none'" in seen.source


def test_check__settled_errors_are_shown_as_settled(folder, capsys):
    assert reportgen(folder, "review", P, now=LATE) == 0
    edit_workbook(folder / "input" / P / "审定.xlsx", lambda book: book["未报送单位"].__setitem__("E1", "是"))
    checked(folder, capsys, LATE)
    seen = page(folder)
    assert "错误（已审定）“区财政局”没有报送，涉及第4项。" in seen.text
    assert not note(folder, "区财政局", "txt").exists()


def test_check__the_workbook_lists_each_cell_and_each_change(reported):
    book = opened(reported / "output" / P / "核查报告.xlsx")
    assert book.sheetnames == ["报送情况", "问题清单", "自动更正", "采用的文件"]
    assert {sheet.oddHeader.center.text for sheet in book} == {"8月份核查报告　&A"}
    listed = [(row[8], row[5]) for row in book["问题清单"].iter_rows(min_row=2, values_only=True)]
    assert [cell for code, cell in listed if code == "V01"] == ["E6", "E7"]
    changes = list(book["自动更正"].iter_rows(min_row=2, values_only=True))
    assert changes == [
        (
            *("区水利局", 3, "完成情况", "区水利局.xlsx", "报送表", "F8"),
            *("  因雨季停工。 ", "因雨季停工。", "去掉首尾空白和控制字符"),
        )
    ]


def test_check__a_note_for_each_silent_unit_as_text_and_word(reported):
    raw = note(reported, "区财政局", "txt").read_bytes()
    assert raw.startswith("\ufeff".encode())  # the editor of old Windows knows UTF-8 by it
    assert raw.count(b"\n") == raw.count(b"\r\n") > 8
    lines = [line for line in raw.decode("utf-8-sig").splitlines() if line]
    assert lines == [
        "关于报送8月份重点工作完成情况的催报通知",
        "区财政局：",
        "　　“2023年《政府工作报告》重点工作8月份完成情况报送表”报送截止时间为2023年9月2日12:00，"
        "目前尚未收到贵单位的报送表。贵单位需填报1项：",
        "　　第4项：累计完成管网改造12公里。",
        "　　请尽快填好发给贵单位的报送表，报青澜区人民政府督查室（联系人及电话：王老师，0000-12345678）。"
        "如有特殊情况不能按时报送，请及时说明。",
        "　　　　　　　　　　　　青澜区人民政府督查室",
    ]
    document = docx.Document(str(note(reported, "区财政局", "docx")))
    paragraphs = [p.text for p in document.paragraphs]
    assert [text for text in paragraphs if text] == [line.strip() for line in lines]
    assert paragraphs[-2] == ""  # two blank lines above the signature are one in Word
    fonts = [p.runs[0].font.size.pt for p in document.paragraphs if p.text]
    assert fonts == [22, 16, 16, 16, 16, 16]
    assert document.core_properties.author == "reportgen"
    assert [
        path.name for path in note(reported, "区财政局", "txt").parent.iterdir() if "区财政局" not in path.name
    ] == ["催报名单.xlsx"]


def test_check__a_part_is_named_in_the_note(folder, capsys):
    (folder / "input" / P / "区住建局.xlsx").unlink()
    checked(folder, capsys, LATE)
    assert "第2项“泵站”：改造1座。" in note(folder, "区住建局", "txt").read_text(encoding="utf-8-sig")


def test_check__what_a_silent_unit_did_send_is_told_in_report_and_note(folder, capsys):
    inbox = folder / "input" / P
    (inbox / "区财政局盖章.ofd").write_bytes(zipped({"OFD.xml": b"<ofd/>"}))
    checked(folder, capsys, LATE)
    said = "只收到盖章件“区财政局盖章.ofd”"
    assert f"第4项；{said}" in page(folder).text
    assert f"目前{said}，仍需报送。" in note(folder, "区财政局", "txt").read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(inbox / "各局.zip", "w") as archive:
        archive.writestr("八月/区财政局.xlsx", b"PK\x03\x04")
    _status, answer = checked(folder, capsys, LATE)
    (silent,) = [f["message"] for f in answer["findings"] if f["code"] == "M01"]
    said = "报来的“区财政局.xlsx”没有采用（文件打不开：文件已损坏或不完整）"
    assert silent == f"“区财政局”没有报送，涉及第4项；{said}。"
    assert f"目前{said}，仍需报送。" in note(folder, "区财政局", "txt").read_text(encoding="utf-8-sig")


def test_check__the_page_says_what_to_do_next_and_whom_to_call(reported):
    text = page(reported).text
    assert "下一步：催报区财政局，请区水利局更正重报" in text
    (wrong_ones,) = re.findall("需更正（1）(.*?)迟报", text)
    assert wrong_ones.endswith("区水利局周明0000-555010021区水利局.xlsx")


def test_check__the_list_to_call_by_keeps_what_was_noted(reported, capsys):
    path = reported / "output" / P / "催报" / "催报名单.xlsx"
    rows = [list(row) for row in opened(path)["未报送"].iter_rows(values_only=True)]
    assert rows == [
        ["单位", "联系人", "电话", "邮箱", "应填项数", "涉及任务", "催报通知", "已联系", "备注"],
        ["区财政局", "周明", "0000-5550100", None, 1, "第4项", "区财政局.docx", "□", None],
    ]
    wrong_rows = list(opened(path)["需更正"].iter_rows(min_row=2, values_only=True))
    assert wrong_rows == [("区水利局", "周明", "0000-5550100", 2, 1, "区水利局.xlsx", "区水利局.xlsx", "□", None)]

    def called(book):
        book["未报送"]["H2"], book["未报送"]["I2"], book["需更正"]["H2"] = "√", "明日报", "√"

    edit_workbook(path, called)
    checked(reported, capsys, LATE)
    assert [cell.value for cell in opened(path)["未报送"][2]][-2:] == ["√", "明日报"]
    assert opened(path)["需更正"]["H2"].value == "√"


def test_check__notes_of_units_that_have_reported_are_taken_away(reported, capsys):
    own = note(reported, "区财政局", "txt").with_name("通话记录.txt")
    own.write_text("of the clerk", encoding="utf-8")
    send(reported, "区财政局")
    send(reported, "区水利局", name="区水利局.xlsx")
    _status, answer = checked(reported, capsys, LATE)
    assert [path.name for path in own.parent.iterdir()] == ["通话记录.txt"]
    assert answer["outputs"] == [f"output/{P}/核查报告.xlsx", f"output/{P}/核查报告.html"]
    assert "催报" not in page(reported).text
    own.unlink()


def test_check__again_says_the_same_in_the_same_words(folder, capsys):
    told = []
    for _time in range(2):
        capsys.readouterr()
        status = reportgen(folder, "check", P)
        files = {path.name: path.read_bytes() for path in (folder / "output" / P).rglob("*") if path.is_file()}
        told.append((status, capsys.readouterr().out, files))
    assert told[0] == told[1]
    assert "错误" in told[0][1]


def test_check__the_screen_says_where_the_files_are_and_what_to_do(folder, capsys):
    capsys.readouterr()
    assert reportgen(folder, "check", P, now=LATE) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:8] == [
        "应报 4 个单位：未报 1，已报 1，迟报 1，需更正 1。",
        "错误 3 个，警告 2 个，提示 1 个。",
        "区水利局 区水利局.xlsx",
        "  错误 “报送表”E6—E7：第1项、第2项“堤防”的“完成状态”没有填写。",
        "       请补填。",
        "没有报送的单位",
        "  错误 “区财政局”没有报送，涉及第4项。",
        "       请催报；不再等的，运行 review 后在“审定.xlsx”的“未报送单位”表中审定为“未报送”。",
    ]
    assert lines[8:] == [
        f"核查报告：output/{P}/核查报告.html（用浏览器看、打印），output/{P}/核查报告.xlsx（逐格清单）",
        f"退回各单位更正的表 1 份：output/{P}/退回/，错处已在格子上标明。",
        f"催报通知 1 份：output/{P}/催报/（文字和 Word 各一份），电话见 催报名单.xlsx。",
        f"下一步：催报 区财政局，请 区水利局 更正重报，收回的表放进 input/{P}/ 再运行 reportgen check {P}；"
        f"不再等的、由本室定的，运行 reportgen review {P} 审定。",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("report.html.j2", "{% for one in late %}", "{% for one in late", "templates/report.html.j2 第"),
        ("report.html.j2", "{{ office }}", "{{ offise }}", "不认识“offise”。"),
        ("reminder.j2", "{{ unit }}：", "{{ unitt }}：", "是不是“unit”？"),
        ("reminder.j2", "task.target", "task.targets", "花括号里算不出结果"),
    ],
)
def test_check__a_broken_template_is_told_and_everything_stays(reported, capsys, name, old, new, told):
    output = reported / "output" / P
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    template = reported / "templates" / name
    template.write_text(template.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    send(reported, "区民政局", lambda book: book[TABLE].__setitem__("E6", None))
    assert reportgen(reported, "check", P, now=LATE) == 2
    assert told in capsys.readouterr().err
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


def test_check__a_word_template_without_a_line_of_a_kind(folder, capsys):
    path = folder / "templates" / "reminder.docx"
    document = docx.Document(str(path))
    document.paragraphs[2].runs[0].text = "正文"
    document.save(str(path))
    assert reportgen(folder, "check", P, now=LATE) == 2
    assert "没有只写着 {{ body }} 的一段" in capsys.readouterr().err
    path.write_bytes(b"not a document")
    assert reportgen(folder, "check", P, now=LATE) == 2
    assert "不是完好的 Word 文档" in capsys.readouterr().err


def test_rendered__a_template_cannot_reach_out():
    with pytest.raises(CannotRun, match="模板不能使用"):
        rendered(b"{{ unit.__class__.__mro__ }}", "a.j2", {"unit": "甲"})


def test_rendered__a_template_saved_by_an_old_editor():
    assert rendered("{{ unit }}：\r\n请报。".encode("gb18030"), "a.j2", {"unit": "甲局"}) == "甲局：\n请报。"


@pytest.mark.office
def test_check__the_note_is_one_page_in_an_office_program(reported, tmp_path):
    saved = converted(note(reported, "区财政局", "docx"), "txt", tmp_path)
    assert "目前尚未收到贵单位的报送表" in saved.read_text(encoding="utf-8-sig")


def test_check__nothing_to_send_writes_no_folders(tmp_path, capsys):
    answered(tmp_path)
    status, answer = checked(tmp_path, capsys)
    assert (status, answer["findings"]) == (0, [])
    assert sorted(path.name for path in (tmp_path / "output" / P).iterdir()) == [
        "forms",
        "发放清单.xlsx",
        "核查报告.html",
        "核查报告.xlsx",
        "空白表.zip",
    ]
    assert not back(tmp_path, "区水利局").exists()
    assert "没有问题。" in page(tmp_path).text


def test_check__tells_what_the_office_changed_and_the_figures_once_all_is_settled(tmp_path, capsys):
    folder = reviewed(answered(tmp_path, "区住建局"))
    rule(folder, 1, 审定状态="部分完成", 审定意见="按<口径>")
    checked(folder, capsys)
    assert "还有没处理的错误；处理完以后，这里列出各单位、各位领导、各组的数字。" in page(folder).text
    assert "各单位完成和报送情况" not in page(folder).text
    rule(folder, 2, 审定状态="未完成", 审定完成情况="泵站没有改造。")
    assert checked(folder, capsys)[0] == 0
    shown = page(folder).text
    assert "审定改动（3）" in shown
    assert "第1项完成状态完成部分完成按<口径>审定.xlsx“审定”L2" in shown
    assert "第2项完成情况" in shown
    assert "8月份各单位完成和报送情况" in shown
    book = opened(folder / "output" / P / "核查报告.xlsx")
    rows = list(book["审定改动"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == (1, None, "完成状态", "完成", "部分完成", "按<口径>", "审定.xlsx “审定” L2")
    assert len(rows) == 3
