"""The command line: Chinese words in and out, exit statuses, and a sentence instead of a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import click
import pytest

from reportgen.cli import COULD_NOT_RUN, DONE, OPEN_ERRORS, program, run
from tests.books import save_book
from tests.district import founded
from tests.filling import edit_workbook, heads, reportgen
from tests.kept import files_of, made, put
from tests.office_rules import answered

ROOT = Path(__file__).parent.parent
PERIOD = "2023-08"
TITLE = "2023年《政府工作报告》重点工作8月份完成情况通报表"
CIRCULAR = f"关于{TITLE.removesuffix('通报表')}的通报.docx"
LEDGER, SETTINGS = f"config/ledger-{PERIOD[:4]}.xlsx", "config/reportgen.yaml"
RECEIPTS, RULINGS = f"input/{PERIOD}/收件登记.xlsx", f"input/{PERIOD}/审定.xlsx"
FORM, WORD, EXCEL = "templates/form.xlsx", "templates/notice.docx", "templates/notice.xlsx"
UNITS = ("区水利局", "区财政局", "区民政局")
SILENT = "区住建局"


@pytest.fixture
def workspace(tmp_path):
    """A district in which one unit is silent; nothing has been written but the register."""
    return put(made(receive), tmp_path)


def receive(folder: Path) -> None:
    answered(folder, SILENT)
    assert reportgen(folder, "status", PERIOD) == DONE
    shutil.rmtree(folder / "output")


@pytest.fixture
def ruled(tmp_path):
    """A district whose silent unit is ruled 未报送, so that it builds."""
    return put(made(rule), tmp_path)


def rule(folder: Path) -> None:
    receive(folder)
    assert reportgen(folder, "review", PERIOD) == DONE
    edit_workbook(folder / RULINGS, rule_all_unreported)


def rule_all_unreported(book):
    assert "全部审定为未报送" in book["未报送单位"]["A1"].value
    book["未报送单位"]["E1"].value = "是"


def told(capsys) -> str:
    """Return what the program said last, standard output and error together."""
    said = capsys.readouterr()
    return said.out + said.err


def spawned(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "reportgen", "-C", str(folder), *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


# help


@pytest.mark.parametrize("words", [(), *((name,) for name in program.commands)])
def test_help__is_chinese_with_examples_that_exist(words, capsys):
    assert run([*words, "--help"]) == DONE
    text = told(capsys)
    assert text.startswith("用法：reportgen")
    assert re.search(r"\b(Usage|Options|Commands|Error|Show this message|INTEGER|TEXT|PERIOD|FILE)\b", text) is None
    examples = [line.split() for line in text.partition("\n例：\n")[2].splitlines()]
    assert examples
    for name, command, *_rest in examples:
        assert name == "reportgen"
        assert command in (words or program.commands)
    assert "显示本帮助" in text


def test_help__names_every_option(capsys):
    for name, command in program.commands.items():
        assert run([name, "--help"]) == DONE
        text = told(capsys)
        options = [option for p in command.params if isinstance(p, click.Option) for option in p.opts]
        assert [option for option in options if option not in text] == []


def test_help__lists_the_commands_in_the_order_of_the_month(capsys):
    assert run(["--help"]) == DONE
    text = told(capsys)
    assert re.findall(r"^  ([a-z]+) +\S", text.partition("命令：")[2].partition("选项：")[0], re.MULTILINE) == list(
        program.commands
    )


# words that are wrong


@pytest.mark.parametrize(
    ("words", "said", "command"),
    [
        (["bulid"], "没有命令“bulid”。是否为 build？", "reportgen"),
        (["天气"], "没有命令“天气”。", "reportgen"),
        (["build", "--darft", PERIOD], "没有选项 --darft。是否为 --draft？", "reportgen build"),
        (["build"], "缺少“期次”。", "reportgen build"),
        (["init"], "缺少“文件夹”。", "reportgen init"),
        (["check", PERIOD, "多", "余"], "多出的内容：多 余。", "reportgen check"),
        (["forms", PERIOD, "--unit"], "选项 --unit 后面缺少内容。", "reportgen forms"),
        (["status", PERIOD, "--json=1"], "选项 --json 后面不应有内容。", "reportgen status"),
        (["init", "新", "--from", "旧.docx"], "用 --from 时还要用 --period 指明期次", "reportgen init"),
        (["init", "新", "--period", PERIOD], "--period 要与 --from 一起用。", "reportgen init"),
    ],
)
def test_run__wrong_words_are_told_with_the_way_out(words, said, command, workspace, capsys):
    assert reportgen(workspace, *words) == COULD_NOT_RUN
    text = told(capsys)
    assert said in text
    assert f"用 {command} --help 看用法和例子。" in text


@pytest.mark.parametrize("period", ["2023-8", "2023-13", "8月", "2023-Q5"])
def test_run__a_period_that_is_none(period, workspace, capsys):
    assert reportgen(workspace, "check", period) == COULD_NOT_RUN
    assert f"“{period}”不是期次。" in told(capsys)


def test_run__a_folder_that_is_no_workspace(tmp_path, capsys):
    for words in ((), ("status", PERIOD), ("forms", PERIOD)):
        assert reportgen(tmp_path, *words) == COULD_NOT_RUN
        text = told(capsys)
        assert text.count(str(tmp_path)) == 1
        assert "不是 reportgen 的工作区" in text
        assert "reportgen init" in text
    assert list(tmp_path.iterdir()) == []


def test_run__a_period_without_returns(workspace, capsys):
    for command in ("status", "check", "review", "build"):
        assert reportgen(workspace, command, "2023-09") == COULD_NOT_RUN
        assert "请把各单位报来的表放进 input/2023-09/" in told(capsys)


def test_run__a_year_without_ledger(workspace, capsys):
    assert reportgen(workspace, "forms", "2024-01") == COULD_NOT_RUN
    assert "现有的台账：ledger-2023.xlsx。" in told(capsys)


# files that are damaged or in the way


def junk(_content: bytes) -> bytes:
    return b"no office file"


def empty(_content: bytes) -> bytes:
    return b""


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def noise(_content: bytes) -> bytes:
    return bytes(range(256))


@pytest.mark.parametrize("damage", [junk, empty, cut, noise])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        (LEDGER, "status"),
        (SETTINGS, "status"),
        (RECEIPTS, "check"),
        (RULINGS, "review"),
        (FORM, "forms"),
        (WORD, "build"),
        (EXCEL, "build"),
    ],
)
def test_run__a_damaged_file_is_named_and_stays(name, command, damage, workspace, capsys):
    path = workspace / name
    path.write_bytes(damage(path.read_bytes() if path.exists() else b"0123456789"))
    before = path.read_bytes()
    assert reportgen(workspace, command, PERIOD, *(["--draft"] if command == "build" else [])) == COULD_NOT_RUN
    text = told(capsys)
    assert path.name in text
    assert text.startswith("错误 ")
    assert "Traceback" not in text
    assert path.read_bytes() == before
    assert not (workspace / "output").exists() or not files_of(workspace / "output")


def test_run__damaged_rulings_stop_a_build_but_not_a_check(workspace, capsys):
    (workspace / RULINGS).write_bytes(b"no office file")
    assert reportgen(workspace, "check", PERIOD) == OPEN_ERRORS
    assert reportgen(workspace, "build", PERIOD) == OPEN_ERRORS
    assert told(capsys).count("“审定.xlsx”不能使用") == 2


@pytest.mark.parametrize("name", [LEDGER, SETTINGS, RECEIPTS, RULINGS, WORD, f"output/{PERIOD}/核查报告.xlsx"])
def test_run__a_folder_in_place_of_a_file(name, workspace, capsys):
    (workspace / name).unlink(missing_ok=True)
    (workspace / name).mkdir(parents=True)
    assert reportgen(
        workspace, "build" if name == WORD else "check", PERIOD, *(["--draft"] if name == WORD else [])
    ) == (COULD_NOT_RUN)
    text = told(capsys)
    assert re.search(r"[A-Za-z]+ (?:a|or|such|not) [a-z]+", text) is None  # no English from the operating system


@pytest.mark.parametrize("name", ["output", f"output/{PERIOD}"])
@pytest.mark.parametrize("command", ["forms --unit 区水利局", "check"])
def test_run__a_file_in_place_of_the_output_folder(command, name, workspace, capsys):
    (workspace / name).parent.mkdir(exist_ok=True)
    (workspace / name).write_text("mine")
    assert reportgen(workspace, *command.split(), PERIOD) == COULD_NOT_RUN
    assert f"“{Path(name).name}”的位置上有同名的文件或文件夹，写不进去。" in told(capsys)
    assert (workspace / name).read_text() == "mine"


def test_run__a_return_that_is_damaged_stops_no_other(workspace, capsys):
    (workspace / f"input/{PERIOD}/区水利局.xlsx").write_bytes(b"no office file")
    assert reportgen(workspace, "status", PERIOD) == DONE
    text = told(capsys)
    assert re.search(r"区财政局 +已报", text)
    assert re.search(r"区水利局 +未报", text)


def test_run__a_file_held_open_stays_as_it_was(workspace, capsys):
    report = workspace / "output" / PERIOD / "核查报告.xlsx"
    report.parent.mkdir(parents=True)
    report.write_bytes(b"the old report")
    report.with_name(f"~${report.name}").write_bytes(b"")
    assert reportgen(workspace, "check", PERIOD) == COULD_NOT_RUN
    assert "“核查报告.xlsx”正被 Excel 或 WPS 打开" in told(capsys)
    assert report.read_bytes() == b"the old report"


def test_build__a_notice_held_open_keeps_all_of_the_old_files(ruled, capsys):
    assert reportgen(ruled, "build", PERIOD) == DONE
    output = ruled / "output" / PERIOD
    old = files_of(output)
    (output / f"~${TITLE}.xlsx").write_bytes(b"")
    edit_workbook(ruled / LEDGER, lambda book: change_target(book["任务"]))
    assert reportgen(ruled, "build", PERIOD) == COULD_NOT_RUN
    assert f"“{TITLE}.xlsx”正被 Excel 或 WPS 打开" in told(capsys)
    (output / f"~${TITLE}.xlsx").unlink()
    assert files_of(output) == old


def change_target(sheet):
    head, columns = heads(sheet)
    sheet.cell(head + 1, columns["年度目标任务"]).value = "另一项任务。"


# exit statuses and the object of --json


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("status", PERIOD), DONE),
        (("check", PERIOD), OPEN_ERRORS),
        (("build", PERIOD), OPEN_ERRORS),
        (("build", PERIOD, "--draft"), OPEN_ERRORS),
        (("check", "2023-09"), COULD_NOT_RUN),
    ],
)
def test_run__exit_status_with_silent_units(words, status, workspace, capsys):
    assert reportgen(workspace, *words) == status
    said = capsys.readouterr()
    assert bool(said.err) == (status == COULD_NOT_RUN)
    assert status == COULD_NOT_RUN or said.out.splitlines()[-1].startswith("下一步：")


def test_run__exit_status_when_all_is_settled(ruled, capsys):
    for words in (("check", PERIOD), ("build", PERIOD, "--draft"), ("build", PERIOD)):
        assert reportgen(ruled, *words) == DONE
    names = {path.name for path in (ruled / "output" / PERIOD).iterdir()}
    notices = {f"{TITLE}.docx", f"{TITLE}.xlsx", CIRCULAR}
    assert names == {"核查报告.xlsx", "核查报告.html", "manifest.json", "printed.json"} | notices
    assert "已移除以前的草稿 3 份，免得与正式的混淆。" in capsys.readouterr().out


FINDING_KEYS = ["code", "severity", "seq", "unit", "file", "sheet", "cell", "message", "hint"]
UNIT_KEYS = ["unit", "state", "file", "received", "errors", "warnings", "scan"]


@pytest.mark.parametrize(
    ("words", "status", "outputs"),
    [
        (("status", PERIOD), DONE, []),
        (("check", PERIOD), OPEN_ERRORS, [f"output/{PERIOD}/核查报告.{suffix}" for suffix in ("xlsx", "html")]),
        (("build", PERIOD), OPEN_ERRORS, []),
        (
            ("build", PERIOD, "--draft"),
            OPEN_ERRORS,
            [f"output/{PERIOD}/草稿-{name}" for name in (f"{TITLE}.docx", f"{TITLE}.xlsx", CIRCULAR)],
        ),
    ],
)
def test_json__is_one_object(words, status, outputs, workspace, capsys):
    assert reportgen(workspace, *words, "--json") == status
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["findings", "units", "outputs"]
    assert [name for name in answer["outputs"] if "/催报/" not in name] == outputs
    assert all((workspace / name).is_file() for name in answer["outputs"])
    assert all(list(one) == FINDING_KEYS for one in answer["findings"])
    assert {one["severity"] for one in answer["findings"]} <= {"error", "warning", "note"}
    assert all(list(one) == UNIT_KEYS for one in answer["units"])
    states = {one["unit"]: one["state"] for one in answer["units"]}
    assert states == {**dict.fromkeys(UNITS, "returned"), SILENT: "missing"}
    assert [one["unit"] for one in answer["findings"] if one["code"] == "M01"] == [SILENT]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("status", "2023-09"), "W05"),
        (("check", "2023-8"), "W06"),
        (("check",), "W14"),
        (("build", PERIOD, "--darft"), "W14"),
        (("build", "2024-01"), "W07"),
    ],
)
def test_json__is_one_object_when_nothing_could_run(words, code, workspace, capsys):
    assert reportgen(workspace, *words, "--json") == COULD_NOT_RUN
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert said.err == ""
    assert [one["code"] for one in answer["findings"]] == [code]
    assert list(answer["findings"][0]) == FINDING_KEYS
    assert (answer["units"], answer["outputs"]) == ([], [])


# the terminal


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_output__never_fails_on_the_encoding(encoding, workspace):
    edit_workbook(workspace / f"input/{PERIOD}/区水利局.xlsx", say_what_gbk_lacks)
    shown = spawned(workspace, "check", PERIOD, PYTHONIOENCODING=encoding)
    assert (shown.returncode, shown.stderr) == (OPEN_ERRORS, b"")
    objects = io.TextIOWrapper(io.BytesIO(), encoding)
    with redirect_stdout(objects):
        assert reportgen(workspace, "check", PERIOD, "--json") == OPEN_ERRORS
    objects.flush()
    messages = [one["message"] for one in json.loads(objects.buffer.getvalue().decode(encoding))["findings"]]
    assert any("赟㎡🙂" in message for message in messages)


def say_what_gbk_lacks(book):
    sheet = book["报送表"]
    head, columns = heads(sheet)
    sheet.cell(head + 1, columns["完成状态"]).value = "赟㎡🙂"


def test_output__has_no_colours_and_no_progress_in_a_pipe(workspace):
    shown = spawned(workspace, "status", PERIOD)
    assert shown.returncode == DONE
    assert b"\x1b" not in shown.stdout
    assert b"\r" not in shown.stdout.replace(b"\r\n", b"\n")
    assert shown.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a process of its own")
def test_run__interrupted_says_so_and_leaves_everything(workspace):
    before = files_of(workspace)
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "-C", str(workspace), "check", PERIOD],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.decode()) == (COULD_NOT_RUN, b"", "\n已中止，文件保持原样。\n")
    assert files_of(workspace) == before


# Ctrl-C at the moment when the clock is asked for, which every command does before it reads.
INTERRUPTED = f"""
import os, sys
from datetime import datetime
from reportgen.cli import run
def clock():
    os.kill(os.getpid(), {int(signal.SIGINT)})
    return datetime.now()
