"""Reading a text: every figure with the words around it."""

from __future__ import annotations

import re

from msgspec.structs import replace

from reportgen.core.sense.bearing import BOUND_AFTER, Around
from reportgen.core.sense.figure import Figure, Reading
from reportgen.core.sense.passage import Passage
from reportgen.core.sense.pieces import Piece, pieces
from reportgen.core.sense.quantities import halved, tokens
from reportgen.core.sense.token import Kind, Token

_LONGEST = 3000
_DIVIDED = re.compile(r"([^，。；]*?(?:[、和及][^，。；、和及]+)+)(?:[^，。；、]{0,10})?分别")


def read(text: str) -> Reading:
    """Return the figures of `text` in context, in order; of a text longer than any real answer, those of its start."""
    whole = tuple(Piece(p.label, p.number, halved(p.text)) for p in pieces(text[:_LONGEST]))
    figures: list[Figure] = []
    dates: list[tuple[int, Token]] = []
    for index, piece in enumerate(whole):
        found = [token for token in tokens(piece.text) if token.kind is not Kind.NAME]
        dates += [(index, token) for token in found if token.kind is Kind.DATE]
        if any(token.kind is not Kind.DATE for token in found):
            figures += _shared_out(_figures(Passage(piece, index, found)))
    return Reading(whole, tuple(figures), tuple(dates))


def _figures(passage: Passage) -> list[Figure]:
    """Return the figures of a passage, each with what stands around it."""
    found: list[Figure] = []
    dates: list[Token] = []
    last = neighbour = None
    for at, token in enumerate(passage.tokens):
        if token.kind is Kind.DATE:
            dates.append(token)
            neighbour = None
            continue
        spot = passage.spots[at]
        free = last.token.end if last else 0  # where words can begin that are not the figure's before it
        left = max(free, spot.clause_start)
        around = _around(passage, at, free, left, dates)
        last = neighbour = Figure(
            token=token,
            before=around.before,
            around=around,
            passage=passage,
            sentence=spot.sentence,
            clause=spot.clause,
            depth=spot.depth,
            left=left,
            last=last,
            neighbour=neighbour,
        )
        found.append(last)
    return found


def _around(passage: Passage, at: int, free: int, left: int, dates: list[Token]) -> Around:
    text, token, spot = passage.text, passage.tokens[at], passage.spots[at]
    following = passage.tokens[at + 1] if at + 1 < len(passage.tokens) else None
    end = min(following.start, spot.clause_end) if following else spot.clause_end
    mark = BOUND_AFTER.match(text, token.end)
    bounded = mark.end() if mark and mark.end() <= end else token.end
    return Around(
        token=token,
        before=_without_dates(text, left, token.start, dates),
        after=text[bounded:end],
        lead=text[max(free, passage.sentences[spot.sentence]) : left],
        mark=mark.group(1) if mark else "",
        rest=text[token.end : token.end + 8],
        following=following,
        between=text[token.end : following.start] if following else "",
    )


def _without_dates(text: str, left: int, end: int, dates: list[Token]) -> str:
    """Return text[left:end] with dates blotted out: a date is no part of a subject."""
    words = text[left:end]
    for date in reversed(dates):
        if date.start < left:
            break
        words = words[: date.start - left] + "|" * (date.end - date.start) + words[date.end - left :]
    return words.lstrip("|")


def _shared_out(figures: list[Figure]) -> list[Figure]:
    """Return the figures with 甲、乙分别完成3个、5个 given to 甲 and 乙 one each."""
    out = list(figures)
    for at, figure in enumerate(figures):
        if "分别" not in figure.before:
            continue
        context = (figure.lead + figure.before)[-100:]
        match = _DIVIDED.search(context)
        if not match:
            continue
        names = [name for name in re.split("[、和及]", match.group(1)) if name.strip()]
        run = [
            at + i for i in range(len(names)) if at + i < len(figures) and figures[at + i].sentence == figure.sentence
        ]
        if len(run) != len(names):
            continue
        shared = context[match.end() - 2 :]
        for index, name in zip(run, names, strict=True):
            out[index] = replace(out[index], before=name, name=name, shared=shared)
    return out
