"""Labels and list numbers of the answer beside those of the target."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.core.findings import Code, Finding
from reportgen.core.sense.figure import Reading
from reportgen.core.sense.pieces import Item, alike, numbered_parts
from reportgen.core.sense.records import SenseRow, finding


def layout_findings(row: SenseRow, target: Reading, answer: Reading) -> Iterator[Finding]:
    """Yield labels that are missing, unknown or out of order, and lists whose numbers are."""
    wanted = [label for label in row.labels if label]
    given = list(dict.fromkeys(piece.label for piece in answer.pieces if piece.label))
    if len(wanted) > 1 or (wanted and given):
        yield from _labels(row, wanted, given)
    yield from _numbers(row, target, answer)


def _labels(row: SenseRow, wanted: list[str], given: list[str]) -> Iterator[Finding]:
    def note(code: Code, reasoning: str, first: str, second: str) -> Finding:
        return finding(code, row, reasoning, first=first, second=second, related=row.target_place)

    missing = [label for label in wanted if not any(alike(label, other) for other in given)]
    if missing:
        names = "、".join(f"“{label}”" for label in missing)
        yield note(Code.S14, f"目标有{names} → 完成情况没有", missing[0], "")
    unknown = [label for label in given if not any(alike(label, other) for other in wanted)]
    if unknown:
        names = "、".join(f"“{label}”" for label in unknown)
        yield note(Code.S15, f"完成情况有{names} → 目标没有", "", unknown[0])
    places = [
        next(i for i, label in enumerate(wanted) if alike(label, other)) for other in given if other not in unknown
    ]
    if places != sorted(places):
        yield note(Code.S16, f"目标“{'、'.join(wanted)}” → 完成情况“{'、'.join(given)}”", wanted[0], given[0])


def _numbers(row: SenseRow, target: Reading, answer: Reading) -> Iterator[Finding]:
    """Yield lists like 1. 3., and lists shorter than the target's."""
    broken = next((list_ for list_ in _lists(row.completion) if not _is_counted_up(list_)), None)
    if broken:
        shown = "、".join(str(item.number) for item in broken)
        yield finding(Code.S17, row, f"编号为{shown}", second=shown, related=row.completion_place)
        return
    for label in dict.fromkeys(piece.label for piece in target.pieces):
        asked = {piece.number for piece in target.pieces if piece.label == label and piece.number}
        same = [piece for piece in answer.pieces if not label or alike(piece.label, label)]
        given = {piece.number for piece in same if piece.number}
        if given and asked - given:
            lost = "、".join(map(str, sorted(asked - given)))
            reasoning = f"目标有{len(asked)}条 → 完成情况没有第{lost}条"
            yield finding(Code.S17, row, reasoning, first=lost, related=row.target_place)


def _lists(text: str) -> list[list[Item]]:
    """Return the lists of a text: each style within each labelled part on its own."""
    found: dict[tuple[int, str], list[Item]] = {}
    for index, part in enumerate(numbered_parts(text)):
        for item in part.items:
            found.setdefault((index, item.style), []).append(item)
    return list(found.values())


def _is_counted_up(list_: list[Item]) -> bool:
    """Tell whether the numbers run 1, 2, 3 …; a list may begin anew, as sub-lists do."""
    expected = 1
    for item in list_:
        if item.number not in (expected, 1):
            return False
        expected = item.number + 1
    return True
