"""The index of near-duplicates by itself. The rules are in `near.lua`; an article's commit has them too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from redis import Redis

from feedmill.store import scripts
from feedmill.store.keys import Keys

WINDOW = timedelta(days=28)
"""How long an article is remembered at least, unless the caller says otherwise; a quarter longer at most.

The articles of a quarter of it share the keys of one segment (`near.lua`), so a look-up reads five
segments, and each key expires once.
"""

Relation = Literal["copy", "excerpt", "extension", "variant"]
Rule = Literal["text", "update", "excerpt"]


class Packed(Protocol):
    """A sketch as `workers.dedup.sketch` makes it."""

    def pack(self) -> bytes:
        """The bytes that the scripts read."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two texts are near-duplicates. Shares are 0 to 1, estimated from samples.

    Attributes:
        rule: What decided. `text`: a large enough part is shared, and numbers and names agree as far as
            there are any. `update`: nearly all of the older text is shared, but the numbers differ.
            `excerpt`: a short text that begins like the older one and shares what can be expected.
        relation: What the new text is to the older one: a `copy` of all of it, an `excerpt`, an
            `extension`, or a `variant`, of which neither contains most of the other.
        new_in_old: Share of the new text that is in the older one.
        old_in_new: Share of the older text that is in the new one.
        shared: Shingle hashes in common.
        numbers: Numbers in common, and how many were compared.
        names: Names in common, and how many were compared.
        runs: Share of the common shingles whose next words agree as well, of all that were compared.
        old_lead: Share of the older text's lead that is in the new one.
        new_lead: Share of the new text's opening that is in the older one; None if too little of it
            is in the sample.
    """

    rule: Rule
    relation: Relation
    new_in_old: float
    old_in_new: float
    shared: int
    numbers: tuple[int, int]
    names: tuple[int, int]
    runs: float
    old_lead: float
    new_lead: float | None

    @classmethod
    def from_json(cls, text: str | bytes) -> Evidence:
        """Read what `near_find` returns."""
        fields: dict[str, Any] = json.loads(text)
        return cls(
            **{**fields, "numbers": tuple(fields["numbers"]), "names": tuple(fields["names"])}
        )


@dataclass(frozen=True, slots=True)
class Match:
    """An older article with nearly the same text.

    Attributes:
        article_id: Of the older article.
        containment: The larger of the shares of one text that is in the other.
        evidence: The details.
    """

    article_id: str
    containment: float
    evidence: Evidence


class NearIndex:
    """Looks sketches up and remembers them, one atomic script call each.

    Args:
        redis: A synchronous client.
        keys: Names of the keys; only the prefix counts.
        window: How long an article is remembered at least.
    """

    def __init__(
        self, redis: Redis, keys: Keys | None = None, *, window: timedelta = WINDOW
    ) -> None:
        self._redis = redis
        self._prefix = (keys or Keys()).prefix
        self._window = str(int(window.total_seconds()))
        self._script = redis.register_script(f"{library()}\n{_COMMAND}")

    def check_and_insert(self, article_id: str, sketch: Packed, now: float) -> Match | None:
        """Look for an older near-duplicate; if there is none, remember the article.

        An article that is remembered already is not inserted again and matches nothing.

        Args:
            article_id: 16 characters a-z2-7 (`feedmill.urls.digest`).
            sketch: Of its text.
            now: Unix seconds. Times of successive calls need not ascend strictly.
        """
        return self._call("add", article_id, sketch, now)

    def check_and_insert_all(
        self, articles: Sequence[tuple[str, Packed, float]]
    ) -> list[Match | None]:
        """The same for several articles, each a call of its own, with one way there and back.

        Args:
            articles: Article id, sketch and time of each.
        """
        with self._redis.pipeline(transaction=False) as pipe:
            for article_id, sketch, now in articles:
                self._script(args=self._args("add", article_id, sketch, now), client=pipe)
            answers = pipe.execute()
        ids = (article_id for article_id, _, _ in articles)
        return [_match(answer, article_id) for answer, article_id in zip(answers, ids, strict=True)]

    def find(self, article_id: str, sketch: Packed, now: float) -> Match | None:
        """Look for an older near-duplicate other than the article itself, and write nothing."""
        return self._call("find", article_id, sketch, now)

    def forget(self, article_id: str, sketch: Packed, now: float) -> None:
        """Let nothing match an article any more. `sketch` is that with which it was inserted."""
        self._call("forget", article_id, sketch, now)

    def _call(self, command: str, article_id: str, sketch: Packed, now: float) -> Match | None:
        return _match(self._script(args=self._args(command, article_id, sketch, now)), article_id)

    def _args(self, command: str, article_id: str, sketch: Packed, now: float) -> list[Any]:
        return [command, self._prefix, repr(float(now)), self._window, article_id, sketch.pack()]


def _match(answer: Any, article_id: str) -> Match | None:
    """What the script answered; that an article is the same as itself is no match."""
    if answer is None or (matched := answer[0].decode()) == article_id:
        return None
    return Match(matched, float(answer[1]), Evidence.from_json(answer[2]))


def library() -> str:
    """The text of `near.lua`, to be put in front of a script."""
    return scripts.load("near.lua")


_COMMAND = """
local command, prefix, now, window, id, packed = unpack(ARGV)
local index = near_open(prefix, tonumber(now), tonumber(window))
if command == 'forget' then
  near_forget(index, packed, id)
  return false
end
local found, contained, evidence = near_find(index, packed, id)
if found then return {found, string.format('%.3f', contained), evidence} end
if command == 'add' then near_insert(index, packed, id) end
return false
"""
