"""Features of what stands before and after a block, and of the blocks made by the same template."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workers.extract.html.features.blocks import COLUMN
from workers.extract.html.features.tree import Columns, Tree
from workers.extract.trees import Floats

_NEIGHBOURS = ("chars", "heading")
_OF_HEADING = ("chars", "heading")
_OFFSETS = (-1, 1)
_TEMPLATE = ("number", "chars", "share", "link", "ends", "prompts", "dates")
_FAR = 30
_MANY = 100
_OUTSIDE = -1.0


def measure(tree: Tree, own: Floats) -> Columns:
    """All columns of this module."""
    return [*_templates(tree, own), *_position(own), *_heading(own), *_neighbours(own)]


def _templates(tree: Tree, own: Floats) -> Columns:
    """Blocks in elements of one template are of one kind wherever they stand."""
    chars = np.expm1(own[:, COLUMN["chars"]]).astype(float)
    prose = own[:, COLUMN["prose"]] * chars
    near, around = tree.kind[tree.at], tree.kind[tree.parent[tree.at]]
    _, wide = np.unique(near * (tree.kind.max() + 1) + around, return_inverse=True)
    columns: Columns = []
    for name, mine in (("kind1", near), ("kind2", wide)):
        number = np.bincount(mine)
        size = np.maximum(number, 1)
        means = [
            np.bincount(mine, own[:, COLUMN[each]]) / size
            for each in ("link", "end", "prompt", "date")
        ]
        said = np.array(
            [
                np.log1p(number),
                np.log1p(np.bincount(mine, chars) / size),
                np.bincount(mine, prose) / max(prose.sum(), 1.0),
                *means,
            ]
        )
        names = tuple(f"{name}_{each}" for each in _TEMPLATE)
        columns.append((names, said[:, mine]))
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
    """The heading over a block: how far, how long, and of which level."""
    index = np.arange(len(own))
    last = np.maximum.accumulate(np.where(own[:, COLUMN["heading"]] > 0, index, -1))
    gap = np.where(last >= 0, np.minimum(index - last, _FAR), _FAR)
    under = own.T[[COLUMN[name] for name in _OF_HEADING]][:, np.maximum(last, 0)] * (gap < _FAR)
    names = tuple(f"heading_{name}" for name in _OF_HEADING)
    return [("heading_gap", gap), (names, under)]


def _neighbours(own: Floats) -> Columns:
    columns: Columns = []
    wanted = own.T[[COLUMN[name] for name in _NEIGHBOURS]]
    padded = np.pad(wanted, ((0, 0), (1, 1)), constant_values=_OUTSIDE)
    for offset in _OFFSETS:
        begin = 1 + offset
        names = tuple(f"{name}{offset:+d}" for name in _NEIGHBOURS)
        columns.append((names, padded[:, begin : begin + len(own)]))
    return columns
