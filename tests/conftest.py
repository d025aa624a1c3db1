"""Which tests can run on this machine; in CI none may be left out."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from reportgen.readers import fonts

NOTHING_LEFT_OUT = "REPORTGEN_NOTHING_LEFT_OUT"
MEMORY = Path("/dev/shm")

# How long an example takes says nothing on a machine that others use too.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# The program waits for the disk at each file that must outlast a power cut, 3 ms and a thousand times in a hundred
# tests; where there is room, the tests' folders lie in memory.
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="accept the documents as they are now")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reasons = {
        "office": None if shutil.which("soffice") and shutil.which("pdftotext") else "没有 LibreOffice 或 poppler",
        "reference": None if os.environ.get("REPORTGEN_REFERENCE") else "没有设置 REPORTGEN_REFERENCE",
    }
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give each file to one process: its tests begin with the same workspaces, which every process makes for itself."""
    if config.getoption("dist") != "load":  # another way was asked for
        return None
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


def pytest_collection_finish() -> None:
    """Keep what importing and collecting made out of the search for garbage: one twentieth of the time of the tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NOTHING_LEFT_OUT) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _nothing_left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take the tests' folders away while they are fresh, unless a test failed: the next run would wait a minute."""
    yield
    if not request.session.testsfailed:
        shutil.rmtree(tmp_path_factory.getbasetemp(), ignore_errors=True)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer without LibreOffice, poppler and fontconfig, where it stands on the path."""
    monkeypatch.setenv("PATH", os.devnull)
    asked = (fonts.installed_fonts, fonts.stand_in_for)  # once in a process
    for question in asked:
        question.cache_clear()
    yield
    for question in asked:
        question.cache_clear()


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the folder of the real month."""
    return Path(os.environ["REPORTGEN_REFERENCE"])


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace in which July, August and September were played; tests that change it take a copy."""
    from tests.year import play

    return play(tmp_path_factory.mktemp("三个月"))
