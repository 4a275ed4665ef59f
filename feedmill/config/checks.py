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

ID_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"
PREFIX_PATTERN: Final = r"^[A-Za-z0-9:_{}-]*$"
LANG_PATTERN: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"

Kind = Literal["auto", "feed", "files"]
LATER_KINDS: Final = ("page", "sitemap", "warc")  # moves to the line above when it is built

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s")
_REDIS = ("redis://", "rediss://", "unix://")


def check_url(url: str) -> str:
    """Refuse what is no plain http(s) address. The address itself is never repeated."""
    if len(url) > MAX_URL:
        raise ValueError(f"the address is longer than {MAX_URL} characters")
    if _CONTROL.search(url) or _SPACE.search(url):
        raise ValueError("an address holds no spaces and no control characters")
    parts = _split(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("expected an address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("passwords in URLs are refused; remove the part before the @")
    if not parts.hostname:
        raise ValueError("the address has no host")
    try:
        canonical(url)
    except ValueError:
        raise ValueError("the address cannot be understood") from None
    return url


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
    if not paths.may_end_in(path, paths.SOURCE_ENDINGS):
        endings = ", ".join(paths.SOURCE_ENDINGS[::2])
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
    if not isinstance(pattern, str):
        raise UnexpectedError("expected a file or pattern that ends in .yaml or .yml")
    if not pattern or _CONTROL.search(pattern) or len(pattern) > MAX_PATH:
        raise ValueError(f"a path has 1 to {MAX_PATH} characters, no control characters")
    if pattern.lower().endswith(".opml"):
        raise ValueError("OPML files are not supported yet; list their feeds under `sources`")
    if pattern.count("**") > 1:
        raise ValueError("`**` can stand only once in a pattern")
    if not pattern.lower().endswith(paths.CONFIG_ENDINGS):
        raise UnexpectedError("expected a file or pattern that ends in .yaml or .yml")
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


def check_kind(kind: object) -> object:
    """Say so when the kind is one that a later version will have."""
    if kind in LATER_KINDS:
        raise ValueError(f"the kind {kind} is not supported yet")
    return kind


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


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # looked at here because it may be no number
    except ValueError:
        raise ValueError("the address cannot be understood; check host and port") from None
    return parts
