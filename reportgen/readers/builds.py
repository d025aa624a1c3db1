"""What earlier builds printed: printed.json of a period."""

from __future__ import annotations

import json
from pathlib import Path

from reportgen.core.builds import Builds, PrintedBuild, WrittenFile


def read_builds(path: Path) -> Builds:
    """Return what the builds of a period printed; none when nothing was built, or the file cannot be read."""
    try:
        content = json.loads(path.read_bytes())
        builds = {
            str(mark): PrintedBuild(
                one["title"],
                dict(one["headings"]),
                tuple(one["rows"]),
                dict(one["grounds"]),
                {ending: tuple(texts) for ending, texts in one["beside"].items()},
            )
            for mark, one in content["builds"].items()
        }
        files = {str(name): WrittenFile(one["sha256"], one["build"]) for name, one in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Builds()
    return Builds(builds, files)
