"""`explain P SEQ`: where a row of the notice came from, for the day somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from reportgen.commands.collect import Collected, collect
from reportgen.commands.progress import Progress
from reportgen.core.answers import Ask, PeriodTask
from reportgen.core.builds import Builds
from reportgen.core.choices import RETURN, answers_of
from reportgen.core.fields import COMPLETION
from reportgen.core.findings import CannotRun, Code, Finding, cannot_run
from reportgen.core.notice import Row
from reportgen.core.period import Period
from reportgen.core.records import Answer, Change, Decision, Filled
from reportgen.core.rulings import Ruling
from reportgen.core.text import seq_ranges, squeeze
from reportgen.readers.builds import read_builds
from reportgen.readers.wordtables import read_word_text
from reportgen.readers.workspace import Workspace
from reportgen.writers.builds import FILE as BUILDS
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import written_hashes


class Sent(Struct, frozen=True):
    """What one return says of one part; `reason` is why it does not count, "" for the one that does."""

    part: str
    ask: Ask
    filled: Filled
    answer: Answer
    reason: str


class Printed(Struct, frozen=True):
    """What a file of output/P/ prints in 完成情况, and whether it is what would be printed now."""

    file: str
    completion: str
    is_current: bool


class Explained(Struct, frozen=True):
    """All that is known of a row. `silent` are the parts of which nothing was sent, with the unit that owes them.

    `circulars` are the covering texts that list it, each with whether they say what the row says now.
    """

    collected: Collected
    task: PeriodTask
    row: Row
    sent: tuple[Sent, ...]
    silent: tuple[tuple[str, Ask], ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    rulings: tuple[Ruling, ...]
    decisions: tuple[Decision, ...]
    printed: tuple[Printed, ...]
    circulars: tuple[tuple[str, bool], ...] = ()


def explain(workspace: Workspace, period: Period, seq: int, now: datetime, progress: Progress) -> Explained:
    """Return where the row of task `seq` comes from. Raises CannotRun for a task that the period does not have."""
    collected = collect(workspace, period, now, progress)
    month = collected.month
    task = next((task for task in month.plan.tasks if task.seq == seq), None)
    if task is None:
        known = seq_ranges(task.seq for task in month.plan.tasks)
        raise cannot_run(Code.W21, seq=seq, known=known)
    row = next(row for row in collected.merged.rows if row.seq == seq)
    sent = tuple(one for part, ask in task.parts for one in _sent(part, ask, collected))
    answered = {one.part for one in sent}
    rulings = [one for one in collected.rulings.all if one.seq == seq and _says_anything(one, collected)]
    return Explained(
        collected,
        task,
        row,
        sent,
        tuple((part, ask) for part, ask in task.parts if part not in answered),
        tuple(change for change in collected.merged.changes if change.seq == seq),
        tuple(finding for finding in collected.findings if _is_about(finding, seq)),
        tuple(rulings),
        tuple(decision for decision in collected.decisions if decision.seq == seq),
        tuple(_printed(row, collected)),
        tuple(_circulars(row, collected)),
    )


def _sent(part: str, ask: Ask, collected: Collected) -> Iterator[Sent]:
    """Yield what each return of a unit says of one part, the one that counts first."""
    report = collected.reports.get(ask.unit)
    used = report.answers.get(ask.key) if report else None
    by_file = {one.file: one for one in collected.returns if one.unit == ask.unit}
    found = answers_of(ask, by_file.values())
    if used is not None and used.place.file in by_file:
        found.setdefault(used.place.file, used)
    for file in sorted(found, key=lambda name: (used is None or name != used.place.file, name)):
        is_used = used is not None and file == used.place.file
        yield Sent(part, ask, by_file[file], found[file], "" if is_used else _reason(file, ask.seq, part, collected))


def _reason(file: str, seq: int, part: str, collected: Collected) -> str:
    """Return why the answer in a return does not count."""
    for decision in collected.decisions:
        if (decision.seq, decision.part, decision.field) == (seq, part, RETURN):
            return f"本室选用了“{decision.after}”"
    for finding in collected.intake.lasting:
        if finding.code is Code.F08 and finding.place.file == file:
            return str(finding.values["reason"])
    return "有后报的一份"


def _says_anything(ruling: Ruling, collected: Collected) -> bool:
    return any(collected.rulings.written[ruling.key].values()) and (
        collected.rulings.has_decided(ruling.key) or bool(ruling.opinion)
    )


def _is_about(finding: Finding, seq: int) -> bool:
    if finding.code is not Code.M01:
        return finding.seq == seq
    keys = finding.values["keys"]
    assert isinstance(keys, tuple)
    return any(number == seq for number, _part in keys)


def _printed(row: Row, collected: Collected) -> Iterator[Printed]:
    """Yield what the final notices in output/P/ print, as the last build left them."""
    folder = collected.month.output_dir
    builds: Builds = read_builds(folder / BUILDS)
    for name in _written(folder):
        build = builds.of_file(name)
        texts = build.by_seq.get(str(row.seq)) if build and (folder / name).exists() else None
        if texts is not None and name.endswith((".docx", ".xlsx")):
            text = texts.get(COMPLETION, "")
            yield Printed(name, text, text == row.printed_completion)


def _circulars(row: Row, collected: Collected) -> Iterator[tuple[str, bool]]:
    """Yield each written circular that lists the row, and whether it has the text that the row has now."""
    folder = collected.month.output_dir
    builds = read_builds(folder / BUILDS)
    for name in _written(folder):
        if not name.endswith(".docx") or builds.of_file(name) is not None or not (folder / name).exists():
            continue
        try:
            text = squeeze(read_word_text((folder / name).read_bytes(), name))
        except CannotRun:
            continue  # somebody has damaged it; the commands that need it say so
        if f"第{row.seq}项“" in text:
            yield name, squeeze(row.completion) in text


def _written(folder: Path) -> tuple[str, ...]:
    """Return the names of the files of the last build."""
    manifest = folder / MANIFEST
    return tuple(written_hashes(manifest.read_bytes())) if manifest.is_file() else ()
