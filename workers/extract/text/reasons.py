"""Why a line was left out, in words that stay the same."""

from __future__ import annotations

from workers.extract.text.features import Line
from workers.extract.text.people import is_byline

NO_WORDS = "no-words"
REPEATED = "repeated"
NEWSLETTER = "newsletter-prompt"
BIOGRAPHY = "biography"
BYLINE = "byline"
RELATED = "related-headlines"
SECTION_HEAD = "section-head"
SITE = "site-memory"
CALL = "call-to-action"
OTHER = "boilerplate"

# In this order: what says more about a line comes first.
_BY_GROUP = (
    ("cookie", "cookie-notice"),
    ("newsletter", NEWSLETTER),
    ("legal", "legal"),
    ("advert", "advertisement"),
    ("share", "share-bar"),
    ("account", CALL),
    ("invite", CALL),
    ("comment", "comments"),
    ("credit", "picture-credit"),
    ("menu", "navigation"),
    ("date", "date"),
)
_MAX_HEAD_WORDS = 8
_MENU_WORDS = 5


def of(line: Line) -> str:
    """The reason that a line's own words give."""
    if not line.words:
        return NO_WORDS
    if line.count <= _MAX_HEAD_WORDS and not line.ends and line.hits.begins("related"):
        return SECTION_HEAD
    if is_byline(line):
        return BYLINE
    for group, reason in _BY_GROUP:
        long = group in {"menu", "date", "credit", "share"} and line.count > _MENU_WORDS
        if line.hits.has(group) and not (long and not line.hits.begins(group)):
            return reason
    return OTHER
