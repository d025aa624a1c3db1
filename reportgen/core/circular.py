"""The circular (通报) as a record: the covering text's figures, tasks and units, all from the rows of the notice.

The fields of the records are the placeholders of templates/circular.docx, where the wording stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations

from msgspec import Struct

from reportgen.core.answers import Plan
from reportgen.core.dates import chinese_date, chinese_moment
from reportgen.core.fields import REASON, UNREPORTED, CircularWords, Settings, StatusClass, Statuses
from reportgen.core.figures import Figures, figures, percent
from reportgen.core.model import Role, Schedule
from reportgen.core.notice import Notice, Row
from reportgen.core.text import has_end_mark, seq_ranges, squeeze, without_control
from reportgen.core.units import State, UnitState

DATE_PLACEHOLDER = "〔成文日期〕"
_TOLD = (StatusClass.PARTLY, StatusClass.NOT)
TITLE_EM = 20  # 2号 characters in a line of the page
_MAX_TITLE_LINES = 3  # a longer one is left to Word; to try all its breaks would take long
_TITLE_PIECES = re.compile(
    r"《[^》]*》|“[^”]*”|（[^）]*）|[\d—-]+(?:年度?|月份?|季度)|第.季度|[上下]半年|全年|关于|重点工作|重点任务|重点|工作|任务|完成|落实|进展|情况|的?通报表?|."
)
_OTHER_QUOTES = str.maketrans("“”‘’", "‘’“”")
# The fields of a task that a unit or the ledger wrote; each that a template prints must be found in what was written.
_TEXTS = ("task", "target", "actual", "reason")
# What is left to the clerk: 〔文号〕 but not 〔2023〕; ××区 stands in the settings of a new workspace.
TO_FILL_IN = re.compile(r"〔[^〔〕\d{}]{2,12}〕|××[^\s×{}]*")


class Count(Struct, frozen=True):
    """How many tasks have a status; `percent` is of all that count."""

    name: str
    count: int
    percent: str = ""


class Shortfall(Struct, frozen=True):
    """A task that was not met. `lead` is "" where the ledger marks none, then `units` are all, else the others.

    Units that only provide data are left out. `task` stands between quotes, so its own are single ones.
    """

    seq: int
    task: str
    lead: str
    units: str
    target: str
    actual: str
    reason: str


class ShortfallGroup(Struct, frozen=True):
    """All tasks of one status (部分完成, 未完成 …), in ledger order."""

    name: str
    tasks: tuple[Shortfall, ...]


class UnreportedUnit(Struct, frozen=True):
    """A unit that did not report, with the tasks concerned: 3、5—7."""

    unit: str
    rows: str


class LateUnit(Struct, frozen=True):
    """A unit that reported late, and when."""

    unit: str
    received: str


class Circular(Struct, frozen=True):
    """All that the template can print.

    `heading` is the title in lines of equal length, `subject` what it speaks of.
    `listed` tasks are in the notice, `total` count: `statuses` has those that occur, `left_out` what does not count,
    `open` is not decided yet (drafts only). `asked` units owe a return; `unreported` did not send one,
    `unreported_tasks` are left unreported by units that sent one.
    """

    title: str
    heading: str
    subject: str
    recipients: str
    basis: str
    year: int
    period: str
    listed: int
    total: int
    statuses: tuple[Count, ...]
    left_out: tuple[Count, ...]
    open: int
    shortfalls: tuple[ShortfallGroup, ...]
    asked: int
    unreported: tuple[UnreportedUnit, ...]
    unreported_tasks: tuple[UnreportedUnit, ...]
    late: tuple[LateUnit, ...]
    deadline: str
    requirements: tuple[str, ...]
    attachment: str
    office: str
    date: str
    note: str = ""
    is_draft: bool = False


def compose_circular(
    rows: Sequence[Row],
    words: CircularWords,
    settings: Settings,
    plan: Plan,
    schedule: Schedule,
    units: Sequence[UnitState],
    notice: Notice,
) -> Circular:
    """Return the circular that covers `notice`, from the same rows."""
    counts = figures(rows, settings.statuses)
    silent = [unit.unit for unit in units if unit.state in (State.MISSING, State.RULED)]
    title = words.title or f"关于{_subject(notice.title)}的通报"
    period = plan.period
    return Circular(
        title=_plain(title),
        heading="\n".join(title_lines(_plain(title), TITLE_EM)),
        subject=_subject(_plain(title)),
        recipients=_plain(words.recipients).rstrip("：:"),
        basis=re.sub(r"^(?:根据|依据|按照)|[，。,]+$", "", _plain(schedule.basis)),
        year=period.year,
        period=period.label,
        listed=len(rows),
        total=counts.total,
        statuses=tuple(Count(name, n, percent(n, counts.total)) for name, n in counts.counted if n),
        left_out=_left_out(counts, period.no_target),
        open=counts.open,
        shortfalls=tuple(_shortfalls(rows, settings.statuses)),
        asked=len(units),
        unreported=tuple(UnreportedUnit(unit, seq_ranges(ask.seq for ask in plan.asks_of(unit))) for unit in silent),
        unreported_tasks=_unreported_tasks(rows, silent),
        late=tuple(_late(units, silent, schedule.deadline)),
        deadline=chinese_moment(schedule.deadline) if schedule.deadline else "",
        requirements=tuple(_closed(_plain(one)) for one in words.requirements),
        attachment=_plain(notice.title),
        office=_plain(settings.office),
        date=chinese_date(schedule.issue_date) if schedule.issue_date else DATE_PLACEHOLDER,
        note=_plain(notice.note) if notice.is_draft else "",
        is_draft=notice.is_draft,
    )


def _subject(title: str) -> str:
    """Return what a title speaks of: 关于甲情况的通报 and 甲情况通报表 → 甲情况."""
    return re.sub(r"的?(?:通报表?|表)$", "", title.removeprefix("关于"))


def title_lines(title: str, width_em: float) -> tuple[str, ...]:
    """Return a title in as few lines as `width_em` allows, of like lengths, broken between words where one is seen.

    Seen are brackets, the words that titles of this kind are made of, and the end of a year or month.
    """
    pieces = _TITLE_PIECES.findall(title)
    for lines in range(1, _MAX_TITLE_LINES + 1):
        breaks = combinations(range(1, len(pieces)), lines - 1)
        choices = [
            tuple("".join(pieces[a:b]) for a, b in zip((0, *at), (*at, len(pieces)), strict=True)) for at in breaks
        ]
        fitting = [choice for choice in choices if max(map(_width_em, choice)) <= width_em]
        if fitting:
            return min(fitting, key=lambda choice: max(map(_width_em, choice)) - min(map(_width_em, choice)))
    return (title,)


def _width_em(text: str) -> float:
    return sum(0.5 if char.isascii() else 1 for char in text)


def _plain(text: str) -> str:
    """Return a text as paragraphs can hold it: no control characters, no empty lines."""
    return "\n".join(line for line in without_control(text).split("\n") if line.strip())


def _closed(text: str) -> str:
    return text if not text or has_end_mark(text) else f"{text}。"


def _left_out(counts: Figures, no_target: str) -> tuple[Count, ...]:
    return tuple(Count(name, n) for name, n in ((no_target, counts.without_target), *counts.left_out) if n)


def _shortfalls(rows: Sequence[Row], statuses: Statuses) -> Iterator[ShortfallGroup]:
    """Yield the groups of tasks that are told one by one, in the settings' order of statuses."""
    for status in (status for status in statuses.all if status.kind in _TOLD):
        tasks = tuple(_shortfall(row) for row in rows if row.has_target and row.status == status.name)
        if tasks:
            yield ShortfallGroup(status.name, tasks)


