"""Makes templates/notice.docx and templates/notice.xlsx, the starting point that clerks restyle.

Both print the `sample` page: A4 landscape, margins 15, 18, 16, 16 mm, six columns of 12 pt 宋体. The result is checked
in; run as `python scripts/make_templates.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportgen.core import fields as keys
from reportgen.writers.replace import zipped

TEMPLATES = Path(__file__).parent.parent / "templates"
SONG, HEI, TITLE_FONT = "宋体", "黑体", "方正小标宋简体"
RED = "FF0000"

PAGE_MM = (297, 210)
MARGINS_MM = {"top": 15, "bottom": 18, "left": 16, "right": 16}
HEADER_MM, FOOTER_MM = 7, 9
TEXT_PT, TITLE_PT, NOTE_PT = 12, 22, 12
LINE_PT = 16  # exact pitch of the rows in Word


@dataclass(frozen=True)
class Column:
    """A column: its field, its head (lines), its text width in em of 12 pt in Word and in Excel, and its alignment."""

    key: str
    head: tuple[str, ...]
    word_em: float
    excel_em: float
    align: str


# Excel takes 4.5 pt of each column for itself: with six full columns the table would be 8 pt wider than the page,
# which the two narrow ones give without a line more.
COLUMNS = (
    Column(keys.SEQ, ("序", "号"), 2, 2, "center"),
    Column(keys.ANNUAL_TARGET, ("年度目标任务",), 16, 16, "both"),
    Column(keys.PERIOD_TARGET, ("{{ period }}目标任务",), 15, 15, "both"),
    Column(keys.COMPLETION, ("完成情况",), 16.5, 16, "both"),
    Column(keys.LEADERS, ("分管区", "领导"), 3.5, 3.25, "center"),
    Column(keys.UNITS, ("责任单位",), 8, 8, "center"),
)

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


def word_widths() -> list[int]:
    """Return the columns' widths in twips; they fill the body, what the text leaves is shared as cell margin."""
    body = twips(PAGE_MM[0]) - twips(MARGINS_MM["left"]) - twips(MARGINS_MM["right"])
    text = [round(column.word_em * TEXT_PT * 20) for column in COLUMNS]
    share = (body - sum(text)) // len(COLUMNS)
    return [width + share for width in text]


