"""What a site's other pages teach about a page, and what the page teaches about its site.

It is only a hint: if Redis refuses the call, the page is worked on without. A lost connection is the queue's business and surfaces as everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import dirname
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import ResponseError

from feedmill import log, urls
from feedmill.page import Page
from feedmill.store.keys import Keys
from feedmill.store.sites import SeenPage, SiteMemory
from workers.extract import site
from workers.extract.hints import SiteLines
from workers.extract.site import Lines

_MAX_NAME = 500  # characters; host names have 253 at most


@dataclass(frozen=True, slots=True)
class Recalled:
    """A page before extraction, beside what is remembered of its site.

    Attributes:
        site: Name of the site.
        lines: All lines of the page.
        editions: Other pages of the site that hold the same article.
        taught: On how many of the rest the page's lines stand.
    """

    site: str
    lines: Lines
    editions: tuple[SeenPage, ...]
    taught: SiteLines


class Memory:
    """Recalls before the extraction, remembers after the commit; one call to Redis each.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._sites = SiteMemory(redis, keys)

    def recall(self, page: Page, lines: Sequence[str]) -> Recalled | None:
        """What other pages of its site teach about a page; None where there is nothing to go by.

        Args:
            page: The page.
            lines: All its lines of text.
        """
        name = site_of(page)
        own = site.read(lines)
        if not name or not own.words:
            return None
        try:
            seen = self._sites.recall(name, page.identity)
        except ResponseError as error:
            _complain("recalled", name, error)
            return None
        lesson = site.learn(own.keys, seen)
        return Recalled(name, own, tuple(seen[at] for at in lesson.editions), lesson.taught)

    def remember(self, page: Page, recalled: Recalled, text: str) -> None:
        """Add a page to its site's memory.

        Args:
            page: The page.
            recalled: What `recall` gave.
            text: The text of the article in it.
        """
        keys, is_article = recalled.lines.keys, site.of_article(recalled.lines, text)
        if not is_article.any():
            return  # the text is the feed's: what in the page would be an article is not known
        try:
            self._sites.remember(
                recalled.site,
                page.identity,
                article=site.pack(keys[is_article]),
                others=site.pack(keys[~is_article]),
                instead_of=recalled.editions,
            )
        except ResponseError as error:  # Redis may be full, or read-only for a moment
            _complain("remembered", recalled.site, error)


def site_of(page: Page) -> str | None:
    """The name of what a page shares its frame with.

    That is the host (`www.` left out) and not the registrable domain: desks and tenants under names of
    their own have frames of their own, and none can teach anything about another's pages. For feed
    entries it is the feed's source, for files the folder. None for an address that cannot be taken apart.
    """
    try:
        name = _name_of(page)
    except ValueError:
        return None
    return name[:_MAX_NAME].encode("utf-8", "replace").decode() or None


def _name_of(page: Page) -> str:
    address = page.final_url or page.url
    if page.kind == "entry":
        return f"feed:{page.source_id}"
    if page.kind == "file":
        return f"file:{page.source_id}:{dirname(urlsplit(address).path)}"
    return urlsplit("//" + urls.key(address)).netloc if urls.host(address) else ""


def _complain(what: str, name: str, error: ResponseError) -> None:
    log.get("workers").warning("a site is not " + what, site=name, error=str(error))
