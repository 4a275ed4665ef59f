"""The feeds of the polling benchmark: when each publishes, and what it asks of those who poll it.

After research/feeds.md, section 5.3. Seven feeds of ten draw the times between their entries, at random and with
replacement, from those of one real feed of the corpus; the others are news-like: a thinned Poisson process with
a day, a night and a quiet weekend.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import random
import tarfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import fastfeedparser

DAY = 86_400.0
START = 1_767_571_200.0  # Monday, 5 January 2026, 00:00 GMT
WINDOW = 30

_REAL, _ON_PLATFORM, _PLATFORMS, _HOSTS = 0.7, 0.2, 3, 10_000
_TTL, _HINTED, _WITHOUT_VALIDATORS, _WITH_HUB = 0.094, 0.25, 0.25, 0.1
_TTLS = (5, 15, 30, 60, 60, 90)  # minutes
_SLOWEST, _FASTEST = 2.0, 150.0  # entries a day of a news-like feed
_SHIFTS = (0, 0, 0, 5, 8, 16)  # hours
_HOURLY = (
    *(0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.2, 1.5, 1.6, 1.6, 1.5),
    *(1.4, 1.4, 1.5, 1.5, 1.4, 1.3, 1.2, 1.0, 0.9, 0.7, 0.5, 0.4),
)
_WEEKEND, _SATURDAY = 0.5, 5
_MOST_ENTRIES = 20_000
_LEAST_BYTES, _LEAST_GAPS = 4000, 5
_YEARS = range(1998, 2030)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of the simulation.

    Attributes:
        times: When its entries are published, ascending, Unix seconds.
        host: Which host it is on.
        ttl: What it asks for, minutes.
        max_age: What its server asks for, seconds.
        has_validators: Whether its server can say "not modified".
        has_hub: Whether a hub brings its entries.
    """

    times: list[float] = field(repr=False)
    host: int = 0
    ttl: int | None = None
    max_age: float | None = None
    has_validators: bool = True
    has_hub: bool = False

    @property
    def hint(self) -> float:
        """The least time between two polls that it asks for, seconds."""
        return max((self.ttl or 0) * 60.0, self.max_age or 0.0)


def gaps_of_corpus(data: Path) -> list[list[float]]:
    """The times between the entries of each real feed that has at least six with dates, seconds.

    Raises:
        SystemExit: The data is not there.
    """
    folder = data / "feeds"
    if not (folder / "corpus.tar.xz").is_file():
        raise SystemExit(f"{folder} has no corpus.tar.xz: give the data's folder with --data")
    rows = map(json.loads, (folder / "MANIFEST.jsonl").read_text("utf-8").splitlines())
    # The unit tests of feedparser are no feeds of anybody.
    names = {row["file"] for row in rows if row["repo"] != "kurtmckee/feedparser"}
    found = []
    with tarfile.open(folder / "corpus.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file and Path(member.name).name in names and member.size >= _LEAST_BYTES:
                found.append(_gaps(file.read()))
    return [gaps for gaps in found if len(gaps) >= _LEAST_GAPS]


def feeds(gaps: list[list[float]], *, count: int, days: int, seed: int) -> list[Feed]:
    """Feeds that publish from `START` on for so many days."""
    chance = random.Random(seed)
    return [_feed(gaps, days, chance) for _ in range(count)]


def _feed(gaps: list[list[float]], days: int, chance: random.Random) -> Feed:
    is_real = chance.random() < _REAL
    times = _as_real(chance.choice(gaps), days, chance) if is_real else _news(days, chance)
    on_platform, asks = chance.random() < _ON_PLATFORM, chance.random()
    host = chance.randrange(_PLATFORMS) if on_platform else chance.randrange(_PLATFORMS, _HOSTS)
    is_cached = _TTL <= asks < _HINTED
    return Feed(
        times,
        host,
        ttl=chance.choice(_TTLS) if asks < _TTL else None,
        max_age=chance.uniform(5, 60) * 60 if is_cached else None,
        has_validators=chance.random() >= _WITHOUT_VALIDATORS,
        has_hub=chance.random() < _WITH_HUB,
    )


def _as_real(gaps: list[float], days: int, chance: random.Random) -> list[float]:
    at, times = START - chance.random() * chance.choice(gaps), []
    while len(times) < _MOST_ENTRIES:
        at += chance.choice(gaps)
        if at > START + days * DAY:
            break
        if at > START:
            times.append(at)
    return times


def _news(days: int, chance: random.Random) -> list[float]:
    rate = math.exp(chance.uniform(math.log(_SLOWEST), math.log(_FASTEST)))
    shift, most = chance.choice(_SHIFTS), max(_HOURLY)
    at, times = 0.0, []
    while True:
        at += chance.expovariate(rate * most / DAY)
        if at > days * DAY:
            return times
        level = _HOURLY[int(at / 3600 + shift) % 24]
        level *= _WEEKEND if int(at / DAY) % 7 >= _SATURDAY else 1
        if chance.random() < level / most:
            times.append(START + at)


def _gaps(body: bytes) -> list[float]:
    try:
        entries = fastfeedparser.parse(body).entries
    except Exception:  # noqa: BLE001 - broken on purpose, some of them, and each in its own way
        return []
    dates = sorted(
        date for entry in entries if (date := _date(entry.get("published") or entry.get("updated")))
    )
    return [gap for a, b in itertools.pairwise(dates) if (gap := b - a) > 1]


def _date(text: str | None) -> float | None:
    date = None
    with contextlib.suppress(ValueError, TypeError):
        date = datetime.fromisoformat(text or "")
    if date is None or date.year not in _YEARS:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
