"""The circular: what it says of a month, and what is told of a template that cannot be used."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from msgspec.structs import replace

from reportgen.core.circular import DATE_PLACEHOLDER, miscounted, title_lines, unsaid
from reportgen.core.fields import CircularWords
from reportgen.core.findings import CannotRun, Code
from reportgen.core.model import Schedule
from reportgen.writers.circular import write_circular
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.xmlparts import parsed
from tests import world
from tests.circulars import NAME, TEMPLATE, WORDS, changed, circular, lines
from tests.world import answer, ledger, reports, ruling, task

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MISSED = {"completion": "累计完成9公里。", "reason": "雨天多"}


def headings(text):
    return [line for line in text if re.match("[一二三四五六七八九十]+、", line)]


def met(seq):
    return answer(seq, "完成", "累计完成12公里。")


def missed(seq, status="未完成", **others):
    return answer(seq, status, **{**MISSED, **others})


# --- what it says ---------------------------------------------------------------------------------------------------


def test_lines__of_a_small_month():
    book = ledger(task(1, "甲局（牵头） 乙局 丙局提供数据"), task(2, "乙局 丙局"), task(3, "丙局"))
    text = lines(circular(book, reports(甲局=[missed(1, "部分完成")], 乙局=[missed(2)], 丙局=[met(3)])))
    assert text == [
        "〔文号〕",
        "",
        "关于2023年重点工作8月份完成情况的通报",
        "",
        "各镇，区政府各部门：",
        "根据《分解方案》，现将2023年重点工作8月份完成情况通报如下：",
        "一、总体情况",
        "列入8月份通报的任务共3项。3项中，完成1项，占33.33%；部分完成1项，占33.33%；未完成1项，占33.33%。",
        "二、部分完成的任务",
        "（一）第1项“年度任务1。”（牵头单位：甲局；其他责任单位：乙局）",
        "8月份目标任务：累计完成管网改造12公里。",
        "完成情况：累计完成9公里。",
        "未完成原因：雨天多。",
        "三、未完成的任务",
        "（一）第2项“年度任务2。”（责任单位：乙局、丙局）",
        "8月份目标任务：累计完成管网改造12公里。",
        "完成情况：累计完成9公里。",
        "未完成原因：雨天多。",
        "四、工作要求",
        "一是压实责任。",
        "二是加强督查。",
        "",
        "附件：2023年重点工作8月份完成情况通报表",
        "",
        "",
        "青澜区人民政府督查室",
        "2023年9月6日",
        "抄送：〔抄送机关〕。",
        "〔印发机关〕\t〔印发日期〕印发",
        "",
    ]


def test_lines__all_met_and_nothing_required():
    words = CircularWords("各镇")
    text = lines(circular(ledger(task(1, "甲局")), reports(甲局=[met(1)]), words=words))
    assert headings(text) == ["一、总体情况"]
    assert "列入8月份通报的任务共1项。1项中，完成1项，占100.00%。" in text


def test_lines__none_met():
    book = ledger(*(task(seq, "甲局") for seq in (1, 2)))
    text = lines(circular(book, reports(甲局=[missed(1), missed(2)])))
    assert headings(text) == ["一、总体情况", "二、未完成的任务", "三、工作要求"]
    assert "列入8月份通报的任务共2项。2项中，未完成2项，占100.00%。" in text
    assert [line[:6] for line in text if line.startswith("（")] == ["（一）第1项", "（二）第2项"]


def test_lines__silent_units_are_ruled_and_late_ones_named():
    book = ledger(task(1, "甲局"), task(2, "乙局"), task(3, "丙局"), task(4, "乙局"))
    moments = {"甲局": datetime(2023, 9, 2, 12, 0), "丙局": datetime(2023, 9, 3, 8, 30)}
    text = lines(circular(book, reports(甲局=[met(1)], 丙局=[met(3)]), (), ["乙局"], moments))
    assert headings(text) == ["一、总体情况", "二、未按时报送的单位", "三、工作要求"]
    assert "列入8月份通报的任务共4项。4项中，完成2项，占50.00%；未报送2项，占50.00%。" in text
    assert "应报送的3个单位中，未报送的1个：乙局（第2、4项）。" in text
    assert "截止时间为2023年9月2日12:00，迟报的1个：丙局（2023年9月3日08:30报送）。" in text


def test_lines__a_row_ruled_unreported_of_a_unit_that_reported():
    book = ledger(task(1, "甲局"), task(2, "甲局"))
    text = lines(circular(book, reports(甲局=[met(1)]), [ruling(2, "未报送")]))
    assert "列入8月份通报的任务共2项。2项中，完成1项，占50.00%；未报送1项，占50.00%。" in text
    assert "已报送而其中任务未报送的：甲局（第2项）。" in text


def test_lines__what_does_not_count_is_told_apart():
    book = ledger(task(1, "甲局"), task(2, "甲局", target=""), task(3, "甲局"))
    text = lines(circular(book, reports(甲局=[met(1), answer(3, "暂缓实施", "上级已叫停。")])))
    assert "列入8月份通报的任务共3项，其中本月无目标1项、暂缓实施1项，不计入统计。1项中，完成1项，占100.00%。" in text


def test_lines__nothing_counts():
    text = lines(circular(ledger(task(1, "甲局", target="")), {}))
    assert "列入8月份通报的任务共1项，其中本月无目标1项，不计入统计。" in text


def test_lines__a_list_of_105_tasks():
    book = ledger(*(task(seq, "甲局") for seq in range(1, 106)))
    text = lines(circular(book, reports(甲局=[missed(seq) for seq in range(1, 106)])))
    items = [line for line in text if line.startswith("（")]
    assert len(items) == 105
    assert items[9].startswith("（十）第10项“")
    assert items[-1].startswith("（一百零五）第105项“")
    assert text.count("完成情况：累计完成9公里。") == 105


@pytest.mark.parametrize(
    "written",
    [
        "产值<5亿元，A&B公司&amp;占比>3%。",
        "{{ title }}{% for x in y %}{# 注 #}{_{ }_} {_% %_}。",
        "“引号”‘单引号’\"直引号\"'撇号'——省略……·赟溡㎡Ⅲ。",
        "制表\t符  两个空格。",
        "1.第一条。\n2.第二条。",
        "</w:t></w:r></w:p>。",
    ],
)
def test_lines__every_character_of_a_unit_is_there(written):
    book = ledger(task(1, "甲局", target=written))
    model = circular(book, reports(甲局=[missed(1, completion=written, reason=written)]))
    text = "\n".join(lines(model))
    for label in ("8月份目标任务", "完成情况", "未完成原因"):
        assert f"\n{label}：{written}\n" in text


def test_lines__control_characters_and_empty_lines_are_left_out():
    book = ledger(task(1, "甲局"))
    text = lines(circular(book, reports(甲局=[missed(1, completion="前\x07半\x0c句\n\n后半句")])))
    at = text.index("完成情况：前半句")
    assert text[at + 1] == "后半句。"


def test_lines__the_task_between_quotes_has_single_ones():
    book = ledger(replace(task(1, "甲局"), annual_target="建立“1+6+N”平台。"))
    assert "（一）第1项“建立‘1+6+N’平台。”（责任单位：甲局）" in lines(circular(book, reports(甲局=[missed(1)])))


def test_lines__no_text_and_no_reason():
    text = lines(circular(ledger(task(1, "甲局")), reports(甲局=[answer(1, "未完成", "未完成。")])))
    assert text[text.index("8月份目标任务：累计完成管网改造12公里。") + 1] == "三、工作要求"


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("", "现将2023年重点工作8月份完成情况通报如下："),
        ("根据区政府常务会议要求，", "根据区政府常务会议要求，现将2023年重点工作8月份完成情况通报如下："),
    ],
)
def test_lines__the_basis(basis, said):
    schedule = Schedule(world.AUGUST, basis=basis)
    assert said in lines(circular(ledger(task(1, "甲局")), reports(甲局=[met(1)]), schedule=schedule))


def test_lines__no_date_yet():
    model = circular(ledger(task(1, "甲局")), reports(甲局=[met(1)]), schedule=Schedule(world.AUGUST))
    assert DATE_PLACEHOLDER in lines(model)
    assert DATE_PLACEHOLDER in write_circular(TEMPLATE, NAME, model).to_fill_in


def test_lines__a_title_of_its_own():
    words = replace(WORDS, title="关于2023年民生实事推进情况的通报")
    text = lines(circular(ledger(task(1, "甲局")), reports(甲局=[met(1)]), words=words))
    assert text[2] == "关于2023年民生实事推进情况的通报"
    assert "根据《分解方案》，现将2023年民生实事推进情况通报如下：" in text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("关于重点工作的通报", ["关于重点工作的通报"]),
        (
            "关于2023年《政府工作报告》重点工作8月份完成情况的通报",
            ["关于2023年《政府工作报告》", "重点工作8月份完成情况的通报"],
        ),
        ("关于2023年第三季度重点工作任务完成情况的通报", ["关于2023年第三季度", "重点工作任务完成情况的通报"]),
        ("督" * 30, ["督" * 15, "督" * 15]),
        ("督" * 61, ["督" * 61]),
    ],
)
def test_title_lines__between_words(title, expected):
    assert list(title_lines(title, 20)) == expected


# --- the document ---------------------------------------------------------------------------------------------------


def one_missed(**others):
    return circular(ledger(task(1, "甲局")), reports(甲局=[missed(1)]), **others)


def test_write_circular__same_input_same_bytes():
    first = write_circular(TEMPLATE, NAME, one_missed())
    assert first == write_circular(TEMPLATE, NAME, one_missed())
    assert b"2000-01-01T00:00:00Z" in parts_of(first.content)["docProps/core.xml"]


def test_template__is_what_its_script_makes():
    from scripts import make_circular_template

    assert make_circular_template.circular() == TEMPLATE


def test_write_circular__the_page_of_gb9704():
    root = parsed(parts_of(write_circular(TEMPLATE, NAME, one_missed()).content)["word/document.xml"])
    (section,) = root.iter(f"{W}sectPr")
    found = {child.tag.removeprefix(W): {k.removeprefix(W): v for k, v in child.attrib.items()} for child in section}
    assert found["pgSz"] == {"w": "11906", "h": "16838"}
    margins = {side: int(found["pgMar"][side]) for side in ("top", "bottom", "left", "right")}
    mm = {side: round(size / 1440 * 25.4, 1) for side, size in margins.items()}
    assert mm == {"top": 37.0, "bottom": 34.9, "left": 28.0, "right": 26.0}
    assert found["docGrid"] == {"type": "linesAndChars", "linePitch": "580", "charSpace": "-848"}
    assert 16838 - margins["top"] - margins["bottom"] == 22 * 580
    assert section.find(f"{W}titlePg") is None
    assert b"<w:evenAndOddHeaders/>" in parts_of(TEMPLATE)["word/settings.xml"]


def test_write_circular__fonts_by_their_official_names():
    parts = parts_of(write_circular(TEMPLATE, NAME, one_missed()).content)
    said = {}
    for paragraph in parsed(parts["word/document.xml"]).iter(f"{W}p"):
        text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        for run in paragraph.findall(f"{W}r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts.get(f"{W}hint") == "eastAsia"
            names = {fonts.get(f"{W}{kind}") for kind in ("ascii", "hAnsi", "eastAsia", "cs")}
            said[text] = (*names, run.find(f"{W}rPr/{W}sz").get(f"{W}val"))
    assert said["关于2023年重点工作8月份完成情况的通报"] == ("方正小标宋简体", "44")
    assert said["一、总体情况"] == ("黑体", "32")
    assert said["（一）第1项“年度任务1。”（责任单位：甲局）"] == ("楷体", "32")
    assert said["完成情况：累计完成9公里。"] == ("仿宋", "32")
    assert said["抄送：〔抄送机关〕。"] == ("仿宋", "28")
    for part in ("word/footer1.xml", "word/footer2.xml"):
        assert {f.get(f"{W}eastAsia") for f in parsed(parts[part]).iter(f"{W}rFonts")} == {"宋体"}
    assert not any(b"Theme" in content for name, content in parts.items() if name.endswith(".xml"))


def test_write_circular__body_indented_two_characters():
    styles = parsed(parts_of(TEMPLATE)["word/styles.xml"])
    indents = {
        style.get(f"{W}styleId"): style.find(f"{W}pPr/{W}ind").get(f"{W}firstLineChars")
        for style in styles.iter(f"{W}style")
        if style.find(f"{W}pPr/{W}ind") is not None
    }
    assert {name: indents[name] for name in ("Body", "LastBody", "Level1", "Level2")} == dict.fromkeys(
        ("Body", "LastBody", "Level1", "Level2"), "200"
    )


def test_write_circular__what_is_left_to_the_clerk():
    model = one_missed()
    assert write_circular(TEMPLATE, NAME, model).to_fill_in == (
        "〔文号〕",
        "〔抄送机关〕",
        "〔印发机关〕",
        "〔印发日期〕",
    )
    filled = changed(("〔文号〕", "青督〔2023〕5号"), ("〔抄送机关〕", "区委办公室"))
    assert write_circular(filled, NAME, model).to_fill_in == ("〔印发机关〕", "〔印发日期〕")


def test_write_circular__an_office_that_the_settings_do_not_name_yet():
    model = replace(one_missed(), office="××区人民政府督查室")
    assert write_circular(TEMPLATE, NAME, model).to_fill_in[-1] == "××区人民政府督查室"


def test_write_circular__a_draft_is_marked_on_every_page_and_red_where_something_is_missing():
    book = ledger(task(1, "甲局"), task(2, "乙局"))
    answers = reports(甲局=[missed(1, completion="已完成【未报送】一半【待补充】")])
    model = circular(book, answers, note="草稿，不得印发。未报送单位：乙局。")
    written = write_circular(TEMPLATE, NAME, model)
    parts = parts_of(written.content)
    headers = [name for name in parts if name.startswith("word/header")]
    assert len(headers) == 2
    assert all("草稿" in parts[name].decode() for name in headers)
    red = [
        "".join(t.text or "" for t in run.iter(f"{W}t"))
        for run in parsed(parts["word/document.xml"]).iter(f"{W}r")
        if (color := run.find(f"{W}rPr/{W}color")) is not None and color.get(f"{W}val") == "FF0000"
    ]
    assert red == ["草稿，不得印发。未报送单位：乙局。", "【未报送】", "【待补充】"]
    text = lines(model)
    assert "列入8月份通报的任务共2项。1项中，未完成1项，占100.00%。尚有1项待定。" in text
    assert "应报送的2个单位中，未报送的1个：乙局（第2项）。" in text
    assert "完成情况：已完成【未报送】一半【待补充】。" in text


# --- templates that cannot be used ----------------------------------------------------------------------------------


def refused(template):
    with pytest.raises(CannotRun) as caught:
        write_circular(template, NAME, one_missed())
    assert {f.code for f in caught.value.findings} == {Code.T01}
    assert {f.place.file for f in caught.value.findings} == {NAME}
    return [(f.message.removeprefix("模板不能使用："), f.hint) for f in caught.value.findings]


@pytest.mark.parametrize(
    ("old", "new", "reason", "advice"),
    [
        ("{{ recipients }}", "{{ recipient }}", "第8段“{{ recipient }}：”中不认识“recipient”", "是不是“recipients”？"),
        (
            "{{ one.target }}",
            "{{ one.targett }}",
            "第16段“{{ period }}目标任务：{{ one.targett }}”中不认识",
            "“target”？",
        ),
        ("{{ late | length }}", "{{ late | lenght }}", "中不认识“|”后面的“lenght”", "loop.index | chinese"),
        ("{{ office }}", "{{ office }", "的花括号里的写法不对", "半角"),
        ("{{ heading }}", "｛｛ heading ｝｝", "第3段“｛｛ heading ｝｝”的花括号里的写法不对", "半角"),
        ("{{ heading }}", "{ heading }", "第3段“{ heading }”的花括号里的写法不对", "半角"),
        ("{%p endfor %}", "", "一带的 for 或 if 没有成对", "endfor"),
        ("{{ date }}", "{{ date + 1 }}", "的花括号里算不出结果", "可用的有"),
        ("{{ date }}", "{{ one.seq }}", "第52段“{{ one.seq }}”中不认识“one”", "可用的有"),
        ("{{ date }}", "{{ date.__class__ }}", "中不认识“__class__”", "可用的有"),
    ],
)
def test_write_circular__a_mistake_is_told_with_its_paragraph(old, new, reason, advice):
    ((said, cure),) = refused(changed((old, new)))
    assert reason in said
    assert advice in cure


def test_write_circular__every_unknown_word_is_told_also_where_nothing_prints_this_month():
    template = changed(("{{ one.received }}", "{{ one.recieved }}"), ("{{ subject }}", "{{ subjekt }}"))
    assert [re.search("不认识“(.*)”", said).group(1) for said, _cure in refused(template)] == ["subjekt", "recieved"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", zipped({"word/document.xml": b"<w:"}), zipped({"a": b""})])
def test_write_circular__no_word_document(content):
    assert refused(content)[0][0] == "不是完好的 Word 文档（.docx）"


def test_write_circular__word_cuts_a_placeholder_into_runs():
    cut = changed(("{{ office }}", "{{ off</w:t></w:r><w:r><w:t>ice }}"))
    assert lines(one_missed(), cut) == lines(one_missed())


def test_write_circular__a_header_that_nothing_refers_to():
    stray = zipped({**parts_of(TEMPLATE), "word/header9.xml": b'<w:hdr xmlns:w="urn:x"/>'})
    assert lines(one_missed(), stray) == lines(one_missed())


def test_write_circular__quotes_that_word_makes_curly():
    text = lines(one_missed(), changed(("{{ office }}", "{{ office.replace(“督查室”, ‘办公室’) }}")))
    assert "青澜区人民政府办公室" in text


def test_write_circular__the_clerk_adds_a_section():
    added = changed(("{{ office }}", "{{ number() }}、其他{% set n = listed * 2 %}{{ n }}"))
    assert "四、其他2" in lines(one_missed(), added)


# --- read back ------------------------------------------------------------------------------------------------------


def test_unsaid__a_text_that_is_not_there():
    model = one_missed()
    text = "\n".join(lines(model))
    used = {"task", "target", "actual", "reason", "seq"}
    assert unsaid(model, text, used) == ()
    short = text.replace("累计完成9公里", "累计完成9公")
    assert unsaid(model, short, used) == (("第1项", "累计完成9公里。"),)
    assert unsaid(model, short, used - {"actual"}) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ one.name }}{{ one.count }}项，", "完成28项，", "完成28项"),
        ("{{ group.name }}的任务", "{{ group.name }}的任务（11项）", "未完成的任务（11项"),
        ("{{ total }}项中", "39项中", "39项中"),
        ("占{{ one.percent }}", "占71.79%", "71.79%"),
    ],
)
def test_miscounted__last_months_numbers_in_the_template(old, new, said):
    model = one_missed()
    wrong = miscounted(model, "\n".join(lines(model, changed((old, new)))), world.STATUSES)
    assert [one for one, _should in wrong] == [said]


def test_miscounted__numbers_of_units_and_settings_are_their_own():
    book = ledger(task(1, "甲局", target="完成5项。"), task(2, "甲局"))
    answers = reports(甲局=[missed(1, completion="完成3项，占60.00%。"), met(2)])
    model = circular(book, answers, words=replace(WORDS, requirements=("未完成9项的要整改，达到90.00%",)))
    assert miscounted(model, "\n".join(lines(model)), world.STATUSES) == ()
