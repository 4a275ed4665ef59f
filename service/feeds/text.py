"""From bytes to text: which encoding a feed really has.

What a feed or its server declares is a hint, no more. In this order:

1. A byte order mark, or NUL bytes in the pattern of UTF-16 or UTF-32, decide.
2. Bytes that are valid UTF-8 are UTF-8, whatever was declared. Two exceptions: encodings that switch by escape sequences,
   and East Asian ones, of which a few characters can look like UTF-8.
3. Bytes that are nearly all UTF-8 are UTF-8, and each bad byte is read as Windows-1252: it costs itself only.
4. What HTTP declares, then what the XML declaration does (the other way round where HTTP names a default of servers), each
   widened to the superset that is meant, as browsers do (https://encoding.spec.whatwg.org/#names-and-labels).
5. Windows-1252.

Names of encodings come from strangers: only those on a list are ever looked up.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

_DECLARATION = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']", re.IGNORECASE
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_HEAD = 400  # bytes in which the XML declaration stands
_MAX_BAD = 100_000
_HIGH = bytes(range(0x80, 0x100))
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SINGLE_BYTE: Final = frozenset(
    {
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
        *(f"cp{page}" for page in (866, 874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)),
        *("koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "kz1048", "ptcp154"),
    }
)
_EAST_ASIAN: Final = frozenset(
    {"gb18030", "big5hkscs", "cp932", "euc_jp", "euc_kr", "cp949", "johab"}
)
_ESCAPING: Final = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_WIDER: Final = {
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift_jis_2004"), "cp932"),
    "iso8859-9": "cp1254",
    **dict.fromkeys(("tis-620", "iso8859-11"), "cp874"),
    "big5": "big5hkscs",
    "euc_kr": "cp949",
}
_KNOWN: Final = _SINGLE_BYTE | _EAST_ASIAN | _ESCAPING | set(_WIDER) | {"utf-8"}
_SERVER_DEFAULTS: Final = frozenset({"iso-8859-1", "us-ascii", "latin1"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding that it was found to have."""

    text: str
    encoding: str


def declared(body: bytes) -> str | None:
    """The encoding that the XML declaration names."""
    found = _DECLARATION.search(body[:_HEAD])
    return found[1].decode("ascii").lower() if found else None


def charset(content_type: str | None) -> str | None:
    """The charset of a `Content-Type`."""
    found = _CHARSET.search((content_type or "")[:1000])
    return found[1].lower() if found else None


def is_surely_utf8(body: bytes, content_type: str | None) -> bool:
    """Whether nothing speaks against UTF-8, so that a parser may be given the bytes as they are."""
    if b"\x00" in body[:64] or body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return all(name in {None, "utf-8", "utf8"} for name in (declared(body), charset(content_type)))


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Decode the bytes of a feed. Never fails; what cannot be read becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(encoding, "replace"), encoding)
    if wide := _wide(body):
        return Decoded(body.decode(wide, "replace"), wide)
    names = [name for name in map(_known, _claims(body, content_type)) if name]
    if any(name in _ESCAPING for name in names):
        return _as_claimed(body, names)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _nearly_utf8(body, names) or _as_claimed(body, names)
    if (
        any(name in _EAST_ASIAN for name in names)
        and text.isascii() is False
        and max(text) < "\u0800"
    ):
        return _as_claimed(body, [name for name in names if name != "utf-8"])
    return Decoded(text, "utf-8")


def _claims(body: bytes, content_type: str | None) -> list[str]:
    """What is declared, most credible first."""
    http, own = charset(content_type), declared(body)
    both = (own, http) if http in _SERVER_DEFAULTS else (http, own)
    return [name for name in both if name]


def _known(name: str) -> str | None:
    """The codec for a declared name, or its superset; None if it is none that is allowed."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if codec not in _KNOWN:
        return None
    return _WIDER.get(codec, codec)


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the NUL bytes of ASCII markup stand."""
    head = body[:64]
    if b"\x00" not in head:
        return None
    nul = [not any(head[at::4]) for at in range(4)]
    patterns = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return patterns.get((nul[0], nul[1], nul[2], nul[3]))


def _nearly_utf8(body: bytes, names: list[str]) -> Decoded | None:
    """UTF-8 with single bad bytes in it, if that is what the bytes are."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(body.translate(None, _HIGH)) - bad
    claims_other = any(name != "utf-8" for name in names)
    if good < bad * (10 if claims_other else 2):
        return None
    # One call for each bad byte; where there are very many, what they were cannot matter.
    return Decoded(body.decode("utf-8", "feedmill.cp1252") if bad < _MAX_BAD else text, "utf-8")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """What becomes of a byte that is no UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.start + 1]
    return bad.decode("cp1252", "replace"), error.start + 1


codecs.register_error("feedmill.cp1252", _as_cp1252)


def _as_claimed(body: bytes, names: list[str]) -> Decoded:
    """By the first declared encoding that fits, or nearly fits; by Windows-1252 if none does."""
    for name in names:
        try:
            return Decoded(body.decode(name), name)
        except UnicodeDecodeError:
            continue
    for name in names:
        if name != "utf-8":
            text = body.decode(name, "replace")
            if text.count("\ufffd") * 50 < len(body) - len(body.translate(None, _HIGH)):
                return Decoded(text, name)
    return Decoded(body.decode("cp1252", "replace"), "cp1252")
