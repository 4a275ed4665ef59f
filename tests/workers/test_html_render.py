"""The kept blocks as text and as plain HTML."""

from __future__ import annotations

import numpy as np

from workers.extract.html import outline, page, render

BODY = """
<h2>Heading</h2><p>A paragraph<br>with a break</p>
<ul><li>one</li><li><p>two</p><p>more of two</p></li></ul><blockquote><p>Quoted</p></blockquote>
<pre>x = 1
if x:
    y = 2</pre>
<table><tr><th>Port</th><th>Ships</th></tr><tr><td>North</td><td>4 &lt; 5</td></tr></table><p>End</p>
"""


def read():
    found = outline.read(page.body(page.parse(f"<html><body>{BODY}</body></html>")))
    return found, np.ones(len(found.blocks), bool)


def test_text_shows_the_structure():
    assert render.text(*read()).split("\n\n") == [
        "Heading",
        "A paragraph\nwith a break",
        "- one\n- two",
        "more of two",
        "Quoted",
        "x = 1\nif x:\n    y = 2",
        "Port | Ships\nNorth | 4 < 5",
        "End",
    ]


def test_blocks_that_are_not_kept_are_not_there():
    found, keep = read()
    keep[1:] = False
    assert render.text(found, keep) == "Heading"


def test_html_keeps_it_as_elements_and_escapes_what_strangers_wrote():
    made = render.html(*read())
    for part in (
        "<h2>Heading</h2>",
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
        "<blockquote>\n<p>Quoted</p>\n</blockquote>",
        "<pre>x = 1\nif x:\n    y = 2</pre>",
        "<tr><td>North</td><td>4 &lt; 5</td></tr>",
    ):
        assert part in made


def test_html_of_an_attack_is_text():
    attack = "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;</p>"
    found = outline.read(page.body(page.parse(f"<html><body>{attack}</body></html>")))
    made = render.html(found, np.ones(1, bool))
    assert "<script" not in made
    assert "<img" not in made
