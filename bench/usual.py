"""The usual way, written honestly and well: openpyxl in, openpyxl with styles and docxtpl out.

`python -m bench.usual build WORKSPACE OUT` and `python -m bench.usual forms WORKSPACE OUT` do what a capable colleague
would write in an afternoon: no findings, no rulings, no reading back.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HEADINGS = ("序号", "年度目标任务", "8月份目标任务", "完成情况", "分管区领导", "责任单位")
_WIDTHS = (6, 32, 30, 33, 9, 16)
_TITLE = "重点工作8月份完成情况通报表"


def rows_of(sheet: Any, first: str) -> list[dict[str, Any]]:
    """Return the rows below the head row that starts with `first`, by heading."""
    rows: list[dict[str, Any]] = []
    heads: list[str] | None = None
    for values in sheet.iter_rows(values_only=True):
        if heads is None:
            if values and values[0] == first:
                heads = [str(value or "") for value in values]
        elif values[0] is not None:
            rows.append(dict(zip(heads, values, strict=False)))
    return rows


def read_answers(folder: Path) -> dict[int, tuple[str, str]]:
    """Return (status, text) by 序号 from every return."""
    from openpyxl import load_workbook

    answers = {}
    for path in sorted(folder.glob("区*.xlsx")):
        for row in rows_of(load_workbook(path)["报送表"], "序号"):
            if row.get("完成情况"):
                answers[int(row["序号"])] = (row["完成状态"], row["完成情况"])
    return answers


def merged(workspace: Path) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    from openpyxl import load_workbook

    ledger = rows_of(load_workbook(workspace / "config" / "ledger-2023.xlsx")["任务"], "序号")
    answers = read_answers(workspace / "input" / "2023-08")
    rows = []
    for task in ledger:
        status, text = answers.get(int(task["序号"]), ("", ""))
        row = (task["序号"], task["年度目标任务"], task["8月份目标任务"], f"{status}。{text}")
        rows.append((*map(str, row), str(task["分管区领导"]), str(task["责任单位"])))
    return rows


def write_excel(rows: list[tuple[str, ...]], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = _TITLE
    line = Side("thin")
    for number, row in enumerate([HEADINGS, *rows], 2):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, text)
            cell.font = Font(name="宋体", size=12)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.border = Border(left=line, right=line, top=line, bottom=line)
    for letters, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[letters].width = width
    sheet.print_title_rows = "2:2"
    book.save(path)


def write_word(rows: list[tuple[str, ...]], path: Path) -> None:
    import docx
    from docxtpl import DocxTemplate

    template = path.with_name("usual-template.docx")
    document = docx.Document()
    document.add_paragraph(_TITLE)
    table = document.add_table(rows=4, cols=len(HEADINGS), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, HEADINGS, strict=True):
        cell.text = heading
    table.rows[1].cells[0].text = "{%tr for row in rows %}"
    for index, cell in enumerate(table.rows[2].cells):
        cell.text = f"{{{{ row[{index}] }}}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    document.save(str(template))
    filled = DocxTemplate(str(template))
    filled.render({"rows": rows}, autoescape=True)
    filled.save(str(path))


def write_forms(workspace: Path, out: Path) -> None:
    """Write one form a unit, each made from scratch with styles."""
    from openpyxl import Workbook, load_workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.worksheet.datavalidation import DataValidation

    tasks: dict[str, list[dict[str, Any]]] = {}
    for task in rows_of(load_workbook(workspace / "config" / "ledger-2023.xlsx")["任务"], "序号"):
        unit = str(task["责任单位"]).split("\n")[0].removesuffix("（牵头）")
        tasks.setdefault(unit, []).append(task)
    line = Side("thin")
    headings = ("序号", "年度目标任务", "8月份目标任务", "完成状态", "完成情况", "未完成原因", "9月份目标任务")
    for unit, own in tasks.items():
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet["A1"], sheet["A2"] = _TITLE, f"填报单位：{unit}"
        rows = [headings, *((t["序号"], t["年度目标任务"], t["8月份目标任务"], "", "", "", "") for t in own)]
        for number, row in enumerate(rows, 4):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column, text)
                cell.font = Font(name="宋体", size=12)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
                cell.border = Border(left=line, right=line, top=line, bottom=line)
                if column > 3:
                    cell.protection = Protection(locked=False)
                    cell.fill = PatternFill("solid", fgColor="FFFDF2D0")
        choices = DataValidation("list", formula1='"完成,部分完成,未完成"')
        choices.add(f"D5:D{4 + len(own)}")
        sheet.add_data_validation(choices)
        sheet.protection.enable()
        book.save(out / f"{unit}.xlsx")


def main() -> None:
    what, workspace, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    if what == "forms":
        write_forms(workspace, out)
        return
    rows = merged(workspace)
    write_excel(rows, out / "usual.xlsx")
    write_word(rows, out / "usual.docx")


if __name__ == "__main__":
    main()
