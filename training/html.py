"""The models that judge the blocks of HTML pages: `blocks`, `blocks_voted`, and the calibration of quality.

Trained on the part of scrapinghub, fundus, wcxb_dev, readability_js and newspaper4k that is not held back
(`training.split`), and on small pages made of the same texts (`pages`). Each page counts the same, each block by its words, since the text is what is scored.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura
from catboost import CatBoostClassifier

from training import pages
from training.export import MODELS, export
from training.labels import label
from training.split import is_held
from training.synthetic import Dresser
from training.synthetic import load as load_phrases
from workers.extract import language, metadata
from workers.extract.decode import decode
from workers.extract.html import choice, features, page
from workers.extract.html.judge import SURE
from workers.extract.html.outline import read
from workers.extract.html.votes import Ballot, measure
from workers.extract.trees import Floats

SETS = ("scrapinghub", "fundus", "wcxb_dev", "readability_js", "newspaper4k")
_TREES = 300
_DEPTH = 6
_FOLDS = 4
_POWER = 0.8  # of a block's words in its weight: between counting blocks and counting words
_MIN_PAGE = 30.0  # weight; a page of a few words does not count as much as a long one
_MAX_REST = 3.0  # times the weight of its article that the rest of a page may have
_MADE_WORTH = 0.4  # of a page that was made, beside one that was found
_LEAD = 80  # characters
_BINS = 12  # of the calibration


@dataclass(frozen=True, slots=True)
class Sample:
    """A page as the models see it."""

    site: str
    names: tuple[str, ...]
    voted_names: tuple[str, ...]
    rows: Floats
    voted_rows: Floats
    labels: Floats
    words: Floats
    worth: float = 1.0

    @property
    def weights(self) -> Floats:
        """Of each block."""
        weights = np.maximum(self.words, 1) ** _POWER
        weights /= max(float(weights @ self.labels), _MIN_PAGE)
        rest = float(weights @ (1 - self.labels))
        scale = min(1.0, _MAX_REST / rest) if rest else 1.0
        return self.worth * np.where(self.labels > 0, weights, weights * scale)


def run(data: Path) -> None:
    """Train, and write the models."""
    samples = [sample for name in SETS for sample in _samples(data, name)]
    samples += _made(data)
    print(f"{len(samples)} pages, {sum(len(sample.labels) for sample in samples)} blocks")
    _calibrate(samples)
    export(_fit(samples, voted=False), "blocks", samples[0].names)
    export(_fit(samples, voted=True), "blocks_voted", samples[0].voted_names)


def _samples(data: Path, name: str) -> Iterator[Sample]:
    for truth in _truths(data, name):
        path = data / "extraction" / name / "html" / f"{truth['id']}.html.gz"
        site = truth.get("url") or truth["id"]
        sample = _sample(gzip.decompress(path.read_bytes()), truth["text"], site, truth.get("url"))
        if sample is not None:
            yield sample


def _made(data: Path) -> list[Sample]:
    """Small pages of the same texts; each counts half."""
    rng = random.Random(1)  # noqa: S311 - nothing secret
    phrases = load_phrases()
    texts = [truth for name in SETS for truth in _truths(data, name)]
    titles = [truth["title"] for truth in texts if truth.get("title")]
    leads = [
        line[:250] for truth in texts for line in truth["text"].split("\n")[:3] if len(line) > _LEAD
    ]
    dressers = {
        code: Dresser(
            rng, own, [*own["headlines"], *rng.sample(titles, 40)], [*own["summaries"], *leads]
        )
        for code, own in phrases.items()
    }
    wanted = []
    for truth in texts:
        found = language.detect(truth["text"])
        dresser = dressers.get(found.code if found else "en", dressers["en"])
        title = truth.get("title") or rng.choice(titles)
        wanted.append((truth.get("url") or truth["id"], title, truth["text"].split("\n"), dresser))
    samples = []
    for made in pages.made(wanted, copies=1):
        sample = _sample(made.html.encode("utf-8", "replace"), made.truth, made.site, None)
        if sample is not None:
            samples.append(replace(sample, worth=_MADE_WORTH))
    return samples


def _truths(data: Path, name: str) -> Iterator[dict[str, Any]]:
    lines = (data / "extraction" / name / "truth.jsonl").read_text("utf-8").splitlines()
    for truth in map(json.loads, lines):
        if not is_held(truth.get("url") or truth["id"]):
            yield truth


def _sample(content: bytes, truth: str, site: str, url: str | None) -> Sample | None:
    tree = page.parse(decode(content))
    outline = read(page.body(tree))
    if not outline.blocks:
        return None
    said = metadata.read(tree, url)
    texts = [block.text for block in outline.blocks]
    ballot = Ballot.of(texts)
    names, rows = features.measure(outline, ballot, title=said.title, told=said.description)
    stated = metadata.articlebody.bodies(tree, hydration=False)
    body = next(iter(stated), None)
    more = next(iter(stated or metadata.articlebody.bodies(tree)), None)
    trafilatura_text = trafilatura.extract(tree, include_comments=False)
    vote_names, votes = measure(ballot, [("body", body)])
    more_names, more_votes = measure(ballot, [("body", more), ("trafilatura", trafilatura_text)])
    return Sample(
        site=site,
        names=(*names, *vote_names),
        voted_names=(*names, *more_names),
        rows=np.concatenate([rows, votes], axis=1),
        voted_rows=np.concatenate([rows, more_votes], axis=1),
        labels=np.array(label(texts, truth), np.float32),
        words=ballot.sizes.astype(np.float32),
    )


def _fit(samples: Sequence[Sample], *, voted: bool) -> CatBoostClassifier:
    model = CatBoostClassifier(
        iterations=_TREES,
        depth=_DEPTH,
        learning_rate=0.1,
        l2_leaf_reg=5,
        rsm=0.25,
        random_seed=0,
        thread_count=2,
        verbose=0,
        allow_writing_files=False,
    )
    model.fit(
        np.concatenate([sample.voted_rows if voted else sample.rows for sample in samples]),
        np.concatenate([sample.labels for sample in samples]),
        sample_weight=np.concatenate([sample.weights for sample in samples]),
    )
    return model


def _calibrate(samples: Sequence[Sample]) -> None:
    """From expected to true F1, by pages that the model of their fold did not see."""
    expected, true = [], []
    for fold in range(_FOLDS):
        others = [sample for sample in samples if _fold(sample) != fold]
        first, second = _fit(others, voted=False), _fit(others, voted=True)
        for sample in samples:
            if _fold(sample) == fold and sample.worth == 1:
                keep, f1 = _choose(sample, first, second)
                expected.append(f1)
                true.append(_f1(keep, sample))
    order = np.argsort(expected)
    bins = np.array_split(order, _BINS)
    x = np.array([np.mean([expected[i] for i in members]) for members in bins], np.float32)
    y = np.array([np.mean([true[i] for i in members]) for members in bins], np.float32)
    np.savez_compressed(MODELS / "quality.npz", expected=x, true=np.maximum.accumulate(y))
    print("quality:", [(round(float(a), 3), round(float(b), 3)) for a, b in zip(x, y, strict=True)])


def _choose(
    sample: Sample, first: CatBoostClassifier, second: CatBoostClassifier
) -> tuple[np.ndarray, float]:
    """As `workers.extract.html.judge` does."""
    words = sample.words.astype(int)
    likely = first.predict_proba(sample.rows)[:, 1].astype(np.float32)
    keep, f1 = choice.choose(likely, words)
    if f1 >= SURE:
        return keep, f1
    voted = second.predict_proba(sample.voted_rows)[:, 1].astype(np.float32)
    return choice.choose((likely + voted) / 2, words)


def _fold(sample: Sample) -> int:
    return int(hashlib.md5(sample.site.encode(), usedforsecurity=False).hexdigest(), 16) % _FOLDS


def _f1(keep: np.ndarray, sample: Sample) -> float:
    right = float(sample.words[keep] @ sample.labels[keep])
    both = float(sample.words[keep].sum() + sample.words @ sample.labels)
    return 2 * right / both if both else 0.0
