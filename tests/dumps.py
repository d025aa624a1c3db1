"""Office files as text that reads like code: texts, styles by number, sizes, merges, validations, page setup."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import groupby

import docx
import openpyxl
from defusedxml.ElementTree import fromstring
from docx.oxml.ns import qn
from openpyxl.utils import get_column_letter

_W = qn("w:p").removesuffix("p")
_LINE = 100  # characters of cells that are shown side by side
_SIDES = ("left", "right", "top", "bottom")


class Styles:
    """Descriptions of styles, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def name(self, description: str) -> str:
        return f"s{self.numbers.setdefault(description, len(self.numbers) + 1)}"

    def lines(self) -> list[str]:
        return [f"  s{number}  {description}" for description, number in self.numbers.items()]


def on_one_line(value: object) -> str:
    return str(value).replace("\n", "⏎")


def number(value: float | None) -> str:
    return "auto" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def runs(words: Iterable[str]) -> str:
    """Return words with repetitions counted: s3 s4×3 s5."""
    counted = [(word, len(list(group))) for word, group in groupby(words)]
    return " ".join(word if count == 1 else f"{word}×{count}" for word, count in counted)


def indented(cells: list[str]) -> list[str]:
    """Return short cells side by side, long ones below each other."""
    together = " | ".join(cells)
    return [f"    {cell}" for cell in ([together] if 0 < len(together) <= _LINE else cells)]


# workbooks


def dump_workbook(content: bytes) -> str:
    """Return what a workbook looks like and holds."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    lines = [f"workbook  {properties(book.properties)}"]
    lines += [f"property {name} = {text}" for name, text in custom_properties(content)]
    lines += [f"name {name} = {defined.attr_text}" for name, defined in book.defined_names.items()]
    for sheet in book.worksheets:
        lines += ["", *dump_sheet(sheet)]
    return "\n".join(lines) + "\n"


def properties(core) -> str:
    by = core.author if hasattr(core, "author") else core.creator  # python-docx and openpyxl
    return f"title “{core.title}” by “{by}” created {core.created:%Y-%m-%d}"


def custom_properties(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "docProps/custom.xml" in archive.namelist():
            for entry in fromstring(archive.read("docProps/custom.xml")):
                yield entry.get("name", ""), "".join(entry.itertext())


def dump_sheet(sheet) -> list[str]:
    lines = [f"sheet “{sheet.title}” {sheet.sheet_state} {sheet.dimensions}", *page_lines(sheet)]
    widths = {get_column_letter(c): width_of(sheet, c) for c in range(1, sheet.max_column + 1)}
    lines.append("columns  " + "  ".join(f"{letters} {width}" for letters, width in widths.items()))
    if sheet.merged_cells.ranges:
        lines.append("merged  " + " ".join(map(str, sheet.merged_cells.sorted())))
    lines += validation_lines(sheet)
    styles = Styles()
    body: list[str] = []
    before = ""
    for row in sheet.iter_rows():
        height = number(sheet.row_dimensions[row[0].row].height)
        looks = runs(styles.name(look_of(cell)) for cell in row)
        body.append(f"{row[0].row}  {height}pt  {'〃' if looks == before else looks}")
        before = looks
        body += indented([f"{c.column_letter} {on_one_line(c.value)}{kind_of(c)}" for c in row if c.value is not None])
    return [*lines, "styles", *styles.lines(), "rows", *body]


def kind_of(cell) -> str:
    """Return what is not plain about a cell's value: numbers and formulas are told apart from texts that look alike."""
    return "" if isinstance(cell.value, str) and cell.data_type == "s" else f" ({cell.data_type})"


def width_of(sheet, column: int) -> str:
    """Return a column's width; openpyxl keeps that of a run of columns at its first."""
    for letters, dimension in sheet.column_dimensions.items():
        first = dimension.min or openpyxl.utils.column_index_from_string(letters)
        if first <= column <= (dimension.max or first):
            return number(dimension.width) + (" hidden" if dimension.hidden else "")
    return "auto"


