"""Extraction of single pages over a pipe, within limits: `python -m workers.pipe`.

For commands that show what becomes of a page. They belong to the service, which never imports the
workers, and a stranger's page must not be able to hang a shell: so this is a process of its own that
limits itself, and is named, not imported, by `service.extractor`.

Says `{"ready": true}`, then answers each request with one line of JSON. A request is one line of JSON
(`Request`) and the bytes of the page. A page that takes more than the limits ends the process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from pydantic import BaseModel

import feedmill
from feedmill.errors import ExtractionError, FeedmillError
from workers import alignment, extract
from workers.dedup.improvement import Found, judge
from workers.extract.decode import decode
from workers.extract.hints import Hints
from workers.extract.kind import Kind, kind_of
from workers.extract.options import Options
from workers.extract.text import extract as extract_text
from workers.extract.text import titles
from workers.extract.text.wrap import unwrap
from workers.limits import confine, limit_cpu

CPU_SECONDS = 10  # for one page
MEMORY_BYTES = 512 * 1024**2  # for one page, beyond what the models take
_Told = tuple[str, str | None, str]  # fate, reason, line
_FIELDS = (
    *("text", "title", "title_from", "description", "authors", "published", "modified_at"),
    *("lang", "section", "tags", "images", "access", "quality", "method", "removed"),
    *("canonical_url", "provenance"),
)


def main() -> None:
    """Answer requests until there are no more."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no reply
    extract.warm_up()
    confine(MEMORY_BYTES)
    _reply(replies, {"ready": True})
    requests = sys.stdin.buffer
    while header := requests.readline():
        request = json.loads(header)
        content = requests.read(request["bytes"])
        limit_cpu(CPU_SECONDS)
        try:
            _reply(replies, answer(content, request))
        except MemoryError:
            _reply(replies, _error("the page takes too much memory", "out-of-memory"))
            return  # what is left of the memory is in pieces


def answer(content: bytes, request: Mapping[str, Any]) -> dict[str, Any]:
    """What an extraction found, or the error, as JSON takes it."""
    started = time.perf_counter()
    try:
        found = _extract(content, request)
    except MemoryError:
        raise
    except FeedmillError as error:
        told = _error(error.message, error.kind)
        if request.get("lines") and error.kind == "no-text":
            told["lines"] = _lines_of_no_article(content, request)
        return told
    except Exception as error:  # noqa: BLE001 - strangers' pages find the bugs of every library
        return _error(f"the extraction failed: {type(error).__name__}: {error}"[:500], "bug")
    milliseconds = round((time.perf_counter() - started) * 1000)
    page: dict[str, Any] = {name: _plain(getattr(found, name)) for name in _FIELDS}
    if request.get("html"):
        page["html"] = found.html
    reply = {"page": page, "milliseconds": milliseconds}
    if request.get("lines"):
        reply["lines"] = _lines(_on_page(content, request), found)
    if before := request.get("before"):
        now = Found(found.text, found.quality, feedmill.__version__)
        reply["judgement"] = judge(Found(**before), now)
    return reply


def _extract(content: bytes, request: Mapping[str, Any]) -> extract.Extraction:
    """As the jobs of the workers do: the feed's content stands in for a page without text."""
    options = Options(
        mode=request.get("mode", "default"),
        html=bool(request.get("html")),
        precision=request.get("precision"),
        drop=tuple(request.get("drop") or ()),
        is_fragment=bool(request.get("is_fragment")),
    )
    hints = _hints(request.get("hints") or {})
    try:
        return extract.extract(
            content,
            url=request.get("url"),
            content_type=request.get("content_type"),
            hints=hints,
            options=options,
        )
    except ExtractionError as error:
        if error.kind != "no-text" or options.is_fragment or not hints.content:
            raise
        return extract.extract(hints.content.encode(), options=Options(is_fragment=True))


def _hints(known: Mapping[str, Any]) -> Hints:
    at = known.get("published_at")
    return Hints(
        title=known.get("title"),
        summary=known.get("summary"),
        content=known.get("content"),
        authors=tuple(known.get("authors") or ()),
        published_at=datetime.fromisoformat(at) if at else None,
        lang=known.get("lang"),
    )


def _on_page(content: bytes, request: Mapping[str, Any]) -> Sequence[str]:
    """All lines of the page as the extraction has them: those of plain text unwrapped."""
    content_type = request.get("content_type")
    options = Options(is_fragment=bool(request.get("is_fragment")))
    if not options.is_fragment and kind_of(content, content_type) is Kind.TEXT:
        return unwrap(decode(content, content_type).split("\n"))
    url = request.get("url")
    return extract.read(content, url=url, content_type=content_type, options=options).lines


def _lines_of_no_article(content: bytes, request: Mapping[str, Any]) -> list[_Told]:
    """Every line of a page that has no article; of plain text also why it is none."""
    content_type = request.get("content_type")
    page = _on_page(content, request)
    if kind_of(content, content_type) is Kind.TEXT and not request.get("is_fragment"):
        with contextlib.suppress(ExtractionError):
            return _lines(page, extract_text(decode(content, content_type)))
    return [("outside", None, line) for line in page if line.strip()]


def _lines(page: Sequence[str], found: extract.Extraction) -> list[_Told]:
    """Every line of the page with its fate and the reason."""
    removed = [(part.reason, _single(part.lines)) for part in found.removed]
    return [
        (line.fate, line.reason or _title(line, found), line.text)
        for line in alignment.align(_single(page), found.text, removed)
    ]


def _single(lines: Sequence[str]) -> list[str]:
    """Lines of which a few have several lines, such as code, as lines."""
    return [part for line in lines for part in line.split("\n")]


def _title(line: alignment.Line, found: extract.Extraction) -> str | None:
    """The reason `title` for a line that is in no text because it is the title, marked up or not."""
    if line.fate != "outside" or not found.title:
        return None
    title, text = alignment.key(found.title), alignment.key(line.text)
    if title and title != text and title in text:
        stated, _ = titles.split([line.text])  # without a label, such as `Title:`
        text = alignment.key(stated or "")
    return "title" if title and title == text else None


def _plain(value: Any) -> Any:
    """As JSON takes it: models and dataclasses as objects without what is not known."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True, exclude_none=True)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case tuple() | list() | set() | frozenset():
            return [_plain(part) for part in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _plain(dataclasses.asdict(value))
        case _:
            return value


def _error(message: str, kind: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "message": message}}


def _reply(replies: BinaryIO, value: Mapping[str, Any]) -> None:
    replies.write(json.dumps(value).encode("ascii") + b"\n")
    replies.flush()


if __name__ == "__main__":
    main()
