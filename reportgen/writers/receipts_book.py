"""收件登记.xlsx: new returns are appended below what is there; nothing that the clerk wrote is touched."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportgen.core.receipts import HEADINGS, SHEET, Receipt
from reportgen.writers.sheet import new_workbook, put, saved, write_table

_WIDTHS = (44.0, 24.0, 20.0, 24.0, 20.0)


def write_receipts(existing: bytes | None, new: Sequence[Receipt]) -> bytes:
    """Return the register with `new` entries at its end; `existing` None starts one."""
    from openpyxl import load_workbook
    from openpyxl.styles import Alignment

    if existing is None:
        workbook = new_workbook()
        sheet = workbook.worksheets[0]
        sheet.title = SHEET
        write_table(sheet, HEADINGS, [], _WIDTHS)
    else:
        workbook = load_workbook(io.BytesIO(existing))
        sheet = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.worksheets[0]
    row = sheet.max_row
    for receipt in new:
        row += 1
        put(sheet.cell(row, 1), receipt.file)
        put(sheet.cell(row, 2), receipt.unit)
        moment = sheet.cell(row, 3, receipt.received.replace(microsecond=0))
        moment.number_format = "yyyy-mm-dd hh:mm:ss"
        moment.alignment = Alignment(horizontal="left")
        put(sheet.cell(row, 5), receipt.digest)
    sheet.auto_filter.ref = f"A1:E{row}"
    return saved(workbook, SHEET)
