"""`build P`: merge, apply rulings, write, read back, compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen import __version__
from reportgen.commands.collect import Collected, Month, Progress, collect
from reportgen.core import derived
from reportgen.core.compose import DRAFT, compose
from reportgen.core.figures import Figures, figures
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.layout import Layout, agreed
from reportgen.core.merge import unprinted_characters
from reportgen.core.notice import Merged, Notice, differences
from reportgen.core.period import Period
from reportgen.core.text import file_name
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE
from reportgen.readers.printed_notice import read_printed_notice
from reportgen.readers.workspace import Workspace, read_template, template_name
from reportgen.writers import notice_docx as docx
from reportgen.writers import notice_xlsx as xlsx
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.manifest import Built, write_manifest, written_hashes
from reportgen.writers.replace import digest, recover, replace_files

WORD, EXCEL = "notice.docx", "notice.xlsx"


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


def build(workspace: Workspace, period: Period, now: datetime, progress: Progress, is_draft: bool = False) -> BuildDone:
    """Write the notice of the period as Word and Excel; nothing is written while an error is open, drafts aside.

    Raises CannotRun for templates that cannot be used, files that cannot be replaced, and a notice that does not read
    back as the model says.
    """
    recover(workspace.output_dir(period))
    collected = collect(workspace, period, now, progress)
    month = collected.month
    counts = figures(collected.merged.rows, month.settings.statuses)
    if collected.open_errors and not is_draft:
        return BuildDone(collected, counts, stale=_older_notices(month))
    notice, documents = _documents(month, collected, is_draft)
    files = {f"{_stem(notice)}.{suffix}": content for suffix, content in documents.items()}
    aside: dict[str, bytes] = {}
    remove: tuple[str, ...] = ()
    if not is_draft:
        aside, remove = _edited_and_outdated(month.output_dir, files)
        files[MANIFEST] = write_manifest(_built(month, collected, notice, files))
    replace_files(month.output_dir, {**aside, **files}, remove)
    paths = tuple(month.output_dir / name for name in files)
    return BuildDone(collected, counts, paths, (), tuple(month.output_dir / name for name in aside), is_draft)


def _stem(notice: Notice) -> str:
    name = file_name(notice.title)
    return f"{DRAFT}-{name}" if notice.is_draft else name


def _documents(month: Month, collected: Collected, is_draft: bool) -> tuple[Notice, dict[str, bytes]]:
    """Return the notice and its documents by suffix, each read back and found equal to the notice."""
    label = month.period.label
    names = _templates(month)
    word, excel = (read_template(month.workspace, name) for name in names)
    allowed = [*(field.key for field in month.settings.fields), *derived.KEYS]
    layout = agreed(docx.notice_columns(word, names[0], allowed), xlsx.notice_columns(excel, names[1], allowed))
    headings = layout.headings(label)
    notice = compose(collected.merged, month.settings, headings, collected.units, is_draft)
    _nothing_is_lost(collected.merged)
    documents = {
        "docx": docx.write_notice_docx(word, names[0], notice, label),
        "xlsx": xlsx.write_notice_xlsx(excel, names[1], notice, label),
    }
    for suffix, content in documents.items():
        _reads_back(content, f"{_stem(notice)}.{suffix}", notice, layout, month)
    return notice, documents


def _templates(month: Month) -> tuple[str, str]:
    """Return the paths of the templates for Word and Excel in the set that the settings choose."""
    word, excel = (template_name(month.workspace, month.settings.template_set, name) for name in (WORD, EXCEL))
    return word, excel


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


def _reads_back(content: bytes, name: str, notice: Notice, layout: Layout, month: Month) -> None:
    """Compare a written document with the notice through the reader that also serves `init --from` (rule 9)."""
    extra_names = {heading: key for key, heading in notice.headings.items()}
    printed, _findings = read_printed_notice(content, name, month.settings.fields, extra_names, notice.title)
    different = differences(notice, printed, layout.keys)
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
            aside[_free_name(path, aside)] = content
        if name not in files:
            remove.append(name)
    return aside, tuple(remove)


def _free_name(path: Path, taken: Mapping[str, bytes]) -> str:
    number = 1
    while True:
        name = f"{path.stem}（人工修改{number}）{path.suffix}"
        if name not in taken and not path.with_name(name).exists():
            return name
        number += 1


def _built(month: Month, collected: Collected, notice: Notice, files: Mapping[str, bytes]) -> Built:
    workspace = month.workspace
    own = (
        workspace.config_file,
        workspace.ledger_file(month.period.year),
        *(workspace.root / name for name in _templates(month)),
        month.input_dir / RULINGS_FILE,
        month.input_dir / RECEIPTS_FILE,
    )
    read = {workspace.name_of(path): path.read_bytes() for path in own if path.exists()}
    return Built(
        version=__version__,
        period=month.period.code,
        title=notice.title,
        inputs={**read, **collected.inputs},
        returns=collected.returns,
        reports=tuple(collected.reports.values()),
        merged=collected.merged,
        findings=collected.findings,
        outputs=dict(files),
    )
