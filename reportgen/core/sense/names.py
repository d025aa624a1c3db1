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
        self._firsts = frozenset(start[0] for start in self._by_start)

    def found_in(self, text: str) -> tuple[str, ...]:
        """Return the names that stand in `text`, the longest first, those of one length in the order given."""
        if self._firsts.isdisjoint(text):
            return ()
        return tuple(sorted(dict.fromkeys(self._each(text)), key=len, reverse=True))

    def _each(self, text: str) -> Iterator[str]:
        starts, firsts = self._by_start, self._firsts
        for at, char in enumerate(text):
            if char in firsts:
                for name in (*starts.get(text[at : at + _START], ()), *starts.get(char, ())):
                    if text.startswith(name, at):
                        yield name
