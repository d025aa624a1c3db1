"""Work done by several processes: it must come to the same, in the same order, whatever becomes of a process."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
from pathlib import Path

import pytest

from reportgen.commands import workers
from reportgen.commands.progress import Doing, silent
from reportgen.commands.workers import spread
from reportgen.core.findings import CannotRun, Code, Place, cannot_run
from tests.district import P, founded, send
from tests.filling import reportgen

PIECES = range(4000)  # enough that processes pay


def numbered(piece: int, shared: str) -> tuple[str, bool]:
    """Return what a piece comes to, and whether another process made it."""
    return f"{shared}{piece}", multiprocessing.parent_process() is not None


def dying(piece: int, shared: str) -> tuple[str, bool]:
    if piece == 2000 and multiprocessing.parent_process() is not None:
        os._exit(1)
    return numbered(piece, shared)


def failing(piece: int, _shared: str) -> str:
    if piece == 2000:
        raise cannot_run(Code.W05, Place("甲.xlsx"), period=P, name="input/")
    return ""


@pytest.fixture
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be two processors, whatever the machine has."""
    monkeypatch.setattr(workers, "_processors", lambda: 2)


@pytest.mark.usefixtures("_two_processors")
def test_spread__in_order_and_by_other_processes() -> None:
    told: list[tuple[int, int]] = []
    made = list(
        spread(numbered, PIECES, "第", lambda done, total, _doing=None: told.append((done, total)), Doing.READING)
    )
    assert made == [(f"第{piece}", True) for piece in PIECES]
    assert told == [(done, 4000) for done in range(4001)]


@pytest.mark.usefixtures("_two_processors")
def test_spread__few_pieces_start_no_process() -> None:
    assert list(spread(numbered, range(40), "第", silent, Doing.READING)) == [(f"第{n}", False) for n in range(40)]


@pytest.mark.usefixtures("_two_processors")
def test_spread__a_process_that_dies_loses_nothing() -> None:
    made = list(spread(dying, PIECES, "第", silent, Doing.READING))
    assert [text for text, _elsewhere in made] == [f"第{piece}" for piece in PIECES]
    assert made[0] == ("第0", True)
    assert made[2000] == ("第2000", False)


@pytest.mark.usefixtures("_two_processors")
def test_spread__what_is_raised_arrives() -> None:
    with pytest.raises(CannotRun) as raised:
        list(spread(failing, PIECES, "", silent, Doing.READING))
    (finding,) = raised.value.findings
    assert (finding.code, finding.place, finding.values["name"]) == (Code.W05, Place("甲.xlsx"), "input/")


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("_two_processors")
def test_build__the_same_bytes_from_one_process_and_from_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = founded(tmp_path)
    for unit in ("区水利局", "区财政局", "区住建局"):
        send(workspace, unit, completion="按计划推进，累计完成管网改造13公里，完成率120%。")
    (workspace / "input" / P / "乱码.xlsx").write_bytes(b"PK\x03\x04")
    monkeypatch.setattr(workers, "_EACH_S", 0.0001)
    said = []
    for pays_from_s in (1.5, 0.0):
        monkeypatch.setattr(workers, "PAYS_FROM_S", pays_from_s)
        shutil.rmtree(workspace / "output")
        capsys.readouterr()
        assert reportgen(workspace, "check", P, "--json") == 1
        assert reportgen(workspace, "build", P, "--draft") == 1
        said.append((capsys.readouterr().out, everything_in(workspace / "output")))
    assert said[0] == said[1]
    assert {"F01", "S02"} <= set(re.findall('"code": "([A-Z0-9]+)"', said[0][0]))
