"""The identity of a form: what it carries hidden, and the words around its table that show it.

A form carries its identity three times: on a hidden sheet, in custom document properties, and in visible text. Office
programs drop one or the other (measured: LibreOffice keeps all three through .xls and .ods); the reader takes what is
left and tells disagreements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.core.grid import Book

SHEET = "_reportgen"
PROPERTY_PREFIX = "reportgen."
VERSION = "1"

# The words before the values around the table, by key; the form prints them and the reader looks for them.
UNIT_LABEL = "填报单位"
PERIOD_LABEL = "报送期"
DEADLINE_LABEL = "报送截止"
FILER_LABELS: Mapping[str, str] = {
    "filled_by": "填报人",
    "phone": "联系电话",
    "reviewer": "审核人",
    "filled_on": "填报日期",
}
# Opens the block of tasks that the unit takes part in without answering; the reader stops there.
INFORMED_TITLE = "以下任务由其他单位填报，仅供知悉，无需填写"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a form says of itself without being asked; "" and 0 where it says nothing."""

    unit: str = ""
    period: str = ""
    round: int = 0
    version: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the stamp as the (key, text) pairs that both hidden carriers hold."""
        return (("unit", self.unit), ("period", self.period), ("round", str(self.round)), ("version", self.version))


def stamps_of(book: Book) -> tuple[Stamp, Stamp]:
    """Return the stamp on the hidden sheet and the one in the properties, empty where a carrier is gone."""
    sheet = next((grid for grid in book.grids if grid.sheet == SHEET), None)
    on_sheet = {} if sheet is None else {sheet.text(row, 1): sheet.text(row, 2) for row, _cells in sheet.rows()}
    in_properties = {
        key.removeprefix(PROPERTY_PREFIX): text
        for key, text in book.properties.items()
        if key.startswith(PROPERTY_PREFIX)
    }
    return _stamp(on_sheet), _stamp(in_properties)


def _stamp(pairs: Mapping[str, str]) -> Stamp:
    number = pairs.get("round", "")
    return Stamp(
        unit=pairs.get("unit", ""),
        period=pairs.get("period", ""),
        round=int(number) if number.isascii() and number.isdigit() else 0,
        version=pairs.get("version", ""),
    )
