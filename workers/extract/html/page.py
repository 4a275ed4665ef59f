"""From the text of a page to its tree."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from feedmill.errors import ExtractionError

# libxml2 drops everything below its deepest level (2,048 with `huge_tree`); a page that goes near it is read
# again without the elements that only nest.
MAX_DEPTH = 2_000
_NESTING = re.compile(
    r"</?(?!(?:html|head|body|title|meta|link|p|h[1-6]|li|br|script|style|time|a)\b)[a-z][^<>]*>",
    re.IGNORECASE,
)
_LONG = 60_000  # characters
_LONG_TAG = re.compile(rf"<([a-z][a-z0-9]{{0,20}})\s[^<>]{{{_LONG},}}>", re.IGNORECASE)


def parse(text: str) -> HtmlElement:
    """The tree of an HTML page. Comments and processing instructions are left out.

    Raises:
        ExtractionError: kind `no-text` if there is no element in it.
    """
    if _may_have_long_tags(text):
        # A tag of many thousand attributes costs libxml2 time that grows with their square.
        text = _LONG_TAG.sub(r"<\1>", text)
    tree = _parse(text)
    if _depth(tree) >= MAX_DEPTH and text.count("<") > MAX_DEPTH:
        return _parse(_NESTING.sub("<br>", text))
    return tree


def body(tree: HtmlElement) -> HtmlElement:
    """The element that holds what is shown."""
    found = tree.find("body")
    return tree if found is None else found


def _may_have_long_tags(text: str) -> bool:
    """Whether so many characters stand without a `>` that half as many of them fill a step."""
    step = _LONG // 2
    return any(
        text.find(">", start, start + step) < 0 for start in range(0, len(text) - step + 1, step)
    )


def _parse(text: str) -> HtmlElement:
    if "\x00" in text:
        text = text.replace("\x00", "")
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    # `lxml.html` would ask a Python function for the class of each element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExtractionError("the page holds no HTML that can be read", kind="no-text") from error
    if tree is None:
        raise ExtractionError("the page holds no HTML that can be read", kind="no-text")
    return tree


def _depth(tree: HtmlElement) -> int:
    """How deep the first elements below which there is nothing lie, at the most."""
    depth, element = 0, tree
    while len(element):
        element = element[-1]
        depth += 1
    return depth
