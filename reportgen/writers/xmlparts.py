"""The XML parts of office documents: from bytes to a tree and back, the same way for Word and Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


def parsed(xml: bytes) -> _Element:
    """Return the root of a part; entities are never resolved and nothing is fetched."""
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def serialised(root: _Element) -> bytes:
    """Return a part as bytes."""
    from lxml import etree

    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