def page_lines(sheet) -> list[str]:
    setup, margins = sheet.page_setup, sheet.page_margins
    fit = sheet.sheet_properties.pageSetUpPr
    in_mm = "/".join(number(getattr(margins, side) * 25.4) for side in (*_SIDES, "header", "footer"))
    lines = [f"page  paper {setup.paperSize} {setup.orientation} margins {in_mm} mm"]
    if fit is not None and fit.fitToPage:
        lines[0] += f" fit {setup.fitToWidth}×{setup.fitToHeight}"
    if sheet.print_options.horizontalCentered:
        lines[0] += " centred"
    details = {
        "titles": sheet.print_title_rows,
        "area": sheet.print_area,
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "header": headed(sheet.oddHeader),
        "footer": headed(sheet.oddFooter),
        "view": f"{sheet.sheet_view.zoomScale}%" if sheet.sheet_view.zoomScale else "",
        "protected": protection(sheet.protection) if sheet.protection.sheet else "",
    }
    told = [f"{name} {text}" for name, text in details.items() if text]
    return [*lines, "      " + "  ".join(told)] if told else lines


def headed(item) -> str:
    parts = {"left": item.left.text, "centre": item.center.text, "right": item.right.text}
    return " ".join(f"{side} “{on_one_line(text)}”" for side, text in parts.items() if text)


def protection(sheet_protection) -> str:
    """Return what stays allowed on a protected sheet."""
    names = ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter")
    allowed = [name for name in names if not getattr(sheet_protection, name)]
    return f"(allowed: {' '.join(allowed)}){' password' if sheet_protection.password else ''}"


def validation_lines(sheet) -> list[str]:
    lines = []
    for rule in sorted(sheet.data_validations.dataValidation, key=lambda v: str(v.sqref)):
        limits = " ".join(filter(None, (rule.operator, rule.formula1, rule.formula2)))
        lines.append(f"validation {rule.sqref}  {rule.type} {limits}")
        if rule.prompt:
            lines.append(f"    prompt “{rule.promptTitle or ''}”: {on_one_line(rule.prompt)}")
        if rule.error:
            lines.append(f"    {rule.errorStyle or 'stop'} “{rule.errorTitle or ''}”: {on_one_line(rule.error)}")
    return lines


def look_of(cell) -> str:
    font, alignment, fill = cell.font, cell.alignment, cell.fill
    words = [font.name or "no font", number(font.sz)]
    words += ["bold"] if font.b else []
    words += [f"#{font.color.rgb}"] if font.color is not None and font.color.type == "rgb" else []
    words += [alignment.horizontal or "general", alignment.vertical or "bottom"]
    words += ["wrap"] if alignment.wrap_text else []
    words += [f"fill #{fill.fgColor.rgb}"] if fill.fill_type == "solid" else []
    edges = [f"{side[0]}:{getattr(cell.border, side).style}" for side in _SIDES if getattr(cell.border, side).style]
    words += [f"border {' '.join(edges)}"] if edges else []
    words += [cell.number_format] if cell.number_format != "General" else []
    words += ["" if cell.protection.locked else "unlocked", "quoted" if cell.quotePrefix else ""]
    return " ".join(filter(None, words))


# Word documents


def dump_document(content: bytes) -> str:
    """Return what a Word document looks like and holds."""
    document = docx.Document(io.BytesIO(content))
    styles = Styles()
    body: list[str] = []
    for block in document.element.body:
        if block.tag == qn("w:p"):
            body.append(paragraph_line(block, styles))
        elif block.tag == qn("w:tbl"):
            body += table_lines(block, styles)
    lines = [f"document  {properties(document.core_properties)}"]
    for section in document.sections:
        lines += section_lines(section, styles)
    return "\n".join([*lines, "styles", *styles.lines(), "body", *body]) + "\n"


