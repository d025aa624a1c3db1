"""The documentation says what the program does: all of it, and nothing that does not exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
from pathlib import Path

import click
import pytest

import reportgen
from reportgen.cli import program
from reportgen.core.findings import CannotRun, Code, Finding
from reportgen.core.ledger_columns import LEADER_COLUMNS, SCHEDULE_COLUMNS, TASK_COLUMNS, UNIT_COLUMNS
from reportgen.core.units import State, UnitState
from reportgen.readers.settings import parse_configuration
from tests.filling import reportgen as run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
DOCUMENTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))}
FIRST_COMMANDS = """\
python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/reportgen build 2023-08
bash scripts/test.sh
"""


def section(title: str) -> str:
    """Return the manual's text under a heading, up to the next heading of the same or a higher level."""
    _before, marks, rest = re.split(rf"^(#+) {re.escape(title)}\n", MANUAL, flags=re.MULTILINE)
    return re.split(rf"^#{{1,{len(marks)}}} ", rest, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table rows in a text, heads and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [number for number, row in enumerate(cells) if set("".join(row)) <= set("-:")]
    return [row for number, row in enumerate(cells) if number not in rules and number + 1 not in rules]


def named(cell: str) -> str:
    """Return the first word in backticks of a cell."""
    match = re.match(r"`([^`]+)`", cell)
    assert match, cell
    return match.group(1)


def options_of(command: click.Command) -> set[str]:
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {name for option in options for name in option.opts}


def commands_in(text: str) -> list[list[str]]:
    return [match.split() for match in re.findall(r"`reportgen( [^`]*)`", text)]


def test_manual__a_section_for_each_command_in_the_order_of_the_month():
    headings = re.findall(r"^### reportgen (\S+)(.*)$", MANUAL, re.MULTILINE)
    expected = []
    for name, command in program.commands.items():
        arguments = [str(p.metavar) for p in command.params if isinstance(p, click.Argument)]
        expected.append((name, "".join(f" {argument}" for argument in arguments)))
    assert headings == expected


@pytest.mark.parametrize("name", program.commands)
def test_manual__the_options_of_each_command(name):
    heading = re.search(rf"^### (reportgen {name}\b.*)$", MANUAL, re.MULTILINE)
    assert heading
    told = {named(row[0]) for row in rows(section(heading.group(1))) if row[0].startswith("`-")}
    assert told == options_of(program.commands[name])


def test_manual__the_options_of_the_program():
    told = {named(row[0]) for row in rows(section("命令").split("\n### ")[0]) if row[0].startswith("`-")}
    assert told == options_of(program) | {"--help"}


def test_documents__speak_of_no_command_or_option_that_does_not_exist():
    for name, text in DOCUMENTS.items():
        for words in commands_in(text):
            commands = [word for word in words if re.fullmatch(r"[a-z]+", word)]
            assert not commands or commands[0] in program.commands, (name, words)
            known = options_of(program) | {"--help"}
            known |= options_of(program.commands[commands[0]]) if commands else set()
            assert {word for word in words if word.startswith("-")} <= known, (name, words)


def test_manual__every_code_with_its_severity_sorted():
    told = [(row[0], row[1]) for row in rows(section("问题编号"))]
    assert told == [(code.name, code.severity.label) for code in sorted(Code, key=lambda code: code.name)]
    assert all(all(row) and len(row) == 4 for row in rows(section("问题编号")))


def settings_keys() -> set[str]:
    """Return the keys of the settings, as the program itself lists them when it meets one it does not know."""
    keys = set()
    lists = (("fields.", "fields: [qqqq: 1]"), ("statuses.", "statuses: [qqqq: 1]"))
    mappings = (("rules.", "rules: {qqqq: 1}"), ("circular.", "circular: {qqqq: 1}"))
    for prefix, text in (("", "qqqq: 1"), *lists, *mappings):
        with pytest.raises(CannotRun) as refused:
            parse_configuration(text.encode(), "x.yaml")
        (unknown,) = [f for f in refused.value.findings if f.code is Code.C02]
        keys |= {prefix + key for key in unknown.hint.removeprefix("可用的有：").rstrip("。").split("、")}
    return keys


def test_manual__every_setting():
    assert {named(row[0]) for row in rows(section("设置"))} == settings_keys()


def test_settings_file__every_setting_stands_in_it():
    text = (ROOT / "config" / "reportgen.yaml").read_text(encoding="utf-8")
    missing = [key for key in settings_keys() if not re.search(rf"^[#\s-]*{key.split('.')[-1]}\b", text, re.MULTILINE)]
    assert missing == []


def test_manual__every_sheet_and_column_of_the_ledger():
    sheets = {"任务": TASK_COLUMNS, "单位": UNIT_COLUMNS, "领导": LEADER_COLUMNS, "期次": SCHEDULE_COLUMNS}
    expected = [(sheet, column.heading) for sheet, columns in sheets.items() for column in columns]
    told = [(row[0], row[1]) for row in rows(section("台账"))]
    assert [pair for pair in told if pair[1] != "8月份目标任务 等"] == expected


def test_manual__the_keys_of_json():
    tables = section("JSON 的内容").split("的每一项：")
    assert [named(row[0]) for row in rows(tables[0])] == ["findings", "units", "outputs"]
    assert [named(row[0]) for row in rows(tables[1])] == list(Finding(Code.F14).as_json())
    assert [named(row[0]) for row in rows(tables[2])] == list(UnitState("甲局", State.LATE).as_json())
    states = next(row[1] for row in rows(tables[2]) if named(row[0]) == "state")
    assert [tuple(pair.split()) for pair in re.sub("`", "", states).removeprefix("状态：").split("、")] == [
        (state.value, state.label) for state in State
    ]


def limits() -> dict[str, float]:
    found = {}
    for module in pkgutil.walk_packages(reportgen.__path__, "reportgen."):
        if module.name != "reportgen.__main__":
            contents = vars(importlib.import_module(module.name))
            found |= {name: value for name, value in contents.items() if name.startswith("MAX_")}
    return found


def test_manual__every_limit_with_its_value():
    told = {}
    for name, value, _what in rows(section("限度")):
        number, unit = value.split()
        told[named(name)] = float(number) * (1024 * 1024 if unit == "MB" else 1)
    assert told == limits()
    assert list(told) == sorted(told)


def test_readme__begins_with_the_two_commands():
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert blocks[0] == FIRST_COMMANDS
    assert README.index(blocks[0]) < 600


def test_readme__the_commands_of_the_month_do_what_it_says(tmp_path, capsys):
    for name in ("config", "templates", "input"):
        shutil.copytree(ROOT / name, tmp_path / name)
    month = README.partition("## 一个月六步")[2].partition("\n## ")[0]
    steps = [row for row in rows(month) if "`" in row[1]]
    assert [row[0][0] for row in steps] == list("123456")
    for _number, command, result in steps:
        assert run(tmp_path, *named(command).split()[1:]) == 0, capsys.readouterr().err
        for wanted in re.findall(r"`((?:in|out)put/[^`]+)`", result):
            assert list(tmp_path.glob(wanted.replace("…", "*"))), (command, wanted)
    folder = tmp_path / "output" / "2023-08"
    assert {"发放清单.xlsx", "manifest.json"} < {path.name for path in folder.iterdir()}


def test_documents__links_lead_somewhere():
    for name, text in DOCUMENTS.items():
        folder = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            linked = (folder / path).read_text(encoding="utf-8") if path else text
            headings = [re.sub(r"[、，。：（）]", "", h) for h in re.findall(r"^#+ (.*)$", linked, re.MULTILINE)]
            assert not anchor or anchor in headings, (name, target)


def test_project__does_not_speak_of_how_it_is_made():
    suffixes = (".py", ".md", ".yaml", ".toml", ".cfg", ".sh")
    folders = ("reportgen", "scripts", "docs", "config", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    words = r"(?i)\b(?:claude|anthropic|chat-?gpt|llm|copilot)\b|/(?:work|tmp)/|\bissue \d|work" + r"tree"
    told = {p.name: re.findall(words, p.read_text(encoding="utf-8")) for p in (*files, ROOT / "README.md")}
    assert {name: found for name, found in told.items() if found and name != "test_docs.py"} == {}
