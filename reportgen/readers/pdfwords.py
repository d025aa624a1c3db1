"""The words of a PDF with their places, read by poppler where it is on the machine; pages are counted without it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html import unescape
from pathlib import Path

from reportgen.core.printcheck import Word, bare

_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_NUMBER = r'"([\d.-]+)"'
_WORD = re.compile(f"<word xMin={_NUMBER} yMin={_NUMBER} xMax={_NUMBER} yMax={_NUMBER}>(.*?)</word>", re.DOTALL)
_SECONDS = 120


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF of LibreOffice has."""
    return len(_PAGE.findall(pdf))


def can_read_words() -> bool:
    return shutil.which("pdftotext") is not None


def words_of(pdf: bytes) -> list[list[Word]]:
    """Return the words of each page, white space and differences of width taken out."""
    with tempfile.TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "printed.pdf"
        file.write_bytes(pdf)
        command = ["pdftotext", "-bbox", str(file), "-"]
        shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=_SECONDS).stdout
    return [[_word(*found.groups()) for found in _WORD.finditer(page)] for page in shown.split("<page ")[1:]]


def _word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    return Word(float(left), float(top), float(right), float(bottom), bare(unescape(text)))
