"""When a page that could not be had is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedmill.errors import FetchError
from feedmill.page import Page
from feedmill.store.deferred import Deferred
from service import later

NOW = 1_800_000_000.0
PAGE = Page(
    id="p",
    kind="page",
    source_id="news",
    url="http://news.example/1",
    identity="http://news.example/1",
    fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    content=b"",
)


def error(kind: str = "http-status", *, retryable: bool = True, after: float | None = None):
    return FetchError("no", kind=kind, retryable=retryable, retry_after=after)


def deferred(tries: int) -> Deferred:
    return Deferred(PAGE, tries, has_standin=False)


def test_the_waits_grow():
    waits = [later.due(deferred(n), error(), now=NOW, chance=0) - NOW for n in range(1, 6)]
    assert waits == [60, 600, 3600, 21_600, 86_400]


def test_a_page_is_given_up_after_five_tries_and_at_once_where_there_is_no_hope():
    assert not later.is_hopeless(deferred(5), error())
    assert later.is_hopeless(deferred(6), error())
    assert later.is_hopeless(deferred(1), error(retryable=False))


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_never_earlier_than_the_server_asked_for(chance):
    due = later.due(deferred(1), error(after=5000), now=NOW, chance=chance)
    assert NOW + 5000 <= due <= NOW + 6000


def test_pages_do_not_come_back_all_at_once():
    assert len({later.due(deferred(1), error(), now=NOW, chance=n / 10) for n in range(10)}) == 10


@pytest.mark.parametrize(("kind", "tries"), [("host-waits", 2), ("robots-waits", 2), ("dns", 3)])
def test_a_host_that_asks_to_wait_uses_up_no_try(kind, tries):
    assert later.counted(2, error(kind)) == tries
