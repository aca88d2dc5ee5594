"""What is the matter with a camera, of what its worker said and of what the office decided."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from face_rec.cameras.camera import CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.languages.language import msgid

STALE: Final = timedelta(seconds=12)
"""After this a worker's word counts no more."""
_NO_PLACE: Final = msgid("It was not added completely. Edit it and save it again.")


def standing(
    entry: CameraEntry, said: CameraHealth | None, now: datetime, local: datetime
) -> CameraHealth:
    """``said``: by its worker, None: nothing lately. ``local``: ``now`` in the site's zone."""
    if not entry.camera.enabled:
        return CameraHealth(entry.id, CameraState.OFF, now)
    if not entry.placed:
        return CameraHealth(entry.id, CameraState.UNSERVED, now).with_problem(_NO_PLACE)
    if not entry.kiosk.open_at(local):
        return CameraHealth(entry.id, CameraState.CLOSED, now)
    if said is None or now - said.said_at > STALE:
        return CameraHealth(entry.id, CameraState.UNSERVED, now)
    if said.state in {CameraState.OFF, CameraState.CLOSED}:  # it has just been opened
        return replace(said, state=CameraState.STARTING)
    return said
