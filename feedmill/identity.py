"""What tells articles apart, and one article from its later versions: the words for it that both programs use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedmill import urls

Change = Literal["same", "trivial", "changed"]
"""How an article differs from what is stored: not at all, in nothing that anybody would call an edit, or truly."""
Layer = Literal["url", "name", "text"]
"""By what an article was found: its address; a name that may be its own (`guid`, `rel=canonical`); its text."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an article may be known by, as digests (`feedmill.urls.digest`).

    Attributes:
        strong: Of addresses that surely lead to it.
        weak: Of what probably means it, but may mean another: identifiers that feeds give, addresses that pages claim.
    """

    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()

    @classmethod
    def of(cls, strong: list[str], weak: list[str]) -> Names:
        """The digests of names in words."""
        surely = tuple(dict.fromkeys(map(urls.digest, strong)))
        maybe = dict.fromkeys(map(urls.digest, weak))
        return cls(surely, tuple(name for name in maybe if name not in surely))
