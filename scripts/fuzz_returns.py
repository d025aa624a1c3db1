"""Damages returns by chance and reads them, each in the limits that a clerk's machine gives: 5 s and 500 MiB.

    python scripts/fuzz_returns.py [files] [seed]

Each file is read in a process of its own, in batches; told is every one that raised, was killed, or took too long, and
it is kept under fuzz-found/ to look at. Ends with status 1 when there was any.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.returns.fuzzing import damaged, read

LIMIT_SECONDS, LIMIT_BYTES = 5, 500 << 20
FOUND = Path("fuzz-found")


def main(files: int, seed: int) -> int:
    """Read `files` damaged files and return how many went wrong."""
    wrong = 0
    started = time.monotonic()
    for number in range(seed, seed + files):
        name, content = damaged(number)
        reason = _outcome(name, content)
        if reason:
            wrong += 1
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{number}-{name}").write_bytes(content)
            print(f"{number} {name}: {reason}")
        if (number - seed + 1) % 1000 == 0:
            print(f"{number - seed + 1} files, {wrong} wrong, {time.monotonic() - started:.0f} s", flush=True)
    return wrong


def _outcome(name: str, content: bytes) -> str:
    """Return what went wrong in a process of its own, "" when nothing did."""
    context = get_context("fork")
    process = context.Process(target=_read_within_limits, args=(name, content))
    process.start()
    process.join(LIMIT_SECONDS * 4)
    if process.is_alive():
        process.kill()
        process.join()
        return "did not end"
    return {0: "", 2: f"over {LIMIT_SECONDS} s", 3: "over the memory"}.get(
        process.exitcode, f"ended {process.exitcode}"
    )


def _read_within_limits(name: str, content: bytes) -> None:
    def too_long(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(2)

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LIMIT_SECONDS)
    # What the interpreter has reserved by now does not count.
    own = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (own + LIMIT_BYTES, own + LIMIT_BYTES))
    try:
        read(name, content)
    except MemoryError:
        sys.exit(3)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)
    print(f"{count} files from seed {first}")
    sys.exit(min(main(count, first), 1))
