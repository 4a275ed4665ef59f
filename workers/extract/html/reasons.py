"""Why a block was left out, in a few fixed words."""

from __future__ import annotations

from workers.extract.html.features.words import OTHER_PAGES
from workers.extract.html.marks import Mark
from workers.extract.html.outline import Block, Outline

_MOSTLY = 0.7  # of a block's characters in links
_SHORT = 80  # characters
# What an element is taken for, the most telling first.
_BY_MARK = (
    (Mark.HIDDEN, "hidden"),
    (Mark.COMMENT, "comments"),
    (Mark.NEWSLETTER, "newsletter-prompt"),
    (Mark.SHARE, "share-bar"),
    (Mark.OVERLAY, "overlay"),
    (Mark.RELATED, "related-headlines"),
    (Mark.NAV, "navigation"),
    (Mark.BREADCRUMB, "navigation"),
    (Mark.FOOTER, "footer"),
    (Mark.ASIDE, "sidebar"),
    (Mark.PROMO, "promotion"),
    (Mark.FORM, "form"),
    (Mark.CAPTION, "caption"),
    (Mark.AUTHOR, "byline"),
    (Mark.TAGS, "tags"),
    (Mark.META, "dateline"),
    (Mark.HEADER, "page-header"),
)
_BY_VALUE = tuple((mark.value, name) for mark, name in _BY_MARK)


def reason(outline: Outline, block: Block) -> str:
    """The reason for leaving out a block: what its element says it is, else what it looks like."""
    place = outline.places[block.place]
    for marks in (place.own, place.marks):
        for mark, name in _BY_VALUE:
            if marks & mark:
                return name
    if block.link_chars > _MOSTLY * len(block.text):
        return "links"
    if len(block.text) < _SHORT and OTHER_PAGES.match(block.text):
        return "section-head"
    return "boilerplate"
