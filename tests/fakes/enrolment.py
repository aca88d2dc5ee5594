"""An enrolment with everything around it, in memory, for painted faces."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from face_rec.domain.faces import Box, Frame, Image
from face_rec.domain.people import Consent, Contract
from face_rec.people.details import Details
from face_rec.people.directory import CachedDirectory
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.quality import assess
from tests.fakes.clock import FakeClock
from tests.fakes.models import Colour, FakeModelSource, blank_frame, colour_of, draw_face
from tests.fakes.people import FakePeople
from tests.fakes.snapshots import MemorySnapshots

CONSENT = Consent("I agree.", "1", datetime(2025, 3, 1, tzinfo=UTC))


def colour(who: int) -> Colour:
    """Of person ``who`` (0 to 15), all light enough for a photo."""
    return colour_of(47 - who)


def painted(
    who: int, nose: tuple[float, float] = (0.0, 0.0), size: float = 160, others: int = 0
) -> Image:
    """A picture of person ``who``, with ``others`` standing beside."""
    image = blank_frame(640, 480)
    draw_face(image, Box(40, 100, 40 + size, 100 + size), colour(who), nose)
    for number in range(others):
        left = 240 + 130 * number
        draw_face(image, Box(left, 100, left + 120, 220), colour(who + 1 + number))
    return image


def frame(image: Image, number: int, seconds: float) -> Frame:
    return Frame(image, number, seconds)


class People:
    """A site: store, follower, directory and enrolment, joined as the assembly joins them.

    The follower's thread is not started; its steps are taken whenever somebody waits.
    """

    def __init__(
        self,
        store: FakePeople | None = None,
        *,
        keep_photos: bool = True,
        make: Callable[[Contract], MemoryGallery] = MemoryGallery,
        **models: Any,  # noqa: ANN401
    ) -> None:
        self.clock = FakeClock()
        self.store = store or FakePeople(self.clock)
        self.models = FakeModelSource(**models)
        self.snapshots = MemorySnapshots()
        self.directory = CachedDirectory(self.store, self.clock)
        self.follower = GalleryFollower(
            self.store, self.models, self.clock, [self.directory.forget], make
        )
        self.enrolment = Enrolment(
            people=self.store,
            writer=self.store,
            models=self.models,
            assess=assess,
            duplicates=DuplicateCheck(
                self.store, self.models, self.follower.gallery, self.caught_up
            ),
            photos=KeptPhotos(self.snapshots, everything=keep_photos),
            clock=self.clock,
        )

    def caught_up(self, revision: int, timeout: float) -> bool:
        for _ in range(3):
            self.follower.step(block_ms=0)
        return self.follower.wait(revision, 0)

    def photo(self, who: int, nose: tuple[float, float] = (0.0, 0.0)) -> EnrolPhoto:
        return self.enrolment.check(painted(who, nose))

    def details(self, person_id: str = "7", name: str = "Ada") -> Details:
        return Details(person_id, name, consent=CONSENT)
