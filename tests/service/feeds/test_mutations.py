"""Whatever is done to a feed, parsing it gives entries or a `FeedParseError`, and what it gives can be stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedmill import urls
from feedmill.errors import FeedParseError
from service.feeds.model import ParsedFeed
from service.feeds.parse import parse
from tests.service.feeds.samples import URL, atom_of, rss_of
from tests.service.feeds.test_jsonfeed import feed_of
from tests.service.feeds.test_sitemaps import INDEX, OF_NEWS

SEEDS = [
    rss_of(
        "<title>a &amp;amp; b</title><link>/1</link><guid isPermaLink='false'>g</guid>"
        "<pubDate>Mon, 02 Jan 2006 15:04:05 +0530</pubDate><author>a@e.org (A)</author><category>c</category>"
        "<description><![CDATA[<p>x</p>]]></description><content:encoded>&lt;p&gt;y&lt;/p&gt;</content:encoded>"
        "<enclosure url='/a.mp3' type='audio/mpeg' length='1'/><media:content url='/v'/>",
        more="<ttl>60</ttl><skipHours><hour>1</hour></skipHours><atom:link rel='hub' href='/hub'/>",
    ),
    atom_of(
        "<title type='html'>&lt;b&gt;t&lt;/b&gt;</title><link href='1'/><id>urn:x</id>"
        "<updated>2026-01-02T03:04:05Z</updated><author><name>A</name></author><category term='c'/>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x<br/>y</p></div></content>",
        attributes=" xml:base='https://e.org/a/' xml:lang='en'",
    ),
    feed_of({"id": "1", "url": "/1", "title": "t", "date_published": "2026-01-02", "tags": ["x"]}),
    OF_NEWS,
    INDEX,
]
PIECES = [
    *("<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "<?xml", "?>", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "&a;", "&#xD800;"),
    *("</item>", "<item>", "<entry>", "</title>", "<title>", "&#0;", "\x00", "\x0b", "\ufffe", "é", '"', "'", "="),
    *("xml:base='http://[::1'", "type='base64'", "mode='escaped'", "type='application/x'", "http://[x]/", "{", "}", "[", "null"),
    *("99999999999999999999", "-1", "1e999", "NaN", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
]  # fmt: skip
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def check(body: bytes, url: str | None = URL) -> ParsedFeed | None:
    try:
        found = parse(body, url, None)
    except FeedParseError:
        return None
    for entry in found.entries:
        if entry.link is not None:
            assert entry.link.lower().startswith(("http://", "https://"))
            urls.digest(urls.key(entry.link))
        hints = entry.hints
        texts = [
            hints.guid,
            hints.title,
            hints.summary,
            hints.content,
            hints.published_raw,
            hints.lang,
        ]
        json.dumps([*texts, *hints.authors, *hints.tags], ensure_ascii=False).encode()
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.sampled_from(PIECES)),
        min_size=1,
        max_size=6,
    ),
)
def test_edited_feeds(seed, edits):
    text = seed
    for place, length, piece in edits:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=6),
    codec=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252"]),
)
def test_edited_bytes(seed, edits, codec):
    body = seed.encode(codec, "replace")
    for place, piece in edits:
        at = int(place * len(body))
        body = body[:at] + piece + body[at + len(piece) :]
    check(body, None)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(body):
    check(body)
    check(b"<rss><channel><item><title>" + body)


CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "feeds" / "corpus.tar.xz"


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_file(), reason=f"the corpus is not here ({CORPUS})")
def test_the_corpus():
    import tarfile  # noqa: PLC0415

    count = entries = 0
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                found = check(file.read())
                count += 1
                entries += len(found.entries) if found else 0
    assert count > 1000
    assert entries > 5000
