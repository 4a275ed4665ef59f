"""What every benchmark ends with: a table for people, one line of JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, the value that was measured, and whether it is met."""

    name: str
    goal: str
    value: float
    met: bool


def machine() -> dict[str, Any]:
    """The machine the figures belong to, and how busy it was."""
    return {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.system(),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as aligned columns, numbers to the right."""
    columns = list(rows[0])
    cells = [columns, *([str(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )


def print_report(
    name: str, rows: list[dict[str, Any]], goals: list[Goal], *, as_json: bool, results: Any = None
) -> None:
    """Print the outcome of a benchmark. With `as_json` the last line is JSON.

    Args:
        name: Of the benchmark.
        rows: The table for people.
        goals: Met or missed.
        as_json: Whether to end with one line of JSON.
        results: For that line, where it tells more than the table.
    """
    print(table(rows))
    for goal in goals:
        print(f"{'met   ' if goal.met else 'MISSED'}  {goal.name}: {goal.value} (goal {goal.goal})")
    if as_json:
        outcome = {
            "bench": name,
            "machine": machine(),
            "goals": [asdict(goal) for goal in goals],
            "results": rows if results is None else results,
        }
        print(json.dumps(outcome))
