"""From an extraction and what the feed says to one article: who is believed, and what it is named after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from feedmill import urls
from feedmill.article import Article, Author, Language, Published
from feedmill.identity import Names
from feedmill.page import EntryHints, Page
from tests.articles import NOW, make_page
from tests.workers.samples import PROSE
from workers.extract import Extraction
from workers.normalise import names_of, normalise

DAY = datetime(2024, 3, 5, tzinfo=UTC)


def extraction(**fields: Any) -> Extraction:
    return Extraction(**{"text": "\n\n".join(PROSE), "method": "html/trafilatura", **fields})


def made(page: Page, **fields: Any) -> Article:
    return normalise(page, extraction(**fields), now=NOW, milliseconds=5)


def hints(**fields: Any) -> Page:
    return make_page(hints=EntryHints(**fields))


def stated(at: datetime, precision: str = "day") -> Published:
    return Published(at=at, precision=precision, from_="page", raw="as the page wrote it")


# ---- title


@pytest.mark.parametrize(
    ("page", "feed", "title", "by"),
    [
        (("Crane goes", "page"), None, "Crane goes", "page"),
        (("Crane goes", "page"), "Old crane falls", "Crane goes", "page"),
        (("Crane goes | Harbour News", "page"), "Crane goes", "Crane goes", "feed"),
        (("The port authority said …", "text"), "Crane goes", "Crane goes", "feed"),
        (("The port authority said …", "text"), None, "The port authority said …", "text"),
        ((None, None), "Crane goes", "Crane goes", "feed"),
        ((None, None), None, None, None),
    ],
)
def test_where_the_title_is_from(page, feed, title, by):
    article = made(hints(title=feed), title=page[0], title_from=page[1])
    assert (article.title, article.title_from) == (title, by)


# ---- dates


@pytest.mark.parametrize(
    ("page", "feed", "at", "by"),
    [
        (stated(DAY), None, DAY, "page"),
        (None, DAY, DAY, "feed"),
        (None, None, None, None),
        (stated(DAY), DAY + timedelta(hours=9), DAY + timedelta(hours=9), "feed"),
        (stated(DAY), DAY + timedelta(days=1), DAY, "page"),
        (stated(DAY, "second"), DAY + timedelta(hours=9), DAY, "page"),
        (stated(DAY, "minute"), DAY + timedelta(hours=9), DAY, "page"),
    ],
)
def test_where_the_date_is_from(page, feed, at, by):
    article = made(hints(published_at=feed, published_raw="as the feed wrote it"), published=page)
    if at is None:
        assert article.published is None
    else:
        assert article.published is not None
        assert (article.published.at, article.published.from_) == (at, by)
        assert article.published.raw == f"as the {by} wrote it"


def test_times_are_utc():
    east = timezone(timedelta(hours=5))
    article = normalise(
        hints(published_at=DAY.astimezone(east), updated_at=DAY.astimezone(east)),
        extraction(),
        now=NOW.astimezone(east),
        milliseconds=0,
    )
    assert article.published is not None
    for at in (article.published.at, article.modified_at, article.stored_at, article.fetched_at):
        assert at is not None
        assert at.utcoffset() == timedelta(0)
    assert '"at":"2024-03-05T00:00:00Z"' in article.to_json()


# ---- the rest of what both may say


def test_the_page_is_believed_before_the_feed():
    article = made(
        hints(
            authors=("Night Desk",),
            summary="From the feed.",
            lang="fr",
            updated_at=DAY,
            tags=("b", "c"),
            guid="guid-1",
        ),
        authors=(Author(name="Harbour Desk"),),
        description="From the page.",
        lang=Language(code="en", confidence=0.9),
        modified_at=DAY + timedelta(days=1),
        tags=("c", "d"),
    )
    assert [author.name for author in article.authors] == ["Harbour Desk"]
    assert article.description == "From the page."
    assert article.lang == Language(code="en", confidence=0.9)
    assert article.modified_at == DAY + timedelta(days=1)
    assert article.guid == "guid-1"
    assert article.tags == ("b", "c", "d")


def test_the_feed_fills_what_the_page_does_not_say():
    article = made(
        hints(
            authors=("Night Desk",),
            summary="From the feed.",
            lang="fr",
            updated_at=DAY,
            enclosures=(
                ("https://a.example/x.mp3", "audio/mpeg", 7),
                ("https://a.example/y", None, None),
            ),
        )
    )
    assert [author.name for author in article.authors] == ["Night Desk"]
    assert article.description == "From the feed."
    assert article.lang == Language(code="fr")
    assert article.modified_at == DAY
    assert [(e.url, e.type, e.bytes) for e in article.enclosures] == [
        ("https://a.example/x.mp3", "audio/mpeg", 7),
        ("https://a.example/y", None, None),
    ]


def test_a_summary_with_markup_is_no_description():
    assert made(hints(summary="<p>From the feed.</p>")).description is None


def test_tags_of_the_source_come_first():
    page = make_page(tags=("uk",), hints=EntryHints(tags=("b", "uk")))
    assert made(page, tags=("b",)).tags == ("uk", "b")


def test_the_source_and_how_it_was_had():
    page = make_page(
        source_name="Harbour News",
        feed_url="https://news.example/rss",
        status=200,
        final_url="https://www.news.example/1",
    )
    article = made(page)
    assert article.source.model_dump(exclude_none=True) == {
        "id": "news",
        "kind": "feed",
        "name": "Harbour News",
        "domain": "www.news.example",
        "feed_url": "https://news.example/rss",
    }
    assert article.http is not None
    assert (article.http.status, article.http.final_url) == (200, "https://www.news.example/1")
    assert (article.extraction.method, article.extraction.ms) == ("html/trafilatura", 5)
    assert (article.rev, article.status, article.word_count) == (
        1,
        "usable",
        len(" ".join(PROSE).split()),
    )


def test_a_file_is_named_after_its_path_as_configured():
    page = make_page(kind="file", url="file:///home/me/seeds/a.txt", identity="seeds/a.txt")
    article = made(page)
    assert (article.source.kind, article.source.domain, article.http) == ("files", None, None)
    assert (article.url, article.url_key) == ("file:///home/me/seeds/a.txt", "seeds/a.txt")
    moved = made(make_page(kind="file", url="file:///srv/seeds/a.txt", identity="seeds/a.txt"))
    assert moved.id == article.id


# ---- identity; its rules are tested beside workers.identity


def named(final: str | None, *, url: str = "https://news.example/1", **fields: Any) -> list[str]:
    """The keys of those of the two addresses that surely name the article, the one it is called after first."""
    page = make_page(url=url, identity=url, final_url=final, **fields)
    article = made(page)
    names = names_of(page, article)
    keys = list(dict.fromkeys(map(urls.key, (final or url, url))))
    keys = [key for key in keys if urls.digest(key) in names.strong]
    assert len(names.strong) == len(keys)
    assert article.url_key == keys[0]
    assert article.id == urls.digest(article.url_key)
    return keys


def test_without_a_redirect_there_is_one_address():
    assert named("https://www.news.example/1/?utm_source=f") == ["news.example/1"]
    assert named(None) == ["news.example/1"]


def test_after_a_redirect_the_article_is_named_after_where_it_is():
    assert named("https://news.example/2024/crane-falls-in-port", url="https://t.example/x") == [
        "news.example/2024/crane-falls-in-port",
        "t.example/x",
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://news.example/",
        "https://www.news.example",
        "https://news.example/?utm_source=f",
        "https://news.example/login",
        "https://login.news.example/start?goto=1",
    ],
)
def test_a_redirect_to_where_many_are_sent_names_nothing(elsewhere):
    """Home pages for articles taken down, logins, consent: those are not one article."""
    assert named(elsewhere) == ["news.example/1"]


def test_an_article_behind_a_query_is_no_home_page():
    assert named("https://news.example/?p=123", url="https://t.example/x") == [
        "news.example?p=123",
        "t.example/x",
    ]


def test_the_address_of_an_article_is_not_the_home_page_it_was_sent_to():
    page = make_page(final_url="https://news.example/")
    article = made(page)
    assert urls.key(article.url) == article.url_key


def test_an_entry_that_stands_in_for_its_page_is_named_after_its_own_address():
    page = make_page(kind="entry", status=403, error="http-status")
    article = made(page)
    assert names_of(page, article) == Names.of(["news.example/1"], [])
    assert article.url == "https://news.example/1"
    assert article.http is not None
    assert (article.http.status, article.http.error) == (403, "http-status")


@pytest.mark.parametrize(
    "claim", ["https://news.example/", "https://other.example/1", "https://news.example/2"]
)
def test_what_a_page_wrongly_calls_canonical_is_no_name_of_it(claim):
    page = make_page(final_url="https://news.example/1")
    article = made(page, canonical_url=claim)
    assert (article.url, article.url_key) == ("https://news.example/1", "news.example/1")
    assert article.canonical_url == claim
    assert names_of(page, article) == Names.of(["news.example/1"], [])


def test_a_plausible_claim_and_the_guid_are_names_that_the_text_has_to_bear_out():
    url = "https://news.example/politics/bridge-opens-after-flood"
    page = make_page(url=url, identity=url, final_url=url, hints=EntryHints(guid="tag:1"))
    article = made(page, canonical_url="https://news.example/2026/03/bridge-opens-after-flood")
    names = names_of(page, article)
    assert names.strong == (urls.digest(urls.key(url)),)
    claimed = "news.example/2026/03/bridge-opens-after-flood"
    assert names == Names.of([urls.key(url)], [claimed, "guid\nnews\ntag:1"])


def test_two_pages_with_the_same_canonical_claim_are_two_articles():
    first = made(
        make_page(url="https://a.example/1", identity="https://a.example/1"),
        canonical_url="https://a.example/",
    )
    second = made(
        make_page(url="https://a.example/2", identity="https://a.example/2"),
        canonical_url="https://a.example/",
    )
    assert first.id != second.id
