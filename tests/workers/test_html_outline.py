"""The outline of a page: its blocks of text, and where they stand."""

from __future__ import annotations

import pytest

from workers.extract.html import outline, page
from workers.extract.html.marks import Mark


def read(body: str) -> outline.Outline:
    return outline.read(page.body(page.parse(f"<!doctype html><html><body>{body}</body></html>")))


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def test_block_elements_and_breaks_part_text_inline_elements_do_not():
    body = "<div>One <b>bold</b>\n and <span>inline</span><p>Two<br>three</p>four</div>"
    assert texts(body) == ["One bold and inline", "Two", "three", "four"]


def test_a_block_after_a_break_says_so():
    assert [block.after_break for block in read("<p>Two<br>three</p><p>four</p>").blocks] == [
        *(False, True, False)
    ]


def test_links_and_bold_are_counted_in_characters():
    (block,) = read("<p>See <a href='/a'>this</a> and <strong>that one</strong></p>").blocks
    assert (block.link_chars, block.links, block.bold_chars) == (4, 1, 8)


@pytest.mark.parametrize(
    "frame",
    [
        *("<nav><a href='/'>Home</a></nav>", "<footer>All rights reserved</footer>"),
        *("<form><label>Name</label><input></form>", "<button>Send</button>"),
        *("<script>x()</script>", "<style>p{}</style>", "<template><p>x</p></template>"),
        *("<select><option>One</option></select>", "<noscript>Switch it on</noscript>"),
    ],
)
def test_the_frame_of_a_page_is_left_out_and_what_follows_it_is_not(frame):
    assert texts(f"<p>Before</p>{frame}tail<p>After</p>") == ["Before", "tail", "After"]


def test_a_form_around_the_whole_page_is_no_frame():
    assert texts("<form><p>One</p><p>Two</p><p>Three</p></form>") == ["One", "Two", "Three"]


def test_code_keeps_its_lines():
    assert texts("<pre>\ndef f():\n    return 1  \n</pre>") == ["def f():\n    return 1"]


def test_elements_know_what_their_names_say_and_what_is_said_around_them():
    found = read("<article class='story-body'><div id='related-links'><p>x</p></div></article>")
    place = found.places[found.blocks[0].place]
    assert place.tag == "p"
    assert place.own == 0
    for mark in (Mark.ARTICLE, Mark.ARTICLE_BODY, Mark.RELATED):
        assert place.marks & mark.value
    assert not place.marks & Mark.COMMENT.value


@pytest.mark.parametrize(
    "attributes", ["hidden", "style='display: none'", "aria-hidden=true", "class=sr-only"]
)
def test_hidden_elements_are_known(attributes):
    found = read(f"<div {attributes}><p>x</p></div>")
    assert found.places[found.blocks[0].place].marks & Mark.HIDDEN.value


def test_a_page_of_too_many_blocks_is_cut(monkeypatch):
    monkeypatch.setattr(outline, "MAX_BLOCKS", 3)
    found = read("<p>x</p>" * 9)
    assert len(found.blocks) == 3
    assert found.is_cut


@pytest.mark.parametrize("depth", [10, 300, 3_000, 50_000])
def test_text_is_found_at_any_depth(depth):
    body = "<div>" * depth + "<p>The deep text.</p>" + "</div>" * depth + "<p>After.</p>"
    assert "The deep text." in texts(body)


def test_a_tag_of_very_many_attributes_does_not_hold_up_the_page():
    attributes = " ".join(f"a{number}=1" for number in range(400_000))
    assert texts(f"<p {attributes}>x</p><p>y</p>") == ["x", "y"]
