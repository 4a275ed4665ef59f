"""How the service asks for work that the workers do: the form of a job, known to both."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

PROCESS_PAGES = "workers.jobs.process_pages"

# Pages have limits of their own; this only ends a job in which everything is wrong.
_SECONDS = 3600
_FAILURE_SECONDS = 86_400


def batch_job(prefix: str, page_ids: Sequence[str], *, whole: bool) -> dict[str, Any]:
    """What RQ's `Queue.enqueue_call` takes to have a batch of pages worked on.

    The id is a new one each time. To ask twice for the same pages is harmless, because the commit
    recognises its own repetition.

    Args:
        prefix: Of the keys in Redis.
        page_ids: The pages.
        whole: Whether to announce whole articles in the stream.
    """
    return {
        "func": PROCESS_PAGES,
        "args": (prefix, list(page_ids)),
        "kwargs": {"whole": whole},
        "job_id": f"pages-{uuid.uuid4().hex}",
        "timeout": _SECONDS,
        "result_ttl": 0,
        "failure_ttl": _FAILURE_SECONDS,
        "description": f"{len(page_ids)} pages",
    }
