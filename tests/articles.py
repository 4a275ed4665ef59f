"""Articles and pages for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from feedmill import urls
from feedmill.article import Article, DedupInfo, ExtractionInfo, SourceRef
from feedmill.identity import Names
from feedmill.page import Page
from feedmill.store.commit import Committed
from feedmill.store.keys import Keys
from workers.dedup.fingerprint import content_hash
from workers.filing import Cabinet

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORED = NOW + timedelta(days=1)  # by then all of them had been fetched


def make_article(number: int = 0, *, text: str | None = None, **fields: Any) -> Article:
    """An article whose text and address are told apart by `number`."""
    url = fields.pop("url", f"https://news.example/{number}")
    body = text or f"Number {number} is the {number}th report of the harbour, and not the last one."
    key = urls.key(url)
    return Article(
        schema_="article/1",
        id=urls.digest(key),
        rev=1,
        status="usable",
        url=url,
        url_key=key,
        source=SourceRef(id=fields.pop("source_id", "news"), kind="feed"),
        title=fields.pop("title", f"Report {number}"),
        text=body,
        fetched_at=fields.pop("fetched_at", NOW),
        stored_at=fields.pop("stored_at", STORED),
        access="unknown",
        word_count=len(body.split()),
        dedup=DedupInfo(content_hash=content_hash(body * 5), kind="none"),
        extraction=ExtractionInfo(method="text/lines", version="0", ms=1),
        **fields,
    )


def file(
    redis: Redis,
    article: Article,
    page_id: str = "page",
    *more_urls: str,
    weak: tuple[str, ...] = (),
    keys: Keys | None = None,
    whole: bool = False,
) -> Committed:
    """File an article under its address and more names, as a worker does."""
    names = Names.of([article.url_key, *more_urls], list(weak))
    return Cabinet(redis, keys or Keys(), whole=whole).file(article, names, page_id=page_id)


def make_page(page_id: str = "page", content: bytes = b"", **fields: Any) -> Page:
    """A page of a feed."""
    values: dict[str, Any] = {
        "id": page_id,
        "kind": "page",
        "source_id": "news",
        "url": "https://news.example/1",
        "identity": "https://news.example/1",
        "fetched_at": NOW,
        "content": content,
    }
    return Page(**{**values, **fields})
