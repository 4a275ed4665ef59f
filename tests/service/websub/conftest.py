"""Fixtures of the WebSub tests."""

from __future__ import annotations

import pytest

from service.websub import client, subscriber


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that are for the hubs' sake would only make the tests slow."""
    monkeypatch.setattr(subscriber, "_HUB_PAUSE", 0.0)
    monkeypatch.setattr(subscriber, "_LOOK_FLOOR", 0.0)
    monkeypatch.setattr(client, "_DRAIN_SECONDS", 0.2)
