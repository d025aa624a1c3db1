"""What `proof` says on a terminal: the documents, what keeps them from being printed, and whether they can be."""

from __future__ import annotations

from reportgen.commands.proof import ProofDone
from reportgen.core.findings import Severity
from reportgen.screen import finding_lines, next_step, painted, table


def after_proof(done: ProofDone) -> list[str]:
    rows = [
        (
            *(one.name, "" if one.tasks is None else str(one.tasks)),
            "—" if not one.pages else f"{one.pages}" if one.is_printed else f"约 {one.pages}",
            str(one.at_risk or ""),
            "逐格相符" if one.is_compared and not one.at_risk else "已比对" if one.is_compared else "没有比对",
        )
        for one in done.documents
    ]
    lines = table(("文件", "任务", "页数", "有问题的行", "印出来"), rows)
    lines.append("")
    lines += [f"没有试印，页数是估计的：{finding.message}" for finding in done.unprinted]
    if not done.can_compare:
        lines.append("没有逐格比对：这台电脑没有 poppler（pdftotext）。")
    by_weight = sorted(done.findings, key=lambda finding: finding.severity.rank)
    lines += [line for finding in by_weight for line in finding_lines(finding)]
    if done.rows_at_risk:
        step = f"先处理上面 {len(done.rows_at_risk)} 处错误，再运行 reportgen proof {done.month.period}。"
        return [*lines, next_step(step)]
    reminders = sum(finding.severity is Severity.WARNING for finding in done.findings)
    if reminders:
        lines.append(f"付印前请看上面 {reminders} 条警告。")
    return [*lines, painted("可以付印。", "green")]
