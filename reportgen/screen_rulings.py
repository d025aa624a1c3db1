"""What the office decided, as the terminal tells it: decisions, edits by hand, and where a row came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.decisions import subject
from reportgen.core.edits import around_change
from reportgen.core.findings import Finding, Place, shortened
from reportgen.core.parts import joined
from reportgen.core.records import Decision
from reportgen.core.rulings import (
    ADOPTED_HEADING,
    COMPLETION_HEADING,
    NEXT_TARGET_HEADING,
    OPINION_HEADING,
    STATUS_HEADING,
    UNREPORTED_SHEET,
    Ruling,
    spoken,
)
from reportgen.core.text import some
from reportgen.screen import LISTED, finding_lines, next_step, painted, table

if TYPE_CHECKING:
    from reportgen.commands.adopt import Adoption
    from reportgen.commands.collect import Collected
    from reportgen.commands.explain import Explained, Sent

_LONG = (keys.COMPLETION, keys.PERIOD_TARGET, keys.ANNUAL_TARGET, keys.NEXT_TARGET)  # cut to where they differ


def decision_lines(collected: Collected) -> list[str]:
    """Return what the office changed: which row, from what to what, why; the report of `check` has them all."""
    silent = [unit for unit in collected.month.plan.asked_units if unit in collected.rulings.unreported]
    silent = [unit for unit in silent if unit not in collected.reports]
    decisions = [one for one in collected.decisions if one.place.sheet != UNREPORTED_SHEET]
    lines = [f"审定为未报送的单位 {len(silent)} 个：{some(silent)}。"] if silent else []
    lines += [f"本室审定改动 {len(decisions)} 处："] if decisions else []
    for one in decisions[:LISTED]:
        what, change = decision_words(one, collected)
        why = f"（{shortened(one.why, 30)}）" if one.why else ""
        lines.append(f"  {spoken(one.seq, one.part)} {what}：{change}{why}")
    if len(decisions) > LISTED:
        more = f"运行 reportgen check {collected.month.period}，都在核查报告的“审定改动”中"
        lines.append(f"  …… 另有 {len(decisions) - LISTED} 处；{more}")
    return lines


def decision_words(one: Decision, collected: Collected) -> tuple[str, str]:
    """Return what a decision is about, and from what to what it changed."""
    what = subject(one, {field.key: field.heading for field in collected.month.settings.fields})
    before, after = around_change(one.before, one.after) if one.field in _LONG else (one.before, one.after)
    return what, f"{shortened(before) or '（空）'} → {shortened(after) or '（空）'}"


def adoption(found: Adoption) -> list[str]:
    """Return what somebody changed in a notice: what would be taken, and every change that will not be."""
    lines = []
    if found.edits:
        lines += [f"{found.file} 中改过的“完成情况” {len(found.edits)} 处：", ""]
        rows = [(str(edit.cell.seq), *around_change(edit.cell.before, edit.cell.after)) for edit in found.edits]
        lines += [*table(("序号", "原来印的", "改成"), rows), ""]
    if found.said_already:
        lines.append(f"另有 {found.said_already} 处改动，现在的内容已经如此，不必再采用。")
    if found.others:
        lines.append(f"没有采用的改动 {len(found.others)} 处：")
        inside = (replace(finding, place=replace(finding.place, file="")) for finding in found.others)
        lines += [line for finding in inside for line in finding_lines(finding)]
    if not found.edits:
        lines.append("没有可以采用的改动。" if found.others or found.said_already else f"{found.file} 没有改动过。")
    return lines


def not_adopted(found: Adoption, file: str) -> list[str]:
    period = found.collected.month.period
    return ["没有写入。", next_step(f"看过以上改动，要采用的，运行 reportgen adopt {period} {file} --yes。")]


def after_adopt(found: Adoption) -> list[str]:
    month = found.collected.month
    path = f"input/{month.period}/审定.xlsx"
    lines = [f"已把 {len(found.edits)} 处改动写进 {path}，审定意见写着“采自人工修改 {found.file}”。"]
    step = f"运行 reportgen build {month.period}，Word 和 Excel 就都是改后的内容。"
    if found.others:
        step = f"没有采用的 {len(found.others)} 处，请按建议处理；再" + step
    return [*lines, next_step(step)]


# explain


def explained(found: Explained) -> list[str]:
    """Return where a row came from, from the ledger to the print."""
    month = found.collected.month
    lines = [painted(f"{month.settings.title}　{spoken(found.task.seq)}", "bright_white")]
    for title, body in (
        ("台账", _ledger(found)),
        ("报送", _sent(found)),
        ("程序自动改动", _changes(found)),
        ("问题", (line for finding in found.findings for line in _problem(finding, found))),
        ("审定", _rulings(found)),
        ("印出", _printed(found)),
    ):
        inside = list(body)
        lines += ["", painted(f"【{title}】", "cyan"), *(f"  {line}" for line in inside or ["无"])]
    review, build = f"reportgen review {month.period}", f"reportgen build {month.period}"
    step = f"要改这一项，运行 {review}，在 审定.xlsx 中审定，再运行 {build}。"
    return [*lines, "", next_step(step)]


def _ledger(found: Explained) -> Iterator[str]:
    month, task = found.collected.month, found.task.task
    fields = month.settings.fields
    yield f"位置：{task.place.file} “{task.place.sheet}” 第{task.place.row}行"
    yield joined(fields[keys.ANNUAL_TARGET].heading, task.annual_target)
    own, source = task.targets.get(month.period, ""), ""
    if found.task.target != own:
        source = "（上期审定接受的改动）" if own else "（上期“审定下期目标”）"
    yield joined(fields[keys.PERIOD_TARGET].heading + source, found.task.target or "无，本期不要求填报")
    yield joined(fields[keys.UNITS].heading, "、".join(a.printed for a in task.assignments))
    yield joined(fields[keys.LEADERS].heading, "、".join(task.leaders))
    for line in task.division:
        yield f"分工：{line.label} = {line.unit}"


def _sent(found: Explained) -> Iterator[str]:
    for one in found.sent:
        yield from _one_sent(one, found)
    for part, ask in found.silent:
        report = found.collected.reports.get(ask.unit)
        said = "没有报送" if report is None else f"报了表，没有填这一项（{'、'.join(report.files)}）"
        yield f"{part + ' ' if part else ''}{ask.unit}：{said}"


def _one_sent(one: Sent, found: Explained) -> Iterator[str]:
    filled, fields = one.filled, found.collected.month.settings.fields
    when = [f"第{filled.round}轮" if filled.round else "", f"填报日期 {filled.filled_on}" if filled.filled_on else ""]
    when.append(f"收到 {filled.received:%Y-%m-%d %H:%M}" if filled.received else "")
    standing = painted(f"未采用：{one.reason}", "yellow") if one.reason else painted("采用", "green")
    name = f"{one.part} {one.ask.unit}" if one.part and one.part != one.ask.unit else one.ask.unit
    yield f"{name}　{filled.file}（{'，'.join(filter(None, when))}）　{standing}"
    for field in fields.of_units:
        text = one.answer.text(field.key)
        if text:
            yield f"  {one.answer.place_of(field.key).cell} {joined(field.heading, _inline(text))}"
    for key, text in one.answer.changed.items():
        yield f"  {fields[key].heading}被改为：{_inline(text)}"


def _changes(found: Explained) -> Iterator[str]:
    for change in found.changes:
        before, after = around_change(change.before, change.after)
        yield f"{change.unit}　{_short(change.place)}　{change.why}：“{before}” → “{after}”"


def _problem(finding: Finding, found: Explained) -> list[str]:
    is_settled = finding in found.collected.settled
    lines = finding_lines(finding)
    return [f"{lines[0]}（已审定）"] if is_settled else lines


def _rulings(found: Explained) -> Iterator[str]:
    collected = found.collected
    for ruling in found.rulings:
        stale = painted("　需复核：审定之后报送的内容变了", "yellow") if ruling.key in collected.stale else ""
        yield f"{ruling.what}　{_short(ruling.place)}{stale}"
        yield from (f"  {heading}：{_inline(text)}" for heading, text in _cells(ruling) if text)
    if found.decisions:
        yield "因此改动："
    for one in found.decisions:
        what, change = decision_words(one, collected)
        yield f"  {spoken(one.seq, one.part)} {what}：{change}"
        yield f"    依据：{one.why or '没有写审定意见'}" + (f"（{_short(one.place)}）" if one.place.file else "")


def _cells(ruling: Ruling) -> tuple[tuple[str, str], ...]:
    return (
        (STATUS_HEADING, ruling.status),
        (COMPLETION_HEADING, ruling.completion),
        (NEXT_TARGET_HEADING, ruling.next_target),
        (OPINION_HEADING, ruling.opinion),
        (ADOPTED_HEADING, ruling.adopted),
    )


def _printed(found: Explained) -> Iterator[str]:
    row = found.row
    if row.target != found.task.target:
        yield joined("现在会印的目标", _inline(row.target))
    yield f"现在会印：{_inline(row.printed_completion) or '（空）'}"
    for one in found.printed:
        if one.is_current:
            yield f"{one.file}：印的就是这样"
        else:
            yield painted(f"{one.file}：是以前写的，印的是：{_inline(one.completion) or '（空）'}", "yellow")
    for name, is_current in found.circulars:
        yield f"{name}：列有这一项" if is_current else painted(f"{name}：列有这一项，内容是以前的", "yellow")
    if not found.printed:
        yield "还没有写出通报表"


def _short(place: Place) -> str:
    return str(place) if place.cell else place.file


def _inline(text: str) -> str:
    """Return a text on one line, its own line breaks shown as ↵."""
    return " ↵ ".join(line.strip() for line in text.split("\n"))
