"""The power fails at any moment at which a command changes a file: the next run finishes it or takes it back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reportgen.writers.lock import FILE as LOCK
from reportgen.writers.replace import STAGING, recover
from tests.district import P
from tests.filling import reportgen
from tests.office_rules import (
    TITLE,
    built,
    completions,
    copied,
    is_of_one_build,
    moved_on,
    notice,
    retype,
    reviewed,
    rows_of,
    rule,
)
from tests.power import changes, restarted

OLD, NEW = "完成。累计完成管网改造13公里。", "完成。资金已全部到位。"
WORD = f"{TITLE}.docx"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    return moved_on(tmp_path_factory.mktemp("区"))


def stopped_everywhere(
    printed: Path, tmp_path: Path, words: tuple[str, ...], prepare: Callable[[Path], object] | None = None
) -> Iterator[tuple[int, Path]]:
    """Yield a workspace for each moment at which a command can be stopped, as it stands after the restart."""
    for moment in itertools.count():
        folder = copied(printed, tmp_path / str(moment))
        if prepare:
            prepare(folder)
        seen = changes(folder, lambda folder=folder: reportgen(folder, *words), moment)
        if len(seen) < moment:
            assert moment > 10, "the command did nothing"
            return
        restarted(folder)
        yield moment, folder


def opinions(folder: Path) -> dict[int, str]:
    return {key[0]: line["审定意见"] for key, line in rows_of(folder).items() if line["审定意见"]}


def is_clean(folder: Path) -> bool:
    return not list(folder.rglob(STAGING)) and not list(folder.glob(f"{LOCK}*"))


@pytest.mark.parametrize(
    "words", [("forms", P), ("status", P), ("check", P), ("review", P), ("build", P, "--leaders"), ("archive", P)]
)
def test_commands__no_file_is_ever_written_where_it_stands(printed, tmp_path, words):
    folder = copied(printed, tmp_path)
    reviewed(folder)
    if words[0] == "archive":
        assert built(folder) == 0
    if words[0] == "status":
        (folder / "input" / P / "收件登记.xlsx").unlink()
    done = []
    seen = changes(folder, lambda: done.append(reportgen(folder, *words)))
    assert done == [0]
    opened = [Path(path) for event, path in seen if event == "open"]
    assert len(opened) > 2
    for path in opened:
        assert STAGING in path.parts or path.name.startswith(f"{LOCK}."), path


def test_build__stopped_at_any_moment_word_and_excel_are_of_one_build(printed, tmp_path):
    for moment, folder in stopped_everywhere(printed, tmp_path, ("build", P)):
        recover(folder / "output" / P)
        assert is_of_one_build(folder), moment
        assert completions(folder)["4"] in (OLD, NEW), moment
        assert built(folder) == 0, moment
        assert completions(folder)["4"] == NEW, moment
        assert is_of_one_build(folder), moment
        assert is_clean(folder), moment
        assert not list((folder / "output" / P).glob("*人工修改*")), moment
        assert opinions(folder) == {1: "按口径"}, moment


def test_build__stopped_at_any_moment_an_edit_by_hand_is_kept_once(printed, tmp_path):
    def edit(folder: Path) -> None:
        retype(notice(folder, "docx"), _5="完成。领导改过。")

    edited = copied(printed, tmp_path / "改过")
    edit(edited)
    content = notice(edited, "docx").read_bytes()

    def put(folder: Path) -> None:
        notice(folder, "docx").write_bytes(content)

    for moment, folder in stopped_everywhere(printed, tmp_path, ("build", P), put):
        assert built(folder) == 0, moment
        assert is_of_one_build(folder), moment
        kept = list((folder / "output" / P).glob("*人工修改*"))
        assert [path.read_bytes() for path in kept] == [content], moment
        assert reportgen(folder, "adopt", P, kept[0].name, "--yes") == 0, moment
        assert opinions(folder) == {1: "按口径", 5: f"采自人工修改 {kept[0].name}"}, moment


def test_review__stopped_at_any_moment_no_ruling_is_lost_or_made(printed, tmp_path):
    for moment, folder in stopped_everywhere(printed, tmp_path, ("review", P)):
        rule(folder, 3, 审定状态="部分完成", 审定意见="停电以后填的")
        reviewed(folder)
        assert opinions(folder) == {1: "按口径", 3: "停电以后填的"}, moment
        assert "资金已全部到位。" in rows_of(folder)[4, ""]["各单位填报"], moment
        assert is_clean(folder), moment


def test_adopt__stopped_at_any_moment_only_what_was_edited_is_claimed(printed, tmp_path):
    def edit(folder: Path) -> None:
        retype(notice(folder, "docx"), _5="完成。领导改过。")

    taken = {1: "按口径", 5: f"采自人工修改 {WORD}"}
    for moment, folder in stopped_everywhere(printed, tmp_path, ("adopt", P, WORD, "--yes"), edit):
        assert reportgen(folder, "check", P) == 0, moment
        assert opinions(folder) in ({1: "按口径"}, taken), moment
        assert reportgen(folder, "adopt", P, WORD, "--yes") == 0, moment
        assert opinions(folder) == taken, moment
        assert built(folder) == 0, moment
        assert completions(folder)["5"] == "完成。领导改过。", moment
        assert is_clean(folder), moment
