"""Features of what stands before and after a block, and of the blocks made by the same template."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workers.extract.html.features.blocks import COLUMN
from workers.extract.html.outline import Outline
from workers.extract.trees import Floats

Columns = list[tuple[str, npt.NDArray[np.float64]]]

_NEIGHBOURS = ("chars", "link", "end", "prose", "heading", "prompt", "commas")
_OFFSETS = (-3, -2, -1, 1, 2, 3)
_FAR = 30
_MANY = 100
_OUTSIDE = -1.0


def measure(outline: Outline, own: Floats) -> Columns:
    """All columns of this module."""
    return [*_templates(outline, own), *_position(own), *_heading(own), *_neighbours(own)]


def _templates(outline: Outline, own: Floats) -> Columns:
    """Blocks in elements of one template are of one kind wherever they stand."""
    chars = np.expm1(own[:, COLUMN["chars"]]).astype(float)
    prose = own[:, COLUMN["prose"]] * chars
    places = outline.places
    near = [places[block.place].kind for block in outline.blocks]
    wide = [
        kind + "/" + places[max(places[block.place].parent, 0)].kind
        for kind, block in zip(near, outline.blocks, strict=True)
    ]
    columns: Columns = []
    for name, kinds in (("kind1", near), ("kind2", wide)):
        index = {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}
        mine = np.array([index[kind] for kind in kinds])
        number = np.bincount(mine)
        mean_chars = np.bincount(mine, chars) / number
        columns += [
            (f"{name}_number", np.log1p(number)[mine]),
            (f"{name}_chars", np.log1p(mean_chars)[mine]),
            (f"{name}_share", (np.bincount(mine, prose) / max(prose.sum(), 1.0))[mine]),
            (f"{name}_link", (np.bincount(mine, own[:, COLUMN["link"]]) / number)[mine]),
            (f"{name}_ends", (np.bincount(mine, own[:, COLUMN["end"]]) / number)[mine]),
            (f"{name}_prompts", (np.bincount(mine, own[:, COLUMN["prompt"]]) / number)[mine]),
            (f"{name}_dates", (np.bincount(mine, own[:, COLUMN["date"]]) / number)[mine]),
        ]
    return columns


def _position(own: Floats) -> Columns:
    number = len(own)
    index = np.arange(number)
    chars = np.expm1(own[:, COLUMN["chars"]]).astype(float)
    is_prose = own[:, COLUMN["prose"]] > 0
    prose = is_prose * chars
    all_prose, all_chars = max(prose.sum(), 1.0), max(chars.sum(), 1.0)
    before = np.cumsum(prose) - prose
    return [
        ("index", np.minimum(index, _MANY)),
        ("index_share", index / number),
        ("from_end", np.minimum(number - index, _MANY)),
        ("chars_before", (np.cumsum(chars) - chars) / all_chars),
        ("prose_before", before / all_prose),
        ("prose_after", 1 - (before + prose) / all_prose),
        ("title_seen", (np.cumsum(own[:, COLUMN["heading"]] == 1) > 0).astype(float)),
        ("to_last_prose", _since(is_prose)),
        ("to_next_prose", _since(is_prose[::-1])[::-1]),
        ("window5", np.log1p(_window(prose, 2))),
        ("window15", np.log1p(_window(prose, 7))),
        (
            "window5_link",
            _window(own[:, COLUMN["link"]] * chars, 2) / np.maximum(_window(chars, 2), 1),
        ),
        ("prose_run", np.log1p(_runs(is_prose))),
    ]


def _since(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Distance back to the nearest other flagged block, at most 30."""
    index = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, index, -_FAR))
    before = np.concatenate([[-_FAR], last[:-1]])
    return np.asarray(np.minimum(index - before, _FAR), np.float64)


def _runs(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Length of the run of flagged blocks each flagged block is in."""
    run = np.cumsum(np.concatenate([[False], flags[1:] != flags[:-1]]))
    return np.where(flags, np.bincount(run)[run], 0).astype(np.float64)


def _window(values: npt.NDArray[np.float64], reach: int) -> npt.NDArray[np.float64]:
    """Sum over the blocks at most `reach` away."""
    number = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(number)
    return np.asarray(
        sums[np.minimum(index + reach + 1, number)] - sums[np.maximum(index - reach, 0)]
    )


def _heading(own: Floats) -> Columns:
    """The heading over a block: how far, how linked, and whether it announces other pages."""
    index = np.arange(len(own))
    last = np.maximum.accumulate(np.where(own[:, COLUMN["heading"]] > 0, index, -1))
    gap = np.where(last >= 0, np.minimum(index - last, _FAR), _FAR)
    under = (gap < _FAR) * own[np.maximum(last, 0)].T
    wanted = ("prompt", "chars", "other_pages", "link", "heading")
    columns: Columns = [(f"heading_{name}", under[COLUMN[name]]) for name in wanted]
    return [("heading_gap", gap.astype(float)), *columns]


def _neighbours(own: Floats) -> Columns:
    columns: Columns = []
    number = len(own)
    for offset in _OFFSETS:
        lo, hi = max(0, -offset), max(min(number, number - offset), 0)
        for name in _NEIGHBOURS:
            values = np.full(number, _OUTSIDE)
            if lo < hi:
                values[lo:hi] = own[lo + offset : hi + offset, COLUMN[name]]
            columns.append((f"{name}{offset:+d}", values))
    return columns
