"""`build` with the circular: the bundled month's, kept when a person edited it, told when its template is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from reportgen.core.figures import percent
from reportgen.readers.wordtables import read_word_text
from tests.circulars import NAME, changed
from tests.filling import edit_workbook, reportgen
from tests.office_rules import answered
from tests.year import built_month, demo

P = "2023-08"
TITLE = "关于2023年《政府工作报告》重点工作8月份完成情况的通报"


@pytest.fixture
def folder(tmp_path):
    return demo(tmp_path)


def path(folder: Path, prefix=""):
    return folder / "output" / P / f"{prefix}{TITLE}.docx"


def text(folder, prefix=""):
    return read_word_text(path(folder, prefix).read_bytes(), TITLE).split("\n")


def configure(folder, old, new):
    config = folder / "config" / "reportgen.yaml"
    said = config.read_text(encoding="utf-8")
    assert old in said
    config.write_text(said.replace(old, new), encoding="utf-8")


def said(capsys):
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_build__the_circular_of_the_bundled_month(folder, capsys):
    assert reportgen(folder, "build", P) == 0
    shown = said(capsys)
    assert "文中还有要由本室填写的：〔文号〕、〔抄送机关〕、〔印发机关〕、〔印发日期〕。" in shown
    circular = text(folder)
    rows = json.loads((folder / "output" / P / "manifest.json").read_text(encoding="utf-8"))["rows"]
    seqs = {name: [row["seq"] for row in rows if row["status"] == name] for name in ("完成", "部分完成", "未完成")}
    total = sum(map(len, seqs.values()))
    sentence = "；".join(f"{name}{len(s)}项，占{percent(len(s), total)}" for name, s in seqs.items())
    assert f"列入8月份通报的任务共{len(rows)}项，其中本月无目标1项，不计入统计。{total}项中，{sentence}。" in circular
    starts = [line.partition("）第")[2].partition("项“")[0] for line in circular if line.startswith("（")]
    assert starts == [str(seq) for seq in (*seqs["部分完成"], *seqs["未完成"])]
    ledger = openpyxl.load_workbook(folder / "config" / "ledger-2023.xlsx")["任务"]
    heads = [cell.value for cell in ledger[1]]
    for row in ledger.iter_rows(min_row=2, values_only=True):
        task = dict(zip(heads, row, strict=True))
        if task["序号"] in seqs["部分完成"] + seqs["未完成"]:
            at = circular.index(next(line for line in circular if f"第{task['序号']}项“" in line))
            assert task["年度目标任务"].replace("“", "‘").replace("”", "’") in circular[at]
            assert circular[at + 1] == f"8月份目标任务：{task['8月份目标任务']}"
    assert circular[-5:-3] == ["青澜区人民政府督查室", "2023年9月6日"]


def test_build__the_circular_is_the_same_bytes_again_and_in_the_manifest(tmp_path):
    folder = built_month(tmp_path)
    first = path(folder).read_bytes()
    path(folder).unlink()
    assert reportgen(folder, "build", P) == 0
    assert path(folder).read_bytes() == first
    manifest = json.loads((folder / "output" / P / "manifest.json").read_text(encoding="utf-8"))
    assert f"{TITLE}.docx" in [entry["file"] for entry in manifest["outputs"]]
    assert NAME in [entry["file"] for entry in manifest["inputs"]]


def test_build__a_circular_that_the_clerk_filled_in_is_kept_aside(tmp_path, capsys):
    folder = built_month(tmp_path)
    path(folder).write_bytes(b"with its number")
    assert reportgen(folder, "build", P) == 0
    told = said(capsys)
    assert f"已另存为 output/{P}/{TITLE}（人工修改1）.docx" in told
    assert "还要的改动，请照着改到新写的一份上。" in told
    assert (folder / "output" / P / f"{TITLE}（人工修改1）.docx").read_bytes() == b"with its number"
    assert "一、总体情况" in text(folder)


def test_build__switched_off_the_old_circular_goes(tmp_path):
    folder = built_month(tmp_path)
    configure(folder, "enabled: true", "enabled: false")
    (folder / NAME).unlink()
    assert reportgen(folder, "build", P) == 0
    assert sorted(p.suffix for p in (folder / "output" / P).iterdir()) == [".docx", ".json", ".json", ".xlsx"]
    assert not path(folder).exists()


def test_build__silent_and_late_units(folder, capsys):
    (folder / "input" / P / "区水利局.xlsx").unlink()

    def late(book):
        sheet = book.worksheets[0]
        next(r for r in sheet.iter_rows() if r[1].value == "区财政局")[2].value = "2023-09-05 08:30"

    edit_workbook(folder / "input" / P / "收件登记.xlsx", late)
    assert reportgen(folder, "build", P, "--draft") == 1
    assert "〔文号〕" not in said(capsys)
    draft = text(folder, "草稿-")
    assert draft[5].startswith("草稿，不得印发。未报送单位：区水利局。")
    assert reportgen(folder, "review", P) == 0

    def ruled(book):
        sheet = book["未报送单位"]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        head = next(cell for cell in cells if cell.value == "审定")
        unit = next(cell for cell in cells if cell.value == "区水利局")
        sheet.cell(unit.row, head.column).value = "未报送"

    edit_workbook(folder / "input" / P / "审定.xlsx", ruled)
    assert reportgen(folder, "build", P) == 0
    circular = text(folder)
    heads = [line for line in circular if line[1:2] == "、" and line[0] in "一二三四五"]
    assert heads[-2:] == ["四、未按时报送的单位", "五、工作要求"]
    assert "应报送的27个单位中，未报送的1个：区水利局（第21、38项）。" in circular
    assert "截止时间为2023年9月2日12:00，迟报的1个：区财政局（2023年9月5日08:30报送）。" in circular


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (None, "没有这个文件"),
        (changed(("{{ office }}", "{{ ofice }}")), "中不认识“ofice”"),
        (changed(("{{ total }}项中", "41项中")), "写着“41项中”，按本期数据应为“5项中”"),
        (changed(("{{ one.actual }}", "{{ one.actual[:9] }}")), "第3项应为“累计完成管网改造3公里"),
    ],
    ids=["missing", "misspelt", "last month's number", "a text cut short"],
)
def test_build__a_template_that_cannot_be_used_writes_nothing(tmp_path, capsys, template, reason):
    folder = answered(tmp_path)
    shutil.rmtree(folder / "output")
    if template is None:
        (folder / NAME).unlink()
    else:
        (folder / NAME).write_bytes(template)
    assert reportgen(folder, "build", P) == 2
    assert reason in said(capsys)
    assert not (folder / "output" / P).exists() or not list((folder / "output" / P).iterdir())


def test_build__json_has_the_circular_and_what_is_left_to_fill_in(folder, capsys):
    assert reportgen(folder, "build", P, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert f"output/{P}/{TITLE}.docx" in told["outputs"]
    assert [(f["code"], f["severity"]) for f in told["findings"]][-1] == ("T02", "note")
