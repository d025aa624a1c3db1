"""What a notice in Excel takes on paper, by the measures that it was written with."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from reportgen.core.findings import Place
from reportgen.core.lines import COLUMN_UNIT_PT, available_em, count_lines, row_height_pt
from reportgen.core.notice import CONTINUED
from reportgen.core.printed import TableLine, TableText
from reportgen.core.proof import Body, Shape, Strip, row_limit_pt
from reportgen.writers.notice_xlsx import rooms_of
from reportgen.writers.replace import parts_of
from reportgen.writers.sheet import paper_pt
from reportgen.writers.sheetrows import units_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_DEFAULT_ROW_PT = 15.0
_TEXTS = ("xl/worksheets/", "xl/sharedStrings")


def shape_of_xlsx(content: bytes, file: str, table: TableText) -> Shape:
    """Return what a written notice says of its pages; `table` is its text as it was read."""
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(content))[table.sheet]
    room, first_room = rooms_of(sheet, table.head_row + 1, ())
    spans = {(r.min_row, r.min_col): (r.max_row, r.max_col) for r in sheet.merged_cells.ranges}
    last = max(max(table.head), *(column for _row, column in spans.values())) if spans else max(table.head)
    widths = [units_of(sheet, column) * COLUMN_UNIT_PT for column in range(1, last + 1)]
    return Shape(
        file=file,
        strips=tuple(_strip(sheet, line, spans, Place(file, table.sheet, line.row)) for line in table.lines),
        body=_body(sheet),
        room_pt=room,
        first_room_pt=first_room,
        limit_pt=row_limit_pt(room, is_sheet=True),
        edges_pt=tuple(accumulate(widths, initial=0.0)),
        fonts=tuple(dict.fromkeys(_fonts(sheet))),
    )


def has_continued_rows(content: bytes) -> bool:
    """Tell whether a workbook says （续） anywhere."""
    ways = [CONTINUED.encode(), CONTINUED.encode("ascii", "xmlcharrefreplace")]
    parts = (part for name, part in parts_of(content).items() if name.startswith(_TEXTS))
    return any(way in part for part in parts for way in ways)


_Spans = dict[tuple[int, int], tuple[int, int]]


def _strip(sheet: Worksheet, line: TableLine, spans: _Spans, place: Place) -> Strip:
    texts = {1: line.heading} if line.heading else line.texts
    needed = [
        _cell_pt(sheet, line.row, column, text, spans.get((line.row, column), (line.row, column)))
        for column, text in texts.items()
    ]
    return Strip(
        place=place,
        seq=line.seq,
        needed_pt=max(needed, default=0.0),
        given_pt=_height(sheet, line.row),
        may_split=False,
        lengths={column: (len(text), text.count("\n")) for column, text in texts.items()},
    )


def _cell_pt(sheet: Worksheet, row: int, column: int, text: str, last: tuple[int, int]) -> float:
    """Return the height that a cell needs of its row; of one that goes on below, what the rows below lack."""
    cell: Any = sheet.cell(row, column)
    if cell.alignment.shrink_to_fit:
        return 0.0
    size_pt = float(cell.font.sz or 11)
    units = sum(units_of(sheet, at) for at in range(column, last[1] + 1))
    lines = count_lines(text, available_em(units, size_pt)) if cell.alignment.wrap_text else 1
    return row_height_pt(lines, size_pt) - sum(_height(sheet, below) for below in range(row + 1, last[0] + 1))


def _height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or _DEFAULT_ROW_PT)


def _body(sheet: Worksheet) -> Body:
    width, height = paper_pt(sheet)
    left, right, top, bottom = (
        float(getattr(sheet.page_margins, side)) * 72 for side in ("left", "right", "top", "bottom")
    )
    return Body(width, height, left, width - right, top, height - bottom)


def _fonts(sheet: Worksheet) -> Iterator[str]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and cell.font.name:
                yield cell.font.name
    parts: tuple[Any, ...] = (sheet.oddHeader, sheet.evenHeader, sheet.oddFooter, sheet.evenFooter)
    for part in parts:
        for side in (part.left, part.center, part.right):
            if side.text and side.font:
                yield side.font.split(",")[0]
