"""Our scores are those of the scripts beside the development data."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import corpus, scoring
from bench.line_peers import hand_rule, keep_all, matched
from bench.quality import calibrate

TEXTS = (
    ("one two three four five", "one two three four five"),
    ("one two three four five", "one two three four six seven"),
    ("one two three", "one two three"),
    ("one two three", ""),
    ("", "something that is not there"),
    ("", ""),
    (
        "Was ist das für ein Satz, der so endet?",
        "Was ist DAS für ein Satz, der so endet? Und noch mehr.",
    ),
    ("a b c d a b c d a b c d", "a b c d"),
)


def script(name: str) -> ModuleType:
    path = corpus.DATA / f"{name}.py"
    if not path.is_file():
        pytest.skip("the development data in ../shared is not here")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def of_script(module: ModuleType, pairs) -> dict[str, float]:
    pages = [{"id": str(i), "text": truth} for i, (truth, _) in enumerate(pairs)]
    texts = {str(i): text for i, (_, text) in enumerate(pairs)}
    return module.score(pages, texts)


def same(ours: scoring.SetScore, theirs: dict[str, float]) -> bool:
    pairs = {"sh_p": ours.precision, "sh_r": ours.recall, "sh_f1": ours.f1, "w_f1": ours.words}
    return all(math.isclose(theirs[name], value, abs_tol=1e-9) for name, value in pairs.items())


def of_ours(pairs) -> scoring.SetScore:
    return scoring.score_set([scoring.score_page(truth, text) for truth, text in pairs])


def test_pages_score_as_in_the_script():
    assert same(of_ours(TEXTS), of_script(script("score_extraction"), TEXTS))


WORDS = st.lists(st.sampled_from(("a", "A", "b", "c", "ü", "9")), max_size=12).map(" ".join)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_any_pages_score_as_in_the_script(pairs):
    assert same(of_ours(pairs), of_script(script("score_extraction"), pairs))


@pytest.mark.parametrize("keep", [keep_all, hand_rule])
def test_lines_score_as_in_the_script(keep):
    module = script("score_lines")
    documents = corpus.line_documents(corpus.DATA, every=40)
    flags = [keep(document.lines) for document in documents]
    ours = scoring.score_lines([document.labels for document in documents], flags)
    theirs = module.score([{"keep": document.labels} for document in documents], flags)
    assert ours.content == pytest.approx([theirs[f"content_{name}"] for name in ("p", "r", "f1")])
    assert ours.boilerplate == pytest.approx(
        [theirs[f"boilerplate_{name}"] for name in ("p", "r", "f1")]
    )
    assert ours.mean_document_f1 == pytest.approx(theirs["mean_doc_f1"])
    assert ours.documents == theirs["docs"]


def test_a_page_alone():
    score = scoring.score_page("one two three four five six", "one two three four")
    assert (score.precision, score.recall) == (1.0, pytest.approx(1 / 3))
    assert score.f1 == pytest.approx(0.5)
    assert scoring.score_page("one two three four", "").f1 == 0


def test_a_clear_lead_has_an_interval_above_zero_and_none_an_interval_of_zero():
    good = [scoring.PageScore(0.9 + i % 3 / 100, 0.95, 1.0) for i in range(60)]
    bad = [scoring.PageScore(0.8 + i % 5 / 100, 0.95, 1.0) for i in range(60)]
    gain, low, high = scoring.f1_gain(good, bad)
    assert 0 < low < gain < high
    assert scoring.f1_gain(good, good) == (0, 0, 0)


def test_a_line_stands_for_one_line_and_not_for_all_that_are_equal():
    assert matched(["a b", "c", "a b", "d"], ["a b", "D"]) == [True, False, False, False]
    assert matched(["a b", "c", "a b"], ["a b", "a b"]) == [True, False, True]


def words(f1: float) -> scoring.PageScore:
    return scoring.PageScore(precision=0.0, recall=0.0, words=f1)


def test_quality_that_is_the_f1_has_no_gap():
    found = calibrate([i / 100 for i in range(100)], [words(i / 100) for i in range(100)])
    assert found is not None
    assert (found.gap, found.rank, found.pages) == (0, 1, 100)
    other_way = calibrate([i / 100 for i in range(100)], [words(1 - i / 100) for i in range(100)])
    assert other_way is not None
    assert other_way.rank == -1
    assert other_way.gap > 0.4
    assert calibrate([0.5] * 3, [words(0.5)] * 3) is None


def test_the_hand_rule_gives_what_the_research_tells():
    """On the seeds: one with 5 lines too many and the first missing, the other exact."""
    seeds = Path(__file__).parents[2] / "seeds"
    texts = [path.read_text().split("\n") for path in sorted(seeds.glob("*.txt"))]
    first, second = ([line.strip() for line in text if line.strip()] for text in texts)
    assert not hand_rule(first)[0]
    assert [i for i, kept in enumerate(hand_rule(second)) if kept] == list(range(10))
