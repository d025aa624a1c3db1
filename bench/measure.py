"""One command as a process of its own, several times: medians of wall time, processor time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence

from msgspec import Struct


class Measured(Struct, frozen=True):
    """Medians of the runs: seconds on the clock, seconds of processor, MiB at the peak, of all its processes."""

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


# Runs the command given and prints its wall time, processor time and peak memory, those of the processes that it starts
# included (their memory looked at ten times a second). A process of its own, since a child starts with the peak of the
# process that forked it, and this one has loaded the whole program.
_LAUNCHER = """
import os, subprocess, sys, threading, time
def resident_kib(pid):
    with open(f"/proc/{pid}/statm") as file:
        own = int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return own + sum(map(resident_kib, file.read().split()))
def watch():
    global peak
    while True:
        time.sleep(0.1)
        try:
            peak = max(peak, resident_kib(process.pid))
        except (OSError, IndexError):
            pass  # one of them has just ended
peak = 0
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
threading.Thread(target=watch, daemon=True).start()
_pid, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss) / 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""


# As on a clerk's computer, where Python keeps what it compiled.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _run(command: Sequence[str]) -> Measured:
    launched = [sys.executable, "-S", "-c", _LAUNCHER, *command]
    done = subprocess.run(launched, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-800:]}")
    return Measured(*map(float, done.stdout.split()))


def _median(runs: Sequence[Measured]) -> Measured:
    return Measured(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mib for run in runs),
    )
