"""More pages than there are: the same pages with other words.

A page is varied by exchanging the words of its text for others of the same length out of other pages of its
language, the same word for the same one throughout. What marks the page up, and words that stand on many
pages (`the`, `Share`), stay. So a variant takes as much work as its page, and no two are duplicates: hardly a
run of four words is the same in both.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workers.extract import language

_WORD = re.compile(rb"(?<![\w\x80-\xff])([A-Za-z]{4,})(?![\w\x80-\xff])")
_IN_TEXT = re.compile(r"(?<![^\W_])[A-Za-z]{4,}(?![^\W_])")
_TAG = re.compile(rb"<[^<>]*>")
_FREE_ATTRIBUTE = re.compile(
    rb"""(?i)\b(?:href|src|srcset|content|alt|title)\s*=\s*("[^"]*"|'[^']*')"""
)
_MEMBER = re.compile(rb'"([A-Za-z]{4,})"\s*:')
_EVERYWHERE = 0.35  # share of all pages from which a word belongs to the language, not to a text
_STEP = 7919  # a prime: how far apart the words of two variants are
_LEAST = 60  # words of a page that can be exchanged; with fewer it is used once only


@dataclass(frozen=True, slots=True)
class Template:
    """A page taken apart: what stays, and between that the words that are exchanged.

    Attributes:
        kept: One part more than there are words.
        words: As they stand on the page.
        lang: Of the text.
    """

    kept: tuple[bytes, ...]
    words: tuple[bytes, ...] = field(repr=False)
    lang: str

    @property
    def can_vary(self) -> bool:
        """Whether its variants differ enough."""
        return len(self.words) >= _LEAST


class Variants:
    """Variants of pages.

    Args:
        pages: The bytes of each page, and its true text.
    """

    def __init__(self, pages: Sequence[tuple[bytes, str]]) -> None:
        self._pages = pages

    @cached_property
    def able(self) -> list[int]:
        """Numbers of the pages that can be varied."""
        return [n for n, template in enumerate(self._templates) if template.can_vary]

    def make(self, page: int, variant: int) -> bytes:
        """A variant of a page; variant 0 is the page itself."""
        if not variant:
            return self._pages[page][0]
        template = self._templates[page]
        stock = self._stock[template.lang]
        return _joined(template.kept, [_exchanged(word, stock, variant) for word in template.words])

    @cached_property
    def _templates(self) -> list[Template]:
        texts = [{word.lower() for word in _IN_TEXT.findall(text)} for _, text in self._pages]
        in_pages = Counter(word for words in texts for word in words)
        most = max(2, _EVERYWHERE * len(self._pages))
        templates = []
        for (html, text), words in zip(self._pages, texts, strict=True):
            found = language.detect(text)
            rare = {word.encode() for word in words if in_pages[word] <= most} - _of_markup(html)
            templates.append(_taken_apart(html, rare, found.code if found else ""))
        return templates

    @cached_property
    def _stock(self) -> dict[str, _Stock]:
        return _stock(self._templates)


@dataclass(slots=True)
class _Stock:
    """The words of a language by their length, and where each stands among those of its length."""

    by_length: defaultdict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    place: dict[bytes, int] = field(default_factory=dict)


def _stock(templates: Iterable[Template]) -> dict[str, _Stock]:
    found: defaultdict[str, set[bytes]] = defaultdict(set)
    for template in templates:
        found[template.lang].update(word.lower() for word in template.words)
    stocks = {}
    for lang, words in found.items():
        stock = stocks[lang] = _Stock()
        for word in sorted(words):
            stock.place[word] = len(stock.by_length[len(word)])
            stock.by_length[len(word)].append(word)
    return stocks


def _exchanged(word: bytes, stock: _Stock, variant: int) -> bytes:
    others = stock.by_length[len(word)]
    other = others[(stock.place[word.lower()] + variant * _STEP) % len(others)]
    if word.islower():
        return other
    return other.upper() if word.isupper() else other.capitalize()


def _taken_apart(html: bytes, rare: set[bytes], lang: str) -> Template:
    kept, words, start = [], [], 0
    for match in _WORD.finditer(html):
        if match[1].lower() in rare:
            kept.append(html[start : match.start()])
            words.append(match[1])
            start = match.end()
    return Template((*kept, html[start:]), tuple(words), lang)


def _joined(kept: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    parts = [b""] * (len(kept) + len(words))
    parts[::2], parts[1::2] = kept, words
    return b"".join(parts)


def _of_markup(html: bytes) -> set[bytes]:
    """Words in the names and values of tags, and names of members of JSON: with others the page would be another one."""
    tags = b" ".join(_FREE_ATTRIBUTE.sub(b"", tag) for tag in _TAG.findall(html))
    found = {word.lower() for word in _WORD.findall(tags)}
    return found | {word.lower() for word in _MEMBER.findall(html)}
