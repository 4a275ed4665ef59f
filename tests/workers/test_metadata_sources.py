"""Where fields come from, microdata, pictures, language, and JSON-LD with mistakes."""

from __future__ import annotations

import json

import pytest
from lxml.html import fromstring, tostring

from feedmill.article import Image, Language
from tests.workers.samples import GERMAN, PROSE, html_page, json_ld
from workers.extract import metadata
from workers.extract.metadata import jsonld, language

URL = "https://harbour.example/a/1"


def read(head: str = "", body: str | None = None, *, lang: str = "") -> metadata.Metadata:
    page = html_page(body, head=head).decode().replace("<html>", f"<html lang='{lang}'>")
    tree = fromstring(page)
    before = tostring(tree)
    found = metadata.read(tree, URL)
    assert tostring(tree) == before
    return found


def test_every_field_says_where_it_is_from():
    found = read(
        json_ld({"@type": "NewsArticle", "headline": "Old crane", "datePublished": "2024-03-05"})
        + "<meta name=author content='Ana Ruiz'><meta property=og:image content=/c.jpg>"
        + "<link rel=canonical href=/a/1><meta property=article:section content=Harbour>",
        lang="en-GB",
    )
    assert found.provenance == {
        "title": "json-ld",
        "published": "json-ld",
        "authors": "meta",
        "images": "meta",
        "canonical_url": "link",
        "section": "meta",
        "language": "html",
    }


def test_microdata():
    body = (
        "<div itemscope itemtype=https://schema.org/NewsArticle><h1 itemprop=headline>Old crane goes</h1>"
        "<meta itemprop=datePublished content=2024-03-05><time itemprop=dateModified datetime=2024-03-06>x</time>"
        "<span itemprop=author>Ana Ruiz</span><span itemprop=articleSection>Harbour</span>"
        "<meta itemprop=isAccessibleForFree content=false></div>"
    )
    found = read(body=body)
    assert [each.name for each in found.authors] == ["Ana Ruiz"]
    assert found.published is not None
    assert (found.published.at.day, found.modified_at and found.modified_at.day) == (5, 6)
    assert (found.section, found.access) == ("Harbour", "paywalled")


def test_pictures_with_what_is_said_of_them():
    image = {
        "url": "/a.jpg",
        "width": "1200",
        "height": 800,
        "caption": "A crane",
        "creditText": "Ana Ruiz",
    }
    head = json_ld({"@type": "Article", "image": [image, "/b.jpg", {"@id": "#c"}, 7, None]})
    other = json_ld(
        {"@type": "ImageObject", "@id": "#c", "name": "c", "url": "/c.jpg", "width": -1}
    )
    assert read(head + other + "<meta property=og:image content=/a.jpg>").images == (
        Image(
            url="https://harbour.example/a.jpg",
            width=1200,
            height=800,
            caption="A crane",
            credit="Ana Ruiz",
        ),
        Image(url="https://harbour.example/b.jpg"),
        Image(url="https://harbour.example/c.jpg"),
    )


def test_pictures_in_meta_tags():
    head = (
        "<meta property=og:image content=/a.jpg><meta property=og:image:width content=640>"
        "<meta property=og:image:height content=480><meta property=og:image:alt content='A crane'>"
    )
    assert read(head).images == (
        Image(url="https://harbour.example/a.jpg", width=640, height=480, caption="A crane"),
    )


def test_tags_from_where_they_are():
    several = "".join(
        f"<meta property=article:tag content={tag}>" for tag in ("crane", "port", "crane")
    )
    assert read(several).tags == ("crane", "port")
    assert read("<meta name=keywords content='crane; port'>").tags == ("crane", "port")
    assert read(json_ld({"@type": "Article", "keywords": [{"name": "crane"}, "port"]})).tags == (
        "crane",
        "port",
    )


