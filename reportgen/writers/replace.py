"""Files are replaced whole or not at all, and the same input gives the same bytes."""

from __future__ import annotations

import errno
import io
import itertools
import json
import os
import zipfile
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

import msgspec

from reportgen.core.findings import CannotRun, Code, cannot_run

STAGING = ".reportgen-staging"
JOURNAL = "journal.json"
_UNFINISHED = "journal.unfinished"  # a journal that was cut short must not be taken for one
# Zip entries carry a time; the earliest that the format knows says nothing and never changes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` in hex."""
    return sha256(content).hexdigest()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of `files` (name: content) in the given order with fixed times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def as_json(content: object) -> bytes:
    """Return `content` as JSON in UTF-8, a line for each value; the library's own has no quick way to indent."""
    return msgspec.json.format(msgspec.json.encode(content), indent=1)


def parts_of(document: bytes) -> dict[str, bytes]:
    """Return the parts of an office document (a zip) in their order."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refusal(error: OSError, name: str) -> CannotRun:
    """Return the sentence for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return cannot_run(Code.W02, name=name)
    if isinstance(error, IsADirectoryError | NotADirectoryError | FileExistsError):
        return cannot_run(Code.W15, name=_in_the_way(error) or name)
    # Windows reports a file that Excel holds open and a read-only folder alike; the lock file tells them apart.
    if isinstance(error, PermissionError) and os.name == "nt":
        return cannot_run(Code.W01, name=name)
    return cannot_run(Code.W03, name=name)


def _in_the_way(error: OSError) -> str:
    """Return the name of the file where a folder should be, or of the folder where a file should be."""
    path = Path(error.filename or "")
    file = next((above for above in (path, *path.parents) if above.is_file()), path)
    return file.name


def is_held_open(path: Path) -> bool:
    """Tell whether an office program has `path` open, by the lock file it keeps beside it."""
    locks = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"), path.with_name(f".~{path.name}"))
    return path.exists() and any(lock.exists() for lock in locks)


def free_name(folder: Path, name: str, taken: Collection[str] = ()) -> str:
    """Return a name below `folder` under which the edited file `name` is kept: 通报表（人工修改1）.docx."""
    path = PurePosixPath(name)
    names = (path.with_name(f"{path.stem}（人工修改{n}）{path.suffix}").as_posix() for n in itertools.count(1))
    return next(free for free in names if free not in taken and not (folder / free).exists())


def write_file(path: Path, content: bytes) -> None:
    """Put `content` into `path` in one step. Raises CannotRun with the old file intact."""
    replace_files(path.parent, {path.name: content})


def replace_files(
    folder: Path,
    files: Mapping[str, bytes],
    remove: tuple[str, ...] = (),
    is_lasting: bool = True,
) -> None:
    """Replace `files` (name: content) in `folder` and remove the files named in `remove`, as one step.

    Names may lead into sub-folders (退回/区水利局.xlsx); one that becomes empty goes.
    Everything is written beside the old files first, then a journal that names old and new hashes, then each file is
    moved into place. `recover` finishes or takes back what was interrupted; a file that somebody edits in between is
    kept aside. Raises CannotRun before any old file was touched when one of them is held open, and when the disk is
    full or the folder read-only. Files that any run makes again (forms) may do without `is_lasting`: they are whole
    after the process was stopped, though perhaps not after a power cut; waiting for the disk takes 10 ms a file.
    """
    staging = folder / STAGING
    name = folder.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recover(folder)
        for name in (*files, *remove):
            if is_held_open(folder / name):
                raise cannot_run(Code.W01, name=name)
        staging.mkdir(exist_ok=True)
        for name, content in files.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            _write(staging / name, content, is_lasting)
        name = JOURNAL
        _write(staging / _UNFINISHED, _journal(folder, files, remove), is_lasting)
        (staging / _UNFINISHED).replace(staging / JOURNAL)
        _finish(folder)
    except OSError as error:
        recover(folder)
        raise refusal(error, name) from error


def recover(folder: Path) -> tuple[str, ...] | None:
    """Finish the replacing of files that was interrupted in `folder`, or take it back.

    Returns the names under which files are kept that somebody edited since; None when nothing was interrupted. It is
    taken back where no file was replaced yet and one of them has been edited.
    """
    staging = folder / STAGING
    if not staging.is_dir():
        return None
    try:
        if (staging / JOURNAL).exists() and not _is_overtaken(folder):
            return _finish(folder)
        (staging / JOURNAL).unlink(missing_ok=True)
        _clear(staging)
    except OSError:
        return None  # the next command that writes here meets the same obstacle and tells it
    return ()


def _is_overtaken(folder: Path) -> bool:
    """Tell whether no file of the journal was replaced yet and somebody has changed one of them since."""
    entries = json.loads((folder / STAGING / JOURNAL).read_bytes())
    is_untouched = all(
        (folder / STAGING / e["name"]).exists() if e["new"] else _digest_of(folder / e["name"]) is not None
        for e in entries
    )
    return is_untouched and any(_digest_of(folder / e["name"]) not in (e["old"], e["new"]) for e in entries)


def _journal(folder: Path, files: Mapping[str, bytes], remove: tuple[str, ...]) -> bytes:
    def old(name: str) -> str | None:
        return _digest_of(folder / name)

    entries = [{"name": name, "old": old(name), "new": digest(content)} for name, content in files.items()]
    entries += [{"name": name, "old": old(name), "new": None} for name in remove]
    return as_json(entries)


def _digest_of(path: Path) -> str | None:
    return digest(path.read_bytes()) if path.exists() else None


def _finish(folder: Path) -> tuple[str, ...]:
    """Move what is staged into place; return the names under which files are kept that were edited since."""
    staging = folder / STAGING
    aside: list[str] = []
    for entry in json.loads((staging / JOURNAL).read_bytes()):
        staged, target = staging / entry["name"], folder / entry["name"]
        if entry["new"] is not None and not staged.exists():
            continue  # replaced before the interruption
        if _digest_of(target) not in (None, entry["old"], entry["new"]):
            aside.append(free_name(folder, entry["name"]))
            target.replace(folder / aside[-1])
        if entry["new"] is None:
            target.unlink(missing_ok=True)
            if target.parent != folder and target.parent.is_dir() and not any(target.parent.iterdir()):
                target.parent.rmdir()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
    (staging / JOURNAL).unlink()
    _clear(staging)
    return tuple(aside)


def _clear(staging: Path) -> None:
    for leftover in sorted(staging.rglob("*"), reverse=True):  # what a folder holds comes before the folder
        leftover.rmdir() if leftover.is_dir() else leftover.unlink()
    staging.rmdir()


def _write(path: Path, content: bytes, is_lasting: bool) -> None:
    with path.open("wb") as file:
        file.write(content)
        if is_lasting:
            file.flush()
            os.fsync(file.fileno())
