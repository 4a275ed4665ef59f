"""A small world of pages: a few addresses, a few texts, so that copies, new versions and repetitions are common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from feedmill import urls
from feedmill.page import Page
from feedmill.store.intake import Mark
from tests.workers.samples import html_page
from workers.making import to_article

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_CRANE = (
    "The port authority said on Monday that the old crane will be taken down before winter.",
    "Engineers had asked for this step for years, and the council agreed to it in the end.",
    "Work will begin in March and is to last for about ten weeks, the authority said.",
    "A second crane stays where it is, because the ferries of the islands need it all year.",
)
_FERRY = (
    "The night boat to the outer islands was late again because of fog over the sound.",
    "Forty passengers slept in the waiting room, where volunteers had brought them soup.",
    "A replacement is expected at noon, a spokesman of the shipping line told our reporter.",
    "Farmers on the islands fear for their milk, which has to be fetched every second day.",
)
POISON = "kills its runner"
TEXTS = {
    "": (),  # no article in it
    POISON: (POISON,),
    "crane": _CRANE,
    "crane, one line more": (
        *_CRANE,
        "The mayor was not to be reached for a comment until evening.",
    ),
    "crane, rewritten": (
        *_CRANE[:2],
        "Three firms have made an offer, and the lowest is from Brabant.",
    ),
    "ferry": _FERRY,
    "ferry, one line more": (
        *_FERRY,
        "Towards midnight the wind grew, and the soup came to an end.",
    ),
}
ADDRESSES = tuple(
    f"https://{host}.example/news/{name}"
    for host, name in (
        ("wire", "old-crane-goes"),
        ("valley", "farewell-to-the-crane"),
        ("bay", "boat-is-late"),
    )
)
SOURCES = ("wire", "valley")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a source shows at an address at a time: what a page is made from.

    Attributes:
        address: Where.
        text: Which text; the one with no name has no article in it.
        minute: When it was fetched.
        source: Who brings it.
    """

    address: str
    text: str
    minute: int
    source: str

    @property
    def id(self) -> str:
        """Of the page."""
        return urls.digest(f"{self.source} {self.address} {self.mark.fingerprint}")

    @property
    def mark(self) -> Mark:
        """Of this version of the item."""
        return Mark(self.address, f"{self.text}/{self.minute}")

    @property
    def page(self) -> Page:
        """The page as the service brings it."""
        body = "".join(f"<p>{line}</p>" for line in TEXTS[self.text])
        return Page(
            id=self.id,
            kind="page",
            source_id=self.source,
            url=self.address,
            identity=self.address,
            fetched_at=_NOON + timedelta(minutes=self.minute),
            content=html_page(body, title=self.text or "Nothing"),
            content_type="text/html",
        )


def article_id(address: str) -> str:
    """Of the article at home at an address."""
    return urls.digest(urls.key(address))


def body(text: str) -> str:
    """What is stored of a text."""
    return "\n\n".join(TEXTS[text])


@cache
def content_hash(text: str) -> str:
    """What tells that two articles have this same text."""
    return to_article(Sheet(ADDRESSES[0], text, 0, SOURCES[0]).page).dedup.content_hash


sheets = st.builds(
    Sheet,
    address=st.sampled_from(ADDRESSES),
    text=st.sampled_from([*list(TEXTS)[2:], "", POISON]),
    minute=st.integers(0, 4),
    source=st.sampled_from(SOURCES),
)
