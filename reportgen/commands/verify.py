"""`verify ZIP`: is an archive whole, and does what it holds give the same notice again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct

from reportgen import __version__
from reportgen.commands.build import build
from reportgen.commands.press import LEADERS_FOLDER
from reportgen.commands.progress import Progress
from reportgen.core.archive import Index
from reportgen.core.findings import CannotRun, Code, Finding, Place, shortened
from reportgen.core.grid import text_of
from reportgen.readers.archive import unpack_archive
from reportgen.readers.grids import read_book
from reportgen.readers.past import read_recorded
from reportgen.readers.wordtables import read_word_text
from reportgen.readers.workspace import Workspace
from reportgen.writers.manifest import FILE as MANIFEST
from reportgen.writers.replace import digest


class Again(Enum):
    """What came of a document that was built again; the value is what people read."""

    SAME_BYTES = "逐字节相同"
    SAME_CONTENT = "内容相同，字节不同"
    DIFFERENT = "内容不同"
    NOT_BUILT = "没有重做"


class VerifyDone(Struct, frozen=True):
    """What was found: by which the archive is not whole or not the same again, and each document built again.

    `rebuilt` is empty when the archive is not whole.
    """

    path: Path
    mark: str
    index: Index
    findings: tuple[Finding, ...]
    rebuilt: Mapping[str, Again]

    @property
    def is_other_version(self) -> bool:
        return self.index.version != __version__


def verify(path: Path, now: datetime, progress: Progress) -> VerifyDone:
    """Check an archive file by file, and build its period anew in a folder that is thrown away.

    Raises CannotRun for a file that is no archive.
    """
    with tempfile.TemporaryDirectory(prefix="reportgen-") as name:
        folder = Path(name)
        index, findings = unpack_archive(path, folder)
        rebuilt: dict[str, Again] = {}
        if not findings:
            findings, rebuilt = _built_again(Workspace(folder), index, now, progress)
        return VerifyDone(path, digest(path.read_bytes()), index, findings, rebuilt)


def _built_again(
    workspace: Workspace, index: Index, now: datetime, progress: Progress
) -> tuple[tuple[Finding, ...], dict[str, Again]]:
    """Build the period of an unpacked archive and compare each of its documents with the archived one."""
    folder = workspace.output_dir(index.period)
    recorded = read_recorded(folder / MANIFEST)
    if recorded is None:
        return (_not_done(f"“{MANIFEST}”读不出来。"),), {}
    names = (*recorded.outputs, MANIFEST)
    # The names come out of the archive; those of its index are known to lead nowhere else.
    missing = [name for name in names if f"output/{index.period}/{name}" not in index.by_name]
    if missing:
        return (_not_done(f"存档里没有“{missing[0]}”。"),), {}
    archived = {name: (folder / name).read_bytes() for name in names}
    for name in names:
        (folder / name).unlink()
    for_leaders = any(name.startswith(f"{LEADERS_FOLDER}/") for name in names)
    try:
        done = build(workspace, index.period, now, progress, for_leaders=for_leaders)
    except CannotRun as error:
        return (_not_done(f"{error}"),), {}
    if not done.outputs:
        return (_not_done(f"还有 {len(done.collected.open_errors)} 个错误没有处理。"),), {}
    return _compared(folder, archived)


def _not_done(reason: str) -> Finding:
    return Finding(Code.A08, values={"reason": reason})


def _compared(folder: Path, archived: Mapping[str, bytes]) -> tuple[tuple[Finding, ...], dict[str, Again]]:
    findings: list[Finding] = []
    rebuilt: dict[str, Again] = {}
    for name, before in archived.items():
        path = folder / name
        if not path.is_file() and name.endswith(".pdf"):
            rebuilt[name] = Again.NOT_BUILT  # another LibreOffice, other fonts: another PDF
            continue
        after = path.read_bytes() if path.is_file() else b""
        different = _difference(name, before, after)
        same = Again.SAME_BYTES if after == before else Again.SAME_CONTENT
        rebuilt[name] = Again.DIFFERENT if different else same
        if different:
            findings.append(Finding(Code.A07, Place(name), values={"name": name, "reason": different}))
    return tuple(findings), rebuilt


def _difference(name: str, before: bytes, after: bytes) -> str:
    """Return the first place where two documents say different things, "" where they say the same."""
    if before == after:
        return ""
    if not after:
        return "没有生成"
    try:
        old, new = _texts(name, before), _texts(name, after)
    except (CannotRun, ValueError, KeyError, TypeError, AttributeError):
        return "读不出来，无法比较"
    for place in dict.fromkeys((*old, *new)):
        if old.get(place, "") != new.get(place, ""):
            was, now = shortened(old.get(place, "")) or "空", shortened(new.get(place, "")) or "空"
            return f"{place}存档为“{was}”，重新生成为“{now}”"
    return ""


def _texts(name: str, content: bytes) -> dict[str, str]:
    """Return what a document says by place."""
    if name == MANIFEST:
        return dict(_leaves(_comparable(json.loads(content))))
    if name.endswith(".docx"):
        return {f"第{n}段": line for n, line in enumerate(read_word_text(content, name).split("\n"), 1)}
    book, findings = read_book(content, name)
    if book is None:
        raise CannotRun(findings)
    return {
        str(grid.place(row, column)).removeprefix(f"{name} "): text_of(value)
        for grid in book.grids
        for (row, column), value in grid.cells.items()
    }


def _comparable(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return of a manifest what another version of the program must say too: what was read, and the rows."""
    rows = [{key: row.get(key, "") for key in ("seq", "status", "completion")} for row in manifest["rows"]]
    return {"title": manifest["title"], "inputs": manifest["inputs"], "rows": rows}


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{place}[{number}]")
    else:
        yield place, str(value)
