"""Repairs of what most often keeps a feed from being XML, so that a strict parser can read it after all.

Done to the text outside of CDATA and comments only, in one pass: characters that XML does not allow, a bare `&` or `<`,
references to what HTML or the feed's own DTD calls so, references to no character, and what stands behind the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.entities import html5

from feedmill.errors import FeedParseError

_MAX_GROWTH = 2_000_000  # characters that entities may add
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Apart, for a pattern that begins with a letter is looked for much faster than one that begins with one of several.
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3})|#x[2-9a-fA-F][0-9a-fA-F]{1,2});)"
    r"(?:#[xX][0-9a-fA-F]{1,8};|#[0-9]{1,10};|[A-Za-z][A-Za-z0-9._-]{0,40};)?"
)
_NO_TAG = re.compile(r"<(?![A-Za-z_/!?:])")
_PAIR = re.compile(
    r"&#(?:[xX]([dD][89abAB][0-9a-fA-F]{2})|(5[56]\d{3}));&#(?:[xX]([dD][c-fC-F][0-9a-fA-F]{2})|(5[67]\d{3}));"
)
_TAG = re.compile(r"<[A-Za-z][\w.:-]*\s[^<>]*=[^<>]*>")
_NOT_QUOTED = re.compile(
    r"""<[A-Za-z][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s+[\w.:-]+\s*=\s*[^\s"'<>]"""
)
_ATTRIBUTE = re.compile(r"""([\w.:-]+\s*=\s*)("[^"]*"|'[^']*'|[^\s"'<>]+)""")
_OPEN = re.compile(r"<!\[CDATA\[|<!--")
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_ROOT = re.compile(r"<([\w.:-]{1,40})")


def mend(text: str, entities: Mapping[str, str]) -> str:
    """The text of a document, from its first element on, with these faults repaired.

    Args:
        text: Without prolog.
        entities: What the document itself declares.

    Raises:
        FeedParseError: kind `entities`: they would make it huge.
    """
    text = _without_rest(text)
    if not text.isprintable():
        text = _NO_CHARACTER.sub(" ", text)
    room = 5 * len(text) + _MAX_GROWTH  # a bare & becomes five characters
    parts = []
    for part, is_markup in _parts(text):
        parts.append(_mended(part, entities) if is_markup else part)
        room -= len(parts[-1])
        if entities and room < 0:
            raise FeedParseError("the entities of the feed would make it huge", kind="entities")
    return "".join(parts)


def _without_rest(text: str) -> str:
    """Without what stands behind the end of the root, unless there are entries in it, and without a tag that is cut off."""
    root = _ROOT.match(text)
    if not root:
        return text
    end = text.rfind(f"</{root[1]}")
    close = text.find(">", end) + 1 if end >= 0 else 0
    if not close:
        last = text.rfind("<")
        return text[:last] if last > text.rfind(">") else text
    return text if _ENTRY.search(text, close) else text[:close]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is markup and not CDATA or a comment."""
    at = 0
    while found := _OPEN.search(text, at):
        mark = "]]>" if found[0].startswith("<![") else "-->"
        end = text.find(mark, found.end())
        if end < 0:
            break  # never closed: to be taken as it stands
        yield text[at : found.start()], True
        at = end + len(mark)
        yield text[found.start() : at], False
    yield text[at:], True


def _mended(part: str, entities: Mapping[str, str]) -> str:
    if "&#" in part:
        part = _PAIR.sub(_joined, part)
    part = _REFERENCE.sub(lambda found: _right(found[0], entities), part)
    part = _NO_TAG.sub("&lt;", part).replace("]]>", "]]&gt;")
    if not _NOT_QUOTED.search(part):
        return part
    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(_quoted, tag[0]), part)


def _quoted(attribute: re.Match[str]) -> str:
    """An attribute with its value in quotes."""
    value = attribute[2]
    if value[0] in "\"'":
        return attribute[0]
    value, close = (value[:-1], "/") if value.endswith("/") and len(value) > 1 else (value, "")
    return f'{attribute[1]}"{value}"{close}'


def _right(fault: str, entities: Mapping[str, str]) -> str:
    if fault == "&":
        return "&amp;"
    name = fault[1:-1]
    if name.startswith("#"):
        return fault.lower() if _is_character(name[1:]) else "\ufffd"
    if name in entities:
        return _escaped(entities[name])
    character = html5.get(f"{name};")
    return _escaped(character) if character else f"&amp;{name};"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _is_character(digits: str) -> bool:
    """Whether XML allows the character with this number (XML 1.0, section 2.2)."""
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return (
        code in {0x9, 0xA, 0xD}
        or 0x20 <= code < 0xD800
        or 0xE000 <= code < 0xFFFE
        or 0x10000 <= code < 0x110000
    )


def _joined(pair: re.Match[str]) -> str:
    """Half and half of a surrogate pair, as programs that think in UTF-16 write it."""
    high = int(pair[1], 16) if pair[1] else int(pair[2])
    low = int(pair[3], 16) if pair[3] else int(pair[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return pair[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
