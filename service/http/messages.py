"""One request and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from multidict import CIMultiDictProxy


@dataclass(frozen=True, slots=True)
class Body:
    """A body, decoded, and its size as it was sent."""

    content: bytes = field(repr=False)
    wire_bytes: int


_NO_BODY = Body(b"", 0)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, of whatever address.

    Attributes:
        headers: Beside those that every request has.
        form: Fields to send, which makes it a POST.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether "not modified" may be the answer."""
        return bool(self.headers.keys() & {"If-None-Match", "If-Modified-Since"})


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one request; its body is read only where the status promises one."""

    status: int
    headers: CIMultiDictProxy[str]
    body: Body = _NO_BODY
    address: str | None = None
