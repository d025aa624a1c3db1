"""`archive P`: one zip of all that a printed period was made from and of all that was made."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from reportgen.core.archive import INDEX, MAX_KEPT_BYTES, Entry, Index, index_content, unfit_names
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run
from reportgen.core.period import Period
from reportgen.readers.inbox import RECEIPTS_FILE, RULINGS_FILE, incoming
from reportgen.readers.past import Recorded, past_files, read_recorded
from reportgen.readers.workspace import Workspace, template_files
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.replace import digest, write_file, zipped

FOLDER = "output/存档"
_PASSED_OVER = (".", "~$")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")


class ArchiveDone(Struct, frozen=True):
    """What was archived: where the zip stands, its own hash, its index; `is_new` unless the same one stood there."""

    path: Path
    mark: str
    index: Index
    is_new: bool


def archive(workspace: Workspace, period: Period) -> ArchiveDone:
    """Write the archive of a printed period to output/存档/P.zip; an earlier one with other content stays beside it.

    Raises CannotRun when there is no notice, or when files have changed since it was built: an archive must be able to
    build it again.
    """
    recorded = read_recorded(workspace.output_dir(period) / MANIFEST)
    if recorded is None:
        raise cannot_run(Code.A01, period=period.code, label=period.label)
    changed = [*_changed(workspace, period, recorded), *_unlisted(workspace, period, recorded)]
    if changed:
        raise CannotRun(changed)
    files = _files(workspace, period)
    unfit = unfit_names(files)
    if unfit:
        values = [{"name": name, "reason": reason} for name, reason in unfit.items()]
        raise CannotRun(Finding(Code.A04, Place(one["name"]), values=one) for one in values)
    if sum(map(len, files.values())) > MAX_KEPT_BYTES:
        reason = f"内容合计超过 {MAX_KEPT_BYTES >> 20} MB"
        raise cannot_run(Code.A04, name=f"input/{period}/", reason=reason)
    entries = tuple(Entry(name, digest(content), len(content)) for name, content in sorted(files.items()))
    index = Index(recorded.version, period, recorded.title, entries)
    content = zipped({INDEX: index_content(index), **dict(sorted(files.items()))})
    path, is_new = _free_place(workspace.root / FOLDER, period, content)
    if is_new:
        write_file(path, content)
    return ArchiveDone(path, digest(content), index, is_new)


def _changed(workspace: Workspace, period: Period, recorded: Recorded) -> Iterator[Finding]:
    """Yield each input and output that is not what the manifest says."""
    outputs = {f"output/{period}/{name}": mark for name, mark in recorded.outputs.items()}
    for code, marks in ((Code.A02, outputs), (Code.A03, recorded.inputs)):
        for name, mark in marks.items():
            path = workspace.root / name
            if not path.is_file():
                yield _finding(code, name, "不在了", period)
            elif digest(path.read_bytes()) != mark:
                yield _finding(code, name, "有改动", period)


def _unlisted(workspace: Workspace, period: Period, recorded: Recorded) -> Iterator[Finding]:
    """Yield each input that a build would read now and did not read then."""
    before = period.previous
    own = [workspace.input_dir(period) / RULINGS_FILE, workspace.input_dir(period) / RECEIPTS_FILE]
    own += [workspace.input_dir(before) / RULINGS_FILE] if before else []
    names = [workspace.name_of(path) for path in own if path.is_file()]
    names += [f"input/{period}/{one.name}" for one in incoming(workspace.input_dir(period)) if one.is_input]
    names += past_files(workspace.root, period)
    for name in names:
        if name not in recorded.inputs:
            yield _finding(Code.A03, name, "是新增的", period)


def _finding(code: Code, name: str, reason: str, period: Period) -> Finding:
    return Finding(code, Place(name), values={"name": name, "reason": reason, "period": period.code})


def _files(workspace: Workspace, period: Period) -> dict[str, bytes]:
    """Return all that belongs to a period by its path in the workspace."""
    before = period.previous
    single = [workspace.config_file, workspace.ledger_file(period.year)]
    single += [workspace.input_dir(before) / RULINGS_FILE] if before else []
    files = {workspace.name_of(path): path.read_bytes() for path in single if path.is_file()}
    for folder in (workspace.input_dir(period), workspace.output_dir(period)):
        files |= _below(folder, workspace)
    return {**files, **template_files(workspace), **past_files(workspace.root, period)}


def _below(folder: Path, workspace: Workspace) -> Mapping[str, bytes]:
    """Return the files of a folder; what programs leave behind, and links that lead out, are none of them."""
    root = folder.resolve()
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_left_behind = any(p.startswith(_PASSED_OVER) or p.lower() in _SYSTEM_FILES for p in parts)
        if not is_left_behind and path.is_file() and path.resolve().is_relative_to(root):
            found[workspace.name_of(path)] = path.read_bytes()
    return found


def _free_place(folder: Path, period: Period, content: bytes) -> tuple[Path, bool]:
    """Return where the archive goes, and whether it is not there yet."""
    names = (f"{period}.zip" if n == 1 else f"{period}（{n}）.zip" for n in itertools.count(1))
    path = next(p for p in (folder / name for name in names) if not p.exists() or p.read_bytes() == content)
    return path, not path.exists()
