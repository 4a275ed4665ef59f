"""What WebSub asks of a subscriber, as decisions without input or output.

W3C Recommendation "WebSub" of 23 January 2018, sections 3 (discovery) and 5 (subscribing). Times are Unix seconds; `random` gives numbers in [0, 1).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feedmill.store.subscriptions import Subscription

LEASE = 10 * 86400  # seconds we ask for; the recommendation calls it a good default
_SHORTEST_LEASE = 3600  # a hub that gives less is not asked more often for that
_UNKNOWN_LEASE = 86400  # where the hub gives none that can be read
FLOOR = 600  # seconds; a hub is not asked for the same thing again before
_LONGEST_WAIT = 86400
_LASTING_WAIT = 86400  # after a refusal that asking again will hardly change
_LONGEST_LASTING_WAIT = 10 * 86400
_LONGEST_RETRY_AFTER = 7 * 86400
_MAX_DOUBLINGS = 10
_JITTER = 0.1
_VERIFY_WITHIN = 86400  # hubs verify when they come to it
_REPEAT_WITHIN = 600  # a hub that did not get our answer asks again
_LEAVING_TRIES = 4
_MAX_ADDRESS = 2048  # characters
_MAX_CHALLENGE = 2048
_MAX_WORDS = 200  # characters of what a hub says
_TOKEN_BYTES = 32
_LEASE_DIGITS = 12  # more are beyond any lease and only cost time
_UNVERIFIED = "the hub has not come to verify the subscription"


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """What a hub said to a request.

    Attributes:
        status: HTTP status.
        reason: The beginning of its body.
        retry_after: Seconds it wants to be left alone.
    """

    status: int
    reason: str = ""
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the hub took the request (202; older hubs say 204)."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_lasting(self) -> bool:
        """Whether asking again soon would change nothing."""
        return 400 <= self.status < 500 and self.status not in {408, 425, 429}  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Question:
    """What a hub wants to know, or has to say, with a GET of the callback.

    Attributes:
        mode: `subscribe`, `unsubscribe` or `denied`.
        topic: Of which feed.
        challenge: To be echoed.
        lease: Seconds as the hub wrote them.
        reason: Why it denies.
    """

    mode: str
    topic: str
    challenge: str = ""
    lease: str = ""
    reason: str = ""


def is_usable(hub: str, topic: str) -> bool:
    """Whether these can be a hub and a topic: absolute addresses of http or https, none too long."""
    return all(map(_is_address, (hub, topic)))


def subscription(
    source_id: str, hub: str, topic: str, *, now: float, within: float, random: Callable[[], float]
) -> Subscription:
    """A new subscription, its hub to be asked at a random time `within` so many seconds."""
    return Subscription(
        source_id,
        hub,
        topic,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        secret=secrets.token_urlsafe(_TOKEN_BYTES),
        next_at=now + within * random(),
    )


def form(sub: Subscription, callback: str) -> dict[str, str]:
    """The fields of the request to the hub (section 5.1).

    Args:
        sub: What is asked for.
        callback: The public address that all callbacks begin with.
    """
    fields = {
        "hub.callback": f"{callback}/{sub.token}",
        "hub.mode": sub.mode,
        "hub.topic": sub.topic,
        "hub.verify": "async",  # hubs of PubSubHubbub 0.3 insist on it
    }
    if sub.mode == "subscribe":
        fields |= {"hub.secret": sub.secret, "hub.lease_seconds": str(LEASE)}
    return fields


def addresses(hub: str) -> tuple[str, ...]:
    """Where to ask a hub, in order: over TLS first, even if the feed names it without (section 8.2)."""
    parts = urlsplit(hub)
    if parts.scheme == "http" and parts.port in {None, 80}:
        secure = parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80"))
        return secure.geturl(), hub
    return (hub,)


def begun(sub: Subscription, *, now: float, random: Callable[[], float]) -> Subscription:
    """The state to save before the hub is asked: a crash in the middle asks nothing twice at once."""
    failures = sub.failures + 1
    return replace(
        sub,
        asked_at=now,
        awaited_until=now + _VERIFY_WITHIN,
        failures=failures,
        error=_UNVERIFIED,
        next_at=now + _wait(failures, FLOOR, _LONGEST_WAIT, random),
    )


def failed(
    sub: Subscription,
    error: str,
    *,
    now: float,
    random: Callable[[], float],
    is_lasting: bool = False,
    retry_after: float | None = None,
) -> Subscription:
    """The state after a request that the hub did not take.

    Args:
        sub: The state, `begun`; confirmed already if the hub came while it was being asked.
        error: What went wrong, in words.
        now: The time.
        random: For the spread.
        is_lasting: Asking again will hardly help.
        retry_after: Seconds that the hub wants to be left alone.
    """
    if not sub.failures:
        return sub
    next_at = sub.next_at
    if is_lasting:
        next_at = now + _wait(sub.failures, _LASTING_WAIT, _LONGEST_LASTING_WAIT, random)
    if retry_after is not None:
        next_at = max(next_at, now + min(retry_after, _LONGEST_RETRY_AFTER))
    return replace(
        sub, error=error, next_at=next_at, awaited_until=0.0 if is_lasting else sub.awaited_until
    )


def question(query: Mapping[str, str]) -> Question | None:
    """What a hub asks with the parameters of its GET; None if it is nothing that a hub asks."""
    asked = Question(
        mode=query.get("hub.mode", ""),
        topic=query.get("hub.topic", ""),
        challenge=query.get("hub.challenge", ""),
        lease=query.get("hub.lease_seconds", ""),
        reason=words(query.get("hub.reason", "")),
    )
    if asked.mode == "denied":
        return asked
    is_echoable = asked.challenge.isascii() and asked.challenge.isprintable()
    is_bounded = 0 < len(asked.challenge) <= _MAX_CHALLENGE
    is_known = asked.mode in {"subscribe", "unsubscribe"}
    return asked if is_known and is_echoable and is_bounded else None


def is_meant(sub: Subscription, asked: Question, *, now: float) -> bool:
    """Whether a hub speaks of what we asked for: this topic, this mode, and not long ago.

    A denial needs only the topic: hubs may deny at any time.
    """
    is_awaited = asked.mode == sub.mode and now < sub.awaited_until
    return asked.topic == sub.topic and (is_awaited or asked.mode == "denied")


def confirmed(
    sub: Subscription, asked: Question, *, now: float, random: Callable[[], float]
) -> Subscription:
    """The state once the hub has verified what it was asked for; renewed at half the lease."""
    repeat_until = min(sub.awaited_until, now + _REPEAT_WITHIN)
    done = replace(sub, awaited_until=repeat_until, failures=0, error=None)
    if sub.mode == "unsubscribe":
        return replace(done, until=0.0, next_at=repeat_until)
    lease = _lease(asked.lease)
    half = max(lease, _SHORTEST_LEASE) / 2
    return replace(done, until=now + lease, next_at=now + half * (1 - _JITTER * random()))


def denied(
    sub: Subscription, asked: Question, *, now: float, random: Callable[[], float]
) -> Subscription:
    """The state once the hub has said that there will be no subscription, or none any more."""
    failures = sub.failures + 1
    return replace(
        sub,
        until=0.0,
        awaited_until=0.0,
        is_proven=False,
        failures=failures,
        error=f"the hub denies the subscription: {asked.reason}".removesuffix(": "),
        next_at=now + _wait(failures, _LASTING_WAIT, _LONGEST_LASTING_WAIT, random),
    )


def leaving(
    sub: Subscription, *, now: float, within: float, random: Callable[[], float]
) -> Subscription:
    """The state of a subscription that is given up."""
    return replace(
        sub,
        mode="unsubscribe",
        awaited_until=0.0,
        failures=0,
        error=None,
        is_proven=False,
        next_at=now + within * random(),
    )


def is_over(sub: Subscription, *, now: float) -> bool:
    """Whether a subscription that is given up can be forgotten: ended, run out, or asked for in vain."""
    return sub.mode == "unsubscribe" and (sub.until <= now or sub.failures >= _LEAVING_TRIES)


def words(text: str) -> str:
    """What a hub says, short and without what rewrites a screen."""
    return "".join(filter(str.isprintable, text[:_MAX_WORDS]))


def relied_until(sub: Subscription) -> float:
    """Until when the hub is to be relied on; 0 before its first push and after one that was no good."""
    return sub.until if sub.is_proven and sub.mode == "subscribe" else 0.0


def _is_address(text: str) -> bool:
    if not (0 < len(text) <= _MAX_ADDRESS and text.isprintable() and " " not in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _lease(text: str) -> int:
    """The lease in seconds, never longer than we asked for, whatever the hub wrote."""
    is_number = text.isascii() and text.isdecimal() and int(text[:_LEASE_DIGITS]) > 0
    return min(int(text[:_LEASE_DIGITS]), LEASE) if is_number else _UNKNOWN_LEASE


def _wait(failures: int, least: float, most: float, random: Callable[[], float]) -> float:
    wait = min(least * float(2 ** min(failures - 1, _MAX_DOUBLINGS)), most)
    return wait * (1 + _JITTER * random())
