"""Columns of wrapped text."""

from __future__ import annotations

import textwrap
import time

import pytest

from tests.workers.samples import GERMAN, PROSE
from workers.extract.text.wrap import unwrap

PARAGRAPHS = [" ".join(PROSE), " ".join(reversed(PROSE)), " ".join(GERMAN)]


@pytest.mark.parametrize("width", [50, 65, 72, 80])
def test_paragraphs_are_put_together(width):
    lines: list[str] = []
    for paragraph in PARAGRAPHS:
        lines += [*textwrap.wrap(paragraph, width), ""]
    assert [line for line in unwrap(lines) if line] == PARAGRAPHS


def test_lines_that_are_paragraphs_stay_as_they_are():
    lines = [PROSE[0], "", *PROSE[1:], "", *GERMAN]
    assert unwrap(lines) == lines


def test_a_list_of_short_lines_stays_as_it_is():
    lines = [f"Crane number {n} of the harbour" for n in range(20)]
    assert unwrap(lines) == lines


def test_verse_stays_as_it_is():
    lines = [
        "The sea is calm to-night",
        "the tide is full, the moon",
        "lies fair upon the straits",
    ] * 4
    assert unwrap(lines) == lines


def test_one_paragraph_of_many_lines_ends_in_time():
    lines = textwrap.wrap(" ".join(PROSE * 3_000), 70)
    started = time.perf_counter()
    assert unwrap(lines) == [" ".join(PROSE * 3_000)]
    assert time.perf_counter() - started < 2
