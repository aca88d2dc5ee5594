"""Workers of cameras as they run: processes of their own over a real Redis, a camera that speaks
RTSP, and the faults that a site has."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from face_rec.assembly.system import System
from face_rec.cameras.camera import CameraDraft, Purpose, Region
from face_rec.cameras.camera_health import CameraState
from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.cameras.camera_leases import RedisLeases
from face_rec.stores.redis.client import Client
from tests.data import Material
from tests.integration.cameras.site import RATE, Site, enrol, holders, marks, walk
from tests.redis_servers import Server, standalone, wait_until
from tests.rtsp import Clip, RtspCamera, clip

pytestmark = [pytest.mark.models, pytest.mark.timeout(240)]

SECRET = "S3cret-w0rd"


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(walk(3), RATE, every=RATE)


@pytest.fixture
def camera(film: Clip) -> Iterator[RtspCamera]:
    with RtspCamera(film, f"admin:{SECRET}") as one:
        yield one


@pytest.fixture
def site(
    redis_client: Client, redis_server: Server, tmp_path: Path, drawn: Material
) -> Iterator[Site]:
    made = Site(tmp_path, redis_server.port, drawn.pack)
    yield made
    made.end()


def gate(camera: RtspCamera, **more: object) -> CameraDraft:
    draft = CameraDraft("gate", camera.url, "admin", SECRET, title="Gate")
    return replace(draft, **more)  # type: ignore[arg-type]


def state(system: System, camera: str = "gate") -> CameraState | None:
    said = system.cameras.board.said([camera]).get(camera)
    return said.state if said else None


def holder(client: Client, camera: str = "gate") -> str:
    return holders(client).get(camera, "")


def test_who_comes_past_a_camera_is_marked_once_and_it_says_how_it_is(
    site: Site, camera: RtspCamera, redis_client: Client
) -> None:
    """The app's own worker, as ``make run`` has it: it begins by itself, follows what the office
    changes, and what goes over the wall is kept nowhere."""
    with site.office(CAMERA_WORKER="auto") as system:
        subject = enrol(system, 3)
        enrol(system, 5)
        assert camera.opened == 0
        system.cameras.service.add(gate(camera), "ada")
        wait_until(lambda: bool(marks(system)), 40)
        wait_until(lambda: bool(system.cameras.wall.pictures(["gate"])), 20)
        wait_until(lambda: 10 < system.cameras.board.said(["gate"])["gate"].rate < 20, 20)
        said = system.cameras.board.said(["gate"])["gate"]
        assert said.state is CameraState.RUNNING
        assert (said.width, said.height, said.reconnects) == (640, 480, 0)
        assert said.kilobits > 0
        picture = system.cameras.wall.pictures(["gate"])["gate"]
        assert picture.shot.jpeg.startswith(b"\xff\xd8")
        stored = [redis_client.dump(key) or b"" for key in redis_client.scan_iter()]
        begun = picture.shot.jpeg[:20]  # of two bytes alone templates have some by chance
        assert not [value for value in stored if SECRET.encode() in value or begun in value]
        system.cameras.service.enable("gate", enabled=False)
        wait_until(lambda: camera.playing == 0, 15)
        assert [(event.subject, event.kiosk) for event in marks(system)] == [(subject, "gate")]
        assert holder(redis_client) == ""
        system.cameras.service.enable("gate", enabled=True)
        wait_until(lambda: camera.playing == 1, 15)
        system.cameras.service.remove("gate")
        wait_until(lambda: camera.playing == 0, 15)


def test_a_camera_whose_kiosk_is_gone_is_left_and_marks_nobody(
    site: Site, camera: RtspCamera
) -> None:
    """As where the app died between the two records: nobody has said whom it marks, or that the
    face must live."""
    with site.office(CAMERA_WORKER="auto") as system:
        system.cameras.service.add(gate(camera), "ada")
        wait_until(lambda: camera.playing == 1, 60)
        (entry,) = system.cameras.service.all()
        system.cameras.service._places.remove(entry.kiosk)
        wait_until(lambda: camera.playing == 0, 15)
        enrol(system, 3)
        time.sleep(6)  # the whole film once
        assert marks(system) == []
        assert (camera.playing, camera.opened) == (0, 1)
        (entry,) = system.cameras.service.all()
        system.cameras.service.change(entry.draft(), entry)
        wait_until(lambda: bool(marks(system)), 40)


@pytest.mark.nightly
@pytest.mark.parametrize(
    "change",
    [{"purpose": Purpose.WATCH}, {"region": Region(0.0, 0.0, 0.3, 1.0)}, {"smallest": 0.4}],
    ids=["only watches", "looks elsewhere", "takes larger faces only"],
)
def test_a_camera_marks_nobody_whom_the_office_did_not_mean(
    site: Site, camera: RtspCamera, change: dict[str, object]
) -> None:
    with site.office(CAMERA_WORKER="auto") as system:
        enrol(system, 3)
        system.cameras.service.add(gate(camera, **change), "ada")
        wait_until(lambda: state(system) is CameraState.RUNNING, 40)
        rounds = camera.opened
        time.sleep(2 * 6)  # the whole film, twice: nobody is to be marked in any of it
        assert rounds == camera.opened
        assert marks(system) == []


def test_a_worker_that_is_killed_is_replaced_within_ten_seconds_and_nobody_is_marked_twice(
    site: Site, camera: RtspCamera, redis_client: Client
) -> None:
    with site.office() as system:
        enrol(system, 3)
        system.cameras.service.add(gate(camera), "ada")
        first = site.worker("one")
        wait_until(lambda: bool(holder(redis_client)), 60)
        second = site.worker("two")
        wait_until(lambda: redis_client.zcard("cameras:{main}:workers:any") == 2, 60)
        wait_until(lambda: bool(marks(system)) and camera.playing == 1, 40)
        owner = holder(redis_client)
        dying, other = (first, second) if f":{first.pid}:" in owner else (second, first)
        dying.kill()
        begun = time.monotonic()
        wait_until(lambda: f":{other.pid}:" in holder(redis_client), 20)
        wait_until(lambda: camera.playing == 1 and camera.opened >= 2, 20)
        took = time.monotonic() - begun
        assert took < 10
        wait_until(lambda: state(system) is CameraState.RUNNING, 20)
        time.sleep(7)  # the person comes past again
        assert len(marks(system)) == 1
        assert SECRET not in site.log("one").read_text() + site.log("two").read_text()
        other.terminate()
        assert other.wait(30) == 0
        assert holder(redis_client) == ""  # given back, not left to run out


@pytest.mark.nightly
def test_a_worker_that_was_stopped_and_goes_on_marks_nobody_with_the_lease_of_another(
    site: Site, camera: RtspCamera, redis_client: Client
) -> None:
    with site.office() as system:
        system.cameras.service.add(gate(camera), "ada")
        first = site.worker("one")
        wait_until(lambda: f":{first.pid}:" in holder(redis_client) and camera.playing == 1, 60)
        os.kill(first.pid, signal.SIGSTOP)
        wait_until(lambda: holder(redis_client) == "", 15)
        RedisLeases(redis_client, "main", 60).share("z-other", "any", ["gate"])
        subject = enrol(system, 3)  # from now on somebody could be marked
        os.kill(first.pid, signal.SIGCONT)
        time.sleep(10)  # the film's person comes past at least once
        assert marks(system) == []
        assert holder(redis_client) == "z-other"
        RedisLeases(redis_client, "main").release("z-other", "any", ["gate"], ends=True)
        wait_until(lambda: [one.subject for one in marks(system)] == [subject], 30)


@pytest.mark.nightly
def test_a_camera_that_answers_again_is_back_within_five_seconds(
    site: Site, camera: RtspCamera
) -> None:
    with site.office(CAMERA_WORKER="auto") as system:
        system.cameras.service.add(gate(camera), "ada")
        wait_until(lambda: state(system) is CameraState.RUNNING, 60)
        camera.down()
        wait_until(lambda: state(system) is CameraState.LOST, 30)
        began = time.monotonic()
        camera.up()
        wait_until(lambda: camera.playing == 1, 20)
        assert time.monotonic() - began < 5
        wait_until(lambda: state(system) is CameraState.RUNNING, 10)
        said = system.cameras.board.said(["gate"])["gate"]
        assert said.reconnects == 1
        camera.silent.set()  # the line stays, and nothing comes
        wait_until(lambda: state(system) is CameraState.LOST, 40)
        camera.silent.clear()
        wait_until(lambda: state(system) is CameraState.RUNNING, 20)


@pytest.mark.nightly
def test_while_the_database_is_away_whoever_comes_past_is_marked_all_the_same(
    tmp_path: Path, camera: RtspCamera, drawn: Material
) -> None:
    with standalone(tmp_path / "redis", "--appendonly", "yes") as server:
        own = Site(tmp_path, server.port, drawn.pack)
        camera.silent.set()
        with own.office(CAMERA_WORKER="auto") as system:
            enrol(system, 3)
            system.cameras.service.add(gate(camera), "ada")
            wait_until(lambda: camera.opened >= 1, 40)
            assert system.follower.wait(system.people.revision(), 20)
            server.stop()
            camera.silent.clear()
            wait_until(lambda: system.marker.pending_count() == 1, 40)
            server.start()
            wait_until(lambda: _marked(system), 40)
            wait_until(lambda: state(system) is CameraState.RUNNING, 20)


def _marked(system: System) -> bool:
    try:
        return len(marks(system)) == 1
    except StoreUnavailable:
        return False
