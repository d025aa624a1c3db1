"""Makes templates/reminder.docx, the page of a reminder: four paragraphs, one for each kind of line of reminder.j2.

Portrait A4 with the margins of GB/T 9704. Clerks restyle the result; run as `python scripts/make_reminder_template.py`.
"""

from __future__ import annotations

import make_templates as common

from reportgen.writers.replace import zipped

TARGET = common.TEMPLATES / "reminder.docx"
FANG = "仿宋"
TITLE_PT, TEXT_PT, LINE_TWIPS = 22, 16, 579
PAGE = (11906, 16838)
MARGINS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1588}


def paragraph(kind: str, font: str, size_pt: int, layout: str, after: int = 0) -> str:
    style = common.run_style(font, size_pt)
    line = max(LINE_TWIPS, round(size_pt * 20 * 1.45))
    spacing = f'<w:spacing w:before="0" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'
    return (
        f'<w:p><w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/>{spacing}{layout}{style}</w:pPr>'
        f"<w:r>{style}<w:t>{{{{ {kind} }}}}</w:t></w:r></w:p>"
    )


def document() -> str:
    margins = " ".join(f'w:{side}="{size}"' for side, size in MARGINS.items())
    indent = f'<w:ind w:firstLineChars="200" w:firstLine="{TEXT_PT * 40}"/>'
    right = f'<w:ind w:rightChars="200" w:right="{TEXT_PT * 40}"/><w:jc w:val="right"/>'
    return (
        f"{common._XML}<w:document {common._W} {common._R}><w:body>"
        + paragraph("title", common.TITLE_FONT, TITLE_PT, '<w:jc w:val="center"/>', after=LINE_TWIPS)
        + paragraph("recipient", FANG, TEXT_PT, '<w:jc w:val="left"/>')
        + paragraph("body", FANG, TEXT_PT, f'{indent}<w:jc w:val="both"/>')
        + paragraph("signature", FANG, TEXT_PT, right)
        + f'<w:sectPr><w:pgSz w:w="{PAGE[0]}" w:h="{PAGE[1]}"/>'
        f'<w:pgMar {margins} w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def reminder() -> bytes:
    overrides = {
        "/word/document.xml": f"{common._WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{common._WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{common._WORD_TYPE}.settings+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    types = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    office, package = common._OFFICE, common._PACKAGE
    parts = {
        "[Content_Types].xml": f'{common._XML}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": common.relations(
            {
                "rId1": (f"{office}/officeDocument", "word/document.xml"),
                "rId2": (f"{package}/relationships/metadata/core-properties", "docProps/core.xml"),
            }
        ),
        "docProps/core.xml": common.core_properties().replace("通报表模板", "催报通知模板"),
        "word/document.xml": document(),
        "word/_rels/document.xml.rels": common.relations(
            {"rId1": (f"{office}/styles", "styles.xml"), "rId2": (f"{office}/settings", "settings.xml")}
        ),
        "word/styles.xml": common.word_styles(),
        "word/settings.xml": common.word_settings(),
    }
    return zipped({name: text.encode() for name, text in parts.items()})


if __name__ == "__main__":
    TARGET.write_bytes(reminder())
