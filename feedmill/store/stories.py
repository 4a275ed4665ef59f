"""Stories in Redis: which stories an article may belong to, and the step that gives it one.

What a story is made of is the workers' business; here it is bytes. Two calls an article: the stories that share
its rarest terms, and the assignment, which is one script and refused if another worker has changed
what it was decided upon. All of it fades by itself: stories with the
window, counters with their generation; the trail is trimmed by the service. Nothing here has to be backed up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from redis import Redis

from feedmill.store import scripts
from feedmill.store.keys import Keys
from feedmill.store.term_counts import LIFE_SECONDS, generation_of

WINDOW_SECONDS = 7 * 86_400  # a story ends this long after its last article came
_MAX_POSTED = 32  # stories of a term and day
_SHARED = 2  # terms
_ID_LENGTH = 17  # of a story
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Stored:
    """A story as it was read.

    Attributes:
        id: Its id.
        version: Changes with every write.
        data: What was written.
    """

    id: str
    version: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What an article's terms led to.

    Attributes:
        stories: Those that share most terms, the best first.
        today: All ids met among the postings of today, one behind the other.
        own: The story that the article has already; then no other one is looked for.
    """

    stories: tuple[Stored, ...] = ()
    today: bytes = b""
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """An article's story, with all that it changes.

    Attributes:
        article_id: The article.
        story_id: Its story.
        begins: Whether it began a story: that is refused if another has begun one like it meanwhile.
        write: Stories to write: id -> bytes.
        gone: Stories that are no more -> what they are part of.
        moved: Other articles -> their new story.
        posts: Stories and the terms by which they are to be found from now on.
        trail: Fields of the entries for the trail.
    """

    article_id: str
    story_id: str
    begins: bool
    write: Mapping[str, bytes]
    gone: Mapping[str, str]
    moved: Mapping[str, str]
    posts: Sequence[tuple[str, Sequence[int]]]
    trail: Sequence[Mapping[str, str]]


class StoryStore:
    """The state of stories that all workers share.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._find = redis.register_script(scripts.load("stories_find.lua"))
        self._assign = redis.register_script(scripts.load("stories_assign.lua"))

    def find(self, article_id: str, terms: Sequence[int], most: int, now: float) -> Found:
        """The story of an article, or those that share most of its terms.

        Args:
            article_id: The article.
            terms: Its heaviest.
            most: How many stories are wanted.
            now: Unix seconds.
        """
        today = int(now // _DAY)
        days = range(today, today - WINDOW_SECONDS // _DAY - 1, -1)
        own, seen, *found = cast(
            "list[bytes]",
            self._find(
                keys=[
                    self._keys.story_of(article_id),
                    *(self._keys.story_posts(day) for day in days),
                ],
                args=[
                    *(self._keys.story(""), _ID_LENGTH, most),
                    *(_packed([term]) for term in terms),
                ],
            ),
        )
        pairs = zip(found[::2], found[1::2], strict=True)
        stories = tuple(Stored(id_.decode(), v[1:5], v[5:]) for id_, v in pairs)
        return Found(stories, seen, own.decode() or None)

    def assign(
        self,
        assignment: Assignment,
        *,
        found: Found,
        terms: Sequence[int],
        slots: bytes,
        now: float,
    ) -> str | None:
        """Carry out an assignment.

        Args:
            assignment: What was decided.
            found: What it was decided upon.
            terms: What was looked for.
            slots: Numbers of the counters of its terms, 32 bits each, little-endian.
            now: Unix seconds.

        Returns:
            The article's story; that of another worker if it was quicker. None if what was found is
            so no more: nothing was changed, find and decide again.
        """
        versions = {stored.id: stored.version for stored in found.stories}
        result = cast(
            "list[bytes]",
            self._assign(
                keys=[
                    self._keys.story_of(assignment.article_id),
                    self._keys.stories,
                    self._keys.story_posts(int(now // _DAY)),
                    self._keys.story_journal(generation_of(now)),
                ],
                args=[
                    json.dumps(self._call(assignment, versions)),
                    *(slots, found.today, _packed(terms)),
                    *(_value(versions.get(id_), data) for id_, data in assignment.write.items()),
                    *(_packed(posted) for _, posted in assignment.posts),
                    *(json.dumps(list(chain(*entry.items()))) for entry in assignment.trail),
                ],
            ),
        )
        return result[1].decode() if len(result) > 1 else None

    def _call(self, assignment: Assignment, versions: Mapping[str, bytes]) -> dict[str, Any]:
        """What the script is told in JSON. A story that was not found must not be there."""
        return {
            "prefix": self._keys.story(""),
            "of": self._keys.story_of(""),
            "story": assignment.story_id,
            "start": assignment.begins,
            "seconds": WINDOW_SECONDS,
            "counted": LIFE_SECONDS,
            "width": _ID_LENGTH,
            "row": _ID_LENGTH * _MAX_POSTED,
            "shared": _SHARED,
            "write": [[id_, _text(versions.get(id_))] for id_ in assignment.write],
            "gone": [
                [id_, _text(versions.get(id_)), kept] for id_, kept in assignment.gone.items()
            ],
            "moved": list(assignment.moved.items()),
            "posts": [[story] for story, _ in assignment.posts],
        }

    def story_of(self, article_id: str) -> str | None:
        """The story of an article by now; None if it never had one, or has had it for too long."""
        story = cast("bytes | None", self._redis.get(self._keys.story_of(article_id)))
        return self.now_part_of(story.decode()) if story else None

    def now_part_of(self, story_id: str) -> str:
        """The story that a story is part of by now: itself, as long as it was not merged."""
        for _ in range(8):
            value = cast("bytes", self._redis.getrange(self._keys.story(story_id), 0, 63))
            if not value.startswith(b"="):
                break
            story_id = value[1:].decode()
        return story_id


def _packed(terms: Sequence[int]) -> bytes:
    return b"".join(term.to_bytes(4, "little") for term in terms)


def _text(version: bytes | None) -> str:
    """A version as it stands in the script's JSON; versions are digits and letters."""
    return (version or b"").decode("ascii")


def _value(version: bytes | None, data: bytes) -> bytes:
    number = int(version, 36) if version else 0
    return b":" + _base36(number + 1) + data


def _base36(number: int) -> bytes:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    out = ""
    for _ in range(4):
        number, rest = divmod(number, 36)
        out = digits[rest] + out
    return out.encode()
