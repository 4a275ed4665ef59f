"""The words that boilerplate is made of."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from workers.extract import text
from workers.extract.text import lexicon
from workers.extract.text.words import count_words, ends_sentence, is_prose, tokens

LANGUAGES = sorted(
    file
    for file in files(text.__name__).joinpath("lexicon").iterdir()
    if file.name.endswith(".toml")
)


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.name)
def test_every_language_has_all_groups_and_terms_that_can_be_found(file):
    groups = tomllib.loads(file.read_text(encoding="utf-8"))
    assert sorted(groups) == sorted(lexicon.GROUPS)
    for group, terms in groups.items():
        for term in terms:
            example = term.replace("*", "")
            assert lexicon.load().look_up(example, tokens(example)).has(group), (group, term)


def test_stems_stand_for_all_that_begins_so():
    line = "Abonnementbedingungen"
    assert lexicon.load().look_up(line, tokens(line)).has("account")


def test_a_term_is_found_at_the_beginning():
    line = "Read more: the old crane"
    hits = lexicon.load().look_up(line, tokens(line))
    assert hits.begins("related")
    assert not hits.begins("newsletter")


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        *(("He left.", True), ("He left", False), ("“He left.”", True), ("Left?", True)),
        *(("left!)", True), ("他走了。", True), ("", False), ("left…", True), ("left:", False)),
    ],
)
def test_the_end_of_a_sentence(line, ends):
    assert ends_sentence(line) is ends


def test_prose_is_long_or_a_whole_sentence():
    assert not is_prose("He left.")
    assert not is_prose(" ".join(["word"] * 44))
    assert is_prose(" ".join(["word"] * 45))
    assert is_prose("地方政府星期二宣布，新的用水规定将推迟到秋季实施。")


def test_words_of_scripts_without_blanks_are_counted():
    assert count_words("one two three") == 3
    assert count_words("港口冬季关闭") == 4
