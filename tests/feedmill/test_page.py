"""The form of a page in Redis: what goes in comes out, and nothing else is taken for a page."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.errors import StoreError
from feedmill.page import EntryHints, Page, decode, encode
from tests.articles import make_page

TEXT = st.text(max_size=40)
MAYBE = st.none() | TEXT
TIMES = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-3, minutes=-30))]
    ),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
HINTS = st.builds(
    EntryHints,
    guid=MAYBE,
    title=MAYBE,
    summary=MAYBE,
    content=MAYBE,
    authors=TEXTS,
    published_at=st.none() | TIMES,
    published_raw=MAYBE,
    updated_at=st.none() | TIMES,
    tags=TEXTS,
    lang=MAYBE,
    enclosures=st.lists(st.tuples(TEXT, MAYBE, st.none() | st.integers()), max_size=2).map(tuple),
)
PAGES = st.builds(
    Page,
    id=TEXT,
    kind=st.sampled_from(["page", "entry", "file"]),
    source_id=TEXT,
    url=TEXT,
    identity=TEXT,
    fetched_at=TIMES,
    content=st.binary(max_size=100),
    content_type=MAYBE,
    source_name=MAYBE,
    feed_url=MAYBE,
    status=st.none() | st.integers(0, 999),
    final_url=MAYBE,
    error=MAYBE,
    hints=HINTS,
    tags=TEXTS,
    drop=TEXTS,
    precision=st.none() | st.booleans(),
    mode=st.sampled_from(["default", "fast"]),
    html=st.booleans(),
)


@settings(max_examples=40)
@given(PAGES)
def test_a_page_survives_the_round_trip(page):
    assert decode(encode(page)) == page


@settings(max_examples=40)
@given(PAGES)
def test_the_head_is_one_line_of_json_and_the_bytes_follow_as_they_are(page):
    head, _, content = encode(page).partition(b"\n")
    assert json.loads(head)["id"] == page.id
    assert content == page.content


def test_half_characters_in_a_strangers_text_do_not_stop_the_intake():
    """JSON feeds and broken entities can hold one half of a surrogate pair."""
    page = make_page(hints=EntryHints(title="Crane \ud83d falls"))
    assert "Crane" in decode(encode(page)).hints.title


@given(st.binary(max_size=200))
def test_garbage_is_a_store_error(data):
    with pytest.raises(StoreError) as caught:
        decode(data)
    assert caught.value.kind == "page-format"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.sampled_from(["tags", "drop", "fetched_at", "hints"]), JSON_VALUES.filter(bool))
def test_wrong_values_are_a_store_error_or_the_value_of_another_type(name, value):
    head = json.loads(encode(make_page()).partition(b"\n")[0])
    with contextlib.suppress(StoreError):
        decode(json.dumps({**head, name: value}).encode() + b"\n")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null\n", id="null"),
        pytest.param(b"[]\n", id="list"),
        pytest.param(b"{}\n", id="no fields"),
        pytest.param(b'{"hints": null}\n', id="no hints"),
        pytest.param(b"1" * 5000 + b"\n", id="a number of 5000 digits"),
        pytest.param(b"[" * 100_000 + b"\n", id="deep lists"),
        pytest.param(b'{"a":' * 100_000 + b"\n", id="deep objects"),
    ],
)
def test_what_is_no_page_is_a_store_error(data):
    with pytest.raises(StoreError):
        decode(data)


def test_fields_of_another_version_are_a_store_error():
    head, _, content = encode(make_page(content=b"x")).partition(b"\n")
    fields = json.loads(head)
    for other in ({**fields, "unknown": 1}, {k: v for k, v in fields.items() if k != "hints"}):
        with pytest.raises(StoreError):
            decode(json.dumps(other).encode() + b"\n" + content)


def test_line_ends_in_texts_stay_out_of_the_head():
    page = make_page(content=b"\n\n{}", hints=EntryHints(title="a\nb\r\u2028c"))
    assert decode(encode(page)) == page
    assert decode(encode(replace(page, content=b""))).content == b""
