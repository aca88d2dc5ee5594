"""The kiosk's live video: greeting above, picture, what is seen and how fast below.

All of this reads the engine's stream; nothing of a kiosk lives in the session but the pump, so a
reload, another tab or a lost connection goes on where the engine is.
"""

import time

import streamlit as st

from face_rec.entities import Label, Outcome, Scene, StreamStats, Verdict
from face_rec.system import System
from pages.ui import banner
from pages.ui.camera import FramePump, camera, keep_alive
from pages.ui.context import system
from pages.ui.kiosk_tools import kiosk_tools
from pages.ui.lettering import can_draw
from pages.ui.page import guarded
from pages.ui.text import html

_ROOM = 3.0  # s after which an unseen scene is not worth showing


def live(kiosk: str) -> None:
    """The video of one kiosk, with everything around it."""
    pump = _pump(kiosk)
    _greeting(pump)
    camera(f"kiosk-{kiosk}", pump)
    _below(pump)


def _pump(kiosk: str) -> FramePump:
    """This session's pump; its handle finds the engine's stream whenever a frame comes."""
    key = f"_pump:{kiosk}"
    if key not in st.session_state:
        st.session_state[key] = FramePump(system().engine.kiosk(kiosk))
    pump: FramePump = st.session_state[key]
    return pump


@st.fragment(run_every=0.5)
def _greeting(pump: FramePump) -> None:
    """Banner and camera keeper; twice a second."""
    with guarded("kiosk.greeting"):
        app = system()
        shown = _banners(app, pump)
        banner.draw(shown)
        st.session_state["_sounds"] = [b.sound for b in shown if b.sound]
        keep_alive("kiosk", pump.stream.stats().frame_age, time.monotonic())


def _banners(app: System, pump: FramePump) -> tuple[banner.Banner, ...]:
    if pump.replaced:
        text = "This screen only watches. Reload it to take over again."
        return (banner.Banner(banner.Mood.PROBLEM, "Another screen is this kiosk now", text),)
    since = app.clock.monotonic() - banner.SHOWN_FOR
    greetings = pump.stream.greetings(since)
    return banner.banners(greetings, _fresh(app, pump), app.clock.now(), app.site.timezone)


def _fresh(app: System, pump: FramePump) -> Scene | None:
    """The newest scene, unless it is old news."""
    scene = pump.stream.scene()
    return scene if scene and app.clock.monotonic() - scene.taken_at < _ROOM else None


@st.fragment(run_every=1)
def _below(pump: FramePump) -> None:
    """Names in the browser's own letters, the tools, and one quiet line of figures."""
    with guarded("kiosk.below"):
        scene = _fresh(system(), pump)
        with st.container(horizontal=True, vertical_alignment="center", key="kiosk_row"):
            st.html(f'<div class="fr-seen">{_chips(scene)}</div>', width="stretch")
            kiosk_tools("kiosk-tools", st.session_state.get("_sounds", []))
        figures = html(status(pump.stream.stats()))
        st.html(f'<div class="fr-status" data-testid="kiosk-status">{figures}</div>')


def _chips(scene: Scene | None) -> str:
    named = [label for label in (scene.labels if scene else ()) if label.verdict is Verdict.NAMED]
    return "".join(
        f'<span class="fr-{_mood(label)}">{html(_name(label))}</span>' for label in named
    )


def _name(label: Label) -> str:
    """With the number at the box, where the video could not write the name."""
    return label.name if can_draw(label.name) else f"#{label.track} {label.name}"


def _mood(label: Label) -> banner.Mood:
    already = label.receipt is not None and label.receipt.outcome is Outcome.ALREADY
    return banner.Mood.ALREADY if already else banner.Mood.MARKED


def status(stats: StreamStats) -> str:
    """The figures of a stream for the one who set the kiosk up."""
    parts = [
        f"{stats.frame_rate:.0f} pictures/s", f"{stats.inference_rate:.0f} looks/s",
        f"{stats.dropped:,} dropped",
    ]  # fmt: skip
    if stats.time_to_mark is not None:
        parts.insert(2, f"{stats.time_to_mark:.1f} s to mark")
    return " · ".join(parts)
