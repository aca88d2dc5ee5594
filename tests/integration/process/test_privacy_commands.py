"""verify, keys, privacy and export as an admin types them, against an outside Redis."""

import getpass
import json
import stat
import zipfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import config
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from face_rec.domain.people import Person
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.redis_servers import Server
from tests.samples import a_person, a_template, an_event

KEY, NEWER = "k" * 40, "n" * 40
PICTURE = "marks/2025/03/10/e1.jpg"


@pytest.fixture
def world(
    redis_server: Server, redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Person:
    """Somebody with a mark and its picture, stored with a data key."""
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("REDIS_HOST", "127.0.0.1")
    monkeypatch.setenv("REDIS_PORT", str(redis_server.port))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATA_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        stores = open_stores(config.load(dotenv=None), SystemClock(), stack)
        writers = stores.writers
        known = replace(a_person(), created_at=MORNING)  # not years after the mark
        person = writers.people.create(known, [a_template()], stores.people.revision())
        writers.marks.apply(replace(an_event("e1", person.subject), snapshot=PICTURE), 60)
        stores.spool.put(PICTURE, b"a face")
    return person


def test_a_chain_that_holds_and_one_that_does_not(
    world: Person, redis_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify"]) == 0
    assert "The chain holds: 1 linked entry on 1 day." in capsys.readouterr().out
    redis_client.delete(keys.attendance("main", MORNING.date()))
    assert main(["verify", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["whole"] is False
    assert report["findings"][0]["day"] == "2025-03-10"


def test_after_a_rotation_of_the_chain_key_old_marks_still_hold(
    world: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "rotate"]) == 0
    assert "holds 2 keys" in capsys.readouterr().out
    assert main(["verify"]) == 0


def test_a_chain_key_that_is_set_is_not_rotated_in_a_file(
    world: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAIN_KEY", KEY)
    assert main(["keys", "rotate"]) == 2
    assert "CHAIN_KEY is set" in capsys.readouterr().err


def test_a_new_key_is_long_enough_and_alone_on_stdout(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["keys", "new"]) == 0
    assert len(capsys.readouterr().out.strip()) == 64


def test_the_data_key_is_rotated_and_the_old_one_can_go(
    world: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATA_KEY", f"{NEWER},{KEY}")
    assert main(["keys", "rotate-data"]) == 0
    assert "templates of 1 people, 1 pictures" in capsys.readouterr().out
    monkeypatch.setenv("DATA_KEY", NEWER)
    assert main(["privacy", "export", "7", "--out", "ada.zip"]) == 0
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert archive.read(PICTURE) == b"a face"
    monkeypatch.setenv("DATA_KEY", KEY)
    assert main(["privacy", "withdraw", "7"]) == 2
    assert "Nothing was changed" in capsys.readouterr().err


def test_without_a_data_key_there_is_nothing_to_rotate_to(
    world: Person,
    redis_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    redis_client.flushall()
    monkeypatch.setenv("DATA_KEY", "")
    assert main(["keys", "rotate-data"]) == 2
    assert "keys new" in capsys.readouterr().err


def test_pictures_on_disk_show_nothing(world: Person, tmp_path: Path) -> None:
    stored = [path.read_bytes() for path in (tmp_path / "data" / "snapshots").rglob("*.jpg")]
    assert len(stored) == 1
    assert b"a face" not in stored[0]


def test_a_person_is_erased_and_the_chain_still_holds(
    world: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["privacy", "erase", "7", "--yes", "--certificate", "c.json"]) == 0
    certificate = json.loads((tmp_path / "c.json").read_text())
    counts = {item["what"]: item["count"] for item in certificate["removed"]}
    assert counts["face template"] == 1
    assert counts["picture of a mark"] == 1
    assert list((tmp_path / "data" / "snapshots").rglob("*.jpg")) == []
    assert main(["verify"]) == 0
    assert main(["privacy", "erase", "7", "--yes"]) == 2
    assert "Nobody has the ID '7'" in capsys.readouterr().err


def test_nothing_is_erased_without_a_yes(
    world: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "8")
    assert main(["privacy", "erase", "7"]) == 1
    assert "Nothing was erased" in capsys.readouterr().out
    assert main(["privacy", "export", "7", "--out", "ada.zip"]) == 0


def test_retention_says_what_it_removed(
    world: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SNAPSHOT_DAYS", "30")
    assert main(["privacy", "retention"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"]["pictures"] == 1


def _missed(*people: Person) -> None:
    """A visit without a name came near to each of these today."""
    with ExitStack() as stack:
        missed = open_stores(config.load(dotenv=None), SystemClock(), stack).missed
        for one in people:
            assert missed.add(one.subject, one.version, SystemClock().now().date())


def test_retention_forgets_the_visits_of_who_is_counted_no_more(
    world: Person, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNT_MISSED", "true")
    key = keys.missed("main", SystemClock().now().date())
    with ExitStack() as stack:
        stores = open_stores(config.load(dotenv=None), SystemClock(), stack)
        writer, revision = stores.writers.people, stores.people.revision()
        bob = writer.create(a_person("8", "Bob"), [a_template()], revision)
        _missed(world, bob)
        writer.update(replace(bob, active=False))
    assert main(["privacy", "retention"]) == 0
    assert redis_client.hgetall(key) == {world.subject.encode(): b"1"}
    monkeypatch.setenv("COUNT_MISSED", "false")
    assert main(["privacy", "retention"]) == 0
    assert not redis_client.exists(key)


def test_the_audit_log_names_who_typed_the_command(world: Person) -> None:
    assert main(["privacy", "export", "7", "--out", "ada.zip"]) == 0
    assert main(["privacy", "erase", "7", "--yes", "--certificate", "c.txt"]) == 0
    with assembly.build_access(config.load(dotenv=None)) as access:
        entries = access.audit.newest(10)
    who = {entry.action: (entry.who, entry.kind, entry.target) for entry in entries}
    for action in ("exported", "person.deleted"):
        name, kind, target = who[action]
        assert (name, kind) == (getpass.getuser(), "command")
        assert target.startswith("(erased)")
    assert world.subject not in str(entries)


def test_what_is_exported_is_for_its_owner_alone_and_stands_in_the_audit_log(
    world: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "marks.parquet"
    line = ["export", "marks", "--from", "2025-03-01", "--to", "2025-04-30", "--out"]
    assert main([*line, str(out)]) == 0
    assert "1 row, 2025-03-01 to 2025-04-30" in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (row,) = pq.read_table(out).to_pylist()
    assert (row["event"], row["name"], row["day"]) == ("e1", world.name, MORNING.date())
    assert main([*line, str(tmp_path / "no" / "x.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    with assembly.build_access(config.load(dotenv=None)) as access:
        (entry,) = [one for one in access.audit.newest(50) if one.action == "exported"]
    assert (entry.kind, entry.target) == ("command", "marks 2025-03-01 to 2025-04-30")
    assert entry.after["people"] == "everybody"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
