"""`python -m bench`: every figure of docs/performance.md, measured side by side in one run.

    python -m bench            all sizes (about ten minutes)
    python -m bench --quick    the real month alone

Run from the repository's root in the environment of the tests with the extra `bench` (pip install -e '.[test,bench]').
The real month is the one that REPORTGEN_REFERENCE points to, the bundled month where it is not set.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from bench.measure import ENVIRONMENT, Measured, measure_in_turn
from bench.report import write_report
from bench.worlds import PERIOD, fill_world, make_world
from reportgen.readers.workspace import starter_files

PYTHON = sys.executable
ROOT = Path(__file__).parent.parent
BARE_IMPORTS = "import click, yaml, openpyxl, docx"
SIZES = ((1_000, 200), (10_000, 2_000))


class Case(Struct, frozen=True):
    """One command at one size: `what` is its name, `rows` 0 where size plays no part."""

    what: str
    rows: int
    command: tuple[str, ...]


def program(folder: Path, *words: str) -> tuple[str, ...]:
    return (PYTHON, "-m", "reportgen", "-C", str(folder), *words)


def real_month(folder: Path) -> int:
    """Make the real month's workspace with every form filled, and return its number of rows."""
    reference = os.environ.get("REPORTGEN_REFERENCE")
    if not reference:
        for name, content in starter_files("config", "templates", "input").items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return 40
    notice = Path(reference) / "notice-2023-08.docx"
    words = ("init", str(folder), "--from", str(notice), "--period", PERIOD.code)
    subprocess.run([PYTHON, "-m", "reportgen", *words], check=True, stdout=subprocess.DEVNULL)
    fill_world(folder)
    return 124


def cases_of(folder: Path, rows: int, out: Path) -> list[Case]:
    """Return what is measured at one size: the program, the usual way, the floor."""
    period = PERIOD.code
    return [
        Case("forms", rows, program(folder, "forms", period)),
        Case("check", rows, program(folder, "check", period)),
        Case("build", rows, program(folder, "build", period)),
        Case("usual forms", rows, (PYTHON, "-m", "bench.usual", "forms", str(folder), str(out / "forms"))),
        Case("usual build", rows, (PYTHON, "-m", "bench.usual", "build", str(folder), str(out))),
        Case("floor", rows, (PYTHON, "-m", "bench.floor", str(folder), str(out))),
    ]


def main() -> None:
    """Measure, print, and write docs/performance.md with its plot."""
    quick = "--quick" in sys.argv
    commands = len(json.loads(subprocess.check_output([PYTHON, "-c", _COUNT_COMMANDS])))
    work = Path(tempfile.mkdtemp(prefix="reportgen-bench-"))
    results: list[tuple[Case, Measured]] = []
    stages: dict[int, dict[str, float]] = {}
    try:
        out = work / "out"
        rows = real_month(work / "month")
        start = [
            Case("--help", 0, (PYTHON, "-m", "reportgen", "--help")),
            Case("bare click", 0, (PYTHON, "-m", "bench.bare", str(commands), "--help")),
            Case("bare imports", 0, (PYTHON, "-c", BARE_IMPORTS)),
        ]
        results += _measured([*start, *cases_of(work / "month", rows, out)], runs=9)
        stages[rows] = _stages(work / "month", runs=9)
        for tasks, units in () if quick else SIZES:
            make_world(work / str(tasks), tasks, units)
            results += _measured(cases_of(work / str(tasks), tasks, out), runs=3 if tasks < 5_000 else 1)
            stages[tasks] = _stages(work / str(tasks), runs=3 if tasks < 5_000 else 1)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    figures = [{**asdict(case), **asdict(measured)} for case, measured in results]
    print(write_report(figures, stages, None if quick else ROOT / "docs" / "performance.md"))


_COUNT_COMMANDS = "import json; from reportgen.cli import program; print(json.dumps(list(program.commands)))"


def _stages(folder: Path, runs: int) -> dict[str, float]:
    """Return the processor seconds of each stage of `build`, medians."""
    command = (PYTHON, "-m", "bench.stages", str(folder), PERIOD.code)
    found = [json.loads(subprocess.check_output(command, env=ENVIRONMENT)) for _run in range(runs)]
    return {stage: statistics.median(one[stage] for one in found) for stage in found[0]}


def _measured(cases: list[Case], runs: int) -> list[tuple[Case, Measured]]:
    print(f"measuring {', '.join(case.what for case in cases)} …", file=sys.stderr)
    warm_ups = 1 if runs > 1 else 0
    return list(zip(cases, measure_in_turn([case.command for case in cases], runs, warm_ups), strict=True))


if __name__ == "__main__":
    main()
