"""Features of where in the page's tree a block stands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.extract.html.features.blocks import COLUMN
from workers.extract.html.marks import Mark
from workers.extract.html.outline import Outline
from workers.extract.trees import Floats

Ints = npt.NDArray[np.intp]
Doubles = npt.NDArray[np.float64]
# Names and values: one column, several as the rows of an array, or one number for all blocks.
Columns = list[tuple[str | tuple[str, ...], npt.NDArray[Any] | float]]

_TAGS = ("div", "pre", "td")
_TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
_TAG_NAMES = tuple(f"tag_{tag}" for tag in _TAGS)
_UP = 4
_LEVELS = 5
_FAMILY = ("size", "prose", "link", "headings", "dates", "cuts")
_SHARES = (0.5, 0.75, 0.92)
_MIN_TITLE_LIKENESS = 0.3
_H1, _H2, _SECOND = 0.3, 0.1, 2  # how likely headings of the two levels are the title
_BITS = np.array([mark.value for mark in Mark], np.int32)
_MARK_NAMES = tuple(f"in_{mark.name}".lower() for mark in Mark)


@dataclass(frozen=True, slots=True)
class Tree:
    """The elements of an outline as arrays, one value an element, and the blocks' places.

    An element comes before those inside it and they before all others: what is inside is a range.

    Attributes:
        parent: Index of the element around each one; the outermost is its own.
        depth: How many elements are around each.
        end: Index behind the last one that is inside.
        own: Marks of each by its own names.
        tags: Their names.
        kind: A number for the template of each.
        at: The element each block stands in.
        chars: How long each block is.
        linked: How much of it is in links.
    """

    parent: Ints
    depth: Ints
    end: Ints
    own: npt.NDArray[np.int32]
    tags: tuple[str, ...]
    kind: Ints
    at: Ints
    chars: Doubles
    linked: Doubles

    @classmethod
    def of(cls, outline: Outline) -> Tree:
        """The tree of an outline."""
        tags, parents, depths, _, own, kinds = zip(*outline.places, strict=True)
        sizes = [1] * len(parents)
        for i in range(len(parents) - 1, 0, -1):
            sizes[parents[i]] += sizes[i]
        index: dict[str, int] = {}
        texts, at, linked, *_ = zip(*outline.blocks, strict=True)
        return cls(
            parent=np.maximum(np.array(parents, np.intp), 0),
            depth=np.array(depths, np.intp),
            end=np.arange(len(sizes)) + np.array(sizes, np.intp),
            own=np.array(own, np.int32),
            tags=tags,
            kind=np.array([index.setdefault(kind, len(index)) for kind in kinds], np.intp),
            at=np.array(at, np.intp),
            chars=np.array([len(text) for text in texts], float),
            linked=np.array(linked, float),
        )

    def totals(self, values: npt.NDArray[Any]) -> Doubles:
        """Sum of a value of the blocks in each element, elements inside it included."""
        sums = np.zeros(len(self.parent) + 1)
        np.cumsum(np.bincount(self.at, values, minlength=len(self.parent)), out=sums[1:])
        return np.asarray(sums[self.end] - sums[:-1])

    def below(self, root: int) -> Doubles:
        """How many elements deep inside `root` each block's element is; -1 outside."""
        is_inside = (self.at >= root) & (self.at < self.end[root])
        return np.where(is_inside, self.depth[self.at] - self.depth[root], -1.0)

    def shared(self, place: int) -> Ints:
        """How deep the innermost element is that holds both `place` and each block's element."""
        line = [place]
        while place:
            place = int(self.parent[place])
            line.append(place)
        number = len(self.parent) + 1
        begun, over = np.bincount(line, minlength=number), np.bincount(self.end[line])
        return np.asarray(np.cumsum(begun - over)[self.at] - 1)


def measure(tree: Tree, own: Floats) -> Columns:
    """All columns of this module."""
    prose = tree.chars * own[:, COLUMN["prose"]]
    parts = [
        tree.chars,
        prose,
        tree.linked,
        np.ones(len(own)),
        own[:, COLUMN["heading"]] > 0,
        own[:, COLUMN["date"]],
        own[:, COLUMN["cut"]],
    ]
    totals = np.array([tree.totals(part) for part in parts])
    return [
        *_tags(tree),
        *_marks(tree),
        *_containers(tree, totals),
        *_families(tree, totals),
        *_best_container(tree, totals, own, prose),
        *_near_title(tree, own),
    ]


def _tags(tree: Tree) -> Columns:
    tags = np.array([_TAG_NUMBERS.get(tag, -1) for tag in tree.tags])
    mine = tags[tree.at]
    return [(_TAG_NAMES, mine == np.arange(len(_TAGS))[:, None]), ("depth", tree.depth[tree.at])]


