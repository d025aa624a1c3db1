"""The documents of the bundled month, as text, are those that were looked at and accepted.

After a wanted change: `pytest --golden-update`, and read the difference in tests/golden/ like code.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reportgen.writers.replace import parts_of
from scripts.bundled_month import make
from tests.dumps import dump_document, dump_workbook
from tests.filling import reportgen

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
PERIOD = "2023-08"
TITLE = "2023年《政府工作报告》重点工作8月份完成情况通报表"
# Answers a whole task and a part of one, and is told of another; one next target is open, the other locked.
UNIT = "区交通运输局"
FILES = {
    "notice.docx": f"output/{PERIOD}/{TITLE}.docx",
    "notice.xlsx": f"output/{PERIOD}/{TITLE}.xlsx",
    "circular.docx": f"output/{PERIOD}/关于2023年《政府工作报告》重点工作8月份完成情况的通报.docx",
    "form.xlsx": f"output/{PERIOD}/forms/{UNIT}.xlsx",
    "核查报告.xlsx": f"output/{PERIOD}/核查报告.xlsx",
    "审定.xlsx": f"input/{PERIOD}/审定.xlsx",
}


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """Return a workspace in which the bundled month was gone through."""
    folder = tmp_path_factory.mktemp("month")
    for name in ("config", "templates", "input"):
        shutil.copytree(ROOT / name, folder / name)
    for words in (("forms", PERIOD, "--unit", UNIT), ("check", PERIOD), ("review", PERIOD), ("build", PERIOD)):
        assert reportgen(folder, *words) == 0
    return folder


@pytest.mark.parametrize("name", FILES)
def test_golden(name, month, request):
    content = (month / FILES[name]).read_bytes()
    dump = (dump_document if name.endswith(".docx") else dump_workbook)(content)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--golden-update"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(dump, encoding="utf-8")
    assert dump == golden.read_text(encoding="utf-8"), "a wanted change is accepted with pytest --golden-update"


def test_bundled_month__is_what_its_script_makes_today(tmp_path):
    make(tmp_path)
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*.xlsx")}
    assert len(made) == 29
    for name, path in made.items():
        bundled, own = parts_of((ROOT / name).read_bytes()), parts_of(path.read_bytes())
        assert [part for part in own if part not in bundled or bundled[part] != own[part]] == [], name
    assert {p.relative_to(ROOT) for p in (ROOT / "input" / PERIOD).iterdir() if p.suffix == ".xlsx"} <= set(made)


def test_golden__holds_no_other_files():
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(f"{name}.txt" for name in FILES)
