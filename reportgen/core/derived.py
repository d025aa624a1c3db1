"""Columns of a notice that nobody fills: worked out from units and status, and read back by heading."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.core.fields import StatusClass
from reportgen.core.ledger_cells import LEAD_MARK
from reportgen.core.model import Task
from reportgen.core.text import fold

GROUP = "group"
LEAD_UNIT = "lead_unit"
MEMBER_UNITS = "member_units"
LIGHT = "light"
KEYS = (GROUP, LEAD_UNIT, MEMBER_UNITS, LIGHT)
_NAMES = {
    LEAD_UNIT: ("牵头单位", "牵头部门", "牵头责任单位"),
    MEMBER_UNITS: ("配合单位", "协办单位", "参与单位", "配合部门", "配合责任单位"),
    LIGHT: ("红黄绿灯", "红黄绿", "亮灯", "亮灯情况", "进度亮灯"),
    GROUP: ("分组", "类别", "板块", "任务类别"),
}
_LIGHTS = {StatusClass.MET: "绿灯", StatusClass.PARTLY: "黄灯", StatusClass.NOT: "红灯"}
# Not the pure colours: yellow could not be read on paper.
LIGHT_COLORS = {"绿灯": "00863D", "黄灯": "C77C00", "红灯": "FF0000"}
_BY_HEADING = {fold(name): key for key, names in _NAMES.items() for name in names}


def key_of(heading: str) -> str:
    """Return the derived column that a heading means, "" for none."""
    return _BY_HEADING.get(fold(heading), "")


def heading_of(key: str) -> str:
    """Return the usual heading of a derived column."""
    return _NAMES[key][0]


def light(kind: StatusClass | None) -> str:
    """Return the light of a status; none for one that does not count, or is not known."""
    return _LIGHTS.get(kind, "") if kind else ""


def cells_of(task: Task) -> Mapping[str, str]:
    """Return what the derived columns show of a task itself."""
    lead = task.lead if task.assignments else ""
    return {
        GROUP: task.group,
        LEAD_UNIT: next((a.printed.removesuffix(LEAD_MARK) for a in task.assignments if a.unit == lead), ""),
        MEMBER_UNITS: "\n".join(a.printed for a in task.assignments if a.unit != lead),
    }
