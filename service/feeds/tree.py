"""An XML document as a tree, by lxml: no network, no entities, no great trees, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

Element = Any
"""An element of lxml, which has no types."""


# What libxml2 says where a document ends too early, and where a prefix was never declared.
_CUT_OFF = frozenset(
    {
        "ERR_TAG_NOT_FINISHED",
        "ERR_DOCUMENT_END",
        "ERR_CDATA_NOT_FINISHED",
        "ERR_COMMENT_NOT_FINISHED",
    }
)
_HARMLESS = frozenset({"NS_ERR_UNDEFINED_NAMESPACE"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A document.

    Attributes:
        root: Its element.
        is_sound: Whether it was well-formed. What follows an error may be missing or misplaced.
        is_cut_off: Whether nothing was wrong but that it ends too early: what is there, is right.
    """

    root: Element
    is_sound: bool
    is_cut_off: bool


def parse(document: bytes) -> Tree | None:
    """Parse UTF-8 bytes, through errors if need be.

    Prefixes that were never declared are no error: what they mean is known.

    Returns:
        None if there is no element in it.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    faults = {error.type_name for error in parser.error_log} - _HARMLESS
    return Tree(root, not faults, bool(faults) and faults <= _CUT_OFF)
