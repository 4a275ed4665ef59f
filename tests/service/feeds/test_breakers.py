"""What breaks one feed parser or another (research/feeds.md, section 2.3): none of it may break ours."""

from __future__ import annotations

import pytest

from feedmill.errors import FeedParseError
from tests.service.feeds.samples import URL, atom_of, item, only, parsed, rss_of

LINK = "<link>https://news.example/1</link>"


def first(body, url=URL, content_type=None):
    entry = only(body, url, content_type)
    return entry.hints.title, entry.link


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("a&#1114112;b", "a�b"),
        ("a&#55296;b", "a�b"),
        ("a&#xD83D;&#xDE00;b", "a😀b"),
        ("a&#0;b", "a�b"),
        ("Tom & Jerry", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("a&nbsp;b&rsquo;s", "a b’s"),
        ("caf&eacute;", "café"),
        ("&unknown; thing", "&unknown; thing"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("List&lt;String&gt; in Java", "List<String> in Java"),
        ("&lt;b&gt;bold&lt;/b&gt; words", "bold words"),
        ("<![CDATA[<i>CDATA</i> &amp; more]]>", "CDATA & more"),
        ("a\x0bb", "a b"),
        ("a\x1fb", "a b"),
        ("one<br>two", "one two"),
        ("  two\n  lines ", "two lines"),
        ("it&#146;s", "it’s"),
        ("]]> stays", "]]> stays"),
        ("a &#8217; b & c", "a ’ b & c"),
        ("&#39;x&#39; &#x27;y&#x27;", "'x' 'y'"),
        ("&amp;lt;script&amp;gt;", "<script>"),
        ("x&lt;script&gt;alert(1)&lt;/script&gt;y", "xy"),
    ],
)
def test_titles(title, wanted):
    entry = item(f"<title>{title}</title>{LINK}<guid>g</guid>")
    assert (entry.hints.title, entry.link) == (wanted, "https://news.example/1")


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://e.org/?a=1&b=2", "https://e.org/?a=1&b=2"),
        ("https://e.org/?a=1&amp;b=2", "https://e.org/?a=1&b=2"),
        ("https://e.org/?a=1&copy=2&reg=3", "https://e.org/?a=1&copy=2&reg=3"),
        ("https://e.org/?a=1&amp;amp;b=2", "https://e.org/?a=1&b=2"),
        ("<![CDATA[\n  https://e.org/c?x=1&y=2\n]]>", "https://e.org/c?x=1&y=2"),
        ("\n\t https://e.org/blank \n", "https://e.org/blank"),
        ("/relative", "https://news.example/relative"),
        ("../up.html", "https://news.example/up.html"),
        ("?p=5", "https://news.example/feeds/rss.xml?p=5"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("www.example.org/x", "http://www.example.org/x"),
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("https://e.org/caf\xe9", "https://e.org/caf\xe9"),
        ("https://b\xfccher.example/x", "https://b\xfccher.example/x"),
        ("HTTPS://E.org/Path", "https://E.org/Path"),
        ("https://e.org:8443/x", "https://e.org:8443/x"),
        ("https://e.org/x#part", "https://e.org/x#part"),
        ("https://e.org/a\n  /b", "https://e.org/a%20%20/b"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.c", None),
        ("http://[::1", None),
        ("https://", None),
    ],
)
def test_links(link, wanted):
    assert item(f"<title>t</title><link>{link}</link>").link == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("<link/><guid>https://e.org/g</guid>", "https://e.org/g"),
        ('<link></link><guid isPermaLink="true">/g</guid>', "https://news.example/g"),
        ('<guid isPermaLink="false">42</guid>', None),
        ('<guid isPermaLink="false">https://e.org/g</guid>', "https://e.org/g"),
        (
            '<guid isPermaLink="false">https://e.org/g</guid><link>https://e.org/l</link>',
            "https://e.org/l",
        ),
        ('<atom:link href="https://e.org/a"/>', "https://e.org/a"),
        (
            '<atom:link rel="self" href="https://e.org/self"/><link>https://e.org/l</link>',
            "https://e.org/l",
        ),
        ('<link href="https://e.org/href"/>', "https://e.org/href"),
        ("<link>javascript:x</link><guid>https://e.org/g</guid>", "https://e.org/g"),
        ("<link> </link><link>https://e.org/second</link>", "https://e.org/second"),
    ],
)
def test_where_the_link_is(fields, wanted):
    assert item(f"<title>t</title>{fields}").link == wanted


