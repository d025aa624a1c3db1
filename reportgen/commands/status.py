"""`status P`: who has returned, who is missing, late, or must correct."""

from __future__ import annotations

from datetime import datetime

from reportgen.commands.collect import Collected, collect
from reportgen.commands.progress import Progress
from reportgen.core.period import Period
from reportgen.readers.workspace import Workspace


def status(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> Collected:
    """Return where each unit stands."""
    return collect(workspace, period, now, progress)
