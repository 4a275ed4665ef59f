"""What has to become of each page: the store is looked at between any two calls, and each change has to be a step that is allowed.

The steps are: a page is accepted; it is finished, with the one verdict that the store's contents call for; it is set aside,
for a reason that is there; an entry of the quarantine is tried again, or dropped. Nothing else ever changes what consumers and
operators see, and no step is ever seen by half.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from redis import Redis

from feedmill import urls
from feedmill.store.keys import Keys
from feedmill.store.workshop import MAX_ATTEMPTS
from tests.model.pages import POISON, SOURCES, Sheet, article_id, content_hash

_BLOWN = {"crashed", "page-killed"}  # reasons that lie in the process, not in the page


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is in the store at a moment, read in one transaction."""

    pending: frozenset[str] = frozenset()
    stats: Counter[str] = field(default_factory=Counter)
    marks: frozenset[tuple[str, str, str]] = frozenset()  # source, digest of the item, fingerprint
    quarantine: dict[str, tuple[str, str]] = field(default_factory=dict)  # entry -> page, kind
    stream: tuple[tuple[str, str, int], ...] = ()  # op, article, revision
    heads: dict[str, tuple[int, str]] = field(
        default_factory=dict
    )  # article -> revision, content hash


def snapshot(redis: Redis, keys: Keys) -> Snapshot:
    """Look at the store."""
    pipe = redis.pipeline(transaction=True)
    pipe.zrange(keys.pending, 0, -1)
    pipe.hgetall(keys.stats)
    pipe.xrange(keys.quarantine)
    pipe.xrange(keys.articles)
    pipe.hgetall(keys.heads)
    for source in SOURCES:
        pipe.hgetall(keys.seen(source))
    pending, stats, quarantine, stream, heads, *seen = pipe.execute()
    return Snapshot(
        pending=frozenset(one.decode() for one in pending),
        stats=Counter({name.decode(): int(count) for name, count in stats.items()}),
        marks=frozenset(
            (source, item.decode(), version.decode())
            for source, marks in zip(SOURCES, seen, strict=True)
            for item, version in marks.items()
        ),
        quarantine={
            entry.decode(): (fields[b"page_id"].decode(), fields[b"kind"].decode())
            for entry, fields in quarantine
        },
        stream=tuple(
            (fields[b"op"].decode(), fields[b"id"].decode(), int(fields[b"rev"]))
            for _, fields in stream
        ),
        heads={article.decode(): _head(value.decode()) for article, value in heads.items()},
    )


def _head(value: str) -> tuple[int, str]:
    rev, _, content = value.split(":")
    return int(rev), content


@dataclass(slots=True)
class Stored:
    """An article as it has to be in the store.

    Attributes:
        minute: When the newest revision was fetched.
        texts: Of all revisions, the newest last.
    """

    minute: int
    texts: list[str]

    @property
    def text(self) -> str:
        """Of the newest revision."""
        return self.texts[-1]

    @property
    def rev(self) -> int:
        """The newest revision."""
        return len(self.texts)


@dataclass(slots=True)
class Library:
    """The rules of the commit in a few lines: what a page is, by what was committed before it.

    Attributes:
        articles: Address -> the article at home there.
        first: Text -> address of the article that had it first and still has it.
        copies: Addresses that hold a copy -> of which article.
    """

    articles: dict[str, Stored] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    copies: set[tuple[str, str]] = field(default_factory=set)

    def commit(self, sheet: Sheet) -> tuple[str, str, int]:
        """The verdict on a page, the address of the article it is about, and the revision it is announced with."""
        address = sheet.address
        if here := self.articles.get(address):
            verdict = self._revise(here, sheet)
            return verdict, address, here.rev
        original = self.first.get(sheet.text)
        if original is None:
            self.articles[address] = Stored(sheet.minute, [sheet.text])
            self.first[sheet.text] = address
            return "new", address, 1
        is_linked = (original, address) in self.copies
        self.copies.add((original, address))
        return "unchanged" if is_linked else "duplicate", original, self.articles[original].rev

    def _revise(self, here: Stored, sheet: Sheet) -> str:
        if sheet.text == here.text or sheet.minute <= here.minute:
            return "unchanged"
        if self.first.get(here.text) == sheet.address:
            del self.first[here.text]  # whoever has the text of before is no copy of this article
        self.first.setdefault(sheet.text, sheet.address)
        here.texts.append(sheet.text)
        here.minute = sheet.minute
        return "update"


