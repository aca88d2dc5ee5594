"""The kiosk's live video: greeting above, picture, what is seen and how fast below.

All of this reads the engine's stream; nothing of a kiosk lives in the session but the pump, so a
reload, another tab or a lost connection goes on where the engine is.
"""

import logging
import time

import streamlit as st

from face_rec.attendance.marks.visit import Visit
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Label, Mood, Scene, StreamStats
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.banner import SHOWN_FOR, Banner, banners
from pages.ui.frame.component_files import joined
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded, store_banner
from pages.ui.frame.parts import by_itself, repeating
from pages.ui.kiosk import banner
from pages.ui.kiosk.camera import FramePump, camera, keep_alive
from pages.ui.kiosk.transport import Way, way_of
from pages.ui.shared import times
from pages.ui.shared.photos import photo
from pages.ui.shared.text import counted, html
from pages.ui.shared.text_raster import can_draw
from pages.ui.shared.widgets import Line, empty_state, person_list

# Today's marks beside the video, live.

_NEWEST = 40


@repeating(1, Right.KIOSK)
def marks_today(kiosk: str, *, listed: bool) -> None:
    """How many marks this site's day has; ``listed``: there is room for the newest, newest
    first, with names and portraits. A kiosk is read by everybody who passes, so whether it may
    show them is asked each time; where that has changed the page is drawn anew."""
    may = KioskFacade.current().record(kiosk).show_marks
    if may != listed and by_itself():
        st.rerun(scope="app")
    with guarded("kiosk.marks"):
        app = KioskFacade.current()
        if app.away():  # the banner above says so
            return
        found = app.visits()
        st.markdown(f"**Today** · {counted(len(found), 'mark')}")
        if not (listed and may):
            return
        with st.container(key="marks_today"):
            if found:
                person_list(_line(app, visit) for visit in found[::-1][:_NEWEST])
            else:
                empty_state("how_to_reg", "Nobody yet today", "Marks appear here as they happen.")


def _line(app: KioskFacade, visit: Visit) -> Line:
    event = visit.first.event
    person = app.directory.person(event.subject)
    return Line(
        title=person.name if person else "Deleted person",
        note=(person.group or person.id) if person else "",
        right=times.clock_time(event.at, app.site.timezone),
        photo=photo(app.pictures, person.photo if person else None),
    )


# Works wherever the page itself does: no peer connection, no encoder, no other port.
_camera = st.components.v2.component(
    "face_rec_http_camera",
    html='<div class="fr-http"><div class="fr-camera" data-testid="camera" '
    'data-state="connecting"><b>Starting the camera…</b><span></span></div>'
    '<div class="fr-stage"><video muted playsinline></video>'
    '<canvas role="img" data-testid="seen"></canvas></div>'
    '<select aria-label="Choose camera" hidden></select></div>',
    css=joined("camera.css", "http_camera.css"),
    js=joined("camera_words.js", "http_camera.js"),
    isolate_styles=False,
)


def http_camera(key: str, kiosk: str, room: float = 0.68, below: int = 0) -> None:
    """The video of ``kiosk``, which keeps itself running and says why when it cannot.

    ``room``: the most of the window's height that the picture may take; ``below``: pixels of the
    window that stay free under it.
    """
    data = {"url": f"/frames?kiosk={kiosk}", "room": room, "below": below}
    _camera(key=f"{key}-http", data=data)


# The kiosk's two buttons that only the browser can serve: full screen and sound.

_CSS = """
.fr-tools { display: flex; gap: 0.5rem; justify-content: flex-end; }
.fr-tools button {
  font: inherit; font-size: 0.85rem; padding: 0.3rem 0.8rem; border-radius: 0.6rem;
  cursor: pointer;
  border: 1px solid var(--st-border-color); background: var(--st-background-color);
  color: var(--st-text-color);
}
.fr-tools button:hover, .fr-tools button[aria-pressed="true"] {
  border-color: var(--st-primary-color); color: var(--st-primary-color);
}
"""
_tools = st.components.v2.component(
    "face_rec_kiosk_tools",
    html='<div class="fr-tools"><button data-tool="sound"></button>'
    '<button data-tool="full"></button></div>',
    css=_CSS,
    js=joined("kiosk_tools.js"),
)


def kiosk_tools(key: str, sounds: list[str]) -> None:
    """The buttons; each of ``sounds`` (``marked:ID`` or ``already:ID``) is played once."""
    _tools(key=key, data={"sounds": sounds}, width="content")


log = logging.getLogger(__name__)

