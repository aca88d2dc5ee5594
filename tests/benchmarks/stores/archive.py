"""How fast PostgreSQL gets what Redis holds, and how far it is behind while marks come.

The server is the tests' own, on this machine, and syncs to the disk as one in earnest does.
"""

import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np

from face_rec.stores.attendance import event_codec
from face_rec.stores.chain.links import Head
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests import postgres_server, redis_servers
from tests.benchmarks.report.row import Row
from tests.fakes.clock import MORNING
from tests.integration.archive.site import Site, settings_of, site
from tests.samples import a_chain, an_event

_PEOPLE = 500
_EVERY = 0.25
"""Seconds between two marks of the stream."""
_LOOK = 0.01  # seconds between two looks at what has arrived: as exact as a lag is


def run(quick: bool = False) -> list[Row]:
    """Days that are there already, then marks as they come."""
    days, marks = (4, 20) if quick else (40, 120)
    with (
        tempfile.TemporaryDirectory() as name,
        redis_servers.standalone(Path(name) / "redis") as redis,
        postgres_server.running(fsync=True) as postgres,
    ):
        client = connect(RedisAddress(nodes=(("127.0.0.1", redis.port),)))
        for number in range(days):
            _fill(client, number)
        with site(settings_of(Path(name), redis, postgres.url())) as at:
            return [_backfill(at, days), *_stream(at, marks)]


def _fill(client: Client, number: int) -> None:
    """A day of four marks each, linked as the app links them."""
    day, chain, head, entries = MORNING.date() + timedelta(days=number), a_chain(), Head(), []
    for mark in range(4 * _PEOPLE):
        event = an_event(f"{number}-{mark}", f"s{mark % _PEOPLE}", number * 86_400 + mark)
        entry, head = chain.append(day, head, event_codec.encode(event))
        entries.append(entry)
    client.rpush(keys.attendance("main", day), *entries)
    client.set(keys.head("main", day), head.value)


def _backfill(at: Site, days: int) -> Row:
    began = time.perf_counter()
    at.copy()
    seconds = time.perf_counter() - began
    count = days * 4 * _PEOPLE
    assert _there(at) == count
    note = f"{count:,} marks of {days} days, by COPY, tables made first"
    return Row("archive: rows a second, backfill", count / seconds, "1/s", note=note)


def _stream(at: Site, marks: int) -> list[Row]:
    """From when Redis has confirmed a mark until a reader of PostgreSQL sees it."""
    before, marked, seen = _there(at), list[float](), list[float]()
    at.archive.worker.start()
    due = time.perf_counter()
    while len(seen) < marks:
        if len(marked) < marks and time.perf_counter() >= due:
            at.mark(f"stream {len(marked)}", f"s{len(marked)}", len(marked))
            marked.append(time.perf_counter())
            due += _EVERY
        arrived = _there(at) - before
        seen += [time.perf_counter()] * (arrived - len(seen))
        time.sleep(_LOOK)
    lags = np.subtract(seen, marked)
    note = f"{marks} marks, {1 / _EVERY:.0f} a second; one look a second"
    return [
        Row("archive: lag, p50", float(np.percentile(lags, 50)), "s", note=note),
        Row("archive: lag, p99", float(np.percentile(lags, 99)), "s", 5.0, note),
    ]


def _there(at: Site) -> int:
    with at.archive.database.begin() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM archive.events").scalar_one())
