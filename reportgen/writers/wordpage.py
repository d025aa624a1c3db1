"""What a Word template says of its page: room, widths, sizes of text; and the marks of a draft on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core.lines import LINE_FACTOR, WORD_GAP_EM, count_lines
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from lxml.etree import _Element

DRAFT = "草稿"
_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_URI}}}"
_NS = {"w": _URI}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DEFAULT_SIZE_PT = 10.0  # Word's own, where neither run nor styles give one
_DEFAULT_SIDE_TWIPS = 108.0
_BORDER_PT = 0.5


class Page(Struct, frozen=True):
    """The page that the prototype row is printed on.

    `room_pt` is the height of the body below the head, `first_room_pt` what the title leaves of it on the first page.
    """

    room_pt: float
    first_room_pt: float
    row_padding_pt: float
    side_padding_pt: float
    column_pt: tuple[float, ...]
    styles: _Element | None

    def text_width_pt(self, cell: _Element) -> float:
        """Return the width that a cell leaves for text."""
        width = cell.find("w:tcPr/w:tcW", _NS)
        if width is not None and width.get(f"{_W}type") == "dxa":
            return twips(width, "w") - self.side_padding_pt
        row = cell.getparent()
        index = 0 if row is None else row.findall(f"{_W}tc").index(cell)
        return (self.column_pt[index] if index < len(self.column_pt) else 72.0) - self.side_padding_pt


def page_of(root: _Element, prototype: _Element, parts: Mapping[str, bytes]) -> Page:
    """Return what the template says of the page around its prototype row."""
    table = next(prototype.iterancestors(f"{_W}tbl"))
    margins = table.find("w:tblPr/w:tblCellMar", _NS)

    def margin(side: str, otherwise: float) -> float:
        edge = None if margins is None else margins.find(f"w:{side}", _NS)
        return otherwise / 20 if edge is None else twips(edge, "w")

    body_pt = _body_pt(root, prototype)
    page = Page(
        room_pt=body_pt,
        first_room_pt=body_pt,
        row_padding_pt=margin("top", 0) + margin("bottom", 0) + _BORDER_PT,
        side_padding_pt=margin("left", _DEFAULT_SIDE_TWIPS) + margin("right", _DEFAULT_SIDE_TWIPS) + _BORDER_PT,
        column_pt=tuple(twips(column, "w") for column in table.findall("w:tblGrid/w:gridCol", _NS)),
        styles=parsed(parts["word/styles.xml"]) if "word/styles.xml" in parts else None,
    )
    head = sum(_row_height_pt(row, page) for row in table.findall(f"{_W}tr") if _is_head(row))
    above = sum(_above_pt(paragraph, page) for paragraph in _paragraphs_before(table))
    first_room_pt = body_pt - head - above
    # A title as high as the page has the table begin on the next one.
    return replace(page, room_pt=body_pt - head, first_room_pt=first_room_pt if first_room_pt > 0 else body_pt - head)


def _paragraphs_before(table: _Element) -> Iterator[_Element]:
    """Yield the paragraphs between the start of the table's section and the table."""
    for block in table.itersiblings(preceding=True):
        if block.tag != f"{_W}p" or block.find("w:pPr/w:sectPr", _NS) is not None:
            break
        yield block


def _above_pt(paragraph: _Element, page: Page) -> float:
    """Return the height of a paragraph above the table, as wide as the body."""
    size_pt, pitch_pt = paragraph_size(paragraph, paragraph.find("w:r/w:rPr", _NS), page)
    spacing = paragraph.find("w:pPr/w:spacing", _NS)
    around = 0.0 if spacing is None else twips(spacing, "before") + twips(spacing, "after")
    return count_lines(paragraph_text(paragraph), sum(page.column_pt) / size_pt, WORD_GAP_EM) * pitch_pt + around


