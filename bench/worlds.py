"""Workspaces of any size for measuring: a made-up district's tasks over and over, every form filled in."""

from __future__ import annotations

import shutil
from pathlib import Path

from msgspec.structs import replace

from reportgen.core.answers import plan
from reportgen.core.forms import form_of
from reportgen.core.model import Assignment, Leader, Ledger, Role, Schedule, Task, Unit
from reportgen.core.period import Period
from reportgen.readers.ledger import read_ledger
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, starter_files
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.ledger_book import write_ledger

PERIOD = Period(2023, 8, 8)
# About the lengths of a real month: 45, 40 and 85 characters in the long cells, no two rows alike.
_SENTENCE = "第{seq}片区完成雨污管网改造{km}公里、检查井{wells}座，累计拨付资金{funds:,}万元，占年度计划{share}%；"


def make_world(folder: Path, tasks: int, units: int) -> None:
    """Make a workspace of `tasks` tasks answered by `units` units, each with a filled form in input/2023-08/."""
    shutil.rmtree(folder, ignore_errors=True)
    files = starter_files("config", "templates")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    ledger = _ledger(tasks, units)
    (folder / "config" / f"ledger-{PERIOD.year}.xlsx").write_bytes(write_ledger(ledger))
    fill_world(folder)


def fill_world(folder: Path) -> None:
    """Fill the form of every unit that owes an answer and put it into input/2023-08/."""
    settings = settings_for(read_configuration(folder / CONFIG_FILE, CONFIG_FILE), PERIOD)
    path = folder / "config" / f"ledger-{PERIOD.year}.xlsx"
    ledger, _findings = read_ledger(path, path.name, PERIOD.year, settings.fields)
    template = (folder / "templates" / "form.xlsx").read_bytes()
    look = FormTemplate.parse(template, "form.xlsx", settings.fields, PERIOD)
    asked, _findings = plan(ledger, PERIOD)
    target = folder / "input" / PERIOD.code
    target.mkdir(parents=True, exist_ok=True)
    for unit in asked.asked_units:
        form = form_of(unit, asked, ledger, settings)
        rows = tuple(replace(row, given=_answer(int(row.fixed["seq"]))) for row in form.rows)
        filled = replace(form, rows=rows, given={"filled_by": "周明", "filled_on": "2023-08-31"})
        (target / f"{unit}.xlsx").write_bytes(write_form(look, filled))


def _ledger(tasks: int, units: int) -> Ledger:
    names = [f"区第{number}局" for number in range(1, units + 1)]
    leaders = ("林知远", "高  远", "沈明川")
    return Ledger(
        PERIOD.year,
        tuple(_task(seq, names, leaders) for seq in range(1, tasks + 1)),
        tuple(Unit(name) for name in names),
        tuple(Leader(name.replace(" ", "")) for name in leaders),
        (Schedule(PERIOD),),
    )


def _task(seq: int, units: list[str], leaders: tuple[str, ...]) -> Task:
    own, other = units[seq % len(units)], units[(seq + 7) % len(units)]
    assignments = (Assignment(own, Role.LEAD, f"{own}（牵头）"), Assignment(other, Role.MEMBER, other))
    return Task(
        seq,
        f"第{seq}片区全年完成雨污管网改造{_km(seq) + 4.2:.1f}公里、检查井{_wells(seq) + 122}座，拨付资金1,805万元。",
        (leaders[seq % 3], leaders[(seq + 1) % 3]),
        assignments[: 2 if own != other else 1],
        {PERIOD: f"累计完成雨污管网改造{_km(seq):.1f}公里、检查井{_wells(seq)}座，拨付资金{1300 + seq % 97:,}万元。"},
    )


def _km(seq: int) -> float:
    return 8 + seq % 61 / 10


def _wells(seq: int) -> int:
    return 300 + seq % 83


def _answer(seq: int) -> dict[str, str]:
    """Return an answer that fits its target: figures of what is not complete stay below it."""
    status = "未完成" if seq % 17 == 0 else "部分完成" if seq % 11 == 0 else "完成"
    reached = 1 if status == "完成" else -1
    funds = 1300 + seq % 97 + 50 * reached
    done = _SENTENCE.format(
        seq=seq,
        km=round(_km(seq) + 0.4 * reached, 1),
        wells=_wells(seq) + 7 * reached,
        funds=funds,
        share=round(100 * funds / 1805, 2),
    )
    reason = {} if status == "完成" else {"reason": "雨季施工受阻，正在赶工。"}
    completion = f"截至8月底，累计{done}其余各项按序时推进，质量和安全均无问题，已报区专班备案，资料齐全。"
    return {"status": status, "completion": completion, "next_target": "继续推进。", **reason}
