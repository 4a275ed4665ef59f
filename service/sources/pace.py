"""How often the hosts of a source may be asked."""

from __future__ import annotations

from feedmill.config import Source
from service.http.pacing import Pace


def pace_of(source: Source) -> Pace:
    """The pace that the configuration of a source asks for."""
    return Pace(source.per_host.concurrency, source.per_host.delay.total_seconds())
