"""The identity of an address: which addresses lead to the same article.

Two forms. The *canonical form* is an address that can be fetched, with what WHATWG and RFC 3986 call
equivalent made equal. The *key* goes further and is for comparing only: it leaves out the scheme, a
leading `www.`, a trailing slash and parameters that only track the reader.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import string
from base64 import b32encode
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")  # RFC 3986, section 2.3
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = "/?:@!$&'()*+,;=~"
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

# Set by senders of links to measure who follows them; none of them selects content.
_TRACKING = frozenset(
    {
        *("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid"),
        *("mc_cid", "mc_eid", "_ga", "_gl", "ns_campaign", "ns_mchannel", "ns_source", "cmpid"),
        *("ocid", "wt_mc", "xtor"),
    }
)
_TRACKING_PREFIXES = ("utm_", "hsa_", "mtm_", "pk_", "at_custom", "at_campaign", "at_medium")


def canonical(url: str) -> str:
    """The address with equivalent spellings made equal and the fragment and tracking left out.

    Addresses without a host or of other schemes than http and https come back as they are.

    Raises:
        ValueError: `url` cannot be taken apart (a bad port or bracket).
    """
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not (authority := _authority(parts)):
        return url
    path = _requoted(_without_dots(parts.path), _PATH_SAFE) or "/"
    return urlunsplit((scheme, authority, path, _query(parts.query), ""))


def key(url: str) -> str:
    """The form of an address by which articles are compared. Cannot be fetched.

    Raises:
        ValueError: `url` cannot be taken apart.
    """
    parts = urlsplit(canonical(url))
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return url
    place = parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
    return f"{place}?{parts.query}" if parts.query else place


def is_home(url: str) -> bool:
    """Whether an address is that of a site itself and of none of its pages."""
    parts = urlsplit(canonical(url))
    return not parts.path.strip("/") and not parts.query


def host(url: str) -> str | None:
    """The host name of an address in lower case, without port, or None if it has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def digest(text: str) -> str:
    """A short name for a long text: 80 bits of BLAKE2b as 16 characters a-z2-7.

    With 100 million articles the chance of any two sharing a name is below one in 200 million.
    """
    raw = text.encode("utf-8", "surrogatepass")
    return b32encode(hashlib.blake2b(raw, digest_size=10).digest()).decode().lower()


def _authority(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if not name.isascii():
        # A name that DNS could not hold is compared as it is written.
        with contextlib.suppress(UnicodeError):
            name = name.encode("idna").decode()
    name = name.lower().rstrip(".")  # full stops of other scripts become ASCII ones above
    if not name:
        return ""
    if ":" in name:
        name = f"[{name}]"
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme.lower()]:
        return name
    return f"{name}:{parts.port}"


def _without_dots(path: str) -> str:
    """The path with `.` and `..` carried out (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _requoted(text: str, safe: str) -> str:
    """The text with what needs no percent-encoding decoded, and the rest encoded in capitals."""
    text = _STRAY_PERCENT.sub("%25", text)
    return quote(_ENCODED.sub(_plainer, text), safe=f"%{safe}")


def _plainer(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if character in _UNRESERVED else encoded[0].upper()


def _query(query: str) -> str:
    pairs = (pair for pair in query.split("&") if not _tracks(pair.partition("=")[0]))
    return _requoted("&".join(pairs), _QUERY_SAFE)


def _tracks(name: str) -> bool:
    name = unquote(name).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
