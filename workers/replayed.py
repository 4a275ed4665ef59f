"""Files what was made of a replayed page: a revision of its article where the text has improved, and else nothing."""

from __future__ import annotations

from redis import Redis

from feedmill import log
from feedmill.article import Article
from feedmill.errors import FeedmillError, StoreError
from feedmill.identity import Names
from feedmill.page import Page
from feedmill.store import replays
from feedmill.store.articles import ArticleLog
from feedmill.store.commit import Committer
from feedmill.store.keys import Keys
from feedmill.store.known import Known
from feedmill.store.replays import Outcome, Replays
from workers.dedup.fingerprint import is_comparable
from workers.dedup.improvement import Found, judge
from workers.dedup.sketch import sketch
from workers.making import make
from workers.memory import Memory

_TRIES = 20  # each is lost to another worker that wrote the same article in between
_NO_NAMES = Names(())  # a replay finds out nothing new about what the article is called


class Replayer:
    """Finishes pages of replays.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        whole: Whether to announce whole articles in the stream.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._articles = ArticleLog(redis, keys)
        self._committer = Committer(redis, keys, whole=whole)
        self._replays = Replays(redis, keys)

    def finish(self, page: Page, memory: Memory) -> Outcome:
        """Bring a page to its end. It is never set aside, and its article never gets worse by it.

        Args:
            page: The page.
            memory: Of sites, to which nothing is added.

        Raises:
            StoreError: kind `commit-contended`; later it will do.
            redis.RedisError: Redis is gone, full or read-only for now.
            MemoryError: The page takes more memory than this process may have.
        """
        try:
            article, _ = make(page, memory)
            outcome = self._file(page, article)
        except FeedmillError as error:
            if error.retryable:
                raise
            outcome = "failed"
            log.get("workers").info(
                "replayed page failed", page_id=page.id, kind=error.kind, error=error.message
            )
        self._replays.end(page.id, outcome)
        return outcome

    def _file(self, page: Page, article: Article) -> Outcome:
        article_id = replays.article_of(page.id)
        for _ in range(_TRIES):
            json = self._articles.get_json(article_id)
            if json is None:
                return "unchanged"
            before = Article.from_json(json)
            if before.raw_ref != page.raw_ref:
                return "unchanged"  # a newer page of it has come meanwhile
            judgement = judge(_found(before), _found(article))
            if judgement != "improved":
                return judgement
            if self._revise(Known(before, json.encode(), "replay"), article, page.id):
                return "improved"
        raise StoreError(
            f"{_TRIES} times another worker wrote the article {article.url} in between",
            kind="commit-contended",
            retryable=True,
        )

    def _revise(self, known: Known, article: Article, page_id: str) -> bool:
        comparable = is_comparable(article.text, article.title)
        committed = self._committer.commit(
            _as_revision(article, known.article),
            page_id=page_id,
            names=_NO_NAMES,
            known=known,
            change="changed",
            comparable=comparable,
            sketch=sketch(article.text) if comparable else None,
        )
        return committed is not None


def _found(article: Article) -> Found:
    return Found(article.text, article.extraction.quality, article.extraction.version)


def _as_revision(article: Article, before: Article) -> Article:
    """The article under the names and in the story that it has. Its publisher has not changed it."""
    kept = ("id", "url", "url_key", "guid", "story_id")
    return article.model_copy(
        update={
            **{name: getattr(before, name) for name in kept},
            "modified_at": article.modified_at or before.modified_at,
        }
    )