def test_a_backslash_in_an_entity_of_a_doctype():
    body = '<!DOCTYPE rss [<!ENTITY x "a\\b">]>' + rss_of(f"<title>&x;</title>{LINK}", head="")
    assert first(body) == ("a\\b", "https://news.example/1")


def test_json_feed():
    body = (
        '{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","url":"/1","title":"t"}]}'
    )
    assert first(body) == ("t", "https://news.example/1")


def test_an_unclosed_tag_in_a_description():
    body = rss_of(f"<title>t</title>{LINK}<description>one<br>two</description><guid>g</guid>")
    entry = only(body)
    assert (entry.hints.title, entry.link, entry.hints.guid) == ("t", "https://news.example/1", "g")
    assert "one" in entry.hints.summary
    assert "two" in entry.hints.summary


def test_atom_without_namespace():
    body = (
        '<feed><title>f</title><entry><title type="html">a &amp;amp; b</title>'
        '<link href="/1"/><id>x</id><updated>2026-01-02T03:04:05Z</updated></entry></feed>'
    )
    found = parsed(body)
    assert (found.format, found.title) == ("atom10", "f")
    [entry] = found.entries
    assert (entry.hints.title, entry.link) == ("a & b", "https://news.example/1")
    assert entry.hints.published_at.isoformat() == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize(
    ("namespace", "form"),
    [
        ("http://purl.org/rss/1.0/", "rss10"),
        ("http://my.netscape.com/rdf/simple/0.9/", "rss090"),
        ("http://channel.netscape.com/rdf/simple/0.9/", "rss090"),
    ],
)
def test_items_outside_of_the_channel(namespace, form):
    body = (
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}">'
        "<channel><title>f</title><link>https://e.org/</link></channel>"
        '<item rdf:about="https://e.org/1"><title>t</title><link>https://e.org/1</link></item></rdf:RDF>'
    )
    found = parsed(body)
    assert (found.format, found.title, found.link) == (form, "f", "https://e.org/")
    assert first(body) == ("t", "https://e.org/1")


def test_an_rss_item_outside_of_the_channel():
    body = (
        '<rss version="2.0"><channel><title>f</title></channel><item><title>t</title></item></rss>'
    )
    assert first(body) == ("t", None)


def test_xml_base_on_every_level():
    body = atom_of(
        '<link href="3.html"/><id>x</id><content type="html">&lt;a href="x"&gt;x&lt;/a&gt;</content>',
        attributes=' xml:base="https://base.example/a/"',
    ).replace("<entry>", '<entry xml:base="b/">')
    entry = only(body)
    assert (entry.link, entry.base) == (
        "https://base.example/a/b/3.html",
        "https://base.example/a/b/",
    )
    relative = atom_of('<link href="3.html" xml:base="sub/"/><id>x</id>')
    assert only(relative).link == "https://news.example/feeds/sub/3.html"


def test_without_an_address_the_feeds_own_is_the_base():
    body = rss_of("<title>t</title><link>/1</link>")
    assert parsed(body, None).base == "https://news.example/"
    assert only(body, None).link == "https://news.example/1"
    bare = "<rss><channel><item><link>/1</link></item></channel></rss>"
    entry = only(bare, None)
    assert (entry.link, entry.link_raw) == (None, "/1")


# --- encodings -------------------------------------------------------------------------------------------


def test_declared_utf8_really_windows_1252():
    body = rss_of(f"<title>na\xefve “caf\xe9”</title>{LINK}").encode("cp1252")
    assert first(body) == ("naïve “café”", "https://news.example/1")


@pytest.mark.parametrize(
    "name", ["iso-8859-1", "windows-1252", "us-ascii", "windows-1251", "x-nonsense"]
)
def test_declared_otherwise_really_utf8(name):
    body = rss_of(
        f"<title>Crème 北京</title>{LINK}", head=f'<?xml version="1.0" encoding="{name}"?>'
    )
    assert first(body) == ("Crème 北京", "https://news.example/1")
    assert first(body, content_type=f"text/xml; charset={name}")[0] == "Crème 北京"


def test_one_bad_byte_costs_itself_only():
    body = rss_of(f"<title>Crème 北京 it#s</title>{LINK}").encode().replace(b"#", b"\x92")
    assert first(body) == ("Crème 北京 it’s", "https://news.example/1")


