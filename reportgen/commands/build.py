"""`build P`: merge, apply rulings, write, read back, compare."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reportgen import __version__
from reportgen.commands.collect import Collected, Month, Progress, collect
from reportgen.core.compose import DRAFT, compose, of_leaders
from reportgen.core.fields import Fields
from reportgen.core.figures import Figures, figures
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.layout import Layout, agreed
from reportgen.core.merge import unprinted_characters
from reportgen.core.notice import Merged, Notice, differences
from reportgen.core.period import Period
from reportgen.core.statistics import statistics
from reportgen.core.text import file_name, file_names
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE
from reportgen.readers.past import past_files
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.workspace import Workspace, read_template
from reportgen.writers import notice_docx as docx
from reportgen.writers import notice_xlsx as xlsx
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import Built, write_manifest, written_hashes
from reportgen.writers.replace import digest, recover, replace_files
from reportgen.writers.statistics_sheets import add_statistics

if TYPE_CHECKING:
    from openpyxl import Workbook

LEADERS_FOLDER = "分送"
WORD, EXCEL = _TEMPLATES = ("templates/notice.docx", "templates/notice.xlsx")


@dataclass(frozen=True, slots=True)
class BuildDone:
    """What `build` did. `outputs` is empty when open errors kept it from writing; `stale` are older notices then.

    `kept_aside` are notices that a person had edited since they were written, under their new names.
    """

    collected: Collected
    figures: Figures
    outputs: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    kept_aside: tuple[Path, ...] = ()
    is_draft: bool = False


def build(
    workspace: Workspace,
    period: Period,
    now: datetime,
    progress: Progress,
    is_draft: bool = False,
    for_leaders: bool = False,
) -> BuildDone:
    """Write the notice of the period as Word and Excel; nothing is written while an error is open, drafts aside.

    `for_leaders` also writes each leader's rows into 分送/; where that folder stands they are always kept up to date.
    Raises CannotRun for templates that cannot be used, files that cannot be replaced, and a notice that does not read
    back as the model says.
    """
    recover(workspace.output_dir(period))
    collected = collect(workspace, period, now, progress)
    month = collected.month
    counts = figures(collected.merged.rows, month.settings.statuses)
    if collected.open_errors and not is_draft:
        return BuildDone(collected, counts, stale=_older_notices(month))
    press = _press(month)
    notice = compose(
        collected.merged, month.settings.title, press.layout.headings(press.label), collected.units, is_draft
    )
    _nothing_is_lost(collected.merged)
    # Half of the figures would mislead; a draft has none.
    sheets = () if is_draft else statistics(collected.results, month.ledger)
    files = _printed(press, notice, _stem(notice), partial(add_statistics, sheets=sheets))
    aside: dict[str, bytes] = {}
    remove: tuple[str, ...] = ()
    if not is_draft:
        if for_leaders or (month.output_dir / LEADERS_FOLDER).is_dir():
            files |= _of_leaders(press, notice, collected)
        aside, remove = _edited_and_outdated(month.output_dir, files)
        files[MANIFEST] = write_manifest(_built(month, collected, notice, files))
    replace_files(month.output_dir, {**aside, **files}, remove)
    paths = tuple(month.output_dir / name for name in files)
    return BuildDone(collected, counts, paths, (), tuple(month.output_dir / name for name in aside), is_draft)


def _stem(notice: Notice) -> str:
    name = file_name(notice.title)
    return f"{DRAFT}-{name}" if notice.is_draft else name


@dataclass(frozen=True, slots=True)
class _Press:
    """What notices are printed with: both templates, the layout they share, the fields by which they are read back."""

    word: bytes
    excel: bytes
    layout: Layout
    fields: Fields
    label: str


def _press(month: Month) -> _Press:
    word, excel = (read_template(month.workspace, name) for name in _TEMPLATES)
    fields = month.settings.fields
    allowed = [field.key for field in fields]
    layout = agreed(docx.notice_columns(word, WORD, allowed), xlsx.notice_columns(excel, EXCEL, allowed))
    return _Press(word, excel, layout, fields, month.period.label)


def _printed(
    press: _Press, notice: Notice, stem: str, behind: Callable[[Workbook], None] = lambda _workbook: None
) -> dict[str, bytes]:
    """Return both documents of a notice by name, each read back and found equal to it."""
    documents = {
        f"{stem}.docx": docx.write_notice_docx(press.word, WORD, notice, press.label),
        f"{stem}.xlsx": xlsx.write_notice_xlsx(press.excel, EXCEL, notice, press.label, behind),
    }
    for name, content in documents.items():
        _reads_back(content, name, notice, press)
    return documents


def _of_leaders(press: _Press, notice: Notice, collected: Collected) -> dict[str, bytes]:
    """Return the documents of each leader by name: the rows of the notice, no others."""
    order = [leader.name for leader in collected.month.ledger.leaders]
    notices = of_leaders(notice, collected.merged, order)
    files: dict[str, bytes] = {}
    for leader, name in file_names(notices).items():
        files |= _printed(press, notices[leader], f"{LEADERS_FOLDER}/{name}")
    return files


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


def _reads_back(content: bytes, name: str, notice: Notice, press: _Press) -> None:
    """Compare a written document with the notice through the reader that also serves `init --from` (rule 9)."""
    extra_names = {heading: key for key, heading in notice.headings.items()}
    printed, _findings = read_printed_notice(content, name, press.fields, extra_names, notice.title)
    different = differences(notice, printed, press.layout.keys)
    if different:
        raise CannotRun(
            Finding(
                Code.W10,
                one.place,
                values={
                    "name": name,
                    "where": f"第{one.seq}项“{one.heading}”" if one.seq else one.heading,
                    "expected": one.expected,
                    "found": one.found,
                },
            )
            for one in different
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
        *(workspace.root / name for name in _TEMPLATES),
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
