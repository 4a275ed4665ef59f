"""Choosing the title among what a page calls itself.

Editors write `og:title` and `headline`; `<title>` is often written for search engines, and `og:title` is often
only filled from it. So: `og:title`, unless it is that copy and the visible heading says something
else. The name of the site before or behind a title is taken off. A feed's title decides where there
is one: the candidate closest to it wins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from workers.extract.metadata.page import Page
from workers.extract.metadata.text import folded, line, squashed

_SEPARATOR = re.compile(
    r"\s+(?:[|*\u00b7\u2022\u2013\u2014\u00bb\u00ab:/-]|::|--)\s+|\s*[|\uff5c\uff1a_]\s*|,\s+"
)
_ELLIPSIS = re.compile(r"\s*(?:\u2026|\.\.\.)\Z")
_BEHIND_A_SITE = frozenset("|\u00b7\u2022\u00bb")
_MAX_PARTS = 4
_MAX_SITE_WORDS = 4
_SAME = 0.8  # share of words of two spellings of one title
_OTHER = 0.5  # below it two titles are different sentences
_SHORT = 0.5  # of the heading: a short form for social networks
_LIKE_FEED = 0.6
_ENOUGH_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title and where it stands."""

    text: str
    source: str
    provenance: str


def choose(
    page: Page, headlines: Sequence[str], *, url: str | None, site: Collection[str], feed: str = ""
) -> tuple[str, str]:
    """The title and its provenance, both empty where there is none.

    Args:
        page: The page.
        headlines: What JSON-LD calls it, the likeliest first.
        url: Address of the page.
        site: Names of the site.
        feed: Title of the feed entry.
    """
    raw = {each.source: each for each in _candidates(page, headlines)}
    names = _Names(frozenset(filter(None, map(squashed, site))), _label(url))
    heads = _heads(raw, names)
    clean = {name: _cleaned(each, names, heads) for name, each in raw.items()}
    clean = {name: each for name, each in clean.items() if _is_title(each.text, names)}
    chosen = _closest(clean, feed) or _preferred(clean)
    if chosen is None:
        return (feed, "feed") if feed else ("", "")
    return _whole(chosen, clean).text, chosen.provenance


def likeness(one: str, other: str) -> float:
    """Share of the words that two titles have in common (F1), 1 if one contains the other."""
    first, second = folded(one), folded(other)
    if not first or not second:
        return 0.0
    shorter = min(len(first), len(second))
    if shorter > 15 and (first in second or second in first):  # noqa: PLR2004 - not by accident
        return 1.0
    ours, theirs = Counter(first.split()), Counter(second.split())
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def _candidates(page: Page, headlines: Sequence[str]) -> Iterator[Candidate]:
    stated = (
        ("og", page.first("og:title"), "meta"),
        ("headline", line(next(iter(headlines), "")), "json-ld"),
        ("twitter", page.first("twitter:title", "twitter:text:title"), "meta"),
        ("meta", page.first("parsely-title", "sailthru.title", "dc.title", "headline"), "meta"),
        ("h1", _heading(page, headlines), "h1"),
        ("title", page.title, "title-tag"),
        ("named", page.first("title", "cxenseparse:title"), "meta"),
    )
    yield from (Candidate(text, name, where) for name, text, where in stated if text)


