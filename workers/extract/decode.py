"""From bytes to text.

Order, after research on pages that lie about their encoding: a byte order mark, strict UTF-8, the charset
of the HTTP header, the one the page names, detection. What cannot be decoded becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_META_BYTES = 4000
_DETECT_BYTES = 50_000
# Codecs of Python that are no character encodings of the web, or that decode to more than was sent.
_REFUSED = frozenset(
    {"utf-7", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
)


def decode(content: bytes, content_type: str | None = None) -> str:
    """The text of `content`, without byte order mark, every line end a line feed."""
    return _decode(content, content_type).replace("\r\n", "\n").replace("\r", "\n")


def _decode(content: bytes, content_type: str | None) -> str:
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content.decode(codec, "replace").lstrip("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(content[:_META_BYTES])
    for name in (header and header[1], meta and meta[1].decode("ascii")):
        if name and _is_text_codec(name):
            return content.decode(_widened(name), "replace")
    best = from_bytes(content[:_DETECT_BYTES]).best()
    return content.decode(best.encoding if best else "cp1252", "replace")


def _is_text_codec(name: str) -> bool:
    try:
        info = codecs.lookup(name)
    except LookupError:
        return False
    return info._is_text_encoding and info.name not in _REFUSED  # noqa: SLF001 - no public way to ask


def _widened(name: str) -> str:
    """The encoding that pages mean when they name an older one (WHATWG Encoding, section 4.2)."""
    normal = codecs.lookup(name).name
    wider = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
    return wider.get(normal, normal)
