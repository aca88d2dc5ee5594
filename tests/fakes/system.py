"""A whole system without Redis, models or cameras, for the tests of pages."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from face_rec.access.accounts.deciding import Deciders, StandIn
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly import system as holder
from face_rec.assembly.models.model_change import change_note
from face_rec.assembly.site_cameras import Cameras
from face_rec.assembly.storage.services import open_service
from face_rec.assembly.system import System
from face_rec.attendance.attendance_service import AttendanceService, ServiceByZone
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.explore.view import View as KeptView
from face_rec.attendance.explore.views import Views
from face_rec.attendance.kiosk_service import KioskService
from face_rec.badges.badge_service import BadgeService
from face_rec.badges.card import Look
from face_rec.cameras.camera import Camera
from face_rec.cameras.camera_health import CameraHealth
from face_rec.cameras.camera_service import CameraService
from face_rec.cameras.picture import Trial
from face_rec.cameras.wall import WallFeed
from face_rec.domain.errors import ModelError
from face_rec.domain.faces import Face, Image, Quality, View
from face_rec.domain.health import HealthCheck
from face_rec.domain.kiosks.screens import Label, Scene, StreamStats
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.domain.site.own_ways import Swapping
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.facades.facade import SiteInfo
from face_rec.facades.kiosks import KioskEditor, KiosksFacade
from face_rec.journey.decide import Policy
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.offline import Tally
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.languages.translator import Translators
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.packs.manifest import Pack
from face_rec.models.scores.own_people import OwnPeople
from face_rec.models.scores.own_report import Advice
from face_rec.models.terms.model_facts import Speed
from face_rec.models.terms.model_status import ModelState, ModelStatus, PackOffer
from face_rec.notices.guardians.guardian import Guardians
from face_rec.people.change.change import ModelChange
from face_rec.people.change.plan import Switch
from face_rec.people.directory import CachedDirectory
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.lists.list_changes import PeopleLists
from face_rec.people.photos.captures import Captures
from face_rec.protocols.models import FaceModels, Progress
from face_rec.requests.leave_entries import LeaveEntries
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request import OwnRequests
from face_rec.requests.request_records import RequestRecords
from face_rec.requests.request_service import News, RequestService
from face_rec.requests.swap_service import SwapService
from face_rec.site_options import LiveOptions
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.verify.daily_check import CheckStatus
from face_rec.web.ops.health import Health
from pages.ui.frame.jobs import JOBS
from tests.fakes.access import AccountsOff, MemoryAudit, MemoryRecords
from tests.fakes.attendance import FakeAttendance
from tests.fakes.badges import BadgeOffice
from tests.fakes.calendars import CalendarOffice
from tests.fakes.cameras import MemoryBoard
from tests.fakes.clock import FakeClock
from tests.fakes.invitations import fake_invitations
from tests.fakes.model_change import MemoryChange
from tests.fakes.models import FakeModelSource, colour_of, fake_models
from tests.fakes.options import decided
from tests.fakes.people import FakePeople
from tests.fakes.rules import FakeClockChanges, FakeRules
from tests.fakes.snapshots import MemorySnapshots
from tests.fakes.strangers import MemoryStrangers, StrangerWorld
from tests.fakes.visitors import fake_visitors

SITE = SiteInfo(
    site="main",
    title="Test site",
    timezone=ZoneInfo("Europe/Berlin"),
    consent_text="I agree.",
    consent_version="1",
    cooldown=60.0,
    save_snapshots=True,
    redis="embedded",
    snapshots="a folder",
)


class FakeModelService(FakeModelSource):
    """Packs that are installed by asking for them; ``broken`` makes every download fail, and
    those in ``kept`` are installed without being in use. ``begun``: bytes of broken downloads."""

    broken = False
    kept: tuple[str, ...] = ()
    begun: Mapping[str, int] = MappingProxyType({})

    def status(self) -> ModelStatus:
        if self.models is None:
            return ModelStatus(ModelState.MISSING, "No model pack is installed.", "buffalo_l")
        contract = self.models.contract
        return ModelStatus(
            ModelState.READY,
            "The model pack works.",
            self.models.pack,
            provider="cpu",
            offered=("cpu",),
            contract=contract.digest,
            dimension=contract.dimension,
            largest_gallery=self.models.calibration.largest_gallery,
            liveness=self.models.life.licence if self.models.life else "",
        )

    def offers(self) -> list[PackOffer]:
        used = self.models.pack if self.models else ""
        return [
            PackOffer(
                name, pack.title, pack.download, pack.accuracy, Speed(0.02, 0.02, measured=False),
                pack.licence, installed=name == used or name in self.kept, in_use=name == used,
                plainly=pack.plainly, begun=self.begun.get(name, 0),
                sources=tuple(pack.sources().values()),
            )
            for name, pack in OFFICIAL.items()
        ]  # fmt: skip

    def installed(self) -> list[Pack]:
        return []

    switch: Callable[[], Switch | None] = staticmethod(lambda: None)
    recognisers: Mapping[str, str] = MappingProxyType({})
    """By pack, what its recogniser is called; of others "fake"."""

    @property
    def wanted(self) -> str:
        return self.models.pack if self.models else ""

    def beside(self, name: str) -> FaceModels:
        return replace(fake_models(self.recognisers.get(name, "fake")), pack=name)

    def follow(self) -> None:
        switch = self.switch()
        if switch is not None:
            self.models = self.beside(switch.pack)

    def pull(self, name: str, progress: Progress) -> None:
        progress(1, 2)
        if self.broken:
            raise ModelError("The download was cut. Try again.")
        self.models = replace(fake_models(), pack=name)


@dataclass
class FakeStream:
    """A camera that stands still at ``figures``."""

    name: str
    figures: StreamStats

    def submit(self, image: Image) -> None: ...
    def scene(self) -> Scene | None:
        return None

    def stats(self) -> StreamStats:
        return self.figures

    def close(self) -> None: ...


@dataclass
class FakeEngine:
    """Cameras by hand."""

    running: list[FakeStream] = field(default_factory=list)
    workers: int = 2

    def streams(self) -> tuple[FakeStream, ...]:
        return tuple(self.running)

    def last_still(self, kiosk: str, since: float) -> tuple[Label, ...] | None:
        """No photo was ever taken."""


def good_quality(image: Image, face: Face) -> Quality:
    """Every face is seen well, from the front."""
    return Quality(face.box.width, 300.0, 130.0, 50.0, 0.0, 0.0, 0.0, face.score, View.FRONT, 0.9)


def _end_jobs() -> None:
    """They are the process's, so the next test would see them: one that still has to end too."""
    for kind, job in tuple(JOBS._jobs.items()):
        job.stopped = True
        assert job.ended.wait(60), f"the job {kind} does not end"
        JOBS.forget(kind)


