"""How sure a line must be to stay, by the lines around it; the probabilities are given here."""

from __future__ import annotations

import numpy as np

from tests.workers.samples import PROSE
from workers.extract.text.caution import wanted
from workers.extract.text.features import look_at

FRAME = ("Share", "Log in", "Cookie policy", "Advertisement", "Terms of use")


def kept(lines, probabilities):
    flags = wanted([look_at(line) for line in lines], np.array(probabilities, np.float32))
    return [line for line, flag in zip(lines, flags, strict=True) if flag]


def test_on_a_loud_page_a_doubtful_sentence_stays_right_after_the_text():
    last, later = "They will be back in May.", "Nobody has seen them since."
    lines = [PROSE[0], last, *FRAME, later]
    assert kept(lines, [0.9, 0.3, *[0.01] * 5, 0.3]) == [PROSE[0], last]
    assert kept(lines, [0.9, 0.2, *[0.01] * 5, 0.3]) == [PROSE[0]]


def test_the_first_sentence_of_a_quiet_text_stays():
    first = "It was very cold."
    assert kept([first, *PROSE], [0.3, *[0.9] * len(PROSE)]) == [first, *PROSE]
