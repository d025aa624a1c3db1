"""The notice as a Word document: the template with its title, head and page, its prototype row once for each task."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reportgen.core.fields import MARKS
from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.layout import (
    NOTE,
    PERIOD,
    TITLE,
    Layout,
    TemplateText,
    filled,
    layout_of,
    placeholders_in,
    prototypes_among,
)
from reportgen.core.lines import WORD_GAP_EM, count_lines
from reportgen.core.notice import Notice
from reportgen.core.text import without_control
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.wordpage import (
    Page,
    core_properties,
    page_of,
    paragraph_size,
    parsed,
    serialised,
    with_draft_marks,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}
_MARKS = re.compile("(" + "|".join(map(re.escape, MARKS)) + ")")
_CHUNK = 100  # rows parsed at a time: linear in the rows, and little memory
# A row that does not fit beside the repeated head loses lines in LibreOffice and runs off the page in Word when it may
# not split; line counts are estimates, so only rows well below the page are kept whole.
_KEEP_WHOLE_BELOW = 0.8


def notice_columns(template: bytes, name: str, allowed: Collection[str]) -> Layout:
    """Return the columns that a template prints; `allowed` are the keys of the fields that may be printed."""
    body = _opened(template, name)[1]
    rows = _prototypes(body)
    page = [TemplateText(_text(p), Place(name)) for p in body.iter(f"{_W}p") if not _is_inside(p, rows)]
    return layout_of(name, page, [_row_texts(row, name) for row in rows], allowed)


def write_notice_docx(template: bytes, name: str, notice: Notice, period_label: str) -> bytes:
    """Return the notice as a .docx. The template must have passed `notice_columns`."""
    parts, root = _opened(template, name)
    values = {
        TITLE: without_control(notice.title),
        NOTE: without_control(notice.note) if notice.is_draft else "",
        PERIOD: period_label,
    }
    (prototype,) = _prototypes(root)
    for paragraph in list(root.iter(f"{_W}p")):
        if not _is_inside(paragraph, [prototype]):
            _fill_paragraph(paragraph, values)
    _write_rows(root, prototype, notice.rows, page_of(root, prototype, parts))
    for part in [part for part in parts if re.fullmatch(r"word/(?:header|footer)\d*\.xml", part)]:
        parts[part] = _filled_part(parts[part], values)
    if notice.is_draft:
        parts = with_draft_marks(parts, root)
    parts[DOCUMENT] = serialised(root)
    if "docProps/core.xml" in parts:
        parts["docProps/core.xml"] = core_properties(notice.title)
    return zipped(parts)


def _opened(template: bytes, name: str) -> tuple[dict[str, bytes], _Element]:
    from lxml import etree

    try:
        parts = parts_of(template)
        return parts, parsed(parts[DOCUMENT])
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        advice = "请在 Word 或 WPS 中打开它，另存为 .docx；或从新建的工作区复制一份。"
        raise cannot_run(Code.T01, Place(name), reason="不是完好的 Word 文档（.docx）", advice=advice) from error


# --- placeholders -------------------------------------------------------------------------------------------------


def _texts(paragraph: _Element) -> list[_Element]:
    """Return the text elements of a paragraph, without those of paragraphs in text boxes inside it."""
    return [t for t in paragraph.iter(f"{_W}t") if next(t.iterancestors(f"{_W}p")) is paragraph]


def _text(paragraph: _Element) -> str:
    return "".join(t.text or "" for t in _texts(paragraph))


def _cell_text(cell: _Element) -> str:
    return "\n".join(_text(paragraph) for paragraph in cell.findall(f"{_W}p"))


def _is_inside(paragraph: _Element, rows: Sequence[_Element]) -> bool:
    return any(row in rows for row in paragraph.iterancestors(f"{_W}tr"))


def _fill_paragraph(paragraph: _Element, values: Mapping[str, str]) -> None:
    """Fill the placeholders of a paragraph, also where Word has cut them into several runs.

    A paragraph with a placeholder that comes to nothing and no other text is taken out.
    """
    texts = _texts(paragraph)
    whole = "".join(t.text or "" for t in texts)
    if not placeholders_in(whole):
        return
    result = filled(whole, values)
    if not result.strip() and len(paragraph.getparent()) > 1:  # type: ignore[arg-type]
        paragraph.getparent().remove(paragraph)  # type: ignore[union-attr]
        return
    for match in reversed(list(re.finditer(r"\{\{.*?\}\}", whole))):
        _replace_span(texts, match.start(), match.end(), filled(match.group(), values))
    for t in texts:
        t.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _replace_span(texts: Sequence[_Element], start: int, end: int, new: str) -> None:
    """Put `new` in place of the characters `start` to `end` of the joined texts, in the run where they begin."""
    at = 0
    for t in texts:
        text = t.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            t.text = text[:first] + new + text[last:]
            new = ""
        at += len(text)


def _filled_part(xml: bytes, values: Mapping[str, str]) -> bytes:
    root = parsed(xml)
    if not any(placeholders_in(_text(p)) for p in root.iter(f"{_W}p")):
        return xml
    for paragraph in list(root.iter(f"{_W}p")):
        _fill_paragraph(paragraph, values)
    return serialised(root)


# --- the prototype row --------------------------------------------------------------------------------------------


def _prototypes(root: _Element) -> list[_Element]:
    """Return the table rows that have a field's placeholder in a cell of their own."""
    rows = list(root.iter(f"{_W}tr"))
    return [rows[i] for i in prototypes_among(["\n".join(map(_cell_text, r.findall(f"{_W}tc"))) for r in rows])]


