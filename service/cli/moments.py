"""Moments as people write them: how long ago (`2d`, `90m`), a day, or a time as RFC 3339 has it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import click


class Moment(click.ParamType[float]):
    """A moment as Unix seconds. A day, or a time without a zone, is in UTC."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text of an option."""
        from feedmill.config.durations import parse_duration
        from feedmill.config.problems import UnexpectedError

        if isinstance(value, float):
            return value
        try:
            return time.time() - parse_duration(value).total_seconds()
        except UnexpectedError:
            pass
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is none; write 2d, 90m, 2026-03-01 or 2026-03-01T12:00Z", param, ctx
            )
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def told(at: float) -> str:
    """A moment for people, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
