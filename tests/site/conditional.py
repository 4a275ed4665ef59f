"""Answers with validators: ETag and Last-Modified, and 304 to a client that has the version."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import ETag, web

if TYPE_CHECKING:
    from datetime import datetime


def respond(
    request: web.Request, body: bytes, content_type: str, modified: datetime
) -> web.Response:
    """Return the body as 200, or 304 without it; If-None-Match overrules If-Modified-Since."""
    tag = hashlib.sha256(body).hexdigest()[:20]
    if _is_current(request, tag, modified):
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, headers={"Content-Type": content_type})
    response.etag = ETag(value=tag)
    response.last_modified = modified
    return response


def _is_current(request: web.Request, tag: str, modified: datetime) -> bool:
    if "If-None-Match" in request.headers:
        return any(known.value in {tag, "*"} for known in request.if_none_match or ())
    since = request.if_modified_since
    return since is not None and modified <= since
