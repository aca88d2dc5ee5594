"""A real web server that leaves: for another process, or because it was told to end. Until then it
answers, and says to balancers that it goes."""

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from face_rec.clock import SystemClock
from face_rec.web.ops import health
from face_rec.web.server.handover import Server
from face_rec.web.server.runner import Runner
from tests.redis_servers import free_port, wait_until

_SERVES = """
import sys
from pathlib import Path
from starlette.applications import Starlette
from face_rec.clock import SystemClock
from face_rec.web.ops import health
from face_rec.web.server.handover import Server
from face_rec.web.server.runner import Runner
ready = health.Health([], SystemClock())
app = Starlette(routes=health.routes(lambda: ready, lambda: runner.leaving))
me = Server("main", "127.0.0.1", int(sys.argv[1]), "x")
told = lambda: print("bound", flush=True)
runner = Runner(me, Path(sys.argv[2]), dict, told, drain=float(sys.argv[3]))
runner.run(app)
"""


def _asked(port: int, path: str) -> tuple[int, str]:
    """By a new connection: status, and what the answer calls it."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, json.load(answer)["status"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["status"]


Serve = Callable[[float], tuple["subprocess.Popen[str]", int]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    begun: list[subprocess.Popen[str]] = []

    def start(drain: float) -> tuple["subprocess.Popen[str]", int]:
        port = free_port()
        command = [sys.executable, "-c", _SERVES, str(port), str(tmp_path), str(drain)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "bound\n"
        assert _asked(port, "/readyz") == (200, "ready")
        return process, port

    yield start
    for process in begun:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


def test_told_to_end_it_says_so_to_balancers_and_answers_everybody_until_it_does(
    serve: Serve,
) -> None:
    process, port = serve(3600)
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: _asked(port, "/readyz") == (503, "draining"))
    assert _asked(port, "/healthz") == (200, "ok")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == -signal.SIGTERM, "told again it ends"


@pytest.mark.parametrize("drain", [0, 0.05])
def test_it_ends_by_itself_after_that(serve: Serve, drain: float) -> None:
    process, _ = serve(drain)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == -signal.SIGTERM


def test_ctrl_c_ends_it_without_a_word_of_python(serve: Serve) -> None:
    process, _ = serve(0)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in said) == (0, False)


def test_it_leaves_for_another_process_at_the_second_word_and_the_address_answers_on(
    tmp_path: Path,
) -> None:
    port = free_port()
    ready = health.Health([], SystemClock())
    threads = []

    def runner(*, take_over: bool) -> Runner:
        made = Runner(
            Server("main", "127.0.0.1", port, "x"), tmp_path, dict, lambda: None,
            take_over=take_over,
        )  # fmt: skip
        app = Starlette(routes=health.routes(lambda: ready, lambda: made.leaving))
        if take_over:
            assert made.take_over()
        threads.append(threading.Thread(target=made.run, args=(app,)))
        threads[-1].start()
        return made

    old = runner(take_over=False)
    wait_until(lambda: old._server is not None and old._server.started)
    assert _asked(port, "/readyz") == (200, "ready")
    old.give(lambda: "")
    new = runner(take_over=True)
    try:
        wait_until(lambda: new._server is not None and new._server.started)
        new.take_place()
        assert not old.leaving, "it has only been told that it may"
        new.still_served()
        wait_until(lambda: old.leaving)
        threads[0].join(60)
        assert not threads[0].is_alive()
        assert _asked(port, "/readyz") == (200, "ready")
    finally:
        old.close()
        for line in old._giver.held if old._giver else ():
            line.close()
        assert new.left()
        new._leave()
        threads[1].join(60)
