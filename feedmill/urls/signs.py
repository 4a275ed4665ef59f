"""What in an address selects one article: identifiers and words of its title."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_plus

from feedmill.urls.address import Address

_TITLE_WORDS = 3  # from which on a part of a path may be a title; sections have one or two
_FOREIGN_LETTERS = 6  # the same for scripts without blanks
_EXTENSION = re.compile(r"\.(?:[a-z]?html?|php\d?|aspx?|jsp|amp|cfm|cms|shtml)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_PARTS = re.compile(r"[^A-Za-z0-9]+")
_NUMBER = re.compile(r"\d{3,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?")
_MIXED = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{6,40}")
_ALONE = re.compile(r"\d{5,12}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{5,12}")
_MAX_SEGMENTS, _MAX_LENGTH = 30, 500  # a path's; none that means anything is longer
_MAX_PAIRS = 50
_NAMES = frozenset(
    """id p v aid nid sid cid pid newsid news_id storyid story_id articleid article_id article art artid item itemid
    post postid post_id story news no doc docid contentid content_id guid uuid idx seq oid key slug name title""".split()
)
PAGES = frozenset({"page", "paged", "pagenum", "page_number", "pageno", "pg", "seite", "pagina"})
"""Names of parameters that select a page of a list or of a long article."""

_SECTIONS = frozenset(
    """tag tags topic topics thema themen category categories kategorie categoria section sections rubrik author
    authors autor autoren auteur search suche recherche buscar archive archives archiv label labels keyword
    keywords""".split()
)


class Signs(NamedTuple):
    """What an address says of the article it leads to.

    Attributes:
        ids: Numbers and names that no other article has: of the title's part of the path and what follows, and
            what stands alone before it (`/i/Abc123/title`); further up, they are those of sections.
        words: Of the title, in small letters; empty where no part of the path looks like one.
        is_list: Whether a part of the path is the name of lists: of tags, authors, what was searched.
    """

    ids: frozenset[str]
    words: frozenset[str]
    is_list: bool = False

    @property
    def is_article(self) -> bool:
        """Whether the address may be an article's and not only a section's."""
        return bool(self.ids or (self.words and not self.is_list))


def signs(address: Address) -> Signs:
    """Read the signs of an address."""
    path = (address.path + address.route)[: _MAX_LENGTH * 4]
    written = [part for part in path.split("/") if part][-_MAX_SEGMENTS:]
    segments = [_EXTENSION.sub("", unquote_plus(part[:_MAX_LENGTH])) for part in written]
    titles = [_words(segment) for segment in segments]
    words = max(reversed(titles), key=len, default=frozenset[str]())
    at = len(titles) - 1 - titles[::-1].index(words) if words else 0
    ids = {found for segment in segments[at:] for found in _ids(segment)}
    if at and _ALONE.fullmatch(segments[at - 1]) and not _DATE.fullmatch(segments[at - 1]):
        ids.add(segments[at - 1].lower())
    if (
        segments
        and segments[-1].isdigit()
        and not _DATE.fullmatch(segments[-1])
        and not _is_day(segments)
    ):
        ids.add(segments[-1])  # however short
    ids.update(selected(address.query))
    lists = _SECTIONS.intersection(segment.lower() for segment in segments[:-1])
    return Signs(frozenset(ids), words, bool(lists))


def _is_day(segments: list[str]) -> bool:
    """Whether the last part is the month or day of a date: `/2024/05/17`."""
    before = segments[-3:-1]
    return any(len(part) == 4 and _DATE.fullmatch(part) for part in before)  # noqa: PLR2004


def _ids(segment: str) -> set[str]:
    found = {number for number in _NUMBER.findall(segment) if not _DATE.fullmatch(number)}
    found.update(part.lower() for part in _PARTS.split(segment) if _MIXED.fullmatch(part))
    return found


def selected(query: str, *, named: bool = False) -> set[str]:
    """Values of a query that select: under the name of an identifier, or (unless `named`) with a digit in them."""
    found = set()
    for pair in query.split("&")[:_MAX_PAIRS]:
        name, is_named, value = pair.partition("=")
        value = unquote_plus(value[:_MAX_LENGTH]) if is_named else unquote_plus(name[:_MAX_LENGTH])
        name = name.lower()
        if (
            value
            and name not in PAGES
            and (name in _NAMES or (not named and any(map(str.isdigit, value))))
        ):
            found.add(value.lower())
    return found


def _words(segment: str) -> frozenset[str]:
    words = frozenset(word.lower() for word in _WORD.findall(segment))
    is_foreign = any(not word.isascii() and len(word) >= _FOREIGN_LETTERS for word in words)
    return words if len(words) >= _TITLE_WORDS or is_foreign else frozenset()
