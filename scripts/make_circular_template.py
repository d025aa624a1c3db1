"""Makes templates/circular.docx, the covering 通报 on the page of GB/T 9704, which clerks restyle and reword.

Portrait A4, 22 lines of 28 characters; the wording stands in the paragraphs, with placeholders for what the program
puts in. The result is checked in; run as `python scripts/make_circular_template.py`. Same script, same bytes.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

from reportgen.writers.replace import zipped

TEMPLATE = Path(__file__).parent.parent / "templates" / "circular.docx"

# Clause 8 of GB/T 9704, in twentieths of a point. The bottom margin is 0.07 mm less than 35 mm (the standard leaves
# 1 mm): 22 lines of 580 are 4 more than 35 mm leave, and LibreOffice then prints 21.
PAGE = (11906, 16838)
MARGINS = {"top": 2098, "right": 1474, "bottom": 1980, "left": 1587}
GRID_LINE, GRID_CHAR_SPACE = 580, -848
# LibreOffice gives a character two cells of a grid that is narrower than the character, so the text does not snap to
# the grid but has its pitch by itself; the grid leaves 440 pt of the 442 to text, for 28 characters of 15.7 pt.
LINE, SPACING = 580, -6
CHAR = 320 + SPACING
# 一字线 lies 7 mm below the text: a line of 20 pt whose middle is 28 mm above the edge of the page.
FOOTER = 1423
BODY, FOUR = 16, 14  # 3号 and 4号 in points

FANG, KAI, HEI, SONG, TITLE = "仿宋", "楷体", "黑体", "宋体", "方正小标宋简体"

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{2 * CHAR}"/>'


class Style(Struct, frozen=True, dict=True):
    """A paragraph style: its name as Word lists it, its font, and what differs from the body's paragraph."""

    name: str
    font: str = FANG
    size_pt: float = BODY
    paragraph: str = ""
    color: str = ""

    @property
    def run(self) -> str:
        """The properties of a run: the font for Chinese and Latin alike; hint decides for “ ” — … ·."""
        spacing = f'<w:spacing w:val="{SPACING}"/>' if self.size_pt == BODY else ""
        font = self.font
        fonts = f'<w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
        color = f'<w:color w:val="{self.color}"/>' if self.color else ""
        size = f'<w:sz w:val="{self.size_pt * 2:g}"/><w:szCs w:val="{self.size_pt * 2:g}"/>'
        return f"<w:rPr>{fonts}{color}{spacing}{size}</w:rPr>"


# The paragraph properties stand in the order of the schema: keepNext, tabs, spacing, ind, jc.
_BLOCK = f'<w:ind w:leftChars="1400" w:left="{14 * CHAR}"/><w:jc w:val="center"/>'
STYLES = {
    "Number": Style("公文文号", paragraph='<w:jc w:val="center"/>'),
    "Heading": Style("公文标题", TITLE, 22, '<w:jc w:val="center"/>'),
    "Draft": Style("草稿说明", FANG, BODY, '<w:jc w:val="left"/>', color="FF0000"),
    "Recipients": Style("主送机关"),
    "Body": Style("公文正文", paragraph=_INDENT),
    "Level1": Style("一级标题", HEI, paragraph=f"<w:keepNext/>{_INDENT}"),
    "Level2": Style("二级标题", KAI, paragraph=_INDENT),
    # No page shall hold nothing but the signature.
    "LastBody": Style("公文末段", paragraph=f"<w:keepNext/>{_INDENT}"),
    # The title of the attachment hangs under its own first character.
    "Attachment": Style(
        "附件说明",
        paragraph=f'<w:keepNext/><w:ind w:leftChars="500" w:left="{5 * CHAR}" w:hangingChars="300" '
        f'w:hanging="{3 * CHAR}"/><w:jc w:val="left"/>',
    ),
    "Gap": Style("空行", paragraph="<w:keepNext/>"),
    # Centred on each other, four characters from the right: room for a seal.
    "Signature": Style("发文机关署名", paragraph=f"<w:keepNext/>{_BLOCK}"),
    "Date": Style("成文日期", paragraph=f"<w:keepNext/>{_BLOCK}"),
    "Control": Style("模板控制行", FANG, 9, '<w:jc w:val="left"/>', color="7F7F7F"),
    "PageOdd": Style(
        "单页页码",
        SONG,
        FOUR,
        '<w:spacing w:line="400" w:lineRule="exact"/><w:ind w:rightChars="100" w:right="280"/><w:jc w:val="right"/>',
    ),
    "PageEven": Style(
        "双页页码",
        SONG,
        FOUR,
        '<w:spacing w:line="400" w:lineRule="exact"/><w:ind w:leftChars="100" w:left="280"/><w:jc w:val="left"/>',
    ),
}


