"""The office's own decisions (审定): what a ruling holds, and which findings it settles."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core.fields import COMPLETION, STATUS, UNREPORTED
from reportgen.core.findings import NOWHERE, Code, Finding, Place
from reportgen.core.text import fold

# The two sheets of 审定.xlsx; `review` writes these words and the reader looks for them.
RULINGS_SHEET = "审定"
UNREPORTED_SHEET = "未报送单位"
STATUS_HEADING = "审定状态"
COMPLETION_HEADING = "审定完成情况"
NEXT_TARGET_HEADING = "审定下期目标"
OPINION_HEADING = "审定意见"
ADOPTED_HEADING = "采用"
RECHECK_HEADING = "复核"
# By the first four the sheet is recognised; all six are the clerk's.
RULING_HEADINGS = (STATUS_HEADING, COMPLETION_HEADING, NEXT_TARGET_HEADING, OPINION_HEADING)
CLERK_HEADINGS = (*RULING_HEADINGS, ADOPTED_HEADING, RECHECK_HEADING)
UNIT_HEADING = "单位"
UNIT_RULING_HEADING = "审定"
ALL_UNREPORTED_LABEL = "以下单位全部审定为未报送"
YES = "是"
ACCEPTED = "接受改动"
BETWEEN = "；"  # parts a file from 接受改动 in one cell of 采用
RECHECK = "需复核"
RECHECKED = "已复核"

_NEVER_SETTLED = frozenset({Code.M07, Code.M08, Code.M09, Code.M10, Code.M21, Code.M23})

Key = tuple[int, str]


def key_of(seq: int, part: str = "") -> Key:
    """Return by what a ruling is found: 序号, and the part's name compared without white space and width."""
    return (seq, fold(part))


def spoken(seq: int, part: str = "") -> str:
    """Return how messages speak of a task or of a part of it: 第5项, 第5项“停车位”."""
    return f"第{seq}项“{part}”" if part else f"第{seq}项"


class Ruling(Struct, frozen=True):
    """The decision on a task, or on the `part` of it; "" where the office left a thing as the units reported it.

    `adopted` is the cell 采用 as the clerk chose it: a return, 接受改动, or both.
    """

    seq: int
    status: str = ""
    completion: str = ""
    next_target: str = ""
    opinion: str = ""
    place: Place = NOWHERE
    part: str = ""
    adopted: str = ""

    @property
    def decides(self) -> bool:
        """Tell whether the ruling says what is printed this period."""
        return bool(self.status or self.completion)

    @property
    def key(self) -> Key:
        return key_of(self.seq, self.part)

    @property
    def what(self) -> str:
        return spoken(self.seq, self.part)


class Record(Struct, frozen=True):
    """What `review` notes of a row on the hidden sheet.

    `proposed` is the next target that it put in itself, by which one that the clerk typed is known; `shown` the mark
    of the ground that the row showed, `ruled_on` of the ground its ruling was made on, `as_ruled` of the ruling;
    `offered` what the unit made of the ledger's next target, which the row offered to accept.
    """

    proposed: str = ""
    shown: str = ""
    ruled_on: str = ""
    as_ruled: str = ""
    offered: str = ""


class Rulings(Struct, frozen=True):
    """All rulings of a period: on tasks, on parts of tasks, and the silent units that are settled as 未报送.

    `written` holds the clerk's cells to the letter, by row and heading, also those that mean nothing; `records` what
    `review` noted of each row.
    """

    by_seq: Mapping[int, Ruling] = field(default_factory=dict)
    unreported: frozenset[str] = frozenset()
    written: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)
    records: Mapping[Key, Record] = field(default_factory=dict)
    all_unreported: bool = False
    parts: Mapping[Key, Ruling] = field(default_factory=dict)
    unreported_places: Mapping[str, Place] = field(default_factory=dict)

    def of(self, seq: int, part: str = "") -> Ruling | None:
        return self.parts.get(key_of(seq, part)) if part else self.by_seq.get(seq)

    @property
    def all(self) -> tuple[Ruling, ...]:
        return (*self.by_seq.values(), *self.parts.values())

    def proposed(self, key: Key) -> str:
        record = self.records.get(key)
        return record.proposed if record else ""

    def has_decided(self, key: Key) -> bool:
        """Tell whether the clerk decided anything in a row; a next target that `review` put in is no decision.

        Where nobody noted what it put in, a next target is taken for its own.
        """
        cells = self.written.get(key, {})
        typed = key in self.records and cells.get(NEXT_TARGET_HEADING, "") not in ("", self.proposed(key))
        return typed or any(cells.get(h) for h in (STATUS_HEADING, COMPLETION_HEADING, ADOPTED_HEADING))

    def with_ruling(self, ruling: Ruling, record: Record) -> Rulings:
        """Return the rulings with `ruling` on a whole task in place of the one there was."""
        cells = {
            **dict.fromkeys(CLERK_HEADINGS, ""),
            **self.written.get(ruling.key, {}),
            STATUS_HEADING: ruling.status,
            COMPLETION_HEADING: ruling.completion,
            OPINION_HEADING: ruling.opinion,
            RECHECK_HEADING: "",
        }
        return replace(
            self,
            by_seq={**self.by_seq, ruling.seq: ruling},
            written={**self.written, ruling.key: cells},
            records={**self.records, ruling.key: record},
        )


def is_settled(finding: Finding, rulings: Rulings) -> bool:
    """Tell whether a ruling answers the finding, so that it no longer stops a build.

    A silent unit is settled as 未报送, or by ruling all its rows; a problem of a status or of a text by ruling that,
    any other problem of a row by ruling both. A ruling on a part settles that part's problems alone. Two returns that
    nothing tells apart are settled by choosing one in each row in which they differ.
    """
    if finding.code is Code.M01:
        keys = finding.values["keys"]
        assert isinstance(keys, tuple)
        return finding.unit in rulings.unreported or all(is_part_settled(rulings, seq, part) for seq, part in keys)
    if finding.code is Code.F13:
        keys = finding.values["keys"]
        assert isinstance(keys, tuple)
        return bool(keys) and all(
            _chooses(rulings.of(seq, part)) or is_part_settled(rulings, seq, part) for seq, part in keys
        )
    if finding.seq is None or finding.code in _NEVER_SETTLED:
        return False
    of_row = [rulings.of(finding.seq), rulings.of(finding.seq, finding.part) if finding.part else None]
    return any(_settles(ruling, finding) for ruling in of_row)


def _settles(ruling: Ruling | None, finding: Finding) -> bool:
    if ruling is None:
        return False
    if _says_all(ruling):
        return True
    if finding.field == STATUS:
        return bool(ruling.status)
    if finding.field == COMPLETION:
        return bool(ruling.completion)
    return bool(finding.field) and ruling.decides


def is_part_settled(rulings: Rulings, seq: int, part: str) -> bool:
    """Tell whether rulings say all that is printed of a part, or of the whole that it belongs to."""
    return _says_all(rulings.of(seq)) or bool(part and _says_all(rulings.of(seq, part)))


def _chooses(ruling: Ruling | None) -> bool:
    return ruling is not None and bool(ruling.adopted)


def _says_all(ruling: Ruling | None) -> bool:
    """Tell whether the ruling says all that is printed of its row."""
    return ruling is not None and (ruling.status == UNREPORTED or bool(ruling.status and ruling.completion))
