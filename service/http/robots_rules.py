"""What a robots.txt says to one program (RFC 9309). Pure; the file is a stranger's.

Protego matches addresses against rules: it normalises escapes and matches wildcards in linear time. Its
parser is not given the file itself, for it takes quadratic time where many programs are named (minutes of
a core for 512 KiB) and takes `User-agent: feed` for a prefix of ours. It gets the one group that counts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from protego import Protego
from yarl import URL

MAX_BYTES = 512 * 1024  # that are read, as the RFC asks of everyone (500 KiB at least)
_MAX_RULES = 10_000
_MAX_SITEMAPS = 100
_LONGEST_LINE = 8_192  # characters
_LONGEST_SITEMAP = 2_048
_DAY = 86_400  # seconds; integers of a stranger may be beyond what a float holds
_EVERYONE = "*"
_AGENT, _SITEMAP = "User-agent", "Sitemap"
_FIELDS = {
    "user-agent": _AGENT,
    "useragent": _AGENT,
    "sitemap": _SITEMAP,
    "sitemaps": _SITEMAP,
    "site-map": _SITEMAP,
    "allow": "Allow",
    "crawl-delay": "Crawl-delay",
    "request-rate": "Request-rate",
    # Misspellings that large crawlers take for what was meant.
    **dict.fromkeys(
        ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "Disallow"
    ),
}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_IN_COMPATIBLE = re.compile(r"compatible;\s*([^\s/;,()]+)", re.IGNORECASE)
_PRODUCT = re.compile(r"[^\s/;,()]+")


@dataclass(frozen=True, slots=True)
class Group:
    """The part of a robots.txt that speaks to one program.

    Attributes:
        rules: One rule a line, in the words of the RFC; empty if all is allowed.
        sitemaps: Addresses of sitemaps, which speak to everyone.
    """

    rules: str
    sitemaps: tuple[str, ...]


class Rules:
    """The rules of a group, ready to match.

    Attributes:
        size: Their length in characters, by which time and memory go.
        gap: Seconds that they ask to leave between two requests; 0 if they ask for none.
    """

    def __init__(self, rules: str) -> None:
        self._matcher = Protego.parse(f"{_AGENT}: {_EVERYONE}\n{rules}") if rules else None
        self.size = len(rules)
        self.gap = _gap(self._matcher) if self._matcher else 0.0

    def allow(self, url: URL) -> bool:
        """Whether an address may be fetched. Its scheme and host are not looked at."""
        if self._matcher is None:
            return True
        # The host is a fixed one, since Protego reads the address with a parser of its own.
        return bool(self._matcher.can_fetch(f"http://host{url.raw_path_qs}", _EVERYONE))


def product_token(user_agent: str) -> str:
    """The name by which a robots.txt addresses a program, in lower case.

    `feedmill` of `feedmill/1.0 (+https://example.org)`, `bot` of `Mozilla/5.0 (compatible; bot/1.0)`.
    """
    match = _IN_COMPATIBLE.search(user_agent)
    if match:
        return match[1].lower()
    product = _PRODUCT.search(user_agent)
    return product[0].lower() if product else _EVERYONE


def group_of(body: bytes, token: str) -> Group:
    """Find what a robots.txt says to a program.

    All groups that name it count together; if there is none, those for everyone (section 2.2.1).

    Args:
        body: The file. What is beyond `MAX_BYTES` is not read, a page of HTML has no rules.
        token: As `product_token` returns it.
    """
    rules: dict[str, list[str]] = {_EVERYONE: []}
    sitemaps: dict[str, None] = {}
    addressed: set[str] = set()
    is_head = False
    for name, value in _directives(_text(body)):
        if name == _AGENT:
            addressed = addressed if is_head else set()
            is_head = True
            addressed |= {_addressee(value)} & {token, _EVERYONE}
            rules.update({agent: [] for agent in addressed if agent not in rules})
        elif name == _SITEMAP:
            if len(sitemaps) < _MAX_SITEMAPS and len(value) <= _LONGEST_SITEMAP:
                sitemaps[value] = None
        else:
            is_head = False
            for agent in addressed:
                if value and len(rules[agent]) < _MAX_RULES:
                    rules[agent].append(f"{name}: {value}")
    return Group("\n".join(rules.get(token, rules[_EVERYONE])), tuple(sitemaps))


def _text(body: bytes) -> str:
    body = body[:MAX_BYTES]
    encoding = "utf-16" if body.startswith(_UTF_16) else "utf-8-sig"
    text = body.decode(encoding, "replace")
    return "" if text[:1024].lstrip().startswith("<") else text


def _directives(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        if content and len(content) <= _LONGEST_LINE:
            yield from _directive(content)


def _directive(line: str) -> Iterator[tuple[str, str]]:
    """The field and value of a line; a missing colon is forgiven."""
    field, _, value = line.partition(":")
    name = _FIELDS.get("-".join(field.lower().split()))
    if name is None:
        field, *rest = line.split(maxsplit=1)
        name, value = _FIELDS.get(field.lower()), "".join(rest)
    if name is not None:
        yield name, value.strip()


def _addressee(value: str) -> str:
    """Whom a line `User-agent` addresses: a name without its version, or everyone."""
    if value == _EVERYONE:
        return _EVERYONE
    product = _PRODUCT.match(value.replace("*", ""))
    return product[0].lower() if product else ""


def _gap(matcher: Protego) -> float:
    delay = matcher.crawl_delay(_EVERYONE) or 0.0
    rate = matcher.request_rate(_EVERYONE)
    return max(delay, min(rate.seconds, _DAY) / rate.requests if rate else 0.0)
