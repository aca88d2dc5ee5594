"""Marking whose badge was read and who has typed their PIN."""

import logging

from face_rec.domain.errors import JournalError
from face_rec.web.live.sources import Sources

log = logging.getLogger(__name__)


def mark_by_pin(sources: Sources, kiosk: str, screen: str, pin: str) -> None:
    """May wait for the database; what is refused is said on the screen."""
    doors = sources.badges
    subject = doors.give_pin(kiosk, screen, pin)
    if subject is None:
        return
    try:
        sources.mark_badge(subject, kiosk)
    except JournalError as error:
        log.warning("badge_not_journalled kiosk=%s reason=%s", kiosk, error)
        doors.not_saved(kiosk, screen)
    else:
        doors.marked(kiosk)
