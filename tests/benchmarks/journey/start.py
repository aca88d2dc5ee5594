"""From the start of the process to the first frame in which somebody is recognised."""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median

from face_rec.clock import SystemClock
from face_rec.stores.people.people_store import RedisPeople
from tests.benchmarks.journey import material, rig
from tests.benchmarks.report.row import Row
from tests.fakes.models import blank_frame


def run(quick: bool = False) -> list[Row]:
    """Median of some starts: Python, libraries, Redis, models, gallery, first name."""
    with tempfile.TemporaryDirectory() as folder:
        with rig.redis(Path(folder)) as client:
            rig.enrol(RedisPeople(client, rig.SITE, SystemClock()), "buffalo_sc", people=3)
        starts = [_start(Path(folder)) for _ in range(1 if quick else 5)]
    whole = median(start["named"] for start in starts)
    steps = ", ".join(f"{step} {starts[0][step]:.2f}" for step in starts[0])
    return [Row("start of the process to the first recognised frame", whole, "s", note=steps)]


def _start(folder: Path) -> dict[str, float]:
    """Seconds since the start at which each step was done."""
    begun = time.monotonic()  # one clock for all processes of the machine
    command = [sys.executable, "-m", "tests.benchmarks.journey.start", str(folder)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    steps: dict[str, float] = json.loads(done.stdout)
    return {step: at - begun for step, at in steps.items()}


def _child(folder: Path) -> dict[str, float]:
    steps = {"imported": time.monotonic()}
    person = next(iter(material.photos(3).values()))[3]
    with ExitStack() as stack:
        client = stack.enter_context(rig.redis(folder))
        steps["Redis"] = time.monotonic()
        models = material.service()
        steps["models"] = time.monotonic()
        house = rig.built(folder, client, models, stack)
        steps["built"] = time.monotonic()
        stream = house.engine.kiosk("main")
        for step in count():
            if stream.greetings():
                break
            left = 195 + step % 40  # who stands like a photo is one look
            picture = blank_frame()
            picture[110:360, left : left + 250] = person
            stream.submit(picture)
            time.sleep(1 / material.RATE)
        steps["named"] = stream.greetings()[0].shown_from
    return steps


if __name__ == "__main__":
    print(json.dumps(_child(Path(sys.argv[1]))))
