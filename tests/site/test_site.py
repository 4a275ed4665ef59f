from __future__ import annotations

import calendar
import http.client
import itertools
import json
import signal
import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import feedparser
import pytest

from tests.site.articles import PAPERS, bulk_article, bulk_head, wire_story
from tests.site.hosts import ADDRESSES, NEWSPAPERS
from tests.site.process import ROOT, NewsSite

if TYPE_CHECKING:
    from collections.abc import Iterator


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def running() -> Iterator[NewsSite]:
    with NewsSite() as site:
        yield site
        assert site.log() == ""


@pytest.fixture
def site(running: NewsSite) -> NewsSite:
    running.reset()
    return running


def get(site: NewsSite, host: str, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(ADDRESSES[host], site.port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def begin(
    site: NewsSite, path: str, size: int, timeout: float = 5
) -> tuple[http.client.HTTPMessage, bytes]:
    """Read only the beginning of an answer, then hang up."""
    connection = http.client.HTTPConnection(ADDRESSES["wire"], site.port, timeout=timeout)
    try:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            return answer.headers, answer.read(size)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "path", "version", "count"),
    [
        ("harbour", "/rss.xml", "rss20", 7),
        ("valley", "/atom.xml", "atom10", 6),
        ("wire", "/rdf.xml", "rss10", 5),
        ("wire", "/rss091.xml", "rss091u", 5),
        ("valley", "/bulk.xml?n=30&start=70", "rss20", 30),
    ],
)
def test_every_feed_is_well_formed(
    site: NewsSite, host: str, path: str, version: str, count: int
) -> None:
    parsed = feedparser.parse(get(site, host, path).body)
    assert not parsed.bozo
    assert parsed.version == version
    assert len(parsed.entries) == count
    assert all(entry.link.startswith(site.url(host, "/")) for entry in parsed.entries)
    assert len({entry.link for entry in parsed.entries}) == count


def test_a_feed_is_only_on_its_own_host(site: NewsSite) -> None:
    assert get(site, "valley", "/rss.xml").status == 404
    assert get(site, "control", "/rss.xml").status == 404
    assert get(site, "harbour", "/requests").status == 404


def test_rss_carries_text_people_and_a_picture(site: NewsSite) -> None:
    parsed = feedparser.parse(get(site, "harbour", "/rss.xml").body)
    entries = {entry.id: entry for entry in parsed.entries}
    assert parsed.feed.ttl == "1"
    assert "611 times" in entries["harbour-lifeboat-appeal"].content[0].value
    assert "content" not in entries["harbour-fish-market-week-ten"]
    assert entries["harbour-lighthouse-museum-reopens"].author == "Nellie Bly"
    assert entries["harbour-lighthouse-museum-reopens"].enclosures[0].type == "image/jpeg"
    assert "&" in entries["harbour-ferry-timetable-summer"].title


@pytest.mark.parametrize("host", NEWSPAPERS)
def test_pages_answer_as_their_entries_say(site: NewsSite, host: str) -> None:
    for entry in PAPERS[host].entries:
        answer = get(site, host, f"/articles/{entry.article.slug}")
        assert answer.status == entry.page_status
        if answer.status == 200:
            html = answer.body.decode()
            positions = [html.index(text[:40].split("'")[0]) for text in entry.article.paragraphs]
            assert positions == sorted(positions)
            assert f'<link rel="canonical" href="{site.url(host, "/articles/")}' in html
            assert "ookies" in html


def test_each_newspaper_tells_its_metadata_differently(site: NewsSite) -> None:
    slugs = ("dredging-inner-channel", "library-opens-in-brewery", "grain-prices-ease")
    pages = [
        get(site, host, f"/articles/{slug}").body.decode()
        for host, slug in zip(NEWSPAPERS, slugs, strict=True)
    ]
    for mark in ("application/ld+json", 'property="og:', "<time ", 'name="author"'):
        owner = {"<time ": 2, 'name="author"': 1}.get(mark, 0)
        assert [mark in page for page in pages] == [number == owner for number in range(3)]
    start = pages[0].index('ld+json">') + len('ld+json">')
    data = json.loads(pages[0][start : pages[0].index("</script>", start)])
    assert data["datePublished"] == "2026-03-09T06:15:00Z"


