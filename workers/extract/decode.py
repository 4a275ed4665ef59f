"""From bytes to text.

Order, after research on pages that lie about their encoding: a byte order mark, UTF-8 if it is that but
for a few bytes, the charset of the HTTP header, the one the page names, detection. What cannot be
decoded becomes U+FFFD.
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
_CHARSET = r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})"
_HEADER_CHARSET = re.compile(_CHARSET, re.IGNORECASE)
_META_CHARSET = re.compile(_CHARSET.encode(), re.IGNORECASE)
_META_BYTES = 4000
_DETECT_BYTES = 50_000
_GOOD_FOR_ONE_BAD = 4  # characters beyond ASCII in a text that is UTF-8 with mistakes
_WESTERN = "cp1252"
_SELDOM_RIGHT = frozenset(
    {
        *("cp1254", "cp1257", "cp1258", "mac-roman"),
        *(f"iso8859-{part}" for part in (3, 4, 10, 13, 14, 15, 16)),
    }
)

# What pages mean by the names they use (WHATWG Encoding, section 4.2), by Python's names. Not here, and so
# refused: UTF-8 and UTF-16, which have been tried or need a byte order mark; and Python's codecs that
# are no encodings of text or decode to more than was sent.
_MEANT = {
    "ascii": _WESTERN,
    "iso8859-1": _WESTERN,
    "cp1252": _WESTERN,
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_kr": "cp949",
    "cp949": "cp949",
    **{
        name: name
        for name in (
            *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
            *(f"cp125{part}" for part in (0, 1, 3, 4, 5, 6, 7, 8)),
            *("cp866", "cp874", "euc_jp", "iso2022_jp", "koi8-r", "koi8-u", "mac-roman"),
            "mac-cyrillic",
        )
    },
}


def decode(content: bytes, content_type: str | None = None) -> str:
    """The text of `content`, without byte order mark, every line end a line feed."""
    return _decode(content, content_type).replace("\r\n", "\n").replace("\r", "\n")


def _decode(content: bytes, content_type: str | None) -> str:
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content.decode(codec, "replace").lstrip("\ufeff")
    text = content.decode("utf-8", "replace")
    if _is_mostly_right(text, content):
        return text
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(content[:_META_BYTES])
    for name in (header and header[1], meta and meta[1].decode("ascii")):
        if name and (codec_meant := _meant(name)):
            return content.decode(codec_meant, "replace")
    return content.decode(_detected(content), "replace")


def _is_mostly_right(text: str, content: bytes) -> bool:
    bad = text.count("\ufffd")
    if not bad:
        return True
    beyond_ascii = len(text) - bad - sum(byte < 128 for byte in content)  # noqa: PLR2004
    return beyond_ascii >= _GOOD_FOR_ONE_BAD * bad


def _meant(name: str) -> str | None:
    try:
        return _MEANT.get(codecs.lookup(name).name)
    except LookupError:
        return None


def _detected(content: bytes) -> str:
    """The likely encoding; the usual one where the guess is an unusual one for Latin letters."""
    best = from_bytes(content[:_DETECT_BYTES]).best()
    guess = _meant(best.encoding) if best else None
    return _WESTERN if guess is None or guess in _SELDOM_RIGHT else guess
