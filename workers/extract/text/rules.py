"""What is certain whatever a model says, and structures that only show across lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workers.extract.metadata import walls
from workers.extract.text import boxes, people, reasons
from workers.extract.text.context import Floats
from workers.extract.text.features import Line

_KNOWN_BETTER = 0.9  # probability of a line above which looks are taken to deceive
_DOUBT = 0.7  # mean probability of lines below which they may be what they look like
_MAX_MARK = 12
_MAX_BULLET = 2  # characters; longer rows of dashes or asterisks part the sections of an article
_BULLETS = frozenset("-–—*_=~•·●○▪►◦‣|+»> ")
_MIN_ITEMS = 3
_MAX_GAP = 5  # lines from one separator to the next
_MOST = 0.8
_MIN_TAIL = 3  # lines
_MIN_TAIL_WORDS = 4.0
_TITLE_CASE = 0.6
_MIN_REPEATED = 25  # characters
_LATE = 0.5  # of the prose lines
_MAX_PROMPT_WORDS = 25
_MAX_PROMPT_CHARACTERS = 300
_LAST = 2  # prose lines at the end before which no biography stands


def certain(lines: Sequence[Line], probabilities: Floats) -> dict[int, str]:
    """Lines that go, with the reasons, unless the model knows better of what looks like them."""
    found = dict(_without_words(lines))
    found |= dict(_repeated(lines))
    items = _separated_items(lines)
    found |= items if not items or probabilities[list(items)].mean() < _DOUBT else {}
    tail = _headline_tail(lines, found)
    found |= tail if not tail or probabilities[list(tail)].mean() < _DOUBT else {}
    found |= dict(_biographies(lines, found))
    offers = [i for i, line in enumerate(lines) if i not in found and boxes.is_offer(line)]
    offers = [i for i in offers if probabilities[i] < _KNOWN_BETTER]
    found |= dict.fromkeys(offers, reasons.NEWSLETTER)
    prompts = [i for i, line in enumerate(lines) if i not in found and _is_prompt(line)]
    prompts = [i for i in prompts if not lines[i].good or probabilities[i] < _KNOWN_BETTER]
    found |= dict.fromkeys(prompts, reasons.CALL)
    return found


def _is_prompt(line: Line) -> bool:
    """Whether a line asks for a subscription, or counts the free articles that are left."""
    short = line.count <= _MAX_PROMPT_WORDS and len(line.text) <= _MAX_PROMPT_CHARACTERS
    if not short or boxes.quotes(line):
        return False
    return bool(walls.PROMPT.search(line.text) or walls.COUNTER.search(line.text))


def _without_words(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Bare bullets; other lines without words may be breaks, drawings or code."""
    for index, line in enumerate(lines):
        if len(line.text) <= _MAX_BULLET and {*line.text} <= _BULLETS:
            yield index, reasons.NO_WORDS


def _repeated(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """The second of two neighbours that say the same: nobody writes so, but pages hold things twice."""
    for index, (line, following) in enumerate(pairwise(lines), start=1):
        if len(line.text) >= _MIN_REPEATED and line.words == following.words:
            yield index, reasons.REPEATED


def _separated_items(lines: Sequence[Line]) -> dict[int, str]:
    """A list of other articles whose items stand between equal separators (bullets, dashes)."""
    found: dict[int, str] = {}
    marks: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if not line.words and len(line.text) <= _MAX_MARK:
            marks.setdefault(line.text, []).append(index)
    for places in marks.values():
        for run in _regular(places):
            gaps = [second - first for first, second in pairwise(run)]
            firsts = [lines[i + 1] for i in run if i + 1 < len(lines)]
            headlines = [line for line in firsts if line.words and not line.good]
            if len(headlines) >= max(_MIN_ITEMS, _MOST * len(firsts)) and max(gaps) > 1:
                end = min(run[-1] + sorted(gaps)[len(gaps) // 2], len(lines))
                found |= dict.fromkeys(range(run[0], end), reasons.RELATED)
    return found


def _regular(places: Sequence[int]) -> Iterator[list[int]]:
    """Runs of places at short distances, of at least three."""
    run: list[int] = []
    for place in places:
        if run and place - run[-1] > _MAX_GAP:
            if len(run) >= _MIN_ITEMS:
                yield run
            run = []
        run.append(place)
    if len(run) >= _MIN_ITEMS:
        yield run


def _headline_tail(lines: Sequence[Line], gone: dict[int, str]) -> dict[int, str]:
    """Headlines of other articles after the end of this one: in title case, none ends a sentence."""
    open_lines = [(i, line) for i, line in enumerate(lines) if i not in gone]
    last = max((i for i, line in open_lines if line.good), default=-1)
    tail = [(i, line) for i, line in open_lines if i > last]
    if last < 0 or len(tail) < _MIN_TAIL:
        return {}
    if any(line.bullet or line.text.endswith((".", ":")) for _, line in tail):
        return {}
    words = sum(line.count for _, line in tail) / len(tail)
    capitals = sum(line.capitals for _, line in tail) / len(tail)
    if words < _MIN_TAIL_WORDS or capitals < _TITLE_CASE:
        return {}
    return {i: reasons.RELATED for i, _ in tail}


def _biographies(lines: Sequence[Line], gone: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Who the author is, near the end of the article or after it."""
    prose = [i for i, line in enumerate(lines) if line.good and i not in gone]
    first = prose[int(len(prose) * _LATE)] if prose else 0
    last = prose[-_LAST] if len(prose) >= _LAST else -1
    for index, line in enumerate(lines):
        if index >= max(first, last) and index not in gone and people.of_biography(line):
            yield index, reasons.BIOGRAPHY
