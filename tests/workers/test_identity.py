"""Which addresses of a page name its article: what is believed of redirects and of the page's own claims."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedmill import urls
from tests.feedmill.test_urls import ADDRESSES
from workers.identity import Keys, plausible_alias, trusted_final, url_keys

TITLE = "high-water-at-the-pier"
PAGE = f"https://www.paper.example/2024/05/17/{TITLE}"

# page, claim, why it is plausible
PLAUSIBLE = [
    (PAGE, PAGE, "itself"),
    (f"{PAGE}?utm_source=f", PAGE, "without tracking"),
    (f"{PAGE}?f=rss", PAGE, "without what is not known to track"),
    (f"{PAGE}?print=1", PAGE, "the print view of an article, as it says itself"),
    (f"{PAGE}/print/", PAGE, "the same in the path"),
    (f"{PAGE}/amp", PAGE, "AMP"),
    (f"https://amp.paper.example/2024/05/17/{TITLE}", PAGE, "AMP host"),
    (
        f"https://www-paper-example.cdn.ampproject.org/c/s/www.paper.example/2024/05/17/{TITLE}",
        PAGE,
        "a cache of AMP pages",
    ),
    (f"https://m.paper.example/{TITLE}", PAGE, "telephones, another path"),
    ("https://paper.example/?p=123", PAGE, "WordPress' short link"),
    ("https://paper.example/n/12345", PAGE, "a number of the CMS"),
    (
        "https://paper.example/story.php?id=12345",
        f"https://paper.example/news/{TITLE}-12345.html",
        "a number that stays",
    ),
    (
        f"https://paper.example/news/{TITLE}-12345",
        "https://paper.example/news/tide-floods-old-harbour-12345",
        "a new headline, the number stays",
    ),
    (
        f"https://paper.example/i/Abc12x/{TITLE}",
        "https://paper.example/i/Abc12x/tide-floods-old-harbour",
        "a number in front of the title",
    ),
    (PAGE, f"https://paper.example/local/{TITLE}-again", "most words stay"),
    (PAGE, f"https://news.paper.example/{TITLE}", "a desk's host"),
    (
        "https://www.paper.co.uk/news/uk-12345678",
        "https://paper.co.uk/news/uk-12345678",
        "without www.",
    ),
    (
        f"https://paper.example/world/{TITLE}",
        f"https://paper.example/{TITLE}",
        "without its section",
    ),
    (f"https://paper.example/{TITLE}/", f"https://paper.example/{TITLE}.html", "with a suffix"),
    ("https://paper.example/a/1", "https://paper.example/a/1/", "a slash"),
    ("https://paper.example/x?id=5&sort=new", "https://paper.example/x?id=5", "the id stays"),
    (
        "https://paper.example/%E3%83%8B%E3%83%A5%E3%83%BC%E3%82%B9%E9%80%9F%E5%A0%B1/",
        "https://paper.example/jp/\u30cb\u30e5\u30fc\u30b9\u901f\u5831",
        "a title without blanks",
    ),
    ("https://alice.github.io/n/12345", f"https://alice.github.io/{TITLE}", "the same tenant"),
    (
        "https://m.alice.blogspot.com/2024/05/tide-of-the-year.html",
        "https://alice.blogspot.com/2024/05/tide-of-the-year.html",
        "telephones of a tenant",
    ),
    (f"https://paper.example/en/{TITLE}", f"https://paper.example/{TITLE}", "without its language"),
    (f"{PAGE}#!/x", f"{PAGE}#!/x", "a route"),
]

# page, claim, why not
IMPLAUSIBLE = [
    (PAGE, "https://www.paper.example/", "the front page"),
    (PAGE, "https://www.paper.example/index.html", "the front page"),
    (PAGE, "https://www.paper.example/news", "a section"),
    (PAGE, "https://www.paper.example/2024/05/17/", "the day"),
    (PAGE, "https://www.paper.example/2024/05", "the month"),
    (f"https://paper.example/world/{TITLE}", "https://paper.example/world", "the section above"),
    (
        f"https://paper.example/world-12345/{TITLE}",
        "https://paper.example/world-12345",
        "a section with a number",
    ),
    (
        f"https://paper.example/12345/{TITLE}",
        "https://paper.example/12345/",
        "it may be a section's number",
    ),
    (
        f"https://paper.example/world-12345/{TITLE}",
        "https://paper.example/world-12345/tide-floods-old-harbour",
        "a section's number says nothing",
    ),
    (PAGE, f"https://other.example/2024/05/17/{TITLE}", "another site"),
    (
        PAGE,
        f"https://www.paper.example.evil.example/2024/05/17/{TITLE}",
        "another site that looks like it",
    ),
    (f"https://a.co.uk/{TITLE}", f"https://b.co.uk/{TITLE}", "co.uk is not a site"),
    (f"https://alice.github.io/{TITLE}", f"https://bob.github.io/{TITLE}", "another tenant"),
    (f"https://alice.blogspot.com/{TITLE}", f"https://bob.blogspot.com/{TITLE}", "another tenant"),
    (
        f"https://alice.blogspot.co.uk/{TITLE}",
        f"https://bob.blogspot.co.uk/{TITLE}",
        "another tenant",
    ),
    (PAGE, "https://www.paper.example/2024/05/17/tide-floods-old-harbour", "another title"),
    ("https://paper.example/n/12345", "https://paper.example/n/12346", "another number"),
    ("https://paper.example/story?id=5", "https://paper.example/story", "the id is lost"),
    (
        "https://paper.example/show-the-story?id=5",
        "https://paper.example/show-the-story",
        "the id is lost",
    ),
    ("https://paper.example/story?id=5", "https://paper.example/story?id=6", "another id"),
    ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch", "the video is lost"),
    (f"{PAGE}?page=2", PAGE, "page 2 has a text of its own"),
    (f"{PAGE}/2", PAGE, "page 2 in the path"),
    (f"{PAGE}/page/2/", PAGE, "page 2 in the path"),
    (f"{PAGE}/2", f"{PAGE}/3", "page 3"),
    (PAGE, f"{PAGE}?page=2", "the other way round"),
    (f"https://paper.example/en/{TITLE}", f"https://paper.example/de/{TITLE}", "a translation"),
    (f"https://en.paper.example/{TITLE}", f"https://de.paper.example/{TITLE}", "a translation"),
    (PAGE, f"https://www.paper.example/login?to=/2024/05/17/{TITLE}", "a login"),
    (PAGE, "https://www.paper.example/error/404.html", "an error"),
    (PAGE, "https://www.paper.example/?from=app1", "the front page with a parameter"),
    (PAGE, "https://www.paper.example/news?edition=2", "a section with a parameter"),
    (PAGE, f"ftp://www.paper.example/2024/05/17/{TITLE}", "not of the web"),
    (PAGE, f"/2024/05/17/{TITLE}", "relative"),
    (PAGE, "https://[x/", "cannot be taken apart"),
    (PAGE, "", "empty"),
    ("", PAGE, "a page without an address"),
]

# asked for, answered, why it is trusted
TRUSTED = [
    (PAGE, PAGE, "itself"),
    (PAGE.replace("https://www.", "http://"), PAGE, "another spelling"),
    (PAGE, f"{PAGE}?from_app=1", "with a parameter"),
    (PAGE, f"https://new.example/{TITLE}", "a site that has moved"),
    (PAGE, f"https://www.paper.example/archive/{TITLE}", "an archive that keeps the title"),
    ("https://paper.example/?p=123", PAGE, "WordPress' short link"),
    ("https://paper.example/n/12345", f"https://paper.example/news/{TITLE}", "a number of the CMS"),
    ("https://t.co/AbCd123", PAGE, "a short link"),
    ("https://bit.ly/3AbCd12", "https://paper.example/n/12345", "a short link to a number"),
    (f"http://feedproxy.google.com/~r/paper/~3/x1y2z3/{TITLE}", PAGE, "FeedBurner"),
    (
        f"https://paper.example/{TITLE}-12345",
        "https://paper.example/tide-floods-old-harbour-12345",
        "a new headline",
    ),
    (
        f"https://paper.example/login/{TITLE}",
        f"https://paper.example/login/{TITLE}-2",
        "a desk called login",
    ),
    ("https://t.co/AbCd123", "https://paper.example/story.php?id=5", "a short link to an id"),
    (f"https://www.google.com/url?q={PAGE}", PAGE, "out of a link that wraps it"),
    (f"https://paper.example/{TITLE}", f"https://paper.example/en/{TITLE}", "with a language"),
]

# asked for, answered, why it is not trusted
UNTRUSTED = [
    (PAGE, "https://www.paper.example/", "the front page, as from articles taken down"),
    (PAGE, "https://www.paper.example/?gone=1", "nearly the front page"),
    (PAGE, "https://www.paper.example/news/", "a section"),
    (PAGE, "https://www.paper.example/2024/05/17/", "the day"),
    (
        f"https://paper.example/world-12345/{TITLE}",
        "https://paper.example/world-12345/",
        "a section with a number",
    ),
    (
        f"https://paper.example/12345/{TITLE}",
        "https://paper.example/12345",
        "it may be a section's number",
    ),
    (PAGE, f"https://www.paper.example/login?return={PAGE}", "a login that names the article"),
    (PAGE, f"https://www.paper.example/account/signin/{TITLE}", "a login that keeps the title"),
    (PAGE, f"https://login.paper.example/{TITLE}", "a host for logins"),
    (PAGE, f"https://consent.paper.example/{TITLE}", "a host for consent"),
    (
        PAGE,
        "https://consent.yahoo.com/v2/collectConsent?sessionId=3_cc-session_0a1b",
        "consent elsewhere",
    ),
    (PAGE, "https://guce.advertising.example/collectIdentifiers?sessionId=3", "consent elsewhere"),
    (PAGE, "https://www.paper.example/subscribe?offer=12345", "an offer"),
    (
        PAGE,
        "https://www.paper.example/abo/jetzt-zeitung-digital-lesen-12345",
        "an offer with a title",
    ),
    (PAGE, "https://www.paper.example/cdn-cgi/challenge-platform/12345", "a captcha"),
    (PAGE, "https://www.paper.example/error.html?code=12345", "an error"),
    (PAGE, "https://www.paper.example/404", "an error"),
    (PAGE, "https://www.paper.example/2024/05/17/tide-floods-old-harbour", "another article"),
    (PAGE, "https://www.paper.example/topic/floods-in-the-harbour", "a topic"),
    (PAGE, "https://casino.example/best-slots-of-the-year", "who bought the domain"),
    ("https://paper.example/n/12345", "https://paper.example/n/99999", "another number"),
    ("https://t.co/AbCd123", "https://paper.example/", "a short link to the front page"),
    ("https://t.co/AbCd123", "https://paper.example/news", "a short link to a section"),
    (
        "https://t.co/AbCd123",
        "https://paper.example/tag/floods-in-the-harbour",
        "a short link to a tag",
    ),
    (f"{PAGE}?page=2", PAGE, "page 2 has a text of its own"),
    ("https://t.co/AbCd123", "https://paper.example/?from=app1", "a short link to the front page"),
    ("https://t.co/AbCd123", "https://paper.example/news?edition=2", "a short link to a section"),
    (PAGE, "about:blank", "not of the web"),
    (PAGE, "https://[x/", "cannot be taken apart"),
]


@pytest.mark.parametrize(("page", "claim", "why"), PLAUSIBLE)
def test_a_claim_that_may_be_true(page, claim, why):
    assert plausible_alias(page, claim), why


@pytest.mark.parametrize(("page", "claim", "why"), IMPLAUSIBLE)
def test_a_claim_that_is_not_believed(page, claim, why):
    assert not plausible_alias(page, claim), why


@pytest.mark.parametrize(("asked", "final", "why"), TRUSTED)
def test_an_answer_that_names_the_article(asked, final, why):
    assert trusted_final(asked, final), why


@pytest.mark.parametrize(("asked", "final", "why"), UNTRUSTED)
def test_an_answer_that_many_articles_may_lead_to(asked, final, why):
    assert not trusted_final(asked, final), why


def test_the_address_alone():
    assert url_keys(PAGE) == Keys(PAGE, (urls.key(PAGE),))


def test_both_ends_of_a_redirect_are_sure():
    found = url_keys("https://t.co/AbCd123", final=f"{PAGE}?utm_source=x")
    assert found.address == f"{PAGE}?utm_source=x"
    assert found.strong == (urls.key(PAGE), "t.co/AbCd123")


def test_two_articles_sent_to_one_login_stay_two():
    final = "https://www.paper.example/login?to=x"
    one = url_keys(PAGE, final=final, canonical=final, og_url=final)
    other = url_keys(f"{PAGE}-again", final=final, canonical=final, og_url=final)
    assert not {*one.strong, *one.weak} & {*other.strong, *other.weak}
    assert one.address == PAGE


def test_two_articles_that_claim_the_front_page_stay_two():
    home = "https://www.paper.example/"
    one, other = url_keys(PAGE, canonical=home), url_keys(f"{PAGE}-again", og_url=home)
    assert not {*one.strong, *one.weak} & {*other.strong, *other.weak}


def test_a_claim_is_for_the_text_to_confirm():
    found = url_keys("https://paper.example/?p=123", canonical=PAGE, og_url=PAGE)
    assert found.strong == ("paper.example?p=123",)
    assert found.weak == (urls.key(PAGE),)


def test_another_form_is_for_the_text_to_confirm():
    assert url_keys(f"{PAGE}/amp").weak == (urls.key(PAGE),)


def test_two_witnesses_make_it_sure():
    found = url_keys(f"{PAGE}/amp", canonical=PAGE)
    assert found.strong == (urls.key(f"{PAGE}/amp"), urls.key(PAGE))
    assert found.weak == ()


def test_claims_are_measured_by_the_address_that_is_trusted():
    found = url_keys("https://t.co/AbCd123", final=f"{PAGE}?x=y", canonical=PAGE)
    assert found.weak == (urls.key(PAGE),)


def test_an_entry_without_a_link_has_a_name_of_its_own():
    name = "paper.example/feed#abcdefghijklmnop"
    assert url_keys(name, canonical=PAGE) == Keys(name, (name,))


def test_a_file_has_a_name_of_its_own():
    assert url_keys("file:///a/x.html").strong == ("file:///a/x.html",)


def test_a_link_that_wraps_the_article_is_named_after_it():
    found = url_keys(f"https://www.google.com/url?q={PAGE}")
    assert found == Keys(PAGE, (urls.key(PAGE),))


def test_an_address_that_cannot_be_taken_apart_is_a_value_error():
    with pytest.raises(ValueError):
        url_keys("https://[x/")


@given(ADDRESSES, ADDRESSES, ADDRESSES)
def test_strangers_words_raise_nothing(asked, final, claim):
    plausible_alias(asked, claim)
    trusted_final(asked, final)
    with contextlib.suppress(ValueError):
        found = url_keys(asked, final=final, canonical=claim, og_url=final)
        assert urls.key(asked) in found.strong
        assert not set(found.strong) & set(found.weak)


@given(ADDRESSES, ADDRESSES, st.sampled_from(["", "index.html", "?utm_source=x", "#top"]))
def test_a_front_page_is_nobodys_name(page, other, end):
    home = f"https://a.example/{end}"
    with contextlib.suppress(ValueError):
        if not urls.is_home(page):
            assert not plausible_alias(page, home)
            assert not trusted_final(page, home)


@pytest.mark.parametrize(
    "piece", ["/", "/a-b-c", "-a", "/1", "&id=1", "a1", "%", "%E4", "/page/2", "/2", "."]
)
def test_long_addresses_end_in_time(piece):
    long = (
        f"https://paper.example/x?{piece * 50_000}"
        if piece[0] == "&"
        else f"https://paper.example/x{piece * 50_000}"
    )
    plausible_alias(long, long + "x")
    trusted_final(PAGE, long)
    url_keys(long, final=long + "y", canonical=PAGE)
