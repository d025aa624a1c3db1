"""The sheets behind the notice in its workbook: figures by month, task, unit, leader and group, with native charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reportgen.core.fields import StatusClass
from reportgen.core.statistics import SHEETS, Cell, ChartPlan, StatisticsSheet
from reportgen.writers.replace import parts_of, zipped
from reportgen.writers.sheet import HEI, SONG, TEXT_SIZE, fit_height, put, styled_cell, write_table
from reportgen.writers.xmlparts import parsed, serialised

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, LineChart
    from openpyxl.worksheet.worksheet import Worksheet

_TITLE_SIZE = 16.0
# Told apart in grey too: from dark to light as printed on a black printer.
_COLORS: dict[StatusClass | None, str] = {
    StatusClass.MET: "2E7D5B",
    StatusClass.PARTLY: "F2B84B",
    StatusClass.NOT: "C0392B",
    None: "9AA0A6",
}
_TINTS: dict[StatusClass | None, str] = {
    StatusClass.MET: "FFDDEFE6",
    StatusClass.PARTLY: "FFFDF0D2",
    StatusClass.NOT: "FFF6D5D1",
    None: "FFE4E6E8",
}
_LINE_COLOR = "2B5C9E"
_CHART_HEIGHT_CM, _BAR_CM = 8.5, 0.62
_MAX_BARS_CM, _MAX_WIDTH_CM = 21.0, 34.0  # what a printed page of these sheets holds
_LABEL, _LEAST_LABEL = 1000, 500  # sizes in hundredths of a point
_NARROW = 15.0  # texts in wider columns stand at the left
_CM_PT, _UNIT_PT, _EMPTY_ROW_PT = 28.35, 6.0, 16.5
_LANDSCAPE_PT, _MARGIN_IN = 842.0, 0.5
_BOOK = "xl/workbook.xml"


def add_statistics(workbook: Workbook, sheets: Sequence[StatisticsSheet]) -> None:
    """Add `sheets` behind those that the workbook has; the sheet it opens with stays the same."""
    for one in sheets:
        sheet: Worksheet = workbook.create_sheet(one.name)
        head = _write_texts(sheet, one)
        _write_rows(sheet, one, head)
        below = head + len(one.rows) + 2
        _set_up_page(sheet, one, below)
        for plan in one.charts:
            below = _add_chart(sheet, one, plan, head, below)


def printable(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the documents as they go to the printer: a workbook's statistics are hidden, only its notice counts."""
    return {name: _hidden(one) if name.endswith(".xlsx") else one for name, one in documents.items()}


def _hidden(document: bytes) -> bytes:
    parts = parts_of(document)
    book = parsed(parts[_BOOK])
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        if sheet.get("name") in SHEETS:
            sheet.set("state", "hidden")
    return zipped({**parts, _BOOK: serialised(book)})


def _set_up_page(sheet: Worksheet, one: StatisticsSheet, below: int) -> None:
    """Keep charts whole on paper: a short table and its charts share a page, a long one has them on the next."""
    from openpyxl.worksheet.pagebreak import Break

    margins = sheet.page_margins
    margins.left = margins.right = margins.top = margins.bottom = _MARGIN_IN
    if not one.charts:
        return
    if not any(plan.is_across for plan in one.charts):
        sheet.page_setup.orientation = "portrait"
        sheet.page_setup.fitToHeight = 1
        return
    # Excel passes over breaks of a sheet that is fitted to pages.
    sheet.sheet_properties.pageSetUpPr.fitToPage = False  # type: ignore[union-attr]
    body = _LANDSCAPE_PT - 2 * 72 * _MARGIN_IN
    sheet.page_setup.scale = min(100, int(100 * body / (sum(one.widths) * _UNIT_PT)))
    sheet.row_breaks.append(Break(below - 2))  # one row before the chart, whose frame would stand on both pages


def _write_texts(sheet: Worksheet, one: StatisticsSheet) -> int:
    """Write title and notes above the table; return the row of its head."""
    from openpyxl.styles import Alignment, Font

    width = sum(one.widths)
    texts = [(one.title, HEI, _TITLE_SIZE), *((note, SONG, TEXT_SIZE - 1) for note in one.notes)]
    for row, (text, font, size) in enumerate(texts, 1):
        cell = sheet.cell(row, 1)
        put(cell, text)
        cell.font = Font(name=font, size=size)
        cell.alignment = Alignment(horizontal="center" if row == 1 else "left", vertical="center", wrap_text=True)
        sheet.merge_cells(None, row, 1, row, len(one.headings))
        fit_height(sheet, row, [(text, width, size)])
    return len(texts) + 1


def _write_rows(sheet: Worksheet, one: StatisticsSheet, head: int) -> None:
    write_table(sheet, one.headings, [tuple(map(_plain, row)) for row in one.rows], one.widths, head)
    sheet.oddFooter.center.font = SONG  # type: ignore[union-attr]
    looks: dict[tuple[object, ...], Any] = {}  # a style is looked up once for all the cells that look alike
    for number, row in enumerate(one.rows, head + 1):
        for column, value in enumerate(row, 1):
            is_left = isinstance(value, str) and (column <= 2 or one.widths[column - 1] > _NARROW)
            is_status = isinstance(value, str) and value in one.colors
            look = (is_left, isinstance(value, Decimal), value if is_status else "")
            if look not in looks:
                cell: Any = sheet.cell(number, column)
                _dress_cell(cell, is_left, isinstance(value, Decimal), one.colors.get(str(value)) if is_status else "")
                looks[look] = cell._style
            styled_cell(sheet, number, column, looks[look])


