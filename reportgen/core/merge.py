"""Returns and rulings become the rows of the notice (rules 2, 3, 7, 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from reportgen.core import fields as keys
from reportgen.core.answers import Ask, PeriodTask, Plan
from reportgen.core.fields import INCOMPLETE_MARK, UNREPORTED, UNREPORTED_MARK, Fields, Statuses
from reportgen.core.findings import Code, Finding
from reportgen.core.model import Ledger
from reportgen.core.notice import Merged, Piece, Row
from reportgen.core.parts import joined, without_label
from reportgen.core.records import Change, UnitReport
from reportgen.core.rulings import Ruling, Rulings, key_of
from reportgen.core.sense import tidied
from reportgen.core.text import has_end_mark, squeeze

_CLOSES_STATUS = "。，、：；"


class Ground(Struct, frozen=True):
    """What rows are merged from and by."""

    plan: Plan
    ledger: Ledger
    fields: Fields
    statuses: Statuses
    reports: Mapping[str, UnitReport]
    rulings: Rulings
    tidy_marks: bool = False


class _Log(Struct):
    """Findings and changes gathered while rows are merged."""

    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def change(self, code: Code, ask: Ask, piece: Piece, after: str, why: str, words: str = "") -> None:
        values = {"what": ask.what, "words": words}
        self.findings.append(Finding(code, piece.place, ask.seq, ask.unit, keys.COMPLETION, values))
        self.changes.append(Change(ask.seq, ask.unit, keys.COMPLETION, piece.place, piece.text, after, why))


def merge(ground: Ground) -> tuple[Merged, tuple[Finding, ...]]:
    """Return a row for each active task, once and in ledger order, and what was noticed on the way."""
    log = _Log()
    rows = tuple(_row(task, ground, log) for task in ground.plan.tasks)
    log.findings += _unknown_rulings(ground)
    return Merged(rows, tuple(log.changes)), tuple(log.findings)


def _unknown_rulings(ground: Ground) -> Iterable[Finding]:
    known = {key_of(task.seq) for task in ground.plan.tasks}
    known |= {key_of(task.seq, part) for task in ground.plan.tasks for part, _ask in task.parts if part}
    for ruling in ground.rulings.all:
        if ruling.key not in known and (ruling.decides or ruling.adopted):
            yield Finding(Code.M07, ruling.place, seq=ruling.seq, values={"what": ruling.what})


def _row(task: PeriodTask, ground: Ground, log: _Log) -> Row:
    ruling = ground.rulings.of(task.seq)
    if not task.target:
        return _row_without_target(task, ruling, ground, log)
    pieces = tuple(_piece(part, ask, task, ground, log) for part, ask in task.parts)
    status, completion = _status(task, pieces, ground, log), _completion(pieces)
    final_status, final_text = status, completion
    if any(piece.reported for piece in pieces):
        as_reported = tuple(piece.reported or piece for piece in pieces)
        status, completion = _status(task, as_reported, ground, _Log()), _completion(as_reported)
    if ruling is not None:
        final_status, final_text = _ruled(ruling, final_status, final_text, log)
    if final_status == UNREPORTED and not (ruling and ruling.completion) and not _anyone_wrote(pieces):
        final_text = ""  # the status says it all: 未报送。
    if not final_status:
        silent = all(piece.is_silent for piece in pieces)
        final_status = UNREPORTED_MARK if silent else INCOMPLETE_MARK
        final_text = "" if silent else final_text
    others = _others(task, ground)
    return Row(
        task=task.task,
        target=task.target,
        status=final_status,
        completion=final_text,
        pieces=pieces,
        ruling=ruling,
        others=others,
        reported_status=status,
        reported_completion=completion,
        next_target=_next_target(task, others.get(keys.NEXT_TARGET, ""), ground),
    )


def _row_without_target(task: PeriodTask, ruling: Ruling | None, ground: Ground, log: _Log) -> Row:
    """Return the row of an active task that has no target in this period: nothing is asked of anyone."""
    period = ground.plan.period
    printed, coming = period.no_target, _next_target(task, "", ground)
    if ruling is None or not ruling.decides:
        values = {"seq": task.seq, "period": period.label, "printed": printed}
        log.findings.append(Finding(Code.M05, task.task.place, seq=task.seq, values=values))
        return Row(task.task, printed, "", "", ruling=ruling, has_target=False, next_target=coming)
    has_target = bool(ruling.status)
    return Row(
        task.task, printed, ruling.status, ruling.completion, (), ruling, has_target=has_target, next_target=coming
    )


def _ruled(ruling: Ruling, status: str, completion: str, log: _Log) -> tuple[str, str]:
    """Return status and text after the office's ruling; a status typed again before the ruled text is dropped."""
    final = ruling.status or status
    text = ruling.completion or completion
    if ruling.completion:
        text, _dropped = without_status(ruling.completion, final)
    elif ruling.status and not completion and ruling.status != UNREPORTED:
        log.findings.append(
            Finding(Code.M11, ruling.place, seq=ruling.seq, values={"seq": ruling.seq, "status": ruling.status})
        )
    return final, text


