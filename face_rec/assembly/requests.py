"""Requests of people about their marks, over the stores of a site."""

import logging

from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.service import ServiceByZone
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.requests.desk import RequestDesk
from face_rec.requests.request import OwnRequest
from face_rec.stores.notices.outbox import RedisOutbox

log = logging.getLogger(__name__)


def open_requests(stores: Stores, site: str, services: ServiceByZone, clock: Clock) -> RequestDesk:
    """Whoever wants to know hears of a request through the outbox; while that is away, the list
    under Records says it."""
    outbox = RedisOutbox(stores.client, site)

    def tell(subject: str, made: OwnRequest) -> None:
        day = made.wish.at.astimezone(services.current().timesheets.zone).date().isoformat()
        notice = Notice(
            f"request-{made.id}", NoticeKind.REQUEST, made.asked_at, subject,
            details=f"on {day}", facts={"day": day},
        )  # fmt: skip
        try:
            outbox.publish_once(f"requests-{made.asked_at.date().isoformat()}", [notice])
        except StoreError as error:
            log.warning("request_not_told reason=%s", error)

    return RequestDesk(stores.requests, stores.people, services, clock, tell)
