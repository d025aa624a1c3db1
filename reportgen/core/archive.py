"""What an archive (存档) of a period holds: its index, and which names may stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from reportgen.core.period import Period

INDEX = "存档目录.json"
MAX_KEPT_BYTES = 500 * 1024 * 1024  # unpacked
MAX_KEPT_FILES = 20_000


class Entry(Struct, frozen=True):
    """A file of an archive by its path in the workspace."""

    name: str
    sha256: str
    size: int


class Index(Struct, frozen=True):
    """The index of an archive: which program built the notice, and every file but the index itself."""

    version: str
    period: Period
    title: str
    entries: tuple[Entry, ...]

    @property
    def by_name(self) -> Mapping[str, Entry]:
        return {entry.name: entry for entry in self.entries}


def index_content(index: Index) -> bytes:
    """Return the index as the file that stands in the archive."""
    content = {
        "reportgen": index.version,
        "period": index.period.code,
        "title": index.title,
        "files": [{"file": e.name, "sha256": e.sha256, "bytes": e.size} for e in index.entries],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def parse_index(content: bytes) -> Index:
    """Return the index in a file of an archive. Raises ValueError for anything else."""
    try:
        read: Any = json.loads(content)
        entries = tuple(Entry(str(e["file"]), str(e["sha256"]), int(e["bytes"])) for e in read["files"])
        return Index(str(read["reportgen"]), Period.parse(read["period"]), str(read["title"]), entries)
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def unfit_names(names: Iterable[str]) -> dict[str, str]:
    """Return why each name cannot stand in an archive: it would lead elsewhere, or be one with another somewhere."""
    unfit: dict[str, str] = {}
    seen: set[str] = set()
    for name in names:
        if not _is_plain(name):
            unfit[name] = "名称不能用（会写到别处，是隐藏文件，或有 \\ : 等符号）"
        elif name.casefold() in seen:
            unfit[name] = "出现了两次（大小写不同也算）"
        seen.add(name.casefold())
    return unfit


def _is_plain(name: str) -> bool:
    """Tell whether a path leads down from its folder on every system, to nothing hidden.

    Hidden is the journal by which an interrupted command is finished: it must not come out of an archive.
    """
    if any(char in "\\:" or ord(char) < 32 for char in name):
        return False
    return all(part and not part.startswith((".", "~$")) for part in name.split("/"))
