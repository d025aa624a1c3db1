"""Rules on the answers of a return: each yields a finding for every cell where its name is not true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.answers import Ask
from reportgen.core.fields import Field, Fields, Required, Statuses
from reportgen.core.findings import Code, Finding
from reportgen.core.records import Answer, Change
from reportgen.core.text import fold, nearest


class Subject(Struct, frozen=True):
    """An answer under test, with what it answers; statuses in it are already normalised."""

    ask: Ask
    answer: Answer
    fields: Fields
    statuses: Statuses

    def text(self, wanted: Field) -> str:
        return self.answer.text(wanted.key)

    def is_told(self, wanted: Field) -> bool:
        """Tell whether the field has a cell in this return (a missing column is told once, at its head)."""
        return wanted.key in self.answer.places

    @property
    def fields_asked(self) -> tuple[Field, ...]:
        """The unit's fields that this row asks for: a next target that the ledger has is not asked."""
        locked = self.ask.next_target is not None
        return tuple(f for f in self.fields.of_units if not (f.key == keys.NEXT_TARGET and locked) and self.is_told(f))

    def finding(self, code: Code, wanted: Field, **values: object) -> Finding:
        return Finding(
            code,
            self.answer.place_of(wanted.key),
            seq=self.ask.seq,
            unit=self.ask.unit,
            field=wanted.key,
            values={"what": self.ask.what, "heading": wanted.heading, **values},
        )


Rule = Callable[[Subject], Iterable[Finding]]


def required_fields_are_filled(subject: Subject) -> Iterator[Finding]:
    for wanted in subject.fields_asked:
        if wanted.required is Required.ALWAYS and not subject.text(wanted):
            code = Code.V07 if wanted.key == keys.NEXT_TARGET else Code.V01
            yield subject.finding(code, wanted)


def reason_is_given_unless_met(subject: Subject) -> Iterator[Finding]:
    status = subject.answer.text(keys.STATUS)
    if subject.statuses.get(status) is None or subject.statuses.is_met(status):
        return
    for wanted in subject.fields_asked:
        if wanted.required is Required.UNLESS_MET and not subject.text(wanted):
            yield subject.finding(Code.V06, wanted, status=status)


def choices_are_from_the_list(subject: Subject) -> Iterator[Finding]:
    for wanted in subject.fields_asked:
        choices = subject.statuses.names if wanted.key == keys.STATUS else wanted.choices
        text = subject.text(wanted)
        if text and choices and text not in choices:
            likely = nearest(text, choices, cutoff=0.75)
            shown = "、".join(choices) + (f"（是否为“{likely}”？）" if likely else "")
            yield subject.finding(Code.V02, wanted, value=text, choices=shown)


def texts_are_long_enough(subject: Subject) -> Iterator[Finding]:
    for wanted in subject.fields_asked:
        length = len(subject.text(wanted))
        if 0 < length < wanted.min_length and not subject.statuses.meant_by(subject.text(wanted)):
            yield subject.finding(Code.V04, wanted, length=length, minimum=wanted.min_length)


def texts_are_short_enough(subject: Subject) -> Iterator[Finding]:
    for wanted in subject.fields_asked:
        length = len(subject.text(wanted))
        if 0 < wanted.max_length < length:
            yield subject.finding(Code.V05, wanted, length=length, maximum=wanted.max_length)


def status_agrees_with_the_text(subject: Subject) -> Iterator[Finding]:
    status, text = subject.answer.text(keys.STATUS), fold(subject.answer.text(keys.COMPLETION))
    if not subject.statuses.get(status):
        return
    # The longest name first: 部分完成 and 未完成 hold 完成.
    for name in sorted(subject.statuses.names, key=len, reverse=True):
        if text.startswith(fold(name)) and text[len(name) : len(name) + 1] in ("", "。", ",", "、", ":", ";"):
            if name != status:
                yield subject.finding(Code.V11, subject.fields[keys.STATUS], status=status, words=name)
            return


RULES: tuple[Rule, ...] = (
    required_fields_are_filled,
    reason_is_given_unless_met,
    choices_are_from_the_list,
    texts_are_long_enough,
    texts_are_short_enough,
    status_agrees_with_the_text,
)


def normalised(
    answer: Answer, ask: Ask, fields: Fields, statuses: Statuses
) -> tuple[Answer, tuple[Finding, ...], tuple[Change, ...]]:
    """Return the answer with what is clearly meant by its choices (已完成, 完成。) as the settings write it, noted."""
    texts = dict(answer.texts)
    findings, changes = [], []
    for wanted in fields.of_units:
        written = texts.get(wanted.key, "")
        if wanted.key == keys.STATUS:
            meant = statuses.meant_by(written) if written else None
        else:
            meant = next((c for c in wanted.choices if fold(c) == fold(written)), None) if written else None
        if meant is None or meant == written:
            continue
        texts[wanted.key] = meant
        place = answer.place_of(wanted.key)
        values = {"what": ask.what, "heading": wanted.heading, "value": written, "used": meant}
        findings.append(Finding(Code.V03, place, seq=ask.seq, unit=ask.unit, field=wanted.key, values=values))
        changes.append(Change(ask.seq, ask.unit, wanted.key, place, written, meant, "规范选项"))
    clean = replace(answer, texts=texts)
    return clean, tuple(findings), tuple(changes)
