from __future__ import annotations

import socket
import time
from xml.etree import ElementTree as ET

import pytest

from bench import race as racing
from bench.corpus import Page
from bench.outcome import Outcome
from bench.plot import Axis, Point, scatter
from bench.race import Answer, race, speed

PAGES = [
    Page("fundus", f"page-{n}", f"https://site-{n}.example/", "a b c d e", b"a b c d e", None)
    for n in range(5)
]
KEYS = [(page.set, page.id) for page in PAGES]


def right(html, _url):
    return Answer(html.decode(), 0.9)


@pytest.mark.slow
def test_what_goes_wrong_with_a_page_is_counted_and_stops_nothing(monkeypatch):
    monkeypatch.setattr(racing, "PAGE_SECONDS", 0.1)
    monkeypatch.setattr(racing, "_WARM_UP", 0)

    def wrong(_html, url):
        raise KeyError(url)

    def slow(_html, url):
        try:
            time.sleep(0 if "-0" in url else 30)
        except Exception:  # noqa: BLE001 - as extractors do
            return "an extractor that catches everything"
        return ""

    runs = race({"right": right, "wrong": wrong, "slow": slow}, PAGES, rounds=1)
    assert runs["right"].answers[KEYS[0]] == Answer("a b c d e", 0.9)
    assert set(runs["wrong"].errors.values()) == {"KeyError"}
    assert (len(runs["wrong"].errors), runs["wrong"].empty(KEYS)) == (5, 5)
    assert runs["slow"].late == set(KEYS[1:])
    outcome = Outcome(PAGES, runs)
    assert outcome.score("right", "fundus").f1 == 1
    assert outcome.score("wrong", "fundus").f1 == 0
    assert outcome.best("fundus", ["wrong", "right"]) == "right"
    parts = [outcome.score("right", "fundus", part).pages for part in ("train", "held")]
    assert sum(parts) == 5


@pytest.mark.slow
def test_speed_is_a_ratio_of_cpu_time():
    def busy(seconds):
        def extract(_html, _url):
            until = time.process_time() + seconds
            while time.process_time() < until:
                pass

        return extract

    runs = race({"base": busy(0.02), "quick": busy(0.005)}, PAGES, rounds=2, timed_every=2)
    assert 3 < speed(runs["quick"], runs["base"], KEYS).total < 5
    assert 3 < speed(runs["quick"], runs["base"], KEYS).median < 5
    assert speed(runs["base"], runs["base"], KEYS).total == 1


def test_no_extractor_reaches_a_network():
    def fetches(_html, _url):
        socket.create_connection(("127.0.0.1", 9), timeout=1)

    runs = race({"fetches": fetches}, PAGES[:1], rounds=1)
    assert runs["fetches"].errors == {KEYS[0]: "OSError"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 1), timeout=1)


def test_names_in_a_plot_lie_on_no_point_and_no_other_name(tmp_path):
    points = [Point(f"extractor {n}", 1 + n / 50, 0.9 + n % 3 / 500) for n in range(14)]
    points.append(Point("ours & yours", 2.0, 0.95, ours=True))
    x = Axis("speed", 0.5, 4.0, (0.5, 1.0, 2.0, 4.0), logarithmic=True)
    y = Axis("F1", 0.8, 1.0, (0.8, 0.9, 1.0))
    scatter(tmp_path / "plot.svg", points, x, y, title="A <title>")
    root = ET.parse(tmp_path / "plot.svg").getroot()
    names = [text for text in root.iter() if "name" in text.get("class", "")]
    assert {text.text for text in names} == {point.name for point in points}
    boxes = []
    for text in names:
        width = len(text.text or "") * 6.2
        right_edge = text.get("text-anchor") == "end"
        left = float(text.get("x", "")) - (width if right_edge else 0)
        boxes.append((left, float(text.get("y", "")), left + width))
    clashes = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[:i]
        if a[0] < b[2] and b[0] < a[2] and abs(a[1] - b[1]) < 11
    ]
    assert clashes == []
