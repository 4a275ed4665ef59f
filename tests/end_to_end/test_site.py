"""The main job on the loopback news site: service, Valkey and RQ workers as real processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedmill.article import Article
from tests.program import Program
from tests.site.articles import PAPERS, wire_story
from tests.site.model import Entry
from tests.site.process import NewsSite

pytestmark = pytest.mark.slow

FEEDS = (("harbour", "/rss.xml"), ("valley", "/atom.xml"), ("wire", "/rdf.xml"))
# Without a page to be had: from the feed's content, from its summary, not at all.
FROM_FEED = {"lifeboat-appeal", "flood-barrier-first-test"}
NOWHERE = {"withdrawn-bulletin"}


@pytest.fixture(scope="module")
def filled(running_site: NewsSite) -> Iterator[Program]:
    """A round over all feeds has been made; for tests that only look."""
    with tempfile.TemporaryDirectory(prefix="fm-") as name, Program(Path(name)) as program:
        fill(program, running_site)
        yield program


def fill(program: Program, site: NewsSite) -> None:
    site.reset()
    # The harbour's standfirst stays in the text; without it the wire story is an exact copy.
    harbour = f"{{url: {site.url(*FEEDS[0])}, extract: {{drop: ['^Four freight operators will']}}}}"
    program.configure_site(site, *FEEDS[1:], extra=f"  - {harbour}\n")
    program.outcome = program.once()


def by_title(articles: list[Article]) -> dict[str | None, Article]:
    return {article.title: article for article in articles}


def entries() -> list[Entry]:
    return [entry for paper in PAPERS.values() for entry in paper.entries]


def test_every_article_is_stored_once_and_every_item_accounted_for(filled):
    outcome = filled.outcome
    count = len(entries())
    assert outcome["polled"]["found"] == count
    assert outcome["verdicts"] == {"new": count - 2, "duplicate": 1, "quarantined": 1}
    articles = by_title(filled.articles())
    expected = {e.article.title for e in entries() if e.article.slug not in NOWHERE}
    assert set(articles) == expected


def test_the_text_is_the_article_and_hardly_anything_else(filled):
    articles = by_title(filled.articles())
    for entry in entries():
        if entry.article.slug in FROM_FEED | NOWHERE:
            continue
        found = articles[entry.article.title].text
        for paragraph in entry.article.paragraphs:
            assert paragraph in found
        surplus = len(found.split()) - sum(len(p.split()) for p in entry.article.paragraphs)
        assert surplus <= 130, (entry.article.slug, found)


def test_what_the_feed_itself_says_stands_in_for_a_missing_page(filled):
    articles = by_title(filled.articles())
    stand_ins = {a.title: a for a in articles.values() if a.extraction.method == "feed/content"}
    assert set(stand_ins) == {e.article.title for e in entries() if e.article.slug in FROM_FEED}
    lifeboat = next(e.article for e in entries() if e.article.slug == "lifeboat-appeal")
    article = stand_ins[lifeboat.title]
    assert article.text == "\n\n".join(lifeboat.paragraphs)
    assert (article.http.status, article.http.error) == (404, "http-status")
    with filled.redis() as redis:
        [(_, fields)] = redis.xrange("quarantine")
        assert b"withdrawn-bulletin" in fields[b"url"]
        assert fields[b"kind"] == b"http-status"


def test_a_wire_story_on_two_hosts_is_one_article_with_a_copy(filled):
    [article] = [a for a in filled.articles() if a.title == wire_story().title]
    with filled.redis() as redis:
        assert len(redis.hgetall(f"copies:{article.id}")) == 1


def test_metadata(filled):
    articles = by_title(filled.articles())
    for entry in entries():
        truth = entry.article
        if truth.slug in NOWHERE:
            continue
        article = articles[truth.title]
        assert article.published.at == truth.published, truth.slug
        assert article.lang.code == truth.lang, truth.slug
        assert article.source.domain.startswith("127.0.0."), truth.slug
        assert article.guid, truth.slug
    assert articles[entries()[0].article.title].authors


def test_redirected_links_end_at_the_article(filled, running_site):
    ferry = next(a for a in filled.articles() if "/ferry-timetable-summer" in a.url)
    assert ferry.url == running_site.url("harbour", "/articles/ferry-timetable-summer")


def test_later_rounds_ask_politely_and_store_what_changed(program, site):
    fill(program, site)
    _nothing_new(program, site)
    _an_edit_is_a_revision(program, site)
    _only_what_is_new_is_fetched(program, site)


def _nothing_new(program: Program, site: NewsSite) -> None:
    before = len(site.requests())
    outcome = program.once()
    assert outcome["articles"] == []
    assert outcome["verdicts"] == {"new": 0, "duplicate": 0, "quarantined": 0}
    # The page that answered with 500 is asked for again later, and its feed is not read anew for it.
    asked = {(r["path"], r["status"], r["conditional"]) for r in site.requests()[before:]}
    asked -= {("/articles/flood-barrier-first-test", 500, False)}  # if a minute has gone by
    expected = {("/rdf.xml", 304, True), ("/atom.xml", 304, True)}
    if not outcome["asked_to_wait"]:  # it says `ttl` 1: within that minute it is left alone
        expected |= {("/rss.xml", 304, True)}
    assert asked == expected


def _an_edit_is_a_revision(program: Program, site: NewsSite) -> None:
    site.edit("valley", "library-opens-in-brewery")
    outcome = program.once()
    assert outcome["verdicts"]["update"] == 1
    [entry] = outcome["articles"]
    assert (entry["op"], entry["rev"]) == ("update", "2")
    article = next(a for a in program.articles() if "library-opens" in a.url)
    assert (article.rev, article.status) == (2, "updated")
    assert "Correction 1" in article.text


def _only_what_is_new_is_fetched(program: Program, site: NewsSite) -> None:
    site.publish("wire")
    before = len(site.requests())
    outcome = program.once()
    assert outcome["verdicts"]["new"] == 1
    pages = [r for r in site.requests()[before:] if r["host"] == "wire"]
    assert [r["path"] for r in pages if not r["path"].endswith(".xml")] == [
        "/articles/observatory-dark-sky"
    ]
