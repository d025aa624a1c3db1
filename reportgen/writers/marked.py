"""退回/UNIT.xlsx: the workbook that a unit sent, with what it has to change marked on its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from reportgen.core.back import Back, cell_of
from reportgen.core.findings import Finding, Place, Severity
from reportgen.core.marks import (
    COLUMN_KEY,
    COMMENT_OPENING,
    LABELS,
    LOOK_KEY,
    SHEET,
    TEXT_KEY,
    mark_line,
    without_comment,
)
from reportgen.core.stamp import SHEET as CARRIER
from reportgen.core.text import column_letters, squeeze
from reportgen.writers.foreign import cells_of, drawings_in, open_foreign, save_foreign
from reportgen.writers.sheet import (
    HEI,
    INPUT_FILL,
    RED,
    SONG,
    TEXT_SIZE,
    copy_style,
    fit_height,
    merge_cells,
    put,
    width_of,
    write_stamp,
    write_table,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

# The colours of marked cells. The last byte tells apart what looks the cells had before, which the hidden sheet keeps:
# so each mark can be taken away again wherever rows were moved or sorted to.
_SHADES: Mapping[Severity, str] = {Severity.ERROR: "FFFF99", Severity.WARNING: "FFFFDC"}
_FIRST_SHADE, _LAST_SHADE = 0x90, 0xCF
_COLUMN_WIDTH = 36.0
_LIST_HEADINGS = ("程度", "位置", "任务", "问题", "怎样改")
_LIST_WIDTHS = (12.0, 20.0, 10.0, 48.0, 40.0)
_LINK_BLUE = "FF0563C1"
_COMMENT_WIDTH_PX, _COMMENT_LINE_PX, _COMMENT_CHARS = 280, 20, 18


class Marked(Struct, frozen=True):
    """A marked workbook; `drawings` counts the pictures and text boxes that could not be carried over."""

    content: bytes
    drawings: int


def write_marked(content: bytes, file: str, back: Back, head: Place) -> Marked | None:
    """Return the workbook in `content` with the marks of `back`, None when openpyxl cannot open it.

    `file` is the name by which places speak of it; `head` is the last heading of the table. Marks of an earlier round
    are taken away first.
    """
    workbook = open_foreign(content)
    if workbook is None or head.sheet not in workbook.sheetnames:
        return None
    drawings = drawings_in(content)
    sheet: Worksheet = workbook[head.sheet]
    _take_marks_away(workbook, sheet, head.row, back.column)
    marks = _Marks(workbook, file, back)
    marks.mark_cells()
    marks.add_column(sheet, head)
    marks.add_list(drawings)
    marks.fill_carrier()
    written = save_foreign(workbook, back.title)
    return None if written is None else Marked(written, drawings)


# what earlier rounds left


def _take_marks_away(workbook: Workbook, sheet: Worksheet, head: int, column: str) -> None:
    looks = _looks_before(workbook)
    lists = [one for one in workbook.worksheets if squeeze(str(one.cell(1, 1).value or "")) == SHEET]
    if not looks and not lists:
        return
    for one in lists:
        workbook.remove(one)
    for one in workbook.worksheets:
        for cell in cells_of(one):
            if cell.comment is not None and COMMENT_OPENING in cell.comment.text:
                own = without_comment(cell.comment.text)
                cell.comment = _comment(own, cell.comment.author or "") if own else None
            _take_look_back(cell, looks)
    _take_column_away(sheet, head, column)


def _looks_before(workbook: Workbook) -> dict[str, Cell | MergedCell]:
    """Return for each shade of an earlier round a cell that looks as the marked ones did before."""
    if CARRIER not in workbook.sheetnames:
        return {}
    rows = workbook[CARRIER].iter_rows(max_col=3)
    return {str(row[1].value): row[2] for row in rows if row[0].value == LOOK_KEY}


def _take_look_back(cell: Cell, looks: Mapping[str, Cell | MergedCell]) -> None:
    from openpyxl.styles import PatternFill

    shade = str(cell.fill.fgColor.rgb) if cell.has_style else ""
    if shade in looks:
        cell.fill = copy(looks[shade].fill)  # type: ignore[assignment]
        cell.protection = copy(looks[shade].protection)  # type: ignore[assignment]
    elif shade.startswith(tuple(_SHADES.values())):
        is_input = cell.protection.locked is False
        cell.fill = PatternFill("solid", fgColor=INPUT_FILL) if is_input else PatternFill()


def _take_column_away(sheet: Worksheet, head: int, column: str) -> None:
    from openpyxl.worksheet.filters import AutoFilter

    for heading in [cell for cell in sheet[head] if cell.value == column]:
        index, rows = int(heading.column or 0), range(head + 1, sheet.max_row + 1)
        below = [str(sheet.cell(row, index).value or "") for row in rows]
        if not all(text.startswith(tuple(LABELS.values())) for text in below if text):
            continue  # the unit has answered in it
        for row in (head, *rows):
            sheet._cells.pop((row, index), None)
        sheet.column_dimensions.pop(column_letters(index), None)
        sheet.auto_filter = AutoFilter()


# the marks


class _Marks(Struct):
    """The marks while they are put on a workbook, with what the hidden sheet has to keep of them."""

    workbook: Workbook
    file: str
    back: Back
    looks: dict[tuple[Severity, Any], str] = field(default_factory=dict)
    samples: list[tuple[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def mark_cells(self) -> None:
        """Colour each cell with a finding, worst first, and tell all of its findings in its comment."""
        by_cell: dict[Place, list[Finding]] = {}
        for finding in self.back.findings:
            place = cell_of(finding, self.file)
            if place.sheet in self.workbook.sheetnames:
                by_cell.setdefault(place, []).append(finding)
        for place, findings in by_cell.items():
            sheet = self.workbook[place.sheet]
            sheet.sheet_state = "visible"
            sheet.row_dimensions[place.row].hidden = False
            sheet.column_dimensions[column_letters(place.column)].hidden = False
            cell = _first_of_range(sheet, place)
            self._colour(cell, min(findings, key=lambda f: f.severity.rank).severity)
            own = without_comment(cell.comment.text) if cell.comment else ""
            lines = [COMMENT_OPENING, *map(mark_line, findings)]
            cell.comment = _comment("\n".join([own, *lines] if own else lines), self.back.office)

    def _colour(self, cell: Cell, severity: Severity) -> None:
        from openpyxl.styles import PatternFill, Protection

        style = cell._style  # type: ignore[attr-defined]
        look = (severity, tuple(style))
        if look not in self.looks:
            shade = min(_FIRST_SHADE + len(self.looks), _LAST_SHADE)
            self.looks[look] = f"{_SHADES[severity]}{shade:02X}"
            self.samples.append((self.looks[look], copy(style)))
        cell.fill = PatternFill("solid", fgColor=self.looks[look])
        cell.protection = Protection(locked=False)

    def add_column(self, sheet: Worksheet, head: Place) -> None:
        """Add the column 问题 at the right of the table, with a filter over the whole table."""
        from openpyxl.styles import Alignment, Font, PatternFill, Protection

        by_row: dict[int, list[Finding]] = {}
        for finding in self.back.findings:
            place = cell_of(finding, self.file)
            if place.sheet == sheet.title and place.row > head.row:
                by_row.setdefault(place.row, []).append(finding)
        last = max([head.row + 1, *by_row, *_table_rows(sheet, head)])
        column = _free_column(sheet, head, last)
        for row in range(head.row, last + 1):
            cell = sheet.cell(row, column)
            copy_style(sheet.cell(row, head.column), cell)
            if row == head.row:
                put(cell, self.back.column)
                continue
            cell.fill = PatternFill()
            cell.font = Font(name=SONG, size=TEXT_SIZE - 1, color=RED)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            cell.protection = Protection(locked=True)
            if row in by_row:
                self.texts.append("\n".join(map(mark_line, by_row[row])))
                put(cell, self.texts[-1])
        sheet.column_dimensions[column_letters(column)].width = _COLUMN_WIDTH
        for row in by_row:
            _heighten(sheet, row, column)
        _set_filter(sheet, head.row, last, column)

    def add_list(self, drawings: int) -> None:
        """Add the first sheet: what is to be changed, each thing with a link to its cell."""
        from openpyxl.styles import Alignment, Font
        from openpyxl.worksheet.hyperlink import Hyperlink

        back, sheet = self.back, self.workbook.create_sheet(SHEET, 0)
        sentences = (SHEET, *_opening(back, drawings))
        for row, sentence in enumerate(sentences, 1):
            cell = sheet.cell(row, 1)
            put(cell, sentence)
            cell.font = Font(name=HEI, size=16) if row == 1 else Font(name=SONG, size=TEXT_SIZE)
            cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if row == 1 else "left")
            merge_cells(sheet, row, row, 1, len(_LIST_HEADINGS))
            fit_height(sheet, row, [(sentence, sum(_LIST_WIDTHS), 16 if row == 1 else TEXT_SIZE)])
        head = sheet.max_row + 1
        rows = [self._listed(finding) for finding in back.findings]
        write_table(sheet, _LIST_HEADINGS, rows, _LIST_WIDTHS, head)
        self.texts += [*sentences, *_LIST_HEADINGS, *(text for listed in rows for text in listed if text)]
        for row, finding in enumerate(back.findings, head + 1):
            place = finding.place
            if finding.severity is Severity.ERROR:
                sheet.cell(row, 1).font = Font(name=SONG, size=TEXT_SIZE, color=RED)
            if place.file == self.file and place.sheet in self.workbook.sheetnames:
                quoted = place.sheet.replace("'", "''")
                link = sheet.cell(row, 2)
                link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{_address(place)}")
                link.font = Font(name=SONG, size=TEXT_SIZE, color=_LINK_BLUE, underline="single")
        self.workbook.active = 0
        for one in self.workbook.worksheets:
            one.sheet_view.tabSelected = one is sheet

    def _listed(self, finding: Finding) -> Sequence[str]:
        place = finding.place
        if place.file == self.file:
            where = f"{place.sheet} {place.cell}".strip() or "整张表"
        else:
            where = f"原文件 {place.sheet} {place.cell}".rstrip()
        task = f"第{finding.seq}项" if finding.seq is not None else ""
        label = LABELS[finding.severity].strip("【】")
        return (label, where, task, finding.message, finding.advice_to_unit)

    def fill_carrier(self) -> None:
        """Write the next round's stamp, and below it what takes the marks away again."""
        carrier: Worksheet = (
            self.workbook[CARRIER] if CARRIER in self.workbook.sheetnames else self.workbook.create_sheet(CARRIER)
        )
        carrier.sheet_state = "veryHidden"
        for at in [at for at in carrier._cells if at[1] <= 3]:  # the lists of dropdowns stand further right
            del carrier._cells[at]
        write_stamp(self.workbook, carrier, self.back.stamp)
        kept = [(LOOK_KEY, shade) for shade, _style in self.samples]
        kept += [(COLUMN_KEY, self.back.column), *((TEXT_KEY, text) for text in dict.fromkeys(self.texts))]
        first = len(self.back.stamp.items()) + 1
        for row, (key, text) in enumerate(kept, first):
            put(carrier.cell(row, 1), key)
            put(carrier.cell(row, 2), text)
        for row, (_shade, style) in enumerate(self.samples, first):
            carrier.cell(row, 3)._style = style  # type: ignore[union-attr]


