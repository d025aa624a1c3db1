"""The reminders (催报): what each silent unit still owes, and the words that its note is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from reportgen.core.answers import Plan
from reportgen.core.dates import chinese_moment
from reportgen.core.fields import Settings
from reportgen.core.model import Ledger, Unit
from reportgen.core.text import seq_ranges


class OpenTask(Struct, frozen=True):
    """An answer that a unit owes; `label` is "" for a whole task."""

    seq: int
    label: str
    annual_target: str
    target: str


class Reminder(Struct, frozen=True):
    """What a unit that has not reported owes, and who is to be called; `instead` says what it has sent."""

    unit: str
    contact: str
    phone: str
    email: str
    tasks: tuple[OpenTask, ...]
    instead: str = ""

    @property
    def rows(self) -> str:
        """The tasks by number: 第1、3—5项."""
        return f"第{seq_ranges(task.seq for task in self.tasks)}项"


def reminders(units: Iterable[str], plan: Plan, ledger: Ledger, instead: Mapping[str, str]) -> tuple[Reminder, ...]:
    """Return a reminder for each of `units`; `instead` says what some have sent that is no return."""
    return tuple(_reminder(ledger.unit(name) or Unit(name), plan, instead.get(name, "")) for name in units)


def _reminder(unit: Unit, plan: Plan, instead: str) -> Reminder:
    tasks = (OpenTask(ask.seq, ask.label, ask.task.annual_target, ask.target) for ask in plan.asks_of(unit.name))
    return Reminder(unit.name, unit.contact, unit.phone, unit.email, tuple(tasks), instead)


def words_of(reminder: Reminder, settings: Settings, plan: Plan, ledger: Ledger) -> Mapping[str, object]:
    """Return what the placeholders of templates/reminder.j2 mean; texts are "" where nothing is known."""
    deadline = ledger.schedule(plan.period).deadline
    return {
        "unit": reminder.unit,
        "office": settings.office,
        "contact": settings.contact,
        "title": settings.form_title,
        "year": plan.period.year,
        "period": plan.period.label,
        "deadline": chinese_moment(deadline) if deadline else "",
        "rows": reminder.rows,
        "tasks": reminder.tasks,
        "instead": reminder.instead,
    }
