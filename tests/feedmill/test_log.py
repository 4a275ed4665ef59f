"""The log: one JSON object a line, no secrets, nothing that fools a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.log import clean, redact


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://a.example/x?id=1#top", "https://a.example/x?id=1#top"),
        ("https://user:word@a.example/", "https://a.example/"),
        ("https://user@a.example/", "https://a.example/"),
        ("redis://:word@a.example:6379/0", "redis://a.example:6379/0"),
        ("rediss://user:word@a.example/0", "rediss://a.example/0"),
        ("https://user:p%40ss@a.example/", "https://a.example/"),
        ("https://user:p@ss@a.example/", "https://a.example/"),
        ("from https://u:w@a.example/ to https://v:x@b.example/", None),
        ("https://a.example/x?token=abc", "https://a.example/x?token=..."),
        ("https://a.example/x?id=1&token=abc&p=2", "https://a.example/x?id=1&token=...&p=2"),
        ("https://a.example/x?access_token=abc#y", "https://a.example/x?access_token=...#y"),
        ("https://a.example/x?API_KEY=abc", "https://a.example/x?API_KEY=..."),
        ("https://a.example/x?apikey=abc", "https://a.example/x?apikey=..."),
        ("https://a.example/x?auth=abc", "https://a.example/x?auth=..."),
        ("https://a.example/x?X-Amz-Signature=abc", "https://a.example/x?X-Amz-Signature=..."),
        ("https://a.example/x?client_secret=abc", "https://a.example/x?client_secret=..."),
        ("https://a.example/x?password=abc", "https://a.example/x?password=..."),
        ("https://a.example/x?a=1;token=abc", "https://a.example/x?a=1;token=..."),
        ("mail desk@a.example about it", "mail desk@a.example about it"),
        ("https://a.example/@desk/1", "https://a.example/@desk/1"),
        ("https://a.example/x?to=desk@b.example", "https://a.example/x?to=desk@b.example"),
    ],
)
def test_addresses_are_shown_without_their_secrets(text, cleaned):
    result = clean(text)
    if cleaned is None:
        assert "w@" not in result
        assert "x@" not in result
    else:
        assert result == cleaned


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\x08", "\x0b", "\x0d", "\x1b", "\x1f", "\x7f", "\x85", "\x9b"),
        *("\u2028", "\u2029", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"),
        "\u061c",  # the Arabic letter mark is a bidirectional control as well
    ],
)
def test_characters_that_change_what_is_seen_are_escaped(character):
    cleaned = clean(f"before{character}after")
    assert character not in cleaned
    assert cleaned.startswith("before\\")
    assert cleaned.endswith("after")


@settings(max_examples=50)
@given(st.text())
def test_no_control_or_bidirectional_character_is_left(text):
    for character in clean(text):
        if character not in "\t\n":
            assert unicodedata.category(character) != "Cc"
            assert unicodedata.bidirectional(character) not in {
                *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
            }


@settings(max_examples=50)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


def test_no_address_holds_up_the_program():
    """The service logs strangers' addresses on its event loop: a short one must not take seconds."""
    started = time.perf_counter()
    clean("https://a.example/x" + "?key" * 700)
    assert time.perf_counter() - started < 1


def test_every_string_of_an_event_is_cleaned():
    event = redact(
        None,
        "info",
        {
            "url": "https://u:w@a.example/?token=abc",
            "urls": ["https://u:w@a.example/", "https://a.example/?token=abc"],
            "more": {"url": "https://u:w@a.example/?token=abc"},
            "count": 3,
        },
    )
    assert event["count"] == 3
    assert "w@" not in str(event)
    assert "abc" not in str(event)


_SPEAKER = """
import logging, sys
from feedmill import log
log.configure(json=sys.argv[1] == "json", level=sys.argv[2])
logger = log.get("tests").bind(source_id="news")
logger.debug("quiet")
logger.info("polled", url="https://u:word@a.example/?token=abc&id=1", count=2)
logger.warning("odd", error="x\\n2026-01-01 ERROR false\\x1b[31m\\u202e\\u2028")
try:
    raise ValueError("no https://u:word@a.example/")
except ValueError:
    logger.exception("failed")
logging.getLogger("other.library").warning("has %s", "https://u:word@a.example/\\x1b")
logging.getLogger("other.library").info("chatter")
log.get("tests").info("half", title="\\ud83d")
"""


def spoken(form: str, level: str = "info") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SPEAKER, form, level],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout == ""
    assert "Logging error" not in done.stderr
    return done.stderr.split("\n")[:-1]


def test_one_json_object_a_line():
    events = [json.loads(line) for line in spoken("json")]
    assert [e["event"] for e in events] == [
        *("polled", "odd", "failed", "has https://a.example/\\x1b", "half")
    ]
    assert [e["level"] for e in events] == ["info", "warning", "error", "warning", "info"]
    assert all(e["at"].endswith("Z") for e in events)
    assert all(e["source_id"] == "news" for e in events[:3])
    assert events[0]["url"] == "https://a.example/?token=...&id=1"
    assert events[0]["count"] == 2
    assert events[1]["error"] == "x\n2026-01-01 ERROR false\\x1b[31m\\u202e\\u2028"
    assert "ValueError" in events[2]["exception"]
    assert "word" not in json.dumps(events)


def test_a_level_drops_what_is_below():
    assert len(spoken("json", "warning")) == 3
    assert len(spoken("json", "debug")) == 6


def test_for_people_a_strangers_line_end_makes_no_line():
    lines = spoken("people")
    assert sum("false" in line for line in lines) == 1
    assert not any(line.startswith("2026-01-01 ERROR false") for line in lines)
    assert not any("word" in line for line in lines)