def _address(place: Place) -> str:
    """Return where a link to a place leads: the first cell of a row or sheet that is meant as a whole."""
    return f"{column_letters(place.column or 1)}{place.row or 1}"


def _opening(back: Back, drawings: int) -> Iterable[str]:
    """Yield the sentences above the list."""
    asked = [f"{n} 处{word}" for n, word in ((back.errors, "须改正"), (back.warnings, "请核实")) if n]
    yield f"{back.unit}：贵单位报来的“{back.title}”有 {'，'.join(asked)}，列在下面。"
    yield (
        "点“位置”可跳到那一格；红色的格子须改正，黄色的请核实后改正或保持不变。改好后保存，把本文件直接报回"
        f"{back.office}即可，本表、颜色、批注和“{back.column}”一列都不用删除。"
    )
    ends = [f"报送截止：{back.deadline}。" if back.deadline else "", f"联系：{back.contact}。" if back.contact else ""]
    if any(ends):
        yield "".join(ends)
    yield from back.remarks
    if drawings:
        yield f"原文件中的 {drawings} 个图形（图片、文本框等）没有带入本文件；其中如有要填报的内容，请写进对应的格子。"


def _first_of_range(sheet: Worksheet, place: Place) -> Cell:
    """Return the cell at a place, that of a merged range being its first."""
    for cells in sheet.merged_cells.ranges:
        if cells.min_row <= place.row <= cells.max_row and cells.min_col <= place.column <= cells.max_col:
            return sheet.cell(cells.min_row, cells.min_col)  # type: ignore[return-value]
    return sheet.cell(place.row, place.column)  # type: ignore[return-value]