def word_cell(width: int, paragraphs: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{paragraphs}</w:tc>'


def word_table() -> str:
    widths = word_widths()
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 24), ("bottom", 30), ("right", 24))
    )
    head = "".join(
        word_cell(width, "".join(paragraph(line, HEI, TEXT_PT, "center", LINE_PT) for line in column.head))
        for column, width in zip(COLUMNS, widths, strict=True)
    )
    row = "".join(
        word_cell(width, paragraph(f"{{{{ {column.key} }}}}", SONG, TEXT_PT, column.align, LINE_PT))
        for column, width in zip(COLUMNS, widths, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="800" w:hRule="atLeast"/><w:tblHeader/></w:trPr>{head}</w:tr>'
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="760" w:hRule="atLeast"/></w:trPr>{row}</w:tr></w:tbl>'
    )


def word_document() -> str:
    margins = " ".join(f'w:{side}="{twips(mm)}"' for side, mm in MARGINS_MM.items())
    # A body must end in a paragraph; one of a single point starts no page of its own.
    tiny = (
        '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )
    return (
        f"{_XML}<w:document {_W} {_R}><w:body>"
        + paragraph("{{ title }}", TITLE_FONT, TITLE_PT, "center", 32, after_pt=8)
        + paragraph("{{ note }}", SONG, NOTE_PT, "center", 18, after_pt=6, extra=f'<w:color w:val="{RED}"/>')
        + word_table()
        + tiny
        + '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{twips(PAGE_MM[0])}" w:h="{twips(PAGE_MM[1])}" w:orient="landscape"/>'
        f'<w:pgMar {margins} w:header="{twips(HEADER_MM)}" w:footer="{twips(FOOTER_MM)}" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def word_field(code: str, shown: str) -> str:
    """Return a complex field with a cached value, which shows until the office program computes it."""
    style = run_style(SONG, TEXT_PT)
    return (
        f'<w:r>{style}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{style}<w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r>{style}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{style}<w:t>{shown}</w:t></w:r><w:r>{style}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def word_footer() -> str:
    def words(text: str) -> str:
        return f'<w:r>{run_style(SONG, TEXT_PT)}<w:t xml:space="preserve">{text}</w:t></w:r>'

    return (
        f'{_XML}<w:ftr {_W}><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="320" w:lineRule="exact"/>'
        f'<w:jc w:val="center"/></w:pPr>{words("第 ")}{word_field("PAGE", "1")}{words(" 页，共 ")}'
        f"{word_field('NUMPAGES', '1')}{words(' 页')}</w:p></w:ftr>"
    )


def word_styles() -> str:
    fonts = f'<w:rFonts w:ascii="{SONG}" w:hAnsi="{SONG}" w:eastAsia="{SONG}" w:cs="{SONG}"/>'
    return (
        f"{_XML}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{fonts}"
        f'<w:sz w:val="{TEXT_PT * 2}"/><w:szCs w:val="{TEXT_PT * 2}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        f"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{PARAGRAPH}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="a1"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style></w:styles>'
    )


def word_settings() -> str:
    return (
        f'{_XML}<w:settings {_W}><w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
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


def notice_docx() -> bytes:
    overrides = {
        "/word/document.xml": f"{_WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{_WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{_WORD_TYPE}.settings+xml",
        "/word/footer1.xml": f"{_WORD_TYPE}.footer+xml",
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
        "word/document.xml": word_document(),
        "word/_rels/document.xml.rels": relations(
            {
                "rId1": (f"{_OFFICE}/styles", "styles.xml"),
                "rId2": (f"{_OFFICE}/settings", "settings.xml"),
                "rId3": (f"{_OFFICE}/footer", "footer1.xml"),
            }
        ),
        "word/styles.xml": word_styles(),
        "word/settings.xml": word_settings(),
        "word/footer1.xml": word_footer(),
    }
    return zipped({name: text.encode() for name, text in parts.items()})


def notice_xlsx() -> bytes:
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    from reportgen.core.lines import CELL_PADDING_PT, COLUMN_UNIT_PT
    from reportgen.writers.sheet import new_workbook, saved

    workbook = new_workbook()
    sheet = workbook.active
    sheet.title = "通报表"
    last = get_column_letter(len(COLUMNS))
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for row, text, font, height in (
        (1, "{{ title }}", Font(name=TITLE_FONT, size=TITLE_PT, charset=134), 40),
        (2, "{{ note }}", Font(name=SONG, size=NOTE_PT, charset=134, color=f"FF{RED}"), 24),
    ):
        sheet.cell(row, 1, text).font = font
        sheet.cell(row, 1).alignment = middle
        sheet.merge_cells(f"A{row}:{last}{row}")
        sheet.row_dimensions[row].height = height
    line = Side("thin", color="FF000000")
    for index, column in enumerate(COLUMNS, 1):
        head, cell = sheet.cell(3, index, "\n".join(column.head)), sheet.cell(4, index, f"{{{{ {column.key} }}}}")
        head.font, cell.font = Font(name=HEI, size=TEXT_PT, charset=134), Font(name=SONG, size=TEXT_PT, charset=134)
        head.alignment = middle
        # Left, not justified: Excel spreads the last word of a justified line over the whole width.
        cell.alignment = middle if column.align == "center" else Alignment(vertical="center", wrap_text=True)
        head.border = cell.border = Border(left=line, right=line, top=line, bottom=line)
        width = (column.excel_em * TEXT_PT + CELL_PADDING_PT) / COLUMN_UNIT_PT
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.row_dimensions[3].height, sheet.row_dimensions[4].height = 40, 40
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    inches = {side: mm / 25.4 for side, mm in {**MARGINS_MM, "header": HEADER_MM, "footer": FOOTER_MM}.items()}
    for side, size in inches.items():
        setattr(sheet.page_margins, side, size)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = "3:3"
    sheet.freeze_panes = "A4"
    sheet.sheet_view.showGridLines = False
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.oddFooter.center.font, sheet.oddFooter.center.size = f"{SONG},常规", TEXT_PT
    return saved(workbook, "通报表模板")


def main() -> None:
    TEMPLATES.mkdir(exist_ok=True)
    (TEMPLATES / "notice.docx").write_bytes(notice_docx())
    (TEMPLATES / "notice.xlsx").write_bytes(notice_xlsx())


if __name__ == "__main__":
    main()
