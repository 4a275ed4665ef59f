"""Which links of a page lead to articles, by how they look: their words, addresses, places and repetition.

Every sign counts a few points; no single one decides. What is plainly no list (menus, footers, asides) is
left out first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from feedmill import urls
from service.feeds import articleaddress, webpage
from service.feeds.articleaddress import TITLE_WORDS
from service.feeds.webpage import Element, WebPage

MAX_CANDIDATES = 5000
_ENOUGH = 5.0
_DOUBTFUL = 2.5  # enough where many links of the same kind are articles
_MANY = 1 / 3
_FEW = 0.3
_DEPTH = 3  # elements above a link that make out its kind
_NEAR = 5  # elements above a link among which its entry is looked for
_ENTRY_SIZE = 60  # elements of an entry that are looked at
_ENTRY_LENGTH = 400  # characters of an entry
_LEAST_ALIKE = 3
_MANY_ALIKE = 6

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ASIDE_TAGS = frozenset(
    {"nav", "footer", "aside", "menu", "dialog", "form", "noscript", "template"}
)
_ASIDE_ROLES = frozenset(
    {"navigation", "contentinfo", "complementary", "menu", "menubar", "banner", "search", "dialog"}
)
_ASIDE_NAME = re.compile(
    r"(?!(?:has|no|not|with|without|is|js|under|above|below|beside|hide|show)[-_])"
    r"(?:[a-z]{1,12}[-_]{1,2}|site|page|global|top|bottom|main|sub|footer|header|side|left|right|g)?"
    r"(?:nav|navbar|navigation|menu|footer|sidebar|sidenav|breadcrumbs?|pagination|paginator|pager|"
    r"share|sharing|social|socials|taglist|tagcloud|tags|byline|cookies?|consent|skip|masthead|toolbar)"
    r"(?:[-_]?(?:links?|list|items?|menu|bar|box|wrap|wrapper|container|inner|widget|icons))?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b"
    r"|\b\d{1,2}\.? (?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^\W*(?:read|more|continue|see|view|all|alle|weiter|mehr|voir|ver|lire|leer|leggi|lees|ler|czytaj|читать|подробнее|\d+ comments?|"
    r"阅读|閱讀|続き|もっと|자세히)\b.{0,40}$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Candidate:
    """One page that is linked to: all links to it, and what they say."""

    address: str
    links: list[Element] = field(default_factory=list)
    words: float = 0.0
    points: float = 0.0
    kinds: set[str] = field(default_factory=set)


def find(page: WebPage) -> list[Element]:
    """The links of a page that look like links to articles, in its order."""
    candidates = _candidates(page)
    alike = Counter(kind for one in candidates.values() for kind in one.kinds)
    folders = Counter(folder for folder in map(_folder, candidates.values()) if folder)
    above = _sections(candidates.values())
    for one in candidates.values():
        one.points = _points(one) + _repetition(max(alike[kind] for kind in one.kinds))
        one.points += 1 if folders[_folder(one)] > _LEAST_ALIKE else 0
        one.points -= 4 if _path(one) in above else 0
    good = {key for key, one in candidates.items() if one.points >= _ENOUGH}
    good = _agreed(candidates, good, alike)
    order = {link: number for number, link in enumerate(element for element in page.root.iter("a"))}
    links = [link for key in good for link in candidates[key].links]
    return sorted(links, key=order.__getitem__)


def _candidates(page: WebPage) -> dict[str, _Candidate]:
    """Pages of the site that are linked to from where articles may be listed, by their keys."""
    found: dict[str, _Candidate] = {}
    outside: dict[Element, bool] = {}
    own = urls.key(page.url)
    for link in page.root.iter("a"):
        if len(found) >= MAX_CANDIDATES:
            break
        address = page.absolute(link.get("href"))
        if not address or not page.is_own(address) or _is_aside(link, outside):
            continue
        key = urls.key(address)
        if key == own or not articleaddress.may_be_page(address):
            continue
        one = found.setdefault(key, _Candidate(address))
        one.links.append(link)
        one.kinds.add(_kind(link))
        one.words = max(one.words, webpage.weigh_words(_said(link)))
    return found


def _said(link: Element) -> str:
    """What a link says; where it says no more than "read more", the heading beside it."""
    words = webpage.words_of(link)
    if words and not _MORE.match(words):
        return words
    beside = heading_beside(link)
    return webpage.words_of(beside) if beside is not None else ""


def _is_aside(link: Element, known: dict[Element, bool]) -> bool:
    """Whether a link lies in a menu, a footer or the like."""
    passed = []
    answer = False
    for element in (link, *link.iterancestors()):
        if element in known:
            answer = known[element]
            break
        passed.append(element)
        if element.tag in {"body", "html"}:
            break
        if _names_aside(element):
            answer = True
            break
    known.update(dict.fromkeys(passed, answer))
    return answer


def _names_aside(element: Element) -> bool:
    if element.tag in _ASIDE_TAGS or (element.get("role") or "").lower() in _ASIDE_ROLES:
        return True
    if element.tag == "header":
        return not any(True for _ in element.iterancestors("article", "li", "section", "main"))
    if element.tag in {"main", "article"}:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:400].split()
    return any(_ASIDE_NAME.fullmatch(name) for name in names)


def _kind(link: Element) -> str:
    """The place of a link in the page's structure: the same for all entries of one list."""
    path = [_step(link)]
    for number, element in enumerate(link.iterancestors()):
        if number >= _DEPTH or element.tag == "body":
            break
        path.append(_step(element))
    return ">".join(path)


