"""RTSP cameras past which somebody comes now and then; a process of its own. Prints their
addresses and plays until it is ended."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from config import ROOT
from tests.benchmarks.journey import material
from tests.rtsp import Clip, RtspCamera, clip

CAMERAS = 8
_THERE, _ROUND = 3.0, 75.0
"""Seconds that somebody stands before each, of each round: who is away for less than a minute is
not marked again."""
_ADDED = """
import os
from face_rec.cameras.camera import CameraDraft
values = dict(os.environ) | {{"CAMERA_WORKER": "off"}}
with assembly.build(config.load(values, dotenv=None)) as system:
    for number, address in enumerate({addresses!r}):
        system.cameras.service.add(CameraDraft(f"wall-{{number}}", address), "soak")
"""


@contextmanager
def playing() -> Iterator[list[str]]:
    """Their addresses, while they play."""
    command = [sys.executable, "-m", "tests.soak.cameras"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.kill()


def added(addresses: list[str]) -> str:
    """What another process runs to make them cameras of the site; the app then serves them."""
    return _ADDED.format(addresses=addresses)


def _clips() -> list[Clip]:
    """Each camera has somebody of its own, at a time of its own."""
    room, people = material.Room(), list(material.photos(CAMERAS).values())
    length = round(_ROUND * material.RATE)
    found = []
    for number, photos in enumerate(people):
        begins = number * length // CAMERAS
        there = range(begins, begins + round(_THERE * material.RATE))
        film = [room.picture(at, [photos[3]] if at in there else []) for at in range(length)]
        found.append(clip(film, material.RATE))
    return found


def _serve() -> None:
    with ExitStack() as stack:
        cameras = [stack.enter_context(RtspCamera(one)) for one in _clips()]
        sys.stdout.write(json.dumps([one.url for one in cameras]) + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    _serve()
