"""Forms for tests: written from the repository's template, opened again as workbook and as parts."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.core.fields import Field, Fields, Settings
from reportgen.core.forms import form_of
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.stamp import ROW_MARK_HEADING
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.replace import parts_of
from tests.world import AUGUST, SETTINGS, asked

ROOT = Path(__file__).parent.parent
SHEET = "报送表"


@cache
def template() -> bytes:
    return (ROOT / "templates" / "form.xlsx").read_bytes()


def changed(change: Callable[[Worksheet], None]) -> bytes:
    """Return the template after a clerk's change to its first sheet."""
    workbook = load_workbook(io.BytesIO(template()))
    change(workbook[SHEET])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_fields(*fields: Field, without: str = "") -> Settings:
    """Return the settings with more fields behind 完成情况, and without one."""
    known = [f for f in SETTINGS.fields if f.key != without]
    at = next(i for i, f in enumerate(known) if f.key == "completion") + 1
    return replace(SETTINGS, fields=Fields((*known[:at], *fields, *known[at:])))


class Written(Struct, frozen=True):
    """A form that was written: its bytes, and what openpyxl reads of them."""

    content: bytes
    workbook: Workbook

    @property
    def sheet(self) -> Worksheet:
        return self.workbook[SHEET]

    @property
    def head(self) -> list[str]:
        """Return the headings that a unit sees."""
        return [str(cell.value) for cell in self.sheet[5] if cell.value not in (None, ROW_MARK_HEADING)]

    def column(self, heading: str) -> int:
        return self.head.index(heading) + 1

    def cell(self, heading: str, row: int) -> Cell:
        """Return the cell of the table under `heading`, rows counted from 1."""
        cell = self.sheet.cell(5 + row, self.column(heading))
        assert isinstance(cell, Cell)
        return cell

    def texts(self, heading: str, rows: int) -> list[object]:
        return [self.cell(heading, row).value for row in range(1, rows + 1)]

    def part(self, name: str) -> str:
        return parts_of(self.content)[name].decode()

    def all_texts(self, sheet: str = SHEET) -> list[object]:
        return [cell.value for row in self.workbook[sheet].iter_rows() for cell in row if cell.value is not None]


@cache
def parsed(look: bytes, fields: Fields, period: Period) -> FormTemplate:
    return FormTemplate.parse(look, "form.xlsx", fields, period)


def written(
    book: Ledger,
    unit: str,
    settings: Settings = SETTINGS,
    period: Period = AUGUST,
    look: bytes | None = None,
    every: bool = False,
) -> Written:
    """Return the form of `unit`."""
    form = form_of(unit, asked(book, every, period), book, settings)
    content = write_form(parsed(look or template(), settings.fields, period), form)
    return Written(content, load_workbook(io.BytesIO(content)))
