"""feedmill itself, as benchmarks call it: its modes, and variants with a part switched off or on.

The one place in `bench/` that knows how the extractor is called.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.race import Answer, Extract
from feedmill.errors import ExtractionError
from workers import extract as engine
from workers.extract import Extraction, Hints, Options, text

MODES = ("default", "fast")


@dataclass(frozen=True, slots=True)
class Variant:
    """feedmill with something changed.

    Attributes:
        name: What it is called in the table.
        about: What is changed, in words.
        options: Fields of `workers.extract.Options`.
        hints: `site` or `feed`, where the page comes with what is known from elsewhere.
        patches: What is put in the place of something inside, by module and name, while it runs.
    """

    name: str
    about: str
    options: Mapping[str, Any] = field(default_factory=dict)
    hints: str | None = None
    patches: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def missing(self) -> str | None:
        """Why it cannot be tried with this version of feedmill, or None."""
        try:
            Options(**self.options)
        except TypeError:
            return f"options {dict(self.options)} do not exist"
        for module, name in self.patches:
            try:
                getattr(import_module(module), name)
            except (ImportError, AttributeError):
                return f"{module}.{name} does not exist"
        return None


def _likely(
    probabilities: Any, words: Any, **_options: float
) -> tuple[np.ndarray[Any, Any], float]:
    """In place of the choice of the best set: every block that is likelier than not."""
    keep = np.asarray(probabilities) > 0.5  # a half
    return keep, float(np.asarray(words)[keep].size > 0)


# The ablation table (`python -m bench ablation`) has a row for each. What does not exist in this version is told
# of there, not passed over in silence.
VARIANTS = (
    Variant("default", "as it is"),
    Variant("fast", "never a second opinion", {"mode": "fast"}),
    Variant(
        "always asked",
        "a second opinion on every page",
        patches={("workers.extract.html.judge", "SURE"): 2.0},
    ),
    Variant("text alone", "no metadata, fast", {"mode": "fast", "metadata": False}),
    Variant(
        "no endings",
        "short last paragraphs are left to the models",
        patches={("workers.extract.html.endings", "kept_on"): lambda _outline, keep: keep},
    ),
    Variant(
        "no bodies",
        "structured data is no candidate",
        patches={("workers.extract.metadata.articlebody", "bodies"): lambda *_, **__: []},
    ),
    Variant(
        "no choice",
        "each block by itself, no best set",
        {"mode": "fast"},
        patches={("workers.extract.html.choice", "choose"): _likely},
    ),
    Variant("with site memory", "knows three other pages of the site", hints="site"),
    Variant("with feed witness", "knows title and first 40 words, as feeds do", hints="feed"),
)


def modes() -> dict[str, Extract]:
    """The modes, by the name shown; the last gives the text alone, as other extractors do."""
    with_metadata = {f"feedmill, {mode}": extractor({"mode": mode}) for mode in MODES}
    text_alone = extractor({"mode": "fast", "metadata": False})
    return {**with_metadata, "feedmill, fast, text alone": text_alone}


def extractor(
    options: Mapping[str, Any] | None = None,
    *,
    hints: Mapping[bytes, Hints] | None = None,
    patches: Mapping[tuple[str, str], Any] | None = None,
) -> Extract:
    """A function from an HTML page and its address to an answer.

    Args:
        options: Fields of `workers.extract.Options`.
        hints: What is known from elsewhere, by the page.
        patches: As in `Variant`.
    """

    def call(content: bytes, url: str | None) -> Answer:
        known = hints.get(content) if hints else None
        with _patched(patches or {}):
            found = extract(content, url, content_type="text/html", hints=known, options=options)
        return Answer(found.text, found.quality) if found else Answer("")

    return call


@contextlib.contextmanager
def _patched(patches: Mapping[tuple[str, str], Any]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for (module, name), value in patches.items():
            stack.enter_context(patch(f"{module}.{name}", value))
        yield


def extract(
    content: bytes,
    url: str | None,
    *,
    content_type: str | None = None,
    hints: Hints | None = None,
    options: Mapping[str, Any] | None = None,
) -> Extraction | None:
    """The `Extraction` of a page, or None where it says that there is no article."""
    try:
        return engine.extract(
            content,
            url=url,
            content_type=content_type,
            hints=hints,
            options=Options(**options) if options else None,
        )
    except ExtractionError:
        return None


def lines_of(content: bytes, url: str | None, content_type: str) -> list[str]:
    """All lines of a page, as site memory counts them; none where there is no text in it."""
    try:
        return engine.lines_of(content, url=url, content_type=content_type)
    except ExtractionError:
        return []


def keep_flags(lines: Sequence[str]) -> list[bool]:
    """For each line of a plain text whether it stays."""
    return list(text.keep_flags(list(lines)))
