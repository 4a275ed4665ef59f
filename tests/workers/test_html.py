"""Pages: their article, whatever else they hold."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fromstring, tostring

from feedmill.errors import ExtractionError, FeedmillError
from tests.workers.samples import GERMAN, PROSE, html_page, json_ld
from workers.extract import Options, extract, html, metadata
from workers.extract.html.article import _title_blocks

AROUND = """
<header><a href="/">Harbour News</a><ul><li><a href="/a">Ferries</a></li><li><a href="/b">Tides</a></li></ul></header>
<div class="cookie-banner">We value your privacy. Accept all cookies to go on.</div>
<main><article><h1>Old crane goes</h1><p class="byline">By Harbour Desk</p>{text}
<div class="newsletter-signup">Sign up for our newsletter</div></article>
<aside class="related"><h3>Related</h3><ul><li><a href="/1">Bridge stays closed for a year</a></li>
<li><a href="/2">Ferry fares go up again in May</a></li></ul></aside></main>
<section id="comments"><h2>Comments</h2><p>I never liked that crane, says somebody below the line.</p></section>
<footer>All rights reserved. <a href="/imprint">Imprint</a></footer>
"""


@pytest.mark.parametrize("lines", [PROSE, GERMAN])
def test_the_article_and_nothing_but_the_article(lines):
    body = AROUND.format(text="".join(f"<p>{line}</p>" for line in lines))
    found = extract(html_page(body), url="https://harbour.example/1")
    assert found.text.split("\n\n") == list(lines)
    assert found.method.startswith("html/")
    assert (found.title, found.title_from) == ("Old crane goes", "page")


def test_the_title_among_the_first_lines_is_not_repeated_and_said_so():
    body = "<h1>Old crane goes</h1>" + "".join(f"<p>{line}</p>" for line in PROSE)
    found = extract(html_page(body))
    assert found.text.split("\n\n") == list(PROSE)
    assert [(part.reason, part.lines) for part in found.removed] in (
        [],
        [("title", ("Old crane goes",))],
    )


def test_the_words_of_the_title_further_down_are_no_title():
    """Only a line above the article is its title; a refrain is text."""
    lines = ["Old crane goes", *PROSE[:3], "Old crane goes"]
    found = html.read("".join(f"<p>{line}</p>" for line in lines), url=None, options=Options())
    prose = np.array([len(line.split()) > 5 for line in lines])
    assert _title_blocks(found.outline, "Old Crane goes", prose) == {0}


def test_what_precision_does_not_find_is_looked_for_without():
    found = extract(html_page(f"<div>{PROSE[0]}</div>"))
    assert PROSE[0] in found.text


def test_lists_and_quotes_are_kept():
    items = "<ul><li>ropes of the northern pier</li><li>boats of all the pilots</li></ul>"
    body = f"<p>{PROSE[0]}</p>{items}<blockquote><p>{PROSE[1]}</p></blockquote><p>{PROSE[2]}</p>"
    found = extract(html_page(body))
    assert "- ropes of the northern pier\n- boats of all the pilots" in found.text
    assert PROSE[1] in found.text


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(b"<!doctype html><html><body></body></html>", id="empty"),
        pytest.param(b"<!doctype html><html><body><script>x()</script></body></html>", id="script"),
        pytest.param(html_page(""), id="menu alone, as before a script fills the page"),
        pytest.param(html_page("<p></p>" * 50), id="empty paragraphs"),
    ],
)
def test_a_page_without_an_article_is_no_text(page):
    with pytest.raises(ExtractionError) as caught:
        extract(page)
    assert caught.value.kind == "no-text"


def test_reading_metadata_changes_nothing_in_the_tree():
    page = html_page(
        AROUND.format(text="".join(f"<p>{line}</p>" for line in PROSE)),
        head=json_ld({"@type": "NewsArticle", "headline": "x"}) + "<meta name=author content=Desk>",
    )
    tree = fromstring(page)
    before = tostring(tree)
    metadata.read(tree, "https://harbour.example/1")
    assert tostring(tree) == before


def test_a_declaration_of_xml_in_front():
    page = b'<?xml version="1.0" encoding="iso-8859-1"?>\n' + html_page(
        "".join(f"<p>{line}</p>" for line in GERMAN)
    )
    assert extract(page).text.split("\n\n") == list(GERMAN)


@pytest.mark.parametrize("address", [None, "", "not an address", "http://[::1", "file:///a/b.html"])
def test_any_address_of_the_page(address):
    assert extract(html_page(), url=address).text.split("\n\n") == list(PROSE)


TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<table>", "<td>", "<li>", "<ul>", "<a href='", "'>"),
        *("<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "<svg>", "<math>", "&#x"),
        *("<meta name=date content='", "<link rel=canonical href='", "<base href='//[' >", "&amp;"),
        *(PROSE[0], "\ufffe", "<title>", "<time datetime='0001-01-01T00:00:00+01:00'>", "\x0c"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(TAGS | st.text(max_size=8), max_size=25).map("".join))
def test_whatever_a_page_holds_only_our_errors_come_out(soup):
    try:
        found = extract(f"<html><body>{soup}".encode(), url="https://harbour.example/1")
    except FeedmillError:
        return
    assert found.text.strip()
    found.text.encode()


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([None, "text/html", "text/plain", "x/y; charset=7"])
)
def test_whatever_the_bytes_are_only_our_errors_come_out(content, content_type):
    with contextlib.suppress(FeedmillError):
        assert extract(content, content_type=content_type).text
