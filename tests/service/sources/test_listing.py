"""List pages as sources."""

from __future__ import annotations

import pytest

from feedmill.errors import FetchError, SourceError
from service.sources import listing
from tests.service.feeds import listpages
from tests.service.sources.web import HTML, site, watcher

pytestmark = pytest.mark.xdist_group("site")


async def test_the_links_of_a_page(parsers):
    async with site({"/news/": (listpages.cards(), HTML)}) as at:
        look = watcher(listing.poll, f"{at.base}/news/", parsers, kind="page")
        polled = await look.look()
        assert len(polled.items) == len(listpages.TITLES)
        first = polled.items[0]
        slug = listpages.slug(listpages.TITLES[0])
        assert first.url == first.identity == f"{at.base}/news/{slug}-4100"
        assert first.hints.title == listpages.TITLES[0]
        assert first.hints.published_at is not None
        assert polled.answer is not None
        assert (polled.answer.format, polled.answer.window) == ("page", len(polled.items))
        again = await look.look()
        assert (again.items, again.answer.not_modified) == ((), True)


async def test_links_that_were_seen_are_known(parsers):
    async with site({"/": (listpages.cards(), HTML)}) as at:
        look = watcher(listing.poll, f"{at.base}/", parsers, kind="page")
        first = await look.look()
        at.pages["/"] = (listpages.cards().replace("Latest news", "Newest news"), HTML)
        second = await look.look()
        assert second.items == first.items


async def test_a_selector(parsers):
    page = '<a href="/1">One</a><div><a href="https://other.example/2">Two</a></div>'
    async with site({"/": (page, HTML)}) as at:
        look = watcher(listing.poll, f"{at.base}/", parsers, kind="page", select="div")
        assert [item.url for item in (await look.look()).items] == ["https://other.example/2"]
        look = watcher(listing.poll, f"{at.base}/", parsers, kind="page", select="div::text")
        with pytest.raises(SourceError) as caught:
            await look.look()
        assert caught.value.kind == "selector"


async def test_a_page_without_a_list_and_one_that_is_not_there(parsers):
    async with site({"/": ("<p>Nothing", HTML)}) as at:
        with pytest.raises(SourceError) as caught:
            await watcher(listing.poll, f"{at.base}/", parsers, kind="page").look()
        assert caught.value.kind == "no-links"
        with pytest.raises(FetchError):
            await watcher(listing.poll, f"{at.base}/x", parsers, kind="page").look()
