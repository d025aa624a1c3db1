from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.core.fields import CircularWords, FilledBy, Required, StatusClass, TemplateSet
from reportgen.core.findings import CannotRun, Finding
from reportgen.core.period import Period
from reportgen.readers.settings import Configuration, read_configuration, settings_for

BUNDLED = Path(__file__).parent.parent / "config" / "reportgen.yaml"
FILE = "config/reportgen.yaml"
AUGUST = Period(2023, 8, 8)
FIXED = "".join(
    f"  - {{key: {key}, heading: {heading}, filled_by: {by}}}\n"
    for key, heading, by in (
        ("seq", "序号", "ledger"),
        ("part", "分项", "ledger"),
        ("annual_target", "年度目标任务", "ledger"),
        ("period_target", "'{{ period }}目标任务'", "ledger"),
        ("leaders", "分管区领导", "ledger"),
        ("units", "责任单位", "ledger"),
        ("status", "完成状态", "unit, required: always"),
        ("completion", "完成情况", "unit, required: always"),
    )
)
GOOD = f"""office: 某督查室
title: '{{{{ year }}}}年{{{{ period }}}}通报表'
form_title: 报送表
fields:
{FIXED}statuses:
  - {{name: 完成, class: met, synonyms: [已完成]}}
  - {{name: 部分完成, class: partly}}
  - {{name: 未完成, class: not}}
"""


def read(tmp_path: Path, text: str) -> Configuration:
    path = tmp_path / "reportgen.yaml"
    path.write_text(text, encoding="utf-8")
    return read_configuration(path, FILE)


def mistakes(tmp_path: Path, text: str) -> tuple[Finding, ...]:
    with pytest.raises(CannotRun) as caught:
        read(tmp_path, text)
    return caught.value.findings


def told(tmp_path: Path, text: str) -> list[tuple[str, int, str]]:
    return [(f.code.name, f.place.line, str(f.values.get("key", ""))) for f in mistakes(tmp_path, text)]


def test_read_configuration__the_bundled_file() -> None:
    configuration = read_configuration(BUNDLED, FILE)
    settings = settings_for(configuration, AUGUST)
    assert settings.title == "2023年《政府工作报告》重点工作8月份完成情况通报表"
    assert [(f.key, f.heading) for f in settings.fields] == [
        ("seq", "序号"),
        ("part", "分项"),
        ("annual_target", "年度目标任务"),
        ("period_target", "8月份目标任务"),
        ("status", "完成状态"),
        ("completion", "完成情况"),
        ("reason", "未完成原因"),
        ("next_target", "9月份目标任务"),
        ("leaders", "分管区领导"),
        ("units", "责任单位"),
    ]
    completion = settings.fields["completion"]
    assert (completion.min_length, completion.max_length) == (6, 400)
    assert (completion.filled_by, completion.required) == (FilledBy.UNIT, Required.ALWAYS)
    assert settings.fields["reason"].required is Required.UNLESS_MET
    assert settings.statuses.meant_by("√") == "完成"
    assert [s.kind for s in settings.statuses.all] == [StatusClass.MET, StatusClass.PARTLY, StatusClass.NOT]
    assert (settings.collect_every, settings.silenced) == (False, frozenset())


def test_bundled_file__every_key_stands_under_a_comment() -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines()
    comments = "\n".join(line for line in lines if line.lstrip().startswith("#"))
    for number, line in enumerate(lines):
        if line[:1].isalpha():
            assert lines[number - 1].startswith("#"), line
    keys = ("key", "heading", "aliases", "filled_by", "required", "min_length", "max_length", "choices")
    for key in (*keys, "name", "class", "synonyms"):
        assert f"#   {key} " in comments


def test_settings_for__the_last_period_has_no_field_that_names_the_next(tmp_path: Path) -> None:
    settings = settings_for(read_configuration(BUNDLED, FILE), Period(2023, 12, 12))
    assert "next_target" not in settings.fields
    assert settings.fields["period_target"].heading == "12月份目标任务"


def test_settings_for__other_lengths_of_period() -> None:
    settings = settings_for(read_configuration(BUNDLED, FILE), Period(2023, 7, 9))
    assert settings.fields["next_target"].heading == "第四季度目标任务"
    assert settings.title == "2023年《政府工作报告》重点工作第三季度完成情况通报表"


def test_read_configuration__collect_and_silenced_rules(tmp_path: Path) -> None:
    configuration = read(tmp_path, GOOD + "collect: every\nrules:\n  silence: [V04, m03]\n")
    assert (configuration.collect_every, configuration.silenced) == (True, frozenset({"V04", "M03"}))


