"""`feedmill dedup`: what in a file of texts is a copy, a near-duplicate or a later version of what."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import IO

import click

_COMMAND = ("-P", "-m", "workers.sift")  # -P: never a module of the folder one happens to stand in
_TELL_EVERY = 1.0  # seconds


@click.command()
@click.argument("file", type=click.File("rb"))
def dedup(file: IO[bytes]) -> None:
    """Say of each text in FILE what it is to those before it, by the engine that deduplicates articles.

    FILE holds a JSON object a line: {"id", "text"}, perhaps "url", "title", "published_at". The answers are
    {"id", "verdict", "of", "score", "relation", "story"}. The verdict is one of

    \b
      new        like none before it
      near       nearly the same text as `of`
      duplicate  the same words as `of`
      update     a later version of what had its address
      unchanged  the same version of it

    A line that cannot be read gets {"line", "error"}, and the exit status is 1; the others are judged all the
    same. Nothing is kept. `-` is standard input.

    \b
    Examples:
      feedmill dedup articles.jsonl
      feedmill dedup articles.jsonl | jq -r 'select(.verdict == "new") | .id'
      feedmill tail -n 100 --json | jq -c .article | feedmill dedup -
      zcat texts.jsonl.gz | feedmill dedup - > verdicts.jsonl
    """  # noqa: D301 - click wants the sign itself
    with subprocess.Popen(
        [sys.executable, *_COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        has_failed, count, told_at = False, 0, time.monotonic()
        for line in file:
            process.stdin.write(line.rstrip(b"\n") + b"\n")
            process.stdin.flush()
            if not line.strip():
                continue
            reply = process.stdout.readline()
            if not reply:
                break  # it has told why
            has_failed = has_failed or "error" in json.loads(reply)
            count += 1
            click.echo(reply, nl=False)
            told_at = _progress(count, told_at)
        process.stdin.close()
    sys.exit(1 if has_failed or process.returncode else 0)


def _progress(count: int, told_at: float) -> float:
    """Tell how far it is, where somebody looks and the answers go elsewhere."""
    now = time.monotonic()
    if now - told_at < _TELL_EVERY or not sys.stderr.isatty() or sys.stdout.isatty():
        return told_at
    click.echo(f"\r{count} texts", err=True, nl=False)
    return now
