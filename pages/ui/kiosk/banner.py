"""The banner over the picture: what the kiosk says, or that it waits."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

import streamlit as st

from face_rec.domain.screens import Mood
from face_rec.kiosks.banner import Banner
from pages.ui.shared.text import html
from pages.ui.shared.times import long_day


def idle(now: datetime, zone: tzinfo) -> Banner:
    """Where there is nothing to say."""
    local = now.astimezone(zone)
    return Banner(Mood.IDLE, "Look at the camera", f"{long_day(now, zone)} · {local:%H:%M}")


def draw(shown: Iterable[Banner]) -> None:
    """The banners side by side, newest last."""
    cards = "".join(_card(banner) for banner in shown)
    st.html(f'<div class="fr-banners" role="status" data-testid="greeting">{cards}</div>')


def _card(banner: Banner) -> str:
    words = f"<b>{html(banner.title)}</b><span>{html(banner.text)}</span>"
    return f'<div class="fr-banner fr-{banner.mood}">{words}</div>'