def test_read_configuration__a_field_of_ones_own(tmp_path: Path) -> None:
    own = "  - {key: funded, heading: 资金是否到位, filled_by: unit, required: never, choices: ['是', '否']}\n"
    configuration = read(tmp_path, GOOD.replace("statuses:", own + "statuses:"))
    field = settings_for(configuration, AUGUST).fields["funded"]
    assert (field.heading, field.choices, field.filled_by) == ("资金是否到位", ("是", "否"), FilledBy.UNIT)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_read_configuration__saved_by_an_old_editor(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "reportgen.yaml"
    path.write_text(GOOD, encoding=encoding, newline="\r\n")
    assert read_configuration(path, FILE).office == "某督查室"


def test_read_configuration__every_mistake_in_one_go(tmp_path: Path) -> None:
    text = """offce: 某督查室
title: '{{ yeer }}年通报表'
form_title: [甲]
collect: all
form_title: 报送表
fields:
  - key: seq
    heading: 2023
    filled_by: ledger
  - key: 完成
    heading: 完成
    filled_by: unit
  - key: status
    heading: 序号
    aliases: 状态
    filled_by: ledger
    required: never
    choices: [完成]
  - key: completion
    heading: '{{ period 完成情况'
    filled_by: unit
    required: sometimes
    min_length: 20
    max_length: 十
    maxlength: 3
  - key: completion
    heading: 情况
    filled_by: unit
    required: always
  - 序号
statuses:
  - name: 完成
    class: done
  - name: 部分完成
    class: partly
    synonyms: [完成, 3]
rules:
  silence: [V4, M01, V05]
  loud: true
"""
    assert told(tmp_path, text) == [
        ("C02", 1, "offce"),
        ("C03", 2, "title"),
        ("C03", 3, "form_title"),
        ("C03", 4, "collect"),
        ("C03", 5, "form_title"),
        ("C04", 7, "fields.annual_target"),
        ("C04", 7, "fields.leaders"),
        ("C04", 7, "fields.part"),
        ("C04", 7, "fields.period_target"),
        ("C04", 7, "fields.units"),
        ("C03", 8, "fields.seq.heading"),
        ("C03", 10, "fields.完成.key"),
        ("C03", 15, "fields.status.aliases"),
        ("C03", 16, "fields.status.filled_by"),
        ("C03", 17, "fields.status.required"),
        ("C03", 18, "fields.status.choices"),
        ("C03", 20, "fields.completion.heading"),
        ("C03", 22, "fields.completion.required"),
        ("C03", 24, "fields.completion.max_length"),
        ("C02", 25, "fields.completion.maxlength"),
        ("C03", 26, "fields.completion"),
        ("C03", 30, "fields.第6个"),
        ("C04", 32, "class: met"),
        ("C04", 32, "class: not"),
        ("C03", 33, "statuses.完成.class"),
        ("C03", 34, "statuses.部分完成"),
        ("C03", 36, "statuses.部分完成.synonyms.第2个"),
        ("C03", 38, "rules.silence.第1个"),
        ("C03", 38, "rules.silence.第2个"),
        ("C02", 39, "rules.loud"),
    ]


def test_read_configuration__lengths_that_no_text_can_have(tmp_path: Path) -> None:
    text = GOOD.replace("heading: 完成情况,", "heading: 完成情况, min_length: 20, max_length: 10,")
    assert told(tmp_path, text) == [("C03", 12, "fields.completion.min_length")]


def one(tmp_path: Path, text: str) -> tuple[str, str]:
    (finding,) = mistakes(tmp_path, text)
    return finding.message, finding.hint


def test_read_configuration__what_was_written_and_the_nearest_right_word(tmp_path: Path) -> None:
    assert one(tmp_path, GOOD.replace("office:", "offise:")) == (
        "不认识的配置项“offise”。",
        "是不是“office”？",
    )
    assert one(tmp_path, GOOD.replace("{{ period }}通", "{{ perod }}通")) == (
        "配置项“title”的值“{{ year }}年{{ perod }}通报表”不对：不认识“perod”。",
        "是不是“period”？可用：{{ year }}、{{ period }}。",
    )
    assert one(tmp_path, GOOD.replace("class: not", "class: nott")[:-1] + "\n  - {name: 没完成, class: not}\n") == (
        "配置项“statuses.未完成.class”的值“nott”不对：不在可选的值中。",
        "是不是“not”？可用的有：met、partly、not、excluded。",
    )
    assert one(tmp_path, GOOD.replace("heading: 分项", "heading: 序 号")) == (
        "配置项“fields.part”的值“…”不对：表头或叫法“序号”与第5行的栏目相同。",
        "两个栏目的表头和叫法不能相同。",
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "{{ year }}年{period}",
        "｛｛ year ｝｝年",
        "{{ year / 0 }}",
        "{{ year.real.x }}",
        "{% if %}",
        "{{ year",
        "{{ ''.__class__ }}",
    ],
)
def test_read_configuration__patterns_that_do_not_work(tmp_path: Path, pattern: str) -> None:
    text = GOOD.replace("form_title: 报送表", f'form_title: "{pattern}"')
    assert told(tmp_path, text) == [("C03", 3, "form_title")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("office: 甲\ntitle: {{ year }}年\n", 2, "缩进与上下行没有对齐，或值里有符号而没有加引号"),
        ("office: 甲\n title: 乙\n", 2, "这一行多了一个冒号，或上一行的缩进不对"),
        ("office: 甲: 乙\n", 1, "这一行多了一个冒号，或上一行的缩进不对"),
        ("office: 甲\n\ttitle: 乙\n", 2, "缩进用了 Tab，请改用空格"),
        ("office: '甲\ntitle: 乙\n", 1, "引号没有成对"),
        ("office: 甲\ntitle：乙\ncollect: lead\n", 2, "少了冒号，或冒号后面没有空格"),
        ("collect: [lead\noffice: 甲\n", 2, "方括号没有成对，或少了逗号"),
        ("office: *甲\n", 1, "值以 * 开头而没有加引号"),
        ("office: 甲\ntitle: 乙\x01\n", 2, "有不可见的控制字符"),
        ("fields:\n  - key: seq\n   heading: 序号\n", 3, "列表的各行没有对齐"),
        ("title: '甲' 乙\n", 1, "缩进与上下行没有对齐，或值里有符号而没有加引号"),
        ("office: @甲\n", 1, "值以特殊符号开头而没有加引号，或用了 Tab"),
        ("office: 甲\n---\ntitle: 乙\n", 2, "多了一行 ---"),
    ],
)
def test_read_configuration__yaml_that_cannot_be_read(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (finding,) = mistakes(tmp_path, text)
    assert (finding.code.name, finding.place.line, finding.values["reason"]) == ("C01", line, reason)


def test_read_configuration__no_mapping_at_all(tmp_path: Path) -> None:
    needed = ("fields", "form_title", "office", "statuses", "title")
    assert told(tmp_path, "") == [("C04", 1, key) for key in needed]
    assert told(tmp_path, "只是一句话\n") == [("C03", 1, "整个文件")]
    assert told(tmp_path, "- 甲\n") == [("C03", 1, "整个文件")]


def test_read_configuration__no_file(tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        read_configuration(tmp_path / "reportgen.yaml", FILE)
    assert [f.code.name for f in caught.value.findings] == ["W08"]


def test_circular__what_the_settings_say(tmp_path: Path) -> None:
    text = (
        GOOD
        + "circular:\n  recipients: 各单位\n  title: '关于{{ year }}年的通报'\n  requirements: ['{{ period }}要抓紧']\n"
    )
    circular = settings_for(read(tmp_path, text), AUGUST).circular
    assert circular == CircularWords("各单位", "关于2023年的通报", ("8月份要抓紧",))


def test_circular__without_a_word_and_switched_off(tmp_path: Path) -> None:
    circular = settings_for(read(tmp_path, GOOD), AUGUST).circular
    assert circular is not None
    assert (circular.title, circular.requirements) == ("", ())
    assert "各镇人民政府" in circular.recipients
    assert settings_for(read(tmp_path, GOOD + "circular: {enabled: false}\n"), AUGUST).circular is None


def test_circular__mistakes_with_their_lines(tmp_path: Path) -> None:
    first = GOOD.count("\n") + 1
    text = GOOD + (
        "circular:\n"
        "  enabled: 不要\n"
        "  recipient: 各单位\n"
        "  title: '{{ year }}年{{ period }}通报表'\n"
        "  requirements: ['{{ perod }}要抓紧', 5]\n"
    )
    assert [(f.code.name, f.place.line - first, f.values["key"]) for f in mistakes(tmp_path, text)] == [
        ("C03", 1, "circular.enabled"),
        ("C02", 2, "circular.recipient"),
        ("C03", 3, "circular.title"),
        ("C03", 4, "circular.requirements.第1个"),
        ("C03", 4, "circular.requirements.第2个"),
    ]
    hints = [f.hint for f in mistakes(tmp_path, text)]
    assert hints[0] == "true 是，false 否。"
    assert hints[1] == "是不是“recipients”？"
    assert hints[3].startswith("是不是“period”？")
    assert told(tmp_path, GOOD + "circular: 不要\n") == [("C03", first, "circular")]


@pytest.mark.parametrize(
    ("line", "chosen"), [("", TemplateSet.SAMPLE), ("template_set: gbt9704\n", TemplateSet.GBT9704)]
)
def test_read_configuration__the_set_of_templates(tmp_path: Path, line: str, chosen: TemplateSet) -> None:
    assert settings_for(read(tmp_path, line + GOOD), AUGUST).template_set is chosen


def test_read_configuration__a_set_that_does_not_exist(tmp_path: Path) -> None:
    (finding,) = mistakes(tmp_path, "template_set: gb9704\n" + GOOD)
    assert (finding.code.name, finding.place.line) == ("C03", 1)
    assert "是不是“gbt9704”？可用的有：sample、gbt9704。" in finding.hint


def test_read_configuration__a_key_of_a_column_that_is_worked_out(tmp_path: Path) -> None:
    text = GOOD.replace("fields:\n", "fields:\n  - {key: light, heading: 红黄绿灯, filled_by: ledger}\n")
    assert told(tmp_path, text) == [("C03", 5, "fields.light.key")]
