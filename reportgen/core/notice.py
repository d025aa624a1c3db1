"""The notice (通报表) as a model: rows of printed texts by field key, before any file is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from reportgen.core import fields as keys
from reportgen.core.derived import GROUP, cells_of
from reportgen.core.findings import NOWHERE, Place
from reportgen.core.model import Task
from reportgen.core.records import Change
from reportgen.core.rulings import Ruling

# Stands for 序号 in a row that carries on the one above, where a row would be higher than Excel or a page allows.
CONTINUED = "（续）"


class Piece(Struct, frozen=True):
    """What one unit contributed to a row; `text` is as it is printed, `status` its own, both "" when missing.

    `part` is the name by which it is ruled on, "" for the only piece of a row. Where the office ruled on it, `reported`
    is the piece as it was.
    """

    unit: str
    label: str
    status: str = ""
    text: str = ""
    place: Place = NOWHERE
    is_silent: bool = False
    is_missing: bool = False
    part: str = ""
    ruling: Ruling | None = None
    reported: Piece | None = None


class Row(Struct, frozen=True):
    """One task of the notice. `others` holds the joined texts of the unit fields that are not printed by default.

    `reported_status` and `reported_completion` are what would stand without any ruling; `next_target` is what will hold
    in the next period.
    """

    task: Task
    target: str
    status: str
    completion: str
    pieces: tuple[Piece, ...] = ()
    ruling: Ruling | None = None
    has_target: bool = True
    others: Mapping[str, str] = field(default_factory=dict)
    reported_status: str = ""
    reported_completion: str = ""
    next_target: str = ""

    @property
    def seq(self) -> int:
        return self.task.seq

    @property
    def printed_completion(self) -> str:
        """The cell 完成情况: the status closed with 。, then the text."""
        if self.status and self.status not in keys.MARKS:
            return f"{self.status}。{self.completion}"
        return f"{self.status}{self.completion}"

    def cells(self) -> Mapping[str, str]:
        """Return the printed text of each field key; lines are parted by \\n."""
        return {
            **self.task.extra,
            **self.others,
            keys.NEXT_TARGET: self.next_target,
            **cells_of(self.task),
            keys.SEQ: str(self.seq),
            keys.ANNUAL_TARGET: self.task.annual_target,
            keys.PERIOD_TARGET: self.target,
            keys.STATUS: self.status,
            keys.COMPLETION: self.printed_completion,
            keys.LEADERS: "\n".join(self.task.leaders),
            keys.UNITS: "\n".join(a.printed for a in self.task.assignments),
        }


class Merged(Struct, frozen=True):
    """All rows of a period, each active task once in ledger order, and each automatic change made on the way."""

    rows: tuple[Row, ...]
    changes: tuple[Change, ...] = ()


class Notice(Struct, frozen=True):
    """What the writers put on paper: a title, and for each row the printed texts by field key.

    `headings` maps field keys to the printed heading; `note` is a line under the title that only drafts have.
    """

    title: str
    headings: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]
    is_draft: bool = False
    note: str = ""


class PrintedRow(Struct, frozen=True):
    """A row read back from a printed notice: texts by field key with their places.

    The heading of the group that it stands in is among the texts, as if the row had a column for it.
    """

    texts: Mapping[str, str]
    places: Mapping[str, Place]


class PrintedNotice(Struct, frozen=True):
    """A printed notice as read: title, headings in column order as (key or "", text), and rows.

    `beside` are the texts outside of the table, the title among them.
    """

    file: str
    title: str
    headings: tuple[tuple[str, str], ...]
    rows: tuple[PrintedRow, ...]
    beside: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """A cell of a written notice that does not say what the model says."""

    seq: str
    heading: str
    expected: str
    found: str
    place: Place


def group_headings(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> tuple[str, ...]:
    """Return the heading that is printed above each of `rows`, "" for none: where a run of equal groups begins.

    There is none when the group has a column of its own.
    """
    if GROUP in columns:
        return ("",) * len(rows)
    groups = _shown_groups(rows)
    return tuple(own if own != before else "" for before, own in zip(("", *groups), groups, strict=False))


def _shown_groups(rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the group that each row stands in on paper: a row without one stands below the heading above it."""
    groups, above = [], ""
    for row in rows:
        above = row.get(GROUP, "") or above
        groups.append(above)
    return tuple(groups)


def differences(notice: Notice, printed: PrintedNotice, columns: Sequence[str]) -> tuple[Difference, ...]:
    """Return each cell of `columns` where a notice read back differs from its model, to the character."""
    found: list[Difference] = []
    if printed.title != notice.title:
        found.append(Difference("", "标题", notice.title, printed.title, NOWHERE))
    if len(printed.rows) != len(notice.rows):
        found.append(Difference("", "行数", str(len(notice.rows)), str(len(printed.rows)), NOWHERE))
    groups = _shown_groups(notice.rows)
    for group, expected, row in zip(groups, notice.rows, printed.rows, strict=False):
        pairs = {key: (expected.get(key, ""), row.texts.get(key, "")) for key in columns}
        pairs.setdefault(GROUP, (group, row.texts.get(GROUP, "")))
        for key, (wanted, got) in pairs.items():
            if wanted != got:
                place = row.places.get(key, NOWHERE)
                heading = "分组" if key == GROUP else key
                found.append(Difference(expected[keys.SEQ], notice.headings.get(key, heading), wanted, got, place))
    return tuple(found)
