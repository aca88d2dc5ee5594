"""The badge before one screen: its button, what stands there, and the PIN that is typed after
it."""

import logging

from anyio import CapacityLimiter, to_thread

from face_rec.domain.errors import JournalError
from face_rec.kiosks.badge_words import BadgeCard, card_of
from face_rec.kiosks.banner import Named
from face_rec.languages.translator import Translator
from face_rec.web.live.sources import Sources

log = logging.getLogger(__name__)


class BadgeButton:
    """Of one screen. On the event loop only. Another screen of the kiosk may do nothing here:
    nobody who stands before this one would have pressed anything."""

    def __init__(
        self, sources: Sources, kiosk: str, screen: str, threads: CapacityLimiter
    ) -> None:
        self._sources, self._kiosk, self._screen = sources, kiosk, screen
        self._threads = threads

    def shown(self, named: Named, words: Translator) -> BadgeCard | None:
        """None where this screen has no button for badges."""
        badges = self._sources.badges
        if not badges.offered(self._kiosk) or not self._holds:
            return None
        return card_of(badges.windows.of(self._kiosk), named, words)

    def show(self, wanted: bool) -> None:
        """Somebody before this screen wants to show a badge, or not any more."""
        if not self._holds:
            return
        if wanted:
            self._sources.badges.ask(self._kiosk, self._screen)
        else:
            self._sources.badges.windows.end(self._kiosk)

    async def type_pin(self, pin: str) -> None:
        """Somebody whose badge was read before this screen has typed a PIN."""
        if self._holds:
            await to_thread.run_sync(self._mark, pin, limiter=self._threads)

    @property
    def _holds(self) -> bool:
        return self._sources.seats.holds(self._kiosk, self._screen)

    def _mark(self, pin: str) -> None:
        """May wait for the database; what is refused is said on the screen."""
        badges = self._sources.badges
        subject = badges.give_pin(self._kiosk, self._screen, pin)
        if subject is None:
            return
        try:
            self._sources.mark_badge(subject, self._kiosk)
        except JournalError as error:
            log.warning("badge_not_journalled kiosk=%s reason=%s", self._kiosk, error)
            badges.not_saved(self._kiosk, self._screen)
        else:
            badges.marked(self._kiosk)
