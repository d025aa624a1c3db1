"""`build P`: merge, apply rulings, write, read back, compare."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from reportgen import __version__
from reportgen.commands.circular import TEMPLATE as CIRCULAR
from reportgen.commands.circular import circular_file
from reportgen.commands.collect import Collected, Month, Progress, collect
from reportgen.commands.press import LEADERS_FOLDER, notice_templates, open_press, print_for_leaders, print_notice
from reportgen.commands.proof import at_risk
from reportgen.core.compose import DRAFT, compose
from reportgen.core.figures import Figures, figures
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.merge import unprinted_characters
from reportgen.core.notice import Merged, Notice
from reportgen.core.period import Period
from reportgen.core.statistics import statistics
from reportgen.core.text import file_name
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE
from reportgen.readers.past import past_files
from reportgen.readers.workspace import Workspace
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import Built, write_manifest, written_hashes
from reportgen.writers.pdf import find_office, print_to_pdf
from reportgen.writers.replace import digest, recover, replace_files
from reportgen.writers.statistics_sheets import add_statistics


@dataclass(frozen=True, slots=True)
class BuildDone:
    """What `build` did. `outputs` is empty when open errors kept it from writing; `stale` are older notices then.

    `kept_aside` are notices that a person had edited since they were written, under their new names; `notes` tell what
    is left to the clerk in what was written.
    """

    collected: Collected
    figures: Figures
    outputs: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    kept_aside: tuple[Path, ...] = ()
    is_draft: bool = False
    notes: tuple[Finding, ...] = ()


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
    recover(workspace.output_dir(period))
    collected = collect(workspace, period, now, progress)
    month = collected.month
    counts = figures(collected.merged.rows, month.settings.statuses)
    if collected.open_errors and not is_draft:
        return BuildDone(collected, counts, stale=_older_notices(month))
    press = open_press(month)
    notice = compose(collected.merged, month.settings, press.headings, collected.units, is_draft)
    _nothing_is_lost(collected.merged)
    # Half of the figures would mislead; a draft has none.
    sheets = () if is_draft else statistics(collected.results, month.ledger)
    notices = print_notice(press, notice, _stem(notice), partial(add_statistics, sheets=sheets))
    files = dict(notices)
    circular = circular_file(collected, notice)
    if circular is not None:
        files[circular.name] = circular.content
    if office is not None and printing is not None:
        printed = print_to_pdf(files, office, printing)
        files |= {_pdf_name(name): content for name, content in printed.items()}
    aside: dict[str, bytes] = {}
    remove: tuple[str, ...] = ()
    if not is_draft:
        if for_leaders or (month.output_dir / LEADERS_FOLDER).is_dir():
            files |= print_for_leaders(press, notice, collected)
        aside, remove = _edited_and_outdated(month.output_dir, files)
        files[MANIFEST] = write_manifest(_built(month, collected, notice, files))
    replace_files(month.output_dir, {**aside, **files}, remove)
    paths = tuple(month.output_dir / name for name in files)
    kept = tuple(month.output_dir / name for name in aside)
    notes = (*(circular.notes if circular else ()), *(() if is_draft else at_risk(notices, press)))
    return BuildDone(collected, counts, paths, (), kept, is_draft, notes)


def _stem(notice: Notice) -> str:
    name = file_name(notice.title)
    return f"{DRAFT}-{name}" if notice.is_draft else name


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


def _edited_and_outdated(folder: Path, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the notices that a person edited, under new names, and the files of an earlier title to be removed."""
    manifest = folder / MANIFEST
    hashes = written_hashes(manifest.read_bytes()) if manifest.exists() else {}
    aside: dict[str, bytes] = {}
    remove: list[str] = []
    for name in dict.fromkeys((*hashes, *files)):
        path = folder / name
        if not path.exists():
            continue
        content = path.read_bytes()
        is_edited = digest(content) not in (hashes.get(name), digest(files.get(name, b"")))
        if is_edited:
            aside[_free_name(folder, name, aside)] = content
        if name not in files:
            remove.append(name)
    return aside, tuple(remove)


def _free_name(folder: Path, name: str, taken: Mapping[str, bytes]) -> str:
    path = PurePosixPath(name)
    names = (path.with_name(f"{path.stem}（人工修改{n}）{path.suffix}").as_posix() for n in itertools.count(1))
    return next(free for free in names if free not in taken and not (folder / free).exists())


def _built(month: Month, collected: Collected, notice: Notice, files: Mapping[str, bytes]) -> Built:
    workspace = month.workspace
    before = month.period.previous
    own = (
        workspace.config_file,
        workspace.ledger_file(month.period.year),
        *(workspace.root / name for name in notice_templates(month)),
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
        result=collected.result,
        findings=collected.findings,
        outputs=dict(files),
    )