@dataclass
class FakeSystem:
    """The parts that tests reach into, and the system made of them."""

    clock: FakeClock = field(default_factory=FakeClock)
    models: FakeModelService = field(default_factory=FakeModelService)
    attendance: FakeAttendance = field(default_factory=FakeAttendance)
    snapshots: MemorySnapshots = field(default_factory=MemorySnapshots)
    engine: FakeEngine = field(default_factory=FakeEngine)
    rules: FakeRules = field(default_factory=FakeRules)
    clock_changes: FakeClockChanges = field(default_factory=FakeClockChanges)
    checks: list[HealthCheck] = field(default_factory=list)
    access: object = field(default_factory=AccountsOff)
    options: LiveOptions = field(default_factory=decided)
    screens: ScreenReports = field(default_factory=ScreenReports)
    changing: MemoryChange = field(default_factory=MemoryChange)
    handed_over: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    request_records: MemoryRecords[OwnRequests] = field(default_factory=MemoryRecords)
    asked: list[str] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    colleagues: list[str] = field(default_factory=list)
    """Subjects of whose requests somebody was told."""
    stand_ins: MemoryRecords[StandIn] = field(default_factory=MemoryRecords)
    calendars: CalendarOffice = field(default_factory=CalendarOffice)
    camera_records: MemoryRecords[Camera] = field(default_factory=MemoryRecords)
    camera_board: MemoryBoard = field(default_factory=MemoryBoard)
    camera_healths: list[CameraHealth] = field(default_factory=list)
    views: MemoryRecords[KeptView] = field(default_factory=MemoryRecords)
    ended: set[str] = field(default_factory=set)
    """Accounts that were switched off, as far as views ask."""

    def __post_init__(self) -> None:
        self.people = FakePeople(self.clock)
        self.follower = GalleryFollower(self.people, self.models, self.clock)
        self.duplicates = DuplicateCheck(
            self.people, self.models, self.follower.gallery, self.follower.wait
        )
        enrolment = Enrolment(
            people=self.people, writer=self.people, models=self.models, assess=good_quality,
            duplicates=self.duplicates, photos=KeptPhotos(self.snapshots), clock=self.clock,
        )  # fmt: skip
        self.unknown = StrangerWorld(
            MemoryStrangers(self.clock), self.clock, self.options, self.models,
            self.follower.gallery, self.people, enrolment, self.snapshots, self.attendance,
            getattr(self.access, "audit", None) or AuditLog(MemoryAudit(), self.clock),
        )  # fmt: skip
        parts: dict[str, Any] = {
            "installation": SITE,
            "options": self.options,
            "clock": self.clock,
            "people": self.people,
            "attendance": self.attendance,
            "pictures": self.snapshots,
            "models": self.models,
            "change": self._change(),
            "follower": self.follower,
            "directory": CachedDirectory(self.people, self.clock),
            "enrolment": enrolment,
            "lists": PeopleLists(self.people, self.people, enrolment, self.clock),
            "strangers": self.unknown.strangers,
            "engine": self.engine,
            "badge_service": self._badge_service(),
            "away": lambda: not self.available,
            "kiosks": KioskRegister(lambda: self.rules.load().kiosks, self.rules.put, self.clock),
            "services": ServiceByZone(
                lambda zone: open_service(
                    Stores(self.attendance, self.people, self.rules, None, self.clock_changes),
                    self.attendance,
                    self.rules,
                    self.clock,
                    zone,
                ),
                lambda: self.options.current().timezone,
            ),
            "access": self.access,
            "screens": self.screens,
            "captures": Captures(),
            "offline": SimpleNamespace(
                stills=SimpleNamespace(
                    handed_over=SimpleNamespace(of=self.handed_over.__getitem__)
                )
            ),
            "own_people": OwnPeople(
                people=self.people,
                models=self.models,
                gallery=self.follower.matrix,
                pictures=self.snapshots,
                marks=self.attendance,
                policy=Policy(),
                clock=self.clock,
            ),
            "advice": Advice(self.options),
            "cameras": self._cameras(),
            "views": Views(
                self.views, self.clock, ended=self.ended.__contains__, note=lambda *_: None
            ),
            "requests": self.requests_service(),
            "invitations": fake_invitations(
                self.people,
                enrolment,
                self.clock,
                lambda: SelfEnrolling(self.options.current().self_enrolment),
                getattr(self.access, "audit", None) or AuditLog(MemoryAudit(), self.clock),
            ),
            "personal": SimpleNamespace(server=lambda: None, offered=list, on=lambda: False),
            "visitors": fake_visitors(
                self.people,
                self.badges.badges,
                self.options,
                self.clock,
                getattr(self.access, "audit", None) or AuditLog(MemoryAudit(), self.clock),
            ),
            "leave": self.leave_service(),
            "swaps": self.swap_service(),
            "attachments": SimpleNamespace(read_for=None),  # no test of a page reads one
            "calendars": self.calendars.service(self),
            "links": SimpleNamespace(at="https://door.example.org{}".format),
            "report_mail": SimpleNamespace(on=lambda: False, all=lambda _: []),
            "deciders": Deciders(
                self.stand_ins,
                list,
                lambda _: None,
                lambda: self.service.timesheets.today(),  # noqa: PLW0108 - is made later
                getattr(self.access, "audit", None) or AuditLog(MemoryAudit(), self.clock),
            ),
            "guardians": SimpleNamespace(of=Guardians, on=lambda: False),  # the site tells none
            "translators": Translators(),
            "languages": Languages(),
            "daily_check": SimpleNamespace(status=CheckStatus),
            "privacy": SimpleNamespace(  # tests of what is kept about people put theirs here
                consent=SimpleNamespace(withdraw=None),
                retention=None,
                encrypted=False,
                export=SimpleNamespace(write=None, write_own=None),
                erasure=SimpleNamespace(erase=None),
            ),
            "health": Health([self._check(n) for n in range(9)], self.clock, keep=0.0),
        }
        unused = {part.name: None for part in fields(System)}  # no page touches these
        self.system = System(**{**unused, **parts})

    def _badge_service(self) -> BadgeService:
        """Whose proofs are fresh, and whose badges lie in ``badges``."""
        self.badges = BadgeOffice(self.clock)
        return BadgeService(
            self.badges.badges, self.people, self.snapshots.get, look=lambda: Look("Test"),
            day=lambda at: f"{at:%Y-%m-%d}", demand=lambda _: None,
        )  # fmt: skip

    def requests_service(self) -> RequestService:
        """Over ``request_records``; ``asked`` is whom it told of."""
        services = cast("ServiceByZone", SimpleNamespace(current=lambda: self.service))
        records = RequestRecords(self.request_records, Unsealed())
        return RequestService(records, self.people, services, self.clock, self._told_of)

    def leave_service(self) -> LeaveService:
        """The same for leave."""
        services = cast("ServiceByZone", SimpleNamespace(current=lambda: self.service))
        records = RequestRecords(self.request_records, Unsealed())
        entries = LeaveEntries(records, self.people, services, self.clock)
        return LeaveService(self.people, services, self.clock, self._told_of, entries)

    def swap_service(self) -> SwapService:
        """The same for swaps, as the options say."""
        services = cast("ServiceByZone", SimpleNamespace(current=lambda: self.service))
        records = RequestRecords(self.request_records, Unsealed())
        return SwapService(
            records, self.people, services, self.clock, tell=self._told_of,
            mode=lambda: Swapping(self.options.current().swaps),
        )  # fmt: skip

    def _told_of(self, news: News, subject: str, _: object) -> None:
        heard = {News.ASKED: self.asked, News.DECIDED: self.decided}
        heard.get(news, self.colleagues).append(subject)

    def _cameras(self) -> Cameras:
        """Over ``camera_records`` and the kiosks of ``rules``."""
        places = KioskService(
            lambda: self.service, demand=lambda: None, unlink=lambda _: None, changed=lambda: None
        )
        step_up = getattr(self.access, "step_up", None)
        log = getattr(self.access, "audit", None) or AuditLog(MemoryAudit(), self.clock)
        service = CameraService(
            self.camera_records, places, Unsealed(), audit_log=log, clock=self.clock,
            demand=step_up.demand if step_up else lambda _: None,
        )  # fmt: skip
        wall = WallFeed(self.camera_board, self.clock)
        return Cameras(
            service,
            self.camera_board,
            wall,
            Trial(Path("camera-files")),
            lambda: self.camera_healths,
        )

    def _change(self) -> ModelChange:
        """With an audit log where the access has one."""
        log = getattr(self.access, "audit", None)
        change = ModelChange(
            store=self.changing, people=self.people, packs=self.models, options=self.options,
            clock=self.clock, note=change_note(log) if log else lambda *_: None,
        )  # fmt: skip
        self.models.switch = change.switched
        return change

    def _check(self, number: int) -> Callable[[], HealthCheck]:
        fine = HealthCheck(f"part {number}", ok=True, detail="works")
        return lambda: self.checks[number] if number < len(self.checks) else fine

    @property
    def service(self) -> AttendanceService:
        """Attendance in the site's time zone."""
        return self.system.services.current()

    @property
    def kiosk_service(self) -> KioskEditor:
        """Where the office decides about kiosks."""
        return KiosksFacade.current().kiosks

    @contextmanager
    def running(self) -> Iterator["FakeSystem"]:
        """Installed for pages, with the gallery following; no job of theirs outlives it."""
        self.people.wait_for_changes(patient=True)
        self.follower.start()
        self.install()
        try:
            yield self
        finally:
            _end_jobs()
            holder.install(None)
            # Or each test that draws a page would wait half a second for the follower to look up.
            self.people.wait_for_changes(patient=False)
            self.follower.close()

    def install(self, **changed: object) -> None:
        """Make the system, with what is ``changed`` in it, the one that pages get."""
        self.system = replace(self.system, **cast("dict[str, Any]", changed))
        holder.install(self.system)

    @property
    def available(self) -> bool:
        """Whether the database answers."""
        return self.people.available

    @available.setter
    def available(self, value: bool) -> None:
        self.people.available = self.attendance.available = self.rules.available = value

    def add_person(self, number: int, name: str, group: str = "", templates: int = 1) -> Person:
        """Somebody registered with the face that has ``colour_of(number)``."""
        models = fake_models()
        vector = cast("Any", models.embedder).vector_of(colour_of(number % 48))
        infos = [
            TemplateInfo(slot, View.FRONT, 0.8, models.contract.digest, self.clock.now())
            for slot in range(templates)
        ]
        person = Person(
            f"subject{number}", f"E{number}", name, group, f"e{number}@example.org",
            consent=Consent("I agree.", "1", self.clock.now()),
        )  # fmt: skip
        rows = [Template(info, vector) for info in infos]
        return self.people.create(person, rows, self.people.revision())

    def mark(self, person: Person, minutes: float = 0.0, snapshot: str | None = None) -> Event:
        """A mark of ``person``, ``minutes`` before now."""
        at = self.clock.now() - timedelta(minutes=minutes)
        event = Event(
            f"{person.subject}-{at.isoformat()}", person.subject, at, EventKind.PUNCH,
            Source.VIDEO, "main", score=0.7, margin=0.4, snapshot=snapshot,
        )  # fmt: skip
        self.attendance.apply(event, cooldown=0.0)
        return event
