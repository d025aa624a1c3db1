"""A district of four units as a workspace: founded, its forms sent out, filled and put into input/."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from reportgen.core.model import Ledger, Schedule
from reportgen.readers.workspace import starter_files
from reportgen.writers.ledger_book import write_ledger
from tests.filling import edit_workbook, fill_form, reportgen
from tests.kept import made, put
from tests.world import AUGUST, ledger, task

P = "2023-08"
TASKS = ledger(
    task(1, "区水利局（牵头） 区财政局"),
    task(2, "区水利局 区住建局", "堤防：加固2公里。泵站：改造1座。", {"堤防": "区水利局", "泵站": "区住建局"}),
    task(3, "区水利局", next_target="全部投产。"),
    task(4, "区财政局"),
    task(5, "区民政局"),
)
DISTRICT = replace(
    TASKS,
    units=tuple(replace(unit, contact="周明", phone="0000-5550100") for unit in TASKS.units),
    schedules=(Schedule(AUGUST, datetime(2023, 9, 2, 12)),),
)
GOOD = {"status": "完成", "completion": "累计完成管网改造13公里。"}
ANSWERS = dict.fromkeys(((1, ""), (2, "堤防"), (2, "泵站"), (3, ""), (4, ""), (5, "")), GOOD)
ANSWERS |= {(3, ""): {"status": "未完成", "completion": "累计完成管网改造3公里。", "reason": "雨季停工。"}}


def founded(folder: Path, book: Ledger = DISTRICT) -> Path:
    """Make the workspace and write its forms."""
    return put(made(_founded, write_ledger(book)), folder)


def _founded(folder: Path, book: bytes) -> None:
    put(starter_files("config", "templates"), folder)
    (folder / "config" / "ledger-2023.xlsx").write_bytes(book)
    config = folder / "config" / "reportgen.yaml"
    text = config.read_text(encoding="utf-8").replace(
        "# contact: 王老师，0000-12345678", "contact: 王老师，0000-12345678"
    )
    config.write_text(text, encoding="utf-8")
    assert reportgen(folder, "forms", P) == 0


def send(
    folder: Path, unit: str, edit: Callable[[Workbook], None] | None = None, name: str = "", **answers: str
) -> Path:
    """Fill the form of `unit`, let `edit(book)` change it, and put it into input/; `answers` are those of all rows."""
    given: Mapping[tuple[int, str], Mapping[str, str]] = {key: {**row, **answers} for key, row in ANSWERS.items()}
    form = folder / "output" / P / "forms" / f"{unit}.xlsx"
    target = folder / "input" / P / (name or f"{unit}.xlsx")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(fill_form(form.read_bytes(), given, "改造15公里。"))
    if edit is not None:
        edit_workbook(target, edit)
    return target


def back(folder: Path, unit: str) -> Path:
    return folder / "output" / P / "退回" / f"{unit}.xlsx"


def checked(folder: Path, capsys, now: datetime = datetime(2023, 9, 1, 9)) -> tuple[int, dict]:
    """Run `check --json` and return its exit status and what it says."""
    capsys.readouterr()
    status = reportgen(folder, "check", P, "--json", now=now)
    return status, json.loads(capsys.readouterr().out)


def told(answer: dict, unit: str = "区水利局") -> list[tuple[str, str]]:
    """Return (code, cell) of the findings of a unit."""
    return [(f["code"], f["cell"]) for f in answer["findings"] if f["unit"] == unit]


def opened(path: Path) -> Workbook:
    return load_workbook(path)


UNITS = tuple(unit.name for unit in DISTRICT.units)
