"""Made-up rows, consistent and contradictory: each contradiction is warned of with its two figures, nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bench.sense import STATUSES, is_caught, row_of
from bench.sense import Case as Changed
from reportgen.core.findings import Severity
from reportgen.core.period import Period
from reportgen.core.sense import SenseContext, SenseRow, row_findings, tidied
from tests.test_sense_quantities import PIECES

CASES = yaml.safe_load((Path(__file__).parent / "sense_cases.yaml").read_text(encoding="utf-8"))


def context_of(case: dict[str, Any]) -> SenseContext:
    return SenseContext(Period.parse(case.get("period", CASES["period"])), STATUSES)


def marks_of(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=case["missed"])] if "missed" in case else []


CONTRADICTIONS = [pytest.param(case, id=case["id"], marks=marks_of(case)) for case in CASES["contradictions"]]


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_row_findings__contradiction(case: dict[str, Any]) -> None:
    row = row_of(case, 1)
    warnings = [f.message for f in row_findings(row, context_of(case)) if f.severity is Severity.WARNING]
    assert any(all(figure in message for figure in case["figures"]) for message in warnings), warnings


@pytest.mark.parametrize("case", CASES["consistent"], ids=lambda case: str(case["id"]))
def test_row_findings__consistent(case: dict[str, Any]) -> None:
    found = row_findings(row_of(case, 1), context_of(case))
    assert [f.message for f in found if f.severity is Severity.WARNING] == []


def test_is_caught__only_whole_numbers() -> None:
    row = SenseRow(1, "", "盘活土地570亩。", "完成", "已盘活512亩。")
    context = context_of({})
    assert is_caught(Changed("", row, (("570", "512"),)), context)
    assert not is_caught(Changed("", row, (("57", "512"),)), context)
    assert not is_caught(Changed("", row, (("570", "12"),)), context)


TEXTS = st.lists(PIECES, max_size=20).map("".join)


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(("完成", "部分完成", "未完成", "")))
def test_row_findings__any_text(target: str, text: str, annual: str, last: str, status: str) -> None:
    row = SenseRow(1, "甲局", target, status, text, annual, reason="", last_completion=last, labels=("甲", "乙"))
    found = row_findings(row, context_of({}))
    assert all(f.message and f.hint and f.seq == 1 for f in found)


@given(TEXTS)
def test_tidied__touches_marks_only(text: str) -> None:
    marks = str.maketrans("", "", "，。；：、！？,.;:!?()（） ")
    once, _changes = tidied(text)
    assert once.translate(marks) == text.translate(marks)
