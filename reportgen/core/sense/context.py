"""Reading a text: every figure with its subject, the time it covers, its bound, its direction and its part."""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec.structs import replace

from reportgen.core.sense.bearing import BOUND_AFTER, STOPS, Around, bound_of, direction_of, is_condition, role_of
from reportgen.core.sense.figure import Figure, Reading, Scope, pairs, singles
from reportgen.core.sense.pieces import Piece, pieces
from reportgen.core.sense.quantities import halved, tokens
from reportgen.core.sense.token import Kind, Token

_TOTAL = "累计|截至|截止|今年以来|年初以来|今年|年内|全年|总计"
_OWN = "当月|本月|本季度?|当季|本期|每月|月均|单月"
_SCOPE = re.compile(f"(?P<total>{_TOTAL})|(?P<own>{_OWN})")
_EACH = re.compile("各(?:自|有|设|建)?$")
_GOES_ON = re.compile("并|且")  # what follows is a new predicate, no name of what is counted
_STOP = re.compile(f"[{''.join(sorted(STOPS))}]")
_LONGEST = 3000


def read(text: str) -> Reading:
    """Return the figures of `text` in context, in order; of a text longer than any real answer, those of its start."""
    whole = tuple(Piece(p.label, p.number, halved(p.text)) for p in pieces(text[:_LONGEST]))
    figures: list[Figure] = []
    dates: list[tuple[int, Token]] = []
    for index, piece in enumerate(whole):
        found = tokens(piece.text)
        dates += [(index, token) for token in found if token.kind is Kind.DATE]
        if any(token.kind in (Kind.AMOUNT, Kind.ORDINAL) for token in found):
            figures += _Reader(piece, index, found).figures()
    return Reading(whole, tuple(figures), tuple(dates))


class _Reader:
    """Reads one piece: finds its sentences and clauses once, then looks around each figure."""

    def __init__(self, piece: Piece, index: int, found: tuple[Token, ...]) -> None:
        self.piece, self.index, self.text = piece, index, piece.text
        self.all = [token for token in found if token.kind is not Kind.NAME]
        self.sentences, self.clauses, self.starts, self.depths = _layout(self.text)
        self.scopes = self._scope_marks()
        ends = zip(self.sentences, self.sentences[1:], strict=False)
        self.words = [f"{self.text[start:end]}|{piece.label}" for start, end in ends]
        self.figure_ends = self._figure_ends()
        self.around = {at: self._around(at) for at, token in enumerate(self.all) if token.kind is not Kind.DATE}

    def figures(self) -> list[Figure]:
        found: list[Figure] = []
        for at, token in enumerate(self.all):
            if token.kind is not Kind.DATE:
                found.append(self._figure(at, token, found[-1] if found else None))
        return _shared_out(found)

    def _figure(self, at: int, token: Token, last: Figure | None) -> Figure:
        text = self.text
        sentence = bisect_right(self.sentences, token.start) - 1
        clause = bisect_right(self.clauses, token.start) - 1
        around = self.around[at]
        near, loose, is_named = _subject(around, last if last and last.sentence == sentence else None)
        is_change, sign = direction_of(around)
        condition = self._condition(at)
        start = self.all[at - 1].start if condition else self._left(at)
        return Figure(
            token=token,
            quote=text[start : self._bounded_end(token)].strip("，、 "),
            before=around.before,
            after=around.after,
            lead=around.lead,
            label=self.piece.label,
            number=self.piece.number,
            piece=self.index,
            sentence=sentence,
            clause=clause,
            depth=self.depths[token.start],
            scope=self._scope(token, sentence),
            role=role_of(around),
            bound=bound_of(around),
            sign=sign,
            is_change=is_change,
            is_each=_EACH.search(around.before) is not None,
            is_part=bool(self.depths[token.start]) or "其中" in text[self.sentences[sentence] : token.start],
            condition=condition,
            is_named=is_named,
            near=near,
            loose=loose,
            words=self.words[sentence],
        )

    def _around(self, at: int) -> Around:
        text, token = self.text, self.all[at]
        clause = bisect_right(self.clauses, token.start) - 1
        sentence = bisect_right(self.sentences, token.start) - 1
        left = self._left(at)
        following = self.all[at + 1] if at + 1 < len(self.all) else None
        clause_end = self.clauses[clause + 1] - 1 if clause + 1 < len(self.clauses) else len(text)
        end = min(following.start if following else len(text), clause_end)
        mark = BOUND_AFTER.match(text, token.end)
        bounded = mark.end() if mark and mark.end() <= end else token.end
        return Around(
            token=token,
            before=self._without_dates(at, left).lstrip("|"),
            after=text[bounded:end],
            lead=text[max(self.figure_ends[at], self.sentences[sentence]) : left],
            mark=mark.group(1) if mark else "",
            rest=text[token.end : token.end + 8],
            following=following,
            between=text[token.end : following.start] if following else "",
        )

    def _figure_ends(self) -> list[int]:
        """Return for each token where the last figure before it ends, 0 for none."""
        ends = [0]
        for token in self.all:
            ends.append(ends[-1] if token.kind is Kind.DATE else token.end)
        return ends

    def _left(self, at: int) -> int:
        """Return where the words before a figure begin: at its clause, or after the figure before it."""
        return max(self.figure_ends[at], self.starts[self.all[at].start])

    def _without_dates(self, at: int, left: int) -> str:
        """Return the words between `left` and a figure, dates blotted out: a date is no part of a subject."""
        words = self.text[left : self.all[at].start]
        for token in self.all[:at]:
            if token.kind is Kind.DATE and token.start >= left:
                words = words[: token.start - left] + "|" * (token.end - token.start) + words[token.end - left :]
        return words

    def _bounded_end(self, token: Token) -> int:
        mark = BOUND_AFTER.match(self.text, token.end)
        return mark.end() if mark else token.end

    def _condition(self, at: int) -> str:
        """Return the condition that stands before a figure in its clause, as value and dimension, "" without one."""
        if not at or self.all[at - 1].kind is not Kind.AMOUNT or not is_condition(self.around[at - 1]):
            return ""
        token = self.all[at - 1]
        return f"{token.low.normalize()}{token.dimension}"

    def _scope_marks(self) -> list[tuple[int, Scope]]:
        text = self.text
        marks = [(m.start(), Scope.TOTAL if m.group("total") else Scope.OWN) for m in _SCOPE.finditer(text)]
        for token in self.all:
            date = token.date
            if not date or date.day or not date.first:
                continue
            if text[token.end : token.end + 1] == "前" or text[max(0, token.start - 2) : token.start].endswith(
                ("较", "比", "于")
            ):
                continue
            if (date.first == 1 and date.last > 1) or date.tail in ("底", "末"):
                marks.append((token.start, Scope.TOTAL))
            elif date.first == date.last:
                marks.append((token.start, Scope.OWN))
        return sorted(marks, key=lambda mark: mark[0])

    def _scope(self, token: Token, sentence: int) -> Scope:
        start = self.sentences[sentence]
        scope = Scope.UNSAID
        for position, marked in self.scopes:
            if position >= token.start:
                break
            # 截至5月底 and 今年1-5月 are one mark; a month within 截至… does not narrow it
            if position >= start and not (
                marked is Scope.OWN and self.text[max(0, position - 2) : position] in ("截至", "截止")
            ):
                scope = marked
        return scope


