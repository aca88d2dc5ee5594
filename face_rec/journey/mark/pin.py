"""PIN: mark somebody whose face failed and who has shown in another way who they are."""

import uuid

from face_rec.domain.marks import Event, EventKind, Receipt, Source
from face_rec.domain.screens import Greeting
from face_rec.journey.mark.notify import NoticeBoard
from face_rec.journey.pipeline_deps import Services


def punch_by_pin(
    services: Services, subject: str, kiosk: str, board: NoticeBoard | None
) -> Receipt:
    """Mark ``subject`` and greet them on ``board``, the screen of a live kiosk.

    Raises JournalError, and then nobody has been told anything.
    """
    event = Event(
        id=uuid.uuid4().hex,
        subject=subject,
        at=services.clock.now(),
        kind=EventKind.PUNCH,
        source=Source.PIN,
        kiosk=kiosk,
    )
    receipt = services.marker.mark(event)
    if board is not None:
        name = services.directory.name(subject)
        board.post(Greeting(receipt, name, services.clock.monotonic()))
    return receipt
