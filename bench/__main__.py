"""`python -m bench NAME [--json] [--quick]`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

import bench

_NO_BENCHMARKS = {"__main__", "report"}


def main() -> None:
    """List the benchmarks, or run one."""
    names = sorted(
        {module.name for module in pkgutil.iter_modules(bench.__path__)} - _NO_BENCHMARKS
    )
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("name", nargs="?", choices=names, help="which one")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--quick", action="store_true", help="finish within a minute")
    options = parser.parse_args()
    if options.name is None:
        for name in names:
            about = importlib.import_module(f"bench.{name}").__doc__ or ""
            print(f"{name:12} {about.splitlines()[0]}")
        return
    importlib.import_module(f"bench.{options.name}").run(as_json=options.json, quick=options.quick)


if __name__ == "__main__":
    main()
