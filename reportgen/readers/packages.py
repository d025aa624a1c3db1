"""Zip packages and the XML in them, opened so that no file can use more time or memory than the limits allow.

Only what is named is unpacked, against one allowance for the whole file. XML is parsed without entities, without
network, and not beyond the depth and lengths that libxml2 takes for sane.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from reportgen.core.findings import Code, Finding, Place
from reportgen.core.limits import MAX_TREE_BYTES, MAX_UNPACKED_BYTES, Allowance

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_AT_ONCE_BYTES = 1 << 20  # parsed whole, which is quicker, at about ten times its size
# Cells and rows that hold a style and nothing else, which a style for whole columns makes by the million: they are
# taken out where they would go over the limit.
_GHOSTS = (
    re.compile(rb'<(?:\w+:)?c\s[^<>]*\br="[A-Z]+[0-9]+"[^<>]*/>'),
    re.compile(rb'<(?:\w+:)?row\s[^<>]*\br="[0-9]+"[^<>]*(?:/>|>\s*</(?:\w+:)?row>)'),
)
SAFE_XML: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
# What parsers raise at content that is not what it claims to be.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    LookupError,
    OSError,
    EOFError,
    SyntaxError,  # lxml's XMLSyntaxError is one
    RuntimeError,
    NotImplementedError,
    OverflowError,
)


class Refused(Exception):
    """A file that is whole but not read; `code` and `values` say why."""

    def __init__(self, code: Code, **values: object) -> None:
        super().__init__(code.name)
        self.code = code
        self.values = values

    def finding(self, file: str) -> Finding:
        return Finding(self.code, Place(file), values=self.values)


def too_large(reason: str) -> Refused:
    return Refused(Code.F04, reason=reason)


def broken(error: Exception, file: str) -> Finding:
    """Return the finding for a file whose content no parser could follow."""
    reason = (
        "文件已损坏或不完整"
        if isinstance(error, zipfile.BadZipFile | EOFError | zlib.error)
        else "内容不完整或不合规范"
    )
    return Finding(Code.F01, Place(file), values={"reason": reason})


class Package:
    """A zip package held in memory. Raises Refused and the errors of BROKEN."""

    def __init__(self, content: bytes, allowance: Allowance) -> None:
        self.allowance = allowance
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_UNPACKED_BYTES

    def read(self, name: str) -> bytes:
        """Return a part, unpacked. It cannot come out longer than the package says: zipfile stops there."""
        entry = self._zip.getinfo(name)
        if entry.flag_bits & 1:
            raise Refused(Code.F03)
        self._left -= entry.file_size
        if self._left < 0:
            raise too_large(f"解压后超过 {MAX_UNPACKED_BYTES >> 20} MB")
        return self._zip.read(entry)

    def size(self, name: str) -> int:
        """Return what a part comes to, unpacked."""
        return self._zip.getinfo(name).file_size

    def xml(self, name: str) -> _Element:
        """Return the root of a part."""
        return tree_of(self.tree_part(name))

    def tree_part(self, name: str) -> bytes:
        """Return a part that is to be held as a tree. Raises Refused when that would be too large."""
        if self._zip.getinfo(name).file_size > MAX_TREE_BYTES:
            raise too_large(f"解压后超过 {MAX_TREE_BYTES >> 20} MB")
        return self._bearable(self.read(name))

    def _is_bearable(self, content: bytes) -> bool:
        limit = self.allowance.markup
        return len(content) <= limit or content.count(b"<") + content.count(b"=") <= limit

    def _bearable(self, content: bytes) -> bytes:
        if not self._is_bearable(content):
            raise too_large("其中的空行、空格或格式过多")
        return content

    def each(self, name: str, *tags: str, inner: str = "") -> Iterator[_Element]:
        """Return an iterator over the elements with one of the local names `tags`, and those named `inner` in them.

        They come in the order in which they begin. Of a large part what was yielded is then forgotten.
        """
        content = self.read(name)
        if inner and not self._is_bearable(content) and b"CDATA" not in content:
            for ghosts in _GHOSTS:
                content = ghosts.sub(b"", content)
        self._bearable(content)
        wanted = [f"{{*}}{tag}" for tag in tags]
        within = [*wanted, f"{{*}}{inner}"] if inner else wanted
        if len(content) <= _AT_ONCE_BYTES:
            return tree_of(content).iter(*within)
        return _piecewise(content, wanted, within)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return (kind, target part) by relation id of what `part` refers to within the package."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self.names:
            return {}
        found = {}
        for relation in self.xml(relations):
            if relation.get("TargetMode") == "External" or not isinstance(relation.tag, str):
                continue
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            if target in self.names:
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = (kind, target)
        return found


def _piecewise(content: bytes, wanted: list[str], within: list[str]) -> Iterator[_Element]:
    """Yield each element that is `wanted`, once it is whole, and all `within` it; what was yielded is forgotten."""
    from lxml import etree

    for _event, element in etree.iterparse(io.BytesIO(content), events=("end",), tag=wanted, **SAFE_XML):
        yield from element.iter(*within)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def tree_of(part: bytes) -> _Element:
    """Return the root of a part, which `Package.tree_part` found bearable."""
    from lxml import etree

    return etree.fromstring(part, _parser())


@cache
def _parser() -> XMLParser:
    from lxml import etree

    return etree.XMLParser(**SAFE_XML)


def local(element: _Element) -> str:
    """Return the name of an element without its namespace, "" for an entity that was not resolved."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
