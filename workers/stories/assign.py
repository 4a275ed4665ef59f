"""Giving articles their stories, in the state that all workers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis

from feedmill.store.keys import Keys
from feedmill.store.stories import Assignment, Found, Stored, StoryStore
from feedmill.store.term_counts import TermCounts
from workers.stories.decide import (
    DEFAULT,
    LOOKED_FOR,
    MAX_CANDIDATES,
    MIN_TERMS,
    Decision,
    Thresholds,
    decide,
    postings,
)
from workers.stories.idf import slots
from workers.stories.learning import Learning, Slots
from workers.stories.story import Member, Story, pack_story, unpack_story
from workers.stories.terms import terms
from workers.stories.vector import Vector, weigh

_ATTEMPTS = 10
_AHEAD = timedelta(days=1)  # a time further in the future is wrong


@dataclass(frozen=True, slots=True)
class Assigned:
    """The story of an article.

    Attributes:
        story_id: Its id.
        score: How alike the story was, 0 to 1; 0 for the first article, and for one that had its
            story already.
        of_article: The article of the story that it is most alike to; None with score 0.
        merged: Stories that became part of another one by this.
    """

    story_id: str
    score: float
    of_article: str | None
    merged: tuple[str, ...]


class Stories:
    """Gives articles their stories.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
        limits: Where decisions fall.
    """

    def __init__(self, redis: Redis, keys: Keys, limits: Thresholds = DEFAULT) -> None:
        self._store = StoryStore(redis, keys)
        self._learning = Learning(TermCounts(redis, keys))
        self._limits = limits

    def assign(
        self,
        article_id: str,
        title: str | None,
        text: str,
        lang_code: str | None,
        published_at: datetime | None,
        *,
        now: datetime,
    ) -> Assigned:
        """The story of an article. The same article gets the same one again, as long as it lives.

        Args:
            article_id: The article. Near-duplicates and revisions have the story of their original
                and should not be asked for.
            title: Its title.
            text: Its text.
            lang_code: Its language.
            published_at: When it was published.
            now: The time.
        """
        lang = lang_code.partition("-")[0].lower() if lang_code else None
        counted = terms(text, title, lang)
        numbers = slots(counted, lang)
        vector = weigh(counted, self._learning.frequencies(numbers, now.timestamp()))
        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            assigned = self._try(article_id, vector, numbers, published_at, now, alone=last)
            if assigned:
                return assigned
        raise AssertionError("a story of one's own is refused to nobody")

    def story_of(self, article_id: str) -> str | None:
        """The story of an article by now; None if it never had one, or its story has ended."""
        return self._store.story_of(article_id)

    def _try(
        self,
        article_id: str,
        vector: Vector,
        numbers: Slots,
        published_at: datetime | None,
        now: datetime,
        *,
        alone: bool,
    ) -> Assigned | None:
        """One attempt; None if another worker has changed what was read.

        With `alone` the article begins a story of its own, for better or worse: it will move, or be
        merged, when the next article of the story comes.
        """
        at = now.timestamp()
        rare = vector.heaviest(LOOKED_FOR) if len(vector) >= MIN_TERMS else []
        found = Found() if alone else self._store.find(article_id, rare, MAX_CANDIDATES, at)
        if found.own:
            return Assigned(found.own, 0.0, None, ())
        candidates = [story for story in map(_unpacked, found.stories) if story]
        seed = f"{article_id} {at}" if alone else None
        when = _when(published_at, now)
        made = decide(article_id, vector, when, candidates, limits=self._limits, seed=seed)
        assignment = _assignment(article_id, vector, made, begins=not alone, at=at)
        entry = numbers.astype("<u4").tobytes()
        story = self._store.assign(assignment, found=found, terms=rare, slots=entry, now=at)
        if story is None:
            return None
        self._learning.add(numbers)
        return Assigned(story, made.score, made.nearest, tuple(made.merged))


def _when(published_at: datetime | None, now: datetime) -> int | None:
    if published_at is None or published_at > now + _AHEAD:
        return None
    return int(published_at.timestamp())


def _unpacked(stored: Stored) -> Story | None:
    """None for what another version of ours has written."""
    try:
        return unpack_story(stored.id, stored.data)
    except ValueError:
        return None


def _assignment(
    article_id: str, vector: Vector, made: Decision, *, begins: bool, at: float
) -> Assignment:
    moved = {
        change.article_id: made.merged.get(change.story_id, change.story_id)
        for change in made.changes
        if change.op in {"move", "split"} and change.article_id
    }
    moved.pop(article_id, None)
    return Assignment(
        article_id=article_id,
        story_id=made.story_id,
        begins=begins and made.score == 0.0,
        write={story.id: pack_story(story) for story in made.stories},
        gone=made.merged,
        moved=moved,
        posts=postings(Member(article_id, vector), made),
        trail=_trail(made, at),
    )


def _trail(made: Decision, at: float) -> list[dict[str, str]]:
    entries = []
    for change in made.changes:
        fields = {
            "op": change.op,
            "story_id": change.story_id,
            "article_id": change.article_id,
            "other": change.other,
            "score": f"{change.score:.3f}",
            "at": f"{at:.3f}",
        }
        entries.append({name: value for name, value in fields.items() if value is not None})
    return entries
