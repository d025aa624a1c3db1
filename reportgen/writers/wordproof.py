"""What a notice in Word takes on paper, by the measures that it was written with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from reportgen.core.findings import Place
from reportgen.core.lines import WORD_GAP_EM, count_lines
from reportgen.core.printed import TableText
from reportgen.core.proof import Body, Shape, Strip, row_limit_pt
from reportgen.writers.replace import parts_of
from reportgen.writers.wordpage import Page, page_of, paragraph_size, paragraph_text, section_of, twips
from reportgen.writers.xmlparts import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}
_FONT_KINDS = ("eastAsia", "ascii", "hAnsi")


def shape_of_docx(content: bytes, file: str, table: TableText) -> Shape:
    """Return what a written notice says of its pages; `table` is its text as it was read."""
    parts = parts_of(content)
    root = parsed(parts[DOCUMENT])
    tables = {f"表{number}": element.findall(f"{_W}tr") for number, element in enumerate(_tables(root), 1)}
    rows = tables[table.sheet]
    page = page_of(root, rows[min(table.head_row, len(rows) - 1)], parts)
    strips = tuple(
        _strip(tables[line.sheet][line.row - 1], page, line.seq, Place(file, line.sheet, line.row))
        for line in table.lines
    )
    return Shape(
        file=file,
        strips=strips,
        body=body_of(root, rows[0]),
        room_pt=page.room_pt,
        first_room_pt=page.first_room_pt,
        limit_pt=row_limit_pt(page.room_pt, is_sheet=False),
        edges_pt=tuple(accumulate(page.column_pt, initial=0.0)),
        fonts=fonts_of(parts),
    )


def has_rows_that_split(content: bytes) -> bool:
    """Tell whether a written notice has rows that may go over pages: those that are about as high as one."""
    xml = parts_of(content)[DOCUMENT]
    return xml.count(b"<w:tr>") + xml.count(b"<w:tr ") > xml.count(b"<w:cantSplit")


def _tables(root: _Element) -> Iterator[_Element]:
    """Yield the tables that stand in no other, in order."""
    for table in root.iter(f"{_W}tbl"):
        if next(table.iterancestors(f"{_W}tbl"), None) is None:
            yield table


def _strip(row: _Element, page: Page, seq: str, place: Place) -> Strip:
    height = row.find("w:trPr/w:trHeight", _NS)
    rule = "" if height is None else height.get(f"{_W}hRule", "")
    least = 0.0 if height is None or rule == "exact" else twips(height, "val")
    texts = [_cell_pt(cell, page) for cell in row.findall(f"{_W}tc") if cell.find("w:tcPr/w:vMerge", _NS) is None]
    return Strip(
        place=place,
        seq=seq,
        needed_pt=max([least, *(text + page.row_padding_pt for text in texts)]),
        given_pt=twips(height, "val") if height is not None and rule == "exact" else None,
        may_split=row.find("w:trPr/w:cantSplit", _NS) is None,
    )


def _cell_pt(cell: _Element, page: Page) -> float:
    height = 0.0
    for paragraph in cell.findall(f"{_W}p"):
        size_pt, pitch_pt = paragraph_size(paragraph, paragraph.find("w:r/w:rPr", _NS), page)
        height += count_lines(paragraph_text(paragraph), page.text_width_pt(cell) / size_pt, WORD_GAP_EM) * pitch_pt
    return height


def body_of_docx(content: bytes) -> Body:
    """Return the body of the first pages of a document."""
    root = parsed(parts_of(content)[DOCUMENT])
    return body_of(root, next(root.iter(f"{_W}p")))


def body_of(root: _Element, inside: _Element) -> Body:
    """Return the body of the pages that an element of the document stands on."""
    size, margins = section_of(root, inside)
    if size is None or margins is None:
        return Body(595.3, 841.9, 0, 595.3, 0, 841.9)
    width, height = twips(size, "w"), twips(size, "h")
    sides = {side: abs(twips(margins, side)) for side in ("left", "right", "top", "bottom")}
    return Body(width, height, sides["left"], width - sides["right"], sides["top"], height - sides["bottom"])


def fonts_of(parts: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the fonts that a document calls for, Chinese ones first."""
    names: dict[str, None] = {}
    wanted = [name for name in parts if name.startswith("word/") and name.endswith(".xml")]
    found = [element for name in sorted(wanted) for element in parsed(parts[name]).iter(f"{_W}rFonts")]
    for kind in _FONT_KINDS:
        names.update(dict.fromkeys(name for element in found if (name := element.get(f"{_W}{kind}"))))
    return tuple(names)
