"""A table in Word with one set of widths: programs lay out by the grid, by the cells, or by the text as they like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}
# What the schema has behind the two in a table's properties.
_AFTER_LAYOUT = ("tblCellMar", "tblLook", "tblCaption", "tblDescription", "tblPrChange")
_AFTER_WIDTH = ("jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", *_AFTER_LAYOUT)


def fix_layout(root: _Element, prototype: _Element) -> None:
    """Give grid, table and cells around the prototype row the same widths, and its pages no grid of lines.

    In a table of fixed layout Word goes by the cells, LibreOffice and WPS by the grid; without it Word makes columns as
    wide as their text. Lines that snap to the grid of a page need up to twice the height that rows are measured by.
    """
    for lines in list(root.iter(f"{_W}docGrid")):
        lines.getparent().remove(lines)  # type: ignore[union-attr]
    table = next(prototype.iterancestors(f"{_W}tbl"))
    columns = table.findall("w:tblGrid/w:gridCol", _NS)
    widths = [_number(column, "w") for column in columns]
    cells = prototype.findall("w:tc", _NS)
    if _is_fixed(table) and [_span(cell) for cell in cells] == [1] * len(columns):
        own = [cell.find("w:tcPr/w:tcW", _NS) for cell in cells]
        if all(one is not None and one.get(f"{_W}type") == "dxa" for one in own):
            widths = [_number(one, "w") for one in own if one is not None]
    if not widths or not all(widths):
        return
    for column, width in zip(columns, widths, strict=True):
        column.set(f"{_W}w", str(width))
    for row in table.findall("w:tr", _NS):
        _fix_cells(row, widths)
    properties = table.find("w:tblPr", _NS)
    if properties is not None:
        _set(properties, "tblW", _AFTER_WIDTH, w=str(sum(widths)), type="dxa")
        _set(properties, "tblLayout", _AFTER_LAYOUT, type="fixed")


def repeat_head(prototype: _Element, groups: Sequence[_Element]) -> None:
    """Let the rows above the prototype row stand on every page where the template has lost it; `groups` are no head."""
    table = next(prototype.iterancestors(f"{_W}tbl"))
    rows = table.findall("w:tr", _NS)
    first = min(rows.index(row) for row in (prototype, *groups))
    if not first or rows[0].find("w:trPr/w:tblHeader", _NS) is not None:
        return
    for row in rows[:first]:
        properties = row.find("w:trPr", _NS)
        if properties is None:
            properties = row.makeelement(f"{_W}trPr", {}, None)
            row.insert(int(row.find("w:tblPrEx", _NS) is not None), properties)
        _set(properties, "tblHeader", ())


def _fix_cells(row: _Element, widths: list[int]) -> None:
    before = row.find("w:trPr/w:gridBefore", _NS)
    column = 0 if before is None else _number(before, "val")
    for cell in row.findall("w:tc", _NS):
        span = _span(cell)
        properties = cell.find("w:tcPr", _NS)
        if properties is None:
            properties = cell.makeelement(f"{_W}tcPr", {}, None)
            cell.insert(0, properties)
        following = [child.tag.removeprefix(_W) for child in properties if child.tag != f"{_W}cnfStyle"]
        _set(properties, "tcW", tuple(following), w=str(sum(widths[column : column + span])), type="dxa")
        column += span


def _is_fixed(table: _Element) -> bool:
    layout = table.find("w:tblPr/w:tblLayout", _NS)
    return layout is not None and layout.get(f"{_W}type") == "fixed"


def _span(cell: _Element) -> int:
    span = cell.find("w:tcPr/w:gridSpan", _NS)
    return 1 if span is None else _number(span, "val")


def _number(element: _Element, attribute: str) -> int:
    return round(float(element.get(f"{_W}{attribute}") or 0))


def _set(properties: _Element, tag: str, before: tuple[str, ...], **attributes: str) -> None:
    """Set the attributes of a property; where there is none yet it goes in front of the first of `before`."""
    found = properties.find(f"w:{tag}", _NS)
    if found is None:
        found = properties.makeelement(f"{_W}{tag}", {}, None)
        later = [index for index, child in enumerate(properties) if child.tag.removeprefix(_W) in before]
        properties.insert(later[0] if later else len(properties), found)
    for name, value in attributes.items():
        found.set(f"{_W}{name}", value)