def paragraph_size(paragraph: _Element, run_style: _Element | None, page: Page) -> tuple[float, float]:
    """Return the size of a paragraph's text and the distance of its lines in points, looked up through the styles."""
    sources = list(_style_chain(paragraph, page.styles))
    sizes = [None if run_style is None else run_style.find("w:sz", _NS)]
    sizes += [source.find("w:rPr/w:sz", _NS) for source in sources]
    half_points = next((size for size in sizes if size is not None), None)
    size_pt = _DEFAULT_SIZE_PT if half_points is None else float(half_points.get(f"{_W}val", "20")) / 2
    spacings = [element.find("w:pPr/w:spacing", _NS) for element in (paragraph, *sources) if element is not None]
    for spacing in spacings:
        if spacing is not None and spacing.get(f"{_W}line"):
            line, rule = float(spacing.get(f"{_W}line", "240")), spacing.get(f"{_W}lineRule", "auto")
            natural = LINE_FACTOR * size_pt
            return size_pt, {"exact": line / 20, "atLeast": max(line / 20, natural)}.get(rule, line / 240 * natural)
    return size_pt, LINE_FACTOR * size_pt


def _style_chain(paragraph: _Element, styles: _Element | None) -> Iterator[_Element]:
    """Yield the styles that a paragraph inherits from, nearest first, the document's defaults last."""
    if styles is None:
        return
    by_id = {style.get(f"{_W}styleId"): style for style in styles.findall(f"{_W}style")}
    named = paragraph.find("w:pPr/w:pStyle", _NS)
    default = styles.find("w:style[@w:type='paragraph'][@w:default='1']", _NS)
    style = default if named is None else by_id.get(named.get(f"{_W}val"), default)
    for _step in range(20):  # basedOn may run in a circle in a damaged file
        if style is None:
            break
        yield style
        base = style.find("w:basedOn", _NS)
        style = None if base is None else by_id.get(base.get(f"{_W}val"))
    yield from styles.findall("w:docDefaults/*", _NS)


def _body_pt(root: _Element, prototype: _Element) -> float:
    """Return the height of the body of the section that the prototype row stands in."""
    size, margins = section_of(root, prototype)
    if size is None or margins is None:
        return 500.0  # no page given: about that of A4 landscape
    return twips(size, "h") - abs(twips(margins, "top")) - abs(twips(margins, "bottom"))


def section_of(root: _Element, row: _Element) -> tuple[_Element | None, _Element | None]:
    """Return the size and the margins of the pages that a row of a table, or a paragraph, stands on."""
    is_after = False
    for element in root.iter(row.tag, f"{_W}sectPr"):
        if element is row:
            is_after = True
        elif is_after and element.tag == f"{_W}sectPr":  # a section's properties stand at its end
            return element.find("w:pgSz", _NS), element.find("w:pgMar", _NS)
    return None, None


def _is_head(row: _Element) -> bool:
    return row.find("w:trPr/w:tblHeader", _NS) is not None


def _row_height_pt(row: _Element, page: Page) -> float:
    least = row.find("w:trPr/w:trHeight", _NS)
    heights = [0.0 if least is None else twips(least, "val")]
    for cell in row.findall(f"{_W}tc"):
        height = page.row_padding_pt
        for paragraph in cell.findall(f"{_W}p"):
            size_pt, pitch_pt = paragraph_size(paragraph, paragraph.find("w:r/w:rPr", _NS), page)
            height += count_lines(paragraph_text(paragraph), page.text_width_pt(cell) / size_pt, WORD_GAP_EM) * pitch_pt
        heights.append(height)
    return max(heights)


def twips(element: _Element, attribute: str) -> float:
    """Return an attribute in twentieths of a point as points."""
    return float(element.get(f"{_W}{attribute}") or 0) / 20


def texts_of(paragraph: _Element) -> list[_Element]:
    """Return the text elements of a paragraph, without those of paragraphs in text boxes inside it."""
    return [t for t in paragraph.iter(f"{_W}t") if next(t.iterancestors(f"{_W}p")) is paragraph]


def paragraph_text(paragraph: _Element) -> str:
    return "".join(t.text or "" for t in texts_of(paragraph))


def cell_text(cell: _Element) -> str:
    return "\n".join(paragraph_text(paragraph) for paragraph in cell.findall(f"{_W}p"))


def core_properties(title: str) -> bytes:
    """Return docProps/core.xml with a title and times that say nothing, so that the same input gives the same bytes."""
    moment = '<dcterms:{0} xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:{0}>'
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title, quote=False)}</dc:title><dc:creator>reportgen</dc:creator>"
        f"{moment.format('created')}{moment.format('modified')}</cp:coreProperties>"
    ).encode()


