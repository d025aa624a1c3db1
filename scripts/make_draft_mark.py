"""Makes reportgen/writers/draft.png, the 草稿 that lies behind every page of a draft in Excel.

Drawn by ImageMagick on the shape of A4 landscape; Excel has no mark of its own that prints. The result is checked in;
run as `python scripts/make_draft_mark.py`.
"""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

MARK = Path(__file__).parent.parent / "reportgen" / "writers" / "draft.png"
FONT = "Noto-Sans-CJK-SC-Bold"
PAGE, SIZE, TURN = "842x595", "240", "-35"
PALE_RED = "rgba(224,64,64,0.2)"  # seen between the lines of a table, and the text upon it read
# LibreOffice lays it out like tiles: one of 638 × 451 pt covers the body of the page, with no second 草稿 in it.
DOTS_PER_METRE = 3740


def with_size(png: bytes) -> bytes:
    """Return a PNG that says how large it is, which ImageMagick leaves out."""
    end_of_head = 8 + 4 + 4 + 13 + 4
    chunk = b"pHYs" + struct.pack(">IIB", DOTS_PER_METRE, DOTS_PER_METRE, 1)
    whole = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:end_of_head] + whole + png[end_of_head:]


def main() -> None:
    drawn = ["-gravity", "center", "-font", FONT, "-pointsize", SIZE, "-fill", PALE_RED]
    turned = ["-annotate", f"{TURN}x{TURN}+0+0", "草稿"]
    bare = ["-strip", "-define", "png:exclude-chunks=date,time", f"PNG32:{MARK}"]
    subprocess.run(["convert", "-size", PAGE, "xc:none", *drawn, *turned, *bare], check=True)
    MARK.write_bytes(with_size(MARK.read_bytes()))


if __name__ == "__main__":
    main()
