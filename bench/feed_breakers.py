"""Inputs that break one feed parser or another, and what is right for each (from research/feeds.md, section 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

URL = "https://news.example/feeds/rss.xml"
_LINK = "https://e.org/?a=1&b=2"
_DATE = "2006-01-02T15:04:05"


@dataclass(frozen=True, slots=True)
class Breaker:
    """One input with one entry.

    Attributes:
        name: What it is.
        body: The bytes.
        title: The right title of the entry.
        link: Its right address.
        date: Its right time of publication, UTC, if it has one.
    """

    name: str
    body: bytes
    title: str | None = "t"
    link: str | None = _LINK
    date: str | None = None


def _rss(
    title: str = "t",
    link: str = "https://e.org/?a=1&amp;b=2",
    *,
    head: str = '<?xml version="1.0" encoding="utf-8"?>',
    more: str = "",
) -> str:
    return (
        f'{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>f</title>'
        f"<link>https://news.example/</link><item><title>{title}</title><link>{link}</link>{more}</item></channel></rss>"
    )


def _atom(entry: str, attributes: str = ' xmlns="http://www.w3.org/2005/Atom"') -> bytes:
    return f"<feed{attributes}><title>f</title><id>x</id><entry><title>t</title><id>1</id>{entry}</entry></feed>".encode()


def _declared(name: str, codec: str, title: str) -> bytes:
    return _rss(title, head=f'<?xml version="1.0" encoding="{name}"?>').encode(codec)


_DATES = {
    "Mon, 02 Jan 2006 15:04:05 GMT": _DATE,
    "Mon, 02 Jan 2006 17:04:05 CEST": _DATE,
    "Mon, 02 Jan 2006 16:04:05 BST": _DATE,
    "Mon, 02 Jan 2006 10:04:05 EST": _DATE,
    "Mon, 02 Jan 2006 20:34:05 +05:30": _DATE,
    "Mon, 02 Jan 2006 17:04:05 GMT+0200": _DATE,
    "2006-01-02T17:04:05+0200": _DATE,
    "2006-01-02 15:04:05": _DATE,
    "Monday, 2 Jan 06 15:04:05 GMT": _DATE,
    "Thur, 05 Jan 2006 15:04:05 GMT": "2006-01-05T15:04:05",
    "Tue, 05 Sept 2006 15:04:05 GMT": "2006-09-05T15:04:05",
    "Mon, 02 Jan 2006 24:00:00 GMT": "2006-01-03T00:00:00",
    "January 2, 2006 3:04:05 PM": _DATE,
    "1136214245": _DATE,
    "02/01/2006": "2006-01-02T00:00:00",
    "02.01.2006": "2006-01-02T00:00:00",
    "2 janvier 2006 15:04:05": _DATE,
    "2 января 2006 15:04:05": _DATE,
}

BREAKERS: tuple[Breaker, ...] = (
    Breaker("a character beyond Unicode", _rss("a&#1114112;b").encode(), "a�b"),
    Breaker("half a surrogate pair", _rss("a&#55296;b").encode(), "a�b"),
    Breaker(
        "backslash in an entity of a DOCTYPE",
        b'<!DOCTYPE r [<!ENTITY x "a\\b">]>' + _rss("&x;", head="").encode(),
        "a\\b",
    ),
    Breaker(
        "JSON Feed",
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","url":"https://e.org/?a=1&b=2","title":"t"}]}',
    ),
    Breaker("bare & in title and link", _rss("Tom & Jerry", _LINK).encode(), "Tom & Jerry"),
    Breaker("names of HTML in a title", _rss("a&nbsp;b&rsquo;s").encode(), "a b’s"),
    Breaker(
        "unclosed br in a description", _rss(more="<description>a<br>b</description>").encode()
    ),
    Breaker(
        "declared UTF-8, really Windows-1252", _rss("caf\xe9 “q”").encode("cp1252"), "café “q”"
    ),
    Breaker("declared Latin-1, really UTF-8", _declared("iso-8859-1", "utf-8", "café"), "café"),
    Breaker(
        "UTF-8 with one bad byte",
        _rss("Crème 北京 it#s").encode().replace(b"#", b"\x92"),
        "Crème 北京 it’s",
    ),
    Breaker("declared GB 2312, really GBK", _declared("gb2312", "gbk", "镕基新闻"), "镕基新闻"),
    Breaker("KOI8-R", _declared("koi8-r", "koi8-r", "Новости"), "Новости"),
    Breaker("Shift_JIS", _declared("shift_jis", "cp932", "ニュース"), "ニュース"),
    Breaker("UTF-16 with a mark", _declared("utf-16", "utf-16", "café"), "café"),
    Breaker("UTF-16 without a mark", _declared("utf-16", "utf-16-le", "café"), "café"),
    Breaker("unknown encoding", _declared("x-none", "utf-8", "café"), "café"),
    Breaker("Atom without namespace", _atom(f'<link href="{_LINK.replace("&", "&amp;")}"/>', "")),
    Breaker(
        "item outside of the channel",
        b"<rss version='2.0'><channel><title>f</title></channel><item><title>t</title>"
        b"<link>https://e.org/?a=1&amp;b=2</link></item></rss>",
    ),
    Breaker("relative link", _rss(link="/1").encode(), link="https://news.example/1"),
    Breaker(
        "relative link under xml:base",
        _atom(
            '<link href="1"/>',
            ' xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/a/"',
        ),
        link="https://b.example/a/1",
    ),
    Breaker(
        "empty link, guid a permalink",
        _rss(link="", more="<guid>https://e.org/g</guid>").encode(),
        link="https://e.org/g",
    ),
    Breaker("link in CDATA with blanks", _rss(link=f"<![CDATA[\n {_LINK}\n]]>").encode()),
    Breaker(
        "title of the media first",
        _rss().replace("<item>", "<item><media:title>m</media:title>").encode(),
    ),
    Breaker(
        "escaped markup in a title", _rss("&lt;b&gt;x&lt;/b&gt; &amp;amp; y").encode(), "x & y"
    ),
    Breaker("blank line before the declaration", b"\n\n" + _rss().encode()),
    Breaker("comment before the declaration", b"<!-- x -->" + _rss().encode()),
    Breaker("script behind the end", _rss().encode() + b"<script>x</script>"),
    Breaker("control character", _rss("a\x0bb").encode(), "a b"),
    Breaker("cut off in a second item", _rss().encode()[:-16] + b"<item2><tit"),
    Breaker(
        "news sitemap",
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://e.org/?a=1&amp;b=2</loc>'
        b"<news:news><news:title>t</news:title></news:news></url></urlset>",
    ),
    *(
        Breaker(f"date {raw}", _rss(more=f"<pubDate>{raw}</pubDate>").encode(), date=wanted)
        for raw, wanted in _DATES.items()
    ),
)
