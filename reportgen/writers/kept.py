"""What a person added to a sheet that is written anew: columns, lines, comments, the widths of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from reportgen.core.text import column_letters, fold
from reportgen.writers.sheet import copy_style, spread_widths

if TYPE_CHECKING:
    from openpyxl.comments import Comment
    from openpyxl.worksheet.worksheet import Worksheet

_HEAD = object()  # the key of the head row
_UNNAMED = "\0"  # opens the name of a column that has no heading, or one that another has too


class Kept(Struct, frozen=True):
    """What a sheet has beside the program's own cells: columns, loose lines, comments; and the widths of columns.

    Cells are kept by the row's key and the column's heading, since both may stand elsewhere afterwards.
    """

    own: Sequence[str] = ()
    identity: Sequence[str] = ()  # headings of the cells that make a row's key
    extra: Sequence[tuple[str, Any]] = ()  # headings of the clerk's columns with their head cells
    cells: Mapping[object, Mapping[str, Any]] = field(default_factory=dict)
    loose: Sequence[Mapping[str, Any]] = ()
    comments: Sequence[tuple[object, str, Comment]] = ()
    widths: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sheet: Worksheet | None,
        needed: Sequence[str],
        own: Sequence[str],
        identity: Sequence[str],
        key_of_row: Callable[[Mapping[str, str]], object],
    ) -> Kept:
        """Return what `sheet` holds; `needed` are the headings by which its head row is found."""
        found = _head_row(sheet, needed) if sheet is not None else None
        if sheet is None or found is None:
            return cls(own, identity)
        head, headings = found
        spread_widths(sheet)
        extra = [(text, sheet.cell(head, column)) for column, text in headings.items() if text not in own]
        cells: dict[object, Mapping[str, Any]] = {}
        loose: list[Mapping[str, Any]] = []
        comments: list[tuple[object, str, Comment]] = []
        for row in sheet.iter_rows(min_row=head):
            by_heading = {headings[c.column]: c for c in row if c.column in headings}
            key = _HEAD if row[0].row == head else key_of_row({h: _text(c) for h, c in by_heading.items()})
            comments += [(key, h, c.comment) for h, c in by_heading.items() if c.comment is not None]
            if key is not None:
                cells[key] = by_heading
            elif any(_text(cell) for cell in row):
                loose.append(by_heading)
        widths = {h: sheet.column_dimensions[column_letters(c)].width for c, h in headings.items()}
        return cls(own, identity, extra, cells, loose, comments, widths)

    def _left_over(self, rows: Mapping[object, int], head: int) -> dict[object, int]:
        """Return lines below the table for rows that are gone from it but have something of the person's own."""
        said = {key for key, _heading, _comment in self.comments}
        gone = [
            key
            for key, cells in self.cells.items()
            if key is not _HEAD and key not in rows
            if key in said or any(_text(cells[h]) for h, _cell in self.extra if h in cells)
        ]
        first = max(rows.values(), default=head) + 1
        return {key: number for number, key in enumerate(gone, first)}

    def put_back(self, sheet: Worksheet, head: int, rows: Mapping[object, int]) -> None:
        """Write what was kept into the new sheet, whose `rows` are at these numbers."""
        left_over = self._left_over(rows, head)
        at = {heading: index for index, heading in enumerate([*self.own, *(h for h, _cell in self.extra)], 1)}
        for key, number in left_over.items():
            self._put_cells(sheet, number, key, {heading: at[heading] for heading in self.identity})
        rows = {**rows, **left_over}
        for heading, cell in self.extra:
            _copy(cell, sheet.cell(head, at[heading]), heading.split(_UNNAMED)[-1])
        for key, number in rows.items():
            self._put_cells(sheet, number, key, {heading: at[heading] for heading, _cell in self.extra})
        for heading, width in self.widths.items():
            sheet.column_dimensions[column_letters(at[heading])].width = width
        for number, line in enumerate(self.loose, max(rows.values(), default=head) + 1):
            for heading, cell in line.items():
                _copy(cell, sheet.cell(number, at[heading]), cell.value)
        for key, heading, comment in self.comments:
            target = head if key is _HEAD else rows.get(key)
            if target is not None:
                sheet.cell(target, at[heading]).comment = _again(comment)

    def _put_cells(self, sheet: Worksheet, number: int, key: object, columns: Mapping[str, int]) -> None:
        for heading, column in columns.items():
            old = self.cells.get(key, {}).get(heading)
            if old is not None:
                _copy(old, sheet.cell(number, column), old.value)


def _head_row(sheet: Worksheet, needed: Sequence[str]) -> tuple[int, dict[int, str]] | None:
    """Return the head row and what each used column is called; columns without a heading get a name of their own."""
    for row in sheet.iter_rows():
        texts = [_text(cell) for cell in row]
        if {fold(heading) for heading in needed} <= {fold(text) for text in texts}:
            names: dict[int, str] = {}
            for index, text in enumerate(texts, 1):
                is_used = text or any(_text(sheet.cell(number, index)) for number in range(1, sheet.max_row + 1))
                if is_used:
                    names[index] = text if text and text not in names.values() else f"{_UNNAMED}{index}{_UNNAMED}{text}"
            return int(row[0].row or 0), names
    return None


def _text(cell: Any) -> str:
    return "" if cell.value is None else str(cell.value).strip()


def _copy(old: Any, new: Any, value: object) -> None:
    new.value = value
    if old.data_type == "s":
        new.data_type = "s"
    copy_style(old, new)


def _again(comment: Comment) -> Comment:
    from openpyxl.comments import Comment

    return Comment(comment.text, comment.author, comment.height, comment.width)
