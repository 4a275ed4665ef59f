"""What a user would write: TF-IDF over the full texts, the document frequencies of these very texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w\w+")
_COMMON = 0.3  # share of texts from which a word is taken for a stop word


def tfidf(texts: Sequence[str]) -> NDArray[Any]:
    """The cosine of each text with each: sublinear term frequency, smoothed idf."""
    counts = [Counter(_WORD.findall(text.lower())) for text in texts]
    seen = Counter(word for count in counts for word in count)
    kept = [word for word, count in seen.items() if count <= _COMMON * len(texts)]
    words = {word: i for i, word in enumerate(kept)}
    rows = np.zeros((len(texts), len(words)), np.float32)
    for row, count in zip(rows, counts, strict=True):
        for word, times in count.items():
            if word in words:
                idf = np.log((1 + len(texts)) / (1 + seen[word])) + 1
                row[words[word]] = (1 + np.log(times)) * idf
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows @ rows.T


def single_pass(alike: NDArray[Any], order: Sequence[int], threshold: float) -> dict[int, int]:
    """Join the nearest group by the cosine with its centroid, or begin one; never look back."""
    groups: list[list[int]] = []
    for one in order:
        cosines = [alike[one, g].sum() / np.sqrt(alike[np.ix_(g, g)].sum()) for g in groups]
        best = int(np.argmax(cosines)) if cosines else -1
        if best >= 0 and cosines[best] >= threshold:
            groups[best].append(one)
        else:
            groups.append([one])
    return {one: number for number, group in enumerate(groups) for one in group}