# one unit's contribution


def _piece(part: str, ask: Ask, task: PeriodTask, ground: Ground, log: _Log) -> Piece:
    """Return what a unit contributes, after a ruling on its part alone; one on the whole comes later."""
    several = len(task.asks) > 1
    ruling = ground.rulings.of(task.seq, part) if part else None
    reported = _reported_piece(part, ask, ground)
    if ruling is None or not ruling.decides:
        return _tidied(reported, ask, several, ground.tidy_marks, log)
    own = replace(reported, ruling=ruling, status=ruling.status or reported.status, is_silent=False)
    if ruling.completion:
        own = replace(own, text=ruling.completion, place=ruling.place)
    own = replace(own, is_missing=not own.text and own.status != UNREPORTED)
    # A text that the office wrote is printed as it wrote it.
    tidy_own = ground.tidy_marks and not ruling.completion
    shown = _tidied(reported, ask, several, ground.tidy_marks, _Log())
    return replace(_tidied(own, ask, several, tidy_own, log), reported=shown)


def _reported_piece(part: str, ask: Ask, ground: Ground) -> Piece:
    report = ground.reports.get(ask.unit)
    answer = report.answers.get(ask.key) if report else None
    if answer is None:
        if ask.unit in ground.rulings.unreported and report is None:
            return Piece(ask.unit, ask.label, status=UNREPORTED, is_silent=True, part=part)
        return Piece(ask.unit, ask.label, is_silent=report is None, is_missing=report is not None, part=part)
    status = answer.text(keys.STATUS) if ground.statuses.get(answer.text(keys.STATUS)) else ""
    written = answer.text(keys.COMPLETION)
    place = answer.place_of(keys.COMPLETION)
    return Piece(ask.unit, ask.label, status, written, place, is_missing=not written, part=part)


def _tidied(piece: Piece, ask: Ask, several: bool, tidy_marks: bool, log: _Log) -> Piece:
    """Return the piece without a label or status that the print would show twice; each change is noted."""
    text, words = without_label(piece.text, piece.label)
    if words:
        log.change(Code.M06, ask, piece, text, "去掉重复的标签", words)
        piece = _with_text(piece, text)
    text, words = without_status(piece.text, piece.status)
    if words:
        log.change(Code.M04, ask, piece, text, "去掉重复的状态", words)
        piece = _with_text(piece, text)
    text, done = tidied(piece.text) if tidy_marks else (piece.text, ())
    if done:
        words = "、".join(done)
        log.change(Code.M26, ask, piece, text, words, words)
        piece = _with_text(piece, text)
    if (several or piece.label) and piece.text and not has_end_mark(piece.text):
        log.change(Code.M03, ask, piece, f"{piece.text}。", "补句号")
        piece = _with_text(piece, f"{piece.text}。")
    return piece


def _with_text(piece: Piece, text: str) -> Piece:
    return replace(piece, text=text)


def without_status(text: str, status: str) -> tuple[str, str]:
    """Return (text, words dropped): a status typed again at the start goes only when 。，、：； or the end follows.

    完成。完成项目总投资的74.8%。 keeps its second 完成 (rule 3).
    """
    start = text.lstrip()
    if not status or not start.startswith(status):
        return text, ""
    rest = start[len(status) :]
    if rest and rest[0] not in _CLOSES_STATUS:
        return text, ""
    return rest[1:].lstrip(), status + rest[:1]


# the whole of a row


