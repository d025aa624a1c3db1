"""printed.json: what each build of a period printed, for the day somebody edits a notice by hand."""

from __future__ import annotations

from reportgen.core.builds import Builds
from reportgen.writers.replace import as_json

FILE = "printed.json"


def write_builds(builds: Builds) -> bytes:
    """Return printed.json: UTF-8, oldest build first, nothing in it that the clock decides."""
    content = {
        "builds": {
            mark: {
                "title": one.title,
                "headings": dict(one.headings),
                "grounds": dict(one.grounds),
                "beside": {ending: list(texts) for ending, texts in one.beside.items()},
                "rows": [dict(row) for row in one.rows],
            }
            for mark, one in builds.builds.items()
        },
        "files": {
            name: {"sha256": written.digest, "build": written.build} for name, written in sorted(builds.files.items())
        },
    }
    return as_json(content) + b"\n"
