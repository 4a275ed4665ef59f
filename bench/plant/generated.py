"""Pages made up, for where the real ones are not: a head, a navigation, an article, and what stands around it."""

from __future__ import annotations

import random
from functools import cache

_COMMON = tuple(
    """the of and to in that for was on with as his they at be this from have or by one had not but what all were when
    we there can an your which their said if do will each about how up out them then she many some so these would
    other into has more her two like him see time could no make than first been its who now people my made over did
    down only way find use may water long little very after words called just where most know""".split()
)
_SYLLABLES = tuple(
    "ba be bi bo bu da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to va ve vi".split()
)
_OWN_WORDS = 90  # of an article that hardly another one has
_STOCK = 4000
_FRAME = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(30))
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/style.css"><meta name="author" content="{author}">
<meta property="og:title" content="{title}"><meta name="description" content="{lead}"></head>
<body><header><nav><ul>{frame}</ul></nav></header><main><article><h1>{title}</h1>
<p class="byline">By {author}</p>{body}</article>
<aside><h2>Read also</h2><ul>{links}</ul></aside></main>
<footer><p>All rights reserved.</p><ul>{frame}</ul></footer></body></html>"""
_EMPTY = """<!doctype html><html><head><title>{title}</title></head><body><div id="app"></div>
<script src="/app.js"></script></body></html>"""


def page(number: int, seed: int) -> bytes:
    """An article of some 500 words. The same number gives the same page, another one another text."""
    chance = random.Random(f"{seed} {number}")
    own = _names(chance, _OWN_WORDS)
    title = _sentence(chance, own, 9).rstrip(".")
    paragraphs = [
        " ".join(_sentence(chance, own, chance.randint(8, 24)) for _ in range(chance.randint(3, 6)))
        for _ in range(chance.randint(6, 11))
    ]
    links = "".join(
        f'<li><a href="/a/{chance.randrange(10**6)}.html">{_sentence(chance, own, 6)}</a></li>'
        for _ in range(8)
    )
    return _PAGE.format(
        title=title,
        author=" ".join(word.capitalize() for word in own[:2]),
        lead=paragraphs[0][:140],
        body="".join(f"<p>{text}</p>" for text in paragraphs),
        frame=_FRAME,
        links=links,
    ).encode()


def words(number: int, count: int) -> str:
    """Nothing but a text of so many words, about."""
    chance = random.Random(number)
    own = _names(chance, _OWN_WORDS)
    return " ".join(_sentence(chance, own, 12) for _ in range(count // 12))


def empty(number: int) -> bytes:
    """A page without any text: what an application puts into the browser later."""
    return _EMPTY.format(title=f"Page {number}").encode()


def _sentence(chance: random.Random, own: list[str], length: int) -> str:
    words = [
        chance.choice(_COMMON) if chance.random() < 0.5 else chance.choice(own)
        for _ in range(length)
    ]
    return " ".join(words).capitalize() + "."


def _names(chance: random.Random, count: int) -> list[str]:
    return chance.sample(_stock(), count)


@cache
def _stock() -> tuple[str, ...]:
    chance = random.Random(0)
    return tuple(
        dict.fromkeys(
            "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_STOCK)
        )
    )
