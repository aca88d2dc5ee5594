"""What one screen shows, put together from the running system on the event loop."""

import logging
import secrets
from typing import Final

import anyio
from anyio import to_thread

from face_rec.attendance.marks.meaning import meaning
from face_rec.domain.errors import FaceRecError, StoreError
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.domain.liveness import Prompt
from face_rec.domain.marks import Event, EventKind
from face_rec.kiosks.banner import SHOWN_FOR, Banner, Named, banners, full_name, short_name
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.screen_status import CameraState, camera_state
from face_rec.kiosks.way_choice import BUTTONS, LATE, Offer, buttons, offered, stands
from face_rec.languages.language import language_of
from face_rec.languages.translator import Translator
from face_rec.web.live.badge_button import BadgeButton
from face_rec.web.live.mark_lines import MarkLine
from face_rec.web.live.my_page import Caller, OwnCode
from face_rec.web.live.shown import (
    ROOM,
    Marks,
    Shown,
    State,
    Tongue,
    offline_of,
    picture_of,
    rounded,
    site_of,
)
from face_rec.web.live.sources import Sources
from face_rec.web.live.today import Shared, Today

log = logging.getLogger(__name__)

_STARTED: Final = secrets.token_hex(4)
_FIGURES_EVERY: Final = 1.0
_UNKNOWN: Final = "?"
"""No digest of any camera."""
_MOMENT: Final = 0.04
"""Seconds for which a greeting waits for what the mark means; else that is told later."""