def test_the_wire_story_is_on_two_hosts(site: NewsSite) -> None:
    path = f"/articles/{wire_story().slug}"
    harbour, valley = (get(site, host, path).body.decode() for host in ("harbour", "valley"))
    assert harbour != valley
    assert all(text in harbour and text in valley for text in wire_story().paragraphs[:3])


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("harbour", "/rss.xml"),
        ("valley", "/atom.xml"),
        ("wire", "/articles/grain-prices-ease"),
        ("harbour", "/bulk.xml?n=5"),
        ("harbour", "/bulk/3"),
    ],
)
def test_an_unchanged_version_is_not_sent_again(site: NewsSite, host: str, path: str) -> None:
    first = get(site, host, path)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    by_tag = get(site, host, path, **{"If-None-Match": f'"other", W/{etag}'})
    assert (by_tag.status, by_tag.body, by_tag.headers["ETag"]) == (304, b"", etag)
    assert get(site, host, path, **{"If-Modified-Since": modified}).status == 304
    both = {"If-None-Match": '"other"', "If-Modified-Since": modified}
    assert get(site, host, path, **both).status == 200


def test_redirects_lead_to_the_article(site: NewsSite) -> None:
    links = [
        entry.link for entry in feedparser.parse(get(site, "valley", "/atom.xml").body).entries
    ]
    assert site.url("valley", "/old/council-election-result") in links
    hops = []
    path = "/old/council-election-result"
    while (answer := get(site, "valley", path)).status != 200:
        hops.append(answer.status)
        path = answer.headers["Location"]
    assert (hops, path) == ([301, 302], "/articles/council-election-result")
    assert get(site, "harbour", "/loop/a").headers["Location"] == "/loop/b"
    assert get(site, "harbour", "/loop/b").headers["Location"] == "/loop/a"
    assert get(site, "harbour", "/go/unknown").status == 404


def test_an_edit_changes_page_and_feed(site: NewsSite) -> None:
    paths = ("/articles/library-opens-in-brewery", "/atom.xml", "/articles/bus-timetable-half-hour")
    before = [get(site, "valley", path) for path in paths]
    edited = site.edit("valley", "library-opens-in-brewery")
    after = [get(site, "valley", path) for path in paths]
    changed = [a.headers["ETag"] != b.headers["ETag"] for a, b in zip(before, after, strict=True)]
    assert changed == [True, True, False]
    assert b"Correction 1:" in after[0].body
    old, new = (feedparser.parse(answers[1].body).entries[0] for answers in (before, after))
    assert new.updated == edited["modified"] > old.updated
    assert new.published == old.published
    since = {"If-Modified-Since": before[1].headers["Last-Modified"]}
    assert get(site, "valley", "/atom.xml", **since).status == 200


def test_an_edit_moves_the_date_in_rss(site: NewsSite) -> None:
    def moments() -> list[int]:
        parsed = feedparser.parse(get(site, "harbour", "/rss.xml").body)
        times = (parsed.feed.updated_parsed, parsed.entries[0].published_parsed)
        return [calendar.timegm(moment) for moment in times]

    before = moments()
    site.edit("harbour", "dredging-inner-channel")
    assert all(new > old for old, new in zip(before, moments(), strict=True))
    with pytest.raises(ValueError, match="404"):
        site.edit("wire", "withdrawn-bulletin")
    with pytest.raises(ValueError, match="400"):
        site.publish("elsewhere")


