"""`build P`: merge, apply rulings, write, read back, compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path

from msgspec import Struct

from reportgen import __version__
from reportgen.commands.circular import TEMPLATE as CIRCULAR
from reportgen.commands.circular import circular_file
from reportgen.commands.collect import Collected, collect, settle
from reportgen.commands.month import FORM_TEMPLATE, Month
from reportgen.commands.press import LEADERS_FOLDER, notice_templates, open_press, print_for_leaders, print_notice
from reportgen.commands.progress import Doing, Progress, step
from reportgen.commands.proof import at_risk
from reportgen.core.builds import Builds, PrintedBuild, is_aside, printed_build
from reportgen.core.compose import DRAFT, compose
from reportgen.core.edits import edits
from reportgen.core.figures import Figures, figures
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.merge import unprinted_characters
from reportgen.core.notice import Merged, Notice
from reportgen.core.period import Period
from reportgen.core.statistics import statistics
from reportgen.core.text import file_name
from reportgen.readers.builds import read_builds
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE
from reportgen.readers.past import past_files
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.workspace import Workspace
from reportgen.writers.builds import FILE as BUILDS
from reportgen.writers.builds import write_builds
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import Built, write_manifest, written_hashes
from reportgen.writers.pdf import find_office, print_to_pdf
from reportgen.writers.replace import digest, free_name, replace_files
from reportgen.writers.statistics_sheets import add_statistics, printable

_DRAFTS = f"{DRAFT}-"  # what their names begin with


class Aside(Enum):
    """What a file that a person had edited says beside the new one; OTHERWISE where nothing of it can be adopted."""

    THE_SAME = "the_same"
    ADOPTABLE = "adoptable"
    OTHERWISE = "otherwise"
    NO_NOTICE = "no_notice"


class BuildDone(Struct, frozen=True):
    """What `build` did. `outputs` is empty when open errors kept it from writing; `stale` are older notices then.

    `kept_aside` are files that a person had edited since they were written, under their new names, each with
    what it says beside the new one; `notes` tell what is left to the clerk. `dropped` are the drafts that a final
    notice takes the place of.
    """

    collected: Collected
    figures: Figures
    outputs: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    kept_aside: tuple[tuple[Path, Aside], ...] = ()
    is_draft: bool = False
    notes: tuple[Finding, ...] = ()
    dropped: tuple[Path, ...] = ()


def build(
    workspace: Workspace,
    period: Period,
    now: datetime,
    progress: Progress,
    is_draft: bool = False,
    printing: Progress | None = None,
    for_leaders: bool = False,
) -> BuildDone:
    """Write the notice of the period as Word and Excel, and the circular; with `printing`, its progress, also as PDF.

    `for_leaders` also writes each leader's rows into 分送/; where that folder stands they are always kept up to date.
    Nothing is written while an error is open, drafts aside. Raises CannotRun for templates that cannot be used, files
    that cannot be replaced, documents that do not read back as the model says, and a PDF that cannot be made.
    """
    office = None if printing is None else find_office()
    found_edited = settle(workspace, period)
    collected = collect(workspace, period, now, progress)
    month = collected.month
    counts = figures(collected.merged.rows, month.settings.statuses)
    if collected.open_errors and not is_draft:
        return BuildDone(
            collected, counts, (), _older_notices(month), tuple((path, Aside.NO_NOTICE) for path in found_edited)
        )
    out = _print(collected, office, progress, printing, for_leaders, is_draft)
    files = out.files
    builds = read_builds(month.output_dir / BUILDS)
    aside, remove = _edited_and_outdated(month.output_dir, files, builds, is_draft)
    digests = {name: digest(content) for name, content in files.items()}
    old_names = {new: old for new, (old, _content) in aside.items()}
    builds = builds.with_build(out.build, digests, out.notices, old_names, remove)
    if not is_draft:
        files[MANIFEST] = write_manifest(_built(month, collected, out.notice, files))
    kept = {name: content for name, (_old, content) in aside.items()}
    replace_files(month.output_dir, {**kept, **files, BUILDS: write_builds(builds)}, remove)
    edited = {**{month.output_dir / name: content for name, content in kept.items()}, **_contents(found_edited)}
    said = tuple((path, _beside_the_new(content, path, builds, month)) for path, content in edited.items())
    paths = tuple(month.output_dir / name for name in files)
    dropped = () if is_draft else tuple(month.output_dir / name for name in remove if _is_draft(name))
    return BuildDone(collected, counts, paths, (), said, is_draft, out.notes, dropped)


class _Output(Struct, frozen=True):
    """What is printed: the notice, all files by name, which of them are notices, the build, and what is left to do."""

    notice: Notice
    files: dict[str, bytes]
    notices: tuple[str, ...]
    build: PrintedBuild
    notes: tuple[Finding, ...]


def _print(
    collected: Collected,
    office: Path | None,
    progress: Progress,
    printing: Progress | None,
    for_leaders: bool,
    is_draft: bool,
) -> _Output:
    month = collected.month
    press = open_press(month)
    notice = compose(collected.merged, month.settings, press.headings, collected.units, is_draft)
    _nothing_is_lost(collected.merged)
    # Half of the figures would mislead; a draft has none.
    sheets = () if is_draft else statistics(collected.results, month.ledger)
    files, beside = print_notice(press, notice, _stem(notice), partial(add_statistics, sheets=sheets), progress)
    told = () if is_draft else at_risk(files, press)
    notices = tuple(files)
    with step(progress, Doing.CIRCULAR):
        circular = circular_file(collected, notice)
    if circular is not None:
        files[circular.name] = circular.content
    if office is not None and printing is not None:
        pages = print_to_pdf(printable(files), office, printing)
        files |= {_pdf_name(name): content for name, content in pages.items()}
    if not is_draft and (for_leaders or (month.output_dir / LEADERS_FOLDER).is_dir()):
        shares = print_for_leaders(press, notice, collected)
        files, notices = {**files, **shares}, (*notices, *shares)
    build = printed_build(notice, collected.intake.grounds, beside)
    return _Output(notice, files, notices, build, (*(circular.notes if circular else ()), *told))


def _contents(paths: Sequence[Path]) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in paths}


def _beside_the_new(content: bytes, path: Path, builds: Builds, month: Month) -> Aside:
    """Return what a file that somebody edited says beside the new one."""
    name = path.relative_to(month.output_dir).as_posix()
    now = builds.current_of(name) or builds.current_of(name.removeprefix(_DRAFTS))
    if now is None:
        return Aside.NO_NOTICE
    names = {heading: key for key, heading in now.headings.items()}
    try:
        printed, _findings = read_printed_notice(
            content, path.name, month.settings.fields, names, now.title, now.headings
        )
    except CannotRun:
        return Aside.NO_NOTICE
    found = edits(printed, (now,), path.suffix.lower().lstrip("."))
    if found.cells:
        return Aside.ADOPTABLE
    is_draft = name.startswith(_DRAFTS) and not builds.current_of(name)
    # Beside the table a draft says that it is one.
    return Aside.OTHERWISE if found.others and not is_draft else Aside.THE_SAME


def _is_draft(name: str) -> bool:
    """Tell whether a file is a draft that was not kept aside."""
    return name.startswith(_DRAFTS) and not is_aside(name)


def _stem(notice: Notice) -> str:
    name = file_name(notice.title)
    return f"{_DRAFTS}{name}" if notice.is_draft else name


def _pdf_name(name: str) -> str:
    """Return the name of a document's PDF; Word and Excel have one title, so that of Excel says what it is."""
    return (
        f"{name.removesuffix('.xlsx')}（Excel）.pdf" if name.endswith(".xlsx") else f"{name.removesuffix('.docx')}.pdf"
    )