def edge(side: str, eighths: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="1" w:color="000000"/>'


# 版记 stands at the foot of the last page, as a table that floats there: LibreOffice lets one float that is placed from
# the edge of the page, and takes one of the text's width that is placed from the margin for part of the text.
_WIDTH = PAGE[0] - MARGINS["left"] - MARGINS["right"]
_IMPRINT = (
    '<w:spacing w:line="500" w:lineRule="exact"/>'
    '<w:ind w:leftChars="100" w:left="280" w:rightChars="100" w:right="280"/>'
)
STYLES["Imprint"] = Style(
    "版记", FANG, FOUR, f'<w:tabs><w:tab w:val="right" w:pos="{_WIDTH - 280}"/></w:tabs>{_IMPRINT}<w:jc w:val="left"/>'
)
# A table cannot end a document; the paragraph after it takes no room.
STYLES["End"] = Style("文末", FANG, 1, '<w:spacing w:line="20" w:lineRule="exact"/>')
IMPRINT = ("抄送：〔抄送机关〕。", "〔印发机关〕\t〔印发日期〕印发")

_COMMA = "{% if not loop.last %}、{% endif %}"
# What the clerk reads and changes in Word: (style, text). Lines of 模板控制行 vanish when the circular is written.
TEXT = (
    ("Number", "〔文号〕"),
    ("Gap", ""),
    ("Heading", "{{ heading }}"),
    ("Gap", ""),
    ("Control", "{%p if note %}"),
    ("Draft", "{{ note }}"),
    ("Control", "{%p endif %}"),
    ("Recipients", "{{ recipients }}："),
    ("Body", "{% if basis %}根据{{ basis }}，{% endif %}现将{{ subject }}通报如下："),
    ("Level1", "{{ number() }}、总体情况"),
    (
        "Body",
        "列入{{ period }}通报的任务共{{ listed }}项"
        "{% if left_out %}，其中{% for one in left_out %}{{ one.name }}{{ one.count }}项" + _COMMA + "{% endfor %}，"
        "不计入统计{% endif %}。"
        "{% if total %}{{ total }}项中，{% for one in statuses %}{{ one.name }}{{ one.count }}项，"
        "占{{ one.percent }}{% if not loop.last %}；{% endif %}{% endfor %}。{% endif %}"
        "{% if open %}尚有{{ open }}项待定。{% endif %}",
    ),
    ("Control", "{%p for group in shortfalls %}"),
    ("Level1", "{{ number() }}、{{ group.name }}的任务"),
    ("Control", "{%p for one in group.tasks %}"),
    (
        "Level2",
        "（{{ loop.index | chinese }}）第{{ one.seq }}项“{{ one.task }}”"
        "{% if one.lead %}（牵头单位：{{ one.lead }}{% if one.units %}；其他责任单位：{{ one.units }}{% endif %}）"
        "{% elif one.units %}（责任单位：{{ one.units }}）{% endif %}",
    ),
    ("Body", "{{ period }}目标任务：{{ one.target }}"),
    ("Control", "{%p if one.actual %}"),
    ("Body", "完成情况：{{ one.actual }}"),
    ("Control", "{%p endif %}"),
    ("Control", "{%p if one.reason %}"),
    ("Body", "未完成原因：{{ one.reason }}"),
    ("Control", "{%p endif %}"),
    ("Control", "{%p endfor %}"),
    ("Control", "{%p endfor %}"),
    ("Control", "{%p if unreported or late or unreported_tasks %}"),
    ("Level1", "{{ number() }}、未按时报送的单位"),
    ("Control", "{%p if unreported %}"),
    (
        "Body",
        "应报送的{{ asked }}个单位中，未报送的{{ unreported | length }}个："
        "{% for one in unreported %}{{ one.unit }}（第{{ one.rows }}项）" + _COMMA + "{% endfor %}。",
    ),
    ("Control", "{%p endif %}"),
    ("Control", "{%p if unreported_tasks %}"),
    (
        "Body",
        "已报送而其中任务未报送的：{% for one in unreported_tasks %}{{ one.unit }}（第{{ one.rows }}项）"
        + _COMMA
        + "{% endfor %}。",
    ),
    ("Control", "{%p endif %}"),
    ("Control", "{%p if late %}"),
    (
        "Body",
        "截止时间为{{ deadline }}，迟报的{{ late | length }}个："
        "{% for one in late %}{{ one.unit }}（{{ one.received }}报送）" + _COMMA + "{% endfor %}。",
    ),
    ("Control", "{%p endif %}"),
    ("Control", "{%p endif %}"),
    ("Control", "{%p if requirements %}"),
    ("Level1", "{{ number() }}、工作要求"),
    ("Control", "{%p for one in requirements %}"),
    ("Control", "{%p if loop.last %}"),
    ("LastBody", "{{ loop.index | chinese }}是{{ one }}"),
    ("Control", "{%p else %}"),
    ("Body", "{{ loop.index | chinese }}是{{ one }}"),
    ("Control", "{%p endif %}"),
    ("Control", "{%p endfor %}"),
    ("Control", "{%p endif %}"),
    ("Gap", ""),
    ("Attachment", "附件：{{ attachment }}"),
    ("Gap", ""),
    ("Gap", ""),
    ("Signature", "{{ office }}"),
    ("Date", "{{ date }}"),
)


def paragraph(style: str, text: str) -> str:
    """Return a paragraph; the properties of its mark are those of its text, so that an empty one has its height."""
    run = STYLES[style].run
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    runs = f"<w:r>{run}{pieces}</w:r>" if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{run}</w:pPr>{runs}</w:p>'


def imprint() -> str:
    """Return 版记 as a table: thick lines above and below, a thin one between."""

    def row(text: str, top: int, bottom: int) -> str:
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="{width}" w:space="0" w:color="000000"/>'
            for side, width in (("top", top), ("bottom", bottom))
        )
        return (
            f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{_WIDTH}" w:type="dxa"/><w:tcBorders>{edges}</w:tcBorders></w:tcPr>'
            f"{paragraph('Imprint', text)}</w:tc></w:tr>"
        )

    sides = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="page" '
        f'w:tblpX="{MARGINS["left"]}" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/>'
        f'<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar>'
        f'</w:tblPr><w:tblGrid><w:gridCol w:w="{_WIDTH}"/></w:tblGrid>'
        f"{row(IMPRINT[0], 8, 6)}{row(IMPRINT[1], 6, 8)}</w:tbl>"
    )


