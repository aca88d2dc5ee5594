"""What the tamper-evident chain costs a mark, and how long a check of everything takes.

Writers are processes of their own, as kiosks of several app processes are; all of them write
to one day, the worst case for a chain.
"""

import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from face_rec.domain.marks import Event
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain.links import Chain, Head
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests import redis_servers
from tests.benchmarks.report.row import Row
from tests.fakes.clock import MORNING
from tests.fakes.witness import a_witness
from tests.samples import a_chain, an_event

SITE = "bench"
_SECRET = "a secret of the benchmark, 32 long"


def run(quick: bool = False) -> list[Row]:
    """All numbers; ``quick`` with fewer marks and days."""
    marks, days = (1_000, 10) if quick else (4_000, 100)
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_servers.standalone(Path(folder) / "redis") as server,
    ):
        client = _client(server.port)
        return [
            *_writing(client, server.port, marks),
            _link_alone(),
            *_checking(client, Path(folder), days),
            _opening(quick),
        ]


def _writing(client: Client, port: int, marks: int) -> list[Row]:
    rows = []
    for writers in (1, 4):
        for linked in (False, True):
            client.flushall()
            rate = _rate(port, writers, marks // writers, linked=linked)
            word = "linked" if linked else "unlinked"
            note = f"{writers} process{'es' if writers > 1 else ''}, one day"
            name = f"marks a second, {word}, {writers} writing"
            rows.append(Row(name, rate, "1/s", note=note))
    return rows


def _rate(port: int, writers: int, each: int, *, linked: bool) -> float:
    """Marks a second over all writers, from the first begin to the last end."""
    with ProcessPoolExecutor(writers, mp_context=get_context("spawn")) as pool:
        list(pool.map(_ready, range(writers)))
        jobs = [pool.submit(_write, port, number, each, linked) for number in range(writers)]
        spans = [job.result() for job in jobs]
    return writers * each / (max(end for _, end in spans) - min(begin for begin, _ in spans))


def _ready(number: int) -> int:
    """Lets the pool start a process and import everything before time is taken."""
    time.sleep(0.2)
    return number


def _write(port: int, writer: int, count: int, linked: bool) -> tuple[float, float]:
    store = RedisAttendance(_client(port), SITE, chain=a_chain(site=SITE) if linked else None)
    marks = [_mark(f"{writer}-{number}") for number in range(count)]
    begin = time.time()
    for mark in marks:
        store.apply(mark, 60.0)
    return begin, time.time()


def _mark(name: str) -> Event:
    return replace(an_event(name, f"s-{name}"), snapshot=f"marks/2025/03/10/{name}.jpg")


def _link_alone() -> Row:
    chain, event, rounds = a_chain(site=SITE), event_codec.encode(_mark("e")), 5_000
    began = time.perf_counter()
    head = Head()
    for _ in range(rounds):
        head = chain.append(MORNING.date(), head, event)[1]
    return Row("one link", (time.perf_counter() - began) / rounds * 1e6, "µs", note="HMAC-SHA256")


def _checking(client: Client, folder: Path, days: int) -> list[Row]:
    client.flushall()
    each = 1_000
    chain = a_chain(site=SITE)
    for number in range(days):
        _fill_day(client, chain, number, each)
    check = ChainCheck(chain, ChainDays(client, SITE), a_witness(chain, folder), [])
    began = time.perf_counter()
    report = check.run()
    seconds = time.perf_counter() - began
    assert report.whole
    assert report.linked == days * each
    note = f"{report.linked:,} events of {days} days"
    return [Row("check of all marks", seconds, "s", note=note)]


def _fill_day(client: Client, chain: Chain, number: int, count: int) -> None:
    day = MORNING.date() + timedelta(days=number)
    head, entries = Head(), []
    for each in range(count):
        entry, head = chain.append(day, head, event_codec.encode(_mark(f"{number}-{each}")))
        entries.append(entry)
    client.rpush(keys.attendance(SITE, day), *entries)
    client.set(keys.head(SITE, day), head.value)


def _opening(quick: bool) -> Row:
    """What encryption adds to loading the gallery."""
    count = 2_000 if quick else 30_000
    sealer = DataSealer(keyring.derived([_SECRET], "data"))
    sealed = sealer.seal(bytes(2048), "s/0")
    began = time.perf_counter()
    for _ in range(count):
        sealer.open(sealed, "s/0")
    seconds = time.perf_counter() - began
    return Row("open one sealed template", seconds / count * 1e6, "µs", note="512 floats, AES-GCM")


def _client(port: int) -> Client:
    return connect(RedisAddress(nodes=(("127.0.0.1", port),)))


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(f"{row.name:38} {row.value:12.2f} {row.unit:5} {row.note}")
