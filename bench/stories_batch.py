"""Stories of articles that are all at hand, in memory.

The same decisions as with Redis (`workers.stories.assign`), and the same bounds on what is looked at for one
article; but nothing fades, and one process has it all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice

import numpy as np

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
from workers.stories.idf import SLOTS, Frequencies, slots
from workers.stories.story import Member, Story
from workers.stories.terms import Terms, terms
from workers.stories.vector import Vector, weigh


class Batch:
    """Groups articles, one after the other.

    Args:
        limits: Where decisions fall.
    """

    def __init__(self, limits: Thresholds = DEFAULT) -> None:
        self._limits = limits
        self._counters = np.zeros(SLOTS, np.uint32)
        self._stories: dict[str, Story] = {}
        self._merged: dict[str, str] = {}
        self._posts: dict[int, list[str]] = defaultdict(list)
        self._of: dict[str, str] = {}

    def learn(self, text: str, title: str | None = None, lang: str | None = None) -> None:
        """Count an article's terms without giving it a story; `add` counts them itself."""
        self._count(terms(text, title, lang), lang)

    def vector(self, text: str, title: str | None = None, lang: str | None = None) -> Vector:
        """The vector of an article, by what has been learnt so far."""
        counted = terms(text, title, lang)
        return weigh(counted, self._learnt(counted, lang))

    def add(
        self,
        article_id: str,
        text: str,
        title: str | None = None,
        lang: str | None = None,
        *,
        when: int | None = None,
    ) -> Decision:
        """Give an article its story, and learn from it.

        Args:
            article_id: The article.
            text: Its text.
            title: Its title.
            lang: Its language.
            when: When it was published, Unix seconds.
        """
        counted = terms(text, title, lang)
        made = self.place(article_id, weigh(counted, self._learnt(counted, lang)), when)
        self._count(counted, lang)
        return made

    def place(self, article_id: str, vector: Vector, when: int | None = None) -> Decision:
        """As `add`, with the vector given; nothing is learnt."""
        candidates = self._candidates(vector) if len(vector) >= MIN_TERMS else []
        made = decide(article_id, vector, when, candidates, limits=self._limits)
        self._apply(Member(article_id, vector), made)
        return made

    def stories(self) -> dict[str, str]:
        """Id of every article -> id of its story by now."""
        return {article: self._follow(story) for article, story in self._of.items()}

    def _candidates(self, vector: Vector) -> list[Story]:
        shared: Counter[str] = Counter()
        for term in vector.heaviest(LOOKED_FOR):
            shared.update({self._follow(story) for story in self._posts.get(term, ())})
        known = (self._stories.get(story) for story, _ in shared.most_common())
        return list(islice((story for story in known if story), MAX_CANDIDATES))

    def _apply(self, newest: Member, made: Decision) -> None:
        self._stories.update((story.id, story) for story in made.stories)
        self._merged.update(made.merged)
        for gone in made.merged:
            self._stories.pop(gone, None)
        for change in made.changes:
            if change.article_id:
                self._of[change.article_id] = change.story_id
        for story, posted in postings(newest, made):
            for term in posted:
                self._posts[term].append(story)

    def _follow(self, story: str) -> str:
        while story in self._merged:
            story = self._merged[story]
        return story

    def _learnt(self, counted: Terms, lang: str | None) -> Frequencies:
        counts = self._counters[slots(counted, lang)].astype(np.float64)
        return Frequencies(float(counts[0]), counts[1:])

    def _count(self, counted: Terms, lang: str | None) -> None:
        np.add.at(self._counters, slots(counted, lang), 1)
