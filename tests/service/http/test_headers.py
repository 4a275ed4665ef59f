"""What headers say, also when what they say is nonsense."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict
from yarl import URL

from service.http import headers
from service.http.answer import Link
from service.http.linkheader import links

NOW = 1_780_000_000.0
BASE = URL("https://news.example/section/feed.xml")
LONGEST = 2.0**31
anything = st.text(st.characters(codec=None, exclude_characters="\r\n"), max_size=200)


def dated(seconds: float) -> str:
    return formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("120", 120), (" 0 ", 0), ("1.5", 1.5), ("-5", 0), ("1000000000000000", LONGEST)),
        *(("9" * 400, LONGEST), ("1e20", None), ("soon", None), ("", None), ("inf", None)),
        *(("nan", None), ("1_000", None), ("١٢", None), ("120, 60", None), ("x" * 7000, None)),
        *((dated(90), 90), (dated(-90), 0), ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST)),
        *(("Sunday, 06-Nov-94 08:49:37 GMT", 0), ("Sun Nov  6 08:49:37 1994", 0)),
        *(("Mon, 99 Foo 2026 99:99:99 GMT", None), ("Mon, 01 Jan 0000 00:00:00 GMT", 0)),
    ],
)
def test_retry_after(value, seconds):
    assert headers.retry_after(CIMultiDict({"Retry-After": value}), now=NOW) == seconds


def test_a_date_is_relative_to_the_servers_clock():
    said = CIMultiDict({"Retry-After": dated(4000), "Date": dated(3600)})
    assert headers.retry_after(said, now=NOW) == 400
    said = CIMultiDict({"Retry-After": dated(4000), "Date": "whenever"})
    assert headers.retry_after(said, now=NOW) == 4000
    assert headers.retry_after(CIMultiDict(), now=NOW) is None


@pytest.mark.parametrize(
    ("controls", "expires", "seconds"),
    [
        (["max-age=600"], None, 600),
        (["public, Max-Age = 600"], None, None),
        (['public, MAX-AGE="600"'], dated(5), 600),
        (["private", "max-age=60"], None, 60),
        (["max-age=60, max-age=9"], None, 60),
        (["s-maxage=5, x-max-age=7"], None, None),
        (["max-age=100000000000000000000"], None, LONGEST),
        (["max-age=1e20"], None, None),
        (["max-age=-5"], None, 0),
        (["max-age="], dated(70), 70),
        (["no-store, max-age=600"], dated(70), None),
        (["no-cache"], dated(70), None),
        ([], dated(70), 70),
        ([], dated(-70), 0),
        ([], "0", None),
        ([], "Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ([], None, None),
        ([";a=b" * 1000], None, None),
        ([",".join(f"x{chr(97 + n % 26)}" for n in range(5000))], None, None),
    ],
)
def test_max_age(controls, expires, seconds):
    said = CIMultiDict({"Date": dated(0)})
    if expires:
        said["Expires"] = expires
    assert headers.max_age(said, controls, now=0.0) == seconds


def test_expires_without_a_date_goes_by_our_clock():
    assert headers.max_age({"Expires": dated(70)}, (), now=NOW) == 70


@pytest.mark.parametrize("value", ['"x"', 'W/"a\\b;c"', "junk", "Mon, 09 Mar 2026 06:00:00 GMT"])
def test_validators_are_kept_as_they_are(value):
    assert headers.validator(value) == value


@pytest.mark.parametrize(
    "value", [None, "", "x" * 1025, '"caf\u00e9"', '"\udcff"', "a\tb", "a\x01"]
)
def test_validators_that_cannot_be_sent_back_are_dropped(value):
    assert headers.validator(value) is None


def test_text_can_be_stored_and_shown():
    assert (
        headers.text("text/html; x=\udcc3\udca9\udcff\x7f\x1b[31m\u00e9") == "text/html; x=é�[31mé"
    )
    assert headers.text("\ud800\udc7f\udd00\udfff") == "����"


@settings(max_examples=300, database=None, deadline=None)
@given(anything, anything, anything)
def test_no_header_raises(one, two, three):
    said = CIMultiDict({"Retry-After": one, "Expires": two, "Date": three})
    for seconds in (
        headers.retry_after(said, now=NOW),
        headers.max_age(said, [one, two], now=NOW),
    ):
        assert seconds is None or 0 <= seconds <= LONGEST
    headers.text(one).encode()
    links([one, two, three], BASE)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<https://hub.example/>; rel=hub", [Link("https://hub.example/", ("hub",))]),
        ('<self.xml>; rel="self"', [Link("https://news.example/section/self.xml", ("self",))]),
        ('</>;REL="Hub SELF hub"', [Link("https://news.example/", ("hub", "self"))]),
        (
            '</a>; title="a, <b>; rel=x"; rel=alternate; type="text/html"; rel=next',
            [Link("https://news.example/a", ("alternate",), "text/html")],
        ),
        (
            '</a>; rel="hub", </b,c>; rel=self',
            [
                Link("https://news.example/a", ("hub",)),
                Link("https://news.example/b,c", ("self",)),
            ],
        ),
        ('</a>; title="\\"; rel=x"; rel=hub', [Link("https://news.example/a", ("hub",))]),
        ("</a>, </b>; rel=hub", [Link("https://news.example/b", ("hub",))]),
        *(
            (value, [])
            for value in (
                *("", "<", "</a>", "</a>; rel=", "rel=hub", "</a>; rel=hub; anchor='#x'", "<<<>>>"),
                *(
                    "<javascript:alert(1)>; rel=hub",
                    "<http://[::1>; rel=hub",
                    "<http:///>; rel=hub",
                ),
                "<" + "a" * 3000 + ">; rel=hub",
            )
        ),
    ],
)
def test_links(value, found):
    assert list(links([value], BASE)) == found


def test_links_of_several_headers_have_a_bound():
    many = [f"</{n}>; rel=hub" for n in range(3000)]
    assert len(links(many, BASE)) == 64
    assert len(links(many[:2], BASE)) == 2


@pytest.mark.parametrize(
    "piece", ["<", ";", ';a="', '="', "<a>;", ';a="\\', ";a" + " " * 50, ",", '"', "\\"]
)
def test_no_header_takes_long(piece):
    value = piece * (16_000 // len(piece))
    started = time.process_time()
    links([value] * 50, BASE)
    headers.max_age({}, [value] * 50, now=NOW)
    assert time.process_time() - started < 1
