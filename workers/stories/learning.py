"""What a worker knows of the frequencies of terms: what all workers had counted a moment ago, and what it counted since.

Statistics: whether another worker's last few articles are in them makes no difference that anybody could see.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedmill.store.term_counts import Counted, TermCounts, generation_of
from workers.stories.idf import SLOTS, Frequencies

_FRESH = 100  # articles, after which it is time to see what others have counted
_LONG = 300  # articles in a journal that are worth a new table

Counters = NDArray[np.uint32]
Slots = NDArray[np.uint32]


class Learning:
    """The counters of the present generation and the one before.

    Args:
        store: What all workers share.
    """

    def __init__(self, store: TermCounts) -> None:
        self._store = store
        self._counters = np.zeros(0, np.uint32)
        self._generation: int | None = None
        self._articles = 0  # since the counters were read

    def frequencies(self, slots: Slots, now: float) -> Frequencies:
        """How frequent an article's terms are.

        Args:
            slots: Its counters (`workers.stories.idf.slots`).
            now: Unix seconds.
        """
        if self._generation != generation_of(now) or self._articles >= _FRESH:
            self._read(generation_of(now))
        counts = self._counters[slots].astype(np.float64)
        return Frequencies(float(counts[0]), counts[1:])

    def add(self, slots: Slots) -> None:
        """Know of an article that is written down with the others."""
        np.add.at(self._counters, slots, np.uint32(1))
        self._articles += 1

    def _read(self, generation: int) -> None:
        present = self._store.read(generation)
        self._counters = added_up(present) + added_up(self._store.read(generation - 1))
        self._generation, self._articles = generation, 0
        if len(present.journal) >= _LONG:
            self._store.fold(generation, packed)


def added_up(counted: Counted) -> Counters:
    """The counters of a generation. A table that is not ours counts as none."""
    counters = np.zeros(SLOTS, np.uint32)
    if len(counted.table) == counters.nbytes:
        counters += np.frombuffer(counted.table, "<u4")
    slots = np.frombuffer(b"".join(counted.journal), "<u4")
    counters += np.bincount(slots, minlength=SLOTS).astype(np.uint32)
    return counters


def packed(counted: Counted) -> bytes:
    """The table that stands for all that a generation has counted."""
    return added_up(counted).astype("<u4").tobytes()
