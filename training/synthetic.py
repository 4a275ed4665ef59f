"""Articles put together with boilerplate of known kinds, in many languages.

Real pages teach what publishers do, but few of the labelled ones are plain text, and most are English or German.
So true texts (or, in languages of which there are few, sentences of `phrases/`) are dressed as plain
text found in the wild is: with newsletter boxes between the paragraphs, a biography at the end, and lists
of other articles after it, of many shapes. Every choice is random, with a fixed seed.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.documents import BOILERPLATE, CONTENT, TITLE, Document

_PHRASES = Path(__file__).parent / "phrases"
_SEPARATORS = ("-", "•", "*", "—", "·", "|", "***", "–", "●", "_", "+")
_UNSPACED = ("zh", "ja")
_OPEN_END = ".。"
Phrases = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Dresser:
    """Makes boilerplate of one language.

    Attributes:
        rng: Where chance comes from.
        phrases: The language's phrases.
        headlines: Titles of other articles.
        leads: First sentences of other articles.
        unspaced: The language writes no blanks between words.
    """

    rng: random.Random
    phrases: Phrases
    headlines: Sequence[str]
    leads: Sequence[str]
    unspaced: bool = False

    def phrase(self, group: str) -> str:
        """One phrase of a group with its slots filled."""
        name, other = self.rng.sample(list(self.phrases["names"]), 2)
        outlet = self.rng.choice(self.phrases["outlets"])
        text = self.rng.choice(self.phrases[group])
        return text.format(name=name, name2=other, outlet=outlet)

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.rng.random() < share

    def newsletter_box(self) -> list[str]:
        """An offer of mail: slogan, prompt, perhaps said twice, perhaps under the outlet's name."""
        lines = [self.phrase("prompts") for _ in range(self.rng.randint(1, 3))]
        if self.chance(0.4):
            lines.insert(0, self.phrase("outlets"))
        if self.chance(0.3):
            lines.append(lines[-1])
        return lines

    def inline(self) -> list[str]:
        """What stands between two paragraphs."""
        kinds: Sequence[Callable[[], list[str]]] = (
            self.newsletter_box,
            self.newsletter_box,
            lambda: [self.phrase("legal")],
            lambda: [f"{self.phrase('heads')}: {self.rng.choice(self.headlines)}"],
            lambda: [self.phrase("heads"), self.rng.choice(self.headlines)],
            self.share_bar,
        )
        return self.rng.choice(kinds)()

    def share_bar(self) -> list[str]:
        """Names of networks and the like, one a line or all in one."""
        names = self.rng.sample(list(self.phrases["shares"]), self.rng.randint(1, 5))
        return [" ".join(names)] if self.chance(0.3) else names

    def byline(self) -> list[str]:
        """Author, and perhaps date and share bar, in any order."""
        lines = [self.phrase("bylines")] if self.chance(0.8) else []
        lines += [self.phrase("dates")] if self.chance(0.6) else []
        self.rng.shuffle(lines)
        return lines + (self.share_bar() if self.chance(0.3) else [])

    def related(self) -> list[str]:
        """A list of other articles; all its items have one shape."""
        shape = self.rng.choice(("plain", "plain", "summary", "kicker", "kicked", "date", "both"))
        separator = self.rng.choice(_SEPARATORS) if self.chance(0.5) else None
        bullet = self.rng.choice(("- ", "• ", "* ", "1. ")) if self.chance(0.15) else ""
        titled = self.chance(0.5)
        lines = [self.phrase("heads")] if self.chance(0.4) else []
        count = min(self.rng.randint(3, 12), len(self.headlines))
        for headline in self.rng.sample(list(self.headlines), count):
            item = self._item(headline, shape, titled=titled)
            item[0] = bullet + item[0]
            lines += [separator, *item] if separator else item
        return lines

    def _item(self, headline: str, shape: str, *, titled: bool) -> list[str]:
        headline = title_case(headline) if titled else headline
        summary = self.rng.choice(self.leads)
        summary = summary.rstrip(_OPEN_END) if self.chance(0.7) else summary
        kicker = self.phrase("kickers")
        gap = "" if self.unspaced else " "
        return {
            "plain": [headline],
            "summary": [headline, summary],
            "kicker": [headline, f"{kicker}{gap}{summary}"],
            "kicked": [f"{kicker}{gap}{headline}"],
            "date": [headline, self.phrase("dates")],
            "both": [kicker, headline, summary],
        }[shape]

    def foot(self) -> list[str]:
        """Cookies, rights and the like."""
        groups = [self.rng.choice(("cookies", "legal", "legal", "shares")) for _ in range(5)]
        return [self.phrase(group) for group in groups[: self.rng.randint(1, 5)]]


def title_case(line: str) -> str:
    """A headline as American papers write it."""
    words = line.split()
    return " ".join(word[:1].upper() + word[1:] if len(word) > 3 else word for word in words)  # noqa: PLR2004