def document() -> str:
    margins = " ".join(f'w:{side}="{size}"' for side, size in MARGINS.items())
    return (
        f"{_XML}<w:document {_W} {_R}><w:body>"
        + "".join(paragraph(style, text) for style, text in TEXT)
        + imprint()
        + paragraph("End", "")
        + '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:footerReference w:type="even" r:id="rId4"/>'
        f'<w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/><w:pgMar {margins} w:header="851" w:footer="{FOOTER}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{GRID_LINE}" w:charSpace="{GRID_CHAR_SPACE}"/>'
        "</w:sectPr></w:body></w:document>"
    )


def footer(style: str, shown: str) -> str:
    """Return — 1 — as a complex field with a cached value, which shows until the office program computes it."""
    run = STYLES[style].run

    def part(content: str) -> str:
        return f"<w:r>{run}{content}</w:r>"

    return (
        f'{_XML}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="{style}"/>{run}</w:pPr>'
        + part('<w:t xml:space="preserve">— </w:t>')
        + part('<w:fldChar w:fldCharType="begin"/>')
        + part('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + part('<w:fldChar w:fldCharType="separate"/>')
        + part(f"<w:t>{shown}</w:t>")
        + part('<w:fldChar w:fldCharType="end"/>')
        + part('<w:t xml:space="preserve"> —</w:t>')
        + "</w:p></w:ftr>"
    )


def styles() -> str:
    """Return word/styles.xml: the body is Normal, from which the grid takes its character; no theme fonts anywhere."""
    normal = Style("Normal")
    entries = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="a"/><w:qFormat/><w:pPr>{style.paragraph}</w:pPr>{style.run}</w:style>'
        for name, style in STYLES.items()
    )
    return (
        f"{_XML}<w:styles {_W}><w:docDefaults><w:rPrDefault>"
        + normal.run.replace("</w:rPr>", '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>')
        + "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/>'
        '<w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
        f'<w:jc w:val="both"/></w:pPr>{normal.run}</w:style>{entries}</w:styles>'
    )


def settings() -> str:
    return (
        f'{_XML}<w:settings {_W}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        "</w:compat></w:settings>"
    )


def core_properties() -> str:
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>通报模板</dc:title>'
        "<dc:creator>reportgen</dc:creator>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
    )


def relations(targets: dict[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, (kind, target) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def circular() -> bytes:
    """Return the template as a .docx."""
    overrides = {
        "/word/document.xml": f"{_WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{_WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{_WORD_TYPE}.settings+xml",
        "/word/footer1.xml": f"{_WORD_TYPE}.footer+xml",
        "/word/footer2.xml": f"{_WORD_TYPE}.footer+xml",
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
        "word/document.xml": document(),
        "word/_rels/document.xml.rels": relations(
            {
                "rId1": (f"{_OFFICE}/styles", "styles.xml"),
                "rId2": (f"{_OFFICE}/settings", "settings.xml"),
                "rId3": (f"{_OFFICE}/footer", "footer1.xml"),
                "rId4": (f"{_OFFICE}/footer", "footer2.xml"),
            }
        ),
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/footer1.xml": footer("PageOdd", "1"),
        "word/footer2.xml": footer("PageEven", "2"),
    }
    return zipped({name: text.encode() for name, text in parts.items()})


if __name__ == "__main__":
    TEMPLATE.write_bytes(circular())
