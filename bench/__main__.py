"""`python -m bench NAME [--json] [--quick] [--data DIR] [--seed N]`."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import bench
from bench import corpus

_NO_BENCHMARKS = {
    *("virtual", "fakeweb", "manners_peers", "manners_rules", "manners_score", "manners_service"),
    *("__main__", "report", "corpus", "scoring", "peers", "line_peers", "feedmills"),
    *("race", "plot", "quality", "outcome", "known"),
    *("hostile_bodies", "hostile_case", "hostile_fence", "hostile_http", "hostile_memory"),
    *("hostile_service", "hostile_urls"),
    *("feed_breakers", "feed_peers"),
    *("dedup_cost", "dedup_peers", "dedup_stream", "dedup_world"),
    *("stories_peers", "stories_score", "stories_stream", "stories_world"),
    *("polling_ours", "polling_peers", "polling_run", "polling_world"),
}


def main() -> None:
    """List the benchmarks, or run one."""
    names = sorted(
        {module.name for module in pkgutil.iter_modules(bench.__path__)} - _NO_BENCHMARKS
    )
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("name", nargs="?", choices=names, help="which one")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--quick", action="store_true", help="finish within a minute")
    parser.add_argument(
        "--data",
        type=Path,
        default=corpus.DATA,
        metavar="DIR",
        help="data of the layout of ../shared",
    )
    parser.add_argument("--seed", type=int, help="draw other random data than usual")
    options = parser.parse_args()
    if options.name is None:
        for name in names:
            about = importlib.import_module(f"bench.{name}").__doc__ or ""
            print(f"{name:12} {about.splitlines()[0]}")
        return
    run = importlib.import_module(f"bench.{options.name}").run
    takes = inspect.signature(run).parameters
    extra: dict[str, Any] = {"data": options.data} if "data" in takes else {}
    if "seed" in takes and options.seed is not None:
        extra["seed"] = options.seed
    run(as_json=options.json, quick=options.quick, **extra)


if __name__ == "__main__":
    main()
