"""What the pages about people see of the running system."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.today import inside_now
from face_rec.attendance.terms.filters import Filters
from face_rec.clock import Clock
from face_rec.facades.facade import Facade, SiteInfo
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.facades.people.own import OwnFacade
from face_rec.facades.people.privacy import PrivacyFacade
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.facades.people.strangers import StrangersFacade
from face_rec.facades.people.visitors import VisitorsFacade

if TYPE_CHECKING:  # which installs these
    from face_rec.assembly.system import System

Common = tuple[Clock, Callable[[], SiteInfo]]
"""What every façade begins with: the clock, and what may be shown of the settings now."""


def _registrar(system: "System", common: Common) -> Facade:
    return RegistrarFacade(
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
        badge_service=system.badge_service,
        guardians=system.guardians,
        own_sign_in=system.access.own_sign_in,
        own_mail=system.invitations.own_link,
        calendar_since=system.calendars.own_since,
        end_calendar=system.calendars.end_own,
        self_enrolled=system.invitations.service.records.enrolments.count,
        erase=system.privacy.erasure.erase,
        enrolled=system.strangers.service.enrolled,
        seen_before=system.strangers.proposals.seen.of,
        propose_marks=system.strangers.proposals.propose,
    )


def _invitations(system: "System", common: Common) -> Facade:
    return InvitationsFacade(
        *common,
        service=system.invitations.service,
        decisions=system.invitations.decisions,
        people=system.people,
        pictures=system.pictures,
    )


def _own(system: "System", common: Common) -> Facade:
    return OwnFacade(
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
    )


def _strangers(system: "System", common: Common) -> Facade:
    return StrangersFacade(
        *common,
        service=system.strangers.service,
        days=lambda: system.strangers.policy.days,
        contract=system.strangers.contract,
        people=system.people,
        pictures=system.pictures,
        kiosk_title=lambda name: system.kiosks.record(name).title or name,
    )


def _visitors(system: "System", common: Common) -> Facade:
    return VisitorsFacade(
        *common,
        service=system.visitors.service,
        texts=system.visitors.texts,
        links=system.visitors.links,
        look=system.visitors.look,
        people=system.people,
        people_inside=partial(_people_inside, system),
        words=system.words,
        mail_on=system.personal.on,
    )


def _privacy(system: "System", common: Common) -> Facade:
    return PrivacyFacade(
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
    )


def _people_inside(system: "System", filters: Filters, now: datetime) -> list[DayRecord]:
    timesheets = system.services.current().timesheets
    today = timesheets.today()
    return inside_now(timesheets.table(today - timedelta(days=1), today, filters), now)


MAKERS_OF_PEOPLE: Final = (
    _registrar, _invitations, _own, _strangers, _visitors, _privacy,
)  # fmt: skip
