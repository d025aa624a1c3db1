"""The one table of fields that form, return parser, rules and notice share, and the statuses an answer may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property

from msgspec import Struct

from reportgen.core.text import fold

SEQ = "seq"
PART = "part"
ANNUAL_TARGET = "annual_target"
PERIOD_TARGET = "period_target"
STATUS = "status"
COMPLETION = "completion"
REASON = "reason"
NEXT_TARGET = "next_target"
LEADERS = "leaders"
UNITS = "units"
# The fields that every ledger has, and those that every form has; settings may add others to either.
OF_THE_LEDGER = (SEQ, PART, ANNUAL_TARGET, PERIOD_TARGET, LEADERS, UNITS)
OF_THE_UNIT = (STATUS, COMPLETION, REASON, NEXT_TARGET)


class FilledBy(Enum):
    """Who writes a field: the office in its ledger, or the unit on its form."""

    LEDGER = "ledger"
    UNIT = "unit"


class Required(Enum):
    """When a unit must fill a field."""

    ALWAYS = "always"
    UNLESS_MET = "unless_met"
    NEVER = "never"


class StatusClass(Enum):
    """What a status counts as in the figures."""

    MET = "met"
    PARTLY = "partly"
    NOT = "not"
    EXCLUDED = "excluded"


class Field(Struct, frozen=True):
    """One field. `heading` is as printed for the running period; lengths are in characters, 0 for no limit."""

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    filled_by: FilledBy = FilledBy.LEDGER
    required: Required = Required.NEVER
    min_length: int = 0
    max_length: int = 0
    choices: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All headings that mean this field, the printed one first."""
        return (self.heading, *self.aliases)


class Fields(Struct, frozen=True, dict=True):  # dict for what is looked up, made when first asked for
    """The fields in the order of the settings, found by key or by heading."""

    all: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.all)

    def __getitem__(self, key: str) -> Field:
        return next(f for f in self.all if f.key == key)

    def __contains__(self, key: object) -> bool:
        return any(f.key == key for f in self.all)

    @cached_property
    def of_units(self) -> tuple[Field, ...]:
        """The fields that a unit fills."""
        return tuple(f for f in self.all if f.filled_by is FilledBy.UNIT)

    def by_heading(self, text: str) -> Field | None:
        """Return the field whose heading or alias is `text`, compared without white space and character width."""
        return self._by_heading.get(fold(text))

    @cached_property
    def _by_heading(self) -> Mapping[str, Field]:
        """The fields by each of their headings, folded; the first of two that share one."""
        return {fold(name): f for f in reversed(self.all) for name in f.names}

    def without(self, *keys: str) -> Fields:
        return Fields(tuple(f for f in self.all if f.key not in keys))


class Status(Struct, frozen=True):
    """A status that may be chosen, with the words units write instead of it."""

    name: str
    kind: StatusClass
    synonyms: tuple[str, ...] = ()


_AROUND = "。.;!,、()[]{}<>《》【】「」\"'“”‘’"
_TICKS = "√✓✔☑☒■"
_BOX = re.compile(r"([□☐○√✓✔☑☒■●])([^□☐○√✓✔☑☒■●]+)")
_OPEN_BOXES = "□☐○"
_AFTER_STATUS = ("。", "，", "、", "：", "；", ".", ",", ":", ";")
UNREPORTED = "未报送"


def ticked(text: str) -> str:
    """Return the word behind the one ticked box of several (☑完成 □部分完成 □未完成), "" unless there is just one."""
    boxes = _BOX.findall(text)
    chosen = [word for mark, word in boxes if mark not in _OPEN_BOXES]
    return chosen[0] if len(chosen) == 1 < len(boxes) else ""


UNREPORTED_MARK = "【未报送】"
INCOMPLETE_MARK = "【待补充】"
MARKS = (UNREPORTED_MARK, INCOMPLETE_MARK)


class Statuses(Struct, frozen=True):
    """The statuses of the settings, best first."""

    all: tuple[Status, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(s.name for s in self.all)

    def get(self, name: str) -> Status | None:
        return next((s for s in self.all if s.name == name), None)

    def kind_of(self, name: str) -> StatusClass | None:
        """Return the class of a status, None for one that is not in the settings (未报送, none yet)."""
        status = self.get(name)
        return status.kind if status else None

    def is_met(self, name: str) -> bool:
        return self.kind_of(name) is StatusClass.MET

    def meant_by(self, text: str) -> str | None:
        """Return the name of the status that `text` clearly means: itself, or a synonym.

        End marks, brackets, spaces and a tick beside it do not count; of boxes to tick the one that is ticked does.
        """
        words = fold(ticked(text) or text).strip(_AROUND)
        return self._named(words) or self._named(words.strip(_TICKS).strip(_AROUND))

    def _named(self, words: str) -> str | None:
        return next((s.name for s in self.all if words in map(fold, (s.name, *s.synonyms))), None)

    def opening(self, text: str) -> tuple[str, str]:
        """Return (status, the rest) of a text that opens with the name of a status and a mark, ("", text) of another.

        完成。已改造管网13公里。 is 完成 and 已改造管网13公里。
        """
        start = text.lstrip()
        # The longest name first: 部分完成 and 未完成 hold 完成.
        for name in sorted(self.names, key=len, reverse=True):
            if start.startswith(name):
                rest = start[len(name) :]
                return (name, rest[1:].strip()) if rest[:1] in _AFTER_STATUS or rest[:1].isspace() else ("", text)
        return "", text

    def first_of(self, kind: StatusClass) -> str:
        return next(s.name for s in self.all if s.kind is kind)

    def combined(self, names: Iterable[str]) -> str:
        """Return the status of a whole from its parts': all met, none met, else partly.

        Excluded parts do not count unless all are; 未报送 is neither met nor 未完成, and is the whole's status only
        when every part is.
        """
        known = [name for name in names if name]
        counted = [n for n in known if self.kind_of(n) is not StatusClass.EXCLUDED]
        if not counted:
            return known[0] if known else ""
        if all(name == UNREPORTED for name in counted):
            return UNREPORTED
        if all(map(self.is_met, counted)):
            return self.first_of(StatusClass.MET)
        reported = [self.kind_of(name) for name in counted if name != UNREPORTED]
        if all(kind is StatusClass.NOT for kind in reported):
            return self.first_of(StatusClass.NOT)
        return self.first_of(StatusClass.PARTLY)


class TemplateSet(Enum):
    """Which templates documents are made with: those in templates/ itself, or those of GB/T 9704 in a folder below."""

    SAMPLE = "sample"
    GBT9704 = "gbt9704"


class CircularWords(Struct, frozen=True):
    """What the settings say of the circular (通报); `title` "" is made from the notice's."""

    recipients: str
    title: str = ""
    requirements: tuple[str, ...] = ()


class Settings(Struct, frozen=True):
    """What config/reportgen.yaml says, for one period: headings and title already carry its label.

    Without `circular` none is written.
    """

    office: str
    title: str
    form_title: str
    fields: Fields
    statuses: Statuses
    collect_every: bool = False
    silenced: frozenset[str] = frozenset()
    require_scan: bool = False
    tidy_marks: bool = False
    contact: str = ""
    circular: CircularWords | None = None
    template_set: TemplateSet = TemplateSet.SAMPLE