def _heading(page: Page, headlines: Sequence[str]) -> str:
    """The heading most like what the page is called elsewhere: logos and teasers are headings too."""
    texts = [text for _, text in page.headings]
    others = [*headlines[:1], page.first("og:title"), page.title]
    best = max(texts, key=lambda text: max(likeness(text, other) for other in others), default="")
    return best if len(texts) > 1 else next(iter(texts), "")


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a site, squashed, and the first label of its registered domain."""

    names: frozenset[str]
    label: str

    def match(self, part: str) -> bool:
        """Whether a part of a title is the name of the site."""
        text = squashed(part)
        if not text:
            return True
        if text in self.names or any(len(name) > 3 and name in text for name in self.names):  # noqa: PLR2004
            return len(folded(part).split()) <= _MAX_SITE_WORDS + 2
        words = folded(part).split()
        return (
            bool(self.label)
            and len(words) <= _MAX_SITE_WORDS
            and (
                self.label in words
                or text.startswith(self.label)
                or (len(text) > 2 and text in self.label)  # noqa: PLR2004
            )
        )


def _label(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    labels = [part for part in host.split(".") if part not in {"www", "m", "amp", "news"}]
    public = {"co", "com", "org", "net", "ac", "gov", "or", "ne", "go", "edu"}
    while len(labels) > 2 and labels[-2] in public:  # noqa: PLR2004
        labels = labels[:-1]
    return squashed(labels[-2]) if len(labels) > 1 else ""


def _cleaned(each: Candidate, names: _Names, heads: Collection[str]) -> Candidate:
    text = each.text
    for _ in range(_MAX_PARTS):
        shorter = _without_site(text, names, heads)
        if shorter == text:
            break
        text = shorter
    return replace(each, text=text)


def _heads(raw: dict[str, Candidate], names: _Names) -> frozenset[str]:
    """What the page shows as its heading, folded, without the name of the site."""
    shown = (raw[name] for name in ("headline", "h1") if name in raw)
    return frozenset(folded(_cleaned(each, names, ()).text) for each in shown)


def _without_site(text: str, names: _Names, heads: Collection[str]) -> str:
    """The title without one name of the site, behind or before it."""
    cuts = list(_SEPARATOR.finditer(text))[-30:]
    for cut in reversed(cuts):
        head, tail = text[: cut.start()], text[cut.end() :]
        if folded(head) in heads and folded(text) not in heads:
            return head
        if (
            folded(tail) in heads
            and folded(text) not in heads
            and (names.match(head) or len(heads) == 1)
        ):
            return tail
    if folded(text) in heads or not cuts:
        return text
    last, first = cuts[-1], cuts[0]
    is_firm = last[0][:1].isspace()
    if _site_only(text, last, names) or (is_firm and names.match(text[last.end() :])):
        return text[: last.start()]
    if first[0].strip() in _BEHIND_A_SITE and names.match(text[: first.start()]):
        return text[first.end() :]
    return text


def _site_only(text: str, cut: re.Match[str], names: _Names) -> bool:
    """Whether behind a weak separator stands exactly the name of the site."""
    return squashed(text[cut.end() :]) in names.names


def _is_title(text: str, names: _Names) -> bool:
    letters = squashed(text)
    return len(letters) >= _ENOUGH_LETTERS and letters not in names.names


def _closest(clean: dict[str, Candidate], feed: str) -> Candidate | None:
    if not feed:
        return None
    best = max(clean.values(), key=lambda each: _agreement(each.text, feed), default=None)
    return best if best and likeness(best.text, feed) >= _LIKE_FEED else None


def _agreement(text: str, feed: str) -> tuple[bool, float, int]:
    same = folded(text) == folded(feed)
    return same, likeness(text, feed), -abs(len(text) - len(feed))


def _preferred(clean: dict[str, Candidate]) -> Candidate | None:
    og, h1, title = clean.get("og"), clean.get("h1"), clean.get("title")
    seen = clean.get("headline") or h1
    if og and h1 and seen and title:
        agree = "headline" in clean and folded(h1.text) == folded(seen.text)
        is_copy = folded(og.text) == folded(title.text)
        differs = max(likeness(og.text, h1.text), likeness(og.text, seen.text)) < _OTHER
        if is_copy and (differs or agree):
            return h1
        if agree and len(og.text) < _SHORT * len(h1.text):
            return h1
    if og is None and "headline" not in clean and h1 and title:
        return h1 if likeness(h1.text, title.text) >= _SAME else clean.get("twitter") or title
    order = ("og", "headline", "twitter", "meta", "h1", "title", "named")
    return next((clean[name] for name in order if name in clean), None)


def _whole(chosen: Candidate, clean: dict[str, Candidate]) -> Candidate:
    """The title in full where the chosen one was cut off."""
    start, cut = _ELLIPSIS.subn("", chosen.text)
    longer = (each for each in clean.values() if len(each.text) > len(chosen.text))
    if not cut or not start:
        return chosen
    return next((each for each in longer if folded(each.text).startswith(folded(start))), chosen)
