"""Files are replaced whole or not at all, wherever the process stops."""

from __future__ import annotations

import errno
import json

import pytest

from reportgen.core.findings import CannotRun
from reportgen.writers.replace import JOURNAL, STAGING, free_name, recover, refusal, replace_files, write_file
from tests.power import disk_of, restarted, watched

JOURNAL_FILE = f"{STAGING}/{JOURNAL}"
OLD = {"通报.docx": b"old word", "通报.xlsx": b"old excel", "旧名.docx": b"outdated"}
NEW = {"通报.docx": b"new word", "通报.xlsx": b"new excel", "manifest.json": b"{}"}


@pytest.fixture
def folder(tmp_path):
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def stopped(folder, files, remove=()):
    """Return what stands in `folder` at each moment at which replacing can be stopped."""
    return watched(folder, lambda: replace_files(folder, files, remove)).disks


def begun(disks, *replaced):
    """Return the first of the disks with a journal on which the named files have been replaced."""
    staged = [f"{STAGING}/{name}" for name in replaced]
    return next(disk for disk in disks if JOURNAL_FILE in disk and not any(name in disk for name in staged))


def test_replace_files__replaces_and_removes(folder):
    replace_files(folder, NEW, ("旧名.docx",))
    assert contents(folder) == NEW
    assert not (folder / STAGING).exists()


def test_replace_files__stopped_at_any_moment_it_is_finished_or_taken_back_as_a_whole(folder, tmp_path_factory):
    disks = stopped(folder, NEW, ("旧名.docx",))
    assert len(disks) == 1 + 1 + 3 + 2 + 4 + 1  # as it was; staging; three files; the journal; four changes; no journal
    for moment, disk in enumerate(disks):
        again = restarted(disk, tmp_path_factory.mktemp("停"))
        recovery = watched(again, lambda again=again: recover(again))
        assert (recovery.result is not None) == (moment > 0)
        assert disk_of(again) == (OLD if moment < 1 + 1 + 3 + 1 else NEW), moment
        assert recover(again) is None
        for number, later in enumerate(recovery.disks):  # and when that is stopped too
            once_more = restarted(later, tmp_path_factory.mktemp("又停"))
            recover(once_more)
            assert disk_of(once_more) == disk_of(again), (moment, number)


def test_replace_files__the_journal_names_old_and_new_hashes(folder):
    journal = json.loads(begun(stopped(folder, NEW))[JOURNAL_FILE])
    assert [(entry["name"], entry["old"] is None) for entry in journal] == [
        ("通报.docx", False),
        ("通报.xlsx", False),
        ("manifest.json", True),
    ]


def test_recover__taken_back_where_nothing_was_replaced_and_one_was_edited(tmp_path):
    (tmp_path / "审定.xlsx").write_bytes(b"old")
    again = restarted(begun(stopped(tmp_path, {"审定.xlsx": b"new"})), tmp_path / "again")
    (again / "审定.xlsx").write_bytes(b"typed since")
    assert recover(again) == ()
    assert disk_of(again) == {"审定.xlsx": b"typed since"}


def test_recover__finished_around_a_file_that_was_edited(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(b"old")
    disks = stopped(tmp_path, {"a.docx": b"new a", "b.xlsx": b"new b"})
    again = restarted(begun(disks, "a.docx"), tmp_path / "again")
    (again / "b.xlsx").write_bytes(b"typed since")
    assert recover(again) == ("b（人工修改1）.xlsx",)
    assert disk_of(again) == {"a.docx": b"new a", "b.xlsx": b"new b", "b（人工修改1）.xlsx": b"typed since"}


def test_recover__a_file_to_be_removed_that_was_edited_is_kept(tmp_path):
    (tmp_path / "旧名.docx").write_bytes(b"old")
    again = restarted(begun(stopped(tmp_path, {"a.docx": b"new"}, ("旧名.docx",)), "a.docx"), tmp_path / "again")
    (again / "旧名.docx").write_bytes(b"typed since")
    assert recover(again) == ("旧名（人工修改1）.docx",)
    assert (again / "旧名（人工修改1）.docx").read_bytes() == b"typed since"


def test_recover__a_journal_cut_short_is_none(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"old")
    unfinished = f"{STAGING}/journal.unfinished"
    disk = next(disk for disk in stopped(tmp_path, {"a.docx": b"new"}) if unfinished in disk)
    again = restarted({**disk, unfinished: disk[unfinished][:11]}, tmp_path / "again")
    assert recover(again) == ()
    assert disk_of(again) == {"a.docx": b"old"}


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


def test_free_name__beside_the_file_and_free(tmp_path):
    (tmp_path / "分送").mkdir()
    (tmp_path / "分送" / "林知远（人工修改1）.docx").write_bytes(b"")
    assert free_name(tmp_path, "分送/林知远.docx") == "分送/林知远（人工修改2）.docx"
    assert free_name(tmp_path, "表.xlsx", {"表（人工修改1）.xlsx"}) == "表（人工修改2）.xlsx"
