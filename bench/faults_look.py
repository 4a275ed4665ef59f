"""How far a plant is, and what its consumer was told: what trials and soaks ask of it all the time."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable

from redis.exceptions import RedisError

from bench.plant import Plant

STEP = 0.05  # seconds


def finished(plant: Plant) -> int:
    """How many pages have come to an end.

    Raises:
        redis.RedisError, OSError: The server does not answer.
    """
    return sum(plant.stats().values())


def empty_pages(plant: Plant) -> int:
    """How many pages of its web have no article: these are set aside, and rightly."""
    return sum(leaf.kind == "empty" for leaf in plant.options.plan.leaves)


def told_twice(plant: Plant) -> list[str]:
    """Articles that the consumer was told as new more than once, whatever the server holds now."""
    entries = [entry.fields for entry in plant.consumer.entries()]
    new = Counter(fields["id"] for fields in entries if fields["op"] == "new")
    return [article_id for article_id, times in new.items() if times > 1]


def seconds_out(plant: Plant) -> set[str]:
    """Addresses of which the second edition came out last, told by its title."""
    titles = {entry.fields["url"]: entry.fields.get("title") for entry in plant.consumer.entries()}
    edited = [leaf for leaf in plant.options.plan.leaves if leaf.is_edited]
    return {
        url
        for leaf in edited
        if (url := plant.web.url(leaf)) in titles
        and f"<title>{titles[url]}</title>".encode() in plant.options.plan.content(leaf, 2)
    }


def until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; a server that does not answer counts as no. False if it takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(RedisError, OSError):
            if is_so():
                return True
        time.sleep(STEP)
    return False
