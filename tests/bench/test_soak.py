"""What a soak says of memory."""

from __future__ import annotations

from random import Random

import pytest

from bench.soak_kills import KILLS
from bench.soak_memory import Sample, growth

MB = 1 << 20


def samples(*, service_step: int = 0, worker_step: int = 0, late_bytes: int = 8000) -> list[Sample]:
    """Forty samples; the server takes 8,000 bytes to an article, and `late_bytes` in the second half."""
    found, server = [], 10 * MB
    for number in range(40):
        server += 100 * (8000 if number < 20 else late_bytes)
        service, workers = 60 * MB + number * service_step, 130 * MB + number * worker_step
        found.append(Sample(number * 10.0, service, workers, server, 100 * (number + 1)))
    return found


def test_flat_memory_grows_by_nothing():
    told = growth(samples())
    assert (told.service, told.workers) == (0, 0)
    assert told.per_article == told.per_article_before == 8000
    assert told.service_mb == 60


def test_a_leak_of_a_process_shows_although_kills_begin_it_anew():
    leaking = [
        Sample(s.at, s.service if n % 7 else 10 * MB, s.workers, s.server, s.stored)
        for n, s in enumerate(samples(service_step=MB))
    ]
    assert growth(leaking).service > 0.1
    assert growth(samples(worker_step=4 * MB)).workers > 0.1


def test_more_bytes_to_an_article_show():
    told = growth(samples(late_bytes=10_000))
    assert told.per_article == pytest.approx(10_000, rel=0.01)
    assert told.per_article_before == pytest.approx(8_000, rel=0.01)


def test_the_same_seed_draws_the_same_kills():
    def drawn(seed: int) -> list[str]:
        chance = Random(seed)
        return [chance.choice(list(KILLS)) for _ in range(20)]

    assert drawn(3) == drawn(3) != drawn(4)
