"""OPML, the format in which feed readers hand on their subscriptions (http://opml.org/spec2.opml).

An OPML file is written by another program, and written anew at its next export. So one outline that is no
good costs itself only, and is told as a warning; an error is only what is no OPML at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from feedmill.config import paths
from feedmill.config.checks import MAX_LABEL
from feedmill.config.problems import Place, Problem, UnreadableError
from feedmill.config.syntax import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MAX_DEPTH: Final = 50
MAX_OUTLINES: Final = 50_000
MAX_TAGS: Final = 20

_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?://)", re.IGNORECASE)
_BARE_FEED_SCHEME = re.compile(r"^feed://", re.IGNORECASE)
_LONGEST_SHOWN = 60
_HINTS: Final = {
    expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]: "; is an & not written as &amp;?",
    expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: "; only XML's own are known",
}


@dataclass(frozen=True, slots=True)
class Outline:
    """A subscription.

    Attributes:
        url: Of the feed, as it is written.
        title: What it is called.
        tags: The folders it lies in, outermost first, and its categories.
        line: Where it stands.
        column: Where it stands.
    """

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    line: int = 1
    column: int = 1


class OpmlDocument:
    """An OPML file that is included. Paths begin with the number of an outline.

    Args:
        file: The file, absolute.
        raw: Its bytes.

    Attributes:
        outlines: The subscriptions in it.
        problems: What is wrong with single ones.

    Raises:
        UnreadableError: It is no OPML, or goes over a limit.
    """

    def __init__(self, file: Path, raw: bytes) -> None:
        self.file = file
        self.outlines = parse(raw)
        self.problems: list[Problem] = []

    def place(self, path: Sequence[str | int], *, at_key: bool = False) -> Place:  # noqa: ARG002
        """Where an outline begins."""
        outline = self.outlines[int(path[0])]
        name = outline.title or outline.url
        cut = name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "..."
        return Place(paths.shown(self.file), outline.line, outline.column, repr(cut))

    def report(self, path: Sequence[str | int], text: str, *, at_key: bool = False) -> None:
        """Note what is wrong with an outline."""
        problem = Problem(self.place(path, at_key=at_key), f"{text}; this feed is left out")
        self.problems.append(problem)

    def written(self, path: Sequence[str | int]) -> None:
        """Nothing in OPML comes from the environment."""

    def entry(self, number: int) -> dict[str, Any]:
        """An outline as it would stand under `sources`."""
        outline = self.outlines[number]
        entry: dict[str, Any] = {"url": outline.url, "kind": "feed"}
        if outline.title:
            entry["name"] = outline.title
        if outline.tags:
            entry["tags"] = list(outline.tags)
        return entry


def parse(raw: bytes) -> list[Outline]:
    """List the subscriptions of an OPML file in its order.

    A document type is refused whatever it says, so that there are no entities.

    Raises:
        UnreadableError: It is no OPML, or goes over a limit.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    reader = _Reader()
    try:
        reader.parser.Parse(raw, True)  # noqa: FBT003 - takes no names
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code) or "it is no XML"
        text = f"OPML cannot be read: {said}{_HINTS.get(error.code, '')}"
        raise UnreadableError(text, error.lineno, error.offset + 1) from None
    except (ValueError, LookupError):
        raise UnreadableError("OPML cannot be read: its encoding is not known") from None
    return reader.outlines


class _Reader:
    """Collects outlines while expat reads."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self._folders: list[str | None] = []  # one for each element that is open
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.lower()
        if not self._folders and name != "opml":
            raise self._unreadable(f"this is no OPML: it begins with <{_line(name) or '?'}>")
        if len(self._folders) >= MAX_DEPTH:
            raise self._unreadable(f"outlines are nested more than {MAX_DEPTH} deep")
        said = {key.lower(): value for key, value in attributes.items()}
        title = _line(said.get("title") or said.get("text") or "") or None
        if name == "outline" and (url := said.get("xmlurl", "").strip()):
            self._take(url, title, said.get("category", ""))
        self._folders.append(title if name == "outline" else None)

    def _end(self, _name: str) -> None:
        self._folders.pop()

    def _take(self, url: str, title: str | None, categories: str) -> None:
        if len(self.outlines) >= MAX_OUTLINES:
            raise self._unreadable(f"there are more than {MAX_OUTLINES:,} feeds")
        folders = [folder for folder in self._folders if folder]
        named = (_line(part) for part in re.split(r"[,/]", categories[:4000]))
        tags = tuple(dict.fromkeys([*folders, *filter(None, named)]))[:MAX_TAGS]
        url = _BARE_FEED_SCHEME.sub("http://", _FEED_SCHEME.sub("", url))
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.outlines.append(Outline(url, title, tags, line, column))

    def _refuse_doctype(self, *_declared: object) -> None:
        raise self._unreadable("a DOCTYPE is not allowed; remove it")

    def _unreadable(self, text: str) -> UnreadableError:
        spot = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return UnreadableError(text, *spot)


def render(title: str, outlines: Iterable[Outline]) -> str:
    """Write subscriptions as OPML 2.0: the first tag is a folder, the others are categories."""
    folders: dict[str, list[Outline]] = {}
    for outline in outlines:
        folders.setdefault(outline.tags[0] if outline.tags else "", []).append(outline)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "  <head>"]
    lines += [f"    <title>{_escaped(title)}</title>", "  </head>", "  <body>"]
    lines += [f"    {_element(outline)}" for outline in folders.pop("", [])]
    for folder, inside in folders.items():
        lines.append(f"    <outline text={quoteattr(folder)}>")
        lines += [f"      {_element(outline)}" for outline in inside]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _element(outline: Outline) -> str:
    text = quoteattr(outline.title or outline.url)
    categories = ",".join(tag.replace(",", " ") for tag in outline.tags[1:])
    category = f" category={quoteattr(categories)}" if categories else ""
    return (
        f'<outline type="rss" text={text} title={text} xmlUrl={quoteattr(outline.url)}{category}/>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _line(text: str) -> str:
    """As a name or tag that fits on one line."""
    return " ".join(_NOT_SHOWN.sub(" ", text).split())[:MAX_LABEL].strip()
