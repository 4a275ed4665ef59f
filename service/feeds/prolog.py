"""What stands before the first element: declaration, comments, DOCTYPE. And why no parser ever sees a DTD.

A DTD can make a small feed huge (billion laughs), overflow the stack of an XML parser (CVE-2024-8176), or name files. Feeds
need none: an old RSS 0.91 names one that nobody loads, a few declare the letters of Latin-1. So the DTD is always taken out.
Entities with plain values are kept, to be put in by `mend`; external ones stand for nothing; a feed with entities made of
entities, or with great ones, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from feedmill.errors import FeedParseError

_MAX_ENTITIES = 1000  # HTML has 253
_MAX_DOCTYPES = 4  # there may be one
_MAX_PARTS = 200  # of a prolog
_MAX_DTD = 2_000_000  # characters
_MAX_DTD_PARTS = 20_000
_MAX_VALUE = 2000  # characters
_BEGIN = re.compile(r"<(?:\?|!--|!DOCTYPE|/?[\w:])", re.IGNORECASE)
_DTD_PART = re.compile(r"<!--|<!|<\?|[\"'\[\]>]")
_DECLARED = re.compile(
    r"<!ENTITY\s{1,20}(%\s{1,20})?([\w.:-]{1,100})\s{1,20}(?:(SYSTEM|PUBLIC)|\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"[&%]([A-Za-z_][\w.-]*);")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True)
class Document:
    """A text from its first element on, and the entities that it declared."""

    text: str
    entities: dict[str, str] = field(default_factory=dict)


def cut(text: str) -> Document:
    """Take off everything before the first element.

    Raises:
        FeedParseError: kind `entities`: it declares entities that a feed has no need of; `not-a-feed`: no end of DOCTYPEs.
    """
    at, entities, doctypes = 0, dict[str, str](), 0
    for _ in range(_MAX_PARTS):
        found = _BEGIN.search(text, at)
        if found is None:
            return Document("", entities)
        begin = found[0].lower()
        if begin == "<?":
            at = _after(text, "?>", found.end(), len(text))
        elif begin == "<!--":
            at = _after(text, "-->", found.end(), len(text))
        elif begin == "<!doctype" and doctypes < _MAX_DOCTYPES:
            doctypes += 1
            at = _end_of_doctype(text, found.end())
            entities.update(_entities(text[found.end() : at]))
        elif begin.startswith("</"):
            at = found.end()  # what is left of something that was cut off
        elif begin == "<!doctype":
            break
        else:
            return Document(text[found.start() :], entities)
    raise FeedParseError("the document does not get to its first element", kind="not-a-feed")


def _after(text: str, mark: str, at: int, limit: int) -> int:
    """Where the text goes on behind a mark. What is never closed is passed over."""
    end = text.find(mark, at, limit)
    return at if end < 0 else end + len(mark)


def _end_of_doctype(text: str, at: int) -> int:
    """Behind the `>` of a DOCTYPE, past its quotes, its comments and its part in brackets.

    Raises:
        FeedParseError: kind `entities`, if it has more parts than any that is meant well.
    """
    is_inside, start, limit = False, at, at + _MAX_DTD
    for _ in range(_MAX_DTD_PARTS):
        found = _DTD_PART.search(text, at, limit)
        if found is None:
            break
        mark, at = found[0], found.end()
        if mark == "<!--":
            at = _after(text, "-->", at, limit)
        elif mark in {'"', "'"}:
            at = _after(text, mark, at, limit)
        elif mark in "[]":
            is_inside = mark == "["
        elif mark == ">" and not is_inside:
            return at
    else:
        raise _refused("no end of them")
    # It is never closed: no more than its beginning is taken for it.
    return start


def _entities(dtd: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for found in _DECLARED.finditer(dtd):
        is_parameter, name, external, double, single = found.groups()
        value = "" if external else unescape_once(double if double is not None else single or "")
        if is_parameter:
            continue
        if len(values) >= _MAX_ENTITIES or len(value) > _MAX_VALUE:
            raise _refused("so many or such great ones")
        if any(name not in _PREDEFINED for name in _REFERENCE.findall(value)):
            raise _refused("one that is made of others")
        values.setdefault(name, value)
    return values


def unescape_once(value: str) -> str:
    """The value of an entity with its numeric references carried out (XML 1.0, section 4.4.5)."""
    return re.sub(r"&#(?:x[0-9a-fA-F]{1,6}|[0-9]{1,7});", lambda found: unescape(found[0]), value)


def _refused(what: str) -> FeedParseError:
    return FeedParseError(
        f"the feed declares entities, {what}, as attacks do and no feed needs; it is not read",
        kind="entities",
    )