def _shortfall(row: Row) -> Shortfall:
    lead = next((a.unit for a in row.task.assignments if a.role is Role.LEAD), "")
    others = [a.unit for a in row.task.assignments if a.role is not Role.DATA and a.unit != lead]
    return Shortfall(
        seq=row.seq,
        task=_plain(row.task.annual_target).translate(_OTHER_QUOTES),
        lead=lead,
        units="、".join(others),
        target=_closed(_plain(row.target)),
        actual=_closed(_plain(row.completion)),
        reason=_closed(_plain(row.others.get(REASON, ""))),
    )


def _unreported_tasks(rows: Iterable[Row], silent: Collection[str]) -> tuple[UnreportedUnit, ...]:
    """Return the rows printed as 未报送 whose unit did send a return, under the unit that leads."""
    by_unit: dict[str, list[int]] = {}
    for row in rows:
        owing = [piece.unit for piece in row.pieces] or [row.task.lead]
        if row.status == UNREPORTED and not any(unit in silent for unit in owing):
            by_unit.setdefault(row.task.lead if row.task.lead in owing else owing[0], []).append(row.seq)
    return tuple(UnreportedUnit(unit, seq_ranges(seqs)) for unit, seqs in by_unit.items())


def _late(units: Iterable[UnitState], silent: Collection[str], deadline: datetime | None) -> Iterator[LateUnit]:
    for unit in units:
        if deadline and unit.received and unit.received > deadline and unit.unit not in silent:
            yield LateUnit(unit.unit, chinese_moment(unit.received))


