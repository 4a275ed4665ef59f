"""When another text of the same page counts as an improvement: only where it is surely no worse."""

from __future__ import annotations

import pytest

from workers.dedup.improvement import Found, judge

SENTENCES = [
    "The harbour crane fell into the basin on Monday morning, the port authority said.",
    "Nobody was hurt, because the quay had been cleared an hour before the storm came.",
    "Divers will look at the wreck as soon as the wind allows, and ships wait outside.",
    "The crane was built in the year nineteen sixty two and was to be sold in autumn.",
]
TEXT = "\n\n".join(SENTENCES)
LONGER = TEXT + "\n\nRead more about harbours: cranes, quays and the people who look after them."
OTHER = "We value your privacy. We and our partners store information on a device, such as cookies."


def found(text: str = TEXT, quality: float | None = 0.8, version: str = "1") -> Found:
    return Found(text, quality, version)


@pytest.mark.parametrize(
    ("after", "judgement"),
    [
        pytest.param(found(), "unchanged", id="the same"),
        pytest.param(found(quality=0.99, version="2"), "unchanged", id="the same, thought better"),
        pytest.param(found(TEXT.replace(". ", ".  ")), "unchanged", id="other white space"),
        pytest.param(found(TEXT + "\n\n3 hours ago"), "unchanged", id="a line that dates"),
        pytest.param(found(LONGER, 0.9), "improved", id="better"),
        pytest.param(found(SENTENCES[0], 0.9), "improved", id="shorter and better"),
        pytest.param(found(OTHER, 0.9), "improved", id="another text and better"),
        pytest.param(found(LONGER, 0.7), "kept", id="worse"),
        pytest.param(found(LONGER, 0.7, "2"), "kept", id="worse by a newer version"),
        pytest.param(found(LONGER, 0.805), "kept", id="as good, by the same version"),
        pytest.param(found(LONGER, 0.805, "2"), "improved", id="as good, by another version"),
        pytest.param(found(LONGER, 0.795, "2"), "improved", id="about as good, by another version"),
        pytest.param(found(OTHER, 0.8, "2"), "kept", id="another text, as good"),
        pytest.param(found(LONGER, None, "2"), "improved", id="unknown, by another version"),
        pytest.param(found(LONGER, None), "kept", id="unknown, by the same version"),
        pytest.param(found(OTHER, None, "2"), "kept", id="another text, unknown"),
    ],
)
def test_what_another_text_is(after, judgement):
    assert judge(found(), after) == judgement


def test_one_version_never_goes_to_and_fro():
    """What is an improvement one way is none the other way."""
    texts = [TEXT, LONGER, SENTENCES[0], OTHER]
    for before in texts:
        for after in texts:
            for quality in (0.7, 0.795, 0.8, 0.9, None):
                one, other = found(before), found(after, quality)
                there, back = judge(one, other), judge(other, one)
                assert (there, back) != ("improved", "improved")
