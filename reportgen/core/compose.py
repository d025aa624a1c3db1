"""Merged rows become the notice that is put on paper, final or as a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from reportgen.core.derived import LIGHT, light
from reportgen.core.fields import INCOMPLETE_MARK, UNREPORTED_MARK, Settings
from reportgen.core.notice import Merged, Notice
from reportgen.core.text import seq_ranges, squeeze
from reportgen.core.units import State, UnitState

DRAFT = "草稿"


def compose(
    merged: Merged, settings: Settings, headings: Mapping[str, str], units: Sequence[UnitState], is_draft: bool
) -> Notice:
    """Return the notice; a draft carries a line that says who is missing and which rows are not complete."""
    rows = tuple({**row.cells(), LIGHT: light(settings.statuses.kind_of(row.status))} for row in merged.rows)
    note = _note(rows, units) if is_draft else ""
    return Notice(settings.title, headings, rows, is_draft, note)


def of_leaders(notice: Notice, merged: Merged, order: Iterable[str]) -> dict[str, Notice]:
    """Return for each leader the notice cut to the tasks of that leader; those of `order` first, in that order."""
    leaders = [[squeeze(name) for name in row.task.leaders] for row in merged.rows]
    present = {name for names in leaders for name in names}
    names = dict.fromkeys(name for name in (*order, *(name for names in leaders for name in names)) if name in present)
    return {
        name: replace(
            notice,
            title=title_for_leader(notice.title, name),
            rows=tuple(row for row, own in zip(notice.rows, leaders, strict=True) if name in own),
        )
        for name in names
    }


def title_for_leader(title: str, leader: str) -> str:
    return f"{title}（{leader}分管）"


def _note(rows: Sequence[Mapping[str, str]], units: Sequence[UnitState]) -> str:
    missing = "、".join(unit.unit for unit in units if unit.state is State.MISSING)
    marked = [
        int(row["seq"]) for row in rows if any(mark in row["completion"] for mark in (UNREPORTED_MARK, INCOMPLETE_MARK))
    ]
    sentences = [f"{DRAFT}，不得印发。"]
    if missing:
        sentences.append(f"未报送单位：{missing}。")
    if marked:
        sentences.append(f"内容不全：第{seq_ranges(marked)}项。")
    return "".join(sentences)
