"""What each part of the pages sees of the running system."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from face_rec.access.rights import Act
from face_rec.assembly.attendance.marked_photos import add_from_mark
from face_rec.assembly.kiosks import kiosk_service
from face_rec.assembly.people_facades import MAKERS_OF_PEOPLE, Common
from face_rec.assembly.site import site_now
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.explore.views import Views
from face_rec.clock import Clock
from face_rec.facades.access import AccessFacade
from face_rec.facades.admin import AdminFacade
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.facades.attendance.overview import OverviewFacade
from face_rec.facades.attendance.report_mail import ReportMailFacade
from face_rec.facades.attendance.requests import RequestsFacade
from face_rec.facades.attendance.settings import SettingsFacade
from face_rec.facades.cameras import CamerasFacade
from face_rec.facades.facade import Facade, SiteInfo
from face_rec.facades.frame import FrameFacade
from face_rec.facades.kiosk import KioskFacade
from face_rec.facades.kiosks import KiosksFacade
from face_rec.facades.notices import NoticesFacade
from face_rec.facades.search import SearchFacade
from face_rec.facades.start import StartFacade
from face_rec.journey.engine import Engine
from face_rec.kiosks.screen_status import camera_troubles
from face_rec.people.departures import Departures
from face_rec.protocols.people_store import Directory, PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.leave_report import LeaveReports

if TYPE_CHECKING:  # which installs these
    from face_rec.assembly.system import System

Maker = Callable[["System", Common], Facade]

_OfAttendance = tuple[
    Clock, Callable[[], SiteInfo], ServiceByZone, PeopleReader, Directory, SnapshotStore, Views
]

_LATELY: Final = timedelta(days=7)  # in which a new site's first mark is looked for


def facades(system: "System") -> tuple[Facade, ...]:
    """One for each part of the pages, all over the same system."""
    common: Common = (system.clock, lambda: site_now(system.installation, system.options))
    return tuple(make(system, common) for make in (*_MAKERS, *MAKERS_OF_PEOPLE))


def _frame(system: "System", common: Common) -> Facade:
    return FrameFacade(
        *common,
        access=system.access,
        ask_database=system.people.revision,
        departures=Departures(system.people),
        words=system.words,
    )


def _start(system: "System", common: Common) -> Facade:
    return StartFacade(
        *common,
        guide=lambda: system.options.current().first_steps,
        set_guide=lambda guide: system.options.decide("first_steps", guide),
        model_ready=lambda: system.models.current() is not None,
        people=system.people.count,
        marked=lambda: _marked_lately(system),
        zone_chosen=lambda: system.options.chosen("timezone"),
        choose_zone=lambda zone: system.options.decide("timezone", zone),
    )


def _kiosk(system: "System", common: Common) -> Facade:
    return KioskFacade(
        *common,
        engine=system.engine,
        kiosks=system.kiosks,
        verify_pin=system.access.pins.verify,
        people=system.people,
        directory=system.directory,
        pictures=system.pictures,
        models=system.models,
        away=system.away,
        visits_of=lambda day: system.services.current().timesheets.visits(day),  # noqa: PLW0108
        late_by=lambda event: system.services.current().timesheets.late_by(  # noqa: PLW0108
            event
        ),
        words=system.words,
        languages=system.languages,
    )


def _requests(system: "System", common: Common) -> Facade:
    return RequestsFacade(
        *common,
        requests=system.requests,
        leave=system.leave,
        swaps=system.swaps,
        deciders=system.deciders,
        attachment=system.attachments.read_for,
        leave_reports=LeaveReports(system.leave.records, system.services),
        calendars=system.calendars,
        people=system.people,
        address=lambda path: system.links.at(path),  # noqa: PLW0108 - made by then
    )


def _report_mail(system: "System", common: Common) -> Facade:
    return ReportMailFacade(*common, reports=system.report_mail, people=system.people)


def _search(system: "System", common: Common) -> Facade:
    return SearchFacade(*common, people=system.people)


def _attendance(system: "System", common: Common) -> Facade:
    return AttendanceFacade(*_of_attendance(system, common))


def _settings(system: "System", common: Common) -> Facade:
    return SettingsFacade(*_of_attendance(system, common), options=system.options)


def _overview(system: "System", common: Common) -> Facade:
    return OverviewFacade(
        *_of_attendance(system, common),
        options=system.options,
        models=system.models,
        streams=system.engine.streams,
        camera_troubles=lambda: camera_troubles(
            system.kiosks.records(), system.screens, system.clock.now()
        ),
        own_cameras=lambda: system.cameras.healths(),  # noqa: PLW0108
        health=system.health.results,
        visitors_here=system.visitors.service.here,
    )


def _access(system: "System", common: Common) -> Facade:
    return AccessFacade(
        *common,
        accounts=system.access.accounts,
        factors=system.access.factors,
        forget=system.access.authenticator.forget,
        tokens=system.access.tokens,
        audit=system.access.audit,
        people=system.people,
    )


def _kiosks(system: "System", common: Common) -> Facade:
    return KiosksFacade(
        *common,
        devices=system.access.devices,
        accounts_on=system.access.enabled,
        people=system.people,
        kiosks=kiosk_service(
            system.services,
            system.access,
            system.kiosks,
            demand=lambda: system.access.step_up.demand(Act.KIOSKS),
        ),
        options=system.options,
        screens=system.screens,
        picture_age=lambda kiosk: _picture_age(system.engine, kiosk),
        models=system.models,
        handed_over=system.offline.stills.handed_over.of,
        cameras=system.cameras.service.ids,
        waiting=lambda day: system.services.current().stores.rules.waiting(day),  # noqa: PLW0108
    )


def _cameras(system: "System", common: Common) -> Facade:
    return CamerasFacade(*common, **system.cameras.shown(), people=system.people)


def _notices(system: "System", common: Common) -> Facade:
    return NoticesFacade(
        *common,
        notices=system.notices,
        people=system.people,
        kiosks=system.kiosks,
        told=system.told,
        guardians=system.guardians,
        personal=system.personal,
        options=system.options,
    )


def _admin(system: "System", common: Common) -> Facade:
    return AdminFacade(
        *common,
        health=system.health.results,
        engine=system.engine,
        cameras=lambda: system.cameras.healths(),  # noqa: PLW0108
        models=system.models,
        change=system.change,
        gallery=system.follower.gallery,
        followed=system.follower.status,
        people=system.people,
        attendance=system.attendance,
        audit=system.access.audit,
        measure=system.own_people.in_background,
        advice=system.advice,
        picture=system.pictures.get,
        add_from_mark=partial(add_from_mark, system.attendance, system.pictures, system.enrolment),
    )


def _of_attendance(system: "System", common: Common) -> _OfAttendance:
    """What all façades of attendance begin with."""
    return (
        *common, system.services, system.people, system.directory, system.pictures, system.views,
    )  # fmt: skip


_MAKERS: Final[tuple[Maker, ...]] = (
    _frame, _start, _kiosk, _requests, _report_mail, _search, _attendance, _settings, _overview,
    _access, _kiosks, _cameras, _notices, _admin,
)  # fmt: skip


def _marked_lately(system: "System") -> bool:
    timesheets = system.services.current().timesheets
    return bool(timesheets.marks(timesheets.today() - _LATELY, timesheets.today()))


def _picture_age(engine: Engine, kiosk: str) -> float | None:
    ages = (one.stats().frame_age for one in engine.streams() if one.name == kiosk)
    return next(ages, None)
