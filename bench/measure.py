"""One command as a process of its own, several times: medians of wall time, processor time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of the runs: seconds on the clock, seconds of processor, MiB at the peak."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def measure_in_turn(commands: Sequence[Sequence[str]], runs: int, warm_ups: int = 1) -> list[Measured]:
    """Return what each command costs. They run in turn, A B A B …, so that a drift of the machine hits all alike."""
    results: list[list[Measured]] = [[] for _ in commands]
    for number in range(warm_ups + runs):
        for command, measured in zip(commands, results, strict=True):
            once = _run(command)
            if number >= warm_ups:
                measured.append(once)
    return [_median(measured) for measured in results]


def _run(command: Sequence[str]) -> Measured:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {errors.decode()[-800:]}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _median(runs: Sequence[Measured]) -> Measured:
    return Measured(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mib for run in runs),
    )
