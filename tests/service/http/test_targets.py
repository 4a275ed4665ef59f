"""Which addresses of the web may be asked, by how they are written."""

# ruff: noqa: RUF001 - letters and digits that look like others are the point

from __future__ import annotations

import contextlib
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from feedmill.errors import FetchError
from service.http.targets import check_url, redirected

PORTS = frozenset({80, 443, 8080, 8443})
BASE = URL("https://news.example/section/feed.xml")


def refused(url: str, **more) -> str:
    with pytest.raises(FetchError) as caught:
        check_url(url, PORTS, **more)
    assert not caught.value.retryable
    return caught.value.kind


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            " ",
            "http://",
            "http:///x",
            "http:e.org/",
            "http:/e.org/",
            "//e.org/",
            "/x",
            "e.org",
        ),
        *("file:///etc/passwd", "ftp://e.org/", "ws://e.org/", "tcp://e.org/", "gopher://e.org/"),
        *("data:text/xml,x", "javascript:alert(1)", "feed:http://e.org/", "http+unix://%2Frun/x"),
        *("http://user@e.org/", "http://user:pw@e.org/", "http://:pw@e.org/", "http://@e.org/"),
        *("http://e.org:22/", "http://e.org:0/", "http://e.org:99999/", "http://e.org:x/"),
        *("https://e.org:6379/", "http://[::1/", "http://[x]/", "http://[::1]x/", "http://[]/"),
        *("http://e.org\\@127.0.0.1/", "http://e.org/\\x", "http:\\\\e.org/", "http://e.org/\x00"),
        *("http://e.org/a\nb", "http://e.o\trg/", "http://e.org/\ufffd", "http://e.org/\u2028"),
        *(
            "http://e.org/a b",
            "http://e.org/<x>",
            'http://e.org/"',
            "http://e.org/|",
            "http://e.org/`",
        ),
        *("http://%65.org/", "http://[fe80::1%25lo]/", "http://%31%32%37.0.0.1/"),
        *("http://a..b/", "http://.e.org/", "http://e.org../", "http://-e.org/", "http://e-.org/"),
        *(
            "http://" + "a" * 64 + ".org/",
            "http://" + "a." * 130 + "org/",
            "http://e.org/" + "a" * 2048,
        ),
        *(
            "http://e.org/\ud800",
            "http://e.org/\udce9",
            "http://e\udce9.org/",
            "http://xn--a\x7f.org/",
        ),
    ],
)
def test_addresses_of_another_form_are_refused(url):
    assert refused(url) == "url-refused"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0x0.0x0.0x1",
            "0x7f.1",
            "0177.0.0.1",
        ),
        *(
            "0000177.0.0.1",
            "4294967296",
            "6425673729",
            "0",
            "0x",
            "e.org.1",
            "1.2.3.4.5",
            "1.2.3.999",
        ),
        *("01.2.3.4", "1.2.3.4..", "0X7F.1"),
    ],
)
def test_numbers_that_are_no_proper_address_are_refused(host):
    assert refused(f"http://{host}/") == "url-refused"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1.", "10.0.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255"),
        *(
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[fec0::1]",
        ),
        *("[2600::5efe:7f00:1]", "[2002:7f00:1::]", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1"),
    ],
)
def test_addresses_that_are_not_public_are_refused(host):
    assert refused(f"http://{host}/") == "address-refused"


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST.", "redis", "foo.localhost", "printer.local", "x.internal"),
        *("x.intranet", "x.lan", "x.home", "x.corp", "x.localdomain", "x.home.arpa", "x.onion"),
        *("ｌｏｃａｌｈｏｓｔ", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "metadata.google.INTERNAL."),
    ],
)
def test_names_of_networks_inside_need_the_operators_word(host):
    assert refused(f"http://{host}/") == "url-refused"
    assert check_url(f"http://{host}/", PORTS, [ip_network("10.0.0.0/8")]).raw_host


def test_networks_the_operator_allows():
    allow = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]
    assert check_url("http://10.1.2.3/x", PORTS, allow).raw_host == "10.1.2.3"
    assert check_url("http://[fd00::5]/x", PORTS, allow).raw_host == "fd00::5"
    assert refused("http://10.2.0.1/", allow=allow) == "address-refused"


@pytest.mark.parametrize(
    ("url", "read"),
    [
        (" http://E.org/a?b=1#c \r\n", "http://e.org/a?b=1"),
        ("HTTPS://e.org:443/", "https://e.org/"),
        ("http://e.org", "http://e.org"),
        ("http://GOOD.example.org.:8080/ok", "http://good.example.org:8080/ok"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://news_1.example/", "http://news_1.example/"),
        ("http://e.org/%0d%0aX", "http://e.org/%0D%0AX"),
        ("http://e.org#@127.0.0.1/", "http://e.org"),
        ("http://e.org/@me?u=http://x@y/", "http://e.org/@me?u=http://x@y/"),
        ("http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/"),
        ("http://1.1.1.1/", "http://1.1.1.1/"),
    ],
)
def test_good_addresses(url, read):
    assert str(check_url(url, PORTS)) == read


@pytest.mark.parametrize(
    ("location", "leads"),
    [
        ("/a", "https://news.example/a"),
        ("b?c", "https://news.example/section/b?c"),
        ("//other.example/", "https://other.example/"),
        ("http://other.example/a b", "http://other.example/a%20b"),
        ("/ok?\u00e9\udcff", "https://news.example/ok?%C3%A9%FF"),
        ('/"<>{}|^`', "https://news.example/%22%3C%3E%7B%7D%7C%5E%60"),
        (" /padded\t", "https://news.example/padded"),
        ("?", "https://news.example/section/feed.xml"),
    ],
)
def test_where_redirects_lead(location, leads):
    assert redirected(location, BASE) == leads


@pytest.mark.parametrize(
    "location", ["/a\rb", "/a\x00", "\\\\other\\x", "/" + "a" * 2048, "/\ufffd"]
)
def test_redirects_that_are_none(location):
    with pytest.raises(FetchError) as caught:
        redirected(location, BASE)
    assert caught.value.kind == "url-refused"


@settings(max_examples=300, database=None, deadline=None)
@given(st.one_of(st.text(), st.text().map(lambda text: f"http://{text}"), st.text("xn-.a:@[]%/0")))
def test_any_text_is_refused_or_read(text):
    for url in (text, f"http://{text}/", f"http://e.org/{text}"):
        with contextlib.suppress(FetchError):
            checked = check_url(url, PORTS)
            assert checked.scheme in {"http", "https"}
            assert check_url(str(checked), PORTS) == checked
        with contextlib.suppress(FetchError):
            assert isinstance(redirected(url, BASE), str)