def section_lines(section, styles: Styles) -> list[str]:
    size = f"{section.page_width.mm:.0f}×{section.page_height.mm:.0f} mm"
    names = ("left_margin", "right_margin", "top_margin", "bottom_margin", "header_distance", "footer_distance")
    margins = "/".join(number(round(getattr(section, name).mm, 1)) for name in names)
    grid = section._sectPr.find(qn("w:docGrid"))
    lines = [f"section  {size} margins {margins} mm grid {attributes(grid) or 'none'}"]
    for name in ("header", "footer"):
        part = getattr(section, name)
        if not part.is_linked_to_previous:
            lines += [f"  {name}  {paragraph_line(p._p, styles)}" for p in part.paragraphs]
    return lines


def attributes(element) -> str:
    if element is None:
        return ""
    return " ".join(f"{name.removeprefix(_W)}={value}" for name, value in sorted(element.attrib.items()))


def paragraph_line(paragraph, styles: Styles) -> str:
    pieces = []
    for look, group in groupby(paragraph.iter(qn("w:r")), key=lambda run: styles.name(run_look(run))):
        text = "".join(run_text(run) for run in group)
        if text:
            pieces.append(f"{look} {text}")
    return f"{styles.name(paragraph_look(paragraph))}: {' | '.join(pieces)}".rstrip()


def paragraph_look(paragraph) -> str:
    style = paragraph.find(qn("w:pPr"))
    words = ["paragraph"]
    for child in () if style is None else style:
        if child.tag not in (qn("w:rPr"), qn("w:sectPr")):
            words.append(f"{child.tag.removeprefix(_W)}({attributes(child)})")
    return " ".join(words)


def run_look(run) -> str:
    style = run.find(qn("w:rPr"))
    words = ["text"]
    for child in () if style is None else style:
        if child.tag == qn("w:rFonts"):
            fonts = {child.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia", "cs")}
            words.append(next(iter(fonts)) if len(fonts) == 1 else attributes(child))
        elif child.tag != qn("w:szCs"):
            words.append(f"{child.tag.removeprefix(_W)}({attributes(child)})")
    return " ".join(filter(None, words)).replace("w:", "")


def run_text(run) -> str:
    texts = {qn("w:br"): "⏎", qn("w:tab"): "⇥", qn("w:pict"): "[drawing]", qn("w:drawing"): "[drawing]"}
    words = []
    for child in run:
        if child.tag == qn("w:t"):
            words.append(child.text or "")
        elif child.tag == qn("w:instrText"):
            words.append(f"{{{(child.text or '').strip()}}}")
        else:
            words.append(texts.get(child.tag, ""))
    return "".join(words)


def table_lines(table, styles: Styles) -> list[str]:
    look = table.find(qn("w:tblPr"))
    lines = ["table"]
    for child in look:
        inner = " ".join(f"{edge.tag.removeprefix(_W)}({attributes(edge)})" for edge in child)
        lines.append(f"  {child.tag.removeprefix(_W)}  {attributes(child) or inner}")
    lines.append("  grid  " + " ".join(column.get(qn("w:w")) for column in table.find(qn("w:tblGrid"))))
    before = ""
    for row in table.findall(qn("w:tr")):
        row_style = row.find(qn("w:trPr"))
        marks = [] if row_style is None else [f"{c.tag.removeprefix(_W)}({attributes(c)})" for c in row_style]
        cells = row.findall(qn("w:tc"))
        looks = f"{' '.join(marks)}  {runs(styles.name(cell_look(cell)) for cell in cells)}"
        lines.append(f"row  {'〃' if looks == before else looks}")
        before = looks
        lines += indented([" / ".join(paragraph_line(p, styles) for p in cell.findall(qn("w:p"))) for cell in cells])
    return lines


def cell_look(cell) -> str:
    style = cell.find(qn("w:tcPr"))
    words = [] if style is None else [f"{c.tag.removeprefix(_W)}({attributes(c)})" for c in style]
    return " ".join(["cell", *words])
