"""Times as feeds write them."""

# ruff: noqa: RUF001 - letters of all scripts are the point here
from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.feeds import dates
from tests.service.feeds.samples import item, parsed

AT = "2006-01-02T15:04:05"
MINUTE = "2006-01-02T15:04:00"
DAY = "2006-01-02T00:00:00"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

READ = [
    # RFC 822 and what is made of it
    ("Mon, 02 Jan 2006 15:04:05 GMT", AT),
    ("Mon, 02 Jan 2006 15:04:05 UT", AT),
    ("Mon, 02 Jan 2006 15:04:05 Z", AT),
    ("Mon, 02 Jan 2006 15:04:05 A", AT),
    ("Mon, 02 Jan 2006 15:04:05 +0000", AT),
    ("Mon, 02 Jan 2006 15:04:05 -0000", AT),
    ("Mon, 02 Jan 2006 15:04:05", AT),
    ("Mon, 02 Jan 2006 15:04:05 CEST", "2006-01-02T13:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 CET", "2006-01-02T14:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 BST", "2006-01-02T14:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 EST", "2006-01-02T20:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 EDT", "2006-01-02T19:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 CST", "2006-01-02T21:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 PST", "2006-01-02T23:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 PDT", "2006-01-02T22:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 IST", "2006-01-02T09:34:05"),
    ("Mon, 02 Jan 2006 15:04:05 JST", "2006-01-02T06:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 MSK", "2006-01-02T12:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 AEDT", "2006-01-02T04:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 +0530", "2006-01-02T09:34:05"),
    ("Mon, 02 Jan 2006 15:04:05 +05:30", "2006-01-02T09:34:05"),
    ("Mon, 02 Jan 2006 15:04:05 GMT+0200", "2006-01-02T13:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 GMT+02:00", "2006-01-02T13:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 UTC+2", "2006-01-02T13:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 GMT-5", "2006-01-02T20:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 -0500 (EST)", "2006-01-02T20:04:05"),
    ("Mon, 02 Jan 2006 15:04:05 -05", "2006-01-02T20:04:05"),
    ("Mon, 02 Jan 2006 15:04 GMT", MINUTE),
    ("Mon, 2 Jan 06 15:04:05 GMT", AT),
    ("2 Jan 2006 15:04:05 GMT", AT),
    ("Mon, 02 Jan 106 15:04:05 GMT", AT),
    ("Mon, 02 January 2006 15:04:05 GMT", AT),
    ("Monday, 02 January 2006 15:04:05 GMT", AT),
    ("Mon,02 Jan 2006 15:04:05 GMT", AT),
    ("Mon, 02 Jan 2006 15:04:05GMT", AT),
    ("Mon, 02 Jan 2006, 15:04:05 GMT", AT),
    ("Mon, 02-Jan-2006 15:04:05 GMT", AT),
    ("Monday, 02-Jan-06 15:04:05 GMT", AT),
    ("mon, 02 jan 2006 15:04:05 gmt", AT),
    ("Thur, 05 Jan 2006 15:04:05 GMT", "2006-01-05T15:04:05"),
    ("Tue, 05 Sept 2006 15:04:05 GMT", "2006-09-05T15:04:05"),
    ("Mon, 02 Jan 2006 24:00:00 GMT", "2006-01-03T00:00:00"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59"),
    ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05"),
    ("Mon, 2 Jan 2006 3:04:05 PM +0000", AT),
    ("Mon, 21 Jan 2008 8:56 am PST", "2008-01-21T16:56:00"),
    ("Sun, 20 Apr 2014 8:19 pm CEST", "2014-04-20T18:19:00"),
    ("Mon, 2 Jan 2006 12:04 AM", "2006-01-02T00:04:00"),
    ("Mon, 2 Jan 2006 12:04 PM", "2006-01-02T12:04:00"),
    # ISO 8601
    ("2006-01-02T15:04:05Z", AT),
    ("2006-01-02T15:04:05z", AT),
    ("2006-01-02t15:04:05Z", AT),
    ("2006-01-02T15:04:05+02:00", "2006-01-02T13:04:05"),
    ("2006-01-02T15:04:05+0200", "2006-01-02T13:04:05"),
    ("2006-01-02T15:04:05+02", "2006-01-02T13:04:05"),
    ("2006-01-02T15:04:05 -05:00", "2006-01-02T20:04:05"),
    ("2006-01-02T15:04:05 GMT+0100", "2006-01-02T14:04:05"),
    ("2006-01-02T15:04-07:00", "2006-01-02T22:04:00"),
    ("2006-01-02T15:04:05.123456789Z", "2006-01-02T15:04:05"),
    ("2006-01-02T15:04:05,5Z", "2006-01-02T15:04:05"),
    ("2006-01-02T24:00:00Z", "2006-01-03T00:00:00"),
    ("2006-01-02 15:04:05", AT),
    ("2006-01-02 15:04:05.0", AT),
    ("2006-01-02 15:04:05 UTC", AT),
    ("2006-01-02 15:04:05 EST", "2006-01-02T20:04:05"),
    ("2006-01-02 15:04:05 +0200", "2006-01-02T13:04:05"),
    ("2006-01-02 3:04 PM", MINUTE),
    ("2006-1-2 15:4:5", AT),
    ("2006-01-02", DAY),
    ("2006-01-02T", DAY),
    ("2006-01", "2006-01-01T00:00:00"),
    ("2006", "2006-01-01T00:00:00"),
    ("2006-W01-1", DAY),
    ("2003-335", "2003-12-01T00:00:00"),
    ("2003335", "2003-12-01T00:00:00"),
    ("20060102", DAY),
    ("20060102T150405Z", AT),
    ("20060102150405", AT),
    ("200601021504", MINUTE),
    ("2006/01/02 15:04:05", AT),
    ("2006.01.02 15:04", MINUTE),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59"),
    # Unix time
    ("1136214245", AT),
    ("1136214245.5", AT),
    ("1136214245000", AT),
    ("1136214245000000", AT),
    # other orders
    ("January 2, 2006 3:04 PM", MINUTE),
    ("January 2, 2006", DAY),
    ("Jan. 2, 2006", DAY),
    ("Jan 2, 2006 3:04:05 PM EST", "2006-01-02T20:04:05"),
    ("Monday, January 2, 2006 - 15:04", MINUTE),
    ("Monday 2nd January 2006", DAY),
    ("Friday, January 29, 2021 04:42 PM", "2021-01-29T16:42:00"),
    ("Mon Jan  2 15:04:05 2006", AT),
    ("Mon Jan 2 15:04:05 EST 2006", "2006-01-02T20:04:05"),
    ("Mon Jan 2 2006 15:04:05 GMT+0100 (CET)", "2006-01-02T14:04:05"),
    ("15:04 2 Jan 2006", MINUTE),
    ("12:30 PM, Jan 2, 2006", "2006-01-02T12:30:00"),
    ("2 January 2006 at 15:04", MINUTE),
    ("January 2006", "2006-01-01T00:00:00"),
    # numbers only
    ("02/01/2006", DAY),
    ("13/01/2006", "2006-01-13T00:00:00"),
    ("01/13/2006", "2006-01-13T00:00:00"),
    ("02/01/06", DAY),
    ("02.01.2006", DAY),
    ("2.1.2006 15:04", MINUTE),
    ("02-01-2006 15:04:05", AT),
    ("02/01/2006 15:04:05 +0200", "2006-01-02T13:04:05"),
    # other languages
    ("2 janvier 2006 15:04", MINUTE),
    ("lundi 2 janvier 2006 à 15h04", MINUTE),
    ("lun., 02 janv. 2006 15:04:05 +0100", "2006-01-02T14:04:05"),
    ("mar., 03 janv. 2006 15:04:05 +0100", "2006-01-03T14:04:05"),
    ("jeu. 2 févr. 2006", "2006-02-02T00:00:00"),
    ("2 août 2006", "2006-08-02T00:00:00"),
    ("2. Januar 2006", DAY),
    ("Mo, 02 Mär 2006 15:04:05 +0100", "2006-03-02T14:04:05"),
    ("Donnerstag, 2. Dez. 2006, 15:04 Uhr", "2006-12-02T15:04:00"),
    ("2 de enero de 2006", DAY),
    ("lun, 02 ene 2006 15:04:05 +0000", AT),
    ("2 gennaio 2006", DAY),
    ("2 de março de 2006", "2006-03-02T00:00:00"),
    ("2 maart 2006", "2006-03-02T00:00:00"),
    ("2 stycznia 2006", DAY),
    ("2. ledna 2006", DAY),
    ("2 Ocak 2006", DAY),
    ("2006. január 2. 15:04", MINUTE),
    ("2 января 2006 г. 15:04", MINUTE),
    ("Пн, 02 янв 2006 15:04:05 +0300", "2006-01-02T12:04:05"),
    ("2 травня 2006", "2006-05-02T00:00:00"),
    ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00"),
    ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00"),
    ("2004년 5월 28일 오후 11:31:25", "2004-05-28T23:31:25"),
    ("2004-05-28 오후 11:31:25", "2004-05-28T23:31:25"),
    ("2006年1月2日 15:04", MINUTE),
    ("2006年01月02日 15时04分05秒", AT),
]

NOT_READ = [
    "",
    " ",
    "yesterday",
    "Mon, 31 Feb 2024 10:00:00 GMT",
    "Mon, 02 Jan 2006 25:61:61 GMT",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "13/13/2006",
    "1" + "0" * 20,
    "-1",
    "12",
    "n/a",
    "2006-13-45",
    "January",
    "15:04:05",
]


@pytest.mark.parametrize(("raw", "wanted"), READ)
def test_is_read(raw, wanted):
    at = dates.parse(raw)
    assert at is not None
    assert at.utcoffset() == timedelta(0)
    assert at.replace(microsecond=0, tzinfo=None).isoformat() == wanted


@pytest.mark.parametrize("raw", NOT_READ)
def test_is_no_date(raw):
    assert dates.parse(raw) is None


@pytest.mark.parametrize(
    ("raws", "lang", "wanted"),
    [
        (["02/01/2006"], None, False),
        (["02/01/2006"], "en-US", True),
        (["02/01/2006"], "en-GB", False),
        (["02/01/2006 3:04 PM"], None, True),
        (["02/01/2006", "01/13/2006"], None, True),
        (["02/01/2006 3:04 PM", "13/01/2006 3:04 PM"], "en-US", False),
        (["Mon, 01/02/2006 - 15:04"], None, True),
        (["Mon, 02/01/2006 - 15:04"], "en-US", False),
    ],
)
def test_whether_a_feed_writes_the_month_first(raws, lang, wanted):
    assert dates.month_first(raws, lang) is wanted


def test_a_feed_is_read_with_one_order():
    items = "".join(
        f"<item><pubDate>{raw}</pubDate></item>" for raw in ("02/03/2006", "02/13/2006")
    )
    found = parsed(f"<rss><channel>{items}</channel></rss>").entries
    assert [entry.hints.published_at.isoformat()[:10] for entry in found] == [
        "2006-02-03",
        "2006-02-13",
    ]


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1994, 12, 31, tzinfo=UTC), False),
        (datetime(1995, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
        (datetime(9999, 12, 31, tzinfo=UTC), False),
    ],
)
def test_what_can_be(at, kept):
    assert dates.sensible(at, NOW) == (at if kept else None)


