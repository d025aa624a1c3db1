"""`reportgen` alone: where the running period stands and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from reportgen.commands.collect import collect, open_month
from reportgen.core.period import Period
from reportgen.core.units import UnitState
from reportgen.readers.inbox import incoming
from reportgen.readers.workspace import Workspace
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import written_hashes


class Stage(Enum):
    """How far a period has come."""

    FORMS = auto()
    WAITING = auto()
    CHECKING = auto()
    READY = auto()
    BUILT = auto()


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a period stands; `period` None when the workspace has none yet."""

    period: Period | None
    stage: Stage = Stage.FORMS
    title: str = ""
    deadline: datetime | None = None
    units: tuple[UnitState, ...] = ()


def overview(workspace: Workspace, now: datetime) -> Overview:
    """Return where the running period stands: the latest one that has a folder in input/ or output/."""
    started = sorted(_periods_in(workspace.root / "input") | _periods_in(workspace.root / "output"))
    period = started[-1] if started else _period_of(now, workspace)
    if period is None:
        return Overview(None)
    month = open_month(workspace, period)
    title, deadline = month.settings.title, month.schedule.deadline
    if not incoming(month.input_dir):
        has_forms = (month.output_dir / "forms").is_dir()
        return Overview(period, Stage.WAITING if has_forms else Stage.FORMS, title, deadline)
    collected = collect(workspace, period, now)
    stage = Stage.CHECKING if collected.open_errors else Stage.READY
    if stage is Stage.READY and _is_built(month.output_dir):
        stage = Stage.BUILT
    return Overview(period, stage, title, deadline, collected.units)


def _periods_in(folder: Path) -> set[Period]:
    if not folder.is_dir():
        return set()
    found = set()
    for path in folder.iterdir():
        try:
            period = Period.parse(path.name)
        except ValueError:
            continue
        if any(path.iterdir()):
            found.add(period)
    return found


def _period_of(now: datetime, workspace: Workspace) -> Period | None:
    """Return the month before `now`, which is the one being reported, when there is a ledger for its year."""
    month = Period(now.year, now.month, now.month)
    period = month.previous or Period(now.year - 1, 12, 12)
    years = [year for year in (period.year, now.year) if workspace.ledger_file(year).exists()]
    if not years:
        return None
    return period if years[0] == period.year else month


def _is_built(folder: Path) -> bool:
    manifest = folder / MANIFEST
    return manifest.exists() and all((folder / name).exists() for name in written_hashes(manifest.read_bytes()))
