"""Addresses a page states: made absolute, and the page's own where the claim is plausible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from courlan import extract_domain

from feedmill import urls

_MAX_ADDRESS = 2000


def absolute(href: Any, base: str | None) -> str | None:
    """The http(s) address that `href` leads to, or None."""
    if not isinstance(href, str) or not href.strip() or len(href) > _MAX_ADDRESS:
        return None
    address = "".join(href.split())
    if not address.startswith(("http://", "https://")):
        try:
            address = urljoin(base or "", address)
        except ValueError:
            return None
    if not address.startswith(("http://", "https://")) or not address.isprintable():
        return None
    return address if urls.host(address) else None


def choose(links: Iterable[str], og_url: str, url: str | None) -> tuple[str, str]:
    """The address that the page calls its own, and where it says so; both empty where none is plausible.

    A claim is plausible that stays on the registered domain of the page and is not a home page: templates
    that give the home page, another brand of the publisher or the place a story was copied
    from are common.
    """
    claims = [*((link, "link") for link in links), (og_url, "meta")]
    for claim, where in claims:
        address = absolute(claim, url)
        if address and _is_plausible(address, url):
            return address, where
    return "", ""


def _is_plausible(address: str, url: str | None) -> bool:
    try:
        if urls.is_home(address) and not (url and urls.is_home(url)):
            return False
    except ValueError:
        return False
    return not url or urls.host(address) == urls.host(url) or _domain(address) == _domain(url)


def _domain(address: str) -> str:
    """The registered domain; the host name where there is none, as for addresses in numbers."""
    return extract_domain(address, fast=True) or urls.host(address) or ""
