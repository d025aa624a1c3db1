"""The floor: unzip and scan every input, make and deflate the outputs' XML, nothing else.

`python -m bench.floor WORKSPACE OUT` bounds from below what any program in Python must spend.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape


def scanned(folder: Path) -> list[str]:
    """Return the texts of every cell of every return."""
    texts: list[str] = []
    for path in sorted(folder.glob("*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml":
                    parser = expat.ParserCreate()
                    parser.buffer_text = True
                    parser.CharacterDataHandler = texts.append
                    parser.Parse(archive.read(name), True)
    return texts


def main() -> None:
    workspace, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    texts = [text for text in scanned(workspace / "input" / "2023-08") if len(text) > 20]
    cells = "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in texts)
    runs = "".join(f"<w:tc><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:tc>" for text in texts)
    for name, part, xml in (
        ("floor.xlsx", "xl/worksheets/sheet1.xml", cells),
        ("floor.docx", "word/document.xml", runs),
    ):
        with zipfile.ZipFile(out / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(part, xml)


if __name__ == "__main__":
    main()
