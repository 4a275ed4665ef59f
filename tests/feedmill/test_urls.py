"""Which addresses are one article: the keys must never be too equal, and should not be too different."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedmill import urls
from feedmill.urls.address import read

# address, another one, why both lead to the same article
EQUAL = [
    ("http://a.example/x", "https://a.example/x", "the scheme is how, not what"),
    ("HTTPS://a.example/x", "https://a.example/x", "schemes have no case"),
    ("https://A.Example/x", "https://a.example/x", "hosts have no case"),
    ("https://www.a.example/x", "https://a.example/x", "www. is a habit"),
    ("https://WWW.a.example/x", "https://a.example/x", "www. in any case"),
    ("https://a.example./x", "https://a.example/x", "the root label is implied"),
    ("https://a.example:443/x", "https://a.example/x", "443 is the port of https"),
    ("http://a.example:80/x", "http://a.example/x", "80 is the port of http"),
    ("http://a.example:80/x", "https://a.example:443/x", "each with its own default port"),
    ("https://a.example:/x", "https://a.example/x", "an empty port is the default one"),
    ("https://a.example/x/", "https://a.example/x", "a slash at the end"),
    ("https://a.example", "https://a.example/", "an empty path is the root"),
    ("https://a.example?id=1", "https://a.example/?id=1", "an empty path before a query"),
    ("https://a.example/x#top", "https://a.example/x", "a place within the page"),
    ("https://a.example/x#", "https://a.example/x", "an empty fragment"),
    ("https://a.example/x?", "https://a.example/x", "an empty query"),
    (" https://a.example/x\n", "https://a.example/x", "white space around it"),
    ("https://a.exam\nple/x", "https://a.example/x", "browsers drop line breaks"),
    ("https://user:word@a.example/x", "https://a.example/x", "who asks is not what is asked for"),
    ("https://a.example/caf\u00e9", "https://a.example/caf%C3%A9", "the same bytes on the wire"),
    ("https://a.example/a b", "https://a.example/a%20b", "the same bytes on the wire"),
    ("https://a.example/%c3%a9", "https://a.example/%C3%A9", "RFC 3986 6.2.2.1: hex digits"),
    ("https://a.example/%7Ex", "https://a.example/~x", "RFC 3986 6.2.2.2: unreserved"),
    ("https://a.example/b/../a/./x", "https://a.example/a/x", "RFC 3986 6.2.2.3: dot segments"),
    ("https://\u00e9.example/x", "https://xn--9ca.example/x", "one name in two spellings"),
    ("https://\u00c9.example/x", "https://xn--9ca.example/x", "and in capitals"),
    ("https://[::1]:443/x", "https://[::1]/x", "a default port after an IPv6 address"),
    ("https://a.example/x?utm_source=feed", "https://a.example/x", "utm_ tells who sent the link"),
    ("https://a.example/x?UTM_Source=feed", "https://a.example/x", "in any case"),
    ("https://a.example/x?utm_source=a&utm_medium=b", "https://a.example/x", "several"),
    ("https://a.example/x?fbclid=1", "https://a.example/x", "a click id"),
    ("https://a.example/x?gclid=1", "https://a.example/x", "a click id"),
    ("https://a.example/x?msclkid=1", "https://a.example/x", "a click id"),
    ("https://a.example/x?mc_cid=1&mc_eid=2", "https://a.example/x", "a mailing"),
    ("https://a.example/x?_ga=2.1", "https://a.example/x", "a visit"),
    ("https://a.example/x?ns_mchannel=rss&ns_source=a", "https://a.example/x", "a channel"),
    ("https://a.example/x?at_medium=RSS&at_campaign=K", "https://a.example/x", "a campaign"),
    ("https://a.example/x?at_custom1=link", "https://a.example/x", "a campaign"),
    ("https://a.example/x?mtm_campaign=1&pk_kwd=2", "https://a.example/x", "a campaign"),
    ("https://a.example/x?ocid=1", "https://a.example/x", "a campaign"),
    ("https://a.example/x?xtor=RSS-1", "https://a.example/x", "a campaign"),
    ("https://a.example/x?id=5&utm_source=f", "https://a.example/x?id=5", "tracking at the end"),
    ("https://a.example/x?utm_source=f&id=5", "https://a.example/x?id=5", "tracking in front"),
    ("https://a.example/x?id=5&utm_source=f#c", "https://a.example/x?id=5", "and a fragment"),
    ("https://a.example/x?q=a%20b&utm_source=f", "https://a.example/x?q=a%20b", "blank as %20"),
    ("https://a.example/x?q=a+b&utm_source=f", "https://a.example/x?q=a+b", "blank as +"),
    ("https://a.example/x?id=1,2&utm_source=f", "https://a.example/x?id=1,2", "a comma"),
    ("https://a.example/x?id=1;2&utm_source=f", "https://a.example/x?id=1;2", "a semicolon"),
    ("https://a.example/x?d=2024/05&utm_source=f", "https://a.example/x?d=2024/05", "a slash"),
    ("https://a.example/x?12345&utm_source=f", "https://a.example/x?12345", "a bare number"),
    ("https://a.example/x?q=%E4&utm_source=f", "https://a.example/x?q=%E4", "not UTF-8"),
    ("https://a.example/x?utm_source=%E4", "https://a.example/x", "tracking that is not UTF-8"),
    ("https://a.example\\x\\y", "https://a.example/x/y", "WHATWG: a backslash is a slash"),
    ("https://a.example/x\ty", "https://a.example/xy", "WHATWG: tabs are dropped"),
    ("ht\ntps://a.example/x", "https://a.example/x", "WHATWG: wherever they stand"),
    ("\x00 https://a.example/x\x1f", "https://a.example/x", "WHATWG: controls around it"),
    ("\u00a0https://a.example/x\u00a0", "https://a.example/x", "blanks of word processors"),
    ("https:////a.example/x", "https://a.example/x", "WHATWG: more slashes than needed"),
    ("https://a.example/b/%2E%2E/x", "https://a.example/x", "WHATWG: dots that are encoded"),
    ("https://a.example/../../x", "https://a.example/x", "above the root is the root"),
    ("https://a.ex%61mple/x", "https://a.example/x", "WHATWG: hosts are decoded"),
    ("https://\uff41.example/x", "https://a.example/x", "UTS 46: full-width letters"),
    ("https://\u24d0.example/x", "https://a.example/x", "UTS 46: letters in circles"),
    ("https://a\u3002example/x", "https://a.example/x", "UTS 46: full stops of other scripts"),
    ("https://stra\u00dfe.example/x", "https://xn--strae-oqa.example/x", "IDNA 2008: \u00df stays"),
    ("http://0x7f.1/x", "http://127.0.0.1/x", "WHATWG: numbers are IPv4 addresses"),
    ("http://[0:0:0:0:0:0:0:1]/x", "http://[::1]/x", "IPv6 in its short form"),
    ("https://a.example:0443/x", "https://a.example/x", "ports are numbers"),
    ("https://u@a.example/x", "https://a.example/x", "a user's name alone"),
    ("https://a.example/%2c", "https://a.example/,", "a comma separates nothing in a path"),
    (
        "https://a.example/M%C3%BCll_%28x%29",
        "https://a.example/M\u00fcll_(x)",
        "brackets, as in wikis",
    ),
    ("https://a.example/a%3Ab%40c", "https://a.example/a:b@c", "colons and at signs"),
    ("https://a.example/a'b", "https://a.example/a%27b", "apostrophes"),
    ("https://a.example/a|b", "https://a.example/a%7Cb", "RFC 3986 has no bare |"),
    ("https://a.example/a^b`{}", "https://a.example/a%5Eb%60%7B%7D", "nor these"),
    (
        "https://a.example/x?d=1%2F2%3A3",
        "https://a.example/x?d=1/2:3",
        "slashes and colons in values",
    ),
    ("https://a.example/x?q=it's", "https://a.example/x?q=it%27s", "apostrophes in values"),
    ("https://a.example/x?q=%C3%A4", "https://a.example/x?q=\u00e4", "letters in values"),
    ("https://a.example/100%", "https://a.example/100%25", "a stray percent sign"),
    (
        "https://a.example/e\u0301t\u00e9",
        "https://a.example/%C3%A9t%C3%A9",
        "NFD, as file systems of Macs",
    ),
    ("https://a.example/\u1112\u1161\u11ab", "https://a.example/\ud55c", "Hangul in jamo"),
    ("https://a.example/x?q=e%CC%81", "https://a.example/x?q=\u00e9", "NFD in values"),
    ("https://a.example//x///y", "https://a.example/x/y", "slashes that are doubled"),
    ("https://a.example/x//", "https://a.example/x", "and at the end"),
    ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2", "the order of parameters"),
    ("https://a.example/x?&a=1&&b=2&", "https://a.example/x?a=1&b=2", "empty parameters"),
    ("https://a.example/x?c=3&a=1&utm_x=y&b=2", "https://a.example/x?a=1&b=2&c=3", "all at once"),
    (
        "https://a.example/x;jsessionid=0A1B.node1?id=5",
        "https://a.example/x?id=5",
        "servlet session",
    ),
    ("https://a.example/x.do;JSESSIONID=0A1B", "https://a.example/x.do", "in capitals"),
    ("https://a.example/x;jsessionid=0A/y", "https://a.example/x/y", "in the middle"),
    (
        "https://a.example/(S(lit3py55t21z5v55vlm25s55))/x.aspx",
        "https://a.example/x.aspx",
        "ASP.NET's",
    ),
    ("https://a.example/x?PHPSESSID=0a1b", "https://a.example/x", "PHP's"),
    ("https://a.example/x#:~:text=high%20water", "https://a.example/x", "a text fragment"),
    ("https://a.example/x#part:~:text=tide", "https://a.example/x", "after an ordinary one"),
    ("https://a.example/#!/x:~:text=tide", "https://a.example/#!/x", "after a hash-bang route"),
    ("https://a.example/#!", "https://a.example/", "a hash-bang to nowhere"),
    ("https://a.example/x#!/", "https://a.example/x", "or to the front"),
    ("https://a.example/x#xtor=RSS-1", "https://a.example/x", "tracking in the fragment"),
    ("https://a.example/x#utm_source=f", "https://a.example/x", "Google's as well"),
    ("https://a.example/x?id=5&amp;utm_source=f", "https://a.example/x?id=5", "escaped twice"),
]

# address, another one, why they are two articles (or may be)
DIFFERENT = [
    ("https://a.example/x?id=1", "https://a.example/x?id=2", "the id selects"),
    ("https://a.example/x?id=1", "https://a.example/x", "with and without the id"),
    ("https://a.example/?p=1", "https://a.example/?p=2", "WordPress without permalinks"),
    ("https://a.example/x?page=1", "https://a.example/x?page=2", "pages of a list"),
    ("https://a.example/s?storyId=1", "https://a.example/s?storyId=2", "the story selects"),
    ("https://a.example/s?storyId=1", "https://a.example/s?storyid=1", "names may have case"),
    ("https://a.example/s?article=1", "https://a.example/s?article=2", "the article selects"),
    ("https://a.example/watch?v=aB", "https://a.example/watch?v=ab", "values have case"),
    ("https://a.example/s?date=2024-01-01", "https://a.example/s?date=2024-01-02", "the date"),
    ("https://a.example/s?n=1&utm_source=f", "https://a.example/s?n=2&utm_source=f", "beside it"),
    ("https://a.example/s?source=1", "https://a.example/s?source=2", "source may select"),
    ("https://a.example/s?ref=1", "https://a.example/s?ref=2", "ref may select"),
    ("https://a.example/s?item=1", "https://a.example/s?item=", "an empty value"),
    ("https://a.example/s?id=1&id=2", "https://a.example/s?id=1", "two values"),
    ("https://a.example/s?q=%E4&utm_source=f", "https://a.example/s?q=%F6&utm_source=f", "bytes"),
    ("https://a.example/s?a=b%26c&utm_source=f", "https://a.example/s?a=b&c&utm_source=f", "%26"),
    ("https://a.example/s?q=1%2B1&utm_source=f", "https://a.example/s?q=1+1&utm_source=f", "%2B"),
    ("https://a.example/X", "https://a.example/x", "paths have case"),
    ("https://a.example/a%2Fb", "https://a.example/a/b", "RFC 3986: %2F is not a slash"),
    ("https://a.example/a%3Fb", "https://a.example/a?b", "%3F is not a question mark"),
    ("https://a.example/1", "https://a.example/2", "paths"),
    ("https://a.example/x", "https://a.example/x/y", "a deeper path"),
    ("https://a.example/x;v=1", "https://a.example/x;v=2", "parameters of a path"),
    ("https://a.example/x.html", "https://a.example/x", "a suffix"),
    (
        "https://a.example/x.html?f=rss",
        "https://a.example/x.html",
        "names of which nothing is known",
    ),
    ("https://a.example/x,1", "https://a.example/x,2", "a number after a comma"),
    ("https://a.example/#!/x", "https://a.example/#!/y", "hash-bang routes are pages"),
    ("https://a.example/#!/x", "https://a.example/", "and not the front page"),
    ("https://a.example/x?id=1&id=2", "https://a.example/x?id=2&id=1", "the order of one name"),
    ("https://a.example/x?a=1&a=1", "https://a.example/x?a=1", "duplicates are kept"),
    ("https://a.example/x?a", "https://a.example/x?a=", "with and without ="),
    ("https://a.example/x?1&2", "https://a.example/x?1=2", "bare parameters"),
    ("https://a.example/en/x", "https://a.example/de/x", "languages"),
    ("https://a.example/x?lang=en", "https://a.example/x?lang=de", "languages as parameters"),
    ("https://a.example/x/print/", "https://a.example/x", "a print view may be more than one page"),
    ("https://a.example/x?print=1", "https://a.example/x", "and so as a parameter"),
    ("https://a.example/x/index.html", "https://a.example/x", "only probably one: an alias"),
    ("https://m.a.example/x", "https://a.example/x", "only probably one: an alias"),
    ("https://a.example/x/amp", "https://a.example/x", "only probably one: an alias"),
    ("https://a.example/x?amp=1", "https://a.example/x", "only probably one: an alias"),
    ("https://www2.a.example/x", "https://a.example/x", "www2 may be another server"),
    ("https://a.example/x?sid=0a1b", "https://a.example/x?sid=0a1c", "sid may be a story"),
    ("https://a.example/x?session=5", "https://a.example/x?session=6", "of a conference"),
    ("https://a.example/x?q=1;2", "https://a.example/x?q=1&2", "a semicolon separates nothing"),
    ("https://a.example/x?q=a%3Db", "https://a.example/x?q=a=b", "%3D in a value"),
    ("https://a.example/x%23y", "https://a.example/x#y", "%23 is no fragment"),
    ("https://a.example/x%3Bjsessionid=1", "https://a.example/x", "%3B begins no parameter"),
    ("https://a.example/%E9", "https://a.example/%C3%A9", "Latin-1 and UTF-8 are other bytes"),
    ("https://a.example/caf\u00e9", "https://a.example/cafe", "accents"),
    ("https://a.example/\u212b\u3000", "https://a.example/A", "compatibility is not equality"),
    ("https://xn--strae-oqa.example/x", "https://strasse.example/x", "two registrations"),
    ("https://news.ycombinator.com/item?id=1", "https://news.ycombinator.com/item?id=2", "HN"),
    ("https://www.youtube.com/watch?v=a1", "https://www.youtube.com/watch?v=a2", "YouTube"),
    ("https://a.example/?page_id=1", "https://a.example/?page_id=2", "WordPress, pages"),
    (
        "https://a.example/n.php?a=read&b=1",
        "https://a.example/n.php?a=read&b=2",
        "a CMS of queries",
    ),
    ("https://a.example/?12345", "https://a.example/?12346", "a query without a name"),
    ("https://a.example/x?CMPID=1&cmp=news", "https://a.example/x", "cmp in small letters"),
    ("https://a.example/x?utm=1", "https://a.example/x", "utm without _"),
    ("https://a.example/x?partner=5", "https://a.example/x?partner=6", "a partner's page"),
    ("https://a.example/x?source=bbc", "https://a.example/x?source=cnn", "news of a source"),
    ("https://a.example/x?at=5", "https://a.example/x", "at is not at_"),
    ("https://a.example/x", "https://b.example/x", "hosts"),
    ("https://en.a.example/x", "https://de.a.example/x", "editions"),
    ("https://wwwa.example/x", "https://a.example/x", "www without a dot"),
    ("https://a.example:8080/x", "https://a.example/x", "another port"),
    ("https://a.example:80/x", "https://a.example/x", "80 is not the port of https"),
    ("https://a.example/https://b.example/x", "https://b.example/x", "an address in a path"),
    ("file:///a/x.txt", "file:///a/y.txt", "files"),
    ("file:///a/x.txt", "file:///A/x.txt", "files have case"),
    ("mailto:desk@a.example", "https://a.example/", "another scheme"),
]


@pytest.mark.parametrize(("one", "other", "why"), EQUAL)
def test_one_article(one, other, why):
    assert urls.key(one) == urls.key(other), why


@pytest.mark.parametrize(("one", "other", "why"), DIFFERENT)
def test_two_articles(one, other, why):
    assert urls.key(one) != urls.key(other), why


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://A.Example:80/x/?b=2&a=1#f", "http://a.example/x/?b=2&a=1"),
        ("https://a.example", "https://a.example/"),
        ("https://www.a.example/x/", "https://www.a.example/x/"),
        ("https://a.example/x?utm_source=f", "https://a.example/x"),
        ("https://a.example/s?q=a%20b", "https://a.example/s?q=a%20b"),
        ("https://u:p@A.example//x/%2c?%c3%a4", "https://a.example//x/%2C?%C3%A4"),
        ("https://a.example/#!/x", "https://a.example/#!/x"),
        ("http://\u00e9.example:8080\\x", "http://xn--9ca.example:8080/x"),
        ("https://m.a.example/x/amp", "https://m.a.example/x/amp"),
        ("https://a.example/s?q=a%20b&fbclid=1", "https://a.example/s?q=a%20b"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("ftp://A.example/X", "ftp://A.example/X"),
        ("", ""),
    ],
)
def test_the_canonical_form_is_an_address_to_fetch(url, canonical):
    assert urls.canonical(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example:99999/", "https://a.example:x/", "https://[::1/", "https://[x]/"),
        *("https://", "https://./", "https://?x", "https://a b.example/", "https://a%00b.example/"),
        *("https://@/", "https://a.example/\ud800", "https://[::1%25eth0]/", "https://<x>/"),
    ],
)
def test_what_cannot_be_taken_apart_is_a_value_error(url):
    with pytest.raises(ValueError):
        urls.key(url)


@pytest.mark.parametrize(
    "name",
    [
        "1.2.3.400",
        "xn--",
        "xn--a",
        "xn--a-ecp.ru",
        "a.0x1",
    ],
)
def test_a_name_that_the_standard_refuses_is_compared_as_it_is_written(name):
    assert urls.key(f"http://{name.upper()}/x/?utm_source=f") == f"{name}/x"
    assert urls.canonical(f"http://{name}/x") == f"http://{name}/x"


@pytest.mark.parametrize(
    ("url", "is_home"),
    [
        ("https://a.example", True),
        ("https://a.example/?utm_source=f#top", True),
        ("https://a.example//", True),
        ("https://a.example/index.html", True),
        ("https://a.example/Default.aspx", True),
        ("https://a.example/index.php?id=5", False),
        ("https://a.example/x/index.html", False),
        ("https://a.example/?p=5", False),
        ("https://a.example/#!/x", False),
        ("https://a.example/x", False),
    ],
)
def test_the_address_of_a_site_itself(url, is_home):
    assert urls.is_home(url) == is_home


def test_very_long_queries_end_in_time():
    url = "https://a.example/x?" + "&".join(f"a{n}={n}" for n in range(900)) + "&utm_source=f"
    assert urls.key(url) == urls.key(url.removesuffix("&utm_source=f"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.A.example:8080/x", "www.a.example"),
        ("https://\u00c9.example/x", "xn--9ca.example"),
        ("https://a.example\\@b.example/", "a.example"),
        ("https://a.example@b.example/", "b.example"),
        ("http://[::1]:80/", "::1"),
        ("https://a.example./x", "a.example"),
        ("a.example/x", None),
        ("file:///a/b.txt", None),
        ("https://[::1/", None),
        ("", None),
    ],
)
def test_the_host_for_the_source(url, host):
    assert urls.host(url) == host


PIECES = st.sampled_from(
    [
        *("/", "//", "?", "&", "=", ";", ":", "@", "#", ".", "..", "%", "%2F", "%E4", "+", ","),
        *("a", "B", "\u00e9", "\u3002", "\u00df", " ", "\\", "[", "]", "1", "80", "www.", "\u200b"),
        *("utm_source=x", "id=5", "a.example", "xn--", "\t", "\x00", "'", '"', "<", "|", "\u2100"),
    ]
)
ADDRESSES = st.one_of(
    st.text(max_size=30),
    st.builds(
        lambda scheme, rest: scheme + "".join(rest),
        st.sampled_from(["http://", "https://", "http:", "HTTPS://", "https:///", "file://", ""]),
        st.lists(PIECES, max_size=10),
    ),
    st.builds(
        lambda path, query: f"https://a.example/{''.join(path)}?{''.join(query)}",
        st.lists(PIECES, max_size=6),
        st.lists(PIECES, max_size=6),
    ),
)


@given(ADDRESSES)
@example("http://example\u3002/")  # a full stop of another script
@example("http:////a.example//x")  # more slashes than a scheme has
@example("https://a.example/?q=%E4&utm_source=x")
def test_the_canonical_form_of_itself_is_itself(url):
    try:
        once = urls.canonical(url)
    except ValueError:
        return
    assert urls.canonical(once) == once


@given(ADDRESSES)
@example("http:////a.example//x")
def test_the_key_is_that_of_the_canonical_form(url):
    try:
        key = urls.key(url)
    except ValueError:
        return
    assert urls.key(urls.canonical(url)) == key


@given(ADDRESSES)
@example("http://http:8080/x")  # its key looks like an address
@example("https://a.example/%%37E")  # decoded twice, it would be another one
@example("https://0x7f../")
def test_the_key_of_a_key_is_itself(url):
    try:
        key = urls.key(url)
    except ValueError:
        return
    assert urls.key(key) == key


@given(ADDRESSES, st.sampled_from(["utm_source=f", "fbclid=1", "at_medium=rss"]))
def test_tracking_makes_no_other_key(url, tracking):
    bare = url.partition("#")[0].rstrip("".join(map(chr, range(33))))
    joint = "&" if "?" in bare else "?"
    try:
        if read(bare):
            assert urls.key(bare + joint + tracking) == urls.key(bare)
    except ValueError:
        return


@given(ADDRESSES)
def test_no_other_exception_than_value_error(url):
    for form in (urls.canonical, urls.key, urls.digest, urls.aliases, urls.unwrap, urls.is_home):
        with contextlib.suppress(ValueError):
            form(url)
    assert urls.host(url) is None or isinstance(urls.host(url), str)


@given(st.text(max_size=50), st.text(max_size=50))
def test_digests_are_16_characters_and_tell_texts_apart(one, other):
    assert len(urls.digest(one)) == 16
    assert set(urls.digest(one)) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert (urls.digest(one) == urls.digest(other)) == (one == other)
