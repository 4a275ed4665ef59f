"""The whole way, against a hub on loopback and a real Valkey: subscribe, verify, push, renew, leave."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from random import Random

import pytest

from feedmill.errors import FeedParseError, FetchError
from feedmill.store.connection import connect, connect_async
from feedmill.store.keys import Keys
from feedmill.store.subscriptions import Subscription, Subscriptions
from service.websub.ledger import Ledger
from service.websub.subscriber import Subscriber
from tests.service.support import eventually
from tests.service.websub.support import FEED, PUBLIC, TOPIC, Clock, hub, post, service, sign

DAY = 86400.0


async def follow(run, fake) -> None:
    """Subscribe, and wait until the hub has verified."""
    await run.websub.follow("news", fake.address, TOPIC)
    await eventually(lambda: is_in_force(run))


def is_in_force(run) -> bool:
    sub = run.websub.subscription("news")
    return sub is not None and sub.until > run.clock()


async def test_subscribes_verifies_and_delivers_a_signed_push(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        form = fake.forms[0]
        assert form["hub.mode"] == "subscribe"
        assert form["hub.topic"] == TOPIC
        assert form["hub.lease_seconds"] == "864000"
        assert len(form["hub.callback"].removeprefix(f"{PUBLIC}/")) >= 22  # 128 bits in base64
        assert 22 <= len(form["hub.secret"]) < 200
        status, text, headers = fake.answers[0]
        assert (status, text) == (200, "c" * 40)
        assert headers["Content-Type"].startswith("text/plain")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert run.websub.push_until("news") == 0, (
            "a hub is relied on once it has brought something"
        )
        assert await fake.push() == 202
        await eventually(lambda: run.delivered)
        assert run.delivered == [("news", FEED, "application/rss+xml")]
        assert run.looked == []
        assert run.websub.push_until("news") == pytest.approx(run.clock() + 10 * DAY, abs=5)


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
async def test_takes_every_strong_signature(valkey, valkey_url, method):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.push(method=method) == 202
        await eventually(lambda: run.delivered)


async def test_sha1_only_makes_it_look_at_the_feed(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.push(method="sha1") == 202
        await eventually(lambda: run.looked)
        assert run.looked == ["news"]
        assert run.delivered == []
        assert run.websub.push_until("news") > run.clock()


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "md5=" + "0" * 32,
        "sha1=" + "0" * 40,
        "=" * 2000,
        sign("another secret", FEED),
        sign("", FEED),
    ],
)
async def test_drops_and_counts_what_is_not_signed_by_the_hub(valkey, valkey_url, signature):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.push() == 202
        await eventually(lambda: run.delivered)
        assert await fake.push(b"forged", signature=signature) == 202
        assert run.websub.subscription("news").refused == 1
        assert run.websub.push_until("news") == 0, "the feed is polled as if there were no hub"
        assert await fake.push(b"good again") == 202
        await eventually(lambda: len(run.delivered) == 2)
        assert b"forged" not in {body for _, body, _ in run.delivered}
        assert run.websub.push_until("news") > 0
        assert run.looked == []


async def test_a_push_that_comes_twice_is_worked_on_once(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert [await fake.push(), await fake.push(), await fake.push(b"other")] == [202] * 3
        await eventually(lambda: len(run.delivered) == 2)
        assert [body for _, body, _ in run.delivered] == [FEED, b"other"]


async def test_a_push_without_a_body_leads_to_a_look_at_the_feed(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.push(b"") == 202
        await eventually(lambda: run.looked == ["news"])
        assert run.delivered == []


async def test_a_push_that_cannot_be_read_leads_to_a_look_at_the_feed(valkey, valkey_url):
    error = FeedParseError("no feed")
    async with hub() as fake, service(valkey_url, fake, error=error) as run:
        await follow(run, fake)
        assert await fake.push() == 202
        await eventually(lambda: run.looked == ["news"])


async def test_confirms_nothing_that_was_not_asked_for(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.verifies = False
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: fake.forms)
        form = fake.forms[0]
        stranger = {**form, "hub.callback": f"{PUBLIC}/{'x' * 43}"}
        assert await fake.verify(stranger) == 404
        assert await fake.verify(form, topic="http://news.example/other.xml") == 404
        assert await fake.verify(form, mode="unsubscribe") == 404
        assert await fake.verify(form, mode="delete") == 404
        assert await fake.verify(form, challenge="") == 404
        assert await fake.verify(form, challenge="x" * 5000) == 404
        assert await fake.verify(form, challenge="<b>\x00") == 404
        assert not is_in_force(run)
        assert await fake.verify(form) == 200
        assert is_in_force(run)


async def test_a_verification_is_answered_again_for_a_while_and_not_for_ever(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.verify(fake.forms[0]) == 200, "the hub may not have got the first answer"
        run.pass_time(1000)
        assert await fake.verify(fake.forms[0]) == 404
        assert await fake.verify(fake.forms[0], mode="unsubscribe") == 404
        assert is_in_force(run)


async def test_the_challenge_is_text_whatever_it_holds(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        assert await fake.verify(fake.forms[0], challenge="<script>alert(1)</script>") == 200
        _, text, headers = fake.answers[-1]
        assert text == "<script>alert(1)</script>"
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_renews_at_half_the_lease_and_keeps_callback_and_secret(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.lease = str(int(4 * DAY))
        await follow(run, fake)
        run.pass_time(2 * DAY - 60)
        await asyncio.sleep(0.05)
        assert len(fake.forms) == 1
        run.pass_time(61)
        await eventually(lambda: len(fake.answers) == 2)
        assert fake.statuses == [200, 200]
        assert fake.forms[1] == fake.forms[0]
        assert run.websub.subscription("news").until == pytest.approx(run.clock() + 4 * DAY, abs=5)


@pytest.mark.parametrize("lease", [None, "", "-5", "1e9", "soon", "9" * 400, "0", "٣"])
async def test_a_lease_that_makes_no_sense_is_some_days(valkey, valkey_url, lease):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.lease = lease
        await follow(run, fake)
        sub = run.websub.subscription("news")
        assert run.clock() + DAY - 5 < sub.until <= run.clock() + 10 * DAY
        assert run.clock() + DAY / 2 - 5 < sub.next_at <= run.clock() + 5 * DAY


async def test_a_short_lease_is_not_renewed_without_end(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.lease = "1"
        await follow(run, fake)
        await asyncio.sleep(0.05)
        assert len(fake.forms) == 1
        assert run.websub.subscription("news").next_at > run.clock() + 1700


async def test_a_hub_that_never_verifies_is_asked_less_and_less(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.verifies = False
        await run.websub.follow("news", fake.address, TOPIC)
        asked = []
        for _ in range(4):
            await eventually(lambda: len(fake.forms) == len(asked) + 1)
            await eventually(lambda: run.websub.subscription("news").next_at > run.clock())
            asked.append(run.websub.subscription("news").next_at - run.clock())
            run.pass_time(asked[-1] + 1)
        assert [round(wait, -2) for wait in asked] == [600, 1200, 2400, 4800]
        assert "not come to verify" in run.websub.subscription("news").error


async def test_a_hub_that_is_down_is_tried_again_later(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await run.websub.follow("news", "http://127.0.0.1:1/hub", TOPIC)
        await eventually(
            lambda: "could not be reached" in (run.websub.subscription("news").error or "")
        )
        sub = run.websub.subscription("news")
        assert sub.until == 0
        assert sub.next_at == pytest.approx(run.clock() + 600, abs=5)


async def test_a_hub_that_says_no_is_left_alone_for_a_day(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.status, fake.reason = 400, "topic not known here"
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: "topic not known" in (run.websub.subscription("news").error or ""))
        sub = run.websub.subscription("news")
        assert sub.next_at == pytest.approx(run.clock() + DAY, abs=5)
        assert await fake.verify(fake.forms[0]) == 404


async def test_a_hub_that_is_overloaded_is_left_alone_as_long_as_it_asks(valkey, valkey_url):
    async def overloaded(url, fields):
        answer = await post(url, fields)
        return type(answer)(503, "", 7200.0)

    async with hub() as fake, service(valkey_url, fake, post=overloaded) as run:
        fake.verifies = False
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: "503" in (run.websub.subscription("news").error or ""))
        assert run.websub.subscription("news").next_at == pytest.approx(run.clock() + 7200, abs=5)


async def test_a_hub_whose_host_waits_is_asked_when_it_does_no_longer(valkey, valkey_url):
    async def waits(url, fields):
        error = FetchError("the host asked to be left alone", kind="host-waits", retryable=True)
        error.retry_after = 7200.0
        raise error

    async with hub() as fake, service(valkey_url, fake, post=waits) as run:
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: "left alone" in (run.websub.subscription("news").error or ""))
        assert run.websub.subscription("news").next_at == pytest.approx(run.clock() + 7200, abs=5)


async def test_a_bug_on_the_way_to_one_hub_is_seen_and_costs_this_hub_only(valkey, valkey_url):
    async def buggy(url, fields):
        if "other" in url:
            raise KeyError("a bug")
        return await post(url, fields)

    async with hub() as fake, service(valkey_url, fake, post=buggy) as run:
        await run.websub.follow("other", "http://other.example:1/", TOPIC)
        await eventually(lambda: "KeyError" in (run.websub.subscription("other").error or ""))
        await follow(run, fake)


async def test_a_private_hub_is_refused_by_the_guard(valkey, valkey_url):
    async def guarded(url, fields):
        return await post(url, fields, networks=())

    async with hub() as fake, service(valkey_url, fake, post=guarded) as run:
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: run.websub.subscription("news").asked_at)
        await eventually(lambda: "verify" not in run.websub.subscription("news").error)
        assert fake.forms == []
        assert run.websub.subscription("news").next_at == pytest.approx(run.clock() + DAY, abs=5)


@pytest.mark.parametrize(
    ("address", "topic"),
    [
        ("javascript:alert(1)", TOPIC),
        ("//hub.example/", TOPIC),
        ("http://hub.example:99999/", TOPIC),
        ("http://hub.example/ x", TOPIC),
        ("http://hub.example/\x1b[2J", TOPIC),
        ("http://hub.example/" + "x" * 4000, TOPIC),
        ("http://hub.example/", "tag:news"),
        ("http://hub.example/", "\ud800"),
        ("http://hub.example/", ""),
    ],
)
async def test_addresses_that_are_none_are_not_followed(valkey, valkey_url, address, topic):
    async with hub() as fake, service(valkey_url, fake) as run:
        await run.websub.follow("news", address, topic)
        assert run.websub.subscription("news") is None


async def test_a_denied_subscription_is_over(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        await fake.push()
        other = await fake.verify(fake.forms[0], mode="denied", topic="http://else.example/")
        assert (other, is_in_force(run)) == (404, True)
        assert await fake.verify(fake.forms[0], mode="denied", reason="no\x1b[2J more") == 200
        assert not is_in_force(run)
        assert run.websub.push_until("news") == 0
        assert run.websub.subscription("news").error.endswith(": no[2J more")
        assert run.websub.subscription("news").next_at == pytest.approx(run.clock() + DAY, abs=5)


async def test_a_restart_asks_nothing_that_is_in_force(valkey, valkey_url):
    async with hub() as fake:
        async with service(valkey_url, fake) as run:
            await follow(run, fake)
            await fake.push()
        async with service(valkey_url, fake) as run:
            await run.websub.follow("news", fake.address, TOPIC)
            await asyncio.sleep(0.05)
            assert fake.modes == ["subscribe"]
            assert run.websub.push_until("news") > run.clock()
            assert await fake.push(b"after the restart") == 202
            await eventually(lambda: run.delivered)


async def test_what_fell_due_meanwhile_is_renewed_after_a_restart(valkey, valkey_url):
    async with hub() as fake:
        async with service(valkey_url, fake) as run:
            await follow(run, fake)
        async with service(valkey_url, fake, Clock(6 * DAY)) as run:
            await eventually(lambda: fake.modes == ["subscribe", "subscribe"])


async def test_a_push_that_was_not_worked_on_is_made_good_after_a_restart(valkey, valkey_url):
    async with hub() as fake:
        async with service(valkey_url, fake) as run:
            await follow(run, fake)
            run.busy.clear()
            assert await fake.push() == 202
        async with service(valkey_url, fake) as run:
            await eventually(lambda: run.looked == ["news"])
        async with service(valkey_url, fake) as run:
            await asyncio.sleep(0.05)
            assert run.looked == [], "once is enough"


async def test_takes_leave_when_a_source_is_removed(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        await run.websub.keep_only({"news", "other"})
        assert is_in_force(run)
        await run.websub.keep_only({"other"})
        assert await fake.push() == 410
        await eventually(lambda: len(fake.answers) == 2)
        assert fake.forms[1]["hub.mode"] == "unsubscribe"
        assert fake.forms[1]["hub.callback"] == fake.forms[0]["hub.callback"]
        assert fake.statuses == [200, 200]
        run.pass_time(1000)
        with connect(valkey_url) as redis:
            await eventually(lambda: not redis.exists(Keys().callbacks))
            assert not redis.exists(Keys().subscription("news"))


async def test_a_dead_hub_is_not_told_for_ever_that_we_leave(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        fake.leaving = 503
        await run.websub.unfollow("news")
        for count in range(2, 6):
            await eventually(lambda count=count: len(fake.forms) == count)
            await asyncio.sleep(0.02)
            run.pass_time(20_000)
        await eventually(lambda: not run.websub._ledger.all)
        assert fake.modes == ["subscribe"] + ["unsubscribe"] * 4


async def test_follows_a_feed_to_another_hub_and_leaves_the_first(valkey, valkey_url):
    async with hub() as old, hub() as new, service(valkey_url, old) as run:
        new.port = old.port
        await follow(run, old)
        await run.websub.follow("news", new.address, TOPIC)
        await asyncio.sleep(0.02)
        assert new.forms == [], "a feed that names another hub each time is not followed each time"
        run.pass_time(3700)
        await run.websub.follow("news", new.address, TOPIC)
        await eventually(lambda: new.answers and len(old.answers) == 2)
        assert new.modes == ["subscribe"]
        assert old.modes == ["subscribe", "unsubscribe"]
        assert new.forms[0]["hub.callback"] != old.forms[0]["hub.callback"]
        assert new.forms[0]["hub.secret"] != old.forms[0]["hub.secret"]


async def test_a_feed_without_a_hub_any_more_is_left(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        await run.websub.follow("news", None, None)
        await eventually(lambda: fake.modes == ["subscribe", "unsubscribe"])


async def test_a_hub_that_missed_something_is_not_relied_on_until_it_pushes_again(
    valkey, valkey_url
):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        await fake.push()
        assert run.websub.push_until("news") > 0
        await run.websub.missed("news")
        assert run.websub.push_until("news") == 0
        await fake.push(b"next")
        assert run.websub.push_until("news") > 0


async def test_many_new_subscriptions_reach_a_hub_one_at_a_time(valkey, valkey_url):
    running, most = 0, 0

    async def counted(url, fields):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        answer = await post(url, fields)
        running -= 1
        return answer

    async with hub() as fake, service(valkey_url, fake, post=counted) as run:
        for number in range(20):
            await run.websub.follow(f"news-{number}", fake.address, f"{TOPIC}?{number}")
        await eventually(lambda: len(fake.answers) == 20)
        assert most == 1
        assert len({form["hub.secret"] for form in fake.forms}) == 20


async def test_a_hub_named_without_tls_is_asked_with_tls_first(valkey, valkey_url):
    asked = []

    async def refused(url, fields):
        asked.append(url)
        if url.startswith("https:"):
            raise FetchError("no TLS here", kind="tls")
        return await post(fake.address, fields)

    async with hub() as fake, service(valkey_url, fake, post=refused) as run:
        await run.websub.follow("news", "http://hub.example/", TOPIC)
        await eventually(lambda: is_in_force(run))
        assert asked == ["https://hub.example/", "http://hub.example/"]


async def test_a_push_over_a_weaker_way_than_the_feed_is_only_a_hint(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await run.websub.follow("news", fake.address, "https://news.example/feed.xml")
        await eventually(lambda: is_in_force(run))
        assert await fake.push() == 202
        await eventually(lambda: run.looked == ["news"])
        assert run.delivered == []


async def test_what_was_never_verified_is_left_without_a_word(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.verifies = False
        await run.websub.follow("news", fake.address, TOPIC)
        await eventually(lambda: fake.forms)
        await run.websub.unfollow("news")
        await asyncio.sleep(0.05)
        assert fake.modes == ["subscribe"]
        assert await fake.verify(fake.forms[0]) == 404
        await eventually(lambda: not valkey.keys("*subscription*"))


async def test_a_feed_that_changes_its_topic_for_ever_leaves_little_behind(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        fake.leaving = 503
        for number in range(10):
            await run.websub.follow("news", fake.address, f"{TOPIC}?{number}")
            await eventually(lambda: is_in_force(run))
            run.clock.offset += 3700
        assert len(run.websub._ledger.of("news")) == 5


async def test_many_that_fell_due_meanwhile_are_spread_over_time(valkey, valkey_url):
    redis = connect_async(valkey_url)
    store = Subscriptions(redis, Keys())
    for number in range(50):
        await store.save(Subscription(f"s{number}", "https://h.example/", TOPIC, f"t{number}", "s"))
    ledger, chance = Ledger(store), Random(1)
    await ledger.load()
    now = Clock()()
    subscriber = Subscriber(ledger, post, PUBLIC, clock=lambda: now, random=chance.random)
    await subscriber.spread_overdue()
    waits = sorted(sub.next_at - now for sub in ledger.all)
    assert waits[0] > 0
    assert 300 < waits[-1] < 500
    assert max(later - sooner for sooner, later in pairwise(waits)) < 100
    await redis.aclose()
