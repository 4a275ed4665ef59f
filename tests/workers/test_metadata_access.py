"""What is free, what is paid for, and pages that are nothing but a wall."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from tests.workers.samples import GERMAN, PROSE, html_page, json_ld
from workers.extract import metadata
from workers.extract.metadata import access

TEASER = "\n\n".join(PROSE)


def read(text: str, *, head: str = "", body: str = "") -> access.Access:
    return access.read(fromstring(html_page(body or f"<p>{text}</p>", head=head)), text)


@pytest.mark.parametrize(
    "text",
    [
        "We value your privacy. Accept all cookies to go on.",
        "Just a moment...",
        "Just a moment…\nEnable JavaScript and cookies to continue",
        "Are you a robot?\nTo continue, please click the box below to let us know you're not a robot.",
        "Please enable JS and disable any ad blocker. JavaScript is required to use this site.",
        "Sign in to continue",
        "Access denied. You have been blocked.",
        "Ihre Privatsphäre ist uns wichtig. Mit Werbung weiterlesen oder Abo. Alle akzeptieren",
        "Bitte anmelden",
        "Tout accepter\nContinuer sans accepter",
        "Aceptar y continuar. Utilizamos cookies.",
        "Usamos cookies. Aceitar todos os cookies",
        "Accetta tutti i cookie",
        "Включите JavaScript, чтобы продолжить. Подтвердите, что вы не робот",
        "请启用 JavaScript",
        "JavaScript を有効にしてください",
        "Çerezleri kabul et",
    ],
)
def test_a_wall(text):
    assert read(text).is_wall


@pytest.mark.parametrize(
    "text",
    [
        TEASER,
        "\n\n".join(GERMAN),
        TEASER + "\n\nThe site says that it uses cookies: We use cookies.",
        PROSE[0] + " “We value your privacy,” the mayor said. " + " ".join(PROSE[1:]),
        "The port authority said so.",
        "",
    ],
)
def test_no_wall(text):
    assert not read(text, body=f"<p>{text or TEASER}</p>").is_wall


def test_a_page_without_text_is_judged_by_what_it_shows():
    wall = html_page("<div>Checking your browser before you go on. Just a moment...</div>")
    assert access.read(fromstring(wall), "").is_wall
    assert not access.read(fromstring(html_page(f"<p>{TEASER}</p>")), "").is_wall


@pytest.mark.parametrize(
    ("is_free", "value"),
    [
        (True, "free"),
        ("True", "free"),
        (False, "paywalled"),
        ("false", "paywalled"),
        (None, "unknown"),
        ([], "unknown"),
        ("maybe", "unknown"),
    ],
)
def test_what_linked_data_says(is_free, value):
    head = json_ld({"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": is_free})
    assert metadata.read(fromstring(html_page(head=head)), None).access == value
    assert read(TEASER, head=head).value == value


@pytest.mark.parametrize(
    ("tier", "value"),
    [("metered", "metered"), ("locked", "paywalled"), ("free", "free"), ("x", "unknown")],
)
def test_what_meta_tags_say(tier, value):
    assert read(TEASER, head=f"<meta property=article:content_tier content={tier}>").value == value


@pytest.mark.parametrize(
    "prompt",
    [
        "Subscribe to continue reading",
        "This article is for subscribers only.",
        "Already a subscriber? Log in",
        "Jetzt weiterlesen mit Hafen+",
        "Sie haben bereits ein Abo?",
        "Article réservé aux abonnés",
        "Contenido exclusivo para suscriptores",
        "Conteúdo exclusivo para assinantes",
        "Contenuto riservato agli abbonati",
        "Оформите подписку, чтобы читать дальше",
        "この記事は有料会員限定です",
        "订阅后继续阅读",
        "Abonelere özel",
    ],
)
def test_a_teaser_and_a_prompt(prompt):
    assert read(f"{TEASER}\n\n{prompt}").value == "paywalled"


@pytest.mark.parametrize(
    "counter",
    [
        "You have 2 free articles left this month.",
        "This is your last free article.",
        "Noch 2 kostenlose Artikel",
        "Il vous reste 2 articles gratuits",
        "Te quedan 2 artículos gratis",
        "Restam 2 artigos grátis",
        "Ti restano 2 articoli gratuiti",
        "Осталось 2 бесплатных материала",
        "还剩2篇免费文章",
        "今月の無料記事はあと2本です",
        "2 ücretsiz makale hakkin var",
    ],
)
def test_a_counter_of_free_articles(counter):
    assert read(f"{TEASER}\n\n{counter}").value == "metered"


def test_a_prompt_in_a_paywall_beside_the_text():
    body = f"<p>{TEASER}</p><div class=paywall-box>Already a subscriber? Log in</div>"
    assert read(TEASER, body=body).value == "paywalled"
    hidden = body.replace("<div ", "<div style='display: none' ")
    assert read(TEASER, body=hidden).value == "unknown"


def test_a_whole_article_is_no_teaser():
    text = "\n\n".join(PROSE * 6)
    assert read(f"{text}\n\nSubscribe to continue reading").value == "unknown"
