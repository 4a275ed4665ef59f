"""The one exception tree of feedmill.

::

    FeedmillError
     ├─ ConfigError          the operator's files
     ├─ EmbeddedError        the embedded server cannot be started or shared
     ├─ SourceError          a source cannot be read
     │   ├─ FetchError       ... over HTTP
     │   ├─ FeedParseError   ... because it is no feed
     │   └─ FileSourceError  ... from the disk
     ├─ ExtractionError      a page has no article in it
     ├─ RawPageError         a page that was kept cannot be read again
     ├─ LeaseError           another service works already
     └─ StoreError           Redis refuses or holds something unexpected

Every error carries a `kind`: a short fixed string, safe as a metric label, that never holds
a URL or other text of strangers. `retryable` says whether the same call may succeed later.
"""

from __future__ import annotations

from typing import Any


class FeedmillError(Exception):
    """Base of all errors that feedmill raises on purpose.

    Args:
        message: One sentence for a person: what, where, and what to do.
        kind: Fixed string that names the cause; the class's own default if left out.
        retryable: Whether trying again later may succeed; the class's own default if left out.
    """

    default_kind = "feedmill"
    default_retryable = False

    def __init__(
        self, message: str, *, kind: str | None = None, retryable: bool | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind or self.default_kind
        self.retryable = self.default_retryable if retryable is None else retryable

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries; the default pickling would lose keyword arguments.
        return (_rebuild, (type(self), self.message, dict(self.__dict__)))


def _rebuild(cls: type[FeedmillError], message: str, state: dict[str, Any]) -> FeedmillError:
    error = cls.__new__(cls)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class ConfigError(FeedmillError):
    """A configuration file is wrong. `problems` holds every mistake found, one line each."""

    default_kind = "config"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class EmbeddedError(FeedmillError):
    """The embedded server could not be started, or another process owns its folder."""

    default_kind = "embedded"


class SourceError(FeedmillError):
    """A source could not be read."""

    default_kind = "source"


class FetchError(SourceError):
    """An HTTP request did not yield a body.

    =================== ============================================================================
    kind                meaning
    =================== ============================================================================
    `url-refused`       the address, or one it redirects to, is none that is asked
    `address-refused`   it leads to an IP address that is not public and not allowed
    `dns`               its host's name cannot be resolved
    `connect`           nobody answers there
    `tls`               no secure connection could be made
    `timeout`           there was silence, or the time for all hops was over
    `too-slow`          the body came with less than the least rate
    `protocol`          what answers does not speak HTTP
    `truncated`         the body breaks off
    `encoding`          the body is packed in a way that was not asked for, or cannot be unpacked
    `redirects`         redirects go round in a circle, are too many, or lead nowhere
    `too-big`           the body is larger than allowed, as sent or unpacked
    `http-status`       the server answered with a status of failure, see `status`
    `host-waits`        the host has asked to be left alone until later
    `robots-denied`     the site's robots.txt does not let us have this page
    `robots-waits`      the site's robots.txt cannot be had for now
    =================== ============================================================================

    Attributes:
        status: The HTTP status, where there was an answer.
        final_url: The address that was asked last.
        retry_after: Seconds to wait that were asked for: finite, not negative, otherwise as asked.
        hops: Every request that was made (`service.http.Hop`).
    """

    default_kind = "fetch"

    def __init__(
        self,
        message: str,
        *,
        kind: str | None = None,
        retryable: bool | None = None,
        status: int | None = None,
        final_url: str | None = None,
        retry_after: float | None = None,
        hops: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(message, kind=kind, retryable=retryable)
        self.status = status
        self.final_url = final_url
        self.retry_after = retry_after
        self.hops = hops


class FeedParseError(SourceError):
    """The bytes are not a feed, or the parser could not finish with them."""

    default_kind = "feed-parse"


class FileSourceError(SourceError):
    """A local file cannot be ingested."""

    default_kind = "file"


class ExtractionError(FeedmillError):
    """A page holds no article text."""

    default_kind = "extract"


class RawPageError(FeedmillError):
    """A raw page cannot be read from the files in which it was kept (`feedmill.raw`)."""

    default_kind = "raw-page"


class LeaseError(FeedmillError):
    """Another service works with the same keys of the same Redis; two would ask hosts twice."""

    default_kind = "service-runs"


class StoreError(FeedmillError):
    """Redis refuses a command, or a key holds what feedmill did not put there."""

    default_kind = "store"
