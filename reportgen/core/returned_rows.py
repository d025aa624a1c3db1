"""Which answer a row of a return gives: known by its hidden mark, then by 序号, then by its target."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from reportgen.core import fields as keys
from reportgen.core.answers import Ask
from reportgen.core.findings import Code, Place, shortened
from reportgen.core.grid import Shown, Value, text_of
from reportgen.core.limits import MAX_COMPARISONS
from reportgen.core.numberformats import serial_of_day
from reportgen.core.parts import same_label
from reportgen.core.reading import Context, Reading
from reportgen.core.returned_table import Table, is_meta
from reportgen.core.stamp import row_mark_of
from reportgen.core.text import fold

_SEQ = re.compile(r"(?:序号|编号|no\.?)?\(?第?(\d{1,6})(?:项|号)?\)?[.、:]?")
_ALIKE = 0.8  # of the characters of two targets, at least
_MORE_ALIKE = 0.05  # than to any other
_COMPARED = 200  # characters of each text
_SHORTEST_TARGET = 8  # characters; less cannot be alike by chance only
_SHORTEST_EXACT = 4
_TARGET, _MARK = "目标任务", "表内标识"


class Rows(Struct):
    """The rows of one table of a return, each asked which answer it gives.

    `words` are the places of what stands behind the labels around the table (填报人), which is read elsewhere.
    """

    table: Table
    context: Context
    reading: Reading
    asks: tuple[Ask, ...]
    words: Collection[Place] = ()
    _marks: Counter[tuple[int, str]] = field(default_factory=Counter)
    _by_seq: dict[int, list[Ask]] = field(default_factory=dict)
    _comparisons_left: int = MAX_COMPARISONS

    def __post_init__(self) -> None:
        for ask in self.asks:
            self._by_seq.setdefault(ask.seq, []).append(ask)
        self._marks.update(mark for _row, values in self.table.rows if (mark := row_mark_of(values.values())))

    def ask_of(self, row: int, values: Mapping[int, Value]) -> Ask | None:
        """Return which answer a row gives; None for a row that gives none, told where it holds any text."""
        number = self._number(row)
        of_seq = self._by_seq.get(number, []) if number is not None else []
        numbered = self._part_of(of_seq, row)
        marked = self._marked(values)
        if marked is not None and marked != numbered:
            return self._between(marked, numbered, number, row)
        meant = self._by_exact_target(row) if marked is None else None
        if meant is not None and (numbered is None or meant.seq != numbered.seq):
            if number is None:
                self._tell_known_by(_TARGET, row, meant)
            elif meant.seq != number:
                self._tell_other_than_its_number(number, _TARGET, row, meant)
            return meant
        if numbered is not None:
            return numbered
        likely = self._by_likeness(row) if self._answered(row) else None
        if likely is not None:
            self._tell_known_by(_TARGET, row, likely)
            return likely
        self._tell_unknown(row, values, number, of_seq)
        return None

    def _number(self, row: int) -> int | None:
        """Return the number in the column 序号, which may be a text (第3项), a date (3 under a date format)."""
        column = self.table.columns.get(keys.SEQ, 0)
        value = self.table.grid.value(row, column)
        value = value.value if isinstance(value, Shown) else value
        if isinstance(value, date):
            return serial_of_day(value)
        match = _SEQ.fullmatch(fold(text_of(value))) if value is not None else None
        return int(match.group(1)) if match else None

    def _part_of(self, of_seq: Sequence[Ask], row: int) -> Ask | None:
        """Return the answer of a task that a row gives: by its label, else by its target, else the only one."""
        label, target = self.table.text(row, keys.PART), fold(self.table.text(row, keys.PERIOD_TARGET))
        return (
            next((ask for ask in of_seq if same_label(ask.label, label)), None)
            or next((ask for ask in of_seq if target and fold(ask.target) == target), None)
            or (of_seq[0] if len(of_seq) == 1 else None)
        )

    def _marked(self, values: Mapping[int, Value]) -> Ask | None:
        """Return the answer that the hidden mark of a row names; a mark that was copied names none."""
        mark = row_mark_of(values.values())
        if mark is None or self._marks[mark] > 1:
            return None
        return next((ask for ask in self._by_seq.get(mark[0], ()) if ask.label == mark[1]), None)

    def _between(self, marked: Ask, numbered: Ask | None, number: int | None, row: int) -> Ask:
        """Return which of two answers a row gives when its hidden mark and its visible texts disagree.

        The visible ones win when the target says the same as 序号: then the rows were sorted without their marks.
        """
        target = fold(self.table.text(row, keys.PERIOD_TARGET))
        if numbered is not None and target == fold(numbered.target) != fold(marked.target):
            return numbered
        if number is None:
            self._tell_known_by(_MARK, row, marked)
        elif number != marked.seq:
            self._tell_other_than_its_number(number, _TARGET if target == fold(marked.target) else _MARK, row, marked)
        return marked

    def _by_exact_target(self, row: int) -> Ask | None:
        """Return the one answer whose target a row shows word for word, None when there is not just one."""
        target = fold(self.table.text(row, keys.PERIOD_TARGET))
        same = [ask for ask in self.asks if fold(ask.target) == target] if len(target) >= _SHORTEST_EXACT else []
        return same[0] if len(same) == 1 else None

    def _by_likeness(self, row: int) -> Ask | None:
        """Return the answer whose targets are most like those of a row, None when none is alike enough."""
        for key in (keys.PERIOD_TARGET, keys.ANNUAL_TARGET):
            text = fold(self.table.text(row, key))[:_COMPARED]
            if len(text) < _SHORTEST_TARGET:
                continue
            ranked = sorted(((self._likeness(text, ask, key), -n) for n, ask in enumerate(self.asks)), reverse=True)
            best, second = (*ranked, (0.0, 0), (0.0, 0))[:2]
            if best[0] >= _ALIKE and best[0] - second[0] >= _MORE_ALIKE:
                return self.asks[-best[1]]
        return None

    def _likeness(self, text: str, ask: Ask, key: str) -> float:
        """Return how much of a text and of a target is the same, 0 when it cannot be enough to tell."""
        target = fold(ask.target if key == keys.PERIOD_TARGET else ask.task.annual_target)[:_COMPARED]
        matcher = difflib.SequenceMatcher(None, target, text, autojunk=False)
        if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE or not self._comparisons_left:
            return 0.0
        self._comparisons_left -= 1
        return matcher.ratio()

    # what is told

    def _place(self, row: int) -> Place:
        return self.table.grid.place(row, self.table.columns.get(keys.SEQ, 0))

    def _tell_other_than_its_number(self, number: int, by: str, row: int, ask: Ask) -> None:
        self.reading.tell(Code.R12, self._place(row), ask.seq, number=number, by=by, what=ask.what)

    def _tell_known_by(self, by: str, row: int, ask: Ask) -> None:
        if keys.SEQ not in self.table.columns and by == _TARGET:
            return  # told once, at the head
        written = self.table.text(row, keys.SEQ).strip()
        shown = f"序号是“{shortened(written)}”" if written else "没有序号"
        self.reading.tell(Code.R09, self._place(row), ask.seq, shown=shown, by=by, what=ask.what)

    def _answered(self, row: int) -> str:
        """Return what the unit wrote into a row; a heading merged across the table is written into its first cell."""
        columns = (self.table.columns.get(wanted.key, 0) for wanted in self.context.fields.of_units)
        covered = self.table.grid.covered
        own = (column for column in columns if covered.get((row, column), (0, 0))[0] != row)
        return "；".join(filter(None, (self.table.grid.text(row, column).strip() for column in own)))

    def _tell_unknown(self, row: int, values: Mapping[int, Value], number: int | None, of_seq: Sequence[Ask]) -> None:
        at, answered = self._place(row), self._answered(row)
        written = self.table.text(row, keys.SEQ).strip()
        if number is None:
            self._tell_without_number(row, values, answered)
        elif self.context.ledger.task(number) is None:
            self.reading.tell(Code.R01, at, value=written, text=shortened(answered) or "空行")
        elif of_seq and answered:
            label = self.table.text(row, keys.PART).strip()
            shown = f"写的是“{shortened(label)}”，不在其中" if label else "没有写是哪一部分"
            parts = "".join(f"“{ask.label}”" for ask in of_seq)
            self.reading.tell(Code.R16, at, number, parts=parts, shown=shown, text=shortened(answered))
        elif answered:
            self.reading.tell(Code.R02, at, number, text=shortened(answered))

    def _tell_without_number(self, row: int, values: Mapping[int, Value], answered: str) -> None:
        """Tell a row without 序号: an answer that lost its number, or words beside the table."""
        shown = {column: text_of(value).strip() for column, value in values.items()}
        beside = {
            column: text
            for column, text in shown.items()
            if text and not is_meta(text) and self.table.grid.place(row, column) not in self.words
        }
        has_labels = len(beside) < sum(map(bool, shown.values()))
        keys_of_row = (keys.STATUS, keys.PERIOD_TARGET)
        if answered and not has_labels and any(self.table.text(row, key) for key in keys_of_row):
            self.reading.tell(Code.R07, self._place(row), text=shortened(answered))
        elif beside:
            text = shortened(" ".join(beside.values()))
            self.reading.tell(Code.R06, self.table.grid.place(row, min(beside)), text=text)
