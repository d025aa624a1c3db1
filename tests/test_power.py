"""The power fails at any moment at which a command changes a file: the next run finishes it or takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from reportgen.commands.collect import settle
from reportgen.core.period import Period
from reportgen.readers.workspace import open_workspace
from reportgen.writers.lock import FILE as LOCK
from reportgen.writers.lock import held
from reportgen.writers.replace import JOURNAL, STAGING
from tests.district import P
from tests.filling import MORNING, reportgen
from tests.office_rules import (
    RULINGS,
    TITLE,
    built,
    completions,
    decisions,
    is_of_one_build,
    moved_on,
    notice,
    retype,
    reviewed,
    rows_of,
    rule,
)
from tests.power import Disk, Run, disk_of, restarted, watched

OLD, NEW = "完成。累计完成管网改造13公里。", "完成。资金已全部到位。"
WORD = f"{TITLE}.docx"
OUTPUT = f"output/{P}"


@pytest.fixture
def folder(tmp_path):
    """Return a printed district in which a unit has corrected its return since."""
    return moved_on(tmp_path / "区")


def run(folder: Path, *words: str) -> Run:
    done = watched(folder, lambda: reportgen(folder, *words))
    assert done.result == 0
    assert is_clean(folder)
    return done


def is_clean(folder: Path) -> bool:
    return not list(folder.rglob(STAGING)) and not list(folder.glob(f"{LOCK}*"))


def after_each(
    disks: Sequence[Disk], tmp_path: Path, meanwhile: Callable[[Path], object] = lambda folder: None
) -> list[Disk]:
    """Return what stands there after each moment, once the next command has begun; `meanwhile` is done before it."""
    found = []
    for moment, disk in enumerate(disks):
        folder = restarted(disk, tmp_path / f"停电{moment}")
        meanwhile(folder)
        with held(folder, "check", MORNING):
            settle(open_workspace(folder), Period.parse(P))
        found.append(disk_of(folder))
    return found


def assert_whole(stood: Sequence[Disk], before: Disk, after: Disk) -> None:
    """Assert that the command was taken back as a whole after the first moments and finished after the others."""
    assert stood == [before] * stood.count(before) + [after] * stood.count(after)
    assert min(stood.count(before), stood.count(after)) > 3


def kinds(disks: Sequence[Disk], stood: Sequence[Disk]) -> list[Disk]:
    """Return the first of the disks after which something stands there that did not after an earlier one."""
    return [disk for moment, disk in enumerate(disks) if stood[moment] not in stood[:moment]]


def typing(name: str, edit: Callable[[Path], object], disks: Iterable[Disk], tmp_path: Path) -> dict[bytes, bytes]:
    """Return what the file `name` of each disk becomes when somebody edits it."""
    edited = {}
    for number, disk in enumerate(disks):
        folder = restarted(disk, tmp_path / f"改{number}")
        edit(folder)
        edited[disk[name]] = (folder / name).read_bytes()
    return edited


def opinions(folder: Path) -> dict[int, str]:
    return {key[0]: line["审定意见"] for key, line in rows_of(folder).items() if line["审定意见"]}


def kept_aside(folder: Path) -> list[Path]:
    return list((folder / OUTPUT).glob("*人工修改*"))


@pytest.mark.parametrize(
    "words", [("forms", P), ("status", P), ("check", P), ("review", P), ("build", P, "--leaders"), ("archive", P)]
)
def test_commands__at_every_moment_each_file_is_the_old_or_the_new_one(folder, tmp_path, words):
    if words[0] == "archive":
        assert built(folder) == 0
    if words[0] == "status":
        (folder / "input" / P / "收件登记.xlsx").unlink()
    before = disk_of(folder)
    done = run(folder, *words)
    after = disk_of(folder)
    assert len(done.opened) > 2
    for path in done.opened:
        assert STAGING in path.parts or path.name.startswith(f"{LOCK}."), path
    for disk in done.disks:
        for name in {*before, *after, *disk}:
            is_passing = STAGING in name.split("/") or name.startswith(LOCK)
            assert is_passing or disk.get(name) in (before.get(name), after.get(name)), name
    again = restarted(done.disks[len(done.disks) // 2], tmp_path / "再")
    assert reportgen(again, *words) == 0
    assert disk_of(again) == after


def test_build__stopped_at_any_moment_it_is_taken_back_or_finished_as_a_whole(folder, tmp_path):
    before = disk_of(folder)
    assert completions(folder)["4"] == OLD
    done = run(folder, "build", P)
    after = disk_of(folder)
    assert completions(folder)["4"] == NEW
    assert is_of_one_build(folder)
    assert_whole(after_each(done.disks, tmp_path), before, after)
    assert built(folder) == 0
    assert disk_of(folder) == after
    assert not kept_aside(folder)
    assert opinions(folder) == {1: "按口径"}


@pytest.mark.parametrize("words", [("check", P), ("review", P), ("build", P), ("adopt", P, WORD, "--yes")])
@pytest.mark.parametrize("begun", ["build", "review"])
def test_commands__what_was_begun_is_finished_by_whichever_comes_next(folder, tmp_path, begun, words):
    before = disk_of(folder)
    disks = run(folder, begun, P).disks
    written = {name: content for name, content in disk_of(folder).items() if before.get(name) != content}
    assert written
    halfway = [disk for disk in disks if any(name.endswith(f"{STAGING}/{JOURNAL}") for name in disk)][-2]
    again = restarted(halfway, tmp_path / "再")
    assert reportgen(again, *words) == 0
    assert {name: content for name, content in disk_of(again).items() if name in written} == written
    assert is_clean(again)


def test_build__stopped_at_any_moment_an_edit_by_hand_is_kept_once(folder, tmp_path):
    retype(notice(folder, "docx"), _5="完成。领导改过。")
    content = notice(folder, "docx").read_bytes()
    before = disk_of(folder)
    done = run(folder, "build", P)
    after = disk_of(folder)
    assert is_of_one_build(folder)
    assert [path.read_bytes() for path in kept_aside(folder)] == [content]
    assert_whole(after_each(done.disks, tmp_path), before, after)
    assert built(folder) == 0
    (kept,) = kept_aside(folder)
    assert kept.read_bytes() == content
    assert reportgen(folder, "adopt", P, kept.name, "--yes") == 0
    assert opinions(folder) == {1: "按口径", 5: f"采自人工修改 {kept.name}"}


@pytest.mark.parametrize(("suffix", "ways"), [("docx", 2), ("xlsx", 3)])
def test_build__stopped_at_any_moment_a_notice_edited_since_is_kept(folder, tmp_path, capsys, suffix, ways):
    name = f"{OUTPUT}/{TITLE}.{suffix}"
    before = disk_of(folder)
    done = run(folder, "build", P)
    edited = typing(name, lambda at: retype(at / name, _5="完成。领导改过。"), (before, disk_of(folder)), tmp_path)

    def edit(at: Path) -> None:
        (at / name).write_bytes(edited[(at / name).read_bytes()])

    stood = after_each(done.disks, tmp_path, edit)
    assert all(sum(content in edited.values() for content in disk.values()) == 1 for disk in stood)
    different = kinds(done.disks, stood)
    # Taken back; the new one edited; and, of the file that is not the first, finished with the edited one aside.
    assert len(different) == ways
    for number, disk in enumerate(different):
        again = restarted(disk, tmp_path / f"再{number}")
        edit(again)
        content = (again / name).read_bytes()
        capsys.readouterr()
        assert built(again) == 0
        assert is_of_one_build(again)
        assert completions(again)["5"] == OLD
        (aside,) = kept_aside(again)
        assert aside.read_bytes() == content
        assert aside.name in capsys.readouterr().out
        assert reportgen(again, "adopt", P, aside.name, "--yes") == 0
        assert opinions(again) == {1: "按口径", 5: f"采自人工修改 {aside.name}"}


def test_review__stopped_at_any_moment_no_ruling_is_lost_or_made(folder, tmp_path):
    before = disk_of(folder)
    done = run(folder, "review", P)
    after = disk_of(folder)
    lines = rows_of(folder)
    assert (lines[1, ""]["审定状态"], opinions(folder)) == ("部分完成", {1: "按口径"})
    assert "资金已全部到位。" in lines[4, ""]["各单位填报"]
    assert_whole(after_each(done.disks, tmp_path), before, after)
    reviewed(folder)
    assert (lines, opinions(folder)) == (rows_of(folder), {1: "按口径"})


def test_review__stopped_at_any_moment_a_ruling_typed_since_stands(folder, tmp_path):
    before = disk_of(folder)
    done = run(folder, "review", P)
    ruled = typing(
        RULINGS,
        lambda at: rule(at, 3, 审定状态="部分完成", 审定意见="停电以后填的"),
        (before, disk_of(folder)),
        tmp_path,
    )

    def type_in(at: Path) -> None:
        (at / RULINGS).write_bytes(ruled[(at / RULINGS).read_bytes()])

    different = kinds(done.disks, after_each(done.disks, tmp_path, type_in))
    assert len(different) == 2  # typed into the old one; into the new one
    for number, disk in enumerate(different):
        again = restarted(disk, tmp_path / f"再{number}")
        type_in(again)
        reviewed(again)
        assert opinions(again) == {1: "按口径", 3: "停电以后填的"}
        assert "资金已全部到位。" in rows_of(again)[4, ""]["各单位填报"]
        assert built(again) == 0
        assert [(one[0], one[5]) for one in decisions(again)] == [(1, "按口径"), (3, "停电以后填的")]
        assert is_clean(again)


def test_adopt__stopped_at_any_moment_only_what_was_edited_is_claimed(folder, tmp_path):
    retype(notice(folder, "docx"), _5="完成。领导改过。")
    assert reportgen(folder, "check", P) == 0
    assert opinions(folder) == {1: "按口径"}
    before = disk_of(folder)
    done = run(folder, "adopt", P, WORD, "--yes")
    after = disk_of(folder)
    assert_whole(after_each(done.disks, tmp_path), before, after)
    taken = {1: "按口径", 5: f"采自人工修改 {WORD}"}
    assert opinions(folder) == taken
    assert notice(folder, "docx").read_bytes() == before[f"{OUTPUT}/{WORD}"]
    assert reportgen(folder, "adopt", P, WORD, "--yes") == 0
    assert opinions(folder) == taken
    assert built(folder) == 0
    assert completions(folder)["5"] == "完成。领导改过。"
    assert is_of_one_build(folder)
    assert is_clean(folder)
