"""The tables of a Word document as grids, with the paragraphs before each of them.

Read from the XML: python-docx asks for a cell by walking the whole table, and shows text that was deleted under
revision marks. What is read is what the document would print.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, field

from reportgen.core.findings import Code, Place, cannot_run
from reportgen.core.grid import Book, Grid, Value
from reportgen.readers.packages import SAFE_XML, tree_of
from reportgen.readers.wordnumbers import Numbers, numbers_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART_BYTES = 100 * 1024 * 1024
DOCUMENT = "word/document.xml"
AFTER = ""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _T, _TBL, _TR, _TC = (f"{_W}{name}" for name in ("p", "t", "tbl", "tr", "tc"))
_P_PR, _TC_PR, _TR_PR = f"{_W}pPr", f"{_W}tcPr", f"{_W}trPr"
_GRID_SPAN, _V_MERGE = f"{_W}gridSpan", f"{_W}vMerge"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Not printed: deleted or moved-away text, the second copy of a drawing for old programs, the reading above a character.
_UNSEEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}rt", _P_PR, f"{_W}rPr", _TC_PR, _TR_PR, _FALLBACK})
_CLOSED = _UNSEEN | {_P, _TR}  # rows in these are not rows of a table in the text
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
    grids: list[Grid] = []
    before: dict[str, tuple[str, ...]] = {}
    texts: list[str] = []
    with _document(content, file) as document:
        numbers = numbers_of(document.part("word/numbering.xml"), document.part("word/styles.xml"))
        for block in document.blocks():
            if block.tag == _P:
                texts.append(_paragraph_text(block, numbers))
            elif block.tag == _TBL:
                name = f"表{len(grids) + 1}"
                before[name], texts = tuple(texts), []
                rows = _TableRows(numbers)
                grids.append(Grid(file, name, rows.cells, rows.covered))
            else:
                rows.add(block)
    before[AFTER] = tuple(texts)
    return Book(file, tuple(grids)), before


def read_word_text(content: bytes, file: str) -> str:
    """Return the text of a .docx, one line for each paragraph, those in tables included. Raises as read_word_tables."""
    texts: list[str] = []
    with _document(content, file) as document:
        for block in document.blocks():
            if block.tag == _P:
                texts.append(_run_text(block))
            elif block.tag == _TR:
                texts += (_run_text(paragraph) for cell in _cells(block) for paragraph in _paragraphs(cell))
    return "\n".join(texts)


class _Document(Struct, frozen=True):
    """An opened document, gone through once from its beginning to its end."""

    archive: zipfile.ZipFile

    def part(self, name: str) -> _Element | None:
        return tree_of(self.archive.read(name)) if name in self.archive.namelist() else None

    def blocks(self) -> Iterator[_Element]:
        """Yield each paragraph, each table when it begins and each of its rows, but nothing inside of those.

        Rows deleted under revision marks are left out. What was yielded is forgotten then: a table of ten thousand rows
        would take 700 MiB as a whole tree.
        """
        from lxml import etree

        stream = io.BytesIO(self.archive.read(DOCUMENT))
        # Not asked for paragraphs: most are in rows, and to be told of each takes as long as all the rest.
        events = etree.iterparse(stream, events=("start", "end"), tag=(_TR, _TBL), **SAFE_XML)
        for event, element in events:
            if any(around.tag in _CLOSED for around in element.iterancestors()):
                continue
            if element.tag == _TBL and event == "start":
                yield from _paragraphs_above(element)
                yield element
            elif element.tag == _TR and event == "end":
                if not _is_deleted(element):
                    yield element
                element.clear(keep_tail=False)
                _forget_before(element)
        yield from (block for block in _blocks(events.root) if block.tag == _P)


def _paragraphs_above(table: _Element) -> Iterator[_Element]:
    """Yield the paragraphs of a document between the table before and this one; they leave the tree then."""
    for block in _blocks(table.getroottree().getroot()):
        if block is table:
            break
        if block.tag == _P:
            yield block
    for element in (table, *table.iterancestors()):
        _forget_before(element)


def _forget_before(element: _Element) -> None:
    while element.getprevious() is not None:
        del element.getparent()[0]  # type: ignore[union-attr]


@contextmanager
def _document(content: bytes, file: str) -> Iterator[_Document]:
    """Open a document. What makes it unreadable, also what is found further on, is raised as CannotRun."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if max(archive.getinfo(name).file_size for name in (DOCUMENT, *archive.namelist())) > MAX_PART_BYTES:
                raise cannot_run(Code.W08, Place(file), name=file, reason=f"解压后超过 {MAX_PART_BYTES >> 20} MB")
            yield _Document(archive)
    except _UNREADABLE as error:
        raise cannot_run(Code.W08, Place(file), name=file, reason="不是完好的 Word 文档（.docx）") from error


