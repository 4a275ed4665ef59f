"""Links to articles on pages that list them."""

from __future__ import annotations

import time
from urllib.parse import urljoin

import pytest
from lxml import html

from feedmill import urls
from feedmill.errors import SourceError
from service.feeds.listing import MAX_LINKS, ListedLink, compiled, listed
from service.feeds.webpage import weigh_words
from tests.service.feeds import listpages, listpages_world

pytestmark = pytest.mark.slow

URL = "https://www.paper.example/news/"
HTML = "text/html; charset=utf-8"


def find(page: str, select: str | None = None, url: str = URL) -> list[ListedLink]:
    return list(listed(page.encode(), url, HTML, select))


def addresses(page: str, select: str | None = None) -> list[str]:
    return [link.url for link in find(page, select)]


def keys(page: str, attribute: str) -> set[str]:
    """Keys of the links that a page marks with an attribute."""
    marked = html.fromstring(page).xpath(f"//a[@{attribute}]/@href")
    return {urls.key(urljoin(URL, str(href)).partition("#")[0]) for href in marked}


# --- automatic -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", listpages_world.LAYOUTS)
def test_layouts(layout):
    page = layout()
    true = keys(page, "data-article")
    found = {urls.key(link.url) for link in find(page)}
    assert found - true == set()
    assert len(true - found) <= (1 if layout is listpages.home else 0)


def test_titles_and_dates_come_from_the_whole_entry():
    first, second, *_ = find(listpages.cards())
    assert first.title == "Council approves new harbour bridge after long debate"
    assert second.title == "Rain again"
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2026-03-01T08:00:00+00:00"
    assert [link.title for link in find(listpages.read_more())][:2] == list(listpages.TITLES[:2])
    assert find(listpages.whole_cards())[1].title == "Rain again"
    assert find(listpages_world.korean())[0].title == "시의회, 항구 새 다리 건설 승인"


def test_a_picture_tells_the_title_only_where_nothing_else_does():
    entry = (
        '<li><a href="{0}"><img alt="A long description of what the picture shows us"></a>{1}</li>'
    )
    page = "".join(
        entry.format(f"/2026/03/0{n}/story-of-the-day-{n}", more)
        for n, more in enumerate(
            ['<a href="/2026/03/00/story-of-the-day-0">The bridge</a>', "", "<p>x</p>", ""]
        )
    )
    titles = [link.title for link in find(f"<ul>{page}</ul>")]
    assert titles[0] == "The bridge"
    assert titles[1] == "A long description of what the picture shows us"


def test_links_keep_the_order_of_the_page_and_come_once():
    found = addresses(listpages.blog())
    assert found == [
        f"https://www.paper.example/2026/02/{listpages.slug(title)}/"
        for title in listpages.TITLES[:6]
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<p>Nothing</p>",
        listpages.page(listpages.menu("<div>{}</div>") + "<h1>About us</h1><p>Text</p>"),
        listpages.page(listpages.FOOTER),
        '<form><a href="/2026/03/01/a-story-in-a-form">A story in a form</a></form>',
        '<a href="https://other.example/2026/03/01/a-story-elsewhere">A story that is elsewhere</a>',
    ],
)
def test_pages_without_a_list_are_an_error(page):
    with pytest.raises(SourceError, match="`select`") as caught:
        find(page)
    assert caught.value.kind == "no-links"


def test_words_of_scripts_without_spaces():
    assert weigh_words("市议会批准新建港口大桥") >= 4
    assert weigh_words("财经频道") < 3
    assert weigh_words("one two - three") == 3


# --- with a selector -----------------------------------------------------------------------------------

LIST = """<base href="/sub/"><ul>
<li class=e><h3>No link</h3></li>
<li class=e><h3><a href="1#top">One</a></h3> <time datetime="2026-03-09T06:00:00+01:00">9 March</time></li>
<li class=e><a href="https://other.example/2"><h3>Two</h3></a><time>10 March</time></li>
<li><a href="/3">Three</a><a href="1">Again, with more words</a></li>
<li class=e><a href="javascript:x()">Script</a></li>
</ul>"""


@pytest.mark.parametrize("select", ["li.e", "li.e a", "h3", "li:not(:last-child) h3", ".e > *"])
def test_what_is_selected_is_a_link_or_holds_one_or_lies_in_one(select):
    assert addresses(LIST, select) == [
        "https://www.paper.example/sub/1",
        "https://other.example/2",
    ]


def test_titles_and_dates_of_selected_links():
    one, two = find(LIST, "li.e")
    assert (one.title, two.title) == ("One", "Two")
    assert one.published_at is not None
    assert one.published_at.isoformat() == "2026-03-09T05:00:00+00:00"
    assert two.published_at is None
    assert find(LIST, "li a")[0].title == "Again, with more words"


def test_the_date_of_another_entry_is_not_taken():
    page = '<div><time datetime="2026-01-01">x</time><a href="/1">One</a><a href="/2">Two</a></div>'
    assert [link.published_at for link in find(page, "a")] == [None, None]


@pytest.mark.parametrize("select", ["li[", "a::text", "a >", "a:hover(3)", ":is(", "!"])
def test_selectors_that_are_none(select):
    with pytest.raises(SourceError, match="no CSS selector") as caught:
        compiled(select)
    assert caught.value.kind == "selector"


def test_a_selector_that_matches_nothing_says_so():
    with pytest.raises(SourceError, match="matches no link") as caught:
        find(LIST, "article")
    assert caught.value.kind == "no-links"


# --- bounds --------------------------------------------------------------------------------------------


def test_no_more_links_than_the_bound():
    page = "".join(f'<p><a href="/{n}">x</a></p>' for n in range(MAX_LINKS * 2))
    assert len(find(page, "a")) == MAX_LINKS


@pytest.mark.parametrize(
    "page",
    [
        "<div>" + "<a href='/2026/01/02/a-b-c-{0}'>".replace("{0}", "x") * 8_000,
        "".join(
            f"<a href='/2026/01/02/a-b-c-{n}'>one two three four five</a>" for n in range(4000)
        ),
        "<ul>" + "".join(f"<li><h2>x<a href='/{n}'></a>" for n in range(4000)),
        "<div>" * 200 + "".join(f"<a href='/{n}/{n}'>{'word ' * 100}</a>" for n in range(1000)),
        "<a class='" + "a-" * 100_000 + "' href='/1'>x</a>",
        "<a href='/" + "-a" * 100_000 + "'>x</a>",
        "<p>" + "9" * 300_000 + " <a href='/2026/01/02/x-y-z-w'>one two three four</a></p>",
    ],
    ids=["nested", "many", "headings", "deep", "class", "address", "digits"],
)
def test_hostile_pages_take_no_time(page):
    started = time.process_time()
    try:
        find(page)
    except SourceError as error:
        assert error.kind == "no-links"  # noqa: PT017
    assert time.process_time() - started < 4
