"""What each part of the pages sees of the running system."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from face_rec.access.rights import Act
from face_rec.assembly.attendance.marked_photos import add_from_mark
from face_rec.assembly.kiosks import kiosk_service
from face_rec.assembly.site import site_now
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.today import inside_now
from face_rec.attendance.terms.filters import Filters
from face_rec.facades.access import AccessFacade
from face_rec.facades.admin import AdminFacade
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.facades.attendance.overview import OverviewFacade
from face_rec.facades.attendance.report_mail import ReportMailFacade
from face_rec.facades.attendance.requests import RequestsFacade
from face_rec.facades.attendance.settings import SettingsFacade
from face_rec.facades.cameras import CamerasFacade
from face_rec.facades.facade import Facade
from face_rec.facades.frame import FrameFacade
from face_rec.facades.kiosk import KioskFacade
from face_rec.facades.kiosks import KiosksFacade
from face_rec.facades.notices import NoticesFacade
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.facades.people.own import OwnFacade
from face_rec.facades.people.privacy import PrivacyFacade
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.facades.people.strangers import StrangersFacade
from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.facades.search import SearchFacade
from face_rec.facades.start import StartFacade
from face_rec.journey.engine import Engine
from face_rec.kiosks.screen_status import camera_troubles
from face_rec.people.departures import Departures
from face_rec.requests.leave_report import LeaveReports

if TYPE_CHECKING:  # which installs these
    from face_rec.assembly.system import System

_LATELY: Final = timedelta(days=7)  # in which a new site's first mark is looked for


def facades(system: "System") -> tuple[Facade, ...]:
    """One for each part of the pages, all over the same system."""
    common = (system.clock, lambda: site_now(system.installation, system.options))
    attendance = (
        *common,
        system.services, system.people, system.directory, system.pictures, system.views,
    )  # fmt: skip
    return (
        FrameFacade(
            *common,
            access=system.access,
            ask_database=system.people.revision,
            departures=Departures(system.people),
            words=system.words,
        ),
        StartFacade(
            *common,
            guide=lambda: system.options.current().first_steps,
            set_guide=lambda guide: system.options.decide("first_steps", guide),
            model_ready=lambda: system.models.current() is not None,
            people=system.people.count,
            marked=lambda: _marked_lately(system),
            zone_chosen=lambda: system.options.chosen("timezone"),
            choose_zone=lambda zone: system.options.decide("timezone", zone),
        ),
        KioskFacade(
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
        ),
        RegistrarFacade(
            *common,
            people=system.people,
            views=system.views,
            enrolment=system.enrolment,
            lists=system.lists,
            engine=system.engine,
            captures=system.captures,
            claim=system.access.captures.claim,
            models=system.models,
            pictures=system.pictures,
            pins=system.access.pins,
            badge_desk=system.badge_desk,
            guardians=system.guardians,
            own_door=system.access.own_door,
            own_mail=system.invitations.own_link,
            calendar_since=system.calendars.own_since,
            end_calendar=system.calendars.end_own,
            self_enrolled=system.invitations.desk.book.enrolments.count,
            erase=system.privacy.erasure.erase,
            enrolled=system.strangers.desk.enrolled,
            seen_before=system.strangers.proposals.seen.of,
            propose_marks=system.strangers.proposals.propose,
        ),
        InvitationsFacade(
            *common,
            desk=system.invitations.desk,
            decisions=system.invitations.decisions,
            people=system.people,
            pictures=system.pictures,
        ),
        RequestsFacade(
            *common,
            requests=system.requests,
            leave=system.leave,
            swaps=system.swaps,
            deciders=system.deciders,
            attachment=system.attachments.read_for,
            leave_reports=LeaveReports(system.leave.book, system.services),
            calendars=system.calendars,
            people=system.people,
            address=lambda path: system.links.at(path),  # noqa: PLW0108 - made by then
        ),
        ReportMailFacade(*common, reports=system.report_mail, people=system.people),
        SearchFacade(*common, people=system.people),
        AttendanceFacade(*attendance),
        SettingsFacade(*attendance, options=system.options),
        OverviewFacade(
            *attendance,
            options=system.options,
            models=system.models,
            streams=system.engine.streams,
            camera_troubles=lambda: camera_troubles(
                system.kiosks.records(), system.screens, system.clock.now()
            ),
            own_cameras=lambda: system.cameras.healths(),  # noqa: PLW0108
            health=system.health.results,
            visitors_here=system.visitors.desk.here,
        ),
        AccessFacade(
            *common,
            accounts=system.access.accounts,
            factors=system.access.factors,
            forget=system.access.authenticator.forget,
            tokens=system.access.tokens,
            audit=system.access.audit,
            people=system.people,
        ),
        KiosksFacade(
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
        ),
        CamerasFacade(*common, **system.cameras.shown(), people=system.people),
        NoticesFacade(
            *common,
            notices=system.notices,
            people=system.people,
            kiosks=system.kiosks,
            told=system.told,
            guardians=system.guardians,
            personal=system.personal,
            options=system.options,
        ),
        OwnFacade(
            *common,
            services=system.services,
            people=system.people,
            pictures=system.pictures,
            withdraw_consent=system.privacy.consent.withdraw,
            copy=lambda of, out, words: system.privacy.export.write_own(of, out, words=words),
            requests=system.requests,
            leave=system.leave,
            swaps=system.swaps,
            calendars=system.calendars,
            address=lambda path: system.links.at(path),  # noqa: PLW0108 - made by then
            words=system.words,
        ),
        StrangersFacade(
            *common,
            desk=system.strangers.desk,
            days=lambda: system.strangers.policy.days,
            contract=system.strangers.contract,
            people=system.people,
            pictures=system.pictures,
            kiosk_title=lambda name: system.kiosks.record(name).title or name,
        ),
        VisitorsFacade(
            *common,
            desk=system.visitors.desk,
            texts=system.visitors.texts,
            links=system.visitors.links,
            look=system.visitors.look,
            people=system.people,
            people_inside=partial(_people_inside, system),
            words=system.words,
            mail_on=system.personal.on,
        ),
        PrivacyFacade(
            *common,
            people=system.people,
            consent=system.privacy.consent,
            export=lambda of, out, words: system.privacy.export.write(of, out, words=words),
            erase=system.privacy.erasure.erase,
            retention=system.privacy.retention,
            encrypted=system.privacy.encrypted,
            strangers=system.strangers.policy,
            chain=system.chain,
            last_check=system.daily_check.status,
        ),
        AdminFacade(
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
            add_from_mark=partial(
                add_from_mark, system.attendance, system.pictures, system.enrolment
            ),
        ),
    )


def _people_inside(system: "System", filters: Filters, now: datetime) -> list[DayRecord]:
    timesheets = system.services.current().timesheets
    today = timesheets.today()
    return inside_now(timesheets.table(today - timedelta(days=1), today, filters), now)


def _marked_lately(system: "System") -> bool:
    timesheets = system.services.current().timesheets
    return bool(timesheets.marks(timesheets.today() - _LATELY, timesheets.today()))


def _picture_age(engine: Engine, kiosk: str) -> float | None:
    ages = (one.stats().frame_age for one in engine.streams() if one.name == kiosk)
    return next(ages, None)
