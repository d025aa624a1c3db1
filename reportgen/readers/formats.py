"""A return in any format that units send, told apart by its content: the grids of it, or one sentence with the cure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from reportgen.core.filekinds import FileKind
from reportgen.core.findings import CannotRun, Code, Finding, Place
from reportgen.core.grid import Aside, Book, Kind
from reportgen.core.limits import MAX_FILE_BYTES, MAX_MARGIN_BYTES, OF_A_RETURN
from reportgen.readers.archives import is_ofd
from reportgen.readers.asides import says_something
from reportgen.readers.biff import STREAM, read_biff
from reportgen.readers.compound import Compound
from reportgen.readers.grids import read_package, unread_parts
from reportgen.readers.opendocument import CONTENT, UNREAD, read_opendocument
from reportgen.readers.packages import BROKEN, OLE, ZIP, Package, Refused, broken, too_large
from reportgen.readers.textfiles import decoded, kind_of_text, read_text
from reportgen.readers.wordtables import AFTER, DOCUMENT, read_word_tables

# PDF, JPEG, PNG, TIFF, GIF, BMP, WebP, and what telephones make of photographs (HEIC).
_SCAN = re.compile(
    rb"%PDF|\xff\xd8\xff|\x89PNG|II\*\0|MM\0\*|GIF8|BM.{4}\0{4}|RIFF.{4}WEBP|.{4}ftyp(?:hei|hev|mif1|msf1|avif)",
    re.DOTALL,
)
_PACKED = {b"Rar!\x1a\x07": FileKind.RAR, b"7z\xbc\xaf\x27\x1c": FileKind.SEVEN_ZIP, b"\x1f\x8b": FileKind.GZIP}
_BY_STREAM = {
    "Book": FileKind.OLD_EXCEL,
    "PowerPoint Document": FileKind.OLD_SLIDES,
    "WordDocument": FileKind.OLD_WORD,
}
_BY_SUFFIX = {
    ".et": FileKind.WPS_SHEET,
    ".wps": FileKind.WPS_WORD,
    ".doc": FileKind.OLD_WORD,
    ".dps": FileKind.OLD_SLIDES,
}
_UNREAD_STREAMS = {"宏": ("_VBA_PROJECT_CUR",), "嵌入的对象": ("MBD",)}
_WORD_PARTS = {DOCUMENT, "word/numbering.xml", "word/styles.xml"}
_BESIDE = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml")
_BODY = "正文"

Read = tuple[Book | None, tuple[Finding, ...]]


def is_scan(content: bytes, has_scan_name: bool) -> bool:
    """Tell whether a file is a scan or a photograph: by its content, or by its name where the content tells nothing."""
    if content.startswith((ZIP, OLE)):
        return is_ofd(content)
    return bool(_SCAN.match(content)) or has_scan_name


def read_return(content: bytes, file: str) -> Read:
    """Return the grids of a file that a unit sent, None with a finding when it cannot be read; findings tell the rest.

    `file` is the name by which places and messages speak of it. No content makes this raise.
    """
    try:
        return _read(content, file)
    except Refused as refused:
        return None, (refused.finding(file),)
    except (*BROKEN, csv.Error) as error:
        return None, (broken(error, file),)


def _read(content: bytes, file: str) -> Read:
    if not content.strip(b"\0\r\n\t "):
        return None, (Finding(Code.F14, Place(file)),)
    if len(content) > MAX_FILE_BYTES:
        raise too_large(f"超过 {MAX_FILE_BYTES >> 20} MB")
    if content.startswith(OLE):
        return _read_ole(content, file)
    if content.startswith(ZIP):
        return _read_package(content, file)
    packed = next((kind for start, kind in _PACKED.items() if content.startswith(start)), None)
    return (None, (packed.told(file),)) if packed else _read_plain(content, file)


def _read_package(content: bytes, file: str) -> Read:
    package = Package(content, OF_A_RETURN)
    if DOCUMENT in package.names:
        return _read_word(content, package, file)
    if CONTENT in package.names:
        if b"opendocument.spreadsheet" not in package.read("mimetype" if "mimetype" in package.names else CONTENT):
            return None, (FileKind.OPEN_TEXT.told(file),)
        return read_opendocument(package, file), unread_parts(package.names, UNREAD, file)
    return read_package(package, file)


def _read_word(content: bytes, package: Package, file: str) -> Read:
    """Return the tables of a Word document; its paragraphs and comments stand beside them."""
    for part in _WORD_PARTS & package.names:
        package.tree_part(part)
    try:
        book, paragraphs = read_word_tables(content, file)
    except CannotRun as error:
        reason = str(error.findings[0].values["reason"]).rstrip("。")
        return None, (Finding(Code.F01, Place(file), values={"reason": reason}),)
    asides = [
        Aside(Kind.PARAGRAPH, Place(file, _BODY), text.strip())
        for name in (*(grid.sheet for grid in book.grids), AFTER)
        for text in paragraphs[name]
        if text.strip()
    ]
    if "word/comments.xml" in package.names:
        for comment in package.xml("word/comments.xml").iter("{*}comment"):
            text = "".join(t.text or "" for t in comment.iter("{*}t")).strip()
            asides += [Aside(Kind.COMMENT, Place(file, _BODY), text)] if text else []
    asides += _beside_the_pages(package, file)
    macros = unread_parts(package.names, {"宏": ("word/vbaProject",), "嵌入的对象": ("word/embeddings/",)}, file)
    return Book(file, book.grids, {}, tuple(asides)), macros


def _beside_the_pages(package: Package, file: str) -> Iterator[Aside]:
    """Yield the texts of headers, footers and notes, those that only number the pages left out."""
    left = MAX_MARGIN_BYTES
    for part in sorted(package.names):
        match = _BESIDE.fullmatch(part)
        if match is None:
            continue
        left -= package.size(part)
        if left < 0:
            raise too_large(f"页眉、页脚和脚注解压后超过 {MAX_MARGIN_BYTES >> 20} MB")
        kind = Kind.FOOTNOTE if "note" in match.group(1) else Kind.MARGIN
        for paragraph in package.xml(part).iter("{*}p"):
            text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
            if says_something(text):
                yield Aside(kind, Place(file, kind.value), text)


def _read_ole(content: bytes, file: str) -> Read:
    by_suffix = _BY_SUFFIX.get(PurePosixPath(file).suffix.lower())
    try:
        compound = Compound(content)
    except BROKEN as error:
        # A shortened .et is told as what it is: another one in the same format could not be read either.
        return None, (by_suffix.told(file) if by_suffix else broken(error, file),)
    if "EncryptedPackage" in compound.names or "EncryptionInfo" in compound.names:
        raise Refused(Code.F03)
    if STREAM in compound.names:
        return read_biff(compound.read(STREAM), file), unread_parts(compound.names, _UNREAD_STREAMS, file)
    by_stream = next((kind for name, kind in _BY_STREAM.items() if name in compound.names), None)
    return None, ((by_suffix or by_stream or FileKind.OTHER_OLE).told(file),)


def _read_plain(content: bytes, file: str) -> Read:
    text = decoded(content)
    if text is None:
        return None, (FileKind.NOT_A_TABLE.told(file),)
    kind = kind_of_text(text)
    book = read_text(text, file) if kind is None else None
    return (book, ()) if book else (None, ((kind or FileKind.TEXT_WITHOUT_TABLE).told(file),))
