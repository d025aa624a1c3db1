"""Archives (.zip) of returns: their files by names that lead nowhere, archives in archives too, within the limits.

Nothing is ever written to disk. A file is named by its way: 报送.zip/水利局.xlsx.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile

from msgspec import Struct, field

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.limits import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_DEPTH, MAX_ARCHIVE_FILES, MAX_FILE_BYTES
from reportgen.readers.inbox import is_left_out, is_scan_name
from reportgen.readers.packages import BROKEN, OLE, ZIP, broken, too_large

_UTF8_NAME = 0x800
_ENCRYPTED = 1
# What the packages of office programs hold; any other zip is an archive of files.
_OFD = "OFD.xml"
_OFFICE = frozenset(
    (
        *("[Content_Types].xml", "_rels/.rels", "mimetype", "content.xml", _OFD),
        *("xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml"),
    )
)
_SEPARATORS = re.compile(r"[\\/]+")
_DRIVE = re.compile(r"[A-Za-z]:")


class Unpacked(Struct):
    """The files of an archive by name, and what was told on the way."""

    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    bytes_left: int = MAX_ARCHIVE_BYTES
    files_left: int = MAX_ARCHIVE_FILES


def is_archive(content: bytes) -> bool:
    """Tell whether a file is a zip of files, not the package of an office document."""
    if not content.startswith((ZIP, b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _OFFICE.isdisjoint(archive.namelist())
    except BROKEN:
        return False


def is_ofd(content: bytes) -> bool:
    """Tell whether a zip is an .ofd, in which sealed documents are kept as others are in PDF."""
    if _OFD.encode() not in content:  # names are never packed
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _OFD in archive.NameToInfo
    except BROKEN:
        return False


def unpack(content: bytes, name: str) -> Unpacked:
    """Return the files of an archive; what is not unpacked is told. No content makes this raise."""
    unpacked = Unpacked()
    _unpack(content, name, 1, unpacked)
    return unpacked


def _unpack(content: bytes, name: str, depth: int, unpacked: Unpacked) -> None:
    if depth > MAX_ARCHIVE_DEPTH:
        unpacked.findings.append(too_large(f"压缩包里套压缩包超过 {MAX_ARCHIVE_DEPTH} 层").finding(name))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                path = _path(entry, name, unpacked)
                if path is None:
                    continue
                if _is_scan(archive, entry, path):
                    unpacked.files[path] = b""  # only the name of a scan is looked at
                elif not _is_over_limits(entry, path, name, unpacked):
                    _take(archive, entry, path, depth, unpacked)
    except BROKEN as error:
        unpacked.findings.append(broken(error, name))


def _path(entry: zipfile.ZipInfo, archive: str, unpacked: Unpacked) -> str | None:
    """Return the name under which a file is read, None for what is passed over or refused."""
    written = _name_of(entry)
    parts = [part for part in _SEPARATORS.split(written) if part not in ("", ".", "..") and not _DRIVE.fullmatch(part)]
    if entry.is_dir() or not parts or is_left_out(parts):
        return None
    path = "/".join((archive, *parts))
    if stat.S_ISLNK(entry.external_attr >> 16):
        values = {"name": written, "what": "是指向别处的链接，没有读取"}
        unpacked.findings.append(Finding(Code.F18, Place(archive), values=values))
        return None
    if written.startswith(("/", "\\")) or ".." in _SEPARATORS.split(written) or _DRIVE.match(written):
        values = {"name": written, "what": f"带有通往别处的路径，当作“{path}”读取"}
        unpacked.findings.append(Finding(Code.F18, Place(archive), values=values))
    while path in unpacked.files:  # two files of one name
        path += "（重名）"
    return path


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return a file's name; zips made on a Chinese Windows hold it in GBK, and zipfile reads it as cp437."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_over_limits(entry: zipfile.ZipInfo, path: str, archive: str, unpacked: Unpacked) -> bool:
    """Tell whether a file may not be unpacked any more; the first one that may not is told."""
    if entry.file_size > MAX_FILE_BYTES:
        unpacked.findings.append(too_large(f"超过 {MAX_FILE_BYTES >> 20} MB").finding(path))
        return True
    had_room = unpacked.files_left >= 0 and unpacked.bytes_left >= 0
    unpacked.files_left -= 1
    unpacked.bytes_left -= entry.file_size
    if unpacked.files_left >= 0 and unpacked.bytes_left >= 0:
        return False
    if had_room:
        reason = f"压缩包里超过 {MAX_ARCHIVE_FILES} 个文件或解压后超过 {MAX_ARCHIVE_BYTES >> 20} MB，其余的没有读"
        unpacked.findings.append(too_large(reason).finding(archive))
    return True


def _is_scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> bool:
    """Tell whether a file is a scan by its name, and does not begin like a workbook or an archive."""
    if not is_scan_name(path):
        return False
    try:
        with archive.open(entry) as opened:
            return not opened.read(len(OLE)).startswith((ZIP, OLE))
    except BROKEN:
        return True


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, depth: int, unpacked: Unpacked) -> None:
    if entry.flag_bits & _ENCRYPTED:
        unpacked.findings.append(Finding(Code.F03, Place(path)))
        return
    try:
        content = archive.read(entry)
    except BROKEN as error:
        unpacked.findings.append(broken(error, path))
        return
    if is_archive(content):
        _unpack(content, path, depth + 1, unpacked)
    else:
        unpacked.files[path] = content