def _status(task: PeriodTask, pieces: Sequence[Piece], ground: Ground, log: _Log) -> str:
    """Return the status of the whole, "" while a part of it is unknown (rule 3)."""
    lead = task.task.lead
    if _is_led(task, ground):
        own = next((p for p in pieces if p.unit == lead), pieces[0])
        for other in pieces:
            if own.status and other.status not in ("", UNREPORTED, own.status):
                values = {"seq": task.seq, "lead": own.unit, "status": own.status}
                values |= {"member": other.unit, "other": other.status}
                found = Finding(Code.M02, other.place, task.seq, other.unit, keys.STATUS, values, own.place)
                log.findings.append(found)
        return own.status
    if not all(piece.status for piece in pieces):
        return ""
    return ground.statuses.combined(piece.status for piece in pieces)


def _is_led(task: PeriodTask, ground: Ground) -> bool:
    """Tell whether one unit's own status stands for the whole: no parts, and the lead is no group."""
    has_parts = any(ask.label for ask in task.asks)
    return not has_parts and ground.ledger.members_of(task.task.lead) == (task.task.lead,)


def _completion(pieces: Sequence[Piece]) -> str:
    """Return the text of the whole: parts in the order of the target's labels, several units under their names."""
    blocks: list[str] = []
    for label in dict.fromkeys(piece.label for piece in pieces):
        of_label = [piece for piece in pieces if piece.label == label]
        named = len(of_label) > 1 or (not label and len(pieces) > 1)
        texts = [_shown(piece, named, is_whole=len(pieces) == 1) for piece in of_label]
        blocks.append(joined(label, "".join(texts)))
    return "".join(blocks)


def _shown(piece: Piece, named: bool, is_whole: bool) -> str:
    """Return what a piece adds to its row; a whole row's own 未报送 is said by the status before it."""
    if piece.status == UNREPORTED:
        text = piece.text if is_whole else f"{UNREPORTED}。{piece.text}"
    elif piece.is_silent:
        text = UNREPORTED_MARK
    elif piece.is_missing:
        text = INCOMPLETE_MARK
    else:
        # A text that was nothing but its status was dropped as repeated; beside other parts it is said here.
        text = piece.text or ("" if is_whole else f"{piece.status}。")
    return joined(piece.unit, text) if named else text


def _next_target(task: PeriodTask, proposed: str, ground: Ground) -> str:
    """Return the target of the next period (rule 6): the ledger's, else the office's, else what the units propose.

    One that `review` put in and the clerk left follows the proposals.
    """
    following = ground.plan.period.next
    if following is None or not task.task.is_active(following):
        return ""
    ruling = ground.rulings.of(task.seq)
    typed = ruling.next_target if ruling and ruling.next_target != ground.rulings.proposed(ruling.key) else ""
    return task.task.targets.get(following) or typed or proposed


def _anyone_wrote(pieces: Iterable[Piece]) -> bool:
    return any(piece.text for piece in pieces)


def _others(task: PeriodTask, ground: Ground) -> Mapping[str, str]:
    """Return the joined texts of the unit fields that are not the status or the completion, next target included."""
    others: dict[str, str] = {}
    several = len({ask.unit for ask in task.asks}) > 1
    for wanted in ground.fields.of_units:
        if wanted.key in (keys.STATUS, keys.COMPLETION):
            continue
        texts = []
        for ask in task.asks:
            report = ground.reports.get(ask.unit)
            answer = report.answers.get(ask.key) if report else None
            text = answer.text(wanted.key) if answer else ""
            if text:
                closed = text if has_end_mark(text) or len(task.asks) == 1 else f"{text}。"
                name = ask.label or (ask.unit if several and len(task.asks) > 1 else "")
                texts.append(joined(name, without_label(closed, ask.label)[0]))
        others[wanted.key] = "".join(texts)
    return others


def unprinted_characters(row: Row) -> str:
    """Return the characters of the units' texts that the printed row lacks, "" when all are there (rule 8).

    White space aside, and in order: every piece must stand in the row as a whole unless a ruling replaced the text.
    """
    if row.ruling is not None and row.ruling.completion:
        return ""
    printed = squeeze(row.printed_completion)
    return "".join(squeeze(piece.text) for piece in row.pieces if squeeze(piece.text) not in printed)
