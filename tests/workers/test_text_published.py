"""The date over a plain text."""

from __future__ import annotations

import pytest

from tests.workers.samples import PROSE
from workers.extract import text


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["By Maria Lund", "14 March 2025, 6:42am"], "2025-03-14"),
        (["Publié le 22 février 2025 à 07h30, mis à jour le 23 février 2025"], "2025-02-22"),
        (["Published 3 July 2025", "Last modified on 5 July 2025"], "2025-07-03"),
        (["Last modified on 5 July 2025"], None),
        (["By Maria Lund"], None),
    ],
)
def test_the_date_over_a_text(lines, day):
    found = text.extract("\n".join(["Old crane goes", *lines, "", *PROSE]))
    assert found.text.split("\n\n") == list(PROSE)
    if day is None:
        assert found.published is None
        assert "published" not in found.provenance
    else:
        assert found.published is not None
        assert found.published.at.date().isoformat() == day
        assert found.published.precision == "day"
        assert found.published.from_ == "page"
        assert found.provenance == {"published": "text"}


def test_a_date_in_the_text_is_of_something_else():
    line = "The crane was built by hand on 3 May 2014, and the port has not had another one since."
    assert text.extract("\n".join(["Old crane goes", "", line, *PROSE])).published is None
