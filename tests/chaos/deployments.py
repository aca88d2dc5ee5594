"""The deployments that the guarantee names, of real servers, and the faults that each can have."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Final

from redis import Redis
from redis.crc import key_slot

from face_rec.stores.redis import keys
from face_rec.stores.redis.client import RedisAddress
from tests import redis_servers
from tests.chaos.proxy import Line, Proxy
from tests.fakes.clock import MORNING
from tests.redis_servers import Server, Trio, wait_until


class Alone:
    """One Redis behind a proxy. ``synced``: its appendfsync; a power cut takes from ``everysec``
    what was written within the last second, in the middle of a command."""

    def __init__(self, folder: Path, stack: ExitStack, synced: str) -> None:
        self._folder = folder / "redis"
        self._synced = synced
        self.server = Server(self._folder, "--appendonly", "yes", "--appendfsync", synced)
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
        """By which kiosks reach it."""
        return {"nodes": [["127.0.0.1", self.proxy.port]]}

    def client_address(self) -> RedisAddress:
        return RedisAddress(nodes=(("127.0.0.1", self.server.port),))

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "Redis killed": lambda _: self._crash(0),
            "Redis: power cut": lambda _: self._crash(1.0 if self._synced == "everysec" else 0),
            "Redis hangs": lambda dice: self._hang(dice.uniform(0.3, 2.5)),
            "line cut": lambda dice: self._line(Line.CUT, dice.uniform(0.1, 1.0)),
            "line deaf": lambda dice: self._line(Line.DEAF, dice.uniform(0.1, 2.0)),
            "line slow": lambda dice: self._line(Line.SLOW, dice.uniform(0.1, 1.0)),
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
        if line is Line.DEAF:
            self.proxy.drop()  # half an answer may hang in them

    def _watch(self) -> None:
        while not self._watching.wait(0.02):
            if log := self._log():
                self._sizes.append((time.monotonic(), log.stat().st_size))
                del self._sizes[:-500]

    def _log(self) -> Path | None:
        return next(iter(self._folder.glob("appendonlydir/*.incr.aof")), None)


class Watched:
    """A master and a replica that copies without being waited for, under a sentinel."""

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


class Clustered:
    """Three masters; the one that has the day's marks has a replica, which is not waited for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._servers = stack.enter_context(redis_servers.cluster(folder / "nodes", *_LOGGED))
        self._masters = [*self._servers]
        self._alone = threading.Lock()
        day = keys.attendance("main", MORNING.date())
        slot = key_slot(day.encode())
        share = -(-redis_servers.SLOTS // len(self._servers))
        holder = self._servers[slot // share]
        self._pair = [
            holder,
            redis_servers.replica_of(folder / "replica", self._servers, holder, stack, *_LOGGED),
        ]
        self._everyone = [*self._servers, self._pair[1]]

    @property
    def address(self) -> dict[str, object]:
        nodes = [["127.0.0.1", server.port] for server in self._everyone]
        return {"mode": "cluster", "nodes": nodes}

    def client_address(self) -> RedisAddress:
        nodes = tuple(("127.0.0.1", server.port) for server in self._everyone)
        return RedisAddress(mode="cluster", nodes=nodes)

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "master dies": lambda _: self._take_over(0.0),
            "its replica lags, and it dies": lambda dice: self._take_over(dice.uniform(0.1, 1)),
            "another master killed": self._kill_another,
            "a node hangs": lambda dice: self._hang(dice.choice(self._everyone), dice),
        }

    def _take_over(self, lag: float) -> None:
        with self._alone:
            master, replica = self._roles()
            wait_until(lambda: _in_step(replica), 60)
            with redis_servers.lagging(replica, master) if lag else nullcontext():
                time.sleep(lag)
                master.kill()
            client = replica.client()
            wait_until(lambda: _took_over(client), 60)
            client.close()
            master.start()
            self._settled()

    def _kill_another(self, dice: random.Random) -> None:
        with self._alone:
            other = dice.choice([one for one in self._servers if one is not self._pair[0]])
            other.kill()
            time.sleep(dice.uniform(0.0, 1.0))
            other.start()
            self._settled()

    def _hang(self, server: Server, dice: random.Random) -> None:
        with self._alone:
            os.kill(server.pid, signal.SIGSTOP)
            time.sleep(dice.uniform(0.2, 1.5))  # less than the cluster's patience
            os.kill(server.pid, signal.SIGCONT)
            self._settled()

    def _settled(self) -> None:
        wait_until(lambda: redis_servers.all_agree(self._everyone), 60)

    def _roles(self) -> tuple[Server, Server]:
        """Who of the pair is the master now, and who is not."""
        one, other = self._pair
        return (one, other) if _role(one) == "master" else (other, one)


_LOGGED: Final = ("--appendonly", "yes")


def _role(server: Server) -> str:
    client = server.client()
    try:
        return str(client.info("replication")["role"])
    finally:
        client.close()


def _in_step(replica: Server) -> bool:
    client = replica.client()
    try:
        said = client.info("replication")
        return bool(said["role"] == "slave" and said["master_link_status"] == "up")
    finally:
        client.close()


def _took_over(replica: Redis) -> bool:
    if replica.info("replication")["role"] != "master":
        redis_servers.ask(replica, "CLUSTER FAILOVER", "TAKEOVER")
    return bool(replica.info("replication")["role"] == "master")


ROWS: Final[dict[str, Callable[[Path, ExitStack], Alone | Watched | Clustered]]] = {
    "always": lambda folder, stack: Alone(folder, stack, "always"),
    "everysec": lambda folder, stack: Alone(folder, stack, "everysec"),
    "sentinel": Watched,
    "cluster": Clustered,
}
"""The deployments that the guarantee names and that are tried here."""
