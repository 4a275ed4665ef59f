"""Links that wrap another address."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedmill import urls

INNER = "https://a.example/x?id=5&n=2"
ENCODED = quote(INNER, safe="")

# link, why it leads to INNER
WRAPPED = [
    (f"https://www.google.com/url?rct=j&sa=t&url={ENCODED}&ct=ga", "Google Alerts"),
    (f"https://www.google.com/url?q={ENCODED}&sa=U", "Google's results"),
    (f"https://www.google.co.uk/url?q={ENCODED}", "of a country"),
    (f"http://news.google.com/news/url?sa=t&fd=R&ct2=us&url={ENCODED}", "Google News of old"),
    (f"https://l.facebook.com/l.php?u={ENCODED}&h=AT0", "Facebook"),
    (f"https://lm.facebook.com/l.php?u={ENCODED}", "Facebook for telephones"),
    (f"https://l.instagram.com/?u={ENCODED}&e=AT0", "Instagram"),
    (f"https://eur01.safelinks.protection.outlook.com/?url={ENCODED}&data=05", "Outlook"),
    (f"https://www.youtube.com/redirect?event=video&q={ENCODED}", "YouTube"),
    (f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&url={ENCODED}&c=1", "Bing News' feeds"),
    (f"https://duckduckgo.com/l/?uddg={ENCODED}", "DuckDuckGo"),
    (f"https://out.reddit.com/t3_abc?url={ENCODED}&token=x", "Reddit"),
    (f"https://t.umblr.com/redirect?z={ENCODED}&t=x", "Tumblr"),
    (f"https://vk.com/away.php?to={ENCODED}", "VK"),
    (f"https://www.linkedin.com/redir/redirect?url={ENCODED}", "LinkedIn"),
    (f"https://slack-redir.net/link?url={ENCODED}", "Slack"),
    (f"https://steamcommunity.com/linkfilter/?url={ENCODED}", "Steam"),
    (f"https://href.li/?{INNER}", "the whole query"),
    (f"HTTPS://WWW.Google.com:443/url?q={ENCODED}", "in any spelling"),
    (
        f"https://www.google.com/url?q={quote(f'https://l.facebook.com/l.php?u={ENCODED}', safe='')}",
        "twice",
    ),
]

# link that is left, why
LEFT = [
    ("https://t.co/abc", "a short link"),
    ("http://feedproxy.google.com/~r/paper/~3/abc/x.html", "FeedBurner says it in the feed"),
    ("https://bit.ly/abc", "a short link"),
    ("https://www.google.com/url?q=/search", "no address"),
    ("https://www.google.com/url?q=javascript:alert(1)", "not of the web"),
    ("https://www.google.com/url?q=https://[x", "cannot be taken apart"),
    ("https://www.google.com/search?q=https://a.example/x", "a search for it"),
    ("https://google.evil.example/url?q=https://a.example/x", "not Google"),
    ("https://www.googlex.com/url?q=https://a.example/x", "not Google"),
    ("https://a.example/login?url=https://a.example/x", "not in the table"),
    ("https://l.facebook.com/other?u=https://a.example/x", "another path"),
    ("https://web.archive.org/web/2020/https://a.example/x", "what it was then"),
    ("https://translate.google.com/translate?u=https://a.example/x", "another text"),
    ("https://news.google.com/rss/articles/CBMiWkFVX3lxTE1abc?oc=5", "an opaque name"),
    ("https://news.google.com/rss/articles/" + "A" * 1000, "no message"),
]


def of_google_news(inner: str) -> str:
    """The name that Google News gave to an article until 2024."""
    raw = inner.encode()
    length = bytes([len(raw)]) if len(raw) < 128 else bytes([len(raw) & 0x7F | 0x80, len(raw) >> 7])
    return urlsafe_b64encode(b'\x08\x13"' + length + raw + b"\xd2\x01\x00").decode().rstrip("=")


@pytest.mark.parametrize(("link", "why"), WRAPPED)
def test_taken_out(link, why):
    assert urls.unwrap(link) == INNER, why
    assert urls.key(link) == urls.key(INNER), why


@pytest.mark.parametrize(("link", "why"), LEFT)
def test_left_as_it_is(link, why):
    assert urls.unwrap(link) == link, why


@pytest.mark.parametrize("inner", ["https://a.example/x", "http://a.example/" + "y" * 300])
@pytest.mark.parametrize("place", ["rss/articles/", "articles/", "__i/rss/rd/articles/"])
def test_google_news_of_before_2024(inner, place):
    link = f"https://news.google.com/{place}{of_google_news(inner)}?oc=5&hl=en"
    assert urls.unwrap(link) == inner


def test_what_is_new_at_google_news_is_left():
    link = f"https://news.google.com/rss/articles/{of_google_news('AU_yqLNabcdefghijk')}"
    assert urls.unwrap(link) == link


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("https://a-example.cdn.ampproject.org/c/s/a.example/x.amp", "a.example/x.amp"),
        ("https://cdn.ampproject.org/v/s/a.example/x?amp_js_v=0.1&id=5", "a.example/x?id=5"),
        ("https://a-example.cdn.ampproject.org/c/a.example/x", "a.example/x"),
        ("https://www.google.de/amp/s/www.a.example/x", "a.example/x"),
        ("https://www.bing-amp.com/c/s/a.example/x", "a.example/x"),
    ],
)
def test_a_cache_of_amp_pages_is_named_after_the_page_and_never_rewritten(link, key):
    assert urls.key(link) == key
    assert urls.unwrap(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "https://a-example.cdn.ampproject.org/i/s/a.example/x.jpg",
        "https://a-example.cdn.ampproject.org/c/s/",
        "https://cdn.ampproject.org.evil.example/c/s/a.example/x",
        "https://a.example/amp/s/b.example/x",
    ],
)
def test_other_addresses_that_look_like_a_cache(link):
    assert urls.key(link) == link.removeprefix("https://").rstrip("/")


def test_a_link_that_wraps_itself_many_times_ends():
    link = "https://a.example/x"
    for _ in range(12):
        link = f"https://href.li/?{link}"
    assert urls.unwrap(link).count("href.li") == 8


@given(st.binary(max_size=60))
def test_names_of_google_news_that_are_none(raw):
    link = f"https://news.google.com/articles/{urlsafe_b64encode(raw).decode()}"
    assert urls.unwrap(link).startswith(("http://", "https://"))
