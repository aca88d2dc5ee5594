"""The app as its users start it: a process of its own on a data folder of its own."""

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event
from typing import Self

from tests.browser.support.another_process import AnotherProcess

ROOT = Path(__file__).resolve().parents[3]
_STARTS_WITHIN = 120.0
_STOPS_WITHIN = 20.0
_POLL = 0.2
_REDIS = re.compile(r"redis_started pid=(\d+)")


class AppServer:
    """``python app.py`` with ``data_dir`` and a model pack; can be stopped and started again.

    ``root``: the checkout whose app it is."""

    def __init__(self, data_dir: Path, pack: Path, root: Path = ROOT) -> None:
        self.root = root
        self.data_dir = data_dir
        self.port = _free_port()
        self.log = data_dir.parent / "server.log"
        self._pack = pack
        self._process: subprocess.Popen[bytes] | None = None
        self._beside: AnotherProcess | None = None
        self._named = itertools.count(1)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        """Of the app's process. It runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def beside(self) -> AnotherProcess:
        """Another process on the same data, started when there is none."""
        if self._beside is None or not self._beside.alive:
            self._beside = AnotherProcess(self.root, self.environment())
        return self._beside

    def fresh(self, word: str) -> str:
        """A name that nothing on this server has yet: several tests share one."""
        return f"{word}-{next(self._named)}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until everything is ready."""
        self.launch()
        self._wait_until_ready()

    def command(self) -> list[str]:
        """What is started."""
        return [sys.executable, "app.py"]

    def launch(self) -> None:
        """Start, for who wants to see what happens while it does."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=self.root, env=self.environment(), stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        """The clean way first; the whole session is gone afterwards."""
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.end()
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self) -> None:
        """As when the machine loses its power: app and Redis are gone in the middle of whatever
        they do."""
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.end()
        process, self._process = self._process, None
        assert process is not None
        redis = int(_REDIS.findall(self.logged())[-1])
        os.killpg(process.pid, signal.SIGKILL)
        os.kill(redis, signal.SIGKILL)
        process.wait()

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def environment(self) -> dict[str, str]:
        """The settings of this app, for commands on the same data."""
        ours = ("REDIS_", "S3_", "AWS_", "SITE", "TIMEZONE", "TLS_", "MATCH_", "STREAMLIT_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            "DATA_DIR": str(self.data_dir),
            "MODEL_PACK": str(self._pack),
            "PORT": str(self.port),
            "BIND_ADDRESS": "127.0.0.1",
            "ACCOUNTS": "off",
        }

    def _wait_until_ready(self) -> None:
        tick = Event()
        for _ in range(round(_STARTS_WITHIN / _POLL)):
            if self._process is None or self._process.poll() is not None:
                break
            if self._ready():
                return
            tick.wait(_POLL)
        self.stop()
        raise AssertionError(f"the app did not start:\n{self.logged()[-4000:]}")

    def _ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
