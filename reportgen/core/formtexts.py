"""The words that a blank form itself carries, so that what a unit wrote beside its table is told apart from them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from reportgen.core.text import squeeze

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


class FormTexts(Struct, frozen=True):
    """The texts of the form template's cells; those with placeholders as one pattern. White space does not count."""

    literal: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> FormTexts:
        """Return the form texts of a template's cells."""
        literal, patterns = set(), []
        for text in map(squeeze, texts):
            pieces = _PLACEHOLDER.split(text)
            if len(pieces) == 1:
                literal.add(text)
            elif any(pieces):  # a cell that is nothing but a placeholder would know every text
                patterns.append(".*".join(map(re.escape, pieces)))
        return cls(frozenset(literal), re.compile("|".join(patterns), re.DOTALL) if patterns else None)

    def knows(self, text: str) -> bool:
        """Tell whether the form prints `text` by itself."""
        plain = squeeze(text)
        return plain in self.literal or (self.pattern is not None and self.pattern.fullmatch(plain) is not None)
