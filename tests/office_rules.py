"""What the office does in tests: rules in 审定.xlsx, edits a printed notice by hand, reads what was printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
import openpyxl

from reportgen.readers.past import parse_result
from reportgen.writers.manifest import written_hashes
from reportgen.writers.replace import STAGING, digest
from tests.district import UNITS, P, founded, send
from tests.filling import edit_workbook, heads, reportgen
from tests.kept import made, put
from tests.world import AUGUST

TITLE = "2023年《政府工作报告》重点工作8月份完成情况通报表"
RULINGS = f"input/{P}/审定.xlsx"


def answered(folder: Path, *silent: str) -> Path:
    """Found the district and let every unit answer but the `silent` ones."""
    return put(made(_answered, *silent), folder)


def _answered(folder: Path, *silent: str) -> None:
    founded(folder)
    for unit in UNITS:
        if unit not in silent:
            send(folder, unit)


def begun(folder: Path, *silent: str) -> Path:
    """Found the district, let every unit answer but the `silent` ones, and review it once."""
    return put(made(_begun, *silent), folder)


def _begun(folder: Path, *silent: str) -> None:
    reviewed(answered(folder, *silent))


def printed(folder: Path) -> Path:
    """Found the district, let every unit answer, and build the notice."""
    return put(made(_printed), folder)


def _printed(folder: Path) -> None:
    assert built(answered(folder)) == 0


def notice(folder: Path, suffix: str, prefix: str = "") -> Path:
    return folder / "output" / P / f"{prefix}{TITLE}.{suffix}"


def moved_on(folder: Path) -> Path:
    """A printed district, one of its units with a newer return, a ruling of the clerk's in 审定.xlsx."""
    return put(made(_moved_on), folder)


def _moved_on(folder: Path) -> None:
    begun(folder)
    rule(folder, 1, 审定状态="部分完成", 审定意见="按口径")
    assert built(folder) == 0
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    assert reportgen(folder, "status", P, now=datetime(2023, 9, 1, 16)) == 0


def is_of_one_build(folder: Path) -> bool:
    """Tell whether the manifest names the very files that stand there, and the units' texts once."""
    output = folder / "output" / P
    hashes = written_hashes((output / "manifest.json").read_bytes())
    builds = json.loads((output / "printed.json").read_bytes())
    return (
        all(digest((output / name).read_bytes()) == mark for name, mark in hashes.items())
        and {builds["files"][f"{TITLE}.{suffix}"]["build"] for suffix in ("docx", "xlsx")}
        == {list(builds["builds"])[-1]}
        and not (output / STAGING).exists()
    )


def rows_of(folder: Path) -> dict[tuple[int, str], dict[str, object]]:
    """Return the lines of 审定.xlsx by (序号, 分项), each by heading."""
    sheet = openpyxl.load_workbook(folder / RULINGS)["审定"]
    head, columns = heads(sheet)
    lines = {}
    for row in range(head + 1, sheet.max_row + 1):
        cells = {heading: sheet.cell(row, column).value for heading, column in columns.items()}
        if str(cells["序号"]).isdigit():
            lines[int(cells["序号"]), cells["分项"] or ""] = cells
    return lines


def rule(folder: Path, seq: int, part: str = "", **cells: str | None) -> None:
    """Type into the clerk's cells of a line of 审定.xlsx."""

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["审定"]
        head, columns = heads(sheet)
        row = next(
            row
            for row in range(head + 1, sheet.max_row + 1)
            if (sheet.cell(row, columns["序号"]).value, sheet.cell(row, columns["分项"]).value or "") == (seq, part)
        )
        for heading, text in cells.items():
            sheet.cell(row, columns[heading]).value = text

    edit_workbook(folder / RULINGS, edit)


def reviewed(folder: Path) -> Path:
    assert reportgen(folder, "review", P) == 0
    return folder


def built(folder: Path, *words: str) -> int:
    return reportgen(folder, "build", P, *words)


def found(folder: Path, capsys, *words: str) -> tuple[int, list[dict]]:
    """Return the exit status of a command and its findings."""
    capsys.readouterr()
    status = reportgen(folder, *words, "--json")
    return status, json.loads(capsys.readouterr().out)["findings"]


def codes(findings: list[dict], *but: str) -> list[tuple[str, int | None, str]]:
    """Return (code, 序号, cell) of the errors and warnings, those of the `but` codes left out."""
    told = [f for f in findings if f["severity"] != "note" and f["code"] not in but and not f["code"].startswith("S")]
    return [(f["code"], f["seq"], f["cell"]) for f in told]


def word_cells(path: Path) -> dict[str, list[str]]:
    """Return the printed cells of each row of a Word notice by 序号."""
    (table,) = docx.Document(str(path)).tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    return {row[0]: row for row in texts if row[0].isdigit()}


def excel_cells(path: Path) -> dict[str, list[str]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    texts = [["" if cell is None else str(cell) for cell in row[:6]] for row in sheet.iter_rows(values_only=True)]
    return {row[0]: row for row in texts if row[0].isdigit()}


def completions(folder: Path, prefix: str = "") -> dict[str, str]:
    """Return the printed 完成情况 by 序号, the same in Word and Excel."""
    word, excel = word_cells(notice(folder, "docx", prefix)), excel_cells(notice(folder, "xlsx", prefix))
    assert word == excel
    return {seq: row[3] for seq, row in word.items()}


def statuses(folder: Path) -> dict[int, str]:
    """Return the statuses that the manifest says were printed."""
    result = parse_result((folder / "output" / P / "manifest.json").read_bytes(), AUGUST)
    return {outcome.seq: outcome.status for outcome in result.outcomes}


def decisions(folder: Path) -> list[tuple[int, str, str, str, str, str]]:
    """Return what the manifest says the office changed: row, part, field, from what, to what, why."""
    rulings = json.loads((folder / "output" / P / "manifest.json").read_bytes())["rulings"]
    return [tuple(one[key] for key in ("seq", "part", "field", "before", "after", "why")) for one in rulings]


def edit_word(path: Path, edit: Callable[..., None]) -> None:
    """Open a Word notice, let `edit(document, table)` change it, save it."""
    document = docx.Document(str(path))
    edit(document, document.tables[0])
    document.save(str(path))


def write_cell(row, column: int, text: str) -> None:
    """Type a text into a cell of a Word table as one run."""
    paragraph = row.cells[column].paragraphs[0]
    paragraph.runs[0].text = text
    for run in paragraph.runs[1:]:
        run._r.getparent().remove(run._r)
    for more in row.cells[column].paragraphs[1:]:
        more._p.getparent().remove(more._p)


def retype(path: Path, **texts: str) -> None:
    """Type texts into the cells 完成情况 of a notice, Word or Excel; `_1="…"` is row 1."""
    wanted = {seq.lstrip("_"): text for seq, text in texts.items()}
    if path.suffix == ".docx":

        def edit(_document, table) -> None:
            for row in table.rows:
                if row.cells[0].text in wanted:
                    write_cell(row, 3, wanted[row.cells[0].text])

        edit_word(path, edit)
        return

    def edit_sheet(book: openpyxl.Workbook) -> None:
        for row in book.worksheets[0].iter_rows():
            if str(row[0].value) in wanted:
                row[3].value = wanted[str(row[0].value)]

    edit_workbook(path, edit_sheet)
