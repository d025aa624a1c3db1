"""The office's own decisions (审定): what a ruling holds, and which findings it settles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.core.fields import COMPLETION, STATUS, UNREPORTED
from reportgen.core.findings import NOWHERE, Code, Finding, Place

# The two sheets of 审定.xlsx; `review` writes these words and the reader looks for them.
RULINGS_SHEET = "审定"
UNREPORTED_SHEET = "未报送单位"
STATUS_HEADING = "审定状态"
COMPLETION_HEADING = "审定完成情况"
NEXT_TARGET_HEADING = "审定下期目标"
OPINION_HEADING = "审定意见"
RULING_HEADINGS = (STATUS_HEADING, COMPLETION_HEADING, NEXT_TARGET_HEADING, OPINION_HEADING)
UNIT_HEADING = "单位"
UNIT_RULING_HEADING = "审定"
ALL_UNREPORTED_LABEL = "以下单位全部审定为未报送"
YES = "是"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision on one task: "" where the office left a thing as the units reported it."""

    seq: int
    status: str = ""
    completion: str = ""
    next_target: str = ""
    opinion: str = ""
    place: Place = NOWHERE

    @property
    def decides(self) -> bool:
        """Tell whether the ruling changes what is printed this period."""
        return bool(self.status or self.completion)


@dataclass(frozen=True, slots=True)
class Rulings:
    """All rulings of a period: by task, and the silent units that are settled as 未报送.

    `written` holds the cells of the ruling columns to the letter, by 序号 and heading, also those that mean nothing;
    `proposed` the next targets that `review` itself put in, by which one that the clerk typed is known.
    """

    by_seq: Mapping[int, Ruling] = field(default_factory=dict)
    unreported: frozenset[str] = frozenset()
    written: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    proposed: Mapping[int, str] = field(default_factory=dict)
    all_unreported: bool = False

    def of(self, seq: int) -> Ruling | None:
        return self.by_seq.get(seq)


def is_settled(finding: Finding, rulings: Rulings) -> bool:
    """Tell whether a ruling answers the finding, so that it no longer stops a build.

    A silent unit is settled as 未报送, or by ruling all its rows; a problem of a status or of a text by ruling that,
    any other problem of a row by ruling both.
    """
    if finding.code is Code.M01:
        seqs = finding.values["seqs"]
        assert isinstance(seqs, tuple)
        return finding.unit in rulings.unreported or all(_settles_row(rulings.of(seq)) for seq in seqs)
    ruling = rulings.of(finding.seq) if finding.seq is not None else None
    if ruling is None or finding.code in (Code.M07, Code.M08, Code.M09, Code.M10):
        return False
    if _settles_row(ruling):
        return True
    if finding.field == STATUS:
        return bool(ruling.status)
    if finding.field == COMPLETION:
        return bool(ruling.completion)
    if finding.field:
        return ruling.decides
    return False


def _settles_row(ruling: Ruling | None) -> bool:
    """Tell whether the ruling says all that is printed of its row."""
    return ruling is not None and (ruling.status == UNREPORTED or bool(ruling.status and ruling.completion))