def _subject(around: Around, last: Figure | None) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return the pairs and the single characters of a figure's subject, and whether its own clause names it.

    A clause that names nothing (已完成61.6亿元) speaks of what the clauses before it, or the figure before it, did.
    """
    words = f"{around.before}|{_GOES_ON.split(around.after[:10])[0]}"
    near = pairs(words)
    if near:
        return near, singles(words), True
    carried = pairs(around.lead)
    if carried:
        return carried, singles(around.lead), False
    return (last.near, last.loose, False) if last else (near, singles(words), False)


def _layout(text: str) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return where sentences and clauses start (sentences with the text's end), and for each character where its
    clause starts – a bracket does not end the clause around it – and how deep in brackets it stands.
    """
    sentences, clauses = [0], [0]
    starts: list[int] = []
    depths: list[int] = []
    open_clauses = [0]
    for mark in (*_STOP.finditer(text), None):
        at = mark.start() if mark else len(text)
        between = at - len(starts)
        starts += [open_clauses[-1]] * between
        depths += [len(open_clauses) - 1] * between
        if mark is None:
            break
        char = mark.group()
        if char in "）)" and len(open_clauses) > 1:
            open_clauses.pop()
        starts.append(open_clauses[-1])
        depths.append(len(open_clauses) - 1)
        clauses.append(at + 1)
        if char in "（(":
            open_clauses.append(at + 1)
        elif char not in "）)":
            open_clauses[-1] = at + 1
            if char in "。；;！!\n" and len(open_clauses) == 1:
                sentences.append(at + 1)
    sentences.append(max(len(text), sentences[-1] + 1))
    return sentences, clauses, starts, depths


_DIVIDED = re.compile(r"([^，。；]*?(?:[、和及][^，。；、和及]+)+)(?:[^，。；、]{0,10})?分别")


def _shared_out(figures: list[Figure]) -> list[Figure]:
    """Return the figures with 甲、乙分别完成3个、5个 given to 甲 and 乙 one each."""
    out = list(figures)
    for at, figure in enumerate(figures):
        context = (figure.lead + figure.before)[-100:]
        if "分别" not in figure.before:
            continue
        match = _DIVIDED.search(context)
        if not match:
            continue
        names = [name for name in re.split("[、和及]", match.group(1)) if name.strip()]
        run = [
            at + i for i in range(len(names)) if at + i < len(figures) and figures[at + i].sentence == figure.sentence
        ]
        if len(run) != len(names):
            continue
        shared = pairs(context[match.end() - 2 :])
        for index, name in zip(run, names, strict=True):
            words = pairs(name) | shared
            out[index] = replace(out[index], near=words, loose=singles(name), before=name)
    return out
