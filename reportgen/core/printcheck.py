"""Whether a printed page shows what the document says: each column's words, read from the PDF, against its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.printed import TableText
from reportgen.core.proof import Shape

_SAME_LINE_PT = 5.0  # less than any line's pitch
_HEADING_PT = 60.0  # the headings of groups may stand above the first words of the columns by this much
_EDGE_PT = 3.0  # words may stand on the line beside them by this much


class Word(Struct, frozen=True):
    """A run of text on a page with its box in points from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class Compared(Struct, frozen=True):
    """What comparing gave: on how many pages the table stands, 0 when it could not be made out, and what differs."""

    pages: int
    findings: tuple[Finding, ...] = ()


def bare(text: str) -> str:
    """Return `text` without white space and differences of width, as a PDF gives it back."""
    return re.sub(r"[\s\u200b-\u200f\ufeff]", "", unicodedata.normalize("NFKC", text))


def joined(words: Iterable[Word]) -> str:
    """Return the text of words as it is read: line by line, each from left to right."""
    return "".join(word.text for line in _lines(words) for word in line)


def _lines(words: Iterable[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.middle):
        if lines and word.middle - lines[-1][0].middle < _SAME_LINE_PT:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def compared(pages: Sequence[Sequence[Word]], table: TableText, shape: Shape) -> Compared:
    """Return the cells of `table` that the printed `pages` do not show whole, in their column and in order."""
    headings = [bare(line.heading) for line in table.lines if line.heading]
    for edges in _ways_to_lie(shape):
        boxes = _boxes(edges, table)
        shown: dict[int, str] = dict.fromkeys(boxes, "")
        waiting, count = list(headings), 0
        for words in pages:
            inside = _inside(words, edges, shape)
            columns = _below_head(inside, boxes, table)
            if columns is None:
                continue
            count += 1
            top = min((word.top for own in columns.values() for word in own), default=0.0)
            dropped = _heading_words((word for word in inside if word.bottom > top - _HEADING_PT), waiting)
            for column, own in columns.items():
                shown[column] += joined(word for word in own if word not in dropped)
        if count:
            return Compared(count, tuple(_differences(table, shape.file, shown, waiting)))
    return Compared(0)


def _ways_to_lie(shape: Shape) -> Iterator[list[float]]:
    """Yield where the columns' edges may be on the page: in the middle, at the left, or the table as wide as the body.

    Without the font of the sheet LibreOffice makes all columns wider, and then shrinks the page to its width.
    """
    width, body = shape.edges_pt[-1], shape.body.right_pt - shape.body.left_pt
    for scale, share in ((1.0, 0.5), (1.0, 0.0), (body / width, 0.0)):
        left = shape.body.left_pt + (body - width * scale) * share
        yield [left + edge * scale for edge in shape.edges_pt]


def _boxes(edges: Sequence[float], table: TableText) -> dict[int, tuple[float, float]]:
    """Return left and right edge of each column that has a heading; one without belongs to the column before it."""
    last = len(edges) - 1
    columns = sorted(column for column in table.head if column <= last)
    return {a: (edges[a - 1], edges[b - 1]) for a, b in pairwise([*columns, last + 1])}


def _inside(words: Sequence[Word], edges: Sequence[float], shape: Shape) -> list[Word]:
    """Return the words that stand between the outer edges of the table, above the footer."""
    left, right, bottom = edges[0] - _EDGE_PT, edges[-1] + _EDGE_PT, shape.body.bottom_pt + _EDGE_PT
    return [word for word in words if word.left > left and word.right < right and word.middle < bottom]


def _below_head(
    words: Sequence[Word], boxes: dict[int, tuple[float, float]], table: TableText
) -> dict[int, list[Word]] | None:
    """Return the words below the head in each column, None for a page without it."""
    columns: dict[int, list[Word]] = {}
    for column, (left, right) in boxes.items():
        own = [w for w in words if w.left > left - _EDGE_PT and w.right < right + _EDGE_PT]
        head = bare(table.head[column])
        lines = _lines(own)
        start = next((i for i in range(len(lines)) if _text(lines[i:]).startswith(head)), None)
        if start is None:
            return None
        taken = ""
        while taken != head and start < len(lines):
            taken += _text(lines[start : start + 1])
            start += 1
        columns[column] = [word for line in lines[start:] for word in line]
    return columns


def _text(lines: Sequence[Sequence[Word]]) -> str:
    return "".join(word.text for line in lines for word in line)


def _heading_words(words: Iterable[Word], waiting: list[str]) -> set[Word]:
    """Return the words that are headings of groups, and take the headings that are found off the list."""
    found: set[Word] = set()
    begun = ""
    for line in _lines(words):
        text = _text([line])
        if waiting and waiting[0].startswith(begun + text):
            begun += text
            found.update(line)
            if begun == waiting[0]:
                waiting.pop(0)
                begun = ""
    return found


def _differences(table: TableText, file: str, shown: dict[int, str], waiting: Sequence[str]) -> Iterator[Finding]:
    for heading in waiting:
        yield _differs(Place(file, table.sheet), None, f"分组小标题“{shortened(heading)}”", heading, "")
    for column, text in shown.items():
        at = 0
        cells = [(line, bare(line.texts.get(column, ""))) for line in table.lines if not line.heading]
        for (line, wanted), (_line, after) in pairwise([*cells, (None, "")]):
            if line is None or text.startswith(wanted, at):
                at += len(wanted)
                continue
            place = Place(file, line.sheet, line.row, column)
            what = f"第{line.seq}项“{shortened(bare(table.head[column]))}”"
            yield _differs(place, line.seq, what, wanted, text[at : at + len(wanted)])
            at = _where_it_goes_on(text, at, wanted, after)


def _where_it_goes_on(text: str, at: int, wanted: str, after: str) -> int:
    """Return where in the printed text of a column the row below begins, when a row was not found at `at`."""
    itself, below = text.find(wanted, at), text.find(after, at) if after else -1
    if below >= 0 and (itself < 0 or below <= itself):
        return below
    return itself + len(wanted) if itself >= 0 else at


def _differs(place: Place, seq: str | None, what: str, expected: str, found: str) -> Finding:
    number = int(seq) if seq and seq.isascii() and seq.isdigit() else None
    shared = next(
        (i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), min(len(expected), len(found))
    )
    start = max(shared - 8, 0)
    values = {"what": what, "expected": shortened(expected[start:]), "found": shortened(found[start:])}
    return Finding(Code.Q07, place, number, values=values)


def text_compared(pages: Sequence[Sequence[Word]], paragraphs: Sequence[str], file: str, bottom_pt: float) -> Compared:
    """Return the paragraphs of a document that its printed pages do not show; footers stand below `bottom_pt`."""
    text = "".join(joined(word for word in words if word.middle < bottom_pt) for words in pages)
    missing = [p for p in paragraphs if bare(p) and bare(p) not in text]
    findings = tuple(_differs(Place(file), None, f"“{shortened(p)}”一段", bare(p), "") for p in missing)
    return Compared(len(pages), findings)
