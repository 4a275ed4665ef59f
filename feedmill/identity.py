"""What tells articles apart, and one article from its later versions: the words for it that both programs use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedmill import urls

Change = Literal["same", "trivial", "changed"]
"""How an article differs from what is stored: not at all, in nothing that anybody would call an edit, or truly."""
Layer = Literal["url", "name", "text", "replay"]
"""By what an article was found: its address; a name that may be its own (`guid`, `rel=canonical`); its text; or it was
not looked for, but its own page extracted anew."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an article may be known by, as digests (`feedmill.urls.digest`).

    Attributes:
        strong: Of addresses that surely lead to it.
        weak: Of what probably means it, but may mean another: identifiers that feeds give, addresses that pages claim.
            They are digests of their own, so that no page can claim what is surely another's.
        clues: Where else an article may be found that is this one: what is surely another's and probably this
            one's, and the other way round.
    """

    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()
    clues: tuple[str, ...] = ()

    @classmethod
    def of(cls, strong: list[str], weak: list[str]) -> Names:
        """The digests of names in words."""
        surely = dict.fromkeys(map(urls.digest, strong))
        perhaps = [name for name in dict.fromkeys(weak) if name not in strong]
        clues = [*map(urls.digest, perhaps), *map(_weak, (*perhaps, *dict.fromkeys(strong)))]
        return cls(tuple(surely), tuple(map(_weak, perhaps)), tuple(clues))


def _weak(name: str) -> str:
    return urls.digest(f"perhaps\n{name}")
