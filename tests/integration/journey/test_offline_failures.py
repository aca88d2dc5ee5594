"""The server dies, or its Redis does, while it takes what a kiosk kept: nothing is lost, nothing
is there twice."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from face_rec.protocols.models import FaceModels
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests import redis_servers
from tests.data import Material
from tests.integration.journey.offline_site import KIOSK, Site
from tests.integration.journey.offline_victim import SEAMS
from tests.redis_servers import Server, wait_until

pytestmark = pytest.mark.models

_LASTING = ("--appendonly", "yes", "--appendfsync", "always")
OpenSite = Callable[[Path], AbstractContextManager[Site]]


@pytest.fixture
def open_site(redis_client: Client, models: FaceModels, material: Material) -> OpenSite:
    @contextmanager
    def opened(folder: Path) -> Iterator[Site]:
        with ExitStack() as stack:
            yield Site(redis_client, folder, models, material, stack)

    return opened


def test_a_server_that_is_killed_while_it_takes_a_still_marks_once_when_it_comes_again(
    redis_server: Server, open_site: OpenSite, tmp_path: Path, material: Material
) -> None:
    with open_site(tmp_path / "before") as site:
        kept = {seam: site.still(f"s{n}", 12) for n, seam in enumerate(SEAMS, 1)}
    stills = {seam: (one.capture, one.body) for seam, one in kept.items()}
    places = [redis_server.port, tmp_path, material.pack, material.people]
    subprocess.run(
        [sys.executable, "-m", "tests.integration.journey.offline_victim", *map(str, places)],
        input=pickle.dumps(stills), timeout=120, check=True,
    )  # fmt: skip
    for number, (seam, still) in enumerate(kept.items(), 1):
        with open_site(tmp_path / seam) as site:
            answer = still.hand_over(site.gate.kiosk(KIOSK)).json()
            assert (answer["became"], answer["marks"]) == ("taken", 1), seam
            _settled(site)
            assert site.handed_over.of(KIOSK).marks == number, seam
    assert sorted(site.marks()) == [
        (f"s{number}", still.capture.at) for number, still in enumerate(kept.values(), 1)
    ]


def _settled(site: Site) -> None:
    wait_until(lambda: not site.marker.pending_count())


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    """One of the test's own that keeps what it was told, to be killed."""
    with redis_servers.standalone(tmp_path / "redis", *_LASTING) as server:
        yield server


@pytest.fixture
def site(redis: Server, tmp_path: Path, models: FaceModels, material: Material) -> Iterator[Site]:
    client = connect(RedisAddress(nodes=(("127.0.0.1", redis.port),)))
    with ExitStack() as stack:
        stack.callback(client.close)
        yield Site(client, tmp_path, models, material, stack)


def test_while_redis_is_away_the_device_keeps_the_still(site: Site, redis: Server) -> None:
    tablet, kept = site.gate.kiosk(KIOSK), site.still("s1", 12)
    redis.kill()
    answer = kept.hand_over(tablet)
    assert answer.status_code == 503, answer.text
    redis.start()
    assert kept.hand_over(tablet).json()["marks"] == 1
    assert site.marks() == [("s1", kept.capture.at)]


def test_where_redis_goes_away_in_the_middle_the_mark_is_kept_here_and_made_once(
    site: Site, redis: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet, kept, opens = site.gate.kiosk(KIOSK), site.still("s1", 12), site.seal.open

    def dies(*asked: object) -> bytes:
        redis.kill()
        return opens(*asked)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(site.seal, "open", dies)
        assert kept.hand_over(tablet).status_code == 503
    assert site.marker.pending_count() == 1
    redis.start()
    assert kept.hand_over(tablet).json()["became"] == "taken"
    _settled(site)
    assert site.marks() == [("s1", kept.capture.at)]
