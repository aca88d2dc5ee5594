"""The deployments that the guarantee names, of real servers, and the faults that each can have."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Final, Protocol

from redis import Redis

from face_rec.stores.redis.client import RedisAddress
from face_rec.stores.redis.embedded import EmbeddedRedis
from tests import redis_servers
from tests.chaos.clustered import Clustered
from tests.chaos.proxy import Line, Proxy
from tests.redis_servers import Server, Trio, wait_until


class Site(Protocol):
    """One deployment. ``data_dir``: of the app whose own Redis it is, if it is embedded."""

    data_dir: Path | None

    @property
    def address(self) -> dict[str, object]:
        """By which kiosks reach it."""
        ...

    def client_address(self) -> RedisAddress:
        """By which whoever checks reaches it."""
        ...

    def faults(self) -> dict[str, Callable[[random.Random], None]]: ...

    def kill(self) -> None:
        """What a power cut of its machine does, where that is the apps' machine too."""
        ...


class Embedded:
    """The Redis that the app starts by itself, on the machine of all apps."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.data_dir: Path | None = folder / "app"
        self._redis = EmbeddedRedis(folder / "app")
        self._socket = str(self._redis.start())
        stack.callback(self._redis.stop)
        self._one_at_a_time = threading.Lock()

    @property
    def address(self) -> dict[str, object]:
        return {"unix_socket": self._socket, "nodes": []}

    def client_address(self) -> RedisAddress:
        return RedisAddress(unix_socket=self._socket)

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "Redis killed": lambda _: self.kill(),
            "Redis hangs": lambda dice: self._hang(dice.uniform(0.3, 2.5)),
        }

    def kill(self) -> None:
        """Whoever watches it, here or in an app, starts it again."""
        with self._one_at_a_time:
            os.kill(self._pid(), signal.SIGKILL)
        wait_until(lambda: self._pid() > 0, 60)

    def _hang(self, seconds: float) -> None:
        with self._one_at_a_time, suppress(ProcessLookupError):
            pid = self._pid()
            os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(pid, signal.SIGCONT)

    def _pid(self) -> int:
        found: list[int] = []

        def asked() -> bool:
            client = Redis(unix_socket_path=self._socket, protocol=2, socket_timeout=5)
            try:
                found.append(int(client.info("server")["process_id"]))
            finally:
                client.close()
            return True

        wait_until(asked, 60)
        return found[0]


class Alone:
    """One Redis behind a proxy. ``synced``: its appendfsync; a power cut takes from ``everysec``
    what was written within the last second, from ``no`` within the last thirty, in the middle of
    a command. "": it writes no file, and begins empty."""

    data_dir: Path | None = None

    def __init__(self, folder: Path, stack: ExitStack, synced: str) -> None:
        self._folder = folder / "redis"
        self._unsynced = {"everysec": 1.0, "no": 30.0}.get(synced, 0.0)
        logged = ("--appendonly", "yes", "--appendfsync", synced)
        self.server = Server(self._folder, *(logged if synced else ()))
        stack.callback(self.server.stop)
        self.server.start()
        self.proxy = Proxy(self.server.port)
        stack.callback(self.proxy.close)
        self._sizes: list[tuple[float, int]] = []
        self._one_at_a_time = threading.Lock()
        self._watching = threading.Event()
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        stack.callback(self._watching.set)

    @property
    def address(self) -> dict[str, object]:
        return {"nodes": [["127.0.0.1", self.proxy.port]]}

    def kill(self) -> None:
        self._crash(0)

    def client_address(self) -> RedisAddress:
        return RedisAddress(nodes=(("127.0.0.1", self.server.port),))

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "Redis killed": lambda _: self._crash(0),
            "Redis: power cut": lambda _: self._crash(self._unsynced),
            "Redis hangs": lambda dice: self._hang(dice.uniform(0.3, 2.5)),
            "line cut": lambda dice: self._line(Line.CUT, dice.uniform(0.1, 1.0)),
            "line deaf": lambda dice: self._line(Line.DEAF, dice.uniform(0.1, 2.0)),
            "line half open": lambda dice: self._line(Line.HALF_OPEN, dice.uniform(0.1, 2.0)),
            "line slow": lambda dice: self._line(Line.SLOW, dice.uniform(0.1, 1.0)),
            "line drips": lambda dice: self._line(Line.DRIPS, dice.uniform(0.3, 1.5)),
            "pieces overtake": lambda dice: self._line(Line.MIXED, dice.uniform(0.3, 1.5)),
            "connections dropped": lambda _: self.proxy.drop(),
        }

    def _crash(self, lost: float) -> None:
        with self._one_at_a_time:
            self.server.kill()
            if lost:
                until = time.monotonic() - lost
                # With all of it younger than that: what there was when it began.
                older = [size for at, size in self._sizes if at <= until]
                older = older[-1:] or [size for _, size in self._sizes[:1]]
                log = self._log()
                if log and older:
                    os.truncate(log, min(older[0], log.stat().st_size))
            self._sizes.clear()
            self.server.start()

    def _hang(self, seconds: float) -> None:
        with self._one_at_a_time:
            os.kill(self.server.pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(self.server.pid, signal.SIGCONT)

    def _line(self, line: Line, seconds: float) -> None:
        self.proxy.set(line)
        time.sleep(seconds)
        self.proxy.set(Line.GOOD)
        if line in {Line.DEAF, Line.HALF_OPEN}:
            self.proxy.drop()  # half an answer may hang in them

    def _watch(self) -> None:
        while not self._watching.wait(0.02):
            if log := self._log():
                self._sizes.append((time.monotonic(), log.stat().st_size))
                del self._sizes[:-2000]

    def _log(self) -> Path | None:
        return next(iter(self._folder.glob("appendonlydir/*.incr.aof")), None)


class Watched:
    """A master and a replica that copies without being waited for, under a sentinel."""

    data_dir: Path | None = None

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._trio = Trio(folder / "trio", stack)
        self._nodes = [["127.0.0.1", self._trio.sentinel.port]]
        self._alone = threading.Lock()

    @property
    def address(self) -> dict[str, object]:
        return {"mode": "sentinel", "nodes": self._nodes, "service": Trio.SERVICE}

    def client_address(self) -> RedisAddress:
        nodes = (("127.0.0.1", self._trio.sentinel.port),)
        return RedisAddress(mode="sentinel", nodes=nodes, service=Trio.SERVICE)

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "failover": lambda _: self._fail_over(0.0),
            "failover to a replica that lags": lambda dice: self._fail_over(dice.uniform(0.1, 1)),
        }

    def kill(self) -> None:
        self._fail_over(0.0)

    def _fail_over(self, lag: float) -> None:
        with self._alone:
            trio = self._trio
            master = trio.current()
            replica = trio.replica if master is trio.master else trio.master
            wait_until(lambda: self._follows(replica, master), 60)
            with redis_servers.lagging(replica, master) if lag else nullcontext():
                time.sleep(lag)
                master.kill()
            wait_until(lambda: trio.current() is replica, 60)
            master.start()

    def _follows(self, replica: Server, master: Server) -> bool:
        """Whether it is in step; one that follows nobody is told so here, sooner."""
        client = replica.client()
        try:
            said = client.info("replication")
            if int(said.get("master_port", 0)) != master.port:
                client.replicaof("127.0.0.1", master.port)
            return self._trio.in_step(replica)
        finally:
            client.close()


ROWS: Final[dict[str, Callable[[Path, ExitStack], Site]]] = {
    "embedded": Embedded,
    "always": lambda folder, stack: Alone(folder, stack, "always"),
    "everysec": lambda folder, stack: Alone(folder, stack, "everysec"),
    "no": lambda folder, stack: Alone(folder, stack, "no"),
    "nothing": lambda folder, stack: Alone(folder, stack, ""),
    "sentinel": Watched,
    "cluster": Clustered,
}
"""The deployments that the guarantee names and that are tried here."""
