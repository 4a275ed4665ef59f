"""The worker runs nothing but our own job, whoever writes into the queue, and lives on."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from feedmill.jobs import PROCESS_PAGES
from feedmill.store.keys import Keys
from tests.program import descendants, kill, wait_until
from tests.workers.test_jobs import article, nothing_is_left, page, quarantined, titles
from workers.jobs import process_pages
from workers.worker import JobRefusedError, PageJob, PageQueue, PageWorker

KEYS = Keys()


def inject(queue: Queue, data: bytes, **fields: str) -> str:
    """What somebody who can write to Redis can put into the queue."""
    job_id = f"injected-{queue.connection.incr('injected')}"
    queue.connection.hset(
        f"rq:job:{job_id}",
        mapping={
            "data": data,
            "status": "queued",
            "origin": queue.name,
            "created_at": "2026-03-01T12:00:00.000000Z",
            "enqueued_at": "2026-03-01T12:00:00.000000Z",
            "timeout": "30",
            **fields,
        },
    )
    queue.connection.rpush(queue.key, job_id)
    return job_id


def call(function: str, *args: object, instance: object = None) -> bytes:
    return json.dumps([function, instance, args, {}]).encode()


# ---- the job class


def job_of(redis: Redis, data: bytes) -> PageJob:
    job = PageJob("x", connection=redis, serializer=JSONSerializer)
    job.data = data
    return job


def test_the_one_function_that_is_run(valkey):
    assert job_of(valkey, call(PROCESS_PAGES)).func.func is process_pages


@pytest.mark.parametrize(
    "data",
    [
        *(call("os.system", "x"), call("builtins.eval", "1"), call(""), call("process_pages")),
        *(call("workers.jobs.batch_job"), call("workers.jobs.log.configure")),
        *(call(f" {PROCESS_PAGES}"), call(PROCESS_PAGES.upper()), call(f"{PROCESS_PAGES}.x")),
        *(call(PROCESS_PAGES, instance="x"), call("__class__", instance={"a": 1})),
    ],
)
def test_any_other_is_refused(valkey, data):
    with pytest.raises(JobRefusedError) as caught:
        _ = job_of(valkey, data).func
    assert caught.value.kind == "job-refused"


def test_callbacks_are_never_there(valkey):
    job = PageJob("x", connection=valkey, serializer=JSONSerializer)
    names = {f"{kind}_callback_name": "os.getcwd" for kind in ("success", "failure", "stopped")}
    job.restore({"data": call(PROCESS_PAGES), **{k: v.encode() for k, v in names.items()}})
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)


# ---- settings that our research asks for


def test_an_orphaned_batch_is_missed_within_seconds(valkey):
    worker = PageWorker(valkey, KEYS)
    assert worker.get_heartbeat_ttl(PageJob("x", connection=valkey), 100.0) <= 15
    assert worker.job_monitoring_interval < worker.get_heartbeat_ttl(
        PageJob("x", connection=valkey)
    )
    assert worker.worker_ttl - 15 <= 5
    assert worker.maintenance_interval <= 5
    assert [queue.name for queue in worker.queues] == [KEYS.queue]
    assert worker.serializer is JSONSerializer


def test_a_clean_up_that_was_killed_does_not_block_the_next_for_long(valkey):
    queue = PageQueue(KEYS.queue, connection=valkey)
    assert queue.acquire_maintenance_lock()
    assert not queue.acquire_maintenance_lock()
    assert valkey.ttl(queue.registry_cleaning_key) <= 30


# ---- real processes


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The requests that come to a listening address, which stands last in the list's first entry."""
    requests: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the base class names it so

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        requests.append(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield requests
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_injected_jobs_do_nothing_and_the_worker_lives_on(  # noqa: PLR0917 - fixtures
    valkey, queue, accept, enqueue, work, folder, asked
):
    mark = folder / "mark"
    (folder / "evil.py").write_text(
        f"def touch(*args, **options):\n    open({str(mark)!r}, 'w').close()\n", encoding="utf-8"
    )
    hooks = json.dumps(
        [
            {"url": asked[0], "statuses": ["finished", "failed"], "method": "POST"},
            {"url": asked[0], "events": ["finished", "failed"]},
        ]
    )
    hostile = {f"{kind}_callback_name": "evil.touch" for kind in ("success", "failure", "stopped")}
    inject(queue, call("os.system", f"touch {mark}"))
    inject(queue, call("evil.touch"))
    inject(queue, call("touch", instance="evil"))
    inject(queue, b"cposix\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")  # a pickle
    inject(queue, b"{")
    inject(queue, b"null")
    inject(queue, call(PROCESS_PAGES))
    inject(queue, call(PROCESS_PAGES, 7, {"a": "b"}, None))
    inject(queue, call("evil.touch"), **hostile, webhooks=hooks)
    inject(queue, call(PROCESS_PAGES, "", []), **hostile, webhooks=hooks)
    pickled = Queue(KEYS.queue, connection=valkey)
    pickled.enqueue_call("evil.touch", on_success=None, timeout=30)
    enqueue(accept(page(1)))
    done = work()
    assert done.returncode == 0, done.stderr
    assert titles(valkey) == ["Report 1"]
    assert not mark.exists()
    assert asked[1:] == []
    assert queue.count == 0


@pytest.mark.slow
def test_webhooks_in_the_form_of_rq_itself_are_not_called(valkey, queue, accept, work, asked):
    webhook = pytest.importorskip("rq.webhook").Webhook
    ids = accept(page(1))
    job = queue.enqueue_call(
        PROCESS_PAGES,
        args=("", ids),
        webhooks=[webhook(asked[0], status) for status in ("finished", "failed")],
        timeout=30,
    )
    assert job.webhooks
    work()
    assert titles(valkey) == ["Report 1"]
    assert asked[1:] == []


@pytest.mark.slow
def test_a_job_that_is_gone_is_passed_over(valkey, queue, accept, enqueue, work):
    valkey.rpush(queue.key, "never-there")
    enqueue(accept(page(1)))
    assert work().returncode == 0
    assert titles(valkey) == ["Report 1"]


@pytest.mark.slow
def test_a_batch_of_a_killed_worker_comes_back_within_half_a_minute(
    valkey, accept, enqueue, start_worker, folder
):
    enqueue(accept(page(1), page(2, article(2, "<p>STAY-ONCE</p>")), page(3)), seconds=600)
    first = start_worker()
    wait_until((folder / "stayed").exists, seconds=30, what="the batch is in work")
    time.sleep(0.5)
    horses = list(descendants(first.pid))
    assert horses
    for pid in [first.pid, *horses]:
        kill(pid)
    killed = time.monotonic()
    start_worker()
    wait_until(lambda: len(titles(valkey)) == 3, seconds=45, what="the batch is done")
    assert time.monotonic() - killed < 25
    assert quarantined(valkey) == {}
    nothing_is_left(valkey)
    wait_until(lambda: not list(valkey.scan_iter("rq:job:*")), what="the job has ended, once")
    assert "Traceback" not in (folder / "worker.log").read_text()


@pytest.mark.slow
def test_a_killed_work_horse_costs_an_attempt_and_nothing_else(
    valkey, accept, enqueue, start_worker, folder
):
    enqueue(accept(page(1), page(2, article(2, "<p>STAY-ONCE</p>")), page(3)), seconds=600)
    worker = start_worker()
    wait_until((folder / "stayed").exists, seconds=30, what="the batch is in work")
    for pid in descendants(worker.pid):
        kill(pid)
    wait_until(lambda: len(titles(valkey)) == 3, seconds=20, what="the batch is done")
    assert worker.poll() is None
    nothing_is_left(valkey)


@pytest.mark.slow
def test_asked_to_stop_it_finishes_its_page_and_puts_the_rest_back(
    valkey, queue, accept, enqueue, start_worker
):
    slow = [page(n, article(n, "<p>TAKE-TWO-SECONDS</p>")) for n in range(6)]
    enqueue(accept(*slow))
    worker = start_worker()
    wait_until(lambda: len(titles(valkey)) == 1, seconds=30, what="the first page")
    asked_at = time.monotonic()
    worker.terminate()
    assert worker.wait(30) == 0
    assert time.monotonic() - asked_at < 5
    assert 2 <= len(titles(valkey)) <= 3
    assert valkey.hlen("pages:attempts") == 0
    assert queue.count == 1
    start_worker()
    wait_until(lambda: len(titles(valkey)) == 6, seconds=30, what="the others")
    nothing_is_left(valkey)


@pytest.mark.slow
def test_asked_to_stop_it_does_not_wait_for_a_page_that_hangs(  # noqa: PLR0917 - fixtures
    valkey, queue, accept, enqueue, start_worker, folder
):
    enqueue(accept(page(1), page(2, article(2, "<p>STAY-ONCE</p>")), page(3)))
    worker = start_worker()
    wait_until((folder / "stayed").exists, seconds=30, what="the page that hangs")
    asked_at = time.monotonic()
    worker.terminate()
    assert worker.wait(30) == 0
    assert time.monotonic() - asked_at < 10
    assert valkey.hlen("pages:attempts") == 0  # it was not to blame
    assert queue.count == 1
    start_worker()
    wait_until(lambda: len(titles(valkey)) == 3, seconds=30, what="all three")
    nothing_is_left(valkey)


@pytest.mark.slow
def test_without_a_server_it_ends_with_an_error_in_words(folder, environment):
    missing = folder / "no.sock"
    done = subprocess.run(
        [sys.executable, "-m", "workers", "--redis", f"unix://{missing}", "--burst"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Redis does not answer" in done.stderr
    assert "Traceback" not in done.stderr
