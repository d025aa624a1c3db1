"""What a ruling was made on: the units' texts as a mark, and whether they have changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from reportgen.core.answers import Ask, Plan
from reportgen.core.findings import Code, Finding
from reportgen.core.records import UnitReport
from reportgen.core.rulings import (
    NEXT_TARGET_HEADING,
    RECHECK_HEADING,
    RECHECKED,
    Key,
    Record,
    Rulings,
    key_of,
)
from reportgen.core.text import squeeze

_MARK_LENGTH = 16


def grounds(plan: Plan, reports: Mapping[str, UnitReport]) -> dict[Key, str]:
    """Return the mark of what the units wrote, by the returns that count by themselves, for each task and part."""
    marks: dict[Key, str] = {}
    for task in plan.tasks:
        parts = [(part, _of_ask(ask, reports)) for part, ask in task.parts]
        marks[key_of(task.seq)] = _mark([task.task.annual_target, task.target, *(texts for _part, texts in parts)])
        marks |= {key_of(task.seq, part): _mark(texts) for part, texts in parts if part}
    return marks


def _of_ask(ask: Ask, reports: Mapping[str, UnitReport]) -> list[object]:
    report = reports.get(ask.unit)
    answer = report.answers.get(ask.key) if report else None
    if answer is None:
        return [ask.unit, ask.label, ask.target]
    return [ask.unit, ask.label, ask.target, sorted(answer.texts.items()), sorted(answer.changed.items())]


def mark_of_cells(cells: Mapping[str, str], proposed: str) -> str:
    """Return the mark of the clerk's cells in a row; a next target that `review` put in is none of them."""
    own = {h: squeeze(text) for h, text in cells.items() if text and h != RECHECK_HEADING}
    if cells.get(NEXT_TARGET_HEADING, "") == proposed:
        own.pop(NEXT_TARGET_HEADING, None)
    return _mark(sorted(own.items()))


def basis(key: Key, rulings: Rulings) -> str:
    """Return the mark of the ground that a row's ruling stands on, "" when nobody noted it.

    A ruling that was changed or confirmed since `review` wrote the row was made on what the row showed then.
    """
    record = rulings.records.get(key, Record())
    cells = rulings.written.get(key, {})
    is_new = mark_of_cells(cells, record.proposed) != record.as_ruled
    if is_new or cells.get(RECHECK_HEADING) == RECHECKED:
        return record.shown
    return record.ruled_on


def stale(rulings: Rulings, now: Mapping[Key, str]) -> frozenset[Key]:
    """Return the rows whose ruling was made on something else than what the units say now."""
    return frozenset(
        key for key in rulings.written if key in now and rulings.has_decided(key) and basis(key, rulings) != now[key]
    )


def stale_findings(rulings: Rulings, keys: Iterable[Key], reports: Mapping[str, UnitReport]) -> Iterator[Finding]:
    """Yield each ruling to be looked at again, and each unit that reported after it was settled as 未报送."""
    wanted = set(keys)
    for ruling in rulings.all:
        if ruling.key in wanted:
            values = {"what": ruling.what}
            yield Finding(Code.M20, ruling.place, seq=ruling.seq, values=values, part=ruling.part)
    for unit in sorted(rulings.unreported & set(reports)):
        yield Finding(Code.M25, rulings.unreported_places[unit], unit=unit, values={"unit": unit})


def _mark(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]
