"""Files are replaced whole or not at all, wherever the process stops."""

from __future__ import annotations

import errno
import json

import pytest

from reportgen.core.findings import CannotRun
from reportgen.writers.replace import STAGING, recover, refusal, replace_files, write_file

OLD = {"通报.docx": b"old word", "通报.xlsx": b"old excel", "旧名.docx": b"outdated"}
NEW = {"通报.docx": b"new word", "通报.xlsx": b"new excel", "manifest.json": b"{}"}


class Stopped(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path):
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def steps_of(folder):
    steps = []
    replace_files(folder, NEW, ("旧名.docx",), steps.append)
    return steps


def test_replace_files__replaces_and_removes(folder):
    steps = steps_of(folder)
    assert contents(folder) == NEW
    assert not (folder / STAGING).exists()
    assert steps[:3] == ["stage", "journal", "replace"]
    assert len(steps) == 3 + 4 + 1


@pytest.mark.parametrize("stop_at", range(7))
def test_replace_files__stopped_at_any_step_is_finished_or_taken_back_as_a_whole(folder, stop_at):
    seen = []

    def at_step(step):
        if len(seen) == stop_at:
            raise Stopped(step)
        seen.append(step)

    with pytest.raises(Stopped):
        replace_files(folder, NEW, ("旧名.docx",), at_step)
    assert (recover(folder) is not None) == (stop_at > 0)
    assert contents(folder) == (OLD if stop_at < 2 else NEW)
    assert not (folder / STAGING).exists()
    assert not recover(folder)


def test_replace_files__the_journal_names_old_and_new_hashes(folder):
    def at_step(step):
        if step == "replace":
            raise Stopped

    with pytest.raises(Stopped):
        replace_files(folder, NEW, (), at_step)
    journal = json.loads((folder / STAGING / "journal.json").read_bytes())
    assert [(entry["name"], entry["old"] is None) for entry in journal] == [
        ("通报.docx", False),
        ("通报.xlsx", False),
        ("manifest.json", True),
    ]


@pytest.mark.parametrize("lock", ["~$通报.xlsx", ".~lock.通报.xlsx#", ".~通报.xlsx"])
def test_replace_files__a_file_held_open_stops_all(folder, lock):
    (folder / lock).write_bytes(b"")
    with pytest.raises(CannotRun) as refused:
        replace_files(folder, NEW)
    assert [f.code.name for f in refused.value.findings] == ["W01"]
    assert {name: contents(folder)[name] for name in OLD} == OLD


@pytest.mark.parametrize(("error", "code"), [(errno.ENOSPC, "W02"), (errno.EROFS, "W03"), (errno.EACCES, "W03")])
def test_refusal__each_obstacle_has_its_sentence(error, code):
    (finding,) = refusal(OSError(error, "x"), "通报.xlsx").findings
    assert finding.code.name == code
    assert "通报.xlsx" in finding.message


def test_write_file__a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "output").write_bytes(b"")
    with pytest.raises(CannotRun):
        write_file(tmp_path / "output" / "表.xlsx", b"x")


def test_replace_files__into_a_folder_below_that_goes_with_its_last_file(tmp_path):
    replace_files(tmp_path, {"分送/高远.docx": b"1", "分送/罗安.docx": b"2"})
    assert (tmp_path / "分送" / "高远.docx").read_bytes() == b"1"
    replace_files(tmp_path, {"a": b"3"}, ("分送/高远.docx",))
    assert [path.name for path in (tmp_path / "分送").iterdir()] == ["罗安.docx"]
    replace_files(tmp_path, {}, ("分送/罗安.docx",))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
