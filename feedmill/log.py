"""Structured logs: the same field names everywhere, no secrets, nothing that fools a terminal.

Field names in use: `event`, `level`, `at`, `source_id`, `url`, `page_id`, `article_id`, `kind`
(of an error), `error`, `status`, `stream`, `group`, `lag`, `pending`, `lost`, `why`, `count`, `seconds`, `worker`, `pid`, `signal`.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
_PARAMETER = re.compile(r"([?&;#])([^=&;?#\s]*)=([^&;#\s]*)")
_SECRET_NAMES = ("token", "key", "auth", "sig", "secret", "pass", "pwd")
_MAX_CHARACTERS = 10_000  # of one string
# C0, C1, line separators and bidirectional marks: they rewrite what a reader of the log sees.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def configure(
    *, json: bool | None = None, level: Literal["debug", "info", "warning"] = "info"
) -> None:
    """Send structlog and the standard library's logging to standard error.

    Args:
        json: One JSON object a line; by default unless standard error is a terminal.
        level: Events below are dropped.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(timestamp_key="at")
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("feedmill").setLevel(level.upper())


def get(part: str) -> Any:
    """The logger of one part of feedmill, such as `service` or `workers`."""
    return structlog.get_logger(f"feedmill.{part}")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor of structlog: take secrets and control characters out of every string."""
    for name, value in event.items():
        event[name] = _cleaned(value)
    return event


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {name: _cleaned(part) for name, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_cleaned(part) for part in value]
        case _:
            return value


def clean(text: str) -> str:
    """`text` without the user part and secret parameters of addresses, control characters escaped."""
    text = _USERINFO.sub("", text[:_MAX_CHARACTERS])
    text = _PARAMETER.sub(_without_secret, text)
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _without_secret(parameter: re.Match[str]) -> str:
    is_secret = any(part in parameter[2].lower() for part in _SECRET_NAMES)
    return f"{parameter[1]}{parameter[2]}=..." if is_secret else parameter[0]
