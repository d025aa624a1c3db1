"""One person at a time writes: who has the workspace, since when, and when it is free again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta

import openpyxl
import pytest

from reportgen.core.findings import CannotRun
from reportgen.writers.lock import FILE, held
from tests.district import UNITS, P, send
from tests.filling import MORNING, reportgen
from tests.office_rules import answered, codes, found


@pytest.fixture
def folder(tmp_path):
    return answered(tmp_path)


def lock(folder, **changed):
    """Put a lock into a workspace as another process, of this machine unless told, would."""
    owner = {"user": "小周", "host": os.uname().nodename, "pid": os.getppid(), "since": "2023-09-01 08:50:00"}
    owner |= {"command": "review", "token": "x"} | changed
    (folder / FILE).write_text(json.dumps(owner), encoding="utf-8")


def ended():
    """Return the number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


@pytest.mark.parametrize(
    "words", [("forms", P), ("check", P), ("review", P), ("build", P), ("adopt", P, "x.docx"), ("archive", P)]
)
def test_held__a_command_that_writes_waits_for_its_turn(folder, capsys, words):
    lock(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert reportgen(folder, *words) == 2
    told = capsys.readouterr().err
    assert f"小周@{os.uname().nodename} 正在使用这个工作区：2023-09-01 08:50:00 起运行 review" in told
    assert FILE in told
    assert "从开始时间起过 4 小时放开" in told
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_held__looking_goes_on_and_enters_no_return(folder, capsys):
    lock(folder)
    register = folder / "input" / P / "收件登记.xlsx"
    assert not register.exists()
    status, told = found(folder, capsys, "status", P)
    assert (status, codes(told)) == (0, [("F12", None, "")])
    assert reportgen(folder, "explain", P, "1") == 0
    assert not register.exists()
    (folder / FILE).unlink()
    assert codes(found(folder, capsys, "status", P)[1]) == []
    assert register.exists()


def test_held__free_again_when_its_process_has_ended(folder):
    lock(folder, pid=ended())
    assert reportgen(folder, "review", P) == 0
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(("hours", "status"), [(1, 2), (3, 2), (5, 0)])
def test_held__by_another_machine_until_it_is_old(folder, hours, status):
    since = (MORNING - timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
    lock(folder, host="另一台电脑", since=since)
    assert reportgen(folder, "review", P) == status
    assert (folder / FILE).exists() == (status == 2)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"user": "小周"}'])
def test_held__a_lock_that_names_nobody_holds_nothing(folder, content):
    (folder / FILE).write_text(content, encoding="utf-8")
    assert reportgen(folder, "review", P) == 0
    assert not (folder / FILE).exists()


def test_held__let_go_whatever_happens(tmp_path):
    with suppress(ZeroDivisionError), held(tmp_path, "build", MORNING):
        assert json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["command"] == "build"
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_held__once_more_by_the_same_process(tmp_path):
    with held(tmp_path, "build", MORNING):
        with held(tmp_path, "收件登记", MORNING):
            assert (tmp_path / FILE).exists()
        assert (tmp_path / FILE).exists()
    assert not (tmp_path / FILE).exists()


def test_held__another_process_really_waits(tmp_path):
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; from reportgen.writers.lock import held\n"
        "with held(Path(sys.argv[1]), 'check', datetime(2023, 9, 1)):\n"
        "    print('in', flush=True); sys.stdin.readline()"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "in\n"
        with pytest.raises(CannotRun) as refused, held(tmp_path, "build", datetime(2023, 9, 1)):
            pass
        assert [f.code.name for f in refused.value.findings] == ["W20"]
        other.kill()
    with held(tmp_path, "build", datetime(2023, 9, 1)):
        owner = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
        assert (owner["command"], owner["pid"]) == ("build", os.getpid())


def test_held__a_workspace_that_cannot_be_written_to_is_told(tmp_path):
    # Root may write anywhere; nobody can write below a file.
    (tmp_path / "区里").write_bytes(b"")
    with pytest.raises(CannotRun) as refused, held(tmp_path / "区里", "build", MORNING):
        pass
    assert [f.code.name for f in refused.value.findings] == ["W15"]


def test_register__two_people_enter_each_return_once(folder):
    send(folder, "区财政局", name="区财政局（更正）.xlsx", completion="资金已全部到位。")
    words = [sys.executable, "-m", "reportgen", "-C", str(folder), "status", P]
    both = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _person in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    rows = openpyxl.load_workbook(folder / "input" / P / "收件登记.xlsx").worksheets[0].iter_rows(min_row=2)
    files = [row[0].value for row in rows if row[0].value]
    assert sorted(files) == sorted(["区财政局（更正）.xlsx", *(f"{unit}.xlsx" for unit in UNITS)])
