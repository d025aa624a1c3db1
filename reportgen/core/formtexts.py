"""The words that a blank form itself carries, so that what a unit wrote beside its table is told apart from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.core.text import squeeze

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class FormTexts:
    """The texts of the form template's cells; those with placeholders as patterns. White space does not count."""

    literal: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> FormTexts:
        """Return the form texts of a template's cells."""
        literal, patterns = set(), []
        for text in map(squeeze, texts):
            pieces = _PLACEHOLDER.split(text)
            if len(pieces) == 1:
                literal.add(text)
            elif any(pieces):  # a cell that is nothing but a placeholder would know every text
                patterns.append(re.compile(".*".join(map(re.escape, pieces)), re.DOTALL))
        return cls(frozenset(literal), tuple(patterns))

    def knows(self, text: str) -> bool:
        """Tell whether the form prints `text` by itself."""
        plain = squeeze(text)
        return plain in self.literal or any(pattern.fullmatch(plain) for pattern in self.patterns)
