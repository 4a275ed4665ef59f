"""Site memory: the lines of each site's last pages, as short keys.

A window of whole pages rather than counts: so a page is never counted twice, a page that comes again can
leave out itself and its other editions exactly, and what a site no longer shows is forgotten with the pages
that showed it. `docs/adr/0008` tells why. All of it may be lost: it only helps to tell an article from
its frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from redis import Redis

from feedmill.store import scripts
from feedmill.store.keys import Keys

MAX_PAGES = 24
MAX_BYTES = 64 * 1024  # of one site
MAX_LINES = 2_000  # of one page
SITE_SECONDS = 90 * 86400  # since the last page
_MARKER_BYTES = 8
_COUNT_BYTES = 2
_HEAD_BYTES = _MARKER_BYTES + _COUNT_BYTES
_KEY_BYTES = 6


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What is remembered of a page.

    Attributes:
        marker: Stands for the page's identity.
        article: Keys of the lines that were taken for its article, one behind the other.
        others: Keys of its other lines.
    """

    marker: bytes
    article: bytes
    others: bytes


class SiteMemory:
    """Remembers the lines of pages, a bounded window for each site.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._remember = redis.register_script(scripts.load("remember.lua"))

    def recall(self, site: str, page: str) -> list[SeenPage]:
        """The other pages of a site that are remembered, newest first.

        Args:
            site: Name of the site.
            page: Identity of the page that asks, the same each time it is fetched. What it was
                itself is left out.
        """
        stored = cast("list[bytes]", self._redis.lrange(self._keys.site(site), 0, -1))
        own = _marker(page)
        pages = (_unpack(one) for one in stored if not one.startswith(own))
        return [seen for seen in pages if seen]

    def remember(
        self,
        site: str,
        page: str,
        *,
        article: bytes,
        others: bytes,
        instead_of: Iterable[SeenPage] = (),
    ) -> None:
        """Add a page to its site's memory, in the place of what was remembered of it before.

        Args:
            site: Name of the site.
            page: Identity of the page, the same each time it is fetched.
            article: Keys of the lines of its article (`workers.extract.site.pack`).
            others: Keys of its other lines. Lines beyond `MAX_LINES` are not remembered.
            instead_of: Pages that hold the same article; they are forgotten.
        """
        self._remember(
            keys=[self._keys.site(site)],
            args=[
                _pack(_marker(page), article, others),
                *(str(MAX_PAGES), str(MAX_BYTES), str(SITE_SECONDS)),
                *(seen.marker for seen in instead_of),
            ],
        )


def _marker(page: str) -> bytes:
    raw = page.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=_MARKER_BYTES).digest()


def _pack(marker: bytes, article: bytes, others: bytes) -> bytes:
    """A marker, the number of the article's lines, then six bytes a line, the article's first."""
    lines = (article + others)[: MAX_LINES * _KEY_BYTES]
    count = min(len(article), len(lines)) // _KEY_BYTES
    return marker + count.to_bytes(_COUNT_BYTES) + lines


def _unpack(stored: bytes) -> SeenPage | None:
    """None for what no version of ours can have written."""
    if len(stored) < _HEAD_BYTES or (len(stored) - _HEAD_BYTES) % _KEY_BYTES:
        return None
    end = _HEAD_BYTES + int.from_bytes(stored[_MARKER_BYTES:_HEAD_BYTES]) * _KEY_BYTES
    return SeenPage(stored[:_MARKER_BYTES], stored[_HEAD_BYTES:end], stored[end:])
