"""Which part of a task a finding is about, by the row of the return that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reportgen.core.answers import Plan
from reportgen.core.findings import Finding
from reportgen.core.records import Filled


def with_parts(findings: Iterable[Finding], plan: Plan, returns: Iterable[Filled]) -> Iterator[Finding]:
    """Yield the findings, those in the row of an answer with the part that it answers."""
    parts: dict[tuple[str, str, int], str] = {}
    for one in returns:
        names = {ask.key: part for part, ask in plan.parts_of(one.unit)}
        for answer in one.answers:
            parts[answer.place.file, answer.place.sheet, answer.place.row] = names.get(answer.key, "")
    for finding in findings:
        place = finding.place
        part = parts.get((place.file, place.sheet, place.row), "") if finding.seq is not None else ""
        yield replace(finding, part=part) if part and not finding.part else finding
