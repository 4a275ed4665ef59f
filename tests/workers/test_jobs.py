"""A batch of pages: each ends on its own, and a bad one costs nobody but itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from feedmill.page import EntryHints, Page
from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from tests.articles import make_page
from tests.workers.samples import GERMAN, PROSE, html_page, lines_of
from workers.desk import Desk
from workers.extract import MAX_BYTES
from workers.extract.hints import SiteLines
from workers.extract.site import shares
from workers.making import hints_of, to_article
from workers.memory import Memory

KEYS = Keys()


def page(number: int, content: bytes | None = None, **fields: Any) -> Page:
    url = f"https://news.example/{number}"
    values = {"url": url, "identity": url, **fields}
    return make_page(f"page-{number}", article(number) if content is None else content, **values)


def article(number: int, mark: str = "") -> bytes:
    """The page of an article with words of its own."""
    lines = [f"<p>{line} Report {number}.</p>" for line in PROSE]
    return html_page("".join(lines) + mark, title=f"Report {number}")


def work_through(
    redis: Redis, keys: Keys, page_ids: Sequence[str], *, whole: bool = False
) -> Counter[str]:
    """In this process: what became of the pages."""
    desk = Desk(redis, keys, whole=whole)
    return Counter(desk.work_on(page_id) for page_id in page_ids)


def titles(redis: Redis) -> list[str]:
    return sorted(entry.fields["title"] for entry in ArticleLog(redis, KEYS).since("0-0"))


def quarantined(redis: Redis) -> dict[str, str]:
    return {
        fields[b"page_id"].decode(): fields[b"kind"].decode()
        for _, fields in redis.xrange("quarantine")
    }


def nothing_is_left(redis: Redis) -> None:
    assert redis.zcard("pages:pending") == 0
    assert redis.hlen("pages:attempts") == 0


# ---- in this process


def test_a_batch_becomes_articles(valkey, accept):
    ids = accept(page(1), page(2), page(3))
    assert work_through(valkey, KEYS, ids) == {"new": 3}
    assert titles(valkey) == ["Report 1", "Report 2", "Report 3"]
    nothing_is_left(valkey)
    assert not list(valkey.scan_iter("raw:*"))


def test_a_batch_twice_changes_nothing(valkey, accept):
    ids = accept(page(1), page(2))
    work_through(valkey, KEYS, ids)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert work_through(valkey, KEYS, ids) == {"done-before": 2}
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


def test_the_same_page_twice_in_a_batch(valkey, accept):
    [one] = accept(page(1))
    assert work_through(valkey, KEYS, [one, one]) == {"new": 1, "done-before": 1}


def test_copies_are_linked(valkey, accept):
    ids = accept(page(1), page(2, article(1)))
    assert work_through(valkey, KEYS, ids) == {"new": 1, "duplicate": 1}


def test_texts_too_short_to_compare_are_two_articles(valkey, accept):
    ids = accept(
        page(1, b"Watch it.", content_type="text/plain"),
        page(2, b"Watch it.", content_type="text/plain"),
    )
    assert work_through(valkey, KEYS, ids) == {"new": 2}


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (page(2, b""), "no-text"),
        (page(2, b"\x89PNG\r\n"), "not-text"),
        (page(2, b"x" * (MAX_BYTES + 1)), "too-big"),
        (page(2, b"<!doctype html><html><body></body></html>"), "no-text"),
        (page(2, drop=("(",)), "bug"),
        (page(2, identity="https://news.example:99999/2"), "bug"),
    ],
    ids=["empty", "picture", "too big", "no article", "bad pattern", "bad address"],
)
def test_a_bad_page_costs_itself_and_the_batch_goes_on(valkey, accept, bad, kind):
    ids = accept(page(1), bad, page(3))
    assert work_through(valkey, KEYS, ids) == {"new": 2, "quarantined": 1}
    assert quarantined(valkey) == {"page-2": kind}
    nothing_is_left(valkey)


def test_an_expired_or_broken_page_costs_itself(valkey, accept):
    ids = accept(page(1), page(2), page(3))
    valkey.delete("raw:page-1")
    valkey.set("raw:page-2", b"garbage")
    assert work_through(valkey, KEYS, ids) == {"new": 1, "quarantined": 2}
    assert quarantined(valkey) == {"page-1": "raw-expired", "page-2": "page-format"}


def test_an_address_that_no_key_can_be_made_of_costs_its_page_alone(valkey, accept):
    """Here the address that answered is fine and the one that was asked for is not."""
    long = "https://news.example/2?" + "&".join(["a=1"] * 1001)
    ids = accept(
        page(1), page(2, url=long, identity=long, final_url="https://news.example/2"), page(3)
    )
    work_through(valkey, KEYS, ids)
    assert {"Report 1", "Report 3"} <= set(titles(valkey))
    nothing_is_left(valkey)


def test_unknown_ids_are_finished_pages(valkey):
    assert work_through(valkey, KEYS, ["never", ""]) == {"done-before": 2}
    assert valkey.dbsize() == 0


def test_a_page_begun_three_times_before_is_set_aside(valkey, accept):
    ids = accept(page(1), page(2))
    valkey.hset("pages:attempts", "page-1", 3)
    assert work_through(valkey, KEYS, ids) == {"new": 1, "quarantined": 1}
    assert quarantined(valkey) == {"page-1": "crashed"}


def test_a_page_whose_attempt_never_ended_is_left_alone_among_others(valkey, accept):
    [one, two] = accept(page(1), page(2))
    valkey.hset("pages:attempts", one, 1)
    desk = Desk(valkey, KEYS)
    assert desk.work_on(one, alone=False) == "suspect"
    assert valkey.hget("pages:attempts", one) == b"1"
    assert desk.work_on(two, alone=False) == "new"
    assert desk.work_on(one, alone=True) == "new"
    nothing_is_left(valkey)


def test_an_article_that_others_write_all_the_time_is_for_later(valkey, accept, monkeypatch):
    [one] = accept(page(1))
    with monkeypatch.context() as patched:
        patched.setattr("workers.filing._TRIES", 0)
        assert work_through(valkey, KEYS, [one] * 5) == {"contended": 5}
    assert valkey.zcard("pages:pending") == 1
    assert work_through(valkey, KEYS, [one]) == {"new": 1}
    nothing_is_left(valkey)


def test_a_full_server_quarantines_nothing(valkey, accept):
    ids = accept(page(1), page(2))
    valkey.config_set("maxmemory", 1)
    try:
        for _ in range(5):
            with pytest.raises(RedisError):
                work_through(valkey, KEYS, ids)
    finally:
        valkey.config_set("maxmemory", 0)
    assert valkey.xlen("quarantine") == 0
    assert work_through(valkey, KEYS, ids) == {"new": 2}


def test_whole_articles_on_request(valkey, accept):
    work_through(valkey, KEYS, accept(page(1)), whole=True)
    [entry] = ArticleLog(valkey, KEYS).since("0-0")
    assert '"schema":"article/1"' in entry.fields["json"]


def test_pages_teach_their_site(valkey, accept):
    frame = "<p>Share this article</p>"
    english = html_page("".join(f"<p>{line}</p>" for line in PROSE) + frame)
    german = html_page("".join(f"<p>{line}</p>" for line in GERMAN) + frame)
    work_through(valkey, KEYS, accept(page(1, english), page(2, german), page(3, b"")))
    assert valkey.llen("site:news.example") == 2
    lines = ["Share this article", "Ferry late."]
    recalled = Memory(valkey, KEYS).recall(page(4), lines)
    assert recalled.taught.pages == 2
    assert shares(lines, recalled.taught).tolist() == [1, 0]


def test_a_page_set_aside_teaches_nothing(valkey, accept):
    work_through(valkey, KEYS, accept(page(1, b"<!doctype html><html><body></body></html>")))
    assert not list(valkey.scan_iter("site:*"))


def test_what_is_known_from_elsewhere():
    entry = EntryHints(title="Crane goes", summary="It goes.", authors=("A. Reed",), lang="en")
    site = SiteLines(pages=2.0, counts={"AAAAAAAA": 1.0})
    hints = hints_of(page(1, hints=entry), site)
    assert (hints.title, hints.summary, hints.lang) == ("Crane goes", "It goes.", "en")
    assert (hints.authors, hints.site) == (("A. Reed",), site)
    assert hints_of(page(1)).site == SiteLines()


# ---- what an article is made of


def test_the_content_of_the_feed_stands_in_for_a_page_without_text():
    hints = EntryHints(title="Crane goes", content="".join(f"<p>{line}</p>" for line in PROSE))
    made = to_article(page(1, html_page(""), hints=hints))
    assert made.text.split("\n\n") == list(PROSE)
    assert made.extraction.method == "feed/content"
    assert (made.title, made.title_from) == ("Crane goes", "feed")


def test_an_entry_is_taken_whole():
    made = to_article(page(1, b"<p>Short.</p><p>But all of it.</p>", kind="entry"))
    assert made.text == "Short.\n\nBut all of it."


def test_a_file_of_plain_text():
    made = to_article(page(1, lines_of("Crane goes", "", *PROSE), kind="file"))
    assert (made.title, made.text.split("\n\n")) == ("Crane goes", list(PROSE))
    assert made.source.kind == "files"


# ---- in real processes


@pytest.mark.slow
def test_a_worker_works_and_ends(valkey, accept, enqueue, work):
    enqueue(accept(*(page(n) for n in range(5))))
    done = work()
    assert done.returncode == 0, done.stderr
    assert titles(valkey) == [f"Report {n}" for n in range(5)]
    nothing_is_left(valkey)


BAD = {
    "KILL-THE-PROCESS": "page-killed",
    "LEAVE-THE-PROCESS": "page-crash",
    "READ-ADDRESS-ZERO": "page-crash",
    "LOOP-FOR-EVER": "page-cpu",
    "TAKE-FOUR-GIGABYTES": "page-memory",
}


@pytest.mark.slow
def test_pages_that_end_their_process_cost_themselves_and_nothing_else(
    valkey, accept, enqueue, work
):
    """All in one batch, each between two others."""
    pages = [page(0)]
    for number, mark in enumerate(BAD, 1):
        bad = page(2 * number - 1, article(2 * number - 1, f"<p>{mark}</p>"))
        pages += [bad, page(2 * number)]
    enqueue(accept(*pages))
    done = work(90)
    assert done.returncode == 0, done.stderr
    assert list(quarantined(valkey).values()) == list(BAD.values())
    assert titles(valkey) == sorted(f"Report {2 * number}" for number in range(len(BAD) + 1))
    nothing_is_left(valkey)
    assert valkey.exists("raw:page-1")
    told = {fields[b"kind"]: fields for _, fields in valkey.xrange("quarantine")}
    assert 1.5 < float(told[b"page-cpu"][b"cpu_seconds"]) < 5
    assert told[b"page-cpu"][b"signal"] == b"24"
    assert all(float(fields[b"max_rss"]) > 30e6 for fields in told.values())
    assert all(fields[b"url"].startswith(b"https://news.example/") for fields in told.values())


@pytest.mark.slow
def test_a_pattern_of_the_operator_that_never_ends_costs_its_page(valkey, accept, enqueue, work):
    text = lines_of("Crane goes", "", *PROSE, "a" * 60 + "!")
    enqueue(accept(page(1), page(2, text, kind="file", drop=("(a+)+$",)), page(3)))
    done = work(60)
    assert done.returncode == 0, done.stderr
    assert quarantined(valkey) == {"page-2": "page-cpu"}
    assert titles(valkey) == ["Report 1", "Report 3"]
    nothing_is_left(valkey)
