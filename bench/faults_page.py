"""Poisoned pages and good ones beside them, as files of a local source, which come in one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from bench.faults_poison import marker
from bench.plant import Plant, generated

SOURCE = "poisoned"
_GOOD = 8
_FIRST = 800_000  # number of the first page, far above those of a plant's web


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the files.

    Attributes:
        stored: How many of the good ones are.
        good: How many there were.
        aside: The entries of the quarantine that are about this source, as text.
    """

    stored: int
    good: int
    aside: tuple[dict[str, str], ...]


def add_source(plant: Plant) -> None:
    """Add the source to the configuration; it has nothing yet."""
    with plant.config.open("a", encoding="utf-8") as config:
        config.write(f"  - {{id: {SOURCE}, path: '{SOURCE}/*.html'}}\n")


def publish(plant: Plant, deeds: tuple[str, ...]) -> None:
    """Put the files there, a poisoned page in the middle of good ones."""
    folder = plant.folder / f"{SOURCE}-to-come"
    folder.mkdir()
    for number in range(_GOOD):
        page = generated.page(_FIRST + number, 0)
        (folder / f"page-{number:02}.html").write_bytes(page)
    for number, deed in enumerate(deeds):
        page = generated.page(_FIRST + _GOOD + number, 0)
        poisoned = page.replace(b"</article>", f"<p>{marker(deed)}</p></article>".encode())
        (folder / f"page-{_GOOD // 2:02}-{deed}.html").write_bytes(poisoned)
    folder.rename(plant.folder / SOURCE)  # all at once, and none half written


def fate(plant: Plant) -> Fate:
    """What has become of them by now."""
    keys = plant.keys
    with plant.valkey.client() as redis:
        announced = [_text(fields) for _, fields in cast("list[Any]", redis.xrange(keys.articles))]
        aside = [_text(fields) for _, fields in cast("list[Any]", redis.xrange(keys.quarantine))]
    stored = [entry for entry in announced if entry.get("source_id") == SOURCE]
    ours = [entry for entry in aside if SOURCE in entry.get("url", SOURCE)]
    return Fate(len(stored), _GOOD, tuple(ours))


def _text(fields: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode("utf-8", "replace") for name, value in fields.items()}
