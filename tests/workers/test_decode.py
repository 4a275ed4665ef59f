"""From bytes to text, also where the page says nothing or something wrong."""

from __future__ import annotations

# ruff: noqa: RUF001 - the characters are the point
import encodings.aliases
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.extract.decode import decode

GERMAN = "Größe über Straßen und Häfen; die Fähre fährt früh. „Schön“, sagt die Behörde. " * 5
FRENCH = "L'été dernier, le conseil a décidé que la vieille grue serait ôtée à l'automne. " * 5
POLISH = "Władze portu ogłosiły, że stary dźwig zostanie rozebrany jeszcze przed zimą. " * 5
RUSSIAN = "Порт закрыт на зиму, сообщили в порту. Кран уберут весной, за десять недель. " * 5
JAPANESE = "港は冬の間閉まります。古いクレーンは春に撤去される予定です。" * 5
CHINESE = "港口冬季关闭。旧起重机将于春季拆除，预计需要十周时间。" * 5
KOREAN = "항구는 겨울 동안 문을 닫는다. 낡은 기중기는 봄에 철거될 예정이다. " * 5


def meta(charset: str) -> str:
    return f'<html><head><meta charset="{charset}"></head><body>'


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_unicode_with_a_byte_order_mark(codec):
    mark = "\ufeff" if codec.endswith(("-le", "-be")) else ""
    assert decode((mark + GERMAN).encode(codec)) == GERMAN


def test_a_mark_wins_over_every_declaration():
    content = ("\ufeff" + meta("koi8-r") + GERMAN).encode()
    assert decode(content, "text/html; charset=latin-1").endswith(GERMAN)


def test_utf_8_wins_over_a_wrong_declaration():
    assert decode((meta("iso-8859-1") + GERMAN).encode(), "text/html; charset=big5").endswith(
        GERMAN
    )


def test_half_a_utf_16_character_costs_one_character():
    assert decode("\ufeffhé".encode("utf-16-le") + b"x") == "hé\ufffd"


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        (GERMAN, "cp1252", "windows-1252"),
        (GERMAN, "cp1252", "iso-8859-1"),
        (GERMAN, "cp1252", "us-ascii"),
        (GERMAN, "cp1252", "Latin1"),
        (POLISH, "iso8859-2", "ISO-8859-2"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (JAPANESE, "shift_jis", "Shift_JIS"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (CHINESE, "gb2312", "gb2312"),
        ("港口", "big5", "big5"),
        (KOREAN, "euc_kr", "euc-kr"),
        ("朱镕基说“好”。", "gbk", "gb2312"),
        ("朱镕基说“好”。", "gb18030", "gbk"),
    ],
)
def test_what_the_header_or_the_page_names(text, codec, named):
    assert decode(text.encode(codec), f"text/html; charset={named}") == text
    assert decode(text.encode(codec), f'text/html;Charset="{named}"') == text
    assert decode((meta(named) + text).encode(codec), "text/html").endswith(text)


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        pytest.param("①～髙", "cp932", "shift_jis", id="shift_jis is windows-31j"),
        pytest.param("똠방각하 펲시콜라", "cp949", "euc-kr", id="euc-kr is windows-949"),
        pytest.param("“İstanbul” – 5 €", "cp1254", "iso-8859-9", id="latin-5 is windows-1254"),
        pytest.param("香港嘅啲", "big5hkscs", "big5", id="big5 has the Hong Kong characters"),
    ],
)
def test_older_names_mean_the_newer_encoding(text, codec, named):
    """WHATWG Encoding, section 4.2."""
    assert decode(text.encode(codec), f"text/html; charset={named}") == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((GERMAN, "cp1252"), (FRENCH, "cp1252"), (RUSSIAN, "cp1251"), (POLISH, "cp1250")),
        *((JAPANESE, "shift_jis"), (CHINESE, "gb18030"), (KOREAN, "euc_kr")),
    ],
)
def test_without_a_declaration(text, codec):
    assert decode(text.encode(codec)) == text


def test_the_header_wins_over_the_page():
    content = (meta("iso-8859-2") + RUSSIAN).encode("cp1251")
    assert decode(content, "text/html; charset=windows-1251").endswith(RUSSIAN)


def test_an_unknown_name_is_passed_over():
    content = (meta("windows-1252") + GERMAN).encode("cp1252")
    assert decode(content, "text/html; charset=x-none-such").endswith(GERMAN)


@pytest.mark.parametrize("declared", ["", "text/html; charset=utf-8"])
def test_one_broken_byte_costs_one_character(declared):
    """A UTF-8 page with a byte too many stays a UTF-8 page."""
    content = (GERMAN * 2).encode() + b"\xff" + (GERMAN * 2).encode()
    assert decode(content, declared or None) == GERMAN * 2 + "\ufffd" + GERMAN * 2


def test_utf_8_cut_off_within_a_character():
    assert decode((GERMAN + "ö").encode()[:-1]) == GERMAN + "\ufffd"


def test_a_header_that_says_utf_8_of_every_page_is_not_believed():
    """AddDefaultCharset: the page itself names what it is in."""
    content = (meta("windows-1252") + GERMAN).encode("cp1252")
    assert decode(content, "text/html; charset=utf-8").endswith(GERMAN)


def test_a_page_that_calls_itself_utf_16_in_ascii_is_not_believed():
    """WHATWG HTML: whoever can read `utf-16` as ASCII is not reading UTF-16."""
    assert "die F" in decode((meta("utf-16") + GERMAN).encode("cp1252"))


@pytest.mark.parametrize(
    "named",
    [
        *("unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"),
        *("utf-7", "utf_7", "UTF7", "u7", "unicode-1-1-utf-7", "punycode", "idna", "undefined"),
        *("rot13", "hex", "base64", "bz2", "zlib", "uu", "quopri"),
    ],
)
def test_codecs_that_are_no_encodings_are_refused(named):
    hostile = b"\\x3cscript\\x3e \\u003cscript\\u003e +ADw-script+AD4- \xe4"
    for content, declared in (
        (hostile, f"text/html; charset={named}"),
        (meta(named).encode() + hostile, "text/html"),
    ):
        assert "<script>" not in decode(content, declared)
        assert "+ADw-script+AD4-" in decode(content, declared)


@pytest.mark.parametrize("named", sorted(set(encodings.aliases.aliases.values())))
def test_no_codec_of_python_raises(named):
    for content in (b"\xff\xfe\x00", b"\xe4" * 7, b"a\x80\\u12", bytes(range(256))):
        assert isinstance(decode(content, f"text/html; charset={named}"), str)


def test_every_line_end_is_a_line_feed():
    assert decode(b"a\r\nb\rc\n\rd") == "a\nb\nc\n\nd"


@settings(max_examples=50)
@given(st.binary(max_size=400), st.none() | st.text(max_size=40))
def test_anything_can_be_decoded(content, content_type):
    text = decode(content, content_type)
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    text.encode()


@settings(max_examples=50)
@given(st.text(alphabet=st.characters(exclude_characters="\r\ufeff", exclude_categories=["Cs"])))
def test_utf_8_comes_out_as_it_went_in(text):
    assert decode(text.encode()) == text


def test_megabytes_of_noise_are_decoded_in_time():
    noise = bytes((n * n * 7 + n // 3) % 254 + 1 for n in range(60_000)) * 50
    started = time.perf_counter()
    decode(noise)
    assert time.perf_counter() - started < 20
