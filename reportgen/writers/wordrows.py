"""The rows of the notice in Word: the template's prototype row once for each task, and the headings of their groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct, field

from reportgen.core.derived import GROUP, LIGHT, LIGHT_COLORS
from reportgen.core.fields import ANNUAL_TARGET, MARKS
from reportgen.core.layout import asks_to_merge, placeholders_in
from reportgen.core.lines import WORD_GAP_EM, count_lines
from reportgen.core.notice import group_headings
from reportgen.core.pages import Line, page_starts, runs
from reportgen.core.text import without_control
from reportgen.writers.wordpage import Page, cell_text, paragraph_size, paragraph_text, texts_of
from reportgen.writers.xmlparts import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}
_MARKS = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_PLACE = ("reportgen", "rows")
# LibreOffice needs 2 s for a table of 300 rows, 24 s for 1,000, two minutes for 2,000, and never finishes with 10,000.
_ROWS_A_TABLE = 300
# Between two tables: without a paragraph they would be one again. It takes a point at the top of its page.
_PAGE_BREAK = (
    '<w:p><w:pPr><w:keepNext/><w:pageBreakBefore/><w:snapToGrid w:val="0"/>'
    '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)
# A row that does not fit beside the repeated head loses lines in LibreOffice and runs off the page in Word when it may
# not split; line counts are estimates, so only rows well below the page are kept whole.
_KEEP_WHOLE_BELOW = 0.8
_ALONE, _FIRST, _BELOW = "", '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
_BEFORE_MERGE = ("cnfStyle", "tcW", "gridSpan")
_KEEP_NEXT = "<w:keepNext/>"
_RED = "FF0000"


class _Cell(Struct, frozen=True):
    """A prototype cell as XML around the text: `key` is "" for one that is copied as it is (`properties` has it all).

    `properties` hold one %s where a vertical merge is said, `paragraph` one where it is kept with the next.
    """

    key: str
    properties: str
    paragraph: str = ""
    run: str = ""
    colored: Mapping[str, str] = field(default_factory=dict)
    width_em: float = 1.0
    pitch_pt: float = 0.0
    is_merged: bool = False

    def xml(self, text: str, merge: str = _ALONE, keep_next: bool = False) -> str:
        """Return the cell with `text`, a paragraph for each line: a break inside a justified one would stretch it."""
        if not self.key:
            return self.properties
        style = self.paragraph % (_KEEP_NEXT if keep_next else "")
        shown = "" if merge == _BELOW else text
        lines = (f"<w:p>{style}{self._runs(line)}</w:p>" for line in shown.split("\n"))
        return f"<w:tc>{self.properties % merge}{''.join(lines)}</w:tc>"

    def _runs(self, line: str) -> str:
        pieces = _MARKS.split(line) if self.key != LIGHT else [line]
        return "".join(f"<w:r>{self.colored.get(piece, self.run)}{_run_text(piece)}</w:r>" for piece in pieces if piece)

    def height_pt(self, text: str) -> float:
        return count_lines(text, self.width_em, WORD_GAP_EM) * self.pitch_pt


class _Prototype(Struct, frozen=True):
    """A row of the template: its cells, what it is opened with when it is kept whole or may split, its least height."""

    cells: tuple[_Cell, ...]
    whole: str
    splitting: str
    least_pt: float

    def printed(self, row: Mapping[str, str], page: Page, is_heading: bool = False) -> _Printed:
        """Return the line of the table that prints `row`, with what it takes of the page."""
        texts = [without_control(row.get(cell.key, "")) for cell in self.cells]
        heights = [cell.height_pt(text) for cell, text in zip(self.cells, texts, strict=True)]
        height = max(self.least_pt, max(heights) + page.row_padding_pt)
        return _Printed(self, texts, Line(height, is_heading, may_split=height > _KEEP_WHOLE_BELOW * page.room_pt))


class _Printed(Struct, frozen=True):
    """A line of the table: the texts of a task or of a heading in its prototype, one for each cell."""

    prototype: _Prototype
    texts: Sequence[str]
    line: Line

    def xml(self, merges: Mapping[int, str], keep_next: bool) -> str:
        """Return the row; `merges` says for its columns by index what they are to their neighbours."""
        cells = [
            cell.xml(text, merges.get(index, _ALONE), keep_next)
            for index, (cell, text) in enumerate(zip(self.prototype.cells, self.texts, strict=True))
        ]
        start = self.prototype.splitting if self.line.may_split else self.prototype.whole
        return f"<w:tr>{start}{''.join(cells)}</w:tr>"


def take_rows(prototype: _Element, group_row: _Element | None, rows: Sequence[Mapping[str, str]], page: Page) -> bytes:
    """Return a row for each of `rows` as XML, each run of a group below a heading like `group_row`.

    Many rows are several tables, each with the head, begun where a page begins by estimate. The template's own rows
    leave the document, and a mark stands in their place for `with_rows`: a table of ten thousand rows takes 700 MiB
    as a tree; as text it takes a twentieth, and half the time.
    """
    from lxml import etree

    printed = _printed(prototype, group_row, rows, page)
    lines = [one.line for one in printed]
    starts = page_starts(lines, page.room_pt, page.first_room_pt)
    merges, kept = _joined(lines, printed, starts)
    table: _Element = prototype.getparent()  # type: ignore[assignment]
    further = tuple(_table_starts(starts))
    begun = dict.fromkeys(further, _between_tables(table)) if further else {}
    prototype.addprevious(etree.ProcessingInstruction(*_PLACE))
    for used in (prototype, group_row):
        if used is not None:
            used.getparent().remove(used)  # type: ignore[union-attr]
    return "".join(
        begun.get(number, "") + one.xml(merges.get(number, {}), number in kept) for number, one in enumerate(printed)
    ).encode()


def with_rows(document: bytes, rows: bytes) -> bytes:
    """Return the document with the rows that `take_rows` made for it in their place."""
    before, after = document.split(f"<?{' '.join(_PLACE)}?>".encode())
    return before + rows + after


def _table_starts(page_starts: Sequence[int]) -> Iterator[int]:
    """Yield the lines that begin another table."""
    begun = 0
    for start in page_starts:
        if start - begun >= _ROWS_A_TABLE:
            yield start
            begun = start


def _between_tables(table: _Element) -> str:
    """Return the end of a table as XML, and the beginning of one with the same properties and head on a new page."""
    kept = [
        deepcopy(child)
        for child in table
        if child.tag != f"{_W}tr" or child.find("w:trPr/w:tblHeader", _NS) is not None
    ]
    for element in (element for child in kept for element in child.iter()):
        for name in [name for name in element.attrib if str(name).endswith(("}paraId", "}textId"))]:
            del element.attrib[name]  # no two of a document may be the same
    return f"</w:tbl>{_PAGE_BREAK}<w:tbl>{''.join(map(_bare, kept))}"


def _printed(
    prototype: _Element, group_row: _Element | None, rows: Sequence[Mapping[str, str]], page: Page
) -> list[_Printed]:
    own = _prototype(prototype, page)
    headings = group_headings(rows, [cell.key for cell in own.cells])
    heading = _prototype(_default_group_row(prototype) if group_row is None else group_row, page)
    printed = []
    for text, row in zip(headings, rows, strict=True):
        if text:
            printed.append(heading.printed({GROUP: text}, page, is_heading=True))
        printed.append(own.printed(row, page))
    return printed


def _joined(
    lines: Sequence[Line], printed: Sequence[_Printed], starts: Sequence[int]
) -> tuple[dict[int, dict[int, str]], set[int]]:
    """Return what each column of a line is to its neighbours, and the lines that stay on a page with the next.

    Cells that are one are kept on one page, at the `starts` of pages by estimate they begin anew: so the text stands
    on every page, and never crosses from one to the next.
    """
    breaks = {number for number, line in enumerate(lines) if line.is_heading or line.may_split}
    breaks |= {number + 1 for number in breaks}
    breaks |= set(starts)
    kept = {number for number, line in enumerate(lines) if line.is_heading}
    merges: dict[int, dict[int, str]] = {}
    cells = next((one.prototype.cells for one in printed if not one.line.is_heading), ())
    for index, cell in enumerate(cells):
        if cell.is_merged:
            for first, last in runs(["" if one.line.is_heading else one.texts[index] for one in printed], breaks):
                kept.update(range(first, last))
                for number in range(first, last + 1):
                    merges.setdefault(number, {})[index] = _FIRST if number == first else _BELOW
    return merges, kept


# --- the template's rows ----------------------------------------------------------------------------------------------


def _prototype(row: _Element, page: Page) -> _Prototype:
    least = row.find("w:trPr/w:trHeight", _NS)
    return _Prototype(
        cells=tuple(_cell(cell, page) for cell in row.findall(f"{_W}tc")),
        whole=_row_start(row, keep=True),
        splitting=_row_start(row, keep=False),
        least_pt=0.0 if least is None else float(least.get(f"{_W}val", "0")) / 20,
    )


def _default_group_row(prototype: _Element) -> _Element:
    """Return a row for the heading of a group where the template has none: one bold cell over the whole width."""
    cells = prototype.findall(f"{_W}tc")
    like = next((cell for cell in cells if ANNUAL_TARGET in placeholders_in(cell_text(cell))), cells[0])
    paragraph, style = _style_of(like)
    given = like.find(f"{_W}tcPr")
    kept = () if given is None else given.findall("w:tcBorders", _NS) + given.findall("w:vAlign", _NS)
    count = sum(int(_value(cell, "w:tcPr/w:gridSpan", "val", "1")) for cell in cells)
    width = sum(float(_value(cell, "w:tcPr/w:tcW", "w", "0")) for cell in cells)
    run = _bare(style) or "<w:rPr></w:rPr>"
    if not re.search(r"<w:b[ />]", run):
        run = re.sub(r"(<w:rPr>(?:<w:rFonts [^>]*/>)?)", r"\1<w:b/>", run, count=1)
    shown = f"<w:p>{_bare(paragraph.find(f'{_W}pPr'))}<w:r>{run}<w:t>{{{{ {GROUP} }}}}</w:t></w:r></w:p>"
    properties = f'<w:tcW w:w="{width:.0f}" w:type="dxa"/><w:gridSpan w:val="{count}"/>{"".join(map(_bare, kept))}'
    return parsed(f'<w:tr xmlns:w="{_W[1:-1]}"><w:tc><w:tcPr>{properties}</w:tcPr>{shown}</w:tc></w:tr>'.encode())


def _value(cell: _Element, path: str, attribute: str, otherwise: str) -> str:
    element = cell.find(path, _NS)
    return otherwise if element is None else element.get(f"{_W}{attribute}", otherwise)


def _row_start(row: _Element, keep: bool) -> str:
    """Return the row's properties as XML, with or without leave to split over two pages; never an exact height."""
    from lxml import etree

    given = row.find(f"{_W}trPr")
    properties = etree.Element(f"{_W}trPr", None, _NS) if given is None else deepcopy(given)
    for split in properties.findall(f"{_W}cantSplit"):
        properties.remove(split)
    for height in properties.findall(f"{_W}trHeight"):
        if height.get(f"{_W}hRule") == "exact":
            height.set(f"{_W}hRule", "atLeast")
    if keep:
        properties.insert(0, etree.Element(f"{_W}cantSplit", None, _NS))
    return _bare(properties)


