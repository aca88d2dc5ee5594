"""People who register themselves on their own phone, over the stores of a site."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass

from face_rec.access.limits.throttle import Throttle
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.invitations.invitation_letters import InvitationLetters
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.invitations.invitation_service import ENROL, LETTER, InvitationService
from face_rec.invitations.phone import Engine, PhoneCaptures
from face_rec.invitations.phone_enrolment import PhoneEnrolment
from face_rec.invitations.phone_watch import PhoneWatch
from face_rec.languages.language import msgid
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail import PersonalMail
from face_rec.notices.personal.own_link import OWN_LINK, OwnLinkMail
from face_rec.notices.running.links import Links, Said
from face_rec.people.enrolment import Enrolment
from face_rec.privacy.ports import Keeper, Purge
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.access.sessions import RedisCounters
from face_rec.stores.notices.outbox import RedisOutbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Invitations:
    """For who invites, who decides, and who was invited."""

    service: InvitationService
    decisions: EnrolDecisions
    phone: PhoneEnrolment
    own_link: OwnLinkMail


def open_invitations(
    stores: Stores,
    site: str,
    enrolment: Enrolment,
    engine: Engine,
    clock: Clock,
    *,
    links: Links,
    mail: PersonalMail,
    purge: Purge,
    stack: ExitStack,
) -> Invitations:
    """All of it, started; ``mail`` learns who writes its letters. Closed with ``stack``."""
    records, audit_log = stores.invitations, stores.access.audit

    def rule() -> SelfEnrolling:
        return SelfEnrolling(stores.options.current().self_enrolment)

    def token(one: Invitation) -> str:
        return links.token(ENROL, Said(one.id), one.until)

    def read(shown: str) -> str:
        said = links.read(ENROL, shown)
        return said.what if said else ""

    decisions = EnrolDecisions(
        records=records, people=stores.people, writer=stores.writers.people, enrolment=enrolment,
        audit_log=audit_log, clock=clock, want=purge.want,
    )  # fmt: skip
    outbox = RedisOutbox(stores.client, site)

    def tell(made: SelfEnrolment) -> None:
        tell_of(outbox, made, len(records.enrolments.all()))

    service = InvitationService(
        records=records, people=stores.people, audit_log=audit_log, clock=clock, rule=rule,
        token=token, mail=mail,
    )  # fmt: skip
    phone = PhoneEnrolment(
        records=records, people=stores.people, enrolment=enrolment, decisions=decisions,
        captures=PhoneCaptures(engine, enrolment.guided, clock), read=read,
        throttle=Throttle(RedisCounters(stores.client, site)), audit_log=audit_log, clock=clock,
        rule=rule, tell=tell, want=purge.want,
    )  # fmt: skip
    started(PhoneWatch(phone.captures, phone.goes_on), stack)
    own_link = OwnLinkMail(stores.access.own_sign_in, links, mail)
    letters = InvitationLetters(records, lambda one: links.at(service.path(one)), rule, clock)
    mail.written_by({LETTER: letters.write, OWN_LINK: own_link.write})
    return Invitations(service, decisions, phone, own_link)


def tell_of(outbox: RedisOutbox, made: SelfEnrolment, count: int) -> None:
    """Whoever wants to know hears that somebody waits, once an hour; while the outbox is away, the
    list under Invitations says it."""
    hour = made.at.strftime("%Y-%m-%dT%H")
    notice = Notice(
        f"enrolment-{hour}", NoticeKind.ENROLMENT, made.at, details=f"{count} waiting",
        facts={"count": count},
    )  # fmt: skip
    try:
        outbox.publish_once(f"enrolments-{made.at.date().isoformat()}", [notice])
    except StoreError as error:
        log.warning("enrolment_not_told reason=%s", error)


def invitations_keeper(records: InvitationRecords, people: PeopleReader) -> Keeper:
    """Invitations, and what came in by them under the person's name or ID."""

    def forget(subject: str) -> int:
        person = people.get(subject)
        return records.forget(subject, person.id if person else "")

    return Keeper(msgid("invitation to register"), records.held, forget)