# reading back


def unsaid(circular: Circular, text: str, used: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return (where, what) for each text of a listed task that `text`, the circular read back, does not hold.

    `used` are the fields that the template prints; a clerk may leave out the reasons, say.
    """
    return tuple(
        (f"第{one.seq}项", getattr(one, field))
        for group in circular.shortfalls
        for one in group.tasks
        for field in _TEXTS
        if field in used and getattr(one, field) not in text
    )


def miscounted(circular: Circular, text: str, statuses: Statuses) -> tuple[tuple[str, str], ...]:
    """Return (what `text` says, what it should say) for each count and percentage that is not of these figures.

    They come from numbers typed into the template: last month's circular saved in its place. What units and settings
    wrote is left aside; it has counts of its own.
    """
    own = _without(text, _foreign_texts(circular))
    counts = {one.name: one.count for one in (*circular.statuses, *circular.left_out)}
    names = sorted({*statuses.names, UNREPORTED, *counts}, key=len, reverse=True)
    named = re.compile(rf"({'|'.join(map(re.escape, names))})[^\d，。；：、第\n]{{0,4}}(\d+)项")
    found = [(m.group(), f"{m.group(1)}{counts.get(m.group(1), 0)}项") for m in named.finditer(own)]
    wrong = [(said, should) for said, should in found if re.findall(r"\d+项", said) != re.findall(r"\d+项", should)]
    wrong += [
        (m.group(), f"{circular.total}项中") for m in re.finditer(r"(\d+)项中", own) if int(m[1]) != circular.total
    ]
    shares = [one.percent for one in circular.statuses]
    wrong += [(said, "、".join(shares)) for said in re.findall(r"\d+\.\d\d%", own) if said not in shares]
    return tuple(wrong)


def _foreign_texts(circular: Circular) -> Iterator[str]:
    for group in circular.shortfalls:
        for one in group.tasks:
            yield from (getattr(one, field) for field in _TEXTS)
    yield from circular.requirements
    yield from (circular.title, circular.subject, circular.recipients, circular.basis, circular.attachment)
    yield from (circular.office, circular.note)


def _without(text: str, pieces: Iterable[str]) -> str:
    """Return `text` with each of `pieces` cut out, the longest first: a short one may be part of a longer."""
    for piece in sorted(filter(squeeze, set(pieces)), key=len, reverse=True):
        text = text.replace(piece, "\n")
    return text
