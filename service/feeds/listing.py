"""The links to articles on a page that lists them: those that a selector names, or those that look like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from feedmill import urls
from feedmill.errors import SourceError
from service.feeds import articlelinks, dates, webpage
from service.feeds.articleaddress import TITLE_WORDS
from service.feeds.webpage import Element, WebPage

MAX_LINKS = 500
_MAX_TITLE = 500
_TITLES = ".//h1|.//h2|.//h3|.//h4|.//h5|.//h6"
_UP = 6  # elements between a link and the container of its date


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link to an article.

    Attributes:
        url: Absolute.
        title: What the page calls it.
        published_at: The date beside it, where there is a machine-readable one.
    """

    url: str
    title: str | None = None
    published_at: datetime | None = None


def listed(
    body: bytes, url: str, content_type: str | None, select: str | None = None
) -> tuple[ListedLink, ...]:
    """Find the links to articles on a page, in its order.

    Args:
        body: The page's bytes.
        url: Where they came from.
        content_type: As served.
        select: A CSS selector. What it matches is a link, holds one or lies in one. None to find them by how they look.

    Raises:
        SourceError: kind `no-links` if there are none, `selector`, `not-a-page` or `too-big`.
    """
    selector = compiled(select) if select else None
    page = webpage.parse(body, url, content_type)
    links = _selected(page, selector) if selector else articlelinks.find(page)
    found: dict[str, ListedLink] = {}
    own = urls.key(url)
    elements = [link for link in links if link.get("href")]
    cards = _Cards(page, elements)
    for link in elements:
        address = page.absolute(link.get("href"))
        if address and (key := urls.key(address)) != own:
            new = ListedLink(address, _title(link, cards.of(link)), _date(cards.of(link)))
            found[key] = _better(found.get(key), new)
    if not found:
        raise SourceError(_nothing(select), kind="no-links")
    pictured = {page.absolute(link.get("href")): webpage.words_of(link) for link in elements}
    return tuple(
        one if one.title else replace(one, title=pictured.get(one.url, "")[:_MAX_TITLE] or None)
        for one in list(found.values())[:MAX_LINKS]
    )


def compiled(select: str) -> CSSSelector:
    """Compile a CSS selector.

    Raises:
        SourceError: kind `selector`: it is none, or one that cannot be used on a page at rest.
    """
    try:
        return CSSSelector(select, translator="html")
    except (SelectorError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise SourceError(
            f"`select` is no CSS selector that can be used: {said}", kind="selector"
        ) from error


def _selected(page: WebPage, selector: CSSSelector) -> Iterator[Element]:
    """The links that what is selected is, holds (the first one) or lies in."""
    for element in selector(page.root):
        if element.tag == "a":
            yield element
            continue
        link = next(element.iter("a"), None)
        if link is None:
            link = next(element.iterancestors("a"), None)
        if link is not None:
            yield link


class _Cards:
    """What belongs to each link alone: the largest element around it without a link to another page."""

    def __init__(self, page: WebPage, links: Iterable[Element]) -> None:
        self._page = page
        self._only: dict[Element, str | None] = {}
        for link in links:
            address = page.absolute(link.get("href")) or ""
            for element in (link, *link.iterancestors()):
                known = self._only.setdefault(element, address)
                if known not in {address, None}:
                    self._only[element] = None  # several
                if known is None:
                    break  # and so for all above

    def of(self, link: Element) -> Element:
        """The element that belongs to a link."""
        card = link
        for number, element in enumerate(link.iterancestors()):
            if number >= _UP or element.tag in {"body", "html"} or self._only.get(element) is None:
                break
            card = element
        return card


def _title(link: Element, card: Element) -> str | None:
    """The heading in the link, the link's words, or the heading beside it, in this order."""
    inside = next(iter(link.xpath(_TITLES)), None)
    said = webpage.text_of(link if inside is None else inside)
    beside = next(iter(card.xpath(_TITLES)), None)
    if beside is not None and webpage.weigh_words(said) < TITLE_WORDS:
        said = webpage.text_of(beside) or said
    return said[:_MAX_TITLE] or None


def _date(card: Element) -> datetime | None:
    for element in card.iter("time"):
        written = (element.get("datetime") or "")[:100]
        if written and (moment := dates.parse(written)):
            return moment
    return None


def _better(old: ListedLink | None, new: ListedLink) -> ListedLink:
    """Of several links to one page, such as a picture and a headline, what they say together."""
    if old is None:
        return new
    words = webpage.weigh_words
    title = max((old.title or "", new.title or ""), key=words) or None
    return ListedLink(old.url, title, old.published_at or new.published_at)


def _nothing(select: str | None) -> str:
    if select:
        return "`select` matches no link on the page; has the page changed?"
    return (
        "no links to articles are found on the page; say which they are with `select`, a CSS "
        "selector such as main h2 > a"
    )
