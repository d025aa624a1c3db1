"""The real month's returns, each passed through a different damage: printed all the same, or exactly told."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.filling import heads, reportgen
from tests.returns.making import document, parts, saved
from tests.returns.test_inbox import packed
from tests.test_real_month import PERIOD, answered, built, expected

pytestmark = pytest.mark.reference
TABLE = "报送表"


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def edited(content, edit):
    """Return a return after `edit(sheet, head, columns)`."""
    book = opened(content)
    head, columns = heads(book[TABLE])
    edit(book[TABLE], head, columns)
    return saved(book)


def asked_rows(sheet, head, columns):
    """Return the rows of the table that the unit answers."""
    rows = []
    for row in range(head + 1, sheet.max_row + 1):
        if str(sheet.cell(row, columns["序号"]).value).isdigit():
            rows.append(row)
        else:
            return rows
    return rows


def each_row(change):
    """Return a damage that `change(sheet, row, columns)` does to each answered row."""

    def damage(content):
        def edit(sheet, head, columns):
            for row in asked_rows(sheet, head, columns):
                change(sheet, row, columns)

        return edited(content, edit)

    return damage


def set_cell(heading, text_of):
    """Return a damage that writes what `text_of` makes of a cell's text."""

    def change(sheet, row, columns):
        cell = sheet.cell(row, columns[heading])
        if cell.value:
            cell.value = text_of(cell.value)

    return each_row(change)


def rows_of(content):
    """Return head and answered rows of a return as texts, without the hidden marks."""
    sheet = opened(content)[TABLE]
    head, columns = heads(sheet)
    wanted = [n for n in columns.values() if sheet.cell(head, n).value != "行标识"]
    return [[sheet.cell(r, n).value or "" for n in wanted] for r in (head, *asked_rows(sheet, head, columns))]


def as_csv(encoding):
    def damage(content):
        text = io.StringIO()
        csv.writer(text).writerows(rows_of(content))
        return text.getvalue().encode(encoding)

    return damage


def as_word(content):
    return document(rows_of(content))


def retyped(change):
    """Return a damage: the table typed anew from A1, without marks, its rows after `change`."""

    def damage(content):
        book = openpyxl.Workbook()
        for row in change(rows_of(content)):
            book.worksheets[0].append(row)
        return saved(book)

    return damage


def swapped(rows):
    return [[row[-1], *row[1:-1][::-1], row[0]] for row in rows]


def head_again(rows):
    return [rows[0], *(line for row in rows[1:] for line in (row, rows[0]))]


def dimension_a1(content):
    def edit(of):
        for name in [n for n in of if n.startswith("xl/worksheets/sheet")]:
            of[name] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', of[name])

    return parts(edit, content)


def comment(sheet, row, columns):
    sheet.cell(row, columns["完成情况"]).comment = Comment("已核对", "经办")


def renamed_sheet(sheet, head, columns):
    sheet.title = "Sheet1"


def hidden_rows(sheet, head, columns):
    sheet.auto_filter.ref = f"A{head}:H{sheet.max_row}"
    for row in asked_rows(sheet, head, columns):
        sheet.row_dimensions[row].hidden = True


