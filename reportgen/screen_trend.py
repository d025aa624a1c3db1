"""What `trend` says on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reportgen.core.figures import FEW_TASKS, RankedUnit, figures, sentence
from reportgen.core.findings import shortened
from reportgen.core.statistics import (
    BY_MONTH,
    BY_UNIT,
    FEW_MARK,
    GROUPS_HEADING,
    LEADERS_HEADING,
    parted_table,
    shown,
    status_cells,
)
from reportgen.screen import SEVERITY_COLORS, finding_lines, next_step, painted, table

if TYPE_CHECKING:
    from reportgen.commands.trend import TrendDone


def after_trend(done: TrendDone, with_units: bool, with_leaders: bool, with_groups: bool) -> list[str]:
    periods = [result.period for result in done.results]
    rows = [
        (str(c.seq), shortened(c.annual_target, 16), c.lead, *status_cells(c, periods), "！" if c.remarks else "")
        for c in done.courses
    ]
    lines = table(("序号", "任务", "牵头单位", *(period.label for period in periods), ""), rows)
    lines += ["", *(f"{r.period.label}：{sentence(figures(r.outcomes, r.statuses))}" for r in done.results)]
    if with_units:
        lines += ["", *units_ranking(done.units)]
    for is_wanted, heading, parts in (
        (with_leaders, LEADERS_HEADING, done.leaders),
        (with_groups, GROUPS_HEADING, done.groups),
    ):
        if is_wanted and parts:
            headings, cells = parted_table(heading, parts, done.results[-1])
            lines += ["", *table(headings, [tuple(map(shown, row)) for row in cells])]
    lines += [line for finding in done.findings for line in finding_lines(finding)]
    remarks = [finding for course in done.courses for finding in course.remarks]
    lines += (
        ["", *(f"{painted(f.severity.label, SEVERITY_COLORS[f.severity])} {f.message}" for f in remarks)]
        if remarks
        else []
    )
    period = done.period
    if len(periods) == 1:
        before = period.previous
        others = f"以前各期（如 {before}）运行 reportgen build " if before else "以后各期"
        return [
            *lines,
            next_step(f"今年只有这一期的数据；{others}印出通报表以后，即可对照。"),
        ]
    return [
        *lines,
        next_step(f"运行 reportgen build {period}，图表在 Excel 通报表后面的“{BY_MONTH}”“{BY_UNIT}”等表中。"),
    ]


def units_ranking(units: Sequence[RankedUnit]) -> list[str]:
    """Return the table of units by rank, and what its mark means."""
    rows = [
        (
            *(str(unit.rank or ""), unit.name + (FEW_MARK if unit.has_few else "")),
            f"{unit.as_lead.met}/{unit.as_lead.total}" if unit.rank else "",
            unit.as_lead.rate if unit.rank else "",
            f"{unit.as_member.met}/{unit.as_member.total}" if unit.as_member.total else "",
            f"{unit.on_time}/{unit.owed}" if unit.owed else "",
        )
        for unit in units
    ]
    lines = table(("名次", "单位", "牵头完成", "完成率", "配合完成", "按时报送"), rows)
    if any(unit.has_few for unit in units):
        lines.append(f"带{FEW_MARK}的牵头任务少于{FEW_TASKS}项，百分比和名次仅供参考。")
    return lines
