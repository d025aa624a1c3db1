"""`check P`: every return read, every problem listed in 核查报告.xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen.commands.collect import Collected, Progress, collect
from reportgen.core.period import Period
from reportgen.readers.workspace import Workspace
from reportgen.writers.replace import write_file
from reportgen.writers.report import Checked, write_report

REPORT_FILE = "核查报告.xlsx"


@dataclass(frozen=True, slots=True)
class CheckDone:
    """What `check` found and wrote."""

    collected: Collected
    outputs: tuple[Path, ...]


def check(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> CheckDone:
    """Read all returns of the period and write the report."""
    collected = collect(workspace, period, now, progress)
    path = collected.month.output_dir / REPORT_FILE
    checked = Checked(
        title=f"{period.label}核查报告",
        units=collected.units,
        findings=collected.findings,
        settled=collected.settled,
        returns=collected.returns,
        reports=tuple(collected.reports.values()),
    )
    write_file(path, write_report(checked))
    return CheckDone(collected, (path,))