def _dress_cell(cell: Any, is_left: bool, is_share: bool, kind: StatusClass | str | None) -> None:
    """Give a cell its font, its side, the format of a share, and the tint of a status ("" for another text)."""
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.font = Font(name=SONG, size=TEXT_SIZE)
    cell.alignment = Alignment(horizontal="left" if is_left else "center", vertical="center", wrap_text=True)
    if is_share:
        cell.number_format = "0.00%"
    if not isinstance(kind, str):
        cell.fill = PatternFill("solid", fgColor=_TINTS.get(kind, _TINTS[None]))


def _plain(value: Cell) -> str | int | float | None:
    return float(value) if isinstance(value, Decimal) else value


def _add_chart(sheet: Worksheet, one: StatisticsSheet, plan: ChartPlan, head: int, below: int) -> int:
    """Add a chart below row `below`; return the first free row under it."""
    from openpyxl.chart import Reference, Series

    chart: Any = _line() if plan.is_line else _bars(plan.is_across)
    last = head + (plan.rows or len(one.rows))
    rows = one.rows[: last - head]
    labels = Reference(sheet, min_col=plan.labels, min_row=head + 1, max_row=last)
    for column in plan.series:
        values = Reference(sheet, min_col=column, min_row=head, max_row=last)
        series: Any = Series(values, title_from_data=True)
        series.cat = _labels(labels, [row[plan.labels - 1] for row in rows])
        _remember(series, one.headings[column - 1], [row[column - 1] for row in rows])
        _paint(series, one, one.headings[column - 1], plan.is_line)
        chart.series.append(series)
    _dress(chart, plan)
    chart.x_axis.tickLblSkip = 1
    chart.width = min(_MAX_WIDTH_CM, sum(one.widths) * _UNIT_PT / _CM_PT)
    chart.height = min(_MAX_BARS_CM, 3 + _BAR_CM * (last - head)) if plan.is_across else _CHART_HEIGHT_CM
    if plan.is_across:
        chart.x_axis.txPr = _text_size(_label_size(chart.height, last - head))
    sheet.add_chart(chart, f"A{below}")
    return below + int(chart.height * _CM_PT / _EMPTY_ROW_PT) + 2


def _label_size(height_cm: float, bars: int) -> int:
    """Return the size in hundredths of a point at which each bar of a chart keeps its label: LibreOffice drops some."""
    pitch_pt = (height_cm - 3.5) * _CM_PT / bars
    return max(_LEAST_LABEL, min(_LABEL, int(pitch_pt * 100 / 1.5)))


def _labels(where: Any, texts: Sequence[Cell]) -> Any:
    """Return the names of the bars as texts; openpyxl refers to them as if they were numbers."""
    from openpyxl.chart.data_source import AxDataSource, StrData, StrRef, StrVal

    points = [StrVal(idx=index, v=str(text)) for index, text in enumerate(texts)]
    return AxDataSource(strRef=StrRef(f=str(where), strCache=StrData(ptCount=len(points), pt=points)))


def _remember(series: Any, heading: str, values: Sequence[Cell]) -> None:
    """Put what a series shows beside the reference, as Excel does: previews show it without reading the cells."""
    from openpyxl.chart.data_source import NumData, NumVal, StrData, StrVal

    points = [NumVal(idx=index, v=str(value)) for index, value in enumerate(values) if value is not None]
    series.val.numRef.numCache = NumData(formatCode="General", ptCount=len(values), pt=points)
    series.tx.strRef.strCache = StrData(ptCount=1, pt=[StrVal(idx=0, v=heading)])


def _bars(is_across: bool) -> BarChart:
    from openpyxl.chart import BarChart

    chart = BarChart()
    chart.type = "bar" if is_across else "col"
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 60
    chart.y_axis.numFmt, chart.y_axis.majorUnit = "0", None
    if is_across:
        chart.x_axis.scaling.orientation = "maxMin"  # the first row of the table on top
    return chart


def _line() -> LineChart:
    from openpyxl.chart import LineChart

    chart = LineChart()
    chart.y_axis.numFmt = "0%"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    return chart


def _paint(series: Any, one: StatisticsSheet, heading: str, is_line: bool) -> None:
    """Colour a series by what it counts, and let it show its values, noughts aside."""
    from openpyxl.chart.label import DataLabelList

    if is_line:
        series.graphicalProperties.line.solidFill = _LINE_COLOR
        series.graphicalProperties.line.width = 28575
        series.marker.symbol, series.marker.size = "circle", 7
        series.marker.graphicalProperties.solidFill = _LINE_COLOR
        series.smooth = False
    else:
        kind = one.colors.get(heading)
        series.graphicalProperties.solidFill = _COLORS.get(kind, _COLORS[None])
    labels = DataLabelList()
    labels.showVal = True
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    labels.numFmt = "0.00%" if is_line else "0;;;"
    if is_line:
        labels.position = "t"
    series.dLbls = labels


def _dress(chart: Any, plan: ChartPlan) -> None:
    """Give a chart its title, legend and axes, in sizes that can be read on paper."""
    chart.roundedCorners = False  # Excel takes it for true where nothing is said
    chart.title = _rich(plan.title, 1400)
    chart.title.overlay = False
    chart.legend = None if plan.is_line else chart.legend
    if chart.legend is not None:
        chart.legend.position = "t" if plan.is_across else "b"
    # openpyxl leaves `delete` open, and Excel then draws no axes. Bars across have their numbers on them.
    chart.x_axis.delete, chart.y_axis.delete = False, plan.is_across
    chart.y_axis.majorGridlines = chart.y_axis.majorGridlines if plan.is_line else None
    chart.x_axis.txPr = chart.y_axis.txPr = _text_size(_LABEL)


def _rich(text: str, size: int) -> Any:
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

    look = CharacterProperties(sz=size, b=False)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])))


def _text_size(size: int) -> Any:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=CharacterProperties(sz=size)), endParaRPr=None)])
