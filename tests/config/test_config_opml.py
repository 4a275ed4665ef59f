"""OPML files among the included ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from feedmill.config.opml import Outline, parse, render
from feedmill.config.problems import UnreadableError

if TYPE_CHECKING:
    from conftest import Folder

MAIN = "version: 1\ninclude: [subs.opml]\n"
NESTED = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Subscriptions</title></head>
  <body>
    <outline text="News">
      <outline text="UK" title="United Kingdom">
        <outline type="rss" text="A" xmlUrl="https://a.example/feed?x=1&amp;y=2" category="/World/Europe,news"/>
      </outline>
      <outline text="Ünder" xmlurl="feed://b.example/feed"/>
    </outline>
    <outline xmlUrl=" feed:https://c.example/feed "/>
    <outline type="link" text="No feed" url="https://d.example/"/>
  </body>
</opml>
"""


def test_folders_become_tags(folder: Folder) -> None:
    folder.write("subs.opml", NESTED)
    settings = folder.load(MAIN + "defaults: {every: 1h}")
    assert settings.warnings == []
    assert [(source.url, source.name, source.tags, source.kind) for source in settings.sources] == [
        (
            "https://a.example/feed?x=1&y=2",
            "A",
            ["News", "United Kingdom", "World", "Europe", "news"],
            "feed",
        ),
        ("http://b.example/feed", "Ünder", ["News"], "feed"),
        ("https://c.example/feed", None, [], "feed"),
    ]
    assert {source.every for source in settings.sources} == {settings.defaults.every}
    assert folder.path / "subs.opml" in settings.files


def test_what_is_wrong_with_one_outline_is_a_warning(folder: Folder) -> None:
    folder.write(
        "subs.opml",
        '<opml>\n<body>\n<outline text="A" xmlUrl="https://a.example/feed"/>\n'
        '<outline text="B" xmlUrl="ftp://b.example/"/>\n'
        '  <outline text="C" xmlUrl="https://me:hunter2@c.example/"/>\n'
        '<outline text="D" xmlUrl="https://d.example/"/>\n'
        '<outline text="Again" xmlUrl="https://d.example/#x"/>\n</body></opml>',
    )
    settings = folder.load(MAIN + "sources: [https://a.example/feed]")
    assert [source.url for source in settings.sources] == [
        "https://a.example/feed",
        "https://d.example/",
    ]
    assert settings.warnings == [
        (
            "subs.opml:3:1: 'A': this address is already listed at sources.yaml:3:11; this feed "
            "is left out"
        ),
        (
            "subs.opml:4:1: 'B': expected an address that begins with http:// or https://; this "
            "feed is left out"
        ),
        (
            "subs.opml:5:3: 'C': passwords in URLs are refused; remove the part before the @; this "
            "feed is left out"
        ),
        (
            "subs.opml:7:1: 'Again': this address is already listed at subs.opml:6:1; this feed "
            "is left out"
        ),
    ]


def test_what_people_wrote_goes_first_wherever_it_stands(folder: Folder) -> None:
    folder.write("subs.opml", '<opml><outline xmlUrl="https://a.example/feed"/></opml>')
    folder.write("own.yaml", "- {url: https://a.example/feed, id: own}")
    settings = folder.load("version: 1\ninclude: [subs.opml, own.yaml]")
    assert [source.id for source in settings.sources] == ["own"]
    assert len(settings.warnings) == 1


def test_an_id_that_is_taken_is_made_another(folder: Folder) -> None:
    folder.write("subs.opml", '<opml><outline xmlUrl="https://a.example/feed/"/></opml>')
    settings = folder.load(MAIN + "sources: [https://a.example/feed]")
    first, second = (source.id for source in settings.sources)
    assert first == "a-example-feed"
    assert second.startswith("a-example-feed-")


def test_names_are_made_to_fit(folder: Folder) -> None:
    folder.write(
        "subs.opml",
        f'<opml><outline text="x&#10;y\u0085"><outline text="{"long " * 100}" '
        'xmlUrl="https://a.example/"/></outline></opml>',
    )
    source = folder.load(MAIN).sources[0]
    assert source.tags == ["x y"]
    assert source.name is not None
    assert len(source.name) <= 200


BAD = {
    "nothing": ("", "1:1: OPML cannot be read: no element found"),
    "text": ("subscriptions", "1:1: OPML cannot be read: syntax error"),
    "a bare &": (
        '<opml>\n<outline xmlUrl="https://a.example/?a=1&b=2"/></opml>',
        "2:42: OPML cannot be read: not well-formed (invalid token); is an & not written as &amp;?",
    ),
    "entity": (
        "<opml><head>&nbsp;</head></opml>",
        "1:13: OPML cannot be read: undefined entity; only XML's own are known",
    ),
    "not closed": ("<opml><body>", "1:13: OPML cannot be read: no element found"),
    "DOCTYPE": (
        '<?xml version="1.0"?>\n<!DOCTYPE opml [<!ENTITY a "aaaa">]>\n<opml>&a;</opml>',
        "2:16: a DOCTYPE is not allowed; remove it",
    ),
    "a feed": ("<rss><channel/></rss>", "1:1: this is no OPML: it begins with <rss>"),
    "depth": (
        f"<opml>{'<outline>' * 60}{'</outline>' * 60}</opml>",
        "1:448: outlines are nested more than 50 deep",
    ),
    "encoding": (
        '<?xml version="1.0" encoding="no-such"?><opml/>',
        "1:1: OPML cannot be read: its encoding is not known",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_what_is_no_opml_is_an_error(folder: Folder, text: str, expected: str) -> None:
    folder.write("subs.opml", text)
    (problem,) = folder.problems(MAIN)
    assert problem.startswith(f"subs.opml:{expected}")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match="larger than 5 MB"):
        parse(b"<opml>" + b" " * 5_000_000)
    monkeypatch.setattr("feedmill.config.opml.MAX_OUTLINES", 2)
    with pytest.raises(UnreadableError, match="more than 2 feeds"):
        parse(b"<opml>" + b"<outline xmlUrl='https://a.example'/>" * 3 + b"</opml>")


def test_file_that_cannot_be_read(folder: Folder) -> None:
    assert folder.problems(MAIN) == ["sources.yaml:2:11: include.0: there is no such file in ."]


def test_what_is_written_is_read_again() -> None:
    outlines = [
        Outline("https://a.example/?a=1&b=2", 'The "A" & <B>', ("UK", "politics", "x y")),
        Outline("https://b.example/", None, ()),
        Outline("https://c.example/", "Ü 新聞", ("UK",)),
    ]
    text = render("Mine & yours", outlines)
    again = {outline.url: (outline.title, outline.tags) for outline in parse(text.encode())}
    assert again == {
        "https://a.example/?a=1&b=2": ('The "A" & <B>', ("UK", "politics", "x y")),
        "https://b.example/": ("https://b.example/", ()),
        "https://c.example/": ("Ü 新聞", ("UK",)),
    }
    assert text.count("<outline text=") == 1  # one folder


def test_an_opml_list_says_the_same_as_yaml(folder: Folder) -> None:
    folder.write("subs.opml", NESTED)
    listed = folder.load(MAIN).sources
    entries = [
        source.model_dump(mode="json", include={"url", "name", "tags", "kind"}, exclude_none=True)
        for source in listed
    ]
    folder.write("subs.yaml", yaml.safe_dump(entries, allow_unicode=True))
    assert folder.load("version: 1\ninclude: [subs.yaml]").sources == listed