# ---- JSON-LD


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "Article", "headline": "Old crane goes home"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "Old crane goes home"}\n//]]>',
        '<![CDATA[{"@type": "Article", "headline": "Old crane goes home"}]]>',
        '{"@type": "Article", "headline": "Old crane goes home",}',
        '{"@type": "WebSite"}{"@type": "Article", "headline": "Old crane goes home"}',
        '{"@type": "Article", "headline": "Old crane goes home"};',
        "{&quot;@type&quot;: &quot;Article&quot;, &quot;headline&quot;: &quot;Old crane goes home&quot;}",
    ],
)
def test_small_mistakes_are_mended(script):
    (node,) = jsonld.parse([script]).articles()
    assert node["headline"] == "Old crane goes home"


def test_the_object_that_gives_the_address_of_the_page_is_the_article():
    others = [
        {"@type": "NewsArticle", "headline": "Bridge closed", "url": "https://harbour.example/b/2"}
    ]
    own = {
        "@type": "NewsArticle",
        "headline": "Old crane goes home",
        "mainEntityOfPage": {"@id": URL},
    }
    assert read(json_ld([*others, own])).title == "Old crane goes home"


def test_articles_in_lists_come_after_the_one_that_stands_alone():
    listed = {
        "@type": "ItemList",
        "itemListElement": [{"@type": "NewsArticle", "headline": "Bridge closed"}],
    }
    own = {"@type": "NewsArticle", "headline": "Old crane goes home"}
    assert read(json_ld([listed, own])).title == "Old crane goes home"


@pytest.mark.parametrize("name", ["headline", "author", "image", "keywords", "@id", "url"])
def test_values_of_any_size(name):
    head = json_ld({"@type": "NewsArticle", name: "x y" * 400_000})
    found = read(head)
    assert len(json.dumps([str(found)])) < 20_000


@pytest.mark.parametrize("size", [100, 900, 5000, 100_000])
@pytest.mark.parametrize("form", ['{"a":%s}', "[%s]", '{"@graph":[%s]}', '{"text":[%s]}'])
@pytest.mark.parametrize(
    "name", ["isAccessibleForFree", "author", "image", "keywords", "headline", "articleBody"]
)
def test_deep_values(size, form, name):
    before, after = form.split("%s")
    deep = before * size + "1" + after * size
    tree = fromstring(html_page(head=json_ld(f'{{"@type":"Article","{name}":{deep}}}')))
    assert metadata.read(tree, URL).title == "Old crane goes"
    assert metadata.articlebody.bodies(tree) == ()
    state = html_page(head=f"<script type=application/json>{deep}{' ' * 2000}</script>")
    assert metadata.articlebody.bodies(fromstring(state)) == ()


# ---- language


@pytest.mark.parametrize(
    ("head", "lang", "code"),
    [
        ("", "de", "de"),
        ("", "pt_BR", "pt-BR"),
        ("", "zh-hant-tw", "zh-Hant-TW"),
        ("<meta property=og:locale content=de_AT>", "", "de-AT"),
        ("<meta http-equiv=content-language name=language content=fr>", "", "fr"),
        (json_ld({"@type": "Article", "inLanguage": "en-US"}), "", "en-US"),
        ("", "und", None),
        ("", "english please", None),
        ("", "x" * 500, None),
    ],
)
def test_the_language_a_page_says_it_is_in(head, lang, code):
    assert read(head, lang=lang).language == code


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("\n".join(GERMAN), "en", "de"),  # a template's language, not the text's
        ("\n".join(GERMAN), "de-AT", "de"),
        ("\n".join(PROSE), None, "en"),
        ("Kranen", "sv", "sv"),  # too short to tell
        ("", "fr-FR", "fr"),
        ("", None, None),
    ],
)
def test_the_language_of_the_article(text, said, code):
    found = language.decide(text, said)
    assert (found.code if found else None) == code


def test_of_close_relatives_the_page_knows_better():
    text = "Havnevesenet sa mandag at den gamle kranen skal tas ned før vinteren kommer. " * 4
    assert language.decide(text, "nb") == Language(code="nb")
