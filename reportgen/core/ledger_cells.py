"""How the texts in the cells of a ledger or a printed notice are taken apart: names, roles, 分工, periods, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from reportgen.core.dates import moment_of
from reportgen.core.grid import Shown, Value, text_of
from reportgen.core.model import Role
from reportgen.core.period import Period

LEAD_MARK = "（牵头）"
DATA_MARK = "提供数据"
_SEPARATORS = re.compile("[、；;,，]")
_MARKS = {Role.LEAD: LEAD_MARK, Role.MEMBER: "", Role.DATA: DATA_MARK}
_OPENERS, _CLOSERS = "（(", "）)"
_LEAD = re.compile(r"(.*?)\s*[（(]\s*牵头(?:单位)?\s*[）)]")
_DATA = re.compile(r"(.*?)\s*(?:[（(]\s*提供数据\s*[）)]|提供数据)")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?份?")


def lines_of(text: str) -> tuple[str, ...]:
    """Return the names in a cell: one a line, also parted by 、；， but not inside brackets."""
    names: list[str] = []
    for line in text.split("\n"):
        names += _names_in(line) if _SEPARATORS.search(line) else [line]
    return tuple(filter(None, map(str.strip, names)))


def _names_in(line: str) -> list[str]:
    names, name, depth = [], "", 0
    for char in line:
        depth += (char in _OPENERS) - (char in _CLOSERS)
        if depth <= 0 and _SEPARATORS.match(char):
            names.append(name)
            name, depth = "", 0
        else:
            name += char
    return [*names, name]


def unit_and_role(line: str) -> tuple[str, Role]:
    """Return what a line of 责任单位 names and what the unit is to the task; （） and () are equal."""
    if "牵头" in line and (lead := _LEAD.fullmatch(line)):
        return lead.group(1), Role.LEAD
    if DATA_MARK in line and (data := _DATA.fullmatch(line)):
        return data.group(1), Role.DATA
    return line, Role.MEMBER


def printed_unit(name: str, role: Role) -> str:
    """Return a line of 责任单位 as the notice prints it."""
    return name + _MARKS[role]


def division_of(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Return (label, names of units) of a line `label = unit` of 分工; None when a side is missing."""
    label, _sign, names = line.replace("＝", "=").rpartition("=")
    units = lines_of(names)
    return (label.strip(), units) if label.strip() and units else None


def period_of(value: Value, year: int) -> Period | None:
    """Return the period that a cell names: 2023-08, 2023-Q3, 2023年8月, 8月份 (of `year`), a date for its month."""
    if isinstance(value, Shown) and isinstance(value.value, date):
        value = value.value
    if isinstance(value, date):
        return Period(value.year, value.month, value.month)
    text = unicodedata.normalize("NFKC", text_of(value)).strip()
    try:
        return Period.parse(text.upper())
    except ValueError:
        pass
    month = _MONTH.fullmatch(text)
    if month:
        return Period.from_label(f"{month.group(2)}月", int(month.group(1)))
    return Period.from_label(text, year)


def deadline_of(value: Value) -> datetime | None:
    """Return the moment that a cell means; a bare date, or midnight, is the last minute of that day."""
    moment = moment_of(value)
    if moment and (moment.hour, moment.minute) == (0, 0):
        return moment.replace(hour=23, minute=59)
    return moment and moment.replace(second=0, microsecond=0)


def repeated(names: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return (index, earlier index) of each name that stood before."""
    first: dict[str, int] = {}
    pairs = []
    for index, name in enumerate(names):
        if name in first:
            pairs.append((index, first[name]))
        first.setdefault(name, index)
    return tuple(pairs)
