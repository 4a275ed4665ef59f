"""Plain text and Markdown: the title, the article's lines, and nothing else.

============== ===========================================================
`words`        words and sentence ends, in any script
`lexicon`      words that boilerplate is made of, in 17 languages
`features`     what a single line shows
`context`      what the lines around it and the document show
`judgement`    what a first judgement of all lines says of each
`model`        the two trained models
`caution`      how much evidence it takes to leave a line out
`rules`        what is certain, and structures across lines
`memory`       what the site's other pages say
`people`       names in bylines and biographies
`reasons`      why a line was left out
`sorting`      all of that together
`titles`       the title, stated or derived
`published`    the date over the text
`wrap`         columns of wrapped text put together again
============== ===========================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedmill.article import Author, Removed
from workers.extract.blocks import paragraphs
from workers.extract.hints import Hints
from workers.extract.result import Extraction
from workers.extract.text import published, reasons, titles
from workers.extract.text.sorting import Sorted, sort_out
from workers.extract.text.words import count_words, ends_sentence, is_prose
from workers.extract.text.wrap import unwrap

__all__ = ["Sorted", "ends_sentence", "extract", "is_prose", "keep_flags", "sort_out"]

_NO_HINTS = Hints()


def extract(text: str, hints: Hints = _NO_HINTS) -> Extraction:
    """Find title and article in a plain text.

    Args:
        text: The text.
        hints: What is known from elsewhere; of it the lines of the site's other pages.
    """
    title, body = titles.split(unwrap(text.split("\n")))
    found = sort_out(body, hints.site)
    if title is None and _is_headed(found):
        title, found = found.lines[0], _without_first(found)
    day = published.of(found)
    kept = list(found.kept)
    return Extraction(
        text=paragraphs(kept),
        method="text/lines",
        title=title or titles.derive(kept),
        title_from="page" if title else "text" if kept else None,
        authors=tuple(Author(name=name) for name in found.authors),
        published=day,
        quality=quality(found),
        removed=tuple(
            Removed(reason=reason, lines=lines) for reason, lines in found.removed.items()
        ),
        provenance={"published": "text"} if day else {},
    )


def keep_flags(lines: Sequence[str]) -> list[bool]:
    """For each line of a text whether it belongs to the article; empty lines do not."""
    flags = iter(sort_out(lines).flags)
    return [next(flags) if line else False for line in lines]


def _is_headed(found: Sorted) -> bool:
    """Whether the first line goes for no other reason than that it is not of the text, as titles are not."""
    headed = bool(found.kept) and found.reasons[0] == reasons.OTHER
    return headed and titles.may_be_one(found.lines[0], found.kept)


def _without_first(found: Sorted) -> Sorted:
    return replace(
        found,
        lines=found.lines[1:],
        reasons=found.reasons[1:],
        probabilities=found.probabilities[1:],
    )


def quality(found: Sorted) -> float:
    """The F1 over words that the kept lines are likely to have, from the lines' probabilities."""
    sizes = [count_words(line) for line in found.lines]
    kept = sum(size for size, stays in zip(sizes, found.flags, strict=True) if stays)
    right = content = 0.0
    for size, probability, stays in zip(sizes, found.probabilities, found.flags, strict=True):
        content += size * probability
        right += size * probability * stays
    return round(2 * right / (kept + content), 3) if kept else 0.0
