"""The archive as Parquet files, in a folder and in a bucket, over a real Redis."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import boto3
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

import config
from face_rec.__main__ import main
from face_rec.archive.files import passes
from face_rec.archive.files.month_files import MonthFiles
from face_rec.archive.files.verify import compare
from face_rec.archive.files.worker import FilesWorker
from face_rec.assembly.archive.month_files import Filed, files_now, open_passes
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import open_stores
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.stores.archive.file_place import FolderPlace
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.turn import RedisTurn
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.archive.site import settings_of
from tests.redis_servers import Server
from tests.samples import a_person, a_template, an_event

pytestmark = pytest.mark.usefixtures("services_read_once")

NAME = "Zacharias Quendel"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class World:
    """A site of two people in March, looked at in April, and its files."""

    def __init__(self, settings: config.Settings, stack: ExitStack) -> None:
        self.settings = settings
        self.clock = FakeClock(MORNING + timedelta(days=40))
        self.stores = stores = open_stores(settings, self.clock, stack)
        filed = Filed(
            stores.client, stores.attendance, stores.people, stores.rules, stores.options
        )
        self.passes = open_passes(settings, filed, self.clock)
        self.files: MonthFiles = self.passes.files
        self.ada, self.zac = self.person("7", "Ada"), self.person("8", NAME)
        for number, one in enumerate((self.ada, self.zac)):
            self.add(an_event(f"e{number}", one.subject, number))

    def person(self, person_id: str, name: str) -> Person:
        one = replace(a_person(person_id, name), created_at=MORNING - timedelta(days=9))
        people = self.stores.people
        return self.stores.writers.people.create(one, [a_template(1)], people.revision())

    def add(self, event: Event) -> None:
        self.stores.writers.offered.apply(event, 0.0, replay=True)

    def erase(self) -> tuple[str, ...]:
        """Who has the name; what the certificate says of files."""
        privacy = privacy_of(self.settings, self.stores, self.clock, lambda _: True)
        certificate = privacy.erasure.erase(self.zac.subject, "boss")
        assert not [one for one in certificate.removed if not one.what]
        return certificate.files

    def content(self) -> dict[str, bytes]:
        found = {}
        for name in self.files.place.names():
            with self.files.place.read(name) as source:
                assert source is not None
                found[name] = source.read()
        return found

    def differences(self) -> str:
        return "\n".join(compare(self.files, self.stores.people).differences)


@pytest.fixture(params=["folder", "bucket"])
def world(
    request: pytest.FixtureRequest, tmp_path: Path, redis_server: Server, redis_client: Client,
    bucket: str,
) -> Iterator[World]:  # fmt: skip
    more, url = dict[str, str](), str(tmp_path / "archive")
    if request.param == "bucket":
        client = boto3.client(
            "s3", endpoint_url=bucket, region_name="us-east-1", aws_access_key_id="k",
            aws_secret_access_key="s",
        )  # fmt: skip
        client.create_bucket(Bucket=tmp_path.name.replace("_", "-").lower())
        url = f"s3://{tmp_path.name.replace('_', '-').lower()}/files/"
        more = {
            "S3_ENDPOINT_URL": bucket, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
        }  # fmt: skip
    with ExitStack() as stack:
        yield World(settings_of(tmp_path, redis_server, url, **more), stack)


def rows(content: bytes) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.read_table(io.BytesIO(content)).to_pylist()
    return found


def names_him(world: World) -> list[str]:
    """The files whose bytes or rows do."""
    return [
        name
        for name, one in world.content().items()
        if NAME.encode() in one or (name.endswith(".parquet") and NAME in str(rows(one)))
    ]


def test_months_are_written_once_corrected_anew_and_what_is_erased_is_gone(world: World) -> None:
    files = world.files
    written = files.bring_up_to_date()
    assert sorted(written) == [
        "days/2025-03.parquet", "days/2025-04.parquet", "marks/2025-03.parquet",
        "marks/2025-04.parquet", "people.parquet",
    ]  # fmt: skip
    content = world.content()
    assert content.keys() == {*written, "manifest.json"}
    assert [row["name"] for row in rows(content["marks/2025-03.parquet"])] == ["Ada", NAME]
    assert [row["name"] for row in rows(content["people.parquet"])] == ["Ada", NAME]
    assert all(b"s-" not in one and world.zac.subject.encode() not in one
               for one in content.values())  # fmt: skip
    assert files.bring_up_to_date() == []
    assert world.differences() == ""

    void = Event(
        "c1", world.ada.subject, MORNING, EventKind.VOID, Source.MANUAL, "", target="e0",
        author="boss", reason="wrong", recorded_at=world.clock.now(),
    )  # fmt: skip
    world.add(void)
    assert set(files.bring_up_to_date()) == {"days/2025-03.parquet", "marks/2025-03.parquet"}
    assert [row["name"] for row in rows(world.content()["marks/2025-03.parquet"])] == [NAME]

    world.clock.advance(600)  # days of the month that runs depend on the time
    assert world.differences() == ""
    assert names_him(world)
    said = world.erase()
    assert any("No file of the archive names this person any more: 5 were" in one for one in said)
    assert names_him(world) == []
    assert files.bring_up_to_date() == []
    assert [row["name"] for row in rows(world.content()["marks/2025-03.parquet"])] == ["(deleted)"]
    assert world.differences() == ""


def test_what_was_changed_or_does_not_belong_there_is_told_and_mended(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert FilesWorker(world.passes, world.clock).once()
    forged = world.content()["marks/2025-04.parquet"]
    world.files.place.write("marks/2025-03.parquet", io.BytesIO(forged))
    world.files.place.write("marks/1999-01.parquet", io.BytesIO(forged))
    said = world.differences()
    assert "marks/2025-03.parquet was changed" in said
    assert "marks/1999-01.parquet is not of this archive" in said
    assert "marks of 2025-03 are not what Redis holds" in said
    monkeypatch.setattr(config, "load", lambda: world.settings)
    assert main(["archive", "verify"]) == 1
    assert "DIFFERS: marks/2025-03.parquet" in capsys.readouterr().out
    other = MonthFiles(
        world.files.place, "elsewhere", fresh=world.files._fresh, people=world.stores.people,
        marked_days=list,
    )  # fmt: skip
    with pytest.raises(StoreError, match="belongs to the site 'main'"):
        other.bring_up_to_date()


def test_an_erasure_says_which_files_it_did_not_reach_and_the_next_pass_does(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert any("are no files yet" in one for one in world.erase())  # a mount that is not there
    world.zac = world.person("8", NAME)
    world.add(an_event("e9", world.zac.subject, 9))
    worker = FilesWorker(world.passes, world.clock)
    assert worker.once()
    before = world.content()
    other = RedisTurn(world.stores.client, world.settings.site, "archive-files", 60)
    assert other.claim()
    assert not worker.once()
    monkeypatch.setattr(passes, "PATIENCE", 0.0)
    assert any("NOT DONE YET" in one and "another process" in one for one in world.erase())
    assert world.content() == before
    other.release()
    assert worker.once()
    assert names_him(world) == []

    world.zac = world.person("8", NAME)
    world.add(an_event("e10", world.zac.subject, 10))
    assert worker.once()
    with monkeypatch.context() as away:
        away.setattr(type(world.files.place), "write", _refused)
        assert any("NOT DONE YET" in one and "The disk is full" in one for one in world.erase())
    assert names_him(world)
    world.files.place.write("marks/2025-03.parquet", io.BytesIO(b"PAR1 torn"))
    assert worker.once()
    assert names_him(world) == []
    assert "PAR1 torn" not in caplog.text
    assert world.differences() == ""


def _refused(*_: object) -> None:
    raise StoreUnavailable("The disk is full. Make room.")


def test_a_month_that_a_clock_wrote_too_early_names_nobody_who_is_erased(world: World) -> None:
    world.clock.advance(60 * 86_400)
    assert "days/2025-06.parquet" in world.files.bring_up_to_date()
    world.clock.advance(-60 * 86_400)
    assert "days/2025-06.parquet" in names_him(world)
    world.erase()
    assert names_him(world) == []


def test_doctor_tells_of_files_that_nobody_writes(world: World) -> None:
    def told() -> tuple[bool, str]:
        found = files_now(world.settings, world.clock.now())
        return found.warning, f"{found.detail} {found.advice}"

    assert told()[0]
    assert "no files are written yet" in told()[1]
    world.files.bring_up_to_date()
    assert told() == (False, "5 files, written 2025-04-19 08:00 UTC ")
    world.clock.advance(4 * 3600)
    assert told()[0]
    assert "is the app running?" in told()[1]
    if isinstance(world.files.place, FolderPlace):
        world.files.place.write("manifest.json", io.BytesIO(b"{"))
        assert "cannot be read" in told()[1]


def test_a_pass_that_was_killed_leaves_nothing_behind(tmp_path: Path) -> None:

    place, left = FolderPlace(tmp_path), tmp_path / "marks" / ".0123456789abcdef"
    left.parent.mkdir()
    left.write_bytes(NAME.encode())
    (tmp_path / ".keep").write_bytes(b"")
    place.tidy()
    assert not left.exists()
    assert (tmp_path / ".keep").exists()
