"""The process stops at any step of build, review, adopt: the next run finishes or takes back, and no edit is lost."""

from __future__ import annotations

import json

import pytest

from reportgen.commands.adopt import adopt, read_edits
from reportgen.commands.build import build
from reportgen.commands.progress import silent
from reportgen.commands.review import review
from reportgen.core.period import Period
from reportgen.readers.workspace import open_workspace
from reportgen.writers.lock import FILE as LOCK
from reportgen.writers.replace import STAGING, free_name, recover, replace_files
from tests.district import P
from tests.filling import MORNING, reportgen
from tests.office_rules import (
    TITLE,
    built,
    completions,
    copied,
    decisions,
    is_of_one_build,
    moved_on,
    notice,
    retype,
    reviewed,
    rows_of,
    rule,
)

AUGUST = Period.parse(P)
OLD, NEW = "完成。累计完成管网改造13公里。", "完成。资金已全部到位。"
BUILD_STEPS = 3 + 5 + 1  # stage, journal, replace; Word, Excel, circular, manifest.json, printed.json; done
ONE_FILE_STEPS = 3 + 1 + 1


class Stopped(BaseException):
    """The process ends here."""


def stopping_at(step: int):
    """Return a hook that lets the process end before the step of this number, and the steps it saw."""
    seen: list[str] = []

    def at_step(name: str) -> None:
        if len(seen) == step:
            raise Stopped(name)
        seen.append(name)

    return at_step, seen


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    return moved_on(tmp_path_factory.mktemp("区"))


@pytest.fixture
def folder(printed, tmp_path):
    return copied(printed, tmp_path)


def test_build__its_steps_have_names(folder):
    at_step, seen = stopping_at(-1)
    build(open_workspace(folder), AUGUST, MORNING, silent, at_step=at_step)
    assert seen[:4] == ["stage", "journal", "replace", f"replace {TITLE}.docx"]
    assert seen[-1] == "done"
    assert len(seen) == BUILD_STEPS


@pytest.mark.parametrize("step", range(BUILD_STEPS))
def test_build__stopped_anywhere_word_and_excel_are_of_one_build(folder, step):
    at_step, seen = stopping_at(step)
    with pytest.raises(Stopped):
        build(open_workspace(folder), AUGUST, MORNING, silent, at_step=at_step)
    assert len(seen) == step
    recover(folder / "output" / P)
    assert is_of_one_build(folder)
    assert completions(folder)["4"] == (OLD if step < 2 else NEW)
    assert built(folder) == 0
    assert is_of_one_build(folder)
    assert completions(folder)["4"] == NEW
    assert not list((folder / "output" / P).glob("*人工修改*"))


@pytest.mark.parametrize("step", [2, 3, 4, 5, 7])
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_build__a_notice_edited_after_the_stop_is_kept(folder, capsys, step, suffix):
    at_step, _seen = stopping_at(step)
    with pytest.raises(Stopped):
        build(open_workspace(folder), AUGUST, MORNING, silent, at_step=at_step)
    retype(notice(folder, suffix), _5="完成。领导改过。")
    edited = notice(folder, suffix).read_bytes()
    assert built(folder) == 0
    assert is_of_one_build(folder)
    assert completions(folder)["5"] == OLD
    (aside,) = (folder / "output" / P).glob("*人工修改*")
    assert aside.read_bytes() == edited
    assert aside.name in capsys.readouterr().out
    assert reportgen(folder, "adopt", P, aside.name, "--yes") == 0
    opinions = {key[0]: line["审定意见"] for key, line in rows_of(folder).items() if line["审定意见"]}
    assert opinions == {1: "按口径", 5: f"采自人工修改 {aside.name}"}


@pytest.mark.parametrize("step", range(ONE_FILE_STEPS))
def test_review__stopped_anywhere_no_ruling_is_lost(folder, step):
    at_step, _seen = stopping_at(step)
    with pytest.raises(Stopped):
        review(open_workspace(folder), AUGUST, MORNING, silent, at_step)
    assert reportgen(folder, "check", P) == 0
    assert not (folder / "input" / P / STAGING).exists()
    assert rows_of(folder)[1, ""]["审定状态"] == "部分完成"
    assert ("资金已全部到位。" in rows_of(folder)[4, ""]["各单位填报"]) == (step >= 2)
    reviewed(folder)
    assert (rows_of(folder)[1, ""]["审定状态"], rows_of(folder)[1, ""]["审定意见"]) == ("部分完成", "按口径")
    assert "资金已全部到位。" in rows_of(folder)[4, ""]["各单位填报"]


