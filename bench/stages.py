"""Where the time of `build` goes: processor seconds by stage, each without the stages inside of it.

`python -m bench.stages WORKSPACE PERIOD` builds once and prints one JSON object, stage → seconds.
"""

from __future__ import annotations

import functools
import json
import math
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

# The functions that a stage consists of, as module.name.
_STAGES = {
    "settings": ("month.read_configuration", "month.settings_for"),
    "ledger": ("month.read_ledger", "month.ledger_at", "month.plan"),
    "returns: read, understood": ("collect.read_files",),
    "receipts": ("collect._with_receipts",),
    "rules and merging": ("collect.checked", "collect.merge"),
    "sense of the answers": ("collect._sense",),
    "templates looked through": ("build.open_press",),
    "Word: written": ("docx.write_notice_docx",),
    "Excel: written, with statistics": ("xlsx.write_notice_xlsx", "build.statistics"),
    "Word and Excel: read back, compared": ("press._reads_back",),
    "circular: written, read back": ("build.circular_file",),
    "manifest, files": ("build.write_manifest", "build.replace_files", "build._built", "build.write_builds"),
}


def main() -> None:
    workspace, code = Path(sys.argv[1]), sys.argv[2]
    spent = _watched_modules()
    import docxtpl  # noqa: F401
    import openpyxl  # noqa: F401

    from reportgen.cli import look_for_garbage_seldom
    from reportgen.commands import workers
    from reportgen.commands.build import build
    from reportgen.core.period import Period
    from reportgen.readers.workspace import Workspace

    workers.PAYS_FROM_S = math.inf  # one process, or its clock would miss what the others do
    look_for_garbage_seldom()
    imported = time.process_time()  # counted from the start of the interpreter
    build(Workspace(workspace), Period.parse(code), datetime.now().replace(microsecond=0), lambda *_far: None)
    whole = time.process_time()
    spent = {"start: interpreter, imports": imported, **spent}
    print(json.dumps({**spent, "all else": whole - sum(spent.values())}))


def _watched_modules() -> dict[str, float]:
    """Put a clock around the functions of each stage; return where they enter their seconds."""
    from reportgen.commands import build, collect, month, press

    modules = {
        "build": build,
        "collect": collect,
        "month": month,
        "press": press,
        "docx": press.docx,
        "xlsx": press.xlsx,
    }
    spent = dict.fromkeys(_STAGES, 0.0)
    inside: list[float] = []
    for stage, names in _STAGES.items():
        for name in names:
            module, _dot, function = name.partition(".")
            setattr(modules[module], function, _clocked(getattr(modules[module], function), stage, spent, inside))
    return spent


def _clocked(
    function: Callable[..., Any], stage: str, spent: dict[str, float], inside: list[float]
) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*args: Any, **named: Any) -> Any:
        started = time.process_time()
        inside.append(0.0)
        try:
            return function(*args, **named)
        finally:
            took = time.process_time() - started
            spent[stage] += took - inside.pop()
            if inside:
                inside[-1] += took

    return timed


if __name__ == "__main__":
    main()
