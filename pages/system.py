"""System: whether everything works, what the cameras do, and what is set."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import pandas as pd
import streamlit as st

from face_rec import __version__
from face_rec.access.pages import Page
from face_rec.cameras.camera_health import CameraHealth
from face_rec.domain.kiosks.screens import StreamStats
from face_rec.facades.admin import AdminFacade
from face_rec.languages.language import msgid
from face_rec.protocols.streams import Stream
from pages.ui.cameras.camera_words import health_facts
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import link, next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.state import overall, state_lines
from pages.ui.shared.widgets import Line, Tone, empty_state, facts, state_list
from pages.ui.shared.words import formats, in_words, said, said_many

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
    "auto": msgid("WebRTC, or HTTP where that does not connect"),
    "webrtc": "WebRTC",
    "http": "HTTP",
}
_DAYS = 7


def settings_in_force(app: AdminFacade) -> list[tuple[str, str]]:
    """Names and values for people; addresses come without passwords."""
    site, models = app.site, app.models.status()
    return [
        (said("Title"), site.title),
        (said("Site"), site.site),
        (said("Time zone"), site.timezone.key),
        (said("Database"), in_words(site.redis)),
        (said("Pictures"), site.snapshots if site.save_snapshots else said("not kept")),
        (said("Model pack"), models.pack),
        (
            said("Between two marks"),
            said("at least {cooldown} s", cooldown=formats().number(site.cooldown)),
        ),
        (said("Pictures recognised at once"), str(app.engine.workers)),
        (said("Live video"), said(_TRANSPORTS[site.video_transport])),
        (
            said("Consent text"),
            said("version {version}", version=site.consent_version),
        ),
    ]


def versions() -> list[tuple[str, str]]:
    """This software and what it stands on."""
    ours = [(said("Attendance"), __version__), ("Python", platform.python_version())]
    return ours + [(title, _version(name)) for name, title in _LIBRARIES.items()]


def unreadable_entries(app: AdminFacade) -> None:
    """Entries of the attendance lists that are no events: looked for only when asked."""
    with st.expander(said("Check the stored marks"), icon=":material/troubleshoot:"):
        st.caption(
            said("Looks for entries of the last {days} days that cannot be read.", days=_DAYS)
        )
        if not st.button(said("Check now"), key="check_entries"):
            return
        found = _unreadable(app)
        if found:
            st.warning(
                said_many(
                    "{count} entry cannot be read and is left out everywhere.",
                    "{count} entries cannot be read and are left out everywhere.",
                    len(found),
                )
            )
            st.code("\n".join(found), language=None)
        else:
            st.success(said("All entries can be read."), icon=":material/check_circle:")


def _unreadable(app: AdminFacade) -> list[str]:
    today = app.clock.now().astimezone(UTC).date()
    days = [today - timedelta(days=number) for number in range(_DAYS)]
    return [f"{day}  {text[:300]}" for day in days for text in app.attendance.malformed(day)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return said("not installed")


_COLUMNS: Final = ("camera", "state", "pictures", "looks", "skipped", "to_mark")


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "camera": st.column_config.TextColumn(said("Camera"), width="medium"),
        "state": st.column_config.TextColumn(said("State"), width="medium"),
        "pictures": number(said("Pictures/s"), format="%.1f", help=said("Pictures that arrive.")),
        "looks": number(
            said("Looks/s"), format="%.1f", help=said("Pictures in which faces are looked for.")
        ),
        "skipped": number(
            said("Skipped"),
            format="percent",
            help=said("Pictures that a newer one replaced before their turn: not a fault."),
        ),
        "to_mark": number(
            said("Time to mark"),
            format="%.1f s",
            help=said("From a face's first appearance to its mark, the last time."),
        ),
    }


def streams_table(streams: Sequence[Stream]) -> None:
    """One line a camera; what to do if there is none."""
    if not streams:
        empty_state(
            "videocam_off", said("No camera is running"), said("Open the kiosk to start one.")
        )
        next_step(Page.TAKE_ATTENDANCE, said("Open the kiosk"))
        return
    rows = [_row(stream) for stream in streams]
    st.dataframe(
        pd.DataFrame(rows, columns=list(_COLUMNS)),
        column_config=_columns(),
        hide_index=True,
        placeholder="–",
        alt=said("Running cameras"),
    )


def _row(stream: Stream) -> dict[str, object]:
    stats = stream.stats()
    return {
        "camera": stream.name,
        "state": _state(stats),
        "pictures": stats.frame_rate,
        "looks": stats.inference_rate,
        "skipped": stats.dropped / stats.frames if stats.frames else 0.0,
        "to_mark": stats.time_to_mark,
    }


def _state(stats: StreamStats) -> str:
    if stats.frame_age is None:
        return said("Waiting for the first picture")
    return (
        said("Live")
        if stats.live
        else said("No picture for {seconds} s", seconds=formats().number(round(stats.frame_age)))
    )


def draw() -> None:
    with st.container(border=True):
        health()
    with st.container(border=True):
        st.subheader(said("Cameras"), anchor=False)
        streams()
        own_cameras()
    left, right = st.columns([1.4, 1], gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader(said("Settings in force"), anchor=False)
        facts(settings_in_force(AdminFacade.current()))
        st.caption(
            said(
                "Title, time zone, retention and the time between two marks: Settings, "
                "This site. The rest is read at the start, from the environment and the "
                "file .env."
            )
        )
    with right.container(border=True, height="stretch"):
        st.subheader(said("Versions"), anchor=False)
        facts(versions())
    unreadable_entries(AdminFacade.current())


@repeating(5, Right.SYSTEM)
def health() -> None:
    """All health checks with what to do."""
    with guarded("system.health", banner=True):
        checks = AdminFacade.current().health()
        tone, words = overall(checks)
        state_list([Line(words, tone=tone), *state_lines(checks)])


@repeating(3, Right.SYSTEM)
def own_cameras() -> None:
    """How the cameras are that the site runs itself, on whatever machine."""
    with guarded("system.cameras"):
        app = AdminFacade.current()
        healths = app.cameras()
        if healths:
            st.caption(said("Cameras that the site runs itself, wherever they are served."))
            state_list([_camera_line(one, app.clock.now()) for one in healths])
            link(Page.CAMERAS, said("Cameras"))


def _camera_line(health: CameraHealth, now: datetime) -> Line:
    tone = Tone.GOOD if health.state.sees else Tone.BAD if health.state.wrong else Tone.QUIET
    note = " · ".join((*health_facts(health, now), *filter(None, (in_words(health.problem),))))
    return Line(health.camera, note, in_words(health.state.words), tone=tone)


@repeating(1, Right.SYSTEM)
def streams() -> None:
    """What every camera does, live."""
    with guarded("system.streams"):
        streams_table(AdminFacade.current().engine.streams())


with page(Page.SYSTEM, said("Health, cameras, settings and versions.")):
    draw()
