"""What somebody changed by hand in a built notice, found against what was printed, never against what would be now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.core.builds import PrintedBuild
from reportgen.core.fields import UNREPORTED, Statuses
from reportgen.core.findings import Code, Finding, Place, shortened
from reportgen.core.notice import PrintedNotice, PrintedRow
from reportgen.core.rulings import Record, Ruling
from reportgen.core.text import squeeze

_QUOTED = 60  # characters of a text that a message quotes


class CellEdit(Struct, frozen=True):
    """A changed cell 完成情况: the text as it was printed and as it stands now."""

    seq: int
    before: str
    after: str
    place: Place


class Edit(Struct, frozen=True):
    """A changed cell that can be taken: the ruling that prints it to the letter, and what is noted of its row."""

    cell: CellEdit
    ruling: Ruling
    record: Record


class Edits(Struct, frozen=True):
    """All changes of a file: cells that may become rulings, and everything that will not."""

    cells: tuple[CellEdit, ...]
    others: tuple[Finding, ...]


def edits(printed: PrintedNotice, builds: Sequence[PrintedBuild], ending: str) -> Edits:
    """Return what was changed in a notice since it was written.

    `builds` are those that the file may be of, the likeliest last: one for a file of output/P/, all of them for a copy
    that came from elsewhere. A text that any of them printed was not changed by hand.
    """
    rows, others = _rows_by_seq(printed, builds)
    cells: list[CellEdit] = []
    likeliest = builds[-1].by_seq
    for seq, row in rows.items():
        for key in builds[-1].headings:
            known = {_plain(one.by_seq.get(seq, {}).get(key, "")) for one in builds}
            if key not in row.texts or _plain(row.texts[key]) in known:
                continue
            before = likeliest.get(seq, {}).get(key, "")
            if key == keys.COMPLETION:
                cells.append(CellEdit(int(seq), before, row.texts[key].strip(), row.places[key]))
            else:
                values = {"seq": seq, "heading": builds[-1].headings[key]}
                values |= dict(zip(("before", "after"), around_change(before, row.texts[key]), strict=True))
                others.append(Finding(Code.E01, row.places[key], seq=int(seq), field=key, values=values))
    others += _around(printed, builds, ending)
    return Edits(tuple(cells), tuple(others))


def _plain(text: str) -> str:
    """Return a cell's text as office programs may give it back: white space at the ends means nothing."""
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _rows_by_seq(printed: PrintedNotice, builds: Sequence[PrintedBuild]) -> tuple[dict[str, PrintedRow], list[Finding]]:
    """Return the rows that were printed and still stand, and what was added, taken out or moved."""
    rows: dict[str, PrintedRow] = {}
    findings: list[Finding] = []
    known = [one.by_seq for one in builds]
    for row in printed.rows:
        seq = row.texts[keys.SEQ]
        if seq in rows or not any(seq in one for one in known):
            text = shortened(" ".join(row.texts.values()), _QUOTED)
            findings.append(Finding(Code.E03, row.places[keys.SEQ], values={"text": text}))
        else:
            rows[seq] = row
    for seq in known[-1]:
        if seq not in rows and all(seq in one for one in known):
            findings.append(Finding(Code.E02, Place(printed.file), seq=int(seq), values={"seq": seq}))
    if not any(_is_in_order(list(rows), list(one)) for one in known):
        findings.append(Finding(Code.E08, Place(printed.file)))
    return rows, findings


def _is_in_order(seqs: Sequence[str], printed: Sequence[str]) -> bool:
    at = {seq: index for index, seq in enumerate(printed)}
    places = [at[seq] for seq in seqs if seq in at]
    return places == sorted(places)


