"""How an extraction is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator wants.

    Attributes:
        mode: `default` asks trafilatura for a second opinion where it is needed; `fast` never does.
        precision: Prefer leaving out what is doubtful (True), or taking it in (False).
        metadata: Whether to read authors, dates, language and the like; a title is read at any rate.
        html: Whether `Extraction.html` is wanted.
        is_fragment: The bytes are the content of a feed entry: all of it is meant to be read.
        drop: Regular expressions; a line in which one is found is removed.
    """

    mode: Literal["default", "fast"] = "default"
    precision: bool | None = None
    metadata: bool = True
    html: bool = False
    is_fragment: bool = False
    drop: tuple[str, ...] = ()

    @property
    def care(self) -> float:
        """The beta of the F-measure that the text is chosen for: below 1, precision counts more."""
        return {True: 0.5, False: 1.3, None: 0.85}[self.precision]
