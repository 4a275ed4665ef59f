"""Which part of the development data is trained on, and which part is only measured on.

By site, so that no site is in both parts: what a model learns of one site's wording says nothing of how it
does on the next.
"""

from __future__ import annotations

import hashlib

from courlan import extract_domain

HELD_SHARE = 0.3
_SALT = "feedmill split 1 "


def is_held(url_or_id: str) -> bool:
    """Whether a page belongs to the part that is measured on only.

    Args:
        url_or_id: The page's address; its registrable domain decides. A page without an address is its
            own site, known by its id.
    """
    digest = hashlib.blake2b((_SALT + site_of(url_or_id)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) < HELD_SHARE * 2**64


def site_of(url_or_id: str) -> str:
    """The registrable domain of an address; an id is its own site."""
    if "://" not in url_or_id:
        return url_or_id
    return (extract_domain(url_or_id, fast=False) or url_or_id).lower()