def _style_of(cell: _Element) -> tuple[_Element, _Element | None]:
    """Return the paragraph of a cell that holds its placeholder, and the properties of the run where it begins."""
    paragraph = next(p for p in cell.findall(f"{_W}p") if placeholders_in(paragraph_text(p)))
    run = next(t.getparent() for t in texts_of(paragraph) if "{" in (t.text or ""))
    return paragraph, run.find(f"{_W}rPr") if run is not None else None


def _cell(cell: _Element, page: Page) -> _Cell:
    text = cell_text(cell)
    names = placeholders_in(text)
    if not names:
        return _Cell("", _bare(cell))
    paragraph, style = _style_of(cell)
    size_pt, pitch_pt = paragraph_size(paragraph, style, page)
    colors = LIGHT_COLORS if names[0] == LIGHT else dict.fromkeys(MARKS, _RED)
    return _Cell(
        key=names[0],
        properties=_with_slot(cell.find(f"{_W}tcPr"), "tcPr", _BEFORE_MERGE, ("vMerge", "hMerge")),
        paragraph=_with_slot(paragraph.find(f"{_W}pPr"), "pPr", ("pStyle",), ("keepNext",)),
        run=_bare(style),
        colored={words: _colored(style, color) for words, color in colors.items()},
        width_em=page.text_width_pt(cell) / size_pt,
        pitch_pt=pitch_pt,
        is_merged=asks_to_merge(text),
    )


