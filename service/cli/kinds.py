"""Why things are set aside, in plain words, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a kind of error means, and what helps."""

    what: str
    advice: str


_RETRY = "`feedmill quarantine retry ID` tries it again"
_TEST = "`feedmill test URL` shows every line of the page and what became of it"
_LIMITS = "after an upgrade, `feedmill quarantine retry ID` tries it again; else drop it"
_SITE = "open the address yourself; `feedmill fetch URL` shows what its server answers"
_OTHER = Meaning("it failed in a way that has no words here", "read the reason; " + _RETRY)

_MEANINGS = {
    "no-text": Meaning(
        "no article was found in the page",
        f"{_TEST}; lists, videos and empty pages can be dropped",
    ),
    "not-text": Meaning("the bytes are no text", "drop it, unless the server sent it by mistake"),
    "bug": Meaning(
        "the extraction failed in a way nobody thought of",
        "report it with the raw page (`feedmill quarantine show ID --raw FILE`); "
        "after an upgrade try it again",
    ),
    "page-cpu": Meaning("the page took more CPU time than a page may", _LIMITS),
    "page-time": Meaning("the page took more time than a page may", _LIMITS),
    "page-memory": Meaning("the page took more memory than a page may", _LIMITS),
    "page-crash": Meaning("the page made the process crash that worked on it", _LIMITS),
    "page-killed": Meaning(
        "the process that worked on the page was killed, again and again",
        f"give the workers more memory, or start fewer of them; then {_RETRY}",
    ),
    "crashed": Meaning(
        "the work on the page was begun several times and never ended",
        f"see the log of the workers; then {_RETRY}",
    ),
    "raw-expired": Meaning(
        "the page waited longer in Redis than it is kept there",
        f"start more workers; then {_RETRY}",
    ),
    "page-format": Meaning(
        "the page was stored by another version of feedmill",
        f"let service and workers be of one version; then {_RETRY}",
    ),
    "refused": Meaning("Redis refused the article", f"read the reason, mend Redis; then {_RETRY}"),
    "commit-contended": Meaning(
        "other workers wrote the same article all the time", f"it should not happen; {_RETRY}"
    ),
    "http-status": Meaning("the server answered with a status of failure", f"{_SITE}; {_RETRY}"),
    "no-link": Meaning(
        "the feed entry has neither an address nor content", "drop it: there is nothing to ask for"
    ),
    "robots-denied": Meaning(
        "the site's robots.txt does not let programs have the page",
        "drop it; `fetch: {robots: false}` is for sites that allow you to",
    ),
    "address-refused": Meaning(
        "the address leads to a network that is not public",
        f"list the network under `fetch: {{allow_networks: [...]}}` if you trust it; then {_RETRY}",
    ),
    "url-refused": Meaning("it is no address that is asked", "drop it"),
    "too-big": Meaning(
        "the page is larger than allowed", f"raise `fetch: {{max_bytes: ...}}`; then {_RETRY}"
    ),
    "source-removed": Meaning(
        "its source is configured no longer", "drop it, or configure the source again and retry"
    ),
    "redirects": Meaning("the redirects lead nowhere", _SITE),
    "encoding": Meaning("the page is packed in a way that cannot be unpacked", _SITE),
}
_TRANSPORT = Meaning("its server could not be reached, time and again", f"{_SITE}; then {_RETRY}")
_MEANINGS |= dict.fromkeys(
    ("dns", "connect", "tls", "timeout", "too-slow", "protocol", "truncated"), _TRANSPORT
)


def explain(kind: str) -> Meaning:
    """What a kind means and what helps.

    Args:
        kind: Of an error that something was set aside for.
    """
    return _MEANINGS.get(kind, _OTHER)


def advice(kind: str, url: str | None, entry_id: str) -> str:
    """What helps with one entry of the quarantine, with the commands to be typed.

    Args:
        kind: Of its error.
        url: Its address.
        entry_id: Its id.
    """
    helps = explain(kind).advice.replace(" ID", f" {entry_id}")
    return helps.replace(" URL", f" {url}") if url else helps