# --- drafts ---------------------------------------------------------------------------------------------------------


def with_draft_marks(parts: Mapping[str, bytes], root: _Element) -> dict[str, bytes]:
    """Return the parts with 草稿 in the header of every page; the document's `root` gets the references it lacks."""
    marked = dict(parts)
    relations = parsed(parts["word/_rels/document.xml.rels"])
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    done: set[str] = set()
    for number, section in enumerate(root.iter(f"{_W}sectPr")):
        for kind in _header_kinds(section, parts):
            reference = section.find(f"w:headerReference[@w:type='{kind}']", _NS)
            if reference is not None:
                name = targets.get(reference.get(f"{{{_RELATIONS}}}id"), "")
                part = name.lstrip("/") if name.startswith("/") else f"word/{name}"
                if part in marked and part not in done:
                    marked[part] = _marked_header(marked[part], len(done))
                    done.add(part)
            elif number == 0:  # later sections take over the headers of the one before
                part = f"word/header-draft-{kind}.xml"
                marked[part] = _marked_header(f'<w:hdr xmlns:w="{_URI}"/>'.encode(), len(done))
                done.add(part)
                _refer(section, relations, kind, part)
    marked["word/_rels/document.xml.rels"] = serialised(relations)
    marked["[Content_Types].xml"] = _with_types(parts["[Content_Types].xml"], sorted(done - set(parts)))
    return marked


def _header_kinds(section: _Element, parts: Mapping[str, bytes]) -> list[str]:
    kinds = ["default"]
    if section.find("w:titlePg", _NS) is not None:
        kinds.append("first")
    if b"evenAndOddHeaders" in parts.get("word/settings.xml", b""):
        kinds.append("even")
    return kinds


def _refer(section: _Element, relations: _Element, kind: str, part: str) -> None:
    from lxml import etree

    name = f"rIdDraft{kind}"
    relation = etree.SubElement(relations, f"{{{_PACKAGE_RELATIONS}}}Relationship")
    relation.set("Id", name)
    relation.set("Type", f"{_RELATIONS}/header")
    relation.set("Target", part.removeprefix("word/"))
    reference = etree.Element(f"{_W}headerReference")
    reference.set(f"{_W}type", kind)
    reference.set(f"{{{_RELATIONS}}}id", name)
    section.insert(0, reference)


def _with_types(xml: bytes, new: Sequence[str]) -> bytes:
    from lxml import etree

    types = parsed(xml)
    for part in new:
        override = etree.SubElement(types, f"{{{_CONTENT_TYPES}}}Override")
        override.set("PartName", f"/{part}")
        override.set("ContentType", _HEADER_TYPE)
    return serialised(types)


def _marked_header(header: bytes, number: int) -> bytes:
    """Return a header that begins with 草稿 in red, and has it large and pale behind the page."""
    root = parsed(header)
    root.insert(0, parsed(_draft_paragraph(number).encode()))
    return serialised(root)


def _draft_paragraph(number: int) -> str:
    style = (
        '<w:rPr><w:rFonts w:hint="eastAsia" w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体"/>'
        '<w:color w:val="FF0000"/><w:sz w:val="28"/></w:rPr>'
    )
    names = (
        f'xmlns:w="{_URI}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    )
    return (
        f"<w:p {names}>"
        '<w:pPr><w:spacing w:before="0" w:after="0" w:line="320" w:lineRule="exact"/><w:jc w:val="center"/></w:pPr>'
        f"<w:r>{style}<w:t>{DRAFT}</w:t></w:r><w:r><w:pict>{_WORDART}"
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2049 + number}" type="#_x0000_t136" '
        'style="position:absolute;margin-left:0;margin-top:0;width:420pt;height:210pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" '
        'o:allowincell="f" fillcolor="#f8d0d0" stroked="f"><v:fill opacity=".5"/>'
        f'<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="{DRAFT}"/>'
        "</v:shape></w:pict></w:r></w:p>"
    )


# The shape type of a text watermark as Word writes it; LibreOffice knows it by its number.
_WORDART = re.sub(
    r"\n\s*",
    " ",
    """<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
    <v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
    <v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
    <v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>
    <v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom"
    o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
    <v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>
    <o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>""",
)
