"""What an article is about: terms, what they tell, and vectors of them."""

from __future__ import annotations

import numpy as np
import pytest

from workers.stories.idf import SLOTS, Frequencies, idf, slots
from workers.stories.terms import Term, terms
from workers.stories.vector import EMPTY, MAX_TERMS, Vector, gram, pack, products, unpack, vector


def kinds(text: str, lang: str = "en") -> dict[str, int]:
    """How many terms of each kind."""
    found: dict[str, int] = {}
    for term in terms(text, None, lang):
        found[term.kind] = found.get(term.kind, 0) + 1
    return found


def term_of(word: str, lang: str = "en") -> Term:
    (only,) = terms(word, None, lang)
    return only


def test_a_name_is_a_capital_inside_a_sentence():
    assert kinds("The harbour of Odense was closed. The ferry stays.")["name"] == 1


def test_the_first_word_of_a_sentence_is_a_name_if_it_is_one_elsewhere():
    found = terms("Odense closed its harbour. People in Odense wait.")
    assert [term.kind for term in found].count("name") == 1


def test_capitals_of_a_headline_tell_nothing():
    assert "name" not in kinds("Harbour Fire Closes Ferry Line\n")


def test_a_word_that_is_mostly_small_is_no_name():
    assert "name" not in kinds("a council met. the Council met. a council and a council went.")


def test_numbers_are_terms_of_their_own_and_whole():
    assert kinds("It cost 2,500 crowns at 11:30")["number"] == 2


def test_english_words_are_freed_of_their_endings():
    assert term_of("closed").id == term_of("closing").id == term_of("closes").id
    assert term_of("cities").id == term_of("city").id


def test_endings_of_other_languages_stay():
    assert term_of("Wagens", "de").id != term_of("Wagen", "de").id


def test_the_possessive_makes_no_difference():
    assert term_of("Odense’s").id == term_of("Odense").id


def test_scripts_without_spaces_are_taken_by_pairs():
    found = terms("東京で火事", None, "ja")
    assert len(found) == 4
    shared = {term.id for term in found} & {term.id for term in terms("火事の東京", None, "ja")}
    assert len(shared) == 2


def test_the_title_counts_but_not_twice():
    alone = terms("Harbour closed by fire")
    assert {t.id: t.times for t in terms("Harbour closed by fire", "Harbour closed by fire")} == {
        t.id: t.times for t in alone
    }
    more = terms("Nothing else is known", "Harbour closed")
    assert {term_of("harbour").id, term_of("known").id} <= {term.id for term in more}


def test_the_beginning_weighs_more():
    late = terms("word " * 200 + "harbour")
    early = terms("harbour " + "word " * 200)
    harbour = term_of("harbour").id
    assert next(t.times for t in early if t.id == harbour) > next(
        t.times for t in late if t.id == harbour
    )


@pytest.mark.parametrize("text", ["", "   ", "!!! ...", "\u200b\n\n", "\ud800", "0" * 50_000])
def test_odd_texts_do_no_harm(text):
    assert len(vector(text)) <= 1


def test_a_new_install_knows_that_short_words_tell_little():
    the, harbour, odense, year = (
        Term(1, "word", 3, 1),
        Term(2, "word", 7, 1),
        Term(3, "name", 6, 1),
        Term(4, "number", 4, 1),
    )
    weights = idf([the, harbour, odense, year], Frequencies(0.0, np.zeros(4)))
    assert weights[0] < weights[1] < weights[2]
    assert weights[0] < weights[3]


def test_what_is_learnt_outweighs_the_looks():
    common, rare = Term(1, "name", 7, 1), Term(2, "word", 3, 1)
    weights = idf([common, rare], Frequencies(10_000, np.array([6000.0, 2.0])))
    assert weights[0] < weights[1]


def test_a_term_in_every_document_weighs_nothing():
    assert idf([Term(1, "name", 7, 1)], Frequencies(100, np.array([500.0])))[0] == 0


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
