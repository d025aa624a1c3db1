"""manifest.json: what a build read, what it changed by itself, what it was told to change, what it wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from reportgen.core.findings import Finding
from reportgen.core.notice import Merged, Row
from reportgen.core.outcomes import Outcome, Result
from reportgen.core.records import Change, Decision, Filled, UnitReport
from reportgen.writers.replace import as_json, digest

FILE = "manifest.json"


class Built(Struct, frozen=True):
    """What a manifest records. `result` is what later periods read of `merged`.

    `inputs` and `outputs` map paths below the workspace to contents.
    """

    version: str
    period: str
    title: str
    inputs: Mapping[str, bytes]
    returns: Sequence[Filled]
    reports: Sequence[UnitReport]
    merged: Merged
    decisions: Sequence[Decision]
    result: Result
    findings: Sequence[Finding]
    outputs: Mapping[str, bytes]


def write_manifest(built: Built) -> bytes:
    """Return manifest.json: UTF-8, keys in a fixed order, nothing in it that the clock decides."""
    used = {file for report in built.reports for file in report.files}
    content = {
        "reportgen": built.version,
        "period": built.period,
        "title": built.title,
        "inputs": [{"file": name, "sha256": digest(data)} for name, data in sorted(built.inputs.items())],
        "returns": [
            {
                "unit": one.unit,
                "file": one.file,
                "sha256": one.digest,
                "round": one.round,
                "filled_on": one.filled_on.isoformat() if one.filled_on else "",
                "received": one.received.isoformat(sep=" ") if one.received else "",
                "used": one.file in used,
            }
            for one in built.returns
        ],
        "statuses": [{"name": one.name, "class": one.kind.value} for one in built.result.statuses.all],
        "units": [{"unit": u.unit, "reported": u.is_reported, "late": u.is_late} for u in built.result.units],
        "rows": [_row(*pair) for pair in zip(built.merged.rows, built.result.outcomes, strict=True)],
        "changes": [_change(change) for change in built.merged.changes],
        "rulings": [_decision(decision) for decision in built.decisions],
        "findings": [finding.as_json() for finding in built.findings],
        "outputs": [{"file": name, "sha256": digest(data)} for name, data in built.outputs.items()],
    }
    return as_json(content) + b"\n"


def written_hashes(manifest: bytes) -> dict[str, str]:
    """Return the hash of each file that a manifest says was written, {} for a manifest that cannot be read."""
    try:
        return {entry["file"]: entry["sha256"] for entry in json.loads(manifest)["outputs"]}
    except (ValueError, KeyError, TypeError):
        return {}


def _row(row: Row, outcome: Outcome) -> dict[str, object]:
    return {
        "seq": row.seq,
        "status": outcome.status,
        "has_target": outcome.has_target,
        "annual_target": outcome.annual_target,
        "target": outcome.target,
        "completion": outcome.completion,
        "leaders": list(outcome.leaders),
        "units": [{"unit": unit, "role": role.value} for unit, role in outcome.units],
        "group": outcome.group,
        "from": [{"unit": p.unit, "part": p.label, "file": p.place.file, "cell": p.place.cell} for p in row.pieces],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "seq": change.seq,
        "unit": change.unit,
        "field": change.field,
        "file": change.place.file,
        "cell": change.place.cell,
        "before": change.before,
        "after": change.after,
        "why": change.why,
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "seq": decision.seq,
        "part": decision.part,
        "field": decision.field,
        "before": decision.before,
        "after": decision.after,
        "why": decision.why,
        "file": decision.place.file,
        "cell": decision.place.cell,
    }
