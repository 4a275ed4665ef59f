"""From elements and HTML to text, and from elements to HTML."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from html import escape, unescape

from lxml import etree

from service.feeds.tree import Element

_MAX_LINE = 4000  # characters of a text of one line that are looked at
# Only what HTML knows is markup: a title may speak of List<String>.
_TAG = re.compile(
    r"</?(?:a|abbr|acronym|article|b|bdi|bdo|big|blockquote|br|cite|code|dd|del|dfn|div|dl|dt|em|figure|font|h[1-6]|hr|i|"
    r"iframe|img|ins|kbd|li|mark|nobr|object|ol|p|pre|q|s|samp|script|section|small|span|strike|strong|style|sub|sup|svg|"
    r"table|td|th|time|tr|tt|u|ul|var|wbr)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]*>")
# The first bytes of UTF-8, and those behind them, as Windows-1252 or ISO 8859-1 reads them.
_FIRST = frozenset(map(chr, range(0xC2, 0xF5)))
_BEHIND = frozenset(
    {*map(chr, range(0x80, 0xC0)), *bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")}
)
_BREAKS = re.compile(r"<(?:br|/?p|/?div|/?li|hr|/?h[1-6]|/?td|/?tr)[\s/>]", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style)[\s>]", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});")
# What Windows-1252 has where ISO 8859-1 has control characters, as HTML reads them.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_PARAGRAPH = re.compile(r"\n\s*\n")


def text(element: Element) -> str:
    """All text in an element."""
    return "".join(element.itertext(etree.Element)) if len(element) else element.text or ""


def line(raw: str) -> str:
    """Plain text on one line."""
    if len(raw) <= _MAX_LINE and raw.isascii() and raw.isprintable() and "  " not in raw:
        return raw.strip()
    raw = undoubled(raw)
    if not raw.isprintable():
        raw = _CONTROL.sub(_printable, raw[:_MAX_LINE])
    return " ".join(raw[:_MAX_LINE].split())


def undoubled(raw: str) -> str:
    """Text without the fault of taking UTF-8 for Windows-1252 and encoding it once more, as many programs do."""
    if raw.isascii():
        return raw
    if not _seems_doubled(raw):
        return raw
    try:
        return raw.encode("cp1252", "feedmill.c1").decode()
    except UnicodeError:
        return raw


def _seems_doubled(raw: str) -> bool:
    """Whether the first characters beyond ASCII can be bytes of UTF-8."""
    try:
        raw.encode("ascii")
    except UnicodeEncodeError as error:  # finds the place much faster than a pattern does
        at = error.start
        return raw[at] in _FIRST and raw[at + 1 : at + 2] in _BEHIND
    return False


def _as_byte(error: UnicodeError) -> tuple[bytes, int]:
    """What becomes of a character that Windows-1252 does not have: a byte, if it is a control character."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.start + 1].encode("latin-1"), error.start + 1


codecs.register_error("feedmill.c1", _as_byte)


def plain(html: str, *, every_tag: bool = False) -> str:
    """HTML as plain text on one line: no tags, references carried out.

    Args:
        html: The HTML, or what may be some.
        every_tag: Whether it surely is HTML, so that names that HTML does not know are tags too.
    """
    html = html[:_MAX_LINE]
    if "<" in html:
        html = _without_silent(html)
        html = (_ANY_TAG if every_tag else _TAG).sub(_space_or_nothing, html)
    if "&" in html:
        html = unescape(html)
    return line(html)


def plain_atom(raw: str) -> str:
    """A text of Atom: it is what it says, but for numeric references, which nobody means."""
    return line(unescape(raw) if _REFERENCE.search(raw[:_MAX_LINE]) else raw)


def from_plain(raw: str) -> str:
    """Plain text as HTML."""
    html = escape(raw.strip(), quote=False)
    if "\n" not in html:
        return html
    return "".join(f"<p>{part.strip()}</p>" for part in _PARAGRAPH.split(html))


def local(tag: str) -> str:
    """The name of an element without namespace or prefix; of those that an XML parser made up to recover, too."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def inner(element: Element) -> str:
    """What is in an element as HTML: names without prefixes, no namespaces."""
    if not len(element):
        return escape(element.text or "", quote=False)
    parts = [_escaped(element.text)]
    names: dict[object, str] = {}
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node is element:
            continue
        name = names.get(node.tag) or names.setdefault(node.tag, local(node.tag))
        if event == "start":
            parts.append(f"<{name}{_attributes(node)}>{_escaped(node.text)}")
        elif name.lower() in _VOID:
            parts.append(_escaped(node.tail))
        else:
            parts.append(f"</{name}>{_escaped(node.tail)}")
    return "".join(parts)


def _escaped(raw: str | None) -> str:
    """A text as HTML; most have nothing to escape."""
    if not raw:
        return ""
    return escape(raw, quote=False) if "&" in raw or "<" in raw or ">" in raw else raw


def html(element: Element) -> str:
    """What an element of RSS holds as HTML, escaped or not."""
    return inner(element) if len(element) else element.text or ""


def construct(element: Element) -> str:
    """What a text or content element of Atom 1.0 or 0.3 holds, as HTML. Empty if it is no text."""
    kind = (element.get("type") or "text").strip().lower().partition(";")[0]
    mode = (element.get("mode") or "").strip().lower()
    if mode == "base64" or (len(element) == 0 and _is_binary(kind)):
        return _decoded(element.text or "", kind)
    if len(element):
        return _unwrapped(element)
    value = element.text or ""
    is_html = kind in {"html", "text/html", "xhtml", "application/xhtml+xml"} or mode == "escaped"
    if kind == "text/plain" or not (is_html or _looks_like_html(value)):
        return from_plain(value)
    return value


def _is_binary(kind: str) -> bool:
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml"))


def _decoded(value: str, kind: str) -> str:
    """Base64, if it is text."""
    try:
        decoded = base64.b64decode(value, validate=False).decode()
    except (binascii.Error, ValueError):
        return ""
    return from_plain(decoded) if kind == "text/plain" else decoded


def _unwrapped(element: Element) -> str:
    """Without the `div` that Atom puts around XHTML."""
    if len(element) == 1 and not (element.text or "").strip():
        only = element[0]
        if local(only.tag) == "div" and not (only.tail or "").strip():
            return inner(only).strip()
    return inner(element)


def _looks_like_html(value: str) -> bool:
    """Whether a text that says it is plain is HTML all the same, as in many feeds."""
    return "</" in value and _TAG.search(value) is not None


def _attributes(element: Element) -> str:
    return "".join(
        f' {name}="{escape(value)}"' for name, value in element.items() if not name.startswith("{")
    )


def _without_silent(html: str) -> str:
    """Without scripts and styles, which are no text."""
    while found := _SILENT.search(html):
        name = found[1].lower()
        end = html.lower().find(f"</{name}", found.end())
        close = html.find(">", end) + 1 if end >= 0 else 0
        html = html[: found.start()] + (html[close:] if close else "")
    return html


def _space_or_nothing(tag: re.Match[str]) -> str:
    return " " if _BREAKS.match(tag[0]) else ""


def _printable(control: re.Match[str]) -> str:
    code = ord(control[0])
    if code in _WINDOWS:
        return _WINDOWS[code]
    return " " if code < 0x20 else ""  # noqa: PLR2004