@dataclass(slots=True)
class Ledger:
    """Follows the store step by step.

    Attributes:
        known: All pages that were ever brought, by id.
        now: The store as it was seen last.
        library: What has to be stored.
        most: How many pages may be pending when one more is accepted; 0 for any number.
        blows: How often something has happened to the process at the page, since it is pending.
        steps: All that has happened, to be read when a promise was broken.
    """

    known: dict[str, Sheet] = field(default_factory=dict)
    now: Snapshot = field(default_factory=Snapshot)
    library: Library = field(default_factory=Library)
    most: int = 0
    blows: Counter[str] = field(default_factory=Counter)
    steps: list[str] = field(default_factory=list)

    def blow(self, page_id: str) -> None:
        """Note that something has happened to the process that works on a page."""
        self.blows[page_id] += 1

    def look(self, redis: Redis, keys: Keys) -> None:
        """See what has changed.

        Raises:
            AssertionError: It is no step that is allowed.
        """
        before, self.now = self.now, snapshot(redis, keys)
        if before == self.now:
            return
        came = self.now.pending - before.pending
        left = before.pending - self.now.pending
        assert len(came) + len(left) <= 1, "more than one step between two calls"
        gone = before.quarantine.keys() - self.now.quarantine.keys()
        if left:
            self._has_ended(*left, before)
        elif gone:
            self._was_taken_out(*gone, before)
        else:
            self._was_accepted(came, before)

    def _was_accepted(self, came: frozenset[str], before: Snapshot) -> None:
        """Marked as seen and pending at once."""
        self._is_the_same(before, "stats", "quarantine", "stream", "heads")
        marks = self.now.marks - before.marks
        assert len(marks) <= 1
        for source, item, version in marks:
            [page_id] = [
                one.id
                for one in self.known.values()
                if (one.source, one.mark.fingerprint) == (source, version) and _item(one) == item
            ]
            assert page_id in self.now.pending, (
                "an item is marked as seen and its page is not pending"
            )
        for page_id in came:
            self.steps.append(f"accepted {page_id}")
            assert not self.most or len(self.now.pending) <= self.most, "a bound does not hold"
            self.blows[page_id] = 0
            assert _mark(self.known[page_id]) in self.now.marks

    def _has_ended(self, page_id: str, before: Snapshot) -> None:
        """Stored, linked, found unchanged or set aside: counted once, and announced once, in the same step."""
        self._is_the_same(before, "marks")
        sheet = self.known[page_id]
        entries = self.now.quarantine.keys() - before.quarantine.keys()
        if entries:
            [entry] = entries
            self._is_the_same(before, "stream", "heads")
            self._is_set_aside(page_id, *self.now.quarantine[entry])
            verdict = "quarantined"
        else:
            assert sheet.text not in {"", POISON}, "a page without an article in it was stored"
            verdict = self._is_committed(sheet, before)
        self.steps.append(f"{verdict} {page_id}")
        assert self.now.stats == before.stats + Counter([verdict])

    def _is_set_aside(self, page_id: str, about: str, kind: str) -> None:
        assert about == page_id, "one page has left and another was set aside"
        if kind in _BLOWN:
            assert self.blows[page_id] >= MAX_ATTEMPTS, f"set aside as {kind} without a reason"
        else:
            assert (self.known[page_id].text, kind) == ("", "no-text")

    def _is_committed(self, sheet: Sheet, before: Snapshot) -> str:
        verdict, address, rev = self.library.commit(sheet)
        said = [] if verdict == "unchanged" else [(verdict, article_id(address), rev)]
        assert self.now.stream == (*before.stream, *said)
        assert self.now.heads == {
            article_id(home): (stored.rev, content_hash(stored.text))
            for home, stored in self.library.articles.items()
        }
        return verdict

    def _was_taken_out(self, entry: str, before: Snapshot) -> None:
        """Tried again: pending anew. Or dropped: counted as that."""
        self._is_the_same(before, "stream", "heads", "marks")
        page_id, _ = before.quarantine[entry]
        is_dropped = self.now.stats["dropped"] > before.stats["dropped"]
        self.steps.append(f"{'dropped' if is_dropped else 'retried'} {page_id}")
        expected = Counter(before.stats)
        expected["quarantined"] -= 1
        expected["dropped"] += is_dropped
        assert +self.now.stats == +expected
        assert self.now.pending == before.pending | (set() if is_dropped else {page_id})
        if page_id not in before.pending:
            self.blows[page_id] = 0

    def _is_the_same(self, before: Snapshot, *names: str) -> None:
        for name in names:
            assert getattr(self.now, name) == getattr(before, name), (
                f"{name} changed in a wrong step"
            )


def _item(sheet: Sheet) -> str:
    return _mark(sheet)[1]


def _mark(sheet: Sheet) -> tuple[str, str, str]:
    return sheet.source, urls.digest(sheet.mark.key), sheet.mark.fingerprint
