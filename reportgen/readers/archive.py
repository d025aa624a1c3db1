"""An archive unpacked file by file, each checked against the index; what it claims of itself is not believed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from reportgen.core.archive import INDEX, MAX_KEPT_BYTES, MAX_KEPT_FILES, Index, parse_index, unfit_names
from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run

_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def unpack_archive(path: Path, folder: Path) -> tuple[Index, tuple[Finding, ...]]:
    """Unpack an archive into `folder` and return its index, with everything by which it is not whole.

    Nothing is written outside of `folder`, nor more than the limits allow. Raises CannotRun for a file that is no
    archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename for entry in archive.infolist()]
            if len(names) > MAX_KEPT_FILES:
                raise _no_archive(path, f"文件超过 {MAX_KEPT_FILES} 个")
            if sum(entry.file_size for entry in archive.infolist()) > MAX_KEPT_BYTES:
                raise _no_archive(path, f"解压后超过 {MAX_KEPT_BYTES >> 20} MB")
            if INDEX not in names:
                raise _no_archive(path, f"里面没有“{INDEX}”")
            index = parse_index(archive.read(INDEX))
            return index, tuple(_checked(archive, names, index, folder))
    except FileNotFoundError:
        raise _no_archive(path, "文件不存在") from None
    except _DAMAGED as error:
        raise _no_archive(path, "已损坏，或不是 .zip 文件") from error


def _no_archive(path: Path, reason: str) -> CannotRun:
    return cannot_run(Code.A05, Place(path.name), reason=reason)


def _checked(archive: zipfile.ZipFile, names: list[str], index: Index, folder: Path) -> Iterator[Finding]:
    expected = index.by_name
    unfit = unfit_names(names)
    for name, reason in unfit.items():
        yield _not_whole(name, reason)
    for name in dict.fromkeys(names):
        if name == INDEX or name in unfit:
            continue
        if name not in expected:
            yield _not_whole(name, "不在目录里，是后来加的")
            continue
        try:
            mark = _unpack(archive, name, folder / name)
        except _DAMAGED:
            mark = ""
        if mark != expected[name].sha256:
            yield _not_whole(name, "与目录里的指纹不同，已损坏或被改动")
    for name in expected:
        if name not in names:
            yield _not_whole(name, "缺失")


def _not_whole(name: str, reason: str) -> Finding:
    return Finding(Code.A06, Place(name), values={"name": name, "reason": reason})


def _unpack(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    """Write one file and return its hash; zipfile stops at the size that the limits were checked by."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mark = sha256()
    with archive.open(name) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            mark.update(chunk)
            file.write(chunk)
    return mark.hexdigest()
