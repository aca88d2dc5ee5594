"""When and where somebody unknown was."""

from typing import Final

import streamlit as st

from face_rec.domain.strangers import Stranger
from face_rec.facades.people.strangers import StrangersFacade
from face_rec.languages.language import msgid
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared import times
from pages.ui.shared.photos import photo
from pages.ui.shared.text import html
from pages.ui.shared.words import said_many
from pages.ui.unknown.acts import RIGHT

_SHOWN: Final = 24


@dialog(msgid("Visits"), RIGHT, icon=":material/history:", width="large")
def visits(app: StrangersFacade, one: Stranger) -> None:
    """All that is kept of somebody: pictures, times, cameras."""
    with guarded("unknown.visits"):
        found = app.service.visits(one)
        tiles = []
        for visit in found[:_SHOWN]:
            source = photo(app.pictures, visit.picture, 160) or ""
            words = times.date_and_time(visit.began, app.site.timezone)
            where = app.kiosk_title(visit.kiosk)
            tiles.append(
                f'<figure class="fr-tile"><img src="{html(source)}" alt="{html(words)}">'
                f"<figcaption>{html(words)}<br>{html(where)}</figcaption></figure>"
            )
        st.html(f'<div class="fr-visits">{"".join(tiles)}</div>')
        more = one.times - len(tiles)
        if more > 0:
            st.caption(
                said_many(
                    "{count} earlier visit without a picture here.",
                    "{count} earlier visits without a picture here.",
                    more,
                )
            )