@pytest.mark.parametrize(
    ("host", "path"), [("harbour", "/rss.xml"), ("valley", "/atom.xml"), ("wire", "/rdf.xml")]
)
def test_published_articles_come_first_until_reset(site: NewsSite, host: str, path: str) -> None:
    original = get(site, host, path).body
    slugs = [site.publish(host)["slug"] for _ in range(3)]
    entries = feedparser.parse(get(site, host, path).body).entries
    assert [entry.link.rsplit("/", 1)[1] for entry in entries[:3]] == slugs[::-1]
    assert all(get(site, host, f"/articles/{slug}").status == 200 for slug in slugs)
    site.reset()
    assert get(site, host, path).body == original


def test_bulk_articles_are_distinct() -> None:
    sizes: list[int] = []
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in range(300):
        words = " ".join(bulk_article(number).paragraphs).split()
        assert len(words) >= 250
        shingles = {tuple(words[at : at + 4]) for at in range(len(words) - 3)}
        sizes.append(len(shingles))
        for shingle in shingles:
            holders[shingle].append(number)
    shared = Counter(
        pair for numbers in holders.values() for pair in itertools.combinations(numbers, 2)
    )
    shares = [count / min(sizes[one], sizes[two]) for (one, two), count in shared.items()]
    assert max(shares) < 0.2


def test_a_bulk_article_is_the_same_every_time() -> None:
    first = bulk_article(7)
    bulk_article.cache_clear()
    assert bulk_article(7) == first
    assert (bulk_head(7).title, bulk_head(7).summary) == (first.title, first.summary)
    assert first.paragraphs[0].startswith(first.summary)


def test_a_feed_may_have_ten_thousand_entries(site: NewsSite) -> None:
    body = get(site, "wire", "/bulk.xml?n=10000").body
    assert body.count(b"<item>") == 10_000
    assert get(site, "wire", "/bulk.xml?n=10001").status == 400
    assert get(site, "wire", "/bulk.xml?n=many").status == 400
    assert bulk_article(9_999).paragraphs[2].encode() in get(site, "wire", "/bulk/9999").body


def test_the_long_answers_can_be_cut_off(site: NewsSite) -> None:
    headers, start = begin(site, "/endless", 300_000)
    assert headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in headers
    assert len(start) == 300_000
    headers, start = begin(site, "/huge", 300_000)
    assert headers["Content-Length"] == "100000000"
    with pytest.raises(TimeoutError):
        begin(site, "/silent", 1, timeout=0.2)
    seen = [(request["path"], request["status"]) for request in site.requests()]
    assert seen == [("/endless", 200), ("/huge", 200), ("/silent", 0)]


def test_the_bomb_unpacks_to_a_hundred_megabytes(site: NewsSite) -> None:
    answer = get(site, "harbour", "/bomb")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 200_000
    unpacker = zlib.decompressobj(wbits=31)
    size, packed = 0, answer.body
    while packed:
        size += len(unpacker.decompress(packed, 20_000_000))
        packed = unpacker.unconsumed_tail
    assert size == 100_000_000


def test_the_latin1_page_names_its_charset_in_meta_only(site: NewsSite) -> None:
    answer = get(site, "harbour", "/latin1")
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset=iso-8859-1" in answer.body
    assert "Crème brûlée" in answer.body.decode("iso-8859-1")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()


def test_the_log_tells_every_request(site: NewsSite) -> None:
    get(site, "harbour", "/rss.xml", **{"User-Agent": "reader/1"})
    get(site, "valley", "/nowhere?a=1", **{"If-None-Match": '"x"'})
    first, second = site.requests()
    assert (first["host"], first["path"], first["status"]) == ("harbour", "/rss.xml", 200)
    assert (first["user_agent"], first["conditional"]) == ("reader/1", False)
    assert (second["host"], second["path"], second["status"]) == ("valley", "/nowhere?a=1", 404)
    assert second["conditional"]
    assert second["time"] >= first["time"]


def test_the_process_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "tests.site"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["port"] > 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stderr.read() == b""