@pytest.mark.parametrize("step", range(ONE_FILE_STEPS))
def test_review__rulings_typed_after_the_stop_stand(folder, step):
    at_step, _seen = stopping_at(step)
    with pytest.raises(Stopped):
        review(open_workspace(folder), AUGUST, MORNING, silent, at_step)
    rule(folder, 3, 审定状态="部分完成", 审定意见="停电以后填的")
    reviewed(folder)
    assert rows_of(folder)[3, ""]["审定意见"] == "停电以后填的"
    assert built(folder) == 0
    assert [(one[0], one[5]) for one in decisions(folder)] == [(1, "按口径"), (3, "停电以后填的")]


@pytest.mark.parametrize("step", range(ONE_FILE_STEPS))
def test_adopt__stopped_anywhere_nothing_is_claimed_that_was_not_edited(folder, step):
    word = notice(folder, "docx")
    retype(word, _5="完成。领导改过。")
    edited = word.read_bytes()
    at_step, _seen = stopping_at(step)
    adoption = read_edits(open_workspace(folder), AUGUST, word.name, MORNING, silent)
    with pytest.raises(Stopped):
        adopt(adoption, at_step)
    assert word.read_bytes() == edited
    recover(folder / "input" / P)
    ruled = {key for key, line in rows_of(folder).items() if line["审定意见"]}
    assert ruled == {(1, "")} | ({(5, "")} if step >= 2 else set())
    assert reportgen(folder, "adopt", P, word.name, "--yes") == 0
    assert {key for key, line in rows_of(folder).items() if line["审定意见"]} == {(1, ""), (5, "")}
    assert built(folder) == 0
    assert completions(folder)["5"] == "完成。领导改过。"
    assert is_of_one_build(folder)


def test_build__the_lock_of_a_process_that_ended_does_not_stop_the_next(folder):
    lock = {"user": "x", "host": "y", "pid": 1, "since": "2023-08-01 08:00:00", "command": "build", "token": "t"}
    (folder / LOCK).write_text(json.dumps(lock), encoding="utf-8")
    at_step, _seen = stopping_at(4)
    with pytest.raises(Stopped):
        build(open_workspace(folder), AUGUST, MORNING, silent, at_step=at_step)
    assert built(folder) == 0
    assert is_of_one_build(folder)
    assert not (folder / LOCK).exists()


# the replacing itself


def stopped(folder, files, step, remove=()):
    at_step, _seen = stopping_at(step)
    with pytest.raises(Stopped):
        replace_files(folder, files, remove, at_step)


def test_recover__taken_back_where_nothing_was_replaced_and_one_was_edited(tmp_path):
    (tmp_path / "审定.xlsx").write_bytes(b"old")
    stopped(tmp_path, {"审定.xlsx": b"new"}, 2)
    (tmp_path / "审定.xlsx").write_bytes(b"typed since")
    assert recover(tmp_path) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["审定.xlsx"]
    assert (tmp_path / "审定.xlsx").read_bytes() == b"typed since"


def test_recover__finished_around_a_file_that_was_edited(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(b"old")
    stopped(tmp_path, {"a.docx": b"new a", "b.xlsx": b"new b"}, 4)
    (tmp_path / "b.xlsx").write_bytes(b"typed since")
    assert recover(tmp_path) == ("b（人工修改1）.xlsx",)
    contents = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert contents == {"a.docx": b"new a", "b.xlsx": b"new b", "b（人工修改1）.xlsx": b"typed since"}


def test_recover__a_file_to_be_removed_that_was_edited_is_kept(tmp_path):
    (tmp_path / "旧名.docx").write_bytes(b"old")
    stopped(tmp_path, {"a.docx": b"new"}, 4, ("旧名.docx",))
    (tmp_path / "旧名.docx").write_bytes(b"typed since")
    assert recover(tmp_path) == ("旧名（人工修改1）.docx",)
    assert (tmp_path / "旧名（人工修改1）.docx").read_bytes() == b"typed since"


def test_recover__a_journal_cut_short_is_none(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"old")
    stopped(tmp_path, {"a.docx": b"new"}, 1)
    (tmp_path / STAGING / "journal.unfinished").write_bytes(b'[{"name": "a.do')
    assert recover(tmp_path) == ()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.docx": b"old"}


def test_free_name__beside_the_file_and_free(tmp_path):
    (tmp_path / "分送").mkdir()
    (tmp_path / "分送" / "林知远（人工修改1）.docx").write_bytes(b"")
    assert free_name(tmp_path, "分送/林知远.docx") == "分送/林知远（人工修改2）.docx"
    assert free_name(tmp_path, "表.xlsx", {"表（人工修改1）.xlsx"}) == "表（人工修改2）.xlsx"
