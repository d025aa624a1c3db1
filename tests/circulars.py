"""Circulars of a few tasks for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from reportgen.core.circular import Circular, compose_circular
from reportgen.core.fields import CircularWords
from reportgen.core.model import Ledger, Schedule
from reportgen.core.notice import Notice
from reportgen.core.records import UnitReport
from reportgen.core.rulings import Ruling
from reportgen.core.units import State, UnitState
from reportgen.readers.wordtables import read_word_text
from reportgen.writers.circular import write_circular
from reportgen.writers.replace import parts_of, zipped
from tests import world

NAME = "templates/circular.docx"
TEMPLATE = (Path(__file__).parent.parent / NAME).read_bytes()
WORDS = CircularWords("各镇，区政府各部门", requirements=("压实责任", "加强督查。"))
SCHEDULE = Schedule(world.AUGUST, datetime(2023, 9, 2, 12, 0), date(2023, 9, 6), "《分解方案》")


def circular(
    book: Ledger,
    answers: Mapping[str, UnitReport],
    rulings: Iterable[Ruling] = (),
    unreported: Iterable[str] = (),
    received: Mapping[str, datetime] | None = None,
    words: CircularWords = WORDS,
    schedule: Schedule = SCHEDULE,
    note: str = "",
) -> Circular:
    """Return the circular that answers and rulings give; `note` makes it a draft."""
    merged, _findings = world.merged(book, answers, rulings, unreported)
    plan = world.asked(book)
    units = [
        UnitState(
            unit,
            State.RETURNED if unit in answers else State.RULED if unit in unreported else State.MISSING,
            received=(received or {}).get(unit),
        )
        for unit in plan.asked_units
    ]
    notice = Notice(world.TITLE, {}, (), bool(note), note)
    return compose_circular(merged.rows, words, world.SETTINGS, plan, schedule, units, notice)


def lines(model: Circular, template: bytes = TEMPLATE) -> list[str]:
    """Return the paragraphs of a written circular."""
    return read_word_text(write_circular(template, NAME, model).content, NAME).split("\n")


def changed(*changes: tuple[str, str], part: str = "word/document.xml") -> bytes:
    """Return the template with texts replaced."""
    parts = parts_of(TEMPLATE)
    xml = parts[part].decode()
    for old, new in changes:
        assert old in xml
        xml = xml.replace(old, new, 1)
    return zipped({**parts, part: xml.encode()})
