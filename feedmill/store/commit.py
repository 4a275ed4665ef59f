"""The commit: the one place where an article gets into the store. The rules are in `commit.lua`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, cast

from redis import Redis

from feedmill.article import SCHEMA, Article, DedupInfo
from feedmill.errors import StoreError
from feedmill.identity import Change, Names
from feedmill.store import near, scripts
from feedmill.store.keys import Keys
from feedmill.store.known import Known
from feedmill.store.revisions import packed

Verdict = Literal["new", "update", "duplicate", "unchanged"]


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of an article.

    Attributes:
        verdict: `new` or `update`: written and announced. `duplicate`: an exact copy of another
            article, linked to it and announced as that. `unchanged`: known already.
        article_id: The article that is stored: another one's for a duplicate.
        rev: Its revision; 0 for a duplicate.
        entry_id: Id of the stream entry, if one was written.
    """

    verdict: Verdict
    article_id: str
    rev: int
    entry_id: str | None


class Committer:
    """Commits articles, one atomic script call each.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
        whole: Whether stream entries carry the whole article in a field `json`.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._keys = keys
        self._whole = whole
        self._script = redis.register_script(near.library() + scripts.load("commit.lua"))

    def commit(
        self,
        article: Article,
        *,
        page_id: str,
        names: Names,
        known: Known | None = None,
        change: Change = "changed",
        comparable: bool = True,
        sketch: near.Packed | None = None,
        unlike: str = "",
    ) -> Committed | None:
        """Store an article, or find out that it is known.

        Args:
            article: With `rev` 1 and `status` usable; the script sets both as they turn out.
            page_id: The page it was made from; it stops being pending.
            names: All that it may be known by.
            known: What it is a revision of, as it was found (`feedmill.store.known`).
            change: How it differs from that.
            comparable: Whether another article with the same content hash is a copy; false for
                texts too short to tell articles apart.
            sketch: Of its text; None to look for no near-duplicates.
            unlike: What the index of near-duplicates was when there was none in it (`feedmill.store.known`).

        Returns:
            None if what is stored is not (or no longer) what `known` says: look again, and compare again.

        Raises:
            redis.RedisError: Nothing has been stored, or (after a broken connection) it is not
                known; committing again is right in both cases.
        """
        keys = self._keys
        call = {
            "prefix": keys.prefix,
            "page": page_id,
            "whole": self._whole,
            "comparable": comparable,
            "window": near.WINDOW.total_seconds(),
            "strong": names.strong,
            "weak": names.weak,
            "change": change,
            "unlike": unlike,
            **_told_of(article),
            **_told_of_known(known),
        }
        head, rest = _document(article)
        result = self._script(
            keys=[
                *(keys.names, keys.content_index, keys.heads, keys.articles),
                *(keys.stats, keys.pending, keys.attempts, keys.raw(page_id)),
                keys.waiting_bytes,
            ],
            args=[
                *(json.dumps(call), head, rest),
                packed(known.json) if known and change == "changed" else b"",
                sketch.pack() if sketch else b"",
                *_announcement(article),
            ],
        )
        return _committed(cast("list[Any]", result))


def _told_of(article: Article) -> dict[str, str | float]:
    """What the script has to know of the article to judge."""
    return {
        "id": article.id,
        "content": article.dedup.content_hash,
        "fetched": str(int(article.fetched_at.timestamp() * 1000)),
        "at": _written(article.stored_at.isoformat()),
        "now": article.stored_at.timestamp(),
        "source": article.source.id,
        "url": article.url,
    }


def _told_of_known(known: Known | None) -> dict[str, str | int]:
    """What the article was compared with."""
    if known is None:
        return {"known": "", "rev": 0, "layer": "", "dedup": ""}
    stored = known.article
    return {
        "known": stored.id,
        "rev": stored.rev,
        "layer": known.layer,
        "dedup": _members(stored.dedup),
    }


def _document(article: Article) -> tuple[str, str]:
    """The article's JSON between what the script writes itself: revision, status, and the verdict of deduplication."""
    text = article.to_json()
    head = f'{{"schema":"{SCHEMA}","id":"{article.id}","rev":1,"status":"usable",'
    # Within a text the quotes would be escaped: this stands in one place only.
    before = f'"dedup":{{"content_hash":"{article.dedup.content_hash}",'
    verdict = '"kind":"none"}'
    first, _, rest = text.partition(before)
    if not first.startswith(head) or not rest.startswith(verdict):
        raise StoreError(
            "an article is committed with rev 1, status usable and no verdict of deduplication; "
            "the commit sets them",
            kind="commit-form",
        )
    return first[len(head) :] + before, rest[len(verdict) - 1 :]


def _members(dedup: DedupInfo) -> str:
    """What is said of the article beside its content hash, as members of a JSON object."""
    said = dedup.model_dump(mode="json", exclude_defaults=True, exclude={"content_hash"})
    return json.dumps(said, separators=(",", ":"))[1:-1]


def _announcement(article: Article) -> list[str]:
    fields = {
        "source_id": article.source.id,
        "lang": article.lang.code if article.lang else None,
        "published_at": _written(article.published.at.isoformat()) if article.published else None,
        "title": article.title,
        "url": article.url,
        "story_id": article.story_id,
    }
    return [part for name, value in fields.items() if value for part in (name, value)]


def _written(moment: str) -> str:
    return moment.replace("+00:00", "Z")


def _committed(result: list[Any]) -> Committed | None:
    verdict, article_id, rev, entry_id = result
    if verdict == b"again":
        return None
    return Committed(
        verdict=cast("Verdict", verdict.decode()),
        article_id=article_id.decode(),
        rev=int(rev),
        entry_id=entry_id.decode() or None,
    )
