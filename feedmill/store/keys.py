"""The names of all Redis keys. docs/redis.md describes what they hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names under one prefix, so that several feedmills can share a Redis.

    Args:
        prefix: Put before every name, as it is; empty by default.
    """

    prefix: str = ""

    @property
    def articles(self) -> str:
        """Stream: one thin entry for each change a consumer should know of."""
        return f"{self.prefix}articles"

    @property
    def quarantine(self) -> str:
        """Stream: what failed for good."""
        return f"{self.prefix}quarantine"

    @property
    def pending(self) -> str:
        """Sorted set: pages accepted and not yet finished, by the time of acceptance (Unix seconds)."""
        return f"{self.prefix}pages:pending"

    @property
    def attempts(self) -> str:
        """Hash: how often the work on a pending page was begun."""
        return f"{self.prefix}pages:attempts"

    @property
    def waiting_bytes(self) -> str:
        """String: bytes of the raw pages that are pending."""
        return f"{self.prefix}pages:bytes"

    @property
    def pace(self) -> str:
        """String: how long the work on a page takes, in seconds, a moving average of all workers."""
        return f"{self.prefix}pages:pace"

    @property
    def probe(self) -> str:
        """String with a short life: written to see whether Redis takes writes."""
        return f"{self.prefix}pages:probe"

    @property
    def later(self) -> str:
        """Sorted set: pages that could not be had, by when they are asked for again (Unix seconds)."""
        return f"{self.prefix}pages:later"

    @property
    def names(self) -> str:
        """Hash: digest of a URL key or another name -> article id, with `=` in front where the address holds a copy."""
        return f"{self.prefix}ix:url"

    @property
    def content_index(self) -> str:
        """Hash: content hash -> id of the article that had this text first."""
        return f"{self.prefix}ix:content"

    @property
    def heads(self) -> str:
        """Hash: article id -> revision, content hash and time of the fetch of what is stored."""
        return f"{self.prefix}ix:head"

    @property
    def near(self) -> str:
        """Hash: the segments of the index of near-duplicates. `near.lua` makes the names of their keys from it."""
        return f"{self.prefix}near"

    @property
    def stories(self) -> str:
        """Stream: what happens to stories."""
        return f"{self.prefix}stories"

    @property
    def removals(self) -> str:
        """Hash: day and reason -> how many articles were removed."""
        return f"{self.prefix}removals"

    @property
    def upkeep(self) -> str:
        """Hash: how far the sweeps of the service's upkeep have come."""
        return f"{self.prefix}upkeep"

    @property
    def stats(self) -> str:
        """Hash: how many pages ended with each verdict."""
        return f"{self.prefix}stats"

    @property
    def due(self) -> str:
        """Sorted set: source id -> when it is polled next (Unix seconds)."""
        return f"{self.prefix}due"

    @property
    def service(self) -> str:
        """String with a short life: the lease of the one service that works, with who holds it."""
        return f"{self.prefix}service"

    @property
    def pressure(self) -> str:
        """String with a short life: whether the service takes new pages, and if not, why."""
        return f"{self.prefix}pressure"

    @property
    def raw_state(self) -> str:
        """Hash: how the keeping of raw pages in files goes."""
        return f"{self.prefix}pages:raw"

    @property
    def config(self) -> str:
        """Hash: which version of the configuration is in force, and what is wrong with the newest."""
        return f"{self.prefix}config"

    @property
    def holds(self) -> str:
        """Sorted set: hosts of one lane, or one tenant of a platform -> until when they asked to be left alone."""
        return f"{self.prefix}holds"

    @property
    def callbacks(self) -> str:
        """Hash: token of a WebSub callback -> source id."""
        return f"{self.prefix}callbacks"

    @property
    def listened(self) -> str:
        """String: when hubs could last reach the service (Unix seconds)."""
        return f"{self.prefix}listened"

    @property
    def queue(self) -> str:
        """Name of the one RQ queue."""
        return f"{self.prefix}pages"

    def lost(self, stream: str) -> str:
        """Hash: consumer group of a stream -> how many entries it lost unread, and when it lost the last (Unix seconds)."""
        return f"{stream}:lost"

    def article(self, article_id: str) -> str:
        """String: the article as JSON."""
        return f"{self.prefix}art:{article_id}"

    def revisions(self, article_id: str) -> str:
        """Hash: revision -> that earlier revision's JSON, compressed with zstd."""
        return f"{self.prefix}revisions:{article_id}"

    def trail(self, article_id: str) -> str:
        """List: what later pages were to the article, as JSON, newest first."""
        return f"{self.prefix}trail:{article_id}"

    def copies(self, article_id: str) -> str:
        """Hash: addresses that hold an exact copy of the article -> source id."""
        return f"{self.prefix}copies:{article_id}"

    def story(self, story_id: str) -> str:
        """String: a packed story, or `=` and the id of the one that it is part of."""
        return f"{self.prefix}story:{story_id}"

    def story_of(self, article_id: str) -> str:
        """String: the id of the article's story."""
        return f"{self.prefix}story:of:{article_id}"

    def story_posts(self, day: int) -> str:
        """Hash: term -> ids of the stories it was rare and heavy in on a day (since 1970)."""
        return f"{self.prefix}story:post:{day}"

    def story_journal(self, generation: int) -> str:
        """List: of each article that is not in the table yet the numbers of its terms' counters."""
        return f"{self.prefix}story:counted:{generation}"

    def story_counters(self, generation: int) -> str:
        """String: counters of 32 bits, in how many documents of a language a term was, of a week (since 1970)."""
        return f"{self.prefix}story:df:{generation}"

    def raw(self, page_id: str) -> str:
        """String: a page, compressed with zstd, from acceptance to commit."""
        return f"{self.prefix}raw:{page_id}"

    def replayed(self, run: str) -> str:
        """Hash with a short life: page id -> what came of it in a replay."""
        return f"{self.prefix}replay:{run}"

    def deferred(self, page_id: str) -> str:
        """Hash: a page that could not be had, without its bytes, and how often it was tried."""
        return f"{self.prefix}later:{page_id}"

    def visited(self, url_digest: str) -> str:
        """String with a short life: validators of a page, by the digest of its address."""
        return f"{self.prefix}visited:{url_digest}"

    def source(self, source_id: str) -> str:
        """Hash: validators, schedule and health of a source."""
        return f"{self.prefix}source:{source_id}"

    def subscription(self, source_id: str) -> str:
        """Hash: callback token -> a WebSub subscription of a source as JSON, with its secret."""
        return f"{self.prefix}subscription:{source_id}"

    def robots(self, origin_digest: str) -> str:
        """String with a short life: the robots.txt of a scheme, host and port."""
        return f"{self.prefix}robots:{origin_digest}"

    def seen(self, source_id: str) -> str:
        """Hash: digest of an item's key -> fingerprint of the version that was accepted last, `@` and the day it was listed."""
        return f"{self.prefix}seen:{source_id}"

    def site(self, site: str) -> str:
        """List: what is remembered of the last pages of a site, newest first."""
        return f"{self.prefix}site:{site}"
