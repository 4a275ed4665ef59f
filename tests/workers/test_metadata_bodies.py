"""Whole texts beside the markup: in JSON-LD and in what scripts are given."""

from __future__ import annotations

import json

import pytest
from lxml.html import fromstring, tostring

from tests.workers.samples import PROSE, html_page, json_ld
from workers.extract.metadata import articlebody, state

TEXT = "\n".join(PROSE)
HTML = "".join(f"<p>{line}</p>" for line in PROSE)


def bodies(head: str) -> tuple[str, ...]:
    tree = fromstring(html_page("<div id=app></div>", head=head))
    before = tostring(tree)
    found = articlebody.bodies(tree)
    assert tostring(tree) == before
    return found


def script(value: object, form: str = "<script type=application/json>%s</script>") -> str:
    filler = {"padding": "x" * 2000}
    return form % json.dumps({"filler": filler, "page": value}).replace("</", "<\\/")


@pytest.mark.parametrize("text", [TEXT, HTML, HTML.replace("<", "&lt;").replace(">", "&gt;")])
@pytest.mark.parametrize("key", ["articleBody", "text"])
def test_the_body_in_linked_data(text, key):
    assert bodies(json_ld({"@type": "NewsArticle", key: text}).replace("</p", "<\\/p")) == (TEXT,)


def test_a_short_body_is_none():
    assert bodies(json_ld({"@type": "NewsArticle", "articleBody": PROSE[0]})) == ()


@pytest.mark.parametrize(
    "value",
    [
        {"article": {"body": HTML}},
        {"post": {"content": {"rendered": HTML}}},
        {"content_elements": [{"type": "text", "content": line} for line in PROSE]},
        {"elements": [{"htmlText": f"<p>{line}</p>"} for line in PROSE]},
        {"blocks": [{"model": {"blocks": [{"model": {"text": line}}]}} for line in PROSE]},
        {"body": [["p", line] for line in PROSE]},
        {"items": {f"text-{n}": {"text": {"value": line}} for n, line in enumerate(PROSE)}},
        {
            "content": [
                {
                    "children": [
                        {"text": line[: line.index(" ") + 1]},
                        {"text": line[line.index(" ") + 1 :]},
                    ]
                }
                for line in PROSE
            ]
        },
    ],
    ids=lambda value: next(iter(value)),
)
def test_the_body_in_a_state_of_any_form(value):
    assert TEXT in [" ".join(found.split(" ")) for found in bodies(script(value))]


@pytest.mark.parametrize(
    "form",
    [
        "<script id=__NEXT_DATA__ type=application/json>%s</script>",
        "<script>window.__INITIAL_STATE__ = %s;</script>",
        "<script>window.__PRELOADED_STATE__=%s</script>",
        "<script>var a=1;Fusion.globalContent=%s;Fusion.x={a:1};</script>",
        "<script>let code = {a: b}; window['STATE'] = %s</script>",
    ],
)
def test_where_state_may_be_given(form):
    assert bodies(script({"body": HTML}, form)) == (TEXT,)


def test_json_inside_a_quoted_string():
    inner = json.dumps({"padding": "x" * 2000, "body": HTML})
    quoted = json.dumps(inner).replace("</", "<\\/")
    assert bodies(f"<script>window.__STATE__ = JSON.parse({quoted});</script>") == (TEXT,)


def test_teasers_and_captions_are_no_text_of_it():
    related = [{"headline": f"h{n}", "url": f"/{n}", "text": line} for n, line in enumerate(PROSE)]
    pictures = [{"type": "image", "text": line} for line in PROSE]
    assert bodies(script({"items": related})) == ()
    assert bodies(script({"items": pictures})) == ()


def test_the_text_that_fits_title_and_summary_comes_first():
    other = "".join(f"<p>{'Something else was said here once more. ' * 4}</p>" for _ in range(9))
    head = (
        "<meta property=og:description content='The old crane is taken down by the port authority'>"
    )
    assert bodies(head + script([{"body": other}, {"body": HTML}]))[0] == TEXT


@pytest.mark.parametrize(
    "code",
    [
        "window.x = {a: alert(1)}",
        "window.x = {",
        'window.x = "' + "a" * 5000,
        "window.x = JSON.parse('{}')",
        "window.x = " + "[" * 100_000,
        'window.x = {"a":' * 3000,
        "var " * 50_000,
        'window.x = {"body": "' + "<script " * 5000 + '"}',
    ],
    ids=range(8),
)
def test_code_that_is_no_json_says_nothing(code):
    tree = fromstring(html_page(head=f"<script>{code}{' ' * 1500}</script>"))
    assert list(state.values(tree)) == [] or not articlebody.bodies(tree)
