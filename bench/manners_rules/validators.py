"""Rules 1, 2, 3 and 15: which validators are sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.fakeweb.exchange import Exchange
from bench.fakeweb.plan import DAY, HOUR
from bench.manners_rules.history import GOOD, NOT_MODIFIED, History, Violation

_MAX_VALIDATOR = 1024  # characters; longer ones are dropped (rule 1)
_SLACK = 1.0  # seconds
_DELTA = 226

Pair = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a client knows of a feed.

    Attributes:
        place: The address that was read last.
        pair: The validators of its last good answer.
        full_at: When the last whole feed came.
        newest: One more than the number of the newest item.
        has_lied: News came under validators for which "not modified" was said: they are worth nothing.
        is_sure: The client has surely had the time to keep them.
    """

    place: str
    pair: Pair
    full_at: float
    newest: int
    has_lied: bool = False
    is_sure: bool = True


def rule_1(history: History) -> list[Violation]:
    """Every validator sent was issued, byte for byte, by the address it is sent to.

    A redirecting address issues none: what its feed has issued may be sent there. A validator of another
    address of the same feed is a matter of rule 6.
    """
    return [
        Violation(exchange.at, exchange.place, f"a validator never issued: {value[:60]!r}")
        for exchange, value, by_feed in _strange_validators(history)
        if not by_feed
    ]


def foreign_validators(history: History) -> list[Violation]:
    """Validators sent to another address of the feed than the one that issued them (rule 6)."""
    return [
        Violation(exchange.at, exchange.place, "a validator of another address")
        for exchange, _, by_feed in _strange_validators(history)
        if by_feed
    ]


def rule_2(history: History) -> list[Violation]:
    """A conditional request carries all validators of the last good answer, and no others.

    Good is an answer that was whole and could be parsed; a 304 may bring new validators too. Validators that
    were never issued here are a matter of rules 1 and 6.
    """
    found = []
    strange = {id(exchange) for exchange, _, _ in _strange_validators(history)}
    for exchange, known in _with_knowledge(history):
        if not exchange.is_conditional or id(exchange) in strange:
            continue
        sent = (exchange.if_none_match, exchange.if_modified_since)
        if sent not in {known.pair, (_sendable(known.pair[0]), known.pair[1])}:
            found.append(Violation(exchange.at, exchange.place, f"{sent} instead of {known.pair}"))
    return found


def rule_3(history: History) -> list[Violation]:
    """A feed with validators is asked for without them once in 24 hours at most.

    Of a server that has been caught lying the whole feed is asked for once an hour at most. How many are caught is told
    in the score.
    """
    return [
        Violation(exchange.at, exchange.place, "unconditional although validators are known")
        for exchange, known in _with_knowledge(history)
        if not exchange.is_conditional
        and any((_sendable(known.pair[0]), known.pair[1]))
        and exchange.at - known.full_at < (HOUR if known.has_lied else DAY) - _SLACK
    ]


def rule_15(history: History) -> list[Violation]:
    """`A-IM` is sent only together with validators.

    That a difference is merged shows in rule 2: its validators have to be sent next.
    """
    return [
        Violation(exchange.at, exchange.place, "A-IM without validators")
        for exchange in history.log
        if "a-im" in exchange.asked.headers and not exchange.is_conditional
    ]


def _strange_validators(history: History) -> Iterator[tuple[Exchange, str, bool]]:
    """Validators that the address has not issued, and whether its feed has."""
    by_place: dict[str, set[str | None]] = defaultdict(set)
    by_feed: dict[str, set[str | None]] = defaultdict(set)
    for exchange in history.log:
        own = by_place[exchange.place]
        whole = by_feed[exchange.feed] if exchange.feed and exchange.role != "page" else own
        for value in (exchange.if_none_match, exchange.if_modified_since):
            if value is None or value in own or (exchange.role == "hop" and value in whole):
                continue
            yield exchange, value, value in whole
        issued = {exchange.etag, exchange.last_modified}
        own.update(issued)
        whole.update(issued)


def _with_knowledge(history: History) -> Iterator[tuple[Exchange, _Known]]:
    """Each request for a feed at an address that was read before, and what is known of it."""
    for exchanges in history.by_feed.values():
        known: _Known | None = None
        for exchange in exchanges:
            if exchange.role == "hop":
                continue
            if known is not None and known.place != exchange.place:
                known = None
            if known is not None and known.is_sure:
                yield exchange, known
            known = _learned(exchange, known)
            if known is not None and history.may_be_lost(exchange):
                known = replace(known, is_sure=False)


def _learned(exchange: Exchange, known: _Known | None) -> _Known | None:
    if not exchange.is_whole or exchange.is_broken:
        return known
    pair = (exchange.etag, exchange.last_modified)
    if exchange.status == NOT_MODIFIED and known is not None:
        return replace(known, pair=(pair[0] or known.pair[0], pair[1] or known.pair[1]))
    if exchange.status not in GOOD:
        return known
    newest = exchange.items[1]
    new = _Known(exchange.place, pair, exchange.at, newest)
    if known is None:
        return new
    full_at = known.full_at if exchange.status == _DELTA else exchange.at
    has_lied = known.has_lied or (pair == known.pair and any(pair) and newest > known.newest)
    return replace(new, full_at=full_at, has_lied=has_lied)


def _sendable(etag: str | None) -> str | None:
    return etag if etag is not None and len(etag) <= _MAX_VALIDATOR else None
