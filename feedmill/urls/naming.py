"""Short names for long texts."""

from __future__ import annotations

import hashlib
from base64 import b32encode


def digest(text: str) -> str:
    """A short name for a long text: 80 bits of BLAKE2b as 16 characters a-z2-7.

    With 100 million articles the chance of any two sharing a name is below one in 200 million.
    """
    raw = text.encode("utf-8", "surrogatepass")
    return b32encode(hashlib.blake2b(raw, digest_size=10).digest()).decode().lower()
