"""Small pages made of true texts: what hand-made sites, old sites and bare templates look like.

The labelled pages come from publishers; all have frames of hundreds of blocks and telling class names. A model that has
seen nothing else is lost on a page of a headline and four paragraphs. So true texts of the training part are set in simple
markup of many kinds, with the boilerplate of `synthetic` around, between and after the paragraphs. Every
choice is random, with a fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from training.synthetic import Dresser

_MAX_PARAGRAPHS = 18
_LONG = 60  # characters of a paragraph
_CODE = (
    "def measure(ship):",
    "    return ship.length * 2",
    "for (int i = 0; i < n; i++) {",
    "$ make install && ./run --verbose",
    "SELECT name, depth FROM harbours WHERE depth > 12;",
    '<div class="pier">Hello</div>',
    "import json",
    "x = [port for port in ports if port.open]",
)
_CLASSES = ("", "", "c12", "txt", "box", "post", "content", "entry-content", "story", "left")


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page and the article in it.

    Attributes:
        html: The page.
        truth: Its article, a paragraph a line.
        site: The page that the text is from, for the split.
    """

    html: str
    truth: str
    site: str


def make(dresser: Dresser, site: str, title: str, paragraphs: Sequence[str]) -> MadePage:
    """Set a text in a page."""
    rng = dresser.rng
    body = [Part("p", (text,)) for text in paragraphs[: rng.randint(3, _MAX_PARAGRAPHS)]]
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        body.insert(rng.randint(1, len(body)), _other_part(dresser, paragraphs))
    maker = _Maker(dresser, title)
    truth = "\n".join(line for part in body for line in part.lines)
    return MadePage(maker.page(maker.article(body)), truth, site)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an article: `p`, `list`, `quote`, `heading`, `code` or `rows`, and its lines."""

    shape: str
    lines: tuple[str, ...]


def _other_part(dresser: Dresser, paragraphs: Sequence[str]) -> Part:
    """Something else than a paragraph, made of the article's own sentences."""
    rng = dresser.rng
    sentences = [part.strip() for text in paragraphs for part in text.split(". ") if len(part) > 3]  # noqa: PLR2004
    shape = rng.choice(("list", "list", "quote", "heading", "heading", "code", "rows"))
    if shape == "code":
        return Part(shape, tuple(rng.sample(_CODE, rng.randint(2, len(_CODE)))))
    if shape == "heading":
        return Part(shape, (" ".join(rng.choice(sentences).split()[: rng.randint(2, 7)]),))
    if shape == "quote":
        return Part(shape, (f"“{rng.choice(sentences)}.”",))
    most = rng.choice((4, 8, 15, 40))  # words of an item
    wanted = rng.sample(sentences, min(rng.randint(3, 10), len(sentences)))
    return Part(shape, tuple(" ".join(line.split()[:most]) for line in wanted))


