"""What single values must look like: addresses, names, networks, regular expressions."""

from __future__ import annotations

import ipaddress
import re
import warnings
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from feedmill.config import paths
from feedmill.config.problems import UnexpectedError
from feedmill.urls import canonical

MAX_URL: Final = 2048
MAX_PATH: Final = 1024
MAX_REGEX: Final = 1000
MAX_LABEL: Final = 200
MAX_SELECTOR: Final = 500
MAX_PORT: Final = 65_535

ID_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"
PREFIX_PATTERN: Final = r"^[A-Za-z0-9:_{}-]*$"
LANG_PATTERN: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"

LISTEN_PATTERN: Final = r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$"

Kind = Literal["auto", "feed", "files", "site", "page", "sitemap", "warc"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_REDIS = ("redis://", "rediss://", "unix://")


def check_url(url: str) -> str:
    """Refuse what is no plain http(s) address. The address itself is never repeated."""
    if len(url) > MAX_URL:
        raise ValueError(f"the address is longer than {MAX_URL} characters")
    if _CONTROL.search(url) or _SPACE.search(url):
        raise ValueError("an address holds no spaces and no control characters")
    parts = _of_the_web(url)
    if "@" in parts.netloc:
        raise ValueError("passwords in URLs are refused; remove the part before the @")
    try:
        canonical(url)
    except ValueError:
        raise ValueError("the address cannot be understood") from None
    return url


def check_callback(url: str) -> str:
    """Refuse what hubs cannot be given as the beginning of an address."""
    check_url(url)
    if "?" in url or "#" in url:
        raise ValueError("expected an address without ? and #; feedmill appends to its path")
    return url


def check_proxy(url: str) -> str:
    """Refuse what is no address of a proxy. It may hold a password: never repeated."""
    if len(url) > MAX_URL or _CONTROL.search(url) or _SPACE.search(url):
        raise ValueError("an address holds no spaces and no control characters")
    parts = _of_the_web(url)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("expected the address of a proxy: http://host:port")
    return url


def check_listen(text: str) -> str:
    """Refuse what is no `host:port` to listen on."""
    expected = "expected host:port, such as 127.0.0.1:8088"
    _matching(LISTEN_PATTERN, text, expected)
    if int(text.rpartition(":")[2]) > MAX_PORT:
        raise UnexpectedError(expected, detail=f"ports end at {MAX_PORT}")
    return text


def check_selector(text: str) -> str:
    """Refuse what cannot be a CSS selector. Whether it is one is found out where it is used."""
    if not text.strip() or len(text) > MAX_SELECTOR or _CONTROL.search(text):
        raise UnexpectedError(f"expected a CSS selector of at most {MAX_SELECTOR} characters")
    if text.lstrip().startswith("/") or "{" in text:
        raise UnexpectedError("expected a CSS selector such as main h2 > a")
    bare = _QUOTED.sub("", text)
    if "'" in bare or '"' in bare:
        raise UnexpectedError("expected a CSS selector", detail="a quotation mark is never closed")
    if any(bare.count(opening) != bare.count(closing) for opening, closing in ("()", "[]")):
        raise UnexpectedError("expected a CSS selector", detail="a bracket is never closed")
    return text


def check_redis(url: str) -> str:
    """Refuse what is neither `embedded` nor a Redis URL. It may hold a password: never repeated."""
    if url == "embedded":
        return url
    if not url.startswith(_REDIS):
        raise ValueError("expected embedded, or a URL that begins with " + " or ".join(_REDIS))
    if _CONTROL.search(url) or _SPACE.search(url):
        raise ValueError("a Redis URL holds no spaces and no control characters")
    _split(url)
    return url


def check_path(path: str) -> str:
    """Refuse a path or glob that cannot name a file of a supported format."""
    if not path or _CONTROL.search(path) or len(path) > MAX_PATH:
        raise ValueError(f"a path has 1 to {MAX_PATH} characters, no control characters")
    if "://" in path:
        raise ValueError("this is an address; write it as `url`")
    if path.count("**") > 1:
        raise ValueError("`**` can stand only once in a pattern")
    if path.lower().endswith(paths.INCLUDE_ENDINGS):
        raise ValueError("a file with sources; list it under `include`")
    if not paths.may_end_in(path, paths.ENDINGS):
        endings = ", ".join(paths.ENDINGS[::2])
        raise UnexpectedError(
            f"expected an http(s) address or a file that ends in {endings}, or these with .gz"
        )
    return path


def check_folder(folder: object) -> Path:
    """Turn the text into a path."""
    if isinstance(folder, Path):
        return folder
    if not isinstance(folder, str) or not folder:
        raise UnexpectedError("expected the path of a folder")
    if _CONTROL.search(folder) or len(folder) > MAX_PATH:
        raise ValueError(f"a path has 1 to {MAX_PATH} characters, no control characters")
    if folder.startswith("~"):
        raise ValueError("~ is not replaced here; write ${HOME}")
    return Path(folder)


def check_include(pattern: object) -> str:
    """Refuse what cannot name another file of sources."""
    expected = "expected a file or pattern that ends in .yaml, .yml or .opml"
    if not isinstance(pattern, str):
        raise UnexpectedError(expected)
    if not pattern or _CONTROL.search(pattern) or len(pattern) > MAX_PATH:
        raise ValueError(f"a path has 1 to {MAX_PATH} characters, no control characters")
    if pattern.count("**") > 1:
        raise ValueError("`**` can stand only once in a pattern")
    if "://" in pattern:
        raise ValueError(
            "only files can be included; `feedmill import URL` makes one of an address"
        )
    if not pattern.lower().endswith(paths.INCLUDE_ENDINGS):
        raise UnexpectedError(expected)
    return pattern


def check_id(text: str) -> str:
    """Refuse what is no id: lower-case letters, digits and hyphens."""
    return _matching(ID_PATTERN, text, "expected up to 64 of a-z, 0-9 and -, not - first")


def check_prefix(text: str) -> str:
    """Refuse a key prefix with characters that need escaping somewhere."""
    return _matching(PREFIX_PATTERN, text, "expected only letters, digits and : _ { } -")


def check_lang(text: str) -> str:
    """Refuse what is no language code."""
    return _matching(LANG_PATTERN, text, "expected a language code such as en or pt-BR")


def check_label(text: str) -> str:
    """Refuse a name or tag that cannot be shown on one line."""
    if not text.strip() or len(text) > MAX_LABEL or _CONTROL.search(text):
        raise UnexpectedError(f"expected 1 to {MAX_LABEL} characters on one line")
    return text


def check_user_agent(text: str) -> str:
    """Refuse what cannot be sent as an HTTP header."""
    if not text.strip() or len(text) > MAX_LABEL or not (text.isascii() and text.isprintable()):
        raise UnexpectedError(f"expected 1 to {MAX_LABEL} printable ASCII characters")
    return text


def check_version(version: object) -> object:
    """Refuse any version but 1."""
    if type(version) is not int or version != 1:
        raise UnexpectedError("expected 1, the only version there is")
    return version


def check_regex(pattern: str) -> str:
    """Refuse what `re` cannot compile."""
    expected = "expected a regular expression"
    if len(pattern) > MAX_REGEX:
        raise UnexpectedError(f"{expected} of at most {MAX_REGEX} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful, but it compiles
            re.compile(pattern)
    except re.error as error:
        at = "" if error.pos is None else f" at character {error.pos + 1}"
        raise UnexpectedError(expected, detail=f"{error.msg}{at}") from None
    except (OverflowError, RecursionError):
        raise UnexpectedError(f"{expected} of a sensible size") from None
    return pattern


def parse_network(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Turn `10.0.0.0/8` into a network."""
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    expected = "expected a network such as 10.0.0.0/8 or fd00::/8"
    if not isinstance(value, str):
        raise UnexpectedError(expected)
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise UnexpectedError(expected) from None
    if str(network.network_address) != str(ipaddress.ip_interface(value).ip):
        raise UnexpectedError(expected, detail=f"the network is {network}")
    return network


def _matching(pattern: str, text: str, expected: str) -> str:
    if not re.fullmatch(pattern, text):
        raise UnexpectedError(expected)
    return text


def _of_the_web(url: str) -> SplitResult:
    parts = _split(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("expected an address that begins with http:// or https://")
    if not parts.hostname:
        raise ValueError("the address has no host")
    return parts


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # looked at here because it may be no number
    except ValueError:
        raise ValueError("the address cannot be understood; check host and port") from None
    return parts
