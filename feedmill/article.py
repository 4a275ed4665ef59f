"""The normalised article, schema `article/1`: what consumers read from Redis.

JSON, UTF-8, snake_case, times as RFC 3339 UTC with `Z`. What is not known is left out: every
default below is "nothing" (`None` or an empty tuple) and defaults are not written. Inside
`article/1` fields are only ever added, so readers ignore what they do not know.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
)

SCHEMA = "article/1"

Status = Literal["usable", "updated", "withdrawn"]
Op = Literal["new", "update", "duplicate", "withdraw"]


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


UtcTime = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "Z$"}),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SourceRef(_Part):
    """Where the article came from: one entry of the sources file."""

    id: str
    kind: Literal["feed", "files"]
    name: str | None = None
    domain: str | None = Field(None, description="host of the article's address")
    feed_url: str | None = None


class Language(_Part):
    """Detected language: BCP 47 code and the detector's probability, 0 to 1."""

    code: str
    confidence: float | None = Field(None, ge=0, le=1)


class Author(_Part):
    """One author as named by the page or the feed."""

    name: str
    url: str | None = None


class Published(_Part):
    """When the article was published, and how that is known."""

    at: UtcTime
    precision: Literal["second", "minute", "day"]
    from_: Literal["page", "feed"] = Field(alias="from")
    raw: str | None = Field(None, description="the date as the source wrote it")

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Image(_Part):
    """A picture that belongs to the article. Sizes are in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    credit: str | None = None


class Enclosure(_Part):
    """A file the feed entry brings along, as in RSS: address, media type, size in bytes."""

    url: str
    type: str | None = None
    bytes: int | None = None


class DedupInfo(_Part):
    """What deduplication found out about the article.

    `content_hash` is equal for articles with the same words in the same order (see
    `workers.dedup.fingerprint`).
    """

    content_hash: str
    kind: Literal["none", "near"]
    dup_of: str | None = None
    score: float | None = Field(
        None, ge=0, le=1, description="share of the one text that is in the other"
    )
    relation: Literal["copy", "excerpt", "extension", "variant"] | None = Field(
        None, description="what this article is to the other"
    )


class Removed(_Part):
    """Lines of the page that were left out of `text` for one reason."""

    reason: str
    lines: tuple[str, ...]


class ExtractionInfo(_Part):
    """How `text` was made.

    `method` is a fixed string: `html/blocks`, `html/voted` (with trafilatura's opinion), `text/lines`, or
    `feed/content`: the page could not be had and the feed's own content stands in for it.
    """

    method: str
    version: str = Field(description="version of feedmill that extracted")
    ms: int = Field(ge=0, description="time taken, in milliseconds")
    quality: float | None = Field(
        None, ge=0, le=1, description="F1 over words that the text is likely to have"
    )
    removed: tuple[Removed, ...] = ()
    provenance: dict[str, str] = Field({}, description="where each field was found")


class HttpInfo(_Part):
    """How the page was fetched. `error` is the kind of the error where it could not be had."""

    status: int | None = None
    final_url: str | None = None
    error: str | None = None


class Article(_Part):
    """One normalised article, as stored under `art:{id}`."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    schema_: Literal["article/1"] = Field(alias="schema")
    id: str = Field(description="16 characters, stable over revisions")
    rev: int = Field(ge=1, description="counts up with every change of the text")
    status: Status
    url: str
    canonical_url: str | None = None
    url_key: str = Field(description="the address without what does not tell articles apart")
    guid: str | None = None
    source: SourceRef
    title: str | None = None
    title_from: Literal["page", "feed", "text"] | None = None
    description: str | None = None
    text: str = Field(description="the main text: paragraphs joined by a blank line")
    html: str | None = None
    lang: Language | None = None
    authors: tuple[Author, ...] = ()
    published: Published | None = None
    modified_at: UtcTime | None = None
    fetched_at: UtcTime
    stored_at: UtcTime
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    access: Literal["free", "metered", "paywalled", "unknown"]
    word_count: int = Field(ge=0)
    dedup: DedupInfo
    story_id: str | None = None
    extraction: ExtractionInfo
    http: HttpInfo | None = None
    raw_ref: str | None = None

    def to_json(self) -> str:
        """The article as JSON, without what is not known."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)

    @classmethod
    def from_json(cls, data: str | bytes) -> Article:
        """Read an article back.

        Raises:
            pydantic.ValidationError: `data` is not an article of this schema.
        """
        return cls.model_validate_json(data)


def schema() -> dict[str, Any]:
    """The JSON Schema of what `to_json` writes: nothing is null, what is not known is absent."""
    written = Article.model_json_schema(mode="serialization")
    return {
        **_as_written(written),
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:feedmill:article/1",
        "title": "feedmill article/1",
        "$defs": {name: _as_written(part) for name, part in written["$defs"].items()},
    }


def _as_written(node: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object, its members without null, default and generated title."""
    members = node["properties"].items()
    return {
        **{key: value for key, value in node.items() if key not in {"$defs", "title"}},
        "properties": {name: _member(member) for name, member in members},
    }


def _member(node: dict[str, Any]) -> dict[str, Any]:
    rules = {key: value for key, value in node.items() if key not in {"title", "default"}}
    (known,) = [rule for rule in rules.pop("anyOf", [{}]) if rule != {"type": "null"}]
    return {**known, **rules}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
