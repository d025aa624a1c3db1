"""Where templates/form.xlsx has what: its prototype rows, found by their placeholders, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.core.fields import Fields
from reportgen.core.findings import Finding, Place, shortened
from reportgen.core.forms import WORDS, period_words
from reportgen.core.layout import TemplateText, broken, checked, filled, placeholders_in
from reportgen.core.period import Period
from reportgen.core.stamp import INFORMED_TITLE
from reportgen.core.text import squeeze

INFORMED_SEQ = "informed_seq"
INFORMED_KEYS = (INFORMED_SEQ, "informed_annual_target", "informed_period_target", "informed_units")
INFORMED = "informed"  # on the sheet that explains: the words that open the block, where a form has one
COLUMN_KEYS = (
    keys.SEQ,
    keys.PART,
    keys.ANNUAL_TARGET,
    keys.PERIOD_TARGET,
    keys.STATUS,
    keys.COMPLETION,
    keys.REASON,
    keys.NEXT_TARGET,
)
_NEEDED_COLUMNS = (keys.SEQ, keys.PART, keys.ANNUAL_TARGET, keys.PERIOD_TARGET, keys.STATUS, keys.COMPLETION)
_NEEDED_WORDS = ("unit", "period")
_RESTORE = "改乱了的，可用 reportgen init 新建一个工作区，把其中的 templates/form.xlsx 复制过来。"

Cell = tuple[Place, str]


class FormLayout(Struct, frozen=True):
    """The sheet of the table, its prototype row, the column of each field there, and the block for information.

    `informed_title` and `informed` are the rows of that block's title and prototype, 0 where the template has none.
    """

    sheet: str
    row: int
    columns: Mapping[str, int]
    informed_title: int = 0
    informed: int = 0


def form_layout(
    cells: Iterable[Cell], file: str, fields: Fields, period: Period
) -> tuple[FormLayout | None, tuple[Finding, ...]]:
    """Return the layout that the template's cells make, None without a prototype row; and all that is wrong with it."""
    cells = sorted(cells)
    start = next((place for place, text in cells if placeholders_in(text) == (keys.SEQ,)), None)
    known = {*WORDS, INFORMED, *INFORMED_KEYS, *COLUMN_KEYS, *(f.key for f in fields)}
    problems = [finding for place, text in cells for finding in checked(TemplateText(text, place), known)]
    if start is None:
        advice = f"请在表头下面一行的“序号”一格写上 {_shown(keys.SEQ)}，其余各格照原来的模板写。{_RESTORE}"
        return None, (*problems, broken(Place(file), "没有找到样板行。", advice))
    on_sheet = [cell for cell in cells if cell[0].sheet == start.sheet]
    columns: dict[str, int] = {}
    for place, text in on_sheet:
        if place.row == start.row:
            problems += _read_column(place, text, columns)
    problems += _stray_columns(on_sheet, start)
    problems += _missing(on_sheet, columns, start)
    problems += _bad_heads(on_sheet, columns, start, fields, period)
    title, informed = _informed_rows(on_sheet, start, problems)
    return FormLayout(start.sheet, start.row, columns, title, informed), tuple(problems)


def _shown(key: str) -> str:
    return f"{{{{ {key} }}}}"


def _read_column(place: Place, text: str, columns: dict[str, int]) -> Iterator[Finding]:
    """Enter the column of a prototype cell into `columns`; yield what is wrong with the cell."""
    names = placeholders_in(text)
    if len(names) != 1 or filled(text, {names[0]: ""}).strip():
        reason = f"样板行的这一格写的是“{shortened(text)}”，一格里只能有一个占位符，不能有别的文字。"
        yield broken(place, reason, "请只留一个占位符，把其他文字移到表头。")
    elif names[0] in columns:
        yield broken(place, f"样板行里 {_shown(names[0])} 出现了两次。", "请删去多余的一列。")
    elif names[0] in WORDS or names[0] in INFORMED_KEYS:
        yield broken(place, f"{_shown(names[0])} 不能写在样板行。", "请把它移到表格上方。")
    else:
        columns[names[0]] = place.column


def _stray_columns(cells: list[Cell], start: Place) -> Iterator[Finding]:
    for place, text in cells:
        for name in placeholders_in(text) if place.row != start.row else ():
            if name in COLUMN_KEYS or name == INFORMED:
                advice = f"请把它移到第{start.row}行，或删去它。"
                yield broken(place, f"在这张表上，{_shown(name)} 只能写在样板行。", advice)


def _missing(cells: list[Cell], columns: Mapping[str, int], start: Place) -> Iterator[Finding]:
    for key in _NEEDED_COLUMNS:
        if key not in columns:
            advice = f"请在第{start.row}行补上写有 {_shown(key)} 的一格，并在它上面写好表头。{_RESTORE}"
            yield broken(Place(start.file, start.sheet, start.row), f"样板行缺少占位符 {_shown(key)}。", advice)
    around = {name for place, text in cells if place.row < start.row for name in placeholders_in(text)}
    for key in _NEEDED_WORDS:
        if key not in around:
            advice = f"请在“{WORDS[key]}”右边的一格写上 {_shown(key)}。"
            yield broken(Place(start.file, start.sheet), f"表格上方缺少占位符 {_shown(key)}。", advice)


def _bad_heads(
    cells: list[Cell], columns: Mapping[str, int], start: Place, fields: Fields, period: Period
) -> Iterator[Finding]:
    """Yield a finding for each column whose heading a return's reader would not understand."""
    above = {p.column: text for p, text in cells if p.row == start.row - 1}
    words = period_words(period)
    for key, column in columns.items():
        if key not in fields:
            continue
        place = Place(start.file, start.sheet, start.row - 1, column)
        expected = fields[key].heading
        text = above.get(column, "")
        if not text.strip():
            yield broken(place, f"{_shown(key)} 一列没有表头。", f"请写上表头，如“{expected}”。")
            continue
        if any(name not in words for name in placeholders_in(text)):
            yield broken(place, f"表头“{shortened(text)}”里的占位符不能用在表头。", f"请改为“{expected}”。")
            continue
        shown = filled(text, words)
        meant = fields.by_heading(shown)
        if (meant is None or meant.key != key) and not (key == keys.NEXT_TARGET and period.next is None):
            reason = f"表头“{shown}”不是“{expected}”的叫法，报回来的表会认不出这一列。"
            advice = f"请改回“{expected}”，或把“{shown}”加进 config/reportgen.yaml 中字段 {key} 的 aliases。"
            yield broken(place, reason, advice)


def _informed_rows(cells: list[Cell], start: Place, problems: list[Finding]) -> tuple[int, int]:
    """Return the rows of the title and of the prototype of the block for information, (0, 0) where there is none."""
    found = {name: place for place, text in cells for name in placeholders_in(text) if name in INFORMED_KEYS}
    if not found:
        return 0, 0
    first = min(found.values())
    if INFORMED_SEQ not in found or len({place.row for place in found.values()}) > 1 or first.row <= start.row:
        words = "、".join(map(_shown, INFORMED_KEYS))
        problems.append(broken(first, "“仅供知悉”的样板行不完整。", f"请把 {words} 写在表格下方的同一行。"))
        return 0, 0
    title = squeeze(INFORMED_TITLE)
    rows = [p.row for p, text in cells if start.row < p.row < first.row and squeeze(text).startswith(title)]
    if not rows:
        reason = "“仅供知悉”的样板行上面没有标题，单位会把这些任务当成要填的。"
        problems.append(broken(first, reason, f"请在它上面的一行写上“{INFORMED_TITLE}”。"))
    return next(iter(rows), 0), first.row
