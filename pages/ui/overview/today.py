"""What the Overview asks about today: everybody's day, and the kiosks with their signs of life."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

import streamlit as st

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.terms.filters import Filters
from face_rec.facades.attendance import AttendanceFacade
from face_rec.kiosks.kiosk import NAME, Direction, Interval, KioskRecord, Outage
from pages.ui.shared.widgets import Line, Tone, state_list


def today_of(app: AttendanceFacade, filters: Filters) -> list[DayRecord]:
    """Everybody expected or seen today; not to be changed. StoreUnavailable."""
    service = app.service
    today = service.timesheets.today()
    return service.answers.of_days(
        "today", today, today, filters, partial(service.timesheets.day, today, filters)
    )


_ALIVE = timedelta(minutes=3)
_WAYS = {Direction.IN: "counts IN", Direction.OUT: "counts OUT", Direction.BOTH: ""}


def kiosk_hearts(app: AttendanceFacade) -> None:
    """One line a kiosk; what to know while there is none."""
    kiosks = app.service.timesheets.rules().kiosks
    strangers = sorted(_open(app) - {one.id for one in kiosks})
    if not kiosks:
        st.caption(
            "No kiosk is registered yet. Once one is, an outage of it during a shift is shown "
            "here and is not taken for an absence."
        )
    now = app.service.timesheets.now()
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    days = days_between(midnight.astimezone(UTC).date(), now.astimezone(UTC).date())
    beats = app.service.stores.rules.beats(days)
    uptime = Uptime(kiosks, beats, app.service.timesheets.rules().limits)
    outages = uptime.outages(now.date(), int(midnight.timestamp()), int(now.timestamp()))
    down = {
        one.id: [(o.start, o.end) for o in outages if o.kiosk == one.id and _over(o, beats)]
        for one in kiosks
    }
    lines = [_line(one, beats.get(one.id, ()), down[one.id], now) for one in kiosks]
    lines += [_stranger(name) for name in strangers]
    if lines:
        state_list(lines)


def _open(app: AttendanceFacade) -> set[str]:
    """The kiosks that take pictures at the moment."""
    names = {stream.name for stream in app.streams() if stream.stats().fresh}
    return {name for name in names if NAME.fullmatch(name)}


def _stranger(name: str) -> Line:
    note = "Not registered: its outages excuse nobody. Add it on the page Kiosks."
    return Line(name, note, "Live", tone=Tone.WARN)


def _line(
    kiosk: KioskRecord, beats: Sequence[Interval], down: Sequence[Interval], now: datetime
) -> Line:
    last = max((end for _, end in beats), default=0)
    alive = last and now.timestamp() - last < _ALIVE.total_seconds()
    gaps = ", ".join(f"{_clock(a, now)}–{_clock(b, now)}" for a, b in down)
    words = [kiosk.site, _WAYS[kiosk.direction], f"down {gaps}" if gaps else ""]
    return Line(
        kiosk.id,
        " · ".join(word for word in words if word),
        "Live" if alive else "No picture",
        "" if alive else (f"since {_clock(last, now)}" if last else "not seen today"),
        tone=Tone.GOOD if alive else Tone.WARN if last else Tone.QUIET,
    )


def _clock(seconds: int, now: datetime) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(now.tzinfo):%H:%M}"


def _over(outage: Outage, beats: Mapping[str, Sequence[Interval]]) -> bool:
    """Whether the kiosk came back; what still lasts is told by its last sign of life."""
    return any(end > outage.end for _, end in beats.get(outage.kiosk, ()))
