"""Fixtures of the service's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.feeds.pool import FeedParsers


@pytest.fixture(scope="module")
def parsers() -> Iterator[FeedParsers]:
    """Parser processes, shared by the tests of a module: to start one takes most of a second."""
    with FeedParsers() as pool:
        yield pool
