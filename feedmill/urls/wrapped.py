"""Links that wrap another address: taken out where that needs neither guessing nor fetching."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from urllib.parse import unquote, unquote_plus

from feedmill.urls.address import Address, read

_DEPTH = 4  # wrapped links are wrapped again when they are shared; a loop must end
_WEB = ("http://", "https://")
_GOOGLE = re.compile(r"(?:www\.|news\.)?google\.(?:com?\.)?[a-z]{2,3}")
# host: (path, parameter) of links that state in plain where they lead. Short links and `feedproxy.google.com`
# do not; `apple.news`, `t.co` and translations or archives of pages are left as they are.
_REDIRECTORS = {
    "l.facebook.com": ("/l.php", "u"),
    "lm.facebook.com": ("/l.php", "u"),
    "www.facebook.com": ("/l.php", "u"),
    "l.messenger.com": ("/l.php", "u"),
    "l.instagram.com": ("/", "u"),
    "l.threads.com": ("/", "u"),
    "out.reddit.com": ("/", "url"),
    "www.youtube.com": ("/redirect", "q"),
    "www.bing.com": ("/news/apiclick.aspx", "url"),
    "bing.com": ("/news/apiclick.aspx", "url"),
    "duckduckgo.com": ("/l/", "uddg"),
    "www.linkedin.com": ("/redir/redirect", "url"),
    "t.umblr.com": ("/redirect", "z"),
    "vk.com": ("/away.php", "to"),
    "away.vk.com": ("/away.php", "to"),
    "steamcommunity.com": ("/linkfilter", "url"),
    "slack-redir.net": ("/link", "url"),
    "exit.sc": ("/", "url"),
    "go.skimresources.com": ("/", "url"),
}
_SAFELINKS = ".safelinks.protection.outlook.com"
_AMP_CACHE = re.compile(r"/[cv]/(s/)?([^/]+\.[^/]+.*)")
_AMP_VIEWER = re.compile(r"/amp/(s/)?([^/]+\.[^/]+.*)")
_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?articles/([\w-]{20,2000}=*)", re.ASCII)


def unwrap(url: str) -> str:
    """The address that a link of a known redirector leads to, or the link itself. Can be fetched.

    Raises:
        ValueError: `url` cannot be taken apart.
    """
    for _ in range(_DEPTH):
        address = read(url)
        inner = _redirected(address) if address else None
        if inner is None:
            break
        url = inner
    return url


def resolve(address: Address) -> Address:
    """What an address wraps, or whose copy it is in a cache of AMP pages; itself for most."""
    for _ in range(_DEPTH):
        inner = _redirected(address) or _cached(address)
        found = _read_quietly(inner) if inner else None
        if found is None:
            break
        address = found
    return address


def _redirected(address: Address) -> str | None:
    inner = _stated(address)
    if inner is None or not inner.lower().startswith(_WEB) or _read_quietly(inner) is None:
        return None
    return inner


def _stated(address: Address) -> str | None:
    host, path = address.host, address.path
    if known := _REDIRECTORS.get(host):
        # The path of some is an id: that of out.reddit.com names the post.
        is_it = path.startswith(known[0]) if host == "out.reddit.com" else _same(path, known[0])
        return _parameter(address, known[1]) if is_it else None
    if host.endswith(_SAFELINKS):
        return _parameter(address, "url")
    if host == "href.li":
        return unquote(address.query) if _same(path, "/") else None
    if "google." in host and _GOOGLE.fullmatch(host):
        return _of_google(address)
    return None


def _of_google(address: Address) -> str | None:
    if address.path in {"/url", "/news/url"}:
        return _parameter(address, "q", "url")
    if address.host == "news.google.com" and (found := _NEWS.fullmatch(address.path)):
        return _of_news(found[1])
    return None


def _of_news(name: str) -> str | None:
    """The address in the name of a Google News article of before 2024: a message of protocol buffers.

    Field 1 is a number, field 4 the address in plain. Newer names hold a secret in its place.
    """
    try:
        raw = urlsafe_b64decode(name.rstrip("=") + "=" * (-len(name.rstrip("=")) % 4))
    except ValueError:
        return None
    start = raw.find(b'"', 0, 4)  # 0x22: field 4, a string
    if raw[:1] != b"\x08" or start < 0:
        return None
    length, at = 0, start + 1
    for shift in (0, 7):  # a number of at most two bytes, seven bits in each, the low ones first
        if at >= len(raw):
            return None
        length |= (raw[at] & 0x7F) << shift
        at += 1
        if raw[at - 1] < 0x80:  # noqa: PLR2004
            break
    inner = raw[at : at + length]
    return inner.decode() if len(inner) == length and inner.isascii() else None


def _cached(address: Address) -> str | None:
    """The page that a cache or viewer of AMP pages shows: its address is in the path."""
    host = address.host
    shape: re.Pattern[str] | None = None
    if host in {"cdn.ampproject.org", "www.bing-amp.com"} or host.endswith(
        (".cdn.ampproject.org", ".bing-amp.com")
    ):
        shape = _AMP_CACHE
    elif "google." in host and _GOOGLE.fullmatch(host):
        shape = _AMP_VIEWER
    found = shape.fullmatch(address.path) if shape else None
    if found is None:
        return None
    query = f"?{address.query}" if address.query else ""
    return f"http{'s' if found[1] else ''}://{found[2]}{query}"


def _parameter(address: Address, *names: str) -> str | None:
    pairs: dict[str, str] = {}
    for pair in address.query.split("&"):
        name, _, value = pair.partition("=")
        pairs.setdefault(name, value)
    return next((unquote_plus(pairs[name]) for name in names if pairs.get(name)), None)


def _same(path: str, known: str) -> bool:
    return path.rstrip("/") == known.rstrip("/")


def _read_quietly(url: str) -> Address | None:
    try:
        return read(url)
    except ValueError:
        return None
