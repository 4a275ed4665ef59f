"""A story: articles about one event. Pure data; every change makes a new one."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import itemgetter

from feedmill import urls
from workers.stories.vector import EMPTY, TERM_BYTES, Vector, add, pack, products, unpack

MAX_MEMBERS = 12  # whose vectors are kept: enough to see two events in one story
MAX_TOTAL = 160  # terms
_MEMORY = (
    32  # members after which the first ones fade, so that a long story stays what it has become
)
_BEST = 2  # members
_DAY = 86_400
_GRACE_DAYS = 1.0
_FADING_DAYS = 6.0
_HEAD = struct.Struct("<IqqHB")  # size, first, last, terms of the total, members
_UNKNOWN = -(1 << 62)  # a time


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story.

    Attributes:
        article_id: Its id.
        vector: Its terms, of length 1.
    """

    article_id: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a story.

    Attributes:
        id: Its name for ever; of its first article.
        size: How many articles it has.
        first: When its first article was published, Unix seconds; None while no article told a time.
        last: When its last one was.
        total: The sum of the articles' vectors, its heaviest terms.
        members: The articles that came last, the newest at the end.
    """

    id: str
    size: int
    first: int | None
    last: int | None
    total: Vector
    members: tuple[Member, ...]

    def member(self, article_id: str) -> Member | None:
        """The article, if it is one of the last."""
        return next((one for one in self.members if one.article_id == article_id), None)


def story_id(seed: str) -> str:
    """The name of a story that begins with an article."""
    return "s" + urls.digest(f"story {seed}")


def empty(id_: str) -> Story:
    """A story without articles."""
    return Story(id_, 0, None, None, EMPTY, ())


def joined(story: Story, member: Member, when: int | None = None) -> Story:
    """The story with one more article.

    Args:
        story: The story.
        member: The article.
        when: When it was published, Unix seconds.
    """
    fading = 1.0 if story.size < _MEMORY else 1 - 1 / _MEMORY
    old = Vector(story.total.ids, story.total.weights * fading) if fading < 1 else story.total
    return Story(
        story.id,
        story.size + 1,
        _least(story.first, when),
        _most(story.last, when),
        add(old, member.vector, limit=MAX_TOTAL),
        (*story.members, member)[-MAX_MEMBERS:],
    )


def without(story: Story, leaving: Iterable[Member]) -> Story:
    """The story without some of its last articles. Its times stay."""
    gone = {one.article_id: one for one in leaving}
    total = story.total
    for one in gone.values():
        total = add(total, one.vector, times=-1.0, limit=MAX_TOTAL)
    stay = tuple(one for one in story.members if one.article_id not in gone)
    return replace(story, size=story.size - len(gone), total=total, members=stay)


def united(story: Story, other: Story) -> Story:
    """Both as one, under the name of the first."""
    return Story(
        story.id,
        story.size + other.size,
        _least(story.first, other.first),
        _most(story.last, other.last),
        add(story.total, other.total, limit=MAX_TOTAL),
        # What came last of each, alternately: so both sides stay visible to a later split.
        tuple(member for _, member in _alternating(story.members, other.members))[-MAX_MEMBERS:],
    )


def likeness(vector: Vector, story: Story) -> float:
    """From 0 to 1: half the cosine with the whole story, half that with the two most alike articles."""
    if not story.members or not len(vector):
        return 0.0
    both = products(vector, [story.total, *(one.vector for one in story.members)])
    return mixed(both[0] / (story.total.norm or 1.0), sorted(both[1:])[-_BEST:])


def mixed(whole: float, best: list[float]) -> float:
    """A story's likeness of that of its whole and of its most alike articles."""
    return float(whole + sum(best) / len(best)) / 2 if best else float(whole)


def closeness(story: Story, first: int | None, last: int | None) -> float:
    """How much of a likeness remains after the time between, 1 within a day, a half after a week.

    Args:
        story: The story.
        first: When the other side began, Unix seconds.
        last: When it ended. Where either side tells no time, there is no gap.
    """
    if None in (story.first, story.last, first, last):
        return 1.0
    assert story.first is not None
    assert story.last is not None
    assert first is not None
    assert last is not None
    days = max(0, first - story.last, story.first - last) / _DAY
    return 1 / (1 + max(0.0, days - _GRACE_DAYS) / _FADING_DAYS)


def pack_story(story: Story) -> bytes:
    """Small bytes; the id is left out."""
    total = story.total if len(story.members) != story.size or story.size > 1 else EMPTY
    head = _HEAD.pack(
        story.size,
        _UNKNOWN if story.first is None else story.first,
        _UNKNOWN if story.last is None else story.last,
        len(total),
        len(story.members),
    )
    return head + pack(total) + b"".join(map(_pack_member, story.members))


def unpack_story(id_: str, data: bytes) -> Story:
    """What `pack_story` packed.

    Raises:
        ValueError: It was not packed by us.
    """
    try:
        size, first, last, terms, count = _HEAD.unpack_from(data)
        at = _HEAD.size + terms * TERM_BYTES
        total = unpack(data[_HEAD.size : at])
        members = []
        for _ in range(count):
            member, at = _unpack_member(data, at)
            members.append(member)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError("no packed story") from error
    if not terms and len(members) == 1:
        total = members[0].vector
    return Story(id_, size, _known(first), _known(last), total, tuple(members))


def _known(time: int) -> int | None:
    return None if time == _UNKNOWN else time


def _pack_member(member: Member) -> bytes:
    name = member.article_id.encode()
    return bytes((len(name), len(member.vector))) + name + pack(member.vector)


def _unpack_member(data: bytes, at: int) -> tuple[Member, int]:
    length, terms = data[at], data[at + 1]
    start = at + 2 + length
    end = start + terms * TERM_BYTES
    return Member(data[at + 2 : start].decode(), unpack(data[start:end])), end


def _alternating(
    ones: tuple[Member, ...], others: tuple[Member, ...]
) -> list[tuple[tuple[int, int], Member]]:
    ranked = [((-age, 0), one) for age, one in enumerate(reversed(ones))]
    ranked += [((-age, 1), one) for age, one in enumerate(reversed(others))]
    return sorted(ranked, key=itemgetter(0))


def _least(one: int | None, other: int | None) -> int | None:
    return min((time for time in (one, other) if time is not None), default=None)


def _most(one: int | None, other: int | None) -> int | None:
    return max((time for time in (one, other) if time is not None), default=None)
