"""The figures of a run as a page: tables with ratios beside the targets, and a plot."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

_LIBRARIES = ("click", "openpyxl", "python-calamine", "python-docx", "lxml", "docxtpl", "Jinja2", "PyYAML")


def write_report(figures: Sequence[dict[str, Any]], path: Path | None) -> str:
    """Return the page for `figures` (what, rows, wall_s, cpu_s, peak_mib), written to `path` with its plot."""
    sizes = sorted({f["rows"] for f in figures if f["rows"]})
    lines = [
        "# Performance",
        "",
        "Measured by `python -m bench`: each command as a process of its own, interpreter included, in turn with the",
        "others of its size, medians; peak memory is that of the process. “Usual” is what a capable colleague would",
        "write in an afternoon (bench/usual.py: openpyxl in, openpyxl with styles and docxtpl out), “floor” the least",
        "that any program must do (bench/floor.py: unzip and scan the inputs, deflate the outputs).",
        "",
        f"{_machine()}, {date.today().isoformat()}.",
        "",
        "## Times and memory",
        "",
        "| rows | command | wall, s | processor, s | peak, MiB |",
        "|--:|---|--:|--:|--:|",
    ]
    for f in figures:
        rows = f"{f['rows']:,}" if f["rows"] else "–"
        lines.append(f"| {rows} | {f['what']} | {f['wall_s']:.2f} | {f['cpu_s']:.2f} | {f['peak_mib']:.0f} |")
    lines += ["", "## Targets", "", "| what | target | measured | |", "|---|--:|--:|---|"]
    for what, limit, got in _targets(figures):
        lines.append(f"| {what} | ≤ {limit:g} | {got:.2f} | {'met' if got <= limit else '**missed**'} |")
    if path is not None:
        plot = path.with_suffix(".svg")
        _plot(figures, sizes, plot)
        lines += ["", f"![wall time by number of rows]({plot.name})", ""]
        kept = _notes_of(path)
        path.write_text("\n".join(lines) + kept, encoding="utf-8")
    return "\n".join(lines)


NOTES = "## Notes"


def _notes_of(path: Path) -> str:
    """Return the hand-written end of the page as it stands: where the time goes, what was tried, what comes next."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    return "\n" + old[old.index(NOTES) :] if NOTES in old else ""


def _machine() -> str:
    import os

    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"{os.cpu_count()} shared cores, {platform.system()}, Python {platform.python_version()}; {libraries}"


def _targets(figures: Sequence[dict[str, Any]]) -> list[tuple[str, float, float]]:
    """Return (what, limit, measured) for each target that this run can tell."""
    by = {(f["what"], f["rows"]): f for f in figures}
    sizes = sorted({rows for _what, rows in by if rows})
    month = sizes[0]

    def wall(what: str, rows: int) -> float:
        return float(by[what, rows]["wall_s"])

    targets = [
        ("`--help` beside a bare click program", 1.5, wall("--help", 0) / wall("bare click", 0)),
        ("`build` of the month beside the bare imports", 3.0, wall("build", month) / wall("bare imports", 0)),
        ("`build` of the month beside the usual way", 0.6, wall("build", month) / wall("usual build", month)),
    ]
    if len(sizes) > 2:
        small, large = sizes[-2:]
        together = wall("check", large) + wall("build", large)
        targets += [
            (
                f"`check` + `build` of {large:,} rows beside the usual build",
                0.33,
                together / wall("usual build", large),
            ),
            (f"`build`, growth from {small:,} to {large:,} rows", 11.0, wall("build", large) / wall("build", small)),
            (f"`build` of {large:,} rows, peak in MiB", 400.0, float(by["build", large]["peak_mib"])),
            (f"forms for {large:,} rows beside openpyxl", 0.5, wall("forms", large) / wall("usual forms", large)),
        ]
    return targets


def _plot(figures: Sequence[dict[str, Any]], sizes: Sequence[int], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "reportgen"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for what in ("usual build", "build", "check", "usual forms", "forms", "floor"):
        points = [(f["rows"], f["wall_s"]) for f in figures if f["what"] == what]
        axes.plot(*zip(*points, strict=True), marker="o", label=what, linestyle="--" if "usual" in what else "-")
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds")
    axes.set_xticks(sizes, [f"{rows:,}" for rows in sizes])
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
