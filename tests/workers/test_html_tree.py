"""The elements of an outline as arrays."""

from __future__ import annotations

from workers.extract.html import outline, page
from workers.extract.html.features.tree import Tree

PAGE = """<body><h1>one</h1><div id=a><p>two</p><ul><li>three</li><li>four</li></ul>five</div>
<section><p>six six</p></section></body>"""


def tree():
    return Tree.of(outline.read(page.body(page.parse(PAGE))))


def place_of(tag):
    return tree().tags.index(tag)


def test_totals_hold_what_is_inside():
    found = tree()
    totals = dict(zip(found.tags, found.totals(found.chars).tolist(), strict=True))
    assert totals["div"] == len("twothreefourfive")
    assert totals["ul"] == len("threefour")
    assert totals["section"] == len("six six")
    assert totals["body"] == found.chars.sum()


def test_below_counts_the_levels_down_from_an_element():
    assert tree().below(place_of("div")).tolist() == [-1, 1, 2, 2, 0, -1]


def test_shared_is_the_depth_of_the_innermost_element_around_both():
    found = tree()
    depth = int(found.depth[place_of("div")])
    assert found.shared(place_of("ul")).tolist() == [
        depth - 1,
        depth,
        depth + 1,
        depth + 1,
        depth,
        depth - 1,
    ]
