"""What openpyxl drops of a workbook or cannot write: the template's pictures, the mark behind the pages of a draft."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.writers.replace import parts_of
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_ID = f"{{{_OFFICE}}}id"
# The elements of a sheet that show pictures, and all that come after them, in the schema's order.
_LAST = (
    *("drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
_PICTURES = ("drawing", "legacyDrawingHF", "picture")
_PICTURE_FOLDERS = ("xl/drawings/", "xl/media/")
_KEPT = "kept-"  # before the names of parts taken over: openpyxl gives charts the same names
_MARK_FILE = Path(__file__).with_name("draft.png")
_MARK_SHAPE = 595 / 842  # height over width
_MARK = "xl/media/draft.png"


def add_pictures(new: dict[str, bytes], template: bytes, moved: Mapping[str, Callable[[int], int]]) -> None:
    """Add the pictures, shapes and header pictures that the template has on the same sheets to a saved workbook.

    `moved` tells by sheet to which row a row of the template went.
    """
    old = parts_of(template)
    if not any(name.startswith(_PICTURE_FOLDERS) for name in old):
        return
    own, sheets = _sheets(old), _sheets(new)
    for title, part in own.items():
        if title not in sheets:
            continue
        root = parsed(old[part])
        for kind in _PICTURES:
            element = root.find(f"{{{_MAIN}}}{kind}")
            source = None if element is None else _targets(old, part).get(str(element.get(_ID)))
            if source is not None:
                name = _taken_over(old, new, source[1])
                if kind == "drawing" and title in moved:
                    new[name] = _anchored(new[name], moved[title])
                _refer(new, sheets[title], kind, source[0], name)


def add_draft_mark(parts: dict[str, bytes], title: str, width_pt: float) -> None:
    """Put 草稿 behind every page of sheet `title` of a saved workbook, as wide as its body.

    Excel and WPS print a picture of the header behind the cells; LibreOffice knows no such pictures, but prints the
    background of a sheet, which they only show on the screen. Where the template has its own, that stays.
    """
    part = _sheets(parts)[title]
    parts[_MARK] = _MARK_FILE.read_bytes()
    _declare(parts, "png", "image/png")
    root = parsed(parts[part])
    if root.find(f"{{{_MAIN}}}picture") is None:
        _refer(parts, part, "picture", f"{_OFFICE}/image", _MARK)
    if root.find(f"{{{_MAIN}}}legacyDrawingHF") is None:
        name = "xl/drawings/draft.vml"
        parts[name] = _header_pictures(width_pt, width_pt * _MARK_SHAPE).encode()
        parts[_relations_of(name)] = _relations([("rId1", f"{_OFFICE}/image", "../media/draft.png")])
        _declare(parts, "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        _refer(parts, part, "legacyDrawingHF", f"{_OFFICE}/vmlDrawing", name)


def _header_pictures(width_pt: float, height_pt: float) -> str:
    """Return the pictures of the right header, on odd, even and first pages; Excel knows them by their names."""
    shapes = "".join(
        f'<v:shape id="RH{kind}" o:spid="_x0000_s{1025 + number}" type="#_x0000_t75" '
        f'style="position:absolute;margin-left:0;margin-top:0;width:{width_pt:.0f}pt;height:{height_pt:.0f}pt;'
        f'z-index:{number + 1}"><v:imagedata o:relid="rId1" o:title="draft"/></v:shape>'
        for number, kind in enumerate(("", "EVEN", "FIRST"))
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t75" coordsize="21600,21600" o:spt="75" o:preferrelative="t" '
        'path="m@4@5l@4@11@9@11@9@5xe" filled="f" stroked="f"><v:stroke joinstyle="miter"/><v:formulas>'
        '<v:f eqn="if lineDrawn pixelLineWidth 0"/><v:f eqn="sum @0 1 0"/><v:f eqn="sum 0 0 @1"/>'
        '<v:f eqn="prod @2 1 2"/><v:f eqn="prod @3 21600 pixelWidth"/><v:f eqn="prod @3 21600 pixelHeight"/>'
        '<v:f eqn="sum @0 0 1"/><v:f eqn="prod @6 1 2"/><v:f eqn="prod @7 21600 pixelWidth"/>'
        '<v:f eqn="sum @8 21600 0"/><v:f eqn="prod @7 21600 pixelHeight"/><v:f eqn="sum @10 21600 0"/></v:formulas>'
        '<v:path o:extrusionok="f" gradientshapeok="t" o:connecttype="rect"/><o:lock v:ext="edit" aspectratio="t"/>'
        f"</v:shapetype>{shapes}</xml>"
    )


# --- packages ---------------------------------------------------------------------------------------------------------


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the part of each sheet by its title."""
    targets = _targets(parts, "xl/workbook.xml")
    sheets = parsed(parts["xl/workbook.xml"]).iterfind(f"{{{_MAIN}}}sheets/{{{_MAIN}}}sheet")
    found = {str(sheet.get("name")): targets.get(str(sheet.get(_ID))) for sheet in sheets}
    return {name: target[1] for name, target in found.items() if target is not None}


