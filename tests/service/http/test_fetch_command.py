"""`feedmill fetch`: the trace of a request, one line of JSON for each address."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import main

pytestmark = pytest.mark.xdist_group("fetcher")


def fetch(site: Any, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the traces; the site may be asked."""
    command = ["fetch", "--allow", "127.0.0.0/8", "--port", str(site.port), *arguments]
    done = CliRunner().invoke(main, command, prog_name="feedmill", catch_exceptions=False)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(autouse=True)
def _without_pauses(folder, monkeypatch):
    (folder / "sources.yaml").write_text(
        "version: 1\ndefaults: {per_host: {delay: 0s}}\nsources: [{path: a.txt, enabled: false}]\n"
    )
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FEEDMILL_CONFIG", raising=False)


def test_the_trace_of_a_redirect(site):
    url = site.url("valley", "/old/council-election-result")
    status, [trace] = fetch(site, url)
    assert status == 0
    assert [(hop["status"], hop["address"]) for hop in trace["hops"]] == [
        (301, "127.0.0.3"),
        (302, "127.0.0.3"),
        (200, "127.0.0.3"),
    ]
    assert trace["hops"][0]["location"]
    assert trace["hops"][-1]["url"] == trace["final_url"]
    assert trace["moved_to"] == trace["hops"][1]["url"]
    assert (trace["url"], trace["status"]) == (url, 200)
    assert trace["bytes"] >= trace["wire_bytes"] > 0
    assert trace["content_type"].startswith("text/html")
    assert trace["seconds"] < 5
    assert "error" not in trace


def test_a_conditional_request(site):
    url = site.url("harbour", "/rss.xml")
    _, [first] = fetch(site, url)
    assert first["etag"]
    status, [again] = fetch(site, url, "--etag", first["etag"], "--accept", "text/xml")
    assert (status, again["status"], again["not_modified"], again["bytes"]) == (0, 304, True, 0)


def test_one_of_several_fails(site, folder):
    gone = site.url("wire", "/no-such-page")
    status, traces = fetch(
        site, gone, site.url("harbour", "/rss.xml"), "http://169.254.169.254/", "x"
    )
    assert status == 1
    kinds = [trace.get("error", {}).get("kind") for trace in traces]
    assert kinds == ["http-status", None, "address-refused", "url-refused"]
    assert (traces[0]["status"], traces[0]["hops"][0]["status"]) == (404, 404)
    assert traces[0]["error"]["retryable"] is False
    assert traces[0]["error"]["message"]


def test_bounds_and_the_body(site, folder):
    url = site.url("harbour", "/rss.xml")
    status, [trace] = fetch(site, url, "--output", "feed.xml")
    assert status == 0
    body = (folder / "feed.xml").read_bytes()
    assert b"<rss" in body
    assert len(body) == trace["bytes"]
    status, [trace] = fetch(site, url, "--max-bytes", "100")
    assert (status, trace["error"]["kind"]) == (1, "too-big")
    status, [trace] = fetch(site, site.url("wire", "/silent"), "--timeout", "0.3")
    assert (status, trace["error"]["kind"], trace["error"]["retryable"]) == (1, "timeout", True)
    assert trace["hops"][0]["status"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("http://e.org/", "--allow", "nowhere"), "10.0.0.0/8"),
        (("http://e.org/", "http://e.org/", "--output", "x"), "one address"),
        ((), "URL"),
    ],
)
def test_mistakes_are_told(arguments, said):
    done = CliRunner().invoke(main, ["fetch", *arguments], prog_name="feedmill")
    assert done.exit_code == 2
    assert said in done.stderr


def test_no_sources_file_is_needed(site, folder):
    (folder / "sources.yaml").unlink()
    assert fetch(site, site.url("harbour", "/rss.xml"))[0] == 0


def test_the_sources_file_says_how(site, folder):
    (folder / "sources.yaml").write_text(
        f"version: 1\nfetch: {{user_agent: reader/9, allow_networks: [127.0.0.0/8], ports: [{site.port}]}}\n"
        "sources: [{path: a.txt, enabled: false}]\n"
    )
    done = CliRunner().invoke(
        main, ["fetch", site.url("harbour", "/rss.xml")], prog_name="feedmill"
    )
    assert done.exit_code == 0, done.output
    assert site.requests()[-1]["user_agent"] == "reader/9"
