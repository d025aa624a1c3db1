"""Blank forms on paper: the block for information has a task below its head on the page where it begins."""

from __future__ import annotations

import pytest

from reportgen.core.forms import form_of
from reportgen.core.stamp import INFORMED_TITLE
from reportgen.readers.pdfwords import words_of
from reportgen.writers.form import FormTemplate
from reportgen.writers.formpress import FormPress
from tests.forms import template
from tests.printing import printed
from tests.world import AUGUST, SETTINGS, asked, ledger, task

pytestmark = pytest.mark.office
UNIT = "区财政局"


def test_print__no_page_ends_with_the_head_of_the_block_for_information(tmp_path) -> None:
    press = FormPress(FormTemplate.parse(template(), "form.xlsx", SETTINGS.fields, AUGUST))
    made = {}
    for count in range(1, 9):
        own = [task(seq, UNIT, "完成投资。" * (seq * 5)) for seq in range(1, count + 1)]
        book = ledger(*own, *(task(50 + n, f"区水利局（牵头） {UNIT}", "完成一期工程。" * 8) for n in range(3)))
        made[f"{count}.xlsx"] = press.print(form_of(UNIT, asked(book), book, SETTINGS))
    begun = 0
    for pdf in printed(tmp_path, made).values():
        for words in words_of(pdf.read_bytes()):
            titles = [word for word in words if word.text.startswith(INFORMED_TITLE[:6])]
            for title in titles:
                below = [word.text for word in words if word.top > title.bottom]
                assert "50" in below
                begun += 1
    assert begun == len(made)
