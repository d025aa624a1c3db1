"""The sense checks on the real month."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.sense import contradictions, is_caught, reference_rows
from reportgen.core.findings import Severity
from reportgen.core.sense import row_findings

pytestmark = pytest.mark.reference


def test_row_findings__the_real_month_as_it_is(reference: Path) -> None:
    rows, context = reference_rows(reference)
    found = [f for row in rows.values() for f in row_findings(row, context)]
    warnings = [(f.seq, f.code.name) for f in found if f.severity is Severity.WARNING]
    assert warnings == [(6, "S01"), (16, "S04")]
    assert sum(f.severity is Severity.NOTE for f in found) <= 15
    (sum_,) = (f for f in found if f.seq == 16)
    assert "10.35+13.2=23.55" in sum_.message


def test_row_findings__the_real_month_made_to_contradict_itself(reference: Path) -> None:
    rows, context = reference_rows(reference)
    cases = contradictions(rows, is_reference=True)
    caught = sum(is_caught(case, context) for case in cases)
    assert len(cases) >= 150
    assert caught / len(cases) >= 0.95
