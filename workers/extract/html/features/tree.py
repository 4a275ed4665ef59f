"""Features of where in the page's tree a block stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.extract.html.features.blocks import COLUMN
from workers.extract.html.marks import Mark
from workers.extract.html.outline import Outline
from workers.extract.trees import Floats

Ints = npt.NDArray[np.intp]
Doubles = npt.NDArray[np.float64]
Columns = list[tuple[str, npt.NDArray[Any]]]

_TAGS = ("li", "td", "dd", "p", "div", "blockquote", "pre", "section", "article", "body")
_TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
_LAST_ITEM = _TAG_NUMBERS["dd"]
_UP = 4
_LEVELS = 5
_SHARES = (0.5, 0.75, 0.92)
_MIN_TITLE_LIKENESS = 0.3
_H1, _H2, _SECOND = 0.3, 0.1, 2  # how likely headings of the two levels are the title
_BITS = np.array([mark.value for mark in Mark], np.int64)


@dataclass(frozen=True, slots=True)
class Tree:
    """The elements of an outline as arrays, one value an element, and the blocks' places.

    Attributes:
        parent: Index of the element around each one; the outermost is its own.
        levels: Indices of the elements of each depth, the outermost first.
        at: The element each block stands in.
    """

    parent: Ints
    depth: Ints
    levels: tuple[Ints, ...]
    at: Ints

    @classmethod
    def of(cls, outline: Outline) -> Tree:
        """The tree of an outline."""
        parent = np.array([max(place.parent, 0) for place in outline.places], np.intp)
        depth = np.array([place.depth for place in outline.places], np.intp)
        order = np.argsort(depth, kind="stable")
        ends = np.cumsum(np.bincount(depth))
        levels = tuple(np.split(order, ends[:-1]))
        return cls(
            parent, depth, levels, np.array([block.place for block in outline.blocks], np.intp)
        )

    def totals(self, values: Doubles) -> Doubles:
        """Sum of the blocks' values in each element, elements inside it included.

        Args:
            values: One row a block.
        """
        sums = np.zeros((len(self.parent), values.shape[1]))
        np.add.at(sums, self.at, values)
        for level in reversed(self.levels[1:]):
            np.add.at(sums, self.parent[level], sums[level])
        return sums

    def below(self, root: int) -> Doubles:
        """How many elements deep inside `root` each element is; -1 outside."""
        inside = np.full(len(self.parent), -1.0)
        inside[root] = 0
        for level in self.levels[self.depth[root] + 1 :]:
            around = inside[self.parent[level]]
            inside[level] = np.where(around >= 0, around + 1, -1)
        return inside


def measure(outline: Outline, own: Floats) -> Columns:
    """All columns of this module."""
    tree = Tree.of(outline)
    chars = np.array([len(block.text) for block in outline.blocks], float)
    linked = np.array([block.link_chars for block in outline.blocks], float)
    prose = chars * own[:, COLUMN["prose"]].astype(float)
    parts = [
        chars,
        prose,
        linked,
        np.ones(len(chars)),
        own[:, COLUMN["heading"]] > 0,
        own[:, COLUMN["date"]],
        own[:, COLUMN["cut"]],
    ]
    totals = tree.totals(np.stack(parts, axis=1).astype(np.float64))
    return [
        *_tags(outline, tree),
        *_marks(outline, tree),
        *_containers(tree, totals),
        *_families(outline, tree, totals),
        *_best_container(tree, totals, own, prose),
        *_near_title(tree, own),
    ]


def _tags(outline: Outline, tree: Tree) -> Columns:
    tags = np.array([_TAG_NUMBERS.get(place.tag, -1) for place in outline.places])
    mine, around = tags[tree.at], tags[tree.parent[tree.at]]
    columns: Columns = [(f"tag_{tag}", mine == number) for tag, number in _TAG_NUMBERS.items()]
    return [
        *columns,
        ("depth", tree.depth[tree.at].astype(float)),
        ("in_item", (around >= 0) & (around <= _LAST_ITEM)),
    ]


def _marks(outline: Outline, tree: Tree) -> Columns:
    """Each mark: 1 where the block's element says so, 1/2 the one around it, 1/3 …; 0 if none does."""
    own = np.array([place.own for place in outline.places], np.int64)
    says = (own[:, None] & _BITS) != 0
    near = np.zeros(says.shape)
    for level in tree.levels:
        around = near[tree.parent[level]]
        near[level] = np.where(says[level], 1.0, around / (1 + around))
    return [
        (f"in_{mark.name.lower()}", near[tree.at, i]) for i, mark in enumerate(Mark) if mark.name
    ]