def _nothing_is_lost(merged: Merged) -> None:
    lost = {row.seq: text for row in merged.rows if (text := unprinted_characters(row))}
    if lost:
        raise CannotRun(
            Finding(
                Code.W10,
                seq=seq,
                values={"name": "通报表", "where": f"第{seq}项", "expected": text, "found": "缺"},
            )
            for seq, text in lost.items()
        )


def _older_notices(month: Month) -> tuple[Path, ...]:
    manifest = month.output_dir / MANIFEST
    if not manifest.exists():
        return ()
    paths = (month.output_dir / name for name in written_hashes(manifest.read_bytes()))
    return tuple(path for path in paths if path.exists())


def _edited_and_outdated(
    folder: Path, files: Mapping[str, bytes], builds: Builds, is_draft: bool
) -> tuple[dict[str, tuple[str, bytes]], tuple[str, ...]]:
    """Return the notices that a person edited, by new name with the old one, and files to remove.

    Those are files of an earlier title, and drafts: next to the final notice one might be taken for it. A draft never
    touches a final file, so that only drafts are looked at then.
    """
    manifest = folder / MANIFEST
    known = {name: written.digest for name, written in builds.files.items()}
    hashes = {name: mark for name, mark in known.items() if name in files or _is_draft(name)}
    if not is_draft and manifest.exists():
        hashes |= written_hashes(manifest.read_bytes())
    aside: dict[str, tuple[str, bytes]] = {}
    remove: list[str] = []
    for name in dict.fromkeys((*hashes, *files)):
        path = folder / name
        if not path.exists():
            continue
        content = path.read_bytes()
        is_edited = digest(content) not in (hashes.get(name), digest(files.get(name, b"")))
        if is_edited:
            aside[free_name(folder, name, aside)] = (name, content)
        if name not in files:
            remove.append(name)
    return aside, tuple(remove)


def _built(month: Month, collected: Collected, notice: Notice, files: Mapping[str, bytes]) -> Built:
    workspace = month.workspace
    before = month.period.previous
    own = (
        workspace.config_file,
        workspace.ledger_file(month.period.year),
        *(workspace.root / name for name in notice_templates(month)),
        workspace.root / FORM_TEMPLATE,
        *([workspace.root / CIRCULAR] if month.settings.circular else []),
        month.input_dir / RULINGS_FILE,
        month.input_dir / RECEIPTS_FILE,
        *((workspace.input_dir(before) / RULINGS_FILE,) if before else ()),
    )
    read = {workspace.name_of(path): path.read_bytes() for path in own if path.exists()}
    return Built(
        version=__version__,
        period=month.period.code,
        title=notice.title,
        inputs={**read, **past_files(workspace.root, month.period), **collected.inputs},
        returns=collected.returns,
        reports=tuple(collected.reports.values()),
        merged=collected.merged,
        decisions=collected.decisions,
        result=collected.result,
        findings=collected.findings,
        outputs=dict(files),
    )
