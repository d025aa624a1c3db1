"""发放清单.xlsx: which form goes to whom, and the units that are only told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reportgen.core import fields as keys
from reportgen.core.answers import Plan
from reportgen.core.fields import Fields
from reportgen.core.model import Ledger, Unit
from reportgen.writers.sheet import new_workbook, noted, saved, write_table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HANDOUT_SHEET = "发放清单"
INFORMED_SHEET = "仅知悉"
UNIT, SENT, REMARK = "单位", "已发", "备注"
_TO_TICK = "□"


def write_handout(
    plan: Plan, ledger: Ledger, fields: Fields, files: Mapping[str, str], existing: bytes | None = None
) -> bytes:
    """Return the workbook; `files` maps each unit that owes an answer to the name of its form.

    What the clerk ticked and noted in `existing`, the list as it stands, is kept.
    """
    ticked = {
        unit: (sent or _TO_TICK, *rest)
        for unit, (sent, *rest) in noted(existing, HANDOUT_SHEET, UNIT, (SENT, REMARK)).items()
    }
    workbook = new_workbook()
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = HANDOUT_SHEET
    headings = (UNIT, "联系人", "电话", "邮箱", "任务数", "应填项数", "文件名", SENT, REMARK)
    rows = [
        (*_contact(ledger, unit), len({ask.seq for ask in asks}), len(asks), file, *ticked.get(unit, (_TO_TICK, "")))
        for unit, file in files.items()
        for asks in (plan.asks_of(unit),)
    ]
    write_table(sheet, headings, rows, (22, 12, 16, 24, 8, 10, 30, 6, 16), header=plan.period.label)
    _write_informed(workbook.create_sheet(INFORMED_SHEET), plan, ledger, fields)
    return saved(workbook, HANDOUT_SHEET)


def _write_informed(sheet: Worksheet, plan: Plan, ledger: Ledger, fields: Fields) -> None:
    """Write the units without anything to answer, each with the tasks it takes part in and who answers them."""
    known = tuple(fields[key].heading for key in (keys.SEQ, keys.ANNUAL_TARGET, keys.PERIOD_TARGET))
    rows = [
        (
            *_contact(ledger, unit)[:3],
            task.seq,
            task.task.annual_target,
            task.target,
            "、".join(dict.fromkeys(ask.unit for ask in task.asks)),
        )
        for unit in plan.informed_only(ledger)
        for task in plan.informed(unit)
    ]
    widths = (20, 12, 16, 6, 34, 34, 22)
    write_table(sheet, (UNIT, "联系人", "电话", *known, "由谁填报"), rows, widths, header=plan.period.label)


def _contact(ledger: Ledger, name: str) -> tuple[str, str, str, str]:
    unit = ledger.unit(name) or Unit(name)
    return (name, unit.contact, unit.phone, unit.email)