class _Maker:
    """Markup of one page; its choices of style hold for the whole page."""

    def __init__(self, dresser: Dresser, title: str) -> None:
        self.dresser = dresser
        self.rng: random.Random = dresser.rng
        self.title = title
        self.style = self.rng.choice(("p", "p", "p", "p", "div", "br", "brbr", "td"))
        self.heading = self.rng.choice(("h2", "h3"))

    def page(self, article: str) -> str:
        """The whole page."""
        chance = self.dresser.chance
        outlet = self.dresser.phrase("outlets")
        end = f" - {outlet}" if chance(0.5) else ""
        parts = [self.menu() if chance(0.7) else "", article]
        parts += [self.comments()] if chance(0.25) else []
        parts += [self.cards()] if chance(0.35) else []
        parts += [self.foot()] if chance(0.6) else []
        return (
            f"<!doctype html><html><head><title>{escape(self.title + end)}</title></head>"
            f"<body>{''.join(parts)}</body></html>"
        )

    def article(self, body: Sequence[Part]) -> str:
        """Headline, byline, the parts with what stands between them, biography."""
        chance = self.dresser.chance
        head = [f"<h1>{escape(self.title)}</h1>" if chance(0.85) else ""]
        head += [self.line(line) for line in self.dresser.byline()] if chance(0.6) else []
        tail = [self.line(self.dresser.phrase("bios"))] if chance(0.3) else []
        tail += [self.line(line) for line in self.dresser.share_bar()] if chance(0.2) else []
        inner = "".join(head) + self.parts(body) + "".join(tail)
        frame = self.rng.choice(("article", "main", "div", "div", "section", "table", ""))
        if frame == "table":
            side = self.links(4, "<br>")
            return f"<table><tr><td>{side}</td><td>{inner}</td></tr></table>"
        return f"<{frame}{self.name()}>{inner}</{frame}>" if frame else inner

    def parts(self, body: Sequence[Part]) -> str:
        """The parts in the page's style, a box of boilerplate between them now and then."""
        apart = {"br": "<br>\n", "brbr": "<br><br>\n"}.get(self.style)
        made = []
        for number, part in enumerate(body):
            made.append(self.part(part, bare=apart is not None))
            if 0 < number < len(body) - 1 and self.dresser.chance(0.08):
                lines = [self.line(line) for line in self.dresser.inline()]
                made.append(f"<div{self.name()}>{''.join(lines)}</div>")
        whole = (apart or "\n").join(made)
        return f"<table>{whole}</table>" if self.style == "td" else whole

    def part(self, part: Part, *, bare: bool) -> str:
        """One part; a short paragraph is a heading now and then."""
        lines = [escape(line) for line in part.lines]
        match part.shape:
            case "list":
                tag = self.rng.choice(("ul", "ol"))
                return f"<{tag}>{''.join(f'<li>{line}</li>' for line in lines)}</{tag}>"
            case "rows":
                rows = "".join(f"<tr><td>{line}</td></tr>" for line in lines)
                return f"<table>{rows}</table>"
            case "quote":
                return f"<blockquote><p>{lines[0]}</p></blockquote>"
            case "code":
                return "<pre>" + "\n".join(lines) + "</pre>"
            case "heading":
                return f"<{self.heading}>{lines[0]}</{self.heading}>"
        if bare:
            return lines[0]
        if self.style == "td":
            return f"<tr><td>{lines[0]}</td></tr>"
        text = part.lines[0]
        is_heading = len(text) < _LONG and text[-1] not in '.!?"”' and self.dresser.chance(0.7)
        tag = self.heading if is_heading else self.style
        return f"<{tag}>{lines[0]}</{tag}>"

    def line(self, text: str) -> str:
        """A line that is not of the article."""
        tag = self.rng.choice(("p", "div", "span", "small", "p", "div"))
        shown = f"<a href='/x'>{escape(text)}</a>" if self.dresser.chance(0.25) else escape(text)
        return f"<{tag}{self.name()}>{shown}</{tag}>"

    def menu(self) -> str:
        """Links to the sections."""
        makers: Sequence[Callable[[], str]] = (
            lambda: f"<ul>{self.links(6, '', 'li')}</ul>",
            lambda: f"<div>{self.links(6, ' | ')}</div>",
            lambda: f"<p>{self.links(5, ' ')}</p>",
            lambda: f"<table><tr>{self.links(5, '', 'td')}</tr></table>",
        )
        outlet = self.line(self.dresser.phrase("outlets")) if self.dresser.chance(0.6) else ""
        return f"<div{self.name()}>{outlet}{self.rng.choice(makers)()}</div>"

    def links(self, most: int, separator: str, tag: str = "") -> str:
        """Short links."""
        names = [self.dresser.phrase("kickers") for _ in range(self.rng.randint(3, most))]
        made = [f"<a href='/{number}'>{escape(name)}</a>" for number, name in enumerate(names)]
        return separator.join(f"<{tag}>{each}</{tag}>" if tag else each for each in made)

    def cards(self) -> str:
        """Other articles, each with headline and mostly a summary."""
        shape = self.rng.choice(("h3", "h4", "b", "p"))
        headlines = self.rng.sample(
            list(self.dresser.headlines), min(5, len(self.dresser.headlines))
        )
        with_summary = self.dresser.chance(0.7)
        cards = []
        for headline in headlines:
            summary = (
                f"<p>{escape(self.rng.choice(self.dresser.leads))}</p>" if with_summary else ""
            )
            link = (
                f"<a href='/a'>{escape(headline)}</a>"
                if self.dresser.chance(0.8)
                else escape(headline)
            )
            cards.append(f"<div{self.name()}><{shape}>{link}</{shape}>{summary}</div>")
        head = (
            f"<h2>{escape(self.dresser.phrase('heads'))}</h2>" if self.dresser.chance(0.6) else ""
        )
        return f"<div{self.name()}>{head}{''.join(cards)}</div>"

    def comments(self) -> str:
        """What readers say."""
        said = "".join(
            f"<div><b>{escape(self.dresser.phrase('names'))}</b> {escape(self.dresser.phrase('dates'))}"
            f"<p>{escape(self.rng.choice(self.dresser.leads))}</p></div>"
            for _ in range(self.rng.randint(2, 5))
        )
        names = self.rng.choice((" id='comments'", " class='comments'", ""))
        return f"<div{names}><h3>{self.rng.randint(2, 40)} comments</h3>{said}</div>"

    def foot(self) -> str:
        """The lines at the end of the page."""
        tag = self.rng.choice(("div", "p", "footer"))
        return f"<{tag}>{''.join(self.line(line) for line in self.dresser.foot())}</{tag}>"

    def name(self) -> str:
        """A class, or none."""
        name = self.rng.choice(_CLASSES)
        return f' class="{name}"' if name else ""


def usable(lines: Sequence[str]) -> list[str]:
    """The lines of a true text that make paragraphs, if there are enough of them."""
    kept = [line.strip() for line in lines if line.strip()]
    return kept if sum(len(line) > _LONG for line in kept) >= 3 else []  # noqa: PLR2004


def made(
    texts: Sequence[tuple[str, str, Sequence[str], Dresser]], copies: int
) -> Iterator[MadePage]:
    """A page or several of each text.

    Args:
        texts: Site, title, lines, and who dresses it.
        copies: How many pages of each.
    """
    for site, title, lines, dresser in texts:
        body = usable(lines)
        for _ in range(copies if body else 0):
            yield make(dresser, site, title, body)
