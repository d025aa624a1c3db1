"""Where the pages of a form begin: its block for information does not have its head at the foot of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportgen.core.formlayout import FormLayout
from reportgen.core.forms import Form
from reportgen.core.lines import COLUMN_UNIT_PT
from reportgen.core.pages import Line, page_starts
from reportgen.writers.sheet import body_pt, row_span

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FILLED = (1.0, 0.97)  # printers differ in the height of a row


def block_start(sheet: Worksheet, layout: FormLayout, form: Form, heights: Sequence[float]) -> int:
    """Return the row of the block's title if a page is to begin there, 0 for none; `heights` are those of all rows."""
    if not form.informed or not layout.informed_title:
        return 0
    title = layout.informed_title + len(form.rows) - 1  # the table's prototype row is not among the rows
    first = title + layout.informed - layout.informed_title
    heads = row_span(sheet.print_title_rows)
    head = sum(heights[heads[0] - 1 : heads[1]]) if heads else 0.0
    lines = [Line(height) for height in heights]
    rooms = [_room_pt(sheet) * filled for filled in _FILLED]
    starts = {start + 1 for room in rooms for start in page_starts(lines, room - head, room)}
    return title if any(title <= row <= first for row in starts) else 0


def _room_pt(sheet: Worksheet) -> float:
    """Return the height of the printed page's body in the sheet's own points; a wide sheet is fitted to the page."""
    width, height = body_pt(sheet)
    shown = [one.width for one in sheet.column_dimensions.values() if not one.hidden]
    return height / min(1.0, width / (sum(shown) * COLUMN_UNIT_PT))