_BELOW_PX = 165  # for names, tools, figures and the PIN under the picture
_ROOM = 3.0  # s after which an unseen scene is not worth showing


def live(kiosk: str) -> None:
    """The video of one kiosk, with everything around it."""
    way = way_of(kiosk)
    pump = _pump(kiosk, way)
    _greeting(pump, way)
    if way.http:
        http_camera(f"kiosk-{kiosk}", kiosk, below=_BELOW_PX)
    else:
        camera(f"kiosk-{kiosk}", pump, KioskFacade.current().ice_servers())
    _below(pump, way)


def _pump(kiosk: str, way: Way) -> FramePump:
    """This session's pump, which finds the engine's stream whenever a frame comes; a new way
    gets a new one, for it comes as a new screen."""
    key = f"_pump:{kiosk}"
    known, pump = st.session_state.get(key, (None, None))
    if known is not way or not isinstance(pump, FramePump):
        engine = KioskFacade.current().engine
        pump = FramePump(engine.kiosk(kiosk), engine.seats)
        st.session_state[key] = (way, pump)
    return pump


@repeating(0.5, Right.KIOSK)
def _greeting(pump: FramePump, way: Way) -> None:
    """Banner and camera keeper; twice a second."""
    with guarded("kiosk.greeting"):
        app = KioskFacade.current()
        if not app.open_now(pump.stream.name):
            return  # the page says so; the video feeds no more, whoever keeps it up
        pump.renew()
        if app.away():
            store_banner()
        shown = _banners(app, pump, way)
        banner.draw(shown)
        st.session_state["_sounds"] = [b.sound for b in shown if b.sound]
        if not way.http:
            _keep(pump, way)


def _keep(pump: FramePump, way: Way) -> None:
    """Hold WebRTC up, or change to HTTP where that does not help."""
    age, now = pump.stream.stats().frame_age, time.monotonic()
    if way.falls(age, keep_alive("kiosk", age, now, below=_BELOW_PX), now):
        log.info("video_falls_to_http kiosk=%s", pump.stream.name)
        st.rerun(scope="app")


def _banners(app: KioskFacade, pump: FramePump, way: Way) -> tuple[Banner, ...]:
    if pump.replaced and not way.http:  # over HTTP the camera itself is told
        text = "This screen only watches. Reload it to take over again."
        return (Banner(Mood.PROBLEM, "Another screen is this kiosk now", text),)
    since = app.clock.monotonic() - SHOWN_FOR
    greetings = pump.stream.greetings(since)
    zone, means = app.site.timezone, app.means_at(pump.stream.name)
    said = banners(greetings, _fresh(app, pump), zone, means)
    return said or (banner.idle(app.clock.now(), zone),)


def _fresh(app: KioskFacade, pump: FramePump) -> Scene | None:
    """The newest scene, unless it is old news."""
    scene = pump.stream.scene()
    return scene if scene and app.clock.monotonic() - scene.taken_at < _ROOM else None


@repeating(1, Right.KIOSK)
def _below(pump: FramePump, way: Way) -> None:
    """Names in the browser's own letters, the tools, and one quiet line of figures."""
    with guarded("kiosk.below"):
        scene = _fresh(KioskFacade.current(), pump)
        with st.container(horizontal=True, vertical_alignment="center", key="kiosk_row"):
            st.html(f'<div class="fr-seen">{_chips(scene, way)}</div>', width="stretch")
            kiosk_tools("kiosk-tools", st.session_state.get("_sounds", []))
        figures = html(f"{status(pump.stream.stats())} · {way}")
        st.html(f'<div class="fr-status" data-testid="kiosk-status">{figures}</div>')


def _chips(scene: Scene | None, way: Way) -> str:
    named = [label for label in (scene.labels if scene else ()) if label.verdict is Verdict.NAMED]
    return "".join(
        f'<span class="fr-{label.mood}">{html(_name(label, way))}</span>' for label in named
    )


def _name(label: Label, way: Way) -> str:
    """With the number at the box, where the video could not write the name."""
    written = way.http or can_draw(label.name)  # over HTTP the browser writes it
    return label.name if written else f"#{label.track} {label.name}"


def status(stats: StreamStats) -> str:
    """The figures of a stream for the one who set the kiosk up."""
    parts = [
        f"{stats.frame_rate:.0f} pictures/s", f"{stats.inference_rate:.0f} looks/s",
        f"{stats.dropped:,} dropped",
    ]  # fmt: skip
    if stats.time_to_mark is not None:
        parts.insert(2, f"{stats.time_to_mark:.1f} s to mark")
    return " · ".join(parts)