def _comment(text: str, author: str) -> Any:
    from openpyxl.comments import Comment

    lines = sum(len(line) // _COMMENT_CHARS + 1 for line in text.splitlines())
    return Comment(text, author, height=_COMMENT_LINE_PX * (lines + 1), width=_COMMENT_WIDTH_PX)


def _table_rows(sheet: Worksheet, head: Place) -> Iterable[int]:
    """Yield the rows below the head, up to the first without any content."""
    for row in range(head.row + 1, sheet.max_row + 1):
        if all(sheet.cell(row, column).value is None for column in range(1, head.column + 1)):
            return
        yield row


def _free_column(sheet: Worksheet, head: Place, last: int) -> int:
    """Return the first column right of the table that is empty beside it."""
    column = head.column + 1
    merged = [r for r in sheet.merged_cells.ranges if r.max_row >= head.row and r.min_row <= last]
    while any(sheet.cell(row, column).value is not None for row in range(head.row, last + 1)) or any(
        r.min_col <= column <= r.max_col for r in merged
    ):
        column += 1
    return column


def _heighten(sheet: Worksheet, row: int, column: int) -> None:
    """Make a row at least as high as its texts need."""
    old = sheet.row_dimensions[row].height or 0.0
    cells = {index: sheet.cell(row, index) for index in range(1, column + 1)}
    measures = [
        (str(cell.value), width_of(sheet, index, index), float(cell.font.sz or TEXT_SIZE))
        for index, cell in cells.items()
        if cell.value is not None
    ]
    fit_height(sheet, row, measures)
    sheet.row_dimensions[row].height = max(old, sheet.row_dimensions[row].height or 0.0)


def _set_filter(sheet: Worksheet, head: int, last: int, column: int) -> None:
    from openpyxl.worksheet.filters import AutoFilter

    if sheet.tables:
        return  # a table has its own filter; a second one over it would damage the file
    for row in range(head, last + 1):
        sheet.row_dimensions[row].hidden = False  # an old filter goes, and what it hid comes back
    first = next(cell.column for cell in sheet[head] if cell.value is not None)
    sheet.auto_filter = AutoFilter(ref=f"{column_letters(first)}{head}:{column_letters(column)}{last}")
    if sheet.protection.sheet:
        sheet.protection.autoFilter = False  # False: not forbidden