def dress(dresser: Dresser, title: str | None, body: Sequence[str]) -> list[tuple[str, int]]:
    """An article with boilerplate around and in it, each line with its label."""
    lines: list[tuple[str, int]] = []

    def add(boilerplate: Sequence[str]) -> None:
        lines.extend((line, BOILERPLATE) for line in boilerplate if line)

    add(dresser.foot() if dresser.chance(0.15) else ())
    lines += [(title, TITLE)] if title and dresser.chance(0.6) else []
    add(dresser.byline() if dresser.chance(0.4) else ())
    places = _places(dresser, len(body))
    for index, paragraph in enumerate(body):
        lines.append((paragraph, CONTENT))
        add(dresser.inline() if index in places else ())
    ends = [
        *((dresser.newsletter_box, 0.4), (lambda: [dresser.phrase("bios")], 0.5)),
        *((dresser.share_bar, 0.2), (dresser.related, 0.7), (dresser.foot, 0.3)),
    ]
    for make, share in ends:
        add(make() if dresser.chance(share) else ())
    return lines


def _places(dresser: Dresser, paragraphs: int) -> set[int]:
    """After which paragraphs something is put in; mostly after none, one or two."""
    count = dresser.rng.choice((0, 0, 1, 1, 2, 3))
    return set(dresser.rng.choices(range(paragraphs), k=count)) if count else set()


def articles(rng: random.Random, phrases: Phrases, *, unspaced: bool) -> list[str]:
    """The body of an article out of single sentences; they follow one another as chance will."""
    sentences = rng.sample(list(phrases["sentences"]), len(phrases["sentences"]))
    body: list[str] = []
    while sentences and len(body) < rng.randint(3, 9):
        size = rng.choice((1, 1, 2, 3))
        body.append(("" if unspaced else " ").join(sentences[:size]))
        sentences = sentences[size:]
    if rng.random() < 0.3:  # noqa: PLR2004 - a subheading
        body.insert(rng.randrange(1, len(body) + 1), rng.choice(phrases["headlines"]))
        body.append(rng.choice(phrases["sentences"]))
    return body


def load() -> dict[str, Phrases]:
    """The phrases of each language, by its code."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(_PHRASES.glob("*.toml"))
    }


def invented(rng: random.Random, copies: int) -> Iterator[Document]:
    """Articles of `phrases/`: `copies` of each language."""
    for language, phrases in load().items():
        unspaced = language in _UNSPACED
        dresser = Dresser(rng, phrases, phrases["headlines"], phrases["summaries"], unspaced)
        for number in range(copies):
            body = articles(rng, phrases, unspaced=unspaced)
            lines = dress(dresser, rng.choice(phrases["headlines"]), body)
            yield _document("invented", f"{language}-{number}", lines)


def dressed(
    rng: random.Random, texts: Sequence[tuple[Document, str | None, str]], copies: int
) -> Iterator[Document]:
    """True texts in languages of `phrases/`, dressed; the other articles named are of those, too.

    Args:
        rng: Where chance comes from.
        texts: Each text with its title and language.
        copies: How often each text is used.
    """
    for language, phrases in load().items():
        own = [(text, title) for text, title, code in texts if code == language]
        headlines = [title for _, title in own if title] + list(phrases["headlines"])
        leads = [_lead(text.lines) for text, _ in own] + list(phrases["summaries"])
        dresser = Dresser(rng, phrases, headlines, leads, language in _UNSPACED)
        for text, title in own * copies:
            yield _document("dressed", text.site, dress(dresser, title, text.lines))


def joined(
    rng: random.Random, texts: Sequence[Document], pages: Sequence[Document]
) -> Iterator[Document]:
    """True texts with boilerplate of other pages before, in and after them."""
    blocks = [block for page in pages for block in _blocks(page)]
    for text in texts:
        lines = [(line, CONTENT) for line in text.lines]
        for _ in range(rng.choice((1, 1, 2, 3))):
            block = rng.choice(blocks)
            start = rng.randrange(max(len(block) - 3, 1))
            piece = block[start : start + rng.choice((1, 2, 4, 8, 15, 30))]
            place = rng.choice((0, len(lines), len(lines), rng.randrange(len(lines) + 1)))
            lines[place:place] = [(line, BOILERPLATE) for line in piece]
        yield _document("joined", text.site, lines)


def _blocks(page: Document) -> Iterator[list[str]]:
    """Its runs of boilerplate."""
    block: list[str] = []
    for line, label in zip((*page.lines, ""), (*page.labels, CONTENT), strict=True):
        if label == BOILERPLATE:
            block.append(line)
        elif block:
            yield block
            block = []


def _lead(lines: Sequence[str]) -> str:
    first = next((line for line in lines if len(line) > 60), lines[0])  # noqa: PLR2004
    sentence, mark, _ = first[:400].partition(". ")
    return (sentence + mark.strip())[:250]


def _document(source: str, site: str, lines: Sequence[tuple[str, int]]) -> Document:
    texts, labels = zip(*lines, strict=True)
    return Document(source, "made", site, texts, labels)