def _around(printed: PrintedNotice, builds: Sequence[PrintedBuild], ending: str) -> Iterator[Finding]:
    """Yield what was changed in title, head and the texts beside the table."""
    place = Place(printed.file)
    titles = {squeeze(one.title) for one in builds}
    if squeeze(printed.title) not in titles:
        yield Finding(Code.E04, place, values={"after": shortened(printed.title, _QUOTED)})
    shown = {key: text for key, text in printed.headings if key}
    extra = [text for key, text in printed.headings if not key]
    for key, heading in builds[-1].headings.items():
        found = shown.get(key) or (extra.pop(0) if extra else "")
        if squeeze(found) not in {squeeze(one.headings.get(key, "")) for one in builds}:
            yield Finding(Code.E06, place, values={"before": squeeze(heading), "after": squeeze(found) or "（空）"})
    for text in extra:
        yield Finding(Code.E06, place, values={"before": "（无）", "after": squeeze(text)})
    known = [[squeeze(text) for text in one.beside.get(ending, ())] for one in builds]
    now = {squeeze(text): text for text in printed.beside}
    own = titles | {squeeze(printed.title)}
    for plain, text in now.items():
        if plain not in own and not any(plain in one for one in known):
            yield Finding(Code.E07, place, values={"change": "添加", "text": shortened(text, _QUOTED)})
    for plain in dict.fromkeys(known[-1]):
        if plain not in own and plain not in now and all(plain in one for one in known):
            yield Finding(Code.E07, place, values={"change": "删去", "text": shortened(plain, _QUOTED)})


def around_change(before: str, after: str, kept: int = 6, limit: int = 36) -> tuple[str, str]:
    """Return two texts cut to where they differ, with a few characters around it, for a message."""
    shortest = min(len(before), len(after))
    start = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    rest = shortest - start
    end = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    first = max(0, start - kept)

    def cut(text: str) -> str:
        last = len(text) - max(0, end - kept)
        return ("…" if first else "") + shortened(text[first:last], limit) + ("…" if last < len(text) else "")

    return cut(before), cut(after)


# from a changed cell to a ruling


def rulings_for(
    cell: CellEdit, old: Ruling | None, statuses: Statuses, opinion: str, place: Place
) -> tuple[Ruling, ...]:
    """Return the rulings that may print the changed cell, the one that says least first; none without a status."""
    status, text = split_status(cell.after, statuses)
    if not status:
        return ()
    had_status, had_text = split_status(cell.before, statuses)
    kept = old or Ruling(cell.seq, place=place)
    said = "；".join(dict.fromkeys(filter(None, (kept.opinion, opinion))))

    def ruling(new_status: str, new_text: str) -> Ruling:
        return Ruling(cell.seq, new_status, new_text, kept.next_target, said, kept.place, adopted=kept.adopted)

    least = ruling(kept.status if status == had_status else status, kept.completion if text == had_text else text)
    return (least, ruling(status, text))


def split_status(printed: str, statuses: Statuses) -> tuple[str, str]:
    """Return the status that a printed cell opens with and the text behind it, ("", text) when it has none."""
    names = sorted((*statuses.names, UNREPORTED), key=len, reverse=True)
    name = next((name for name in names if printed.startswith(f"{name}。")), "")
    return (name, printed[len(name) + 1 :]) if name else ("", printed)


def refused(cell: CellEdit, heading: str, statuses: Statuses) -> Finding:
    """Return why a changed cell cannot become a ruling."""
    status, text = split_status(cell.after, statuses)
    choices = "、".join(f"{name}。" for name in (*statuses.names, UNREPORTED))
    if not status:
        reason, advice = "开头没有状态和句号。", f"请以下列之一开头：{choices}，存盘后再运行一次。"
    elif not text:
        reason, advice = "状态后面没有文字。", "请在状态后面写上要印的文字，或在“审定.xlsx”中审定，再运行一次。"
    else:
        reason, advice = "审定后印出来不会与改的一字不差。", "请在“审定.xlsx”中直接审定这一项。"
    values = {"heading": heading, "after": shortened(cell.after, _QUOTED), "reason": reason, "advice": advice}
    return Finding(Code.E05, cell.place, seq=cell.seq, field=keys.COMPLETION, values=values)
