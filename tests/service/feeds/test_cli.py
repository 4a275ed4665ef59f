"""`feedmill parse-feed` as a program."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest

from tests.service.feeds.samples import atom_of, rss_of
from tests.site.process import ROOT

pytestmark = [pytest.mark.xdist_group("parse-feed"), pytest.mark.slow]

ENTRY = {
    "id",
    "url",
    "title",
    "published_at",
    "updated_at",
    "authors",
    "summary",
    "content",
    "enclosures",
    "tags",
}


def parse_feed(*arguments, given=b"", cwd=ROOT):
    done = subprocess.run(
        [sys.executable, "-m", "service", "parse-feed", *map(str, arguments)],
        input=given,
        capture_output=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        timeout=60,
        check=False,
    )
    return (
        done.returncode,
        [json.loads(line) for line in done.stdout.splitlines()],
        done.stderr.decode(),
    )


def test_files_of_all_kinds_in_their_order(tmp_path):
    (tmp_path / "a.xml").write_text(rss_of("<title>A</title><link>/a</link>"))
    (tmp_path / "b.json").write_text(
        '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}'
    )
    (tmp_path / "c.xml.gz").write_bytes(gzip.compress(atom_of("<title>C</title>").encode()))
    (tmp_path / "d.html").write_text("<html><body>no</body></html>")
    (tmp_path / "e.xml").write_text('<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;">]><rss/>')
    (tmp_path / "f.xml").write_text(
        "<sitemapindex><sitemap><loc>https://e.org/s.xml</loc></sitemap></sitemapindex>"
    )
    code, found, told = parse_feed(
        tmp_path / "*.*", tmp_path / "none.xml", "-", given=rss_of("<title>S</title>").encode()
    )
    assert code == 1
    assert [one["format"] for one in found] == [
        "rss20",
        "json11",
        "atom10",
        None,
        None,
        "sitemap-index",
        None,
        "rss20",
    ]
    errors = [one["error"] and one["error"]["kind"] for one in found]
    assert errors == [None, None, None, "not-a-feed", "entities", None, "file-none", None]
    assert all(isinstance(one["entries"], list) for one in found)
    assert found[5]["children"] == [{"url": "https://e.org/s.xml", "modified_at": None}]
    assert [one["file"] for one in found[-2:]] == [str(tmp_path / "none.xml"), "-"]
    assert "3 of 8 files" in told


def test_everything_that_programs_rely_on(tmp_path):
    (tmp_path / "feed.xml").write_text(
        rss_of(
            "<title>A &amp;amp; B</title><link>/a?x=1&amp;y=2</link><guid isPermaLink='false'>g</guid>"
            "<pubDate>Mon, 02 Jan 2006 15:04:05 CEST</pubDate><author>a@e.org (Ann)</author><category>c</category>"
            "<description>&lt;p onclick='x'&gt;Hi&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</description>"
            "<enclosure url='/a.mp3' type='audio/mpeg' length='12'/>",
            more="<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
            "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://e.org/self'/>",
        )
    )
    code, [found], _ = parse_feed("feed.xml", "--url", "https://e.org/feed.xml", cwd=tmp_path)
    assert code == 0
    assert (found["file"], found["title"], found["url_base"]) == (
        "feed.xml",
        "The feed",
        "https://e.org/feed.xml",
    )
    assert found["hints"] == {
        "ttl": 60,
        "skip_hours": [3],
        "skip_days": ["Sunday"],
        "update_period": None,
        "update_frequency": None,
        "hub": "https://hub.example/",
        "self": "https://e.org/self",
        "next": None,
    }
    [entry] = found["entries"]
    assert set(entry) >= ENTRY
    assert {name: entry[name] for name in ENTRY} == {
        "id": "g",
        "url": "https://e.org/a?x=1&y=2",
        "title": "A & B",
        "published_at": "2006-01-02T13:04:05Z",
        "updated_at": None,
        "authors": ["Ann"],
        "summary": "<p>Hi</p>",
        "content": None,
        "enclosures": [{"url": "https://e.org/a.mp3", "type": "audio/mpeg", "length": 12}],
        "tags": ["c"],
    }


def test_what_has_no_base_is_told_as_it_stands():
    code, [found], told = parse_feed(
        "-", given=b"<rss><channel><item><link>/1</link></item></channel></rss>"
    )
    assert (code, told) == (0, "")
    [entry] = found["entries"]
    assert (entry["url"], entry["url_raw"], found["url_base"]) == (None, "/1", None)


def test_the_content_type_names_the_encoding():
    body = rss_of("<title>Новости</title>", head='<?xml version="1.0"?>').encode("cp1251")
    _, [found], _ = parse_feed("-", "--content-type", "text/xml; charset=windows-1251", given=body)
    assert (found["entries"][0]["title"], found["encoding"]) == ("Новости", "cp1251")


def test_one_address_for_many_files_is_a_mistake():
    code, found, told = parse_feed("a", "b", "--url", "https://e.org/")
    assert (code, found) == (2, [])
    assert "--url" in told