def test_nothing_was_published_after_now():
    soon = (datetime.now(UTC) + timedelta(hours=9)).replace(microsecond=0)
    hints = item(f"<title>t</title><pubDate>{soon.isoformat()}</pubDate>").hints
    assert hints.published_at <= datetime.now(UTC)
    assert hints.published_raw == soon.isoformat()
    far = item("<title>t</title><pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>").hints
    assert (far.published_at, far.published_raw) == (None, "Fri, 01 Jan 2100 00:00:00 GMT")


def test_the_first_date_that_can_be_read_counts():
    hints = item("<pubDate>soon</pubDate><dc:date>2006-01-02</dc:date>").hints
    assert (hints.published_at.isoformat()[:10], hints.published_raw) == (
        "2006-01-02",
        "2006-01-02",
    )
    assert item("<pubDate>soon</pubDate>").hints.published_raw == "soon"


@pytest.mark.parametrize(
    "raw",
    [
        "1" * 200_000,
        "Mon, " + " 01:" * 50_000,
        "1-" * 100_000,
        " " * 200_000 + "x",
        "1/" * 100_000,
        "a1" * 100_000,
        "é" * 200_000,
        "Mon Mon " * 50_000,
    ],
)
def test_a_hostile_date_costs_nothing(raw):
    started = time.process_time()
    dates.parse(raw)
    dates.month_first([raw], None)
    assert time.process_time() - started < 0.05


@given(st.text(max_size=60) | st.from_regex(r"\A[0-9A-Za-z:/+., -]{0,40}\Z"))
def test_no_text_raises(raw):
    at = dates.parse(raw)
    assert at is None or at.utcoffset() == timedelta(0)
    dates.month_first([raw], None)
