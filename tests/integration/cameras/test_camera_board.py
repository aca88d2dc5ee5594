"""What workers say of cameras, and what goes to the wall: in a real Redis, and not on its disk."""

from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.cameras.camera import Camera, CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.cameras.camera_status import STALE, standing
from face_rec.cameras.wall import Shot, WallFeed
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.sentence import sentence
from face_rec.languages.translator import Translators
from face_rec.stores.cameras.camera_board import RedisCameraBoard
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.clock import MORNING, FakeClock
from tests.redis_servers import wait_until

SEALER = DataSealer(derived(("a key of the tests, long enough",), "x"))


@pytest.fixture(params=["redis_client", "cluster_client"])
def board(request: pytest.FixtureRequest) -> RedisCameraBoard:
    client: Client = request.getfixturevalue(request.param)
    return RedisCameraBoard(client, "main", SEALER)


def test_what_is_said_of_a_camera_is_read_and_forgotten_by_itself(
    redis_client: Client,
) -> None:
    board = RedisCameraBoard(redis_client, "main", SEALER)
    said = CameraHealth("gate", CameraState.BLIND, MORNING, "m:1", MORNING, 14.9).with_problem(
        sentence("It was lost ({kind}).", kind="OSError")
    )
    board.say(said)
    assert board.said(["gate", "yard"]) == {"gate": said}
    assert said.problem == "It was lost (OSError)."
    told = Translators().of("de").said(board.said(["gate"])["gate"].trouble)
    assert told == "Die Verbindung ging verloren (OSError)."
    assert board.said([]) == {}
    assert 0 < redis_client.pttl("cameras:{main}:health:gate") <= 12_000
    redis_client.set("cameras:{main}:health:yard", b'{"camera": 3}')
    assert list(board.said(["gate", "yard"])) == ["gate"]


def test_pictures_reach_who_looks_and_nobody_else_and_are_kept_nowhere(
    redis_client: Client,
) -> None:
    board = RedisCameraBoard(redis_client, "main", SEALER)
    feed = WallFeed(board, clock := FakeClock())
    assert feed.pictures(["gate"]) == {}
    assert board.looked_at(["gate", "yard"]) == {"gate"}

    def came() -> bool:
        board.send("gate", Shot(b"\xff\xd8 a\npicture", ("Zoë \n", "Bo")))
        return feed.pictures(["gate"]).get("gate") is not None

    wait_until(came)
    shot = feed.pictures(["gate"])["gate"].shot
    assert shot == Shot(b"\xff\xd8 a\npicture", ("Zoë \n", "Bo"))
    assert feed.pictures(["yard"]) == {}
    stored = [key for key in redis_client.scan_iter() if b"looked" not in key]
    assert stored == []
    clock.advance(6)
    assert feed.pictures(["gate"]) == {}
    feed.close()


def test_pictures_pass_a_cluster_and_are_sealed_on_their_way(board: RedisCameraBoard) -> None:
    feed, stranger = WallFeed(board, FakeClock()), RedisCameraBoard(board._client, "main", SEALER)

    def came() -> bool:
        board._client.publish("cameras:{main}:wall", b"gate\n\xff\xd8 forged")
        stranger.send("yard", Shot(b"a picture"))
        return bool(feed.pictures(["gate", "yard"]))

    wait_until(came)
    assert [one.shot.jpeg for one in feed.pictures(["gate", "yard"]).values()][-1] == b"a picture"
    feed.close()


def test_the_wall_is_listened_to_only_while_somebody_looks(redis_client: Client) -> None:
    feed = WallFeed(RedisCameraBoard(redis_client, "main", SEALER), clock := FakeClock())

    def listeners() -> int:
        return int(redis_client.pubsub_numsub("cameras:{main}:wall")[0][1])

    feed.pictures(["gate"])
    wait_until(lambda: listeners() == 1)
    clock.advance(20)
    wait_until(lambda: listeners() == 0)
    feed.pictures(["gate"])
    wait_until(lambda: listeners() == 1)
    feed.close()
    wait_until(lambda: listeners() == 0)


ENTRY = CameraEntry(Camera("gate", "", "rtsp://x", "ada", MORNING), KioskRecord("gate"))


def test_a_camera_of_which_nobody_says_anything_is_served_by_nobody() -> None:
    said = CameraHealth("gate", CameraState.RUNNING, MORNING)
    assert standing(ENTRY, said, MORNING, MORNING) == said
    late = MORNING + STALE + timedelta(seconds=1)
    assert standing(ENTRY, said, late, late).state is CameraState.UNSERVED
    assert standing(ENTRY, None, MORNING, MORNING).state is CameraState.UNSERVED


def test_a_camera_without_its_kiosk_says_what_to_do_about_it() -> None:
    running = CameraHealth("gate", CameraState.RUNNING, MORNING)
    without = standing(replace(ENTRY, placed=False), running, MORNING, MORNING)
    assert without.state is CameraState.UNSERVED
    assert "save it again" in without.problem
