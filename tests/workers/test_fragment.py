"""The HTML inside a feed entry: all of its words, none of its markup, none glued together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.errors import ExtractionError
from workers.extract import Options, extract, fragment


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("just words", "just words"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\n\ntwo\n\nthree"),
        ("<p>a <b>bold</b> <i>word</i>, here</p>", "a bold word, here"),
        ("<h2>head</h2>text<blockquote>quoted</blockquote>more", "head\n\ntext\n\nquoted\n\nmore"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<p>a<script>x()</script>b<style>p{}</style>c</p>", "abc"),
        ("<p>a<!-- no -->b<?pi no?>c</p>", "abc"),
        ("<p>a<iframe src=x>no</iframe>b</p>", "ab"),
        ("a &amp; b &lt;c&gt; &#8217; &nbsp; d", "a & b <c> \u2019 d"),
        ("a < b and c > d", "a < b and c > d"),
        ("a</div><p>b</p></div>c", "a\n\nb\n\nc"),
        ("<p>open <b>and never closed", "open and never closed"),
        ("<html><head></head><body><p>x</p></body></html>", "x"),
        ("<?xml version='1.0' encoding='utf-8'?><p>x</p>", "x"),
        ("a\n   b\t\tc", "a b c"),
        ("x\x00y", "xy"),
        ("<img alt='no' src='x.png'>caption", "caption"),
        ("<figure><img src=x><figcaption>c</figcaption></figure><p>t</p>", "c\n\nt"),
    ],
)
def test_the_text_of(html, text):
    assert fragment.extract(html).text == text


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<table><tr><td>name</td><td>value</td></tr></table>", ["name", "value"]),
        ("<table><tr><th>name</th><th>value</th></tr></table>", ["name", "value"]),
        ("<table><caption>c</caption><tbody><tr><td>d</td></tr></tbody></table>", ["c", "d"]),
        ("<details><summary>more</summary>inside</details>", ["more", "inside"]),
        ("<nav>one</nav><p>two</p>three", ["one", "two", "three"]),
        ("<center>one</center>two", ["one", "two"]),
        ("<button>one</button>\n<legend>two</legend>", ["one", "two"]),
    ],
)
def test_words_of_two_boxes_are_never_glued(html, words):
    assert re.findall(r"\w+", fragment.extract(html).text) == words


def test_list_items_with_paragraphs_keep_their_marks():
    found = fragment.extract("<ul><li><p>one</p></li><li>\n<p>two</p></li></ul>").text
    assert found == "- one\n- two"


@pytest.mark.parametrize("html", ["", "  ", "<p></p>", "<script>x</script>", "<img src=x>", "\x00"])
def test_nothing_to_read(html):
    with pytest.raises(ExtractionError) as caught:
        extract(html.encode() or b" ", options=Options(is_fragment=True))
    assert caught.value.kind in {"no-text", "not-text"}


def test_the_title_and_the_rest_are_for_the_feed_to_say():
    found = fragment.extract("<h1>head</h1><p>text</p>")
    assert (found.title, found.authors, found.published) == (None, (), None)
    assert found.method == "feed/content"


def test_deep_nesting_ends():
    assert isinstance(fragment.extract("<div>" * 50_000 + "x").text, str)


WORDS = st.lists(st.text("abcäß", min_size=1, max_size=5), min_size=1, max_size=4)
TAGS = st.sampled_from(["p", "div", "b", "span", "li", "h2", "td", "blockquote", "a", "section"])


@settings(max_examples=50)
@given(st.lists(st.tuples(TAGS, WORDS), min_size=1, max_size=6))
def test_no_word_is_lost_and_none_invented(boxes):
    html = " ".join(f"<{tag}>{' '.join(words)}</{tag}>" for tag, words in boxes)
    found = fragment.extract(html).text
    assert re.findall(r"\w+", found) == [word for _, words in boxes for word in words]


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_no_other_exception(text):
    try:
        assert "\x00" not in fragment.extract(text).text
    except ExtractionError as error:
        assert error.kind == "no-text"  # noqa: PT017
