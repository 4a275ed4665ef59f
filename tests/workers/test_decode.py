"""From bytes to text, also where the page says nothing or something wrong."""

from __future__ import annotations

# ruff: noqa: RUF001 - the characters are the point
import encodings.aliases
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers import encodings as samples
from workers.extract import charset
from workers.extract.decode import decode, utf_16_of

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


@pytest.mark.parametrize(
    ("byte", "meant"),
    [
        pytest.param(b"na\xefve", "naïve", id="a letter"),
        pytest.param(b"\xc9tienne", "Étienne", id="a capital"),
        pytest.param(b"it\x92s", "it’s", id="an apostrophe"),
        pytest.param(b"one \x96 two", "one – two", id="a dash"),
        pytest.param(b"10 \x80", "10 €", id="a sign"),
        pytest.param(b"a\xa0b", "a\xa0b", id="a blank"),
        pytest.param(b"x \xe9 y", "x \ufffd y", id="no letter beside it"),
        pytest.param(b"a\xc3b", "a\ufffdb", id="half of a character"),
        pytest.param(b"a\xe2\x80b", "a\ufffdb", id="two thirds of a character"),
        pytest.param(b"a\x81b", "a\ufffdb", id="nothing in windows-1252"),
        pytest.param(b"a\xf0b", "a\ufffdb", id="a letter that is rare there"),
    ],
)
def test_single_bytes_in_utf_8_are_what_windows_makes_of_them(byte, meant):
    content = GERMAN.encode() + byte + GERMAN.encode()
    assert decode(content) == GERMAN + meant + GERMAN


def test_thousands_of_bad_bytes_are_not_repaired_one_by_one():
    content = ((GERMAN * 2).encode() + b"na\xefve") * 5_000
    started = time.process_time()
    text = decode(content)
    assert time.process_time() - started < 2
    assert text.count("\ufffd") == 5_000


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


# ---- the matrix: languages, encodings, what the page says of them


def cases(declared):
    return [
        pytest.param(sample, codec, id=f"{sample.language} {codec}")
        for sample, codec in samples.cases(declared)
    ]


@pytest.mark.parametrize(("sample", "codec"), cases("right"))
def test_a_page_that_says_its_encoding(sample, codec):
    assert samples.is_right(sample, codec, "right")


@pytest.mark.parametrize(("sample", "codec"), cases("none"))
def test_a_page_that_does_not(sample, codec):
    assert samples.is_right(sample, codec, "none")


@pytest.mark.parametrize(("sample", "codec"), cases("wrong"))
def test_a_page_that_says_another(sample, codec):
    assert samples.is_right(sample, codec, "wrong")


@pytest.mark.parametrize("declared", ["right", "none", "wrong"])
def test_one_sentence_is_mostly_enough(declared):
    """A few letters are in both encodings, or make another language's words."""
    every = samples.cases(declared)
    right = [
        samples.is_right(sample, codec, declared, samples.first_sentence(sample.text))
        for sample, codec in every
    ]
    assert sum(right) >= 0.95 * len(every)


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.language)
def test_utf_16_without_a_mark(sample):
    for codec in ("utf-16-le", "utf-16-be"):
        page = samples.page(sample.text, None)
        assert decode(page.encode(codec)) == page
        assert utf_16_of(page.encode(codec)) == codec


@pytest.mark.parametrize("content", [b"", b"a\x00", b"\x00" * 100, bytes(range(256)), b"ab" * 50])
def test_no_utf_16(content):
    assert utf_16_of(content) is None


def test_the_language_of_the_page_tells_what_few_letters_do_not():
    """`\xe8` alone is as good an Italian letter as a Slovenian one."""
    content = "Občina je sporočila, da bo most čez reko zaprt.".encode("cp1250")
    assert "sporočila" in decode(b'<html lang="sl"><p>' + content)
    assert "sporoèila" in decode(b'<html lang="it"><p>' + content)


@pytest.mark.parametrize(
    "text",
    [
        "Copyright © 2026",
        "It costs £5 – or £6.",
        "“We’ll see,” she said — “it’s ½ past 3”.",
        "\xa0\xa0\xa0and a blank or two\xa0\xa0",
        "3 × 4 · 20 °C",
        "a café",
    ],
)
def test_english_with_a_sign_or_two_is_western(text):
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        pytest.param("на три", "cp1251", id="accents are seldom side by side"),
        pytest.param("Władze miasta ogłosiły we wtorek", "cp1250", id="one character of four"),
        pytest.param("§ 3 · § 4 · § 5", "cp1252", id="letters seldom stand alone"),
        pytest.param("Ångström señor Ibañez", "cp1252", id="two scripts in no word"),
        pytest.param("it’m", "cp1252", id="one character proves nothing"),
    ],
)
def test_a_few_words(text, codec):
    assert decode(text.encode(codec)) == text


def test_only_meta_elements_name_the_encoding():
    head = (
        b'<!-- <meta charset="koi8-r"> --><script charset="shift_jis"></script>'
        b'<meta name="x" content="y"><meta http-equiv="Content-Type" '
        b'content="text/html; charset=iso-8859-2">'
    )
    assert decode(head + "ą".encode("iso8859-2")).endswith("ą")


def test_an_xml_declaration_names_the_encoding():
    content = '<?xml version="1.0" encoding="iso-8859-2"?><html>ąę'.encode("iso8859-2")
    assert decode(content).endswith("ąę")


@pytest.mark.parametrize("named", ["gb2312", "big5", "euc-kr", "windows-1252"])
def test_few_characters_contradict_nobody(named):
    content = b"\xb1\xe8 and nothing else"
    assert "\ufffd" not in decode(content, f"text/html; charset={named}")


def test_rare_characters_do_not_contradict_what_is_declared():
    """Names of people are made of characters that are seldom otherwise."""
    for text, named in (("鄭琇瑩黃琬婷", "big5"), ("镕璟翀妤", "gb2312"), ("펲촤뷁", "euc-kr")):
        codec = {"euc-kr": "cp949", "gb2312": "gb18030"}.get(named, named)
        assert decode(text.encode(codec), f"text/html; charset={named}") == text


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"\xff" * 5_000_000, id="one byte"),
        pytest.param(b"<" * 2_500_000 + b"\xe4" * 2_500_000, id="tags"),
        pytest.param(b"\xe4" + b"a" * 5_000_000, id="one word"),
        pytest.param(b"\x1b$B" + b"a" * 5_000_000, id="half a change to Japanese"),
        pytest.param(b"\x1b$B" * 1_600_000, id="changes to Japanese"),
        pytest.param(b"\xe4" + b"<!--" * 1_250_000, id="comments"),
        pytest.param(b"<meta " * 800_000 + b"\xe4", id="meta"),
        pytest.param(
            bytes((n * n * 7 + n // 3) % 254 + 1 for n in range(50_000)) * 100, id="noise"
        ),
    ],
)
def test_five_megabytes_take_a_moment(noise):
    decode(noise[:1000])  # tables are made at the first use
    started = time.process_time()
    decode(noise)
    whole = time.process_time() - started
    started = time.process_time()
    charset.detect(charset.sample(noise))
    assert time.process_time() - started < 0.2  # a twentieth of a second on a quiet machine
    assert whole < 1
