"""For who says which cameras there are, and who looks at them: Cameras and the live wall."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.cameras.camera import CameraDraft, CameraEntry
from face_rec.cameras.camera_health import CameraHealth, HealthBoard
from face_rec.cameras.camera_service import CameraService
from face_rec.cameras.camera_status import standing
from face_rec.cameras.discovery import FoundCamera
from face_rec.cameras.onvif import Stream
from face_rec.cameras.picture import FirstPicture, Trial
from face_rec.cameras.wall import WallFeed
from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import PeopleReader


@dataclass(frozen=True, slots=True)
class CamerasFacade(Facade):
    cameras: CameraService
    board: HealthBoard
    wall: WallFeed
    """Its pictures are for who has Right.CAMERAS_SEE."""
    trial: Trial
    discover: Callable[[], list[FoundCamera]]
    """Takes three seconds; never raises."""
    ask_streams: Callable[[FoundCamera, str, str], list[Stream]]
    people: PeopleReader
    machine: str
    """What this machine is called, where a camera is bound to one."""

    def streams(self, found: FoundCamera, user: str, password: str) -> list[Stream]:
        """What a camera that was found offers, within ten seconds. Raises SourceError and
        ProofNeeded."""
        self.cameras.admit()
        return self.ask_streams(found, user, password)

    def picture(self, draft: CameraDraft) -> FirstPicture:
        """A picture of what ``draft`` would be, within ten seconds. Raises CameraRefused,
        SourceError and ProofNeeded."""
        return self.trial(self.cameras.asked(draft))

    def health(self, entries: list[CameraEntry]) -> dict[str, CameraHealth]:
        """How each is, by camera; may raise StoreUnavailable."""
        said = self.board.said([one.id for one in entries])
        now = self.clock.now()
        local = now.astimezone(self.site.timezone)
        return {one.id: standing(one, said.get(one.id), now, local) for one in entries}
