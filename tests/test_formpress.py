"""Forms from plates say what forms written one by one say: every cell, style, height, merged range, validation."""

from __future__ import annotations

import io
from functools import cache

import pytest
from openpyxl import load_workbook

from reportgen.core.forms import Form, form_of
from reportgen.core.model import Ledger
from reportgen.writers.form import FormTemplate, write_form
from reportgen.writers.formpress import FormPress
from reportgen.writers.replace import parts_of
from tests.forms import SHEET, changed, template
from tests.world import AUGUST, SETTINGS, asked, ledger, task

LONG = "完成雨污分流管网改造12.6公里、检查井368座。" * 40
DISTRICT = ledger(
    task(11, "区农业局"),
    task(12, "区农业局 区商务局", "冷库：建成1座。直播：培训3场。", {"冷库": "区农业局", "直播": "区商务局"}),
    task(1, "区工信局 区城管局", "基站：建成130处。车位：新增500个。", {"基站": "区工信局", "车位": "区城管局"}),
    task(2, "区工信局", next_target="全部投产。"),
    task(3, "区水利局（牵头） 区财政局"),
    task(4, "区水利局", " 首尾有空格，\n分两行，<&>“” "),
    task(5, "区水利局", next_target="完成验收。"),
    task(6, "R&D中心<&>"),
    task(7, "区财政局", next_target="收官。"),
    task(8, "区审计局", LONG),
    task(9, "区文旅局", "=1+1不是公式"),
    task(10, "区档案局", "_x0041_不是字母"),
)

UNITS = asked(DISTRICT).asked_units


def dumped(content: bytes) -> dict[str, object]:
    book = load_workbook(io.BytesIO(content))
    sheets = {}
    for sheet in book.worksheets:
        sheets[sheet.title] = (
            sheet.dimensions,
            [(c.coordinate, c.value, c.data_type, list(c._style or ())) for row in sheet.iter_rows() for c in row],
            sorted(map(str, sheet.merged_cells.ranges)),
            {n: d.height and round(d.height, 6) for n, d in sheet.row_dimensions.items()},
            {letters: d.width for letters, d in sheet.column_dimensions.items()},
            [(str(v.sqref), v.type, v.formula1, v.prompt, v.error) for v in sheet.data_validations.dataValidation],
            [one.id for one in sheet.row_breaks.brk],
            [sheet.oddFooter.left.text, sheet.freeze_panes, sheet.print_title_rows, sheet.protection.sheet],
        )
    return {
        **sheets,
        "properties": sorted((p.name, p.value) for p in book.custom_doc_props.props),
        "others": {name: part for name, part in parts_of(content).items() if "worksheets" not in name},
    }


def form(unit: str, book: Ledger = DISTRICT) -> Form:
    return form_of(unit, asked(book), book, SETTINGS)


def parsed(look: bytes = b"") -> FormTemplate:
    return FormTemplate.parse(look or template(), "form.xlsx", SETTINGS.fields, AUGUST)


@cache
def printed(look: bytes = b"") -> dict[str, bytes]:
    """Return the forms of all units, one after the other from one press."""
    press = FormPress(parsed(look))
    return {unit: press.print(form(unit)) for unit in UNITS}


@pytest.mark.parametrize("unit", UNITS)
def test_print__is_what_write_form_writes(unit: str) -> None:
    assert dumped(printed()[unit]) == dumped(write_form(parsed(), form(unit)))


def test_print__a_guide_that_names_the_unit_is_measured_anew() -> None:
    def name_it(sheet):  # type: ignore[no-untyped-def]
        sheet.parent["填报说明"]["A2"] = "{{ unit }}："

    look = changed(name_it)
    content = printed(look)["区水利局"]
    assert dumped(content) == dumped(write_form(parsed(look), form("区水利局")))
    assert load_workbook(io.BytesIO(content))["填报说明"]["A2"].value == "区水利局："


def test_print__does_not_depend_on_what_was_printed_before() -> None:
    alone = ledger(*(t for t in DISTRICT.tasks if t.seq in (3, 4, 5)))
    first = FormPress(parsed()).print(form("区水利局", alone))
    press = FormPress(parsed())
    for unit in UNITS:
        press.print(form(unit))
    assert press.print(form("区水利局", alone)) == first
    assert load_workbook(io.BytesIO(first))[SHEET].max_row == 8
