"""Other forms of a page: keys that probably mean the same article."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedmill import urls
from tests.feedmill.test_urls import ADDRESSES

TITLE = "high-water-at-the-pier"

# address, its alias, why
ALIASES = [
    (f"https://m.a.example/{TITLE}", f"a.example/{TITLE}", "for telephones"),
    (f"https://mobile.a.example/{TITLE}", f"a.example/{TITLE}", "for telephones"),
    (f"https://amp.a.example/{TITLE}", f"a.example/{TITLE}", "AMP"),
    (f"https://www.m.a.example/{TITLE}", f"a.example/{TITLE}", "www. before it"),
    (f"https://m.bbc.co.uk/{TITLE}", f"bbc.co.uk/{TITLE}", "three labels stay"),
    ("https://m.a.example/news", "a.example/news", "sections have forms too"),
    (f"https://amp.edition.a.example/{TITLE}", f"edition.a.example/{TITLE}", "an edition"),
    ("https://de.m.wikipedia.org/wiki/Pegel", "de.wikipedia.org/wiki/Pegel", "Wikipedia"),
    (f"https://a.example/{TITLE}/amp", f"a.example/{TITLE}", "AMP at the end"),
    (f"https://a.example/{TITLE}/amp/", f"a.example/{TITLE}", "with a slash"),
    (f"https://a.example/amp/{TITLE}", f"a.example/{TITLE}", "AMP in front"),
    ("https://www.bbc.com/news/amp/uk-12345678", "bbc.com/news/uk-12345678", "AMP in the middle"),
    (f"https://a.example/{TITLE}.amp", f"a.example/{TITLE}", "as a suffix"),
    (f"https://a.example/{TITLE}.amp.html", f"a.example/{TITLE}.html", "before the suffix"),
    (f"https://a.example/{TITLE}-100~amp.html", f"a.example/{TITLE}-100.html", "ARD's"),
    (f"https://a.example/{TITLE}-amp.html", f"a.example/{TITLE}.html", "with a hyphen"),
    (f"https://a.example/{TITLE}?amp=1", f"a.example/{TITLE}", "as a parameter"),
    (f"https://a.example/{TITLE}?amp", f"a.example/{TITLE}", "as a bare parameter"),
    (f"https://a.example/{TITLE}?id=5&outputType=amp", f"a.example/{TITLE}?id=5", "Arc"),
    (f"https://a.example/{TITLE}?_amp=true", f"a.example/{TITLE}", "as a parameter"),
    ("https://a.example/?p=5&amp=1", "a.example?p=5", "WordPress without permalinks"),
    (f"https://amp.a.example/amp/{TITLE}?amp=1", f"a.example/{TITLE}", "all at once"),
    ("https://blog.example/2024/05/tide.html?m=1", "blog.example/2024/05/tide.html", "Blogger's"),
    (f"https://a.example/{TITLE}/index.html", f"a.example/{TITLE}", "the index file"),
    ("https://a.example/x/index.php?id=5", "a.example/x?id=5", "of a script"),
    ("https://a.example/x/Default.aspx", "a.example/x", "of IIS"),
    (
        f"https://a-example.cdn.ampproject.org/c/s/amp.a.example/{TITLE}",
        f"a.example/{TITLE}",
        "AMP's cache of an AMP host",
    ),
    (
        f"https://www.google.com/amp/s/a.example/{TITLE}/amp",
        f"a.example/{TITLE}",
        "Google's viewer",
    ),
]

# address, why it has no alias
NONE = [
    (f"https://a.example/{TITLE}", "it is the plain one"),
    ("https://m.a.example/", "a front page"),
    ("https://amp.a.example/?amp=1", "a front page"),
    ("https://a.example/amp", "what is left is the front page"),
    ("https://a.example/news/amp", "what is left is a section"),
    ("https://a.example/amp/news", "what is left is a section"),
    ("https://a.example/index.html", "the front page"),
    (f"https://m.co.uk/{TITLE}", "co.uk is nobody's"),
    (f"https://amp.dev/{TITLE}", "dev is nobody's"),
    (f"https://mobile.de/{TITLE}", "de is nobody's"),
    (f"https://m.me/{TITLE}", "me is nobody's"),
    (f"https://mm.a.example/{TITLE}", "m is a part of a name"),
    (f"https://a.example/{TITLE}?amp=0", "it says no"),
    (f"https://a.example/{TITLE}?m=1", "not Blogger's"),
    (f"https://a.example/{TITLE}?view=full", "not as AMP"),
    ("https://a.example/bootcamp", "amp is a part of a word"),
    ("https://a.example/fender-amp", "an amplifier"),
    ("file:///a/x.html", "not of the web"),
    ("a guid", "not of the web"),
]


@pytest.mark.parametrize(("url", "alias", "why"), ALIASES)
def test_the_plain_form(url, alias, why):
    assert urls.aliases(url) == (alias,), why
    assert urls.aliases(f"https://{alias}") == (), "it is plain"
    assert urls.key(f"https://{alias}") == alias, "it is a key"


@pytest.mark.parametrize(("url", "why"), NONE)
def test_no_other_form(url, why):
    assert urls.aliases(url) == (), why


@given(
    ADDRESSES,
    st.sampled_from(["", "m.", "amp.", "www."]),
    st.sampled_from(["", "/amp", "?amp=1", "/index.php"]),
)
def test_an_alias_is_plain_and_not_the_key(url, label, end):
    varied = url.replace("a.example", f"{label}a.example") + end
    try:
        found = urls.aliases(varied)
    except ValueError:
        return
    for alias in found:
        assert alias != urls.key(varied)
        assert urls.aliases(f"https://{alias}") == ()


FORMS = [
    f"https://{label}a.example/{prefix}{TITLE}{end}"
    for label in ("", "www.", "m.", "mobile.", "amp.")
    for prefix in ("", "amp/")
    for end in (
        "",
        "/",
        "/amp",
        ".amp",
        "?amp=1",
        "/index.html?utm_source=f",
        "?outputType=amp#top",
    )
]


@given(st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_all_forms_of_an_article_meet(one, other):
    mine = {urls.key(one), *urls.aliases(one)}
    its = {urls.key(other), *urls.aliases(other)}
    assert mine & its


@pytest.mark.parametrize(
    "piece",
    [
        "/",
        "/index.html",
        "/amp",
        "-amp",
        ".amp",
        "/..",
        "%",
        "%25",
        "%C3",
        "&amp=1",
        "?",
        "&",
        "#!",
        "m.",
        "www.",
        ";jsessionid=1",
        "/(S(abcdefghijkl))",
        "a-",
        "1",
        "\\",
        "/2",
        "e\u0301",
        "\t",
    ],
)
@pytest.mark.parametrize("start", ["https://a.example/x", "https://a.example/?q=", "https://"])
def test_linear_in_the_length(start, piece):
    def seconds(times: int) -> float:
        began = time.perf_counter()
        for read in (urls.key, urls.aliases, urls.unwrap, urls.is_home):
            with contextlib.suppress(ValueError):
                read(start + piece * times + "x")
        return time.perf_counter() - began

    assert min(seconds(20_000) for _ in range(2)) < 2
