"""Rosters that are read as calendars, over the stores of a site."""

from config import Settings
from face_rec.access.limits.throttle import Throttle
from face_rec.assembly.attendance.requests import epochs, principals
from face_rec.assembly.storage.sealing import calendar_secrets
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.calendars.calendar_service import CalendarService, Rights, digests_with
from face_rec.clock import Clock
from face_rec.domain.site.own_ways import ways_in
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translators
from face_rec.stores.access.sessions import RedisCounters

_AWAY = msgid("away")


def open_calendars(
    settings: Settings,
    stores: Stores,
    services: ServiceByZone,
    clock: Clock,
    translators: Translators,
) -> CalendarService:
    """All of it; nothing is read yet."""
    options = stores.options

    def words() -> tuple[str, str]:
        now = options.current()
        return now.title, translators.of(now.language).gettext(_AWAY)

    return CalendarService(
        stores.calendars,
        stores.people,
        services,
        rights=Rights(
            principals(stores),
            epoch_of=epochs(stores),
            open=lambda: bool(ways_in(options.current().own_page)),
        ),
        digests=digests_with(calendar_secrets(settings), settings.site),
        throttle=Throttle(RedisCounters(stores.client, settings.site)),
        audit_log=stores.access.audit,
        clock=clock,
        words=words,
        demand=stores.access.step_up.demand,
    )
