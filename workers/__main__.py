"""One worker process: `python -m workers --redis URL [--prefix PREFIX]`.

People start workers with `feedmill worker` or `feedmill run`, which keep several of these running.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys

from redis.exceptions import RedisError

from feedmill import log
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from workers import extract
from workers.limits import Limits
from workers.worker import PageWorker


def main() -> None:
    """Parse the command line and work until stopped."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument(
        "--redis",
        default=os.environ.get("FEEDMILL_REDIS"),
        help="address of the Redis server; by default what FEEDMILL_REDIS says",
    )
    parser.add_argument("--prefix", default="", help="prefix of all keys")
    parser.add_argument("--log-level", choices=["debug", "info", "warning"], default="info")
    parser.add_argument("--page-cpu", type=int, default=20, help="CPU seconds that a page may take")
    parser.add_argument(
        "--page-memory", type=int, default=1024**3, help="bytes of memory that a page may take"
    )
    parser.add_argument("--burst", action="store_true", help="end when the queue is empty")
    options = parser.parse_args()
    if not options.redis:
        parser.error("give --redis, or set FEEDMILL_REDIS")
    log.configure(level=options.log_level)
    extract.warm_up()  # before the first fork, so that no runner has to
    gc.collect()
    gc.freeze()  # what is shared with forked processes is not to be looked through, and so copied, there
    log.get("workers").info("worker runs", pid=os.getpid())
    try:
        limits = Limits(options.page_cpu, memory_bytes=options.page_memory)
        worker = PageWorker(connect(options.redis), Keys(options.prefix), limits=limits)
        worker.run(burst=options.burst)
    except RedisError as error:
        log.get("workers").error("worker ends: Redis does not answer", error=str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
