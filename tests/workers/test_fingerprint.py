"""The content hash: the same words in the same order, and nothing else, make the same hash."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workers.samples import PROSE
from workers.dedup.fingerprint import content_hash, is_comparable

TEXT = " ".join(PROSE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, TEXT.upper()),
        (TEXT, TEXT.replace(" ", "\n\n")),
        (TEXT, TEXT.replace(",", " –").replace(".", "…")),
        (TEXT, "  " + TEXT.replace("authority", "au\u00adthor\u00adity") + "\u00a0"),
        (TEXT + ' "don\'t"', TEXT + " “don’t”"),
        (TEXT + " \ufb01nal", TEXT + " final"),
        (TEXT + " \uff21\uff22", TEXT + " ab"),
        (TEXT + " caf\u00e9", TEXT + " cafe\u0301"),
        (TEXT + " Straße", TEXT + " STRASSE"),
    ],
)
def test_the_same_words(one, other):
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, TEXT + " Not."),
        (TEXT, TEXT.replace("ten weeks", "two weeks")),
        (TEXT, TEXT.replace("old crane", "crane old")),
        (TEXT + " 1 2", TEXT + " 12"),
        (TEXT, TEXT.replace("the", "teh", 1)),
    ],
)
def test_other_words(one, other):
    assert content_hash(one) != content_hash(other)


def test_the_title_counts_for_short_texts_only():
    short = "Watch the video of the whole meeting of the council here."
    assert content_hash(short, "Crane goes") != content_hash(short, "Crane stays")
    assert content_hash(TEXT, "Crane goes") == content_hash(TEXT, "Crane stays")


@pytest.mark.parametrize(
    ("text", "title", "comparable"),
    [
        ("", None, False),
        ("Watch the video.", "Crane goes down", False),
        ("Watch the video.", "The old crane goes down", True),
        ("one two three four five six seven", None, False),
        ("one two three four five six seven eight", None, True),
        ("o" * 2000, "one two three four five six", False),
        (f"{'o' * 2000} two three four five six seven eight", None, True),
        (TEXT, None, True),
    ],
)
def test_what_is_too_short_to_be_a_copy(text, title, comparable):
    assert is_comparable(text, title) is comparable
    assert len(content_hash(text, title)) == 32


def test_the_hash_is_128_bits_as_hex():
    value = content_hash(TEXT)
    assert len(value) == 32
    assert int(value, 16) >= 0


LETTERS = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=6)


@settings(max_examples=50)
@given(st.lists(LETTERS, min_size=8, max_size=20), st.sampled_from([" ", "\n", ", ", " – ", ".  "]))
def test_what_stands_between_the_words_makes_no_difference(words, between):
    assert content_hash(between.join(words)) == content_hash(" ".join(words))


@settings(max_examples=50)
@given(st.lists(LETTERS, min_size=8, max_size=20), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_nor_does_the_unicode_form(words, form):
    text = " ".join(words)
    assert content_hash(unicodedata.normalize(form, text)) == content_hash(text)


@settings(max_examples=50)
@given(st.lists(LETTERS, min_size=8, max_size=20), st.integers(0, 19), LETTERS)
def test_every_word_makes_a_difference(words, place, other):
    place %= len(words)
    folded = [unicodedata.normalize("NFKC", word).casefold() for word in (words[place], other)]
    assume(folded[0] != folded[1])
    changed = [*words[:place], other, *words[place + 1 :]]
    assert content_hash(" ".join(changed)) != content_hash(" ".join(words))
