"""How words end: what stands right before a figure says most of how it is meant."""

from __future__ import annotations


def ends_in(text: str, words: tuple[str, ...], tails: tuple[str, ...]) -> bool:
    """Tell whether `text` ends in one of `words`, with or without one of `tails` behind it: 提高到, 提高到了."""
    return text.endswith(words) or (
        text.endswith(tails) and any(text.endswith(tail) and text[: -len(tail)].endswith(words) for tail in tails)
    )


def line_before(text: str, at: int, length: int) -> str:
    """Return the few characters before text[at], a line break right before it left out."""
    return text[max(0, at - length) : at].removesuffix("\n")
