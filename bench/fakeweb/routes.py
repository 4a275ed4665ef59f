"""Addresses of the fake web: what lies where, and which addresses lead on to others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.fakeweb.exchange import Asked, Role
from bench.fakeweb.plan import DAY, EPOCH, Feed

PARKING = "parking.example"
INSIDE = "inside.example"  # a public name of an address that is not
SECRET_ADDRESS = "127.0.0.66"
_FEED_PATH = re.compile(r"/(feeds|blog|rss|today|mirror-\d|for-sale)/(f\d+)\.xml")
_LOOP_PATH = re.compile(r"/loop/(f\d+)/(\d+)")
_PAGE_PATH = re.compile(r"/(a|private)/(f\d+)/(\d+)\.html")
_PARKED_FOR = 0.25  # of the days


@dataclass(frozen=True, slots=True)
class Place:
    """What lies at an address: `rest` is the folder of a feed, or the number of a page."""

    feed: Feed
    role: Role
    rest: str

    @property
    def variant(self) -> str:
        """Names the copy of the feed: mirrors have ETags of their own."""
        return f"{self.rest}-" if self.rest.startswith("mirror") else ""


def find(asked: Asked, feeds: dict[str, Feed]) -> Place | None:
    """What lies at the address; None for nothing."""
    if page := _PAGE_PATH.fullmatch(asked.target):
        feed = feeds.get(page[2])
        here = feed is not None and feed.pages and feed.host.name == asked.host
        return Place(feed, "page", page[3]) if feed and here else None
    if loop := _LOOP_PATH.fullmatch(asked.target):
        feed = feeds.get(loop[1])
        return Place(feed, "hop", f"loop {loop[2]}") if feed else None
    if match := _FEED_PATH.fullmatch(asked.target):
        feed = feeds.get(match[2])
        if feed and asked.host == _host_of(feed, match[1]):
            return Place(feed, "feed", match[1])
    return None


def redirect(place: Place, days: float, now: float, port: int) -> tuple[int, str] | None:
    """The status and the address that a place leads on to; None if it is the end."""
    feed, folder = place.feed, place.rest
    if folder == "blog":
        return 301, _address(feed, "rss", port)
    if folder.startswith("loop"):
        return 302, f"http://{feed.host.name}:{port}/loop/{feed.id}/{int(folder[5:]) + 1}"
    if folder != "feeds" or feed.route == "plain":
        return None
    match feed.route:
        case "moved":
            return 301, _address(feed, "blog", port)
        case "found":
            return 302, _address(feed, "today", port)
        case "mirrors":
            return 302, _address(feed, f"mirror-{int(now // DAY) % 3}", port)
        case "parked" if now < EPOCH + _PARKED_FOR * days * DAY:
            return 301, _address(feed, "for-sale", port)
        case "loop":
            return 302, f"http://{feed.host.name}:{port}/loop/{feed.id}/1"
        case "inside":
            return 302, inside_addresses(port)[feed.style % len(inside_addresses(port))]
    return None


def inside_addresses(port: int) -> tuple[str, ...]:
    """Addresses that a fetcher must refuse, in the spellings that guards forget."""
    return (
        f"http://{SECRET_ADDRESS}:{port}/",
        f"http://{INSIDE}:{port}/",
        f"http://2130706498:{port}/",  # 127.0.0.66 as one number
        f"http://0x7f000042:{port}/",
        f"http://127.66:{port}/",
        f"http://[::ffff:127.0.0.66]:{port}/",
        f"http://127.0.0.1:{port + 1}/",
        f"http://someone:word@127.0.0.1:{port + 1}/",
        "file:///etc/hostname",
        "gopher://127.0.0.1/",
    )


def _address(feed: Feed, folder: str, port: int) -> str:
    return f"http://{_host_of(feed, folder)}:{port}/{folder}/{feed.id}.xml"


def _host_of(feed: Feed, folder: str) -> str:
    """Moved feeds go to another host of the same domain, to another domain, or stay where they are."""
    if folder == "for-sale":
        return PARKING
    if folder != "rss":
        return feed.host.name
    return (feed.host.name, f"feeds.{feed.host.lane}", f"{feed.id}-moved.example")[feed.style % 3]
