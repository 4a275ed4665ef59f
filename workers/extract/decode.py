"""From bytes to text.

In this order, because each is a better witness than what comes after it:

1. a byte order mark: nobody writes one by mistake;
2. UTF-8, where the bytes are that but for a few: other encodings hardly ever look like it;
3. UTF-16 without a mark and ISO-2022-JP, which show by their form;
4. the charset of the HTTP header, of the XML declaration and of `meta`, each only as long as the bytes do
   not clearly speak against it: servers and templates name one charset for all pages, old ones too;
5. the letters (`charset`).

Single bytes in UTF-8 that are none become what they are in windows-1252 where that makes a word or a
quotation; whatever else cannot be decoded becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from workers.extract import charset

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})"
_HEADER = re.compile(_CHARSET, re.IGNORECASE)
_META = re.compile(rb"<meta\b[^<>]{0,1000}?" + _CHARSET.encode(), re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^<>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_HEAD_BYTES = 16_384
_GOOD_FOR_ONE_BAD = 4  # characters beyond ASCII in a text that is UTF-8 with mistakes
_MAX_REPAIRS = 1_000  # each costs a call
_HIGH_BYTES = bytes(range(0x80, 0x100))
_SNIFF_BYTES = 4096
_MIN_WIDE = 16  # bytes
_MIN_ZEROS = 0.2  # of the bytes of one parity, where UTF-16 has the upper halves of ASCII
_MAX_OTHER_ZEROS = 0.02
_TO_JAPANESE = re.compile(rb"\x1b\$[@B][\x21-\x7e]{2,20000}\x1b\([BJ]")
_WESTERN = "cp1252"

# What single bytes are likely to be in a text that is UTF-8 but for them: letters within words, marks anywhere.
_REPAIR_LETTERS = frozenset("äöüßàâçèéêëîïôùûáíóúñãõåæøœšžÄÖÜÀÇÈÉÊÁÍÓÚÑÅÆØŠŽ")
_REPAIR_MARKS = frozenset("“”‘’„–—…€«»©®°§·£\xa0")

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
    text = _decode(content, content_type)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def utf_16_of(content: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` for bytes that are UTF-16 without saying so: every second one is zero."""
    head = content[:_SNIFF_BYTES]
    if len(head) < _MIN_WIDE:
        return None
    even, odd = (half.count(0) / len(half) for half in (head[::2], head[1::2]))
    if odd >= _MIN_ZEROS and even <= _MAX_OTHER_ZEROS:
        return "utf-16-le"
    return "utf-16-be" if even >= _MIN_ZEROS and odd <= _MAX_OTHER_ZEROS else None


def _decode(content: bytes, content_type: str | None) -> str:
    for bom, marked in _BOMS:
        if content.startswith(bom):
            return content.decode(marked, "replace").lstrip("\ufeff")
    if wide := utf_16_of(content):
        return content.decode(wide, "replace")
    is_shifted = b"\x1b" in content and _TO_JAPANESE.search(content)
    if is_shifted and not (text := _japanese(content)).count("\ufffd"):
        return text
    text = content.decode("utf-8", "replace")
    if "\ufffd" not in text:
        return text
    if _is_mostly_right(text, content):
        return _repaired(content) if text.count("\ufffd") <= _MAX_REPAIRS else text
    some = charset.sample(content)
    likely = charset.detect(some)
    for name in _declared(content, content_type):
        if (codec := _meant(name)) and charset.believable(some, codec, likely):
            return content.decode(codec, "replace")
    return content.decode(likely, "replace")


def _declared(content: bytes, content_type: str | None) -> Iterator[str]:
    if header := _HEADER.search(content_type or ""):
        yield header[1]
    head = _COMMENT.sub(b"", content[:_HEAD_BYTES])
    for pattern in (_XML, _META):
        if found := pattern.search(head):
            yield found[1].decode("ascii")


def _is_mostly_right(text: str, content: bytes) -> bool:
    bad = text.count("\ufffd")
    beyond_ascii = len(text) - bad - len(content.translate(None, _HIGH_BYTES))
    return beyond_ascii >= _GOOD_FOR_ONE_BAD * bad


def _meant(name: str) -> str | None:
    try:
        return _MEANT.get(codecs.lookup(name).name)
    except LookupError:
        return None


def _japanese(content: bytes) -> str:
    return content.decode("iso2022_jp_ext", "replace")


def _repaired(content: bytes) -> str:
    return content.decode("utf-8", _REPAIR)


def _repair(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are no UTF-8: a handler of errors for `bytes.decode`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    content, at, end = error.object, error.start, error.end
    letter = content[at:end].decode(_WESTERN, "replace") if end - at == 1 else ""
    if letter in _REPAIR_MARKS:
        return letter, end
    beside = content[max(0, at - 1) : at] + content[end : end + 1]
    return (letter if letter in _REPAIR_LETTERS and _is_word(beside) else "\ufffd"), end


def _is_word(beside: bytes) -> bool:
    """Whether one of two neighbours is a letter and none is half a character."""
    return beside.isascii() and any(chr(byte).isalpha() for byte in beside)


_REPAIR = "feedmill-windows-1252"
codecs.register_error(_REPAIR, _repair)
