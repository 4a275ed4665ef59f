"""Which lines of a plain text belong to the article. Every line here is of our own writing."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE
from workers.extract.text import keep_flags
from workers.extract.text.sorting import MAX_LINES, sort_out


def around(*middle: str) -> list[str]:
    """Lines in the middle of an article."""
    return [*PROSE[:2], *middle, *PROSE[2:]]


def stays(*lines: str) -> None:
    found = sort_out(around(*lines))
    assert [line for line in lines if line not in found.kept] == []
    assert found.kept == tuple(around(*lines))


CHINESE = (
    "港口冬季关闭。旧起重机将于春季拆除，市议会周一同意了这项计划。",
    "渡轮仍将每天开行三班，码头工人说他们对此感到满意。",
)


# ---- what goes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Sign up for our newsletter", "newsletter-prompt"),
        ("Get the best of the week delivered directly to your inbox.", "newsletter-prompt"),
        ("Our daily email brings the island to your inbox, every morning.", "newsletter-prompt"),
        ("A free daily email with all the news of the harbour", "newsletter-prompt"),
        ("-", "no-words"),
        ("•", "no-words"),
    ],
)
def test_what_is_not_of_the_article(line, reason):
    found = sort_out(around(line))
    assert found.removed == {reason: (line,)}
    assert found.kept == PROSE


@pytest.mark.parametrize(
    "box",
    [
        ("Newsletter abonnieren", "Jeden Morgen das Wichtigste kostenlos in Ihr Postfach"),
        ("Inscrivez-vous à notre newsletter", "Chaque matin dans votre boîte mail, gratuitement"),
        (
            "Suscríbete a nuestro boletín",
            "Recibe cada mañana las noticias en tu correo electrónico",
        ),
        ("Iscriviti alla newsletter", "Ricevi ogni mattina le notizie nella tua casella email"),
        ("Assine a nossa newsletter", "Receba todas as manhãs as notícias no seu e-mail"),
        ("Meld je aan voor de nieuwsbrief", "Ontvang elke ochtend het nieuws in je inbox"),
        ("Zapisz się na newsletter", "Otrzymuj wiadomości na swoją skrzynkę mailową"),
        ("Подпишитесь на рассылку", "Получайте главные новости каждое утро на почту"),
        ("订阅我们的电子报", "每天早上把新闻送到您的邮箱"),
        ("メールマガジンに登録する", "ニュースレターをメールアドレスにお届けします"),
    ],
)
def test_offers_of_mail_in_ten_languages(box):
    found = sort_out([*GERMAN[:2], *box, *GERMAN[2:]])
    assert found.kept == GERMAN
    assert set(found.removed) == {"newsletter-prompt"}


def test_a_neighbouring_copy_of_a_line_goes():
    found = sort_out(around(PROSE[1]))
    assert found.kept == PROSE
    assert found.removed == {"repeated": (PROSE[1],)}


def test_a_list_of_teasers_between_bare_bullets():
    teasers = ("-", "How the bridge was built", "The Explainer It took three years", "-")
    more = ("Why the ferry is late", "Big question The tide says when", "-", "What a pilot does")
    found = sort_out([*PROSE, *teasers, *more])
    assert found.kept == PROSE
    assert found.removed == {"related-headlines": (*teasers, *more)}


def test_headlines_of_other_articles_after_the_end():
    headlines = (
        "Islands Ask for a Second Ferry Before Summer",
        "Council Postpones Vote on the New Bridge Again",
        "Storm Closes Northern Harbour for a Third Day",
    )
    found = sort_out([*PROSE, *headlines])
    assert found.removed == {"related-headlines": headlines}


def test_the_biography_of_a_desk_names_the_author():
    line = "Harbour Desk covers ports and ferries; its editor has been on the islands since spring."
    found = sort_out([*PROSE, line])
    assert found.removed == {"biography": (line,)}
    assert found.authors == ("Harbour Desk",)


def test_the_name_of_the_site_within_its_box():
    found = sort_out(around("Harbour News", "Sign up for the free newsletters of Harbour News"))
    assert found.kept == PROSE


def test_a_slogan_within_a_box():
    slogan = "Know what floats. Get the facts behind the tides and ask your questions about them."
    offer = "Sign up for the free newsletters of Harbour News"
    assert sort_out(around("Harbour News", slogan, offer)).kept == PROSE
    assert sort_out(around(slogan, offer)).kept == tuple(around(slogan))


@pytest.mark.parametrize(
    "line",
    [
        "This is your last free article this week.",
        "You have 3 free articles left this month",
        "Jetzt abonnieren ab 2 Euro im Monat",
        "S'abonner à partir de 2 € par mois",
        "Suscríbete desde 1 € al mes",
        "Assine a partir de R$ 5 por mês",
        "Abbonati da 1 euro al mese",
        "Подписка от 99 рублей в месяц",
        "本文为付费内容，登录后继续阅读",
        "この記事は有料記事です。残り480文字",
        "Abonelik 49 TL'den itibaren",
    ],
)
def test_prompts_to_pay(line):
    found = sort_out(around(line))
    assert found.kept == PROSE
    assert set(found.removed) == {"call-to-action"}


def test_a_quoted_prompt_stays():
    stays("“Subscribe to continue,” said the sign that the guard had hung on the gate on Monday.")


def test_a_name_at_a_place_over_a_date_is_a_byline():
    found = sort_out(["Ann Stone at Quay Park", "Sat 8 Nov 2025 17.02 GMT", *PROSE])
    assert found.kept == PROSE
    assert found.authors == ("Ann Stone",)


def test_a_department_is_no_author():
    assert sort_out([*CHINESE, "责任编辑：本报编辑部"]).authors == ()


FRAME = (
    *("Share", "Log in", "Cookie policy", "Advertisement", "Terms of use", "Related articles"),
    *("Leave a comment", "© 2025 Harbour News. All rights reserved.", "Privacy policy"),
)


def test_a_frame_without_an_article_leaves_nothing():
    headlines = ("- A second ferry for the islands", "- Is the old pier safe?")
    assert sort_out([*FRAME[:5], *headlines, *FRAME[5:]]).kept == ()


def test_a_short_last_paragraph_on_a_loud_page_stays():
    last = "They will be back in May."
    assert sort_out([*PROSE, last, *FRAME]).kept == (*PROSE, last)


# ---- what stays


@pytest.mark.parametrize("text", [PROSE, GERMAN])
def test_an_article_without_anything_else_stays_whole(text):
    found = sort_out(text)
    assert found.kept == text
    assert found.removed == {}
    assert found.authors == ()


@pytest.mark.parametrize(
    "line",
    [
        "The publisher said that its newsletter had reached forty thousand readers by the spring.",
        "The regulator fined the firm because it had set cookies without asking anybody first.",
        "Staff could not log in to the booking system for three hours, the ferry company said.",
        "A subscription costs four crowns in the first month and nine in every month after that.",
        "“Your subscription will end in May,” says the letter that the readers of the paper got.",
        "The advertisement showed the old crane, which the makers of beer had not asked for.",
        "More from the fund was not to be had, and so the council of the islands paid for it.",
    ],
)
def test_prose_that_mentions_newsletters_and_cookies(line):
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "Nobody could log in.",
        "Then came the advertisement.",
        "Related costs rose by a third.",
        "Recommended doses were halved, the clinic said.",
    ],
)
def test_short_sentences_that_mention_them(line):
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "Die Redaktion verschickt ihren Newsletter jeden Freitag, und sie will daran festhalten, teilte der Verlag mit.",
        "Nach Angaben der Behörde haben 4000 Menschen den Newsletter bestellt, und ihre Zahl wächst von Woche zu Woche.",
        "El puerto lanzó en mayo su newsletter semanal, que ya leen cuarenta mil personas en toda la región.",
    ],
)
def test_she_and_her_are_not_the_reader(line):
    """German sie/ihre and Spanish su mean a third person far more often than the reader."""
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "The Newspaper Guild has written to every editor of the islands to ask for talks, it said.",
        "Harbour Union was the first to ask for it, a columnist of the paper wrote on Monday.",
    ],
)
def test_an_organisation_in_the_last_sentence_is_no_author(line):
    found = sort_out([*PROSE, line])
    assert found.authors == ()
    assert found.kept == (*PROSE, line)


def test_an_article_in_parts_with_breaks_between_them():
    """Three asterisks between short parts are a habit of long reports, not a list of teasers."""
    text = [*PROSE[:2], "***", *PROSE[2:4], "***", *GERMAN[:2], "***", PROSE[4], *GERMAN[2:]]
    assert sort_out(text).kept == tuple(text)


def test_a_list_at_the_end_stays():
    items = ("- rope and anchors", "- two boats of the pilots", "- the light of the old pier")
    assert sort_out([*PROSE, *items]).kept == (*PROSE, *items)


def test_a_list_of_many_short_things_is_an_article_too():
    """Nothing here looks like prose, but nothing looks like the frame of a page either."""
    items = [f"Crane number {n}, {1900 + n}, {n * 7} tonnes" for n in range(3, 30)]
    found = sort_out(["These are all the cranes of the harbour since it was built.", *items])
    assert all(found.flags)


def test_chinese_prose_stays():
    text = ("港口冬季关闭。旧起重机将于春季拆除。", "市议会周一同意了这项计划。")
    assert sort_out(text).kept == text


def test_a_text_that_is_all_offers_leaves_nothing():
    assert sort_out(["Sign up for our newsletter"]).kept == ()


def test_flags_are_for_the_lines_given():
    lines = [PROSE[0], "", "-", PROSE[1]]
    assert keep_flags(lines) == [True, False, False, True]


# ---- lines made to take long


def seconds(lines: list[str]) -> float:
    sort_out(PROSE)  # loads what is loaded once
    started = time.perf_counter()
    sort_out(lines)
    return time.perf_counter() - started


@pytest.mark.parametrize(
    "line",
    [
        *("newsletter " + "„" * 20_000, "A" * 1_000_000, "a. " * 300_000, "A. B " * 200_000),
        *("(" * 100_000, "\u3042" * 300_000, "By " * 300_000, "- " * 500_000, "," * 500_000),
    ],
)
def test_a_line_made_to_take_long_ends_in_time(line):
    assert seconds([*PROSE, line]) < 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        [line for n in range(9_900) for line in (f"newsletter {n}", f"Art {n}")],
        ["sign up for your newsletter"] * MAX_LINES,
        ["-" * (n % 300 + 1) for n in range(MAX_LINES)],
        [f"line {n} of a very long text" for n in range(5 * MAX_LINES)],
    ],
)
def test_many_lines_end_in_time(lines):
    assert seconds(lines) < 20


# ---- rules that hold for every text

LINES = st.lists(
    st.sampled_from(
        [
            *PROSE,
            *GERMAN[:2],
            *("-", "***", "", "Sign up for our newsletter", "Advertisement", "Related: bridge"),
            *("Harbour News", "The harbour was quiet.", "Storm Closes Northern Harbour Again"),
        ]
    )
    | st.text(max_size=40),
    max_size=25,
)


@settings(max_examples=50, deadline=None)
@given(LINES)
def test_no_line_is_invented_and_none_is_lost_without_a_reason(lines):
    found = sort_out(lines)
    removed = [line for dropped in found.removed.values() for line in dropped]
    assert Counter([*found.kept, *removed]) == Counter(line for line in lines if line)
    assert all(0 <= probability <= 1 for probability in found.probabilities)


@settings(max_examples=50, deadline=None)
@given(LINES)
def test_what_is_kept_is_in_its_order(lines):
    rest = iter(lines)
    assert all(line in rest for line in sort_out(lines).kept)
