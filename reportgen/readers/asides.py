"""Texts of a worksheet that stand in no cell: comments, text boxes, shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reportgen.core.findings import Place
from reportgen.core.grid import Aside, Kind
from reportgen.readers.packages import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element

# 第 1 页，共 3 页
_OF_PAGES = re.compile(r"[\W\d_第页共]*")
# In the header of a sheet: codes for page, date, file; fonts and sizes; where the left, middle and right piece begin.
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F+-]{6}|\d+|[PNDTFAZGBIUESXYOH])', re.IGNORECASE)
_PIECES = re.compile(r"&[LCR]", re.IGNORECASE)
HEADERS = tuple(f"{which}{what}" for which in ("odd", "even", "first") for what in ("Header", "Footer"))
_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


def says_something(text: str) -> bool:
    """Tell whether a text in the margin of a page is more than its number."""
    return not _OF_PAGES.fullmatch(text)


def margin_texts(written: str, sheet: Place) -> Iterator[Aside]:
    """Yield the pieces of a sheet's header or footer (&L…&C…&R…), codes and page numbers left out."""
    for piece in _PIECES.split(written):
        text = _CODES.sub("", piece).replace("&&", "&").strip()
        if says_something(text):
            yield Aside(Kind.MARGIN, sheet, text)


def asides_of(package: Package, sheet_part: str, sheet: Place) -> Iterator[Aside]:
    """Yield the texts of comments and drawings of a worksheet, each at its cell."""
    related = dict(package.related(sheet_part).values())
    # A threaded comment is also kept as a plain one, for old programs, with an explanation before it.
    if "threadedComment" in related:
        yield from _comments(package.xml(related["threadedComment"]), "threadedComment", sheet)
    elif "comments" in related:
        yield from _comments(package.xml(related["comments"]), "comment", sheet)
    if "drawing" in related:
        for anchor in package.xml(related["drawing"]):
            yield from _drawn(anchor, sheet)


def _comments(root: _Element, name: str, sheet: Place) -> Iterator[Aside]:
    for comment in root.iter(f"{{*}}{name}"):
        text = "".join(t.text or "" for t in comment.iter("{*}t", "{*}text")).strip()
        cell = _CELL.match(comment.get("ref", ""))
        if text and cell:
            column = 0
            for letter in cell.group(1).upper():
                column = column * 26 + ord(letter) - 64
            yield Aside(Kind.COMMENT, replace(sheet, row=int(cell.group(2)), column=column), text)


def _drawn(anchor: _Element, sheet: Place) -> Iterator[Aside]:
    """Yield the text of what one anchor holds, the shapes of a group in one."""
    paragraphs = ["".join(t.text or "" for t in p.iter("{*}t")) for p in anchor.iter("{*}p")]
    text = "\n".join(paragraph for paragraph in paragraphs if paragraph.strip())
    if text:
        yield Aside(Kind.DRAWING, _anchored(anchor, sheet), text)


def _anchored(anchor: _Element, sheet: Place) -> Place:
    start = next((child for child in anchor if local(child) == "from"), None)
    if start is None:
        return sheet
    numbers = {local(child): child.text or "" for child in start}
    row, column = numbers.get("row", ""), numbers.get("col", "")
    if not (row.isdigit() and column.isdigit()):
        return sheet
    return replace(sheet, row=int(row) + 1, column=int(column) + 1)