def _step(element: Element) -> str:
    """A tag with its first class that holds no number: numbers tell entries apart."""
    names = (element.get("class") or "")[:200].split()
    name = next((one for one in names if not any(map(str.isdigit, one))), "")
    return f"{element.tag}.{name}"


def _points(one: _Candidate) -> float:
    points = _of_words(one.words) + articleaddress.points(one.address)
    if any(_is_headline(link) for link in one.links):
        points += 2
    elif any(heading_beside(link) is not None for link in one.links):
        points += 1
    if any(_is_in_entry(link) for link in one.links):
        points += 1
    return points


def _of_words(words: float) -> float:
    if words >= TITLE_WORDS:
        return 2
    if words >= TITLE_WORDS - 1:
        return 1
    return -1 if words >= TITLE_WORDS / 2 else -2


def _is_headline(link: Element) -> bool:
    """Whether a link is in a heading, or holds one, or is the only one beside one."""
    above = (element.tag in _HEADINGS for element in islice(link.iterancestors(), _DEPTH))
    return any(above) or next(link.iter(*_HEADINGS), None) is not None


def heading_beside(link: Element) -> Element | None:
    """The only heading of the entry that a link belongs to."""
    for element in islice(link.iterancestors(), _NEAR):
        inside = [one for one in islice(element.iter(), _ENTRY_SIZE) if one.tag in _HEADINGS]
        if inside:
            return inside[0] if len(inside) == 1 else None
    return None


def _is_in_entry(link: Element) -> bool:
    """Whether a link is in what is marked as an article, or has a date beside it."""
    for element in islice(link.iterancestors(), _NEAR):
        if element.tag == "article":
            return True
        inside = list(islice(element.iter(), _ENTRY_SIZE))
        times = sum(1 for one in inside if one.tag == "time")
        if times:
            return times == 1
        if len(inside) < _ENTRY_SIZE:
            words = webpage.words_of(element)
            if len(words) < _ENTRY_LENGTH and _DATE.search(words):
                return True
    return False


def _path(one: _Candidate) -> str:
    return urlsplit(one.address).path.rstrip("/")


def _folder(one: _Candidate) -> str:
    """The folder in which a page lies; empty for one at the top."""
    return _path(one).rpartition("/")[0]


def _sections(candidates: Iterable[_Candidate]) -> set[str]:
    """Paths below which several other pages lie: those of sections, not of articles."""
    folders: Counter[str] = Counter()
    for one in candidates:
        folder = _folder(one)
        while folder:
            folders[folder] += 1
            folder = folder.rpartition("/")[0]
    return {folder for folder, count in folders.items() if count > 1}


def _repetition(count: int) -> float:
    return 2 if count >= _MANY_ALIKE else 1 if count >= _LEAST_ALIKE else 0


def _agreed(candidates: dict[str, _Candidate], good: set[str], alike: Counter[str]) -> set[str]:
    """With the doubtful ones of which most of their kind are good, without the good ones of which few are."""
    of_kind = Counter(kind for key in good for kind in candidates[key].kinds)

    def share(one: _Candidate) -> float:
        return max(of_kind[kind] / alike[kind] for kind in one.kinds)

    return {
        key
        for key, one in candidates.items()
        if (key in good and share(one) >= _FEW) or (one.points >= _DOUBTFUL and share(one) >= _MANY)
    }
