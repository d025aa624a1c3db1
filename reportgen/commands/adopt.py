"""`adopt P FILE`: changes made by hand in a built notice become rulings, so that Word and Excel say the same again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reportgen.commands.collect import Collected, collect, decided, settle
from reportgen.commands.progress import Progress
from reportgen.commands.review import refuse_damaged, write_table
from reportgen.core.builds import Builds, PrintedBuild
from reportgen.core.edits import CellEdit, Edit, edits, refused, rulings_for
from reportgen.core.fields import COMPLETION
from reportgen.core.findings import Code, Finding, Place, cannot_run
from reportgen.core.ground import mark_of_cells
from reportgen.core.merge import Ground, merge
from reportgen.core.notice import Row
from reportgen.core.period import Period
from reportgen.core.rulings import Record, Ruling, Rulings, key_of
from reportgen.readers.builds import read_builds
from reportgen.readers.inbox import RULINGS_FILE
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.workspace import Workspace, reason_of
from reportgen.writers.builds import FILE as BUILDS

OPINION = "采自人工修改"


class Adoption(Struct, frozen=True):
    """What a file changed. `edits` can be taken, `said_already` are in the rulings, `others` will not be taken."""

    collected: Collected
    file: str
    edits: tuple[Edit, ...]
    said_already: int
    others: tuple[Finding, ...]
    existing: bytes | None


def read_edits(workspace: Workspace, period: Period, file: str, now: datetime, progress: Progress) -> Adoption:
    """Return what somebody changed in `file`; nothing is written.

    Raises CannotRun when nothing was built, when the file cannot be read or holds no notice, and when the rulings
    cannot be read in full.
    """
    settle(workspace, period)
    output = workspace.output_dir(period)
    builds = read_builds(output / BUILDS)
    if not builds.builds:
        raise cannot_run(Code.W22, period=period)
    rulings_path = workspace.input_dir(period) / RULINGS_FILE
    existing = rulings_path.read_bytes() if rulings_path.exists() else None
    path = _found(workspace, output, file)
    known = _builds_of(path, output, builds)
    collected = collect(workspace, period, now, progress)
    refuse_damaged(collected)
    fields, statuses = collected.month.settings.fields, collected.month.settings.statuses
    names = {heading: key for one in known for key, heading in one.headings.items()}
    title = known[0].title if len(known) == 1 else ""
    columns = known[-1].headings
    printed, told = read_printed_notice(_content(path), path.name, fields, names, title, columns)
    no_table = [f for f in told if f.code is Code.N01]
    if no_table:
        raise cannot_run(Code.N01, no_table[0].place)
    changed = edits(printed, known, path.suffix.lower().lstrip("."))
    rows = {row.seq: row for row in collected.merged.rows}
    new = [cell for cell in changed.cells if not _is_said(cell, rows.get(cell.seq))]
    taken = {cell.seq: edit for cell in new if (edit := _taken(cell, collected, known, path.name)) is not None}
    heading = known[-1].headings.get(COMPLETION, fields[COMPLETION].heading)
    others = [refused(cell, heading, statuses) for cell in new if cell.seq not in taken]
    return Adoption(
        collected,
        path.name,
        tuple(taken.values()),
        len(changed.cells) - len(new),
        (*others, *changed.others),
        existing,
    )


def adopt(adoption: Adoption) -> Path:
    """Write the edits into 审定.xlsx as rulings and return its path.

    Raises CannotRun when it was changed since the edits were read.
    """
    before = adoption.collected
    rulings = before.rulings
    for edit in adoption.edits:
        rulings = rulings.with_ruling(edit.ruling, edit.record)
    _table, path = write_table(decided(before.intake, rulings, before.told), adoption.existing)
    return path


def _found(workspace: Workspace, output: Path, file: str) -> Path:
    """Return the file that the clerk names: as given, from the workspace on, or by its name in output/P/."""
    given = Path(file).expanduser()
    candidates = (given, workspace.root / given, output / given)
    return next((path for path in candidates if path.is_file()), given)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_run(Code.W08, Place(path.name), name=str(path), reason=reason_of(error)) from error


def _builds_of(path: Path, output: Path, builds: Builds) -> tuple[PrintedBuild, ...]:
    """Return the builds that a file may be of: its own where it is known, else all that are remembered."""
    own = None
    if path.resolve().is_relative_to(output.resolve()):
        name = path.resolve().relative_to(output.resolve()).as_posix()
        own = builds.of_file(name)
    return (own,) if own else tuple(builds.builds.values())


def _is_said(cell: CellEdit, row: Row | None) -> bool:
    return row is not None and row.printed_completion.strip() == cell.after


def _taken(cell: CellEdit, collected: Collected, known: tuple[PrintedBuild, ...], file: str) -> Edit | None:
    """Return the edit with the ruling that prints it to the letter, None when no ruling does."""
    rulings, month = collected.rulings, collected.month
    key = key_of(cell.seq)
    old = rulings.of(cell.seq)
    statuses = month.settings.statuses
    marks = {one.grounds.get(str(cell.seq), "") for one in known}
    seen = marks.pop() if len(marks) == 1 else ""
    for ruling in rulings_for(cell, old, statuses, f"{OPINION} {file}", Place(RULINGS_FILE)):
        record = replace(rulings.records.get(key, Record()), ruled_on=seen)
        trial = rulings.with_ruling(ruling, record)
        if _printed(ruling, trial, collected) == cell.after:
            marked = replace(record, as_ruled=mark_of_cells(trial.written[key], record.proposed))
            return Edit(cell, ruling, marked)
    return None


def _printed(ruling: Ruling, rulings: Rulings, collected: Collected) -> str | None:
    """Return what a row prints under `rulings`, None for a task that the period does not have."""
    month = collected.month
    tasks = tuple(task for task in month.plan.tasks if task.seq == ruling.seq)
    plan = replace(month.plan, tasks=tasks)
    fields, statuses = month.settings.fields, month.settings.statuses
    merged, _findings = merge(
        Ground(plan, month.ledger, fields, statuses, collected.reports, rulings, month.settings.tidy_marks)
    )
    return merged.rows[0].printed_completion.strip() if merged.rows else None
