"""Makes the bundled month of the made-up district: config/ledger-2023.xlsx and input/2023-08/, from bundled_month.yaml.

Run from the repository's root after the form template or the ledger's layout has changed. Same input, same bytes.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from reportgen.core.answers import plan
from reportgen.core.forms import Form, form_of
from reportgen.core.ledger_cells import division_of, printed_unit, unit_and_role
from reportgen.core.model import Assignment, Division, Leader, Ledger, Schedule, Task, Unit
from reportgen.core.period import Period
from reportgen.core.receipts import Receipt
from reportgen.core.text import padded
from reportgen.readers.inbox import RECEIPTS_FILE
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.ledger_book import write_ledger
from reportgen.writers.receipts_book import write_receipts
from reportgen.writers.replace import digest

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "scripts" / "bundled_month.yaml"
PERIOD = Period(2023, 8, 8)


def ledger_of(content: dict[str, Any]) -> Ledger:
    """Return the ledger that the content describes."""
    units = tuple(
        Unit(
            unit["name"],
            tuple(unit.get("aliases", ())),
            tuple(unit.get("members", ())),
            unit.get("contact", ""),
            unit.get("phone", ""),
            unit.get("email", ""),
        )
        for unit in content["units"]
    )
    names = {name: unit.name for unit in units for name in (unit.name, *unit.aliases)}
    return Ledger(
        year=PERIOD.year,
        tasks=tuple(task_of(task, names) for task in content["tasks"]),
        units=units,
        leaders=tuple(Leader(leader["name"], leader["post"]) for leader in content["leaders"]),
        schedules=tuple(schedule_of(row) for row in content["periods"]),
    )


def task_of(task: dict[str, Any], names: dict[str, str]) -> Task:
    lines = [unit_and_role(line) for line in task["units"]]
    divided = [division_of(line) for line in task.get("division", ())]
    return Task(
        seq=task["seq"],
        annual_target=task["annual_target"],
        leaders=tuple(map(padded, task["leaders"])),
        assignments=tuple(Assignment(names[name], role, printed_unit(name, role)) for name, role in lines),
        targets={Period(PERIOD.year, int(m), int(m)): text for m, text in task["targets"].items() if text},
        division=tuple(Division(line[0], names[unit]) for line in divided if line for unit in line[1]),
        group=task.get("group", ""),
        start=Period.parse(task["start"]) if task.get("start") else None,
        end=Period.parse(task["end"]) if task.get("end") else None,
    )


def schedule_of(row: dict[str, Any]) -> Schedule:
    issued = row["issue_date"]
    return Schedule(
        Period.parse(row["period"]),
        datetime.fromisoformat(str(row["deadline"])),
        issued if isinstance(issued, date) else date.fromisoformat(issued),
        row["basis"],
    )


def filled(form: Form, content: dict[str, Any]) -> Form:
    """Return a unit's form with its answers in it."""
    answers = {(a["seq"], a.get("part", "")): a for a in content["answers"] if a["unit"] == form.unit}
    filer = next(f for f in content["filers"] if f["unit"] == form.unit)
    rows = []
    for row in form.rows:
        answer = answers[int(row.fixed["seq"]), row.fixed["part"]]
        given = {key: answer[key] for key in ("status", "completion", "reason", "next_target") if answer.get(key)}
        rows.append(replace(row, given={k: v for k, v in given.items() if k not in row.fixed}))
    given = {"filled_by": filer["filled_by"], "phone": filer["phone"], "reviewer": filer["reviewer"]}
    return replace(form, rows=tuple(rows), given={**given, "filled_on": str(filer["date"])})


def make(target: Path) -> None:
    """Write the bundled ledger, returns and register of receipts below `target`."""
    content = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    ledger = ledger_of(content)
    (target / "config").mkdir(parents=True, exist_ok=True)
    (target / "config" / f"ledger-{PERIOD.year}.xlsx").write_bytes(write_ledger(ledger))
    settings = settings_for(read_configuration(ROOT / CONFIG_FILE, CONFIG_FILE), PERIOD)
    template = FormTemplate.parse((ROOT / "templates" / "form.xlsx").read_bytes(), "form.xlsx", settings.fields, PERIOD)
    asked, _findings = plan(ledger, PERIOD)
    folder = target / "input" / PERIOD.code
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    receipts = []
    for number, unit in enumerate(asked.asked_units):
        form = filled(form_of(unit, asked, ledger, settings), content)
        returned = write_form(template, form)
        (folder / f"{unit}.xlsx").write_bytes(returned)
        # Received the day after it was filled in, one every ten minutes.
        day = date.fromisoformat(form.given["filled_on"])
        moment = datetime(day.year, day.month, day.day, 9 + number // 6, number % 6 * 10)
        receipts.append(Receipt(f"{unit}.xlsx", unit, moment, digest(returned)))
    receipts.sort(key=lambda receipt: receipt.received)
    (folder / RECEIPTS_FILE).write_bytes(write_receipts(None, receipts))


if __name__ == "__main__":
    make(ROOT)
