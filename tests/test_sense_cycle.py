"""The sense checks in the month: with both places, beside the row in 审定.xlsx, silenced by a ruling or by settings."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.district import P, checked, founded, send
from tests.filling import edit_workbook, fill_form, heads, reportgen
from tests.world import SEPTEMBER, ledger, task

TARGET = "累计完成管网改造12公里。"
BOOK = ledger(task(1, "区水利局", TARGET, next_target="累计完成管网改造15公里。"))
LOW = {"completion": "截至目前，累计完成管网改造9公里。"}


@pytest.fixture
def folder(tmp_path):
    return founded(tmp_path, BOOK)


def sense(answer: dict) -> list[tuple[str, str, str]]:
    return [(f["code"], f["severity"], f["cell"]) for f in answer["findings"] if f["code"].startswith("S")]


def test_check__a_figure_below_its_target_is_a_warning_with_its_reasoning(folder, capsys):
    send(folder, "区水利局", **LOW)
    status, answer = checked(folder, capsys)
    assert (status, sense(answer)) == (0, [("S01", "warning", "E6")])
    (message,) = [f["message"] for f in answer["findings"] if f["code"] == "S01"]
    assert "目标“累计完成管网改造12公里” → 实际“累计完成管网改造9公里”，低于目标3公里" in message


def test_review__the_doubt_stands_beside_the_row_and_an_opinion_settles_it(folder, capsys):
    send(folder, "区水利局", **LOW)
    assert reportgen(folder, "review", P) == 0
    path = folder / "input" / P / "审定.xlsx"
    sheet = openpyxl.load_workbook(path)["审定"]
    head, columns = heads(sheet)
    assert "低于目标3公里" in sheet.cell(head + 1, columns["问题"]).value

    def opine(book):
        book["审定"].cell(head + 1, columns["审定意见"]).value = "已核实，口径不同。"

    edit_workbook(path, opine)
    assert sense(checked(folder, capsys)[1]) == []


def test_check__a_code_is_silenced_by_the_settings(folder, capsys):
    send(folder, "区水利局", **LOW)
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8")
    assert "silence: []" in text
    config.write_text(text.replace("silence: []", "silence: [S01]"), encoding="utf-8")
    assert sense(checked(folder, capsys)[1]) == []


def test_check__a_cumulative_figure_below_the_last_months_is_noticed(folder, capsys):
    send(folder, "区水利局")
    assert reportgen(folder, "build", P) == 0
    assert reportgen(folder, "forms", SEPTEMBER.code) == 0
    form = folder / "output" / SEPTEMBER.code / "forms" / "区水利局.xlsx"
    answer = {(1, ""): {"status": "未完成", "completion": "累计完成管网改造11公里。", "reason": "雨季停工。"}}
    target = folder / "input" / SEPTEMBER.code / "区水利局.xlsx"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(fill_form(form.read_bytes(), answer, "改造15公里。"))
    capsys.readouterr()
    assert reportgen(folder, "check", SEPTEMBER.code, "--json") == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    (message,) = [f["message"] for f in found if f["code"] == "S07"]
    assert "13公里" in message
    assert "11公里" in message


def test_build__marks_are_put_right_only_where_the_settings_say_so(folder, capsys):
    sloppy = {"completion": "截至目前,累计完成管网改造13公里。。已通过验收"}
    send(folder, "区水利局", **sloppy)
    assert reportgen(folder, "build", P) == 0
    (path,) = (folder / "output" / P).glob("2023*.xlsx")
    assert f"完成。{sloppy['completion']}" in printed_texts(path)
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8")
    assert "tidy_marks: false" in text
    config.write_text(text.replace("tidy_marks: false", "tidy_marks: true"), encoding="utf-8")
    assert reportgen(folder, "build", P) == 0
    assert "完成。截至目前，累计完成管网改造13公里。已通过验收。" in printed_texts(path)
    manifest = json.loads((folder / "output" / P / "manifest.json").read_bytes())
    assert [(c["before"], c["after"]) for c in manifest["changes"]] == [
        (sloppy["completion"], "截至目前，累计完成管网改造13公里。已通过验收。")
    ]
    _status, answer = checked(folder, capsys)
    assert [f["code"] for f in answer["findings"] if f["code"][0] in "MS"] == ["M26"]


def printed_texts(path) -> set[str]:
    return {str(cell.value) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row}
