"""The models that judge the blocks of HTML pages: `blocks`, `blocks_voted`, and the calibration of quality.

Trained on the part of scrapinghub, fundus, wcxb_dev, readability_js and newspaper4k that is not held back
(`training.split`). Each page counts the same, each block by its words, since the text is what is scored.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trafilatura
from catboost import CatBoostClassifier

from training.export import MODELS, export
from training.labels import label
from training.split import is_held
from workers.extract import metadata
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

    @property
    def weights(self) -> Floats:
        """Of each block."""
        weights = np.maximum(self.words, 1) ** _POWER
        weights /= max(float(weights @ self.labels), _MIN_PAGE)
        rest = float(weights @ (1 - self.labels))
        scale = min(1.0, _MAX_REST / rest) if rest else 1.0
        return np.where(self.labels > 0, weights, weights * scale)


def run(data: Path) -> None:
    """Train, and write the models."""
    samples = [sample for name in SETS for sample in _samples(data, name)]
    print(f"{len(samples)} pages, {sum(len(sample.labels) for sample in samples)} blocks")
    _calibrate(samples)
    export(_fit(samples, voted=False), "blocks", samples[0].names)
    export(_fit(samples, voted=True), "blocks_voted", samples[0].voted_names)


def _samples(data: Path, name: str) -> Iterator[Sample]:
    folder = data / "extraction" / name
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        site = truth.get("url") or truth["id"]
        if not is_held(site):
            content = gzip.decompress((folder / "html" / f"{truth['id']}.html.gz").read_bytes())
            sample = _sample(content, truth["text"], site, truth.get("url"))
            if sample is not None:
                yield sample


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
            if _fold(sample) == fold:
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
