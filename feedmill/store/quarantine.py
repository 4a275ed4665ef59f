"""The quarantine: what failed for good, with the reason. A stream, written by the service and by workers."""

from __future__ import annotations

from feedmill.errors import FeedmillError


def entry(
    page_id: str | None, source_id: str | None, url: str | None, error: FeedmillError
) -> list[str]:
    """Name, value, ... of an entry; what is not known is left out.

    Args:
        page_id: The page, where there is one.
        source_id: Its source.
        url: Where it is from.
        error: Why it is set aside.
    """
    fields = {
        "page_id": page_id,
        "source_id": source_id,
        "url": url,
        "kind": error.kind,
        "reason": error.message,
    }
    return [part for name, value in fields.items() if value for part in (name, value)]
