"""Makes the notice templates, the starting points that clerks restyle: `sample` in templates/, `gbt9704` below it.

Both print A4 landscape with a head on each page. `sample` has the page of the printed tables one sees: margins 15, 18,
16, 16 mm, 12 pt text, 第 1 页，共 9 页. `gbt9704` is the landscape table of GB/T 9704 clause 8: the portrait page
turned, with its body of 225 × 156 mm, 10.5 pt text, and — 1 — where the portrait pages beside it have it: at the foot
of the turned page, odd numbers to its right, even ones to its left. The result is checked in; run as
`python scripts/make_templates.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.writers.replace import zipped

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TEMPLATES = Path(__file__).parent.parent / "templates"
SONG, HEI, TITLE_FONT = "宋体", "黑体", "方正小标宋简体"
RED = "FF0000"

PAGE_MM = (297, 210)
TITLE_PT = 22
GROUP_ROW_PT = 26
MANY_PAGES = 9999
NUMBER_PT = 14  # 4号, the size of GB/T 9704 page numbers


class Column(Struct, frozen=True, dict=True):
    """A column: its field, its head (lines), its text width in em in Word and in Excel, and its alignment."""

    key: str
    head: tuple[str, ...]
    word_em: float
    excel_em: float
    align: str


class Set(Struct, frozen=True, dict=True):
    """A template set: its page in mm, its text and the exact pitch of its lines in Word in pt, heights of rows in pt.

    `has_turned_numbers` for the page numbers of GB/T 9704, else they stand in the middle below the table.
    """

    folder: Path
    margins_mm: Mapping[str, float]
    text_pt: float
    line_pt: float
    title_row_pt: float
    head_row_pt: float
    row_pt: float
    columns: tuple[Column, ...]
    has_turned_numbers: bool = False


def columns(*widths: tuple[float, float]) -> tuple[Column, ...]:
    """Return the six columns of a notice with their (Word, Excel) widths in em."""
    heads = (
        (keys.SEQ, ("序", "号"), "center"),
        (keys.ANNUAL_TARGET, ("年度目标任务",), "both"),
        (keys.PERIOD_TARGET, ("{{ period }}目标任务",), "both"),
        (keys.COMPLETION, ("完成情况",), "both"),
        (keys.LEADERS, ("分管区", "领导"), "center"),
        (keys.UNITS, ("责任单位",), "center"),
    )
    return tuple(
        Column(key, head, word, excel, align) for (key, head, align), (word, excel) in zip(heads, widths, strict=True)
    )


# Excel takes 4.5 pt of each column for itself: with six full columns the table would be 8 pt wider than the page,
# which the two narrow ones give without a line more.
SAMPLE = Set(
    folder=TEMPLATES,
    margins_mm={"top": 15, "bottom": 18, "left": 16, "right": 16, "header": 7, "footer": 9},
    text_pt=12,
    line_pt=16,
    title_row_pt=40,
    head_row_pt=40,
    row_pt=40,
    columns=columns((2, 2), (16, 16), (15, 15), (16.5, 16), (3.5, 3.25), (8, 8)),
)
GBT9704 = Set(
    folder=TEMPLATES / "gbt9704",
    margins_mm={"top": 28, "bottom": 26, "left": 35, "right": 37, "header": 21, "footer": 19},
    text_pt=10.5,
    line_pt=14.5,
    title_row_pt=40,
    head_row_pt=36,
    row_pt=36,
    columns=columns((2, 2), (15.5, 15), (14.5, 14.5), (15.5, 15), (3.5, 3.25), (8, 8)),
    has_turned_numbers=True,
)
SETS = (SAMPLE, GBT9704)

# No gap between Chinese and figures, no sign beyond the edge, no document grid: lines hold as many characters as their
# width says. LibreOffice does not take these from the document's defaults.
PARAGRAPH = '<w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def twips(mm: float) -> int:
    return round(mm * 1440 / 25.4)


def run_style(font: str, size_pt: float, extra: str = "") -> str:
    """Return a rPr with the font named for Chinese and Latin alike; hint decides for “ ” — … ·."""
    fonts = f'<w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
    return f'<w:rPr>{fonts}{extra}<w:sz w:val="{size_pt * 2:g}"/><w:szCs w:val="{size_pt * 2:g}"/></w:rPr>'


def paragraph(
    text: str, font: str, size_pt: float, align: str, line_pt: float, after_pt: float = 0, extra: str = ""
) -> str:
    style = run_style(font, size_pt, extra)
    spacing = f'<w:spacing w:before="0" w:after="{after_pt * 20:g}" w:line="{line_pt * 20:g}" w:lineRule="exact"/>'
    return (
        f'<w:p><w:pPr>{PARAGRAPH}{spacing}<w:jc w:val="{align}"/>{style}</w:pPr>'
        f'<w:r>{style}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def word_widths(of: Set) -> list[int]:
    """Return the columns' widths in twips; they fill the body, what the text leaves is shared as cell margin."""
    body = twips(PAGE_MM[0]) - twips(of.margins_mm["left"]) - twips(of.margins_mm["right"])
    text = [round(column.word_em * of.text_pt * 20) for column in of.columns]
    share = (body - sum(text)) // len(of.columns)
    return [width + share for width in text]


