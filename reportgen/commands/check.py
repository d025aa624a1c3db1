"""`check P`: every return read, every problem listed, and for the units: 退回/ what to correct, 催报/ what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportgen.commands import back
from reportgen.commands.back import Returned
from reportgen.commands.collect import Collected, Progress, collect
from reportgen.core.period import Period
from reportgen.readers.workspace import Workspace
from reportgen.writers.replace import replace_files
from reportgen.writers.report import Checked, write_report

REPORT_FILE = "核查报告.xlsx"


@dataclass(frozen=True, slots=True)
class CheckDone:
    """What `check` found and wrote."""

    collected: Collected
    returned: tuple[Returned, ...]
    outputs: tuple[Path, ...]


def check(workspace: Workspace, period: Period, now: datetime, progress: Progress) -> CheckDone:
    """Read all returns of the period and write the report."""
    collected = collect(workspace, period, now, progress)
    returned = back.returned(collected)
    folder = collected.month.output_dir
    checked = Checked(
        title=f"{period.label}核查报告",
        units=collected.units,
        findings=collected.findings,
        settled=collected.settled,
        returns=collected.returns,
        reports=tuple(collected.reports.values()),
    )
    files = {
        REPORT_FILE: write_report(checked),
        **{f"{back.FOLDER}/{one.file}": one.content for one in returned},
    }
    own = [f"{back.FOLDER}/{name}.xlsx" for name in back.files_of_units(collected).values()]
    stale = tuple(name for name in own if name not in files and (folder / name).exists())
    replace_files(folder, files, stale)
    return CheckDone(collected, returned, tuple(folder / name for name in files))
