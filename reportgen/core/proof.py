"""Whether a notice is fit to print: rows too high, cut off or too long, signs that fonts lack, words left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct, field

from reportgen.core.circular import TO_FILL_IN
from reportgen.core.fields import MARKS
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.limits import MAX_CELL_BREAKS, MAX_CELL_CHARS
from reportgen.core.lines import MAX_ROW_PT
from reportgen.core.notice import PrintedNotice
from reportgen.core.pages import Line, page_count
from reportgen.core.text import seq_ranges

_SLACK_PT = 1.0  # screens, printers and programs differ by less
_OTHER_NAMES = "—·"  # Python has the two of GB2312 at other places of Unicode than everybody types
_LEFT_OVER = re.compile(r"\{[{%#].*?[}%#]\}|｛｛.*?｝｝|" + "|".join(map(re.escape, MARKS)))


class Strip(Struct, frozen=True):
    """A row of the table on paper: the height that its texts need and the one it has, None where it grows by itself.

    `seq` is the task it belongs to, "" for the heading of a group; `longest` are the lengths of its cells by column.
    """

    place: Place
    seq: str
    needed_pt: float
    given_pt: float | None = None
    may_split: bool = True
    lengths: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def height_pt(self) -> float:
        return self.needed_pt if self.given_pt is None else self.given_pt


class Body(Struct, frozen=True):
    """The body of a page in points: where it begins and ends, and how large the page is."""

    width_pt: float
    height_pt: float
    left_pt: float
    right_pt: float
    top_pt: float
    bottom_pt: float


class Shape(Struct, frozen=True):
    """What a written notice says of its pages.

    `room_pt` is the room for rows below the head, `first_room_pt` that below title and head; `limit_pt` what one row
    may have; `edges_pt` are the widths of the columns, added up from the left.
    """

    file: str
    strips: tuple[Strip, ...]
    body: Body
    room_pt: float
    first_room_pt: float
    limit_pt: float
    edges_pt: tuple[float, ...]
    fonts: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages the rows take, by estimate."""
        lines = [Line(strip.height_pt, not strip.seq, strip.may_split) for strip in self.strips]
        return page_count(lines, self.room_pt, self.first_room_pt)

    @property
    def is_sheet(self) -> bool:
        return self.file.endswith(".xlsx")


def risks(shape: Shape, headings: Mapping[int, str]) -> Iterator[Finding]:
    """Yield the rows that would not print well: too high for a page, cut off, or too long for a cell of Excel."""
    for seq, group in groupby(shape.strips, key=lambda strip: strip.seq):
        strips = list(group)
        height = sum(strip.needed_pt for strip in strips)
        if seq and height > shape.limit_pt + _SLACK_PT:
            effect = f"在 Excel 中分成 {len(strips)} 行（续）" if shape.is_sheet else "在 Word 中跨页"
            values = {"seq": seq, "height": height, "limit": shape.limit_pt, "effect": effect}
            yield Finding(Code.Q01, strips[0].place, _number(seq), values=values)
    for strip in shape.strips:
        what = f"第{strip.seq}项" if strip.seq else "分组小标题"
        if strip.given_pt is not None and strip.needed_pt > strip.given_pt + _SLACK_PT:
            reason = f"文字约要 {strip.needed_pt:.0f} 磅高，行高固定为 {strip.given_pt:.0f} 磅"
            values = {"what": what, "reason": reason, "advice": "请加大行高，或重新运行 build 由程序定行高。"}
            yield Finding(Code.Q02, strip.place, _number(strip.seq), values=values)
        elif not strip.may_split and strip.needed_pt > shape.room_pt + _SLACK_PT:
            reason = f"文字约要 {strip.needed_pt:.0f} 磅高，一页只有 {shape.room_pt:.0f} 磅，而这一行不许跨页"
            values = {"what": what, "reason": reason, "advice": "请在表格属性中勾选“允许跨页断行”，或压缩文字。"}
            yield Finding(Code.Q02, strip.place, _number(strip.seq), values=values)
        yield from _too_long(strip, what, headings) if shape.is_sheet else ()


def _too_long(strip: Strip, what: str, headings: Mapping[int, str]) -> Iterator[Finding]:
    for column, (length, breaks) in strip.lengths.items():
        reason = ""
        if length > MAX_CELL_CHARS:
            reason = f"有 {length} 个字，多于 {MAX_CELL_CHARS} 个"
        elif breaks > MAX_CELL_BREAKS:
            reason = f"有 {breaks} 处换行，多于 {MAX_CELL_BREAKS} 处"
        if reason:
            values = {"what": what, "heading": shortened(headings.get(column, "")), "reason": reason}
            yield Finding(Code.Q03, strip.place, _number(strip.seq), values=values)


def _number(seq: str) -> int | None:
    return int(seq) if seq.isascii() and seq.isdigit() else None


def row_limit_pt(room_pt: float, is_sheet: bool) -> float:
    """Return the greatest height of one row: that of the page, and Excel's own."""
    return min(room_pt, MAX_ROW_PT) if is_sheet else room_pt


def outside_gb2312(printed: PrintedNotice) -> Iterator[Finding]:
    """Yield the characters that fonts of the GB2312 set lack, each with the rows that have it."""
    found: dict[str, set[int]] = {}
    for row in printed.rows:
        for character in {c for text in row.texts.values() for c in text if not _is_gb2312(c)}:
            found.setdefault(character, set()).add(int(row.texts["seq"]))
    for character in sorted(c for c in printed.title if not _is_gb2312(c)):
        found.setdefault(character, set())
    if found:
        words = [f"{c}（{f'第{seq_ranges(seqs)}项' if seqs else '标题'}）" for c, seqs in found.items()]
        yield Finding(Code.Q05, Place(printed.file), values={"characters": "、".join(words)})


def _is_gb2312(character: str) -> bool:
    if character.isspace() or character in _OTHER_NAMES:
        return True
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def left_over(file: str, texts: Iterable[str]) -> Iterator[Finding]:
    """Yield the placeholders, marks of drafts and things left to the clerk that still stand in a document."""
    found = (word for text in texts for pattern in (_LEFT_OVER, TO_FILL_IN) for word in pattern.findall(text))
    words = dict.fromkeys(found)
    if words:
        yield Finding(Code.Q06, Place(file), values={"words": "、".join(words)})


def unequal(word: PrintedNotice, sheet: PrintedNotice, headings: Mapping[str, str]) -> Iterator[Finding]:
    """Yield where the notice in Word and the one in Excel say different things."""
    if word.title != sheet.title:
        yield _unequal(sheet.file, None, "标题", word.title, sheet.title)
    if len(word.rows) != len(sheet.rows):
        yield _unequal(sheet.file, None, "任务数", str(len(word.rows)), str(len(sheet.rows)))
    for left, right in zip(word.rows, sheet.rows, strict=False):
        seq = left.texts["seq"]
        for key in left.texts.keys() & right.texts.keys():
            if left.texts[key] != right.texts[key]:
                what = f"第{seq}项“{headings.get(key, '分组')}”"
                yield _unequal(sheet.file, _number(seq), what, left.texts[key], right.texts[key])


def _unequal(file: str, seq: int | None, what: str, expected: str, found: str) -> Finding:
    values = {"what": what, "expected": shortened(expected), "found": shortened(found)}
    return Finding(Code.Q08, Place(file), seq, values=values)


def missing_fonts(used: Sequence[str], installed: frozenset[str]) -> tuple[str, ...]:
    """Return the fonts of a document that are not among those `installed`, names compared without case."""
    return tuple(name for name in dict.fromkeys(used) if name.casefold() not in installed)
