"""A cluster of three masters, one of which has a replica, and the faults that it can have."""

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
from tests.fakes.clock import MORNING
from tests.redis_servers import Server, wait_until


class Clustered:
    """Three masters; the one that has the day's marks has a replica, which is not waited for."""

    data_dir: Path | None = None

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._servers = stack.enter_context(redis_servers.cluster(folder / "nodes", *_LOGGED))
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

    def kill(self) -> None:
        self._take_over(0.0)

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