def _marks(tree: Tree) -> Columns:
    """Each mark: 1 where the block's element says so, 1/2 the one around it, 1/3 …; 0 if none does."""
    # The elements of one depth after those of the other, so that each depth is a slice.
    order = np.argsort(tree.depth, kind="stable")
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    parent = position[tree.parent[order]]
    steps = np.where(tree.own[order, None] & _BITS, np.float32(1), np.float32(np.inf))
    ends = np.cumsum(np.bincount(tree.depth)).tolist()
    for start, end in pairwise(ends):
        level = steps[start:end]
        np.minimum(level, steps[parent[start:end]] + 1, out=level)
    return [(_MARK_NAMES, 1 / steps[position[tree.at]].T)]


def _containers(tree: Tree, totals: Doubles) -> Columns:
    """How much of the page's prose the elements around a block hold, and how linked they are."""
    chars, prose, linked, number = totals[:4]
    all_prose = max(float(prose[0]), 1.0)
    share, size = prose / all_prose, np.maximum(chars, 1)
    said = np.array([share, prose / size, linked / size, np.log1p(number)])
    columns: Columns = []
    up = tree.at
    for level in range(1, _UP + 1):
        up = tree.parent[up]
        names = tuple(f"up{level}_{name}" for name in ("share", "density", "linked", "number"))
        columns.append((names, said[:, up]))
    for wanted in _SHARES:
        candidates = np.flatnonzero(share >= wanted)
        deepest = int(candidates[np.argmax(tree.depth[candidates])]) if len(candidates) else 0
        columns.append((f"below_{wanted}", tree.below(deepest)))
    return [
        *columns,
        ("page_prose", np.log1p(all_prose)),
        ("page_linked", linked[0] / max(chars[0], 1)),
        ("page_blocks", np.log1p(len(tree.at))),
    ]


def _families(tree: Tree, totals: Doubles) -> Columns:
    """Elements of one template beside each other: the paragraphs of an article, the cards of a list.

    For the block's element and those around it: how many siblings are of its kind, and how much prose,
    links, headings, dates and cut-off texts each holds on average.
    """
    keys = tree.parent * (tree.kind.max() + 1) + tree.kind
    _, family = np.unique(keys, return_inverse=True)
    size = np.bincount(family)
    chars, prose, linked, _, *rest = (np.bincount(family, total) / size for total in totals)
    said = np.array(
        [
            np.log1p(size),
            np.log1p(prose),
            linked / np.maximum(chars, 1),
            *(np.minimum(number, 5) for number in rest),
        ]
    )
    columns: Columns = []
    place = tree.at
    for level in range(_LEVELS):
        names = tuple(f"family{level}_{name}" for name in _FAMILY)
        columns.append((names, said[:, family[place]]))
        place = tree.parent[place]
    return columns


def _best_container(tree: Tree, totals: Doubles, own: Floats, prose: Doubles) -> Columns:
    """Paragraphs vote for the elements around them, as in Readability (Arc90, 2009)."""
    weight = (prose > 0) * (1 + np.minimum(prose / 100, 3)) * (1 - own[:, COLUMN["link"]])
    up1 = tree.parent[tree.at]
    up2 = tree.parent[up1]
    ups = np.concatenate([up1, up2, tree.parent[up2]])
    weights = np.concatenate([weight, weight * 0.5, weight * 0.25])
    score = np.bincount(ups, weights, minlength=len(tree.parent))
    score *= 1 - totals[2] / np.maximum(totals[0], 1)
    best = int(np.argmax(score))
    top = max(score[best], 1e-6)
    outside = np.concatenate([score[:best], score[tree.end[best] :]])
    return [
        ("score1", score[up1] / top),
        ("score2", score[up2] / top),
        ("below_best", tree.below(best)),
        ("second_best", outside.max(initial=0) / top),
    ]


def _near_title(tree: Tree, own: Floats) -> Columns:
    """How far up the tree a block and the page's title meet, and how many blocks lie between."""
    heading = own[:, COLUMN["heading"]]
    likeness = (
        own[:, COLUMN["title_like"]]
        + _H1 * (heading == 1)
        + _H2 * (heading == _SECOND)
        - 0.5 * own[:, COLUMN["link"]]
    )
    best = int(np.argmax(likeness))
    if likeness[best] < _MIN_TITLE_LIKENESS:
        return [(("title_up", "title_down", "title_after"), 0)]
    place = int(tree.at[best])
    shared = tree.shared(place)
    return [
        ("title_up", tree.depth[tree.at] - shared),
        ("title_down", tree.depth[place] - shared),
        ("title_after", np.clip(np.arange(len(tree.at)) - best, -30, 60)),
    ]
