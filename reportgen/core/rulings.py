"""The office's own decisions (审定): what a ruling holds, and which findings it settles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reportgen.core.fields import COMPLETION, STATUS, UNREPORTED
from reportgen.core.findings import NOWHERE, Code, Finding, Place


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
    """All rulings of a period: by task, and the silent units that are settled as 未报送."""

    by_seq: Mapping[int, Ruling] = field(default_factory=dict)
    unreported: frozenset[str] = frozenset()

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
