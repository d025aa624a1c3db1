"""LibreOffice for tests."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@cache
def profile() -> str:
    """Return where LibreOffice keeps its settings, the same for all calls of a process."""
    return Path(mkdtemp(prefix="reportgen-office-")).as_uri()


def converted(path: Path, ending: str, folder: Path) -> Path:
    """Return `path` as LibreOffice saves it with another ending, in `folder`."""
    command = ["soffice", f"-env:UserInstallation={profile()}", "--headless", "--convert-to", ending]
    done = subprocess.run([*command, "--outdir", str(folder), str(path)], capture_output=True, timeout=120, check=False)
    result = folder / f"{path.stem}.{ending}"
    assert result.exists(), done.stderr.decode(errors="replace")
    return result
