"""The identity of a form: what it carries hidden, and the words around its table that show it.

A form carries its identity three times: on a hidden sheet, in custom document properties, and in visible text. Office
programs drop one or the other (measured: LibreOffice keeps all three through .xls and .ods); the reader takes what is
left and tells disagreements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from reportgen.core.grid import Book, Value

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
# Other words for the same, as units have them on forms of their own.
LABEL_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("填表单位", "报送单位", "上报单位", "单位名称"), UNIT_LABEL),
    **dict.fromkeys(("填表人", "经办人", "联系人"), FILER_LABELS["filled_by"]),
    **dict.fromkeys(("填表日期", "填报时间", "报送日期", "上报日期"), FILER_LABELS["filled_on"]),
    **dict.fromkeys(("联系方式", "电话"), FILER_LABELS["phone"]),
}
# Opens the block of tasks that the unit takes part in without answering; the reader stops there.
INFORMED_TITLE = "以下任务由其他单位填报，仅供知悉，无需填写"

# Each row of a form is marked in a hidden column, so that it is known when its 序号 is lost.
ROW_MARK_HEADING = "行标识"
ROW_MARK = "_row"  # its key among the prefilled texts of a row; no field of the settings can have it
_ROW_MARK_OPENS = "reportgen:"
_ROW_MARK = re.compile(_ROW_MARK_OPENS + r"(\d{1,6}):(.*)", re.DOTALL)


def row_mark(seq: int, label: str) -> str:
    """Return the hidden mark of a row."""
    return f"{_ROW_MARK_OPENS}{seq}:{label}"


def row_mark_of(values: Iterable[Value]) -> tuple[int, str] | None:
    """Return (序号, label) from the hidden mark among the values of a row, None when it has none."""
    for value in values:
        if isinstance(value, str) and value.startswith(_ROW_MARK_OPENS):
            match = _ROW_MARK.fullmatch(value)
            if match:
                return int(match.group(1)), match.group(2)
    return None


class Stamp(Struct, frozen=True):
    """What a form says of itself without being asked; "" and 0 where it says nothing.

    `ledger` is the fingerprint of what the ledger asked of the unit when the form was made.
    """

    unit: str = ""
    period: str = ""
    round: int = 0
    version: str = ""
    ledger: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the stamp as the (key, text) pairs that both hidden carriers hold."""
        pairs = (("unit", self.unit), ("period", self.period), ("round", str(self.round)), ("version", self.version))
        return (*pairs, ("ledger", self.ledger)) if self.ledger else pairs


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
        ledger=pairs.get("ledger", ""),
    )
