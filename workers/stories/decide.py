"""Which story an article belongs to, and what that makes of the stories around it.

An online single pass goes wrong where two events are alike: the first article of the second event joins the
first, and all others follow. So every new article makes us look again at the neighbourhood it came to:

* an article that has become more alike to a neighbouring story moves there;
* a story whose last articles fall into two groups is split (two means);
* two stories that have become one are merged.

All from the last articles of a few stories: what a decision costs does not grow with the stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workers.stories.story import (
    Member,
    Story,
    closeness,
    empty,
    joined,
    likeness,
    mixed,
    story_id,
    united,
    without,
)
from workers.stories.vector import Vector, gram, products

Op = Literal["start", "join", "move", "split", "merge"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where decisions fall. Chosen on ECB+ (`python -m bench stories`).

    Attributes:
        join: Likeness from which an article joins a story.
        merge: Cosine of two stories from which they are one.
        split: Likeness between two groups of a story, as a share of that within them, below which
            they are two stories.
        margin: By how much another story must be more alike for an article to move there.
    """

    join: float = 0.33
    merge: float = 0.7
    split: float = 0.55
    margin: float = 0.02


DEFAULT = Thresholds()
MIN_TERMS = 5  # an article with fewer says too little to be like another
LOOKED_FOR = 12  # of an article's terms, the heaviest: by them it finds stories ...
POSTED = 10  # ... and is found
MAX_CANDIDATES = 8  # stories, those that share most of them
MAX_RIVALS = 3  # stories looked at again beside the one joined
_RIVAL = 0.5  # of `join`: likeness from which a story is one
_MOVES = 4  # for one new article
_MIN_SPLIT = 4  # articles; with fewer there are no two groups
_MIN_PART = 2
_ROUNDS = 4  # of two means
_BEST = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the trail.

    Attributes:
        op: `start`: the article begins the story. `join`: it joins it. `move`: it left `other` for
            it. `split`: as `move`, to a story made of several articles of `other`. `merge`:
            everything of `other` belongs to it now.
        story_id: The story.
        article_id: The article; None for `merge`.
        other: Of `join`, the article it is most alike to; otherwise the story before.
        score: How alike, 0 to 1.
    """

    op: Op
    story_id: str
    article_id: str | None = None
    other: str | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What an article makes of the stories.

    Attributes:
        story_id: The story that the article belongs to.
        score: How alike it was; 0 for the first article of a story.
        nearest: The article it was most alike to; None for the first article of a story.
        changes: All that happened, in order.
        stories: The stories that are other than before.
        merged: Id of each story that is no more -> the one it is part of.
    """

    story_id: str
    score: float
    nearest: str | None
    changes: tuple[Change, ...]
    stories: tuple[Story, ...]
    merged: dict[str, str]


@dataclass(slots=True)
class _Work:
    """The neighbourhood while it changes."""

    limits: Thresholds
    stories: dict[str, Story]
    changes: list[Change] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def put(self, story: Story) -> None:
        self.stories[story.id] = story
        self.touched.add(story.id)

    def drop(self, gone: str, kept: str) -> None:
        del self.stories[gone]
        self.touched.discard(gone)
        self.merged[gone] = kept
        self.merged.update({old: kept for old, now in self.merged.items() if now == gone})

    def tell(
        self, op: Op, story: str, article: str | None, other: str | None, score: float
    ) -> None:
        self.changes.append(Change(op, story, article, other, round(float(score), 3)))


def decide(
    article_id: str,
    vector: Vector,
    when: int | None,
    candidates: Sequence[Story],
    *,
    limits: Thresholds = DEFAULT,
    seed: str | None = None,
) -> Decision:
    """Decide about one article.

    Args:
        article_id: Its id.
        vector: Its terms.
        when: When it was published, Unix seconds; None if it is not known.
        candidates: Stories that share rare terms with it.
        limits: Where decisions fall.
        seed: What names a new story, if not the article's id.
    """
    ranked = sorted(
        ((likeness(vector, story) * closeness(story, when, when), story) for story in candidates),
        key=lambda pair: (-pair[0], pair[1].id),
    )
    score, chosen = ranked[0] if ranked and ranked[0][0] >= limits.join else (0.0, None)
    rivals = [
        story for likely, story in ranked if likely >= _RIVAL * limits.join and story != chosen
    ]
    target = chosen or empty(_new_id(seed or article_id, candidates))
    work = _Work(limits, {story.id: story for story in rivals[:MAX_RIVALS]})
    work.put(joined(target, Member(article_id, vector), when))
    nearest = _nearest(vector, chosen)
    work.tell("join" if chosen else "start", target.id, article_id, nearest, score)
    for _ in range(_MOVES):
        if len(work.stories) == 1 or not _move(work):
            break
    if target.id in work.stories:
        _split(work, work.stories[target.id])
    _merge(work, target.id)
    return _decision(work, article_id, score, nearest)


def _new_id(seed: str, candidates: Sequence[Story]) -> str:
    """The name of a new story. A story of this name may be there, and have gone on without the article."""
    taken = {story.id for story in candidates}
    while (found := story_id(seed)) in taken:
        seed += "+"
    return found


def _nearest(vector: Vector, story: Story | None) -> str | None:
    if story is None:
        return None
    alike = products(vector, [member.vector for member in story.members])
    return story.members[int(np.argmax(alike))].article_id


def _decision(work: _Work, article_id: str, score: float, nearest: str | None) -> Decision:
    found = next(story.id for story in work.stories.values() if story.member(article_id))
    stories = tuple(work.stories[id_] for id_ in sorted(work.touched))
    return Decision(found, float(score), nearest, tuple(work.changes), stories, work.merged)


