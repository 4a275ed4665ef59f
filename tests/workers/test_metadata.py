"""What pages say about themselves: believed where it makes sense, harmless where it does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fromstring

from feedmill.article import Image
from tests.workers.samples import PROSE, html_page, json_ld
from workers.extract import extract, metadata
from workers.extract.metadata import Metadata

URL = "https://harbour.example/a/1"


def read(head: str, *, url: str | None = URL) -> Metadata:
    return metadata.read(fromstring(html_page(head=head)), url)


def article(**fields: object) -> str:
    return json_ld({"@context": "https://schema.org", "@type": "NewsArticle", **fields})


def test_everything_that_linked_data_says():
    found = read(
        article(
            headline="Old crane goes",
            description="It goes before winter.",
            author=[{"@type": "Person", "name": "Harbour Desk"}, {"name": "Night Desk"}],
            datePublished="2024-03-05T10:15:30+01:00",
            dateModified="2024-03-06T08:00:00Z",
            articleSection=["Harbour", "Islands"],
            keywords="crane, port ,, winter",
            image=[{"url": "/crane.jpg"}, {"url": "/other.jpg"}],
            isAccessibleForFree="False",
        )
        + '<link rel="canonical" href="/a/1?x=2">'
    )
    assert found.title == "Old crane goes"
    assert found.description == "It goes before winter."
    assert [author.name for author in found.authors] == ["Harbour Desk", "Night Desk"]
    assert found.published is not None
    assert found.published.at == datetime(2024, 3, 5, 9, 15, 30, tzinfo=UTC)
    assert (found.published.precision, found.published.from_) == ("second", "page")
    assert found.published.raw == "2024-03-05T10:15:30+01:00"
    assert found.modified_at == datetime(2024, 3, 6, 8, tzinfo=UTC)
    assert (found.section, found.tags) == ("Harbour", ("crane", "port", "winter"))
    assert found.images == (
        Image(url="https://harbour.example/crane.jpg"),
        Image(url="https://harbour.example/other.jpg"),
    )
    assert found.access == "paywalled"
    assert found.canonical_url == "https://harbour.example/a/1?x=2"


def test_meta_tags_where_there_is_no_linked_data():
    found = read(
        "<meta property='og:title' content='Old  crane goes'>"
        "<meta name=author content='By Harbour Desk'>"
        "<meta property='article:published_time' content='2024-03-05T10:15Z'>"
        "<meta property='article:modified_time' content='2024-03-06'>"
        "<meta property='article:section' content='Harbour'>"
        "<meta name=description content='It goes.'><meta property='og:image' content='c.jpg'>"
    )
    assert (found.title, found.description, found.section) == (
        "Old crane goes",
        "It goes.",
        "Harbour",
    )
    assert [author.name for author in found.authors] == ["Harbour Desk"]
    assert found.published is not None
    assert (found.published.precision, found.published.at.hour) == ("minute", 10)
    assert found.modified_at == datetime(2024, 3, 6, tzinfo=UTC)
    assert found.images[0].url == "https://harbour.example/a/c.jpg"
    assert found.access == "unknown"


@pytest.mark.parametrize(
    "linked",
    [
        {"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "Crane"}]},
        [
            {"@type": "Organization"},
            {"@type": ["Thing", "ReportageNewsArticle"], "headline": "Crane"},
        ],
        {"@type": "WebPage", "mainEntity": {"@type": "BlogPosting", "headline": "Crane"}},
        {"@type": "https://schema.org/Article", "headline": " Crane\n"},
        {"@type": "NewsArticle", "headline": ["Crane", "Another"]},
    ],
)
def test_where_the_article_may_hide(linked):
    assert read(json_ld(linked)).title == "Crane"


def test_a_broken_script_does_not_hide_the_next():
    assert read(json_ld("{oops") + article(headline="Crane")).title == "Crane"


def test_linked_data_with_line_ends_inside_texts():
    assert read(json_ld('{"@type": "Article", "headline": "Old\ncrane"}')).title == "Old crane"


def test_entities_in_linked_data_are_characters():
    """WordPress and others write HTML into JSON."""
    found = read(article(headline="Fish &amp; ships &#8217;", author="Sea &amp; Sky Desk"))
    assert found.title == "Fish & ships \u2019"
    assert [author.name for author in found.authors] == ["Sea & Sky Desk"]


def test_a_date_that_cannot_be_does_not_hide_another():
    found = read(
        article(datePublished="0001-01-01T00:00:00+01:00", dateModified="never")
        + "<meta property='article:published_time' content='2024-03-05'>"
        + "<meta property='article:modified_time' content='2024-03-06'>"
    )
    assert found.published is not None
    assert found.published.at == datetime(2024, 3, 5, tzinfo=UTC)
    assert found.modified_at == datetime(2024, 3, 6, tzinfo=UTC)


# ---- hostile


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "JAVASCRIPT:alert(1)",
            "data:text/html,x",
        ),
        *(" javascript:alert(1)", "file:///etc/passwd", "vbscript:x", "ftp://a.example/x", "", " "),
        *("http://[::1", "http://[x]/", "http://\u2100.example/", "blob:https://a.example/1"),
    ],
)
def test_addresses_that_lead_nowhere_on_the_web(address):
    found = read(
        f'<link rel="canonical" href="{address}"><meta property="og:image" content="{address}">'
        + article(headline="Crane", image=address, author={"name": "Desk", "url": address})
    )
    assert found.canonical_url is None
    assert found.images == ()
    assert found.title == "Crane"


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        ("/x", "https://harbour.example/x"),
        ("y?z=1", "https://harbour.example/a/y?z=1"),
        ("//www.harbour.example/x", "https://www.harbour.example/x"),
        ("HTTPS://harbour.example/x", "https://harbour.example/x"),
        (" https://harbour.example/x ", "https://harbour.example/x"),
    ],
)
def test_addresses_become_absolute(address, absolute):
    found = read(f'<link rel="canonical" href="{address}">')
    assert found.canonical_url is not None
    assert found.canonical_url.replace("HTTPS:", "https:") == absolute


def test_addresses_hold_no_line_ends():
    """They end in logs, headers and the stream of other programs."""
    found = read('<link rel="canonical" href="https://harbour.example/x\n&#10;Set-Cookie: a\x0b">')
    assert found.canonical_url is None or found.canonical_url.isprintable()


def test_half_a_character_in_linked_data_costs_no_article():
    """Descriptions cut off inside an emoji are common."""
    script = json_ld(r'{"@type":"NewsArticle","headline":"Crane \ud83d","description":"x \ude00"}')
    found = extract(html_page(head=script), url=URL)
    for text in (found.title, found.description, found.text):
        assert text
        text.encode()


def test_a_huge_title_is_not_carried_through_the_stream():
    found = read(article(headline="crane " * 15_000))
    assert found.title is None or len(found.title) < 10_000


@pytest.mark.parametrize("size", [100, 990, 5000])
@pytest.mark.parametrize("form", ['{"a":%s}', "[%s]", '{"@graph":[%s]}'])
@pytest.mark.parametrize(
    "where", ["%s", '{"@type":%s}', '{"@type":"Article","isAccessibleForFree":%s}']
)
def test_deep_linked_data(size, form, where):
    before, after = form.split("%s")
    deep = where % (before * size + "1" + after * size)
    assert extract(html_page(head=json_ld(deep)), url=URL).text.split("\n\n") == list(PROSE)


@pytest.mark.parametrize(
    "linked",
    [
        pytest.param({"@graph": [{"@graph": [{}] * 300}] * 300}, id="many graphs"),
        pytest.param({"@type": "Article", "author": [{"name": "x"}] * 5_000}, id="many authors"),
        pytest.param({"@type": "Article", "keywords": ["x"] * 5_000}, id="many keywords"),
        pytest.param({"@type": ["x"] * 5_000 + ["Article"]}, id="many types"),
        pytest.param([[[]] * 1000] * 100, id="many lists"),
    ],
)
def test_wide_linked_data(linked):
    found = read(json_ld(linked))
    assert len(found.authors) <= 20
    assert len(found.tags) <= 50


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["2024-03-05", "NewsArticle", "\ud83d", "javascript:x", "http://[", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@graph", "name", "url", "mainEntity", "hasPart", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)
FIELDS = (
    *("headline", "description", "author", "datePublished", "dateModified", "articleSection"),
    *("keywords", "image", "isAccessibleForFree", "mainEntityOfPage", "@graph", "url", "publisher"),
)


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON_VALUES)))
def test_linked_data_of_any_types(fields):
    script = json.dumps({"@type": "NewsArticle", **fields}).replace("<", "\\u003c")
    found = read(json_ld(script))
    assert found.title
    for text in (found.title, found.description, found.section, *found.tags):
        assert text is None or (isinstance(text, str) and text.strip())
    for address in (found.canonical_url, *(image.url for image in found.images)):
        assert address is None or address.startswith(("http://", "https://"))


@settings(max_examples=40, deadline=None)
@given(JSON_VALUES)
def test_linked_data_of_any_form(value):
    assert read(json_ld(json.dumps(value).replace("<", "\\u003c"))).title
