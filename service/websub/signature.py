"""What a push is good for, by its signature (WebSub, sections 7.1 and 8.3). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from enum import Enum

from feedmill.store.subscriptions import Subscription

_STRONG = frozenset({"sha256", "sha384", "sha512"})
_WEAK = frozenset({"sha1"})
_MAX_SIGNATURES = 4  # of one push


class Trust(Enum):
    """What a push is good for."""

    CONTENT = "content"  # its body is the feed's
    HINT = "hint"  # it comes from the hub, but its body could be another's: look at the feed itself
    UNSIGNED = "unsigned"
    FORGED = "bad-signature"

    @property
    def is_refused(self) -> bool:
        """Whether nothing may come of it."""
        return self in {Trust.UNSIGNED, Trust.FORGED}


def trust(sub: Subscription, signatures: Iterable[str], body: bytes) -> Trust:
    """What a push is good for, by its `X-Hub-Signature` headers (section 7.1).

    A body is taken for the feed's only if SHA-256 or stronger signs it and its way was no less
    protected than the feed's own: over TLS to the hub, or from a feed that comes without TLS itself.
    A valid SHA-1 signature, which the large public hubs still send, only makes us look at the feed.

    Args:
        sub: Whose callback was called.
        signatures: Each as `method=hexadecimal digits`; those beyond the fourth do not count.
        body: The body as it was received.
    """
    given = [value.strip().partition("=") for value in [*signatures][:_MAX_SIGNATURES]]
    valid = {
        method.lower()
        for method, _, digits in given
        if method.lower() in _STRONG | _WEAK and _is_signed(sub.secret, method, digits, body)
    }
    if not given:
        return Trust.UNSIGNED
    if not valid:
        return Trust.FORGED
    is_protected = sub.is_secure or sub.hub.startswith("https:") or sub.topic.startswith("http:")
    return Trust.CONTENT if valid & _STRONG and is_protected else Trust.HINT


def _is_signed(secret: str, method: str, digits: str, body: bytes) -> bool:
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right.encode(), digits.strip().lower().encode("utf-8", "replace"))