def _with_slot(given: _Element | None, tag: str, before: Sequence[str], without: Sequence[str]) -> str:
    """Return properties as XML with %s where the schema has one of them, those in `without`, which are left out.

    `before` are the tags that come first.
    """
    children = (
        [] if given is None else [child for child in given if child.tag not in {f"{_W}{name}" for name in without}]
    )
    first = [child for child in children if child.tag in {f"{_W}{name}" for name in before}]
    rest = [child for child in children if child not in first]
    texts = ["".join(map(_bare, part)).replace("%", "%%") for part in (first, rest)]
    return f"<w:{tag}>{texts[0]}%s{texts[1]}</w:{tag}>"


def _colored(style: _Element | None, rgb: str) -> str:
    """Return a run's properties as XML with another colour."""
    from lxml import etree

    properties = etree.Element(f"{_W}rPr", None, _NS) if style is None else deepcopy(style)
    for color in properties.findall(f"{_W}color"):
        properties.remove(color)
    new = etree.Element(f"{_W}color", None, _NS)
    new.set(f"{_W}val", rgb)
    # The schema has an order: colour stands before the sizes.
    later = next((child for child in properties if child.tag in (f"{_W}sz", f"{_W}szCs")), None)
    if later is None:
        properties.append(new)
    else:
        later.addprevious(new)
    return _bare(properties)


def _run_text(text: str) -> str:
    pieces = (
        f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t>' if piece else "" for piece in text.split("\t")
    )
    return "<w:tab/>".join(pieces)


def _bare(element: _Element | None) -> str:
    """Return an element as XML without namespace declarations: it goes back under the same root."""
    from lxml import etree

    if element is None:
        return ""
    xml = etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()
    return re.sub(r"<([\w:]+)([^<>]*)></\1>", r"<\1\2/>", re.sub(r' xmlns:\w+="[^"]*"', "", xml))
