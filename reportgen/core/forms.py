"""The blank form (报送表) of one unit as a record, and the words that help to fill it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from reportgen.core import fields as keys
from reportgen.core.answers import Ask, PeriodTask, Plan, fingerprint
from reportgen.core.dates import chinese_moment
from reportgen.core.fields import Field, Fields, FilledBy, Required, Settings, Statuses
from reportgen.core.model import Ledger, Task
from reportgen.core.period import Period
from reportgen.core.stamp import (
    DEADLINE_LABEL,
    FILER_LABELS,
    PERIOD_LABEL,
    ROW_MARK,
    UNIT_LABEL,
    VERSION,
    Stamp,
    row_mark,
)

# The placeholders around the table, with what they stand for.
WORDS: Mapping[str, str] = {
    "title": "标题",
    "unit": UNIT_LABEL,
    "period": PERIOD_LABEL,
    "next_period": "下一期",
    "year": "年份",
    "deadline": DEADLINE_LABEL,
    "office": "发表的科室",
    "statuses": "完成状态的各个选项",
    "met": "算作完成的状态",
    **FILER_LABELS,
}


class FormRow(Struct, frozen=True):
    """One answer that is asked. `fixed` are the prefilled texts by field key, `given` what was answered before."""

    fixed: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict)


class InformedRow(Struct, frozen=True):
    """A task that the unit takes part in while others answer for it."""

    seq: int
    annual_target: str
    period_target: str
    answered_by: str


class Form(Struct, frozen=True):
    """What one unit is asked. `fields` are those that this form shows; `given` holds 填报人 … when known.

    `ledger` is the fingerprint of what the ledger asks of the unit.
    """

    unit: str
    period: Period
    round: int
    title: str
    office: str
    deadline: str
    fields: Fields
    statuses: Statuses
    rows: tuple[FormRow, ...]
    informed: tuple[InformedRow, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    ledger: str = ""

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.unit, self.period.code, self.round, VERSION, self.ledger)

    @property
    def has_parts(self) -> bool:
        return any(row.fixed[keys.PART] for row in self.rows)

    def shows(self, key: str) -> bool:
        """Tell whether the form has a column for a field."""
        if key == keys.PART:
            return self.has_parts
        return key == keys.SEQ or key in self.fields

    def words(self) -> Mapping[str, str]:
        """Return the text of each placeholder in WORDS."""
        return {
            **{key: self.given.get(key, "") for key in FILER_LABELS},
            **period_words(self.period),
            "title": self.title,
            "unit": self.unit,
            "office": self.office,
            "deadline": self.deadline,
            "statuses": "、".join(self.statuses.names),
            "met": _met(self.statuses),
        }


def period_words(period: Period) -> Mapping[str, str]:
    """Return the texts of the placeholders that speak of the period; no next one after the last of a year."""
    following = period.next
    return {"year": str(period.year), "period": period.label, "next_period": following.label if following else ""}


def form_of(unit: str, plan: Plan, ledger: Ledger, settings: Settings, round: int = 1) -> Form:
    """Return the blank form of `unit`: its own rows, and the tasks it takes part in without answering."""
    deadline = ledger.schedule(plan.period).deadline
    hidden = (keys.NEXT_TARGET,) if plan.period.next is None else ()
    return Form(
        unit=unit,
        period=plan.period,
        round=round,
        title=settings.form_title,
        office=settings.office,
        deadline=chinese_moment(deadline) if deadline else "",
        fields=settings.fields.without(*hidden),
        statuses=settings.statuses,
        rows=tuple(FormRow(_fixed(ask, settings.fields)) for ask in plan.asks_of(unit)),
        informed=tuple(map(_informed, plan.informed(unit))),
        ledger=fingerprint(plan.asks_of(unit)),
    )


def _fixed(ask: Ask, fields: Fields) -> Mapping[str, str]:
    """Return the prefilled texts of a row; a next target that the ledger has is one of them."""
    fixed = {f.key: _ledger_text(ask.task, f.key) for f in fields if f.filled_by is FilledBy.LEDGER}
    fixed |= {
        keys.SEQ: str(ask.seq),
        keys.PART: ask.label,
        keys.ANNUAL_TARGET: ask.task.annual_target,
        keys.PERIOD_TARGET: ask.target,
        ROW_MARK: row_mark(ask.seq, ask.label),
    }
    if ask.next_target is not None:
        fixed[keys.NEXT_TARGET] = ask.next_target
    return fixed


def _ledger_text(task: Task, key: str) -> str:
    if key == keys.LEADERS:
        return "\n".join(task.leaders)
    if key == keys.UNITS:
        return "\n".join(a.printed for a in task.assignments)
    return task.extra.get(key, "")


def _informed(task: PeriodTask) -> InformedRow:
    answering = dict.fromkeys(ask.unit for ask in task.asks)
    return InformedRow(task.seq, task.task.annual_target, task.target, "、".join(answering))


# the words that help to fill a cell

MAX_PROMPT = 255  # characters of a validation's message; its title may have 32


class Guidance(Struct, frozen=True):
    """What a cell of a field says when it is entered, what when something else is typed, and what it takes."""

    title: str
    prompt: str
    error: str
    choices: tuple[str, ...] = ()
    max_length: int = 0


def guidance(wanted: Field, form: Form) -> Guidance:
    """Return the words for the cells of a field that the unit fills."""
    choices = form.statuses.names if wanted.key == keys.STATUS else wanted.choices
    shown = "、".join(choices)
    sentences = [_how(wanted, form, shown), _when(wanted, form.statuses), _how_long(wanted)]
    prompt = "".join(sentence for sentence in sentences if sentence)
    error = f"请从下拉列表中选择：{shown}。" if choices else f"最多{wanted.max_length}个字，现在超出了，请压缩文字。"
    return Guidance(wanted.heading[:32], _cut(prompt), _cut(error), choices, 0 if choices else wanted.max_length)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_PROMPT else text[: MAX_PROMPT - 1] + "…"


def _how(wanted: Field, form: Form, choices: str) -> str:
    if choices:
        return f"点格子右侧的小箭头，选择：{choices}。"
    if wanted.key == keys.COMPLETION:
        return f"对照{form.period.label}目标，逐条写实际完成了什么：做到哪一步，数量、比例是多少。"
    if wanted.key == keys.REASON:
        return "写明没有完成的原因和下一步打算。"
    if wanted.key == keys.NEXT_TARGET:
        return "填写拟定的目标，要具体、可检查。"
    return f"请填写{wanted.heading}。"


def _when(wanted: Field, statuses: Statuses) -> str:
    if wanted.required is Required.UNLESS_MET:
        return f"完成状态不是“{_met(statuses)}”的必须填写。"
    return "必填。" if wanted.required is Required.ALWAYS else ""


def _how_long(wanted: Field) -> str:
    if wanted.choices or not (wanted.min_length or wanted.max_length):
        return ""
    if wanted.min_length and wanted.max_length:
        return f"{wanted.min_length}至{wanted.max_length}个字。"
    return f"不超过{wanted.max_length}个字。" if wanted.max_length else f"不少于{wanted.min_length}个字。"


def _met(statuses: Statuses) -> str:
    return "”或“".join(_met_names(statuses))


def _met_names(statuses: Statuses) -> Iterable[str]:
    return filter(statuses.is_met, statuses.names)
