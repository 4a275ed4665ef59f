from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.site.articles import wire_story
from workers.sift import answers

PARTS = wire_story().paragraphs
TEXT = "\n\n".join(PARTS)


def judged(valkey, *lines: object) -> list[dict]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(answers(raw, valkey))


def test_each_line_is_judged_against_those_before_it(valkey):
    first, copy, near, other = judged(
        valkey,
        {"id": "a", "text": TEXT},
        {"id": "b", "text": TEXT.upper()},
        {"id": "c", "text": "\n\n".join(PARTS[:3])},
        {
            "id": "d",
            "text": "Swans have come back to the inner basin this spring, say the wardens.",
        },
    )
    assert (first["id"], first["verdict"]) == ("a", "new")
    assert (copy["verdict"], copy["of"]) == ("duplicate", "a")
    assert (near["verdict"], near["of"], near["relation"]) == ("near", "a", "excerpt")
    assert 0.8 < near["score"] <= 1
    assert (other["id"], other["verdict"]) == ("d", "new")


def test_the_same_address_is_a_later_version(valkey):
    verdicts = judged(
        valkey,
        {"id": "a", "url": "https://news.example/1", "text": TEXT},
        {
            "id": "b",
            "url": "http://www.news.example/1?utm_source=x",
            "text": f"{TEXT} And more of it.",
        },
        {"id": "c", "url": "https://news.example/1", "text": f"{TEXT} And more of it."},
    )
    assert [(one["verdict"], one.get("of")) for one in verdicts] == [
        ("new", None),
        ("update", "a"),
        ("unchanged", "a"),
    ]


def test_bad_lines_cost_themselves_only(valkey):
    nonsense, without, address, good = judged(
        valkey,
        b"nonsense",
        {"id": "a"},
        {"id": "b", "text": TEXT, "url": "http://[bad"},
        {"id": 7, "text": TEXT},
    )
    assert (nonsense["line"], nonsense["error"]["kind"]) == (1, "bad-line")
    assert without["error"]["message"].startswith("text: ")
    assert "http://[bad" in address["error"]["message"]
    assert (good["id"], good["verdict"]) == ("7", "new")


@pytest.mark.slow
def test_the_command(tmp_path):
    file = tmp_path / "texts.jsonl"
    lines = [json.dumps({"id": name, "text": TEXT}) for name in "ab"]
    file.write_text("\n".join([*lines, "", "nonsense"]))
    done = CliRunner().invoke(main, ["dedup", str(file)])
    assert done.exit_code == 1
    verdicts = [json.loads(line).get("verdict") for line in done.stdout.splitlines()]
    assert verdicts == ["new", "duplicate", None]
    piped = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", "dedup", "-"],
        input=lines[0].encode(),
        capture_output=True,
        check=False,
    )
    assert json.loads(piped.stdout)["verdict"] == "new"
