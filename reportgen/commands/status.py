"""`status P`: who has returned, who is missing, late, or must correct."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reportgen.commands.collect import Collected, Progress, collect
from reportgen.core.period import Period
from reportgen.core.units import State, UnitState
from reportgen.readers.workspace import Workspace


def status(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> Collected:
    """Return where each unit stands."""
    return collect(workspace, period, now, progress)


def counted(units: Sequence[UnitState]) -> dict[State, int]:
    """Return how many units are in each state, states without a unit left out."""
    counts = {state: sum(unit.state is state for unit in units) for state in State}
    return {state: count for state, count in counts.items() if count}
