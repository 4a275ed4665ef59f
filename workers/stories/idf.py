"""How much a term tells, learnt from the stream as it comes.

Inverse document frequency, `ln((N + K + 1) / (df + K p + 1))`, with a prior: K documents are taken as
seen, with the term in a share `p` of them that depends on its looks. A new install so knows from its first
document that short words are common and names are not, in any language with letters; after some
hundred documents the prior has no say any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.stories.terms import NAME, NUMBER, Terms

PRIOR_DOCUMENTS = 50
SLOTS = 1 << 18  # counters; different terms of one counter add up
_NAME = 0.003  # shares of documents, measured on English news
_NUMBER = 0.01
_BY_LENGTH = np.array(
    [0.3, 0.3, 0.3, 0.2, 0.08, 0.04, 0.03, 0.015]
)  # of a word with so many letters


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many documents of a language terms were.

    Attributes:
        documents: Documents seen.
        of: For each term asked for, those with it.
    """

    documents: float
    of: NDArray[np.float64]


NOTHING_LEARNT = Frequencies(0.0, np.zeros(0))


def slots(terms: Terms, lang: str | None) -> NDArray[np.uint32]:
    """Where the counters are: of the documents of the language first, then of each term in it."""
    ids = np.concatenate([np.zeros(1, np.uint32), terms.ids])
    mixed = (ids ^ np.uint32(crc32((lang or "").encode()))) * np.uint32(2_654_435_761)
    return mixed >> np.uint32(32 - SLOTS.bit_length() + 1)


def idf(terms: Terms, learnt: Frequencies) -> NDArray[np.float64]:
    """The weight of each term; never below 0."""
    prior = _shares(terms)
    of = learnt.of if learnt.of.size else np.zeros(len(terms))
    seen = learnt.documents + PRIOR_DOCUMENTS + 1
    weights: NDArray[np.float64] = np.log(seen / (of + PRIOR_DOCUMENTS * prior + 1))
    return weights.clip(0.0)


def _shares(terms: Terms) -> NDArray[np.float64]:
    by_length = _BY_LENGTH[terms.lengths.clip(max=len(_BY_LENGTH) - 1)]
    found: NDArray[np.float64] = np.select(
        [terms.kinds == NAME, terms.kinds == NUMBER], [_NAME, _NUMBER], by_length
    )
    return found
