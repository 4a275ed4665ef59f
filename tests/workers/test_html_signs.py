"""Kinds of characters, counted for many texts at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workers.extract.html.features.signs import Sign, Signs

TEXTS = ["Hello, World; 42!", "ünder the sea", "新闻：今天。", "ABC", '"Quote." He said']


def test_each_text_has_its_own_counts():
    signs = Signs(TEXTS)
    assert signs.count(Sign.DIGIT).tolist() == [2, 0, 0, 0, 0]
    assert signs.count(Sign.COMMA).tolist() == [2, 0, 0, 0, 0]
    assert signs.count(Sign.UPPER).tolist() == [2, 0, 0, 3, 2]
    assert signs.count(Sign.WIDE).tolist() == [0, 0, 4, 0, 0]
    assert signs.count(Sign.QUOTE).tolist() == [0, 0, 0, 0, 2]


def test_sentence_marks_stand_before_blanks_quotes_or_the_end():
    assert Signs(["3.5 per cent. Yes!", "a.b", "对。不对", 'No." x']).sentence_marks().tolist() == [
        *(2, 0, 1, 1)
    ]


def test_capitals_are_a_share_of_the_longer_words():
    assert Signs(["The Port Authority said", "a b c", "port"]).capitals().tolist() == [
        *(2 / 3, -1.0, 0.0)
    ]


@given(st.lists(st.text(min_size=1).filter(lambda text: "\n" not in text), min_size=1, max_size=5))
def test_any_text_is_counted_as_python_counts(texts):
    signs = Signs(texts)
    assert signs.lengths.tolist() == [len(text) for text in texts]
    assert signs.count(Sign.SPACE).tolist() == [text.count(" ") + 1 for text in texts]
    assert signs.count(Sign.QUOTE).tolist() == [
        sum(text.count(quote) for quote in '"“”„«»「') for text in texts
    ]
