"""The work on one page: take it, make an article of it, commit that, or set the page aside with the reason."""

from __future__ import annotations

from typing import Literal

from redis import Redis
from redis.exceptions import ResponseError

from feedmill import log
from feedmill.errors import FeedmillError, StoreError
from feedmill.page import Page
from feedmill.store import replays
from feedmill.store.commit import Verdict as Commit
from feedmill.store.keys import Keys
from feedmill.store.trouble import passes
from feedmill.store.workshop import Workshop
from workers.filing import Cabinet
from workers.making import make
from workers.memory import Memory
from workers.normalise import names_of
from workers.replayed import Replayer

Verdict = Commit | Literal["quarantined", "done-before", "suspect", "contended"]


class Desk:
    """Where pages are worked on, one after the other, in this process.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        whole: Whether to announce whole articles in the stream.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._workshop = Workshop(redis, keys)
        self._cabinet = Cabinet(redis, keys, whole=whole)
        self._memory = Memory(redis, keys)
        self._replayer = Replayer(redis, keys, whole=whole)

    def work_on(self, page_id: str, *, alone: bool = True) -> Verdict:
        """Bring one page to its end. Doing it twice changes nothing.

        Args:
            page_id: The page.
            alone: False among other pages: one with which a process has ended before is not touched
                then, for it might end this one as well.

        Returns:
            What became of it: the verdict of the commit, `quarantined`, `done-before` for a page that
            is finished already, `suspect` for one that has to be worked on alone, `contended` for one
            whose article other workers wrote all the time: later it will do.

        Raises:
            redis.RedisError: Redis is gone, full or read-only for now: the page is not to blame.
            MemoryError: The page takes more memory than this process may have.
        """
        page: Page | None = None
        try:
            taken = self._workshop.begin(page_id, alone=alone)
            if taken.page is None:
                return "suspect" if taken.is_suspect else "done-before"
            page = taken.page
            return self._finish(page)
        except FeedmillError as error:
            if error.retryable:
                self._workshop.forgive(page_id)
                return "contended"
            self._set_aside(page_id, page, error)
        except ResponseError as error:
            if passes(error):
                raise
            refused = StoreError(f"Redis refuses the article: {error}"[:500], kind="refused")
            self._set_aside(page_id, page, refused)
        return "quarantined"

    def _finish(self, page: Page) -> Verdict:
        if replays.is_replay(page.id):
            return (
                "update" if self._replayer.finish(page, self._memory) == "improved" else "unchanged"
            )
        article, recalled = make(page, self._memory)
        committed = self._cabinet.file(article, names_of(page, article), page_id=page.id)
        if recalled:
            self._memory.remember(page, recalled, article.text)
        log.get("workers").debug(
            "committed",
            page_id=page.id,
            verdict=committed.verdict,
            article_id=committed.article_id,
        )
        return committed.verdict

    def _set_aside(self, page_id: str, page: Page | None, error: FeedmillError) -> None:
        self._workshop.set_aside(page_id, page, error)
        log.get("workers").warning(
            "page set aside", page_id=page_id, kind=error.kind, error=error.message
        )
