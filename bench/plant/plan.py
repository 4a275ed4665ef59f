"""What a plant's web holds: which page lies at which host, what it is, and its bytes. The same in every process."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from bench import corpus
from bench.plant import generated
from bench.plant.variants import Variants

Kind = Literal["article", "copy", "empty"]
REAL_SETS = ("wcxb_dev", "scrapinghub", "fundus", "newspaper4k")

_OTHER_EDITION = (
    500_009  # between the numbers of a page's variants and those of their second editions
)
_CLAIM = re.compile(
    rb"""(?i)<link[^>]*\brel\s*=\s*["']?canonical[^>]*>|<meta[^>]*\bproperty\s*=\s*["']?og:url[^>]*>"""
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the web.

    Attributes:
        number: Its place in the order in which they are released.
        host: Who has it.
        path: Where it lies there.
        kind: `copy` has the very bytes of another one at another host, `empty` holds no article.
        body: Number of the bytes.
        is_edited: Whether it has a second edition.
    """

    number: int
    host: str
    path: str
    kind: Kind
    body: int
    is_edited: bool


@dataclass(frozen=True)
class Plan:
    """Pages and their hosts.

    Attributes:
        pages: How many.
        hosts: How many; each has one feed.
        copies: Share of pages that are copies of earlier ones.
        edits: Share of pages that have a second edition.
        empty: Share of pages without an article.
        data: Where the real pages are; None for generated ones.
        seed: Another one, other choices.
    """

    pages: int
    hosts: int = 8
    copies: float = 0.0
    edits: float = 0.0
    empty: float = 0.0
    data: Path | None = None
    seed: int = 0

    @cached_property
    def host_names(self) -> tuple[str, ...]:
        """Addresses on loopback."""
        return tuple(f"127.0.0.{2 + number}" for number in range(self.hosts))

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All pages, in the order in which they are released."""
        chance = random.Random(self.seed)
        made: list[Leaf] = []
        for number in range(self.pages):
            draw, host = chance.random(), self.host_names[number % self.hosts]
            kind: Kind = "article"
            body, is_edited = number, False
            if draw < self.empty:
                kind = "empty"
            elif draw < self.empty + self.copies:
                original = self._original(made, host, chance)
                kind, body = ("copy", original.body) if original else ("article", number)
            elif draw < self.empty + self.copies + self.edits:
                is_edited = True
            made.append(Leaf(number, host, f"/a/{number}.html", kind, body, is_edited))
        return tuple(made)

    @cached_property
    def by_host(self) -> dict[str, tuple[Leaf, ...]]:
        """The pages of each host, in their order."""
        found: defaultdict[str, list[Leaf]] = defaultdict(list)
        for leaf in self.leaves:
            found[leaf.host].append(leaf)
        return {host: tuple(leaves) for host, leaves in found.items()}

    @cached_property
    def by_place(self) -> dict[tuple[str, str], Leaf]:
        """The pages by host and path."""
        return {(leaf.host, leaf.path): leaf for leaf in self.leaves}

    def content(self, leaf: Leaf, edition: int = 1) -> bytes:
        """The bytes of a page."""
        if leaf.kind == "empty":
            return generated.empty(leaf.number)
        number = leaf.body + (_OTHER_EDITION if edition > 1 else 0)
        if self.data is None:
            return generated.page(number, self.seed)
        return self._varied(leaf.body, edition)

    def _varied(self, number: int, edition: int) -> bytes:
        """Every real page once, then the variants of those that can be varied; in turn, so that a host has many."""
        variants, count = self._variants, self._real
        if number < count and edition == 1:
            return variants.make(number, 0)
        able = variants.able
        if number < count:
            return variants.make(number, _OTHER_EDITION if number in able else 0)
        turn, place = divmod(number - count, len(able))
        return variants.make(able[place], 1 + turn + (_OTHER_EDITION if edition > 1 else 0))

    @cached_property
    def _real(self) -> int:
        return len(self._pages)

    @cached_property
    def _pages(self) -> list[tuple[bytes, str]]:
        assert self.data is not None
        found = corpus.pages(self.data, REAL_SETS)
        random.Random(self.seed).shuffle(found)
        return [(_CLAIM.sub(b"", page.html), page.truth) for page in found[: self.pages]]

    @cached_property
    def _variants(self) -> Variants:
        return Variants(self._pages)

    @staticmethod
    def _original(made: list[Leaf], host: str, chance: random.Random) -> Leaf | None:
        """An article of another host that stays as it is."""
        able = [leaf for leaf in made[-200:] if leaf.kind == "article" and not leaf.is_edited]
        able = [leaf for leaf in able if leaf.host != host]
        return chance.choice(able) if able else None
