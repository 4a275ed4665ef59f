"""Everything the site can print: three newspapers, the shared report and the bulk articles."""

from __future__ import annotations

from typing import Final

from tests.site.bulk import BulkHead, bulk_article, bulk_head
from tests.site.content_harbour import HARBOUR
from tests.site.content_shared import WIRE_STORY
from tests.site.content_valley import VALLEY
from tests.site.content_wire import LATIN1, WIRE
from tests.site.model import Entry, Newspaper, SiteArticle

__all__ = [
    "LATIN1",
    "PAPERS",
    "BulkHead",
    "Entry",
    "Newspaper",
    "SiteArticle",
    "bulk_article",
    "bulk_head",
    "wire_story",
]

PAPERS: Final[dict[str, Newspaper]] = {paper.host: paper for paper in (HARBOUR, VALLEY, WIRE)}


def wire_story() -> SiteArticle:
    """Return the report that the harbour and the valley paper both print."""
    return WIRE_STORY
