"""The stream of near-duplicates of ../shared, and its score: which documents are matched to which."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

NEGATIVES = ("base", "natural", "template_neg", "boiler_neg")
EDITS = (
    *("typographic", "wire_dress", "boiler", "update", "trunc65", "wordsub10"),
    *("local_insert", "drop_reorder", "heavy", "trunc35"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the stream; `event` is a news event that several natural documents may be about."""

    id: str
    text: str
    group: str
    kind: str
    event: str | None = None

    def is_same(self, other: Document) -> bool:
        """Whether both tell of the same: one is an edit of the other, or the event is the same."""
        return self.group == other.group or self.is_same_event(other)

    def is_same_event(self, other: Document) -> bool:
        """Whether both are about the same known event."""
        return self.event is not None and self.event == other.event

    @property
    def tuned(self) -> bool:
        """Whether the rule was tuned on it: half of the groups."""
        return zlib.crc32(self.group.encode()) % 2 == 0


class Matcher(Protocol):
    """A method of near-duplicate detection."""

    def check(self, document: Document) -> str | None:
        """The id of an earlier document of which this is a near-duplicate; else remember it."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """Of one stream. A variant is right if it matched its own group or a document of its event.

    Attributes:
        recall: Right variants of all variants.
        precision: Right variants of those, wrong variants and false positives.
        wrong: Variants matched to something else.
        recalls: By edit.
        false: False positives by kind of negative.
        negatives: How many negatives there were of each kind.
    """

    recall: float
    precision: float
    wrong: int
    recalls: dict[str, float]
    false: dict[str, int]
    negatives: dict[str, int]


def load(data: Path) -> list[Document]:
    """The stream, in order."""
    path = data / "dedup" / "neardup.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_document(json.loads(line)) for line in lines]


def stream(documents: Sequence[Document], matcher: Matcher) -> Score:
    """Give each document to a method, and score its answers."""
    known = {document.id: document for document in documents}
    counts: Counter[str] = Counter(document.kind for document in documents)
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    wrong = 0
    for document in documents:
        found = matcher.check(document)
        if found is None:
            continue
        other = known[found]
        if document.kind in NEGATIVES:
            false[document.kind] += not document.is_same_event(other)
        elif document.is_same(other):
            right[document.kind] += 1
        else:
            wrong += 1
    return Score(
        recall=sum(right.values()) / sum(counts[kind] for kind in EDITS),
        precision=sum(right.values()) / max(1, sum(right.values()) + wrong + sum(false.values())),
        wrong=wrong,
        recalls={kind: right[kind] / counts[kind] for kind in EDITS if counts[kind]},
        false={kind: false[kind] for kind in NEGATIVES},
        negatives={kind: counts[kind] for kind in NEGATIVES},
    )


def _document(fields: dict[str, Any]) -> Document:
    names = ("id", "text", "group", "kind")
    return Document(**{name: fields[name] for name in names}, event=fields.get("event"))
