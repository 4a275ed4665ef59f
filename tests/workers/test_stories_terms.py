"""What an article is about: terms, what they tell, and vectors of them."""

from __future__ import annotations

import numpy as np
import pytest

from workers.stories.idf import SLOTS, Frequencies, idf, slots
from workers.stories.terms import NAME, NUMBER, WORD, Terms, terms
from workers.stories.vector import EMPTY, MAX_TERMS, Vector, gram, pack, products, unpack, vector


def count(kind: int, text: str) -> int:
    """How many terms of a kind."""
    return terms(text).kinds.tolist().count(kind)


def id_of(word: str, lang: str = "en") -> int:
    (only,) = terms(word, None, lang).ids.tolist()
    return only


def times(found: Terms) -> dict[int, float]:
    return dict(zip(found.ids.tolist(), found.times.tolist(), strict=True))


def made(*kinds_and_lengths: tuple[int, int]) -> Terms:
    """Terms with these looks, each there once."""
    kinds, lengths = zip(*kinds_and_lengths, strict=True)
    return Terms(
        ids=np.arange(1, len(kinds) + 1, dtype=np.uint32),
        kinds=np.array(kinds, np.uint8),
        lengths=np.array(lengths, np.int64),
        times=np.ones(len(kinds)),
    )


def test_a_name_is_a_capital_inside_a_sentence():
    assert count(NAME, "The harbour of Odense was closed. The ferry stays.") == 1


def test_the_first_word_of_a_sentence_is_a_name_if_it_is_one_elsewhere():
    assert count(NAME, "Odense closed its harbour. People in Odense wait.") == 1


def test_capitals_of_a_headline_tell_nothing():
    assert count(NAME, "Harbour Fire Closes Ferry Line\n") == 0


def test_a_word_that_is_mostly_small_is_no_name():
    assert count(NAME, "a council met. the Council met. a council and a council went.") == 0


def test_numbers_are_terms_of_their_own_and_whole():
    assert count(NUMBER, "It cost 2,500 crowns at 11:30") == 2


def test_english_words_are_freed_of_their_endings():
    assert id_of("closed") == id_of("closing") == id_of("closes")
    assert id_of("cities") == id_of("city")


def test_endings_of_other_languages_stay():
    assert id_of("Wagens", "de") != id_of("Wagen", "de")


def test_the_possessive_makes_no_difference():
    assert id_of("Odense’s") == id_of("Odense")


def test_scripts_without_spaces_are_taken_by_pairs():
    found = terms("東京で火事", None, "ja")
    assert len(found) == 4
    shared = {*found.ids.tolist()} & {*terms("火事の東京", None, "ja").ids.tolist()}
    assert len(shared) == 2


def test_the_title_counts_but_not_twice():
    alone = terms("Harbour closed by fire")
    assert times(terms("Harbour closed by fire", "Harbour closed by fire")) == times(alone)
    more = terms("Nothing else is known", "Harbour closed")
    assert {id_of("harbour"), id_of("known")} <= times(more).keys()


def test_the_beginning_weighs_more():
    late = terms("word " * 200 + "harbour")
    early = terms("harbour " + "word " * 200)
    harbour = id_of("harbour")
    assert times(early)[harbour] > times(late)[harbour]


@pytest.mark.parametrize("text", ["", "   ", "!!! ...", "\u200b\n\n", "\ud800", "0" * 50_000])
def test_odd_texts_do_no_harm(text):
    assert len(vector(text)) <= 1


def test_a_new_install_knows_that_short_words_tell_little():
    the, harbour, odense, year = idf(
        made((WORD, 3), (WORD, 7), (NAME, 6), (NUMBER, 4)), Frequencies(0.0, np.zeros(4))
    )
    assert the < harbour < odense
    assert the < year


def test_what_is_learnt_outweighs_the_looks():
    common, rare = idf(made((NAME, 7), (WORD, 3)), Frequencies(10_000, np.array([6000.0, 2.0])))
    assert common < rare


def test_a_term_in_every_document_weighs_nothing():
    assert idf(made((NAME, 7)), Frequencies(100, np.array([500.0])))[0] == 0


def test_counters_of_languages_are_apart():
    found = terms("harbour closed", None, "en")
    english, danish = slots(found, "en"), slots(found, "da")
    assert len(english) == 3
    assert english.max() < SLOTS
    assert not set(english.tolist()) & set(danish.tolist())


def test_vectors_are_short_and_of_length_one():
    text = " ".join(f"harbour{i} Odense{i} {i}" for i in range(400))
    long = vector(text)
    assert len(long) == MAX_TERMS
    assert long.norm == pytest.approx(1, abs=1e-5)
    assert (np.diff(long.ids.astype(np.int64)) > 0).all()


def test_a_packed_vector_comes_back():
    one = vector("The harbour of Odense was closed by a fire on 14 March")
    back = unpack(pack(one))
    assert back.ids.tolist() == one.ids.tolist()
    assert back.weights == pytest.approx(one.weights, abs=1e-3)
    assert len(pack(one)) == 6 * len(one)


def test_what_was_not_packed_is_refused():
    with pytest.raises(ValueError, match="no packed vector"):
        unpack(b"1234567")


def test_products_agree_with_the_dense_matrix():
    rng = np.random.default_rng(1)
    many = [
        Vector(
            np.sort(rng.choice(90, 30, replace=False)).astype(np.uint32),
            rng.random(30).astype(np.float32),
        )
        for _ in range(5)
    ]
    assert products(many[0], many) == pytest.approx(gram(many)[0], rel=1e-5)
    assert products(EMPTY, many).tolist() == [0] * 5
    assert products(many[0], [EMPTY]).tolist() == [0]
