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
    *("pipeline_bound", "pipeline_peers", "pipeline_plot", "pipeline_runs", "pipeline_stages"),
    *("pipeline_store", "plant"),
    *("faults_clock", "faults_deeds", "faults_disk", "faults_list", "faults_look", "faults_page"),
    *("faults_poison", "faults_relay", "faults_stage", "faults_trial", "soak_kills", "soak_memory"),
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
    parser.add_argument("--only", metavar="NAME", help="run only the part of this name")
    parser.add_argument("--minutes", type=float, metavar="N", help="how long to go on")
    parser.add_argument("--pages", type=int, metavar="N", help="how many pages")
    parser.add_argument("--workers", type=int, metavar="N", help="how many worker processes")
    options = parser.parse_args()
    if options.name is None:
        for name in names:
            about = importlib.import_module(f"bench.{name}").__doc__ or ""
            print(f"{name:12} {about.splitlines()[0]}")
        return
    run = importlib.import_module(f"bench.{options.name}").run
    takes = inspect.signature(run).parameters
    extra: dict[str, Any] = {"data": options.data} if "data" in takes else {}
    for option in ("seed", "only", "minutes", "pages", "workers"):
        if option in takes and getattr(options, option) is not None:
            extra[option] = getattr(options, option)
    run(as_json=options.json, quick=options.quick, **extra)


if __name__ == "__main__":
    main()
