"""HTML that leaves feedmill: harmless, and with addresses that lead somewhere."""

from __future__ import annotations

import time

import pytest

from service.feeds import clean
from tests.service.feeds.samples import URL, rss_of


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("plain", "plain"),
        ("a &amp; b", "a &amp; b"),
        ("<p onclick='x'>a</p>", "<p>a</p>"),
        ("a<script>alert(1)</script>b", "ab"),
        ("<style>x{}</style>a", "a"),
        ("<iframe srcdoc='<script>x</script>'></iframe>a", "a"),
        ("<svg/onload=alert(1)>a", "a"),
        ("<img src=/i.png onerror=x>", '<img src="https://e.org/i.png">'),
        ("<img src='data:text/html,x'>", "<img>"),
        ("<b>unclosed", "<b>unclosed</b>"),
    ],
)
def test_html(html, wanted):
    assert clean.html(html, "https://e.org/a/") == wanted


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java&#9;script:alert(1)",
        " javascript:x",
        "vbscript:x",
        "data:text/html,x",
        "JaVaScRiPt:x",
    ],
)
def test_no_address_runs_anything(address):
    for base in ("https://e.org/", None):
        assert "script" not in clean.html(f'<a href="{address}">x</a>', base).lower().replace(
            ">x<", ""
        )


def test_addresses_are_made_absolute():
    html = clean.html('<a href="b.html">x</a><a href="mailto:a@e.org">y</a>', "https://e.org/a/")
    assert 'href="https://e.org/a/b.html"' in html
    assert 'href="mailto:a@e.org"' in html
    assert 'href="b.html"' in clean.html('<a href="b.html">x</a>', None)


def test_the_entries_of_a_feed():
    body = rss_of(
        "<link>/news/1</link><description>&lt;script&gt;x&lt;/script&gt;</description>"
        "<content:encoded>&lt;a href='2' onclick='x'&gt;y&lt;/a&gt;</content:encoded>"
    )
    [entry] = clean.parse_clean(body.encode(), URL, None).entries
    assert entry.hints.summary is None
    assert (
        entry.hints.content
        == '<a href="https://news.example/news/2" rel="noopener noreferrer">y</a>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 60_000,
        "<div>" * 60_000 + "x",
        "<b><i>" * 30_000,
        "<" * 400_000,
        "<a href=" * 50_000,
    ],
)
def test_hostile_html_costs_little(html):
    started = time.process_time()
    clean.html(html, "https://e.org/")
    assert time.process_time() - started < 2
