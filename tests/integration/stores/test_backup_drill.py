"""``backup test``: a restore tried out beside the system that runs, and what it says."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from config import Settings
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event
from face_rec.stores.backup.comparison import Compared, Comparison
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.redis_servers import Server, standalone, wait_until
from tests.samples import a_person, a_template, an_event

ROOT = Path(__file__).resolve().parents[3]
NAME = "Zaphod Quartzfeldt"
STANDS = """
import sys, time
from face_rec.__main__ import main
from face_rec.stores.backup.comparison import Comparison

def stand(self):
    print("restored", flush=True)
    time.sleep(600)

Comparison.run = stand
sys.exit(main(["backup", "test", sys.argv[1]]))
"""


@pytest.fixture(params=["embedded", "outside sealed"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    with ExitStack() as stack:
        if "outside" in request.param:
            server: Server = stack.enter_context(standalone(tmp_path / "outside"))
            monkeypatch.setenv("REDIS_HOST", "127.0.0.1")
            monkeypatch.setenv("REDIS_PORT", str(server.port))
            monkeypatch.setenv("DATA_KEY", "k" * 40)
        yield config.load(dotenv=None)


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> str:
    """Three people, a week in which one of them came each day, and a file of all that."""
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        people, writer = stores.people, stores.writers.people
        made = [
            writer.create(a_person(str(n), f"{NAME} {n}"), [a_template()], people.revision())
            for n in range(3)
        ]
        for days in range(1, 8):
            event = _event(f"e{days}", made[0].subject, days)
            stores.writers.marks.apply(event, 60)
        stores.rules.epoch()  # as every app has it
    out = tmp_path / "site.backup"
    assert main(["backup", "--out", str(out)]) == 0
    return str(out)


def _event(event_id: str, subject: str, days_ago: float) -> Event:
    at = SystemClock().now() - timedelta(days=days_ago)
    return replace(an_event(event_id, subject), at=at)


def _everything(client: Client) -> dict[bytes, Any]:
    raw: Any = client
    readers = {b"list": lambda key: raw.lrange(key, 0, -1), b"hash": raw.hgetall,
               b"set": raw.smembers, b"string": raw.get, b"stream": raw.xrange}  # fmt: skip
    return {key: readers[raw.type(key)](key) for key in raw.scan_iter() if b"access:" not in key}


def test_a_good_backup_is_alike_and_nothing_of_it_stays(
    settings: Settings,
    backup: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meanwhile: dict[str, bytes] = {}
    run = Comparison.run

    def looked_at(self: Comparison) -> Compared:
        folder = settings.data_dir / "drill"
        meanwhile.update({p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()})
        return run(self)

    monkeypatch.setattr(Comparison, "run", looked_at)
    with assembly.build_redis(settings) as client:
        before = _everything(client)
        assert main(["backup", "test", backup]) == 0
        assert _everything(client) == before
    said = capsys.readouterr().out
    assert "3 people, 7 events of site main" in said
    assert "The chain holds: 7 linked entries" in said
    assert "7 events, 3 people, 93 day records" in said
    assert "Since the backup: nothing." in said
    assert "can be restored, and nothing in it differs" in said
    assert "redis.log" in meanwhile
    assert NAME.encode() not in b"".join(meanwhile.values())
    assert not any(name.endswith((".aof", ".rdb")) for name in meanwhile)
    assert not (settings.data_dir / "drill").exists()


def test_what_happened_since_the_backup_is_told_and_no_fault(
    settings: Settings, backup: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        writer, (one, two, three) = stores.writers.people, stores.people.everybody().people
        stores.writers.marks.apply(_event("late", one.subject, 2.3), 60)
        stores.writers.marks.apply(_event("new", two.subject, 0), 60)
        writer.update(replace(two, name="Married"))
        writer.delete(three.subject)
        writer.create(a_person("new"), [a_template()], stores.people.revision())
    assert main(["backup", "test", backup]) == 0
    said = capsys.readouterr().out
    assert "1 person registered; 1 person changed; 1 person removed" in said
    assert "2 events came" in said
    assert "31 day records" in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("rpop",), "1 event of the backup missing from the running system"),
        (("lset", 0, b'{"another": "one"}'), "entry 1 is not the one in the backup"),
    ],
)
def test_what_the_running_system_has_lost_or_changed_is_named(
    settings: Settings,
    backup: str,
    command: tuple[Any, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    day = (SystemClock().now() - timedelta(days=3)).date()
    with assembly.build_redis(settings) as client:
        raw: Any = client
        name, *arguments = command
        raw.execute_command(name, keys.attendance("main", day), *arguments)
    assert main(["backup", "test", backup]) == 1
    said = capsys.readouterr().out
    assert f"DIFFERS: {day}: {words}." in said
    assert "1 day record came out otherwise" in said
    assert "can be restored, and nothing" not in said


def test_a_backup_of_marks_that_were_tampered_with_is_no_good_one(
    settings: Settings, backup: str, capsys: pytest.CaptureFixture[str]
) -> None:
    day = (SystemClock().now() - timedelta(days=3)).date()
    with assembly.build_redis(settings) as client:
        entry: Any = client.lindex(keys.attendance("main", day), 0)
        client.lset(keys.attendance("main", day), 0, entry.replace(b'"e3"', b'"e0"'))
    assert main(["backup", "--out", backup, "--force"]) == 0
    assert main(["backup", "test", backup]) == 1
    said = capsys.readouterr().out
    assert f"BROKEN at {day}" in said
    assert "The chain of what was restored is BROKEN" in said


def test_what_cannot_be_tested_says_why(
    settings: Settings,
    backup: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["backup", "test", str(tmp_path / "none")]) == 2
    damaged = tmp_path / "damaged"
    damaged.write_bytes(Path(backup).read_bytes()[:-40])
    assert main(["backup", "test", str(damaged)]) == 2
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    assert main(["backup", "test", backup, "--alone"]) == 2
    assert "chain's key is not here" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()
    secret = (settings.data_dir / "keys" / "chain").read_text().strip()
    monkeypatch.setenv("CHAIN_KEY", secret)
    assert main(["backup", "test", backup, "--alone"]) == 0
    assert main(["backup"]) == 2
    if settings.embedded_redis:
        assert main(["backup", "test", backup]) == 2
        assert "no system here" in capsys.readouterr().err
    assert not list(tmp_path.rglob("drill"))


@pytest.mark.parametrize("settings", ["embedded"], indirect=True)
@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGKILL])
def test_a_drill_that_is_ended_on_the_way_leaves_nothing_for_long(
    settings: Settings, backup: str, ended: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STANDS, backup], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"restored\n"
    folder = settings.data_dir / "drill"
    assert folder.exists()
    process.send_signal(ended)
    process.communicate(timeout=30)
    assert folder.exists() == (ended is signal.SIGKILL)
    lock = folder / "redis" / "server.lock"
    if lock.exists():
        assert main(["backup", "test", backup]) == 0
    wait_until(lambda: not folder.exists())
    with assembly.build_redis(settings) as client:
        assert client.exists(keys.attendance("main", (SystemClock().now() - timedelta(1)).date()))