READABLE = {
    "未动.xlsx": lambda c: c,
    "改表名.xlsx": lambda c: edited(c, renamed_sheet),
    "上面加行.xlsx": lambda c: edited(c, lambda s, h, k: s.insert_rows(1, 3)),
    "隐藏.xlsx": lambda c: edited(c, hidden_rows),
    "序号文字.xlsx": set_cell("序号", lambda v: f"第{v}项"),
    "序号全角.xlsx": set_cell("序号", lambda v: str(v).translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    "序号删了.xlsx": each_row(lambda s, r, k: setattr(s.cell(r, k["序号"]), "value", None)),
    "状态同义.xlsx": set_cell("完成状态", lambda v: {"完成": "已完成"}.get(v, v)),
    "状态句号.xlsx": set_cell("完成状态", lambda v: f"{v}。"),
    "状态空格.xlsx": set_cell("完成状态", lambda v: f"　{v}\u00a0"),
    "情况缩进.xlsx": set_cell("完成情况", lambda v: f"　　{v}\n"),
    "目标改了.xlsx": set_cell("年度目标任务", lambda v: f"{v}（略）"),
    "批注.xlsx": each_row(comment),
    "宏.xlsm": lambda c: parts(lambda of: of.update({"xl/vbaProject.bin": b"x"}), c),
    "维度.xlsx": dimension_a1,
    "重录.xlsx": retyped(lambda rows: rows),
    "左移.xlsx": retyped(lambda rows: [["", "", *row] for row in rows]),
    "列倒.xlsx": retyped(swapped),
    "行倒.xlsx": retyped(lambda rows: [rows[0], *rows[:0:-1]]),
    "空行.xlsx": retyped(lambda rows: [line for row in rows for line in (row, [])]),
    "表头重印.xlsx": retyped(head_again),
    "加列.xlsx": retyped(lambda rows: [[*row, "备注" if n == 0 else "另报"] for n, row in enumerate(rows)]),
    "无序号.xlsx": retyped(lambda rows: [rows[0], *(["", *row[1:]] for row in rows[1:])]),
    "每行两次.xlsx": retyped(lambda rows: [rows[0], *(line for row in rows[1:] for line in (row, row))]),
    "表尾.xlsx": retyped(lambda rows: [*rows, [], ["以上情况属实。"]]),
    "国标.csv": as_csv("gb18030"),
    "万国.csv": as_csv("utf-8-sig"),
    "文档.docx": as_word,
    "包.zip": lambda c: packed(("八月/表.xlsx", c)),
    "套包.zip": lambda c: packed(("内.zip", packed(("表.xlsx", c)))),
}


@pytest.fixture
def folder(reference, tmp_path):
    return answered(tmp_path, reference)


@pytest.fixture
def month(reference):
    return json.loads((reference / f"notice-{PERIOD}.json").read_text(encoding="utf-8"))


def errors_of(folder, capsys, command):
    """Return the exit status of a command and the errors that it tells."""
    capsys.readouterr()
    status = reportgen(folder, command, PERIOD, "--json")
    return status, [f for f in json.loads(capsys.readouterr().out)["findings"] if f["severity"] == "error"]


def test_build__damage_that_leaves_the_content_readable_changes_no_letter(folder, month, capsys):
    returns = sorted((folder / "input" / PERIOD).glob("*.xlsx"))
    assert len(returns) >= len(READABLE)
    for path, (name, damage) in zip(returns, list(READABLE.items()) * 2, strict=False):
        path.with_name(f"{path.stem}—{name}").write_bytes(damage(path.read_bytes()))
        path.unlink()
    assert errors_of(folder, capsys, "build") == (0, [])
    word, excel = built(folder, month["title"])
    assert word == expected(month)
    assert excel == expected(month)


def formula(sheet, row, columns):
    sheet.cell(row, columns["完成情况"]).value = "=1+1"


def first_row(change):
    def damage(content):
        return edited(content, lambda s, h, k: change(s, asked_rows(s, h, k)[0], k))

    return damage


UNREADABLE = {
    "R04": lambda c: edited(c, lambda s, h, k: s.delete_rows(asked_rows(s, h, k)[0])),
    "V08": first_row(formula),
    "V09": first_row(lambda s, r, k: setattr(s.cell(r, k["完成情况"]), "value", "#REF!")),
    "V02": first_row(lambda s, r, k: setattr(s.cell(r, k["完成状态"]), "value", "差不多")),
    "R03": retyped(lambda rows: [*rows, [*rows[1][:-3], "另一种情况。", *rows[1][-2:]]]),
    "F01": lambda c: c[: len(c) // 2],
}


def test_check__damage_beyond_reading_names_exactly_its_rows(folder, capsys):
    returns = sorted((folder / "input" / PERIOD).glob("*.xlsx"))
    rows = {}
    for path, (code, damage) in zip(returns, UNREADABLE.items(), strict=False):
        seqs = [int(row[0]) for row in rows_of(path.read_bytes())[1:]]
        rows[path.stem] = (code, seqs)
        path.write_bytes(damage(path.read_bytes()))
    _status, errors = errors_of(folder, capsys, "check")
    expected_errors = {(code, seqs[0]) for code, seqs in rows.values() if code != "F01"}
    told = {(f["code"], f["seq"]) for f in errors if f["code"] not in ("F01", "M01")}
    assert told == expected_errors
    (silent,) = [unit for unit, (code, _seqs) in rows.items() if code == "F01"]
    assert [f["file"] for f in errors if f["code"] == "F01"] == [f"{silent}.xlsx"]
    assert [f["unit"] for f in errors if f["code"] == "M01"] == [silent]
