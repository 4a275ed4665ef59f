"""The `Link` header (RFC 8288). Pure, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yarl import URL

from service.http.answer import Link

_MAX_LINKS = 64
_MAX_HEADER = 16_384  # characters, of all headers together
_MAX_URL = 2048
_MAX_TYPE = 128
# One piece of a link value: the address, a parameter with its value, or a comma between two links.
_PIECE = re.compile(
    r"""<([^<>]*)> | ;\s*([\w!#$&+.^`|~*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))? | (,)""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)")


def links(headers: Sequence[str], base: URL) -> tuple[Link, ...]:
    """The links that `Link` headers name, without those that speak about other addresses.

    Args:
        headers: The values of all `Link` headers.
        base: The address that answered.
    """
    found: list[Link] = []
    for target, parameters in _values(", ".join(headers)[:_MAX_HEADER]):
        link = _link(target, parameters, base)
        if link is not None:
            found.append(link)
        if len(found) >= _MAX_LINKS:
            break
    return tuple(found)


def _values(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every link value: its address, and its parameters, of which the first of a name counts."""
    target: str | None = None
    parameters: dict[str, str] = {}
    for match in _PIECE.finditer(header):
        address, name, quoted, plain, _comma = match.groups()
        if name is not None:
            value = _ESCAPE.sub(r"\1", quoted) if quoted is not None else plain or ""
            parameters.setdefault(name.lower(), value)
            continue
        if target is not None:
            yield target, parameters
        target, parameters = address, {}
    if target is not None:
        yield target, parameters


def _link(target: str, parameters: dict[str, str], base: URL) -> Link | None:
    rels = tuple(dict.fromkeys(parameters.get("rel", "").lower().split()))
    if not rels or "anchor" in parameters or len(target) > _MAX_URL:
        return None
    try:
        url = base.join(URL(target.strip()))
        address = str(url)
        address.encode()
    except (ValueError, IndexError):
        return None
    if url.scheme not in {"http", "https"} or not url.host:
        return None
    return Link(address, rels, parameters.get("type", "")[:_MAX_TYPE] or None)
