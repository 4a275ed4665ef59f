"""The types of single values: how each is read, and how the JSON Schema describes it."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from feedmill.config import checks, durations, sizes
from feedmill.config.problems import UnexpectedError


def _parse_every(value: object) -> object:
    if value == "adaptive":
        return value
    try:
        return durations.parse_positive_duration(value)
    except UnexpectedError as error:
        raise UnexpectedError(f"{error.expected}, or adaptive", choices=["adaptive"]) from None


def _as_text(value: object) -> object:
    return durations.format_duration(value) if isinstance(value, timedelta) else value


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


_DURATION = {"type": ["string", "number"], "pattern": durations.PATTERN, "minimum": 0}
_EVERY = {"anyOf": [{"const": "adaptive"}, _DURATION]}
_SIZE = {"type": ["string", "integer"], "pattern": sizes.PATTERN, "minimum": 1}
_TEXT_IN_JSON = PlainSerializer(_as_text, when_used="json")

Duration = Annotated[
    timedelta,
    PlainValidator(durations.parse_duration),
    WithJsonSchema(_DURATION),
    _TEXT_IN_JSON,
]
PositiveDuration = Annotated[
    timedelta,
    PlainValidator(durations.parse_positive_duration),
    WithJsonSchema(_DURATION),
    _TEXT_IN_JSON,
]
Every = Annotated[
    Literal["adaptive"] | timedelta,
    PlainValidator(_parse_every),
    WithJsonSchema(_EVERY),
    _TEXT_IN_JSON,
]
Size = Annotated[int, PlainValidator(sizes.parse_size), WithJsonSchema(_SIZE)]
Port = Annotated[int, Field(ge=1, le=checks.MAX_PORT)]
Network = Annotated[
    IPv4Network | IPv6Network,
    PlainValidator(checks.parse_network),
    WithJsonSchema({"type": "string"}),
]

Version = Annotated[Literal[1], BeforeValidator(checks.check_version)]
RedisUrl = Annotated[
    str, AfterValidator(checks.check_redis), _pattern("^(embedded$|rediss?://|unix://)")
]
Prefix = Annotated[str, AfterValidator(checks.check_prefix), _pattern(checks.PREFIX_PATTERN)]
Folder = Annotated[Path, BeforeValidator(checks.check_folder), WithJsonSchema({"type": "string"})]
UserAgent = Annotated[str, AfterValidator(checks.check_user_agent)]

Url = Annotated[str, AfterValidator(checks.check_url), _pattern("^[hH][tT][tT][pP][sS]?://")]
CallbackUrl = Annotated[
    str, AfterValidator(checks.check_callback), _pattern("^[hH][tT][tT][pP][sS]?://[^?#]+$")
]
ProxyUrl = Annotated[str, AfterValidator(checks.check_proxy), _pattern("^[hH][tT][tT][pP][sS]?://")]
Listen = Annotated[str, AfterValidator(checks.check_listen), _pattern(checks.LISTEN_PATTERN)]
Selector = Annotated[str, AfterValidator(checks.check_selector)]
FilePath = Annotated[str, AfterValidator(checks.check_path)]
SourceId = Annotated[str, AfterValidator(checks.check_id), _pattern(checks.ID_PATTERN)]
Lang = Annotated[str, AfterValidator(checks.check_lang), _pattern(checks.LANG_PATTERN)]
Label = Annotated[str, AfterValidator(checks.check_label)]
Regex = Annotated[str, AfterValidator(checks.check_regex)]
