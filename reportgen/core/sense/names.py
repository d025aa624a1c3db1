"""Which of many names a text holds, without a look at each name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_START = 2  # characters by which names are found; a name of one is found by that


class NameIndex:
    """Names by how they start. A province has thousands of them, and a text holds two or three."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for name in filter(None, dict.fromkeys(names)):
            self._by_start.setdefault(name[:_START], []).append(name)

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the names that stand in `text`, the longest first, those of one length in the order given."""
        return tuple(sorted(dict.fromkeys(self._each(text)), key=len, reverse=True))

    def _each(self, text: str) -> Iterator[str]:
        starts = self._by_start
        for at in range(len(text)):
            for start in (text[at : at + _START], text[at]):
                for name in starts.get(start, ()):
                    if text.startswith(name, at):
                        yield name
