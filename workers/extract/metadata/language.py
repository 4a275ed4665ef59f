"""The language of a page: what it says, and what its text says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedmill.article import Language
from workers.extract import language
from workers.extract.metadata.jsonld import Node
from workers.extract.metadata.page import Page
from workers.extract.metadata.tags import first, stated

_CODE = re.compile(
    r"\A([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.@].*)?\Z"
)
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx"})
_SURE = 0.9  # of the detector
_ENOUGH_LETTERS = 200  # for the detector to be believed against the page
# Languages so close that a detector of letter sequences takes one for the other: the page knows better.
_CLOSE = (
    frozenset({"no", "nb", "nn", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "me", "cnr", "sl"}),
    frozenset({"id", "ms", "jv"}),
    frozenset({"cs", "sk"}),
    frozenset({"pt", "gl", "es", "ca", "an", "oc", "ast"}),
    frozenset({"nl", "af", "fy", "li"}),
    frozenset({"de", "lb", "als", "gsw", "nds"}),
    frozenset({"ru", "be", "uk", "bg", "mk"}),
    frozenset({"hi", "mr", "ne", "sa"}),
    frozenset({"tr", "az", "ku"}),
    frozenset({"fa", "ps", "ur", "ar"}),
    frozenset({"zu", "xh", "st", "nso", "tn"}),
)


def read(page: Page, articles: Iterable[Node]) -> tuple[str, str]:
    """The language the page says it is in, as a BCP 47 code, and where."""
    return first(
        (code(page.language), "html"),
        (code(stated(articles, "inLanguage")), "json-ld"),
        (
            code(page.first("content-language", "language", "dc.language", "dcterms.language")),
            "meta",
        ),
        (code(page.first("og:locale")), "meta"),
    )


def code(text: str) -> str:
    """A stated language as a BCP 47 code (`de_DE.utf8` is `de-DE`), empty if it is none."""
    match = _CODE.match(text.strip()[:40])
    if match is None or match[1].lower() in _NO_LANGUAGE:
        return ""
    parts = (match[1].lower(), (match[2] or "").title(), (match[3] or "").upper())
    return "-".join(filter(None, parts))


def decide(text: str, said: str | None) -> Language | None:
    """The language of an article.

    Templates lie: a German article under `<html lang="en">` is German. So the text decides where it is
    long enough to tell, and what the page says where it is not, or names a close relative.

    Args:
        text: The article.
        said: The language the page, or else the feed, says it is in.
    """
    found = language.detect(text)
    primary = said.partition("-")[0] if said else ""
    if found is None or not primary:
        return found or (Language(code=primary) if primary else None)
    if found.code == primary:
        return found
    is_close = any({found.code, primary} <= group for group in _CLOSE)
    is_long = sum(map(str.isalpha, text[:5000])) >= _ENOUGH_LETTERS
    if is_close or not is_long or (found.confidence or 0) < _SURE:
        return Language(code=primary)
    return found
