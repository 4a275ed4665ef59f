# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""The index of near-duplicates on a real Valkey: what matches what, what is kept, what is raced for."""

from __future__ import annotations

import importlib.util
import multiprocessing
import random
from base64 import b32encode
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from bench import corpus, dedup_stream
from bench.dedup_stream import Document
from feedmill import urls
from feedmill.embedded import EmbeddedServer
from feedmill.store import near
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.near import Evidence, Match, NearIndex
from workers.dedup.sketch import Sketch, sketch

NOW = 1_800_000_000.0
DAY = 86_400.0

HARBOUR = """The port authority of Rotterdam will deepen the northern fairway by 2 metres, it said on Monday.
Work begins on 3 March and is to take 14 months. Ships of up to 400 metres can then call at low water.
The harbour master expects 120 more calls a year. A spokesman for the dredging firms of Antwerp and
Hamburg said that prices would rise, while the Chamber of Commerce spoke of a long overdue step.
Residents of the southern bank had gone to court against the plan, because they feared for their cellars.
The court in The Hague dismissed the case last autumn and ordered a survey of the ground water instead.
Its results are due in May. Until then the dredgers have to keep clear of the old quay wall.
The money comes from the city, the Dutch state and the European Union, a third each. Opponents on the
council doubt that it will suffice, as the last such works became more expensive by a fifth in the end."""

RIVER = """Anglers along the upper Danube report more huchen than at any time since records began there.
The fishery office in Passau puts it down to the ladders that were built beside four power stations.
In the years before, hardly any of the large fish had come past the weir below the mouth of the Inn.
Biologists of the University of Vienna now count them with cameras, day and night, through the winter.
They warn against catching them already: the stock is young, and a dry summer could undo all of it."""

GERMAN = """Die Hafenbehörde von Rotterdam vertieft die nördliche Fahrrinne um zwei Meter, teilte sie am Montag
mit. Die Arbeiten beginnen im März und sollen vierzehn Monate dauern. Danach können auch bei Niedrigwasser
Schiffe von vierhundert Metern Länge anlegen. Der Hafenmeister rechnet mit deutlich mehr Anläufen im Jahr.
Ein Sprecher der Baggerfirmen aus Antwerpen und Hamburg sagte, die Preise würden steigen, die Handelskammer
sprach dagegen von einem längst überfälligen Schritt. Anwohner am Südufer hatten geklagt, weil sie um ihre
Keller fürchteten. Das Gericht in Den Haag wies die Klage ab und ordnete ein Gutachten an."""

CHINESE = """鹿特丹港务局星期一表示,将把北航道加深两米。工程将于三月开始,预计需时十四个月。完工后,长达四百米的船舶在低潮时
也可以停靠。港务长预计每年将增加一百二十艘次。安特卫普和汉堡的疏浚公司发言人说,价格将会上涨,而商会则认为这是早就应该
采取的步骤。南岸居民曾因担心地下室进水而提起诉讼,海牙法院去年秋天驳回了诉讼,并下令调查地下水。结果将于五月公布。"""

RUSSIAN = """Портовая администрация Роттердама углубит северный фарватер на два метра, сообщила она в понедельник.
Работы начнутся в марте и продлятся четырнадцать месяцев. После этого суда длиной до четырёхсот метров смогут
заходить и при низкой воде. Капитан порта ожидает заметно больше заходов в год. Представитель дноуглубительных
компаний Антверпена и Гамбурга заявил, что цены вырастут, а торговая палата назвала этот шаг давно назревшим.
Жители южного берега подавали в суд, потому что опасались за свои подвалы. Суд в Гааге отклонил иск."""

FRAME = """Most read this week. Why the ferry to the islands no longer runs on Sundays, and what may come instead.
Five walks along the old canal that end at a station. How the museum of clocks lost its tower and found another.
What a lighthouse keeper does all day now that the lamp looks after itself. Letters: the bridge, the gulls, the
price of bread. Ten questions on the history of salt, and who knew the answers. Our reporter spent a night with
the bakers of the market hall and came back with flour in her notebook. All rights reserved. No part of this page
may be copied, stored or sent on without our leave in writing. We use cookies so that the page works as it should.
Register for our letter, which comes each morning at six, and can be cancelled whenever you like to do so."""

