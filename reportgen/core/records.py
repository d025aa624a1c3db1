"""What units sent, as records: answers with their places, and every change the program made to a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from reportgen.core.findings import NOWHERE, Place


class Change(Struct, frozen=True):
    """One automatic change to a text a unit wrote, kept for the manifest; `why` is a word for people."""

    seq: int
    unit: str
    field: str
    place: Place
    before: str
    after: str
    why: str


class Decision(Struct, frozen=True):
    """One thing that the office changed, kept for the manifest; `why` is its opinion, `place` where it said so."""

    seq: int
    part: str
    field: str
    before: str
    after: str
    why: str = ""
    place: Place = NOWHERE


class Answer(Struct, frozen=True):
    """One row of a return: texts by field key, each with the cell it stood in.

    `changed` holds the prefilled texts that the unit changed, by field key.
    """

    seq: int
    label: str
    texts: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)
    place: Place = NOWHERE
    changed: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str]:
        return (self.seq, self.label)

    @property
    def is_blank(self) -> bool:
        return not any(self.texts.values())

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def place_of(self, key: str) -> Place:
        return self.places.get(key, self.place)


class Filled(Struct, frozen=True):
    """A return: who sent it, which round, when, and its answers. `head` is the last heading of its table.

    `first_received` is when something of that unit first lay there under this name: a corrected one is saved over it.
    """

    unit: str
    file: str
    answers: tuple[Answer, ...]
    round: int = 0
    filled_on: date | None = None
    received: datetime | None = None
    digest: str = ""
    filer: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    head: Place = NOWHERE
    first_received: datetime | None = None


class UnitReport(Struct, frozen=True):
    """What counts for one unit after its returns were weighed (rule 4).

    `answers` maps (seq, label) to the answer that counts; `files` are the returns used, the main one first;
    `superseded` are those of which nothing was used.
    """

    unit: str
    answers: Mapping[tuple[int, str], Answer]
    files: tuple[str, ...]
    superseded: tuple[str, ...] = ()
    received: datetime | None = None
