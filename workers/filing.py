"""File one article: see what is known of it, judge what has changed, and commit; anew if somebody was faster."""

from __future__ import annotations

from redis import Redis

from feedmill.article import Article
from feedmill.errors import StoreError
from feedmill.identity import Change, Names
from feedmill.store.commit import Committed, Committer
from feedmill.store.keys import Keys
from feedmill.store.known import Known, Library, Looked
from workers.dedup import revision
from workers.dedup.fingerprint import is_comparable
from workers.dedup.sketch import sketch
from workers.stories.assign import Stories

_TRIES = 20  # each is lost to another worker that wrote the same article in between


class Cabinet:
    """Where articles are filed.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        whole: Whether to announce whole articles in the stream.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._library = Library(redis, keys)
        self._stories = Stories(redis, keys)
        self._committer = Committer(redis, keys, whole=whole)

    def file(self, article: Article, names: Names, *, page_id: str) -> Committed:
        """Store an article, or link it to the one it is.

        Args:
            article: As it was made of a page, with `rev` 1.
            names: All that it may be known by.
            page_id: The page; it stops being pending.

        Raises:
            StoreError: kind `commit-contended`, if others wrote the same article all the time.
            redis.RedisError: As `Committer.commit`.
        """
        comparable = is_comparable(article.text, article.title)
        drawn = sketch(article.text) if comparable else None
        for _ in range(_TRIES):
            looked = self._library.look(article, names, drawn)
            known = _same(article, looked)
            change: Change = revision.change(known.article, article) if known else "changed"
            committed = self._committer.commit(
                _as_revision(article, known.article) if known else self._in_story(article, looked),
                page_id=page_id,
                names=names,
                known=known,
                change=change,
                comparable=comparable,
                sketch=drawn,
                unlike=looked.unlike,
            )
            if committed:
                return committed
        raise StoreError(
            f"{_TRIES} times another worker wrote the article {article.url} in between",
            kind="commit-contended",
            retryable=True,
        )

    def _in_story(self, article: Article, looked: Looked) -> Article:
        """The article in the story that it belongs to, unless it is a copy and no article of its own."""
        if looked.original:
            return article
        # A near-duplicate may be too short to tell by itself what it is about.
        of_original = looked.near and self._stories.story_of(looked.near)
        return article.model_copy(update={"story_id": of_original or self._new_story(article)})

    def _new_story(self, article: Article) -> str:
        return self._stories.assign(
            article.id,
            article.title,
            article.text,
            article.lang.code if article.lang else None,
            article.published.at if article.published else None,
            now=article.stored_at,
        ).story_id


def _same(article: Article, looked: Looked) -> Known | None:
    """The article that this one is a version of. A name that may be its own has to be borne out by the text."""
    for known in looked.known:
        if known.layer == "url" or revision.is_same_article(known.article, article):
            return known
    return None


def _as_revision(article: Article, before: Article) -> Article:
    """The article as the next revision of an earlier one: it stays in its story, and was changed at the latest when this was seen."""
    changed_at = article.modified_at
    if changed_at is None or (before.modified_at and changed_at <= before.modified_at):
        changed_at = article.fetched_at
    return article.model_copy(update={"modified_at": changed_at, "story_id": before.story_id})