WEATHER = """The weather office has issued a warning of {what} for {place} from {start} p.m. {day} until {end} a.m.
Forecasters expect {low} to {high} centimetres of it, with gusts of up to {wind} kilometres an hour in {place}.
Residents should avoid travel that can wait, tie down what is loose and look after their elderly neighbours.
Crews of the public works department of {place} will be out all night. Keep away from wires that have come down,
and report where they lie to the power company. Shelters open at the {place} High School at {open} p.m. today."""


@pytest.fixture
def index(valkey: Redis) -> NearIndex:
    return NearIndex(valkey)


def name(number: object) -> str:
    return urls.digest(f"article {number}")


def add(index: NearIndex, number: object, text: str, now: float = NOW) -> Match | None:
    return index.check_and_insert(name(number), sketch(text), now)


def evidence(index: NearIndex, old: str, new: str) -> Evidence | None:
    """Of the match of two texts in an index that has neither, if they match."""
    assert add(index, "old", old) is None
    match = add(index, "new", new)
    assert match is None or match.article_id == name("old")
    return match.evidence if match else None


def made(seed: object, words: int = 300) -> str:
    """A text like no other."""
    draw = random.Random(str(seed))
    return " ".join(f"w{draw.randrange(50_000)}" for _ in range(words))


def paragraphs(text: str, first: int, last: int) -> str:
    return "\n".join(text.split("\n")[first:last])


# ------------------------------------------------------------------------------------ what matches


def test_a_copy_matches_with_all_of_its_text(index):
    found = evidence(index, HARBOUR, HARBOUR.upper())
    assert (found.rule, found.relation) == ("text", "copy")
    assert (found.new_in_old, found.old_in_new, found.shared) == (1.0, 1.0, 40)
    assert (found.numbers, found.old_lead, found.new_lead) == ((5, 5), 1.0, 1.0)


