"""`feedmill show` and `feedmill why` on a store with a little of everything."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from feedmill.store.keys import Keys
from service.cli import main
from tests.articles import NOW, file, make_article
from tests.site.articles import wire_story

BODY = (
    "The harbour board met on Tuesday and agreed to dredge the northern channel before the winter.\n\n"
    "Ships of more than nine metres draught will have to wait for the tide until the work is done."
)


@pytest.fixture
def call(valkey, valkey_url, tmp_path):
    """Runs a command on a store in which an article was revised twice, copied once, and one page failed."""
    (tmp_path / "sources.yaml").write_text("version: 1\nsources: [{path: a.txt, enabled: false}]\n")
    for number in (1, 2, 3):
        text = f"{BODY}\n\nNotice number {number} of the harbour master."
        file(valkey, make_article(1, text=text, fetched_at=NOW + timedelta(hours=number)))
    file(valkey, make_article(2, text=text, title="Report 1", source_id="other"))
    refused = {
        "url": "https://news.example/broken",
        "kind": "no-text",
        "reason": "no article in it",
    }
    valkey.xadd("quarantine", {**refused, "source_id": "news"})

    def run(*arguments: str):
        config = ["-c", str(tmp_path / "sources.yaml"), "--redis", valkey_url]
        return CliRunner().invoke(main, [*arguments, *config])

    return run


ID = make_article(1).id


def test_show_prints_an_article_by_id_or_by_address(call):
    by_id, by_url = call("show", ID), call("show", "http://www.news.example/1/?utm_source=x")
    assert by_id.exit_code == 0
    assert by_id.output == by_url.output
    assert "revision 3, updated" in by_id.output
    assert "Notice number 3" in by_id.output
    assert json.loads(call("show", ID, "--json").output)["rev"] == 3


def test_show_prints_earlier_revisions(call):
    assert "Notice number 1" in call("show", ID, "--rev", "1").output
    none = call("show", ID, "--rev", "9")
    assert none.exit_code == 1
    assert "there are 1, 2, 3" in none.output


def test_show_prints_what_has_changed(call):
    told = call("show", ID, "--diff", "1").output
    assert "-Notice number 1 of the harbour master." in told
    assert "+Notice number 3 of the harbour master." in told
    assert "dredge" not in told
    assert call("show", ID, "--diff", "3").output == "Nothing has changed since revision 3.\n"
    changed = json.loads(call("show", ID, "--diff", "1", "--rev", "2", "--json").output)
    assert changed == {
        "id": ID,
        "from": 1,
        "to": 2,
        "removed": ["Notice number 1 of the harbour master."],
        "added": ["Notice number 2 of the harbour master."],
    }


def test_show_of_what_is_not_there_says_where_to_ask(call):
    unknown = call("show", "https://elsewhere.example/1")
    assert unknown.exit_code == 1
    assert "feedmill why" in unknown.output


def test_why_names_the_layers_and_the_evidence(call):
    told = call("why", ID).output
    assert "is stored" in told
    assert "earlier ones are kept: 1, 2" in told
    assert told.count("the same address") == 2
    assert "the same words in the same order" in told
    finding = json.loads(call("why", ID, "--json").output)
    assert finding["fate"] == "article"
    assert [step["verdict"] for step in finding["trail"]] == ["duplicate", "update", "update"]
    assert finding["copies"] == {"https://news.example/2": "other"}


def test_why_tells_a_copy_by_its_address(call):
    told = call("why", "https://news.example/2")
    assert told.exit_code == 0
    assert "exact copy" in told.output
    assert ID in told.output


def test_why_tells_what_was_set_aside(call):
    told = call("why", "https://news.example/broken").output
    assert "set aside" in told
    assert "no-text: no article in it" in told


def test_why_tells_the_evidence_for_a_near_duplicate(call, valkey):
    text = "\n\n".join(wire_story().paragraphs)
    file(valkey, make_article(5, text=text))
    file(valkey, make_article(6, text=f"{text}\n\nThe valley paper adds a line here."))
    told = call("why", make_article(6).id).output
    assert f"of {make_article(5).id} (score" in told
    assert "of the other in it" in told
    assert f"linked here was {make_article(6).id}" in call("why", make_article(5).id).output


def test_why_tells_the_story(call, valkey):
    told = call("why", ID).output
    assert "it began s" in told
    finding = json.loads(call("why", ID, "--json").output)
    assert [entry["op"] for entry in finding["story"]] == ["start"]


def test_why_of_what_is_unknown_says_so(call):
    told = call("why", "https://elsewhere.example/1")
    assert told.exit_code == 1
    assert "is not known" in told.output
    assert call("why", "http://[bad").exit_code == 1


def test_prefixes_are_kept_apart(call, valkey):
    file(valkey, make_article(7), keys=Keys("other:"))
    assert call("show", make_article(7).id).exit_code == 1
