"""What a kiosk's sign of life says, in the running system: whoever came past was marked."""

import errno
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from config import load
from face_rec import assembly, files
from face_rec.assembly import recognition
from face_rec.domain.faces import Image
from face_rec.kiosks.kiosk_register import Heartbeat
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.data import Material

pytestmark = [pytest.mark.models, pytest.mark.timeout(120)]

Start = Callable[..., assembly.System]


class Kiosk:
    """The main kiosk with a camera that looks at nobody."""

    def __init__(self, system: assembly.System, client: Client) -> None:
        self._system = system
        self._client = client
        self._image: Image = np.full((120, 160, 3), 90, np.uint8)
        cv2.rectangle(self._image, (20, 20), (80, 80), (200, 10, 10), -1)

    def beats_within(self, seconds: float) -> bool:
        """Whether it gives a sign of life in that time, with a picture now and then."""
        day = self._system.clock.now().date()
        self._client.delete(keys.beats("main", day))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._system.engine.kiosk("main").submit(self._image)
            time.sleep(0.05)
            if self._client.exists(keys.beats("main", day)):
                return True
        return False


@pytest.fixture
def start(
    redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    monkeypatch.setattr(recognition, "Heartbeat", partial(Heartbeat, every=0.1))
    port = redis_client.connection_pool.connection_kwargs["port"]
    common = {"REDIS_URL": f"redis://127.0.0.1:{port}/0", "DATA_DIR": str(tmp_path)}
    open_ones = []

    def begin(**more: str) -> assembly.System:
        building = assembly.build(load({**common, **more}, dotenv=None))
        open_ones.append(building)
        return building.__enter__()

    yield begin
    for building in open_ones:
        building.__exit__(None, None, None)


def test_a_kiosk_without_a_model_gives_no_sign_of_life(
    start: Start, redis_client: Client, tmp_path: Path
) -> None:
    system = start(MODEL_PACK=str(tmp_path / "none"))
    assert system.kiosks.knows("main")
    kiosk = Kiosk(system, redis_client)
    assert not kiosk.beats_within(3)


def test_a_kiosk_whose_marks_the_disk_refuses_gives_none_until_there_is_room(
    start: Start, redis_client: Client, drawn: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = start(MODEL_PACK=str(drawn.pack))
    assert system.kiosks.knows("main")
    kiosk = Kiosk(system, redis_client)
    assert kiosk.beats_within(60)

    def full(file: int, data: bytes) -> Any:  # noqa: ANN401
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_all", full)
        kiosk.beats_within(0.5)  # one that was on its way
        assert not kiosk.beats_within(3)
        shown = next(one for one in system.health.results() if one.name == "journal")
        assert not shown.ok
    assert kiosk.beats_within(20)
