"""What the office changed in a period's rows: from what, to what, why, and where it said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.core import fields as keys
from reportgen.core.fields import UNREPORTED
from reportgen.core.notice import Merged, Piece, Row
from reportgen.core.records import Decision
from reportgen.core.rulings import UNREPORTED_SHEET, Rulings

_BY_PARTS = "随分项审定"


def subject(one: Decision, headings: Mapping[str, str]) -> str:
    """Return what a decision is about; `headings` are those of the fields, by key."""
    return headings.get(one.field, "采用的报送表")


def decisions(merged: Merged, rulings: Rulings) -> tuple[Decision, ...]:
    """Return each status and text that a ruling changed, in the order of the rows; confirmed ones are no changes."""
    return tuple(decision for row in merged.rows for decision in _of_row(row, rulings))


def _of_row(row: Row, rulings: Rulings) -> Iterator[Decision]:
    ruling = row.ruling
    if ruling is not None and ruling.decides:
        said = (ruling.opinion, ruling.place)
        if ruling.status and row.status != row.reported_status:
            yield Decision(row.seq, "", keys.STATUS, row.reported_status, row.status, *said)
        if ruling.completion and row.completion != row.reported_completion:
            yield Decision(row.seq, "", keys.COMPLETION, row.reported_completion, row.completion, *said)
    for piece in row.pieces:
        yield from _of_piece(row.seq, piece, rulings)
    if ruling is not None and ruling.next_target and ruling.next_target != rulings.proposed(ruling.key):
        proposed = row.others.get(keys.NEXT_TARGET, "")
        if row.next_target == ruling.next_target and ruling.next_target != proposed:
            said = (ruling.opinion, ruling.place)
            yield Decision(row.seq, "", keys.NEXT_TARGET, proposed, ruling.next_target, *said)
    by_parts = any(piece.reported for piece in row.pieces) and not (ruling and ruling.status)
    if by_parts and row.status != row.reported_status:
        yield Decision(row.seq, "", keys.STATUS, row.reported_status, row.status, _BY_PARTS)


def _of_piece(seq: int, piece: Piece, rulings: Rulings) -> Iterator[Decision]:
    if piece.ruling is not None and piece.reported is not None:
        said = (piece.ruling.opinion, piece.ruling.place)
        if piece.status != piece.reported.status:
            yield Decision(seq, piece.part, keys.STATUS, piece.reported.status, piece.status, *said)
        if piece.text != piece.reported.text:
            yield Decision(seq, piece.part, keys.COMPLETION, piece.reported.text, piece.text, *said)
    elif piece.is_silent and piece.status == UNREPORTED:
        place = rulings.unreported_places[piece.unit]
        yield Decision(seq, piece.part, keys.STATUS, "", UNREPORTED, f"“{UNREPORTED_SHEET}”表中审定", place)
