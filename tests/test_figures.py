from __future__ import annotations

from reportgen.core.figures import figures
from reportgen.screen import figures_line
from tests import world
from tests.world import answer, ledger, reports, task


def test_figures__excluded_tasks_are_counted_apart():
    book = ledger(task(1, "甲局"), task(2, "甲局"), task(3, "乙局"))
    answers = reports(甲局=[answer(1, "完成", "已完成全部管网。"), answer(2, "暂缓实施", "上级已叫停。")])
    merged, _findings = world.merged(book, answers, unreported=["乙局"])
    counts = figures(merged.rows, world.STATUSES)
    assert counts.total == 2
    assert counts.counted == (("完成", 1), ("部分完成", 0), ("未完成", 0), ("未报送", 1))
    assert counts.left_out == (("暂缓实施", 1),)
    assert figures_line(counts) == (
        "2项中，完成1项，占50.00%；部分完成0项，占0.00%；未完成0项，占0.00%；未报送1项，占50.00%。另有暂缓实施1项，不计入。"
    )
