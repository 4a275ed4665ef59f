"""`feedmill fetch`: one request as the service makes it, and its trace."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import FetchError
from service.cli import options

if TYPE_CHECKING:
    from service.http import Fetched, Fetcher, FetchPolicy
    from service.http.pacing import Pace


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every address."""

    accept: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is changed of the bounds that the sources file sets."""

    allow: Sequence[str]
    ports: Sequence[int]
    max_bytes: int | None
    seconds: float | None


@click.command()
@options.config_option
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--etag", help="Ask only for another version than this one.")
@click.option("--last-modified", help="Ask only for a version that is newer.")
@click.option("--accept", default="*/*", show_default=True, help="The Accept header.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the body to this file."
)
@click.option("--max-bytes", type=click.IntRange(min=1), help="Largest body.")
@click.option(
    "--timeout", "seconds", type=click.FloatRange(min=0, min_open=True), help="Seconds in all."
)
@click.option("--allow", multiple=True, metavar="NETWORK", help="Allow a private network too.")
@click.option("--port", "ports", multiple=True, type=int, help="Allow this port too.")
@click.option("--json", "_as_json", is_flag=True, help="Print JSON, as is done anyway.")
def fetch(
    config: Path,
    urls: tuple[str, ...],
    *,
    etag: str | None,
    last_modified: str | None,
    accept: str,
    output: Path | None,
    max_bytes: int | None,
    seconds: float | None,
    allow: tuple[str, ...],
    ports: tuple[int, ...],
    _as_json: bool,
) -> None:
    """Fetch addresses as the service does and print what happened, one line of JSON each.

    Every redirect is shown, what the answer says about asking again, and the kind of the error if there
    was one. How to fetch stands in the sources file, if there is one (`fetch:`); robots.txt is not asked.

    The exit status is 1 if any address could not be fetched.

    \b
    Examples:
      feedmill fetch https://news.example/rss
      feedmill fetch https://news.example/rss --etag '"5f-1"'
      feedmill fetch http://10.0.0.5:8000/feed --allow 10.0.0.0/8 --port 8000 --output feed.xml
    """  # noqa: D301 - click wants the sign itself
    if output and len(urls) > 1:
        raise click.UsageError("--output takes the body of one address")
    policy, pace = _manners(config, _Bounds(allow, ports, max_bytes, seconds))
    asked = _Asked(accept, etag, last_modified)
    sys.exit(asyncio.run(_fetch_all(urls, asked, policy, pace, output)))


def _manners(config: Path, bounds: _Bounds) -> tuple[FetchPolicy, Pace]:
    """As the sources file says, which need not be there, and as the options say."""
    from feedmill.config import FetchOptions, load
    from service.http import FetchPolicy
    from service.http.pacing import Pace

    policy, pace = FetchPolicy(user_agent=FetchOptions().user_agent), Pace()
    if config.exists():
        from service.parts import policy_of

        settings = load(config)
        per_host = settings.defaults.per_host
        policy = policy_of(settings)
        pace = Pace(per_host.concurrency, per_host.delay.total_seconds())
    try:
        return _changed(policy, bounds), pace
    except ValueError as error:
        raise click.BadParameter(f"--allow wants networks such as 10.0.0.0/8: {error}") from error


def _changed(policy: FetchPolicy, bounds: _Bounds) -> FetchPolicy:
    from service.http.policy import networks_of

    largest = bounds.max_bytes or policy.max_bytes
    return replace(
        policy,
        allow_networks=(*policy.allow_networks, *networks_of(bounds.allow)),
        ports=policy.ports | set(bounds.ports),
        max_bytes=largest,
        max_wire_bytes=max(largest, policy.max_wire_bytes),
        seconds=bounds.seconds or policy.seconds,
    )


async def _fetch_all(
    urls: Sequence[str], asked: _Asked, policy: FetchPolicy, pace: Pace, output: Path | None
) -> int:
    """The exit status."""
    from service.http import Fetcher

    failed = 0
    async with Fetcher(policy) as fetcher:
        for url in urls:
            try:
                answer = await _fetch(url, asked, fetcher, pace)
            except FetchError as error:
                failed = 1
                _print(_of_error(url, error))
                continue
            if output:
                output.write_bytes(answer.body)  # noqa: ASYNC240 - nothing else is going on
            _print(_of_answer(answer))
    return failed


async def _fetch(url: str, asked: _Asked, fetcher: Fetcher, pace: Pace) -> Fetched:
    return await fetcher.fetch(
        url, pace=pace, accept=asked.accept, etag=asked.etag, last_modified=asked.last_modified
    )


def _of_answer(answer: Fetched) -> dict[str, Any]:
    return {
        "url": answer.url,
        "final_url": answer.final_url,
        "status": answer.status,
        "hops": [_hop(hop) for hop in answer.hops],
        "moved_to": answer.moved_to,
        "not_modified": answer.not_modified,
        "content_type": answer.content_type,
        "encoding": answer.headers.get("content-encoding"),
        "bytes": len(answer.body),
        "wire_bytes": answer.wire_bytes,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "max_age": answer.max_age,
        "retry_after": None,
        "links": [asdict(link) for link in answer.links],
        "seconds": round(answer.seconds, 3),
    }


def _of_error(url: str, error: FetchError) -> dict[str, Any]:
    return {
        "url": url,
        "final_url": error.final_url,
        "status": error.status,
        "hops": [_hop(hop) for hop in error.hops],
        "retry_after": error.retry_after,
        "seconds": round(sum(hop.seconds for hop in error.hops), 3),
        "error": {"kind": error.kind, "message": error.message, "retryable": error.retryable},
    }


def _hop(hop: Any) -> dict[str, Any]:
    told = asdict(hop) | {"seconds": round(hop.seconds, 3)}
    return {name: value for name, value in told.items() if value is not None or name == "status"}


def _print(trace: dict[str, Any]) -> None:
    click.echo(json.dumps(trace, ensure_ascii=False).encode("utf-8", "replace"))
