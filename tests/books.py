"""Small workbooks for tests, written as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Sequence[Sequence[object]]


def save_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write a workbook whose sheets hold the given rows from A1, and return its path."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column, value)
    workbook.save(path)
    return path
