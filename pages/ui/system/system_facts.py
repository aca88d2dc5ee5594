"""What is set and what is running, without secrets; entries that are no events."""

import platform
from datetime import UTC, timedelta
from importlib.metadata import PackageNotFoundError, version

import streamlit as st

from face_rec import __version__
from face_rec.facades.admin import AdminFacade

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
