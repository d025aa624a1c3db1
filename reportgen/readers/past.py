"""The periods before, as their manifests tell them: no office file is opened, nothing is counted anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from reportgen.core.fields import Status, StatusClass, Statuses
from reportgen.core.findings import Code, Finding, Place
from reportgen.core.model import Role
from reportgen.core.outcomes import Outcome, Result, UnitPunctuality
from reportgen.core.period import Period

MANIFEST = "manifest.json"


def read_past(root: Path, period: Period) -> tuple[tuple[Result, ...], tuple[Finding, ...]]:
    """Return the results of the year's printed periods of the same length before `period`, in order.

    `root` is the workspace's folder.
    A manifest that cannot be read is told, and its period is left out.
    """
    results: list[Result] = []
    findings: list[Finding] = []
    for before in _periods_before(period):
        result, found = read_result(root, before)
        findings += found
        if result is not None:
            results.append(result)
    return tuple(results), tuple(findings)


def read_result(root: Path, period: Period) -> tuple[Result | None, tuple[Finding, ...]]:
    """Return the result of a printed period, None for one that was not printed or whose manifest tells too little."""
    name = _name(period)
    path = root / name
    if not path.is_file():
        return None, ()
    try:
        return parse_result(path.read_bytes(), period), ()
    except (OSError, ValueError, KeyError, TypeError):
        values = {"period": period.label, "name": MANIFEST, "code": period.code}
        return None, (Finding(Code.P01, Place(name), values=values),)


def parse_result(manifest: bytes, period: Period) -> Result:
    """Return what a manifest says of its rows. Raises ValueError, KeyError or TypeError when it is not one."""
    content = json.loads(manifest)
    if content["period"] != period.code:
        raise ValueError(content["period"])
    return Result(
        period=period,
        outcomes=tuple(map(_outcome, content["rows"])),
        units=tuple(UnitPunctuality(one["unit"], one["reported"], one["late"]) for one in content["units"]),
        statuses=Statuses(tuple(Status(one["name"], StatusClass(one["class"])) for one in content["statuses"])),
    )


def past_files(root: Path, period: Period) -> dict[str, bytes]:
    """Return the manifests that `read_past` reads, by their path in the workspace: they are input of a build."""
    names = map(_name, _periods_before(period))
    return {name: (root / name).read_bytes() for name in names if (root / name).is_file()}


def _name(period: Period) -> str:
    return f"output/{period.code}/{MANIFEST}"


class Recorded(Struct, frozen=True):
    """What a manifest says of the build that wrote it: hashes of inputs by path, of outputs by name in output/P/."""

    version: str
    title: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


def read_recorded(path: Path) -> Recorded | None:
    """Return what the manifest in `path` records, None when there is none that can be read."""
    try:
        content = json.loads(path.read_bytes())
        inputs = {one["file"]: one["sha256"] for one in content["inputs"]}
        outputs = {one["file"]: one["sha256"] for one in content["outputs"]}
        return Recorded(content["reportgen"], content["title"], inputs, outputs)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _periods_before(period: Period) -> Iterator[Period]:
    for first in range(1, period.first, period.months):
        yield Period(period.year, first, first + period.months - 1)


def _outcome(row: Any) -> Outcome:
    return Outcome(
        seq=row["seq"],
        status=row["status"],
        has_target=row["has_target"],
        annual_target=row["annual_target"],
        target=row["target"],
        completion=row["completion"],
        leaders=tuple(row["leaders"]),
        units=tuple((unit["unit"], Role(unit["role"])) for unit in row["units"]),
        group=row["group"],
    )
