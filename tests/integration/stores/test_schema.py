"""The form of a site's data: brought forward once, by one process, cut short anywhere; refused to
older versions, which hold at once where they run."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from face_rec.domain.errors import SchemaNewer, StoreUnavailable
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, held, redis_errors
from face_rec.stores.redis.redis_health import Pulse, pulse_of
from face_rec.stores.site import schema
from face_rec.stores.site.schema import Migration, Schema, Step, stored
from face_rec.stores.stored_json import written
from tests.redis_servers import Server, wait_until

KEY = keys.schema("main")


class Killed(BaseException):
    """Nobody catches it."""


def _migration(client: Client, *steps: Step) -> Migration:
    return Migration(client, "main", steps, "test", holds_after=0.0)


def test_steps_are_taken_in_order_and_once(redis_client: Client) -> None:
    taken: list[int] = []
    steps = [Step(n, f"step-{n}", lambda n=n: taken.append(n)) for n in (1, 2, 3)]  # type: ignore[misc]
    assert _migration(redis_client, *steps[:2]).run() == 2
    assert _migration(redis_client, *steps).run() == 1
    assert _migration(redis_client, *steps).run() == 0
    assert taken == [1, 2, 3]
    assert stored(redis_client, "main") == Schema(3, 0, "test")
    assert not redis_client.exists(keys.turn("main", "schema"))


def test_a_step_cut_short_is_taken_again_by_the_next_and_those_before_are_not(
    redis_client: Client,
) -> None:
    taken: list[str] = []

    def dies() -> None:
        taken.append("begun")
        if len(taken) == 2:
            raise Killed

    steps = (Step(1, "first", lambda: taken.append("first")), Step(2, "second", dies))
    with pytest.raises(Killed):
        _migration(redis_client, *steps).run()
    assert stored(redis_client, "main").at == 1
    assert _migration(redis_client, *steps).run() == 1
    assert taken == ["first", "begun", "begun"]


_WORKER = """
import os, signal, sys
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.site import schema
from face_rec.stores.site.schema import Migration, Step
schema._LEASE = 1
client = connect(RedisAddress(nodes=(("127.0.0.1", int(sys.argv[1])),)))
def work():
    for number in range(20):
        client.hset("work", number, "done")
        if sys.argv[2] == "dies" and number == 9:
            os.kill(os.getpid(), signal.SIGKILL)
    client.rpush("runs", os.getpid())
