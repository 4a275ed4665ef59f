"""Articles as vectors: few terms, packed small, and how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.stories.idf import NOTHING_LEARNT, Frequencies, idf
from workers.stories.terms import Terms, terms

MAX_TERMS = 80
_ID_BYTES = 4
_WEIGHT_BYTES = 2
TERM_BYTES = _ID_BYTES + _WEIGHT_BYTES
# Names and numbers tell apart what shares all other words; chosen on ECB+ (`python -m bench stories`).
_KIND_WEIGHT = np.array([1.0, 2.0, 2.5])  # of `WORD`, `NAME`, `NUMBER`


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """Weighted terms.

    Attributes:
        ids: Of the terms, ascending, each once.
        weights: Of the terms, positive.
    """

    ids: NDArray[np.uint32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def norm(self) -> float:
        """Its Euclidean length."""
        return float(np.sqrt(np.dot(self.weights, self.weights)))

    def heaviest(self, count: int) -> list[int]:
        """Ids of the terms that weigh most, the heaviest first."""
        order = np.argsort(-self.weights, kind="stable")[:count]
        return [int(one) for one in self.ids[order]]


def vector(
    text: str,
    title: str | None = None,
    lang: str | None = None,
    learnt: Frequencies = NOTHING_LEARNT,
) -> Vector:
    """The vector of an article, of length 1.

    Args:
        text: Its text.
        title: Its title.
        lang: Code of its language.
        learnt: Of its terms, in the order of `workers.stories.terms.terms`.
    """
    return weigh(terms(text, title, lang), learnt)


def weigh(counted: Terms, learnt: Frequencies) -> Vector:
    """As `vector`, of terms that have been counted: `(1 + ln tf) idf`, times the weight of the kind."""
    if not len(counted):
        return EMPTY
    weights = (1 + np.log(counted.times)) * _KIND_WEIGHT[counted.kinds] * idf(counted, learnt)
    return unit(bounded(counted.ids, weights, MAX_TERMS))


def bounded(ids: NDArray[np.uint32], weights: NDArray[np.floating], count: int) -> Vector:
    """A vector of the heaviest terms. Ids may come in any order, and each several times: they add up."""
    single, where = np.unique(ids, return_inverse=True)
    total = np.bincount(where, weights, len(single))
    kept = np.flatnonzero(total > 0)
    if len(kept) > count:
        kept = np.sort(kept[np.argsort(-total[kept], kind="stable")[:count]])
    return Vector(single[kept], total[kept].astype(np.float32))


def unit(vector: Vector) -> Vector:
    """The same direction, length 1."""
    norm = vector.norm
    return Vector(vector.ids, (vector.weights / norm).astype(np.float32)) if norm else vector


def add(one: Vector, other: Vector, *, times: float = 1.0, limit: int) -> Vector:
    """The sum of a vector and `times` another one, its heaviest terms; nothing below 0 is left."""
    ids = np.concatenate((one.ids, other.ids))
    weights = np.concatenate((one.weights, np.float32(times) * other.weights))
    return bounded(ids, weights, limit)


def products(one: Vector, others: Sequence[Vector]) -> NDArray[np.float64]:
    """The scalar product of a vector with each of the others."""
    if not len(one) or not others:
        return np.zeros(len(others))
    ids = np.concatenate([other.ids for other in others])
    weights = np.concatenate([other.weights for other in others])
    at = np.minimum(np.searchsorted(one.ids, ids), len(one) - 1)
    shared = np.where(one.ids[at] == ids, one.weights[at] * weights, 0.0)
    owner = np.repeat(np.arange(len(others)), [len(other) for other in others])
    return np.bincount(owner, shared, len(others)).astype(np.float64)


def gram(vectors: Sequence[Vector]) -> NDArray[np.float64]:
    """The scalar product of each with each."""
    columns, at = np.unique(np.concatenate([one.ids for one in vectors]), return_inverse=True)
    rows = np.repeat(np.arange(len(vectors)), [len(one) for one in vectors])
    dense = np.zeros((len(vectors), len(columns)), np.float32)
    dense[rows, at] = np.concatenate([one.weights for one in vectors])
    product: NDArray[np.float64] = (dense @ dense.T).astype(np.float64)
    return product


def pack(vector: Vector) -> bytes:
    """All ids (32 bits, little-endian), then all weights (16-bit floats)."""
    return vector.ids.astype("<u4").tobytes() + vector.weights.astype("<f2").tobytes()


def unpack(data: bytes) -> Vector:
    """What `pack` packed.

    Raises:
        ValueError: It was not packed by us.
    """
    count, rest = divmod(len(data), TERM_BYTES)
    if rest:
        raise ValueError("no packed vector")
    ids = np.frombuffer(data, "<u4", count)
    weights = np.frombuffer(data, "<f2", count, count * _ID_BYTES)
    return Vector(ids, weights.astype(np.float32))


EMPTY = Vector(np.zeros(0, np.uint32), np.zeros(0, np.float32))
