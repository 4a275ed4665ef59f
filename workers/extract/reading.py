"""A page that has been read, and not yet been judged.

Two steps, so that the lines of a page can be looked up in its site's memory before it is decided which of them
are the article, without parsing it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workers.extract import fragment, text
from workers.extract.hints import Hints
from workers.extract.result import Extraction


class Reading(Protocol):
    """A page that has been read."""

    @property
    def lines(self) -> Sequence[str]:
        """All its lines of text, in order."""

    def extract(self, hints: Hints) -> Extraction:
        """Find the article in it.

        Raises:
            ExtractionError: kind `no-text` if there is none.
        """


@dataclass(frozen=True, slots=True)
class TextReading:
    """A plain text."""

    whole: str

    @property
    def lines(self) -> Sequence[str]:
        """Its lines, empty ones left out."""
        return [line for raw in self.whole.split("\n") if (line := raw.strip())]

    def extract(self, hints: Hints) -> Extraction:
        """Find the article in it."""
        return text.extract(self.whole, hints)


@dataclass(frozen=True, slots=True)
class FragmentReading:
    """The HTML inside a feed entry: all of it is meant to be read."""

    markup: str

    @property
    def lines(self) -> Sequence[str]:
        """The lines of its text."""
        return [line for line in fragment.extract(self.markup).text.split("\n") if line]

    def extract(self, hints: Hints) -> Extraction:  # noqa: ARG002 - nothing is chosen
        """Its text."""
        return fragment.extract(self.markup)
