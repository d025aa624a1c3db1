"""Passages: a piece of a text laid out in sentences and clauses, with the figures and dates that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from reportgen.core.sense.bearing import STOPS
from reportgen.core.sense.lazy import lazy
from reportgen.core.sense.meaning import Scope
from reportgen.core.sense.pieces import Piece
from reportgen.core.sense.token import Token

_TOTAL = "累计|截至|截止|今年以来|年初以来|今年|年内|全年|总计"
_OWN = "当月|本月|本季度?|当季|本期|每月|月均|单月"
_SCOPE = re.compile(f"(?P<total>{_TOTAL})|(?P<own>{_OWN})")
_STOP = re.compile(f"[{''.join(sorted(STOPS))}]")
_ENDS_SENTENCE = frozenset("。；;！!\n")


class Spot(Struct, frozen=True):
    """Where a token stands: its sentence and clause, counted from 0, where that clause starts and ends – a bracket does
    not end the clause around it – and how deep in brackets it is.
    """

    sentence: int
    clause: int
    clause_start: int
    clause_end: int
    depth: int


class Passage:
    """One piece, the `index`-th of its text, with its tokens other than names."""

    def __init__(self, piece: Piece, index: int, tokens: list[Token]) -> None:
        self.piece, self.index, self.tokens = piece, index, tokens
        self.text = piece.text
        self.sentences = [0]  # where they start, and the text's end
        self.spots = list(self._spots())

    def _spots(self) -> Iterator[Spot]:
        """Yield the spot of each token, the sentences' starts noted on the way."""
        text = self.text
        stops = [mark.start() for mark in _STOP.finditer(text)]
        open_clauses = [0]
        passed = 0
        for token in self.tokens:
            while passed < len(stops) and stops[passed] < token.start:
                self._pass(stops[passed], open_clauses)
                passed += 1
            clause_end = stops[passed] if passed < len(stops) else len(text)
            yield Spot(len(self.sentences) - 1, passed, open_clauses[-1], clause_end, len(open_clauses) - 1)
        for at in stops[passed:]:
            self._pass(at, open_clauses)
        self.sentences.append(max(len(text), self.sentences[-1] + 1))

    def _pass(self, at: int, open_clauses: list[int]) -> None:
        """Go on over the mark at text[at]; `open_clauses` are the starts of those that are not yet ended."""
        char = self.text[at]
        if char in "（(":
            open_clauses.append(at + 1)
        elif char in "）)":
            if len(open_clauses) > 1:
                open_clauses.pop()
        else:
            open_clauses[-1] = at + 1
            if len(open_clauses) == 1 and char in _ENDS_SENTENCE:
                self.sentences.append(at + 1)

    def words(self, sentence: int) -> str:
        """Return the words of a sentence, and of the label above it."""
        return f"{self.text[self.sentences[sentence] : self.sentences[sentence + 1]]}|{self.piece.label}"

    @lazy
    def _scopes(self) -> list[tuple[int, Scope]]:
        """Where words or dates say which time is meant."""
        text = self.text
        marks = [(m.start(), Scope.TOTAL if m.group("total") else Scope.OWN) for m in _SCOPE.finditer(text)]
        for token in self.tokens:
            date = token.date
            if not date or date.day or not date.first:
                continue
            if text.startswith("前", token.end) or text.endswith(("较", "比", "于"), 0, token.start):
                continue
            if (date.first == 1 and date.last > 1) or date.tail in ("底", "末"):
                marks.append((token.start, Scope.TOTAL))
            elif date.first == date.last:
                marks.append((token.start, Scope.OWN))
        return sorted(marks, key=lambda mark: mark[0])

    def scope(self, at: int, sentence: int) -> Scope:
        """Return the time that a figure at text[at] covers, as the last words before it in its sentence say."""
        start = self.sentences[sentence]
        scope = Scope.UNSAID
        for position, marked in self._scopes:
            if position >= at:
                break
            # 截至5月底 and 今年1-5月 are one mark; a month within 截至… does not narrow it
            if position >= start and not (marked is Scope.OWN and self.text.endswith(("截至", "截止"), 0, position)):
                scope = marked
        return scope
