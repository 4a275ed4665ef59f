"""Other methods of near-duplicate detection, for `python -m bench dedup`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bench.dedup_stream import Document, Matcher

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_SENTENCE_WORDS = 6
_COMMON_SENTENCE = 50  # documents that have it, from which on it is boilerplate
_PERMUTATIONS = 128


class Exact:
    """The same words in the same order."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def check(self, document: Document) -> str | None:
        """As `Matcher`."""
        words = " ".join(words_of(document.text))
        if words in self._known:
            return self._known[words]
        self._known[words] = document.id
        return None


class Sentences:
    """Half of the words of either text are in sentences that the other has as well."""

    def __init__(self, share: float = 0.5) -> None:
        self._share = share
        self._having: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}

    def check(self, document: Document) -> str | None:
        """As `Matcher`."""
        sentences = {
            " ".join(words): len(words)
            for part in _SENTENCE_END.split(document.text)
            if len(words := words_of(part)) >= _SENTENCE_WORDS
        }
        size = sum(sentences.values())
        shared: Counter[str] = Counter()
        for sentence, length in sentences.items():
            if len(known := self._having[sentence]) < _COMMON_SENTENCE:
                for other in known:
                    shared[other] += length
        best, found = max(
            ((words / min(size, self._sizes[id_]), id_) for id_, words in shared.items()),
            default=(0.0, None),
        )
        if found is not None and best >= self._share:
            return found
        self._sizes[document.id] = size
        for sentence in sentences:
            self._having[sentence].append(document.id)
        return None


class SimHash:
    """64 bits by majority over the shingles of three words; the nearest within a distance."""

    def __init__(self, distance: int) -> None:
        self._make = import_module("simhash").Simhash
        self._distance = distance
        self._known: list[tuple[int, str]] = []

    def check(self, document: Document) -> str | None:
        """As `Matcher`."""
        value = int(self._make(list(_shingles(document.text))).value)
        nearest = min(
            (((value ^ other).bit_count(), id_) for other, id_ in self._known), default=None
        )
        if nearest and nearest[0] <= self._distance:
            return nearest[1]
        self._known.append((value, document.id))
        return None


class MinHashLSH:
    """Equal in one of the bands; of those the most similar by the estimate over all values."""

    def __init__(self, bands: int, rows: int, least: float = 0.0) -> None:
        make = import_module("datasketch").MinHashLSH
        self._index = make(num_perm=bands * rows, params=(bands, rows))
        self._size = bands * rows
        self._least = least
        self._known: dict[str, Any] = {}

    def check(self, document: Document) -> str | None:
        """As `Matcher`."""
        values = minhash(document.text, self._size)
        best, found = max(
            ((values.jaccard(self._known[id_]), id_) for id_ in self._index.query(values)),
            default=(0.0, None),
        )
        if found is not None and best >= self._least:
            return str(found)
        self._index.insert(document.id, values)
        self._known[document.id] = values
        return None


PACKAGES = ("datasketch", "simhash")
_PEERS: dict[str, Callable[[], Matcher]] = {
    "exact": Exact,
    "sentence hashes": Sentences,
    "SimHash, distance 3": lambda: SimHash(3),
    "SimHash, distance 10": lambda: SimHash(10),
    "MinHash LSH 25x5": lambda: MinHashLSH(25, 5),
    "MinHash LSH 25x5, J .7": lambda: MinHashLSH(25, 5, 0.7),
    "MinHash LSH 32x4": lambda: MinHashLSH(32, 4),
    "MinHash LSH 32x4, J .5": lambda: MinHashLSH(32, 4, 0.5),
}


def missing() -> list[str]:
    """Packages with peers that are not installed (requirements/bench.txt has them)."""
    return [name for name in PACKAGES if find_spec(name) is None]


def peers() -> dict[str, Callable[[], Matcher]]:
    """The methods that can be compared here."""
    without = {"simhash": "SimHash", "datasketch": "MinHash"}
    absent = tuple(without[name] for name in missing())
    return {name: make for name, make in _PEERS.items() if not name.startswith(absent)}


def minhash(text: str, size: int = _PERMUTATIONS) -> Any:
    """The MinHash of datasketch over the shingles of three words."""
    values = import_module("datasketch").MinHash(num_perm=size)
    values.update_batch([shingle.encode() for shingle in _shingles(text)])
    return values


def words_of(text: str) -> list[str]:
    """Words after NFKC and case folding, without soft hyphens."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold())


def _shingles(text: str) -> Iterator[str]:
    words = words_of(text)
    for start in range(max(1, len(words) - 2)):
        yield " ".join(words[start : start + 3])
