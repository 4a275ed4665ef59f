"""What the tests of the scheduler share: a source, and looks at it one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from feedmill.config import Source
from feedmill.errors import FetchError, SourceError
from feedmill.store.sources import SourceState
from service import schedule
from service.sources.item import Answer, Polled

NOW = 1_800_057_600.0  # Saturday, 16 January 2027, 00:00 GMT
URL = "https://news.example/rss"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def middle() -> float:
    """No chance: always the middle."""
    return 0.5


def source_of(**values: Any) -> Source:
    """A feed, unless `path` is given."""
    place = {} if "path" in values else {"url": URL}
    return Source(id="news", **{**place, **values})


def every(**duration: float) -> Source:
    """A feed that is asked at fixed times."""
    return source_of(every=timedelta(**duration))


def failure(kind: str, status: int | None = None, retry_after: float | None = None, **more: Any):
    """An error of the fetcher."""
    error = FetchError("no", kind=kind, status=status, **more)
    error.retry_after = retry_after
    return error


@dataclass
class Timeline:
    """A source whose looks follow each other on a clock that the test moves."""

    source: Source = field(default_factory=source_of)
    state: SourceState = field(default_factory=SourceState)
    now: float = NOW

    def begin(self) -> schedule.Question:
        """Begin a look; what to ask with."""
        self.state = schedule.begun(self.state, self.source, now=self.now)
        return schedule.question(self.state, now=self.now)

    def look(self, new: int = 0, **answer: Any) -> Timeline:
        """A look that succeeds."""
        self.begin()
        polled = Polled(answer=Answer(**answer))
        self.state = schedule.after_success(
            self.state, polled, self.source, new=new, now=self.now, random=middle
        )
        return self

    def fail(self, error: SourceError) -> Timeline:
        """A look that fails."""
        self.begin()
        self.state = schedule.after_failure(
            self.state, error, self.source, now=self.now, random=middle
        )
        return self

    def later(self, seconds: float) -> Timeline:
        """Some time passes."""
        self.now += seconds
        return self

    def when_due(self) -> Timeline:
        """Time passes until the next look."""
        self.now = max(self.now, self.state.next_at)
        return self

    @property
    def wait(self) -> float:
        """Seconds until the next look."""
        return self.state.next_at - self.now