@pytest.mark.parametrize("text", [HARBOUR, RIVER, GERMAN, CHINESE, RUSSIAN])
def test_an_excerpt_and_an_extension_are_told_apart(valkey, text):
    lines = len(text.split("\n"))
    part = paragraphs(text, 0, lines // 2)
    assert evidence(NearIndex(valkey, Keys("a:")), text, part).relation == "excerpt"
    assert evidence(NearIndex(valkey, Keys("b:")), part, text).relation == "extension"


@pytest.mark.parametrize("order", [1, -1])
def test_a_dressed_text_matches_either_way(index, order):
    dressed = f"Harbours | Ports today\nROTTERDAM (wire) - \n{HARBOUR}\n{FRAME[:300]}"
    assert evidence(index, *(HARBOUR, dressed)[::order])


def test_a_reworded_text_matches(index):
    words = HARBOUR.split(" ")
    for place in range(5, len(words), 12):
        words[place] = f"other{place}"
    found = evidence(index, HARBOUR, " ".join(words))
    assert 0.35 < found.new_in_old < 0.9


def test_an_update_with_other_numbers_matches(index):
    changed = HARBOUR
    for old, new in (
        ("2 m", "3 m"),
        ("3 March", "9 March"),
        ("14", "18"),
        ("400", "380"),
        ("120", "90"),
    ):
        changed = changed.replace(old, new)
    found = evidence(index, HARBOUR, changed)
    assert (found.rule, found.numbers, found.relation) == ("update", (0, 5), "copy")


def test_a_short_excerpt_matches_by_its_beginning(index):
    long = HARBOUR + "\n" + "\n".join(made(n, 60) for n in range(8))
    found = evidence(index, long, " ".join(long.split(" ")[:45]))
    assert (found.rule, found.relation, found.shared < 5) == ("excerpt", "excerpt", True)


@pytest.mark.parametrize(("one", "other"), [(HARBOUR, RIVER), (HARBOUR, GERMAN), (GERMAN, RUSSIAN)])
def test_different_texts_do_not_match(index, one, other):
    assert evidence(index, one, other) is None


def test_texts_from_one_template_do_not_match(index):
    storm = {"what": "storm", "place": "Bergen", "start": 5, "day": "Monday", "end": 7}
    storm |= {"low": 10, "high": 25, "wind": 95, "open": 4}
    snow = {"what": "snow", "place": "Oslo", "start": 9, "day": "Friday", "end": 11}
    snow |= {"low": 15, "high": 40, "wind": 70, "open": 6}
    assert evidence(index, WEATHER.format(**storm), WEATHER.format(**snow)) is None
    assert add(index, "copy", f"BERGEN - {WEATHER.format(**storm)}").article_id == name("old")


def test_articles_on_one_page_frame_do_not_match(index):
    assert evidence(index, f"{GERMAN}\n{FRAME}", f"{RIVER}\n{FRAME}") is None
    assert add(index, "copy", f"{RIVER}\n{FRAME}").article_id == name("new")


def test_texts_too_short_to_tell_apart_match_nothing(index):
    for text in ("", "Watch the video", "Ship ahoy said the master"):
        assert evidence(index, text, text) is None


@pytest.mark.parametrize("order", [1, -1])
def test_a_notice_matches_no_article_that_it_stands_in(index, order):
    notice = (
        "All rights reserved. No part of this page may be copied, stored or sent on without leave."
    )
    article = f"{paragraphs(RIVER, 0, 4)}\n{notice}"
    assert evidence(index, *(notice, article)[::order]) is None


@pytest.mark.parametrize("order", [1, -1])
def test_a_teaser_matches_its_article(index, order):
    teaser = " ".join(RIVER.split()[:25])
    assert evidence(index, *(teaser, RIVER)[::order])


def test_what_half_the_index_has_tells_nothing(index):
    tail = " ".join(FRAME.split()[:60])
    for number in range(20):
        add(index, number, f"{made(number, 200)} {tail}")
    found = index.find(name("new"), sketch(f"{made('new', 60)} {tail}"), NOW)
    assert found is None
    assert index.find(name("new"), sketch(f"{made(3, 200)} {tail}"), NOW).article_id == name(3)


def test_the_best_of_several_is_found(index):
    texts = {n: f"{made(n, 200)} {made('tail', 60)}" for n in range(6)}
    for number, text in texts.items():
        assert add(index, number, text) is None
    for number, text in texts.items():
        found = index.find(name("new"), sketch(f"Dateline {text}"), NOW)
        assert found.article_id == name(number)


# ------------------------------------------------------------------------------------ what is kept


def test_an_article_matches_itself_never_and_is_kept_once(valkey, index):
    assert add(index, 1, HARBOUR) is None
    before = snapshot(valkey)
    assert add(index, 1, HARBOUR) is None
    assert snapshot(valkey) == before


def test_what_matches_is_not_kept(valkey, index):
    add(index, 1, HARBOUR)
    before = snapshot(valkey)
    assert add(index, 2, paragraphs(HARBOUR, 0, 5)).article_id == name(1)
    assert snapshot(valkey) == before


def test_finding_writes_nothing(valkey, index):
    assert index.find(name(1), sketch(HARBOUR), NOW) is None
    assert valkey.dbsize() == 0


def snapshot(valkey: Redis) -> dict[bytes, bytes]:
    return {key: valkey.dump(key) for key in valkey.scan_iter()}


def test_what_is_forgotten_matches_no_more(index):
    add(index, 1, HARBOUR)
    index.forget(name(1), sketch(HARBOUR), NOW)
    assert add(index, 2, HARBOUR) is None
    assert add(index, 3, HARBOUR).article_id == name(2)


def test_prefixes_keep_indexes_apart(valkey):
    first, second = (NearIndex(valkey, Keys(prefix)) for prefix in ("a:", "b:"))
    add(first, 1, HARBOUR)
    assert add(second, 2, HARBOUR) is None
    assert all(key.startswith((b"a:near", b"b:near")) for key in valkey.scan_iter())


def test_several_at_once_are_one_after_the_other(index):
    texts = [HARBOUR, RIVER, HARBOUR, RIVER]
    found = index.check_and_insert_all(
        [(name(number), sketch(text), NOW) for number, text in enumerate(texts)]
    )
    assert [match and match.article_id for match in found] == [None, None, name(0), name(1)]


@given(raw=st.binary(min_size=10, max_size=10).filter(any))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_an_id_comes_back_as_it_was(valkey, raw):
    valkey.flushall()
    article_id = b32encode(raw).decode().lower()
    index = NearIndex(valkey)
    index.check_and_insert(article_id, sketch(HARBOUR), NOW)
    assert index.find(name("other"), sketch(HARBOUR), NOW).article_id == article_id


def test_an_article_is_remembered_for_the_window_and_a_quarter_more_at_most(valkey):
    index = NearIndex(valkey, window=timedelta(days=28))
    add(index, "first", RIVER, NOW)
    add(index, "last", HARBOUR, NOW + 6.9 * DAY)
    new = sketch(HARBOUR)
    assert index.find(name("new"), new, NOW + 34.8 * DAY).article_id == name("last")
    assert index.find(name("new"), new, NOW + 35.1 * DAY) is None
    assert index.find(name("new"), sketch(RIVER), NOW + 27.9 * DAY).article_id == name("first")


def test_every_key_but_the_list_of_segments_expires(valkey, index):
    for number in range(50):
        add(index, number, made(number), NOW + number * DAY)
    lives = {key: valkey.ttl(key) for key in valkey.scan_iter()}
    assert lives.pop(b"near") == -1
    assert all(28 * DAY < life <= 35 * DAY for life in lives.values())
    assert len(lives) > 100


def test_segments_of_the_past_are_struck_off(valkey, index):
    for week in range(12):
        add(index, week, made(week), NOW + week * 7.1 * DAY)
    assert valkey.hlen("near") - 1 == 5
    assert int(valkey.hget("near", "next")) == 13


def test_a_clock_that_steps_back_changes_nothing(index):
    add(index, 1, HARBOUR, NOW)
    assert add(index, 2, HARBOUR, NOW - 3 * DAY).article_id == name(1)
    assert add(index, 3, RIVER, NOW - 3 * DAY) is None
    assert add(index, 4, RIVER, NOW).article_id == name(3)


def test_full_segments_are_followed_by_larger_ones(valkey, monkeypatch):
    small = near.library().replace("NEAR_CAPACITY_MAX = 4096,", "NEAR_CAPACITY_MAX = 8,")
    monkeypatch.setattr(near, "library", lambda: small)
    index = NearIndex(valkey)
    texts = {number: sketch(made(number)) for number in range(100)}
    for number, text in texts.items():
        assert index.check_and_insert(name(number), text, NOW) is None
    sizes = [
        int(value.split()[2]) for key, value in valkey.hgetall("near").items() if key != b"next"
    ]
    assert sizes == [8, 24, 72]
    for number, text in texts.items():
        assert index.find(name("x"), text, NOW).article_id == name(number)
    index.check_and_insert(name("later"), sketch(HARBOUR), NOW + 8 * DAY)
    assert int(valkey.hget("near", "4").split()[2]) == 85  # a quarter more than the last one got


@pytest.mark.slow
def test_the_index_stays_compact_under_default_settings(valkey, index):
    batch = [(name(n), sketch(made(n, 120)), NOW) for n in range(3000)]
    index.check_and_insert_all(batch)
    buckets = [key for key in valkey.scan_iter("near:*") if b":r" not in key]
    assert len(buckets) == 1024
    assert max(valkey.hlen(key) for key in buckets) <= 128  # the default of Redis 7 and Valkey 8
    assert {valkey.object("encoding", key) for key in buckets} == {b"listpack"}
    assert max(len(v) for key in buckets for v in valkey.hvals(key)) <= 64
    assert valkey.strlen("near:1:r0") == 64 * 254


def test_the_index_survives_a_restart(folder: Path):
    for number in range(2):
        with EmbeddedServer(folder) as server, connect(server.url) as redis:
            found = add(NearIndex(redis), number, HARBOUR)
            assert (found and found.article_id) == (name(0) if number else None)


# ---------------------------------------------------------------------------- the development data


class Checker:
    """The index as what `bench.dedup_stream` and `score_dedup.py` beside the data want."""

    def __init__(self, redis: Redis) -> None:
        self.index = NearIndex(redis)
        self.ids: dict[str, str] = {}

    def check(self, document: Document) -> str | None:
        return self.match(document.id, document.text)

    def match(self, id_: str, text: str) -> str | None:
        self.ids[name(id_)] = id_
        found = self.index.check_and_insert(name(id_), sketch(text), NOW)
        return self.ids[found.article_id] if found else None

    def add(self, id_: str, text: str) -> None:
        """Done already."""


@pytest.mark.slow
def test_edits_are_found_and_look_alikes_are_not(valkey):
    if not (corpus.DATA / "dedup").is_dir():
        pytest.skip("the development data in ../shared is not here")
    score = dedup_stream.stream(dedup_stream.load(corpus.DATA), Checker(valkey))
    assert score.recall >= 0.95
    assert score.precision >= 0.97
    assert score.recalls["trunc35"] >= 0.95
    assert score.false["template_neg"] <= 10
    assert score.false["boiler_neg"] <= 3
    assert score.false["natural"] + score.false["base"] == 0
    valkey.flushall()
    spec = importlib.util.spec_from_file_location("score_dedup", corpus.DATA / "score_dedup.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    theirs = script.score_stream(Checker(valkey))
    assert (theirs["recall"], theirs["precision"]) == (score.recall, score.precision)
    assert theirs["recall_by_kind"] == score.recalls


# ------------------------------------------------------------------------------------------- races

PROCESSES = 8
VARIANTS = 5


def variant(number: int) -> Sketch:
    """Of every five articles one is whole, the others excerpts, dressed or extended; all match all."""
    group, kind = divmod(number, VARIANTS)
    text = made(group)
    match kind:
        case 1:
            text = " ".join(text.split()[:220])
        case 2:
            text = f"{made(('dateline', number), 8)} {text} {made(('tail', number), 30)}"
        case 3:
            words = text.split()
            text = " ".join([*words[:150], *made(("middle", number), 40).split(), *words[150:]])
        case 4:
            text = " ".join(text.split()[:260])
    return sketch(text)


def check_all(url: str, count: int, start: int) -> dict[int, set[str | None]]:
    """Check the articles 0 to `count` twice, beginning at `start`: with what each matched."""
    answers: dict[int, set[str | None]] = {number: set() for number in range(count)}
    with connect(url) as redis:
        index = NearIndex(redis)
        for step in range(2 * count):
            number = (start + step * 7) % count
            match = index.check_and_insert(name(number), variant(number), NOW)
            answers[number].add(match.article_id if match else None)
    return answers


@pytest.mark.slow  # the same through the whole commit is among the fast ones
@pytest.mark.parametrize("count", [201, pytest.param(10_001, marks=pytest.mark.timeout(900))])
def test_of_near_duplicates_exactly_one_is_first(valkey, valkey_url, count):
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        jobs = [(valkey_url, count, (n % 4) * count // 8) for n in range(PROCESSES)]
        answers = pool.starmap(check_all, jobs)
    groups = -(-count // VARIANTS)
    firsts = 0
    for group in range(groups):
        numbers = range(group * VARIANTS, min(count, (group + 1) * VARIANTS))
        said = {n: set().union(*(answer[n] for answer in answers)) for n in numbers}
        [first] = [n for n in numbers if said[n] == {None}]
        assert all(said[n] == {name(first)} for n in numbers if n != first)
        firsts += 1
    stored = [value for key, value in valkey.hgetall("near").items() if key != b"next"]
    assert sum(int(value.split()[3]) for value in stored) == firsts == groups