sys.exit(run(sys.argv[1:], clock))
"""


# reportgen alone


def test_overview__a_new_workspace_says_what_to_fill(tmp_path, capsys):
    assert reportgen(tmp_path, "init", "新") == DONE
    capsys.readouterr()
    assert reportgen(tmp_path / "新") == DONE
    assert "填写台账的“任务”“单位”“期次”表" in told(capsys)


@pytest.mark.parametrize(
    ("now", "period"),
    [(datetime(2023, 9, 1), PERIOD), (datetime(2023, 11, 3), "2023-09"), (datetime(2025, 2, 1), "2023-09")],
)
def test_overview__before_anything_was_done_the_ledger_says_which_period(now, period, tmp_path, capsys):
    for name in ("config", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    edit_workbook(tmp_path / LEDGER, keep_two_periods)
    assert reportgen(tmp_path, now=now) == DONE
    assert f"reportgen forms {period}" in told(capsys)


def keep_two_periods(book):
    sheet = book["期次"]
    kept = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value in ("期", PERIOD, "2023-09")]
    sheet.delete_rows(1, sheet.max_row)
    for values in kept:
        sheet.append(values)


def test_overview__goes_with_the_month(tmp_path, capsys):
    folder = founded(tmp_path / "w")
    shutil.rmtree(folder / "output")
    steps = []

    def step():
        assert reportgen(folder) == DONE
        steps.append(re.findall(r"reportgen (\w+)", told(capsys).partition("下一步：")[2]))

    step()
    assert reportgen(folder, "forms", PERIOD, "--unit", UNITS[0]) == DONE
    capsys.readouterr()
    step()
    shutil.copytree(answered(tmp_path / "other", SILENT) / "input", folder / "input")
    step()
    assert reportgen(folder, "review", PERIOD) == DONE
    edit_workbook(folder / RULINGS, rule_all_unreported)
    capsys.readouterr()
    step()
    assert reportgen(folder, "build", PERIOD) == DONE
    capsys.readouterr()
    step()
    assert steps == [["forms"], ["check"], ["check", "review"], ["build"], ["forms"]]


def test_version__is_the_package_s(capsys):
    from reportgen import __version__

    assert run(["--version"]) == DONE
    assert told(capsys) == f"reportgen {__version__}\n"


def test_check__a_workbook_that_is_no_form_is_told_by_name(workspace, capsys):
    save_book(workspace / f"input/{PERIOD}/会议签到.xlsx", {"签到": (("姓名", "单位"), ("周明", "区水利局"))})
    assert reportgen(workspace, "check", PERIOD) == OPEN_ERRORS
    assert "会议签到.xlsx\n  错误 没有找到填报表格" in told(capsys)
