"""The months beside each other: the course of each task through the year, and what is remarkable in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from reportgen.core.fields import UNREPORTED, StatusClass, Statuses
from reportgen.core.findings import Code, Finding, shortened
from reportgen.core.outcomes import Outcome, Result
from reportgen.core.period import Period
from reportgen.core.sense.year import year_reached
from reportgen.core.text import squeeze

# A clause that says that the year's target is met, and what makes such a clause say something else.
_YEARS = "(?:年度|全年|年初|年内)"
_MET = "(?:提前|全面|全部|超额|圆满|均|已)*(?:完成|达到|实现)"
_SAYS_MET = re.compile(
    rf"(?:已|提前|全面|全部|超额|圆满){_MET}了?{_YEARS}的?(?:目标|任务)|{_YEARS}(?:目标|任务)+[均都]?已{_MET}"
)
_SAYS_ELSE = re.compile(r"未|没有|尚|预计|确保|力争|争取|将|有望|计划|进度|过半|分之|成[。，；]|(?<!100)[%％]")
_CLAUSE = re.compile(r"[^。；;，,！\n]+")


class Course(Struct, frozen=True):
    """One task through the periods. `statuses` has an entry for each period that printed it, "" without a target.

    `remarks` are findings about it, of the last period's standing.
    """

    seq: int
    annual_target: str
    lead: str
    statuses: Mapping[Period, str]
    remarks: tuple[Finding, ...] = ()


def courses(results: Sequence[Result]) -> tuple[Course, ...]:
    """Return the course of each task of the last of `results`, in its order; tasks that ended before follow."""
    seqs = [outcome.seq for result in reversed(results) for outcome in result.outcomes]
    return tuple(_course(seq, results) for seq in dict.fromkeys(seqs))


def remarks(results: Sequence[Result]) -> tuple[Finding, ...]:
    """Return what is remarkable in the courses of the last period's tasks."""
    return tuple(finding for course in courses(results) for finding in course.remarks)


def annual_target_met(outcome: Outcome, statuses: Statuses) -> str:
    """Return the words or figures by which a row that is met shows that the year's target is met too, "" for none."""
    if not statuses.is_met(outcome.status):
        return ""
    if squeeze(outcome.target) == squeeze(outcome.annual_target):
        return "当期目标即年度目标"
    for clause in _CLAUSE.findall(outcome.completion):
        if _SAYS_MET.search(clause) and not _SAYS_ELSE.search(clause):
            return f"“{shortened(clause)}”"
    return year_reached(outcome.annual_target, outcome.completion)


def _course(seq: int, results: Sequence[Result]) -> Course:
    of_task = [(result, outcome) for result in results if (outcome := result.outcome(seq))]
    last = of_task[-1][1]
    told: Iterable[Finding] = ()
    counted = _counted(of_task)
    if counted and counted[-1][0] is results[-1]:
        told = (*_run_without_success(seq, counted, of_task), *_fallen_back(seq, counted), *_met_before(seq, of_task))
    return Course(
        seq=seq,
        annual_target=last.annual_target,
        lead=last.lead,
        statuses={result.period: outcome.status if outcome.has_target else "" for result, outcome in of_task},
        remarks=tuple(told),
    )


_OfTask = Sequence[tuple[Result, Outcome]]


def _counted(of_task: _OfTask) -> _OfTask:
    """Return the periods that had a target which counts: one without asks nothing, so it breaks no run."""
    return [
        (result, outcome)
        for result, outcome in of_task
        if outcome.has_target and result.statuses.kind_of(outcome.status) is not StatusClass.EXCLUDED
    ]


def _run_without_success(seq: int, counted: _OfTask, of_task: _OfTask) -> Iterable[Finding]:
    """Yield the run of periods up to the last in which the task was not met; 未报送 is no 未完成 and ends it."""
    run: list[tuple[Result, Outcome]] = []
    for result, outcome in reversed(counted):
        is_next = not run or _follows(result.period, run[-1][0].period, of_task)
        if not is_next or not _is_unmet(result, outcome):
            break
        run.append((result, outcome))
    if len(run) < 2:
        return
    run.reverse()
    names = dict.fromkeys(outcome.status for _result, outcome in run)
    all_not = all(result.statuses.kind_of(outcome.status) is StatusClass.NOT for result, outcome in run)
    periods = "、".join(
        result.period.label if len(names) == 1 else f"{result.period.label}{outcome.status}" for result, outcome in run
    )
    words = run[-1][1].status if len(names) == 1 else "未完成" if all_not else "没有全部完成"
    yield Finding(Code.P02, seq=seq, values={"seq": seq, "count": len(run), "words": words, "periods": periods})


def _follows(earlier: Period, later: Period, of_task: _OfTask) -> bool:
    """Tell whether nothing unknown lies between two periods of a task: each between them was printed."""
    printed = {result.period for result, _outcome in of_task}
    between = later.previous
    while between is not None and between != earlier:
        if between not in printed:
            return False
        between = between.previous
    return True


def _fallen_back(seq: int, counted: _OfTask) -> Iterable[Finding]:
    """Yield that a task which was met the time before is not met now."""
    if len(counted) < 2:
        return
    (before, earlier), (now, outcome) = counted[-2:]
    if before.statuses.is_met(earlier.status) and _is_unmet(now, outcome):
        values = {"seq": seq, "before": before.period.label, "earlier": earlier.status, "status": outcome.status}
        yield Finding(Code.P03, seq=seq, values=values)


def _is_unmet(result: Result, outcome: Outcome) -> bool:
    return result.statuses.kind_of(outcome.status) in (StatusClass.NOT, StatusClass.PARTLY)


def _met_before(seq: int, of_task: _OfTask) -> Iterable[Finding]:
    """Yield that an earlier period said the year's target was met: a contradiction where the task is not met now."""
    now, outcome = of_task[-1]
    for before, earlier in of_task[:-1]:
        words = annual_target_met(earlier, before.statuses)
        if not words or squeeze(earlier.annual_target) != squeeze(outcome.annual_target):
            continue
        values = {"seq": seq, "before": before.period.label, "words": words, "status": outcome.status}
        if _is_unmet(now, outcome):
            yield Finding(Code.P04, seq=seq, values=values)
        elif outcome.status != UNREPORTED:
            yield Finding(Code.P05, seq=seq, values=values)
        return
