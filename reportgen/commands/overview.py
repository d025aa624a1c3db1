"""`reportgen` alone: where the running period stands and what comes next."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from msgspec import Struct

from reportgen.commands.collect import collect
from reportgen.commands.month import open_month
from reportgen.core.period import Period
from reportgen.core.units import UnitState
from reportgen.readers.inbox import incoming
from reportgen.readers.ledger import read_ledger
from reportgen.readers.settings import read_configuration, settings_for
from reportgen.readers.workspace import CONFIG_FILE, Workspace
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import written_hashes


class Stage(Enum):
    """How far a period has come."""

    FORMS = auto()
    WAITING = auto()
    CHECKING = auto()
    READY = auto()
    BUILT = auto()


class Overview(Struct, frozen=True):
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
        if path.is_dir() and any(path.iterdir()):
            found.add(period)
    return found


def _period_of(now: datetime, workspace: Workspace) -> Period | None:
    """Return the period that the ledger plans to be reported now: the latest one that has ended, else its first.

    None while no ledger names a target. Periods that sheet 期次 lists come before others.
    """
    year = _ledger_year(now, workspace)
    if year is None:
        return None
    settings = settings_for(read_configuration(workspace.config_file, CONFIG_FILE), Period(year, 1, 1))
    path = workspace.ledger_file(year)
    ledger, _findings = read_ledger(path, workspace.name_of(path), year, settings.fields)
    with_target = {period for task in ledger.tasks for period in task.targets}
    planned = sorted(with_target & {schedule.period for schedule in ledger.schedules} or with_target)
    ended = [period for period in planned if (period.year, period.last) < (now.year, now.month)]
    return next(iter(ended[-1:] or planned), None)


def _ledger_year(now: datetime, workspace: Workspace) -> int | None:
    """Return the year of the ledger that holds the month before `now`, else of the nearest one."""
    names = [path.stem.removeprefix("ledger-") for path in workspace.config_file.parent.glob("ledger-*.xlsx")]
    years = sorted(int(name) for name in names if name.isascii() and name.isdigit())
    reported = now.year if now.month > 1 else now.year - 1
    return next(iter([year for year in years if year <= reported][-1:] or years), None)


def _is_built(folder: Path) -> bool:
    manifest = folder / MANIFEST
    return manifest.exists() and all((folder / name).exists() for name in written_hashes(manifest.read_bytes()))
