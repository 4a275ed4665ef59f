"""What the lines around a line, and the whole document, show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.extract.text import features
from workers.extract.text.features import Line

Floats = npt.NDArray[np.float32]

_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_OF_NEIGHBOURS = (
    *("log_words", "sentence_end", "bullet", "capitals", "good", "hit_groups", "no_words"),
    *("has_related", "has_newsletter", "begins_byline", "has_date", "numbered", "colon"),
)
_WINDOWS = (4, 12)
_IN_WINDOWS = ("log_words", "good", "sentence_end", "hit_groups", "capitals", "bullet")
_FAR = 30  # lines
_MIN_LETTERS = 4  # of a word that may be about something
_MAX_FREQUENCY = 5.0
_TOP = 3  # good lines at the top of the article
POSITION_NAMES = (
    *("index", "to_end", "relative", "before", "after", "run", "in_run", "to_previous"),
    *("to_next", "copies", "copy", "same_words", "word_frequency", "to_empty", "from_empty"),
    *("same_shape", "alike", "first_use", "window_unique"),
)
_DOCUMENT_NAMES = (
    *("doc_lines", "doc_characters", "doc_good", "doc_words", "doc_hits", "doc_bullets"),
    *("doc_short", "doc_capitals", "doc_ends", "doc_empty"),
)
NAMES = (
    *features.NAMES,
    *(f"{name}{step:+d}" for step in _NEIGHBOURS for name in _OF_NEIGHBOURS),
    *(f"{name}_around{width}" for width in _WINDOWS for name in _IN_WINDOWS),
    *POSITION_NAMES,
    *_DOCUMENT_NAMES,
)


def rows(lines: Sequence[Line]) -> Floats:
    """The features of all lines of a document; shape (lines, `NAMES`)."""
    own = np.array([features.of_line(line) for line in lines], np.float32)
    parts = [own, *_neighbours(own), *_windows(own), _positions(lines, own), _document(own)]
    return np.concatenate(parts, axis=1)


def shifted(values: Floats, step: int, fill: float = -1.0) -> Floats:
    """The values of the lines `step` further on, and `fill` where there is none."""
    moved = np.full_like(values, fill)
    if abs(step) >= len(values):
        return moved
    if step > 0:
        moved[:-step] = values[step:]
    else:
        moved[-step:] = values[:step]
    return moved


def around(values: Floats, width: int) -> Floats:
    """Means over the lines up to `width` before and after each line, and the line itself."""
    sums = np.concatenate(
        [np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)]
    )
    lines = np.arange(len(values))
    first = np.maximum(lines - width, 0)
    last = np.minimum(lines + width + 1, len(values))
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None], np.float32)


def distances(flags: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """How many lines ago, and in how many lines, another line with the flag stands; at most 30."""
    lines = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, lines, -_FAR))
    previous = np.concatenate([[-_FAR], last[:-1]])
    coming = np.minimum.accumulate(np.where(flags, lines, len(flags) + _FAR)[::-1])[::-1]
    following = np.concatenate([coming[1:], [len(flags) + _FAR]])
    return (
        np.asarray(np.minimum(lines - previous, _FAR), np.float32),
        np.asarray(np.minimum(following - lines, _FAR), np.float32),
    )


def _columns(names: Sequence[str]) -> list[int]:
    return [features.NAMES.index(name) for name in names]


def _neighbours(own: Floats) -> list[Floats]:
    values = own[:, _columns(_OF_NEIGHBOURS)]
    return [shifted(values, step) for step in _NEIGHBOURS]


def _windows(own: Floats) -> list[Floats]:
    values = own[:, _columns(_IN_WINDOWS)]
    return [around(values, width) for width in _WINDOWS]


def _positions(lines: Sequence[Line], own: Floats) -> Floats:
    count = len(lines)
    index = np.arange(count)
    good = np.array([line.good for line in lines])
    mass = np.cumsum([len(line.text) * line.good for line in lines], dtype=np.float64)
    total = max(float(mass[-1]), 1.0)
    previous, following = distances(good)
    empty = np.array([not line.words for line in lines])
    columns = [
        *(np.minimum(index, _FAR), np.minimum(count - 1 - index, _FAR), index / max(count - 1, 1)),
        *(np.concatenate([[0.0], mass[:-1]]) / total, (total - mass) / total),
        *_runs(good),
        *(previous, following),
        *_copies(lines),
        *_overlap(lines, good),
        *distances(empty),
        *_shapes(own),
        *_novelty(lines),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _runs(good: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The length of the run of lines that are alike in being good, and the place in it; at most 30."""
    starts = np.flatnonzero(np.concatenate([[True], good[1:] != good[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(good)]]))
    place = np.arange(len(good)) - np.repeat(starts, lengths)
    run = np.repeat(lengths, lengths) * np.where(good, 1, -1)
    return (
        np.asarray(np.clip(run, -_FAR, _FAR), np.float32),
        np.asarray(np.minimum(place, _FAR), np.float32),
    )


