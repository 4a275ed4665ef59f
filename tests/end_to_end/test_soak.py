"""A short soak: pages come at 80 % of the capacity while processes are killed at random."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_nothing_is_lost_or_doubled_under_random_kills():
    done = subprocess.run(
        [sys.executable, "-m", "bench", "soak", "--quick", "--json", "--seed", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])["results"]
    assert (result["lost"], result["doubled"], result["wrongly aside"]) == (0, 0, 0)
    assert result["pages"] > 100
    assert sum(result["kills"].values()) >= 3
