"""Cards of the Overview: what a new installation asks for, and the kiosks as they are today."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_record import Table
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.terms.filters import Filters
from face_rec.cameras.camera_health import CameraHealth
from face_rec.domain.clock_state import ClockNote, apart
from face_rec.facades.attendance.overview import OverviewFacade
from face_rec.kiosks.kiosk import NAME, Direction, Interval, KioskRecord, Outage
from face_rec.languages.language import msgid
from pages.ui.frame.first_steps import way_back
from pages.ui.frame.identity import Right, current
from pages.ui.frame.navigation import go_button
from pages.ui.frame.parts import fragment
from pages.ui.rules.site_form import save_site
from pages.ui.shared import times
from pages.ui.shared.widgets import Line, Tone, state_list
from pages.ui.shared.words import formats, in_words, said, said_many


def zone_question(app: OverviewFacade) -> None:
    """Asked of an administrator until somebody has answered it, here or in ``.env``."""
    if current().may(Right.SITE) and not app.options.chosen("timezone"):
        _ask(app)


@fragment(Right.SITE)
def _ask(app: OverviewFacade) -> None:
    here = app.site.timezone.key
    known, now = times.zones(here), app.clock.now()
    browser = st.context.timezone
    proposed = browser if browser in known else here
    with st.container(border=True, key="zone_question"):
        st.subheader(said("In which time zone is this site?"), anchor=False)
        st.caption(
            said(
                "Clocks, late arrivals and the day that a mark counts for go by it. "
                "It can be changed later under Settings."
            )
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            zone = st.selectbox(
                said("Time zone"), known, known.index(proposed), key="zone", width=320
            )
            if st.button(
                said("Use this one"), type="primary", icon=":material/schedule:", key="use_zone"
            ):
                save_site(app.options, {"timezone": zone}, app.options.version)
        st.caption(_there(app, zone, now, asked_of_browser=zone == browser))


def _there(app: OverviewFacade, zone: str, now: datetime, *, asked_of_browser: bool) -> str:
    at = times.clock_time(now, ZoneInfo(zone))
    here = app.site.timezone.key
    if asked_of_browser:
        return said(
            "There it is {time} now, as your browser says. Until you decide, times are shown in "
            "{zone}.",
            time=at, zone=here,
        )  # fmt: skip
    return said(
        "There it is {time} now. Until you decide, times are shown in {zone}.", time=at, zone=here
    )


_NUMBERS = {1: ":material/counter_1:", 2: ":material/counter_2:", 3: ":material/counter_3:"}
"""In full: the font that is served holds only icons that stand so in our pages."""


def first_steps(app: OverviewFacade) -> None:
    """Three steps from an empty system to the first mark; the next one has the button, for whoever
    may take it."""
    ready = app.models.current() is not None
    with st.container(border=True, key="first_steps"):
        st.subheader(said("Welcome. Three steps to the first mark"), anchor=False)
        one, two, three = st.columns(3, gap="medium")
        with one:
            if ready:
                _step(1, said("Recognition model"), said("Installed and ready."), done=True)
            else:
                _step(
                    1,
                    said("Recognition model"),
                    said("Download a pack once, or upload it as a ZIP file."),
                )
                _go(Page.MODELS, said("Install a model"), key="step_models")
        with two:
            _step(
                2, said("First person"), said("Name, consent, and a short look into the camera.")
            )
            if ready:
                _go(Page.REGISTER, said("Register a person"), key="step_register")
        with three:
            _step(
                3,
                said("Kiosk"),
                said(
                    "Open {page} on the device at the door.",
                    page=said(Page.TAKE_ATTENDANCE.title),
                ),
            )
        way_back()


def _go(entry: Page, label: str, key: str) -> None:
    if current().may(entry.right):
        go_button(entry, label, key=key)
    else:
        st.caption(said("An administrator does this."))


def _step(number: int, title: str, text: str, done: bool = False) -> None:
    icon = ":green[:material/check_circle:]" if done else _NUMBERS[number]
    with st.container(gap=None):
        st.markdown(f"{icon} **{title}**")
        st.caption(text)


def today_of(app: OverviewFacade, filters: Filters) -> Table:
    """Everybody expected or seen today; not to be changed. StoreUnavailable."""
    service = app.service
    today = service.timesheets.today()
    return service.answers.of_days(
        "today", today, today, filters, partial(service.timesheets.table, today, today, filters)
    )


_ALIVE = timedelta(minutes=3)
_WAYS = {
    Direction.IN: msgid("counts IN"), Direction.OUT: msgid("counts OUT"), Direction.BOTH: "",
}  # fmt: skip


def kiosk_states(app: OverviewFacade) -> None:
    """One line a kiosk; what to know while there is none."""
    kiosks = app.service.timesheets.rules().kiosks
    strangers = sorted(_open(app) - {one.id for one in kiosks})
    if not kiosks:
        st.caption(
            said(
                "No kiosk is registered yet. Once one is, an outage of it during a "
                "shift is shown here and is not taken for an absence."
            )
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
    waiting = app.service.stores.rules.waiting(days[-1])
    clocks = app.service.stores.rules.clocks(days[-1])
    lines = [
        _line(one, beats.get(one.id, ()), down[one.id], _noted(one.id, waiting, clocks), now)
        for one in kiosks
    ]
    lines += [_stranger(name) for name in strangers]
    if lines:
        troubles, own = app.camera_troubles(), {one.camera: one for one in app.own_cameras()}
        lines = [_of_own(line, own.get(line.title)) for line in lines]
        state_list([_with_camera(line, troubles.get(line.title, "")) for line in lines])


def _of_own(line: Line, health: CameraHealth | None) -> Line:
    """Of a camera that the site runs itself its worker says how it is: one that marks nobody gives
    no sign of life, and one that is dark is no kiosk without a picture. Why it does not answer
    tells its address, and is for who manages cameras."""
    if health is None:
        return line
    tone = Tone.GOOD if health.state.sees else Tone.WARN if health.state.wrong else Tone.QUIET
    return replace(line, right=in_words(health.state.words), right_note="", tone=tone)


def _with_camera(line: Line, trouble: str) -> Line:
    if not trouble:
        return line
    return replace(line, note=" · ".join(filter(None, (line.note, trouble))), tone=Tone.WARN)


def _open(app: OverviewFacade) -> set[str]:
    """The kiosks that take pictures at the moment."""
    names = {stream.name for stream in app.streams() if stream.stats().fresh}
    return {name for name in names if NAME.fullmatch(name)}


def _stranger(name: str) -> Line:
    note = said("Not registered: its outages excuse nobody. Add it on the page Kiosks.")
    return Line(name, note, said("Live"), tone=Tone.WARN)


def _noted(kiosk: str, waiting: Mapping[str, int], clocks: Mapping[str, ClockNote]) -> list[str]:
    """What its server said with its last sign of life."""
    marks, ahead = waiting.get(kiosk, 0), clocks.get(kiosk, ClockNote()).ahead
    words = []
    if marks:
        words.append(
            said_many(
                "{count} mark waits there for the database",
                "{count} marks wait there for the database",
                marks,
            )
        )
    if ahead is not None:
        words.append(said("its server's clock is {apart}", apart=in_words(apart(ahead))))
    return words


def _line(
    kiosk: KioskRecord,
    beats: Sequence[Interval],
    down: Sequence[Interval],
    noted: Sequence[str],
    now: datetime,
) -> Line:
    last = max((end for _, end in beats), default=0)
    alive = last and now.timestamp() - last < _ALIVE.total_seconds()
    gaps = ", ".join(f"{_clock(a, now)}–{_clock(b, now)}" for a, b in down)
    way = said(_WAYS[kiosk.direction]) if _WAYS[kiosk.direction] else ""
    words = [kiosk.site, way, said("down {times}", times=gaps) if gaps else ""]
    words += noted
    return Line(
        kiosk.id,
        " · ".join(word for word in words if word),
        said("Live") if alive else said("No picture"),
        ""
        if alive
        else (said("since {time}", time=_clock(last, now)) if last else said("not seen today")),
        tone=Tone.GOOD if alive else Tone.WARN if last else Tone.QUIET,
    )


def _clock(seconds: int, now: datetime) -> str:
    return formats().clock(datetime.fromtimestamp(seconds, UTC).astimezone(now.tzinfo))


def _over(outage: Outage, beats: Mapping[str, Sequence[Interval]]) -> bool:
    """Whether the kiosk came back; what still lasts is told by its last sign of life."""
    return any(end > outage.end for _, end in beats.get(outage.kiosk, ()))
