"""What the address of a page tells about whether it is an article: dates, numbers, long names, words of sections."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from service.feeds import webpage

TITLE_WORDS = 4.0  # from which on words may be a title

_NO_ARTICLE = frozenset(
    """tag tags topic topics category categories cat author authors autor autoren auteur search suche login signin
    signup register account subscribe abo newsletter newsletters rss feed feeds sitemap wp-login.php user users profile
    profiles share print cart shop jobs careers help faq privacy terms impressum datenschutz kontakt contact about
    people team staff comments label labels kategorie schlagwort etiqueta categoria""".split()
)
_PAGES = re.compile(
    r"/(?:page|seite|p|pagina)/\d{1,5}/?$|[?&](?:page|paged|start|offset)=\d{1,6}(?:&|$)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|zip|gz|mp[34]|m4a|mov|avi|docx?|xlsx?|pptx?|ics|xml|rss|json|css|js|exe|dmg)$",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)|(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d"
)
_NUMBER = re.compile(r"\d{5}")
_ID = re.compile(r"(?:^|[/=_-])[a-z]{0,3}\d{3,}(?:\.\w{3,5})?(?:[/&]|$)", re.IGNORECASE)
_KEYED = re.compile(
    r"[?&](?:id|aid|nid|p|post|article|item|news|newsid|story|no)=\d+(?:&|$)", re.IGNORECASE
)
_MIXED = re.compile(r"(?=.{0,40}\d)(?=.{0,40}[A-Za-z])[A-Za-z0-9]{6,40}(?:\.\w{3,5})?")
_BREAKS = re.compile(r"[-_+ ]")


def may_be_page(address: str) -> bool:
    """Whether an address may be that of a page: not a site's front, and no picture, document or film."""
    path = urlsplit(address).path
    return bool(path.strip("/") or _KEYED.search(address)) and not _FILE.search(path)


def points(address: str) -> float:
    """What an address tells: dates, numbers and long names are those of articles."""
    parts = urlsplit(address)
    path = unquote(parts.path)[:1000]
    segments = [part.lower() for part in path.split("/") if part]
    if _NO_ARTICLE.intersection(segments) or _PAGES.search(address[:1500]):
        return -4
    last = segments[-1] if segments else ""
    breaks = min(len(_BREAKS.findall(last)), 3)
    numbered = f"{path}?{parts.query}"
    if _DATED.search(path) or breaks == 3 or webpage.weigh_words(last) >= TITLE_WORDS:  # noqa: PLR2004
        return 2
    if breaks == 2 or any(sign.search(numbered) for sign in (_NUMBER, _ID, _KEYED)):  # noqa: PLR2004
        return 1
    if _MIXED.fullmatch(unquote(parts.path).rpartition("/")[2]):
        return 1
    return 0.5 if segments[1:] or "." in last else 0
