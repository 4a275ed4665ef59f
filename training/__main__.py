"""`python -m training NAME --data DIR` makes the models of one kind anew."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

NAMES = ("plaintext", "html")


def main() -> None:
    """Run the training that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="development data"
    )
    arguments = parser.parse_args()
    import_module(f"training.{arguments.name}").run(arguments.data)


if __name__ == "__main__":
    main()