def _copies(lines: Sequence[Line]) -> tuple[list[int], list[int]]:
    """How many other lines say the same, and how many of those came before."""
    said = [line.normal for line in lines]
    counts = Counter(said)
    seen: Counter[str] = Counter()
    before = []
    for words in said:
        before.append(min(seen[words], 5))
        seen[words] += 1
    return [min(counts[words] - 1, 5) for words in said], before


def _subjects(line: Line) -> set[str]:
    """Words that may say what a text is about; pairs of characters where words have no blanks."""
    found = set()
    for word in line.words:
        if len(word) >= _MIN_LETTERS and not word.isascii() and word[0] >= "\u3040":
            found |= {word[i : i + 2] for i in range(min(len(word), 400) - 1)}
        elif len(word) >= _MIN_LETTERS:
            found.add(word)
    return found


def _overlap(lines: Sequence[Line], good: npt.NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """How much of what a line is about is spoken of in other good lines, and how often."""
    subjects = [_subjects(line) for line in lines]
    frequency: Counter[str] = Counter()
    for about, counts in zip(subjects, good, strict=True):
        frequency.update(about if counts else ())
    shares, means = [], []
    for about, own in zip(subjects, good, strict=True):
        others = [frequency[word] - bool(own) for word in about]
        shares.append(sum(count > 0 for count in others) / len(others) if others else -1.0)
        clipped = [min(count, _MAX_FREQUENCY) for count in others]
        means.append(sum(clipped) / len(clipped) if clipped else -1.0)
    return shares, means


def _shapes(own: Floats) -> tuple[Floats, Floats]:
    """How alike in form a line is to those around it: equal shapes within 6 lines, and length."""
    names = ("sentence_end", "bullet", "numbered", "no_words", "good")
    flags = own[:, _columns(names)] > 0
    words = own[:, features.NAMES.index("log_words")]
    shape = flags @ (1 << np.arange(len(names))) * 8 + np.minimum(words * 2, 7).astype(int)
    steps = [step for step in range(-6, 7) if step]
    values = np.asarray(shape[:, None], np.float32)
    same = sum(shifted(values, step, -99.0)[:, 0] == shape for step in steps)
    before, after = (shifted(words[:, None], step)[:, 0] for step in (-1, 1))
    alike = np.minimum(np.abs(words - before), np.abs(words - after))
    return np.asarray(same, np.float32), alike


def _novelty(lines: Sequence[Line]) -> tuple[list[float], Floats]:
    """The share of a line's words that were not used before, and its mean over 4 lines around."""
    known: set[str] = set()
    shares = []
    for line in lines:
        words = set(line.words[:60])
        shares.append(len(words - known) / len(words) if words else -1.0)
        known |= words
    return shares, around(np.asarray(shares, np.float32)[:, None], _WINDOWS[0])[:, 0]


def _document(own: Floats) -> Floats:
    def mean(name: str) -> float:
        return float(own[:, features.NAMES.index(name)].mean())

    words = own[:, features.NAMES.index("log_words")]
    good = own[:, features.NAMES.index("good")] > 0
    characters = np.expm1(own[:, features.NAMES.index("log_chars")])
    values = [
        np.log1p(len(own)),
        np.log1p(float(characters[good].sum())),
        mean("good"),
        mean("log_words"),
        mean("hit_groups"),
        mean("bullet"),
        float((words < np.log1p(4)).mean()),
        mean("capitals"),
        mean("sentence_end"),
        mean("no_words"),
    ]
    return np.tile(np.asarray(values, np.float32), (len(own), 1))