def _move(work: _Work) -> bool:
    """Move the article that gains most by it; false if there is none."""
    stories = list(work.stories.values())
    owners = np.array([i for i, story in enumerate(stories) for _ in story.members])
    members = [member for story in stories for member in story.members]
    scores = _scores(stories, members, owners) * _together(stories)[owners]
    rows = np.arange(len(members))
    gains = scores - scores[rows, owners][:, None]
    gains[scores < work.limits.join] = -1.0
    gains[rows, owners] = -1.0
    row, column = (int(at) for at in np.unravel_index(np.argmax(gains), gains.shape))
    if gains[row, column] <= work.limits.margin:
        return False
    _carry(work, members[row], stories[owners[row]], stories[column], scores[row, column])
    return True


def _together(stories: Sequence[Story]) -> NDArray[np.float64]:
    """How close in time each story is to each."""
    return np.array([[closeness(one, to.first, to.last) for one in stories] for to in stories])


def _scores(
    stories: Sequence[Story], members: Sequence[Member], owners: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The likeness of each article with each story, with its own as if it were not in it."""
    alike = gram([*(one.vector for one in members), *(story.total for story in stories)])
    count = len(members)
    scores = np.zeros((count, len(stories)))
    for column, story in enumerate(stories):
        inside = np.flatnonzero(owners == column)
        whole, norm = alike[:count, count + column], alike[count + column, count + column]
        for row in range(count):
            others = inside[inside != row]
            if story.size == 1 and not len(others):
                continue  # nothing is left of a story without its only article
            own, length = whole[row], norm
            if owners[row] == column:
                own, length = own - alike[row, row], norm - 2 * own + alike[row, row]
            best = np.sort(alike[row, others])[-_BEST:].tolist()
            scores[row, column] = mixed(own / np.sqrt(max(length, 1e-9)), best)
    return scores


def _carry(work: _Work, member: Member, source: Story, target: Story, score: float) -> None:
    left = without(source, (member,))
    work.put(joined(target, member))
    if left.size:
        work.put(left)
        work.tell("move", target.id, member.article_id, source.id, score)
    else:
        work.drop(source.id, target.id)
        work.tell("merge", target.id, None, source.id, score)


def _split(work: _Work, story: Story) -> None:
    """Split a story in which there are two; the smaller part gets a new name."""
    if len(story.members) < _MIN_SPLIT:
        return
    alike = gram([member.vector for member in story.members])
    np.fill_diagonal(alike, 0.0)
    first = _two_means(alike)
    count, rest = int(first.sum()), int((~first).sum())
    if min(count, rest) < _MIN_PART:
        return
    inner = alike[np.ix_(first, first)].sum() + alike[np.ix_(~first, ~first)].sum()
    within = inner / (count * (count - 1) + rest * (rest - 1))
    between = alike[np.ix_(first, ~first)].mean()
    if between >= work.limits.split * within:
        return
    leaving = [story.members[at] for at in np.flatnonzero(first if count < rest else ~first)]
    # The size makes the name new when the same articles are split off a second time.
    names = " ".join(member.article_id for member in leaving)
    part = empty(story_id(f"{story.id} {story.size} {names}"))
    for member in leaving:
        part = joined(part, member, story.last)
        work.tell("split", part.id, member.article_id, story.id, between)
    work.put(without(story, leaving))
    work.put(part)


def _two_means(alike: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Two groups, begun with the two articles least alike; each article goes to the group it is nearer to."""
    unlike = alike + np.eye(len(alike)) * 2
    one, other = np.unravel_index(np.argmin(unlike), unlike.shape)
    first = alike[:, one] > alike[:, other]
    first[one], first[other] = True, False
    for _ in range(_ROUNDS):
        here, there = first.sum(), (~first).sum()
        to_first = alike[:, first].sum(axis=1) / np.maximum(1, here - first)
        to_rest = alike[:, ~first].sum(axis=1) / np.maximum(1, there - ~first)
        nearer: NDArray[np.bool_] = to_first > to_rest
        if nearer.all() or not nearer.any() or (nearer == first).all():
            break
        first = nearer
    return first


def _merge(work: _Work, target_id: str) -> None:
    """Merge the story that got the article with those that it has become one with."""
    for rival in [id_ for id_ in work.stories if id_ != target_id]:
        story, other = work.stories.get(target_id), work.stories[rival]
        if story is None:
            return
        cosine = _cosine(story, other) * closeness(story, other.first, other.last)
        if cosine < work.limits.merge:
            continue
        kept, gone = _larger_first(story, other)
        work.put(united(kept, gone))
        work.drop(gone.id, kept.id)
        work.tell("merge", kept.id, None, gone.id, cosine)
        target_id = kept.id


def _cosine(story: Story, other: Story) -> float:
    lengths = story.total.norm * other.total.norm
    return float(products(story.total, [other.total])[0]) / lengths if lengths else 0.0


def _larger_first(*stories: Story) -> Iterator[Story]:
    return iter(sorted(stories, key=lambda story: (-story.size, story.first or 0, story.id)))


def postings(newest: Member, made: Decision) -> list[tuple[str, list[int]]]:
    """By which terms stories are to be found from now on, the best first; `POSTED` of them are enough.

    An article's lead to its story, those of articles that were split off to the new one.

    Args:
        newest: The article.
        made: What was decided about it.
    """
    known = {story.id: story for story in made.stories}
    members = [(made.story_id, newest)] if len(newest.vector) >= MIN_TERMS else []
    for change in made.changes:
        if change.op == "split" and change.article_id and change.story_id in known:
            member = known[change.story_id].member(change.article_id)
            members += (
                [(change.story_id, member)]
                if member and member.article_id != newest.article_id
                else []
            )
    return [(story, member.vector.heaviest(POSTED)) for story, member in members]
