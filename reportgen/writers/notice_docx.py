"""The notice as a Word document: the template with its title, head and page, its prototype row once for each task."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.layout import (
    NOTE,
    PERIOD,
    TITLE,
    Layout,
    TemplateText,
    filled,
    is_group_row,
    layout_of,
    placeholders_in,
    prototypes_among,
)
from reportgen.core.notice import Notice
from reportgen.core.text import without_control
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.wordlayout import fix_layout, repeat_head
from reportgen.writers.wordpage import cell_text, core_properties, page_of, paragraph_text, texts_of, with_draft_marks
from reportgen.writers.wordrows import take_rows, with_rows
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from lxml.etree import _Element

DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NS = {"w": _W[1:-1]}


def notice_columns(template: bytes, name: str, allowed: Collection[str]) -> Layout:
    """Return the columns that a template prints; `allowed` are the keys of the fields that may be printed."""
    body = _opened(template, name)[1]
    rows = _prototypes(body)
    groups = _group_rows(rows)
    page = [
        TemplateText(paragraph_text(p), Place(name)) for p in body.iter(f"{_W}p") if not _is_inside(p, rows + groups)
    ]
    texts, group_texts = ([_row_texts(row, name) for row in some] for some in (rows, groups))
    return layout_of(name, page, texts, allowed, group_texts)


def write_notice_docx(template: bytes, name: str, notice: Notice, period_label: str) -> bytes:
    """Return the notice as a .docx. The template must have passed `notice_columns`."""
    parts, root = _opened(template, name)
    values = {
        TITLE: without_control(notice.title),
        NOTE: without_control(notice.note) if notice.is_draft else "",
        PERIOD: period_label,
    }
    (prototype,) = _prototypes(root)
    groups = _group_rows([prototype])
    fix_layout(root, prototype)
    repeat_head(prototype, groups)
    for paragraph in list(root.iter(f"{_W}p")):
        if not _is_inside(paragraph, [prototype, *groups]):
            _fill_paragraph(paragraph, values)
    page = page_of(root, prototype, parts)
    rows = take_rows(prototype, next(iter(groups), None), notice.rows, page)
    for part in [part for part in parts if re.fullmatch(r"word/(?:header|footer)\d*\.xml", part)]:
        parts[part] = _filled_part(parts[part], values)
    if notice.is_draft:
        parts = with_draft_marks(parts, root)
    parts[DOCUMENT] = with_rows(serialised(root), rows)
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


def _is_inside(paragraph: _Element, rows: Sequence[_Element]) -> bool:
    return any(row in rows for row in paragraph.iterancestors(f"{_W}tr"))


def _fill_paragraph(paragraph: _Element, values: Mapping[str, str]) -> None:
    """Fill the placeholders of a paragraph, also where Word has cut them into several runs.

    A paragraph with a placeholder that comes to nothing and no other text is taken out.
    """
    texts = texts_of(paragraph)
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
    if not any(placeholders_in(paragraph_text(p)) for p in root.iter(f"{_W}p")):
        return xml
    for paragraph in list(root.iter(f"{_W}p")):
        _fill_paragraph(paragraph, values)
    return serialised(root)


# --- the prototype row --------------------------------------------------------------------------------------------


def _prototypes(root: _Element) -> list[_Element]:
    """Return the table rows that have a field's placeholder in a cell of their own."""
    rows = list(root.iter(f"{_W}tr"))
    return [rows[i] for i in prototypes_among(["\n".join(map(cell_text, r.findall(f"{_W}tc"))) for r in rows])]


def _group_rows(prototypes: Sequence[_Element]) -> list[_Element]:
    """Return the rows of the prototype's table that show how the heading of a group is printed."""
    if len(prototypes) != 1:
        return []
    rows = prototypes[0].getparent().findall(f"{_W}tr")  # type: ignore[union-attr]
    texts = ("\n".join(map(cell_text, row.findall(f"{_W}tc"))) for row in rows)
    return [row for row, text in zip(rows, texts, strict=True) if is_group_row(text) and row not in prototypes]


def _row_texts(row: _Element, name: str) -> list[TemplateText]:
    table = row.getparent()
    above = [] if table is None else table.findall(f"{_W}tr")[: table.findall(f"{_W}tr").index(row)]
    place = Place(name, "", len(above) + 1)
    heads = {}
    for line in above:
        if not is_group_row("\n".join(map(cell_text, line.findall(f"{_W}tc")))):
            heads.update({column: cell_text(cell) for column, cell in _by_column(line) if cell_text(cell).strip()})
    return [TemplateText(cell_text(cell), place, heads.get(column, "")) for column, cell in _by_column(row)]


def _by_column(row: _Element) -> Iterator[tuple[int, _Element]]:
    """Yield the cells of a row with the grid column that each begins in."""
    column = 0
    for cell in row.findall(f"{_W}tc"):
        yield column, cell
        span = cell.find("w:tcPr/w:gridSpan", _NS)
        column += 1 if span is None else int(span.get(f"{_W}val", "1"))