def _targets(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Return (type, part) of each relation of a part by its id; links to the outside are none."""
    relations = parts.get(_relations_of(part))
    if relations is None:
        return {}
    found = {}
    for relation in parsed(relations):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), str(relation.get("Target"))))
            found[str(relation.get("Id"))] = (str(relation.get("Type")), target.lstrip("/"))
    return {name: (kind, target) for name, (kind, target) in found.items() if target in parts}


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _relations(entries: list[tuple[str, str, str]]) -> bytes:
    lines = "".join(
        f'<Relationship Id="{escape(name)}" Type="{escape(kind)}" Target="{escape(target)}"/>'
        for name, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'.encode()


def _taken_over(old: Mapping[str, bytes], new: dict[str, bytes], part: str) -> str:
    """Copy a part of the template with all that it refers to, and return its new name."""
    folder, base = posixpath.split(part)
    name = f"{folder}/{_KEPT}{base}"
    if name in new:
        return name
    new[name] = old[part]
    kind = _declared(old, part)
    if kind:
        _declare(new, base.rpartition(".")[2], kind, f"/{name}" if kind.endswith("+xml") else "")
    targets = _targets(old, part).items()
    entries = [(identity, relation, f"/{_taken_over(old, new, target)}") for identity, (relation, target) in targets]
    if entries:
        new[_relations_of(name)] = _relations(entries)
    return name


def _declared(parts: Mapping[str, bytes], part: str) -> str:
    """Return the content type of a part."""
    types = parsed(parts["[Content_Types].xml"])
    ending = part.rpartition(".")[2].lower()
    own = [t for t in types if t.get("PartName") == f"/{part}"]
    shared = [t for t in types if str(t.get("Extension")).lower() == ending]
    return next((str(t.get("ContentType")) for t in (*own, *shared)), "")


def _declare(parts: dict[str, bytes], ending: str, kind: str, part: str = "") -> None:
    """Give the content type of one part, or of all with an ending."""
    from lxml import etree

    types = parsed(parts["[Content_Types].xml"])
    if part:
        etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override", PartName=part, ContentType=kind)
    elif not any(str(t.get("Extension")).lower() == ending.lower() for t in types):
        types.insert(0, etree.Element(f"{{{_PACKAGE}/content-types}}Default", Extension=ending, ContentType=kind))
    parts["[Content_Types].xml"] = serialised(types)


def _refer(parts: dict[str, bytes], sheet: str, element: str, kind: str, part: str) -> None:
    """Let a sheet show a part by an element of its own."""
    from lxml import etree

    name = f"rId{_KEPT}{element}"
    relations = parsed(parts.get(_relations_of(sheet), _relations([])))
    for former in [relation for relation in relations if relation.get("Id") == name]:
        relations.remove(former)
    etree.SubElement(relations, f"{{{_PACKAGE}/relationships}}Relationship", Id=name, Type=kind, Target=f"/{part}")
    parts[_relations_of(sheet)] = serialised(relations)
    root = parsed(parts[sheet])
    for present in root.findall(f"{{{_MAIN}}}{element}"):
        root.remove(present)
    new = etree.Element(f"{{{_MAIN}}}{element}", None, {"r": _OFFICE})
    new.set(_ID, name)
    after = {f"{{{_MAIN}}}{later}" for later in _LAST[_LAST.index(element) + 1 :]}
    following = next((child for child in root if child.tag in after), None)
    if following is None:
        root.append(new)
    else:
        following.addprevious(new)
    parts[sheet] = serialised(root)


def _anchored(drawing: bytes, moved: Callable[[int], int]) -> bytes:
    """Return a drawing whose pictures went along with the rows that they hang on."""
    root = parsed(drawing)
    for row in _rows(root):
        row.text = str(moved(int(row.text or 0) + 1) - 1)
    return serialised(root)


def _rows(root: _Element) -> Iterator[_Element]:
    for corner in root.iter(f"{_DRAWING}from", f"{_DRAWING}to"):
        yield from corner.iterfind(f"{_DRAWING}row")