def _containers(tree: Tree, totals: Doubles) -> Columns:
    """How much of the page's prose the elements around a block hold, and how linked they are."""
    chars, prose, linked, number = totals[:, 0], totals[:, 1], totals[:, 2], totals[:, 3]
    all_prose = max(prose[0], 1.0)
    share = prose / all_prose
    columns: Columns = []
    up = tree.at
    for level in range(1, _UP + 1):
        up = tree.parent[up]
        columns += [
            (f"up{level}_share", share[up]),
            (f"up{level}_density", (prose / np.maximum(chars, 1))[up]),
            (f"up{level}_linked", (linked / np.maximum(chars, 1))[up]),
            (f"up{level}_number", np.log1p(number[up])),
        ]
    for wanted in _SHARES:
        candidates = np.flatnonzero(share >= wanted)
        deepest = int(candidates[np.argmax(tree.depth[candidates])]) if len(candidates) else 0
        columns.append((f"below_{wanted}", tree.below(deepest)[tree.at]))
    whole = np.ones(len(tree.at))
    return [
        *columns,
        ("page_prose", whole * np.log1p(all_prose)),
        ("page_linked", whole * linked[0] / max(chars[0], 1)),
        ("page_blocks", whole * np.log1p(len(tree.at))),
    ]


def _families(outline: Outline, tree: Tree, totals: Doubles) -> Columns:
    """Elements of one template beside each other: the paragraphs of an article, the cards of a list.

    For the block's element and those around it: how many siblings are of its kind, and how much prose,
    links, headings, dates and cut-off texts each holds on average.
    """
    index: dict[tuple[int, str], int] = {}
    family = np.array(
        [index.setdefault((place.parent, place.kind), len(index)) for place in outline.places]
    )
    size = np.bincount(family)
    mean = np.stack([np.bincount(family, column) for column in totals.T], axis=1) / size[:, None]
    columns: Columns = []
    place = tree.at
    for level in range(_LEVELS):
        mine = family[place]
        chars, prose, linked, _, headings, dates, cuts = mean[mine].T
        columns += [
            (f"family{level}_size", np.log1p(size[mine])),
            (f"family{level}_prose", np.log1p(prose)),
            (f"family{level}_link", linked / np.maximum(chars, 1)),
            (f"family{level}_headings", np.minimum(headings, 5)),
            (f"family{level}_dates", np.minimum(dates, 5)),
            (f"family{level}_cuts", np.minimum(cuts, 5)),
        ]
        place = tree.parent[place]
    return columns


def _best_container(tree: Tree, totals: Doubles, own: Floats, prose: Doubles) -> Columns:
    """Paragraphs vote for the elements around them, as in Readability (Arc90, 2009)."""
    weight = (prose > 0) * (1 + np.minimum(prose / 100, 3)) * (1 - own[:, COLUMN["link"]])
    score = np.zeros(len(tree.parent))
    up1 = tree.parent[tree.at]
    up2 = tree.parent[up1]
    for up, worth in ((up1, 1.0), (up2, 0.5), (tree.parent[up2], 0.25)):
        np.add.at(score, up, weight * worth)
    score *= 1 - totals[:, 2] / np.maximum(totals[:, 0], 1)
    best = int(np.argmax(score))
    top = max(score[best], 1e-6)
    inside = tree.below(best)
    second = np.where(inside >= 0, 0, score).max() / top
    return [
        ("score1", score[up1] / top),
        ("score2", score[up2] / top),
        ("below_best", inside[tree.at]),
        ("second_best", np.full(len(tree.at), second)),
    ]


def _near_title(tree: Tree, own: Floats) -> Columns:
    """How far up the tree a block and the page's title meet, and how many blocks lie between."""
    number = len(tree.at)
    heading = own[:, COLUMN["heading"]]
    likeness = (
        own[:, COLUMN["title_like"]]
        + _H1 * (heading == 1)
        + _H2 * (heading == _SECOND)
        - 0.5 * own[:, COLUMN["link"]]
    )
    best = int(np.argmax(likeness))
    up, down = np.zeros(number), np.zeros(number)
    known = bool(likeness[best] >= _MIN_TITLE_LIKENESS)
    if known:
        line = np.full(len(tree.parent), -1.0)
        place, steps = tree.at[best], 0
        while line[place] < 0:
            line[place], place, steps = steps, tree.parent[place], steps + 1
        meet_up, meet_down = np.zeros(len(line)), line.copy()
        for level in tree.levels[1:]:
            around = tree.parent[level]
            apart = line[level] < 0
            meet_up[level] = np.where(apart, meet_up[around] + 1, 0)
            meet_down[level] = np.where(apart, meet_down[around], line[level])
        up, down = meet_up[tree.at], meet_down[tree.at]
    after = np.clip(np.arange(number) - best, -30, 60) if known else np.zeros(number)
    return [
        ("title_up", up),
        ("title_down", down),
        ("title_after", after),
        ("title_known", np.full(number, float(known))),
    ]
