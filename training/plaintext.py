"""The models of `workers.extract.text`: how probably a line of a text belongs to the article.

Two models in a row. The second one learns from the first one's probabilities; those of the training pages come from
models that have not seen the page's site, as its judgement of pages it was trained on is too good to
learn from.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import py3langid
from catboost import CatBoostClassifier

from training import synthetic
from training.documents import BOILERPLATE, Document, clean, labelled, rendered
from training.export import export
from training.split import site_of
from workers.extract.text import context, features, judgement
from workers.extract.text.context import Floats
from workers.extract.text.features import Line
from workers.extract.text.model import FIRST, SECOND

_SEED = 7
_FOLDS = 4
_COPIES = 25  # invented articles per language
_MAX_CLEAN_LINES = 800
_MAX_DRESSED_LINES, _MAX_JOINED_LINES = 120, 250
# A line weighs (lines of its document) ** -this: between equal lines and equal documents.
_LENGTH_POWER = 0.35
# Of sources and kinds of documents; others weigh 1. Plain text is seldom a whole page.
_WEIGHTS = {
    "traf": 1.7,
    "clean": 1.7,
    "main": 0.5,
    "unlisted": 0.0,
    "dressed": 1.5,
    "invented": 1.5,
    "joined": 0.7,
}
_NOT_CLEAN = "readability_js"  # its truth is what a program found, with remains of boilerplate


@dataclass(frozen=True, slots=True)
class Example:
    """A document ready to be learned from.

    Attributes:
        document: The document.
        lines: Its lines.
        rows: Their features for the first model.
    """

    document: Document
    lines: Sequence[Line]
    rows: Floats

    @property
    def fold(self) -> int:
        """The part it is in, by its site."""
        digest = hashlib.md5(site_of(self.document.site).encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest) % _FOLDS


def run(data: Path) -> None:
    """Train on the training part of the data, and write both models."""
    examples = [_example(document) for document in corpus(data)]
    rows = [example.rows for example in examples]
    guesses = _unseen(examples, rows)
    first = fit(examples, rows)
    print(export(first, FIRST, context.NAMES))
    judged = [
        judgement.rows(example.lines, example.rows, guess)
        for example, guess in zip(examples, guesses, strict=True)
    ]
    print(export(fit(examples, judged), SECOND, judgement.NAMES))


def corpus(data: Path) -> list[Document]:
    """All documents of the training part, real and made."""
    rng = random.Random(_SEED)  # noqa: S311 - chance, not secrecy
    pages = [document for document in labelled(data) if not document.held]
    texts = [
        (text, title)
        for text, title in clean(data)
        if not text.held and text.source != _NOT_CLEAN and len(text.lines) < _MAX_CLEAN_LINES
    ]
    spoken = [(text, title, _language(text)) for text, title in texts]
    short = [item for item in spoken if len(item[0].lines) < _MAX_DRESSED_LINES]
    plain = [text for text, _ in texts if len(text.lines) < _MAX_JOINED_LINES]
    whole = [page for page in pages if page.kind == "full"]
    return [
        *pages,
        *(page for page in rendered(data, _known(data)) if _WEIGHTS.get(page.kind, 1)),
        *(text for text, _ in texts),
        *synthetic.invented(rng, _COPIES),
        *synthetic.dressed(rng, short, 1),
        *synthetic.joined(rng, plain, whole),
    ]


def fit(examples: Sequence[Example], rows: Sequence[Floats]) -> CatBoostClassifier:
    """One model over the rows of all documents."""
    labels = np.concatenate([example.document.labels for example in examples])
    weights = np.concatenate([_weights(example.document) for example in examples])
    counted = labels >= BOILERPLATE
    classifier = CatBoostClassifier(
        iterations=450,
        learning_rate=0.08,
        depth=6,
        l2_leaf_reg=6,
        border_count=32,
        rsm=0.3,
        bootstrap_type="Bernoulli",
        subsample=0.66,
        random_seed=0,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    classifier.fit(np.concatenate(rows)[counted], labels[counted], sample_weight=weights[counted])
    return classifier


def _unseen(examples: Sequence[Example], rows: Sequence[Floats]) -> list[Floats]:
    """For each document the probabilities of a model that was trained without its part."""
    guesses: list[Floats] = [np.zeros(0, np.float32)] * len(examples)
    for part in range(_FOLDS):
        others = [i for i, example in enumerate(examples) if example.fold != part]
        model = fit([examples[i] for i in others], [rows[i] for i in others])
        for i in set(range(len(examples))) - set(others):
            guesses[i] = model.predict_proba(rows[i])[:, 1].astype(np.float32)
    return guesses


def _example(document: Document) -> Example:
    lines = [features.look_at(line) for line in document.lines]
    return Example(document, lines, context.rows(lines))


def _weights(document: Document) -> Floats:
    weight = _WEIGHTS.get(document.kind, 1.0) * _WEIGHTS.get(document.source, 1.0)
    length = len(document.lines)
    return np.full(length, weight * length**-_LENGTH_POWER, np.float32)


def _language(text: Document) -> str:
    return str(py3langid.classify("\n".join(text.lines)[:2000])[0])


def _known(data: Path) -> set[tuple[str, str]]:
    """The pages that are among the labelled ones already."""
    with gzip.open(data / "plaintext" / "lines.jsonl.gz", "rt", encoding="utf-8") as rows:
        return {(row["set"], row["id"]) for row in map(json.loads, rows)}