def _is_deleted(row: _Element) -> bool:
    """Tell whether a row is deleted under revision marks."""
    return _property(row, _TR_PR, f"{_W}del") is not None


class _TableRows(Struct):
    """The rows of one table as they are gone through: the texts of its cells, and which cells hide behind others."""

    numbers: Numbers
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    covered: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    _tops: dict[int, tuple[int, int]] = field(default_factory=dict)  # by column, where a vertically merged range began
    _row: int = 0

    def add(self, line: _Element) -> None:
        self._row += 1
        column = 1 + _number(_property(line, _TR_PR, f"{_W}gridBefore"))
        for cell in _cells(line):
            column += self._add_cell(cell, column)

    def _add_cell(self, cell: _Element, column: int) -> int:
        """Enter a cell and return how many columns it takes."""
        said = {one.tag: one for one in _properties(cell, _TC_PR)}
        span, merge = _number(said.get(_GRID_SPAN), 1), said.get(_V_MERGE)
        here = origin = (self._row, column)
        if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
            origin = self._tops.get(column, origin)
        self._tops[column] = origin if merge is not None else (0, 0)
        if origin == here and (text := _cell_text(cell, self.numbers)):
            self.cells[here] = text
        for at in range(column, column + span):
            if (self._row, at) != origin:
                self.covered[self._row, at] = origin
        return span


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Yield paragraphs and tables in order, those inside content controls and inserted text too."""
    for child in parent:
        if child.tag in (_P, _TBL):
            yield child
        elif child.tag not in _UNSEEN:
            yield from _blocks(child)


def _rows(table: _Element) -> Iterator[_Element]:
    """Yield the rows of a table that are not deleted under revision marks, nested tables aside."""
    for child in table:
        if child.tag == _TR:
            if not _is_deleted(child):
                yield child
        elif child.tag != _TBL and child.tag not in _UNSEEN:
            yield from _rows(child)


def _cells(parent: _Element) -> Iterator[_Element]:
    for child in parent:
        if child.tag == _TC:
            yield child
        elif child.tag not in _UNSEEN:
            yield from _cells(child)


def _property(element: _Element, properties: str, name: str) -> _Element | None:
    """Return what the properties of an element say under a name."""
    return next((one for one in _properties(element, properties) if one.tag == name), None)


def _properties(element: _Element, name: str) -> Iterable[_Element]:
    """Return the properties of an element, () for one without; by far quicker than to ask for them by a path."""
    for child in element:
        if child.tag == name:
            return child
    return ()


def _number(element: _Element | None, otherwise: int = 0) -> int:
    value = "" if element is None else element.get(f"{_W}val", "")
    return int(value) if value.isdigit() else otherwise


def _cell_text(cell: _Element, numbers: Numbers) -> str:
    """Return the text of a cell, a line for each paragraph; a paragraph whose end was deleted runs into the next."""
    text, above = "", None
    for paragraph in _paragraphs(cell):
        if above is not None:
            mark = _property(above, _P_PR, f"{_W}rPr")
            text += "\n" if mark is None or mark.find(f"{_W}del") is None else ""
        text += _paragraph_text(paragraph, numbers)
        above = paragraph
    return text


def _paragraphs(parent: _Element) -> Iterator[_Element]:
    """Yield the paragraphs of a cell, with those of tables nested in it."""
    for block in _blocks(parent):
        if block.tag == _P:
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
        if child.tag == _T:
            pieces.append(child.text or "")
        elif child.tag == f"{_W}sym":
            number = child.get(f"{_W}char", "").upper().removeprefix("F0").lstrip("0")
            pieces.append(_SIGNS.get(number, "�"))
        elif child.tag in _AS_TEXT:
            pieces.append(_AS_TEXT[child.tag])
        elif child.tag not in _UNSEEN:
            pieces.append(_run_text(child))
    return "".join(pieces)
