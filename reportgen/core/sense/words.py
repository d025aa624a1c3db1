"""Words looked for in a text. For a dozen of them in the few characters beside a figure this is quicker than a pattern,
and nothing has to be compiled when the program starts.
"""

from __future__ import annotations

from collections.abc import Iterable


def has_any(text: str, words: Iterable[str]) -> bool:
    """Tell whether one of `words` stands in `text`."""
    for word in words:  # noqa: SIM110 - any() with a generator takes twice as long
        if word in text:
            return True
    return False


def ends_in(text: str, words: tuple[str, ...], tails: tuple[str, ...]) -> bool:
    """Tell whether `text` ends in one of `words`, with or without one of `tails` behind it: 提高到, 提高到了."""
    if text.endswith(words):
        return True
    return text.endswith(tails) and any(text.removesuffix(tail).endswith(words) for tail in tails)


def line_before(text: str, at: int, length: int) -> str:
    """Return the few characters before text[at], a line break right before it left out."""
    return text[max(0, at - length) : at].removesuffix("\n")
