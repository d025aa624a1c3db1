"""What goes back to a unit: which findings ask it something, and where they stand in a fresh form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.findings import NOWHERE, Code, Finding, Place, Severity, told_once
from reportgen.core.forms import Form, FormRow
from reportgen.core.records import Answer, Filled
from reportgen.core.rulings import Rulings, is_settled
from reportgen.core.stamp import FILER_LABELS, Stamp

# A row or column that is gone cannot be put back by the unit: its form is protected.
_GONE = (Code.H01, Code.H05, Code.R04)
# What a fresh form puts right by itself: rows, headings, prefilled texts.
_RESTORED = (*_GONE, Code.H02, Code.H04, Code.R05)


class Back(Struct, frozen=True):
    """What a marked workbook says. A finding whose place has a file is about that file, not about a cell of this one.

    `remarks` are sentences for the unit about the workbook itself; `stamp` is that of the next round.
    """

    unit: str
    title: str
    office: str
    deadline: str
    contact: str
    column: str
    stamp: Stamp
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def asked_of(findings: Iterable[Finding], files: Collection[str], rulings: Rulings) -> tuple[Finding, ...]:
    """Return those of a unit's findings, in its files, that it is asked to put right or to look at, errors first.

    What a ruling has settled is no longer asked.
    """
    return _ordered(f for f in findings if f.code.asks_unit and f.place.file in files and not is_settled(f, rulings))


def needs_fresh_form(findings: Iterable[Finding]) -> bool:
    """Tell whether the unit's own workbook lacks a row or column, which only another form can give back."""
    return any(finding.code in _GONE for finding in findings)


def with_answers(form: Form, answers: Mapping[tuple[int, str], Answer], filled: Filled) -> Form:
    """Return the form with what the unit answered before in it."""

    def given(row: FormRow) -> FormRow:
        answer = answers.get((int(row.fixed[keys.SEQ]), row.fixed[keys.PART]))
        return replace(row, given=answer.texts) if answer else row

    filer = {key: filled.filer[key] for key in FILER_LABELS if key in filled.filer}
    return replace(form, rows=tuple(map(given, form.rows)), given=filer)


def in_fresh_form(
    old: Iterable[Finding],
    before: Mapping[tuple[int, str], Answer],
    after: Mapping[tuple[int, str], Answer],
    found_there: Iterable[Finding],
) -> tuple[Finding, ...]:
    """Return what the unit is asked in a fresh form: the old findings at their new places, and those found there.

    A text that did not reach the fresh form keeps its old place.
    """
    moved = [_moved(f, before, after) for f in old if f.code not in _RESTORED]
    there = [f for f in found_there if f.code.asks_unit]
    once = {(f.code, f.place, f.message): f for f in told_once((*moved, *there))}
    return _ordered(once.values())


def _moved(
    finding: Finding, before: Mapping[tuple[int, str], Answer], after: Mapping[tuple[int, str], Answer]
) -> Finding:
    for key, answer in before.items():
        for field, place in answer.places.items():
            if key in after and place == finding.place and field in after[key].places:
                return replace(finding, place=after[key].places[field])
    of_row = [answer for (seq, _label), answer in after.items() if seq == finding.seq]
    if finding.seq is None or len(of_row) != 1 or not finding.field:
        return finding
    return replace(finding, place=of_row[0].places.get(finding.field, finding.place))


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: (f.severity.rank, f.place, f.code.name, f.message)))


def highest_round(returns: Iterable[Filled]) -> int:
    """Return the highest round of a unit's returns; one without a stamp is of the first."""
    return max([1, *(one.round for one in returns)])


def cell_of(finding: Finding, file: str) -> Place:
    """Return the cell of `file` that a finding marks, NOWHERE for one about another file or about no cell."""
    place = finding.place
    return place if place.file == file and place.row and place.column else NOWHERE
