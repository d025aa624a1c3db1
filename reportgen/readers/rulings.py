"""审定.xlsx of a period, read into rulings."""

from __future__ import annotations

from pathlib import Path

from reportgen.core.fields import Settings
from reportgen.core.findings import Code, Finding
from reportgen.core.model import Ledger
from reportgen.core.period import Period
from reportgen.core.ruling_cells import parse_rulings
from reportgen.core.rulings import Rulings
from reportgen.readers.grids import read_book


def read_rulings(path: Path, settings: Settings, ledger: Ledger, period: Period) -> tuple[Rulings, tuple[Finding, ...]]:
    """Return the rulings in `path`, none when there is no such file yet; a damaged file is a finding."""
    if not path.exists():
        return Rulings(), ()
    book, findings = read_book(path.read_bytes(), path.name)
    if book is None:
        reasons = "".join(finding.message for finding in findings)
        values = {"reason": reasons, "advice": "请用 Excel 或 WPS 修复后再运行，或从备份恢复；在此之前不会改动它。"}
        return Rulings(), (Finding(Code.M10, findings[0].place, values=values),)
    return parse_rulings(book, settings.fields, settings.statuses, ledger, period.code)
