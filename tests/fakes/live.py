"""What a live line reads, by hand."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from face_rec.attendance.marks.visit import Visit, Visits, by_person
from face_rec.clock import Clock, SystemClock
from face_rec.domain.faces import Image
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.journey.streams.listeners import Listeners
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.offline import OfflineSeal
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.kiosks.seats import Seats
from face_rec.languages.translator import Translators
from face_rec.web.live.sources import Sources
from tests.fakes.badges import BadgeOffice
from tests.fakes.directory import FakeDirectory


@dataclass
class StillStream:
    """A camera that shows what it is told to."""

    name: str
    shown: Scene | None = None
    said: tuple[Greeting, ...] = ()
    figures: StreamStats = field(default_factory=StreamStats)

    def submit(self, image: Image) -> None: ...

    def scene(self) -> Scene | None:
        return self.shown

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        return tuple(one for one in self.said if one.shown_from >= since)

    def stats(self) -> StreamStats:
        return self.figures

    def close(self) -> None: ...


@dataclass
class FakeLive:
    """``hold``: called wherever the database would be asked, to fail or to wait there."""

    clock: Clock = field(default_factory=SystemClock)
    records: dict[str, KioskRecord] = field(
        default_factory=lambda: {name: KioskRecord(name) for name in ("front-door", "other")}
    )
    marks: list[Visit] = field(default_factory=list)
    is_away: bool = False
    is_slow: bool = False
    waiting: int = 0
    look: Look = field(default_factory=Look)
    late: dict[str, int] = field(default_factory=dict)
    judged: list[str] = field(default_factory=list)
    hold: Callable[[], None] = lambda: None
    asked: int = 0
    chosen: list[tuple[str, EventKind, str]] = field(default_factory=list)
    language: str = "en"
    translators: Translators = field(default_factory=Translators)
    turns_shown: list[tuple[str, str]] = field(default_factory=list)
    streams: dict[str, StillStream] = field(default_factory=dict)
    listeners: Listeners = field(default_factory=Listeners)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    reports: ScreenReports = field(default_factory=ScreenReports)
    by_badge: list[tuple[str, str]] = field(default_factory=list)
    codes: bool = False
    linked: list[tuple[str, str]] = field(default_factory=list)
    office: BadgeOffice = field(default_factory=BadgeOffice)

    def __post_init__(self) -> None:
        self.seats = Seats(self.clock)
        self.door = self.office.door(lambda kiosk: self.record(kiosk).badges, lambda: self.is_away)
        self.door.windows.when_changed(self.listeners.tell)
        self.sources = Sources(
            stream=self.stream,
            listen=self.listeners.listen,
            knows=self.records.__contains__,
            record=self.record,
            visits=self.visits,
            stamp=self.stamp,
            directory=self.directory,
            portrait=lambda _: None,
            choose=self.choose,
            show_turn=lambda kiosk, nonce: self.turns_shown.append((kiosk, nonce)),
            badges=self.door,
            mark_badge=self.mark_badge,
            away=lambda: self.is_away,
            model=lambda: True,
            waiting=lambda: self.waiting,
            late=self.late_by,
            title=lambda: "Test site",
            look=lambda: self.look,
            words=lambda code: self.translators.of(code or self.language),
            zone=lambda: ZoneInfo("Europe/Berlin"),
            seal=OfflineSeal("main", [bytes(32)]),
            seats=self.seats,
            languages=Languages(self.clock),
            reports=self.reports,
            clock=self.clock,
            own=self,
            slow=lambda: self.is_slow,
        )

    def offered(self) -> bool:
        return self.codes

    def link(self, subject: str, kiosk: str) -> str:
        self.hold()
        self.linked.append((subject, kiosk))
        return f"/my/link/{subject}.secret"

    def base(self, opened: str) -> str:
        return opened

    def mark_badge(self, subject: str, kiosk: str) -> Receipt:
        self.by_badge.append((subject, kiosk))
        event = Event(uuid4().hex, subject, self.clock.now(), EventKind.PUNCH, Source.BADGE, kiosk)
        return Receipt(event, Outcome.MARKED)

    def choose(self, event: Event, kind: EventKind, title: str) -> None:
        """The mark counts as ``kind`` from now on."""
        self.hold()
        self.chosen.append((event.id, kind, title))
        entry = replace(self.marks.pop().first, kind=kind)
        self.marks.append(Visit((entry,)))

    def stream(self, name: str) -> StillStream:
        return self.streams.setdefault(name, StillStream(name))

    def record(self, kiosk: str) -> KioskRecord:
        return self.records.get(kiosk, KioskRecord(kiosk))

    def visits(self, _day: date) -> Visits:
        self.asked += 1
        return by_person(tuple(self.marks))

    def stamp(self, _day: date) -> Hashable:
        self.hold()
        return len(self.marks), len(self.chosen)

    def late_by(self, event: Event) -> int:
        self.judged.append(event.id)
        return self.late.get(event.id, 0)

    def shut(self, name: str) -> None:
        """Let the kiosk open in an hour, and close an hour later."""
        now = self.clock.now().astimezone(self.sources.zone())
        opens, closes = ((now + timedelta(hours=n)).time() for n in (1, 2))
        self.records[name] = KioskRecord(name, opens=opens, closes=closes)

    def show(self, name: str, scene: Scene) -> None:
        """As a worker of the engine does."""
        self.stream(name).shown = scene
        self.listeners.tell(name)

    def greet(self, name: str, greeting: Greeting) -> None:
        stream = self.stream(name)
        stream.said = (*stream.said, greeting)
        self.listeners.tell(name)
