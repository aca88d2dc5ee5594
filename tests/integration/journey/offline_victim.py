"""Takes a still and dies in the middle of it, once for each of :data:`SEAMS`.

Run as ``python -m tests.integration.journey.offline_victim PORT FOLDER PACK PEOPLE``; on stdin
comes a still for each, whose server has the folder of the seam's name. Ends with 0 where all have
died.
"""

import os
import pickle
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from face_rec.kiosks.offline import Capture
from face_rec.models.model_service import ModelService
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.site.kiosk_records import RedisHandedOver
from face_rec.web.frames.exchange import decode_frame
from tests.data import Material
from tests.integration.journey.offline_site import Site

SEAMS = {
    "journal": (RedisAttendance, "apply"),  # the journal has the mark, Redis has not
    "mark": (RedisHandedOver, "note"),  # it is made, but which still it was is not remembered
}
"""What it is killed before, by what was done last."""


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(port: str, folder: str, pack: str, people: str) -> None:
    stills = pickle.load(sys.stdin.buffer)  # noqa: S301 (from the test itself)
    ends = []
    for seam, (capture, body) in stills.items():
        victim = os.fork()
        if not victim:
            _take(seam, capture, body, port=int(port), folder=Path(folder), pack=Path(pack),
                  people=Path(people))  # fmt: skip
            os._exit(0)
        ends.append(os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]))
    sys.exit(ends != [-signal.SIGKILL] * len(SEAMS))


def _take(
    seam: str, capture: Capture, body: bytes, *, port: int, folder: Path, pack: Path, people: Path
) -> None:
    """Never returns, or nothing of it was reached."""
    client = connect(RedisAddress(nodes=(("127.0.0.1", port),)))
    models = ModelService(folder / "models", str(pack), "cpu", 1).load()
    material = Material(pack, people, people, real=True)
    with ExitStack() as stack:
        site = Site(client, folder / seam, models, material, stack)
        setattr(*SEAMS[seam], _die)
        site.stills(capture, lambda: decode_frame(site.seal.open(capture, body)))


if __name__ == "__main__":
    main(*sys.argv[1:])
