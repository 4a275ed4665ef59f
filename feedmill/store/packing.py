"""How pages are packed in Redis: zstd, and no more unpacked than a page may have."""

from __future__ import annotations

import zstandard

from feedmill.errors import StoreError

LEVEL = 3
MAX_PAGE_BYTES = 64 * 1024 * 1024  # unpacked; far above what the fetcher lets through


def unpacked(raw: bytes) -> bytes:
    """The bytes of a page as they were encoded.

    Raises:
        StoreError: kind `page-format`, if they are too many or not packed in this way.
    """
    try:
        if zstandard.frame_content_size(raw) > MAX_PAGE_BYTES:
            raise StoreError("the stored page is too large", kind="page-format")
        return zstandard.ZstdDecompressor().decompress(raw, max_output_size=MAX_PAGE_BYTES)
    except zstandard.ZstdError as error:
        raise StoreError("the stored page cannot be decompressed", kind="page-format") from error
