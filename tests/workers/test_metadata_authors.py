"""Names of authors: as pages write them, and as they come out."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from tests.workers.samples import PROSE, html_page, json_ld
from workers.extract import metadata
from workers.extract.hints import Hints
from workers.extract.metadata import names
from workers.extract.metadata.names import Rank

URL = "https://harbour.example/a/1"


def authors(head: str = "", body: str = "", feed: tuple[str, ...] = ()) -> list[str]:
    page = html_page(f"<h1>Old crane goes</h1>{body}<p>{PROSE[0]}</p>", head=head)
    return [each.name for each in metadata.read(fromstring(page), URL, Hints(authors=feed)).authors]


def stated(author: object) -> str:
    return json_ld({"@type": "NewsArticle", "headline": "Old crane goes", "author": author})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ana Ruiz", ["Ana Ruiz"]),
        ("by Ana Ruiz and Li Na", ["Ana Ruiz", "Li Na"]),
        ("Von Jan Sellner, Stuttgart", ["Jan Sellner"]),
        ("Ein Text von", ["Ein Text von"]),
        ("Von: Nadja Zinsmeister", ["Nadja Zinsmeister"]),
        ("Par Luc Petit et Anne Blanc", ["Luc Petit", "Anne Blanc"]),
        ("Por Luna González y Marta Ruiz", ["Luna González", "Marta Ruiz"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("di Luca Monaco", ["Luca Monaco"]),
        ("Автор: Андрей Колесников", ["Андрей Колесников"]),
        ("記者：渡辺洋介", ["渡辺洋介"]),
        ("作者：王小明、李娜", ["王小明", "李娜"]),
        ("Trine Jensen og Tôrtia Reimer", ["Trine Jensen", "Tôrtia Reimer"]),
        ("Mathias Hagen / Journalist", ["Mathias Hagen", "Journalist"]),
        ("Elena Oberholzer (obe); Oliver Maksan (oma)", ["Elena Oberholzer", "Oliver Maksan"]),
        ("Ana Ruiz, Li Na, and Bo Ek", ["Ana Ruiz", "Li Na", "Bo Ek"]),
        ("Ana Ruiz, Senior Reporter, Reuters", ["Ana Ruiz"]),
        ("Ana Ruiz <ana@harbour.example>", ["Ana Ruiz"]),
        ("Ana Ruiz 05.03.2024, 10:15", ["Ana Ruiz"]),
        ("Ana Ruiz | March 5, 2024", ["Ana Ruiz"]),
        ("Rachael Link, MS, RD", ["Rachael Link"]),
        ("AFP, MANILA", ["AFP", "MANILA"]),
        ("Sea & Sky Desk", ["Sea & Sky Desk"]),
        ("Ana Ruiz & Bo Ek", ["Ana Ruiz", "Bo Ek"]),
        ("Written by Ana Ruiz, edited by Bo Ek", ["Ana Ruiz"]),
        ("https://harbour.example/ana", []),
        ("", []),
    ],
)
def test_names_in_a_stated_text(text, expected):
    assert names.split(text) == expected


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("Ana Ruiz", Rank.PERSON),
        ("Ursula von der Leyen", Rank.PERSON),
        ("王小明", Rank.PERSON),
        ("dpa", Rank.GROUP),
        ("Harbour Newsroom", Rank.GROUP),
        ("Senior Reporter", Rank.GROUP),
        ("The Postillon", Rank.GROUP),
        ("Harbour News", Rank.GROUP),
        ("nominated by three members", Rank.GROUP),
        ("@harbour", Rank.HANDLE),
        ("…", Rank.NOTHING),
        ("admin", Rank.NOTHING),
        ("Staff", Rank.NOTHING),
    ],
)
def test_what_a_name_is(name, rank):
    assert names.rank(name, {"harbournews"}) is rank


def test_persons_before_newsrooms_wherever_they_stand():
    head = stated({"@type": "Organization", "name": "Harbour News"})
    assert authors(head) == ["Harbour News"]
    assert authors(head + "<meta name=author content='Ana Ruiz'>") == ["Ana Ruiz"]
    assert authors(head, "<p class=byline>By Ana Ruiz</p>") == ["Ana Ruiz"]


def test_the_site_and_roles_beside_a_person_are_left_out():
    head = "<meta property='og:site_name' content='Harbour News'>"
    named = ["Ana Ruiz", "Harbour News", "Staff", "Deutsche Presse-Agentur"]
    assert authors(head + stated(named)) == ["Ana Ruiz", "Deutsche Presse-Agentur"]


def test_an_author_given_by_reference():
    person = {"@type": "Person", "@id": "#ana", "name": "Ana Ruiz", "url": "/ana"}
    article = {"@type": "NewsArticle", "headline": "x", "author": {"@id": "#ana"}}
    page = html_page(head=json_ld({"@graph": [article, person]}))
    (author,) = metadata.read(fromstring(page), URL).authors
    assert (author.name, author.url) == ("Ana Ruiz", "https://harbour.example/ana")


@pytest.mark.parametrize(
    "byline",
    [
        "<p class=byline>By Ana Ruiz</p>",
        "<div class=article-author><span>Von</span> <a href=/x>Ana Ruiz</a><span>Korrespondentin</span></div>",
        "<p><span>By</span><span>Ana Ruiz</span></p>",
        "<p>von <a href=/autoren/ana-ruiz>Ana Ruiz</a></p>",
        "<div>Written by: <ul><li><a href=/x>Ana Ruiz</a></li></ul></div>",
        "<p><a href=/authors/ana-ruiz/>Ana Ruiz</a></p>",
        "<div><strong>Por</strong> Ana Ruiz</div>",
        "<p class=meta><a href=/cat>Digital Life</a> <span class=author>Ana Ruiz</span></p>",
    ],
)
def test_bylines_near_the_heading(byline):
    assert authors(body=byline) == ["Ana Ruiz"]


@pytest.mark.parametrize(
    "other",
    [
        "<aside><p class=byline>By Ana Ruiz</p></aside>",
        "<div class=teaser-card><p class=author>Ana Ruiz</p></div>",
        "<figure><figcaption class=author>Ana Ruiz</figcaption></figure>",
        "<div id=comments><span class=author>Ana Ruiz</span></div>",
        "<p>Digital Marketing is what they said Average Costs are.</p>",
        "<p>Die Nominierung von Anna Bond war lange offen.</p>",
        "<p>By Monday Morning the crane will be gone, and the harbour without its sign.</p>",
        "<p class=byline>Updated on Monday</p>",
    ],
)
def test_what_is_no_byline_of_the_article(other):
    assert authors(body=other) == []


def test_names_as_libraries_write_them_are_turned():
    head = "<meta name=citation_author content='Ruiz, Ana'><meta name=citation_author content='Na, Li'>"
    assert authors(head) == ["Ana Ruiz", "Li Na"]


def test_a_handle_only_where_there_is_nothing_better():
    handle = "<meta name=twitter:creator content='@ana_ruiz'>"
    assert authors(handle) == ["@ana_ruiz"]
    assert authors(handle + "<meta name=twitter:site content='@ana_ruiz'>") == []
    assert authors(handle, feed=("Ana Ruiz",)) == ["Ana Ruiz"]


def test_the_feed_comes_last():
    assert authors(feed=("Ana Ruiz",)) == ["Ana Ruiz"]
    assert authors("<meta name=author content='Bo Ek'>", feed=("Ana Ruiz",)) == ["Bo Ek"]


def test_authors_in_microdata_of_the_article_and_not_of_comments():
    body = (
        "<div itemscope itemtype=https://schema.org/NewsArticle>"
        "<span itemprop=author itemscope itemtype=https://schema.org/Person><b itemprop=name>Ana Ruiz</b></span>"
        "<div itemprop=comment itemscope itemtype=https://schema.org/Comment>"
        "<span itemprop=author>Bo Ek</span></div></div>"
    )
    assert authors(body=body) == ["Ana Ruiz"]


def test_one_name_once_however_it_is_written():
    assert authors(stated(["Ana Ruiz", "ANA RUIZ", "Ana  Ruiz"])) == ["Ana Ruiz"]
