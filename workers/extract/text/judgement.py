"""What a first judgement of all lines says of each: lines are judged together, not alone.

The second model sees the first one's probabilities around a line, in the run of lines it is part of, and
the stretch of the document that holds the article most probably ("auto-context", Tu and Bai 2010).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.extract.text import context, features
from workers.extract.text.context import Floats, around, distances, shifted
from workers.extract.text.features import Line

_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)
_WIDTHS = (2, 5, 12)
_MOST = 5.0  # log-odds
_FAR = 30  # lines
_YES, _NO = 0.75, 0.25
_OWN = (
    "log_odds",
    *(f"log_odds{step:+d}" for step in _STEPS),
    *(f"odds_around{width}" for width in _WIDTHS),
    *("to_last_yes", "to_next_yes", "to_last_no", "to_next_no"),
    *("odds_run", "odds_in_run", "odds_of_run", "yes_before", "yes_after"),
    *("in_stretch", "from_start", "from_end", "stretch_share", "stretch_gain"),
    *("of_copies", "of_shape"),
    *("odds_mean", "odds_unsure", "odds_yes", "odds_high", "odds_low"),
)
# Of what was known before, what the line itself shows and where it stands: its neighbours' looks have gone
# into their probabilities, and more columns only fit the training pages better (measured).
_KEPT = tuple(
    column
    for column, name in enumerate(context.NAMES)
    if name in features.NAMES or name in context.POSITION_NAMES
)
NAMES = (*(context.NAMES[column] for column in _KEPT), *_OWN)


def rows(lines: Sequence[Line], seen: Floats, probabilities: Floats) -> Floats:
    """The features of all lines for the second judgement; shape (lines, `NAMES`).

    Args:
        lines: The lines.
        seen: What was known of them before (`context.rows`).
        probabilities: What was judged of them before.
    """
    odds = log_odds(probabilities)
    column = odds[:, None]
    parts = [
        *(seen[:, _KEPT], column),
        *(shifted(column, step, -_MOST) for step in _STEPS),
        *(around(column, width) for width in _WIDTHS),
        np.stack(distances(probabilities > _YES), axis=1),
        np.stack(distances(probabilities < _NO), axis=1),
        _runs(odds),
        _shares(lines, probabilities),
        _stretch(odds),
        np.stack([_of_copies(lines, odds), _of_shape(lines, odds)], axis=1),
        _document(odds, probabilities),
    ]
    return np.concatenate(parts, axis=1)


def log_odds(probabilities: Floats) -> Floats:
    """Probabilities as log-odds within ±5."""
    edge = 1 / (1 + np.exp(_MOST))
    inside = np.clip(probabilities, edge, 1 - edge)
    return np.asarray(np.log(inside / (1 - inside)), np.float32)


def best_stretch(odds: Floats) -> tuple[int, int]:
    """First and last line (exclusive) of the stretch whose log-odds add up to most (Kadane)."""
    sums = np.concatenate([[0.0], np.cumsum(odds, dtype=np.float64)])
    lowest = np.minimum.accumulate(sums[:-1])
    end = int(np.argmax(sums[1:] - lowest)) + 1
    return int(np.argmin(sums[:end])), end


def _runs(odds: Floats) -> Floats:
    yes = odds > 0
    starts = np.flatnonzero(np.concatenate([[True], yes[1:] != yes[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(odds)]]))
    means = np.add.reduceat(odds, starts) / lengths
    place = np.arange(len(odds)) - np.repeat(starts, lengths)
    columns = [np.repeat(lengths, lengths), place, np.repeat(means, lengths)]
    return np.stack([np.asarray(np.minimum(c, _FAR), np.float32) for c in columns], axis=1)


def _shares(lines: Sequence[Line], probabilities: Floats) -> Floats:
    """How much of the article's characters probably comes before, and from here on."""
    sizes = np.array([len(line.text) for line in lines], np.float64)
    mass = np.cumsum(sizes * probabilities)
    total = max(float(mass[-1]), 1.0)
    before = np.concatenate([[0.0], mass[:-1]]) / total
    return np.stack([before, 1 - before], axis=1).astype(np.float32)


def _stretch(odds: Floats) -> Floats:
    start, end = best_stretch(odds)
    index = np.arange(len(odds))
    inside = (index >= start) & (index < end)
    columns = [
        inside,
        np.clip(index - start, -_FAR, _FAR),
        np.clip(end - 1 - index, -_FAR, _FAR),
        np.full(len(odds), (end - start) / len(odds)),
        np.full(len(odds), odds[start:end].mean()),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _of_copies(lines: Sequence[Line], odds: Floats) -> Floats:
    """What was judged of all lines that say the same, on average."""
    return _group_means([line.normal for line in lines], odds)


def _of_shape(lines: Sequence[Line], odds: Floats) -> Floats:
    """What was judged of all lines of the same form, on average."""
    shapes = [
        f"{line.bullet:d}{line.ends:d}{line.good:d}{line.capitals > 0.5:d}{min(line.count, 20) // 4}"  # noqa: PLR2004
        for line in lines
    ]
    return _group_means(shapes, odds)


def _group_means(keys: Sequence[str], odds: Floats) -> Floats:
    numbers: dict[str, int] = {}
    group = np.array([numbers.setdefault(key, len(numbers)) for key in keys])
    means = np.bincount(group, weights=odds) / np.bincount(group)
    return np.asarray(means[group], np.float32)


def _document(odds: Floats, probabilities: Floats) -> Floats:
    values: list[float | npt.NDArray[np.float64]] = [
        float(odds.mean()),
        float(((probabilities > _NO) & (probabilities < _YES)).mean()),
        float((probabilities > 0.5).mean()),  # noqa: PLR2004
        *np.quantile(odds, (0.9, 0.1)),
    ]
    return np.tile(np.asarray(values, np.float32), (len(odds), 1))
