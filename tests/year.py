"""Three months of the bundled district, played as an office and its units play them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from reportgen.commands.month import open_month
from reportgen.core.period import Period
from reportgen.readers.workspace import Workspace, starter_files
from tests.filling import edit_workbook, fill_all, heads, reportgen
from tests.kept import made, put

JULY, AUGUST, SEPTEMBER = "2023-07", "2023-08", "2023-09"
TITLE = "2023年《政府工作报告》重点工作{}完成情况通报表"
NOW = {JULY: datetime(2023, 8, 1, 9), AUGUST: datetime(2023, 9, 1, 9), SEPTEMBER: datetime(2023, 10, 6, 9)}
# By 序号; all others are met in July and September. The bundled month is August.
STATUSES = {
    JULY: {6: "未完成", 9: "部分完成", 18: "部分完成", 31: "未完成"},
    SEPTEMBER: {1: "未完成", 6: "未完成", 18: "部分完成", 27: "部分完成"},
}


def demo(folder: Path) -> Path:
    """Put the bundled district into `folder`."""
    return put(starter_files("config", "templates", "input"), folder)


def built_month(folder: Path, *words: str) -> Path:
    """Put the bundled district into `folder`, its notice built; `words` are options of build."""
    return put(made(_built_month, *words), folder)


def _built_month(folder: Path, *words: str) -> None:
    assert reportgen(demo(folder), "build", AUGUST, *words) == 0


def answer_all(folder: Path, period: str, statuses: Mapping[int, str], texts: Mapping[int, str] | None = None) -> None:
    """Send out the forms of a period and put them back filled: `statuses` by 序号, 完成 for all others."""
    assert reportgen(folder, "forms", period) == 0
    answers = {}
    for ask in open_month(Workspace(folder), Period.parse(period)).plan.asks:
        status = statuses.get(ask.seq, "完成")
        text = (texts or {}).get(ask.seq) or f"{Period.parse(period).label}按序时推进，累计完成{ask.seq}项工作。"
        answers[ask.key] = {"status": status, "completion": text}
        if status != "完成":
            answers[ask.key]["reason"] = "受汛期降雨影响，施工进度放缓。"
    fill_all(folder, period, answers, "按计划继续推进并完成当期任务。")


def notice(folder: Path, period: str, suffix: str = "xlsx") -> Path:
    return folder / "output" / period / f"{TITLE.format(Period.parse(period).label)}.{suffix}"


def play(folder: Path) -> Path:
    """Play July, August and September in `folder` up to the printed notice: late, silent and contradictory units."""
    demo(folder)
    answer_all(folder, JULY, STATUSES[JULY], {27: "已提前完成年度目标，净增经营主体4600户。"})
    assert reportgen(folder, "build", JULY, now=NOW[JULY]) == 0
    # The review of August carries the targets that units propose into September.
    assert reportgen(folder, "review", AUGUST, now=NOW[AUGUST]) == 0
    assert reportgen(folder, "build", AUGUST, now=NOW[AUGUST]) == 0
    answer_all(folder, SEPTEMBER, STATUSES[SEPTEMBER])
    (folder / "input" / SEPTEMBER / "区城市管理局.xlsx").unlink()  # silent
    (folder / "input" / SEPTEMBER / "区商务局.xlsx").rename(folder / "区商务局.xlsx")
    assert reportgen(folder, "review", SEPTEMBER, now=NOW[SEPTEMBER]) == 0
    (folder / "区商务局.xlsx").rename(folder / "input" / SEPTEMBER / "区商务局.xlsx")  # a day after the deadline

    def settle(book):
        book["未报送单位"]["E1"] = "是"
        sheet = book["审定"]
        head, columns = heads(sheet)
        for row in range(head + 1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == 18:
                sheet.cell(row, columns["审定状态"]).value = "未完成"

    edit_workbook(folder / "input" / SEPTEMBER / "审定.xlsx", settle)
    assert reportgen(folder, "build", SEPTEMBER, now=datetime(2023, 10, 8, 9)) == 0
    return folder
