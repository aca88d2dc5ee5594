"""Where what people do is written down."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from face_rec.access.control.access_control import Access
from face_rec.assembly.storage.chain import Chained
from face_rec.attendance.explore.titles import retitle
from face_rec.attendance.explore.view import View
from face_rec.attendance.rules.rules import RulesWriter
from face_rec.calendars.feed import Feed
from face_rec.domain.errors import Conflict, StoreError, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.protocols.marks import MarkWriter
from face_rec.protocols.people_store import PeopleWriter
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.site.audited_writers import (
    AuditedMarks,
    AuditedPeople,
    AuditedRules,
    KeptCorrections,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writers:
    """Those who change anything change it through these."""

    people: PeopleWriter
    unattended: PeopleWriter
    """For work that changes nothing of a person that anybody has entered."""
    marks: MarkWriter
    corrections: MarkWriter
    offered: MarkWriter
    """For what was written once and is offered again."""
    rules: RulesWriter


def open_writers(
    chained: Chained,
    access: Access,
    rules: AuditedRules,
    journal: FileJournal,
    *,
    missed: RedisMissedVisits,
    calendars: RedisRecords[Feed],
    views: RedisRecords[View],
) -> Writers:
    """All of them, over what is linked in the chain."""

    def anew(subject: str) -> None:
        with suppress(StoreUnavailable):  # what was written stands; counts go with their days
            missed.forget([subject])

    def left(subject: str) -> None:
        access.badges.void(subject)
        calendars.remove(subject)

    def renamed(was: Person, now: Person) -> None:
        try:
            retitle(views, was, now)
        except (Conflict, StoreError) as error:  # what was written stands
            log.warning("views_not_retitled subject=%s reason=%s", now.subject, error)

    return Writers(
        people=AuditedPeople(
            chained.people, access.audit, access.step_up.demand, left, anew, renamed=renamed
        ),
        unattended=chained.people,
        marks=AuditedMarks(chained.marking, access.audit),
        corrections=KeptCorrections(AuditedMarks(chained.marks, access.audit), journal),
        offered=AuditedMarks(chained.marks, access.audit, by_hand=False),
        rules=rules,
    )
