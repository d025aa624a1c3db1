"""The figures of a run as a page: tables with ratios beside the targets, and a plot."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

_WRITTEN = ("Word: written", "Excel: written, with statistics")
_LIBRARIES = ("click", "openpyxl", "python-docx", "lxml", "docxtpl", "Jinja2", "PyYAML")


def write_report(
    figures: Sequence[dict[str, Any]], stages: Mapping[int, Mapping[str, float]], path: Path | None
) -> str:
    """Return the page for `figures` (what, rows, wall_s, cpu_s, peak_mib), written to `path` with its plot.

    `stages` are the processor seconds of the stages of `build` by number of rows.
    """
    sizes = sorted({f["rows"] for f in figures if f["rows"]})
    lines = [
        "# Performance",
        "",
        "Measured by `python -m bench`: each command as a process of its own, interpreter included, in turn with the",
        "others of its size, medians; peak memory is that of all its processes. “Usual” is what a capable colleague",
        "would write in an afternoon (bench/usual.py: openpyxl in, openpyxl with styles and docxtpl out), “floor” the",
        "least that any program must do (bench/floor.py: unzip and scan the inputs, deflate the outputs).",
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
    for what, limit, got in _targets(figures, stages):
        lines.append(f"| {what} | ≤ {limit:g} | {got:.2f} | {'met' if got <= limit else '**missed**'} |")
    lines += ["", *_ratios(figures, sizes), "", *_where(stages)]
    if path is not None:
        plot = path.with_suffix(".svg")
        _plot(figures, sizes, plot)
        lines += ["", f"![wall time by number of rows]({plot.name})", ""]
        kept = _notes_of(path)
        path.write_text("\n".join(lines) + kept, encoding="utf-8")
    return "\n".join(lines)


def _ratios(figures: Sequence[dict[str, Any]], sizes: Sequence[int]) -> list[str]:
    """Return the table of wall times beside the usual way and the floor, and how they grow from size to size."""
    by = {(f["what"], f["rows"]): float(f["wall_s"]) for f in figures}
    lines = [
        "## Ratios",
        "",
        "| rows | command | beside the usual way | beside the floor | growth from the size before |",
        "|--:|---|--:|--:|--:|",
    ]
    for before, rows in zip((0, *sizes), sizes, strict=False):
        for what in ("forms", "check", "build"):
            usual = by["usual forms" if what == "forms" else "usual build", rows]
            growth = f"{by[what, rows] / by[what, before]:.1f} for {rows / before:.1f}" if before else "–"
            own = by[what, rows]
            lines.append(f"| {rows:,} | {what} | {own / usual:.2f} | {own / by['floor', rows]:.1f} | {growth} |")
    return lines


def _where(stages: Mapping[int, Mapping[str, float]]) -> list[str]:
    """Return the table of where the time of `build` goes."""
    lines = ["## Where the time of `build` goes", "", "Processor seconds, each stage without those inside of it.", ""]
    lines += ["| stage | " + " | ".join(f"{rows:,} rows" for rows in stages) + " |", "|---|" + "--:|" * len(stages)]
    for stage in next(iter(stages.values())):
        lines.append(f"| {stage} | " + " | ".join(f"{one[stage]:.3f}" for one in stages.values()) + " |")
    return [*lines, "| **all** | " + " | ".join(f"{sum(one.values()):.2f}" for one in stages.values()) + " |"]


NOTES = "## Notes"


def _notes_of(path: Path) -> str:
    """Return the hand-written end of the page as it stands: where the time goes, what was tried, what comes next."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    return "\n" + old[old.index(NOTES) :] if NOTES in old else ""


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"{os.cpu_count()} shared cores, {platform.system()}, Python {platform.python_version()}; {libraries}"


def _targets(
    figures: Sequence[dict[str, Any]], stages: Mapping[int, Mapping[str, float]]
) -> list[tuple[str, float, float]]:
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
            *((f"{stage}, growth", 11.0, stages[large][stage] / stages[small][stage]) for stage in _WRITTEN),
            (f"`build` of {large:,} rows, peak in MiB", 400.0, float(by["build", large]["peak_mib"])),
            (f"forms for {large:,} rows beside openpyxl", 0.5, wall("forms", large) / wall("usual forms", large)),
        ]
    return targets


# A plot of a few lines is drawn here: a plotting library would bring numpy into the measured environment, which
# openpyxl imports where it finds it, at 0.1 s a start.
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 720, 420, 60, 40
_LABEL_PITCH = 14
_CURVES = {
    "usual build": ("#c0392b", "6 4"),
    "usual forms": ("#e67e22", "6 4"),
    "build": ("#1f618d", ""),
    "check": ("#2e86c1", ""),
    "forms": ("#16a085", ""),
    "floor": ("#7f8c8d", "2 3"),
}


def _plot(figures: Sequence[dict[str, Any]], sizes: Sequence[int], path: Path) -> None:
    """Write a plot of wall time over rows, both on logarithmic scales, as SVG."""
    times = [f["wall_s"] for f in figures if f["rows"]]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(rows: float) -> float:
        return _LEFT + (math.log10(rows) - first) / ((last - first) or 1) * (_WIDTH - _LEFT - 130)

    def y(seconds: float) -> float:
        return _HEIGHT - _BOTTOM - (math.log10(seconds) - low) / (high - low) * (_HEIGHT - _BOTTOM - 20)

    text = 'font-family="sans-serif" font-size="12"'
    shapes = [f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>']
    for power in range(low, high + 1):
        level = y(10.0**power)
        shapes.append(f'<path d="M{_LEFT} {level:.1f}H{_WIDTH - 130}" stroke="#ddd"/>')
        shapes.append(f'<text x="{_LEFT - 8}" y="{level + 4:.1f}" text-anchor="end" {text}>{10.0**power:g} s</text>')
    for rows in sizes:
        shapes.append(f'<text x="{x(rows):.1f}" y="{_HEIGHT - 15}" text-anchor="middle" {text}>{rows:,} rows</text>')
    labels: list[tuple[float, float, str, str]] = []  # where a curve ends, what it is, its colour
    for what, (color, dashes) in _CURVES.items():
        points = [(x(f["rows"]), y(f["wall_s"])) for f in figures if f["what"] == what]
        line = "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        style = f'fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dashes}"'
        shapes.append(f'<path d="M{line}" {style}/>')
        shapes += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{color}"/>' for px, py in points]
        end_x, end_y = points[-1]
        labels.append((end_y + 4, end_x + 8, what, color))
    below = 0.0
    for label_y, label_x, what, color in sorted(labels):
        below = max(label_y, below + _LABEL_PITCH)
        shapes.append(f'<text x="{label_x:.1f}" y="{below:.1f}" fill="{color}" {text}>{what}</text>')
    body = "\n".join(shapes)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">\n{body}\n</svg>\n'
    path.write_text(svg, encoding="utf-8")
