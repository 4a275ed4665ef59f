"""When a second opinion is asked for, and what it is worth."""

from __future__ import annotations

import pytest

from tests.workers.samples import PROSE, html_page
from workers.extract import Hints, Options, extract
from workers.extract.html import outline, page
from workers.extract.html.judge import Opinion, judge

FRAME = "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(9))


def read(body: str) -> outline.Outline:
    return outline.read(page.body(page.parse(f"<html><body>{body}</body></html>")))


def doubtful() -> outline.Outline:
    cards = "".join(f"<div><p>{line}</p><a href='/x'>More</a></div>" for line in PROSE)
    return read(f"<ul>{FRAME}</ul><div><p>{PROSE[0]}</p></div>{cards}")


def ask(opinion: Opinion) -> list[float]:
    found = judge(doubtful(), title=None, told=None, second_opinion=lambda: opinion)
    assert found.asked
    return found.probabilities.tolist()


def test_a_page_that_is_clear_is_not_asked_about():
    body = f"<article><h1>Old crane goes</h1>{''.join(f'<p>{line}</p>' for line in PROSE * 2)}</article>"

    def refuse() -> Opinion:
        pytest.fail("a second opinion was asked for")

    found = judge(read(body), title="Old crane goes", told=None, second_opinion=refuse)
    assert not found.asked
    assert found.expected > 0.9


def test_an_opinion_moves_the_judgement():
    first = judge(doubtful(), title=None, told=None).probabilities
    first_card = len(FRAME.split("<li>"))  # the block after the menu and the first paragraph
    voted = ask(Opinion(None, "\n".join(PROSE)))
    assert voted != first.tolist()
    assert voted[first_card] > first[first_card]


def test_an_opinion_that_holds_the_whole_page_tells_nothing():
    everything = "\n".join(block.text for block in doubtful().blocks)
    first = judge(doubtful(), title=None, told=None).probabilities.tolist()
    assert ask(Opinion(None, everything)) == first


def test_the_feeds_own_content_is_a_witness():
    cards = "".join(f"<div><p>{line}</p></div>" for line in PROSE[2:])
    body = f"<div><p>{PROSE[0]}</p><p>{PROSE[1]}</p></div><div>{cards}</div>"
    content = "".join(f"<p>{line}</p>" for line in PROSE) * 2
    text = extract(html_page(body), hints=Hints(content=content)).text
    assert all(line in text for line in PROSE)


def test_fast_never_asks():
    cards = "".join(f"<div><p>{line}</p><a href='/x'>More</a></div>" for line in PROSE)
    found = extract(html_page(f"<ul>{FRAME}</ul>{cards}"), options=Options(mode="fast"))
    assert found.method == "html/blocks"
