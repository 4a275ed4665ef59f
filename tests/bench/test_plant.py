from __future__ import annotations

import re
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest

from bench.plant import (
    AclUser,
    Plan,
    Plant,
    PlantOptions,
    Program,
    Valkey,
    ValkeyOptions,
    generated,
    ledger,
)
from bench.plant.ledger import Told, reckon
from bench.plant.processes import lives, machine_seconds
from bench.plant.variants import Variants
from workers.extract import extract

PLAN = Plan(pages=300, hosts=3, copies=0.1, edits=0.1, empty=0.1)
URLS = [f"http://127.0.0.2:1/{n}" for n in range(4)]


def told(announced, quarantined=(), fetched=None):
    return Told(
        {url: Counter(ops) for url, ops in announced.items()}, Counter(quarantined), fetched or {}
    )


def text_of(html):
    return re.sub(rb"<[^>]*>", b" ", html).decode()


def test_a_plan_is_the_same_in_every_process_and_has_what_was_asked_for():
    again = replace(PLAN)
    assert PLAN.leaves == again.leaves
    assert PLAN.content(PLAN.leaves[7]) == again.content(again.leaves[7])
    kinds = Counter(leaf.kind for leaf in PLAN.leaves)
    assert 15 < kinds["copy"] < 50
    assert 15 < kinds["empty"] < 50
    assert 15 < sum(leaf.is_edited for leaf in PLAN.leaves) < 50
    assert {leaf.host for leaf in PLAN.leaves} == {"127.0.0.2", "127.0.0.3", "127.0.0.4"}


def test_copies_have_the_bytes_of_an_article_of_another_host_that_stays_as_it_is():
    articles = {leaf.body: leaf for leaf in PLAN.leaves if leaf.kind == "article"}
    for leaf in PLAN.leaves:
        if leaf.kind == "copy":
            original = articles[leaf.body]
            assert PLAN.content(leaf) == PLAN.content(original)
            assert original.host != leaf.host
            assert not original.is_edited


@pytest.mark.slow  # loads the models of the extraction
def test_generated_pages_have_articles_of_their_own_and_editions_differ():
    one, other = (extract(generated.page(n, 0)).text for n in (1, 2))
    assert len(one.split()) > 200
    shared = set(one.split()) & set(other.split())
    assert len(shared) < 0.6 * len(set(one.split()))
    edited = next(leaf for leaf in PLAN.leaves if leaf.is_edited)
    assert PLAN.content(edited, 1) != PLAN.content(edited, 2)


@pytest.mark.slow
def test_variants_have_other_words_in_the_same_frame():
    pages = [(html, text_of(html)) for html in (generated.page(n, 0) for n in range(40))]
    variants = Variants(pages)
    assert variants.make(3, 0) == pages[3][0]
    once, twice = variants.make(3, 1), variants.make(3, 2)
    assert len({pages[3][0], once, twice}) == 3
    assert len(once) == len(pages[3][0])
    assert re.findall(rb"</?[a-z0-9]+", once) == re.findall(rb"</?[a-z0-9]+", pages[3][0])
    before, after = extract(pages[3][0]).text.split(), extract(once).text.split()
    assert len(before) == len(after)
    assert sum(a == b for a, b in zip(before, after, strict=True)) < 0.75 * len(before)


def test_what_came_out_once_is_clean():
    came = told({URLS[0]: ["new"], URLS[1]: ["duplicate"]}, [URLS[2]])
    outcome = reckon(came, URLS[:3], [], 0.0)
    assert outcome.clean
    assert (outcome.new, outcome.linked, outcome.quarantined) == (1, 1, 1)