print(Migration(client, "main", (Step(1, "work", work),), "test").run())
"""


def _worker(server: Server, how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _WORKER, str(server.port), how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_several_processes_one_takes_the_step_and_one_that_is_killed_is_followed(
    redis_client: Client, redis_server: Server
) -> None:
    first = _worker(redis_server, "dies")
    assert first.wait(60) == -9
    assert redis_client.hlen("work") == 10
    assert stored(redis_client, "main") == Schema()
    others = [_worker(redis_server, "lives") for _ in range(3)]
    said = [int(one.communicate(timeout=60)[0]) for one in others]
    assert sorted(said) == [0, 0, 1]
    assert redis_client.hlen("work") == 20
    assert redis_client.llen("runs") == 1


# --- backward -------------------------------------------------------------------


def test_an_older_version_is_refused_what_it_cannot_use_and_goes_on_with_what_it_can() -> None:
    schema.refuse_newer(Schema(9, 1, "9.0"), form=1)
    with pytest.raises(SchemaNewer, match=r"newer version \(9.0\).*Start that version again"):
        schema.refuse_newer(Schema(9, 2, "9.0"), form=1)


@pytest.mark.parametrize("text", [b"x", b"[]", b'{"at":"two"}', b'{"reads":null}', b"\xff"])
def test_a_form_that_is_not_understood_is_a_later_one(text: bytes) -> None:
    with pytest.raises(SchemaNewer):
        schema.parsed(text)


def test_fields_of_a_later_version_and_the_form_before_there_was_a_number_are_read() -> None:
    assert schema.parsed(None) == Schema()
    assert schema.parsed(b'{"at":3,"reads":1,"by":"x","later":[1]}') == Schema(3, 1, "x")


def test_a_migration_that_finds_a_later_form_touches_nothing(redis_client: Client) -> None:
    redis_client.set(KEY, json.dumps({"at": 5, "reads": 5, "by": "9.0"}))
    with pytest.raises(SchemaNewer):
        _migration(redis_client, Step(1, "x", lambda: pytest.fail("it was run"))).run()
    redis_client.set(KEY, json.dumps({"at": 5, "reads": 1, "by": "9.0"}))
    assert _migration(redis_client, Step(1, "x", lambda: pytest.fail("it was run"))).run() == 0
    assert json.loads(redis_client.get(KEY) or b"")["at"] == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [(Schema(3, 2, "9.0"), Schema(0, 2, "9.0")), (Schema(3, 0, "x"), Schema())],
)
def test_a_restore_has_all_steps_taken_again_and_lets_no_older_version_in_meanwhile(
    redis_client: Client, before: Schema, after: Schema
) -> None:
    redis_client.set(KEY, written(before))
    SiteRestore(redis_client, "main").write([], "digest")
    assert stored(redis_client, "main") == after


@pytest.fixture
def pulse(redis_server: Server) -> Iterator[Pulse]:
    address = RedisAddress(nodes=(("127.0.0.1", redis_server.port),))
    pulse = pulse_of(address, "main", schema.why_held)
    pulse.start()
    yield pulse
    pulse.close()


def test_a_running_older_process_holds_before_a_step_that_it_could_not_read(
    redis_client: Client, pulse: Pulse
) -> None:
    seen: list[Any] = []

    def step() -> None:
        wait_until(pulse.away)
        with pytest.raises(StoreUnavailable, match="newer version"), redis_errors():
            pass
        seen.append(stored_past_hold(redis_client))

    migration = Migration(
        redis_client, "main", (Step(schema.SCHEMA + 1, "x", step, readable=False),), "9.0",
        holds_after=0.0,
    )  # fmt: skip
    thread = threading.Thread(target=lambda: _run_apart(migration, seen))
    thread.start()
    wait_until(pulse.away)
    assert held.is_set()
    thread.join(60)
    redis_client.delete(KEY)
    wait_until(lambda: not pulse.away())


def stored_past_hold(client: Client) -> Any:  # noqa: ANN401
    return json.loads(client.get(KEY) or b"")


def _run_apart(migration: Migration, seen: list[Any]) -> None:
    """The newer process is another one in life; here the hold catches its stores as well."""
    try:
        migration.run()
    except StoreUnavailable:
        seen.append("held")


# --- files -----------------------------------------------------------------------


def test_the_files_of_this_machine_are_noted_and_refused_to_an_older_version(
    tmp_path: Path,
) -> None:
    schema.check_files(tmp_path, "0.3.0")
    noted = json.loads((tmp_path / "schema.json").read_text("utf-8"))
    assert noted == {"at": schema.SCHEMA, "reads": 0, "by": "0.3.0"}
    (tmp_path / "schema.json").write_text('{"at":7,"reads":2,"by":"9.0"}', "utf-8")
    schema.check_files(tmp_path, "2.0", form=2)
    assert '"by":"9.0"' in (tmp_path / "schema.json").read_text("utf-8"), "never set back"
    with pytest.raises(SchemaNewer):
        schema.check_files(tmp_path, "1.0", form=1)


def test_a_command_of_an_older_version_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text('{"at":99,"reads":99,"by":"9.0"}', "utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "face_rec", "users", "list"], capture_output=True, text=True,
        env=os.environ | {"DATA_DIR": str(tmp_path)}, check=False, timeout=120,
    )  # fmt: skip
    assert told.returncode == 2, told.stderr
    assert "newer version (9.0)" in told.stderr
    assert "Traceback" not in told.stderr
