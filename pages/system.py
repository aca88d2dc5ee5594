"""System: whether everything works, what the cameras do, and what is set."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

import pandas as pd
import streamlit as st

from face_rec import __version__
from face_rec.access.pages import Page
from face_rec.cameras.health import CameraHealth
from face_rec.domain.screens import StreamStats
from face_rec.facades.admin import AdminFacade
from face_rec.protocols.streams import Stream
from pages.ui.cameras.camera_words import health_facts
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import link, next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.state import overall, state_lines
from pages.ui.shared.widgets import Line, Tone, empty_state, facts, state_list

require(Page.SYSTEM.right)

_LIBRARIES = {
    "streamlit": "Streamlit",
    "streamlit-webrtc": "streamlit-webrtc",
    "insightface": "InsightFace",
    "onnxruntime": "ONNX Runtime",
    "opencv-python": "OpenCV",
    "redis": "redis-py",
}
_TRANSPORTS = {
    "auto": "WebRTC, or HTTP where that does not connect",
    "webrtc": "WebRTC",
    "http": "HTTP",
}
_DAYS = 7


def settings_in_force(app: AdminFacade) -> list[tuple[str, str]]:
    """Names and values for people; addresses come without passwords."""
    site, models = app.site, app.models.status()
    return [
        ("Title", site.title),
        ("Site", site.site),
        ("Time zone", site.timezone.key),
        ("Database", site.redis),
        ("Pictures", site.snapshots if site.save_snapshots else "not kept"),
        ("Model pack", models.pack),
        ("Between two marks", f"at least {site.cooldown:g} s"),
        ("Pictures recognised at once", str(app.engine.workers)),
        ("Live video", _TRANSPORTS[site.video_transport]),
        ("Consent text", f"version {site.consent_version}"),
    ]


def versions() -> list[tuple[str, str]]:
    """This software and what it stands on."""
    ours = [("Attendance", __version__), ("Python", platform.python_version())]
    return ours + [(title, _version(name)) for name, title in _LIBRARIES.items()]


def unreadable_entries(app: AdminFacade) -> None:
    """Entries of the attendance lists that are no events: looked for only when asked."""
    with st.expander("Check the stored marks", icon=":material/troubleshoot:"):
        st.caption(f"Looks for entries of the last {_DAYS} days that cannot be read.")
        if not st.button("Check now", key="check_entries"):
            return
        found = _unreadable(app)
        if found:
            st.warning(f"{len(found)} entries cannot be read and are left out everywhere.")
            st.code("\n".join(found), language=None)
        else:
            st.success("All entries can be read.", icon=":material/check_circle:")


def _unreadable(app: AdminFacade) -> list[str]:
    today = app.clock.now().astimezone(UTC).date()
    days = [today - timedelta(days=number) for number in range(_DAYS)]
    return [f"{day}  {text[:300]}" for day in days for text in app.attendance.malformed(day)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


_COLUMNS = {
    "Camera": st.column_config.TextColumn(width="medium"),
    "State": st.column_config.TextColumn(width="medium"),
    "Pictures/s": st.column_config.NumberColumn(format="%.1f", help="Pictures that arrive."),
    "Looks/s": st.column_config.NumberColumn(
        format="%.1f", help="Pictures in which faces are looked for."
    ),
    "Skipped": st.column_config.NumberColumn(
        format="percent", help="Pictures that a newer one replaced before their turn: not a fault."
    ),
    "Time to mark": st.column_config.NumberColumn(
        format="%.1f s", help="From a face's first appearance to its mark, the last time."
    ),
}


def streams_table(streams: Sequence[Stream]) -> None:
    """One line a camera; what to do if there is none."""
    if not streams:
        empty_state("videocam_off", "No camera is running", "Open the kiosk to start one.")
        next_step(Page.TAKE_ATTENDANCE, "Open the kiosk")
        return
    rows = [_row(stream) for stream in streams]
    st.dataframe(
        pd.DataFrame(rows, columns=list(_COLUMNS)),
        column_config=_COLUMNS,
        hide_index=True,
        placeholder="–",
        alt="Running cameras",
    )


def _row(stream: Stream) -> dict[str, object]:
    stats = stream.stats()
    return {
        "Camera": stream.name,
        "State": _state(stats),
        "Pictures/s": stats.frame_rate,
        "Looks/s": stats.inference_rate,
        "Skipped": stats.dropped / stats.frames if stats.frames else 0.0,
        "Time to mark": stats.time_to_mark,
    }


def _state(stats: StreamStats) -> str:
    if stats.frame_age is None:
        return "Waiting for the first picture"
    return "Live" if stats.live else f"No picture for {stats.frame_age:.0f} s"


def draw() -> None:
    with st.container(border=True):
        health()
    with st.container(border=True):
        st.subheader("Cameras", anchor=False)
        streams()
        own_cameras()
    left, right = st.columns([1.4, 1], gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader("Settings in force", anchor=False)
        facts(settings_in_force(AdminFacade.current()))
        st.caption(
            "Title, time zone, retention and the time between two marks: Settings, This site. The "
            "rest is read at the start, from the environment and the file .env."
        )
    with right.container(border=True, height="stretch"):
        st.subheader("Versions", anchor=False)
        facts(versions())
    unreadable_entries(AdminFacade.current())


@repeating(5, Right.SYSTEM)
def health() -> None:
    """All health checks with what to do."""
    with guarded("system.health", banner=True):
        checks = AdminFacade.current().health()
        tone, sentence = overall(checks)
        state_list([Line(sentence, tone=tone), *state_lines(checks)])


@repeating(3, Right.SYSTEM)
def own_cameras() -> None:
    """How the cameras are that the site runs itself, on whatever machine."""
    with guarded("system.cameras"):
        app = AdminFacade.current()
        healths = app.cameras()
        if healths:
            st.caption("Cameras that the site runs itself, wherever they are served.")
            state_list([_camera_line(one, app.clock.now()) for one in healths])
            link(Page.CAMERAS, "Cameras")


def _camera_line(health: CameraHealth, now: datetime) -> Line:
    tone = Tone.GOOD if health.state.sees else Tone.BAD if health.state.wrong else Tone.QUIET
    note = " · ".join((*health_facts(health, now), *filter(None, (health.problem,))))
    return Line(health.camera, note, health.state.words, tone=tone)


@repeating(1, Right.SYSTEM)
def streams() -> None:
    """What every camera does, live."""
    with guarded("system.streams"):
        streams_table(AdminFacade.current().engine.streams())


with page(Page.SYSTEM, "Health, cameras, settings and versions."):
    draw()
