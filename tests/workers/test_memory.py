"""Site memory in the work on pages: recalled before, remembered after, and never in the way."""

from __future__ import annotations

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as LostConnectionError

from feedmill.page import Page
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from tests.articles import make_page
from tests.workers.samples import PROSE
from workers.extract import lines_of
from workers.extract.hints import SiteLines
from workers.extract.site import pack, read, shares
from workers.memory import Memory, Recalled, site_of

KEYS = Keys()
FRAME = ("Home", "Sport", "We use cookies to make our pages better for you.", "Imprint")


def share(line: str, taught: SiteLines) -> float:
    return float(shares([line], taught)[0])


def page(number: int, *article: str, frame: tuple[str, ...] = FRAME, **fields) -> Page:
    url = f"https://news.example/{number}"
    lines = "\n".join((*frame[:2], *article, *frame[2:])).encode()
    values = {"content": lines, "url": url, "identity": url, **fields}
    return make_page(f"page-{number}", **values)


def report(number: int) -> list[str]:
    return [f"{line} That was report {chr(97 + number) * 4}." for line in PROSE]


def recall(memory: Memory, one: Page) -> Recalled | None:
    return memory.recall(one, lines_of(one.content))


def work(memory: Memory, one: Page, *article: str) -> Recalled:
    """As `workers.jobs` does."""
    recalled = recall(memory, one)
    assert recalled is not None
    memory.remember(one, recalled, "\n\n".join(article))
    return recalled


@pytest.fixture
def memory(valkey: Redis) -> Memory:
    return Memory(valkey, KEYS)


def test_the_second_page_of_a_site_knows_its_frame(memory):
    work(memory, page(1, *report(1)), *report(1))
    recalled = recall(memory, page(2, *report(2)))
    assert recalled.taught.pages == 1
    assert [share(line, recalled.taught) for line in FRAME] == [1, 1, 1, 1]
    assert not any(share(line, recalled.taught) for line in report(2))


def test_so_does_the_second_page_of_html(valkey):
    memory = Memory(valkey, KEYS)
    menu = "".join(f"<li><a href='/{line}'>{line}</a></li>" for line in FRAME)

    def html(number: int) -> Page:
        body = f"<ul>{menu}</ul><article><p>{'</p><p>'.join(report(number))}</p></article>"
        return page(number, content=f"<html><body>{body}</body></html>".encode())

    work(memory, html(1), *report(1))
    recalled = recall(memory, html(2))
    assert [share(line, recalled.taught) for line in FRAME] == [1, 1, 1, 1]
    assert not any(share(line, recalled.taught) for line in report(2))


def test_a_page_that_comes_again_learns_nothing_of_itself(memory):
    work(memory, page(1, *report(1)), *report(1))
    work(memory, page(2, *report(2)), *report(2))
    recalled = work(memory, page(1, *report(1)), *report(1))
    assert recalled.taught.pages == 1
    assert not any(share(line, recalled.taught) for line in report(1))


def test_nor_from_its_print_version_and_its_next_edition(memory, valkey):
    work(memory, page(1, *report(1)), *report(1))
    work(memory, page(9, *report(9)), *report(9))
    printed = work(memory, page(2, *report(1), frame=("Print", "Back", "x")), *report(1))
    edited = [*report(1)[1:], "This report has been corrected since it was printed first."]
    recalled = work(memory, page(3, *edited), *edited)
    assert printed.taught.pages == recalled.taught.pages == 1
    assert not any(share(line, recalled.taught) for line in edited)
    assert valkey.llen("site:news.example") == 2  # of the three editions the last


def test_two_papers_with_the_same_wire_report(memory):
    work(memory, page(1, *report(1)), *report(1))
    elsewhere = page(1, *report(1), final_url="https://other.example/1")
    recalled = work(memory, elsewhere, *report(1))
    assert recalled.taught.pages == 0


def test_a_site_of_one_page_again_and_again_stays_small(memory, valkey):
    for number in range(50):
        work(memory, page(number, *report(1)), *report(1))
    assert valkey.llen("site:news.example") == 1


def test_a_page_whose_text_is_not_its_own_teaches_nothing(memory, valkey):
    """The page had no article, and the feed's content stands in for it."""
    work(memory, page(1, "Please accept all cookies."), *PROSE)
    assert valkey.dbsize() == 0


def test_a_page_without_lines_is_worked_on_without(valkey):
    for lines in ([], ["", "—"]):
        assert Memory(valkey, KEYS).recall(page(1), lines) is None
    assert valkey.dbsize() == 0


def test_redis_that_is_full_forgets_and_fails_nothing(memory, valkey):
    work(memory, page(1, *report(1)), *report(1))
    valkey.config_set("maxmemory", 1)
    try:
        recalled = work(memory, page(2, *report(2)), *report(2))
    finally:
        valkey.config_set("maxmemory", 0)
    assert recalled.taught.pages == 1
    assert valkey.llen("site:news.example") == 1


def test_a_key_of_another_kind_fails_nothing(memory, valkey):
    valkey.set("site:news.example", "x")
    assert recall(memory, page(1, *report(1))) is None
    valkey.delete("site:news.example")
    recalled = recall(memory, page(1, *report(1)))
    valkey.set("site:news.example", "x")
    memory.remember(page(1), recalled, "\n".join(report(1)))


def test_a_lost_connection_surfaces(folder):
    with connect(f"unix://{folder}/nobody.sock", retries=0) as redis:
        memory = Memory(redis, KEYS)
        with pytest.raises(LostConnectionError):
            recall(memory, page(1, *PROSE))


def test_huge_pages_are_bounded(memory, valkey):
    for number in range(8):
        lines = [
            f"{'w' * (1 + n % 60)} {'v' * (1 + n // 60)} {chr(97 + number)}" for n in range(9000)
        ]
        work(memory, page(number, *lines), *lines[:100])
    assert valkey.memory_usage("site:news.example", samples=0) < 80_000


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"url": "https://www.news.example/a/b"}, "news.example"),
        ({"url": "http://News.Example"}, "news.example"),
        ({"url": "https://sport.news.example/a?b=c"}, "sport.news.example"),
        ({"url": "http://127.0.0.1:8080/a"}, "127.0.0.1:8080"),
        ({"url": "https://a.example/1", "final_url": "https://b.example/2"}, "b.example"),
        ({"kind": "entry", "url": "https://a.example/1"}, "feed:news"),
        ({"kind": "file", "url": "file:///seeds/old/a.txt"}, "file:news:/seeds/old"),
        ({"url": "https://news.example:99999/2"}, None),
        ({"url": "https://[::1"}, None),
        ({"url": "about:blank"}, None),
        ({"kind": "file", "url": "file:///a\ud800/a.txt"}, "file:news:/a?"),
        ({"kind": "file", "url": f"file:///{'a' * 9000}/a.txt"}, f"file:news:/{'a' * 489}"),
    ],
)
def test_what_a_page_shares_its_frame_with(fields, name):
    assert site_of(make_page(**fields)) == name


def test_keys_of_lines_are_what_is_stored(memory, valkey):
    work(memory, page(1, *report(1)), *report(1))
    [stored] = valkey.lrange("site:news.example", 0, -1)
    article = pack(read(report(1)).keys)
    assert stored[8:10] == len(PROSE).to_bytes(2)
    assert stored[10 : 10 + len(article)] == article
    assert len(stored) == 10 + len(article) + 6 * len(FRAME)