def word_cell(width: int, paragraphs: str, span: int = 1) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}<w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraphs}</w:tc>"
    )


def word_row(cells: str, height_pt: float, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    height = f'<w:trHeight w:val="{height_pt * 20:g}" w:hRule="atLeast"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{head}</w:trPr>{cells}</w:tr>"


def word_table(of: Set) -> str:
    widths = word_widths(of)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 24), ("bottom", 30), ("right", 24))
    )

    def text(words: str, font: str, align: str) -> str:
        return paragraph(words, font, of.text_pt, align, of.line_pt)

    head = "".join(
        word_cell(width, "".join(text(line, HEI, "center") for line in column.head))
        for column, width in zip(of.columns, widths, strict=True)
    )
    group = word_cell(sum(widths), text("{{ group }}", HEI, "left"), len(widths))
    row = "".join(
        word_cell(width, text(f"{{{{ {column.key} }}}}", SONG, column.align))
        for column, width in zip(of.columns, widths, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"{word_row(head, of.head_row_pt, is_head=True)}{word_row(group, GROUP_ROW_PT)}"
        f"{word_row(row, of.row_pt - 2)}</w:tbl>"
    )


def word_document(of: Set) -> str:
    margins = " ".join(f'w:{side}="{twips(mm)}"' for side, mm in of.margins_mm.items())
    kinds = ("default", "even") if of.has_turned_numbers else ("default",)
    footers = "".join(
        f'<w:footerReference w:type="{kind}" r:id="rIdFooter{number}"/>' for number, kind in enumerate(kinds, 1)
    )
    # A body must end in a paragraph; one of a single point starts no page of its own.
    tiny = (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )
    return (
        f"{_XML}<w:document {_W} {_R}><w:body>"
        + paragraph("{{ title }}", TITLE_FONT, TITLE_PT, "center", 32, after_pt=8)
        + paragraph("{{ note }}", SONG, of.text_pt, "center", 18, after_pt=6, extra=f'<w:color w:val="{RED}"/>')
        + word_table(of)
        + tiny
        + f"<w:sectPr>{footers}"
        f'<w:pgSz w:w="{twips(PAGE_MM[0])}" w:h="{twips(PAGE_MM[1])}" w:orient="landscape"/>'
        f'<w:pgMar {margins} w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def word_words(text: str, size_pt: float) -> str:
    return f'<w:r>{run_style(SONG, size_pt)}<w:t xml:space="preserve">{text}</w:t></w:r>'


def word_field(code: str, shown: str, size_pt: float) -> str:
    """Return a complex field with a cached value, which shows until the office program computes it."""
    style = run_style(SONG, size_pt)
    return (
        f'<w:r>{style}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{style}<w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r>{style}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{style}<w:t>{shown}</w:t></w:r><w:r>{style}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def word_footers(of: Set) -> list[str]:
    """Return the footers of a set: one, or those of odd and of even pages."""
    if of.has_turned_numbers:
        return [word_turned_number(of, is_odd) for is_odd in (True, False)]
    fields = [word_field(code, "1", of.text_pt) for code in ("PAGE", "NUMPAGES")]
    words = [word_words(text, of.text_pt) for text in ("第 ", " 页，共 ", " 页")]
    line = "".join((words[0], fields[0], words[1], fields[1], words[2]))
    return [
        f'{_XML}<w:ftr {_W}><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="320" w:lineRule="exact"/>'
        f'<w:jc w:val="center"/></w:pPr>{line}</w:p></w:ftr>'
    ]


def word_turned_number(of: Set, is_odd: bool) -> str:
    """Return a footer whose number stands beside the table, turned as the page is, one character from the corner."""
    width_mm, length_mm, away_mm, character_mm = 6, 40, 7, NUMBER_PT / 72 * 25.4
    left = of.margins_mm["left"] - away_mm - width_mm
    top = of.margins_mm["top"] + character_mm
    if is_odd:
        top = PAGE_MM[1] - of.margins_mm["bottom"] - character_mm - length_mm
    line = "".join((word_words("— ", NUMBER_PT), word_field("PAGE", "1", NUMBER_PT), word_words(" —", NUMBER_PT)))
    inside = (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="320" w:lineRule="exact"/>'
        f'<w:jc w:val="{"right" if is_odd else "left"}"/></w:pPr>{line}</w:p>'
    )
    place = (
        f"position:absolute;margin-left:{left:g}mm;margin-top:{top:.1f}mm;width:{width_mm}mm;height:{length_mm}mm;"
        "mso-position-horizontal-relative:page;mso-position-vertical-relative:page;z-index:1"
    )
    return (
        f'{_XML}<w:ftr {_W} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="exact"/></w:pPr><w:r><w:pict>'
        f'<v:rect id="{"Odd" if is_odd else "Even"}Page" o:allowincell="f" filled="f" stroked="f" style="{place}">'
        '<v:textbox style="layout-flow:vertical" inset="0,0,0,0">'
        f"<w:txbxContent>{inside}</w:txbxContent></v:textbox></v:rect></w:pict></w:r></w:p></w:ftr>"
    )


def word_styles(of: Set) -> str:
    fonts = f'<w:rFonts w:ascii="{SONG}" w:hAnsi="{SONG}" w:eastAsia="{SONG}" w:cs="{SONG}"/>'
    size = f'<w:sz w:val="{of.text_pt * 2:g}"/><w:szCs w:val="{of.text_pt * 2:g}"/>'
    return (
        f"{_XML}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}"
        f'{size}<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        f"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{PARAGRAPH}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="a1"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style></w:styles>'
    )


def word_settings(of: Set) -> str:
    even = "<w:evenAndOddHeaders/>" if of.has_turned_numbers else ""
    return (
        f'{_XML}<w:settings {_W}>{even}<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )


def core_properties() -> str:
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>通报表模板</dc:title>'
        "<dc:creator>reportgen</dc:creator>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
    )


def relations(targets: dict[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, (kind, target) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def notice_docx(of: Set) -> bytes:
    footers = word_footers(of)
    overrides = {
        "/word/document.xml": f"{_WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{_WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{_WORD_TYPE}.settings+xml",
        **{f"/word/footer{number}.xml": f"{_WORD_TYPE}.footer+xml" for number, _ in enumerate(footers, 1)},
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    types = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    parts = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": relations(
            {
                "rId1": (f"{_OFFICE}/officeDocument", "word/document.xml"),
                "rId2": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            }
        ),
        "docProps/core.xml": core_properties(),
        "word/document.xml": word_document(of),
        "word/_rels/document.xml.rels": relations(
            {
                "rId1": (f"{_OFFICE}/styles", "styles.xml"),
                "rId2": (f"{_OFFICE}/settings", "settings.xml"),
                **{
                    f"rIdFooter{number}": (f"{_OFFICE}/footer", f"footer{number}.xml")
                    for number, _ in enumerate(footers, 1)
                },
            }
        ),
        "word/styles.xml": word_styles(of),
        "word/settings.xml": word_settings(of),
        **{f"word/footer{number}.xml": text for number, text in enumerate(footers, 1)},
    }
    return zipped({name: text.encode() for name, text in parts.items()})


def notice_xlsx(of: Set) -> bytes:
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    from reportgen.core.lines import CELL_PADDING_PT, COLUMN_UNIT_PT
    from reportgen.writers.sheet import new_workbook, saved

    workbook = new_workbook()
    sheet = workbook.active
    sheet.title = "通报表"
    last = get_column_letter(len(of.columns))
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    line = Side("thin", color="FF000000")
    frame = Border(left=line, right=line, top=line, bottom=line)
    for row, text, font, height in (
        (1, "{{ title }}", Font(name=TITLE_FONT, size=TITLE_PT, charset=134), of.title_row_pt),
        (2, "{{ note }}", Font(name=SONG, size=of.text_pt, charset=134, color=f"FF{RED}"), 24),
        (4, "{{ group }}", Font(name=HEI, size=of.text_pt, charset=134), GROUP_ROW_PT),
    ):
        sheet.cell(row, 1, text).font = font
        sheet.cell(row, 1).alignment = middle if row < 3 else Alignment(vertical="center", wrap_text=True)
        for column in range(1, len(of.columns) + 1) if row > 3 else ():
            sheet.cell(row, column).border = frame
        sheet.merge_cells(f"A{row}:{last}{row}")
        sheet.row_dimensions[row].height = height
    for index, column in enumerate(of.columns, 1):
        head, cell = sheet.cell(3, index, "\n".join(column.head)), sheet.cell(5, index, f"{{{{ {column.key} }}}}")
        head.font, cell.font = (Font(name=name, size=of.text_pt, charset=134) for name in (HEI, SONG))
        head.alignment = middle
        # Left, not justified: Excel spreads the last word of a justified line over the whole width.
        cell.alignment = middle if column.align == "center" else Alignment(vertical="center", wrap_text=True)
        head.border = cell.border = frame
        width = (column.excel_em * of.text_pt + CELL_PADDING_PT) / COLUMN_UNIT_PT
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.row_dimensions[3].height, sheet.row_dimensions[5].height = of.head_row_pt, of.row_pt
    set_up_to_print(sheet, of)
    return saved(workbook, "通报表模板")


def set_up_to_print(sheet: Worksheet, of: Set) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    # The widths fit at 100 %; where 宋体 is missing they come out wider, and columns must not go to pages of their own.
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # LibreOffice takes 0, as high as it gets, for leave to shrink all pages by 2 % where that saves one.
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, MANY_PAGES
    for side, mm in of.margins_mm.items():
        setattr(sheet.page_margins, side, mm / 25.4)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = "3:3"
    sheet.freeze_panes = "A4"
    sheet.sheet_view.showGridLines = False
    if of.has_turned_numbers:  # a sheet's header and footer cannot be turned
        sheet.HeaderFooter.differentOddEven = True
        numbers, text, size = (sheet.oddFooter.left, sheet.evenHeader.left), "— &P —", NUMBER_PT
    else:
        numbers, text, size = (sheet.oddFooter.center,), "第 &P 页，共 &N 页", of.text_pt
    for number in numbers:
        number.text, number.font, number.size = text, f"{SONG},常规", size


def main() -> None:
    for each in SETS:
        each.folder.mkdir(exist_ok=True)
        (each.folder / "notice.docx").write_bytes(notice_docx(each))
        (each.folder / "notice.xlsx").write_bytes(notice_xlsx(each))


if __name__ == "__main__":
    main()
