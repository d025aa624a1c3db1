"""The tables of a Word document as grids, with the paragraphs before each of them.

Read from the XML: python-docx asks for a cell by walking the whole table, and shows text that was deleted under
revision marks. What is read is what the document would print.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.grid import Book, Grid
from reportgen.readers.wordnumbers import Numbers, numbers_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART_BYTES = 100 * 1024 * 1024
DOCUMENT = "word/document.xml"
AFTER = ""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Not printed: deleted or moved-away text, the second copy of a drawing for old programs, the reading above a character.
_UNSEEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}rt", f"{_W}pPr", f"{_W}rPr", _FALLBACK})
# What zipfile and lxml raise for damaged and encrypted files; lxml's own error is a SyntaxError.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, NotImplementedError, SyntaxError)
# Signs of the fonts Wingdings and Wingdings 2, by their number: boxes to tick, ticks, crosses, bullets.
_SIGNS = {
    **dict.fromkeys(("FE", "52"), "☑"),
    **dict.fromkeys(("A8", "6F", "71", "A3"), "□"),
    **dict.fromkeys(("FC", "50"), "√"),
    **dict.fromkeys(("FD", "54"), "☒"),
    **dict.fromkeys(("6C", "9F"), "●"),
    "6E": "■",
}
_AS_TEXT = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_word_tables(content: bytes, file: str) -> tuple[Book, dict[str, tuple[str, ...]]]:
    """Return the tables of a .docx as grids 表1, 表2 …, and for each the texts of the paragraphs before it.

    The texts after the last table stand under AFTER.
    Raises CannotRun when `content` is no readable Word document.
    """
    body, numbers = _opened(content, file)
    grids: list[Grid] = []
    before: dict[str, tuple[str, ...]] = {}
    texts: list[str] = []
    for block in _blocks(body):
        if block.tag == f"{_W}p":
            texts.append(_paragraph_text(block, numbers))
        else:
            name = f"表{len(grids) + 1}"
            grids.append(_grid(block, file, name, numbers))
            before[name] = tuple(texts)
            texts = []
    before[AFTER] = tuple(texts)
    return Book(file, tuple(grids)), before


def read_word_text(content: bytes, file: str) -> str:
    """Return the text of a .docx, one line for each paragraph, those in tables included. Raises as read_word_tables."""
    return "\n".join(map(_run_text, _paragraphs(_opened(content, file)[0])))


def _opened(content: bytes, file: str) -> tuple[_Element, Numbers]:
    """Return the body of a document and the counter of its automatic numbers."""
    from lxml import etree

    # Entities are never resolved and nothing is fetched: the document comes from elsewhere.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)

    def part(name: str) -> _Element | None:
        return etree.fromstring(archive.read(name), parser) if name in archive.namelist() else None

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if max(archive.getinfo(name).file_size for name in (DOCUMENT, *archive.namelist())) > MAX_PART_BYTES:
                raise cannot_run(Code.W08, Place(file), name=file, reason=f"解压后超过 {MAX_PART_BYTES >> 20} MB")
            root = etree.fromstring(archive.read(DOCUMENT), parser)
            numbers = numbers_of(part("word/numbering.xml"), part("word/styles.xml"))
    except _UNREADABLE as error:
        raise cannot_run(Code.W08, Place(file), name=file, reason="不是完好的 Word 文档（.docx）") from error
    body = root.find(f"{_W}body")
    return (root if body is None else body), numbers


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Yield paragraphs and tables in order, those inside content controls and inserted text too."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag not in _UNSEEN:
            yield from _blocks(child)


def _grid(table: _Element, file: str, name: str, numbers: Numbers) -> Grid:
    cells: dict[tuple[int, int], str | int] = {}
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    tops: dict[int, tuple[int, int]] = {}  # by column, the cell that a vertically merged range started with
    for row, line in enumerate(_rows(table), 1):
        column = 1 + _number(line.find(f"{_W}trPr/{_W}gridBefore"))
        for cell in _cells(line):
            span = _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            origin = (row, column)
            if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
                origin = tops.get(column, origin)
            tops[column] = origin if merge is not None else (0, 0)
            if origin == (row, column) and (text := _cell_text(cell, numbers)):
                cells[origin] = text
            for at in range(column, column + span):
                if (row, at) != origin:
                    covered[row, at] = origin
            column += span
    return Grid(file, name, dict(cells), covered)


def _rows(table: _Element) -> Iterator[_Element]:
    """Yield the rows of a table that are not deleted under revision marks, nested tables aside."""
    for child in table:
        if child.tag == f"{_W}tr":
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag != f"{_W}tbl" and child.tag not in _UNSEEN:
            yield from _rows(child)


def _cells(parent: _Element) -> Iterator[_Element]:
    for child in parent:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag not in _UNSEEN:
            yield from _cells(child)


def _number(element: _Element | None, otherwise: int = 0) -> int:
    value = "" if element is None else element.get(f"{_W}val", "")
    return int(value) if value.isdigit() else otherwise


def _cell_text(cell: _Element, numbers: Numbers) -> str:
    """Return the text of a cell, a line for each paragraph; a paragraph whose end was deleted runs into the next."""
    text, joint = "", ""
    for paragraph in _paragraphs(cell):
        text += joint + _paragraph_text(paragraph, numbers)
        joint = "" if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None else "\n"
    return text


def _paragraphs(parent: _Element) -> Iterator[_Element]:
    """Yield the paragraphs of a cell, with those of tables nested in it."""
    for block in _blocks(parent):
        if block.tag == f"{_W}p":
            yield block
        else:
            for row in _rows(block):
                for cell in _cells(row):
                    yield from _paragraphs(cell)


def _paragraph_text(paragraph: _Element, numbers: Numbers) -> str:
    """Return the text of a paragraph as it prints, its automatic number first."""
    return numbers.label(paragraph) + _run_text(paragraph)


def _run_text(parent: _Element) -> str:
    pieces = []
    for child in parent:
        if child.tag == f"{_W}t":
            pieces.append(child.text or "")
        elif child.tag == f"{_W}sym":
            number = child.get(f"{_W}char", "").upper().removeprefix("F0").lstrip("0")
            pieces.append(_SIGNS.get(number, "�"))
        elif child.tag in _AS_TEXT:
            pieces.append(_AS_TEXT[child.tag])
        elif child.tag not in _UNSEEN:
            pieces.append(_run_text(child))
    return "".join(pieces)
