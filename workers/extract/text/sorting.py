"""Which lines of a text belong to its article, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workers.extract import dates
from workers.extract.hints import SiteLines
from workers.extract.text import boxes, caution, features, memory, model, people, reasons, rules
from workers.extract.text.context import Floats
from workers.extract.text.features import Line

MAX_LINES = 20_000
_NO_SITE = SiteLines()
_BORDER = 12  # lines above the first and below the last kept line in which a byline may stand
_HEAD = 2  # lines at the top of which one is a byline if a date follows
_MIN_PARAGRAPH = 100  # characters; in some scripts sentences end without a mark
_NOT_ALONE = frozenset({"newsletter", "account", "cookie", "legal", "advert", "share", "related"})


@dataclass(frozen=True, slots=True)
class Sorted:
    """A text's lines, sorted.

    Attributes:
        lines: The lines, without those that are empty.
        reasons: For each the reason that it goes, or none.
        probabilities: How probably each belongs to the article, by the model.
        authors: Who is named in bylines and biographies that go.
    """

    lines: tuple[str, ...]
    reasons: tuple[str | None, ...]
    probabilities: tuple[float, ...]
    authors: tuple[str, ...]

    @property
    def flags(self) -> tuple[bool, ...]:
        """Whether each line stays."""
        return tuple(reason is None for reason in self.reasons)

    @property
    def kept(self) -> tuple[str, ...]:
        """The lines that stay."""
        return tuple(
            line for line, reason in zip(self.lines, self.reasons, strict=True) if not reason
        )

    @property
    def removed(self) -> dict[str, tuple[str, ...]]:
        """The others by reason."""
        found: dict[str, list[str]] = {}
        for line, reason in zip(self.lines, self.reasons, strict=True):
            if reason is not None:
                found.setdefault(reason, []).append(line)
        return {reason: tuple(lines) for reason, lines in found.items()}


def sort_out(lines: Sequence[str], site: SiteLines = _NO_SITE) -> Sorted:
    """Sort the lines of one text. Empty lines do not count.

    Of a text of more than `MAX_LINES` the first and the last half of so many are judged; what is between
    them is the middle of something long, and stays.

    Args:
        lines: The lines, stripped.
        site: What is known of the other pages of the site.
    """
    shown = [line for line in lines if line]
    if len(shown) <= MAX_LINES:
        return _sorted(shown, site)
    half = MAX_LINES // 2
    head, tail = _sorted(shown[:half], site), _sorted(shown[-half:], site)
    between = len(shown) - MAX_LINES
    return Sorted(
        lines=tuple(shown),
        reasons=(*head.reasons, *(None,) * between, *tail.reasons),
        probabilities=(*head.probabilities, *(0.5,) * between, *tail.probabilities),
        authors=tuple(dict.fromkeys((*head.authors, *tail.authors))),
    )


def _sorted(lines: Sequence[str], site: SiteLines) -> Sorted:
    seen = [features.look_at(line) for line in lines]
    probabilities = model.probabilities(seen)
    known = memory.of_the_site(seen, site, probabilities)
    why = {int(index): reasons.SITE for index in np.flatnonzero(known)}
    rest = np.flatnonzero(~known)
    if why:
        probabilities = _without_known(seen, rest, probabilities, site)
    why |= _unwanted(seen, rest, probabilities)
    why = _no_frame_alone(seen, _not_nothing(seen, probabilities, why))
    why |= dict.fromkeys(_bylines_with_places(seen, why), reasons.BYLINE)
    return Sorted(
        lines=tuple(line.text for line in seen),
        reasons=tuple(why.get(index) for index in range(len(seen))),
        probabilities=tuple(map(float, probabilities)),
        authors=tuple(dict.fromkeys(_authors(seen, why))),
    )


def _unwanted(
    lines: Sequence[Line], rest: npt.NDArray[np.intp], probabilities: Floats
) -> dict[int, str]:
    """What goes of the lines that the site's memory has nothing against, with reasons."""
    shown = [lines[index] for index in rest]
    keep = caution.wanted(shown, probabilities[rest])
    why = {int(index): reasons.of(shown[index]) for index in np.flatnonzero(~keep)}
    why |= rules.certain(shown, probabilities[rest])
    why |= dict.fromkeys(boxes.complete(shown, why, probabilities[rest]), reasons.NEWSLETTER)
    return {int(rest[index]): reason for index, reason in why.items()}


def _without_known(
    lines: Sequence[Line], rest: npt.NDArray[np.intp], probabilities: Floats, site: SiteLines
) -> Floats:
    """The other lines judged anew, as if the site's lines had never been between them."""
    alone = model.probabilities([lines[index] for index in rest])
    judged = np.zeros_like(probabilities)
    judged[rest] = memory.lift(alone, site)
    return judged


def _not_nothing(
    lines: Sequence[Line], probabilities: Floats, why: dict[int, str]
) -> dict[int, str]:
    """Where no line would stay: the text is no page with a frame, so what has no mark of one stays."""
    if len(why) < len(lines):
        return why
    best = float(probabilities.max(initial=0.0)) / 2
    return {
        index: reason
        for index, reason in why.items()
        if lines[index].hits.has(*_NOT_ALONE)
        or not lines[index].words
        or probabilities[index] < best
    }


def _no_frame_alone(lines: Sequence[Line], why: dict[int, str]) -> dict[int, str]:
    """All lines, where they are the frame of a page and what stays has neither a sentence nor a paragraph."""
    kept = [line for index, line in enumerate(lines) if index not in why]
    if any(map(_is_told, kept)):
        return why
    if not kept or not caution.is_loud(lines):
        return why
    return {index: why.get(index) or reasons.of(line) for index, line in enumerate(lines)}


def _is_told(line: Line) -> bool:
    """Whether a line is a sentence or a paragraph; headlines ask questions, too, and items of lists are no sentences."""
    sentence = line.ends and not line.bullet and not line.text.endswith(("?", "？"))
    return line.good or sentence or len(line.text) >= _MIN_PARAGRAPH


def _bylines_with_places(lines: Sequence[Line], why: dict[int, str]) -> Iterator[int]:
    """A name at a place ("Ann Smith at Hill Park") at the top, over a date."""
    for index, (line, following) in enumerate(pairwise(lines[: _HEAD + 1])):
        dated = not following.ends and dates.found_in(following.text)
        if dated and why.get(index) == reasons.OTHER and people.is_name_at_place(line):
            yield index


def _authors(lines: Sequence[Line], why: dict[int, str]) -> Iterator[str]:
    """Names in the bylines around the article, then in biographies."""
    kept = [index for index in range(len(lines)) if index not in why]
    first, last = (kept[0], kept[-1]) if kept else (0, len(lines))
    for index in sorted(why):
        near = first - _BORDER <= index <= last + _BORDER
        if near and why[index] == reasons.BYLINE:
            yield from people.of_byline(lines[index])
    for index in sorted(why):
        if why[index] == reasons.BIOGRAPHY:
            name = people.of_biography(lines[index])
            if name:
                yield name
