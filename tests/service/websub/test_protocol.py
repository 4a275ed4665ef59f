"""Decisions of the protocol that need no network to be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedmill.store.subscriptions import Subscription
from service.websub import protocol
from service.websub.signature import Trust, trust
from tests.service.websub.support import sign

NOW = 1_000_000.0
SUB = Subscription("news", "https://hub.example/", "https://news.example/feed", "token", "secret")


def never() -> float:
    return 0.0


def test_a_callback_and_its_secret_cannot_be_guessed():
    made = [
        protocol.subscription("news", SUB.hub, SUB.topic, now=NOW, within=9, random=never)
        for _ in range(50)
    ]
    words = {sub.token for sub in made} | {sub.secret for sub in made}
    assert len(words) == 100
    assert min(map(len, words)) >= 43  # 256 bits in base64


@pytest.mark.parametrize(
    ("hub", "addresses"),
    [
        ("https://hub.example/", ("https://hub.example/",)),
        ("http://hub.example/x?y", ("https://hub.example/x?y", "http://hub.example/x?y")),
        ("http://hub.example:80/", ("https://hub.example/", "http://hub.example:80/")),
        ("http://hub.example:8080/", ("http://hub.example:8080/",)),
    ],
)
def test_hubs_are_asked_over_tls_where_that_may_do(hub, addresses):
    assert protocol.addresses(hub) == addresses


def test_waits_grow_and_have_an_end():
    sub, waits = SUB, []
    for _ in range(40):
        sub = protocol.begun(sub, now=NOW, random=never)
        waits.append(sub.next_at - NOW)
    assert waits[0] == protocol.FLOOR
    assert waits == sorted(waits)
    assert waits[-1] == 86400


def test_a_renewal_that_fails_leaves_the_lease_in_force():
    sub = replace(SUB, until=NOW + 5000, is_proven=True)
    sub = protocol.begun(sub, now=NOW, random=never)
    sub = protocol.failed(sub, "down", now=NOW, random=never, is_lasting=True)
    assert protocol.relied_until(sub) == NOW + 5000


def test_a_hub_that_verified_while_it_was_asked_did_not_fail():
    sub = protocol.begun(SUB, now=NOW, random=never)
    asked = protocol.Question("subscribe", SUB.topic, "c", "7200")
    sub = protocol.confirmed(sub, asked, now=NOW, random=never)
    assert protocol.failed(sub, "timeout", now=NOW, random=never) == sub
    assert (sub.until, sub.next_at) == (NOW + 7200, NOW + 3600)


def test_an_unsubscription_says_no_secret():
    form = protocol.form(replace(SUB, mode="unsubscribe"), "https://feedmill.example/hooks")
    assert "hub.secret" not in form
    assert form["hub.mode"] == "unsubscribe"


@pytest.mark.parametrize(
    ("mode", "topic", "after", "is_meant"),
    [
        ("subscribe", SUB.topic, 0, True),
        ("subscribe", SUB.topic, 90_000, False),
        ("subscribe", f"{SUB.topic}/", 0, False),
        ("unsubscribe", SUB.topic, 0, False),
        ("denied", SUB.topic, 90_000, True),
        ("denied", "", 0, False),
    ],
)
def test_what_a_hub_may_speak_of(mode, topic, after, is_meant):
    sub = protocol.begun(SUB, now=NOW, random=never)
    asked = protocol.Question(mode, topic, "c")
    assert protocol.is_meant(sub, asked, now=NOW + after) is is_meant


BODY = b"body"
GOOD = sign("secret", BODY)
WEAK = sign("secret", BODY, "sha1")


@pytest.mark.parametrize(
    ("signatures", "worth"),
    [
        ([GOOD], Trust.CONTENT),
        ([GOOD.upper()], Trust.CONTENT),
        ([f"  {GOOD} "], Trust.CONTENT),
        ([WEAK, GOOD], Trust.CONTENT),
        ([WEAK], Trust.HINT),
        ([], Trust.UNSIGNED),
        ([GOOD[:-1]], Trust.FORGED),
        ([GOOD + "0"], Trust.FORGED),
        (["sha1=" + GOOD.partition("=")[2]], Trust.FORGED),
        ([GOOD.partition("=")[2]], Trust.FORGED),
        (["sha256=ü\udcff"], Trust.FORGED),
        (["shake_128=00"], Trust.FORGED),
        (["x"] * 4 + [GOOD], Trust.FORGED),
    ],
)
def test_signatures(signatures, worth):
    assert trust(SUB, signatures, BODY) is worth


@pytest.mark.parametrize(
    ("hub", "topic", "is_secure", "worth"),
    [
        ("https://hub.example/", "https://news.example/", False, Trust.CONTENT),
        ("http://hub.example/", "https://news.example/", False, Trust.HINT),
        ("http://hub.example/", "https://news.example/", True, Trust.CONTENT),
        ("http://hub.example/", "http://news.example/", False, Trust.CONTENT),
    ],
)
def test_a_push_is_trusted_no_more_than_its_way(hub, topic, is_secure, worth):
    sub = replace(SUB, hub=hub, topic=topic, is_secure=is_secure)
    assert trust(sub, [GOOD], BODY) is worth
