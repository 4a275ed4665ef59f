"""Small articles, committed as the workers commit them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from feedmill import urls
from feedmill.article import (
    Article,
    Author,
    DedupInfo,
    Enclosure,
    ExtractionInfo,
    HttpInfo,
    Image,
    Language,
    Published,
    Removed,
    SourceRef,
)
from feedmill.store.commit import Committed
from tests.articles import file

MORNING = datetime(2026, 3, 14, 7, 30, tzinfo=UTC)


def article(number: int, *, version: int = 1, **fields: Any) -> Article:
    """Article `number` of a paper about tides; a higher `version` is a later text of it."""
    url_key = f"tides.example/{number}"
    text = f"High water number {number} was measured at the pier.\n\nReading {version}."
    found: dict[str, Any] = {
        "schema": "article/1",
        "id": urls.digest(url_key),
        "rev": 1,
        "status": "usable",
        "url": f"https://{url_key}",
        "url_key": url_key,
        "source": SourceRef(id="tides", kind="feed"),
        "title": f"Tide report {number}",
        "text": text,
        "fetched_at": MORNING + timedelta(minutes=version),
        "stored_at": MORNING + timedelta(minutes=version, seconds=1),
        "access": "unknown",
        "word_count": len(text.split()),
        "dedup": DedupInfo(content_hash=urls.digest(text), kind="none"),
        "extraction": ExtractionInfo(method="text/lines", version="0.1.0", ms=1),
    }
    return Article.model_validate(found | fields)


def full_article(number: int) -> Article:
    """An article with a value in every field."""
    return article(
        number,
        canonical_url=f"https://tides.example/{number}",
        guid=f"tag:{number}",
        source=SourceRef(
            id="tides",
            kind="feed",
            name="The Tides",
            domain="tides.example",
            feed_url="https://tides.example/rss",
        ),
        title='High, low\tand "slack"\nwater — 潮',
        title_from="page",
        description="What the sea did.",
        html="<p>High water.</p>",
        lang=Language(code="en", confidence=0.99),
        authors=(Author(name="The harbour office", url="https://tides.example/office"),),
        published=Published(
            at=MORNING + timedelta(microseconds=250), precision="second", from_="page", raw="today"
        ),
        modified_at=MORNING.astimezone(),
        section="Sea",
        tags=("sea", "pier"),
        images=(
            Image(url="https://tides.example/i.png", width=4, height=3, caption="c", credit="d"),
        ),
        enclosures=(Enclosure(url="https://tides.example/a.mp3", type="audio/mpeg", bytes=9),),
        dedup=DedupInfo(
            content_hash=f"{number:032x}",
            kind="near",
            dup_of="a" * 16,
            score=0.9,
            relation="copy",
        ),
        story_id="story-1",
        extraction=ExtractionInfo(
            method="html/trafilatura",
            version="0.1.0",
            ms=12,
            quality=0.8,
            removed=(Removed(reason="prompt", lines=("Sign up",)),),
        ),
        http=HttpInfo(status=200, final_url="https://tides.example/final", error="timeout"),
        raw_ref="warc:1",
    )


def commit(redis: Redis, *articles: Article) -> list[Committed]:
    """Commit articles in their order; what deduplication says of them is the commit's to find."""
    return [
        file(
            redis,
            one.model_copy(
                update={"dedup": DedupInfo(content_hash=one.dedup.content_hash, kind="none")}
            ),
            f"page-{one.id}",
        )
        for one in articles
    ]
