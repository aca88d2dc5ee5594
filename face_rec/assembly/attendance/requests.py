"""Requests of people about their marks and leave, and who decides, over the stores of a site."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from face_rec.access.accounts.deciding import Deciders
from face_rec.access.principal import THIS_COMPUTER, Principal
from face_rec.access.signin.authenticator import user_principal
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.site.own_ways import Swapping
from face_rec.notices.deciding.decision_letters import Offered
from face_rec.notices.deciding.telling import AskedFor
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.requests.attachments import Attachments
from face_rec.requests.leave_entries import LeaveEntries
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request import Decided, LeaveRequest, OwnRequest, SwapRequest
from face_rec.requests.request_service import News, RequestService
from face_rec.requests.swap_service import SwapService
from face_rec.stores.notices.outbox import RedisOutbox

log = logging.getLogger(__name__)
_LATE: Final = timedelta(days=1)
"""After a reminder was due: an app that was away for longer leaves it out."""


_KINDS: Final = {LeaveRequest: NoticeKind.LEAVE, SwapRequest: NoticeKind.SWAP}
"""What is told of a request that is no correction."""
_BECAME: Final = {News.DECIDED: NoticeKind.DECIDED, News.SETTLED: NoticeKind.SETTLED}


@dataclass(frozen=True, slots=True)
class RequestParts:
    """What pages, links and letters need of requests."""

    requests: RequestService
    leave: LeaveService
    swaps: SwapService
    deciders: Deciders
    attachments: Attachments


class RequestTelling:
    """Whoever wants to know hears of a request through the outbox; while that is away, the list
    under Records says it. Safe from any thread."""

    def __init__(self, stores: Stores, site: str, services: ServiceByZone, clock: Clock) -> None:
        self._outbox = RedisOutbox(stores.client, site)
        self._records = stores.requests
        self._people = stores.people
        self._options = stores.options
        self._services = services
        self._clock = clock

    def tell(self, news: News, subject: str, made: Decided) -> None:
        """That it was asked for, or decided; ``subject``: whom it is about, or is for."""
        day = self._day(made)
        facts = {"day": day}
        if news in _BECAME:
            kind, at = _BECAME[news], made.decided_at or made.asked_at
            name = f"{news.value}-{made.id}-{made.standing.value.replace(' ', '-')}"
            facts["what"] = made.standing.value
        elif news is News.OFFERED:
            kind, at = NoticeKind.OFFERED, made.asked_at
            name = f"{news.value}-{made.id}"
        else:
            kind = _KINDS.get(type(made), NoticeKind.REQUEST)
            name, at = f"{kind.value.rpartition('.')[2]}-{made.id}", made.asked_at
        notice = Notice(name, kind, at, subject, details=f"on {day}", facts=facts)
        try:
            self._outbox.publish_once(f"requests-{at.date().isoformat()}", [notice])
        except StoreError as error:
            log.warning("request_not_told reason=%s", error)

    def remind(self) -> None:
        """Of what has waited for so many days as the site says, and again after as many. Raises
        StoreUnavailable."""
        days = self._options.current().remind_days
        if not days:
            return
        now = self._clock.now()
        for of in self._records.all():
            for one in of.all:
                times = (now - one.asked_at).days // days
                due = one.asked_at + times * timedelta(days=days)
                if times and one.waits(now) and now - due < _LATE:
                    notice = Notice(
                        f"waits-{one.id}-{times}", NoticeKind.WAITS, due, of.id,
                        details=f"on {self._day(one)}", facts={"day": self._day(one)},
                    )  # fmt: skip
                    self._outbox.publish_once(f"waits-{due.date().isoformat()}", [notice])

    def asked(self, request_id: str) -> AskedFor:
        """How it stands, by one look at all requests: nobody waits for one that is gone."""
        found = self._records.find(request_id)
        if found is None:
            return AskedFor(waits=False, beside=None)
        one = found[1]
        beside = self._people.get(one.other) if isinstance(one, SwapRequest) else None
        return AskedFor(one.waits(self._clock.now()), beside)

    def _day(self, one: Decided) -> str:
        """The local day that it is about; of leave the first."""
        if isinstance(one, LeaveRequest):
            return one.first.isoformat()
        if isinstance(one, SwapRequest):
            return one.day.isoformat()
        at = one.wish.at if isinstance(one, OwnRequest) else one.asked_at
        return at.astimezone(self._services.current().timesheets.zone).date().isoformat()


def offered_by(swaps: SwapService) -> Callable[[str, str], Offered | None]:
    """What a colleague is asked, while nobody has answered it."""

    def offered(request_id: str, subject: str) -> Offered | None:
        one = swaps.offer(subject, request_id)
        return Offered(one.person.name, one.request.day, one.request.back) if one else None

    return offered


def open_requests(
    stores: Stores, services: ServiceByZone, clock: Clock, telling: RequestTelling
) -> RequestParts:
    """All of it; nothing is read yet."""
    records, people = stores.requests, stores.people
    entries = LeaveEntries(records, people, services, clock)
    return RequestParts(
        RequestService(records, people, services, clock, telling.tell),
        LeaveService(people, services, clock, telling.tell, entries),
        SwapService(
            records,
            people,
            services,
            clock,
            tell=telling.tell,
            mode=lambda: Swapping(stores.options.current().swaps),
        ),
        open_deciders(stores, services),
        Attachments(records, people, stores.spool, clock),
    )


def principals(stores: Stores) -> Callable[[str], Principal | None]:
    """What an account may do at the moment at which it is asked for; None for one that is gone or
    switched off."""
    accounts = stores.access.accounts

    def principal_of(name: str) -> Principal | None:
        if not stores.access.enabled:
            return THIS_COMPUTER if name == THIS_COMPUTER.id else None
        account = accounts.get(name)
        return user_principal(account) if account is not None and account.active else None

    return principal_of


def epochs(stores: Stores) -> Callable[[str], int | None]:
    """How often all sign-ins of an account were ended; None where there is none."""

    def epoch_of(name: str) -> int | None:
        account = stores.access.accounts.get(name)
        return account.epoch if account is not None else None

    return epoch_of


def open_deciders(stores: Stores, services: ServiceByZone) -> Deciders:
    """By the accounts as they stand at that moment."""
    return Deciders(
        stores.stand_ins,
        stores.access.accounts.all,
        principals(stores),
        lambda: services.current().timesheets.today(),  # noqa: PLW0108 - of now's zone
        stores.access.audit,
    )