@pytest.mark.parametrize(
    ("announced", "quarantined", "wrong"),
    [
        ({}, (), "lost"),
        ({URLS[0]: ["new", "new"]}, (), "doubled"),
        ({URLS[0]: ["new", "duplicate"]}, (), "doubled"),
        ({URLS[0]: ["new"]}, (URLS[0],), "doubled"),
        ({URLS[0]: ["new", "update"]}, (), "doubled"),
        ({}, (URLS[0], URLS[0]), "doubled"),
        ({URLS[0]: ["new"], URLS[1]: ["new"]}, (), "unforeseen"),
    ],
)
def test_what_did_not_come_out_or_too_often_is_told(announced, quarantined, wrong):
    outcome = reckon(told(announced, quarantined), URLS[:1], [], 0.0)
    assert not outcome.clean
    assert [name for name in ("lost", "doubled", "unforeseen") if getattr(outcome, name)] == [wrong]


def test_the_second_edition_has_to_come_out_and_only_once():
    def of(ops, fetched):
        came = told({URLS[0]: ops}, fetched={URLS[0]: fetched})
        return reckon(came, URLS[:1], URLS[:1], 100.0)

    assert of(["new", "update"], 101.0).clean
    assert of(["new"], 101.0).clean  # the second edition was the first that came
    assert of(["new"], 99.0).lost == URLS[:1]
    assert of(["new", "update", "update"], 101.0).doubled == URLS[:1]


@pytest.mark.slow
def test_a_program_is_measured_and_ended_with_all_that_it_started(folder):
    busy = "import time; t = time.process_time()\nwhile time.process_time() < t + 0.4: pass\n"
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.run([sys.executable, '-c', {busy!r}])\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('ready', flush=True)\ntime.sleep(60)\n"
    )
    before = machine_seconds()
    program = Program("one", (sys.executable, "-c", code), folder, {})
    while "ready" not in program.log.read_text():
        assert program.alive
        time.sleep(0.02)
    child = program.tree()[-1]
    assert child != program.pid
    assert program.cpu_seconds() > 0.4
    assert machine_seconds() - before > 0.4
    assert program.memory_bytes() > 5e6
    program.stop(5)
    assert not program.alive
    assert not lives(child)


@pytest.mark.slow
def test_a_server_keeps_what_it_acknowledged_over_kill_and_restart_and_has_replicas(folder):
    options = ValkeyOptions(appendfsync="always", password="one", tcp=True)
    with Valkey(folder / "a", options) as server:
        with server.client() as redis:
            redis.set("key", "value")
        server.kill()
        assert not server.alive
        server.start()
        with server.client() as redis:
            assert redis.get("key") == b"value"
        follower = server.replica(folder / "b")
        try:
            server.kill()
            follower.promote()
            with follower.client() as redis:
                assert redis.set("other", "value")
                assert redis.get("key") == b"value"
        finally:
            follower.stop()


@pytest.mark.slow
def test_everything_that_is_released_comes_out_once_and_what_is_taken_away_is_missed():
    options = PlantOptions(
        pages=40,
        hosts=2,
        copies=0.1,
        edits=0.1,
        empty=0.1,
        valkey=ValkeyOptions(tcp=True, password="one", user=AclUser("feedmill", "other")),
    )
    with Plant(options) as plant:
        plant.start_service()
        plant.start_workers(1)
        plant.web.release()
        assert plant.wait_until_done(60)
        assert len(plant.worker_pids()) == 1
        plant.web.edit()
        assert plant.outcome().lost  # the second editions
        assert plant.wait_until_done(60)
        outcome = plant.outcome()
        assert outcome.clean
        assert outcome.expected == 40
        assert outcome.linked
        assert outcome.updated
        assert outcome.quarantined
        assert sum(plant.stats().values()) == 40 + outcome.updated
        entries = plant.consumer.entries()
        assert len(entries) == outcome.new + outcome.linked + outcome.updated
        with plant.valkey.client() as redis:
            redis.xdel("articles", entries[0].entry_id)
        assert plant.outcome().lost == [entries[0].fields["url"]]
        assert ledger.article_id(entries[0].fields["url"])
        logs = [program.log for program in plant.programs]
    assert not any(program.alive for program in plant.programs)
    assert not any(log.exists() for log in logs)
