"""`drop` of the sources file: lines that the operator does not want."""

from __future__ import annotations

import pytest

from feedmill.errors import ExtractionError
from tests.workers.samples import PROSE, lines_of
from workers.extract import MAX_BYTES, Options, extract


def test_dropped_lines_say_so():
    found = extract(lines_of(*PROSE), options=Options(drop=("^Engineers", "undertaking")))
    assert found.text.split("\n\n") == [PROSE[0], *PROSE[2:4]]
    assert found.removed[-1].reason == "dropped-by-config"
    assert found.removed[-1].lines == (PROSE[1], PROSE[4])


def test_a_dropped_list_item_does_not_take_the_list_along():
    found = extract(
        lines_of(PROSE[0], "- ropes", "- brought to you by ropes", "- boats", PROSE[1]),
        options=Options(drop=("brought",)),
    )
    assert found.text == f"{PROSE[0]}\n\n- ropes\n- boats\n\n{PROSE[1]}"


@pytest.mark.parametrize(
    "patterns", [["(?i)^engineers"], ["x", "(?i)^engineers"], [r"(zzz)", r"gr(e)\1d"]]
)
def test_each_pattern_means_what_it_means_alone(patterns):
    """`feedmill check` compiles each alone; the flag in front is the usual way to ignore case."""
    found = extract(lines_of(*PROSE), options=Options(drop=tuple(patterns)))
    assert PROSE[1] not in found.text.split("\n\n")
    assert PROSE[0] in found.text.split("\n\n")


def test_everything_dropped_is_no_text():
    with pytest.raises(ExtractionError) as caught:
        extract(lines_of(*PROSE), options=Options(drop=(".",)))
    assert caught.value.kind == "no-text"


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"-\n-\n", b"Sign up for our newsletter"])
def test_no_text(content):
    with pytest.raises(ExtractionError) as caught:
        extract(content, content_type="text/plain")
    assert caught.value.kind == "no-text"


def test_too_many_bytes():
    with pytest.raises(ExtractionError) as caught:
        extract(b"x" * (MAX_BYTES + 1))
    assert caught.value.kind == "too-big"
