"""Compares the estimate of lines with what LibreOffice prints: python bench/estimator.py [how many cells].

Cells are drawn with a fixed seed from the real month (REPORTGEN_REFERENCE), else from the bundled ledger: texts cut and
joined to 1 to 600 characters, in columns of 6 to 40 em, from Word and from Excel. An estimate below the printed lines
would clip text; one above wastes paper.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reportgen.core.lines import (  # noqa: E402
    CELL_PADDING_PT,
    COLUMN_UNIT_PT,
    MAX_ROW_PT,
    WORD_GAP_EM,
    available_em,
    count_lines,
    max_lines,
    split_to_height,
)
from reportgen.core.printcheck import Word  # noqa: E402
from reportgen.writers.replace import parts_of, zipped  # noqa: E402
from reportgen.writers.sheet import SONG, new_workbook, put, saved  # noqa: E402
from tests.printing import printed, template, words_of  # noqa: E402

SEED = 20230831
SIZE_PT = 12.0
SIDE_TWIPS, BORDER_PT = 48, 0.5  # what the cells of templates/notice.docx leave to both sides of the text
WIDTHS_EM = range(6, 41)
MAX_LINES = max_lines(MAX_ROW_PT, SIZE_PT)
FOOTER_TOP_PT = 540.0


def source_texts() -> list[str]:
    """Return the texts that cells are made of."""
    folder = os.environ.get("REPORTGEN_REFERENCE")
    if folder:
        rows = json.loads((Path(folder) / "notice-2023-08.json").read_text(encoding="utf-8"))["rows"]
        return [row[key] for row in rows for key in ("annual_target", "month_target", "completion_printed")]
    from openpyxl import load_workbook

    sheet = load_workbook(ROOT / "config" / "ledger-2023.xlsx")["任务"]
    cells = (str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row if cell.value)
    return [text for text in cells if len(text) > 20]


def samples(count: int, seed: int = SEED) -> list[tuple[int, str]]:
    """Return `count` cells as (width in em, text), sorted by width; each fits on a page."""
    draw, texts, cells = random.Random(seed), source_texts(), []
    while len(cells) < count:
        width, length = draw.choice(WIDTHS_EM), draw.randint(1, 600)
        text = ""
        while len(text) < length:
            text += draw.choice(("", "", "", "\n")) + draw.choice(texts) if text else draw.choice(texts)
        start = draw.randint(0, len(text) - length)
        text = text[start : start + length].strip()
        if text:
            cells.append((width, split_to_height(text, width, MAX_LINES)[0].rstrip("\n")))
    return sorted(cells, key=lambda cell: cell[0])


def as_docx(cells: Sequence[tuple[int, str]]) -> bytes:
    """Return a document with a page for each cell: a table of one cell, its text styled as in the template."""
    parts = parts_of(template("notice.docx"))
    xml = parts["word/document.xml"].decode()
    (paragraph,) = re.findall(r"<w:p>(?:(?!<w:p>).)*?\{\{ completion \}\}.*?</w:p>", xml)
    (properties,) = re.findall(r"<w:tblPr>.*?</w:tblPr>", xml)
    tables = []
    for width, text in cells:
        twips = word_twips(width)
        lines = "".join(paragraph.replace("{{ completion }}", escape(line)) for line in text.split("\n"))
        own = re.sub(r'<w:tblW w:w="\d+"', f'<w:tblW w:w="{twips}"', properties)
        tables.append(
            f'<w:tbl>{own}<w:tblGrid><w:gridCol w:w="{twips}"/></w:tblGrid><w:tr><w:tc><w:tcPr>'
            f'<w:tcW w:w="{twips}" w:type="dxa"/></w:tcPr>{lines}</w:tc></w:tr></w:tbl>'
        )
    page_break = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    start, end = xml.index("<w:body>") + len("<w:body>"), xml.index("<w:sectPr>")
    body = page_break.join(tables) + "<w:p/>"
    return zipped({**parts, "word/document.xml": f"{xml[:start]}{body}{xml[end:]}".encode()})


def word_twips(width_em: float) -> int:
    """Return the width of a cell with room for `width_em`, as the columns of the template have it."""
    return round(width_em * SIZE_PT * 20) + SIDE_TWIPS + 16


def as_xlsx(cells: Sequence[tuple[int, str]]) -> bytes:
    """Return a workbook with a page for each cell: a sheet for each width, rows too high to share a page."""
    from openpyxl.styles import Alignment, Font

    workbook = new_workbook()
    workbook.remove(workbook.active)
    for width, own in groupby(cells, key=lambda cell: cell[0]):
        sheet = workbook.create_sheet(f"{width} em")
        sheet.column_dimensions["A"].width = excel_units(width)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.oddFooter.center.text = "&P"
        for number, (_width, text) in enumerate(own, 1):
            cell = sheet.cell(number, 1)
            put(cell, text)
            cell.font = Font(name=SONG, size=SIZE_PT)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            sheet.row_dimensions[number].height = MAX_ROW_PT
    return saved(workbook)


def excel_units(width_em: float) -> float:
    return (width_em * SIZE_PT + CELL_PADDING_PT) / COLUMN_UNIT_PT


def page_lines(words: Sequence[Word]) -> int:
    """Return how many lines the words of a page stand on, its number left out."""
    middles = sorted(word.middle for word in words if word.middle < FOOTER_TOP_PT)
    return sum(1 for before, after in pairwise([-99.0, *middles]) if after - before > SIZE_PT / 2)


def compared(cells: Sequence[tuple[int, str]]) -> dict[str, list[tuple[int, int]]]:
    """Return (estimated, printed) lines of each cell, by format."""
    em_of = {
        "docx": lambda width: ((word_twips(width) - SIDE_TWIPS) / 20 - BORDER_PT) / SIZE_PT,
        "xlsx": lambda width: available_em(excel_units(width), SIZE_PT),
    }
    documents = {"cells.docx": as_docx(cells), "cells-of.xlsx": as_xlsx(cells)}
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, pdf in printed(Path(folder), documents).items():
            pages = words_of(pdf)
            if len(pages) != len(cells):
                raise SystemExit(f"{name}: {len(pages)} pages for {len(cells)} cells")
            kind = name.split(".")[1]
            result[kind] = [
                (count_lines(text, em_of[kind](width), WORD_GAP_EM if kind == "docx" else 0.0), page_lines(words))
                for (width, text), words in zip(cells, pages, strict=True)
            ]
    return result


def main() -> None:
    cells = samples(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    for kind, pairs in compared(cells).items():
        over = Counter(estimated - shown for estimated, shown in pairs)
        near = sum(count for difference, count in over.items() if 0 <= difference <= 1) / len(pairs)
        short = [cell for cell, (estimated, shown) in zip(cells, pairs, strict=True) if estimated < shown]
        print(
            f"{kind}: {len(pairs)} cells, {len(short)} below, {near:.1%} at most one line above; {sorted(over.items())}"
        )
        for width, text in short[:9]:
            print(f"  {width} em: {text!r}")


if __name__ == "__main__":
    main()
