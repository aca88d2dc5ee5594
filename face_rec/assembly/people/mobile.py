"""People who mark themselves on their own phone, over the stores of a site."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from face_rec.access.limits.throttle import Throttle
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.background import started
from face_rec.domain.faces import View
from face_rec.journey.engine import Engine
from face_rec.journey.liveness.enrolment import EnrolmentWatch
from face_rec.mobile.attempts import Attempts
from face_rec.mobile.phone_punch import PhonePunch
from face_rec.people.photos.capture import GuidedCapture
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import CAPTURE
from face_rec.stores.access.sessions import RedisCounters


def open_mobile(
    stores: Stores, site: str, services: ServiceByZone, engine: Engine, stack: ExitStack
) -> PhonePunch:
    """All of it, started; closed with ``stack``."""
    deps = engine.deps
    examiner = Examiner(deps.models, deps.assess, CAPTURE)

    def guided(steps: Sequence[View], live: bool) -> GuidedCapture:
        asked = (lambda: True) if live else stores.kiosks.checks
        watch = EnrolmentWatch(deps.models, deps.assess, asked)
        return GuidedCapture(examiner, watch=watch, steps=steps)

    def rules() -> tuple[MobilePunch, ...]:
        return services.current().timesheets.rules().mobiles

    def now() -> datetime:
        return services.current().timesheets.now()

    attempts = started(Attempts(engine, deps.clock), stack)
    return PhonePunch(
        people=stores.people, rules=rules, now=now, consents=stores.mobile_consents,
        attempts=attempts, guided=guided, deps=deps,
        throttle=Throttle(RedisCounters(stores.client, site)), audit_log=stores.access.audit,
    )  # fmt: skip
