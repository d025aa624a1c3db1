"""From a blank form to a return: what is filled in comes back, and nothing of the form is taken for an answer."""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from reportgen.core.fields import Settings
from reportgen.core.findings import Finding
from reportgen.core.formtexts import FormTexts
from reportgen.core.model import Ledger, Schedule
from reportgen.core.records import Filled
from reportgen.core.returns import Context, parse_return
from reportgen.core.stamp import stamps_of
from reportgen.readers.grids import read_book
from tests.forms import Written, template, with_fields, written
from tests.office import converted, needs_office
from tests.test_form import UNIT_FIELD
from tests.world import AUGUST, SETTINGS, asked, ledger, task

BOOK = replace(
    ledger(
        task(
            1, "区工信局 区城管局", "5G基站：建成3处。停车位：新增500个。", {"5G基站": "区工信局", "停车位": "区城管局"}
        ),
        task(2, "区工信局（牵头） 区城管局", next_target="全部投产。"),
        task(3, "区水利局 区工信局"),
    ),
    schedules=(Schedule(AUGUST, datetime(2023, 9, 2, 12)),),
)


@cache
def template_texts() -> tuple[str, ...]:
    look = load_workbook(io.BytesIO(template()))
    return tuple(c.value for s in look for row in s.iter_rows() for c in row if isinstance(c.value, str))


def read(content: bytes, book: Ledger = BOOK, known: Settings = SETTINGS) -> tuple[Filled, tuple[Finding, ...]]:
    parsed, findings = read_book(content, "表.xlsx")
    assert parsed is not None
    assert findings == ()
    context = Context(known.fields, book, asked(book), FormTexts.of(template_texts()), known.form_title)
    filled, findings = parse_return(parsed, context)
    assert filled is not None
    return filled, findings


def fill(form: Written, row: int, **texts: str) -> None:
    for heading, text in texts.items():
        cell = form.cell(heading, row)
        cell.value, cell.data_type = text, "s"


def saved(form: Written) -> bytes:
    buffer = io.BytesIO()
    form.workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("known", [SETTINGS, with_fields(UNIT_FIELD)])
@pytest.mark.parametrize("unit", ["区工信局", "区城管局", "区水利局"])
def test_a_blank_form_reads_without_a_finding(unit: str, known: Settings) -> None:
    filled, findings = read(written(BOOK, unit, known).content, known=known)
    assert [f.message for f in findings] == []
    assert (filled.unit, filled.round) == (unit, 1)
    assert [a.key for a in filled.answers] == [ask.key for ask in asked(BOOK).asks_of(unit)]
    assert all(a.is_blank for a in filled.answers)
    assert filled.filled_on is None


@cache
def blank_content(unit: str) -> bytes:
    return written(BOOK, unit).content


def blank(unit: str) -> Written:
    """Return the form of `unit`, opened anew."""
    content = blank_content(unit)
    return Written(content, load_workbook(io.BytesIO(content)))


UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zs", "Zl", "Zp")
words = st.text(
    st.characters(codec="utf-8", exclude_categories=UNSEEN, exclude_characters="\ufffd"), min_size=1, max_size=60
)


@given(words, words, words)
@settings(max_examples=25)
def test_what_is_filled_in_comes_back(completion: str, reason: str, proposed: str) -> None:
    form = blank("区工信局")
    fill(form, 1, 完成状态="部分完成", 完成情况=completion, 未完成原因=reason)
    form.cell("9月份目标任务", 1).value = proposed
    form.cell("9月份目标任务", 1).data_type = "s"
    filled, findings = read(saved(form))
    texts = filled.answers[0].texts
    assert [texts[k] for k in ("status", "completion", "reason", "next_target")] == [
        "部分完成", completion.strip(), reason.strip(), proposed.strip(),
    ]  # fmt: skip
    assert findings == ()


@needs_office
@pytest.mark.office
def test_through_libreoffice_and_the_old_format_both_carriers_stay(tmp_path: Path) -> None:
    form = written(BOOK, "区工信局")
    fill(form, 2, 完成状态="完成", 完成情况="一期已经投产。")
    path = tmp_path / "区工信局.xlsx"
    path.write_bytes(saved(form))
    for ending in ("xls", "xlsx"):
        path = converted(path, ending, tmp_path / ending)
    parsed, _findings = read_book(path.read_bytes(), "表.xlsx")
    assert parsed is not None
    assert [(s.unit, s.period, s.round) for s in stamps_of(parsed)] == [("区工信局", "2023-08", 1)] * 2
    filled, findings = read(path.read_bytes())
    assert [f.message for f in findings] == []
    assert filled.answers[1].text("completion") == "一期已经投产。"


@needs_office
@pytest.mark.office
def test_libreoffice_takes_inputs_for_open_and_prefilled_cells_for_locked(tmp_path: Path) -> None:
    path = tmp_path / "区工信局.xlsx"
    path.write_bytes(written(BOOK, "区工信局").content)
    again = converted(path, "xlsx", tmp_path / "out")
    sheet = load_workbook(again)["报送表"]
    locks = {address: sheet[address].protection.locked for address in ("A6", "D6", "E6", "F6", "H6", "H7", "A1", "C3")}
    assert locks == {
        "A6": True, "D6": True, "E6": False, "F6": False, "H6": False, "H7": True, "A1": True, "C3": False,
    }  # fmt: skip
    assert sheet.protection.sheet
    assert {str(v.sqref): v.type for v in sheet.data_validations.dataValidation}["E6:E7"] == "list"


@needs_office
@pytest.mark.office
def test_libreoffice_prints_each_page_with_the_head_and_the_unit(tmp_path: Path) -> None:
    import subprocess

    path = tmp_path / "区工信局.xlsx"
    path.write_bytes(written(ledger(*(task(n, "区工信局") for n in range(1, 13))), "区工信局").content)
    printed = converted(path, "pdf", tmp_path / "out")
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, check=True).stdout.decode()
    pages = text.split("\f")[:-1]
    assert len(pages) == 4
    assert all("完成情况" in page and "区工信局" in page for page in pages[:-1])
    assert "填报说明" in pages[-1]
