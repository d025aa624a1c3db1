"""What the commands say on a terminal: Chinese, plain, and ending with the next step. Nothing is decided here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen import __version__
from reportgen.core.dates import chinese_moment
from reportgen.core.figures import sentence
from reportgen.core.findings import CannotRun, Code, Finding, Severity
from reportgen.core.grouping import Group, by_unit
from reportgen.core.period import Period
from reportgen.core.text import seq_ranges, some
from reportgen.core.units import State, UnitState, counted

if TYPE_CHECKING:
    # Each command loads what it needs; its words must not load the other commands.
    from reportgen.commands.archive import ArchiveDone
    from reportgen.commands.build import BuildDone
    from reportgen.commands.check import CheckDone
    from reportgen.commands.collect import Collected
    from reportgen.commands.forms import FormsDone
    from reportgen.commands.init import InitDone
    from reportgen.commands.overview import Overview
    from reportgen.commands.review import ReviewDone
    from reportgen.commands.verify import VerifyDone

LISTED = 12  # mistakes shown on the terminal; the report has them all
_SILENT, _OF_NO_UNIT = "没有报送的单位", "没有归到单位的"
SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_STATE_COLORS = {State.MISSING: "red", State.MUST_CORRECT: "red", State.LATE: "yellow", State.RETURNED: "green"}


def painted(text: str, color: str | None) -> str:
    """Return `text` in a colour; the command line strips it where there is no terminal."""
    import click

    return click.style(text, fg=color) if color else text


def display_width(text: str) -> int:
    """Return the columns that `text` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], colors: Sequence[str | None] = ()) -> list[str]:
    """Return the lines of a table with aligned columns; `colors` paint whole rows."""
    body = [list(row) for row in rows]
    widths = [max(map(display_width, column)) for column in zip(headings, *body, strict=True)]
    lines = []
    for row in [list(headings), *body]:
        cells = [cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    painted_body = [painted(line, color) for line, color in zip(lines[1:], colors, strict=False)]
    return [lines[0], "─" * display_width(lines[0]), *(painted_body or lines[1:])]


def finding_lines(finding: Finding) -> list[str]:
    """Return a finding as two lines: where and what, then what to do."""
    where = _where(finding)
    label = painted(finding.severity.label, SEVERITY_COLORS[finding.severity])
    return [f"{label} {where}：{finding.message}" if where else f"{label} {finding.message}", f"     {finding.hint}"]


def _where(finding: Finding) -> str:
    """Return unit and place of a finding, leaving out what its message or the file's name says already."""
    place = finding.place
    shown = str(place)
    if shown == place.file and place.file in finding.message:
        shown = ""
    is_said = finding.unit in place.file or finding.unit in finding.message
    return " ".join(filter(None, ("" if is_said else finding.unit, shown)))


def refusal(error: CannotRun) -> list[str]:
    """Return every problem that kept a command from running, in the order of their places."""
    problems = sorted(error.findings, key=lambda f: (f.place, f.code.name))
    lines = [line for finding in problems for line in finding_lines(finding)]
    return [*lines, f"共 {len(problems)} 处，改好存盘后再运行一次。"] if len(problems) > 1 else lines


def problems(collected: Collected, report: str = "") -> list[str]:
    """Return the open errors by unit, the silent units last; long lists end with where they go on."""
    sections = by_unit(collected.open_errors, collected.month.plan.units)
    pairs = [(unit, group) for unit, groups in sections for group in groups]
    pairs.sort(key=lambda pair: pair[1].code is Code.M01)
    lines: list[str] = []
    heading = told = ""
    for unit, group in pairs[:LISTED]:
        is_silent = group.code is Code.M01
        section = _SILENT if is_silent else " ".join(filter(None, (unit, group.file)))
        if section != heading:
            lines.append(painted(section or _OF_NO_UNIT, "bright_white"))
            heading, told = section, ""
        if is_silent and told:
            lines.pop()  # the same advice for all of them, once at the end
        told = group.hint
        lines += group_lines(group)
    if len(pairs) > LISTED:
        where = f"，见 {report}" if report else "，运行 check 可得全部清单"
        lines.append(f"…… 另有 {len(pairs) - LISTED} 处错误{where}")
    return lines


def group_lines(group: Group) -> list[str]:
    """Return the lines of one mistake below its unit: where and what, then what to do."""
    where = f"{group.cells}：" if group.cells else ""
    label = painted(group.severity.label, SEVERITY_COLORS[group.severity])
    return [f"  {label} {where}{group.message}", f"       {group.hint}"]


def counts(collected: Collected) -> str:
    """Return how many findings of each severity are open."""
    numbers = {s: sum(f.severity is s for f in collected.findings) for s in Severity}
    open_errors, settled = len(collected.open_errors), len(collected.settled)
    text = f"错误 {open_errors} 个，警告 {numbers[Severity.WARNING]} 个，提示 {numbers[Severity.NOTE]} 个"
    return text + (f"（另有 {settled} 个错误已审定）" if settled else "")


def units_table(units: Sequence[UnitState]) -> list[str]:
    """Return the table of units, those that need something first; signed scans are shown once there are any."""
    urgent = {State.MISSING: 0, State.MUST_CORRECT: 1, State.LATE: 2, State.RETURNED: 3, State.RULED: 4}
    ordered = sorted(units, key=lambda unit: urgent[unit.state])
    rows: list[tuple[str, ...]] = [
        (
            *(unit.unit, unit.state.label),
            f"{unit.received:%m-%d %H:%M}" if unit.received else "",
            *(str(unit.errors or ""), str(unit.warnings or ""), unit.file),
        )
        for unit in ordered
    ]
    headings: tuple[str, ...] = ("单位", "状态", "收到", "错误", "警告", "采用的文件")
    if any(unit.scan for unit in units):
        headings = (*headings, "盖章件")
        rows = [(*row, unit.scan) for row, unit in zip(rows, ordered, strict=True)]
    return table(headings, rows, [_STATE_COLORS.get(unit.state) for unit in ordered])


def units_line(units: Sequence[UnitState]) -> str:
    parts = [f"{state.label} {number}" for state, number in counted(units).items()]
    return f"应报 {len(units)} 个单位：{'，'.join(parts)}。"


def next_step(text: str) -> str:
    return painted(f"下一步：{text}", "green")


def relative(path: Path, root: Path) -> str:
    """Return a path as the clerk sees it from the workspace."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


# one command each


def after_init(done: InitDone, target: str, period: Period | None) -> list[str]:
    lines = [f"已建好工作区 {target}。"]
    for finding in done.findings:
        lines += finding_lines(finding)
    if done.ledger is None:
        return [*lines, next_step(f"进入文件夹 {target}，运行 reportgen build 2023-08，看示例月份的通报表。")]
    ledger = next(name for name in done.files if name.endswith(f"ledger-{done.ledger.year}.xlsx"))
    if done.carried_on:
        kept = f"{len(done.ledger.units)} 个单位、{len(done.ledger.leaders)} 位领导"
        lines.append(f"沿用了设置、模板和 {kept}；任务空着，等待填写。")
        step = f"进入文件夹 {target}，在 {ledger} 中填写 {done.ledger.year} 年的任务、目标和各期的截止时间，"
        first = done.ledger.schedules[0].period
        return [*lines, next_step(f"{step}再运行 reportgen forms 期次（如 {first}）。")]
    if period is None:
        step = f"进入文件夹 {target}，按表内“填写说明”填写 {ledger}，在 config/reportgen.yaml 中写上单位名称，"
        return [*lines, next_step(f"{step}再运行 reportgen forms 期次（如 {done.ledger.year}-09）。")]
    counted = (len(done.ledger.tasks), len(done.ledger.units), len(done.ledger.leaders))
    lines.append("台账编入 {} 项任务、{} 个单位、{} 位领导。".format(*counted))
    step = f"核对 {ledger}，在“期次”表中填截止时间，在 config/reportgen.yaml 中写上单位名称，"
    return [*lines, next_step(f"{step}再进入文件夹 {target} 运行 reportgen forms {period}。")]


def after_forms(done: FormsDone, period: str) -> list[str]:
    lines = [f"已写出 {len(done.written)} 份空白表，共 {done.answers} 项要填报：output/{period}/forms/。"]
    if done.informed_only:
        lines.append(f"仅知悉、不需填报的单位 {len(done.informed_only)} 个，见 发放清单.xlsx。")
    without_target = [task.seq for task in done.plan.tasks if not task.target]
    if without_target:
        lines.append(f"没有本期目标、不要求填报的任务：第{seq_ranges(without_target)}项。")
    if done.removed:
        lines.append(f"已移除不再需要的旧表：{'、'.join(done.removed)}。")
    if done.without_contact:
        lines.append(
            f"台账里有 {len(done.without_contact)} 个单位没有电话和邮箱（{some(done.without_contact)}），可补填。"
        )
    step = (
        f"把 output/{period}/空白表.zip 中的表按 发放清单.xlsx 发给各单位；"
        f"收回的表放进 input/{period}/，运行 reportgen check {period}。"
    )
    return [*lines, next_step(step)]


def after_status(collected: Collected) -> list[str]:
    month = collected.month
    lines = [f"{month.settings.title}"]
    if month.schedule.deadline:
        lines.append(f"截止时间：{chinese_moment(month.schedule.deadline)}")
    lines += ["", *units_table(collected.units), "", units_line(collected.units), f"{counts(collected)}。"]
    return [*lines, next_step(collected.step)]


def after_check(done: CheckDone) -> list[str]:
    collected = done.collected
    root = collected.month.workspace.root
    report, page = (relative(path, root) for path in done.outputs[:2])
    lines = [units_line(collected.units), f"{counts(collected)}。", *problems(collected, page)]
    lines.append(f"核查报告：{page}（用浏览器看、打印），{report}（逐格清单）")
    return [
        *lines,
        *_sent_back(done),
        *_reminded(done),
        next_step(collected.step),
    ]


def _sent_back(done: CheckDone) -> list[str]:
    """Return where the marked workbooks are, and what a unit should be told with them."""
    if not done.returned:
        return []
    folder = relative(done.collected.month.output_dir, done.collected.month.workspace.root)
    lines = [f"退回各单位更正的表 {len(done.returned)} 份：{folder}/退回/，错处已在格子上标明。"]
    to_confirm = [one.unit for one in done.returned if not one.errors]
    if to_confirm:
        lines.append(f"  其中只有需核实的内容、可不退的：{some(to_confirm)}。")
    fresh = [one.unit for one in done.returned if not one.is_own]
    if fresh:
        lines.append(f"  不能在原表上标的，用新表带入了原来填的内容：{some(fresh)}。")
    without_drawings = [one.unit for one in done.returned if one.drawings]
    if without_drawings:
        lines.append(f"  原表中的图形（图片、文本框等）没有带入：{some(without_drawings)}。")
    return lines


def _reminded(done: CheckDone) -> list[str]:
    """Return where the notes to the silent units are."""
    if not done.notes:
        return []
    month = done.collected.month
    folder = relative(month.output_dir, month.workspace.root)
    lines = [f"催报通知 {len(done.notes)} 份：{folder}/催报/（文字和 Word 各一份），电话见 催报名单.xlsx。"]
    if not month.settings.contact:
        lines.append("  通知上没有本室的电话；可在 config/reportgen.yaml 的 contact 中写上。")
    return lines


def after_review(done: ReviewDone) -> list[str]:
    collected = done.collected
    root = collected.month.workspace.root
    path, period = relative(done.outputs[0], root), collected.month.period
    tasks = sum(not row.part for row in done.review.rows)
    lines = [f"审定表已写好：{path}（{tasks} 项任务，原有审定 {done.kept} 处保持不变）。"]
    waiting = sum(row.state.is_open for row in done.review.rows)
    if waiting:
        lines.append(f"待审定 {waiting} 行，可在“状况”一栏筛选。")
    if collected.stale:
        lines.append(painted(f"需复核 {len(collected.stale)} 行：审定之后报送的内容变了。", "yellow"))
    silent = [unit for unit in done.review.silent if not unit.is_ruled]
    if silent:
        lines.append(f"没有报送的单位 {len(silent)} 个，可在“未报送单位”表中一次审定。")
    lines.append(f"{counts(collected)}。")
    step = f"打开它填“审定状态”“审定完成情况”，保存并关闭后运行 reportgen build {period}。"
    return [*lines, next_step(step)]


def after_build(done: BuildDone) -> list[str]:
    month = done.collected.month
    root, period = month.workspace.root, month.period
    lines = [sentence(done.figures)]
    if not done.outputs:
        lines += [f"还有 {len(done.collected.open_errors)} 个错误没有处理，没有写通报表。", *problems(done.collected)]
        for path in done.stale:
            lines.append(painted(f"注意：{relative(path, root)} 是以前写的，已与现在的数据不符。", "yellow"))
        step = (
            f"更正后再运行；要由本室定，运行 reportgen review {period}；"
            f"要先看样子，运行 reportgen build {period} --draft。"
        )
        return [*lines, next_step(step)]
    lines += _kept_aside(done, root)
    for_leaders = [path for path in done.outputs if path.parent != month.output_dir]
    lines += [f"已写出 {relative(path, root)}" for path in done.outputs if path not in for_leaders]
    if for_leaders:
        names = dict.fromkeys(path.stem for path in for_leaders)
        folder = relative(for_leaders[0].parent, root)
        lines.append(f"已写出 {folder}/：{len(names)} 位领导各一份（{'、'.join(names)}），以后每次 build 都一并更新。")
    if done.dropped:
        lines.append(f"已移除以前的草稿 {len(done.dropped)} 份，免得与正式的混淆。")
    lines += _decisions(done.collected)
    lines.append(f"{counts(done.collected)}。")
    lines += [line for note in done.notes for line in finding_lines(note)]
    if done.is_draft:
        return [*lines, next_step(f"这是草稿，不能印发。处理完错误后运行 reportgen build {period}。")]
    if any(note.code is Code.Q01 for note in done.notes):
        step = f"看看上面高过一页的行；运行 reportgen proof {period} 可再试印、检查字体。"
        return [*lines, next_step(step)]
    step = f"运行 reportgen proof {period} 检查能不能付印，再逐页看过，即可送审、印发；"
    return [*lines, next_step(f"{step}印发后运行 reportgen archive {period} 存档。")]


def _kept_aside(done: BuildDone, root: Path) -> list[str]:
    """Return where notices edited by hand are kept, and how to take what was changed in them."""
    lines = []
    for path, aside in done.kept_aside:
        lines.append(painted(f"原来的文件有人工修改，已另存为 {relative(path, root)}。", "yellow"))
        see = f"运行 reportgen adopt {done.collected.month.period} {relative(path, root)}"
        advice = {
            "the_same": "其中的内容与新写的一致，可以删去。",
            "adoptable": f"要采用其中的改动，{see}。",
            "otherwise": f"“完成情况”与新写的一致；别处的改动没有印出，要看是哪些，{see}。",
            "no_notice": "还要的改动，请照着改到新写的一份上。",
        }
        lines.append(f"     {advice[aside.value]}")
    return lines


def _decisions(collected: Collected) -> list[str]:
    from reportgen.screen_rulings import decision_lines  # it stands on this module

    return decision_lines(collected)


def after_archive(done: ArchiveDone, root: Path) -> list[str]:
    path = relative(done.path, root)
    size = sum(entry.size for entry in done.index.entries) / (1 << 20)
    what = f"{path}：{len(done.index.entries)} 个文件，{size:.1f} MB。"
    lines = [f"已写出 {what}" if done.is_new else f"已有同样的存档包 {what}", f"指纹（SHA-256）：{done.mark}"]
    return [*lines, next_step(f"运行 reportgen verify {path} 查验；指纹另记一处，日后可证明存档包没有动过。")]


def after_verify(done: VerifyDone) -> list[str]:
    lines = [f"{done.index.title}（{done.index.period}）", f"指纹（SHA-256）：{done.mark}"]
    if done.is_other_version:
        lines.append(f"存档时的版本是 {done.index.version}，现在的是 {__version__}。")
    lines += table(("重新生成的文件", "结果"), [(name, again.value) for name, again in done.rebuilt.items()])
    for finding in done.findings[:LISTED]:
        lines += finding_lines(finding)
    hidden = len(done.findings) - LISTED
    if hidden > 0:
        lines.append(f"…… 另有 {hidden} 处")
    if done.findings:
        return [*lines, next_step("这个存档包不能作为依据，请找原来的那一份。")]
    step = "存档包完好，可以留存。"
    return [*lines, f"{len(done.index.entries)} 个文件的指纹都相符，没有多，没有少。", next_step(step)]


def overview(view: Overview) -> list[str]:
    """Return where the running period stands."""
    period = view.period
    if period is None:
        return ["台账里还没有期次和目标。", next_step("填写台账的“任务”“单位”“期次”表，再运行 reportgen forms 期次。")]
    lines = [f"{view.title}", f"期次 {period}" + (f"，截止 {chinese_moment(view.deadline)}" if view.deadline else "")]
    if view.units:
        lines.append(units_line(view.units))
    from reportgen.commands.overview import Stage  # loaded already by whoever made the view

    steps = {
        Stage.FORMS: f"运行 reportgen forms {period} 生成空白表，发给各单位。",
        Stage.WAITING: f"把收回的表放进 input/{period}/，运行 reportgen check {period}。",
        Stage.CHECKING: f"还有错误或未报单位：reportgen check {period} 看清单，reportgen review {period} 审定。",
        Stage.READY: f"可以出通报表了：reportgen build {period}。",
        Stage.BUILT: f"{period.label}通报表已写好，在 output/{period}/。"
        + (f"下一期：reportgen forms {period.next}。" if period.next else ""),
    }
    return [*lines, next_step(steps[view.stage])]