@pytest.mark.parametrize(
    ("declared", "real", "title"),
    [
        ("gb2312", "gbk", "镕基新闻"),
        ("gb2312", "gb18030", "㐂新闻"),
        ("koi8-r", "koi8-r", "Новости"),
        ("windows-1251", "cp1251", "Новости"),
        ("shift_jis", "cp932", "①ニュース"),
        ("euc-jp", "euc_jp", "ニュース"),
        ("euc-kr", "cp949", "뉴스 똠방"),
        ("big5", "big5hkscs", "新聞"),
        ("iso-8859-2", "iso8859-2", "Zażółć"),
        ("iso-8859-9", "cp1254", "Haberler ğış"),
        ("windows-1256", "cp1256", "أخبار"),
        ("iso-8859-1", "cp1252", "“quotes” – dash"),
        ("iso-2022-jp", "iso2022_jp", "ニュース"),
        ("tis-620", "cp874", "ข่าว"),
    ],
)
def test_other_encodings(declared, real, title):
    body = rss_of(
        f"<title>{title}</title>{LINK}", head=f'<?xml version="1.0" encoding="{declared}"?>'
    ).encode(real)
    assert first(body) == (title, "https://news.example/1")


def test_http_names_the_encoding():
    body = rss_of(f"<title>Новости</title>{LINK}", head='<?xml version="1.0"?>').encode("cp1251")
    assert first(body, content_type="text/xml; charset=windows-1251")[0] == "Новости"


def test_the_default_of_a_server_does_not_outdo_the_feed():
    head = '<?xml version="1.0" encoding="windows-1251"?>'
    body = rss_of(f"<title>Новости</title>{LINK}", head=head).encode("cp1251")
    assert first(body, content_type="text/xml; charset=ISO-8859-1")[0] == "Новости"


@pytest.mark.parametrize(
    "codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
def test_wide_encodings_with_and_without_a_mark(codec):
    body = rss_of(
        f"<title>Crème 北京</title>{LINK}", head='<?xml version="1.0" encoding="utf-16"?>'
    )
    assert first(body.encode(codec)) == ("Crème 北京", "https://news.example/1")


def test_a_mark_outdoes_what_is_declared():
    body = (
        b"\xef\xbb\xbf" + rss_of(f"<title>Crème</title>{LINK}").replace("UTF-8", "utf-16").encode()
    )
    assert first(body)[0] == "Crème"


@pytest.mark.parametrize(
    "name", ["utf-7", "idna", "punycode", "undefined", "bz2_codec", "unicode_escape", "\xff", "hex"]
)
def test_codecs_that_no_stranger_may_choose(name):
    head = f'<?xml version="1.0" encoding="{name}"?>'
    body = rss_of(f"<title>+ADw-b+AD4- \\x3cb</title>{LINK}", head=head).encode("latin-1")
    assert first(body)[0] == "+ADw-b+AD4- \\x3cb"


def test_text_encoded_twice_is_read_once():
    twice = "Für „alle“ – à l’Été".encode().decode("cp1252", "ignore")
    entry = item(f"<title>{twice}</title><description>{twice}</description>{LINK}")
    assert entry.hints.title == "Für „alle“ – à l’Été"
    assert entry.hints.summary == "Für „alle“ – à l’Été"


# --- documents --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "\n\n{}",
        "\ufeff{}",
        "<!-- hello -->{}",
        " <!-- a --> <!-- b -->\n{}",
        "{}<script>alert(1)</script>",
        "{}\n<!-- served in 0.1 s -->",
        "{}</rss></html>",
        "Warning: mysql_connect() in /x.php on line 1\n{}",
        "<br />\n<b>Notice</b>: x in <b>y</b><br />{}",
    ],
)
def test_what_stands_around_a_feed(around):
    body = around.format(rss_of(f"<title>t</title>{LINK}"))
    assert first(body) == ("t", "https://news.example/1")


def test_a_feed_that_is_cut_off_keeps_what_is_whole():
    items = "".join(f"<item><title>t{n}</title><link>/{n}</link></item>" for n in range(5))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>"
    for end in range(body.index("t4"), len(body)):
        found = parsed(body[:end])
        assert [entry.link for entry in found.entries][:4] == [
            f"https://news.example/{n}" for n in range(4)
        ]


