"""Labelled parts (分项) of a target: 5G基站：… 停车位：…"""

from __future__ import annotations

import re

from msgspec import Struct

from reportgen.core.text import fold

# A label opens the text or follows the end of a sentence, is short, and holds no sentence punctuation; "1." before
# the colon is a numbered item, and a colon between digits is a time of day.
_LABEL = re.compile(r"(?:^|(?<=[。；;！\n]))\s*([^。；;：:，,！\n]{1,30}?)\s*(?:(?<!\d)[：:]|[：:](?!\d))")
_NOT_LABELS = re.compile(r"^(?:其中|例如|包括|具体|即|注|[一二三四五六七八九十]是|\d+[.．、].*)$")


class Part(Struct, frozen=True):
    """A labelled piece of a target; `label` is as the target writes it."""

    label: str
    text: str


def same_label(one: str, other: str) -> bool:
    """Tell whether two labels are equal, ： and : and the quotes' width aside."""
    return fold(one).rstrip(":") == fold(other).rstrip(":")


def _marks(text: str) -> list[re.Match[str]]:
    """Return where the labels of `text` stand."""
    if "：" not in text and ":" not in text:
        return []
    return [m for m in _LABEL.finditer(text) if not _NOT_LABELS.match(m.group(1).strip())]


def split_parts(text: str) -> tuple[Part, ...]:
    """Return the labelled parts of `text` in order; text before the first label makes a part without one."""
    marks = _marks(text)
    if not marks:
        return ()
    parts = [Part("", text[: marks[0].start()].strip())] if text[: marks[0].start()].strip() else []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        parts.append(Part(mark.group(1).strip(), text[mark.end() : end].strip()))
    return tuple(parts)


def with_part(text: str, label: str, new: str) -> str:
    """Return `text` with the text of its part `label` replaced by `new`; `new` where it has no such part."""
    marks = _marks(text)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        if label and same_label(mark.group(1).strip(), label):
            return text[: mark.end()] + new + (text[following.start() :] if following else "")
    return new


def joined(label: str, text: str) -> str:
    """Return a part as the notice prints it."""
    return f"{label}：{text}" if label else text


def without_label(text: str, label: str) -> tuple[str, str]:
    """Return (text without a leading `label：`, the words removed or "")."""
    if not label:
        return text, ""
    match = re.match(r"\s*([^：:\n]{1,40})[：:]\s*", text)
    if match and same_label(match.group(1), label):
        return text[match.end() :], match.group(0).strip()
    return text, ""
