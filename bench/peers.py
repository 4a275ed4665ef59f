"""Other extractors, each with the settings that served it best in our research.

Each `_name` loads the package and returns a function from the bytes of a page and its address to text. Those
that are given text get it decoded the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

Extract = Callable[[bytes, str | None], str | None]

_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_HEAD = 4000  # bytes in which a page names its charset
_HOW = "make bench-peers"
_ADDRESS = "http://site.example/1"  # where a peer insists on one


@dataclass(frozen=True, slots=True)
class Peer:
    """An extractor to be compared with.

    Attributes:
        load: Imports it; raises ImportError where it is not installed.
        settings: What it is called with, in words.
        how: How to get it.
        quick: Whether it is fast enough and telling enough for `--quick`.
    """

    name: str
    load: Callable[[], Extract]
    settings: str
    how: str = _HOW
    quick: bool = False


def installed(peers: tuple[Peer, ...]) -> tuple[dict[str, Extract], dict[str, str]]:
    """The extractors that can be imported, and for the others how to get them."""
    found: dict[str, Extract] = {}
    missing: dict[str, str] = {}
    for peer in peers:
        try:
            found[peer.name] = peer.load()
        except ImportError:
            missing[peer.name] = peer.how
    return found, missing


def decoded(html: bytes) -> str:
    """The page as text: UTF-8, or the charset it names, or what trafilatura detects."""
    try:
        return html.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(html[:_HEAD])
    if named:
        try:
            return html.decode(named[1].decode(), "replace")
        except LookupError:
            pass
    return str(import_module("trafilatura.utils").decode_file(html))


def _trafilatura(**options: bool) -> Callable[[], Extract]:
    def load() -> Extract:
        extract = import_module("trafilatura").extract
        return lambda html, _url: extract(html, **options)

    return load


def _readability() -> Extract:
    document, as_text = import_module("readability").Document, _html_text()
    return lambda html, _url: as_text(document(decoded(html)).summary(html_partial=True))


def _newspaper() -> Extract:
    newspaper = import_module("newspaper")

    def extract(html: bytes, url: str | None) -> str:
        article = newspaper.Article(url or _ADDRESS, fetch_images=False)
        article.download(input_html=decoded(html))
        article.parse()
        return str(article.text)

    return extract


def _resiliparse() -> Extract:
    tree = import_module("resiliparse.parse.html").HTMLTree
    detect = import_module("resiliparse.parse.encoding").detect_encoding
    as_text = import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda html, _url: as_text(
        tree.parse_from_bytes(html, detect(html)), main_content=True, alt_texts=False
    )


def _rs_trafilatura() -> Extract:
    extract = import_module("rs_trafilatura").extract
    return lambda html, _url: extract(decoded(html), page_type="article").main_content


def _trafipy() -> Extract:
    extract = import_module("trafipy").extract
    return lambda html, url: extract(decoded(html), url=url).text


def _justext() -> Extract:
    justext = import_module("justext")
    words = frozenset().union(*map(justext.get_stoplist, justext.get_stoplists()))

    def extract(html: bytes, _url: str | None) -> str:
        parts = justext.justext(html, words, 50, 150, 0.1, 0.2, 0.25, no_headings=True)
        return "\n".join(part.text for part in parts if not part.is_boilerplate)

    return extract


def _boilerpy() -> Extract:
    extractor = import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return lambda html, _url: extractor.get_content(decoded(html))


def _goreadability() -> Extract:
    read = import_module("pygoreadability").from_string
    return lambda html, url: read(decoded(html), url or _ADDRESS).content_text


def _goose() -> Extract:
    goose = import_module("goose3").Goose({"strict": False, "enable_image_fetching": False})
    return lambda html, _url: goose.extract(raw_html=decoded(html)).cleaned_text


def _article_extractor() -> Extract:
    extract, as_text = import_module("article_extractor").extract_article, _html_text()
    return lambda html, url: as_text(extract(decoded(html), url or "").content)


def _magic_html() -> Extract:
    extractor, as_text = import_module("magic_html").GeneralExtractor(), _html_text()

    def extract(html: bytes, url: str | None) -> str:
        options = {"base_url": url or "", "html_type": "article"}
        return as_text(extractor.extract(decoded(html), **options)["html"])

    return extract


def _html_text() -> Callable[[str], str]:
    extract: Any = import_module("html_text").extract_text
    return lambda html: str(extract(html)) if html else ""


BASE = "trafilatura, no comments"
_NC = "include_comments=False"
_WHEEL_312 = f"{_HOW} on Python 3.12, the only one it has a wheel for"
_SOURCE_ONLY = "pip install {}: a package it needs comes as source only, so it is in no pinned file"

PEERS = (
    Peer(BASE, _trafilatura(include_comments=False), _NC, quick=True),
    Peer(
        "trafilatura, precision",
        _trafilatura(include_comments=False, favor_precision=True),
        f"{_NC}, favor_precision=True",
        quick=True,
    ),
    Peer(
        "trafilatura, recall",
        _trafilatura(include_comments=False, favor_recall=True),
        f"{_NC}, favor_recall=True",
    ),
    Peer(
        "trafilatura, fast",
        _trafilatura(include_comments=False, fast=True),
        f"{_NC}, fast=True",
        quick=True,
    ),
    Peer("trafilatura, defaults", _trafilatura(), "defaults: comments are kept"),
    Peer(
        "trafilatura, precision + fast",
        _trafilatura(include_comments=False, favor_precision=True, fast=True),
        f"{_NC}, favor_precision=True, fast=True",
    ),
    Peer("readability-lxml", _readability, "summary(html_partial=True), html_text", quick=True),
    Peer(
        "newspaper4k",
        _newspaper,
        "fetch_images=False; languages that want a package more are errors",
    ),
    Peer("resiliparse", _resiliparse, "main_content=True, alt_texts=False", quick=True),
    Peer("rs-trafilatura", _rs_trafilatura, 'page_type="article"', how=_WHEEL_312, quick=True),
    Peer("trafipy", _trafipy, "defaults", how=f"{_HOW} on Python 3.12 or newer"),
    Peer("justext", _justext, "all stop lists; 50, 150, .1, .2, .25, no_headings", quick=True),
    Peer("boilerpy3", _boilerpy, "ArticleExtractor(raise_on_failure=False)", quick=True),
    Peer(
        "pygoreadability",
        _goreadability,
        "from_string, content_text",
        how=f"{_HOW} on Python 3.11 or 3.12",
        quick=True,
    ),
    Peer("goose3", _goose, "strict=False, no images", how=_SOURCE_ONLY.format("goose3")),
    Peer(
        "article-extractor",
        _article_extractor,
        "defaults, html_text",
        how=f"{_HOW} on Python 3.12 or newer",
    ),
    Peer("magic-html", _magic_html, 'html_type="article"', how=_SOURCE_ONLY.format("magic-html")),
)