def test_prefixes_that_were_never_declared():
    body = (
        "<rss version='2.0'><channel><item><title>t</title><dc:creator>Ann</dc:creator>"
        "<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded></item></channel></rss>"
    )
    hints = only(body).hints
    assert (hints.authors, hints.content) == (("Ann",), "<p>x</p>")


def test_a_doctype_that_loads_nothing_is_harmless():
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    body = f'<?xml version="1.0"?>{doctype}<rss version="0.91"><channel><item><title>caf&eacute;</title></item></channel></rss>'
    assert parsed(body).format == "rss091"
    assert first(body) == ("café", None)


def test_entities_that_a_feed_declares_are_put_in():
    doctype = '<!DOCTYPE rss [<!ENTITY % x "y"><!ENTITY me "A &#38; B"><!ENTITY out SYSTEM "file:///etc/passwd">]>'
    body = f"{doctype}<rss><channel><item><title>&me;|&out;|</title></item></channel></rss>"
    assert first(body)[0] == "A & B||"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>',
        f'<!DOCTYPE r [<!ENTITY a "{"x" * 3000}">]>',
        "<!DOCTYPE r [" + "".join(f'<!ENTITY e{n} "x">' for n in range(2000)) + "]>",
        '<!DOCTYPE r [<!ENTITY % p "&#37;q;">]><!DOCTYPE r [<!entity a "&b;">]>',
    ],
)
def test_entities_that_attack_are_refused(doctype):
    with pytest.raises(FeedParseError) as caught:
        parsed(f"{doctype}<rss><channel><item><title>&a;</title></item></channel></rss>")
    assert caught.value.kind == "entities"


def test_entities_that_would_make_a_feed_huge_are_refused():
    doctype = f'<!DOCTYPE r [<!ENTITY a "{"x" * 2000}">]>'
    body = f"{doctype}<rss><channel><item><title>{'&a;' * 3000}</title></item></channel></rss>"
    with pytest.raises(FeedParseError) as caught:
        parsed(body)
    assert caught.value.kind == "entities"


def test_values_of_attributes_without_quotes():
    body = (
        "<?xml?xml version='1.0' ??><rss rss:version=2.0><rss:channel><rss:item><rss:title>t</rss:title>"
        "<rss:guid rss:isPermaLink=true>https://e.org/1</rss:guid></rss:item></rss:channel></rss>"
    )
    assert first(body) == ("t", "https://e.org/1")


# --- fields -----------------------------------------------------------------------------------------------


def test_the_title_of_the_media_is_not_that_of_the_entry():
    fields = "<media:title>media</media:title><title>own</title>"
    assert item(fields).hints.title == "own"
    assert item("<media:title>media</media:title>").hints.title == "media"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("<title>a &lt;b&gt; c</title>", "a <b> c"),
        ('<title type="text">5 &lt; 6</title>', "5 < 6"),
        ('<title type="html">a &lt;b&gt;c&lt;/b&gt; &amp;amp; d</title>', "a c & d"),
        ('<title type="html">&lt;x-y&gt;a&lt;/x-y&gt;</title>', "a"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></title>',
            "a c",
        ),
        ("<title>it&amp;#8217;s</title>", "it’s"),
        ('<title type="text/html" mode="base64">YSA8Yj5jPC9iPg==</title>', "a c"),
    ],
)
def test_titles_of_atom(title, wanted):
    assert only(atom_of(title)).hints.title == wanted


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('<content type="html">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</content>', "<p>a &amp; b</p>"),
        ("<content>5 &lt; 6 &amp; 7</content>", "5 &lt; 6 &amp; 7"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/>b</p> tail</div></content>',
            "<p>a<br>b</p> tail",
        ),
        (
            '<content type="xhtml" xmlns:x="http://www.w3.org/1999/xhtml"><x:div><x:p>a</x:p></x:div></content>',
            "<p>a</p>",
        ),
        ('<content type="image/png">aGVsbG8gd29ybGQ=\xff</content>', None),
        ('<content src="https://e.org/movie.mp4" type="video/mp4"/>', None),
    ],
)
def test_contents_of_atom(content, wanted):
    assert only(atom_of(f"<title>t</title>{content}")).hints.content == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("<author>a@e.org (Ann Lee)</author>", ("Ann Lee",)),
        ("<author>Ann Lee &lt;a@e.org&gt;</author>", ("Ann Lee",)),
        ("<author>a@e.org</author>", ("a@e.org",)),
        ("<author>a@e.org</author><dc:creator>Ann</dc:creator>", ("Ann",)),
        (
            "<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><dc:creator>Ann</dc:creator>",
            ("Ann", "Bob"),
        ),
        ("<dc:creator><![CDATA[ Ann &amp; Bob ]]></dc:creator>", ("Ann & Bob",)),
        ("<author><name>Ann</name><email>a@e.org</email></author>", ("Ann",)),
        ("<atom:author><atom:name>Ann</atom:name></atom:author>", ("Ann",)),
    ],
)
def test_authors(fields, wanted):
    assert item(f"<title>t</title>{fields}").hints.authors == wanted


