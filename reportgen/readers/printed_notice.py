"""A printed notice (通报表) read from Word or Excel: what `init --from` starts with, and what proves a build."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from reportgen.core.fields import Fields
from reportgen.core.findings import CannotRun, Finding
from reportgen.core.notice import PrintedNotice
from reportgen.core.printed import parse_printed
from reportgen.readers.grids import read_book
from reportgen.readers.wordtables import DOCUMENT, read_word_tables


def read_printed_notice(
    content: bytes,
    file: str,
    fields: Fields,
    extra_names: Mapping[str, str] | None = None,
    title: str = "",
    columns: Mapping[str, str] | None = None,
) -> tuple[PrintedNotice, tuple[Finding, ...]]:
    """Return the notice in a .docx or .xlsx, told apart by content, and what of it could not be placed.

    `fields`, `extra_names`, `title` and `columns` are as `parse_printed` takes them. Raises CannotRun when the file
    cannot be read at all.
    """
    if _is_word(content):
        book, paragraphs = read_word_tables(content, file)
        return parse_printed(book, paragraphs, fields, extra_names, title, columns)
    workbook, findings = read_book(content, file)
    if workbook is None:
        raise CannotRun(findings)
    printed, told = parse_printed(workbook, {}, fields, extra_names, title, columns)
    return printed, (*findings, *told)


def _is_word(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return DOCUMENT in archive.namelist()
    except zipfile.BadZipFile:
        return False
