"""Which language a text is in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE
from workers.extract import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ".join(PROSE), "en"),
        (" ".join(GERMAN), "de"),
        ("Le conseil a décidé que la vieille grue du port serait enlevée avant l'hiver.", "fr"),
        ("El consejo decidió que la vieja grúa del puerto se retirará antes del invierno.", "es"),
        ("Порт закрыт на зиму, сообщили в понедельник, кран уберут весной.", "ru"),
        ("港は冬の間閉まります。古いクレーンは春に撤去される予定です。", "ja"),
        ("港口冬季关闭。旧起重机将于春季拆除，预计需要十周时间。", "zh"),
    ],
)
def test_the_language_of(text, code):
    found = language.detect(text)
    assert found is not None
    assert found.code == code
    assert found.confidence is not None
    assert 0.5 < found.confidence <= 1


@pytest.mark.parametrize("text", ["", "Watch.", "12 345 678 901 234 567 890 123", "? ! …" * 20])
def test_too_little_to_tell(text):
    assert language.detect(text) is None


def test_a_huge_text_costs_no_more_than_its_start():
    start = " ".join(PROSE) * 20
    assert language.detect(start + "x" * 5_000_000) == language.detect(start)


@settings(max_examples=20)
@given(st.text(max_size=300))
def test_every_text_has_a_probability_or_no_language(text):
    found = language.detect(text)
    assert found is None or (len(found.code) in {2, 3} and 0 <= (found.confidence or 0) <= 1)
