from __future__ import annotations

import pytest

from tests.articles import make_article
from workers.dedup.revision import change, is_same_article, text_change

BODY = (
    "The harbour board met on Tuesday and agreed to dredge the northern channel before the winter.\n\n"
    "Ships of more than nine metres draught will have to wait for the tide until the work is done."
)


@pytest.mark.parametrize(
    ("line", "later"),
    [
        ("Updated 3 hours ago", "Updated 4 hours ago"),
        ("12 comments", "1,204 comments"),
        ("Last modified on 5 May 2026 at 10:45 GMT", "Last modified on 6 May 2026 at 09:12 GMT"),
        ("Aktualisiert am 3. März um 12:30 Uhr", "Aktualisiert am 3. März um 14:05 Uhr"),
        ("Mis à jour le 4 juin 2026 à 10h30", "Mis à jour le 4 juin 2026 à 11h02"),
        ("Hace 3 horas", "Hace 5 horas"),
        ("Обновлено 12 минут назад", "Обновлено 25 минут назад"),
        ("5 May 2026", "6 May 2026"),
        ("3 min read", ""),
    ],
)
def test_a_line_that_counts_or_dates_makes_no_revision(line, later):
    assert text_change(f"{line}\n\n{BODY}", f"{later}\n\n{BODY}") == "trivial"
    assert text_change(f"{BODY}\n\n{line}", f"{BODY}\n\n{later}") == "trivial"


def test_typography_makes_no_difference():
    before = 'The board\'s "northern" channel -- all of it.'
    after = "The board’s “northern” channel — all\u00a0of it."
    assert text_change(before, after) == "same"
    assert text_change("one two\n\nthree", "one two three") == "same"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Three people were hurt.", "Five people were hurt."),
        ("Death toll rises to 5", "Death toll rises to 7"),
        ("Final score 3:2", "Final score 3:3"),
        ("3 2 1 8", "3 2 1 11"),
        (
            "The board said it was updated 3 hours ago by the office of the mayor of Trieste",
            "Nothing.",
        ),
        ("", "A spokesperson for the port declined to comment."),
        ("One line more than there was.", ""),
        ("One line.\n\nAnother line.", "Another line.\n\nOne line."),
        ("12 comments\n\nOne line.\n\nAnother.", "13 comments\n\nAnother.\n\nOne line."),
    ],
)
def test_everything_else_is_an_edit(before, after):
    assert text_change(f"{BODY}\n\n{before}", f"{BODY}\n\n{after}") == "changed"


def test_a_new_headline_is_an_edit_where_the_same_source_gives_it():
    before = make_article(1, text=BODY, title="Board meets", title_from="page")
    after = make_article(1, text=BODY, title="Board agrees to dredge", title_from="page")
    assert change(before, after) == "changed"
    assert (
        change(before, make_article(1, text=BODY, title="BOARD MEETS", title_from="page")) == "same"
    )
    # Of two feeds that call it differently neither is news.
    other = make_article(1, text=BODY, title="Port news", title_from="feed", source_id="other")
    assert change(before, other) == "same"
    derived = make_article(1, text=BODY, title="The harbour board", title_from="text")
    assert change(before, derived) == "same"


def test_a_name_is_borne_out_by_the_text():
    before = make_article(1, text=BODY, title="Weekly notes")
    edited = make_article(
        2, text=BODY.split("\n\n", maxsplit=1)[0] + "\n\nAnother end.", title="Changed"
    )
    assert is_same_article(before, edited)
    next_week = make_article(
        3,
        title="Weekly notes",
        text="Swans have come back to the inner basin, and the swimming season opens on Saturday with a race.",
    )
    assert not is_same_article(before, next_week)


def test_a_text_of_very_many_lines_is_compared_in_linear_time():
    before = "\n\n".join(["to and fro", "fro and to"] * 20_000)
    after = before.replace("fro and to", "fro, and to and", 1)
    assert text_change(before, after) == "changed"
    assert text_change(f"{before}\n\n3 comments", f"{before}\n\n4 comments") == "trivial"
