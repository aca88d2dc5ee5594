"""Today's records, judged again only when something has changed or a minute has passed."""

from functools import partial

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.filters import Filters
from face_rec.facades.attendance import AttendanceFacade


def today_of(app: AttendanceFacade, filters: Filters) -> list[DayRecord]:
    """Everybody expected or seen today; not to be changed. StoreUnavailable."""
    service = app.service
    today = service.timesheets.today()
    return service.answers.of_days(
        "today", today, today, filters, partial(service.timesheets.day, today, filters)
    )
