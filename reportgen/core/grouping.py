"""Findings as people read them: by unit, errors first, and the same mistake in many cells told once with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from reportgen.core.findings import Code, Finding, Place, Severity, in_order
from reportgen.core.text import column_letters, seq_ranges
from reportgen.core.units_of import of_each_unit

_WHAT = "what"  # names the row: 第5项, 第5项“停车位”
_SEQ = "seq"
_LENGTH = "length"
_NAMES_ROWS = ("{what}", "{seq}", "{rows}")
_MAY_DIFFER = (_WHAT, _SEQ, _LENGTH)
_PLAIN_WHAT = re.compile(r"第(\d+)项")
_MAX_CELLS = 12


class Group(Struct, frozen=True):
    """One mistake of one unit in one file, wherever it was made; `findings` are in the order of their places."""

    findings: tuple[Finding, ...]

    @property
    def _first(self) -> Finding:
        return self.findings[0]

    @property
    def code(self) -> Code:
        return self._first.code

    @property
    def severity(self) -> Severity:
        return self._first.severity

    @property
    def unit(self) -> str:
        return self._first.unit

    @property
    def file(self) -> str:
        return self._first.place.file

    @property
    def message(self) -> str:
        """What is wrong, the rows named together: 第1、3—5项的“完成状态”没有填写。"""
        template = self.code.template
        seqs = [finding.seq for finding in self.findings if finding.seq is not None]
        rows = f"第{seq_ranges(seqs)}项：" if seqs and not any(word in template for word in _NAMES_ROWS) else ""
        return rows + template.format_map(_joined(self.findings))

    @property
    def hint(self) -> str:
        return self.code.advice.format_map(_joined(self.findings))

    @property
    def cells(self) -> str:
        """Where, without the file: “报送表”E7—E9、E12."""
        by_sheet: dict[str, list[Place]] = {}
        for finding in self.findings:
            by_sheet.setdefault(finding.place.sheet, []).append(finding.place)
        return "；".join(_cells_of_sheet(sheet, places) for sheet, places in by_sheet.items())

    @property
    def where(self) -> str:
        """Where: the file and its cells, the line of a text file, or nothing."""
        if self._first.place.line:
            return str(self._first.place)
        return " ".join(filter(None, (self.file, self.cells)))


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the findings as groups, errors before warnings before notes, each in the order of its first place."""
    groups: dict[object, list[Finding]] = {}
    for finding in in_order(findings):
        groups.setdefault(_same(finding), []).append(finding)
    made = [Group(tuple(members)) for members in groups.values()]
    return tuple(sorted(made, key=lambda group: group.severity.rank))


def by_unit(findings: Iterable[Finding], units: Sequence[str]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Return the groups of each unit that has any, in the order of `units`; those of no unit ("") come last."""
    groups = of_each_unit(grouped(findings))
    order = {unit: index for index, unit in enumerate(units)}
    names = sorted(groups, key=lambda name: (not name, order.get(name, len(order)), name))
    return tuple((name, tuple(groups[name])) for name in names)


def _same(finding: Finding) -> object:
    """Return what findings have in common that are one mistake in several cells.

    They may differ in the row they speak of and in its length: texts of 3 and of 5 characters are both too short.
    """
    values = tuple((key, str(value)) for key, value in sorted(finding.values.items()) if key not in _MAY_DIFFER)
    return (finding.code, finding.unit, finding.field, finding.place.file, finding.place.line, values)


def _joined(findings: Sequence[Finding]) -> Mapping[str, object]:
    """Return the values of the first finding with those that may differ said for all of them."""
    joined = dict(findings[0].filling)
    if _WHAT in joined:
        joined[_WHAT] = _rows(dict.fromkeys(str(finding.filling[_WHAT]) for finding in findings))
    if all(finding.filling[_SEQ] is not None for finding in findings):
        joined[_SEQ] = seq_ranges(int(str(finding.filling[_SEQ])) for finding in findings)
    if _LENGTH in joined:
        lengths = sorted({int(str(finding.filling[_LENGTH])) for finding in findings})
        joined[_LENGTH] = lengths[0] if len(lengths) == 1 else f"{lengths[0]}—{lengths[-1]}"
    return joined


def _rows(names: Iterable[str]) -> str:
    """Return the names of rows as one: 第1、3—5项、第7项“停车位”."""
    matches = {name: _PLAIN_WHAT.fullmatch(name) for name in names}
    numbers = [int(match.group(1)) for match in matches.values() if match]
    plain = [f"第{seq_ranges(numbers)}项"] if numbers else []
    return "、".join(plain + [name for name, match in matches.items() if not match])


def _cells_of_sheet(sheet: str, places: Sequence[Place]) -> str:
    runs: list[list[Place]] = []
    for place in sorted(set(places), key=lambda p: (p.column, p.row)):
        if runs and place.column and (place.column, place.row - 1) == (runs[-1][-1].column, runs[-1][-1].row):
            runs[-1].append(place)
        else:
            runs.append([place])
    words = [_run(run) for run in runs if run[0].cell]
    total = sum(len(run) for run in runs)
    shown = "、".join(words[:_MAX_CELLS]) + (f"等{total}处" if len(words) > _MAX_CELLS else "")
    return f"“{sheet}”{shown}" if sheet else shown


def _run(run: Sequence[Place]) -> str:
    letters = column_letters(run[0].column)
    return run[0].cell if len(run) == 1 else f"{letters}{run[0].row}—{letters}{run[-1].row}"