def test_an_entry_of_atom_inherits_the_authors_of_its_feed():
    author = "<author><name>Ann</name></author>"
    assert only(atom_of("<title>t</title>", more=author)).hints.authors == ("Ann",)
    other = atom_of("<title>t</title><author><name>Bob</name></author>", more=author)
    assert only(other).hints.authors == ("Bob",)


def test_enclosures_and_tags():
    hints = item(
        '<enclosure url="/a.mp3" type="audio/mpeg" length="12"/>'
        '<media:group><media:content url="https://e.org/v.mp4" type="video/mp4" fileSize="99"/></media:group>'
        '<media:content url="https://e.org/i.jpg" medium="image"/><media:content url="/a.mp3"/>'
        "<category>A</category><category>a &amp;amp; b</category><dc:subject>S</dc:subject>"
    ).hints
    assert hints.enclosures == (
        ("https://news.example/a.mp3", "audio/mpeg", 12),
        ("https://e.org/i.jpg", "image", None),
        ("https://e.org/v.mp4", "video/mp4", 99),
    )
    assert hints.tags == ("A", "a & b", "S")


def test_a_long_description_is_content():
    text = "word " * 5000
    hints = item(f"<description>{text}</description>").hints
    assert hints.content == text.strip()
    assert len(hints.summary) == 20_000


def test_what_a_feed_says_about_itself():
    more = (
        "<ttl> 60 </ttl><language>en-GB</language>"
        "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>x</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>monday</day><day>Never</day></skipDays>"
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"> Hourly </sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>'
        '<atom:link rel="self" href="/self"/><atom:link rel="hub" href="https://hub.example/"/>'
        '<atom:link rel="next" href="?page=2"/>'
    )
    found = parsed(rss_of("<title>t</title>", more=more))
    hints = found.hints
    assert (hints.ttl, hints.skip_hours, hints.skip_days) == (60, (0, 7), (0, 6))
    assert (hints.update_period, hints.update_frequency) == ("hourly", 2)
    assert (hints.hub, hints.self_url) == ("https://hub.example/", "https://news.example/self")
    assert hints.next_url == "https://news.example/feeds/rss.xml?page=2"
    assert (found.lang, found.entries[0].hints.lang) == ("en-GB", "en-GB")


@pytest.mark.parametrize(
    ("version", "form"),
    [
        ("0.91", "rss091"), ("0.92", "rss092"), ("0.93", "rss093"), ("0.94", "rss094"),
        ("2.0", "rss20"), ("2.0.1", "rss20"), ("", "rss"), ("9", "rss"),
    ],
)  # fmt: skip
def test_versions(version, form):
    assert (
        parsed(f'<rss version="{version}"><channel><title>t</title></channel></rss>').format == form
    )


def test_old_atom():
    body = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>f</title><entry><title>t</title>'
        '<link rel="alternate" href="/1"/><issued>2004-01-02T03:04:05Z</issued>'
        '<modified>2004-01-03T03:04:05Z</modified><content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;'
        "</content></entry></feed>"
    )
    found = parsed(body)
    [entry] = found.entries
    assert (found.format, entry.link) == ("atom03", "https://news.example/1")
    assert (entry.hints.published_at.day, entry.hints.updated_at.day) == (2, 3)
    assert entry.hints.content == "<p>x</p>"


def test_a_picture_with_rdf_in_it_is_no_feed():
    body = b'\x89PNG\r\n\x1a\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/></rdf:RDF>'
    with pytest.raises(FeedParseError) as caught:
        parsed(body)
    assert caught.value.kind == "not-a-feed"