def _row_texts(row: _Element, name: str) -> list[TemplateText]:
    table = row.getparent()
    above = [] if table is None else table.findall(f"{_W}tr")[: table.findall(f"{_W}tr").index(row)]
    place = Place(name, "", len(above) + 1)
    heads = {}
    for line in above:
        heads.update({column: _cell_text(cell) for column, cell in _by_column(line) if _cell_text(cell).strip()})
    return [TemplateText(_cell_text(cell), place, heads.get(column, "")) for column, cell in _by_column(row)]


def _by_column(row: _Element) -> Iterator[tuple[int, _Element]]:
    """Yield the cells of a row with the grid column that each begins in."""
    column = 0
    for cell in row.findall(f"{_W}tc"):
        yield column, cell
        span = cell.find("w:tcPr/w:gridSpan", _NS)
        column += 1 if span is None else int(span.get(f"{_W}val", "1"))


@dataclass(frozen=True, slots=True)
class _Cell:
    """A prototype cell as XML around the text: `key` is "" for one that is copied as it is (`start` has it all)."""

    key: str
    start: str
    paragraph: str = ""
    run: str = ""
    red_run: str = ""
    width_em: float = 1.0
    pitch_pt: float = 0.0

    def xml(self, text: str) -> str:
        """Return the cell with `text`, a paragraph for each line: a break inside a justified one would stretch it."""
        if not self.key:
            return self.start
        lines = (f"<w:p>{self.paragraph}{self._runs(line)}</w:p>" for line in text.split("\n"))
        return f"{self.start}{''.join(lines)}</w:tc>"

    def _runs(self, line: str) -> str:
        return "".join(
            f"<w:r>{self.red_run if piece in MARKS else self.run}{_run_text(piece)}</w:r>"
            for piece in _MARKS.split(line)
            if piece
        )

    def height_pt(self, text: str) -> float:
        return count_lines(text, self.width_em, WORD_GAP_EM) * self.pitch_pt


def _run_text(text: str) -> str:
    pieces = (f'<w:t xml:space="preserve">{escape(piece)}</w:t>' if piece else "" for piece in text.split("\t"))
    return "<w:tab/>".join(pieces)


def _write_rows(root: _Element, prototype: _Element, rows: Sequence[Mapping[str, str]], page: Page) -> None:
    """Put a row for each of `rows` in place of the prototype, into the table where it stands."""
    cells = [_cell(cell, page) for cell in prototype.findall(f"{_W}tc")]
    opened = {keep: _row_start(prototype, keep) for keep in (True, False)}
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in root.nsmap.items() if prefix)
    after = prototype
    for start in range(0, len(rows), _CHUNK):
        lines = []
        for row in rows[start : start + _CHUNK]:
            texts = [without_control(row.get(cell.key, "")) for cell in cells]
            height = max(cell.height_pt(text) for cell, text in zip(cells, texts, strict=True)) + page.row_padding_pt
            keep = height <= _KEEP_WHOLE_BELOW * page.room_pt
            filled_cells = "".join(cell.xml(text) for cell, text in zip(cells, texts, strict=True))
            lines.append(f"<w:tr>{opened[keep]}{filled_cells}</w:tr>")
        for element in parsed(f"<rows {declared}>{''.join(lines)}</rows>".encode()):
            after.addnext(element)
            after = element
    prototype.getparent().remove(prototype)  # type: ignore[union-attr]


def _row_start(prototype: _Element, keep: bool) -> str:
    """Return the row's properties as XML, with or without leave to split over two pages; never an exact height."""
    from lxml import etree

    given = prototype.find(f"{_W}trPr")
    properties = etree.Element(f"{_W}trPr") if given is None else deepcopy(given)
    for split in properties.findall(f"{_W}cantSplit"):
        properties.remove(split)
    for height in properties.findall(f"{_W}trHeight"):
        if height.get(f"{_W}hRule") == "exact":
            height.set(f"{_W}hRule", "atLeast")
    if keep:
        properties.insert(0, etree.Element(f"{_W}cantSplit"))
    return _bare(properties)


def _cell(cell: _Element, page: Page) -> _Cell:
    names = placeholders_in(_cell_text(cell))
    if not names:
        return _Cell("", _bare(cell))
    paragraph = next(p for p in cell.findall(f"{_W}p") if placeholders_in(_text(p)))
    run = next(t.getparent() for t in _texts(paragraph) if "{" in (t.text or ""))
    style = run.find(f"{_W}rPr") if run is not None else None
    size_pt, pitch_pt = paragraph_size(paragraph, style, page)
    return _Cell(
        key=names[0],
        start=f"<w:tc>{_bare(cell.find(f'{_W}tcPr'))}",
        paragraph=_bare(paragraph.find(f"{_W}pPr")),
        run=_bare(style),
        red_run=_red(style),
        width_em=page.text_width_pt(cell) / size_pt,
        pitch_pt=pitch_pt,
    )


def _red(style: _Element | None) -> str:
    """Return a run's properties as XML with the colour red."""
    from lxml import etree

    properties = etree.Element(f"{_W}rPr") if style is None else deepcopy(style)
    for color in properties.findall(f"{_W}color"):
        properties.remove(color)
    red = etree.Element(f"{_W}color")
    red.set(f"{_W}val", "FF0000")
    # The schema has an order: colour stands before the sizes.
    later = next((child for child in properties if child.tag in (f"{_W}sz", f"{_W}szCs")), None)
    if later is None:
        properties.append(red)
    else:
        later.addprevious(red)
    return _bare(properties)


def _bare(element: _Element | None) -> str:
    """Return an element as XML without namespace declarations: it goes back under the same root."""
    from lxml import etree

    if element is None:
        return ""
    xml = etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()
    return re.sub(r' xmlns:\w+="[^"]*"', "", xml)
