"""Workspaces that are made once and put down anew for each test that begins with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below `folder` by its path from there."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def put(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write `files` below `folder`, beside what is there, and return it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@cache
def made(make: Callable[..., object], *words: object) -> Mapping[str, bytes]:
    """Return the files that `make(folder, *words)` makes; it runs once, whoever asks how often."""
    with TemporaryDirectory() as name:
        make(Path(name), *words)
        return files_of(Path(name))