class View:
    """One screen of one kiosk."""

    def __init__(
        self, sources: Sources, today: Today, kiosk: str, screen: str, caller: Caller | None = None
    ) -> None:
        self.sources, self.kiosk, self.screen = sources, kiosk, screen
        self._today = today
        self.badge = BadgeButton(sources, kiosk, screen, today.threads)
        self._own = OwnCode(sources, kiosk, screen, caller)
        self._stream, self._known = sources.stream(kiosk), True
        # Until it is known whether the kiosk may show full names it does not, nor takes pictures.
        self._record = KioskRecord(kiosk, short_names=True, camera=_UNKNOWN)
        self._key = sources.seal.key(kiosk)
        self._figures, self._figures_at = StreamStats(), float("-inf")
        self._met: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether there is such a kiosk still."""
        return self._known

    async def refresh(self, age: float) -> None:
        """Read what lies in the database, unless it was read within ``age`` seconds. What the
        rules say of the kiosk is known while that is away, too."""
        moment = self.sources.clock.monotonic() - age
        try:
            await to_thread.run_sync(
                self._look_up, abandon_on_cancel=True, limiter=self._today.threads
            )
            if self.sources.away():
                return
            await self._today.day.after(moment)
            if self._look.show_late:
                await self._today.judge(one.receipt.event for one in self._greetings())
            if self._record.show_marks:
                await self._list.after(moment)
        except StoreError as error:
            log.debug("live_without_store kiosk=%s error=%s", self.kiosk, error)

    def _look_up(self) -> None:
        self._known = self.sources.knows(self.kiosk)
        self._record = self.sources.record(self.kiosk)

    async def meet(self) -> bool:
        """Before somebody is greeted: a moment's time to learn what their mark means. Whether
        that was enough."""
        events = [one.receipt.event for one in self._greetings()]
        met, self._met = self._met, frozenset(event.id for event in events)
        new = [event for event in events if event.id not in met]
        if self.sources.away() or all(map(self._understood, new)):
            return True
        with anyio.move_on_after(_MOMENT) as moment:
            try:
                await self._today.day.after(self.sources.clock.monotonic())
                if self._look.show_late:
                    await self._today.judge(new)
            except StoreError as error:
                log.debug("live_without_store kiosk=%s error=%s", self.kiosk, error)
        return not moment.cancelled_caught

    def _understood(self, event: Event) -> bool:
        """Whether all is known that is said of the mark."""
        return self._today.day.newest.holds(event) and (
            not self._look.show_late or event.id in self._today.late
        )

    def now(self) -> Shown:
        """What is shown at this moment. Waits for nothing."""
        ours, now = self.sources, self.sources.clock.monotonic()
        if (scene := self._fresh(now)) is not None and scene.labels:
            ours.languages.stay(self.kiosk)
        is_open, scene = self._open, self._fresh(now)
        return Shown(
            site=site_of(
                ours.title(),
                ours.zone(),
                ours.clock.now(),
                self._look,
                self._words,
                languages=self._offered,
            ),
            scene=picture_of(
                self._stream.scene() if is_open else None, now, self._named, self._words
            ),
            banners=self._banners(now) if is_open else (),
            choice=self._choice(now) if is_open else None,
            challenge=self._challenge(now) if is_open else None,
            badge=self.badge.shown(self._named, self._words),
            mine=self._own.shown(scene, now, self._named) if is_open else None,
            marks=self._marks(),
            state=self._state(is_open),
            stats=self._newest_figures(now),
            offline=offline_of(self._key, self._record),
        )

    @property
    def _look(self) -> Look:
        return self._record.look(self.sources.look())

    @property
    def _words(self) -> Translator:
        return self.sources.words(self.sources.languages.of(self._record))

    @property
    def _offered(self) -> tuple[Tongue, ...]:
        """The kiosk's own language and those that may be chosen instead; nothing, where none."""
        others = self._record.languages
        own = self.sources.words(self._record.language).language.code
        codes = dict.fromkeys((own, *others)) if others else ()
        return tuple(Tongue(code, language_of(code).own_name) for code in codes)

    def speak(self, code: str) -> None:
        """Somebody before this screen chose a language."""
        if self.sources.seats.holds(self.kiosk, self.screen):
            self.sources.languages.choose(self._record, code)

    @property
    def _named(self) -> Named:
        return short_name if self._look.short_names else full_name

    @property
    def _list(self) -> Shared[tuple[MarkLine, ...]]:
        return self._today.list_in(self._words, short=self._look.short_names)

    def _greetings(self, for_seconds: float = SHOWN_FOR) -> tuple[Greeting, ...]:
        since = self.sources.clock.monotonic() - for_seconds
        return self._stream.greetings(since)

    def _choice(self, now: float) -> Offer | None:
        """The buttons, where this kiosk has them and the day is there to say what was chosen."""
        greeted = offered(self._greetings(), self._fresh(now)) if self._asks else None
        if greeted is None:
            return None
        event = greeted.receipt.event
        kind = self._today.day.newest.kind_of(event)
        if kind is None:
            return None
        chosen = kind.value if kind in BUTTONS else ""
        return Offer(event.id, self._named(greeted.name), chosen, buttons(self._words))

    @property
    def _asks(self) -> bool:
        ours = self.sources
        return self._record.asks and not ours.away() and ours.seats.holds(self.kiosk, self.screen)

    async def choose(self, event_id: str, kind: EventKind) -> None:
        """Somebody pressed a button. What was not offered here a moment ago is not done, and what
        cannot be written is not said to be: the buttons show what the mark counts as."""
        if not self._asks or kind not in BUTTONS:
            return
        events = [one.receipt.event for one in self._greetings(SHOWN_FOR + LATE) if stands(one)]
        event = next((one for one in events if one.id == event_id), None)
        if event is None:
            return
        title = self._record.display_name
        try:
            await to_thread.run_sync(
                self.sources.choose, event, kind, title, limiter=self._today.threads
            )
        except FaceRecError as error:  # it counts as that already, or the database is away
            log.info("choice_not_kept kiosk=%s reason=%s", self.kiosk, type(error).__name__)

    def _fresh(self, now: float) -> Scene | None:
        scene = self._stream.scene()
        return scene if scene is not None and now - scene.taken_at <= ROOM else None

    def _banners(self, now: float) -> tuple[Banner, ...]:
        zone = self.sources.zone()
        return banners(
            self._greetings(), self._fresh(now), zone, self._means, self._named,
            words=self._words, pin=self._record.pin,
        )  # fmt: skip

    def _challenge(self, now: float) -> Prompt | None:
        """The turn that somebody is asked for."""
        scene = self._fresh(now)
        prompts = (label.prompt for label in (scene.labels if scene else ()))
        return next((one for one in prompts if one is not None), None)

    def show(self, nonce: str) -> None:
        """This screen shows a turn; only now it counts. Another screen of the kiosk may not say
        so: nobody who stands before this one would have seen it."""
        if self.sources.seats.holds(self.kiosk, self.screen):
            self.sources.show_turn(self.kiosk, nonce)

    async def ask_own(self, event: str) -> None:
        """Somebody before this screen wants to see their own page."""
        scene = self._fresh(self.sources.clock.monotonic()) if self._open else None
        await self._own.ask(event, scene, self._named, self._today.threads)

    @property
    def _open(self) -> bool:
        ours = self.sources
        return self._record.open_at(ours.clock.now().astimezone(ours.zone()))

    def _means(self, event: Event) -> str:
        day = self._today.day.newest
        if not day.holds(event) or day.of != self.sources.today():
            return ""  # the day's list is away, or not read yet
        own = day.visits.of(event.subject)
        late = self._today.late.get(event.id, 0) if self._look.show_late else 0
        return meaning(
            event, own, self._record.direction, self.sources.zone(), late, words=self._words
        )

    def _marks(self) -> Marks:
        day = self._today.day.newest
        count = len(day.visits.all) if day.of == self.sources.today() else 0
        return Marks(count, self._list.newest if self._record.show_marks else None)

    def _state(self, is_open: bool) -> State:
        ours = self.sources
        return State(
            replaced=not ours.seats.holds(self.kiosk, self.screen),
            away=ours.away(),
            closed=not is_open,
            model=ours.model(),
            waiting=ours.waiting(),
            server=_STARTED,
            camera=self._camera(),
        )

    def _camera(self) -> CameraState:
        report = self.sources.reports.newest(self.kiosk, self.screen)
        return camera_state(self._record, report, self.sources.clock.now())

    def _newest_figures(self, now: float) -> StreamStats:
        if now - self._figures_at >= _FIGURES_EVERY:
            self._figures, self._figures_at = rounded(self._stream.stats()), now
        return self._figures
